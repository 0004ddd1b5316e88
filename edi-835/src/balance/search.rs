//! The search for causes: a handful of equations, tried in order of how often they are the fault.

use super::cause::Cause;
use super::claim::Sums;
use super::delta::{Delta, Rule};
use crate::model::{ClaimPayment, Details, ServiceLine};
use edi_core::segment::CasEntry;
use edi_core::{Money, Text};

/// Why SVC03 is not what charge and adjustments make.
pub(super) fn line(claim: &ClaimPayment, line: &ServiceLine, expected: Money) -> Option<Cause> {
    let delta = line.paid() - expected;
    adjustment(&line.details, delta)
        .or_else(|| of_details(&line.details, |amount| amount == delta).map(|(c, a)| both_levels(claim, c, a)))
        .or_else(|| of_details(&claim.details, |amount| amount == -delta).map(|_| Cause::ClaimAdjustmentsInLines))
        .or_else(|| payment(line.paid(), expected))
        .or_else(|| unadjusted(&mut line.details.triplets().map(|(_, entry)| entry), delta))
}

/// Why CLP04 is not what the claim's other amounts make.
pub(super) fn claim(claim: &ClaimPayment, sums: &Sums, rule: Rule, expected: Money, lines: &[Delta]) -> Option<Cause> {
    let delta = claim.paid() - expected;
    let same = lines.iter().find(|d| d.delta == Some(delta)).and_then(|d| d.line).map(Cause::Line);
    let interest = claim.interest();
    let interest = (!interest.is_zero() && delta == interest).then_some(Cause::InterestIncluded(interest));
    same.or_else(|| repeated_at_both_levels(claim, sums, rule, delta))
        .or(interest)
        .or_else(|| adjustment(&claim.details, delta))
        .or_else(|| if rule == Rule::Claim { patient(claim, sums, delta) } else { None })
        .or_else(|| if lines.is_empty() { missing_line(claim, sums, rule, delta) } else { None })
        .or_else(|| if rule == Rule::Claim { adjustment_of_lines(claim, delta) } else { None })
        .or_else(|| payment(claim.paid(), expected))
        .or_else(|| if rule == Rule::Claim { unadjusted(&mut all_entries(claim), delta) } else { None })
}

/// An adjustment of a line that is turned, repeated or superfluous.
fn adjustment_of_lines(claim: &ClaimPayment, delta: Money) -> Option<Cause> {
    let lines = || claim.lines.iter().map(|line| &line.details);
    lines().find_map(|details| adjustment(details, delta)).or_else(|| {
        let (code, amount) = lines().find_map(|details| of_details(details, |amount| amount == delta))?;
        Some(Cause::Superfluous(code, amount))
    })
}

/// The triplets of a claim and of its lines.
fn all_entries(claim: &ClaimPayment) -> impl Iterator<Item = &CasEntry> {
    let lines = claim.lines.iter().map(|line| &line.details);
    std::iter::once(&claim.details).chain(lines).flat_map(|d| d.triplets()).map(|(_, entry)| entry)
}

/// There is no adjustment at all, and less was paid than charged.
fn unadjusted(entries: &mut dyn Iterator<Item = &CasEntry>, delta: Money) -> Option<Cause> {
    (delta.is_negative() && entries.next().is_none()).then_some(Cause::Unadjusted(-delta))
}

/// An adjustment that is turned (`delta` is twice its amount) or repeated (`delta` is its amount).
fn adjustment(details: &Details, delta: Money) -> Option<Cause> {
    let turned = of_details(details, |amount| amount + amount == delta).map(|(c, a)| Cause::SignTurned(c, a));
    turned.or_else(|| {
        let (code, amount) = of_details(details, |amount| amount == delta)?;
        let twice = entries(details).filter(|(c, e)| *c == code && e.amount.or_zero() == amount).count() > 1;
        twice.then_some(Cause::Repeated(code, amount))
    })
}

/// The line's adjustment of this amount stands at claim level too, or nothing needs it.
fn both_levels(claim: &ClaimPayment, code: Text, amount: Money) -> Cause {
    let above = entries(&claim.details).any(|(c, entry)| c == code && entry.amount.or_zero() == amount);
    if above { Cause::BothLevels(code, amount) } else { Cause::Superfluous(code, amount) }
}

/// The same money taken off at claim and at line level.
fn repeated_at_both_levels(claim: &ClaimPayment, sums: &Sums, rule: Rule, delta: Money) -> Option<Cause> {
    let below = |code: &Text, amount: Money| {
        let mut of_lines = claim.lines.iter().flat_map(|line| entries(&line.details));
        of_lines.any(|(c, entry)| c == *code && entry.amount.or_zero() == amount)
    };
    let same = entries(&claim.details)
        .map(|(code, entry)| (code, entry.amount.or_zero()))
        .find(|(code, amount)| *amount == delta && !amount.is_zero() && below(code, *amount));
    if let Some((code, amount)) = same {
        return Some(Cause::BothLevels(code, amount));
    }
    let all_above = delta == sums.own_adjusted && !sums.own_adjusted.is_zero();
    match rule {
        Rule::ClaimLines if all_above => Some(Cause::ClaimAdjustmentsInLines),
        Rule::Claim if all_above && sums.own_adjusted == sums.line_adjusted => Some(Cause::ClaimAdjustmentsInLines),
        _ => None,
    }
}

/// PR that a later payer repeats, or that only CLP05 states.
fn patient(claim: &ClaimPayment, sums: &Sums, delta: Money) -> Option<Cause> {
    let later = claim.status().payer_order().is_some_and(|order| order > 1);
    if later && delta == sums.patient && !sums.patient.is_zero() {
        return Some(Cause::PatientRepeated(sums.patient));
    }
    let unnamed = claim.clp.patient_responsibility.or_zero() - sums.patient;
    (!unnamed.is_zero() && -delta == unnamed).then_some(Cause::PatientMissing(unnamed))
}

/// The lines add up each, but do not charge what the claim charges: the difference of the charges is the missing
/// line's, of which its payment is missing in the lines' sum and its adjustments in the claim's.
fn missing_line(claim: &ClaimPayment, sums: &Sums, rule: Rule, delta: Money) -> Option<Cause> {
    let short = claim.charge() - sums.line_charge;
    let part = if rule == Rule::Claim { -delta } else { delta };
    let fits = part.is_negative() == short.is_negative() && part.abs() <= short.abs();
    if claim.lines.is_empty() || short.is_zero() || !fits {
        return None;
    }
    Some(if short.is_negative() { Cause::LineExtra(-short) } else { Cause::LineMissing(short) })
}

/// A payment with the other sign, or with its point in the wrong place.
pub(super) fn payment(found: Money, expected: Money) -> Option<Cause> {
    if found.is_zero() || expected.is_zero() {
        return None;
    }
    if found == -expected {
        return Some(Cause::PaymentSignTurned);
    }
    let hundred = |amount: Money| Money::from(amount.decimal().saturating_mul(100.into()));
    (hundred(found) == expected || found == hundred(expected)).then_some(Cause::DecimalPoint)
}

/// The triplets of a loop, each with its code as `CO-45`.
fn entries(details: &Details) -> impl Iterator<Item = (Text, &CasEntry)> {
    details.triplets().map(|(group, entry)| (format!("{group}-{}", entry.reason).into(), entry))
}

/// The first adjustment whose amount is this.
fn of_details(details: &Details, is_it: impl Fn(Money) -> bool) -> Option<(Text, Money)> {
    entries(details)
        .map(|(code, entry)| (code, entry.amount.or_zero()))
        .find(|(_, amount)| !amount.is_zero() && is_it(*amount))
}
