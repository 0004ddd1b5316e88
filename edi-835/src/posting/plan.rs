//! The plan: what an answer does to a claim's account. A pure function of answer, account and rules.

use super::amounts::Amounts;
use super::checks;
use super::coordination::{Earlier, held_parts, is_answer, money, union};
use super::entries::{self, View};
use super::fees;
use super::matching::{self, LineMatch};
use super::planned::{Consent, Decision, Input, PlannedClaim, PlannedLine, Posting, Setting};
use super::portion::{self, Portion};
use super::reason::{Cause, Reason, Warning};
use super::reversal;
use super::work;
use crate::ledger::{Account, Answer, AnsweredLine, BilledLine, ClaimAccount, JournalKind, PostedEntry};
use edi_core::codes::ClaimStatusCode;

/// Plans the answers of one remittance to one claim, together: reversals first, then the others in order (V2).
///
/// Without a reversal each answer stands alone; with one, all post or all are held (V3).
#[must_use]
pub fn plan(inputs: &[Input<'_>], account: Option<&ClaimAccount>, setting: &Setting<'_>) -> Vec<PlannedClaim> {
    let Some(account) = account else {
        return inputs.iter().map(|input| unmatched(input)).collect();
    };
    let (reversals, others): (Vec<_>, Vec<_>) = inputs.iter().partition(|input| input.answer.status == "22");
    if reversals.is_empty() && others.len() == 1 {
        return others.iter().map(|input| answer(input, &[], account, setting)).collect();
    }
    let mut after = account.clone();
    // What is planned here waits for nothing of itself.
    after.held.retain(|held| !inputs.iter().any(|input| input.is(held)));
    let mut planned: Vec<PlannedClaim> = Vec::with_capacity(inputs.len());
    for input in &reversals {
        let plan = reversal::plan(input, &after, setting);
        apply(&plan, input, &mut after);
        planned.push(plan);
    }
    for (i, input) in others.iter().enumerate() {
        // Parts of the claim that are beside this one and not yet in the account (M7).
        let waiting = |j: usize| j != i && (j > i || planned[reversals.len() + j].posting().is_none());
        let mates: Vec<i64> = (0..others.len()).filter(|j| waiting(*j)).filter_map(|j| charge(others[j])).collect();
        let plan = answer(input, &mates, &after, setting);
        apply(&plan, input, &mut after);
        planned.push(plan);
    }
    if !reversals.is_empty() {
        together(&mut planned, &after, setting);
    }
    planned
}

fn charge(input: &Input<'_>) -> Option<i64> {
    is_answer(&input.answer.status).then(|| input.answer.charge.cents()).flatten()
}

fn unmatched(input: &Input<'_>) -> PlannedClaim {
    let mut reasons = input.faults.clone();
    let words = format!("no claim of ours has the number {}: book it, or match it by hand", input.answer.key);
    reasons.push(Reason::new("M1", Cause::ClaimUnmatched, words));
    PlannedClaim { ordinal: input.ordinal, claim: None, decision: Decision::Hold(reasons), warnings: Vec::new() }
}

/// V3: a reversal and its corrections are held or posted together; a credit is looked for after the pair.
fn together(planned: &mut [PlannedClaim], after: &ClaimAccount, setting: &Setting<'_>) {
    let credit = (setting.consent == Consent::None)
        .then(|| entries::payer_credit(&View { account: after, more: &[] }))
        .flatten();
    let one_held = planned.iter().any(|plan| plan.posting().is_none());
    if !one_held && credit.is_none() {
        return;
    }
    for plan in planned.iter_mut().filter(|plan| plan.posting().is_some()) {
        let reason = credit.clone().filter(|_| !one_held).unwrap_or_else(|| {
            let words = "its reversal or correction in the same remittance is held, and they go together";
            Reason::new("V3", Cause::PairHeld, words)
        });
        plan.decision = Decision::Hold(vec![reason]);
    }
}

/// Adds a plan to the account, as if it had been posted. Its row keys are below zero.
fn apply(plan: &PlannedClaim, input: &Input<'_>, account: &mut ClaimAccount) {
    let Some(posting) = plan.posting() else { return };
    let id = -i64::try_from(plan.ordinal).unwrap_or(i64::MAX);
    let entries = posting.entries.iter().zip(0..);
    account.entries.extend(entries.map(|(entry, seq)| PostedEntry {
        id: (id, seq),
        adjudication: Some(id),
        entry: entry.clone(),
    }));
    let denied: i64 = posting.entries.iter().filter(|e| e.account == Account::DeniedReceivable).map(|e| e.amount).sum();
    account.answers.push(Answer {
        id,
        remittance: 0,
        payer: posting.payer,
        position: posting.position,
        number: input.answer.payer_claim_number.clone(),
        status: input.answer.status.clone(),
        charge: posting.charge,
        paid: posting.paid,
        forwarded: posting.forwarded,
        reverses: posting.reverses,
        lines: posting.lines.iter().map(answered_line).collect(),
        adjustments: posting.adjustments.clone(),
        wholly_denied: posting.paid == 0 && posting.charge != 0 && denied == posting.charge,
    });
}

fn answered_line(line: &PlannedLine) -> AnsweredLine {
    AnsweredLine { ordinal: line.ordinal, line: line.line, charge: line.charge, paid: line.paid }
}

/// Plans one answer that is no reversal.
fn answer(input: &Input<'_>, mates: &[i64], account: &ClaimAccount, setting: &Setting<'_>) -> PlannedClaim {
    let mut warnings = Vec::new();
    let decision = match decide(input, mates, account, setting, &mut warnings) {
        Ok(posting) => Decision::Post(Box::new(posting)),
        Err(reasons) => Decision::Hold(reasons),
    };
    PlannedClaim { ordinal: input.ordinal, claim: Some(account.id), decision, warnings }
}

/// What every answer must pass before it is looked at: exact amounts that add up, a known payer on the claim.
pub(super) fn admit(
    input: &Input<'_>,
    account: &ClaimAccount,
    setting: &Setting<'_>,
) -> Result<(Amounts, i64, usize), Vec<Reason>> {
    let mut reasons = input.faults.clone();
    let amounts = Amounts::of(input.answer).map_err(|reason| reasons.push(reason));
    let status = ClaimStatusCode::from(input.answer.status.as_str());
    let hint = status.payer_order().map(|order| usize::from(order) - 1);
    let found = match setting.payer {
        None => {
            reasons.push(payer_not_mapped(input));
            None
        }
        Some(payer) => {
            let position = account.position(payer, hint);
            if position.is_none() {
                let words = "the payer that answers is not among the payers of the claim: mend the claim's payers";
                reasons.push(Reason::new("M1", Cause::PayerNotOnClaim, words));
            }
            position.map(|position| (payer, position))
        }
    };
    match (amounts, found) {
        (Ok(amounts), Some((payer, position))) if reasons.is_empty() => Ok((amounts, payer, position)),
        _ => Err(reasons),
    }
}

fn payer_not_mapped(input: &Input<'_>) -> Reason {
    let ids: Vec<&str> = input.answer.payer_ids.iter().map(|id| id.as_str()).collect();
    let words = format!(
        "no payer of ours has the identifier {}: name it under [[payer]] also in the rules, or map it",
        if ids.is_empty() { "(none)".to_owned() } else { ids.join(", ") }
    );
    Reason::new("M1", Cause::PayerNotMapped, words)
}

fn decide(
    input: &Input<'_>,
    mates: &[i64],
    account: &ClaimAccount,
    setting: &Setting<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Posting, Vec<Reason>> {
    let (amounts, payer, position) = admit(input, account, setting)?;
    let status = ClaimStatusCode::from(input.answer.status.as_str());
    if matches!(status, ClaimStatusCode::NotOursForwarded | ClaimStatusCode::Predetermination) {
        return no_entry(input, &amounts, account, setting, (payer, position), &status);
    }
    let mut reasons = Vec::new();
    reasons.extend(checks::status(&status, &amounts, position));
    reasons.extend(checks::order(input, &amounts, account, payer, position));
    reasons.extend(checks::below_zero(&amounts));
    let mut parts = mates.to_vec();
    parts.extend(held_parts(input, account, setting));
    let charged = union(&amounts, &parts, account, payer).map_err(|reason| reasons.push(reason)).is_ok();
    reasons.extend(checks::office(input, &amounts, account, setting, payer));
    let matches = matching::lines(input.answer, &amounts, &account.lines).map_err(|reason| {
        reasons.push(reason);
        reasons.clone()
    })?;
    reasons.extend(checks::line_charges(&matches, &amounts, account, payer).filter(|_| charged));
    let mut portions = portion::cut(input.answer, &amounts, &matches, account, setting, &mut reasons);
    reasons.extend(checks::suspected_denials(&portions));
    let earlier = Earlier::of(account, position);
    if let Some(reason) = earlier.check(&amounts, &portions)
        && (setting.consent != Consent::Adjust || !earlier.adjust(&mut portions))
    {
        reasons.push(reason);
    }
    reasons.extend(entries::barred(input, &portions, account, position));
    let variances = variances(&portions, account, setting, (payer, position));
    reasons.extend(fees::holding(&variances));
    consent(&mut reasons, setting)?;
    let mut posting = skeleton(input, &amounts, &matches, &account.lines, (payer, position));
    posting.entries = entries::of_answer(&portions, account, input.cash, (payer, position));
    let given_up = entries::small_balance(&View { account, more: &posting.entries }, setting.rules.small_balance);
    posting.entries.extend(given_up);
    let after = View { account, more: &posting.entries };
    match (setting.consent, entries::payer_credit(&after)) {
        (_, None) => {}
        (Consent::None, Some(reason)) => return Err(vec![reason]),
        (_, Some(_)) => {
            let credits = entries::credit_payers(&after);
            posting.entries.extend(credits);
        }
    }
    posting.work = work::of_answer(input.answer, &portions, account, setting, payer);
    posting.work.extend(work::of_contract(&variances, account, setting, payer));
    warnings.extend(work::warnings(input.answer, &amounts, &matches, account));
    Ok(posting)
}

/// What the first payer allowed against its contract; a later payer goes by what the first one left.
fn variances(
    portions: &[Portion],
    account: &ClaimAccount,
    setting: &Setting<'_>,
    (payer, position): (i64, usize),
) -> Vec<fees::Variance> {
    if position != 0 || setting.rules.fees.is_empty() {
        return Vec::new();
    }
    let code = account.payers.iter().find(|p| p.payer == payer).map_or("", |p| p.code.as_str());
    fees::variances(&setting.rules.fees, &setting.rules.contract, code, portions, &account.lines)
}

/// Holds where reasons are left: all of them, or those that a person's consent does not reach.
pub(super) fn consent(reasons: &mut Vec<Reason>, setting: &Setting<'_>) -> Result<(), Vec<Reason>> {
    if setting.consent != Consent::None {
        reasons.retain(|reason| !reason.cause.may_be_accepted());
    }
    if reasons.is_empty() { Ok(()) } else { Err(std::mem::take(reasons)) }
}

/// S4: 23 and 25 with CLP04 0 make no entry, whatever their SVC03.
fn no_entry(
    input: &Input<'_>,
    amounts: &Amounts,
    account: &ClaimAccount,
    setting: &Setting<'_>,
    payer: (i64, usize),
    status: &ClaimStatusCode,
) -> Result<Posting, Vec<Reason>> {
    if amounts.paid != 0 {
        let words = format!("CLP02 {status} pays nothing by its meaning, and CLP04 is {}", money(amounts.paid));
        return Err(vec![Reason::new("S4", Cause::StatusWithMoney, words)]);
    }
    let matches = matching::lines(input.answer, amounts, &account.lines).unwrap_or_default();
    let mut posting = skeleton(input, amounts, &matches, &account.lines, payer);
    posting.work = work::of_status(status, account, setting, payer.0);
    Ok(posting)
}

/// What is written of an answer beside its entries.
pub(super) fn skeleton(
    input: &Input<'_>,
    amounts: &Amounts,
    matches: &[LineMatch],
    billed: &[BilledLine],
    (payer, position): (i64, usize),
) -> Posting {
    let status = ClaimStatusCode::from(input.answer.status.as_str());
    let line = |found: &LineMatch| {
        let theirs = &input.answer.lines[found.index];
        PlannedLine {
            index: found.index,
            ordinal: theirs.ordinal,
            line: billed[found.ours].id,
            why: found.why.clone(),
            score: found.score,
            charge: amounts.lines[found.index].charge,
            paid: amounts.lines[found.index].paid,
            allowed: theirs.allowed.and_then(super::amounts::cents),
        }
    };
    Posting {
        payer,
        position,
        forwarded: status.is_forwarded(),
        reverses: None,
        kind: JournalKind::Answer,
        charge: amounts.charge,
        paid: amounts.paid,
        interest: amounts.interest,
        entries: Vec::new(),
        lines: matches.iter().map(line).collect(),
        adjustments: amounts.answered(input.answer),
        work: Vec::new(),
    }
}
