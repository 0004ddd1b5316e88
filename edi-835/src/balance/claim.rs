//! B1 and B2: the proof of one claim.

use super::cause::Cause;
use super::delta::{Delta, Level, Rule};
use super::search;
use crate::model::{ClaimPayment, Details, ServiceLine};
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
    fn add(&mut self, line: &ServiceLine, adjusted: &Adjusted) {
        self.line_adjusted += adjusted.all;
        self.line_charge += line.charge();
        self.line_paid += line.paid();
        self.patient += adjusted.patient;
    }
}

/// What the CAS of one loop take off, gathered in one pass.
#[derive(Debug, Clone, Copy, Default)]
struct Adjusted {
    all: Money,
    /// PR.
    patient: Money,
    /// CO.
    contractual: Money,
    /// CO-45.
    fee_schedule: Money,
    /// An amount among them cannot be read.
    unreadable: bool,
}

impl Adjusted {
    fn of(details: &Details) -> Self {
        let mut adjusted = Self::default();
        for cas in details.cas() {
            for entry in &cas.entries {
                let amount = entry.amount.or_zero();
                adjusted.unreadable |= entry.amount.is_raw();
                adjusted.all += amount;
                match cas.group.as_str() {
                    "PR" => adjusted.patient += amount,
                    "CO" => adjusted.contractual += amount,
                    _ => {}
                }
                if cas.group == "CO" && entry.reason == "45" {
                    adjusted.fee_schedule += amount;
                }
            }
        }
        adjusted
    }
}

/// Proves a claim by B1 and B2.
///
/// # Errors
/// What does not add up: each line and each equation of the claim, with the likely cause. A claim with an
/// amount that cannot be read, or one that the end of the file cut, is never proved.
pub fn prove_claim(claim: &ClaimPayment) -> Result<BalancedClaim<'_>, Vec<Delta>> {
    let own = Adjusted::of(&claim.details);
    let mut sums = Sums { own_adjusted: own.all, patient: own.patient, ..Sums::default() };
    let clp = &claim.clp;
    let mut is_unreadable =
        own.unreadable || clp.charge.is_raw() || clp.paid.is_raw() || clp.patient_responsibility.is_raw();
    // A later payer's allowed amount is of its own fee schedule, beside what was paid before.
    let sets_allowed = claim.status().payer_order().is_none_or(|order| order == 1);
    let (mut of_lines, mut allowed) = (Vec::new(), Vec::new());
    for line in &claim.lines {
        let adjusted = Adjusted::of(&line.details);
        sums.add(line, &adjusted);
        if adjusted.unreadable || line.svc.charge.is_raw() || line.svc.paid.is_raw() {
            is_unreadable = true;
        } else {
            of_lines.extend(check_line(claim, line, &adjusted));
        }
        if sets_allowed {
            allowed.extend(check_allowed(claim, line, &adjusted));
        }
    }
    let mut deltas = Vec::new();
    if is_unreadable {
        deltas.extend(claim.unreadable_amounts().map(|(line, element)| unreadable(claim, line, element)));
    }
    if claim.cut {
        deltas.push(Delta::new(Level::Claim, Rule::Claim, None, None).of_claim(claim).because(Some(Cause::Cut)));
    }
    let mut of_claim = if is_unreadable { Vec::new() } else { check_claim(claim, &sums, &of_lines) };
    deltas.append(&mut of_lines);
    deltas.append(&mut of_claim);
    if !deltas.is_empty() {
        return Err(deltas);
    }
    Ok(BalancedClaim { claim, warnings: check_patient(claim, &sums).into_iter().chain(allowed).collect() })
}

fn unreadable(claim: &ClaimPayment, line: Option<u32>, element: Text) -> Delta {
    let (level, rule) = if line.is_some() { (Level::Line, Rule::Line) } else { (Level::Claim, Rule::Claim) };
    let delta = Delta::new(level, rule, None, None).of_claim(claim).because(Some(Cause::Unreadable(element)));
    Delta { line, ..delta }
}

/// B1.
fn check_line(claim: &ClaimPayment, line: &ServiceLine, adjusted: &Adjusted) -> Option<Delta> {
    let expected = line.charge() - adjusted.all;
    if expected == line.paid() {
        return None;
    }
    let delta = Delta::new(Level::Line, Rule::Line, Some(expected), Some(line.paid()));
    let cause = search::line(claim, line, expected);
    Some(delta.of_claim(claim).on_line(line.ordinal).because(cause))
}

/// B2, both equations.
fn check_claim(claim: &ClaimPayment, sums: &Sums, of_lines: &[Delta]) -> Vec<Delta> {
    let by_charge = claim.charge() - sums.own_adjusted - sums.line_adjusted;
    let by_lines = sums.line_paid - sums.own_adjusted;
    let charge_fails = by_charge != claim.paid();
    let lines_fail = !claim.lines.is_empty() && by_lines != claim.paid();
    let fails = [(charge_fails, Rule::Claim, by_charge), (lines_fail, Rule::ClaimLines, by_lines)];
    let failed = fails.into_iter().filter(|(fails, ..)| *fails).map(|(_, rule, expected)| {
        let cause = search::claim(claim, sums, rule, expected, of_lines);
        let delta = Delta::new(Level::Claim, rule, Some(expected), Some(claim.paid()));
        delta.of_claim(claim).because(cause)
    });
    failed.collect()
}

/// B4.
fn check_patient(claim: &ClaimPayment, sums: &Sums) -> Option<Delta> {
    let stated = claim.clp.patient_responsibility.or_zero();
    let (expected, cause) = match claim.is_reversal() {
        true => (Money::ZERO, Some(Cause::ReversalWithPatient)),
        false => (sums.patient, None),
    };
    if stated == expected {
        return None;
    }
    let delta = Delta::new(Level::Claim, Rule::PatientResponsibility, Some(expected), Some(stated));
    Some(delta.of_claim(claim).because(cause))
}

/// The allowed amount is the charge less what CO takes off; where the payer counts sequestration and other cuts
/// of its payment into CO, it is what was paid and what the patient owes, or the charge less CO-45 alone.
fn check_allowed(claim: &ClaimPayment, line: &ServiceLine, adjusted: &Adjusted) -> Option<Delta> {
    let allowed = line.allowed()?;
    let less_contractual = line.charge() - adjusted.contractual;
    let agrees = allowed == less_contractual
        || allowed == line.charge() - adjusted.fee_schedule
        || allowed == line.paid() + adjusted.patient;
    if agrees {
        return None;
    }
    let delta = Delta::new(Level::Line, Rule::Allowed, Some(less_contractual), Some(allowed));
    Some(delta.of_claim(claim).on_line(line.ordinal))
}
