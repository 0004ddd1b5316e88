//! What a sloppy or hostile payer may send: each is judged by hand against the rule book.

mod posting_support;

use edi_835::ledger::Account::*;
use edi_835::posting::{Fate, Resolution, Resolved};
use posting_support::*;
use pretty_assertions::assert_eq;

fn good() -> Clp {
    clp("A", "1").line("500", "CO-45=125 PR-1=75")
}

fn corrected(number: &str, contractual: &str) -> Clp {
    clp("A", "1").number(number).corrects("NA").line("500", &format!("CO-45={contractual} PR-1=75"))
}

#[test]
fn v3_a_reversal_twice_posts_once() {
    let mut apart = Clinic::with_two_payers();
    apart.post_claims("T1", &[good()]);
    apart.post_claims("T2", &[good().reversed()]);
    apart.post_claims("T3", &[good().reversed()]);
    apart.assert_held(&[("A", "reversal-without-original")]);
    assert_eq!(apart.owed("A", InsuranceReceivable, "11111"), 50_000);
    assert_eq!(apart.balance(Unapplied), 30_000);
    // The same two in one 835 go together: neither posts.
    let mut together = Clinic::with_two_payers();
    together.post_claims("T1", &[good()]);
    together.post_claims("T2", &[good().reversed(), good().reversed()]);
    together.assert_held(&[("A", "pair-held"), ("A", "reversal-without-original")]);
    assert_eq!(together.owed("A", InsuranceReceivable, "22222"), 7_500);
}

#[test]
fn v3_a_correction_without_its_reversal_is_a_duplicate_until_the_reversal_comes() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    clinic.post_claims("T2", &[corrected("N2", "100")]);
    clinic.assert_held(&[("A", "duplicate")]);
    assert_eq!(clinic.post_claims("T3", &[good().reversed()]).released, 1);
    clinic.assert_held(&[]);
    let claim = clinic.claim("A");
    assert_eq!(
        (claim.paid.cents(), claim.adjusted.cents(), claim.open.cents()),
        (Some(32_500), Some(10_000), Some(7_500))
    );
}

#[test]
fn v3_two_corrections_of_one_reversal_are_held_with_it() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    let before = clinic.claim("A").owed;
    clinic.post_claims("T2", &[good().reversed(), corrected("N2", "100"), corrected("N3", "90")]);
    clinic.assert_held(&[("A", "pair-held"), ("A", "pair-held"), ("A", "duplicate")]);
    assert_eq!(clinic.claim("A").owed, before);
    // A correction may itself be taken back and corrected.
    let mut chain = Clinic::with_two_payers();
    chain.post_claims("T1", &[good()]);
    chain.post_claims("T2", &[good().reversed(), corrected("N2", "100")]);
    let last = clp("A", "1").number("N3").corrects("N2").line("500", "CO-45=90 PR-1=75");
    chain.post_claims("T3", &[corrected("N2", "100").reversed(), last]);
    chain.assert_held(&[]);
    assert_eq!(chain.claim("A").paid.cents(), Some(33_500));
}

#[test]
fn c6_the_same_claim_twice_in_one_835_posts_once() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good(), good()]);
    clinic.assert_held(&[("A", "duplicate")]);
    assert_eq!((clinic.claim("A").paid.cents(), clinic.balance(Unapplied)), (Some(30_000), -30_000));
    // So does a denial that comes twice.
    let denied = clp("A", "4").line("500", "CO-197=500");
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[denied.clone(), denied]);
    assert_eq!(clinic.owed("A", DeniedReceivable, "11111"), 50_000);
    assert_eq!(clinic.ledger.work(false).unwrap().len(), 1);
}

#[test]
fn v3_a_reversal_of_a_held_answer_waits_with_it() {
    let mut clinic = Clinic::with_two_payers();
    let unknown = clp("A", "1").line("500", "CO-9999=125");
    clinic.post_claims("T1", std::slice::from_ref(&unknown));
    clinic.post_claims("T2", &[unknown.reversed()]);
    clinic.assert_held(&[("A", "unknown-reason"), ("A", "reversal-without-original")]);
    assert_eq!((clinic.balance(Unapplied), clinic.balance(Clearing)), (0, 0));
    let (run, rules) = (clinic.run.clone(), clinic.rules.clone());
    assert_eq!(clinic.ledger.resolve(1, &Resolution::Accept, &run, &rules).unwrap(), Resolved::Released(1));
    clinic.check();
    clinic.assert_held(&[]);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "11111"), 50_000);
}

#[test]
fn v2_a_reversal_of_each_payer_in_any_order_of_files() {
    let second = clp("A", "2").number("S").line("500", "OA-23=425 CO-45=10");
    let mut clinic = Clinic::with_two_payers();
    let booked = clinic.balances();
    clinic.post(&remit("T4", &[second.reversed()]).from("22222"));
    clinic.post_claims("T3", &[good().reversed()]);
    clinic.post(&remit("T2", &[second]).from("22222"));
    clinic.assert_held(&[
        ("A", "reversal-without-original"),
        ("A", "reversal-without-original"),
        ("A", "before-earlier-payer earlier-payers-differ"),
    ]);
    // The first answer lets the second in before it is taken back, and all four post.
    assert_eq!(clinic.post_claims("T1", &[good()]).released, 3);
    clinic.assert_held(&[]);
    assert_eq!(clinic.balances(), booked);
    assert_eq!(clinic.claim("A").answers.len(), 4);
}

#[test]
fn p3_a_recovery_may_come_in_parts_and_never_takes_more_than_is_open() {
    for code in ["WO", "FB"] {
        let mut clinic = Clinic::with_two_payers();
        for key in ["B", "C", "D"] {
            clinic.book(&submission(key, &["100"], &["11111"]));
        }
        let beside = |trace: &str, key: &str| remit(trace, &[clp(key, "1").line("100", "")]);
        clinic.post(&remit("T1", &[good()]).plb(code, "T1", "-100"));
        clinic.post(&beside("T2", "B").plb(code, "T1", "60"));
        clinic.assert_held(&[]);
        assert_eq!(clinic.ledger.open_provider_items().unwrap()[0].left.cents(), Some(4_000));
        let outcome = clinic.post(&beside("T3", "C").plb(code, "T1", "40.01"));
        assert_eq!((outcome.posted, outcome.provider_held), (1, 1), "its neighbour posts");
        clinic.assert_held(&[("", "no-open-item")]);
        clinic.post(&beside("T4", "D").plb(code, "T1", "40"));
        clinic.assert_held(&[("", "no-open-item")]);
        assert_eq!(clinic.ledger.open_provider_items().unwrap(), []);
        assert_eq!((clinic.balance(Unapplied), clinic.balance(Clearing)), (4_001, 0));
    }
}

#[test]
fn p2_a_debt_carried_over_three_remittances_in_any_order() {
    let claim = |key: &str| clp(key, "1").line("100", "");
    let chain = [
        remit("T1", &[claim("B")]).plb("FB", "T1", "-200"),
        remit("T2", &[claim("C")]).plb("FB", "T2", "-350").plb("FB", "T1", "200"),
        remit("T3", &[claim("D")]).plb("FB", "T3", "-10").plb("FB", "T2", "350"),
        remit("T4", &[claim("E")]).plb("FB", "T3", "10"),
    ];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 0, 1, 3], [0, 3, 2, 1]] {
        let mut clinic = Clinic::with_two_payers();
        for key in ["B", "C", "D", "E"] {
            clinic.book(&submission(key, &["100"], &["11111"]));
        }
        let mut seen = Vec::new();
        for n in order {
            assert_eq!(clinic.post(&chain[n]).fate, Fate::Posted);
            seen.push(n);
            // What is taken waits for what it names, whatever else is open.
            let waits = (1..4).filter(|n| seen.contains(n) && !seen.contains(&(n - 1))).count();
            assert_eq!(clinic.holds().len(), waits, "{seen:?}: {:#?}", clinic.holds());
            assert_eq!(clinic.balance(Clearing), 0);
        }
        assert_eq!((clinic.balance(ForwardBalance), clinic.balance(Unapplied)), (0, 0));
        assert_eq!(clinic.ledger.open_provider_items().unwrap(), []);
    }
}

#[test]
fn p3_a_recovery_names_its_claim_by_any_of_its_numbers() {
    for (opened, taken) in [("A", "A"), ("A", "ICN1"), ("ICN1", "A"), ("ICN1", "ICN1"), ("A", "T1")] {
        let mut clinic = Clinic::with_two_payers();
        clinic.book(&submission("B", &["100"], &["11111"]));
        // Another claim's overpayment, of the same amount, is older.
        clinic.post(&remit("T0", &[clp("B", "1").number("ICN2").line("100", "")]).plb("WO", "ICN2", "-50"));
        clinic.post(&remit("T1", &[good().number("ICN1")]).plb("WO", opened, "-50"));
        clinic.post(&remit("T2", &[clp("A", "23")]).plb("WO", taken, "50"));
        clinic.assert_held(&[]);
        let left = clinic.ledger.open_provider_items().unwrap();
        assert_eq!((left.len(), left[0].reference.as_str()), (1, "ICN2"), "{opened} {taken}");
        // They are one account for each payer and payee: what names nothing takes the rest, and no more than that.
        clinic
            .post(&remit("T3", &[clp("A", "23")]).plb("WO", "", "50").plb("CS", "X", "-50.01").plb("WO", "?", "0.01"));
        clinic.assert_held(&[("", "no-open-item")]);
    }
}

#[test]
fn c6_a_copy_posts_once_its_original_is_taken_back_and_not_beside_a_correction() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    clinic.post_claims("T2", &[good()]);
    clinic.assert_held(&[("A", "duplicate")]);
    clinic.post_claims("T3", &[good().reversed(), corrected("N2", "100")]);
    clinic.assert_held(&[("A", "duplicate")]);
    assert_eq!(clinic.claim("A").paid.cents(), Some(32_500));
    assert_eq!(clinic.post_claims("T4", &[corrected("N2", "100").reversed()]).released, 1);
    clinic.assert_held(&[]);
    assert_eq!(clinic.claim("A").paid.cents(), Some(30_000));
}

#[test]
fn b2_claim_level_adjustments_where_nothing_is_on_the_lines() {
    // Every line is zero, and the claim is denied as a whole: spread by SVC02.
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["300", "200"], &["11111"]));
    clinic.post_claims(
        "T1",
        &[clp("A", "4").line("300", "CO-45=300").line("200", "CO-45=200").cas("CO-29=500 CO-45=-500")],
    );
    clinic.assert_held(&[]);
    let owed: Vec<i64> = clinic.claim("A").owed.iter().map(|o| o.amount.cents().unwrap()).collect();
    assert_eq!(owed, [30_000, 20_000]);
    assert_eq!(clinic.balance(ContractualAllowance), 0);
    // Lines of no charge at all cannot carry a claim's adjustment.
    let lines = "SVC*HC:99213*0*0**1~REF*6R*AL1~";
    let mut empty = Clinic::with_two_payers();
    empty.post_claims("T1", &[clp("A", "4").stating("500", "0").with("CAS*CO*29*500~").with(lines)]);
    assert!(empty.causes()[0].1.starts_with("unbalanced"), "{:?}", empty.causes());
}

#[test]
fn v3_a_22_with_its_signs_not_turned_is_held() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    clinic.post_claims("T2", &[clp("A", "22").line("500", "CO-45=125 PR-1=75")]);
    clinic.assert_held(&[("A", "reversal-differs")]);
    assert_eq!(clinic.balance(Unapplied), -30_000);
}

#[test]
fn p1_interest_that_is_missing_on_either_side_is_a_warning() {
    let mut stated = Clinic::with_two_payers();
    let outcome = stated.post(&remit("T1", &[good().with("AMT*I*4.20~")]));
    assert_eq!((outcome.posted, outcome.warnings.len(), stated.balance(Interest)), (1, 1, 0));
    let mut paid = Clinic::with_two_payers();
    let outcome = paid.post(&remit("T1", &[good()]).plb("L6", "", "-4.20"));
    assert_eq!((outcome.posted, outcome.warnings.len(), paid.balance(Interest)), (1, 1, -420));
    paid.assert_held(&[]);
}

#[test]
fn b3_a_plb_of_zero_is_told_and_posts_nothing() {
    let mut clinic = Clinic::with_two_payers();
    let outcome = clinic.post(&remit("T1", &[good()]).plb("WO", "X", "0"));
    assert_eq!((outcome.fate, outcome.provider_posted, outcome.provider_held), (Fate::Posted, 0, 0));
    assert_eq!(outcome.warnings.len(), 1);
}

#[test]
fn held_two_payments_of_one_trace_in_one_file() {
    let mut clinic = Clinic::with_two_payers();
    clinic.book(&submission("B", &["500"], &["11111"]));
    let other = clp("B", "1").line("500", "CO-45=125 PR-1=75");
    let outcomes = clinic.post_text(&file(&[remit("T1", &[good()]), remit("T1", &[good()]), remit("T1", &[other])]));
    let fates: Vec<&Fate> = outcomes.iter().map(|o| &o.fate).collect();
    assert!(matches!(fates[..], [Fate::Posted, Fate::AlreadyPosted, Fate::Held(_)]), "{fates:?}");
    clinic.assert_held(&[("", "other-content")]);
    assert_eq!(clinic.balance(EftExpected), 30_000);
}

#[test]
fn v3_a_pair_that_came_before_its_original_posts_when_it_comes() {
    for contractual in ["100", "125.01", "50"] {
        let mut clinic = Clinic::with_two_payers();
        clinic.post_claims("T2", &[corrected("N2", contractual), good().reversed()]);
        assert_eq!(clinic.holds().len(), 2);
        assert_eq!(clinic.post_claims("T1", &[good()]).released, 2, "{contractual}: {:#?}", clinic.holds());
        clinic.assert_held(&[]);
        assert_eq!(clinic.claim("A").paid.cents(), Some(42_500 - cents(contractual)));
    }
}

#[test]
fn m7_parts_that_were_held_together_post_together() {
    let mut clinic = Clinic::with_rules("[[rule]]\nstatus = '1'\naction = 'hold'");
    clinic.book(&submission("A", &["100", "60", "40"], &["11111"]));
    let part = |line: usize, charge: &str| {
        let control = format!("REF*6R*AL{line}~");
        let part = clp("A", "1").number(&format!("P{line}"));
        part.any_line(&format!("HC:{}", PROCEDURES[line - 1]), charge, "CO-45=10", &control)
    };
    clinic.post_claims("T1", &[part(1, "100"), part(2, "60"), part(3, "40")]);
    assert_eq!(clinic.holds().len(), 3);
    let run = clinic.run.clone();
    let rules = edi_835::posting::Rules::default();
    assert_eq!(clinic.ledger.plan_again(&run, &rules).unwrap(), 3, "{:#?}", clinic.holds());
    clinic.check();
    assert_eq!(clinic.claim("A").open.cents(), Some(0));
}

#[test]
fn v2_an_answer_and_its_own_reversal_in_one_835_are_left_to_a_person() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good(), good().reversed(), corrected("N2", "100")]);
    let holds = clinic.holds();
    assert_eq!((holds.len(), clinic.balance(Unapplied)), (3, -32_500));
    // The two that are nothing together are rejected, and the correction is the answer.
    let (run, rules) = (clinic.run.clone(), clinic.rules.clone());
    for hold in holds.iter().filter(|hold| hold.amount.abs().cents() == Some(30_000)) {
        assert_eq!(clinic.ledger.resolve(hold.id, &Resolution::Reject, &run, &rules).unwrap(), Resolved::Rejected);
    }
    let left = clinic.holds()[0].id;
    assert_eq!(clinic.ledger.resolve(left, &Resolution::Accept, &run, &rules).unwrap(), Resolved::Released(0));
    clinic.check();
    assert_eq!((clinic.claim("A").paid.cents(), clinic.balance(Unapplied)), (Some(32_500), 0));
    // Where the answer was posted before, another one beside its reversal is the answer again.
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    clinic.post_claims("T2", &[good(), good().reversed()]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.claim("A").paid.cents(), Some(30_000));
}
