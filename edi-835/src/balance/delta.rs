//! A difference: where, by which rule, both sides, and why.

use super::cause::Cause;
use crate::model::ClaimPayment;
use edi_core::Money;
use edi_core::account::ClaimKey;
use serde::{Serialize, Serializer};
use std::fmt;

/// At which level something does not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A service line.
    Line,
    /// A claim.
    Claim,
    /// The transaction.
    Transaction,
}

/// An equation of the rule book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// B1: SVC02 less the CAS of the line is SVC03.
    Line,
    /// B2: CLP03 less every CAS is CLP04.
    Claim,
    /// B2: the sum of SVC03 less the CAS of the claim is CLP04.
    ClaimLines,
    /// B3: BPR02 is the sum of CLP04 less the sum of PLB.
    Payment,
    /// B3: a PLB amount is never zero. A warning.
    ZeroPlb,
    /// B4: CLP05 is the sum of PR; a reversal has none. A warning.
    PatientResponsibility,
    /// P1: PLB L6 is minus the sum of AMT*I. A warning.
    Interest,
    /// AMT*B6 is the charge less what the contract takes off. A warning.
    Allowed,
}

impl Rule {
    /// The rule's id in the rule book.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Line => "B1",
            Self::Claim | Self::ClaimLines => "B2",
            Self::Payment | Self::ZeroPlb => "B3",
            Self::PatientResponsibility => "B4",
            Self::Interest => "P1",
            Self::Allowed => "ALLOWED",
        }
    }

    /// The equation, in element names.
    #[must_use]
    pub fn equation(self) -> &'static str {
        match self {
            Self::Line => "SVC02 - CAS = SVC03",
            Self::Claim => "CLP03 - CAS of claim and lines = CLP04",
            Self::ClaimLines => "sum of SVC03 - CAS of claim = CLP04",
            Self::Payment => "sum of CLP04 - PLB = BPR02",
            Self::ZeroPlb => "PLB amount is not 0",
            Self::PatientResponsibility => "sum of PR = CLP05",
            Self::Interest => "minus sum of AMT*I = PLB L6",
            Self::Allowed => "SVC02 - CO = AMT*B6",
        }
    }

    /// Whether it is a gate (B1 to B3); the others warn.
    #[must_use]
    pub fn is_gate(self) -> bool {
        matches!(self, Self::Line | Self::Claim | Self::ClaimLines | Self::Payment)
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// One equation that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delta {
    /// Where.
    pub level: Level,
    /// By which rule.
    pub rule: Rule,
    /// CLP01 of the claim; none at transaction level.
    pub claim: Option<ClaimKey>,
    /// Ordinal of the claim in its remittance.
    pub claim_ordinal: Option<u64>,
    /// Ordinal of the line in its claim.
    pub line: Option<u32>,
    /// What the other amounts make; none where one of them cannot be read.
    pub expected: Option<Money>,
    /// What is stated; none where it is missing or cannot be read.
    pub found: Option<Money>,
    /// `found` less `expected`, exact.
    pub delta: Option<Money>,
    /// What explains the difference to the cent, where something does.
    pub cause: Option<Cause>,
}

impl Delta {
    /// A difference at transaction level.
    #[must_use]
    pub fn new(level: Level, rule: Rule, expected: Option<Money>, found: Option<Money>) -> Self {
        let delta = found.zip(expected).map(|(found, expected)| found - expected);
        Self { level, rule, claim: None, claim_ordinal: None, line: None, expected, found, delta, cause: None }
    }

    /// Of this claim.
    #[must_use]
    pub fn of_claim(mut self, claim: &ClaimPayment) -> Self {
        self.claim = Some(claim.key());
        self.claim_ordinal = Some(claim.ordinal);
        self
    }

    /// On this line.
    #[must_use]
    pub fn on_line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }

    /// With what explains it.
    #[must_use]
    pub fn because(mut self, cause: Option<Cause>) -> Self {
        self.cause = cause;
        self
    }
}

impl fmt::Display for Delta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.claim, self.claim_ordinal) {
            (Some(claim), Some(ordinal)) if claim.0.is_empty() => write!(f, "claim without number ({ordinal})")?,
            (Some(claim), _) => write!(f, "claim {claim}")?,
            (None, _) => write!(f, "transaction")?,
        }
        if let Some(line) = self.line {
            write!(f, " line {line}")?;
        }
        f.write_str(": ")?;
        f.write_str(self.rule.id())?;
        let sides = [("expected", self.expected), ("found", self.found), ("delta", self.delta)];
        let mut separator = " ";
        for (side, amount) in sides {
            if let Some(amount) = amount {
                write!(f, "{separator}{side} {amount}")?;
                separator = ", ";
            }
        }
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None if self.rule.is_gate() => f.write_str(": nothing in it explains the difference"),
            None => write!(f, ": {}", self.rule.equation()),
        }
    }
}
