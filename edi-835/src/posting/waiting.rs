//! A remittance to a payee that is not ours yet: what it says is kept, and posts when a claim makes the payee ours.

use super::find;
use super::outcome::RemittanceOutcome;
use super::plb::PlbInput;
use super::post::Work;
use super::reason::{Cause, Reason};
use super::release::{Touched, Verdict, again, batches, pending};
use super::rules::Rules;
use super::write;
use crate::ledger::{Error, HeldRemittance, RemittanceRow, Result, Store, Writing};
use crate::read::{RemittanceEvent, RemittanceReader};
use edi_core::Text;
use serde::{Deserialize, Serialize};
use std::io::BufRead;

/// How many claims of one remittance are kept; a larger one posts when its file is posted again.
const KEPT: u64 = 50_000;

/// What the hold of a whole remittance keeps of its header.
#[derive(Debug, Serialize, Deserialize)]
struct Parties {
    payees: Vec<Text>,
    payers: Vec<Text>,
}

/// The body of the hold of a whole remittance: empty where it will not post by itself.
pub(super) fn body(work: &Work<'_>, reasons: &[Reason]) -> Result<String> {
    let waits = reasons.iter().all(|reason| reason.cause == Cause::PayeeNotOurs) && work.proof.claims <= KEPT;
    let parties = Parties { payees: find::payee_ids(work.remittance), payers: work.remittance.payer_ids() };
    if waits { write::json(&parties) } else { Ok(String::new()) }
}

/// Reads a remittance to its end and keeps what it says.
pub(super) fn keep<R: BufRead, S: Store>(
    work: &Work<'_>,
    writing: &mut Writing<'_, S>,
    reader: &mut RemittanceReader<R>,
    row: &RemittanceRow,
    mut outcome: RemittanceOutcome,
) -> Result<RemittanceOutcome> {
    let id = outcome.id.unwrap_or_default();
    for event in reader {
        match event? {
            RemittanceEvent::Claim(claim) => {
                outcome.claims += 1;
                write::keep(writing, &write::pending(work, &claim, id, row.origin.source))?;
            }
            RemittanceEvent::End(totals) => {
                for item in PlbInput::all(&totals, &work.remittance.payer_ids(), 0) {
                    write::keep_provider_level(writing, &item?, id, row.origin)?;
                }
                return Ok(outcome);
            }
            RemittanceEvent::Header(_) => break,
        }
    }
    Err(Error::InputChanged)
}

/// Posts the remittances whose payee has become ours; the row keys of the holds that this released.
pub(super) fn arrived<S: Store>(
    writing: &mut Writing<'_, S>,
    rules: &Rules,
    touched: &mut Touched,
) -> Result<Vec<i64>> {
    let mut released = Vec::new();
    for held in writing.held_remittances()? {
        let parties: Parties = serde_json::from_str(&held.body).map_err(|_| Error::Damaged("a held remittance"))?;
        let posted_since = writing.known_remittances(&held.row.identity)?.iter().any(|known| !known.held);
        let Some(payee) = find::payee(writing, rules, &parties.payees)?.filter(|_| !posted_since) else { continue };
        let payer = find::payer(writing, rules, &parties.payers)?;
        let row = RemittanceRow { payee: Some(payee), payer, ..held.row.clone() };
        released.push(held.hold);
        released.extend(post(writing, rules, &held, &row, touched)?);
    }
    Ok(released)
}

/// Posts one: what was kept of it is held, with its money, and planned at once.
fn post<S: Store>(
    writing: &mut Writing<'_, S>,
    rules: &Rules,
    held: &HeldRemittance,
    row: &RemittanceRow,
    touched: &mut Touched,
) -> Result<Vec<i64>> {
    let kept = writing.kept(held.id)?;
    writing.end_remittance_hold(held.id)?;
    let id = writing.remittance(row, false)?;
    let day = row.date.unwrap_or(writing.day());
    writing.payment(id, row, day)?;
    let mut released = Vec::new();
    for batch in batches(&kept) {
        let mut ids = Vec::with_capacity(batch.len());
        for kept in writing.kept_holds(&batch)? {
            let waited = Reason::new("HELD", Cause::PayeeNotOurs, "its payee was none of ours until now");
            ids.push(match kept.kind.as_str() {
                "plb" => {
                    let item: PlbInput = serde_json::from_str(&kept.body).map_err(|_| Error::Damaged("a held PLB"))?;
                    let item = PlbInput { payee: row.payee.unwrap_or_default(), ..item };
                    write::hold_provider_level(writing, &item, id, row.payer, &[waited], (row.origin, day))?
                }
                _ => {
                    let mut pending = pending(&kept)?;
                    (pending.cash.remittance, pending.cash.hold) = (id, None);
                    let faults = if pending.faults.is_empty() { vec![waited] } else { pending.faults.clone() };
                    write::hold(writing, &pending, None, row.payer, &faults, day)?
                }
            });
        }
        released.extend(again(writing, rules, &ids.into_iter().collect(), Verdict::default(), touched)?);
    }
    match writing.clearing(id) {
        0 => Ok(released),
        rest => Err(Error::ClearingNotZero(rest)),
    }
}
