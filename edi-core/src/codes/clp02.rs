//! The status that a payer gives a claim (CLP02).

use crate::Text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// How a payer processed a claim (CLP02). Open: what we do not know is kept as it came.
///
/// `4` does not mean by itself that nothing was paid or that nothing is owed: the 835 guide keeps it for a
/// patient who is not recognised, while payers use it for any denial. Denials are derived from the money.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimStatusCode {
    /// `1`: processed as primary.
    Primary,
    /// `2`: processed as secondary.
    Secondary,
    /// `3`: processed as tertiary.
    Tertiary,
    /// `4`: denied.
    Denied,
    /// `19`: processed as primary, and forwarded to further payers.
    PrimaryForwarded,
    /// `20`: processed as secondary, and forwarded.
    SecondaryForwarded,
    /// `21`: processed as tertiary, and forwarded.
    TertiaryForwarded,
    /// `22`: takes an earlier payment back.
    Reversal,
    /// `23`: not this payer's claim; forwarded.
    NotOursForwarded,
    /// `25`: predetermination, pricing only.
    Predetermination,
    /// Any other value.
    Other(Text),
}

impl ClaimStatusCode {
    /// The code as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Primary => "1",
            Self::Secondary => "2",
            Self::Tertiary => "3",
            Self::Denied => "4",
            Self::PrimaryForwarded => "19",
            Self::SecondaryForwarded => "20",
            Self::TertiaryForwarded => "21",
            Self::Reversal => "22",
            Self::NotOursForwarded => "23",
            Self::Predetermination => "25",
            Self::Other(code) => code,
        }
    }

    /// Whether the list has it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }

    /// Whether it takes an earlier payment back.
    #[must_use]
    pub fn is_reversal(&self) -> bool {
        *self == Self::Reversal
    }

    /// Whether the payer says that it sent the claim on, so that we must not bill the next payer ourselves.
    #[must_use]
    pub fn is_forwarded(&self) -> bool {
        matches!(
            self,
            Self::PrimaryForwarded | Self::SecondaryForwarded | Self::TertiaryForwarded | Self::NotOursForwarded
        )
    }

    /// In which place the payer stood: 1, 2 or 3; none where the status does not tell.
    #[must_use]
    pub fn payer_order(&self) -> Option<u8> {
        match self {
            Self::Primary | Self::PrimaryForwarded => Some(1),
            Self::Secondary | Self::SecondaryForwarded => Some(2),
            Self::Tertiary | Self::TertiaryForwarded => Some(3),
            Self::Denied | Self::Reversal | Self::NotOursForwarded | Self::Predetermination | Self::Other(_) => None,
        }
    }
}

impl From<&str> for ClaimStatusCode {
    fn from(code: &str) -> Self {
        match code {
            "1" => Self::Primary,
            "2" => Self::Secondary,
            "3" => Self::Tertiary,
            "4" => Self::Denied,
            "19" => Self::PrimaryForwarded,
            "20" => Self::SecondaryForwarded,
            "21" => Self::TertiaryForwarded,
            "22" => Self::Reversal,
            "23" => Self::NotOursForwarded,
            "25" => Self::Predetermination,
            other => Self::Other(other.into()),
        }
    }
}

impl fmt::Display for ClaimStatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for ClaimStatusCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ClaimStatusCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(|code| code.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::CodeSet;

    #[test]
    fn every_status_of_the_list_is_known() {
        for entry in CodeSet::ClaimPaymentStatus.entries() {
            let status = ClaimStatusCode::from(&*entry.code);
            assert!(status.is_known(), "{}", entry.code);
            assert_eq!(status.as_str(), entry.code);
        }
        assert_eq!(ClaimStatusCode::from("19").payer_order(), Some(1));
        assert!(ClaimStatusCode::from("23").is_forwarded() && ClaimStatusCode::from("22").is_reversal());
        assert_eq!(ClaimStatusCode::from("5").as_str(), "5");
    }
}
