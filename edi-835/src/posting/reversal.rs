//! Reversals (rules V1 to V4): an earlier answer is taken back, entry by entry.

use super::amounts::Amounts;
use super::checks::office;
use super::coordination::{is_answer, money};
use super::entries::{self, View};
use super::matching::{self, LineMatch};
use super::plan::{admit, consent, skeleton};
use super::planned::{Cash, Decision, Input, PlannedClaim, Posting, Setting};
use super::reason::{Cause, Reason, Warning};
use crate::ledger::{Account, Answer, BilledLine, ClaimAccount, Entry, JournalKind};
use edi_core::Text;
use std::collections::BTreeMap;

/// Plans a reversal.
pub(super) fn plan(input: &Input<'_>, account: &ClaimAccount, setting: &Setting<'_>) -> PlannedClaim {
    let decision = match decide(input, account, setting) {
        Ok(posting) => Decision::Post(Box::new(posting)),
        Err(reasons) => Decision::Hold(reasons),
    };
    let stated = input.answer.patient_responsibility.filter(|amount| !amount.is_zero());
    let warnings =
        stated.map(|amount| Warning::new("V1", format!("a reversal states no CLP05, and this one is {amount}")));
    PlannedClaim { ordinal: input.ordinal, claim: Some(account.id), decision, warnings: warnings.into_iter().collect() }
}

fn decide(input: &Input<'_>, account: &ClaimAccount, setting: &Setting<'_>) -> Result<Posting, Vec<Reason>> {
    let (amounts, payer, _) = admit(input, account, setting)?;
    let mut reasons: Vec<Reason> = office(input, &amounts, account, setting, payer).into_iter().collect();
    let billed: Vec<BilledLine> = account.lines.iter().chain(&account.former_lines).cloned().collect();
    let matches = matching::lines(input.answer, &amounts, &billed).map_err(|reason| vec![reason])?;
    let wanted = Shape::of_reversal(&amounts, &matches, &billed);
    let original = original(input, &amounts, &wanted, account, payer).map_err(|reason| vec![reason])?;
    reasons.extend(later_payer(account, original));
    consent(&mut reasons, setting)?;
    let mut posting = skeleton(input, &amounts, &matches, &billed, (payer, original.position));
    posting.kind = JournalKind::Reversal;
    posting.reverses = Some(original.id);
    posting.entries = mirror(account, original.id, input.cash);
    let moves = entries::settle(&View { account, more: &posting.entries });
    posting.entries.extend(moves);
    Ok(posting)
}

/// V2, V3: the answer that is taken back, by CLP07 where one has it, and equal in every amount.
fn original<'a>(
    input: &Input<'_>,
    amounts: &Amounts,
    wanted: &Shape,
    account: &'a ClaimAccount,
    payer: i64,
) -> Result<&'a Answer, Reason> {
    let standing = || account.standing().filter(|answer| answer.payer == payer && is_answer(&answer.status));
    let numbers = [&input.answer.payer_claim_number, &input.answer.original_reference];
    let named = |answer: &&Answer| !answer.number.is_empty() && numbers.contains(&&answer.number);
    let mut candidates: Vec<&Answer> = standing().filter(named).collect();
    if candidates.is_empty() {
        candidates = standing().collect();
    }
    if let Some(original) = candidates.iter().find(|answer| *wanted == Shape::of_answer(answer, wanted.coarse)) {
        return Ok(original);
    }
    Err(match candidates.first() {
        None => {
            let words = "it takes back an answer that was never posted: waits for it";
            Reason::new("V3", Cause::ReversalWithoutOriginal, words)
        }
        Some(answer) => {
            let words = format!(
                "it is not what was posted with its signs turned: charge {} for {}, payment {} for {}, or an adjustment",
                money(amounts.charge),
                money(-answer.charge),
                money(amounts.paid),
                money(-answer.paid)
            );
            Reason::new("V3", Cause::ReversalDiffers, words)
        }
    })
}

/// All amounts of an answer, so that two can be compared whatever the order of lines and adjustments.
#[derive(PartialEq, Eq)]
struct Shape {
    charge: i64,
    paid: i64,
    /// Charge and payment of each of our lines.
    lines: BTreeMap<i64, (i64, i64)>,
    /// Adjustments of the claim (line 0) and of each of our lines, by group and reason.
    cuts: BTreeMap<(i64, Text, Text), i64>,
    /// Group CR of 4010 names neither group nor patient's part: adjustments are compared as one sum.
    coarse: bool,
}

impl Shape {
    fn of_reversal(amounts: &Amounts, matches: &[LineMatch], billed: &[BilledLine]) -> Self {
        let coarse = amounts.all_cuts().any(|cut| cut.group == "CR");
        let mut shape = Self::new(-amounts.charge, -amounts.paid, coarse);
        for cut in &amounts.cuts {
            shape.cut(0, &cut.group, &cut.reason, -cut.amount);
        }
        for found in matches {
            let (line, ours) = (&amounts.lines[found.index], billed[found.ours].id);
            shape.line(ours, -line.charge, -line.paid);
            for cut in &line.cuts {
                shape.cut(ours, &cut.group, &cut.reason, -cut.amount);
            }
        }
        shape
    }

    fn of_answer(answer: &Answer, coarse: bool) -> Self {
        let mut shape = Self::new(answer.charge, answer.paid, coarse);
        for line in &answer.lines {
            shape.line(line.line, line.charge, line.paid);
        }
        let ours: BTreeMap<u32, i64> = answer.lines.iter().map(|line| (line.ordinal, line.line)).collect();
        for cut in &answer.adjustments {
            let line = ours.get(&cut.line).copied().unwrap_or_default();
            shape.cut(line, &cut.group, &cut.reason, cut.amount);
        }
        shape
    }

    fn new(charge: i64, paid: i64, coarse: bool) -> Self {
        Self { charge, paid, lines: BTreeMap::new(), cuts: BTreeMap::new(), coarse }
    }

    fn line(&mut self, line: i64, charge: i64, paid: i64) {
        let sums = self.lines.entry(line).or_default();
        *sums = (sums.0 + charge, sums.1 + paid);
    }

    fn cut(&mut self, line: i64, group: &Text, reason: &Text, amount: i64) {
        let key =
            if self.coarse { (line, Text::default(), Text::default()) } else { (line, group.clone(), reason.clone()) };
        let sum = self.cuts.entry(key.clone()).or_default();
        *sum += amount;
        if *sum == 0 {
            self.cuts.remove(&key);
        }
    }
}

/// V3: a later payer that has paid went by what is taken back here.
fn later_payer(account: &ClaimAccount, original: &Answer) -> Option<Reason> {
    let later = account.standing().find(|answer| answer.position > original.position && answer.paid != 0)?;
    let words = format!(
        "payer number {} has paid {} on it since: its answer has to be taken back too",
        later.position + 1,
        money(later.paid)
    );
    Some(Reason::new("V3", Cause::LaterPayerPaid, words))
}

/// V1, V4: every entry of the original with its sides swapped, each naming what it takes back.
fn mirror(account: &ClaimAccount, original: i64, cash: Cash) -> Vec<Entry> {
    let of_original = account.entries.iter().filter(|posted| posted.adjudication == Some(original));
    let mirrored = of_original.map(|posted| {
        let entry = &posted.entry;
        let is_cash = matches!(entry.account, Account::Clearing | Account::Unapplied);
        let (account, place) = match is_cash {
            true => (cash.account(), cash.place(entry.place)),
            false => (entry.account, entry.place),
        };
        Entry {
            account,
            amount: -entry.amount,
            place,
            reason: entry.reason.clone(),
            rule: Text::const_new("V1"),
            reverses: Some(posted.id),
        }
    });
    mirrored.collect()
}
