//! What the ledger tells, as typed values.

use super::Account;
use chrono::NaiveDate;
use edi_core::{Money, Text};
use serde::Serialize;
use std::collections::BTreeMap;

/// The balance of an account, for a payer where the account has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// Account.
    pub account: Account,
    /// Payer's code; empty where the account has none, or where all payers are summed.
    pub payer: Text,
    /// Debits less credits.
    pub amount: Money,
    /// Entries.
    pub entries: u64,
}

/// A payer of claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PayerView {
    /// The id that claims have (NM109).
    pub code: Text,
    /// Name.
    pub name: Text,
    /// Further identifiers that were mapped to it (N104, REF*2U, TRN03).
    pub also: Vec<Text>,
}

/// What a claim's accounts come to now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Balances of its accounts, in the order of the chart.
    pub balances: BTreeMap<Account, Money>,
    /// Control numbers of its lines by row key.
    pub lines: BTreeMap<i64, Text>,
}

/// A decision or another act that was noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditView {
    /// Row key.
    pub id: i64,
    /// Day.
    pub day: Option<NaiveDate>,
    /// Who.
    pub actor: Text,
    /// What was done (`resolve hold`, `write off`, `undo`, ...).
    pub verb: Text,
    /// To what: the id of a hold or a denial, a month, an identifier.
    pub subject: Text,
    /// How, and the note of the person.
    pub detail: Text,
}

/// A claim in the ledger, with all that happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClaimHistory {
    /// CLM01 under which it was first sent.
    pub key: Text,
    /// Every CLM01 under which it was sent.
    pub keys: Vec<Text>,
    /// Patient: private.
    pub patient: Text,
    /// Charge.
    pub charge: Money,
    /// What payers and patient paid.
    pub paid: Money,
    /// What was given up.
    pub adjusted: Money,
    /// What is open: charge = paid + adjusted + open.
    pub open: Money,
    /// Who owes what is open, line by line.
    pub owed: Vec<Owed>,
    /// Submissions in order.
    pub submissions: Vec<SubmissionView>,
    /// Answers in order.
    pub answers: Vec<AnswerView>,
    /// Entries in order.
    pub entries: Vec<EntryView>,
    /// Denials and tasks.
    pub work: Vec<WorkView>,
    /// Holds, those that have ended too.
    pub holds: Vec<HoldView>,
}

/// An open amount and who owes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Owed {
    /// Account.
    pub account: Account,
    /// Payer's code; empty where the patient owes.
    pub payer: Text,
    /// Control number of the line; empty where it is of the whole claim.
    pub line: Text,
    /// Amount.
    pub amount: Money,
}

/// A submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubmissionView {
    /// Ordinal, from 1.
    pub ordinal: i64,
    /// CLM01.
    pub key: Text,
    /// CLM05-3.
    pub frequency: Text,
    /// Payer that it was sent to.
    pub payer: Text,
    /// Charge.
    pub charge: Money,
    /// Day of booking.
    pub day: Option<NaiveDate>,
}

/// A payer's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerView {
    /// TRN02 of its remittance.
    pub trace: Text,
    /// BPR16 of its remittance.
    pub day: Option<NaiveDate>,
    /// Payer.
    pub payer: Text,
    /// CLP07.
    pub number: Text,
    /// CLP02.
    pub status: Text,
    /// The payer sent the claim on: do not bill the next payer.
    pub forwarded: bool,
    /// CLP03.
    pub charge: Money,
    /// CLP04.
    pub paid: Money,
    /// Adjustments: line (0 for the claim), `CO-45`, amount.
    pub adjustments: Vec<(i64, Text, Money)>,
    /// Remarks: line (0 for the claim), code.
    pub remarks: Vec<(i64, Text)>,
    /// It takes an earlier answer back.
    pub reverses: bool,
    /// It was taken back.
    pub reversed: bool,
    /// Its remittance was undone.
    pub undone: bool,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryView {
    /// Journal.
    pub journal: i64,
    /// Ordinal in the journal.
    pub seq: i64,
    /// Why the journal was written.
    pub kind: Text,
    /// Day on which it takes effect.
    pub effective: Option<NaiveDate>,
    /// Day of posting.
    pub posted: Option<NaiveDate>,
    /// Account.
    pub account: Account,
    /// Payer's code.
    pub payer: Text,
    /// CLM01 of the claim.
    pub claim: Text,
    /// Control number of the line.
    pub line: Text,
    /// Debit positive, credit negative.
    pub amount: Money,
    /// `CO-45`, or a PLB code.
    pub reason: Text,
    /// The rule that decided.
    pub rule: Text,
    /// TRN02 of the remittance.
    pub trace: Text,
    /// File.
    pub file: Text,
    /// First and last segment in the file.
    pub segments: (i64, i64),
    /// Who posted.
    pub actor: Text,
    /// Version of the rules.
    pub rules: Text,
    /// The entry that it takes back.
    pub reverses: Option<(i64, i64)>,
    /// Month whose books it is in.
    pub period: Text,
}

/// A denied amount or a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkView {
    /// Row key.
    pub id: i64,
    /// `denial` or `task`.
    pub kind: Text,
    /// CLM01.
    pub claim: Text,
    /// Control number of the line.
    pub line: Text,
    /// Procedure of the line.
    pub procedure: Text,
    /// Payer.
    pub payer: Text,
    /// Billing provider.
    pub provider: Text,
    /// Group code.
    pub group: Text,
    /// Reason code (CARC).
    pub reason: Text,
    /// Our short title of the reason.
    pub title: Text,
    /// Remark codes (RARC).
    pub remarks: Text,
    /// Amount.
    pub amount: Money,
    /// What the contract would have paid of it; the amount where nothing tells.
    pub expected: Money,
    /// The line was paid nothing.
    pub line_denied: bool,
    /// Category.
    pub category: Text,
    /// Whether it could have been prevented.
    pub preventable: bool,
    /// What is done next.
    pub action: Text,
    /// The next step in words.
    pub next_step: Text,
    /// Day of the answer.
    pub opened: Option<NaiveDate>,
    /// Until when.
    pub due: Option<NaiveDate>,
    /// `open`, `appealed`, `corrected`, `written off`, `resubmitted`, `answered`, `reversed`, `undone`.
    pub state: Text,
    /// Who works on it.
    pub owner: Text,
}

/// Something that was done about a denial or a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkEventView {
    /// State from then on.
    pub state: Text,
    /// Whose it is; empty where that did not change.
    pub owner: Text,
    /// A note.
    pub note: Text,
    /// Who did it.
    pub actor: Text,
    /// When.
    pub day: Option<NaiveDate>,
}

/// How often something is denied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DenialRate {
    /// The reason, payer, provider, procedure or month.
    pub of: Text,
    /// Lines that were answered.
    pub lines: u64,
    /// Lines that were denied.
    pub denied_lines: u64,
    /// What was charged on them.
    pub charge: Money,
    /// What was denied, on denied and on paid lines.
    pub denied: Money,
}

/// A claim that a held answer may be about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// CLM01.
    pub claim: Text,
    /// How much speaks for it, of 100.
    pub score: u8,
    /// What does (`number alike`, `same patient`, `same charge`, `same day`).
    pub why: Vec<&'static str>,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HoldView {
    /// Row key: what `holds resolve` takes.
    pub id: i64,
    /// `claim`, `plb`, `booking` or `remittance`.
    pub kind: Text,
    /// `open`, `released`, `rejected` or `undone`.
    pub state: Text,
    /// TRN02 of its remittance.
    pub trace: Text,
    /// Ordinal in its remittance.
    pub ordinal: i64,
    /// CLP01.
    pub claim_key: Text,
    /// CLP07.
    pub number: Text,
    /// Our claim, where it was found.
    pub claim: Text,
    /// Payer's code, where it is mapped.
    pub payer: Text,
    /// Its money.
    pub amount: Money,
    /// Day on which it was held.
    pub day: Option<NaiveDate>,
    /// Why.
    pub reasons: Vec<ReasonView>,
}

/// Why something is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonView {
    /// Rule.
    pub rule: Text,
    /// Cause (`charge-differs`).
    pub cause: Text,
    /// In words.
    pub words: Text,
    /// What would be posted instead; empty where nothing is proposed.
    pub proposal: Text,
}

/// A remittance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemittanceView {
    /// Row key: what `undo` takes.
    pub id: i64,
    /// `posted`, `held` or `undone`.
    pub state: Text,
    /// TRN02.
    pub trace: Text,
    /// TRN03.
    pub originator: Text,
    /// N102 of the payer.
    pub payer: Text,
    /// BPR16.
    pub date: Option<NaiveDate>,
    /// BPR02.
    pub amount: Money,
    /// File.
    pub file: Text,
}

/// A provider-level amount that is not matched yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenItemView {
    /// Account.
    pub account: Account,
    /// PLB03-1.
    pub code: Text,
    /// PLB03-2.
    pub reference: Text,
    /// Payer.
    pub payer: Text,
    /// Payee.
    pub payee: Text,
    /// TRN02 of the remittance that it came in.
    pub trace: Text,
    /// Day of that remittance: from it, the item ages.
    pub day: Option<NaiveDate>,
    /// What is left of it: positive where we owe it.
    pub left: Money,
}
