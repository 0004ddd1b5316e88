//! What an answer leaves to do: denials (S2, K2), tasks, and warnings (K1, B4, M4).

use super::amounts::{Amounts, Cut};
use super::coordination::money;
use super::fees::Variance;
use super::matching::LineMatch;
use super::planned::Setting;
use super::portion::{Part, Portion, remarks};
use super::reason::Warning;
use super::rules::Decision;
use crate::denial::{Class, WorkItem, WorkKind, reason, remark_missing, work_item};
use crate::ledger::ClaimAccount;
use edi_core::Quantity;
use edi_core::account::Adjudication;
use edi_core::codes::{Action, ClaimStatusCode};

/// Patient's parts that are as usual: deductible, coinsurance, copay.
const USUAL: [&str; 3] = ["1", "2", "3"];

/// The work of an answer: every denied amount, every unusual patient's part, and what the office wants looked at.
pub(super) fn of_answer(
    answer: &Adjudication,
    portions: &[Portion],
    account: &ClaimAccount,
    setting: &Setting<'_>,
    payer: i64,
) -> Vec<WorkItem> {
    let code = account.payers.iter().find(|p| p.payer == payer).map_or("", |p| p.code.as_str());
    let limits = setting.rules.limits(code);
    let mut items = Vec::new();
    for portion in portions {
        for part in portion.parts.iter().filter(|part| makes_work(part)) {
            let codes = (part.group.as_str(), part.reason.as_str());
            let mut item = work_item(codes, part.amount, Some(portion.line), setting.day, limits);
            item.remarks = remarks(answer, portion.index).join(" ");
            let billed = account.lines.iter().find(|line| line.id == portion.line);
            let contract = billed.and_then(|line| setting.rules.fees.expected(code, line));
            item.expected = contract.map_or(part.amount, |allowed| part.amount.min(allowed));
            item.line_denied = part.class == Class::Denial && portion.payment == 0;
            if part.class != Class::Denial || part.written_off {
                item.kind = WorkKind::Task;
            }
            items.push(item);
        }
    }
    items
}

/// A task for each line on which a payer did not allow what its contract says, where the office wants one.
pub(super) fn of_contract(
    variances: &[Variance],
    account: &ClaimAccount,
    setting: &Setting<'_>,
    payer: i64,
) -> Vec<WorkItem> {
    let code = account.payers.iter().find(|p| p.payer == payer).map_or("", |p| p.code.as_str());
    let limits = setting.rules.limits(code);
    let task = |variance: &Variance| {
        let mut item = work_item(("", ""), variance.missing, Some(variance.line), setting.day, limits);
        item.kind = WorkKind::Task;
        item.category = "contractual";
        item.action = if variance.missing > 0 { Action::Appeal } else { Action::ObtainInfo };
        item.next_step.clone_from(&variance.words);
        item
    };
    variances.iter().filter(|variance| variance.action == Decision::Task).map(task).collect()
}

fn makes_work(part: &Part) -> bool {
    let unusual = part.class == Class::Patient && !USUAL.contains(&part.reason.as_str());
    part.amount != 0 && (part.task || unusual || (part.class == Class::Denial && !part.written_off))
}

/// S4: a claim that the payer forwarded because it is somebody else's.
pub(super) fn of_status(
    status: &ClaimStatusCode,
    account: &ClaimAccount,
    setting: &Setting<'_>,
    payer: i64,
) -> Vec<WorkItem> {
    if *status != ClaimStatusCode::NotOursForwarded {
        return Vec::new();
    }
    let code = account.payers.iter().find(|p| p.payer == payer).map_or("", |p| p.code.as_str());
    let mut item = work_item(("", ""), 0, None, setting.day, setting.rules.limits(code));
    item.kind = WorkKind::Task;
    item.category = "wrong_payer";
    item.action = Action::ObtainInfo;
    item.next_step =
        "The payer says the claim is not its own and sent it on: find out to whom, and watch for the answer".to_owned();
    vec![item]
}

/// What is odd about an answer that posts.
pub(super) fn warnings(
    answer: &Adjudication,
    amounts: &Amounts,
    matches: &[LineMatch],
    account: &ClaimAccount,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let patient: i64 = amounts.all_cuts().filter(|cut| cut.group == "PR").map(|cut| cut.amount).sum();
    let stated = answer.patient_responsibility.and_then(|amount| amount.cents()).unwrap_or_default();
    if stated != patient {
        let words = format!("CLP05 is {}, and the PR adjustments make {}", money(stated), money(patient));
        warnings.push(Warning::new("B4", words));
    }
    let ruled_out = |cut: &&Cut| reason(&cut.reason).is_some_and(|c| !c.allows(&cut.group.as_str().into()));
    for cut in amounts.all_cuts().filter(ruled_out) {
        let words = format!("{}-{}: the published list keeps this reason for other groups", cut.group, cut.reason);
        warnings.push(Warning::new("S2", words));
    }
    for reason in amounts.cuts.iter().filter_map(|cut| remark_missing(&cut.reason, &remarks(answer, None))) {
        warnings.push(Warning::new("K1", format!("reason {reason} wants a remark code, and the claim has none")));
    }
    for (i, line) in amounts.lines.iter().enumerate() {
        let remarks = remarks(answer, Some(i));
        for reason in line.cuts.iter().filter_map(|cut| remark_missing(&cut.reason, &remarks)) {
            let words = format!("reason {reason} wants a remark code, and line {} has none", i + 1);
            warnings.push(Warning::new("K1", words));
        }
    }
    warnings.extend(account.lines.iter().enumerate().filter_map(|(ours, billed)| {
        let theirs = || matches.iter().filter(|found| found.ours == ours).map(|found| &answer.lines[found.index]);
        theirs().next()?;
        let units: Quantity = theirs().map(|line| line.submitted_units.unwrap_or(line.units)).sum();
        let words = || format!("line {}: {units} units were answered, {} were billed", billed.control, billed.units);
        (units != billed.units).then(|| Warning::new("M4", words()))
    }));
    warnings
}
