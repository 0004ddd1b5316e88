//! Writing what was planned: the answer, its journal, its work; or the hold.

use super::planned::{Cash, Posting};
use super::plb::PlbInput;
use super::post::Work;
use super::reason::{Cause, Reason};
use crate::balance::{Delta, prove_claim};
use crate::denial::{WorkItem, WorkKind};
use crate::ledger::{
    About, Account, AnswerRow, Entry, Error, HoldRow, Journal, JournalKind, LineRow, Origin, ReasonRow, Result, Store,
    WorkRow, Writing,
};
use crate::model::ClaimPayment;
use chrono::NaiveDate;
use edi_core::Text;
use edi_core::account::Adjudication;
use serde::Serialize;

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
    if let Some(reversed) = posting.reverses {
        writing.close_tasks(claim, reversed)?;
    }
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
    let body = json(&pending.answer)?;
    writing.hold(&hold_row(pending, claim, payer, &body), &reason_rows(reasons), day)
}

/// Keeps an answer of a remittance that is held as a whole.
pub(super) fn keep<S: Store>(writing: &mut Writing<'_, S>, pending: &Pending) -> Result<()> {
    let body = json(&pending.answer)?;
    writing.keep(&hold_row(pending, None, None, &body), &reason_rows(&pending.faults))
}

/// Writes a provider-level adjustment that is held, with its amount in unapplied.
pub(super) fn hold_provider_level<S: Store>(
    writing: &mut Writing<'_, S>,
    item: &PlbInput,
    remittance: i64,
    payer: Option<i64>,
    reasons: &[Reason],
    (origin, day): (Origin, NaiveDate),
) -> Result<i64> {
    let body = json(item)?;
    writing.hold(&provider_row(item, remittance, payer, &body, origin), &reason_rows(reasons), day)
}

/// Keeps a provider-level adjustment of a remittance that is held as a whole.
pub(super) fn keep_provider_level<S: Store>(
    writing: &mut Writing<'_, S>,
    item: &PlbInput,
    remittance: i64,
    origin: Origin,
) -> Result<()> {
    let body = json(item)?;
    writing.keep(&provider_row(item, remittance, None, &body, origin), &[])
}

fn hold_row<'a>(pending: &'a Pending, claim: Option<i64>, payer: Option<i64>, body: &'a str) -> HoldRow<'a> {
    HoldRow {
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
        body,
        origin: pending.origin,
    }
}

fn provider_row<'a>(
    item: &PlbInput,
    remittance: i64,
    payer: Option<i64>,
    body: &'a str,
    origin: Origin,
) -> HoldRow<'a> {
    HoldRow {
        kind: "plb",
        remittance: Some(remittance),
        ordinal: item.ordinal,
        claim: None,
        payer,
        claim_key: "",
        number: "",
        original_reference: "",
        amount: item.amount,
        content: "",
        body,
        origin,
    }
}

/// A value as JSON, as holds keep it.
pub(super) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Database(Box::new(error)))
}

/// Reasons as rows.
pub(super) fn reason_rows(reasons: &[Reason]) -> Vec<ReasonRow<'_>> {
    reasons.iter().map(|r| (&*r.rule, r.cause.name(), r.words.as_str(), r.proposal.as_str())).collect()
}

/// A claim payment as it is planned: what it says, and whether it adds up. Where the first reading proved every claim
/// of the remittance, that stands: `finish` finds the same content.
pub(super) fn pending(work: &Work<'_>, claim: &ClaimPayment, id: i64, source: Option<i64>) -> Pending {
    let fault = |delta: Delta| {
        let cause = if claim.cut { Cause::Cut } else { Cause::Unbalanced };
        Reason::new(delta.rule.id(), cause, delta.to_string())
    };
    let deltas = if work.proof.claims_balanced { None } else { prove_claim(claim).err() };
    Pending {
        ordinal: claim.ordinal,
        answer: claim.adjudication(work.remittance),
        faults: deltas.unwrap_or_default().into_iter().map(fault).collect(),
        content: hex(&claim.hash.0),
        origin: Origin { source, segments: (claim.span.first_segment, claim.span.last_segment) },
        cash: Cash { remittance: id, hold: None },
    }
}

/// Bytes in hexadecimal: every claim has a hash, and a formatter for each of its bytes would be felt.
fn hex(bytes: &[u8; 32]) -> Text {
    let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble & 15)];
    let mut text = [0; 64];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(*byte)]);
    }
    std::str::from_utf8(&text).map(Text::new).unwrap_or_default()
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
