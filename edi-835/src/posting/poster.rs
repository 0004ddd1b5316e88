//! One remittance into the ledger: its claims in batches, then its provider-level adjustments, then what waited for it.

use super::find;
use super::outcome::{PostEvent, RemittanceOutcome};
use super::plan::plan;
use super::planned::{Consent, Decision, Input, PlannedClaim, Setting};
use super::plb::{self, PlbDecision, PlbInput};
use super::post::Work;
use super::release::{Touched, replan};
use super::write::{self, Pending};
use crate::ledger::{Error, PlbRow, RemittanceRow, Result, Store, Writing};
use crate::model::Totals;
use crate::read::{RemittanceEvent, RemittanceReader};
use chrono::NaiveDate;
use edi_core::Money;
use edi_core::account::Adjudication;
use std::collections::HashMap;
use std::io::BufRead;

/// How many claims are planned at a time: so many that what a statement costs beside its rows is not felt, and so few
/// that their accounts take little memory.
const BATCH: usize = 256;

/// The claims of a batch by account; those without an account stand alone.
fn groups(batch: &[Pending], found: Vec<find::Found>) -> Vec<(Option<i64>, Vec<Input<'_>>)> {
    let mut groups: Vec<(Option<i64>, Vec<Input<'_>>)> = Vec::new();
    let mut place: HashMap<i64, usize> = HashMap::new();
    for (pending, found) in batch.iter().zip(found) {
        let mut input = pending.input();
        let claim = found.unwrap_or_else(|reason| {
            input.faults.push(reason);
            None
        });
        match claim.and_then(|claim| place.get(&claim)) {
            Some(i) => groups[*i].1.push(input),
            None => {
                claim.map(|claim| place.insert(claim, groups.len()));
                groups.push((claim, vec![input]));
            }
        }
    }
    groups
}

/// Posts one remittance.
pub(super) struct Poster<'p, 'w, 'l, S: Store> {
    pub work: &'p Work<'p>,
    pub writing: &'w mut Writing<'l, S>,
    pub tell: &'w mut dyn FnMut(PostEvent<'_>),
    pub id: i64,
    pub row: &'p RemittanceRow,
    pub day: NaiveDate,
    pub outcome: RemittanceOutcome,
    pub touched: Touched,
}

impl<S: Store> Poster<'_, '_, '_, S> {
    /// Reads it to its end.
    pub fn run<R: BufRead>(mut self, reader: &mut RemittanceReader<R>) -> Result<RemittanceOutcome> {
        let mut batch = Vec::with_capacity(BATCH);
        let mut related = Vec::new();
        for event in reader {
            match event? {
                RemittanceEvent::Claim(claim) => {
                    self.outcome.claims += 1;
                    let pending = write::pending(self.work, &claim, self.id, self.row.origin.source);
                    let answer = &pending.answer;
                    let numbers = [answer.payer_claim_number.as_str(), answer.original_reference.as_str()];
                    match self.work.proof.related.contains(&answer.key.0, numbers) {
                        true => related.push(pending),
                        false => batch.push(pending),
                    }
                    if batch.len() >= BATCH {
                        self.claims(&batch)?;
                        batch.clear();
                    }
                }
                RemittanceEvent::End(totals) => {
                    self.claims(&batch)?;
                    self.claims(&related)?;
                    return self.finish(&totals);
                }
                RemittanceEvent::Header(_) => break,
            }
        }
        Err(Error::InputChanged)
    }

    /// Plans and writes a batch of claims, which are in the order of the file: those of one account together.
    fn claims(&mut self, batch: &[Pending]) -> Result<()> {
        let answers: Vec<&Adjudication> = batch.iter().map(|pending| &pending.answer).collect();
        let found = find::claims(self.writing, self.row.payer, &answers)?;
        for groups in groups(batch, found).chunks(BATCH) {
            let ids: Vec<i64> = groups.iter().filter_map(|(claim, _)| *claim).collect();
            let accounts = self.writing.accounts(&ids)?;
            let account =
                |claim: i64| accounts.binary_search_by_key(&claim, |account| account.id).ok().map(|i| &accounts[i]);
            let (rules, payer, day) = (self.work.file.options.rules, self.row.payer, self.day);
            let setting = Setting { rules, payer, day, consent: Consent::None };
            for (claim, inputs) in groups {
                for planned in plan(inputs, claim.and_then(account), &setting) {
                    let index = batch.binary_search_by_key(&planned.ordinal, |pending| pending.ordinal);
                    let index = index.map_err(|_| Error::Damaged("a plan of no claim"))?;
                    self.write(&batch[index], &planned)?;
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, pending: &Pending, planned: &PlannedClaim) -> Result<()> {
        let paid = pending.answer.paid;
        match &planned.decision {
            Decision::Post(posting) => {
                let claim = planned.claim.unwrap_or_default();
                write::posting(self.writing, pending, claim, posting, self.day)?;
                self.touched.claims.insert(claim);
                self.outcome.posted += 1;
                self.outcome.posted_amount += paid;
            }
            Decision::Hold(reasons) => {
                write::hold(self.writing, pending, planned.claim, self.row.payer, reasons, self.day)?;
                self.outcome.held += 1;
                self.outcome.held_amount += paid;
            }
        }
        (self.tell)(PostEvent::Claim { remittance: self.outcome.ordinal, key: &pending.answer.key, paid, planned });
        Ok(())
    }

    fn finish(mut self, totals: &Totals) -> Result<RemittanceOutcome> {
        let proved = self.work.proof.proof.as_ref().is_ok_and(|proof| proof.hash() == totals.hash);
        if !proved {
            return Err(Error::InputChanged);
        }
        let payee = self.row.payee.unwrap_or_default();
        for item in PlbInput::all(totals, &self.work.remittance.payer_ids(), payee) {
            self.provider_level(item?)?;
        }
        match self.writing.clearing(self.id) {
            0 => {}
            rest => return Err(Error::ClearingNotZero(rest)),
        }
        let touched = std::mem::take(&mut self.touched);
        self.outcome.released = replan(self.writing, self.work.file.options.rules, touched)?.len() as u64;
        let moved = self.writing.take_moved().into_iter().filter(|(_, cents)| *cents != 0);
        self.outcome.moved = moved.map(|(account, cents)| (account, Money::from_cents(cents))).collect();
        self.outcome.id = (!self.work.file.options.dry_run).then_some(self.id);
        Ok(self.outcome)
    }

    fn provider_level(&mut self, mut item: PlbInput) -> Result<()> {
        let (amount, payee) = (item.amount, item.payee);
        let decision = plb::decide(self.writing, &mut item, self.row.payer, Consent::None)?;
        match (&decision, self.row.payer) {
            (PlbDecision::Post { account, rule, takes }, Some(payer)) => {
                let row = PlbRow {
                    remittance: self.id,
                    ordinal: item.ordinal,
                    code: &item.code,
                    reference: &item.reference,
                    amount,
                    account: *account,
                    payer,
                    payee,
                    rule,
                    hold: None,
                    origin: self.row.origin,
                };
                self.writing.provider_level(&row, takes, self.day)?;
                if amount < 0 {
                    self.touched.payers.insert(payer);
                }
                self.outcome.provider_posted += 1;
            }
            (PlbDecision::Hold(reasons), payer) => {
                write::hold_provider_level(self.writing, &item, self.id, payer, reasons, (self.row.origin, self.day))?;
                self.outcome.provider_held += 1;
            }
            (PlbDecision::Post { .. }, None) => return Err(Error::Damaged("a PLB without a payer")),
        }
        (self.tell)(PostEvent::ProviderLevel { remittance: self.outcome.ordinal, item: &item, decision: &decision });
        Ok(())
    }
}
