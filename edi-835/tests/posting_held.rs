//! What is always held for a person: each with its reason, and its neighbours post all the same.

mod posting_support;

use edi_835::ledger::Account::*;
use edi_835::posting::Fate;
use posting_support::*;
use pretty_assertions::assert_eq;

/// Posts an answer to A beside a clean one to N (100.00) in one remittance of this payer, and expects A held for this
/// cause with its CLP04 in unapplied, what stood on A untouched, and N posted.
#[track_caller]
fn held_beside(mut clinic: Clinic, payer: &str, answer: Clp, cause: &str) -> Clinic {
    clinic.book(&submission("N", &["100"], &[payer]));
    let before = (clinic.claim("A").owed, clinic.balance(Unapplied), clinic.holds().len());
    let outcome = clinic.post(&remit("HELD", &[answer.clone(), clp("N", "1").line("100", "CO-45=20")]).from(payer));
    assert_eq!((outcome.posted, outcome.held), (1, 1), "{:#?}", clinic.holds());
    let causes = clinic.causes();
    assert_eq!(causes.len(), before.2 + 1);
    assert_eq!(causes[before.2].1, cause, "{:#?}", clinic.holds());
    assert!(clinic.holds().iter().flat_map(|h| &h.reasons).all(|r| !r.rule.is_empty() && !r.words.is_empty()));
    assert_eq!(clinic.balance(Unapplied), before.1 - answer.paid());
    assert_eq!(clinic.balance(Clearing), 0);
    assert_eq!(clinic.owed("N", InsuranceReceivable, payer), 0, "its neighbour posts");
    assert_eq!(clinic.claim("A").owed, before.0);
    clinic
}

/// As [`held_beside`], where A (500.00, payers 11111 and 22222) is booked and nothing else came yet.
#[track_caller]
fn held(answer: Clp, cause: &str) -> Clinic {
    held_beside(Clinic::with_two_payers(), "11111", answer, cause)
}

/// Claim A after its first payer's answer.
fn answered() -> Clinic {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    clinic
}

/// Claim A of one payer.
fn one_payer() -> Clinic {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500"], &["11111"]));
    clinic
}

fn good() -> Clp {
    clp("A", "1").line("500", "CO-45=125 PR-1=75")
}

#[test]
fn b1_a_line_that_does_not_add_up_holds_its_claim() {
    let bad = clp("A", "1").any_line("HC:99213", "500", "CO-45=125 PR-1=75", "CAS*CO*45*5~");
    held(bad, "unbalanced unbalanced");
}

#[test]
fn b2_a_claim_that_does_not_add_up_is_held_and_never_posts_by_itself() {
    let mut clinic = held(good().with("CAS*CO*45*5~"), "unbalanced unbalanced");
    assert!(clinic.holds()[0].reasons[0].words.contains("B2"));
    // What touches the claim plans the hold again; it still does not add up.
    clinic.post(&remit("T2", &[clp("A", "23")]));
    assert_eq!(clinic.holds().len(), 1);
}

#[test]
fn b3_a_remittance_that_does_not_add_up_leaves_no_entry() {
    let mut clinic = Clinic::with_two_payers();
    let before = clinic.balances();
    let bad = remit("T1", &[good()]).off("1");
    let outcomes = clinic.post_text(&file(&[bad, remit("T2", &[good()])]));
    let Fate::Held(reasons) = &outcomes[0].fate else { panic!("{outcomes:?}") };
    assert!(reasons[0].words.contains("delta 1.00"), "{reasons:?}");
    assert_eq!(outcomes[1].fate, Fate::Posted, "the remittance beside it posts");
    assert_eq!(clinic.owed("A", InsuranceReceivable, "22222"), 7_500);
    assert_ne!(clinic.balances(), before);
    clinic.assert_held(&[("", "remittance-unbalanced")]);
}

#[test]
fn held_same_trace_with_other_content() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post(&remit("T1", &[good()]));
    let before = clinic.balances();
    let outcome = clinic.post(&remit("T1", &[clp("A", "1").line("500", "CO-45=100 PR-1=100")]));
    let Fate::Held(reasons) = outcome.fate else { panic!("{outcome:?}") };
    assert_eq!(reasons[0].cause.name(), "other-content");
    assert_eq!(clinic.balances(), before);
    let other = remit("T1", &[clp("A", "1").line("500", "CO-45=100 PR-1=100")]);
    assert_eq!(clinic.post(&other).fate, Fate::AlreadyHeld);
    // A person decides which of the two is right.
    let run = clinic.run.clone();
    clinic.ledger.undo(1, &run).unwrap();
    assert_eq!(clinic.post(&other).fate, Fate::Posted);
    clinic.assert_held(&[]);
    assert_eq!(clinic.balance(ContractualAllowance), 10_000);
}

#[test]
fn held_test_files_debits_and_payments_to_others() {
    let mut test = remit("T1", &[good()]);
    test.usage = 'T';
    let mut debit = remit("T1", &[good()]);
    debit.flag = 'D';
    let mut other = remit("T1", &[good()]);
    other.payee = "1999999984".into();
    for (bad, cause) in [(test, "test-file"), (debit, "debit"), (other, "payee-not-ours")] {
        let mut clinic = Clinic::with_two_payers();
        let before = clinic.balances();
        let outcome = clinic.post(&bad);
        let Fate::Held(reasons) = outcome.fate else { panic!("{outcome:?}") };
        assert_eq!(reasons[0].cause.name(), cause);
        assert_eq!(clinic.balances(), before);
    }
}

#[test]
fn held_payee_of_the_rules_is_ours() {
    let mut clinic = Clinic::with_rules("payees = ['1999999984']");
    clinic.book(&submission("A", &["500"], &["11111"]));
    let mut other = remit("T1", &[good()]);
    other.payee = "1999999984".into();
    assert_eq!(clinic.post(&other).fate, Fate::Posted);
    let mut again = remit("T2", &[clp("A", "23")]);
    again.payee = "990000001".into();
    assert_eq!(clinic.post(&again).fate, Fate::Posted, "the tax id of our provider is ours");
}

#[test]
fn held_payer_not_mapped_until_a_rule_or_the_ledger_maps_it() {
    let mut clinic = Clinic::with_two_payers();
    let outcome = clinic.post(&remit("T1", &[good()]).from("77777").plb("CS", "X", "-5"));
    assert_eq!((outcome.posted, outcome.held, outcome.provider_held), (0, 1, 1));
    clinic.assert_held(&[("A", "payer-not-mapped"), ("", "payer-not-mapped")]);
    assert_eq!(clinic.balance(Unapplied), -30_000 + -500);
    let run = clinic.run.clone();
    assert_eq!(clinic.ledger.map_payer("77777", "11111", &run, &clinic.rules).unwrap(), 2);
    clinic.check();
    clinic.assert_held(&[]);
    assert_eq!(clinic.balance(Unapplied), 0);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "22222"), 7_500);

    let mut clinic = Clinic::with_rules("[[payer]]\nid = '11111'\nalso = ['77777']");
    clinic.book(&submission("A", &["500"], &["11111"]));
    assert_eq!(clinic.post(&remit("T1", &[good()]).from("77777")).posted, 1);
}

#[test]
fn m1_unknown_claim_waits_for_its_booking() {
    let mut clinic = held(clp("Z", "1").line("50", "CO-45=10"), "claim-unmatched");
    clinic.book(&submission("Z", &["50"], &["11111"]));
    clinic.assert_held(&[]);
    assert_eq!(clinic.balance(Unapplied), 0);
    assert_eq!(clinic.owed("Z", InsuranceReceivable, "11111"), 0);
    assert_eq!(clinic.claim("Z").paid.cents(), Some(4_000));
}

#[test]
fn m1_zero_means_that_no_number_was_sent_and_the_payers_number_finds_the_claim() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good().number("ICN1")]);
    let zero = clp("0", "22").number("ICN1").any_line("HC:99213", "-500", "CO-45=-125 PR-1=-75", "REF*6R*AL1~");
    clinic.post_claims("T2", &[zero]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "11111"), 50_000);
    held(clp("0", "1").number("ICN9").any_line("HC:99213", "5", "", ""), "claim-unmatched");
}

#[test]
fn m1_numbers_of_two_claims_are_ambiguous() {
    let mut clinic = Clinic::with_two_payers();
    clinic.book(&submission("B", &["80"], &["11111"]));
    clinic.post_claims("T1", &[clp("B", "1").number("ICN1").line("80", "")]);
    held_beside(clinic, "11111", good().number("ICN1"), "claim-ambiguous claim-unmatched");
}

#[test]
fn m1_payer_that_is_not_on_the_claim() {
    let mut clinic = Clinic::with_two_payers();
    clinic.book(&submission("B", &["80"], &["33333"]));
    held_beside(clinic, "33333", good(), "payer-not-on-claim");
}

#[test]
fn m3_procedure_that_was_not_billed() {
    held(clp("A", "1").any_line("HC:99215", "500", "CO-45=125", "REF*6R*AL1~"), "procedure-not-billed");
    held(clp("A", "1").any_line("HC:99215", "500", "CO-45=125", ""), "procedure-not-billed");
}

#[test]
fn m4_charge_that_was_not_billed() {
    held(clp("A", "1").line("450", "CO-45=125"), "charge-differs");
    held(clp("A", "1").line("550", "CO-45=125"), "charge-differs");
}

#[test]
fn s1_status_out_of_sequence() {
    held(clp("A", "2").line("500", "CO-45=125 PR-1=75"), "status-out-of-sequence");
    held(clp("A", "3").line("500", "CO-45=125 PR-1=75"), "status-out-of-sequence");
}

#[test]
fn s1_denied_without_a_reason() {
    held(clp("A", "4").line("500", ""), "denial-without-reason");
}

#[test]
fn s4_statuses_that_the_guide_does_not_list() {
    held(clp("A", "5").line("500", "CO-45=125 PR-1=75"), "status-unknown");
    held(clp("A", "17").line("500", "CO-45=125 PR-1=75"), "status-unknown");
}

#[test]
fn s4_forwarded_or_priced_claims_with_money() {
    held(clp("A", "23").line("500", "CO-45=125 PR-1=75"), "status-with-money");
    held(clp("A", "25").line("500", "CO-45=125 PR-1=75"), "status-with-money");
}

#[test]
fn s2_full_charge_co45_is_a_denial_in_disguise() {
    held(clp("A", "1").line("500", "CO-45=500"), "full-charge-contractual");
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=499.99 PR-1=0.01")]);
    clinic.assert_held(&[]);
}

#[test]
fn s2_unknown_reasons_and_groups() {
    held(clp("A", "1").line("500", "CO-9999=125"), "unknown-reason");
    held(clp("A", "1").line("500", "XX-45=125"), "unknown-group");
    held(clp("A", "1").line("500", "CR-45=125"), "unknown-group");
    held(clp("A", "1").line("500", "OA-45=125"), "unknown-group");
    held(clp("A", "1").line("500", "OA-44=125"), "no-rule");
}

#[test]
fn p1_interest_is_never_an_adjustment() {
    held(clp("A", "1").line("500", "CO-225=-5"), "interest-as-adjustment");
}

#[test]
fn c2_earlier_payers_that_differ() {
    held(clp("A", "1").line("500", "OA-23=125"), "earlier-payers-differ");
    for (oa23, fits) in [("425", true), ("424.99", false), ("425.01", false)] {
        let mut clinic = Clinic::with_two_payers();
        clinic.post_claims("T1", &[good()]);
        let second = clp("A", "2").line("500", &format!("OA-23={oa23} CO-45=10"));
        clinic.post(&remit("T2", &[second]).from("22222"));
        assert_eq!(clinic.holds().is_empty(), fits, "{oa23}");
    }
}

#[test]
fn c4_secondary_before_its_primary_waits_for_it() {
    let mut clinic = Clinic::with_two_payers();
    clinic.book(&submission("N", &["100"], &["22222"]));
    let second = clp("A", "2").line("500", "OA-23=425 CO-45=10");
    let outcome = clinic.post(&remit("T2", &[second, clp("N", "1").line("100", "")]).from("22222"));
    assert_eq!((outcome.posted, outcome.held), (1, 1));
    clinic.assert_held(&[("A", "before-earlier-payer earlier-payers-differ")]);
    let outcome = clinic.post(&remit("T1", &[good()]));
    assert_eq!(outcome.released, 1);
    clinic.assert_held(&[]);
    assert_eq!(clinic.claim("A").open.cents(), Some(0));
}

#[test]
fn c6_duplicate_is_held_and_a_denied_claim_may_be_answered_again() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    clinic.post_claims("T2", &[good()]);
    clinic.assert_held(&[("A", "duplicate")]);
    assert_eq!(clinic.balance(Unapplied), -30_000);

    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[clp("A", "4").line("500", "CO-197=500")]);
    assert_eq!(clinic.owed("A", DeniedReceivable, "11111"), 50_000);
    assert_eq!(clinic.ledger.work(false).unwrap().len(), 1);
    clinic.post_claims("T2", &[good()]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.owed("A", DeniedReceivable, "11111"), 0);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "22222"), 7_500);
    assert_eq!(clinic.ledger.work(false).unwrap(), [], "the denial is answered");
    assert_eq!(clinic.ledger.work(true).unwrap()[0].state, "answered");
}

#[test]
fn c5_patient_that_may_not_be_billed() {
    let qmb = |payers: &[&str]| {
        let mut clinic = Clinic::new();
        clinic.book(&submission("A", &["500"], payers));
        clinic.post_claims("T1", &[good().with("MOA***N782~")]);
        clinic
    };
    qmb(&["11111"]).assert_held(&[("A", "patient-barred")]);
    let mut next = qmb(&["11111", "22222"]);
    next.assert_held(&[]);
    assert_eq!(next.owed("A", InsuranceReceivable, "22222"), 7_500, "the next payer may be billed");
}

#[test]
fn c5_oa209_goes_to_the_next_payer_or_to_a_hold() {
    let answer = || clp("A", "1").line("500", "CO-45=125 OA-209=75");
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[answer()]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "22222"), 7_500);
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500"], &["11111"]));
    clinic.post_claims("T1", &[answer()]);
    clinic.assert_held(&[("A", "no-next-payer")]);
}

#[test]
fn b5_amounts_that_are_no_cents_are_held_never_rounded() {
    held(good().stating("500", "300").with("AMT*I*0.005~"), "amount-unusable");
    let mut clinic = Clinic::with_two_payers();
    let line = "SVC*HC:99213*500*300.00**1~CAS*CO*45*124.995~CAS*PR*1*75.005~";
    clinic.post_claims("T1", &[clp("A", "1").stating("500", "300").with(line)]);
    clinic.assert_held(&[("A", "amount-unusable")]);
    assert_eq!(clinic.balance(Unapplied), -30_000);
}

#[test]
fn p2_p3_positive_recoveries_without_an_open_item_wait_for_it() {
    for (code, account) in [("FB", ForwardBalance), ("WO", Overpayment)] {
        let mut clinic = Clinic::with_two_payers();
        clinic.book(&submission("B", &["700"], &["11111"]));
        let outcome = clinic.post(&remit("T2", &[good()]).plb(code, "T1", "50"));
        assert_eq!((outcome.posted, outcome.provider_held), (1, 1));
        clinic.assert_held(&[("", "no-open-item")]);
        assert_eq!(clinic.balance(Unapplied), 5_000);
        let outcome = clinic.post(&remit("T1", &[clp("B", "1").line("700", "")]).plb(code, "T1", "-50"));
        assert_eq!(outcome.released, 1);
        clinic.assert_held(&[]);
        assert_eq!((clinic.balance(account), clinic.balance(Unapplied)), (0, 0));
    }
}

#[test]
fn p4_unknown_code_is_held() {
    let mut clinic = Clinic::with_two_payers();
    let outcome = clinic.post(&remit("T1", &[good()]).plb("ZZ", "", "7"));
    assert_eq!((outcome.posted, outcome.provider_held), (1, 1));
    clinic.assert_held(&[("", "unknown-provider-code")]);
    assert_eq!(clinic.balance(Unapplied), 700);
}

#[test]
fn b5_a_payment_that_is_no_cents_holds_its_remittance() {
    let mut clinic = Clinic::with_two_payers();
    let text = remit("T1", &[good()]).file().replace("*300.00*", "*300.005*");
    let outcome = clinic.post_text(&text).remove(0);
    let Fate::Held(reasons) = outcome.fate else { panic!("{outcome:?}") };
    assert_eq!(reasons[0].cause.name(), "amount-unusable");
    assert_eq!(clinic.balance(Unapplied), 0);
    let huge = remit("T2", &[good()]).plb("CS", "", "-1000000000.01");
    let Fate::Held(reasons) = clinic.post(&huge).fate else { panic!() };
    assert_eq!(reasons[0].cause.name(), "amount-unusable");
}

#[test]
fn v3_reversals_that_do_not_fit_are_held_and_their_neighbours_post() {
    held(good().reversed(), "reversal-without-original");
    held_beside(answered(), "11111", clp("A", "1").line("500", "CO-45=124.99 PR-1=75").reversed(), "reversal-differs");
    held_beside(answered(), "11111", good().reversed().stating("500", "300"), "unbalanced unbalanced");
    let mut paid = answered();
    paid.post(&remit("T2", &[clp("A", "2").line("500", "OA-23=425 CO-45=10")]).from("22222"));
    held_beside(paid, "11111", good().reversed(), "later-payer-paid");
    let correction = clp("A", "1").number("N2").corrects("NA").line("500", "CO-45=100");
    held(correction, "correction-without-original");
}

#[test]
fn c2_c6_disagreements_and_duplicates_are_held_and_their_neighbours_post() {
    for (oa23, cause) in [("424.99", "earlier-payers-differ"), ("425.01", "earlier-payers-differ")] {
        let second = clp("A", "2").line("500", &format!("OA-23={oa23} CO-45=10"));
        held_beside(answered(), "22222", second, cause);
    }
    held_beside(Clinic::with_two_payers(), "22222", clp("A", "2").line("500", "PR-1=500"), "before-earlier-payer");
    held_beside(answered(), "11111", good(), "duplicate");
}

#[test]
fn c5_patients_that_may_not_be_billed_are_held_and_their_neighbours_post() {
    for remark in ["N781", "N782", "N783"] {
        held_beside(one_payer(), "11111", good().with(&format!("MOA***{remark}~")), "patient-barred");
        let of_line = clp("A", "1").any_line("HC:99213", "500", "CO-45=125 PR-1=75", &format!("LQ*HE*{remark}~"));
        held_beside(one_payer(), "11111", of_line, "patient-barred");
    }
    held_beside(one_payer(), "11111", clp("A", "1").line("500", "CO-45=125 OA-209=75"), "no-next-payer");
    // Another remark, or nothing of the patient's, bars nothing.
    for answer in [good().with("MOA***N780~"), clp("A", "1").line("500", "CO-45=200").with("MOA***N782~")] {
        let mut clinic = one_payer();
        clinic.post_claims("T1", &[answer]);
        clinic.assert_held(&[]);
    }
}

#[test]
fn held_result_that_makes_a_payer_credit() {
    for cut in ["500.01", "600"] {
        held(clp("A", "1").line("500", &format!("CO-45={cut}")), "payer-credit");
    }
    let second = clp("A", "2").line("500", "OA-23=425 CO-45=75.01");
    held_beside(answered(), "22222", second, "payer-credit");
    // A line may be paid less than nothing where the claim is not (M4).
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500", "100"], &["11111"]));
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=200").line("100", "CO-45=400")]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.claim("A").open.cents(), Some(0));
}

#[test]
fn held_patients_part_below_zero() {
    held_beside(one_payer(), "11111", clp("A", "1").line("500", "CO-45=300 PR-1=-0.01"), "no-rule");
    let mut clinic = one_payer();
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=300 PR-1=-5 PR-3=5")]);
    clinic.assert_held(&[]);
}

#[test]
fn b5_every_amount_with_a_fraction_of_a_cent_is_held_and_its_neighbours_post() {
    let lines = [
        "SVC*HC:99213*500*300.00**1~CAS*CO*45*124.995~CAS*PR*1*75.005~",
        "SVC*HC:99213*500*300.005**1~CAS*CO*45*199.995~SVC*HC:99213*0*-0.005**1~CAS*CO*45*0.005~",
        "SVC*HC:99213*499.995*300**1~CAS*CO*45*199.995~SVC*HC:99213*0.005*0**1~CAS*CO*45*0.005~",
        "SVC*HC:99213*500*300**1~CAS*CO*45*1000000000.01~CAS*CO*45*-999999800.01~",
    ];
    for line in lines {
        held(clp("A", "1").stating("500", "300").with(line), "amount-unusable");
    }
    held(good().with("AMT*I*0.005~"), "amount-unusable");
    // Two decimals, and more that are zero, are cents.
    for line in
        ["SVC*HC:99213*500*300.00**1~CAS*CO*45*200.000~", "SVC*HC:99213*500*300**1~CAS*CO*45*199.99~CAS*CO*45*.01~"]
    {
        let mut clinic = Clinic::with_two_payers();
        clinic.post_claims("T1", &[clp("A", "1").stating("500", "300").with(line)]);
        clinic.assert_held(&[]);
    }
}

#[test]
fn held_remittances_leave_the_next_one_of_their_file_alone() {
    let mut debit = remit("T1", &[good()]);
    debit.flag = 'D';
    let mut other = remit("T1", &[good()]);
    other.payee = "1999999984".into();
    let twin = remit("T0", &[clp("M", "1").line("100", "CO-45=20 PR-1=10")]);
    for (bad, cause) in [
        (debit, "debit"),
        (other, "payee-not-ours"),
        (remit("T1", &[good()]).off("0.01"), "remittance-unbalanced"),
        (remit("T1", &[good()]).off("-0.01"), "remittance-unbalanced"),
        (twin, "other-content"),
    ] {
        let mut clinic = Clinic::with_two_payers();
        clinic.book(&submission("N", &["100"], &["11111"]));
        clinic.book(&submission("M", &["100"], &["11111"]));
        clinic.post_claims("T0", &[clp("M", "1").line("100", "CO-45=30")]);
        let owed = clinic.claim("A").owed;
        let next = remit("T2", &[clp("N", "1").line("100", "CO-45=20")]);
        let outcomes = clinic.post_text(&file(&[bad, next]));
        let Fate::Held(reasons) = &outcomes[0].fate else { panic!("{outcomes:?}") };
        assert_eq!(reasons.iter().map(|r| r.cause.name()).collect::<Vec<_>>(), [cause]);
        assert_eq!((outcomes[1].fate.clone(), outcomes[1].posted), (Fate::Posted, 1), "{cause}");
        assert_eq!((clinic.owed("N", InsuranceReceivable, "11111"), clinic.claim("A").owed), (0, owed));
        assert_eq!(clinic.balance(Unapplied), 0, "no entries: {cause}");
        clinic.assert_held(&[("", cause)]);
    }
    // A test file as a whole posts nothing.
    let mut test = remit("T1", &[good()]);
    test.usage = 'T';
    let mut clinic = Clinic::with_two_payers();
    let outcomes = clinic.post_text(&file(&[test, remit("T2", &[clp("A", "1").line("500", "CO-45=30")])]));
    assert!(outcomes.iter().all(|o| matches!(&o.fate, Fate::Held(r) if r[0].cause.name() == "test-file")));
}

#[test]
fn m3_lines_that_are_none_or_several_of_ours_are_held_and_their_neighbours_post() {
    let more = clp("A", "1").line("500", "CO-45=100").any_line("HC:99213", "1", "CO-45=1", "");
    held(more, "charge-differs line-unmatched");
    let mut clinic = Clinic::new();
    let mut claim = submission("A", &["100", "100"], &["11111"]);
    claim.lines[1].procedure = claim.lines[0].procedure.clone();
    claim.lines[1].service = None;
    clinic.book(&claim);
    let line = "SVC*HC:99213*100*100**1~";
    held_beside(clinic, "11111", clp("A", "1").stating("200", "200").with(line).with(line), "line-ambiguous");
}

#[test]
fn held_remittance_posts_by_itself_when_its_payee_becomes_ours() {
    let two = |key: &str| submission(key, &["500"], &["11111", "22222"]);
    let unbalanced = clp("A", "1").line("500", "CO-45=125 PR-1=75").with("CAS*CO*45*5~");
    let remits = [
        remit("T1", &[clp("B", "1").line("500", "CO-45=100"), good()]).plb("FB", "T1", "-20").plb("ZZ", "", "3"),
        remit("T2", &[good().reversed(), clp("A", "1").number("N2").corrects("NA").line("500", "CO-45=100 PR-1=75")]),
        remit("T3", &[clp("A", "2").line("500", "OA-23=425 CO-45=10")]).from("22222").plb("FB", "T1", "5"),
        remit("T4", &[unbalanced]),
    ];
    let text = file(&remits);
    let mut first = Clinic::new();
    for key in ["A", "B"] {
        first.book(&two(key));
    }
    first.post_text(&text);

    let mut late = Clinic::new();
    let outcomes = late.post_text(&text);
    assert!(outcomes.iter().all(|o| matches!(&o.fate, Fate::Held(r) if r[0].cause.name() == "payee-not-ours")));
    assert_eq!((late.balances(), late.holds().len()), (Default::default(), 4));
    let fates: Vec<Fate> = late.post_text(&text).into_iter().map(|o| o.fate).collect();
    assert_eq!(fates, [Fate::AlreadyHeld, Fate::AlreadyHeld, Fate::AlreadyHeld, Fate::AlreadyHeld]);
    for key in ["A", "B"] {
        late.book(&two(key));
    }
    assert_eq!(late.balances(), first.balances());
    let causes = |clinic: &mut Clinic| {
        let mut causes = clinic.causes();
        causes.sort();
        causes
    };
    assert_eq!(causes(&mut late), causes(&mut first));
    let fates: Vec<Fate> = late.post_text(&text).into_iter().map(|o| o.fate).collect();
    assert_eq!(fates, [Fate::AlreadyPosted, Fate::AlreadyPosted, Fate::AlreadyPosted, Fate::AlreadyPosted]);
    // It is undone as any other.
    let run = late.run.clone();
    let ids: Vec<i64> =
        late.ledger.remittances().unwrap().iter().filter(|r| r.state == "posted").map(|r| r.id).collect();
    for id in ids.into_iter().rev() {
        late.ledger.undo(id, &run).unwrap();
        late.check();
    }
    late.assert_held(&[]);
    assert_eq!(late.balance(InsuranceReceivable), 100_000);
}

#[test]
fn held_remittance_that_was_undone_or_whose_payment_is_posted_does_not_post_by_itself() {
    let mut clinic = Clinic::new();
    let id = clinic.post(&remit("T1", &[good()])).id.unwrap();
    let run = clinic.run.clone();
    clinic.ledger.undo(id, &run).unwrap();
    clinic.book(&submission("A", &["500"], &["11111"]));
    assert_eq!(clinic.balance(EftExpected), 0);
    assert_eq!(clinic.post(&remit("T1", &[good()])).fate, Fate::Posted);
}
