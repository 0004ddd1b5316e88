//! What is held by the answer itself and by what came before it: status, order, charges, denials in disguise.

use super::amounts::Amounts;
use super::coordination::{before_earlier, earlier, money, sequence};
use super::matching::LineMatch;
use super::planned::{Input, Setting};
use super::portion::{self, Portion, remarks};
use super::reason::{Cause, Reason};
use super::rules::{self, Facts};
use crate::denial::Class;
use crate::ledger::ClaimAccount;
use edi_core::codes::ClaimStatusCode;

/// S1, S2, S4: what the status alone tells.
pub(super) fn status(status: &ClaimStatusCode, amounts: &Amounts, position: usize) -> Vec<Reason> {
    let mut reasons = Vec::new();
    match status {
        ClaimStatusCode::Other(code) => {
            let words = format!("CLP02 {code} is no status that the guide lists: ask the payer what it means");
            reasons.push(Reason::new("S4", Cause::StatusUnknown, words));
        }
        ClaimStatusCode::Denied if amounts.all_cuts().all(|cut| cut.amount == 0) => {
            let words = "CLP02 4 without a reason code: nothing says what was denied";
            reasons.push(Reason::new("S1", Cause::DenialWithoutReason, words));
        }
        _ => reasons.extend(sequence(status, position)),
    }
    reasons
}

/// C4, V2: what must have come before.
pub(super) fn order(
    input: &Input<'_>,
    amounts: &Amounts,
    account: &ClaimAccount,
    payer: i64,
    position: usize,
) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = before_earlier(account, position).into_iter().collect();
    let original = &input.answer.original_reference;
    let known = |number: &str| account.answers.iter().any(|answer| answer.number == number);
    let own = original == input.answer.payer_claim_number;
    if !original.is_empty() && !own && !known(original) {
        let words = format!("it corrects the payer's claim {original}, which is not here: waits for it");
        reasons.push(Reason::new("V3", Cause::CorrectionWithoutOriginal, words));
    }
    let waits = account.held.iter().any(|held| {
        held.payer == Some(payer)
            && held.adjudication.status == "22"
            && held.adjudication.charge.cents() != Some(-amounts.charge)
            || held.payer == Some(payer)
                && held.adjudication.status == "22"
                && held.adjudication.paid.cents() != Some(-amounts.paid)
    });
    if waits && earlier(account, payer).next().is_none() {
        let words = "a reversal of this claim waits for its original, and this is not it: waits for it too";
        reasons.push(Reason::new("V3", Cause::CorrectionWithoutOriginal, words));
    }
    reasons
}

/// Only a reversal takes money back: an answer that pays less than nothing would make a payer's credit, and a
/// patient's part below zero a patient's.
pub(super) fn below_zero(amounts: &Amounts) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if amounts.paid < 0 {
        let words = format!("CLP04 is {}, and this is no reversal: we would owe the payer", money(amounts.paid));
        reasons.push(Reason::new("V3", Cause::PayerCredit, words));
    }
    let patient: i64 = amounts.all_cuts().filter(|cut| cut.group == "PR").map(|cut| cut.amount).sum();
    if patient < 0 {
        let words = format!("the patient's part is {}: only a reversal lowers what a patient owes", money(patient));
        reasons.push(Reason::new("C5", Cause::NoRule, words));
    }
    reasons
}

/// The office's rules about the claim as a whole.
pub(super) fn office(
    input: &Input<'_>,
    amounts: &Amounts,
    account: &ClaimAccount,
    setting: &Setting<'_>,
    payer: i64,
) -> Option<Reason> {
    if setting.rules.rules.is_empty() {
        return None;
    }
    let code = account.payers.iter().find(|p| p.payer == payer).map_or("", |p| p.code.as_str());
    let remarks = remarks(input.answer, None);
    let facts = Facts { payer: code, status: &input.answer.status, cut: None, remarks: &remarks, amount: amounts.paid };
    let rule = setting.rules.decide(&facts).filter(|rule| rule.action == rules::Decision::Hold)?;
    let why = if rule.why.is_empty() { "a rule of the office holds it" } else { rule.why.as_str() };
    Some(Reason::new("RULES", Cause::OfficeRule, why))
}

/// M4: the lines of an answer charge what was billed on each of ours; a part of an answer no more than that.
pub(super) fn line_charges(
    matches: &[LineMatch],
    amounts: &Amounts,
    account: &ClaimAccount,
    payer: i64,
) -> Option<Reason> {
    if matches.is_empty() {
        return None;
    }
    let whole = amounts.charge == account.charge;
    account.lines.iter().enumerate().find_map(|(ours, billed)| {
        let of_line = matches.iter().filter(|found| found.ours == ours);
        let charged: i64 = of_line.map(|found| amounts.lines[found.index].charge).sum();
        let answered = earlier(account, payer).filter(|answer| !answer.wholly_denied).flat_map(|answer| &answer.lines);
        let before: i64 = answered.filter(|line| line.line == billed.id).map(|line| line.charge).sum();
        let fits = if whole { charged == billed.charge } else { charged + before <= billed.charge };
        let words = || {
            let (charged, billed_for) = (money(charged + before), money(billed.charge));
            format!("line {}: the charge is {charged}, and {billed_for} was billed", billed.control)
        };
        (!fits).then(|| Reason::new("M4", Cause::ChargeDiffers, words()))
    })
}

/// S2: a line with CO-45 for its whole charge, no payment and no patient's part is a suspected denial.
pub(super) fn suspected_denials(portions: &[Portion]) -> Vec<Reason> {
    let suspected = |portion: &&Portion| {
        let sum = |passes: &dyn Fn(&portion::Part) -> bool| -> i64 {
            portion.parts.iter().filter(|part| passes(part)).map(|part| part.amount).sum()
        };
        portion.charge != 0
            && portion.payment == 0
            && sum(&|part| part.group == "CO" && part.reason == "45") == portion.charge
            && sum(&|part| part.class == Class::Patient) == 0
    };
    let words = |portion: &Portion| {
        let line = portion.index.map_or_else(|| "the claim".to_owned(), |i| format!("line {}", i + 1));
        let charge = money(portion.charge);
        format!("{line}: CO-45 for the whole charge of {charge} and no payment: a denial in disguise, ask the payer")
    };
    let reason = |portion: &Portion| Reason::new("S2", Cause::FullChargeContractual, words(portion));
    let mut reasons: Vec<Reason> = portions.iter().filter(suspected).map(reason).collect();
    reasons.dedup();
    reasons
}
