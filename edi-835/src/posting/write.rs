//! Writing what was planned: the answer, its journal, its work; or the hold.

use super::planned::{Cash, Posting};
use super::reason::Reason;
use crate::denial::{WorkItem, WorkKind};
use crate::ledger::{
    About, Account, AnswerRow, Entry, HoldRow, Journal, JournalKind, LineRow, Origin, ReasonRow, Result, Store,
    WorkRow, Writing,
};
use chrono::NaiveDate;
use edi_core::Text;
use edi_core::account::Adjudication;

/// An answer on its way into the ledger.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    /// Ordinal in its remittance.
    pub ordinal: u64,
    /// What the payer says.
    pub answer: Adjudication,
    /// What was found wrong before.
    pub faults: Vec<Reason>,
    /// Content hash.
    pub content: Text,
    /// Where it stood.
    pub origin: Origin,
    /// Where its money comes from.
    pub cash: Cash,
}

/// Writes an answer that posts; its row key.
pub(super) fn posting<S: Store>(
    writing: &mut Writing<'_, S>,
    pending: &Pending,
    claim: i64,
    posting: &Posting,
    day: NaiveDate,
) -> Result<i64> {
    let lines: Vec<LineRow> = posting.lines.iter().map(row).collect();
    let id = writing.answer(&AnswerRow {
        remittance: pending.cash.remittance,
        ordinal: pending.ordinal,
        claim,
        payer: posting.payer,
        position: posting.position,
        forwarded: posting.forwarded,
        amounts: (posting.charge, posting.paid, posting.interest),
        content: &pending.content,
        reverses: posting.reverses,
        answer: &pending.answer,
        lines: &lines,
        adjustments: &posting.adjustments,
    })?;
    let kind = if pending.cash.hold.is_some() { JournalKind::Release } else { posting.kind };
    let journal = Journal::new(kind, posting.entries.clone())?;
    let about = About {
        remittance: Some(pending.cash.remittance),
        adjudication: Some(id),
        hold: pending.cash.hold,
        ..About::default()
    };
    writing.journal(&journal, about, day, pending.origin)?;
    let answered: Vec<i64> =
        posting.entries.iter().filter(|e| took_back_denial(e)).filter_map(|e| e.place.line).collect();
    writing.close_work(claim, &answered, if posting.reverses.is_some() { "reversed" } else { "answered" })?;
    for item in &posting.work {
        writing.work(&work_row(item, id, claim, posting.payer), day)?;
    }
    Ok(id)
}

/// What was denied is no longer: the work about it is done.
fn took_back_denial(entry: &Entry) -> bool {
    entry.account == Account::DeniedReceivable && entry.amount < 0
}

fn row(line: &super::planned::PlannedLine) -> LineRow {
    LineRow {
        index: line.index,
        ordinal: line.ordinal,
        line: line.line,
        matched_by: line.why.clone(),
        charge: line.charge,
        paid: line.paid,
        allowed: line.allowed,
    }
}

fn work_row(item: &WorkItem, adjudication: i64, claim: i64, payer: i64) -> WorkRow<'_> {
    WorkRow {
        kind: if item.kind == WorkKind::Denial { "denial" } else { "task" },
        adjudication,
        claim,
        line: item.line,
        payer,
        group: &item.group,
        reason: &item.reason,
        remarks: &item.remarks,
        amount: item.amount,
        expected: item.expected,
        line_denied: item.line_denied,
        category: item.category,
        preventable: item.preventable,
        action: item.action.as_str(),
        next_step: &item.next_step,
        due: item.due,
    }
}

/// Writes an answer that is held, with its CLP04 in unapplied.
pub(super) fn hold<S: Store>(
    writing: &mut Writing<'_, S>,
    pending: &Pending,
    claim: Option<i64>,
    payer: Option<i64>,
    reasons: &[Reason],
    day: NaiveDate,
) -> Result<i64> {
    let body = serde_json::to_string(&pending.answer).map_err(|e| crate::ledger::Error::Database(Box::new(e)))?;
    let row = HoldRow {
        kind: "claim",
        remittance: Some(pending.cash.remittance),
        ordinal: pending.ordinal,
        claim,
        payer,
        claim_key: &pending.answer.key.0,
        number: &pending.answer.payer_claim_number,
        original_reference: &pending.answer.original_reference,
        amount: super::amounts::cents(pending.answer.paid).unwrap_or_default(),
        content: &pending.content,
        body: &body,
        origin: pending.origin,
    };
    writing.hold(&row, &reason_rows(reasons), day)
}

/// Reasons as rows.
pub(super) fn reason_rows(reasons: &[Reason]) -> Vec<ReasonRow<'_>> {
    reasons.iter().map(|r| (&*r.rule, r.cause.name(), r.words.as_str(), r.proposal.as_str())).collect()
}

impl Pending {
    /// What is planned.
    pub fn input(&self) -> super::planned::Input<'_> {
        super::planned::Input {
            ordinal: self.ordinal,
            answer: &self.answer,
            faults: self.faults.clone(),
            cash: self.cash,
        }
    }
}
