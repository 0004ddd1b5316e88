//! Holds are planned again by themselves when what they waited for arrives, in the same database transaction.

use super::book;
use super::find;
use super::plan::plan;
use super::planned::{Cash, Consent, Decision, Input, Setting};
use super::plb::{self, PlbDecision, PlbInput};
use super::reason::{Cause, Reason};
use super::rules::Rules;
use super::waiting;
use super::write::{self, Pending, reason_rows};
use crate::ledger::{Error, Ledger, OpenHold, PlbRow, Result, Run, Store, Writing};
use edi_core::Text;
use std::collections::{BTreeMap, BTreeSet};

/// How many holds are planned at a time.
const BATCH: usize = 256;

/// What a transaction has touched: holds that wait for one of these are planned again.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Claims that were booked, answered or reversed.
    pub claims: BTreeSet<i64>,
    /// Payers that opened an item.
    pub payers: BTreeSet<i64>,
    /// A payer became known, or a way to name one.
    pub mapped: bool,
    /// A payee became ours.
    pub payee: bool,
}

impl Touched {
    fn is_empty(&self) -> bool {
        self.claims.is_empty() && self.payers.is_empty() && !self.mapped && !self.payee
    }
}

/// What a person decided about one hold.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Verdict {
    /// Hold.
    pub hold: i64,
    /// How far reasons may be set aside.
    pub consent: Consent,
    /// The claim that it is about.
    pub claim: Option<i64>,
}

impl Verdict {
    /// How far reasons of this hold may be set aside.
    fn of(self, hold: &OpenHold) -> Consent {
        if hold.id == self.hold { self.consent } else { Consent::None }
    }
}

/// Plans the holds again that wait for what was touched, until none changes; the row keys of those released.
pub(super) fn replan<S: Store>(writing: &mut Writing<'_, S>, rules: &Rules, mut touched: Touched) -> Result<Vec<i64>> {
    let mut released = Vec::new();
    while !touched.is_empty() && writing.any_hold()? {
        let mut ids = writing.holds_about(&touched.claims)?;
        ids.extend(writing.holds_of_payers(&touched.payers, touched.mapped)?);
        let payee = touched.payee;
        touched = Touched::default();
        if payee {
            released.extend(waiting::arrived(writing, rules, &mut touched)?);
        }
        released.extend(again(writing, rules, &ids, Verdict::default(), &mut touched)?);
    }
    Ok(released)
}

/// Batches in which those of one key, which stand together, stay together.
pub(super) fn batches<K: PartialEq>(keyed: &[(K, i64)]) -> Vec<Vec<i64>> {
    let mut batches: Vec<Vec<i64>> = Vec::new();
    for together in keyed.chunk_by(|one, other| one.0 == other.0) {
        let ids = together.iter().map(|(_, id)| *id);
        match batches.last_mut().filter(|batch| batch.len() < BATCH) {
            Some(batch) => batch.extend(ids),
            None => batches.push(ids.collect()),
        }
    }
    batches
}

/// Plans these holds again; the row keys of those released.
pub(super) fn again<S: Store>(
    writing: &mut Writing<'_, S>,
    rules: &Rules,
    ids: &BTreeSet<i64>,
    verdict: Verdict,
    touched: &mut Touched,
) -> Result<Vec<i64>> {
    let mut released = Vec::new();
    // Held answers of one remittance to one claim are planned together, as they came.
    let mut groups: BTreeMap<(i64, i64), Vec<(OpenHold, Pending)>> = BTreeMap::new();
    for hold in writing.open_holds(ids)? {
        match hold.kind.as_str() {
            "claim" => {
                let pending = pending(&hold)?;
                let claim = found(writing, rules, &hold, &pending, verdict)?;
                let key = (pending.cash.remittance, claim.unwrap_or(-hold.id));
                groups.entry(key).or_default().push((hold, pending));
            }
            "plb" => released.extend(provider_level(writing, rules, &hold, verdict, touched)?),
            "booking" => released.extend(book::again(writing, &hold, touched)?),
            _ => {}
        }
    }
    // A reversal takes back what may still be waited for: it comes last.
    let takes_back = |(_, group): &(_, Vec<(OpenHold, Pending)>)| group.iter().any(|(_, p)| p.answer.status == "22");
    let (last, first): (Vec<_>, Vec<_>) = groups.into_iter().partition(takes_back);
    for ((_, claim), group) in first.into_iter().chain(last) {
        released.extend(answers(writing, rules, (claim > 0).then_some(claim), group, verdict, touched)?);
    }
    Ok(released)
}

pub(super) fn pending(hold: &OpenHold) -> Result<Pending> {
    let fault = |(rule, cause, words): &(Text, Text, Text)| {
        let kept = [Cause::Unbalanced, Cause::Cut].into_iter().find(|known| known.name() == cause.as_str())?;
        Some(Reason { rule: rule.to_string().into(), ..Reason::new("B2", kept, words.as_str()) })
    };
    Ok(Pending {
        ordinal: hold.ordinal,
        answer: serde_json::from_str(&hold.body).map_err(|_| Error::Damaged("a held claim"))?,
        faults: hold.reasons.iter().filter_map(fault).collect(),
        content: hold.content.clone(),
        origin: hold.origin,
        cash: Cash { remittance: hold.remittance.unwrap_or_default(), hold: Some(hold.id) },
    })
}

/// The claim that a held answer is about: as a person says, as was found before, or as its numbers say now.
fn found<S: Store>(
    writing: &mut Writing<'_, S>,
    rules: &Rules,
    hold: &OpenHold,
    pending: &Pending,
    verdict: Verdict,
) -> Result<Option<i64>> {
    if let Some(claim) = verdict.claim.filter(|_| verdict.hold == hold.id).or(hold.claim) {
        return Ok(Some(claim));
    }
    let payer = find::payer(writing, rules, &pending.answer.payer_ids)?;
    let found = find::claims(writing, payer, &[&pending.answer])?.pop();
    Ok(found.and_then(|found| found.ok()).flatten())
}

fn answers<S: Store>(
    writing: &mut Writing<'_, S>,
    rules: &Rules,
    claim: Option<i64>,
    group: Vec<(OpenHold, Pending)>,
    verdict: Verdict,
    touched: &mut Touched,
) -> Result<Vec<i64>> {
    let Some((first, of_first)) = group.first() else { return Ok(Vec::new()) };
    let payer = find::payer(writing, rules, &of_first.answer.payer_ids)?;
    let decided = group.iter().any(|(hold, _)| hold.id == verdict.hold);
    let setting = Setting {
        rules,
        payer,
        day: first.effective.unwrap_or(writing.day()),
        consent: if decided { verdict.consent } else { Consent::None },
    };
    let account = claim.map(|claim| writing.account(claim)).transpose()?;
    let inputs: Vec<Input<'_>> = group.iter().map(|(_, pending)| pending.input()).collect();
    let planned = plan(&inputs, account.as_ref(), &setting);
    let mut released = Vec::new();
    for plan in planned {
        let Some((hold, pending)) = group.iter().find(|(hold, _)| hold.ordinal == plan.ordinal) else { continue };
        match &plan.decision {
            Decision::Post(posting) => {
                let claim = claim.unwrap_or_default();
                write::posting(writing, pending, claim, posting, setting.day)?;
                writing.end_hold(hold.id, "released")?;
                touched.claims.insert(claim);
                released.push(hold.id);
            }
            Decision::Hold(reasons) => writing.still_held(hold, claim, payer, &reason_rows(reasons))?,
        }
    }
    Ok(released)
}

fn provider_level<S: Store>(
    writing: &mut Writing<'_, S>,
    rules: &Rules,
    hold: &OpenHold,
    verdict: Verdict,
    touched: &mut Touched,
) -> Result<Option<i64>> {
    let mut item: PlbInput = serde_json::from_str(&hold.body).map_err(|_| Error::Damaged("a held PLB"))?;
    let payer = find::payer(writing, rules, &item.payer_ids)?;
    match plb::decide(writing, &mut item, payer, verdict.of(hold))? {
        PlbDecision::Post { account, rule, takes } => {
            let payer = payer.unwrap_or_default();
            let row = PlbRow {
                remittance: hold.remittance.unwrap_or_default(),
                ordinal: item.ordinal,
                code: &item.code,
                reference: &item.reference,
                amount: item.amount,
                account,
                payer,
                payee: item.payee,
                rule,
                hold: Some(hold.id),
                origin: hold.origin,
            };
            let day = hold.effective.unwrap_or(writing.day());
            writing.provider_level(&row, &takes, day)?;
            writing.end_hold(hold.id, "released")?;
            if item.amount < 0 {
                touched.payers.insert(payer);
            }
            Ok(Some(hold.id))
        }
        PlbDecision::Hold(reasons) => {
            writing.still_held(hold, None, payer, &reason_rows(&reasons))?;
            Ok(None)
        }
    }
}

impl<S: Store> Ledger<S> {
    /// Plans everything that is held again, by these rules, until none changes: what other rules, a write-off or an undo
    /// let post. How many holds that released.
    ///
    /// # Errors
    /// Where the database fails; then nothing is changed.
    pub fn plan_again(&mut self, run: &Run, rules: &Rules) -> Result<usize> {
        let mut writing = self.begin(run)?;
        let mut touched = Touched::default();
        let mut released = waiting::arrived(&mut writing, rules, &mut touched)?;
        for batch in batches(&writing.all_open_holds()?) {
            let ids = batch.into_iter().collect();
            released.extend(again(&mut writing, rules, &ids, Verdict::default(), &mut touched)?);
        }
        released.extend(replan(&mut writing, rules, touched)?);
        writing.commit()?;
        Ok(released.len())
    }

    /// Maps a further identifier of remittances (N104, REF*2U, TRN03) to a payer of claims; how many holds that
    /// released.
    ///
    /// # Errors
    /// Where no payer has this code, the identifier is another payer's, or the database fails.
    pub fn map_payer(&mut self, identifier: &str, code: &str, run: &Run, rules: &Rules) -> Result<usize> {
        let mut writing = self.begin(run)?;
        writing.map_payer(identifier, code)?;
        let touched = Touched { mapped: true, ..Touched::default() };
        let released = replan(&mut writing, rules, touched)?.len();
        writing.commit()?;
        Ok(released)
    }
}
