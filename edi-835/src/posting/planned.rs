//! What planning yields, and what it is given.

use super::reason::{Reason, Warning};
use super::rules::Rules;
use crate::denial::WorkItem;
use crate::ledger::{Account, AnsweredAdjustment, Entry, HeldAnswer, JournalKind, Place};
use chrono::NaiveDate;
use edi_core::Text;
use edi_core::account::Adjudication;

/// An answer that is to be planned.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// Ordinal in its remittance, from 1.
    pub ordinal: u64,
    /// What the payer says.
    pub answer: &'a Adjudication,
    /// What was found wrong before: it does not add up, or was cut.
    pub faults: Vec<Reason>,
    /// Where its money comes from.
    pub cash: Cash,
}

/// Where an answer's money comes from: clearing of its remittance, or what was held of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cash {
    /// Remittance.
    pub remittance: i64,
    /// The hold that is released.
    pub hold: Option<i64>,
}

impl Input<'_> {
    /// Whether it is this held answer.
    pub(super) fn is(&self, held: &HeldAnswer) -> bool {
        (held.remittance, held.ordinal) == (self.cash.remittance, self.ordinal)
    }
}

impl Cash {
    /// The account.
    #[must_use]
    pub fn account(self) -> Account {
        if self.hold.is_some() { Account::Unapplied } else { Account::Clearing }
    }

    /// The place, on a claim's place.
    #[must_use]
    pub fn place(self, claim: Place) -> Place {
        Place { remittance: Some(self.remittance), hold: self.hold, ..claim }
    }
}

/// How far a person has decided about a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Nobody has: every reason holds.
    #[default]
    None,
    /// Post in spite of the reasons that a person may set aside.
    Accept,
    /// Post what the reason proposes.
    Adjust,
}

/// All that a plan depends on beside the answer and the claim's account.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The office's rules.
    pub rules: &'a Rules,
    /// The payer that answers, where its identifiers are mapped.
    pub payer: Option<i64>,
    /// When the entries take effect: the day of the payment.
    pub day: NaiveDate,
    /// What a person decided.
    pub consent: Consent,
}

/// The plan for one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedClaim {
    /// Ordinal in its remittance.
    pub ordinal: u64,
    /// Our claim, where it was found.
    pub claim: Option<i64>,
    /// What is done.
    pub decision: Decision,
    /// What is odd all the same.
    pub warnings: Vec<Warning>,
}

/// What is done with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It posts whole.
    Post(Box<Posting>),
    /// It is held whole, with its CLP04 in unapplied.
    Hold(Vec<Reason>),
}

/// Everything that is written for an answer that posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Payer.
    pub payer: i64,
    /// Its position on the claim.
    pub position: usize,
    /// The payer sent the claim on.
    pub forwarded: bool,
    /// The answer that this one takes back.
    pub reverses: Option<i64>,
    /// Kind of the journal.
    pub kind: JournalKind,
    /// CLP03, CLP04 and AMT*I in cents.
    pub charge: i64,
    /// CLP04.
    pub paid: i64,
    /// AMT*I.
    pub interest: i64,
    /// Entries; none for a status that moves no money.
    pub entries: Vec<Entry>,
    /// Lines.
    pub lines: Vec<PlannedLine>,
    /// Adjustments as the payer wrote them.
    pub adjustments: Vec<AnsweredAdjustment>,
    /// Work that it makes.
    pub work: Vec<WorkItem>,
}

/// A line of an answer and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedLine {
    /// Index in the answer.
    pub index: usize,
    /// Ordinal in the answer.
    pub ordinal: u32,
    /// Our line.
    pub line: i64,
    /// What the match rests on.
    pub why: Text,
    /// How sure it is, of 100.
    pub score: u8,
    /// SVC02 in cents.
    pub charge: i64,
    /// SVC03 in cents.
    pub paid: i64,
    /// AMT*B6 in cents.
    pub allowed: Option<i64>,
}

impl PlannedClaim {
    /// The posting, where it posts.
    #[must_use]
    pub fn posting(&self) -> Option<&Posting> {
        if let Decision::Post(posting) = &self.decision { Some(posting) } else { None }
    }

    /// The reasons, where it is held.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        if let Decision::Hold(reasons) = &self.decision { reasons } else { &[] }
    }
}
