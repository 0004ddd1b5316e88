//! Encounters as they come: CRLF lines, damaged lines of NDJSON, objects over several lines.

use edi_837::encounter::{Mapping, Practice};
use edi_837::{BuildOptions, BuildReport, Sequence, Verdict, build};
use pretty_assertions::assert_eq;

const PRACTICE: &str = include_str!("../../testdata/demo/practice.toml");
const CSV: &str = include_str!("../../testdata/demo/encounters.csv");

fn run(input: &str, out: &std::path::Path) -> Result<BuildReport, String> {
    let clock = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap().and_hms_opt(9, 0, 0).unwrap();
    let practice = Practice::parse(PRACTICE).unwrap();
    let options = BuildOptions::new(clock);
    let mut numbers = Sequence(1);
    let take = |_: &edi_837::ReadyClaim<'_>| Ok(Verdict::Take);
    let input = (input.as_bytes(), "in.ndjson");
    let built = build(input, &practice, &Mapping::default(), &options, &mut numbers, out, take);
    built.and_then(|built| built.publish(out)).map_err(|error| error.to_string())
}

fn object(id: &str) -> String {
    format!(
        r#"{{"claim_id": "{id}", "payer_id": "PINE1", "subscriber_id": "P1", "subscriber_last": "STONE", "subscriber_first": "AVERY", "subscriber_dob": "1980-04-12", "subscriber_sex": "F", "subscriber_address": "1 A ST", "subscriber_city": "SPRINGFIELD", "subscriber_state": "IL", "subscriber_zip": "627010001", "pos": "11", "dx": ["J02.9"], "lines": [{{"procedure": "99213", "charge": "150.00", "dos": "2025-12-01"}}]}}"#
    )
}

#[test]
fn rows_are_lines_of_the_file_whatever_ends_them() {
    for text in [CSV.to_owned(), CSV.replace('\n', "\r\n"), CSV.trim_end().replace('\n', "\r\n")] {
        let folder = tempfile::tempdir().unwrap();
        let report = run(&text, folder.path()).unwrap();
        let rows: Vec<u64> = report.problems.iter().filter(|p| p.column == "rendering_npi").map(|p| p.row).collect();
        assert_eq!(rows, [14]);
    }
}

#[test]
fn a_damaged_line_of_ndjson_is_rejected_and_the_others_go_out() {
    let folder = tempfile::tempdir().unwrap();
    for bad in ["{bad json", "not an object", "{\"claim_id\": \"X\"", "[1, 2]", "\"text\""] {
        let text = format!("{}\n{bad}\n{}\n", object("N1"), object("N2"));
        let report = run(&text, folder.path()).unwrap();
        assert_eq!((report.encounters, report.written, report.rejected), (3, 2, 1), "{bad}");
        assert_eq!(report.problems[0].row, 2);
        let rejects = std::fs::read_to_string(folder.path().join(report.rejects.unwrap())).unwrap();
        assert_eq!(rejects.trim_end(), bad, "the line is kept to be mended");
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }
}

#[test]
fn objects_may_stand_over_several_lines() {
    let folder = tempfile::tempdir().unwrap();
    let spread = object("N1").replace(", ", ",\n  ");
    let report = run(&format!("{spread}\n{spread}", spread = spread), folder.path()).unwrap();
    assert_eq!((report.encounters, report.written, report.rejected), (2, 1, 1), "the same encounter twice");
}

#[test]
fn a_cut_array_is_an_error_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let error = run(&format!("[{},\n{}", object("N1"), object("N2")), folder.path()).unwrap_err();
    assert!(error.contains("no end"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
