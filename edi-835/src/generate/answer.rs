//! What a payer decides: of a claim that was invented, or of one that was submitted.

use super::draft::{ClaimDraft, LineDraft, PartyDraft, PersonDraft, RemittanceDraft};
use super::draw::Draw;
use chrono::NaiveDate;
use edi_core::account::Submission;
use edi_core::{Money, Text};

/// What becomes of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Paid in full but for the contract.
    Paid,
    /// With a deductible and coinsurance.
    Deductible,
    /// With coinsurance of a fifth.
    Coinsurance,
    /// With a copay on the first line.
    Copay,
    /// Everything goes to the deductible: nothing is paid.
    AllDeductible,
    /// Denied, for this reason, which may want a remark code.
    Denied(&'static str),
    /// The last line is denied, the others are paid.
    PartlyDenied(&'static str),
    /// Paid, less sequestration at claim level.
    Sequestered,
    /// Paid by a later payer: OA-23 stands for the payers before.
    Secondary,
}

impl Outcome {
    /// One drawn by chance, in the proportions that a practice sees.
    #[must_use]
    pub fn drawn(draw: &mut Draw) -> Self {
        let reason = draw.pick(["16", "29", "50", "97", "197"]);
        match draw.below(100) {
            0..45 => Self::Paid,
            45..57 => Self::Deductible,
            57..69 => Self::Coinsurance,
            69..80 => Self::Copay,
            80..83 => Self::AllDeductible,
            83..90 => Self::Denied(reason),
            90..94 => Self::PartlyDenied(reason),
            94..97 => Self::Sequestered,
            _ => Self::Secondary,
        }
    }
}

impl ClaimDraft {
    /// Takes every decision back: what was billed is left.
    pub(super) fn clear(&mut self) {
        self.adjustments.clear();
        self.remarks.clear();
        self.interest = Money::ZERO;
        for line in &mut self.lines {
            line.adjustments.clear();
            line.remarks.clear();
            line.allowed = None;
        }
    }
}

/// Decides a claim.
pub(super) fn decide(claim: &mut ClaimDraft, outcome: Outcome, draw: &mut Draw) {
    claim.status = match outcome {
        Outcome::Secondary => "2",
        Outcome::Denied(_) => draw.pick(["1", "4"]),
        _ => "1",
    }
    .into();
    let last = claim.lines.len();
    for (n, line) in (1..).zip(&mut claim.lines) {
        match outcome {
            Outcome::Denied(reason) => deny(line, reason),
            Outcome::PartlyDenied(reason) if n == last => deny(line, reason),
            _ => price(line, outcome, n == 1, draw),
        }
    }
    if outcome == Outcome::Sequestered {
        let cut = percent(claim.paid(), 2);
        if !cut.is_zero() {
            claim.adjustments.push(("CO".into(), "253".into(), cut));
        }
    }
    if draw.percent(3) && !claim.paid().is_zero() {
        claim.interest = percent(claim.paid(), 1);
    }
    if draw.percent(30) {
        claim.remarks.push("MA01".into());
    }
}

fn deny(line: &mut LineDraft, reason: &str) {
    line.adjust("CO", reason, line.charge);
    // These reasons are not complete without a remark code.
    let remark = match reason {
        "16" => Some("N290"),
        "50" => Some("N115"),
        _ => None,
    };
    line.remarks.extend(remark.map(Text::from));
}

/// Prices a line: the contract takes its part, then the patient's part is set, the rest is paid.
fn price(line: &mut LineDraft, outcome: Outcome, first: bool, draw: &mut Draw) {
    let contractual = percent(line.charge, i64::from(draw.between(15, 55)));
    let allowed = line.charge - contractual;
    line.allowed = (!allowed.is_zero()).then_some(allowed);
    line.adjust("CO", "45", contractual);
    match outcome {
        Outcome::Deductible => {
            let deductible = percent(allowed, 40);
            line.adjust("PR", "1", deductible);
            line.adjust("PR", "2", percent(allowed - deductible, 20));
        }
        Outcome::Coinsurance => line.adjust("PR", "2", percent(allowed, 20)),
        Outcome::Copay if first => line.adjust("PR", "3", allowed.min(Money::from_cents(2_500))),
        Outcome::AllDeductible => line.adjust("PR", "1", allowed),
        Outcome::Secondary => line.adjust("OA", "23", percent(allowed, 80)),
        _ => {}
    }
}

/// So many hundredths of an amount, cut to whole cents.
fn percent(amount: Money, percent: i64) -> Money {
    Money::from_cents(amount.cents().unwrap_or(0).saturating_mul(percent) / 100)
}

/// Answers a claim that was submitted with this outcome.
#[must_use]
pub fn answer_as(submission: &Submission, outcome: Outcome, draw: &mut Draw) -> ClaimDraft {
    let (last, first) = submission.patient.split_once(", ").unwrap_or((submission.patient.as_str(), ""));
    let payer = submission.payers.get(submission.destination);
    let filing = payer.map_or("", |payer| payer.filing_indicator.as_str());
    let lines = submission.lines.iter().map(|line| LineDraft {
        procedure: line.procedure.clone(),
        charge: line.charge,
        units: line.units,
        service: line.service,
        control: line.control.clone(),
        ..LineDraft::default()
    });
    let mut claim = ClaimDraft {
        key: submission.key.0.clone(),
        // A remittance has fewer of these codes than a claim: commercial insurance is `12` there.
        filing_indicator: if matches!(filing, "" | "CI" | "BL") { "12".into() } else { filing.into() },
        payer_claim_number: format!("ICN{:010}", draw.below(u32::MAX)).into(),
        original_reference: Text::default(),
        patient: PersonDraft { last: last.into(), first: first.into(), id: submission.member_id.clone() },
        lines: lines.collect(),
        ..ClaimDraft::default()
    };
    decide(&mut claim, outcome, draw);
    claim
}

/// Answers claims that were submitted: a remittance for each payer and billing provider that they went to, in the
/// order of their first claims. A claim to a later payer is answered as such, the others as the draw wants.
#[must_use]
pub fn answer(submissions: &[Submission], draw: &mut Draw, date: NaiveDate) -> Vec<(RemittanceDraft, Vec<ClaimDraft>)> {
    let mut remittances: Vec<(RemittanceDraft, Vec<ClaimDraft>)> = Vec::new();
    for submission in submissions {
        let payer = submission.payers.get(submission.destination);
        let (id, name) = payer.map_or(("", ""), |payer| (payer.id.as_str(), payer.name.as_str()));
        let outcome = if submission.destination > 0 { Outcome::Secondary } else { Outcome::drawn(draw) };
        let claim = answer_as(submission, outcome, draw);
        let same = |draft: &RemittanceDraft| draft.payer.id == id && draft.payee.id == submission.provider;
        match remittances.iter_mut().find(|(draft, _)| same(draft)) {
            Some((_, claims)) => claims.push(claim),
            None => {
                let mut draft = RemittanceDraft::synthetic(draw.number(), date);
                draft.payer = PartyDraft { name: name.into(), id: id.into(), ..draft.payer };
                draft.payee.id = submission.provider.clone();
                draft.payee.tax_id = submission.provider_tax_id.clone();
                remittances.push((draft, vec![claim]));
            }
        }
    }
    remittances
}
