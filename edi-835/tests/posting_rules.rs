//! Each rule of the rule book, by its id, with both sides of its boundary.

mod posting_support;

use edi_835::ledger::Account::*;
use edi_835::posting::{Booked, Fate};
use edi_core::Money;
use posting_support::*;
use pretty_assertions::assert_eq;

#[test]
fn pay_a_clean_payment_closes_the_claim() {
    let mut clinic = Clinic::with_two_payers();
    assert_eq!(clinic.balance(InsuranceReceivable), 50_000);
    assert_eq!(clinic.balance(Revenue), -50_000);
    let outcome = clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=125 PR-1=75")]);
    assert_eq!((outcome.claims, outcome.posted, outcome.held), (1, 1, 0));
    assert_eq!(clinic.owed("A", InsuranceReceivable, "11111"), 0);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "22222"), 7_500);
    assert_eq!(clinic.balance(ContractualAllowance), 12_500);
    assert_eq!(clinic.balance(EftExpected), 30_000);
    assert_eq!(clinic.balance(Clearing), 0);
    let claim = clinic.claim("A");
    assert_eq!(claim.charge, claim.paid + claim.adjusted + claim.open);
    assert_eq!(claim.paid, Money::from_cents(30_000));
}

#[test]
fn c3_vector_secondary_oa23() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=125 PR-1=75")]);
    let secondary = remit("T2", &[clp("A", "2").line("500", "OA-23=425 CO-45=10")]).from("22222");
    assert_eq!(secondary.paid(), 6_500);
    clinic.post(&secondary);
    clinic.assert_held(&[]);
    let claim = clinic.claim("A");
    assert_eq!(
        (claim.open, claim.paid, claim.adjusted),
        (Money::ZERO, Money::from_cents(36_500), Money::from_cents(13_500))
    );
    assert_eq!(claim.owed, []);
}

#[test]
fn c3_vector_bad_form_is_held_with_a_proposal() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=125 PR-1=75")]);
    clinic.post(&remit("T2", &[clp("A", "2").line("500", "CO-45=435")]).from("22222"));
    clinic.assert_held(&[("A", "earlier-payers-differ")]);
    assert_eq!(clinic.holds()[0].reasons[0].proposal, "OA-23 425.00, CO-45 10.00");
    assert_eq!(clinic.balance(Unapplied), -6_500);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "22222"), 7_500);
}

#[test]
fn p5_check_of_two_files() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["600"], &["11111"]));
    clinic.book(&submission("B", &["800"], &["11111"]));
    clinic.book(&submission("C", &["500"], &["11111"]));
    clinic.post_claims("T0", &[clp("B", "1").line("800", "")]);
    let first =
        remit("T1", &[clp("A", "1").line("600", ""), clp("B", "1").line("800", "").reversed()]).plb("FB", "T1", "-200");
    assert_eq!(first.paid(), 0);
    assert_eq!(clinic.post(&first).fate, Fate::Posted);
    assert_eq!(clinic.balance(Clearing), 0);
    assert_eq!(clinic.balance(ForwardBalance), -20_000);
    let second = remit("T2", &[clp("C", "1").line("500", "")]).plb("FB", "T1", "200");
    assert_eq!(second.paid(), 30_000);
    assert_eq!(clinic.post(&second).fate, Fate::Posted);
    assert_eq!(clinic.balance(Clearing), 0);
    assert_eq!(clinic.balance(ForwardBalance), 0);
    clinic.assert_held(&[]);
    assert_eq!(clinic.ledger.open_provider_items().unwrap(), []);
}

#[test]
fn c7_a_claim_is_charged_once() {
    let mut clinic = Clinic::new();
    let claim = submission("A", &["500"], &["11111"]);
    assert_eq!(clinic.book(&claim), Booked::New(Money::from_cents(50_000)));
    assert_eq!(clinic.book(&claim), Booked::Again);
    assert_eq!(clinic.balance(Revenue), -50_000);
}

fn good() -> Clp {
    clp("A", "1").line("500", "CO-45=125 PR-1=75")
}

/// Work that is open: kind, reason, amount, whether the line is denied.
fn work(clinic: &mut Clinic) -> Vec<(String, String, i64, bool)> {
    let all = clinic.ledger.work(false).unwrap();
    all.iter().map(|w| (w.kind.to_string(), w.reason.to_string(), w.amount.cents().unwrap(), w.line_denied)).collect()
}

#[test]
fn claim_level_adjustments_are_spread_by_payment_to_the_cent() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["300", "200", "100"], &["11111"]));
    let answer =
        clp("A", "1").line("300", "CO-45=100").line("200", "CO-45=100").line("100", "CO-29=100").cas("CO-253=1");
    clinic.post_claims("T1", &[answer]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.balance(Sequestration), 100);
    let claim = clinic.claim("A");
    let paid: Vec<(String, i64)> = claim
        .entries
        .iter()
        .filter(|e| e.account == Clearing)
        .map(|e| (e.line.to_string(), e.amount.cents().unwrap()))
        .collect();
    assert_eq!(paid, [("AL1".to_owned(), 20_000 - 67), ("AL2".to_owned(), 10_000 - 33)]);
    assert_eq!(clinic.owed("A", DeniedReceivable, "11111"), 10_000);
}

#[test]
fn claim_without_lines_is_spread_over_ours() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["300", "200"], &["11111"]));
    clinic.post_claims("T1", &[clp("A", "1").stating("500", "500").cas("CO-45=100 PR-1=50")]);
    clinic.assert_held(&[]);
    let claim = clinic.claim("A");
    assert_eq!(claim.paid.cents(), Some(35_000));
    let owed: Vec<i64> = claim.owed.iter().map(|o| o.amount.cents().unwrap()).collect();
    assert_eq!(owed, [3_000, 2_000]);
}

#[test]
fn s2_denial_is_work_also_on_a_paid_line() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["300", "200"], &["11111"]));
    clinic.post_claims("T1", &[clp("A", "1").line("300", "CO-45=100 CO-97=50").line("200", "CO-197=200")]);
    clinic.assert_held(&[]);
    let found = work(&mut clinic);
    assert_eq!(found, [("denial".into(), "97".into(), 5_000, false), ("denial".into(), "197".into(), 20_000, true)]);
    assert_eq!(clinic.owed("A", DeniedReceivable, "11111"), 25_000);
    let item = &clinic.ledger.work(false).unwrap()[1];
    assert_eq!((item.title.as_str(), item.action.as_str()), ("Authorization or notification missing", "appeal"));
    assert_eq!(item.due, Some(day("2026-03-21")), "60 days from the payment");
}

#[test]
fn s2_a_line_is_denied_by_its_share_of_claim_level_adjustments_too() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["100"], &["11111"]));
    clinic.post_claims("T1", &[clp("A", "4").line("100", "").cas("CO-29=100")]);
    assert_eq!(work(&mut clinic), [("denial".into(), "29".into(), 10_000, true)]);
}

#[test]
fn s2_unusual_patient_parts_open_a_task_and_are_never_denied_receivable() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500"], &["11111"]));
    clinic.post_claims("T1", &[clp("A", "1").line("500", "PR-96=500")]);
    assert_eq!(clinic.owed("A", PatientReceivable, ""), 50_000);
    assert_eq!(clinic.balance(DeniedReceivable), 0);
    assert_eq!(work(&mut clinic), [("task".into(), "96".into(), 50_000, false)]);
    let mut usual = Clinic::new();
    usual.book(&submission("A", &["500"], &["11111"]));
    usual.post_claims("T1", &[clp("A", "1").line("500", "PR-1=100 PR-2=100 PR-3=100")]);
    assert_eq!(work(&mut usual), []);
}

#[test]
fn s2_co24_is_contractual_only_for_capitated_payers() {
    for (rules, allowance, denied) in [("", 0, 50_000), ("[[payer]]\nid = '11111'\ncapitated = true", 50_000, 0)] {
        let mut clinic = Clinic::with_rules(rules);
        clinic.book(&submission("A", &["500"], &["11111"]));
        clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-24=500")]);
        clinic.assert_held(&[]);
        assert_eq!((clinic.balance(ContractualAllowance), clinic.balance(DeniedReceivable)), (allowance, denied));
    }
}

#[test]
fn s2_co246_reports_and_moves_nothing() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=500 CO-246=0 CO-45=-125 PR-1=75")]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.balance(ContractualAllowance), 37_500);
}

#[test]
fn s2_co246_on_a_line_of_a_cent_is_given_up_and_no_denial() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500", "0.01"], &["11111"]));
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=100").line("0.01", "CO-246=0.01")]);
    clinic.assert_held(&[]);
    assert_eq!((clinic.balance(ContractualAllowance), clinic.balance(DeniedReceivable)), (10_001, 0));
    assert_eq!(work(&mut clinic), []);
    let mut other = Clinic::with_two_payers();
    other.post_claims("T1", &[clp("A", "1").line("500", "CO-45=100 OA-246=0.01")]);
    other.assert_held(&[("A", "no-rule")]);
}

#[test]
fn s1_denied_says_nothing_where_the_money_says_otherwise() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[clp("A", "4").line("500", "CO-45=125 PR-1=75")]);
    clinic.assert_held(&[]);
    assert_eq!((clinic.claim("A").paid.cents(), clinic.balance(DeniedReceivable)), (Some(30_000), 0));
    assert_eq!(work(&mut clinic), []);
    // A denial needs no status that says so.
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-197=500")]);
    assert_eq!(work(&mut clinic), [("denial".into(), "197".into(), 50_000, true)]);
}

#[test]
fn s3_each_forwarded_status_posts_in_its_place() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500"], &["11111", "22222", "33333"]));
    clinic.post_claims("T1", &[clp("A", "19").line("500", "CO-45=125 PR-1=75")]);
    clinic.post(&remit("T2", &[clp("A", "20").line("500", "OA-23=425 PR-1=50")]).from("22222"));
    clinic.post(&remit("T3", &[clp("A", "21").line("500", "OA-23=450 PR-1=20")]).from("33333"));
    clinic.assert_held(&[]);
    assert!(clinic.claim("A").answers.iter().all(|answer| answer.forwarded));
    assert_eq!(clinic.owed("A", PatientReceivable, ""), 2_000);
    for (status, payer) in [("20", "11111"), ("21", "22222"), ("19", "22222")] {
        let mut clinic = Clinic::new();
        clinic.book(&submission("A", &["500"], &["11111", "22222", "33333"]));
        clinic.post(&remit("T1", &[clp("A", status).line("500", "PR-1=500")]).from(payer));
        assert!(clinic.causes()[0].1.starts_with("status-out-of-sequence"), "{status}");
    }
}

#[test]
fn m1_a_payer_is_known_by_each_of_its_identifiers() {
    let named = |file: &str| file.replace("N1*PR*PLAN~REF*2U*11111~", "N1*PR*PLAN*XV*11111~");
    let traced = |file: &str| file.replace("REF*2U*11111~", "");
    let rules = "[[payer]]\nid = '11111'\nalso = ['1999999999']";
    let post = |rules: &str, text: &dyn Fn(&str) -> String| {
        let mut clinic = Clinic::with_rules(rules);
        clinic.book(&submission("A", &["500"], &["11111", "22222"]));
        let text = text(&remit("T1", &[good()]).file()).replace("SE*1", "SE*");
        clinic.post_text(&text);
        clinic.causes()
    };
    assert_eq!(post("", &named), []);
    assert_eq!(post(rules, &traced), []);
    assert_eq!(post("", &traced), [("A".into(), "payer-not-mapped".into())]);
}

#[test]
fn m4_units_that_do_not_add_up_are_a_warning() {
    let line = |units: &str, submitted: &str| {
        format!("SVC*HC:99213*500*300**{units}**{submitted}~DTM*472*20260105~CAS*CO*45*200~REF*6R*AL1~")
    };
    for (units, submitted, warned) in [("1", "", 0), ("2", "", 1), ("2", "1", 0), ("1", "3", 1)] {
        let mut clinic = Clinic::with_two_payers();
        let answer = clp("A", "1").stating("500", "300").with(&line(units, submitted));
        let warnings = clinic.warnings(&remit("T1", &[answer]));
        assert_eq!(warnings.iter().filter(|rule| *rule == "M4").count(), warned, "{units} {submitted}");
        clinic.assert_held(&[]);
    }
}

#[test]
fn p3_a_rebate_closes_the_balance_that_it_names() {
    for (reference, amount, left) in [("T1", "20", 0), ("T1", "19.99", 2), ("T9", "20", 2)] {
        let mut clinic = Clinic::with_two_payers();
        clinic.post(&remit("T1", &[good()]).plb("FB", "T1", "-20"));
        clinic.post(&remit("T2", &[clp("A", "23")]).plb("B2", reference, amount).plb("CS", "X", "-20"));
        clinic.assert_held(&[]);
        let open = clinic.ledger.open_provider_items().unwrap();
        assert_eq!(open.iter().filter(|item| item.code != "CS").count(), left, "{reference} {amount}");
    }
}

#[test]
fn p4_every_code_of_the_list_posts_to_the_account_of_its_kind() {
    for entry in edi_core::codes::CodeSet::ProviderAdjustment.entries() {
        let code = &*entry.code;
        let mut clinic = Clinic::with_two_payers();
        let outcome = clinic.post(&remit("T1", &[good()]).plb(code, "X", "-5").plb(code, "X", "2"));
        assert_eq!((outcome.provider_posted, outcome.provider_held), (2, 0), "{code}");
        let account = match code {
            "L6" => Interest,
            "FB" => ForwardBalance,
            "WO" | "72" => Overpayment,
            "IR" | "E3" => Withholding,
            _ => ProviderLevel,
        };
        assert_eq!((clinic.balance(account), clinic.balance(EftExpected)), (-300, 30_300), "{code}");
    }
}

#[test]
fn s3_a_forwarded_claim_posts_and_says_so() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[clp("A", "19").line("500", "CO-45=125 PR-1=75")]);
    clinic.assert_held(&[]);
    assert!(clinic.claim("A").answers[0].forwarded);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "22222"), 7_500, "the balance moves all the same");
    clinic.post(&remit("T2", &[clp("A", "20").line("500", "OA-23=425 PR-2=75")]).from("22222"));
    assert_eq!(clinic.owed("A", PatientReceivable, ""), 7_500);
}

#[test]
fn s4_predetermination_and_forwarded_claims_make_no_entry() {
    let mut clinic = Clinic::with_two_payers();
    let before = clinic.balances();
    clinic.post_claims("T1", &[clp("A", "25").line("500", "PR-1=75").cas("OA-101=425")]);
    clinic.post_claims("T2", &[clp("A", "23").line("500", "CO-109=500")]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.balances(), before);
    assert_eq!(work(&mut clinic), [("task".into(), "".into(), 0, false)]);
    assert_eq!(clinic.claim("A").answers.len(), 2, "the estimate is kept");
    clinic.post_claims("T3", &[good()]);
    clinic.assert_held(&[]);
}

#[test]
fn v1_v4_reversal_and_correction_leave_entries_both() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    let entries = clinic.claim("A").entries.len();
    let correction = clp("A", "1").number("NEW").corrects("NA").line("500", "CO-45=100 PR-1=75");
    // The correction stands before its reversal: the reversal is applied first all the same (V2).
    clinic.post_claims("T2", &[correction, good().reversed()]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.balance(ContractualAllowance), 10_000);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "22222"), 7_500);
    let claim = clinic.claim("A");
    assert_eq!(claim.paid.cents(), Some(32_500));
    let taken_back: Vec<_> = claim.entries.iter().filter(|e| e.reverses.is_some()).collect();
    assert_eq!(taken_back.len(), 4, "{:#?}", claim.entries);
    assert!(taken_back.iter().all(|e| e.rule == "V1"));
    assert_eq!(claim.entries.len(), entries + 4 + 4);
    assert_eq!(claim.answers.iter().filter(|a| a.reversed).count(), 1);
}

#[test]
fn v2_reversal_alone_opens_the_claim_again_and_its_correction_may_come_later() {
    let mut clinic = Clinic::with_two_payers();
    let booked = clinic.balances();
    clinic.post_claims("T1", &[good()]);
    clinic.post_claims("T2", &[good().reversed()]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "11111"), 50_000);
    assert_eq!(clinic.balances(), booked);
    clinic.post_claims("T3", &[clp("A", "1").line("500", "CO-45=500").with("REF*F8*NA~").stating("500", "0")]);
    clinic.assert_held(&[("A", "full-charge-contractual")]);
    clinic.post_claims("T4", &[clp("A", "1").number("N2").corrects("NA").line("500", "CO-45=100")]);
    assert_eq!(clinic.claim("A").open.cents(), Some(0));
}

#[test]
fn v2_original_is_found_by_the_payers_number_among_parts() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["100", "100"], &["11111"]));
    let part = |number: &str, line: usize| {
        let control = format!("REF*6R*AL{line}~");
        clp("A", "1").number(number).any_line(&format!("HC:{}", PROCEDURES[line - 1]), "100", "CO-45=20", &control)
    };
    clinic.post_claims("T1", &[part("P1", 1), part("P2", 2)]);
    clinic.assert_held(&[]);
    clinic.post_claims("T2", &[part("P2", 2).reversed()]);
    clinic.assert_held(&[]);
    let owed = clinic.claim("A").owed;
    assert_eq!((owed.len(), owed[0].line.as_str(), owed[0].amount.cents()), (1, "AL2", Some(10_000)));
}

#[test]
fn v3_a_reversal_that_is_not_the_original_is_held() {
    let other: [Clp; 4] = [
        clp("A", "1").line("500", "CO-45=124 PR-1=76"),
        clp("A", "1").line("500", "CO-45=125 PR-2=75"),
        clp("A", "1").line("500", "CO-45=100 PR-1=75"),
        clp("A", "1").line("500", "CO-45=50 CO-97=75 PR-1=75"),
    ];
    for other in other {
        let mut clinic = Clinic::with_two_payers();
        clinic.post_claims("T1", &[good()]);
        let before = clinic.claim("A").owed;
        clinic.post_claims("T2", &[other.reversed()]);
        clinic.assert_held(&[("A", "reversal-differs")]);
        assert_eq!(clinic.claim("A").owed, before);
    }
}

#[test]
fn v3_reversal_waits_for_its_original() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T2", &[good().reversed()]);
    clinic.assert_held(&[("A", "reversal-without-original")]);
    assert_eq!(clinic.balance(Unapplied), 30_000);
    // A correction may not take the original's place.
    clinic.post_claims("T3", &[clp("A", "1").number("N2").corrects("NA").line("500", "CO-45=100")]);
    clinic.assert_held(&[
        ("A", "reversal-without-original"),
        ("A", "correction-without-original correction-without-original"),
    ]);
    let outcome = clinic.post_claims("T1", &[good()]);
    assert_eq!(outcome.released, 2);
    clinic.assert_held(&[]);
    let claim = clinic.claim("A");
    assert_eq!((claim.paid.cents(), claim.open.cents()), (Some(40_000), Some(0)));
}

#[test]
fn v3_reversal_after_a_later_payer_has_paid_is_held() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    clinic.post(&remit("T2", &[clp("A", "2").line("500", "OA-23=425 CO-45=10")]).from("22222"));
    clinic.post_claims("T3", &[good().reversed()]);
    clinic.assert_held(&[("A", "later-payer-paid")]);
    // Once the later payer has taken its payment back, the reversal posts by itself.
    clinic.post(&remit("T4", &[clp("A", "2").line("500", "OA-23=425 CO-45=10").reversed()]).from("22222"));
    clinic.assert_held(&[]);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "11111"), 50_000);
    assert_eq!(clinic.balance(EftExpected), 0);
}

#[test]
fn v3_a_reversal_and_its_correction_are_held_or_posted_together() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    let bad = clp("A", "1").number("N2").corrects("NA").line("500", "CO-9999=100");
    clinic.post_claims("T2", &[good().reversed(), bad]);
    clinic.assert_held(&[("A", "pair-held"), ("A", "unknown-reason")]);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "22222"), 7_500);
}

#[test]
fn v3_group_cr_of_4010_takes_the_patients_part_from_the_ledger() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    clinic.post_claims("T2", &[clp("A", "22").line("-500", "CR-45=-200")]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "11111"), 50_000);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "22222"), 0);
}

#[test]
fn v1_a_stated_clp05_on_a_reversal_is_a_warning() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    assert_eq!(clinic.warnings(&remit("T2", &[good().reversed().clp05("-75")])), ["V1"]);
    clinic.assert_held(&[]);
}

#[test]
fn m2_ordinal_in_place_of_the_control_number() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["100", "100"], &["11111"]));
    let line = |ordinal: usize| (format!("HC:{}", PROCEDURES[ordinal - 1]), format!("REF*6R*{ordinal}~"));
    let ((first, one), (second, two)) = (line(1), line(2));
    let answer = clp("A", "1").any_line(&second, "100", "CO-45=30", &two).any_line(&first, "100", "CO-45=20", &one);
    clinic.post_claims("T1", &[answer]);
    clinic.assert_held(&[]);
    let cut: Vec<(String, i64)> = (clinic.claim("A").entries.iter().filter(|e| e.account == ContractualAllowance))
        .map(|e| (e.line.to_string(), e.amount.cents().unwrap()))
        .collect();
    assert_eq!(cut, [("AL2".into(), 3_000), ("AL1".into(), 2_000)]);
}

#[test]
fn m3_without_control_numbers_lines_match_by_procedure_day_and_charge() {
    let mut clinic = Clinic::new();
    let mut claim = submission("A", &["100", "80", "60"], &["11111"]);
    for line in &mut claim.lines {
        line.procedure = edi_core::value::Procedure::hcpcs("99213", ["25"]);
    }
    clinic.book(&claim);
    // Modifiers dropped; the charge tells the lines apart.
    let bare = |charge: &str, cut: &str| (charge.to_owned(), format!("CO-45={cut}"));
    let mut answer = clp("A", "1");
    for (charge, cut) in [bare("60", "1"), bare("100", "2"), bare("80", "3")] {
        answer = answer.any_line("HC:99213", &charge, &cut, "");
    }
    clinic.post_claims("T1", &[answer]);
    clinic.assert_held(&[]);
    let cut: Vec<(String, i64)> = (clinic.claim("A").entries.iter().filter(|e| e.account == ContractualAllowance))
        .map(|e| (e.line.to_string(), e.amount.cents().unwrap()))
        .collect();
    assert_eq!(cut, [("AL3".into(), 100), ("AL1".into(), 200), ("AL2".into(), 300)]);
}

#[test]
fn m3_lines_that_could_be_several_of_ours_are_held() {
    let mut clinic = Clinic::new();
    let mut claim = submission("A", &["100", "100"], &["11111"]);
    claim.lines[1].procedure = claim.lines[0].procedure.clone();
    claim.lines[1].service = None;
    clinic.book(&claim);
    let line = "SVC*HC:99213*100*100**1~";
    clinic.post_claims("T1", &[clp("A", "1").stating("200", "200").with(line).with(line)]);
    clinic.assert_held(&[("A", "line-ambiguous")]);
    // Lines that differ in nothing are taken in order.
    let mut twins = Clinic::new();
    claim.lines[1].service = claim.lines[0].service;
    twins.book(&claim);
    twins.post_claims("T1", &[clp("A", "1").stating("200", "200").with(line).with(line)]);
    twins.assert_held(&[]);
}

#[test]
fn m3_the_submitted_procedure_counts_where_the_payer_changed_it() {
    let mut clinic = Clinic::with_two_payers();
    let line = "SVC*HC:99212*500*300**1*HC:99213~DTM*472*20260105~CAS*CO*45*200~";
    clinic.post_claims("T1", &[clp("A", "1").stating("500", "300").with(line)]);
    clinic.assert_held(&[]);
}

#[test]
fn m4_split_lines_share_a_control_number() {
    let mut clinic = Clinic::with_two_payers();
    let answer = clp("A", "1").any_line("HC:99213", "300", "CO-45=100", "REF*6R*AL1~").any_line(
        "HC:99213",
        "200",
        "PR-1=50",
        "REF*6R*AL1~",
    );
    clinic.post_claims("T1", &[answer]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.claim("A").paid.cents(), Some(35_000));
}

#[test]
fn m4_unbundled_lines_carry_nothing_and_a_negative_adjustment_is_right() {
    let mut clinic = Clinic::with_two_payers();
    let lines = "SVC*HC:80048*500*100**1*HC:99213~CAS*CO*45*400~REF*6R*AL1~\
        SVC*HC:84443*0*50**1*HC:99213~CAS*CO*45*-50~REF*6R*AL1~";
    clinic.post_claims("T1", &[clp("A", "1").stating("500", "150").with(lines)]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.balance(ContractualAllowance), 35_000);
    assert_eq!(clinic.claim("A").open.cents(), Some(0));
}

#[test]
fn m4_bundled_lines_are_denials_with_97() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["100", "50"], &["11111"]));
    clinic.post_claims("T1", &[clp("A", "1").line("100", "CO-45=10").line("50", "CO-97=50")]);
    assert_eq!(work(&mut clinic), [("denial".into(), "97".into(), 5_000, true)]);
}

#[test]
fn m5_signs_are_never_turned_and_charges_never_made() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[clp("A", "1").line("-500", "CO-45=-125")]);
    assert_eq!(clinic.causes().len(), 1);
    assert_eq!(clinic.balance(Revenue), -50_000);
    clinic.post_claims("T2", &[clp("NEW", "1").line("70", "")]);
    assert_eq!(clinic.balance(Revenue), -50_000);
}

#[test]
fn m7_parts_of_a_claim_are_compared_over_their_union() {
    let book = || {
        let mut clinic = Clinic::new();
        clinic.book(&submission("A", &["100", "60"], &["11111"]));
        clinic
    };
    let one = clp("A", "1").number("P1").line("100", "CO-45=20");
    let two = clp("A", "1").number("P2").any_line("HC:36415", "60", "CO-45=5", "REF*6R*AL2~");
    let mut together = book();
    together.post_claims("T1", &[one.clone(), two.clone()]);
    together.assert_held(&[]);
    let mut apart = book();
    apart.post_claims("T1", std::slice::from_ref(&two));
    apart.assert_held(&[("A", "charge-differs")]);
    assert_eq!(apart.post_claims("T2", &[one]).released, 1);
    apart.assert_held(&[]);
    assert_eq!(apart.balance(InsuranceReceivable), 0);
    assert_eq!(together.balances(), apart.balances());
    apart.post_claims("T3", &[two]);
    apart.assert_held(&[("A", "duplicate")]);
}

#[test]
fn c1_a_later_payer_posts_nothing_of_an_earlier_one() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500"], &["11111", "22222", "33333"]));
    clinic.post_claims("T1", &[good()]);
    clinic.post(&remit("T2", &[clp("A", "2").line("500", "OA-23=425 PR-2=50")]).from("22222"));
    assert_eq!(clinic.owed("A", InsuranceReceivable, "33333"), 5_000);
    clinic.post(&remit("T3", &[clp("A", "3").line("500", "OA-23=450 CO-45=10")]).from("33333"));
    clinic.assert_held(&[]);
    let claim = clinic.claim("A");
    assert_eq!((claim.paid.cents(), claim.adjusted.cents(), claim.open.cents()), (Some(36_500), Some(13_500), Some(0)));
}

#[test]
fn c2_oa94_beside_oa23_and_no_oa23_where_nothing_was_paid() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[good()]);
    clinic.post(&remit("T2", &[clp("A", "2").line("500", "OA-23=500 OA-94=-75 CO-45=10")]).from("22222"));
    clinic.assert_held(&[]);
    assert_eq!(clinic.claim("A").open.cents(), Some(0));
    let mut all_deductible = Clinic::with_two_payers();
    all_deductible.post_claims("T1", &[clp("A", "1").line("500", "PR-1=500")]);
    all_deductible.post(&remit("T2", &[clp("A", "2").line("500", "CO-45=200")]).from("22222"));
    all_deductible.assert_held(&[]);
    assert_eq!(all_deductible.claim("A").open.cents(), Some(0));
}

#[test]
fn c5_what_is_left_goes_to_the_next_payer_then_to_the_patient() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=125 PR-1=75 CO-97=50")]);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "22222"), 7_500);
    assert_eq!(clinic.owed("A", DeniedReceivable, "11111"), 5_000, "a denied amount stays until somebody decides");
    clinic.post(&remit("T2", &[clp("A", "2").line("500", "OA-23=375 PR-2=60 PR-1=15")]).from("22222"));
    clinic.assert_held(&[]);
    assert_eq!(clinic.owed("A", PatientReceivable, ""), 7_500);
    assert_eq!(clinic.owed("A", DeniedReceivable, "11111"), 0, "the later payer answered the whole charge");
}

#[test]
fn c5_a_prepaid_copay_pays_the_patients_part_and_the_rest_is_the_patients_credit() {
    for (prepaid, patient, credit) in [("20", 5_500, 0), ("75", 0, 0), ("100", 0, -2_500)] {
        let mut clinic = Clinic::new();
        let mut claim = submission("A", &["500"], &["11111"]);
        claim.patient_paid = prepaid.parse().unwrap();
        clinic.book(&claim);
        clinic.post_claims("T1", &[good()]);
        clinic.assert_held(&[]);
        assert_eq!((clinic.owed("A", PatientReceivable, ""), clinic.balance(PatientCredit)), (patient, credit));
        let claim = clinic.claim("A");
        assert_eq!(claim.charge, claim.paid + claim.adjusted + claim.open);
    }
}

#[test]
fn c7_replacement_books_the_difference_and_sends_denied_amounts_again() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500", "100"], &["11111"]));
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=100").line("100", "CO-16=100").with("MOA***N130~")]);
    assert_eq!(clinic.owed("A", DeniedReceivable, "11111"), 10_000);
    let mut replacement = submission("A", &["500", "120"], &["11111"]);
    replacement.frequency = "7".into();
    replacement.original_reference = "NA".into();
    assert_eq!(clinic.book(&replacement), Booked::Difference(Money::from_cents(2_000)));
    assert_eq!(clinic.balance(Revenue), -62_000);
    assert_eq!(clinic.owed("A", DeniedReceivable, "11111"), 0);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "11111"), 12_000);
    assert_eq!(work(&mut clinic), [], "it was sent again");
}

#[test]
fn c7_replacement_under_a_number_of_its_own_is_found_by_the_payers_number() {
    let mut clinic = Clinic::new();
    let mut replacement = submission("B", &["480"], &["11111"]);
    replacement.frequency = "7".into();
    replacement.original_reference = "NA".into();
    let Booked::Held(reasons) = clinic.book(&replacement) else { panic!() };
    assert_eq!(reasons[0].cause.name(), "original-claim-unknown");
    assert_eq!(clinic.balance(Revenue), 0);
    clinic.book(&submission("A", &["500"], &["11111"]));
    let outcome = clinic.post_claims("T1", &[clp("A", "4").line("500", "CO-16=500").with("MOA***N130~")]);
    assert_eq!(outcome.released, 1, "the booking waited for the original");
    assert_eq!(clinic.balance(Revenue), -48_000);
    assert_eq!(clinic.claim("B").key, "A");
    clinic.post_claims("T2", &[clp("B", "1").corrects("NA").number("N2").line("480", "CO-45=80")]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.claim("A").open.cents(), Some(0));
}

#[test]
fn c7_void_reverses_the_charge() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500"], &["11111"]));
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=100")]);
    let mut void = submission("A", &["500"], &["11111"]);
    void.frequency = "8".into();
    assert_eq!(clinic.book(&void), Booked::Difference(Money::from_cents(-50_000)));
    assert_eq!(clinic.balance(Revenue), 0);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "11111"), -50_000);
    clinic.post_claims("T2", &[clp("A", "1").line("500", "CO-45=100").reversed()]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.balances(), Default::default());
}

#[test]
fn c7_secondary_claim_books_nothing_more_and_bills_the_patients_part() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500"], &["11111"]));
    clinic.post_claims("T1", &[good()]);
    assert_eq!(clinic.owed("A", PatientReceivable, ""), 7_500);
    let mut secondary = submission("A", &["500"], &["11111", "22222"]);
    secondary.destination = 1;
    assert_eq!(clinic.book(&secondary), Booked::Difference(Money::ZERO));
    assert_eq!(clinic.balance(Revenue), -50_000);
    assert_eq!(clinic.owed("A", PatientReceivable, ""), 0);
    assert_eq!(clinic.owed("A", InsuranceReceivable, "22222"), 7_500);
    clinic.post(&remit("T2", &[clp("A", "2").line("500", "OA-23=425 CO-45=10")]).from("22222"));
    assert_eq!(clinic.claim("A").open.cents(), Some(0));
}

#[test]
fn c7_test_claims_and_taken_numbers_are_not_booked() {
    let mut clinic = Clinic::new();
    let mut test = submission("A", &["500"], &["11111"]);
    test.test = true;
    assert_eq!(clinic.book(&test), Booked::Test);
    clinic.book(&submission("A", &["500"], &["11111"]));
    let mut other = submission("A", &["70"], &["11111"]);
    (other.patient, other.member_id) = ("ROE, B".into(), "WB".into());
    let Booked::Held(reasons) = clinic.book(&other) else { panic!() };
    assert_eq!(reasons[0].cause.name(), "claim-number-taken");
    let mut off = submission("B", &["70"], &["11111"]);
    off.charge = "71".parse().unwrap();
    let Booked::Held(reasons) = clinic.book(&off) else { panic!() };
    assert_eq!(reasons[0].cause.name(), "lines-differ");
    let mut nobody = submission("C", &["70"], &["11111"]);
    nobody.provider = "".into();
    let Booked::Held(reasons) = clinic.book(&nobody) else { panic!() };
    assert_eq!(reasons[0].cause.name(), "party-missing");
    assert_eq!(clinic.balance(Revenue), -50_000);
}

#[test]
fn p1_interest_posts_and_a_difference_is_a_warning() {
    let mut clinic = Clinic::with_two_payers();
    let claim = good().with("AMT*I*4.20~");
    let outcome = clinic.post(&remit("T1", std::slice::from_ref(&claim)).plb("L6", "", "-4.20"));
    assert_eq!((clinic.balance(Interest), outcome.warnings), (-420, Vec::<String>::new()));
    assert_eq!(clinic.balance(EftExpected), 30_420);
    let mut other = Clinic::with_two_payers();
    let outcome = other.post(&remit("T1", &[claim]).plb("L6", "", "-4.00"));
    assert_eq!((other.balance(Interest), outcome.warnings.len()), (-400, 1));
}

#[test]
fn p3_p4_recovery_rebate_and_other_accounts() {
    let mut clinic = Clinic::with_two_payers();
    clinic.book(&submission("B", &["700"], &["11111"]));
    let deferred =
        remit("T1", &[good()]).plb("WO", "NA", "-50").plb("72", "R1", "-10").plb("CS", "X", "-5").plb("IR", "", "7");
    assert_eq!(clinic.post(&deferred).provider_posted, 4);
    assert_eq!(
        (clinic.balance(Overpayment), clinic.balance(ProviderLevel), clinic.balance(Withholding)),
        (-6_000, -500, 700)
    );
    assert_eq!(clinic.ledger.open_provider_items().unwrap().len(), 3);
    let recovered = remit("T2", &[clp("B", "1").line("700", "")]).plb("WO", "T1", "60").plb("CS", "X", "5");
    assert_eq!(clinic.post(&recovered).provider_posted, 2);
    assert_eq!((clinic.balance(Overpayment), clinic.balance(ProviderLevel)), (0, 0));
    assert_eq!(clinic.ledger.open_provider_items().unwrap(), []);
    clinic.assert_held(&[]);
}

#[test]
fn p4_zero_pay_remittances_may_share_a_trace_number() {
    let mut clinic = Clinic::with_two_payers();
    clinic.book(&submission("B", &["50"], &["11111"]));
    let denied = |key: &str, charge: &str| remit("0", &[clp(key, "4").line(charge, &format!("CO-29={charge}"))]);
    assert_eq!(clinic.post(&denied("A", "500")).fate, Fate::Posted);
    assert_eq!(clinic.post(&denied("B", "50")).fate, Fate::Posted);
    assert_eq!(clinic.post(&denied("B", "50")).fate, Fate::AlreadyPosted);
}

#[test]
fn k1_remarks_are_kept_with_their_claim_or_line_and_missed_where_they_are_wanted() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500", "100"], &["11111"]));
    let line = |more: &str| format!("REF*6R*AL2~{more}");
    let answer = clp("A", "1")
        .line("500", "CO-45=100")
        .any_line("HC:36415", "100", "CO-16=100", &line("LQ*HE*N130~"))
        .with("MOA***MA01~");
    let mut warnings = 0;
    for (trace, answer) in [("T1", answer.clone()), ("T2", answer.reversed())] {
        clinic.post_claims(trace, &[answer]);
    }
    assert_eq!(clinic.claim("A").answers[0].remarks, [(0, "MA01".into()), (2, "N130".into())]);
    assert_eq!(clinic.ledger.work(true).unwrap()[0].remarks, "MA01 N130");
    let bare = clp("A", "1").line("500", "CO-45=100").line("100", "CO-16=100");
    let text = remit("T3", &[bare]).file();
    let options = edi_835::posting::PostOptions {
        run: clinic.run.clone(),
        rules: &clinic.rules,
        dry_run: false,
        file: "t".into(),
    };
    let mut count = |event: edi_835::posting::PostEvent<'_>| {
        if let edi_835::posting::PostEvent::Claim { planned, .. } = event {
            warnings += planned.warnings.iter().filter(|w| w.rule == "K1").count();
        }
    };
    edi_835::posting::post(|| Ok(text.as_bytes()), &mut clinic.ledger, &options, &mut count).unwrap();
    assert_eq!(warnings, 1);
}

#[test]
fn rules_of_the_office_hold_write_off_and_transfer() {
    let cases = [
        ("group = 'CO'\nreason = '97'\naction = 'write_off'", "CO-97=500", DenialWriteOff, ""),
        ("group = 'CO'\nreason = '97'\naction = 'hold'", "CO-97=500", InsuranceReceivable, "office-rule"),
        ("group = 'OA'\nreason = '44'\naction = 'post'", "OA-44=500", DeniedReceivable, ""),
        ("at_least = '100'\naction = 'hold'", "CO-45=400", InsuranceReceivable, "office-rule"),
        ("remark = 'N130'\ngroup = 'CO'\naction = 'hold'", "CO-97=500", DeniedReceivable, ""),
    ];
    for (rule, adjustments, account, cause) in cases {
        let mut clinic = Clinic::with_rules(&format!("[[rule]]\n{rule}"));
        clinic.book(&submission("A", &["500"], &["11111"]));
        clinic.post_claims("T1", &[clp("A", "1").line("500", adjustments)]);
        assert_eq!(clinic.balance(account), 50_000, "{rule}");
        assert_eq!(clinic.causes().first().map_or("", |(_, cause)| cause), cause, "{rule}");
    }
    let mut clinic = Clinic::with_rules("[[rule]]\nstatus = '22'\naction = 'hold'\nwhy = 'all reversals'");
    clinic.book(&submission("A", &["500"], &["11111"]));
    clinic.post_claims("T1", &[good()]);
    clinic.post_claims("T2", &[good().reversed()]);
    assert_eq!(clinic.holds()[0].reasons[0].words, "all reversals");
}

#[test]
fn v3_a_reversal_finds_lines_that_a_replacement_no_longer_has() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500", "100"], &["11111"]));
    let first = clp("A", "1").line("500", "CO-45=100").line("100", "CO-45=20");
    clinic.post_claims("T1", std::slice::from_ref(&first));
    let mut replacement = submission("A", &["500"], &["11111"]);
    replacement.frequency = "7".into();
    replacement.lines[0].control = "NEW1".into();
    replacement.lines[0].procedure = edi_core::value::Procedure::hcpcs("99214", None::<&str>);
    clinic.book(&replacement);
    let corrected = clp("A", "1").number("N2").corrects("NA").any_line("HC:99214", "500", "CO-45=90", "REF*6R*NEW1~");
    clinic.post_claims("T2", &[first.reversed(), corrected]);
    clinic.assert_held(&[]);
    let claim = clinic.claim("A");
    assert_eq!((claim.charge.cents(), claim.paid.cents(), claim.open.cents()), (Some(50_000), Some(41_000), Some(0)));
    assert_eq!(claim.owed, []);
}

#[test]
fn c2_lines_are_evened_out_where_a_payer_answers_for_the_claim_as_a_whole() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["300", "200"], &["11111", "22222"]));
    clinic.post_claims("T1", &[clp("A", "1").line("300", "CO-45=100 PR-1=100").line("200", "PR-1=50")]);
    let second = clp("A", "2").line("300", "OA-23=300").line("200", "OA-23=50 CO-45=20");
    clinic.post(&remit("T2", &[second]).from("22222"));
    clinic.assert_held(&[]);
    assert_eq!(clinic.claim("A").owed, []);
}

#[test]
fn contract_fees_open_a_task_or_hold_where_less_was_allowed() {
    let fees = "payer_id,procedure,modifiers,from,to,allowed\n11111,99213,,2026-01-01,,400\n11111,99213,25,,,1\n";
    let post = |rules: &str, contractual: &str| {
        let mut clinic = Clinic::with_rules(rules);
        clinic.rules.fees = edi_835::posting::FeeSchedule::read(fees.as_bytes()).unwrap();
        clinic.book(&submission("A", &["500"], &["11111"]));
        clinic.post_claims("T1", &[clp("A", "1").line("500", &format!("CO-45={contractual} PR-1=75"))]);
        clinic
    };
    assert_eq!(work(&mut post("", "100")), []);
    assert_eq!(work(&mut post("", "110")), [("task".into(), "".into(), 1_000, false)]);
    assert_eq!(work(&mut post("[contract]\ntolerance = '10'", "110")), []);
    assert_eq!(work(&mut post("", "90")), [], "more than the contract says is posted");
    post("[contract]\nunder = 'hold'", "110").assert_held(&[("A", "contract-differs")]);
    post("[contract]\nover = 'hold'", "90").assert_held(&[("A", "contract-differs")]);
    post("[contract]\nunder = 'hold'\nover = 'hold'", "100").assert_held(&[]);
}

#[test]
fn m6_suggestions_are_only_suggested() {
    let mut clinic = Clinic::new();
    for (key, charge) in [("A-001", "500"), ("B-002", "500"), ("C-003", "70")] {
        clinic.book(&submission(key, &[charge], &["11111"]));
    }
    let answer = clp("A001", "1").any_line("HC:99213", "500", "CO-45=100", "").with("NM1*QC*1*DOE*B-002~");
    clinic.post_claims("T1", &[answer]);
    clinic.assert_held(&[("A001", "claim-unmatched")]);
    let found = clinic.ledger.suggest(1).unwrap();
    let found: Vec<(&str, u8)> = found.iter().map(|s| (s.claim.as_str(), s.score)).collect();
    assert_eq!(found, [("A-001", 75), ("B-002", 60)]);
    let (run, rules) = (clinic.run.clone(), clinic.rules.clone());
    let by_hand = edi_835::posting::Resolution::Match("A-001".into());
    let preview = clinic.ledger.preview(1, &by_hand, &run, &rules).unwrap();
    assert_eq!(preview.entries.len(), 3);
    clinic.assert_held(&[("A001", "claim-unmatched")]);
    clinic.ledger.resolve(1, &by_hand, &run, &rules).unwrap();
    clinic.check();
    assert_eq!(clinic.claim("A-001").open.cents(), Some(0));
}

#[test]
fn opening_balances_are_owed_without_being_revenue() {
    let csv = "claim_id,provider_npi,payer_id,line,procedure,service_date,charge,payer_owes,patient_owes,member_id\n\
        OLD1,1234567893,11111,1,99213,2025-12-01,500,500,,W1\n\
        OLD2,1234567893,11111,1,99213,2025-12-02,300,0,40,W2\n\
        OLD2,1234567893,11111,2,36415,2025-12-02,100,60,10,W2\n";
    let opening: Vec<_> = edi_835::posting::read_opening(csv.as_bytes()).unwrap().map(Result::unwrap).collect();
    let mut clinic = Clinic::new();
    let (run, rules) = (clinic.run.clone(), clinic.rules.clone());
    for _ in 0..2 {
        let mut booking = clinic.ledger.booking(&run, None, &rules).unwrap();
        for claim in &opening {
            booking.open(claim).unwrap();
        }
        booking.commit().unwrap();
        clinic.check();
    }
    assert_eq!((clinic.balance(Revenue), clinic.balance(Opening)), (0, -61_000));
    assert_eq!((clinic.balance(InsuranceReceivable), clinic.balance(PatientReceivable)), (56_000, 5_000));
    let old = clinic.claim("OLD2");
    assert_eq!(
        (old.charge.cents(), old.adjusted.cents(), old.open.cents()),
        (Some(40_000), Some(29_000), Some(11_000))
    );
    clinic.post_claims("T1", &[clp("OLD1", "1").any_line("HC:99213", "500", "CO-45=100", "")]);
    clinic.assert_held(&[]);
    assert_eq!(clinic.claim("OLD1").open.cents(), Some(0));
    for bad in ["500,501,", "500,-1,", "500,1.005,", "500,400,101", "-5,0,"] {
        let csv =
            format!("claim_id,provider_npi,payer_id,line,procedure,charge,payer_owes,patient_owes\nX,1,1,1,9,{bad}\n");
        assert!(edi_835::posting::read_opening(csv.as_bytes()).unwrap().next().unwrap().is_err(), "{bad}");
    }
}

#[test]
fn a_bad_opening_row_leaves_out_its_claim_alone() {
    let head = "claim_id,provider_npi,payer_id,line,procedure,service_date,charge,payer_owes,member_id\n";
    let rows: [&[u8]; 8] = [
        b"A,1234567893,11111,1,99213,,500,500,W1\n",
        b"B,1234567893,11111,1,99213,12/01/2025,500,500,JANE DOE\n",
        b"B,1234567893,11111,2,99213,,500,500,W2\n",
        b"C,1234567893,11111,1,99213,,500,JANE DOE,W3\n",
        b"D,1234567893,11111,1,99213,,500,500\n",
        b"E,1234567893,11111,1,99213,,500,500,\xFF\n",
        b"F,1234567893,,1,99213,,500,500,W6\n",
        b"G,1234567893,11111,1,99213,,500,500,W7\n",
    ];
    let csv = [head.as_bytes(), &rows.concat()].concat();
    let (mut opened, mut faults) = (Vec::new(), Vec::new());
    for claim in edi_835::posting::read_opening(csv.as_slice()).unwrap() {
        match claim {
            Ok(claim) => opened.push(claim.submission.key.0.to_string()),
            Err(error) => faults.push(error.to_string()),
        }
    }
    assert_eq!(opened, ["A", "G"]);
    let starts = [
        "line 3, column service_date: ",
        "line 5, column payer_owes: ",
        "line 6: ",
        "line 7: ",
        "line 8, column payer_id: ",
    ];
    assert_eq!(faults.len(), starts.len(), "{faults:?}");
    for (fault, start) in faults.iter().zip(starts) {
        assert!(fault.starts_with(start) && !fault.contains("JANE"), "{fault}");
    }
    for head in ["claim_id,patient_name\n", "claim_id,provider_npi\n"] {
        assert!(edi_835::posting::read_opening(head.as_bytes()).is_err());
    }
}

#[test]
fn an_opening_balance_of_a_known_claim_is_left_as_it_is_and_said() {
    use edi_835::posting::Booked;
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500"], &["11111"]));
    let csv = "claim_id,provider_npi,payer_id,line,procedure,charge,payer_owes\nA,1234567893,11111,1,99213,70,70\n";
    let opening = edi_835::posting::read_opening(csv.as_bytes()).unwrap().next().unwrap().unwrap();
    let (run, rules) = (clinic.run.clone(), clinic.rules.clone());
    let mut booking = clinic.ledger.booking(&run, None, &rules).unwrap();
    assert!(matches!(booking.open(&opening).unwrap(), Booked::Held(_)));
    booking.commit().unwrap();
    assert_eq!(clinic.balance(Opening), 0);
    clinic.assert_held(&[]);
}

#[test]
fn lines_of_an_opening_claim_agree() {
    let header = "claim_id,provider_npi,payer_id,line,procedure,charge,payer_owes,patient,member_id\n";
    let read = |row: &str| -> Vec<bool> {
        let text = format!("{header}A,1,11111,1,99213,50,50,DOE,W1\n{row}\nB,1,11111,1,99213,50,50,ROE,W2\n");
        edi_835::posting::read_opening(text.as_bytes()).unwrap().map(|claim| claim.is_ok()).collect()
    };
    assert_eq!(read("A,1,11111,2,36415,5,5,DOE,W1"), [true, true]);
    for row in ["A,2,11111,2,36415,5,5,DOE,W1", "A,1,22222,2,36415,5,5,DOE,W1", "A,1,11111,2,36415,5,5,DOE,W9"] {
        assert_eq!(read(row), [false, true], "{row}");
    }
}

#[test]
fn k2_tasks_of_an_answer_that_was_taken_back_are_done_until_that_is_undone() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500"], &["11111"]));
    let answer = clp("A", "1").line("500", "CO-45=100 PR-96=50");
    clinic.post_claims("T1", std::slice::from_ref(&answer));
    let task = [("task".into(), "96".into(), 5_000, false)];
    assert_eq!(work(&mut clinic), task);
    let back = clinic.post_claims("T2", &[answer.reversed()]).id.unwrap();
    assert_eq!(work(&mut clinic), []);
    assert_eq!(clinic.ledger.work(true).unwrap()[0].state, "reversed");
    let run = clinic.run.clone();
    clinic.ledger.undo(back, &run).unwrap();
    assert_eq!(work(&mut clinic), task);
}

#[test]
fn k2_a_named_person_writes_a_denial_off_and_it_counts_for_the_next_payer() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=125 PR-1=75 CO-97=100")]);
    let run = clinic.run.clone();
    assert_eq!(clinic.ledger.write_off(1, "not worth an appeal", &run).unwrap(), Money::from_cents(10_000));
    clinic.check();
    assert!(clinic.ledger.write_off(1, "", &run).is_err());
    assert_eq!((clinic.balance(DenialWriteOff), clinic.balance(DeniedReceivable)), (10_000, 0));
    let history = clinic.ledger.work_history(1).unwrap();
    assert_eq!((history[0].state.as_str(), history[0].actor.as_str()), ("written off", "tester"));
    clinic.post(&remit("T2", &[clp("A", "2").line("500", "OA-23=425 PR-1=75")]).from("22222"));
    clinic.assert_held(&[]);
    assert_eq!(clinic.owed("A", PatientReceivable, ""), 7_500);
}

#[test]
fn a_write_off_is_taken_back_where_its_denial_is_opened_again() {
    use edi_835::ledger::WorkState;
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500"], &["11111"]));
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=125 CO-97=100")]);
    let run = clinic.run.clone();
    clinic.ledger.write_off(1, "", &run).unwrap();
    assert!(clinic.ledger.work_done(1, WorkState::Appealed, "", "", &run).is_err(), "it is given up");
    for _ in 0..2 {
        clinic.ledger.work_done(1, WorkState::Open, "", "too early", &run).unwrap();
        clinic.check();
        assert_eq!((clinic.balance(DenialWriteOff), clinic.balance(DeniedReceivable)), (0, 10_000));
    }
    clinic.ledger.work_done(1, WorkState::Appealed, "", "", &run).unwrap();
    clinic.ledger.write_off(1, "", &run).unwrap();
    clinic.check();
    assert_eq!((clinic.balance(DenialWriteOff), clinic.balance(DeniedReceivable)), (10_000, 0));
}

#[test]
fn denials_have_states_owners_and_rates() {
    use edi_835::ledger::{RateBy, WorkState};
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["300", "200"], &["11111"]));
    clinic.book(&submission("B", &["100"], &["11111"]));
    clinic.post_claims("T1", &[clp("A", "1").line("300", "CO-45=100 CO-97=50").line("200", "CO-197=200")]);
    let b = clp("B", "4").line("100", "CO-197=100");
    clinic.post_claims("T2", std::slice::from_ref(&b));
    let run = clinic.run.clone();
    clinic.ledger.work_done(1, WorkState::Appealed, "mary", "sent records", &run).unwrap();
    assert!(clinic.ledger.work_done(99, WorkState::Closed, "", "", &run).is_err());
    let items = clinic.ledger.work(false).unwrap();
    let item = items.iter().find(|w| w.id == 1).unwrap();
    assert_eq!((item.state.as_str(), item.owner.as_str()), ("appealed", "mary"));
    let rates = |clinic: &mut Clinic, by| -> Vec<(String, u64, u64, i64)> {
        let rates = clinic.ledger.denial_rates(by).unwrap();
        rates.iter().map(|r| (r.of.to_string(), r.lines, r.denied_lines, r.denied.cents().unwrap())).collect()
    };
    assert_eq!(rates(&mut clinic, RateBy::Reason), [("197".into(), 3, 2, 30_000), ("97".into(), 3, 0, 5_000)]);
    assert_eq!(rates(&mut clinic, RateBy::Payer), [("11111".into(), 3, 2, 35_000)]);
    assert_eq!(rates(&mut clinic, RateBy::Month), [("2026-01".into(), 3, 2, 35_000)]);
    assert_eq!(rates(&mut clinic, RateBy::Procedure), [("36415".into(), 1, 1, 20_000), ("99213".into(), 2, 1, 15_000)]);
    clinic.post_claims("T3", &[b.reversed()]);
    assert_eq!(
        rates(&mut clinic, RateBy::Payer),
        [("11111".into(), 2, 1, 25_000)],
        "what was taken back does not count"
    );
}

#[test]
fn rules_replayed_over_past_remittances_show_what_would_differ() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500"], &["11111"]));
    let text = remit("T1", &[clp("A", "1").line("500", "CO-97=500")]).file();
    clinic.post_text(&text);
    let before = clinic.balances();
    let other = edi_835::posting::Rules::parse("[[rule]]\ngroup = 'CO'\nreason = '97'\naction = 'write_off'").unwrap();
    let run = clinic.run.clone();
    let mut replay = |rules: &edi_835::posting::Rules| {
        let options = edi_835::posting::PostOptions { run: run.clone(), rules, dry_run: false, file: "t".into() };
        edi_835::posting::replay(|| Ok(text.as_bytes()), &mut clinic.ledger, &options, &mut |_| {}).unwrap().remove(0)
    };
    let rules = edi_835::posting::Rules::default();
    let (as_is, otherwise) = (replay(&rules), replay(&other));
    assert_eq!(as_is.moved.get(&DeniedReceivable), None, "the same rules put back what was taken back");
    assert_eq!(otherwise.moved[&DenialWriteOff], Money::from_cents(50_000));
    assert_eq!(clinic.balances(), before);
    clinic.check();
}

#[test]
fn a_remittance_is_replayed_without_the_later_ones_that_depend_on_it() {
    let mut clinic = Clinic::new();
    clinic.book(&submission("A", &["500"], &["11111"]));
    let first = clp("A", "1").line("500", "CO-45=125 PR-1=75");
    let text = remit("T1", std::slice::from_ref(&first)).file();
    clinic.post_text(&text);
    clinic.post_claims("T2", &[first.reversed()]);
    let before = clinic.balances();
    let rules = edi_835::posting::Rules::parse("[[rule]]\nat_least = '1'\naction = 'hold'").unwrap();
    let options =
        edi_835::posting::PostOptions { run: clinic.run.clone(), rules: &rules, dry_run: true, file: "t".into() };
    let outcome =
        edi_835::posting::replay(|| Ok(text.as_bytes()), &mut clinic.ledger, &options, &mut |_| {}).unwrap().remove(0);
    assert_eq!((outcome.fate, outcome.held), (edi_835::posting::Fate::Posted, 1));
    assert_eq!(clinic.balances(), before);
    clinic.check();
}
