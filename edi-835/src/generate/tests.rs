use super::*;
use crate::balance::{RemittanceBalance, TransactionBalance};
use crate::read::RemittanceReader;
use chrono::NaiveDate;
use edi_core::account::{ClaimKey, PayerOnClaim, Submission, SubmittedLine};
use edi_core::lex::Delimiters;
use edi_core::value::{Period, Procedure};
use edi_core::{Quantity, Text};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 5).unwrap()
}

fn file(draft: &RemittanceDraft, claims: &[ClaimDraft]) -> Vec<u8> {
    let mut writer = SegmentWriter::new(Vec::new(), Delimiters::default());
    begin(&mut writer, day().and_hms_opt(12, 0, 0).unwrap(), 1, "T").unwrap();
    remittance(&mut writer, draft, || claims.iter().cloned()).unwrap();
    end(&mut writer).unwrap();
    writer.into_inner().unwrap()
}

/// The proof of a file of one remittance, and its claims.
fn proved(file: &[u8]) -> (RemittanceBalance, Vec<ClaimPayment>) {
    let (mut claims, mut balance) = (Vec::new(), None);
    for event in RemittanceReader::new(file).unwrap() {
        match event.unwrap() {
            RemittanceEvent::Header(header) => balance = Some(TransactionBalance::new(&header)),
            RemittanceEvent::Claim(claim) => {
                balance.as_mut().unwrap().push(&claim);
                claims.push(*claim);
            }
            RemittanceEvent::End(totals) => {
                assert!(totals.is_sound() && totals.untyped == 0);
                return (balance.unwrap().finish(&totals), claims);
            }
        }
    }
    panic!("no end")
}

fn submission(key: &str, destination: usize, charges: &[i64]) -> Submission {
    let payer = |id: &str| PayerOnClaim {
        id: id.into(),
        name: format!("PLAN {id}").into(),
        filing_indicator: "CI".into(),
        sequence: "P".into(),
    };
    let line = |(ordinal, cents): (u32, &i64)| SubmittedLine {
        ordinal,
        control: format!("{key}-{ordinal}").into(),
        procedure: Procedure::hcpcs("99213", ["25"]),
        service: Some(Period::day(day())),
        units: Quantity::new(1),
        charge: Money::from_cents(*cents),
    };
    Submission {
        key: ClaimKey(key.into()),
        frequency: "1".into(),
        original_reference: Text::default(),
        provider: "1234567893".into(),
        provider_tax_id: "123456789".into(),
        payers: vec![payer("A"), payer("B")],
        destination,
        patient: "SAMPLE, ALEX".into(),
        member_id: "W1".into(),
        charge: Money::from_cents(charges.iter().sum()),
        lines: (1..).zip(charges).map(line).collect(),
        patient_paid: Money::ZERO,
        test: false,
    }
}

#[test]
fn the_same_seed_writes_the_same_file() {
    let of = |seed: u64| {
        let claims: Vec<ClaimDraft> = invent(Draw::new(seed), day()).take(20).collect();
        file(&RemittanceDraft::synthetic(seed, day()), &claims)
    };
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn what_is_invented_balances_and_is_varied() {
    let claims: Vec<ClaimDraft> = invent(Draw::new(3), day()).take(2000).collect();
    let mut draft = RemittanceDraft::synthetic(3, day());
    draft.provider_adjustments = vec![("WO".into(), "X".into(), Money::from_cents(12_345))];
    let (outcome, read) = proved(&file(&draft, &claims));
    assert!(outcome.balanced() && outcome.warnings.is_empty(), "{:?} {:?}", outcome.deltas, outcome.warnings);
    assert_eq!((outcome.claims, read.len()), (2000, 2000));
    let of = |status: &str| read.iter().filter(|c| c.clp.status == status).count();
    assert!(of("1") > 1500 && of("4") > 20 && of("2") > 20 && of("22") > 10);
    for pair in read.windows(2).filter(|pair| pair[0].is_reversal()) {
        assert_eq!(pair[0].key(), pair[1].key());
        assert_eq!(pair[1].details.reference("F8"), Some(&pair[0].clp.payer_claim_number));
        assert_eq!(pair[0].charge(), -pair[1].charge());
    }
}

#[test]
fn claims_that_were_submitted_are_answered() {
    let submissions = [submission("C1", 0, &[10_000, 5_025]), submission("C2", 1, &[8_000]), submission("C3", 0, &[1])];
    let answered = answer(&submissions, &mut Draw::new(5), day());
    assert_eq!(answered.iter().map(|(d, c)| (d.payer.id.as_str(), c.len())).collect::<Vec<_>>(), [("A", 2), ("B", 1)]);
    for (draft, claims) in &answered {
        let (outcome, read) = proved(&file(draft, claims));
        assert!(outcome.balanced(), "{:?}", outcome.deltas);
        for claim in &read {
            let submitted = submissions.iter().find(|s| s.key == claim.key()).unwrap();
            assert_eq!(claim.charge(), submitted.charge);
            assert_eq!(claim.lines.len(), submitted.lines.len());
            assert_eq!(claim.lines[0].control(), submitted.lines[0].control);
            assert_eq!(claim.patient_name(), "SAMPLE, ALEX");
        }
    }
}

#[test]
fn outcomes_are_as_asked() {
    let submitted = submission("C1", 0, &[10_000, 20_000]);
    let decided = |outcome| answer_as(&submitted, outcome, &mut Draw::new(9));
    assert!(decided(Outcome::Denied("197")).paid().is_zero());
    assert!(decided(Outcome::AllDeductible).paid().is_zero());
    let copay = decided(Outcome::Copay);
    assert_eq!(copay.patient_responsibility(), Money::from_cents(2_500));
    let partly = decided(Outcome::PartlyDenied("16"));
    assert!(partly.lines[1].paid().is_zero() && !partly.paid().is_zero() && partly.lines[1].remarks == ["N290"]);
    assert_eq!(decided(Outcome::Sequestered).adjustments[0].1, "253");
    assert_eq!(decided(Outcome::Secondary).status, "2");
}

#[test]
fn a_remittance_of_nothing_is_a_notice() {
    let claims = [answer_as(&submission("C1", 0, &[100]), Outcome::Denied("29"), &mut Draw::new(1))];
    let bytes = file(&RemittanceDraft::synthetic(1, day()), &claims);
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains("BPR*H*0*C*NON*"), "{text}");
    assert!(proved(&bytes).0.balanced());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn balanced_by_construction(
        seed in any::<u64>(),
        charges in proptest::collection::vec(0i64..100_000_000, 1..8),
        plb in proptest::collection::vec(-1_000_000i64..1_000_000, 0..15),
    ) {
        let mut draw = Draw::new(seed);
        let mut claims = Vec::new();
        for _ in 0..4 {
            let outcome = Outcome::drawn(&mut draw);
            claims.push(answer_as(&submission("C", 0, &charges), outcome, &mut draw));
        }
        claims.push(claims[0].reversal());
        let mut draft = RemittanceDraft::synthetic(seed, day());
        draft.provider_adjustments = plb.iter().map(|cents| ("CS".into(), "R".into(), Money::from_cents(*cents))).collect();
        let (outcome, _) = proved(&file(&draft, &claims));
        prop_assert!(outcome.balanced(), "{:?}", outcome.deltas);
    }
}
