//! The neutral ground of claims, remittances and the ledger: what was billed, and what a payer answered.
//!
//! 837 gives a [`Submission`] of a claim; 835 gives an [`Adjudication`] of a claim payment. The ledger takes
//! both and knows neither format.

use crate::Text;
use crate::value::{Money, Period, Procedure, Quantity};
use serde::{Deserialize, Serialize};

/// The key of a claim: CLM01 as we sent it, CLP01 as the payer returns it. At most 20 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimKey(pub Text);

impl std::fmt::Display for ClaimKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// What was billed: a claim as the ledger wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// CLM01.
    pub key: ClaimKey,
    /// CLM05-3: `1` original, `7` replacement, `8` void.
    pub frequency: Text,
    /// REF*F8, the payer's number of the claim that this one replaces or voids; empty on an original.
    pub original_reference: Text,
    /// NPI of the billing provider.
    pub provider: Text,
    /// Tax id of the billing provider.
    pub provider_tax_id: Text,
    /// Payers in the order in which they pay.
    pub payers: Vec<PayerOnClaim>,
    /// Index in `payers` of the payer that the claim is sent to.
    pub destination: usize,
    /// Patient's name, `LAST, FIRST`: private; it only ever suggests a match (rule M6).
    pub patient: Text,
    /// Patient's or subscriber's member id: private.
    pub member_id: Text,
    /// CLM02, total charge.
    pub charge: Money,
    /// Service lines in order.
    pub lines: Vec<SubmittedLine>,
    /// What the patient paid already (AMT*F5).
    pub patient_paid: Money,
    /// ISA15 was `T`: the claim is a test and is never booked.
    pub test: bool,
}

/// A payer of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayerOnClaim {
    /// NM109 of the payer.
    pub id: Text,
    /// NM103 of the payer.
    pub name: Text,
    /// SBR09, claim filing indicator (`CI`, `MB`, `MC`, ...).
    pub filing_indicator: Text,
    /// SBR01, `P` primary, `S` secondary, `T` tertiary, ...
    pub sequence: Text,
}

/// A service line that was billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedLine {
    /// LX01, ordinal from 1.
    pub ordinal: u32,
    /// REF*6R, line item control number; unique in the claim.
    pub control: Text,
    /// SV101, procedure and modifiers.
    pub procedure: Procedure,
    /// DTP*472, day or days of service.
    pub service: Option<Period>,
    /// SV104, units or minutes.
    pub units: Quantity,
    /// SV102, charge.
    pub charge: Money,
}

/// One adjustment: a CAS triplet with its group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// CAS01, group code.
    pub group: Text,
    /// CAS02, reason (CARC).
    pub reason: Text,
    /// CAS03: positive lowers the payment.
    pub amount: Money,
    /// CAS04, units adjusted.
    pub quantity: Option<Quantity>,
}

/// One payer's answer to a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjudication {
    /// CLP01.
    pub key: ClaimKey,
    /// CLP07, the payer's number of the claim.
    pub payer_claim_number: Text,
    /// REF*F8, the payer's number of the adjudication that this one corrects.
    pub original_reference: Text,
    /// CLP02, status.
    pub status: Text,
    /// Who answered: the payer's identifiers, most specific first (N104, REF*2U, TRN03).
    pub payer_ids: Vec<Text>,
    /// The payer's name.
    pub payer_name: Text,
    /// CLP03, charge.
    pub charge: Money,
    /// CLP04, payment.
    pub paid: Money,
    /// CLP05, what the patient owes, where it is stated.
    pub patient_responsibility: Option<Money>,
    /// CAS at claim level.
    pub adjustments: Vec<Adjustment>,
    /// AMT*I, interest.
    pub interest: Money,
    /// Remark codes of the claim (MOA, MIA).
    pub remarks: Vec<Text>,
    /// Patient's name as the payer has it: private.
    pub patient: Text,
    /// Service lines.
    pub lines: Vec<AdjudicatedLine>,
}

/// A service line in a payer's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjudicatedLine {
    /// Ordinal in the claim payment, from 1.
    pub ordinal: u32,
    /// REF*6R as the payer returned it; empty where it did not.
    pub control: Text,
    /// SVC01, the procedure that was adjudicated.
    pub procedure: Procedure,
    /// SVC06, the procedure that was submitted, where it differs.
    pub submitted_procedure: Option<Procedure>,
    /// DTM*472 or DTM*150 to 151.
    pub service: Option<Period>,
    /// SVC05, units paid; 1 where absent.
    pub units: Quantity,
    /// SVC07, units submitted, where they differ.
    pub submitted_units: Option<Quantity>,
    /// SVC02, charge.
    pub charge: Money,
    /// SVC03, payment.
    pub paid: Money,
    /// AMT*B6, allowed.
    pub allowed: Option<Money>,
    /// CAS of the line.
    pub adjustments: Vec<Adjustment>,
    /// Remark codes of the line (LQ*HE).
    pub remarks: Vec<Text>,
}
