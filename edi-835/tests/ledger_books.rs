//! The ledger itself: nothing is changed, nothing is doubled, everything says where it came from.

mod posting_support;

use edi_835::ledger::Account::*;
use edi_835::ledger::{Error, Ledger, WorkState};
use edi_835::posting::{Fate, PostOptions, Resolution, Resolved, post, replay};
use posting_support::*;
use pretty_assertions::assert_eq;
use rusqlite::Connection;
use std::cell::Cell;

fn good() -> Clp {
    clp("A", "1").line("500", "CO-45=125 PR-1=75")
}

#[test]
fn posting_twice_is_posting_once() {
    let mut clinic = Clinic::with_two_payers();
    let remittance = remit("T1", &[good(), clp("Z", "1").line("50", "")]).plb("WO", "X", "-5");
    clinic.post(&remittance);
    let (balances, holds) = (clinic.balances(), clinic.holds());
    let again = clinic.post(&remittance);
    assert_eq!((again.fate, again.claims, again.posted, again.held), (Fate::AlreadyPosted, 2, 0, 0));
    assert_eq!((clinic.balances(), clinic.holds()), (balances, holds));
    assert_eq!(clinic.ledger.remittances().unwrap().len(), 1);
}

#[test]
fn other_delimiters_and_envelopes_are_the_same_content() {
    let mut clinic = Clinic::with_two_payers();
    let text = remit("T1", &[good()]).file();
    clinic.post_text(&text);
    let other = text.replace('*', "|").replace("000000001", "000000002").replace('~', "~\n");
    assert_eq!(clinic.post_text(&other)[0].fate, Fate::AlreadyPosted);
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_posting_would() {
    let mut clinic = Clinic::with_two_payers();
    let text =
        file(&[remit("T1", &[good()]), remit("T2", &[clp("A", "2").line("500", "OA-23=425 PR-2=75")]).from("22222")]);
    let before = clinic.balances();
    let dry = clinic.post_with(&text, true);
    assert_eq!((clinic.balances(), clinic.ledger.remittances().unwrap()), (before, vec![]));
    let wet = clinic.post_text(&text);
    let told = |outcomes: &[edi_835::posting::RemittanceOutcome]| {
        outcomes.iter().map(|o| (o.fate.clone(), o.posted, o.held, o.moved.clone())).collect::<Vec<_>>()
    };
    assert_eq!(told(&dry), told(&wet));
    assert_eq!((dry[0].id, wet[0].id), (None, Some(1)));
    assert_eq!(wet[1].posted, 1, "a dry run sees what the remittance before it did");
}

#[test]
fn a_file_that_changes_between_the_readings_is_rolled_back() {
    let mut clinic = Clinic::with_two_payers();
    let (first, second) = (
        remit("T1", &[good()]).file(),
        remit("T1", &[clp("A", "1").line("500", "CO-45=130 PR-1=75").cas("CO-253=-5")]).file(),
    );
    let before = clinic.balances();
    let reads = Cell::new(0);
    let open = || {
        reads.set(reads.get() + 1);
        Ok(if reads.get() == 1 { first.as_bytes() } else { second.as_bytes() })
    };
    let options = PostOptions { run: clinic.run.clone(), rules: &clinic.rules, dry_run: false, file: "x".into() };
    let result = post(open, &mut clinic.ledger, &options, &mut |_| {});
    assert!(matches!(result, Err(Error::InputChanged)), "{result:?}");
    assert_eq!(clinic.balances(), before);
    clinic.check();
}

#[test]
fn every_entry_says_where_it_came_from() {
    let mut clinic = Clinic::with_two_payers();
    clinic.post_claims("T1", &[clp("A", "1").line("500", "CO-45=125 PR-1=75")]);
    let entries = clinic.claim("A").entries;
    let entry = entries.iter().find(|e| e.account == ContractualAllowance).unwrap();
    assert_eq!((entry.file.as_str(), entry.segments, entry.trace.as_str()), ("test.835", (10, 15), "T1"));
    assert_eq!((entry.rule.as_str(), entry.rules.as_str(), entry.actor.as_str()), ("S2", "test", "tester"));
    assert_eq!((entry.effective, entry.posted), (Some(day("2026-01-20")), Some(day("2026-01-21"))));
    assert_eq!((entry.reason.as_str(), entry.line.as_str(), entry.kind.as_str()), ("CO-45", "AL1", "answer"));
}

#[test]
fn undo_frees_the_keys_and_leaves_mirror_entries() {
    let mut clinic = Clinic::with_two_payers();
    let remittance = remit("T1", &[good(), clp("Z", "1").line("50", "")]).plb("WO", "X", "-5").plb("L6", "", "-1");
    let before = clinic.balances();
    let id = clinic.post(&remittance).id.unwrap();
    let posted = clinic.balances();
    let run = clinic.run.clone();
    clinic.ledger.undo(id, &run).unwrap();
    clinic.check();
    assert_eq!(clinic.balances(), before);
    clinic.assert_held(&[]);
    assert!(clinic.claim("A").entries.iter().any(|e| e.kind == "undo" && e.reverses.is_some()));
    assert!(clinic.ledger.undo(id, &run).is_err(), "it is undone already");
    assert_eq!(clinic.post(&remittance).fate, Fate::Posted);
    assert_eq!(clinic.balances(), posted);
    clinic.assert_held(&[("Z", "claim-unmatched")]);
}

#[test]
fn undo_is_refused_while_later_entries_depend_on_it() {
    let mut clinic = Clinic::with_two_payers();
    let run = clinic.run.clone();
    let first = clinic.post(&remit("T1", &[good()]).plb("WO", "X", "-5")).id.unwrap();
    let second = clinic.post(&remit("T2", &[clp("A", "2").line("500", "OA-23=425 PR-2=75")]).from("22222")).id.unwrap();
    assert!(matches!(clinic.ledger.undo(first, &run), Err(Error::Refused(_))));
    clinic.ledger.undo(second, &run).unwrap();
    let third = clinic.post(&remit("T3", &[clp("A", "23")]).plb("WO", "X", "5")).id.unwrap();
    assert!(matches!(clinic.ledger.undo(first, &run), Err(Error::Refused(_))), "its open item was taken");
    clinic.ledger.undo(third, &run).unwrap();
    clinic.ledger.undo(first, &run).unwrap();
    clinic.check();
    assert_eq!(clinic.owed("A", InsuranceReceivable, "11111"), 50_000);
}

#[test]
fn undo_waits_for_a_write_off_to_be_taken_back() {
    let mut clinic = Clinic::with_two_payers();
    let run = clinic.run.clone();
    let before = clinic.balances();
    let denied = [clp("A", "1").line("500", "CO-45=125 CO-97=100 CO-197=50")];
    let id = clinic.post(&remit("T1", &denied)).id.unwrap();
    for denial in [1, 2] {
        clinic.ledger.write_off(denial, "", &run).unwrap();
    }
    for denial in [1, 2] {
        assert!(matches!(clinic.ledger.undo(id, &run), Err(Error::Refused(_))), "a write-off stands");
        clinic.ledger.work_done(denial, WorkState::Open, "", "", &run).unwrap();
    }
    clinic.ledger.undo(id, &run).unwrap();
    clinic.check();
    assert_eq!(clinic.balances(), before);
    // Both halves of the write-off are older than this answer, which does not depend on them.
    let again = clinic.post(&remit("T1", &denied)).id.unwrap();
    clinic.ledger.undo(again, &run).unwrap();
    clinic.check();
}

#[test]
fn undo_together_where_each_depends_on_the_other() {
    let mut clinic = Clinic::with_two_payers();
    clinic.book(&submission("B", &["100"], &["11111"]));
    let (run, before) = (clinic.run.clone(), clinic.balances());
    let b = clp("B", "1").line("100", "CO-45=20");
    let last = clp("A", "1").number("N2").corrects("NA").line("500", "CO-45=100 PR-1=75");
    // The correction waits for its reversal, which comes beside a reversal of what the first remittance paid.
    let first = clinic.post(&remit("T0", &[good()])).id.unwrap();
    let one = clinic.post(&remit("T1", &[last.clone(), b.clone()])).id.unwrap();
    let two = clinic.post(&remit("T2", &[good().reversed(), b.reversed()])).id.unwrap();
    clinic.assert_held(&[]);
    let refused = |result: Result<(), Error>| assert!(matches!(result, Err(Error::Refused(_))), "{result:?}");
    refused(clinic.ledger.undo(one, &run));
    refused(clinic.ledger.undo(two, &run));
    refused(clinic.ledger.undo_together(&[first, one], &run));
    refused(clinic.ledger.undo_together(&[one, two, 99], &run));
    // Other rules are tried on the two together.
    let text = remit("T1", &[last, b.clone()]).file();
    let options = PostOptions { run: run.clone(), rules: &clinic.rules, dry_run: true, file: "x".into() };
    let replayed = replay(|| Ok(text.as_bytes()), &mut clinic.ledger, &options, &mut |_| {}).unwrap();
    assert_eq!((replayed[0].fate.clone(), replayed[0].posted, replayed[0].held), (Fate::Posted, 1, 1));
    clinic.ledger.undo_together(&[two, one, one], &run).unwrap();
    clinic.check();
    clinic.ledger.undo(first, &run).unwrap();
    clinic.check();
    assert_eq!(clinic.balances(), before);
}

#[test]
fn undo_opens_a_denial_again_that_the_answer_had_closed() {
    let mut clinic = Clinic::with_two_payers();
    let run = clinic.run.clone();
    clinic.post_claims("T1", &[clp("A", "4").line("500", "CO-197=500")]);
    let second = clinic.post_claims("T2", &[good()]).id.unwrap();
    assert_eq!(clinic.ledger.work(false).unwrap(), []);
    clinic.ledger.undo(second, &run).unwrap();
    assert_eq!(clinic.ledger.work(false).unwrap().len(), 1);
    assert_eq!(clinic.balance(DeniedReceivable), 50_000);
}

#[test]
fn resolve_match_accept_adjust_and_reject() {
    let mut clinic = Clinic::with_two_payers();
    let (run, rules) = (clinic.run.clone(), clinic.rules.clone());
    let mangled = clp("a-", "1").any_line("HC:99213", "500", "CO-45=125 PR-1=75", "");
    clinic.post_claims("T1", &[mangled]);
    assert!(clinic.ledger.resolve(9, &Resolution::Accept, &run, &rules).is_err());
    assert!(clinic.ledger.resolve(1, &Resolution::Match("?".into()), &run, &rules).is_err());
    assert_eq!(clinic.ledger.resolve(1, &Resolution::Accept, &run, &rules).unwrap(), Resolved::StillHeld);
    assert_eq!(clinic.ledger.resolve(1, &Resolution::Match("A".into()), &run, &rules).unwrap(), Resolved::Released(0));
    clinic.check();
    clinic.post(&remit("T2", &[clp("A", "2").line("500", "CO-45=435")]).from("22222"));
    assert_eq!(clinic.ledger.resolve(2, &Resolution::Adjust, &run, &rules).unwrap(), Resolved::Released(0));
    clinic.check();
    let claim = clinic.claim("A");
    assert_eq!((claim.open.cents(), claim.adjusted.cents(), claim.paid.cents()), (Some(0), Some(13_500), Some(36_500)));
    clinic.post_claims("T3", &[good()]);
    assert_eq!(clinic.ledger.resolve(3, &Resolution::Accept, &run, &rules).unwrap(), Resolved::Released(0));
    clinic.check();
    assert_eq!(clinic.owed("A", PayerCredit, "11111"), -50_000 + 7_500 - 7_500);
    clinic.post_claims("T4", &[clp("Q", "1").line("5", "")]);
    assert_eq!(clinic.ledger.resolve(4, &Resolution::Reject, &run, &rules).unwrap(), Resolved::Rejected);
    clinic.check();
    assert_eq!((clinic.holds(), clinic.balance(Unapplied)), (vec![], -500));
}

#[test]
fn a_closed_month_takes_no_entry() {
    let mut clinic = Clinic::with_two_payers();
    let mut run = clinic.run.clone();
    assert!(clinic.ledger.close(day("2026-01-31"), &run).is_err(), "it is not over");
    run.day = day("2026-02-03");
    clinic.ledger.close(day("2026-01-01"), &run).unwrap();
    assert!(clinic.ledger.close(day("2026-01-01"), &run).is_err(), "it is closed");
    clinic.run = run;
    clinic.post_claims("T1", &[good()]);
    assert_eq!(clinic.ledger.closed_months().unwrap(), ["2026-01"]);
    let entry = clinic.claim("A").entries.into_iter().find(|e| e.kind == "answer").unwrap();
    assert_eq!((entry.effective, entry.period.as_str()), (Some(day("2026-01-20")), "2026-02"));
}

#[test]
fn the_file_is_private_and_refuses_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.db");
    let mut clinic = Clinic { ledger: Ledger::open(&path).unwrap(), ..Clinic::new() };
    clinic.book(&submission("A", &["500"], &["11111"]));
    clinic.post_claims("T1", &[good()]);
    #[cfg(unix)]
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        use std::os::unix::fs::PermissionsExt;
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
    let outside = Connection::open(&path).unwrap();
    for sql in [
        "UPDATE entry SET amount = amount + 1",
        "DELETE FROM entry",
        "UPDATE journal SET effective = '2020-01-01'",
        "DELETE FROM remittance",
        "UPDATE remittance SET amount = 0",
        "UPDATE hold SET amount = 0",
        "DELETE FROM submission",
        "UPDATE adjudication SET paid = 0",
    ] {
        let refused = outside.execute(sql, []);
        let changed_nothing = matches!(refused, Ok(0));
        assert!(refused.is_err() || changed_nothing, "{sql}");
        assert!(sql.contains("hold") || refused.is_err(), "{sql}");
    }
    drop(clinic);
    let mut again = Ledger::open(&path).unwrap();
    assert_eq!(again.check().unwrap().breaches, []);
    assert_eq!(again.claim("A").unwrap().unwrap().paid.cents(), Some(30_000));
}

#[test]
fn check_names_what_breaks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.db");
    let mut clinic = Clinic { ledger: Ledger::open(&path).unwrap(), ..Clinic::new() };
    clinic.book(&submission("A", &["500"], &["11111"]));
    clinic.post_claims("T1", &[good()]);
    let outside = Connection::open(&path).unwrap();
    let insert = "INSERT INTO entry SELECT journal_id, seq + 50, account_id, 100, payer_id, line_id,
        remittance_id, payee_id, hold_id, reason, rule, NULL, NULL FROM entry WHERE account_id = ?1 AND line_id IS NOT NULL";
    outside.execute(insert, [Clearing.id()]).unwrap();
    let report = clinic.ledger.check().unwrap();
    let broken: Vec<&str> = report.breaches.iter().map(|b| b.invariant).collect();
    assert!(broken.contains(&"every journal sums to zero"), "{broken:?}");
    assert!(broken.contains(&"clearing is zero"), "{broken:?}");
    assert!(broken.contains(&"charge = paid + adjusted + open"), "{broken:?}");
    assert!(broken.contains(&"what was paid is what the answers say"), "{broken:?}");
}

#[test]
fn control_numbers_are_never_given_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.db");
    let mut numbers = Vec::new();
    let take = |path: &std::path::Path| -> Vec<u32> {
        let mut ledger = Ledger::open(path).unwrap();
        (0..25).map(|_| ledger.next_control_number("ISA13", "HUB").unwrap()).collect()
    };
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || take(&path))
        })
        .collect();
    threads.into_iter().for_each(|thread| numbers.extend(thread.join().unwrap()));
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=100).collect::<Vec<u32>>());
    let mut ledger = Ledger::open(&path).unwrap();
    assert_eq!(ledger.next_control_number("ISA13", "OTHER").unwrap(), 1);
    assert_eq!(ledger.next_control_number("GS06", "HUB").unwrap(), 1);
}
