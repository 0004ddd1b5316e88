//! One claim's state in the ledger: what was billed, what was entered, who has answered. Planning reads it and
//! nothing else.

use super::chart::Account;
use super::journal::Entry;
use chrono::NaiveDate;
use edi_core::Text;
use edi_core::account::{Adjudication, ClaimKey};
use edi_core::value::{Period, Procedure, Quantity};

/// A claim in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimAccount {
    /// Row key.
    pub id: i64,
    /// CLM01 under which it was first sent.
    pub key: ClaimKey,
    /// Row key of the billing provider.
    pub payee: i64,
    /// Patient's name: private.
    pub patient: Text,
    /// Member id: private.
    pub member_id: Text,
    /// How many submissions there were.
    pub submissions: i64,
    /// Content hashes of the submissions.
    pub contents: Vec<Text>,
    /// CLM05-3 of the latest submission.
    pub frequency: Text,
    /// Position of the payer that the latest submission was sent to.
    pub destination: usize,
    /// Charge in cents, as the latest submission has it; zero after a void.
    pub charge: i64,
    /// What the patient had paid, in cents.
    pub patient_paid: i64,
    /// Payers in the order in which they pay.
    pub payers: Vec<ChainPayer>,
    /// Lines of the latest submission.
    pub lines: Vec<BilledLine>,
    /// Lines of earlier submissions that the latest one does not have: what was answered on them may be taken back.
    pub former_lines: Vec<BilledLine>,
    /// Every entry on the claim, without those of undone remittances and their mirrors.
    pub entries: Vec<PostedEntry>,
    /// Answers that were posted and not undone, in the order of posting.
    pub answers: Vec<Answer>,
    /// Answers that are held.
    pub held: Vec<HeldAnswer>,
}

/// A payer of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainPayer {
    /// Row key.
    pub payer: i64,
    /// NM109.
    pub code: Text,
    /// SBR09.
    pub filing_indicator: Text,
}

/// A line as it was last billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BilledLine {
    /// Row key.
    pub id: i64,
    /// LX01.
    pub ordinal: u32,
    /// REF*6R.
    pub control: Text,
    /// SV101.
    pub procedure: Procedure,
    /// DTP*472.
    pub service: Option<Period>,
    /// SV104.
    pub units: Quantity,
    /// SV102 in cents.
    pub charge: i64,
}

/// An entry as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedEntry {
    /// Journal and ordinal in it.
    pub id: (i64, i64),
    /// The answer that it was posted for.
    pub adjudication: Option<i64>,
    /// The entry.
    pub entry: Entry,
}

/// A posted answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Row key.
    pub id: i64,
    /// Remittance that it came in.
    pub remittance: i64,
    /// Payer.
    pub payer: i64,
    /// Its position among the claim's payers.
    pub position: usize,
    /// CLP07.
    pub number: Text,
    /// CLP02.
    pub status: Text,
    /// CLP03 in cents.
    pub charge: i64,
    /// CLP04 in cents.
    pub paid: i64,
    /// The payer sent the claim on.
    pub forwarded: bool,
    /// The answer that it takes back, where it is a reversal.
    pub reverses: Option<i64>,
    /// Lines: ordinal, our line, charge, payment.
    pub lines: Vec<AnsweredLine>,
    /// Adjustments: ordinal of the line (0 for the claim), group, reason, amount.
    pub adjustments: Vec<AnsweredAdjustment>,
    /// Whether its entries are only denials: it may be answered again without a reversal.
    pub wholly_denied: bool,
}

/// A line of a posted answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredLine {
    /// Ordinal in the answer.
    pub ordinal: u32,
    /// Our line.
    pub line: i64,
    /// SVC02 in cents.
    pub charge: i64,
    /// SVC03 in cents.
    pub paid: i64,
}

/// An adjustment of a posted answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnsweredAdjustment {
    /// Ordinal of the line in the answer; 0 for the claim.
    pub line: u32,
    /// CAS01.
    pub group: Text,
    /// CARC.
    pub reason: Text,
    /// Cents.
    pub amount: i64,
}

/// A held answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldAnswer {
    /// Row key of the hold.
    pub hold: i64,
    /// Remittance that it came in.
    pub remittance: i64,
    /// Ordinal there.
    pub ordinal: u64,
    /// Payer, where it is known.
    pub payer: Option<i64>,
    /// When it takes effect.
    pub effective: Option<NaiveDate>,
    /// What it says.
    pub adjudication: Adjudication,
}

impl ClaimAccount {
    /// Sum of the entries that pass, in cents.
    pub fn sum(&self, passes: impl Fn(&Entry) -> bool) -> i64 {
        self.entries.iter().filter(|posted| passes(&posted.entry)).map(|posted| posted.entry.amount).sum()
    }

    /// Balance of an account on this claim.
    #[must_use]
    pub fn balance(&self, account: Account) -> i64 {
        self.sum(|entry| entry.account == account)
    }

    /// What a payer owes.
    #[must_use]
    pub fn receivable(&self, payer: i64) -> i64 {
        self.sum(|entry| entry.account == Account::InsuranceReceivable && entry.place.payer == Some(payer))
    }

    /// Balance of an account on a line, for a payer where one is given.
    #[must_use]
    pub fn on_line(&self, account: Account, payer: Option<i64>, line: i64) -> i64 {
        let of_payer = |entry: &Entry| payer.is_none() || entry.place.payer == payer;
        self.sum(|entry| entry.account == account && entry.place.line == Some(line) && of_payer(entry))
    }

    /// Answers that stand: neither reversed nor reversals.
    pub fn standing(&self) -> impl Iterator<Item = &Answer> {
        self.answers.iter().filter(|answer| {
            answer.reverses.is_none() && !self.answers.iter().any(|other| other.reverses == Some(answer.id))
        })
    }

    /// The position of a payer; the one of `hint` where it stands there.
    #[must_use]
    pub fn position(&self, payer: i64, hint: Option<usize>) -> Option<usize> {
        let at_hint = hint.filter(|i| self.payers.get(*i).is_some_and(|p| p.payer == payer));
        at_hint.or_else(|| self.payers.iter().position(|p| p.payer == payer))
    }

    /// Every line that has entries or was billed: row keys, in order.
    #[must_use]
    pub fn line_ids(&self) -> Vec<i64> {
        let mut ids: Vec<i64> = self.lines.iter().map(|line| line.id).collect();
        ids.extend(self.entries.iter().filter_map(|posted| posted.entry.place.line));
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
