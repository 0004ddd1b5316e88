//! An answer cut into what falls on each of our lines: payment, and adjustments with what they mean.

use super::amounts::{Amounts, Cut, spread};
use super::matching::LineMatch;
use super::planned::Setting;
use super::reason::{Cause, Reason};
use super::rules::{Decision, Facts, Rule};
use crate::denial::{Class, classify, reason};
use crate::ledger::ClaimAccount;
use edi_core::account::Adjudication;
use edi_core::codes::GroupCode;
use edi_core::{Money, Text};

/// How many reasons of one claim are kept: one is enough to hold it.
const REASONS: usize = 20;

/// What falls on one of our lines from one line of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Portion {
    /// Our line.
    pub line: i64,
    /// Index of the line in the answer; none where the answer has no lines.
    pub index: Option<usize>,
    /// Charge.
    pub charge: i64,
    /// Payment: SVC03 less its share of claim-level adjustments.
    pub payment: i64,
    /// Adjustments of the line, and its shares of those of the claim.
    pub parts: Vec<Part>,
}

/// An adjustment, or a share of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub group: Text,
    pub reason: Text,
    pub amount: i64,
    pub class: Class,
    /// A rule of the office asks for a task.
    pub task: bool,
    /// A rule of the office gives the amount up.
    pub written_off: bool,
}

impl Part {
    /// `CO-45`.
    pub fn code(&self) -> Text {
        [&*self.group, "-", &*self.reason].into_iter().collect()
    }
}

/// Cuts an answer into portions. Claim-level adjustments are spread by SVC03, by SVC02 where all are 0; where the
/// answer has no lines, everything is spread over ours by charge.
pub(super) fn cut(
    answer: &Adjudication,
    amounts: &Amounts,
    matches: &[LineMatch],
    account: &ClaimAccount,
    setting: &Setting<'_>,
    reasons: &mut Vec<Reason>,
) -> Vec<Portion> {
    let mut judge = Judge { answer, account, setting, reasons };
    let mut portions = match matches.is_empty() {
        true => whole(amounts, account),
        false => by_line(amounts, matches, account),
    };
    for portion in &mut portions {
        let Some(index) = portion.index else { continue };
        for cut in &amounts.lines[index].cuts {
            portion.parts.push(judge.part(cut, cut.amount, Some(index)));
        }
    }
    let mut weights: Vec<i64> = portions.iter().map(|portion| portion.payment).collect();
    if weights.iter().all(|weight| *weight == 0) {
        weights = portions.iter().map(|portion| portion.charge).collect();
    }
    for cut in &amounts.cuts {
        let shares = spread(cut.amount, &weights);
        for (portion, share) in portions.iter_mut().zip(shares) {
            portion.payment -= share;
            if share != 0 {
                portion.parts.push(judge.part(cut, share, None));
            }
        }
    }
    portions
}

fn by_line(amounts: &Amounts, matches: &[LineMatch], account: &ClaimAccount) -> Vec<Portion> {
    let portion = |found: &LineMatch| {
        let line = &amounts.lines[found.index];
        Portion {
            line: account.lines[found.ours].id,
            index: Some(found.index),
            charge: line.charge,
            payment: line.paid,
            parts: Vec::new(),
        }
    };
    matches.iter().map(portion).collect()
}

/// An answer without lines: our lines, each with its charge, as if all of it were paid before adjustments.
fn whole(amounts: &Amounts, account: &ClaimAccount) -> Vec<Portion> {
    let weights: Vec<i64> = account.lines.iter().map(|line| line.charge).collect();
    let charges = spread(amounts.charge, &weights);
    let portion = |(line, charge): (&crate::ledger::BilledLine, i64)| Portion {
        line: line.id,
        index: None,
        charge,
        payment: charge,
        parts: Vec::new(),
    };
    account.lines.iter().zip(charges).map(portion).collect()
}

/// Says what each adjustment means, by the tables and the office's rules.
struct Judge<'a, 'r> {
    answer: &'a Adjudication,
    account: &'a ClaimAccount,
    setting: &'a Setting<'a>,
    reasons: &'r mut Vec<Reason>,
}

impl Judge<'_, '_> {
    fn part(&mut self, cut: &Cut, amount: i64, line: Option<usize>) -> Part {
        let group = GroupCode::from(cut.group.as_str());
        let mut class = classify(&group, &cut.reason).unwrap_or_else(|| {
            self.unknown(&group, cut);
            Class::Denial
        });
        if class == Class::Capitation {
            class = if self.capitated() { Class::Contractual } else { Class::Denial };
        }
        let rule = self.rule(cut, amount, line);
        let (task, mut written_off) = (rule.is_some_and(|r| r.action == Decision::Task), false);
        match rule.map(|rule| (rule.action, rule.why.clone())) {
            Some((Decision::Hold, why)) => self.hold("RULES", Cause::OfficeRule, cut, amount, &why),
            Some((Decision::WriteOff, _)) if !group.may_bill_patient() => written_off = true,
            Some((Decision::Transfer, _)) if cut.group != "CO" => class = self.transfer(&group),
            Some((Decision::Post | Decision::Task, _)) if class == Class::Hold => class = Class::Denial,
            _ => self.check(class, cut, amount),
        }
        Part { group: cut.group.clone(), reason: cut.reason.clone(), amount, class, task, written_off }
    }

    fn transfer(&self, group: &GroupCode) -> Class {
        if group.may_bill_patient() { Class::Patient } else { Class::NextPayer }
    }

    fn unknown(&mut self, group: &GroupCode, cut: &Cut) {
        match reason(&cut.reason) {
            None => {
                let words = format!("{}-{}: no list has this reason code", cut.group, cut.reason);
                self.push(Reason::new("S2", Cause::UnknownReason, words));
            }
            Some(_) => {
                let why = if group.is_known() { "is of 4010 and belongs to reversals only" } else { "is in no list" };
                let words = format!("{}-{}: the group code {why}", cut.group, cut.reason);
                self.push(Reason::new("S2", Cause::UnknownGroup, words));
            }
        }
    }

    /// What the tables hold.
    fn check(&mut self, class: Class, cut: &Cut, amount: i64) {
        match class {
            Class::Interest => {
                let why = "interest is paid by a PLB L6 and is never an adjustment";
                self.hold("P1", Cause::InterestAsAdjustment, cut, amount, why);
            }
            Class::Hold => {
                let group = GroupCode::from(cut.group.as_str());
                match reason(&cut.reason).is_some_and(|code| !code.allows(&group)) {
                    true => {
                        self.hold("S2", Cause::UnknownGroup, cut, amount, "this reason may not stand with this group")
                    }
                    false => {
                        self.hold("S2", Cause::NoRule, cut, amount, "no rule says how it posts: add one, or decide")
                    }
                }
            }
            // A cent that was charged for reporting: given up with the contract, and no denial.
            Class::Information if amount != 0 && cut.group != "CO" => {
                self.hold("S2", Cause::NoRule, cut, amount, "the reason is for reporting only, and has an amount");
            }
            _ => {}
        }
    }

    fn hold(&mut self, rule: &'static str, cause: Cause, cut: &Cut, amount: i64, why: &str) {
        let why = if why.is_empty() { "a rule of the office holds it" } else { why };
        let words = format!("{}-{} of {}: {why}", cut.group, cut.reason, Money::from_cents(amount));
        self.push(Reason::new(rule, cause, words));
    }

    fn push(&mut self, reason: Reason) {
        if self.reasons.len() < REASONS && !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    fn payer_code(&self) -> &str {
        let payer = self.account.payers.iter().find(|payer| Some(payer.payer) == self.setting.payer);
        payer.map_or("", |payer| payer.code.as_str())
    }

    fn capitated(&self) -> bool {
        self.setting.rules.payer(self.payer_code()).is_some_and(|payer| payer.capitated)
    }

    fn rule(&self, cut: &Cut, amount: i64, line: Option<usize>) -> Option<&Rule> {
        if self.setting.rules.rules.is_empty() {
            return None;
        }
        let remarks = remarks(self.answer, line);
        self.setting.rules.decide(&Facts {
            payer: self.payer_code(),
            status: &self.answer.status,
            cut: Some((&cut.group, &cut.reason)),
            remarks: &remarks,
            amount,
        })
    }
}

/// Remark codes of the claim, and of one of its lines.
pub(super) fn remarks(answer: &Adjudication, line: Option<usize>) -> Vec<&str> {
    let of_line = line.and_then(|i| answer.lines.get(i)).map(|line| line.remarks.as_slice()).unwrap_or_default();
    answer.remarks.iter().chain(of_line).map(|remark| remark.as_str()).collect()
}
