//! The main job as an office does it: encounters out, remittances in, posted; and what must never happen.

mod support;

use pretty_assertions::assert_eq;
use serde_json::Value;
use std::fs;
use std::path::Path;
use support::{Run, edi_in, root};
use tempfile::TempDir;

/// An office with the demo's files, in a folder of its own.
struct Office(TempDir);

impl Office {
    /// The claims are built and booked.
    fn open() -> Self {
        let office = Self(tempfile::tempdir().unwrap());
        for entry in fs::read_dir(root().join("testdata/demo")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, office.path().join(path.file_name().unwrap())).unwrap();
        }
        let run = office.build("encounters.csv");
        assert_eq!(run.code, 1, "one encounter is rejected: {}", run.stderr);
        office
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, words: &[&str]) -> Run {
        edi_in(self.path(), words, b"")
    }

    fn build(&self, encounters: &str) -> Run {
        self.run(&["claims", "build", encounters, "--practice", "practice.toml", "--ledger", "office.db", "-o", "out"])
    }

    fn post(&self, file: &str) -> Run {
        self.run(&["remit", "post", "--ledger", "office.db", file])
    }

    fn json(&self, words: &[&str]) -> Value {
        let run = self.run(&[words, &["--ledger", "office.db", "--format", "json"]].concat());
        serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{words:?}: {e}\n{}{}", run.stdout, run.stderr))
    }

    /// Everything that the ledger says.
    fn state(&self) -> Vec<Value> {
        let asked: [&[&str]; 5] = [
            &["ledger", "balances", "--by-payer"],
            &["ledger", "remittances"],
            &["denials"],
            &["holds"],
            &["ledger", "items"],
        ];
        asked.iter().map(|words| self.json(words)).collect()
    }

    fn is_sound(&self) {
        let check = self.run(&["ledger", "check", "--ledger", "office.db"]);
        assert_eq!(check.code, 0, "{}{}", check.stdout, check.stderr);
    }

    fn balance(&self, account: &str) -> String {
        let balances = self.json(&["ledger", "balances"]);
        let found = balances.as_array().unwrap().iter().find(|b| b["account"] == account);
        found.map_or("0.00".to_owned(), |b| b["amount"].as_str().unwrap().to_owned())
    }
}

const REMITTANCES: [&str; 9] = [
    "01-clean.835",
    "02-partial.835",
    "03-denial.835",
    "04a-primary.835",
    "04b-secondary.835",
    "05-reversal.835",
    "06-recovery.835",
    "07-unknown.835",
    "08-unbalanced.835",
];

#[test]
fn the_readme_shows_what_the_demo_prints() {
    let folder = tempfile::tempdir().unwrap();
    let run = edi_in(folder.path(), &["demo"], b"");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let readme = root().join("README.md");
    let text = fs::read_to_string(&readme).unwrap();
    let (before, rest) = text.split_once("<!-- demo -->\n").unwrap();
    let (shown, after) = rest.split_once("<!-- /demo -->").unwrap();
    let expected = format!("```console\n$ cargo run --release -- demo\n{}```\n", run.stdout);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&readme, format!("{before}<!-- demo -->\n{expected}<!-- /demo -->{after}")).unwrap();
    } else {
        assert_eq!(shown, expected);
    }
    let again = edi_in(folder.path(), &["demo"], b"");
    assert_eq!(again.stdout, run.stdout.replace("edi-demo/", "edi-demo-2/"), "a fresh folder each time");
}

#[test]
fn posting_twice_changes_nothing() {
    let office = Office::open();
    for file in REMITTANCES {
        office.post(file);
    }
    let once = office.state();
    for file in REMITTANCES {
        let again = office.post(file);
        assert!(again.stdout.contains("nothing to do"), "{}", again.stdout);
    }
    assert_eq!(office.state(), once);
    office.is_sound();
}

#[test]
fn a_dry_run_shows_the_plan_and_changes_nothing() {
    let office = Office::open();
    let before = office.state();
    let plan = office.run(&["remit", "post", "--dry-run", "--ledger", "office.db", "02-partial.835"]);
    assert_eq!(plan.code, 0);
    assert!(plan.stdout.contains("would be posted") && plan.stdout.contains("patient_receivable"), "{}", plan.stdout);
    assert_eq!(office.state(), before);
}

#[test]
fn the_money_of_the_story_is_right_to_the_cent() {
    let office = Office::open();
    for file in REMITTANCES {
        office.post(file);
    }
    office.is_sound();
    // BPR02 of the nine remittances; PR of E-1002, E-1006, E-1005 and E-1009; what is held; what is denied.
    for (account, amount) in [
        ("eft_expected", "1357.00"),
        ("patient_receivable", "143.00"),
        ("unapplied", "-180.00"),
        ("denied_receivable", "310.00"),
        ("insurance_receivable", "150.00"),
        ("contractual_allowance", "475.00"),
        ("revenue", "-2255.00"),
        ("overpayment", "0.00"),
        ("clearing", "0.00"),
    ] {
        assert_eq!(office.balance(account), amount, "{account}");
    }
}

#[test]
fn what_is_held_says_why_and_its_neighbours_post() {
    let office = Office::open();
    for (file, cause, neighbour) in
        [("07-unknown.835", "claim-unmatched", "E-1010"), ("08-unbalanced.835", "unbalanced", "E-1009")]
    {
        let run = office.post(file);
        assert_eq!(run.code, 1);
        assert!(run.stdout.contains(cause), "{}", run.stdout);
        let history = office.json(&["ledger", "claim", neighbour]);
        assert_eq!(history["answers"].as_array().unwrap().len(), 1);
    }
    office.is_sound();
}

#[test]
fn rejects_are_mended_and_run_again() {
    let office = Office::open();
    let rejects = "out/encounters.rejects-000000001.csv";
    let text = fs::read_to_string(office.path().join(rejects)).unwrap();
    assert!(text.starts_with("claim_id,payer_id,"), "the same form as the input");
    assert_eq!(text.lines().count(), 2);
    fs::write(office.path().join("mended.csv"), text.replace("1455500111", "1455500110")).unwrap();
    let run = office.build("mended.csv");
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("1 in = 1 written + 0 rejected"));
    assert!(office.path().join("out/hub-000000002.837").is_file(), "the next control number");
    let journal = office.run(&["ledger", "export", "--ledger", "office.db"]).stdout;
    for file in ["encounters.csv", "mended.csv"] {
        assert!(journal.contains(file), "what was booked out of {file} tells it");
    }
    office.is_sound();
}

#[test]
fn a_claim_is_never_booked_or_sent_twice() {
    let office = Office::open();
    let before = office.state();
    let run = office.build("encounters.csv");
    assert!(run.stdout.contains("11 in = 0 written + 11 rejected"), "{}", run.stdout);
    assert_eq!(office.state(), before);
}

#[test]
fn what_is_built_is_valid_and_reads_back() {
    let office = Office::open();
    let file = "out/hub-000000001.837";
    let validated = office.run(&["validate", "--format", "json", file]);
    let object: Value = serde_json::from_str(&validated.stdout).unwrap();
    let worst = object["findings"].as_array().unwrap().iter().filter(|f| f["severity"] != "info").count();
    assert_eq!((object["claims"].as_u64(), worst), (Some(10), 0), "{}", validated.stdout);
    let shown = office.run(&["claims", "show", "-q", file]);
    assert_eq!(shown.stdout.matches("\nclaim E-").count() + 1, 10);
    assert!(!shown.stdout.contains("STONE"), "names are masked");
}

#[test]
fn a_claim_is_shown_by_its_boxes_and_persons_are_masked() {
    let office = Office::open();
    let words = ["claims", "show", "-q", "--boxes", "--claim", "E-1006", "out/hub-000000001.837"];
    let masked = office.run(&words).stdout;
    for private in ["HILL", "FINLEY", "GRAY", "PIN000006", "2024", "02/10", "BIRCH", "SPRINGFIELD", "62701", "RIVERGRP"]
    {
        assert!(!masked.contains(private), "{private} in\n{masked}");
    }
    assert!(masked.contains("24D") && masked.contains("99392") && masked.contains("Z00.129"));
    let shown = office.run(&[&["--phi"], &words[..]].concat()).stdout;
    assert!(shown.contains("HILL") && shown.contains("02/10/2024"), "{shown}");
    for form in ["json", "ndjson", "text"] {
        let run = office.run(&["claims", "show", "--format", form, "out/hub-000000001.837"]);
        for private in ["HILL", "FINLEY", "PIN000006", "20240210", "2024-02-10", "BIRCH"] {
            assert!(!run.stdout.contains(private) && !run.stderr.contains(private), "{private} in {form}");
        }
    }
}

#[test]
fn starters_build_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let starter = |which: &str, name: &str| {
        let run = edi_in(folder.path(), &["claims", "template", which], b"");
        fs::write(folder.path().join(name), run.stdout).unwrap();
    };
    starter("practice", "practice.toml");
    for (which, name) in [("csv", "a.csv"), ("boxes", "b.csv"), ("json", "c.json")] {
        starter(which, name);
        let run = edi_in(folder.path(), &["claims", "build", name, "--practice", "practice.toml", "--dry-run"], b"");
        assert!(run.stdout.contains("1 in = 1 written + 0 rejected"), "{which}: {}{}", run.stdout, run.stderr);
    }
}

#[test]
fn a_remittance_is_taken_back_and_posted_again() {
    let office = Office::open();
    for file in REMITTANCES {
        office.post(file);
    }
    let once = office.json(&["ledger", "balances", "--by-payer"]);
    let refused = office.run(&["ledger", "undo", "1", "--ledger", "office.db"]);
    assert_eq!(refused.code, 2, "a later reversal depends on it");
    assert!(refused.stderr.contains("undo those first"));
    assert_eq!(office.run(&["ledger", "undo", "8", "--ledger", "office.db"]).code, 0);
    office.is_sound();
    assert_eq!(office.balance("unapplied"), "-100.00");
    office.post("07-unknown.835");
    let amounts = |balances: &Value| -> Vec<(String, String)> {
        let rows = balances.as_array().unwrap().iter();
        rows.map(|b| (format!("{} {}", b["account"], b["payer"]), b["amount"].to_string())).collect()
    };
    assert_eq!(amounts(&office.json(&["ledger", "balances", "--by-payer"])), amounts(&once));
    office.is_sound();
}

#[test]
fn an_unbalanced_claim_cannot_be_accepted_only_rejected() {
    let office = Office::open();
    office.post("08-unbalanced.835");
    let resolve = |way: &str| office.run(&["holds", "resolve", "1", way, "--ledger", "office.db"]);
    assert_eq!(resolve("accept").code, 1);
    assert_eq!(resolve("reject").code, 0);
    assert_eq!(office.run(&["holds", "--ledger", "office.db"]).code, 0, "no hold is open");
    assert_eq!(office.balance("unapplied"), "-100.00", "its money stays there");
    office.is_sound();
}

#[test]
fn a_closed_month_takes_no_entry() {
    let office = Office::open();
    assert_eq!(office.run(&["ledger", "close", "2025-12", "--ledger", "office.db"]).code, 0);
    office.post("01-clean.835");
    let export = office.run(&["ledger", "export", "--ledger", "office.db"]);
    let mut rows = csv::Reader::from_reader(export.stdout.as_bytes());
    let head = rows.headers().unwrap().clone();
    let at = |name: &str| head.iter().position(|h| h == name).unwrap();
    let answers: Vec<csv::StringRecord> =
        rows.records().map(Result::unwrap).filter(|r| &r[at("kind")] == "answer").collect();
    assert_eq!(answers.len(), 6);
    for answer in &answers {
        assert_eq!((&answer[at("effective")], &answer[at("period")]), ("2025-12-19", "2026-01"));
    }
    office.is_sound();
}

#[cfg(unix)]
#[test]
fn files_with_patient_data_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::open();
    for name in ["office.db", "out/hub-000000001.837", "out/encounters.rejects-000000001.csv", "out/manifest.ndjson"] {
        let mode = fs::metadata(office.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
}
