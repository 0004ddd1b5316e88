//! Claims out of nothing: the mix that a practice sees.

use super::answer::{Outcome, decide};
use super::draft::{ClaimDraft, LineDraft, PersonDraft};
use super::draw::Draw;
use chrono::{Days, NaiveDate};
use edi_core::value::{Period, Procedure, npi_from};
use edi_core::{Money, Quantity};

/// An endless row of claims of synthetic people, paid before this day. About two in a hundred are reversals,
/// each with its correction behind it.
pub fn invent(mut draw: Draw, before: NaiveDate) -> impl Iterator<Item = ClaimDraft> {
    let mut waiting: Vec<ClaimDraft> = Vec::new();
    let mut number = 0;
    std::iter::from_fn(move || {
        if let Some(next) = waiting.pop() {
            return Some(next);
        }
        number += 1;
        let mut claim = billed(&mut draw, before, number);
        let outcome = Outcome::drawn(&mut draw);
        decide(&mut claim, outcome, &mut draw);
        if !draw.percent(2) {
            return Some(claim);
        }
        // What was adjudicated before is taken back, and adjudicated anew.
        let reversal = claim.reversal();
        let mut correction = ClaimDraft { original_reference: claim.payer_claim_number.clone(), ..claim };
        correction.payer_claim_number = format!("{}R", correction.payer_claim_number).into();
        correction.clear();
        decide(&mut correction, Outcome::Paid, &mut draw);
        waiting.push(correction);
        Some(reversal)
    })
}

/// A claim as it was billed, before any decision.
fn billed(draw: &mut Draw, before: NaiveDate, number: u64) -> ClaimDraft {
    const LAST: [&str; 10] =
        ["SAMPLE", "TESTER", "EXAMPLE", "SPECIMEN", "MODEL", "FICTION", "PATTERN", "DRAFT", "TRIAL", "MOCK"];
    const FIRST: [&str; 10] =
        ["ALEX", "BLAIR", "CASEY", "DREW", "ELLIS", "FINLEY", "GRAY", "HARPER", "INDIGO", "JORDAN"];
    const PROCEDURES: [(&str, u32); 8] = [
        ("99213", 14_500),
        ("99214", 21_000),
        ("99203", 18_000),
        ("36415", 1_800),
        ("80053", 6_250),
        ("85025", 4_125),
        ("93000", 9_500),
        ("90471", 3_875),
    ];
    let days = u64::from(draw.between(14, 90));
    let day = before.checked_sub_days(Days::new(days)).unwrap_or(before);
    let lines = 1 + draw.below(4);
    let line = |n: u32, draw: &mut Draw| {
        let (code, cents) = draw.pick(PROCEDURES);
        let modifiers: &[&str] = if draw.percent(15) { &["25"] } else { &[] };
        LineDraft {
            procedure: Procedure::hcpcs(code, modifiers.iter().copied()),
            charge: Money::from_cents(i64::from(cents + 25 * draw.below(80))),
            units: Quantity::new(1),
            service: Some(Period::day(day)),
            control: format!("{number}{n:02}").into(),
            ..LineDraft::default()
        }
    };
    ClaimDraft {
        key: format!("PCN{number:08}").into(),
        filing_indicator: draw.pick(["12", "13", "MB", "MC", "HM"]).into(),
        payer_claim_number: format!("ICN{number:010}").into(),
        patient: PersonDraft {
            last: draw.pick(LAST).into(),
            first: draw.pick(FIRST).into(),
            id: format!("W{:09}", draw.below(1_000_000_000)).into(),
        },
        rendering_npi: npi_from(100_000_000 + draw.below(1000)).into(),
        lines: (1..=lines).map(|n| line(n, draw)).collect(),
        ..ClaimDraft::default()
    }
}
