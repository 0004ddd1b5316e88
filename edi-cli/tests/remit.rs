//! `edi remit`: check, show and make, as a user runs them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use pretty_assertions::assert_eq;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn testdata(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata").join(path)
}

fn edi(arguments: &[&str], files: &[PathBuf]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edi"));
    command.args(["remit"]).args(arguments).args(files).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Stdout of a run on one file of testdata/remits that exits with this status.
#[track_caller]
fn run(arguments: &[&str], file: &str, status: i32) -> String {
    let output = edi(arguments, &[testdata("remits").join(file)]);
    assert_eq!(output.status.code(), Some(status), "{}", String::from_utf8_lossy(&output.stderr));
    text(&output)
}

/// An amount in JSON as cents: a string with two decimals.
#[track_caller]
fn cents(value: &Value) -> i64 {
    let (whole, fraction) = value.as_str().unwrap().split_once('.').unwrap();
    assert_eq!(fraction.len(), 2, "{value}");
    format!("{whole}{fraction}").parse().unwrap()
}

#[test]
fn check_says_whether_it_balances_by_its_exit_status() {
    run(&["check"], "clean.835", 0);
    run(&["check"], "mixed.835", 0);
    run(&["check"], "unbalanced.835", 1);
    run(&["check"], "missing.835", 2);
    let both = edi(&["check"], &[testdata("remits/clean.835"), testdata("remits/unbalanced.835")]);
    assert_eq!(both.status.code(), Some(1));
    assert!(text(&both).contains("2 remittances, 1 balanced, 1 not; 6 claims; payments 628.49"), "{}", text(&both));
}

#[test]
fn a_file_without_a_remittance_is_a_failure() {
    let claims = std::env::temp_dir().join(format!("edi-remit-{}.837", std::process::id()));
    std::fs::write(&claims, "ST*837*1~CLM*A*1~SE*3*1~").unwrap();
    let output = edi(&["check"], std::slice::from_ref(&claims));
    std::fs::remove_file(&claims).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no 835 in this file"));
}

#[test]
fn a_file_with_faults_is_no_clean_one_though_it_balances() {
    let file = testdata("dirty/wrong-counts.835");
    for arguments in [&["check"][..], &["show"]] {
        let output = edi(arguments, std::slice::from_ref(&file));
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("SE-COUNT"));
    }
}

#[test]
fn check_names_level_claim_line_and_delta() {
    let rows: Value = serde_json::from_str(&run(&["check", "--format", "json"], "unbalanced.835", 1)).unwrap();
    let row = &rows[0];
    assert_eq!((row["trace"].as_str(), row["payer"].as_str()), (Some("EFT0000000102"), Some("EXAMPLE HEALTH PLAN")));
    assert_eq!((&row["payment"], &row["claims"], &row["balanced"]), (&"315.47".into(), &3.into(), &false.into()));
    let deltas = row["deltas"].as_array().unwrap();
    let short = |d: &Value| -> String {
        let fields = ["level", "rule", "claim", "line", "expected", "found", "delta", "cause_id"];
        fields.map(|f| d[f].to_string().replace('"', "")).join(" ")
    };
    assert_eq!(
        deltas.iter().map(short).collect::<Vec<_>>(),
        [
            "line B1 A1001 1 120.00 80.00 -40.00 adjustment-sign",
            "claim B2 A1001 null 168.00 128.00 -40.00 line-off",
            "claim B2 A1002 null 136.20 186.20 50.00 both-levels",
            "claim B2 A1002 null 136.20 186.20 50.00 both-levels",
            "transaction B3 null null 313.02 315.47 2.45 one-plb-left-out",
        ]
    );
    let clean = run(&["check", "--format", "ndjson"], "clean.835", 0);
    let row: Value = serde_json::from_str(&clean).unwrap();
    assert_eq!(
        (&row["deltas"], &row["warnings"], &row["balanced"]),
        (&Value::Array(vec![]), &Value::Array(vec![]), &true.into())
    );
    assert_eq!(row["provider_adjustments"].to_string(), r#"{"L6":"-1.27","WO":"2.45"}"#);
}

#[test]
fn the_page_reads_well_and_adds_up() {
    let page = run(&["show"], "clean.835", 0);
    for words in [
        "EXAMPLE HEALTH PLAN",
        "WWW.EXAMPLE.COM",
        "trace EFT0000000101",
        "A1001 (1 Processed as primary)",
        "99213-25",
        "Coinsurance owed by patient",
        "Authorization or notification missing",
        "Balanced: every line",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let totals = page.split("Totals of").nth(1).unwrap();
    let total = |name: &str| -> i64 {
        let line = totals.lines().find(|line| line.trim_start_matches([' ', '-', '=']).starts_with(name)).unwrap();
        line.split_whitespace().last().unwrap().replace('.', "").parse().unwrap()
    };
    let adjusted: i64 =
        ["Contractual", "Deductible", "Coinsurance", "Copay", "Other adjustments"].map(total).iter().sum();
    assert_eq!((total("Charge"), total("Paid on claims"), total("Payment")), (76_000, 31_420, 31_302));
    assert_eq!(total("Charge") - adjusted, total("Paid on claims"));
    assert_eq!(total("Paid on claims") - total("Provider adjustments (PLB)"), total("Payment"));
    assert_eq!(total("The patient owes"), 10_200);
    let page = run(&["show"], "unbalanced.835", 1);
    assert!(page.contains("DOES NOT BALANCE") && page.contains("Explained by no adjustment"), "{page}");
}

#[test]
fn no_page_is_wider_than_100_columns() {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![testdata("remits"), testdata("demo")];
    if let Some(shared) = std::env::var_os("EDI_SHARED") {
        folders.extend(["835", "malformed"].map(|folder| Path::new(&shared).join("corpus").join(folder)));
    } else {
        println!("without the corpus: EDI_SHARED is not set");
    }
    for folder in folders {
        files.extend(folder.read_dir().unwrap().map(|entry| entry.unwrap().path()));
    }
    let page = text(&edi(&["show", "-q"], &files));
    let wide: Vec<&str> = page.lines().filter(|line| line.chars().count() > 100).collect();
    assert_eq!(wide, [""; 0]);
    assert!(page.matches("REMITTANCE ADVICE").count() >= 4);
}

#[test]
fn private_fields_are_masked_in_every_form() {
    for format in ["text", "json", "ndjson", "csv", "html"] {
        let masked = run(&["show", "--format", format], "clean.835", 0);
        let shown = run(&["show", "--format", format, "--phi"], "clean.835", 0);
        for private in ["SPECIMEN", "CASEY", "W100000002", "MRN0000001"] {
            assert!(!masked.contains(private), "{format}: {private}");
        }
        assert!(shown.contains("SPECIMEN") && shown.contains("W100000002"), "{format}");
        assert!(masked.contains("A1002"), "{format}");
    }
}

#[test]
fn json_ndjson_and_csv_hold_the_same_money() {
    let whole: Value = serde_json::from_str(&run(&["show", "--format", "json"], "clean.835", 0)).unwrap();
    let claims = whole[0]["claims"].as_array().unwrap();
    let paid: i64 = claims.iter().map(|claim| cents(&claim["paid"])).sum();
    assert_eq!((claims.len(), paid), (3, cents(&whole[0]["end"]["paid"])));
    let lines = run(&["show", "--format", "ndjson"], "clean.835", 0);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["remittance", "claim", "claim", "claim", "end"]);
    assert_eq!(lines[1]["lines"], claims[0]["lines"]);
    let rows = |table: &str| -> Vec<csv::StringRecord> {
        let text = run(&["show", "--format", "csv", "--table", table], "clean.835", 0);
        csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect()
    };
    let counts = ["remittances", "claims", "lines", "adjustments", "remarks", "plb"].map(|table| rows(table).len());
    assert_eq!(counts, [1, 3, 4, 9, 3, 2]);
    let adjusted: i64 = rows("adjustments").iter().map(|row| row[7].replace('.', "").parse::<i64>().unwrap()).sum();
    assert_eq!(cents(&whole[0]["end"]["totals"]["charge"]) - adjusted, paid);
}

#[test]
fn the_schema_names_every_key() {
    let schema: Value = serde_json::from_str(&text(&edi(&["show", "--schema"], &[]))).unwrap();
    let keys = |value: &Value| -> BTreeSet<String> { value.as_object().unwrap().keys().cloned().collect() };
    let named = |of: &str| keys(&schema["$defs"][of]["properties"]);
    let whole: Value = serde_json::from_str(&run(&["show", "--format", "json"], "clean.835", 0)).unwrap();
    let remittance = &whole[0];
    let claim = &remittance["claims"][1];
    let line = &claim["lines"][0];
    assert_eq!(keys(remittance), named("remittance_whole"));
    assert_eq!(keys(&remittance["payer"]), named("party"));
    assert_eq!(keys(&remittance["payer"]["contacts"][0]), named("contact"));
    assert_eq!(keys(claim), named("claim"));
    assert_eq!(keys(line), named("line"));
    assert_eq!(keys(&line["adjustments"][0]), named("adjustment"));
    assert_eq!(keys(&line["remarks"][0]), named("remark"));
    assert_eq!(keys(&line["amounts"][0]), named("amount"));
    assert_eq!(keys(&remittance["end"]), named("end"));
    assert_eq!(keys(&remittance["end"]["provider_adjustments"][0]), named("provider_adjustment"));
}

#[test]
fn html_is_one_file_without_script() {
    let page = run(&["show", "--format", "html", "--page-breaks"], "clean.835", 0);
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    for absent in ["<script", "http://", "https://", " src=", "@import"] {
        assert!(!page.contains(absent), "{absent}");
    }
    assert_eq!(page.matches("<section class=\"claim\">").count(), 3);
    assert!(page.contains("section.claim{break-before:page}"));
    assert!(page.contains("<td>= Payment</td><td>313.02</td>") && page.contains("Balanced: every line"));
    for (open, close) in [("<section", "</section>"), ("<table", "</table>"), ("<tr", "</tr>"), ("<td", "</td>")] {
        assert_eq!(page.matches(open).count(), page.matches(close).count(), "{open}");
    }
}

#[test]
fn filters_hold_back_and_say_so() {
    let shown = |filter: &[&str]| -> Vec<String> {
        let output = edi(&[&["show", "--format", "ndjson"], filter].concat(), &[testdata("remits/clean.835")]);
        let held = format!("claims 3 in = {} out + {} held", 3 - held(&output), held(&output));
        assert!(String::from_utf8_lossy(&output.stderr).contains(&held), "{held}");
        let lines = text(&output);
        let rows = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.filter_map(|row| row["claim"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(shown(&["--denied"]), ["A1003"]);
    assert_eq!(shown(&["--remark", "n130"]), ["A1002"]);
    assert_eq!(shown(&["--patient", "specimen"]), ["A1002"]);
    assert_eq!(shown(&["--claim", "icn0000000001"]), ["A1001"]);
    assert_eq!(shown(&["--date", "2025-12-04..2025-12-09"]), ["A1002"]);
    assert_eq!(shown(&["--amount", "150"]), ["A1001"]);
    assert_eq!(shown(&["--payer", "example"]).len(), 3);
    assert_eq!(shown(&["--payer", "other"]).len(), 0);
    assert_eq!(shown(&["--denied", "--patient", "specimen"]).len(), 0);
}

/// Claims that the conservation line says were held.
fn held(output: &Output) -> usize {
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    let before = words.split(" held").next().unwrap();
    before.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn what_is_made_is_the_same_by_seed_and_balances() {
    let make =
        || text(&edi(&["make", "--claims", "250", "--each", "100", "--seed", "7", "--clock", "2026-01-05"], &[]));
    let made = make();
    assert_eq!(made, make());
    let file = std::env::temp_dir().join(format!("edi-made-{}.835", std::process::id()));
    std::fs::write(&file, &made).unwrap();
    let output = edi(&["check"], std::slice::from_ref(&file));
    std::fs::remove_file(&file).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("3 remittances, 3 balanced, 0 not; 250 claims"));
    assert!(!text(&output).contains("warning"), "{}", text(&output));
}

#[test]
fn nothing_of_a_file_steers_the_terminal_or_the_page() {
    let file = std::env::temp_dir().join(format!("edi-steer-{}.835", std::process::id()));
    let payer = "PLAN \u{1b}[31mRED<script>\u{7}";
    let content = format!("ST*835*1~BPR*I*1*C*CHK~TRN*1*T*1~N1*PR*{payer}~CLP*A\u{1b}*1*2*1~SE*6*1~");
    std::fs::write(&file, content).unwrap();
    for arguments in [&["check", "-q"][..], &["show", "-q"], &["show", "-q", "--format", "html"]] {
        let page = text(&edi(arguments, std::slice::from_ref(&file)));
        assert!(page.contains("PLAN") && !page.contains(['\u{1b}', '\u{7}']), "{page:?}");
        assert!(!arguments.contains(&"html") || !page.contains("<script"), "{page}");
    }
    std::fs::remove_file(&file).unwrap();
}

/// What a run prints in testdata/remits against testdata/golden; `UPDATE_GOLDEN=1` writes it anew.
#[track_caller]
fn golden(arguments: &[&str], name: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_edi"))
        .current_dir(testdata("remits"))
        .args(["remit", "-q"])
        .args(arguments)
        .output()
        .unwrap();
    let path = testdata("golden/remits").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &output.stdout).unwrap();
    }
    assert_eq!(text(&output), std::fs::read_to_string(&path).unwrap());
}

#[test]
fn pages_are_as_they_were() {
    golden(&["show", "clean.835"], "clean.txt");
    golden(&["show", "--format", "json", "clean.835"], "clean.json");
    golden(&["show", "--format", "html", "clean.835"], "clean.html");
    golden(&["check", "clean.835", "mixed.835", "unbalanced.835"], "check.txt");
    golden(&["check", "--format", "json", "unbalanced.835"], "unbalanced.json");
    let made = ["make", "--claims", "6", "--each", "4", "--seed", "7", "--clock", "2026-01-05", "--lines"];
    golden(&made, "made-by-seed-7.835");
}
