//! Claim adjustment group codes: who bears an adjusted amount (CAS01).

use crate::Text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Who bears an adjusted amount (CAS01). Open: what we do not know is kept as it came.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupCode {
    /// `CO`, contractual obligation: the provider bears it and may not bill the patient.
    ContractualObligation,
    /// `PR`, patient responsibility: the patient, or the next payer, owes it.
    PatientResponsibility,
    /// `OA`, other adjustment: neither of the two by itself.
    OtherAdjustment,
    /// `PI`, payer initiated reduction: taken without a contract; the provider may dispute it.
    PayerInitiated,
    /// `CR`, correction and reversal: of 4010; a 5010 reversal says CLP02 22 and keeps the first groups.
    CorrectionReversal,
    /// Any other value.
    Other(Text),
}

impl GroupCode {
    /// The code as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::ContractualObligation => "CO",
            Self::PatientResponsibility => "PR",
            Self::OtherAdjustment => "OA",
            Self::PayerInitiated => "PI",
            Self::CorrectionReversal => "CR",
            Self::Other(code) => code,
        }
    }

    /// Whether the list has it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }

    /// Whether an 835 of 005010 may use it: all but `CR`, which only claims still allow.
    #[must_use]
    pub fn is_in_835(&self) -> bool {
        self.is_known() && *self != Self::CorrectionReversal
    }

    /// Whether a patient may be asked for the amount: only `PR`, and then the next payer comes first.
    #[must_use]
    pub fn may_bill_patient(&self) -> bool {
        *self == Self::PatientResponsibility
    }
}

impl From<&str> for GroupCode {
    fn from(code: &str) -> Self {
        match code {
            "CO" => Self::ContractualObligation,
            "PR" => Self::PatientResponsibility,
            "OA" => Self::OtherAdjustment,
            "PI" => Self::PayerInitiated,
            "CR" => Self::CorrectionReversal,
            other => Self::Other(other.into()),
        }
    }
}

impl fmt::Display for GroupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for GroupCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for GroupCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(|code| code.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_codes_keep_what_they_do_not_know() {
        for code in ["CO", "PR", "OA", "PI", "CR"] {
            assert!(GroupCode::from(code).is_known());
            assert_eq!(GroupCode::from(code).as_str(), code);
        }
        assert_eq!(GroupCode::from("XX"), GroupCode::Other("XX".into()));
        assert_eq!(format!("[{:>4}]", GroupCode::from("XX")), "[  XX]");
        assert!(!GroupCode::from("CR").is_in_835() && GroupCode::from("PI").is_in_835());
        assert!(!GroupCode::from("CO").may_bill_patient());
    }
}
