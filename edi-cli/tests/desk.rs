//! A biller's day at the desk: the plan, holds and how they end, denials as work, rules tried, what an earlier system
//! left, and who did what. What is printed is held against golden files.

mod support;

use pretty_assertions::assert_eq;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use support::{Run, edi_in, golden, root};
use tempfile::TempDir;

/// An office with the demo's claims booked, in a folder of its own.
struct Desk(TempDir);

/// A claim of an 835: what was paid on it, and its segments.
type Answer<'a> = (i64, &'a str);

const MISTYPED: Answer<'_> = (
    200,
    "CLP*E1007*1*260*200**12*N7*11*1~NM1*QC*1*GLEN*HARPER****MI*PIN000007~SVC*HC:99396*260*200**1~DTM*472*20251209~\
     CAS*CO*45*60~REF*6R*E1007L1~",
);
const DISGUISED: Answer<'_> = (
    0,
    "CLP*E-1010*1*85*0**12*N10*11*1~NM1*QC*1*FERN*KIT****MI*OAK000010~SVC*HC:93000*85*0**1~DTM*472*20251211~\
     CAS*CO*45*85~REF*6R*E1010L1~",
);
const BUNDLED: Answer<'_> = (
    35,
    "CLP*E-1009*1*60*35**12*N9*11*1~NM1*QC*1*MOOR*JULES****MI*OAK000009~SVC*HC:87880*60*35**1~DTM*472*20251210~\
     CAS*CO*97*25~REF*6R*E1009L1~",
);
/// The bad form of rule C3: the secondary takes off what the primary has paid.
const WITHOUT_OA23: Answer<'_> = (
    65,
    "CLP*E-1004*2*500*65**12*N4*11*1~NM1*QC*1*LAKE*DEVON****MI*PIN000004~SVC*HC:99205*500*65**1~DTM*472*20251204~\
     CAS*CO*45*435~REF*6R*E1004L1~",
);
const OF_VALE: Answer<'_> = (
    100,
    "CLP*E-1008*1*150*100**12*N8*11*1~NM1*QC*1*VALE*INDIGO****MI*OAK000008~SVC*HC:99213*150*100**1~\
     DTM*472*20251210~CAS*CO*45*50~REF*6R*E1008L1~",
);

/// An 835 of one payer and day.
fn era(trace: &str, payer: &str, answers: &[Answer<'_>]) -> String {
    let paid: i64 = answers.iter().map(|(paid, _)| paid).sum();
    let claims: String = answers.iter().map(|(_, segments)| *segments).collect();
    let body = format!(
        "ST*835*0001~BPR*I*{paid}*C*ACH*CCP*01*021000021*DA*1*1{payer}**01*011000015*DA*7*20260116~\
         TRN*1*{trace}*1{payer}~N1*PR*{payer} PLAN~N3*1 A~N4*B*OH*43215~REF*2U*{payer}~PER*BL*H*TE*8005550100~\
         N1*PE*RIVER CLINIC*XX*1455500011~LX*1~{claims}"
    );
    let count = body.matches('~').count() + 1;
    let text = format!(
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*RIVERCLINIC    *260116*0900*^*00501*000006104*0*P*:~\
         GS*HP*PAYER*RIVERCLINIC*20260116*0900*1*X*005010X221A1~{body}SE*{count}*0001~GE*1*1~IEA*1*000006104~"
    );
    text.replace('~', "~\n")
}

const OLD: &str = "claim_id,provider_npi,payer_id,line,procedure,service_date,charge,payer_owes,patient_owes,patient\n\
    OLD1,1455500011,OAK22,1,99213,2025-11-01,150,100,,DOE JANE\n\
    OLD2,1455500011,OAK22,1,99213,11/02/2025,150,100,,ROE RICHARD\n\
    OLD3,1455500011,PINE1,1,99214,2025-11-03,220.00,0,45.00,POE EDGAR\n";

const RULES: &str = "version = \"trial\"\n\n[[rule]]\ngroup = \"CO\"\nreason = \"97\"\naction = \"write_off\"\n\
    why = \"the contract bundles these\"\n\n[[rule]]\nat_least = \"150\"\naction = \"hold\"\nwhy = \"a second pair of eyes\"\n";

impl Desk {
    fn open() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        for entry in fs::read_dir(root().join("testdata/demo")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, desk.path().join(path.file_name().unwrap())).unwrap();
        }
        for (name, text) in [
            ("mistyped.835", era("T1", "PINE1", &[MISTYPED])),
            ("mixed.835", era("T2", "OAK22", &[DISGUISED, BUNDLED])),
            ("secondary.835", era("T3", "OAK22", &[WITHOUT_OA23])),
            ("gate.835", era("T4", "GATE9", &[OF_VALE])),
            ("old.csv", OLD.to_owned()),
            ("office.toml", RULES.to_owned()),
        ] {
            fs::write(desk.path().join(name), text).unwrap();
        }
        let words = ["claims", "build", "encounters.csv", "--practice", "practice.toml", "-o", "out"];
        assert_eq!(desk.run(&words).code, 1, "one encounter is rejected");
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs `edi` with the ledger of the office, as a named person.
    fn run(&self, words: &[&str]) -> Run {
        self.talk(&[&["-q"], words].concat())
    }

    /// As [`run`](Self::run), with the words for the person on stderr.
    fn talk(&self, words: &[&str]) -> Run {
        edi_in(self.path(), &[&["--actor", "M. Hall"], words, &["--ledger", "office.db"]].concat(), b"")
    }

    fn post(&self, files: &[&str]) {
        for file in files {
            assert_ne!(self.run(&["remit", "post", file]).code, 2, "{file}");
        }
    }

    fn is_sound(&self) {
        let check = self.run(&["ledger", "check"]);
        assert_eq!(check.code, 0, "{}{}", check.stdout, check.stderr);
    }

    fn balance(&self, account: &str) -> String {
        let run = self.run(&["ledger", "balances", "--format", "json"]);
        let balances: Value = serde_json::from_str(&run.stdout).unwrap();
        let found = balances.as_array().unwrap().iter().find(|b| b["account"] == account);
        found.map_or("0.00".to_owned(), |b| b["amount"].as_str().unwrap().to_owned())
    }
}

const HELD: [&str; 5] = ["mistyped.835", "04a-primary.835", "mixed.835", "secondary.835", "gate.835"];

#[test]
fn a_dry_run_shows_entries_rules_and_balances_claim_by_claim() {
    let desk = Desk::open();
    desk.post(&["01-clean.835"]);
    // A reversal and its correction in one file: the second begins where the first ends.
    let plan = desk.run(&["remit", "post", "--dry-run", "03-denial.835", "05-reversal.835", "07-unknown.835"]);
    assert_eq!(plan.code, 1);
    golden("dry-run.txt", &plan.stdout);
    let json = desk.run(&["remit", "post", "--dry-run", "--format", "json", "03-denial.835"]);
    let plan: Value = serde_json::from_str(&json.stdout).unwrap();
    let claim = &plan[0]["plans"][0];
    assert_eq!(
        claim["balances"][0],
        serde_json::json!({"account": "insurance_receivable", "before": "460.00", "after": "0.00"})
    );
    assert_eq!(
        (&claim["entries"][0]["rule"], &claim["entries"][0]["line"]),
        (&Value::from("S2"), &Value::from("E1003L1"))
    );
    desk.is_sound();
}

#[test]
fn each_kind_of_hold_is_told_whole_and_resolved() {
    let desk = Desk::open();
    desk.post(&HELD);
    desk.post(&["08-unbalanced.835"]);
    let shown = desk.run(&["holds", "show"]);
    assert_eq!(shown.code, 1);
    golden("holds-show.txt", &shown.stdout);
    let details = desk.run(&["holds", "show", "1", "--format", "json"]);
    let details: Value = serde_json::from_str(&details.stdout).unwrap();
    assert_eq!(
        (&details[0]["suggestions"][0]["claim"], &details[0]["ways"][0]["posts"]),
        (&"E-1007".into(), &true.into())
    );
    assert_eq!(desk.run(&["holds", "show", "99"]).code, 2);

    for words in [
        &["1", "match", "E-1007", "--note", "the payer lost the hyphen"][..],
        &["2", "accept", "--note", "capitated since January"],
        &["3", "adjust"],
    ] {
        assert_eq!(desk.run(&[&["holds", "resolve"], words].concat()).code, 0, "{words:?}");
        desk.is_sound();
    }
    let mapped = desk.talk(&["ledger", "map-payer", "GATE9", "OAK22"]);
    assert!(mapped.stderr.contains("1 holds were released"), "{}", mapped.stderr);
    let refused = desk.talk(&["holds", "resolve", "5", "accept"]);
    assert!(refused.code == 1 && refused.stderr.contains("still held:\n  B1 unbalanced"), "{}", refused.stderr);
    // 5 does not add up, 6 was answered before: neither is ours to keep.
    for (hold, unapplied, bank) in [("5", "-35.00", "-100.00"), ("6", "0.00", "-135.00")] {
        assert_eq!(desk.run(&["holds", "return", hold]).code, 2, "it is not rejected yet");
        assert_eq!(desk.run(&["holds", "resolve", hold, "reject", "--note", "asked the payer"]).code, 0);
        assert_eq!(desk.run(&["holds", "return", hold, "--note", "check 1201"]).code, 0);
        assert_eq!((desk.balance("unapplied"), desk.balance("bank")), (unapplied.into(), bank.into()));
    }
    assert_eq!(desk.run(&["holds"]).code, 0, "none is open");
    golden("holds-all.txt", &desk.run(&["holds", "--all"]).stdout);
    golden("audit.txt", &desk.run(&["ledger", "audit"]).stdout);
    desk.is_sound();
}

#[test]
fn a_payment_to_a_payee_that_the_rules_make_ours_posts_when_all_is_planned_again() {
    let desk = Desk::open();
    let text = era("T5", "OAK22", &[OF_VALE]).replace("XX*1455500011", "XX*1999999984");
    fs::write(desk.path().join("other.835"), text).unwrap();
    desk.post(&["other.835"]);
    assert!(desk.run(&["holds", "show", "1"]).stdout.contains("edi holds again --rules FILE"));
    assert_eq!(desk.run(&["holds", "again"]).code, 1);
    fs::write(desk.path().join("ours.toml"), "payees = [\"1999999984\"]\n").unwrap();
    assert_eq!(desk.run(&["holds", "again", "--rules", "ours.toml"]).code, 0);
    assert_eq!(desk.balance("eft_expected"), "100.00");
    desk.is_sound();
}

/// What was unpacked whole of a cut archive posts; the cut is told, and what it cut through is held until all of it comes.
#[test]
fn a_cut_gzip_posts_what_is_whole_and_tells_the_cut() {
    let desk = Desk::open();
    let read = |name: &str| fs::read(root().join("testdata/demo").join(name)).unwrap();
    let (first, second) = (read("01-clean.835"), read("02-partial.835"));
    let all = [first.as_slice(), &second].concat();
    // Stored blocks: what stands before the cut can be unpacked to its last byte.
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    packed.write_all(&all).unwrap();
    let mut packed = packed.finish().unwrap();
    packed.truncate(packed.len() - 8 - second.len() / 2);
    fs::write(desk.path().join("cut.835.gz"), packed).unwrap();
    fs::write(desk.path().join("all.835"), all).unwrap();
    let cut = desk.talk(&["remit", "post", "cut.835.gz"]);
    assert_eq!(cut.code, 1, "{}", cut.stderr);
    assert!(cut.stderr.contains("REPAIR-BROKEN-OFF"), "{}", cut.stderr);
    assert!(cut.stdout.contains("PINE880001, payment 220.00: posted: 2 claims"), "{}", cut.stdout);
    assert!(cut.stdout.contains("PINE880002, payment 222.00: HELD as a whole"), "{}", cut.stdout);
    assert_eq!(desk.balance("eft_expected"), "220.00");
    desk.is_sound();
    let all = desk.run(&["remit", "post", "all.835"]);
    assert!(all.stdout.contains("PINE880001, payment 220.00: posted before"), "{}", all.stdout);
    assert_eq!(desk.balance("eft_expected"), "442.00");
    desk.is_sound();
}

#[test]
fn denials_are_worked_on_by_named_persons() {
    let desk = Desk::open();
    desk.post(&["mixed.835", "03-denial.835", "02-partial.835"]);
    let ids = |more: &[&str]| -> Vec<i64> {
        let run = desk.run(&[&["denials", "--format", "ndjson"], more].concat());
        run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_i64().unwrap()).collect()
    };
    // 1: E-1009 CO-97 25.00, due 2026-03-17; 2: E-1003 CO-197 310.00, due 2026-02-21.
    assert_eq!(ids(&[]), [2, 1], "by due date");
    assert_eq!(ids(&["--sort", "claim"]), [2, 1]);
    assert_eq!(ids(&["--sort", "carc"]), [2, 1]);
    for (filter, found) in [
        (&["--carc", "97"][..], &[1][..]),
        (&["--claim", "E-1003"], &[2]),
        (&["--payer", "PINE1"], &[]),
        (&["--category", "authorization"], &[2]),
        (&["--due-before", "2026-02-21"], &[]),
        (&["--due-before", "2026-02-22"], &[2]),
        (&["--at-least", "25.01"], &[2]),
        (&["--at-most", "25"], &[1]),
        (&["--kind", "task"], &[]),
        (&["--owner", ""], &[2, 1]),
    ] {
        assert_eq!(ids(filter), found, "{filter:?}");
    }
    let marked = desk.run(&["denials", "mark", "1", "2", "appealed", "--owner", "mary", "--note", "records sent"]);
    assert_eq!(marked.code, 0, "{}", marked.stderr);
    assert_eq!(ids(&["--owner", "mary", "--state", "appealed"]), [2, 1]);
    assert_eq!(desk.run(&["denials", "mark", "1", "written-off", "--note", "past the limit"]).code, 0);
    assert_eq!(
        (desk.balance("denied_receivable"), desk.balance("denial_write_off")),
        ("310.00".into(), "25.00".into())
    );
    assert_eq!((ids(&[]), ids(&["--state", "written-off"])), (vec![2], vec![1]));
    assert_eq!(desk.run(&["denials", "mark", "99", "2", "closed"]).code, 2, "99 is named, and 2 is done");
    assert_eq!(ids(&["--state", "closed"]), [2]);
    golden("denials-history.txt", &desk.run(&["denials", "history", "1"]).stdout);
    golden("denials.csv", &desk.run(&["denials", "--all", "--format", "csv"]).stdout);
    let rates = ["carc", "payer", "provider", "procedure", "month"]
        .map(|by| desk.run(&["denials", "rates", "--by", by]).stdout);
    golden("denials-rates.txt", &rates.join("\n"));
    desk.is_sound();
}

/// Nobody gives money away without a name.
#[test]
fn a_write_off_and_a_refund_want_a_name() {
    let desk = Desk::open();
    desk.post(&["mixed.835"]);
    let refund =
        ["ledger", "refund", "--payer", "OAK22", "--payee", "1455500011", "--amount", "80", "--reference", "CHECK 7"];
    for words in [&["denials", "mark", "1", "written-off"][..], &refund] {
        let run = edi_in(desk.path(), &[&["--actor", " "], words, &["--ledger", "office.db"]].concat(), b"");
        assert!(run.code == 2 && run.stderr.contains("--actor"), "{}", run.stderr);
        assert_eq!(desk.run(words).code, 0);
    }
    assert_eq!((desk.balance("overpayment"), desk.balance("bank")), ("80.00".into(), "-80.00".into()));
    assert!(desk.run(&["ledger", "items"]).stdout.contains("CHECK 7"));
    desk.is_sound();
}

#[test]
fn rules_are_tried_over_past_remittances_and_nothing_is_written() {
    let desk = Desk::open();
    desk.post(&["04a-primary.835", "mixed.835", "04b-secondary.835", "03-denial.835"]);
    let before = desk.run(&["ledger", "export"]).stdout;
    let shipped = edi_in(desk.path(), &["rules", "show"], b"");
    golden("rules.toml", &shipped.stdout);
    fs::write(desk.path().join("shipped.toml"), &shipped.stdout).unwrap();
    let same = desk.run(&["rules", "test", "shipped.toml"]);
    assert_eq!((same.code, same.stdout.lines().count()), (0, 1), "{}{}", same.stdout, same.stderr);
    let tried = desk.run(&["rules", "test", "office.toml"]);
    assert_eq!(tried.code, 1);
    golden("rules-test.txt", &tried.stdout);
    let lines = desk.run(&["rules", "test", "office.toml", "--format", "ndjson", "mixed.835"]).stdout;
    let changed: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(changed["after"]["entries"][1]["account"], "denial_write_off");
    let against = desk.run(&["rules", "test", "office.toml", "--against", "office.toml"]);
    assert_eq!(against.code, 0, "{}", against.stdout);
    fs::remove_file(desk.path().join("mixed.835")).unwrap();
    let missing = desk.run(&["rules", "test", "office.toml"]);
    assert!(missing.code == 2 && missing.stderr.contains("mixed.835"), "{}", missing.stderr);
    assert_eq!(desk.run(&["ledger", "export"]).stdout, before);
    desk.is_sound();
}

#[test]
fn a_bad_file_of_rules_or_fees_is_told_by_file_line_and_key() {
    let desk = Desk::open();
    let bad = [
        ("[[rule]]\ngroup = \"CO\"\nactoin = \"post\"\n", "bad.toml: line 3, key actoin: "),
        ("[[rule]]\ngroup = \"CO\"\naction = \"guess\"\n", "bad.toml: line 3, key action: "),
        ("\n[[rule]]\ngroup = \"PR\"\naction = \"write_off\"\n", "bad.toml: line 2, key rule: "),
        ("small_balance = 5.00\n", "bad.toml: line 1, key small_balance: "),
    ];
    for (text, told) in bad {
        fs::write(desk.path().join("bad.toml"), text).unwrap();
        for words in [&["remit", "post", "--rules", "bad.toml", "01-clean.835"][..], &["rules", "test", "bad.toml"]] {
            let run = desk.run(words);
            assert!(run.code == 2 && run.stderr.contains(told), "{words:?}: {}", run.stderr);
        }
    }
    fs::write(desk.path().join("fees.csv"), "payer_id,procedure,modifiers,from,to,allowed\nPINE1,99213,,,,a few\n")
        .unwrap();
    let run = desk.run(&["remit", "post", "--fees", "fees.csv", "01-clean.835"]);
    assert!(run.code == 2 && run.stderr.contains("fees.csv") && run.stderr.contains("line: 2"), "{}", run.stderr);
    fs::write(desk.path().join("fees.csv"), "payer_id,procedure,modifiers,from,to,allowed\nPINE1,99213,,,,120\n")
        .unwrap();
    assert_eq!(desk.run(&["remit", "post", "--fees", "fees.csv", "01-clean.835"]).code, 0);
    let tasks = desk.run(&["denials", "--kind", "task", "--format", "ndjson"]).stdout;
    assert_eq!(tasks.lines().count(), 2, "110.00 was allowed of 120.00 on two claims: {tasks}");
}

#[test]
fn opening_balances_are_imported_once_and_bad_rows_are_told() {
    let desk = Desk::open();
    let first = desk.run(&["ledger", "open", "old.csv"]);
    assert_eq!(first.code, 1);
    let again = desk.run(&["ledger", "open", "old.csv"]);
    golden("ledger-open.txt", &format!("{}{}", first.stdout, again.stdout));
    for private in ["DOE", "ROE", "POE"] {
        assert!(!first.stdout.contains(private) && !first.stderr.contains(private));
    }
    assert_eq!(desk.balance("opening"), "-145.00");
    let json = desk.run(&["ledger", "open", "old.csv", "--format", "json"]);
    let object: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&object["opened"], &object["there_already"]), (&0.into(), &2.into()));
    let run = desk.run(&["ledger", "open", "encounters.csv"]);
    assert!(run.code == 2 && run.stderr.contains("the columns are claim_id"), "{}", run.stderr);
    desk.is_sound();
}

/// Every example of a help page runs, in an office that has what it names.
#[cfg(unix)]
#[test]
fn the_examples_of_the_help_pages_work() {
    let desk = Desk::open();
    desk.post(&["07-unknown.835", "08-unbalanced.835", "03-denial.835"]);
    assert_eq!(desk.run(&["holds", "resolve", "2", "reject"]).code, 0);
    for (from, to) in [("02-partial.835", "era.835"), ("office.toml", "now.toml")] {
        fs::copy(desk.path().join(from), desk.path().join(to)).unwrap();
    }
    fs::create_dir(desk.path().join("downloads")).unwrap();
    fs::copy(desk.path().join("era.835"), desk.path().join("downloads/era.835")).unwrap();
    fs::write(desk.path().join("fees.csv"), "payer_id,procedure,modifiers,from,to,allowed\nPINE1,99214,,,,160\n")
        .unwrap();
    let saved = fs::read(desk.path().join("office.db")).unwrap();
    let bin = Path::new(env!("CARGO_BIN_EXE_edi")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let pages = [
        "remit post",
        "rules",
        "rules show",
        "rules test",
        "denials",
        "denials mark",
        "denials history",
        "denials rates",
        "holds",
        "holds show",
        "holds resolve",
        "holds return",
        "holds again",
        "ledger",
        "ledger open",
        "ledger map-payer",
        "ledger refund",
    ];
    for page in pages {
        let words: Vec<&str> = page.split(' ').chain(["--help"]).collect();
        let help = edi_in(desk.path(), &words, b"").stdout;
        let help = help.replace(" \\\n   ", "");
        let examples: Vec<&str> = help.lines().filter_map(|line| line.strip_prefix("  edi ")).collect();
        assert!(!examples.is_empty(), "{page} has no example");
        for example in examples {
            let command = example.split("  ").next().unwrap().split(" | ").next().unwrap();
            fs::write(desk.path().join("office.db"), &saved).unwrap();
            let script = format!("edi --clock 2026-02-02 {command}");
            let run = std::process::Command::new("sh")
                .args(["-c", &script])
                .env("PATH", &path)
                .current_dir(desk.path())
                .output();
            let run = run.unwrap();
            assert_ne!(run.status.code(), Some(2), "{command}: {}", String::from_utf8_lossy(&run.stderr));
        }
    }
}
