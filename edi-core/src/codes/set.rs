//! The code sets by name.

use serde::{Serialize, Serializer};
use std::fmt;

/// A code set that we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodeSet {
    /// Claim adjustment reason codes.
    Carc,
    /// Remittance advice remark codes.
    Rarc,
    /// Claim adjustment group codes.
    Group,
    /// Status of a claim in an 835 (CLP02).
    ClaimPaymentStatus,
    /// Provider-level adjustment reasons.
    ProviderAdjustment,
    /// Claim filing indicators.
    FilingIndicator,
    /// Claim status categories of a 277CA (list 507).
    ClaimStatusCategory,
    /// Claim status codes of a 277CA (list 508).
    ClaimStatus,
    /// Places of service.
    PlaceOfService,
    /// Procedure modifiers.
    Modifier,
    /// States and provinces.
    State,
    /// Claim frequency of a professional or dental claim.
    ClaimFrequency,
    /// Frequency digit of an institutional type of bill.
    BillFrequency,
    /// Relationship to the subscriber.
    Relationship,
    /// Place of a payer among the payers.
    PayerResponsibility,
    /// Why Medicare is not the first payer.
    MspInsuranceType,
    /// How the money and the remittance travel.
    TransactionHandling,
    /// How the money is paid.
    PaymentMethod,
    /// Format of an electronic payment.
    PaymentFormat,
    /// Credit or debit.
    CreditDebit,
    /// Why a claim comes late.
    DelayReason,
    /// What an accident is related to.
    RelatedCause,
    /// Special programs.
    SpecialProgram,
    /// Acceptance of assignment.
    Assignment,
    /// Assignment of benefits.
    BenefitsAssignment,
    /// Release of information.
    ReleaseOfInformation,
    /// What kind of code CLM05-1 is.
    FacilityQualifier,
    /// Qualifiers of health care codes (HI).
    HiQualifier,
    /// Qualifiers of a product or service.
    ProductServiceQualifier,
    /// Units of a professional service.
    Unit,
    /// Qualifiers of remark and form codes (LQ01).
    RemarkQualifier,
    /// Segment errors of a 999.
    Ik304,
    /// Element errors of a 999.
    Ik403,
    /// Acceptance of a transaction set or group in a 999.
    Ik501,
    /// Transaction set errors of a 999.
    Ik502,
    /// Group errors of a 999.
    Ak905,
    /// Acceptance of an interchange.
    Ta104,
    /// Notes on an interchange.
    Ta105,
    /// Diagnoses, ICD-10-CM.
    Icd10Cm,
    /// HCPCS level II.
    Hcpcs,
    /// Provider taxonomy: only where a list was loaded.
    Taxonomy,
    /// CPT: only where a licensed list was loaded.
    Cpt,
}

/// What a set is called: its id, other names, what it is in words, and where its codes stand.
type Names = (CodeSet, &'static str, &'static [&'static str], &'static str, &'static str);

/// In the order of the enum, which a test holds.
const NAMES: [Names; 42] = [
    (CodeSet::Carc, "carc", &["reason"], "Claim adjustment reason", "CAS02, 05, 08, 11, 14, 17"),
    (CodeSet::Rarc, "rarc", &["remark"], "Remittance advice remark", "835 LQ02 (HE), MOA03-07, MIA05, MIA20-23"),
    (CodeSet::Group, "group", &["cas01"], "Claim adjustment group", "CAS01"),
    (CodeSet::ClaimPaymentStatus, "clp02", &["claim-payment-status"], "Status of a paid claim", "835 CLP02"),
    (CodeSet::ProviderAdjustment, "plb", &["provider-adjustment"], "Provider-level adjustment", "835 PLB03-1"),
    (
        CodeSet::FilingIndicator,
        "filing-indicator",
        &["sbr09", "clp06"],
        "Claim filing indicator",
        "837 SBR09, 835 CLP06",
    ),
    (
        CodeSet::ClaimStatusCategory,
        "claim-status-category",
        &["507", "category"],
        "Claim status category",
        "277CA STC01-1",
    ),
    (CodeSet::ClaimStatus, "claim-status", &["508", "status"], "Claim status", "277CA STC01-2"),
    (CodeSet::PlaceOfService, "pos", &["place-of-service"], "Place of service", "837 CLM05-1, SV105"),
    (CodeSet::Modifier, "modifier", &["mod"], "Procedure modifier", "SV101-3 to -6, SVC01-3 to -6"),
    (CodeSet::State, "state", &["n402"], "State or province", "N402"),
    (CodeSet::ClaimFrequency, "claim-frequency", &["frequency"], "Claim frequency", "837P, 837D CLM05-3"),
    (CodeSet::BillFrequency, "bill-frequency", &[], "Type of bill frequency", "837I CLM05-3"),
    (CodeSet::Relationship, "relationship", &[], "Relationship to the subscriber", "837 SBR02, PAT01"),
    (CodeSet::PayerResponsibility, "payer-responsibility", &["sbr01"], "Place among the payers", "837 SBR01"),
    (CodeSet::MspInsuranceType, "msp-insurance-type", &["sbr05"], "Medicare secondary payer type", "837 SBR05"),
    (CodeSet::TransactionHandling, "transaction-handling", &["bpr01"], "Transaction handling", "835 BPR01"),
    (CodeSet::PaymentMethod, "payment-method", &["bpr04"], "Payment method", "835 BPR04"),
    (CodeSet::PaymentFormat, "payment-format", &["bpr05"], "Payment format", "835 BPR05"),
    (CodeSet::CreditDebit, "credit-debit", &["bpr03"], "Credit or debit", "835 BPR03"),
    (CodeSet::DelayReason, "delay-reason", &["clm20"], "Delay reason", "837 CLM20"),
    (CodeSet::RelatedCause, "related-cause", &["clm11"], "Related cause", "837 CLM11"),
    (CodeSet::SpecialProgram, "special-program", &["clm12"], "Special program", "837 CLM12"),
    (CodeSet::Assignment, "assignment", &["clm07"], "Acceptance of assignment", "837 CLM07"),
    (CodeSet::BenefitsAssignment, "benefits-assignment", &["clm08"], "Assignment of benefits", "837 CLM08"),
    (CodeSet::ReleaseOfInformation, "release-of-information", &["clm09"], "Release of information", "837 CLM09"),
    (CodeSet::FacilityQualifier, "facility-qualifier", &[], "Kind of facility code", "837 CLM05-2"),
    (CodeSet::HiQualifier, "hi-qualifier", &["hi"], "Health care code qualifier", "837 HI"),
    (
        CodeSet::ProductServiceQualifier,
        "product-service-qualifier",
        &[],
        "Product or service qualifier",
        "SV101-1, SVC01-1",
    ),
    (CodeSet::Unit, "unit", &["sv103"], "Unit of service", "837P SV103"),
    (CodeSet::RemarkQualifier, "remark-qualifier", &["lq01"], "Remark code qualifier", "835 LQ01, 837 LQ01"),
    (CodeSet::Ik304, "ik304", &[], "Segment error", "999 IK304"),
    (CodeSet::Ik403, "ik403", &[], "Element error", "999 IK403"),
    (CodeSet::Ik501, "ik501", &["ak901"], "Acceptance of a transaction set or group", "999 IK501, AK901"),
    (CodeSet::Ik502, "ik502", &[], "Transaction set error", "999 IK502"),
    (CodeSet::Ak905, "ak905", &[], "Group error", "999 AK905"),
    (CodeSet::Ta104, "ta104", &[], "Acceptance of an interchange", "TA1 TA104"),
    (CodeSet::Ta105, "ta105", &[], "Note on an interchange", "TA1 TA105"),
    (
        CodeSet::Icd10Cm,
        "icd10cm",
        &["icd", "icd10", "icd-10-cm", "diagnosis"],
        "Diagnosis, ICD-10-CM",
        "837 HI (ABK, ABF)",
    ),
    (CodeSet::Hcpcs, "hcpcs", &["hcpcs2"], "HCPCS level II", "SV101-2, SVC01-2"),
    (CodeSet::Taxonomy, "taxonomy", &["nucc"], "Provider taxonomy", "837 PRV03"),
    (CodeSet::Cpt, "cpt", &[], "CPT", "SV101-2, SVC01-2"),
];

impl CodeSet {
    /// Every set.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|names| names.0)
    }

    /// The set of this id or other name (`carc`, `pos`, `clp02`, `icd`), in upper or lower case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        NAMES.iter().find(|names| names.1 == name || names.2.contains(&name.as_str())).map(|names| names.0)
    }

    fn names(self) -> &'static Names {
        &NAMES[self as usize]
    }

    /// Its id, as commands take it (`carc`).
    #[must_use]
    pub fn id(self) -> &'static str {
        self.names().1
    }

    /// What it is, in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.names().3
    }

    /// Where its codes stand (`835 CLP02`).
    #[must_use]
    pub fn place(self) -> &'static str {
        self.names().4
    }

    /// Whether we hold no list of it, for its owner licenses it: only shapes are checked until a list is loaded.
    #[must_use]
    pub fn is_loaded_only(self) -> bool {
        matches!(self, Self::Taxonomy | Self::Cpt)
    }

    /// Which publication the built-in list follows.
    #[must_use]
    pub fn edition(self) -> &'static str {
        match self {
            Self::Carc | Self::Rarc => "published lists of November 2025 and July 2026",
            Self::ClaimStatus => "published lists of 2011 and about 2019; codes above 799 are missing",
            Self::ClaimStatusCategory => "published list; some dates are not known",
            Self::Icd10Cm => super::icd10cm::EDITION.label,
            Self::Hcpcs => super::hcpcs::EDITION.label,
            Self::Taxonomy | Self::Cpt => "none built in",
            Self::PlaceOfService => "list of CMS",
            Self::Modifier => "HCPCS modifiers of CMS, and common CPT modifiers",
            Self::State => "postal abbreviations of the United States and Canada",
            _ => "005010 guides",
        }
    }
}

impl fmt::Display for CodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl Serialize for CodeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_the_enum_and_are_distinct() {
        let mut seen = std::collections::HashSet::new();
        for (at, names) in NAMES.iter().enumerate() {
            assert_eq!(names.0 as usize, at, "{}", names.1);
            assert!(seen.insert(names.1) && names.2.iter().all(|name| seen.insert(name)), "{}", names.1);
            assert_eq!(CodeSet::from_name(&names.1.to_uppercase()), Some(names.0));
        }
        assert_eq!(CodeSet::from_name("ICD"), Some(CodeSet::Icd10Cm));
        assert_eq!(CodeSet::from_name("nothing"), None);
    }
}
