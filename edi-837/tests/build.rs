//! Encounters become files: what goes out, what is rejected, and that nothing is lost.

use edi_837::encounter::{self, EncounterError, Mapping, Practice, Template, Weight, columns};
use edi_837::{BuildOptions, BuildReport, ClaimReader, FoundClaim, ReadyClaim, Sequence, Verdict, build};
use pretty_assertions::assert_eq;
use std::fs;
use std::path::Path;

const CLINIC: &str = include_str!("../../testdata/encounters/clinic.csv");

fn practice() -> Practice {
    Practice::parse(include_str!("../../testdata/encounters/practice.toml")).unwrap()
}

fn options() -> BuildOptions {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 6, 15).unwrap();
    let mut options = BuildOptions::new(day.and_hms_opt(9, 30, 0).unwrap());
    options.batch.line_breaks = true;
    options
}

/// What a run left behind.
struct Outcome {
    report: BuildReport,
    /// Text of the 837P files, in order.
    files: Vec<String>,
    /// Text of the file of rejects; empty where there is none.
    rejects: String,
}

impl Outcome {
    fn claims(&self) -> Vec<FoundClaim> {
        self.files.iter().flat_map(|f| ClaimReader::new(f.as_bytes()).unwrap()).collect::<Result<_, _>>().unwrap()
    }

    /// Column and row of every problem that rejects.
    fn errors(&self) -> Vec<(&str, u64)> {
        let errors = self.report.problems.iter().filter(|p| p.weight == Weight::Error);
        errors.map(|p| (p.column.as_str(), p.row)).collect()
    }
}

fn run_with(input: &str, name: &str, mapping: &Mapping, options: &BuildOptions) -> Result<Outcome, EncounterError> {
    let folder = tempfile::tempdir().unwrap();
    let mut shown = Vec::new();
    let mut on_claim = |claim: &ReadyClaim<'_>| {
        shown.push(claim.claim()?.information);
        Ok(Verdict::Take)
    };
    let source = (input.as_bytes(), name);
    let built = build(source, &practice(), mapping, options, &mut Sequence(41), folder.path(), &mut on_claim)?;
    assert!(fs::read_dir(folder.path()).unwrap().all(|f| f.unwrap().file_name().to_str().unwrap().starts_with('.')));
    let report = built.publish(folder.path())?;
    let text = |name: &String| fs::read_to_string(folder.path().join(name)).unwrap();
    let files = report.files.iter().map(|f| text(&f.file)).collect();
    let rejects = report.rejects.as_ref().map(text).unwrap_or_default();
    let outcome = Outcome { report, files, rejects };
    assert!(outcome.report.is_conserved());
    let written: Vec<_> = outcome.claims().into_iter().map(|c| c.claim.information).collect();
    assert_eq!(written, shown, "what the caller saw is what was written");
    Ok(outcome)
}

fn run(input: &str, name: &str) -> Outcome {
    run_with(input, name, &Mapping::default(), &options()).unwrap()
}

/// Compares with a golden file; `EDI_GOLDEN=write` writes it anew.
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/golden/claims").join(name);
    if std::env::var_os("EDI_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&path).unwrap(), "{name}");
}

#[test]
fn a_clinic_is_written() {
    let outcome = run(CLINIC, "clinic.csv");
    assert_eq!((outcome.report.encounters, outcome.report.written, outcome.report.rejected), (3, 3, 0));
    assert_eq!(outcome.report.charge.to_string(), "1437.50");
    assert!(outcome.report.test && outcome.report.problems.is_empty());
    let entry = &outcome.report.files[0];
    assert_eq!((entry.interchange, entry.group, entry.transactions, entry.lines), (41, 42, 1, 4));
    assert_eq!(entry.file, "837P-clearinghouse-000000041.edi");
    assert_eq!(entry.bytes, outcome.files[0].len() as u64);
    golden("clinic.edi", &outcome.files[0]);
    assert_eq!(run(CLINIC, "clinic.csv").files, outcome.files, "a second run writes the same");
}

#[test]
fn the_patient_is_the_subscriber_or_someone_else() {
    let claims = run(CLINIC, "clinic.csv").claims();
    let by = |number: &str| claims.iter().find(|c| c.claim.number() == number).unwrap().claim.clone();
    let own = by("E-1001");
    assert_eq!(own.subscriber.coverage.as_ref().unwrap().relationship, "18");
    assert!(own.patient.is_none());
    let child = by("E-1002");
    assert_eq!(child.subscriber.coverage.as_ref().unwrap().relationship, "");
    assert_eq!(child.patient.as_ref().unwrap().patient.as_ref().unwrap().relationship, "19");
    assert_eq!(child.patient_name().unwrap().name.first, "BEN");
    let medicare = by("E-1003");
    assert_eq!(medicare.subscriber.coverage.as_ref().unwrap().filing_indicator, "MB");
    let line = &medicare.information.lines[0];
    assert_eq!(line.service_date().unwrap().to.to_string(), "2026-05-08");
    let submission = own.submission(true);
    assert_eq!((submission.lines.len(), submission.charge.to_string().as_str()), (2, "157.50"));
    assert_eq!((submission.patient.as_str(), submission.payers[0].id.as_str()), ("DOE, ANN", "99999"));
}

#[test]
fn every_fault_is_named_with_its_row_and_column() {
    // What is put in place of what, in which encounter; the column and the row that are named.
    let faults: &[(&str, &str, &str, u64)] = &[
        ("1245319599,207Q00000X,2026-05-04,,99213", "1245319598,207Q00000X,2026-05-04,,99213", "rendering_npi", 2),
        ("J06.9", "J0", "dx1", 4),
        ("99212", "9921", "procedure", 4),
        ("05/05/2026", "05/32/2026", "dos", 4),
        ("05/05/2026", "06/16/2026", "dos", 4),
        ("05/05/2026", "2014-01-01", "dos", 4),
        ("2026-05-08", "2026-05-05", "dos_to", 5),
        ("\"1,2\"", "\"1,3\"", "pointers", 2),
        (",12047,", ",1204,", "subscriber_zip", 5),
        ("99212,,80,", "99212,,80.005,", "charge", 4),
        ("99212,,80,", "99212,,-80,", "charge", 4),
        ("99212,,80,", "99212,,,", "charge", 4),
        ("E-1002,", "E-1002-THAT-IS-TOO-LONG,", "claim_id", 4),
        ("E-1002,W100000002", "E-1002,", "subscriber_id", 4),
        ("child", "cousin", "relationship", 4),
        ("child", "", "relationship", 4),
        ("POE,BEN", "POE,B*N", "patient_first", 4),
        ("POE,BEN", "POE,BÉN", "patient_first", 4),
        ("2015-03-04", "", "patient_dob", 4),
        ("77777", "55555", "payer_name", 5),
        ("77777,12", "77777,21", "admission_date", 5),
        ("77777,12", "77777,98", "pos", 5),
        (
            "E-1001,W100000001,GRP100,DOE,ANN,1970-01-02,F,2 OAK AVE,ALBANY,NY,12207-0001,self,,,,,,,,,99999,11,J02.9,I10,ROE,RAY,1245319599,207Q00000X,2026-05-04,,87880",
            "E-1001,W100000001,GRP100,DOE,ANN,1970-01-02,F,2 OAK AVE,ALBANY,NY,12207-0001,self,,,,,,,,,99999,11,J02.9,,ROE,RAY,1245319599,207Q00000X,2026-05-04,,87880",
            "",
            0,
        ),
        ("97110,GP", "97110,GPX", "mod1", 5),
    ];
    for (from, to, column, row) in faults {
        let input = CLINIC.replacen(from, to, 1);
        assert_ne!(input, CLINIC, "{from}");
        let outcome = run(&input, "clinic.csv");
        if column.is_empty() {
            // A row that says less than the first one contradicts nothing.
            assert_eq!(outcome.report.written, 3, "{to}");
            continue;
        }
        assert_eq!(outcome.report.rejected, 1, "{to}: {:?}", outcome.report.problems);
        assert!(outcome.errors().contains(&(column, *row)), "{to}: {:?}", outcome.errors());
        let problem = outcome.report.problems.iter().find(|p| p.column == *column).unwrap();
        assert!(!problem.fix.is_empty() && !problem.reason.contains(problem.value.as_str()) || problem.value.len() < 3);
        // The rejects have the same header, and all rows of the encounter as they were.
        let mut expected: Vec<&str> = input.lines().take(1).collect();
        let number = outcome.report.problems[0].encounter.as_str();
        expected.extend(input.lines().skip(1).filter(|l| l.split(',').next() == Some(number)));
        assert_eq!(outcome.rejects.lines().collect::<Vec<_>>(), expected, "{to}");
    }
}

#[test]
fn what_cannot_be_written_rejects_its_encounter_and_not_the_run() {
    // Pointers count from 1, and a separator may not hide in a reason.
    for (from, to, column) in
        [("\"pointers\": [1, 2]", "\"pointers\": [0]", "pointers"), ("\"CO:45:", "\"CO:4*:", "line_other1_adjustments")]
    {
        let input = kinds().replacen(from, to, 1);
        assert_ne!(input, kinds(), "{from}");
        let outcome = run(&input, "kinds.json");
        assert_eq!((outcome.report.written, outcome.errors()[0].0), (24, column));
    }
    // Nor in what the practice file completes.
    let address = "address = \"1 A*B ST\"\ncity = \"ALBANY\"\nstate = \"NY\"\nzip = \"12207\"";
    let practice = include_str!("../../testdata/encounters/practice.toml");
    let practice = practice.replacen("[[payers]]\n", &format!("[[payers]]\n{address}\n"), 1);
    let practice = Practice::parse(&practice).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (source, mapping) = ((CLINIC.as_bytes(), "clinic.csv"), Mapping::default());
    let take = |_: &ReadyClaim<'_>| Ok(Verdict::Take);
    let built = build(source, &practice, &mapping, &options(), &mut Sequence(1), folder.path(), take).unwrap();
    let report = built.report();
    assert_eq!((report.written, report.rejected), (1, 2));
    assert!(report.problems.iter().all(|p| (p.rule.as_ref(), p.column.as_str()) == ("ENC-REFUSED", "payer_address")));
}

#[test]
fn what_the_guide_finds_is_found_behind_claims_that_were_sound() {
    let (head, rows) = CLINIC.split_once('\n').unwrap();
    let good = rows.lines().nth(3).unwrap();
    let many = |bad: &str| (0..9).map(|n| good.replace("E-1003", &format!("N-{n}")) + "\n").collect::<String>() + bad;
    let fields = head.split(',').zip(good.split(','));
    let mut found = 0;
    // One column after the other gets values that its kind takes: too short, too long, or not seen before.
    for ((name, value), at) in fields.filter(|(_, value)| !value.is_empty()).zip(0..) {
        for other in ["A", "II", "LT", &"9".repeat(18), &"A".repeat(60)] {
            let bad = good.replacen(&format!(",{value},"), &format!(",{other},"), 1);
            let report = |input: String| {
                let problems = run(&format!("{head}\n{input}\n"), "clinic.csv").report.problems;
                problems.into_iter().map(|p| (p.rule, p.weight, p.column, p.value, p.reason, p.fix)).collect::<Vec<_>>()
            };
            let alone = report(bad.clone());
            found += usize::from(alone.iter().any(|problem| problem.0.starts_with("ELE-")));
            assert_eq!(report(many(&bad)), alone, "{at} {name} {other}");
        }
    }
    assert!(found >= 3, "{found}");
}

#[test]
fn a_day_of_a_year_of_five_digits_is_refused_behind_days_and_periods() {
    let (head, rows) = CLINIC.split_once('\n').unwrap();
    let good = rows.lines().nth(3).unwrap();
    let row = |n: usize, period: &str| format!("{},{period}\n", good.replace("E-1003", &format!("N-{n}")));
    // Ten characters are more than a day has, and fewer than a period.
    let input: String =
        ["2026-01-01", "2026-01-01..2026-01-05", "+10000-01-01"].iter().zip(0..).map(|(p, n)| row(n, p)).collect();
    let outcome = run(&format!("{head},disability_period\n{input}"), "clinic.csv");
    assert_eq!(outcome.errors(), [("disability_period", 4)]);
    assert_eq!(outcome.report.written, 2);
}

#[test]
fn rejects_can_be_mended_and_sent() {
    let first = run(&CLINIC.replace("05/05/2026", "05/32/2026"), "clinic.csv");
    assert_eq!(first.report.rejects.as_deref(), Some("clinic.rejects-000000041.csv"));
    let second = run(&first.rejects.replace("05/32/2026", "05/05/2026"), "clinic.rejects-000000041.csv");
    assert_eq!((second.report.encounters, second.report.written), (1, 1));
    let all = run(CLINIC, "clinic.csv").claims();
    assert_eq!(second.claims()[0].claim.information, all[1].claim.information);
}

#[test]
fn an_encounter_that_comes_again_is_rejected() {
    let again = format!("{CLINIC}{}\n", CLINIC.lines().nth(1).unwrap());
    let outcome = run(&again, "clinic.csv");
    assert_eq!((outcome.report.encounters, outcome.report.written, outcome.errors()), (4, 3, vec![("claim_id", 6)]));
}

#[test]
fn what_the_caller_refuses_is_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let refuse = |claim: &ReadyClaim<'_>| {
        Ok(match claim.number() {
            "E-1002" => Verdict::Refuse { reason: "was sent before".to_owned(), fix: "send a replacement".to_owned() },
            _ => Verdict::Take,
        })
    };
    let source = (CLINIC.as_bytes(), "clinic.csv");
    let built = build(source, &practice(), &Mapping::default(), &options(), &mut Sequence(1), folder.path(), refuse);
    let report = built.unwrap().publish(folder.path()).unwrap();
    assert_eq!((report.written, report.rejected, report.problems[0].reason.as_str()), (2, 1, "was sent before"));
    assert!(report.is_conserved());
}

#[test]
fn nothing_appears_before_it_is_published_and_nothing_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let once = |number| {
        let source = (CLINIC.as_bytes(), "clinic.csv");
        build(source, &practice(), &Mapping::default(), &options(), &mut Sequence(number), folder.path(), |_| {
            Ok(Verdict::Take)
        })
        .unwrap()
    };
    let files = || fs::read_dir(folder.path()).unwrap().count();
    drop(once(1));
    assert_eq!(files(), 0);
    once(1).publish(folder.path()).unwrap();
    assert_eq!(files(), 1);
    assert!(once(1).publish(folder.path()).is_err());
    assert_eq!(files(), 1);
    once(2).publish(folder.path()).unwrap();
    assert_eq!(files(), 2);
}

#[test]
fn transactions_are_cut_at_their_limit() {
    let row = CLINIC.lines().nth(4).unwrap();
    let rows: Vec<String> = (0..25).map(|n| row.replace("E-1003", &format!("N-{n:04}"))).collect();
    let input = format!("{}\n{}\n", CLINIC.lines().next().unwrap(), rows.join("\n"));
    let mut options = options();
    options.batch.claims_per_transaction = 10;
    let outcome = run_with(&input, "n.csv", &Mapping::default(), &options).unwrap();
    assert_eq!((outcome.report.files[0].transactions, outcome.report.files[0].claims), (3, 25));
    let per: Vec<u64> = outcome.claims().iter().map(|c| c.transaction).collect();
    assert_eq!((per.iter().filter(|t| **t == 1).count(), per.iter().filter(|t| **t == 3).count()), (10, 5));
    let mut reader = ClaimReader::new(outcome.files[0].as_bytes()).unwrap();
    assert_eq!(reader.by_ref().count(), 25);
    assert!(reader.take_findings().is_empty() && reader.repairs().is_empty());
}

/// The clinic's encounters as JSON, with names nested and lists.
fn as_json() -> Vec<String> {
    let mut reader = csv::Reader::from_reader(CLINIC.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let of_line = |name: &str| columns().get(columns().find(name).unwrap()).unwrap().of_line;
    rows.chunk_by(|a, b| a[0] == b[0])
        .map(|rows| {
            let fields = |row: &csv::StringRecord, line: bool| -> Vec<String> {
                let given = header.iter().zip(row.iter()).filter(|(n, v)| of_line(n) == line && !v.is_empty());
                given.map(|(n, v)| format!("\"{n}\": {v:?}")).collect()
            };
            let lines: Vec<String> = rows.iter().map(|r| format!("{{{}}}", fields(r, true).join(", "))).collect();
            let claim = fields(&rows[0], false)
                .join(",\n  ")
                .replace("\"dx1\": \"J02.9\",\n  \"dx2\": \"I10\"", "\"dx\": [\"J02.9\", \"I10\"]");
            let claim = claim.replace(
                "\"rendering_last\": \"ROE\",\n  \"rendering_first\": \"RAY\"",
                "\"rendering\": {\"last\": \"ROE\", \"first\": \"RAY\"}",
            );
            format!("{{\n  {claim},\n  \"lines\": [{}]\n}}", lines.join(", "))
                .replace("\"charge\": \"80\"", "\"charge\": 80.00")
                .replace("\"pointers\": \"1,2\"", "\"pointers\": [1, 2]")
        })
        .collect()
}

#[test]
fn json_and_ndjson_say_the_same() {
    let expected = run(CLINIC, "clinic.csv").files;
    let array = format!("\u{FEFF} [{}]\n", as_json().join(",\n"));
    assert!(
        array.contains("\"dx\": [")
            && array.contains("80.00")
            && array.contains("[1, 2]")
            && array.contains("\"rendering\"")
    );
    assert_eq!(run(&array, "clinic.json").files, expected);
    let lines: Vec<String> = as_json().iter().map(|o| o.replace('\n', "")).collect();
    assert_eq!(run(&lines.join("\n"), "clinic.ndjson").files, expected);
}

#[test]
fn json_rejects_are_json() {
    let array = format!("[{}]", as_json().join(",").replace("J06.9", "J0").replace("97110", "9711"));
    let outcome = run(&array, "clinic.json");
    assert_eq!(outcome.report.rejected, 2);
    let rejects: Vec<serde_json::Value> = serde_json::from_str(&outcome.rejects).unwrap();
    assert_eq!((rejects.len(), &rejects[0]["claim_id"]), (2, &serde_json::json!("E-1002")));
    let lines = as_json().join("\n").replace("J06.9", "J0");
    let outcome = run(&lines, "clinic.ndjson");
    assert_eq!((outcome.report.rejected, outcome.rejects.lines().count()), (1, 1));
    let unknown = as_json()[0].replace("\"pos\"", "\"place\"");
    let outcome = run(&unknown, "clinic.json");
    assert_eq!(outcome.errors().iter().map(|e| e.0).collect::<Vec<_>>(), ["place", "pos"]);
}

#[test]
fn damaged_input_stops_the_run() {
    for bad in ["", "  \n", "[{\"claim_id\": \"1\"", "[{}] {}", "[{} 5]", "{\"claim_id\": }", "a,b,c\n1,2,3\n"] {
        assert!(run_with(bad, "bad", &Mapping::default(), &options()).is_err(), "{bad:?}");
    }
    let endless = format!("{}\n\"{}", CLINIC.lines().next().unwrap(), "x,".repeat(4 << 20));
    assert!(run_with(&endless, "bad", &Mapping::default(), &options()).is_err());
    let header = "claim_id,charge\nE1,5\n";
    let message = run_with(header, "bad", &Mapping::default(), &options()).err().unwrap().to_string();
    assert!(
        message.contains("subscriber_id") && message.contains("procedure") && !message.contains("charge"),
        "{message}"
    );
}

#[test]
fn other_names_and_formats_are_mapped() {
    let mapping = Mapping::parse(include_str!("../../testdata/encounters/german.mapping.toml")).unwrap();
    let input = include_str!("../../testdata/encounters/german.csv");
    let outcome = run_with(input, "german.csv", &mapping, &options()).unwrap();
    assert_eq!(outcome.report.unknown_columns, ["Farbe"]);
    assert_eq!((outcome.report.written, outcome.errors()), (1, vec![("Betrag", 4)]));
    let claim = &outcome.claims()[0].claim;
    assert_eq!(claim.information.lines[0].service.as_ref().unwrap().charge.or_zero().to_string(), "1234.50");
    assert_eq!(claim.information.place_of_service(), "11");
}

#[test]
fn a_header_that_cannot_be_billed_is_a_warning_or_a_rejection() {
    let input = CLINIC.replace("M54.50", "M54.5");
    let outcome = run(&input, "clinic.csv");
    assert_eq!((outcome.report.written, outcome.report.warnings, outcome.report.errors), (3, 1, 0));
    let problem = &outcome.report.problems[0];
    assert_eq!((problem.encounter.as_str(), problem.column.as_str()), ("E-1003", "dx1"));
    assert!(problem.fix.contains("M54.50"), "{}", problem.fix);
    let options = BuildOptions { reject_unbillable: true, ..options() };
    let outcome = run_with(&input, "clinic.csv", &Mapping::default(), &options).unwrap();
    assert_eq!((outcome.report.written, outcome.report.errors), (2, 1));
}

/// Every kind of claim that a practice sends, and one of fifty lines.
fn kinds() -> String {
    let fixed = include_str!("../../testdata/encounters/kinds.json");
    let line = r#"{"dos": "2026-05-27", "procedure": "97110", "charge": 10.01, "pointers": [1]}"#;
    let fifty = format!(
        r#"{{"claim_id": "K25-FIFTY-LINES", "subscriber": {{"id": "W300000025", "last": "EOE", "first": "EVE",
        "dob": "1958-08-18", "sex": "F", "address": "14 BIRCH RD", "city": "UTICA", "state": "NY", "zip": "13501"}},
        "payer_id": "99999", "pos": "11", "dx": ["M54.50"], "lines": [{}]}}"#,
        [line; 50].join(", ")
    );
    fixed.trim_end().trim_end_matches(']').trim_end().to_owned() + ",\n" + &fifty + "\n]\n"
}

#[test]
fn every_kind_of_claim_is_written() {
    let outcome = run(&kinds(), "kinds.json");
    assert_eq!(outcome.report.problems, [], "a kind was rejected");
    assert_eq!(outcome.report.written, 25);
    let kinds: Vec<serde_json::Value> = serde_json::from_str(&kinds()).unwrap();
    for kind in &kinds {
        let alone = run(&serde_json::json!([kind]).to_string(), "kind.json");
        golden(&format!("kinds/{}.edi", kind["claim_id"].as_str().unwrap()), &alone.files[0]);
    }
    let claims = outcome.claims();
    let raw = claims.iter().filter(|c| serde_json::to_string(&c.claim).unwrap().contains("\"segment\":"));
    assert_eq!(raw.count(), 0, "every segment has a field");
}

#[test]
fn a_claim_of_fifty_one_lines_is_too_long() {
    let long = kinds().replacen(
        r#"{"dos": "2026-05-27""#,
        r#"{"procedure": "97110", "charge": 1, "dos": "2026-05-27"}, {"dos": "2026-05-27""#,
        1,
    );
    let outcome = run(&long, "kinds.json");
    assert_eq!((outcome.report.rejected, outcome.errors()[0].0), (1, "claim_id"));
}

#[test]
fn what_the_rules_find_comes_back_by_row_and_column() {
    // A rule of meaning, a rule of the guide, and what the practice file has wrong.
    let outcome = run(&CLINIC.replace("1EG4TE5MK73", "1EG4"), "clinic.csv");
    let problem = &outcome.report.problems[0];
    assert_eq!((problem.rule.as_ref(), problem.row, problem.column.as_str()), ("837-MBI", 5, "subscriber_id"));
    assert_eq!((problem.weight, outcome.report.written), (Weight::Warning, 3));
    let unbalanced = kinds().replace("\"paid\": \"64.00\", \"paid_date\"", "\"paid\": \"65.00\", \"paid_date\"");
    let outcome = run(&unbalanced, "kinds.json");
    assert_eq!((outcome.report.rejected, outcome.errors()[0].0), (1, "line_other1_paid"));
    let mapping = Mapping::default();
    let text = include_str!("../../testdata/encounters/practice.toml").replace("1 MAIN ST", "PO BOX 9");
    let practice = Practice::parse(&text).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let source = (CLINIC.as_bytes(), "clinic.csv");
    let built = build(source, &practice, &mapping, &options(), &mut Sequence(1), folder.path(), |_| Ok(Verdict::Take));
    let report = built.unwrap().publish(folder.path()).unwrap();
    let problems: Vec<_> = report.problems.iter().map(|p| (p.rule.as_ref(), p.column.as_str())).collect();
    assert_eq!((problems, report.written), (vec![("837-BILLING-ADDRESS", "")], 3));
}

#[test]
fn a_claim_becomes_an_encounter_again() {
    let first = run(&kinds(), "kinds.json");
    let again: Vec<serde_json::Value> = first
        .claims()
        .iter()
        .map(|found| {
            let (value, left) = encounter::encounter(&found.claim);
            assert_eq!(left, [""; 0], "{}", found.claim.number());
            value
        })
        .collect();
    let second = run(&serde_json::to_string(&again).unwrap(), "kinds.json");
    assert_eq!(second.report.problems, []);
    assert_eq!(second.files, first.files);
}

#[test]
fn starters_are_built_as_they_stand() {
    let practice = encounter::template(Template::Practice);
    Practice::parse(&practice).unwrap();
    Mapping::parse(&encounter::template(Template::Mapping)).unwrap();
    for (of, name) in [(Template::Csv, "a.csv"), (Template::Boxes, "a.csv"), (Template::Json, "a.json")] {
        let outcome = run(&encounter::template(of), name);
        assert_eq!(
            (outcome.report.written, &outcome.report.problems, &outcome.report.unknown_columns),
            (1, &vec![], &vec![])
        );
        assert_eq!(outcome.claims()[0].claim.information.lines.len(), 2);
    }
    let text = encounter::template(Template::Csv);
    let missing = columns().given().find(|c| c.number <= 1 && !text.contains(&format!("# {}", c.name)));
    assert_eq!(missing, None);
}

#[test]
fn boxes_say_what_columns_say() {
    let by_box = run(&encounter::template(Template::Boxes), "a.csv").claims();
    let by_name = run(&encounter::template(Template::Csv), "a.csv").claims();
    let (by_box, by_name) = (&by_box[0].claim, &by_name[0].claim);
    assert_eq!(by_box.information.lines, by_name.information.lines);
    assert_eq!(by_box.information.codes, by_name.information.codes);
    assert_eq!(by_box.insured().unwrap().name.middle, "Q");
    let shown = encounter::boxes(by_box);
    let text: Vec<String> =
        shown.iter().map(|b| format!("{} {} {}: {}\n", b.field, b.line, b.title, b.value)).collect();
    golden("boxes.txt", &text.concat());
    let faulty = encounter::template(Template::Boxes).replace("99213 25", "9921 25");
    let outcome = run(&faulty, "a.csv");
    assert_eq!(outcome.errors(), [("24D", 3)], "a problem is named by its box");
}

/// Whether a value has only names that a schema knows.
fn fits(value: &serde_json::Value, schema: &serde_json::Value) -> Result<(), String> {
    if let Some(either) = schema["anyOf"].as_array() {
        let tried: Vec<_> = either.iter().map(|schema| fits(value, schema)).collect();
        return tried.iter().find(|t| t.is_ok()).unwrap_or(&tried[0]).clone();
    }
    match value {
        serde_json::Value::Object(fields) if schema["type"] == "object" => {
            fields.iter().try_for_each(|(name, field)| {
                let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
                let of_block = || schema["patternProperties"].get(format!("^{stem}[0-9]+(_.+)?$"));
                match schema["properties"].get(name).or_else(of_block) {
                    Some(schema) => fits(field, schema).map_err(|path| format!("{name}.{path}")),
                    None => Err(name.clone()),
                }
            })
        }
        serde_json::Value::Array(items) if schema.get("items").is_some() => {
            items.iter().try_for_each(|i| fits(i, &schema["items"]))
        }
        serde_json::Value::Object(_) => Err("is no object".to_owned()),
        _ => Ok(()),
    }
}

#[test]
fn the_schema_knows_every_name_of_every_kind() {
    let schema = encounter::schema();
    let kinds: Vec<serde_json::Value> = serde_json::from_str(&kinds()).unwrap();
    for kind in &kinds {
        assert_eq!(fits(kind, &schema), Ok(()), "{}", kind["claim_id"]);
    }
    let mut wrong = kinds[0].clone();
    wrong["lines"][0]["chagre"] = 1.into();
    assert_eq!(fits(&wrong, &schema), Err("lines.chagre".to_owned()));
    golden("encounter.schema.json", &(serde_json::to_string_pretty(&schema).unwrap() + "\n"));
}

#[test]
fn a_report_counts_by_rule_payer_and_provider() {
    let report = run(&CLINIC.replace("05/05/2026", "05/32/2026").replace("1EG4TE5MK73", "1EG4"), "clinic.csv").report;
    assert_eq!((report.clean, report.written, report.rejected), (1, 2, 1));
    let rules: Vec<_> = report.by_rule.iter().map(|(rule, count)| (rule.as_ref(), *count)).collect();
    assert_eq!(rules, [("837-MBI", 1), ("ENC-DATE", 1)]);
    let payers: Vec<_> =
        report.by_payer.iter().map(|(id, t)| (id.as_str(), t.encounters, t.rejected, t.problems)).collect();
    assert_eq!(payers, [("77777", 1, 0, 1), ("99999", 2, 1, 1)]);
    assert_eq!(report.by_provider["1234567893"].encounters, 3);
}
