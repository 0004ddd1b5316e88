//! What the office does and decides: refunds, money that is returned, balances too small to collect, rules.

mod posting_support;

use edi_835::ledger::Account::*;
use edi_835::ledger::{Error, Refund};
use edi_835::posting::{Resolution, Resolved};
use edi_core::Money;
use posting_support::*;
use pretty_assertions::assert_eq;

fn good() -> Clp {
    clp("A", "1").line("500", "CO-45=125 PR-1=75")
}

fn refund(clinic: &mut Clinic, reference: &str, amount: &str) -> Result<(), Error> {
    let run = clinic.run.clone();
    let amount: Money = amount.parse().unwrap();
    let refund = Refund { payer: "11111", payee: "1234567893", reference, amount };
    let done = clinic.ledger.refund(&refund, &run);
    clinic.check();
    done
}

fn left(clinic: &mut Clinic) -> Vec<(String, i64)> {
    let items = clinic.ledger.open_provider_items().unwrap();
    items.iter().map(|item| (item.reference.to_string(), item.left.cents().unwrap())).collect()
}

#[test]
fn p3_a_refund_that_we_sent_closes_with_the_payers_word_that_it_came() {
    // The payer takes its payment back and puts the recovery off; we send the money; it says that it came.
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    clinic.post(&remit("T2", &[good().reversed()]).plb("WO", "A", "-300"));
    assert_eq!(clinic.balance(Overpayment), -30_000);
    refund(&mut clinic, "CHECK 7", "300").unwrap();
    assert_eq!((clinic.balance(Overpayment), clinic.balance(Bank)), (0, -30_000));
    assert_eq!(left(&mut clinic), [("A".into(), 30_000), ("CHECK 7".into(), -30_000)]);
    clinic.post(&remit("T3", &[clp("A", "23")]).plb("WO", "A", "300").plb("72", "CHECK 7", "-300"));
    clinic.assert_held(&[]);
    assert_eq!(left(&mut clinic), []);
    assert_eq!((clinic.balance(Overpayment), clinic.balance(Clearing)), (0, 0));
}

#[test]
fn p3_an_authorized_return_takes_the_refund_that_it_names_first() {
    let mut clinic = Clinic::with_two_payers();
    refund(&mut clinic, "R1", "50").unwrap();
    refund(&mut clinic, "R2", "80").unwrap();
    clinic.post(&remit("T1", &[good()]).plb("72", "R2", "-100"));
    assert_eq!(left(&mut clinic), [("R1".into(), -3_000)]);
    // What the payer has more of than we sent is open, for the payer to take.
    clinic.post(&remit("T2", &[clp("A", "23")]).plb("72", "R1", "-35"));
    assert_eq!(left(&mut clinic), [("R1".into(), 500)]);
    let taken = clinic.post(&remit("T3", &[clp("A", "23")]).plb("CS", "X", "-5").plb("WO", "R1", "5"));
    assert_eq!(taken.provider_held, 0);
    assert_eq!(left(&mut clinic), [("X".into(), 500)]);
    assert_eq!(clinic.balance(Overpayment), 0);
}

#[test]
fn p3_undo_of_an_authorized_return_leaves_the_refund_open() {
    let mut clinic = Clinic::with_two_payers();
    refund(&mut clinic, "R1", "50").unwrap();
    let id = clinic.post(&remit("T1", &[good()]).plb("72", "R1", "-50")).id.unwrap();
    assert_eq!(left(&mut clinic), []);
    let run = clinic.run.clone();
    clinic.ledger.undo(id, &run).unwrap();
    assert_eq!(left(&mut clinic), [("R1".into(), -5_000)]);
}

#[test]
fn p3_a_refund_names_a_payer_a_payee_and_whole_cents() {
    let mut clinic = Clinic::with_two_payers();
    for bad in ["0", "-5", "0.005", "1000000000.01"] {
        assert!(matches!(refund(&mut clinic, "R", bad), Err(Error::Refused(_))), "{bad}");
    }
    let run = clinic.run.clone();
    let amount = Money::from_cents(500);
    for (payer, payee) in [("99999", "1234567893"), ("11111", "1999999984")] {
        let refund = Refund { payer, payee, reference: "R", amount };
        assert!(matches!(clinic.ledger.refund(&refund, &run), Err(Error::Refused(_))));
    }
    assert_eq!(clinic.balance(Bank), 0);
}

#[test]
fn held_money_of_a_rejected_hold_is_returned() {
    let mut clinic = Clinic::with_two_payers();
    let id = clinic.post(&remit("T1", &[good(), clp("Z", "1").line("50", "")]).plb("ZZ", "", "7")).id.unwrap();
    let (run, rules) = (clinic.run.clone(), clinic.rules.clone());
    assert!(matches!(clinic.ledger.return_held(1, "", &run), Err(Error::Refused(_))), "it is not rejected");
    for hold in [1, 2] {
        clinic.ledger.resolve(hold, &Resolution::Reject, &run, &rules).unwrap();
    }
    assert_eq!(clinic.balance(Unapplied), -5_000 + 700);
    assert_eq!(clinic.ledger.return_held(1, "check 12 to the payer", &run).unwrap(), Money::from_cents(5_000));
    assert_eq!(clinic.ledger.return_held(2, "", &run).unwrap(), Money::from_cents(-700));
    clinic.check();
    assert_eq!((clinic.balance(Unapplied), clinic.balance(Bank)), (0, -5_000 + 700));
    assert!(matches!(clinic.ledger.return_held(1, "", &run), Err(Error::Refused(_))), "it is returned already");
    assert_eq!(clinic.ledger.holds(true).unwrap()[0].state, "returned");
    assert!(matches!(clinic.ledger.undo(id, &run), Err(Error::Refused(_))), "the money is gone");
}

#[test]
fn held_provider_level_adjustments_are_accepted_by_a_person() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post(&remit("T1", &[good()]).plb("WO", "X", "50").plb("ZZ", "", "7"));
    clinic.assert_held(&[("", "no-open-item"), ("", "unknown-provider-code")]);
    let (run, rules) = (clinic.run.clone(), clinic.rules.clone());
    for hold in [1, 2] {
        assert_eq!(clinic.ledger.resolve(hold, &Resolution::Accept, &run, &rules).unwrap(), Resolved::Released(0));
        clinic.check();
    }
    assert_eq!(
        (clinic.balance(Overpayment), clinic.balance(ProviderLevel), clinic.balance(Unapplied)),
        (5_000, 700, 0)
    );
    assert_eq!(left(&mut clinic), [("X".into(), -5_000), ("".into(), -700)]);
    // The deferral that comes late meets what was accepted.
    clinic.post(&remit("T2", &[clp("A", "23")]).plb("WO", "X", "-50"));
    assert_eq!(left(&mut clinic), [("".into(), -700)]);
}

#[test]
fn small_balances_are_given_up_where_the_office_says_so() {
    let post = |rules: &str, payers: &[&str], claims: &[Clp]| {
        let mut clinic = Clinic::with_rules(rules);
        clinic.book(&submission("A", &["500", "100"], payers));
        for (n, claim) in claims.iter().enumerate() {
            let payer = if n == 0 { "11111" } else { "22222" };
            clinic.post(&remit(&format!("T{n}"), std::slice::from_ref(claim)).from(payer));
        }
        clinic.assert_held(&[]);
        let claim = clinic.claim("A");
        assert_eq!(claim.charge, claim.paid + claim.adjusted + claim.open);
        (clinic.balance(SmallBalance), clinic.balance(PatientReceivable))
    };
    let answer = |one: &str, two: &str| {
        clp("A", "1").line("500", &format!("CO-45=100 PR-1={one}")).line("100", &format!("PR-2={two}"))
    };
    let limit = "small_balance = '4.99'";
    assert_eq!(post("", &["11111"], &[answer("2", "2.99")]), (0, 499), "nothing is given up unless the office says so");
    assert_eq!(post(limit, &["11111"], &[answer("2", "2.99")]), (499, 0));
    assert_eq!(post(limit, &["11111"], &[answer("2", "3")]), (0, 500), "the claim counts, not its lines");
    // While a payer has still to answer, or something is denied, nothing is given up.
    assert_eq!(post(limit, &["11111", "22222"], &[answer("2", "2.99")]), (0, 0));
    let denied = clp("A", "1").line("500", "CO-45=100 PR-1=2").line("100", "CO-97=100");
    assert_eq!(post(limit, &["11111"], &[denied]), (0, 200));
    let second = clp("A", "2").line("500", "OA-23=498 PR-1=1").line("100", "OA-23=97.01 PR-1=2.99");
    assert_eq!(post(limit, &["11111", "22222"], &[answer("2", "2.99"), second]), (399, 0));
}

#[test]
fn small_balances_come_back_with_their_answer() {
    let mut clinic = Clinic::with_rules("small_balance = '5'");
    clinic.book(&submission("A", &["500"], &["11111"]));
    let booked = clinic.balances();
    let answer = clp("A", "1").line("500", "CO-45=100 PR-1=5");
    clinic.post_claims("T1", std::slice::from_ref(&answer));
    assert_eq!(clinic.balance(SmallBalance), 500);
    let rule = clinic.claim("A").entries.iter().find(|e| e.account == SmallBalance).map(|e| e.rule.to_string());
    assert_eq!(rule.as_deref(), Some("RULES"));
    clinic.post_claims("T2", &[answer.reversed()]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.balances(), booked);
}

#[test]
fn rules_the_most_specific_wins_and_what_none_names_is_held() {
    // OA-44 is named by no table: held until a rule names it; a rule that names more wins over one that names less.
    let post = |rules: &str| {
        let mut clinic = Clinic::with_rules(rules);
        clinic.book(&submission("A", &["500"], &["11111"]));
        clinic.book(&submission("N", &["100"], &["11111"]));
        let answer = clp("A", "1").line("500", "OA-44=100").with("MOA***N130~");
        clinic.post_claims("T1", &[answer, clp("N", "1").line("100", "CO-45=20")]);
        assert_eq!(clinic.owed("N", InsuranceReceivable, "11111"), 0);
        let cause = clinic.causes().first().map(|(_, cause)| cause.clone()).unwrap_or_default();
        (cause, clinic.balance(DeniedReceivable), clinic.balance(DenialWriteOff))
    };
    let rule = |conditions: &str, action: &str| format!("[[rule]]\n{conditions}\naction = '{action}'\n");
    let wide = rule("group = 'OA'", "post");
    assert_eq!(post(""), ("no-rule".into(), 0, 0));
    assert_eq!(post(&wide), (String::new(), 10_000, 0));
    let narrow = [
        "group = 'OA'\nreason = '44'",
        "group = 'OA'\npayer = '11111'",
        "group = 'OA'\nremark = 'N130'",
        "group = 'OA'\nstatus = '1'",
        "group = 'OA'\nat_least = '100'",
        "group = 'OA'\nat_most = '100'",
    ];
    for conditions in narrow {
        let write_off = rule(conditions, "write_off");
        assert_eq!(post(&format!("{wide}{write_off}")), (String::new(), 0, 10_000), "{conditions}");
        assert_eq!(post(&format!("{write_off}{wide}")), (String::new(), 0, 10_000), "{conditions}");
    }
    let others = [
        "group = 'OA'\nreason = '45'",
        "group = 'OA'\npayer = '22222'",
        "group = 'OA'\nremark = 'N131'",
        "group = 'OA'\nstatus = '2'",
        "group = 'OA'\nat_least = '100.01'",
        "group = 'OA'\nat_most = '99.99'",
    ];
    for conditions in others {
        assert_eq!(
            post(&format!("{wide}{}", rule(conditions, "write_off"))),
            (String::new(), 10_000, 0),
            "{conditions}"
        );
    }
    // Of equals, the more careful one.
    let held = format!("{wide}{}", rule("group = 'OA'", "hold"));
    assert_eq!(post(&held), ("office-rule".into(), 0, 0));
}

#[test]
fn rules_by_high_dollar_and_all_reversals_with_neighbours() {
    let rules = "[[rule]]\nat_least = '300'\naction = 'hold'\nwhy = 'high dollar'\n[[rule]]\nstatus = '22'\naction = 'hold'\nwhy = 'all reversals'";
    for (cut, held) in [("CO-45=200", true), ("CO-45=200.01", false)] {
        let mut clinic = Clinic::with_rules(rules);
        clinic.book(&submission("A", &["500"], &["11111"]));
        clinic.book(&submission("N", &["100"], &["11111"]));
        let outcome =
            clinic.post_claims("T1", &[clp("A", "1").line("500", cut), clp("N", "1").line("100", "CO-45=20")]);
        assert_eq!((outcome.posted, outcome.held), if held { (1, 1) } else { (2, 0) });
        if !held {
            let outcome = clinic.post_claims("T2", &[clp("A", "1").line("500", cut).reversed()]);
            assert_eq!((outcome.held, clinic.holds()[0].reasons[0].words.as_str()), (1, "all reversals"));
        }
    }
}

#[test]
fn b4_clp05_beside_the_patients_part_is_a_warning() {
    for (stated, warned) in [("75", 0), ("74.99", 1), ("", 1), ("0", 1)] {
        let mut clinic = Clinic::with_two_payers();
        let warnings = clinic.warnings(&remit("T1", &[good().clp05(stated)]));
        assert_eq!(warnings.iter().filter(|rule| *rule == "B4").count(), warned, "{stated}");
        clinic.assert_held(&[]);
        // A reversal states none (V1): none is no warning, and one is.
        let back = good().reversed();
        let stated = if warned == 0 { back } else { back.clp05("-75") };
        let warnings = clinic.warnings(&remit("T2", &[stated]));
        assert_eq!(warnings, if warned == 0 { vec![] } else { vec!["V1".to_owned()] });
        clinic.assert_held(&[]);
    }
}

#[test]
fn rules_transfer_and_task() {
    let post = |rule: &str, cut: &str, payers: &[&str]| {
        let mut clinic = Clinic::with_rules(&format!("[[rule]]\n{rule}"));
        clinic.book(&submission("A", &["500"], payers));
        clinic.post_claims("T1", &[clp("A", "1").line("500", &format!("CO-45=100 {cut}=50"))]);
        clinic
    };
    let transfer = "reason = '18'\naction = 'transfer'";
    let mut next = post(transfer, "OA-18", &["11111", "22222"]);
    assert_eq!((next.owed("A", InsuranceReceivable, "22222"), next.balance(DeniedReceivable)), (5_000, 0));
    post(transfer, "OA-18", &["11111"]).assert_held(&[("A", "no-next-payer")]);
    // CO is never moved on to anybody.
    let mut contractual = post(transfer, "CO-18", &["11111", "22222"]);
    contractual.assert_held(&[]);
    assert_eq!(
        (contractual.balance(DeniedReceivable), contractual.owed("A", InsuranceReceivable, "22222")),
        (5_000, 0)
    );
    let mut patient = post("group = 'PR'\naction = 'transfer'", "PR-96", &["11111"]);
    assert_eq!(patient.owed("A", PatientReceivable, ""), 5_000);
    let mut task = post("group = 'PR'\nreason = '3'\naction = 'task'", "PR-3", &["11111"]);
    let work = task.ledger.work(false).unwrap();
    assert_eq!((work.len(), work[0].kind.as_str(), work[0].amount.cents()), (1, "task", Some(5_000)));
    assert_eq!(post("group = 'PR'\naction = 'post'", "PR-3", &["11111"]).ledger.work(false).unwrap(), []);
}

#[test]
fn rules_contract_tolerance_on_both_sides_of_its_boundary() {
    let fees = "payer_id,procedure,modifiers,from,to,allowed\n11111,99213,,,,400\n";
    for (contractual, under, over) in
        [("110", false, false), ("110.01", true, false), ("90", false, false), ("89.99", false, true)]
    {
        for action in ["hold", "task"] {
            let rules = format!("[contract]\ntolerance = '10'\nunder = '{action}'\nover = '{action}'");
            let mut clinic = Clinic::with_rules(&rules);
            clinic.rules.fees = edi_835::posting::FeeSchedule::read(fees.as_bytes()).unwrap();
            clinic.book(&submission("A", &["500"], &["11111"]));
            clinic.book(&submission("N", &["400"], &["11111"]));
            let answer = clp("A", "1").line("500", &format!("CO-45={contractual}"));
            clinic.post_claims("T1", &[answer, clp("N", "1").line("400", "")]);
            assert_eq!(clinic.owed("N", InsuranceReceivable, "11111"), 0);
            let (held, tasks) = (clinic.holds().len(), clinic.ledger.work(false).unwrap().len());
            let odd = usize::from(under || over);
            assert_eq!((held, tasks), if action == "hold" { (odd, 0) } else { (0, odd) }, "{contractual}");
        }
    }
}

#[test]
fn holds_are_planned_again_when_rules_change_something_is_written_off_or_undone() {
    let planned = |clinic: &mut Clinic| {
        let (run, rules) = (clinic.run.clone(), clinic.rules.clone());
        let released = clinic.ledger.plan_again(&run, &rules).unwrap();
        clinic.check();
        released
    };
    let rules = |text: &str| edi_835::posting::Rules::parse(text).unwrap();
    // Rules: a payee of ours, a payer's identifier, a code.
    let mut clinic = Clinic::with_two_payers();
    let mut other = remit("T1", &[clp("A", "1").line("500", "CO-45=75 OA-44=50 PR-1=75")]).from("77777");
    other.payee = "1999999984".into();
    clinic.post(&other);
    assert_eq!((planned(&mut clinic), clinic.balances().len()), (0, 2));
    clinic.rules = rules("payees = ['1999999984']");
    assert_eq!(planned(&mut clinic), 1);
    clinic.assert_held(&[("A", "payer-not-mapped")]);
    clinic.rules = rules("[[payer]]\nid = '11111'\nalso = ['77777']");
    assert_eq!(planned(&mut clinic), 0);
    clinic.assert_held(&[("A", "no-rule")]);
    clinic.rules =
        rules("[[rule]]\ngroup = 'OA'\nreason = '44'\naction = 'post'\n[[payer]]\nid = '11111'\nalso = ['77777']");
    assert_eq!(planned(&mut clinic), 1);
    clinic.assert_held(&[]);
    // The next payer counts a denial as given up, and a person gives it up.
    let run = clinic.run.clone();
    clinic.post(&remit("T2", &[clp("A", "2").line("500", "OA-23=425 PR-1=75")]).from("22222"));
    clinic.assert_held(&[("A", "earlier-payers-differ")]);
    clinic.ledger.write_off(1, "", &run).unwrap();
    assert_eq!(planned(&mut clinic), 1);
    assert_eq!(clinic.owed("A", PatientReceivable, ""), 7_500);
    // A copy takes the place of what was undone; a reversal and its correction stay together.
    let mut clinic = Clinic::with_two_payers();
    let first = clinic.post_claims("T1", &[good()]).id.unwrap();
    clinic.post_claims("T2", &[good()]);
    let bad = clp("A", "1").number("N2").corrects("NA").line("500", "CO-9999=100");
    clinic.post_claims("T3", &[good().reversed(), bad]);
    clinic.ledger.undo(first, &run).unwrap();
    assert_eq!(planned(&mut clinic), 1);
    clinic.assert_held(&[("A", "pair-held"), ("A", "unknown-reason")]);
    assert_eq!(clinic.claim("A").paid.cents(), Some(30_000));
}
