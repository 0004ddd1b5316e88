//! Several payers on one claim (rules C1 to C6), and several answers of one payer (M7).

use super::amounts::Amounts;
use super::planned::{Input, Setting};
use super::portion::Portion;
use super::reason::{Cause, Reason};
use crate::denial::Class;
use crate::ledger::{Account, Answer, ClaimAccount, Entry};
use edi_core::Money;
use edi_core::codes::ClaimStatusCode;

/// An amount in words.
pub(super) fn money(cents: i64) -> Money {
    Money::from_cents(cents)
}

/// Answers of a payer that stand and say something about money.
pub(super) fn earlier(account: &ClaimAccount, payer: i64) -> impl Iterator<Item = &Answer> {
    account.standing().filter(move |answer| answer.payer == payer && is_answer(&answer.status))
}

/// Whether a status is an answer about money: not a claim that is somebody else's, not a predetermination.
pub(super) fn is_answer(status: &str) -> bool {
    !matches!(
        ClaimStatusCode::from(status),
        ClaimStatusCode::NotOursForwarded | ClaimStatusCode::Predetermination | ClaimStatusCode::Reversal
    )
}

/// S1: the place that the payer says against the place that it has on the claim.
pub(super) fn sequence(status: &ClaimStatusCode, position: usize) -> Option<Reason> {
    let order = usize::from(status.payer_order()?);
    let fits = if order < 3 { position + 1 == order } else { position + 1 >= 3 };
    let words = || {
        format!(
            "CLP02 {status} says payer number {order} of the claim, and this payer is number {}: mend the order of payers",
            position + 1
        )
    };
    (!fits).then(|| Reason::new("S1", Cause::StatusOutOfSequence, words()))
}

/// C4: every payer before this one has answered.
pub(super) fn before_earlier(account: &ClaimAccount, position: usize) -> Option<Reason> {
    let answered = |i: usize| account.standing().any(|answer| answer.position == i && is_answer(&answer.status));
    let missing = (0..position).find(|i| !answered(*i))?;
    let code = account.payers.get(missing).map_or("", |payer| payer.code.as_str());
    let words = format!("payer number {} ({code}) has not answered yet: waits for it", missing + 1);
    Some(Reason::new("C4", Cause::BeforeEarlierPayer, words))
}

/// C6 and M7: an answer again, or a part of an answer that comes in several claims.
///
/// `mates` are the charges of those of its remittance beside it, and of held ones.
pub(super) fn union(amounts: &Amounts, mates: &[i64], account: &ClaimAccount, payer: i64) -> Result<(), Reason> {
    let prior: i64 = earlier(account, payer).filter(|a| !a.wholly_denied).map(|a| a.charge).sum();
    let answered = earlier(account, payer).any(|answer| !answer.wholly_denied);
    let beside: i64 = mates.iter().sum();
    if answered && prior == account.charge {
        let words = "this payer has answered this claim already, and nothing reverses that answer";
        return Err(Reason::new("C6", Cause::Duplicate, words));
    }
    if [0, beside].iter().any(|parts| prior + amounts.charge + parts == account.charge) {
        return Ok(());
    }
    let found = prior + amounts.charge + beside;
    let parts = if found == amounts.charge { "" } else { " (with the parts of it that came in other claims)" };
    let words = format!("the charge is {}{parts}, and {} was billed", money(found), money(account.charge));
    Err(Reason::new("M7", Cause::ChargeDiffers, words))
}

/// Charges of held answers of the same payer: parts of this claim that wait for one another (M7).
pub(super) fn held_parts(input: &Input<'_>, account: &ClaimAccount, setting: &Setting<'_>) -> Vec<i64> {
    let same = |held: &&crate::ledger::HeldAnswer| {
        !input.is(held)
            && held.payer == setting.payer
            && held.adjudication.status != "22"
            && is_answer(&held.adjudication.status)
    };
    let charges = account.held.iter().filter(same).filter_map(|held| held.adjudication.charge.cents());
    charges.collect()
}

/// What earlier payers paid and what was written off for them, for each of our lines: E of rule C2.
pub(super) struct Earlier {
    lines: Vec<(i64, i64)>,
}

impl Earlier {
    /// Of the ledger, for the payer at this position.
    pub fn of(account: &ClaimAccount, position: usize) -> Self {
        let before = |posted: &crate::ledger::PostedEntry| match posted.adjudication {
            Some(id) => account.answers.iter().find(|a| a.id == id).map(|answer| answer.position < position),
            None => posted.entry.place.payer.and_then(|p| account.position(p, None)).map(|p| p < position),
        };
        let counts = |entry: &Entry| {
            let account = entry.account;
            // What a patient is let off is the office's gift, no payer's write-off.
            (account.is_adjusted() && account != Account::SmallBalance)
                || matches!(account, Account::Clearing | Account::Unapplied)
        };
        let mut lines: Vec<(i64, i64)> = Vec::new();
        for posted in account.entries.iter().filter(|p| counts(&p.entry) && before(p) == Some(true)) {
            let line = posted.entry.place.line.unwrap_or_default();
            match lines.iter_mut().find(|(id, _)| *id == line) {
                Some((_, sum)) => *sum += posted.entry.amount,
                None => lines.push((line, posted.entry.amount)),
            }
        }
        Self { lines }
    }

    /// E of the claim.
    pub fn total(&self) -> i64 {
        self.lines.iter().map(|(_, amount)| amount).sum()
    }

    fn on(&self, line: i64) -> i64 {
        self.lines.iter().find(|(id, _)| *id == line).map_or(0, |(_, amount)| *amount)
    }

    /// C2: OA-23, alone or with OA-94, is E; where E is zero it need not be there.
    pub fn check(&self, amounts: &Amounts, portions: &[Portion]) -> Option<Reason> {
        let (e, oa23, oa94) = (self.total(), amounts.adjusted("OA", "23"), amounts.adjusted("OA", "94"));
        let alone = oa23 == e && oa94 == 0;
        if alone || oa23 + oa94 == e {
            return None;
        }
        let stated = if oa94 == 0 { "OA-23 is" } else { "OA-23 and OA-94 make" };
        let words = format!(
            "{stated} {}, and earlier payers paid, and had written off, {} of {}",
            money(oa23 + oa94),
            money(e),
            money(amounts.charge)
        );
        let reason = Reason::new("C2", Cause::EarlierPayersDiffer, words);
        Some(match self.proposal(portions) {
            Some(contractual) => reason.proposing(format!("OA-23 {}, CO-45 {}", money(e), money(contractual))),
            None => reason,
        })
    }

    /// CO-45 without what it repeats of earlier payers (C3): what is left of it, where every line has enough.
    fn proposal(&self, portions: &[Portion]) -> Option<i64> {
        let mut adjusted = portions.to_vec();
        self.adjust(&mut adjusted).then(|| of_class(&adjusted, is_fee_schedule))
    }

    /// Takes what OA-23 should have said out of CO-45, line by line; false, and nothing done, where it does not fit.
    pub fn adjust(&self, portions: &mut [Portion]) -> bool {
        let mut left: Vec<(i64, i64)> = self.lines.clone();
        for (line, missing) in &mut left {
            let stated = |p: &Portion| of_class(std::slice::from_ref(p), |part| part.class == Class::PriorPayer);
            *missing -= portions.iter().filter(|p| p.line == *line).map(stated).sum::<i64>();
        }
        let room = |line: i64| -> i64 {
            let of_line: Vec<Portion> = portions.iter().filter(|p| p.line == line).cloned().collect();
            of_class(&of_line, is_fee_schedule)
        };
        let fits = left.iter().all(|(line, missing)| *missing >= 0 && *missing <= room(*line));
        if !fits
            || left.iter().all(|(_, missing)| *missing == 0)
            || self.lines.iter().any(|(line, _)| self.on(*line) < 0)
        {
            return false;
        }
        for (line, missing) in &mut left {
            let parts = portions.iter_mut().filter(|p| p.line == *line).flat_map(|p| &mut p.parts);
            for part in parts.filter(|part| is_fee_schedule(part)) {
                let taken = part.amount.min(*missing).max(0);
                part.amount -= taken;
                *missing -= taken;
            }
        }
        true
    }
}

fn is_fee_schedule(part: &super::portion::Part) -> bool {
    part.group == "CO" && part.reason == "45"
}

/// Sum of the parts that pass.
pub(super) fn of_class(portions: &[Portion], passes: impl Fn(&super::portion::Part) -> bool) -> i64 {
    portions.iter().flat_map(|portion| &portion.parts).filter(|part| passes(part)).map(|part| part.amount).sum()
}
