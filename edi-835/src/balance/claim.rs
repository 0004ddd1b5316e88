//! B1 and B2: the proof of one claim.

use super::cause::Cause;
use super::delta::{Delta, Level, Rule};
use super::search;
use crate::model::{ClaimPayment, ServiceLine};
use edi_core::{Money, Text};

/// A claim that adds up at line and at claim level (B1, B2). It is made by [`prove_claim`] only, so whoever
/// posts one holds its proof.
#[derive(Debug, Clone)]
pub struct BalancedClaim<'a> {
    claim: &'a ClaimPayment,
    warnings: Vec<Delta>,
}

impl<'a> BalancedClaim<'a> {
    /// The claim.
    #[must_use]
    pub fn claim(&self) -> &'a ClaimPayment {
        self.claim
    }

    /// What does not agree beside the balance: CLP05 against PR (B4), AMT*B6 against the allowed amount.
    #[must_use]
    pub fn warnings(&self) -> &[Delta] {
        &self.warnings
    }
}

/// The sums of a claim.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    /// CAS of the claim.
    pub own_adjusted: Money,
    /// CAS of its lines.
    pub line_adjusted: Money,
    /// Sum of SVC02.
    pub line_charge: Money,
    /// Sum of SVC03.
    pub line_paid: Money,
    /// Sum of PR, of claim and lines.
    pub patient: Money,
}

impl Sums {
    fn of(claim: &ClaimPayment) -> Self {
        let mut sums = Self { own_adjusted: claim.details.adjusted(), ..Self::default() };
        for line in &claim.lines {
            sums.line_adjusted += line.details.adjusted();
            sums.line_charge += line.charge();
            sums.line_paid += line.paid();
        }
        sums.patient = claim.adjusted_as("PR");
        sums
    }
}

/// Proves a claim by B1 and B2.
///
/// # Errors
/// What does not add up: each line and each equation of the claim, with the likely cause. A claim with an
/// amount that cannot be read, or one that the end of the file cut, is never proved.
pub fn prove_claim(claim: &ClaimPayment) -> Result<BalancedClaim<'_>, Vec<Delta>> {
    let mut deltas: Vec<Delta> =
        claim.unreadable_amounts().map(|(line, element)| unreadable(claim, line, element)).collect();
    let readable = deltas.is_empty();
    if claim.cut {
        deltas.push(Delta::new(Level::Claim, Rule::Claim, None, None).of_claim(claim).because(Some(Cause::Cut)));
    }
    let of_lines = deltas.len();
    deltas.extend(claim.lines.iter().filter_map(|line| check_line(claim, line)));
    let sums = Sums::of(claim);
    if readable {
        check_claim(claim, &sums, of_lines, &mut deltas);
    }
    if deltas.is_empty() { Ok(BalancedClaim { claim, warnings: warnings(claim, &sums) }) } else { Err(deltas) }
}

fn unreadable(claim: &ClaimPayment, line: Option<u32>, element: Text) -> Delta {
    let (level, rule) = if line.is_some() { (Level::Line, Rule::Line) } else { (Level::Claim, Rule::Claim) };
    let delta = Delta::new(level, rule, None, None).of_claim(claim).because(Some(Cause::Unreadable(element)));
    Delta { line, ..delta }
}

/// B1.
fn check_line(claim: &ClaimPayment, line: &ServiceLine) -> Option<Delta> {
    let unreadable = line.details.triplets().any(|(_, entry)| entry.amount.is_raw());
    if unreadable || line.svc.charge.is_raw() || line.svc.paid.is_raw() {
        return None; // said already
    }
    let expected = line.charge() - line.details.adjusted();
    if expected == line.paid() {
        return None;
    }
    let delta = Delta::new(Level::Line, Rule::Line, Some(expected), Some(line.paid()));
    let cause = search::line(claim, line, expected);
    Some(delta.of_claim(claim).on_line(line.ordinal).because(cause))
}

/// B2, both equations. The deltas of the lines begin at `of_lines`.
fn check_claim(claim: &ClaimPayment, sums: &Sums, of_lines: usize, deltas: &mut Vec<Delta>) {
    let by_charge = claim.charge() - sums.own_adjusted - sums.line_adjusted;
    let by_lines = sums.line_paid - sums.own_adjusted;
    let charge_fails = by_charge != claim.paid();
    let lines_fail = !claim.lines.is_empty() && by_lines != claim.paid();
    let line_end = deltas.len();
    let fails = [(charge_fails, Rule::Claim, by_charge), (lines_fail, Rule::ClaimLines, by_lines)];
    for (_, rule, expected) in fails.into_iter().filter(|(fails, ..)| *fails) {
        let cause = search::claim(claim, sums, rule, expected, &deltas[of_lines..line_end]);
        let delta = Delta::new(Level::Claim, rule, Some(expected), Some(claim.paid()));
        deltas.push(delta.of_claim(claim).because(cause));
    }
}

/// B4, and AMT*B6 of the lines.
pub(super) fn warnings(claim: &ClaimPayment, sums: &Sums) -> Vec<Delta> {
    let mut warnings = Vec::new();
    let stated = claim.clp.patient_responsibility.or_zero();
    let (expected, cause) = match claim.is_reversal() {
        true => (Money::ZERO, Some(Cause::ReversalWithPatient)),
        false => (sums.patient, None),
    };
    if stated != expected {
        let delta = Delta::new(Level::Claim, Rule::PatientResponsibility, Some(expected), Some(stated));
        warnings.push(delta.of_claim(claim).because(cause));
    }
    // A later payer's allowed amount is of its own fee schedule, beside what was paid before.
    if claim.status().payer_order().is_none_or(|order| order == 1) {
        warnings.extend(claim.lines.iter().filter_map(|line| check_allowed(claim, line)));
    }
    warnings
}

/// The allowed amount is the charge less what CO takes off; where the payer counts sequestration and other cuts
/// of its payment into CO, it is what was paid and what the patient owes, or the charge less CO-45 alone.
fn check_allowed(claim: &ClaimPayment, line: &ServiceLine) -> Option<Delta> {
    let allowed = line.allowed()?;
    let sum = |wanted: &dyn Fn(&str, &str) -> bool| -> Money {
        let taken = line.details.triplets().filter(|(group, entry)| wanted(group.as_str(), entry.reason.as_str()));
        taken.map(|(_, entry)| entry.amount.or_zero()).sum()
    };
    let less_contractual = line.charge() - sum(&|group, _| group == "CO");
    let less_fee_schedule = line.charge() - sum(&|group, reason| group == "CO" && reason == "45");
    let paid_and_owed = line.paid() + sum(&|group, _| group == "PR");
    if [less_contractual, less_fee_schedule, paid_and_owed].contains(&allowed) {
        return None;
    }
    let delta = Delta::new(Level::Line, Rule::Allowed, Some(less_contractual), Some(allowed));
    Some(delta.of_claim(claim).on_line(line.ordinal))
}
