//! Each dirty form that payers send has a file in testdata/dirty: it is read in full and its repairs are
//! told, or it is refused with a clear error.

use edi_core::envelope::{EnvelopeReader, Event};
use edi_core::reader::{Options, Reader};
use pretty_assertions::assert_eq;
use std::path::PathBuf;

/// What a file gives: claims, segments, rules of repairs and of findings.
#[derive(Debug, PartialEq, Eq)]
struct Read {
    claims: usize,
    segments: u64,
    repairs: Vec<String>,
    findings: Vec<String>,
}

fn bytes(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../testdata/dirty").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn read(bytes: &[u8], strict: bool) -> Result<Read, edi_core::Error> {
    let options = Options { strict, ..Options::default() };
    let mut reader = EnvelopeReader::new(Reader::with_options(bytes, options)?);
    let mut claims = 0;
    while let Some(event) = reader.next()? {
        claims += usize::from(matches!(event, Event::Segment(s) if s.id() == b"CLP"));
    }
    assert!(reader.reader().accounting().is_conserved());
    let findings = reader.take_findings().into_iter().map(|f| f.rule.into_owned()).collect();
    let repairs = reader.reader().repairs().iter().map(|f| f.rule.clone().into_owned()).collect();
    Ok(Read { claims, segments: reader.reader().accounting().segments, repairs, findings })
}

/// File, claims, segments, repairs, findings.
type Row = (&'static str, usize, u64, &'static [&'static str], &'static [&'static str]);

const FILES: &[Row] = &[
    ("base.835", 2, 29, &[], &[]),
    ("bom.835", 2, 29, &["REPAIR-BOM"], &[]),
    ("utf16le.835", 2, 29, &["REPAIR-UTF16"], &[]),
    ("utf16be-no-mark.835", 2, 29, &["REPAIR-UTF16"], &[]),
    ("latin1.835", 2, 29, &["REPAIR-NON-ASCII"], &[]),
    ("mail-headers.835", 2, 29, &["REPAIR-LEADING-JUNK"], &[]),
    ("trailing-ctrl-z.835", 2, 29, &["REPAIR-TRAILING-SPACE", "REPAIR-TRAILING-JUNK"], &[]),
    ("lf-terminator.835", 2, 29, &[], &[]),
    ("crlf-terminator.835", 2, 29, &[], &[]),
    ("cr-terminator.835", 2, 29, &[], &[]),
    ("control-terminator.835", 2, 29, &[], &[]),
    ("spaces-after.835", 2, 29, &["REPAIR-TRAILING-SPACE"], &[]),
    ("blank-lines.835", 2, 29, &["REPAIR-BLANK-LINE"], &[]),
    ("wrap80.835", 2, 29, &["REPAIR-WRAP"], &[]),
    ("wrap132-crlf.835", 2, 29, &["REPAIR-WRAP"], &[]),
    ("wrap105.835", 2, 29, &["REPAIR-WRAP"], &[]),
    ("isa-stray.835", 2, 30, &[], &[]),
    ("two-fragments.835", 4, 50, &["REPAIR-NO-ISA", "REPAIR-NO-GS", "REPAIR-NO-ISA"], &[]),
    ("indented.835", 2, 29, &["REPAIR-INDENT"], &[]),
    ("isa-unpadded.835", 2, 29, &["REPAIR-ISA-PADDING"], &[]),
    ("two-delimiters.835", 4, 58, &[], &[]),
    ("isa-before-iea.835", 4, 57, &["REPAIR-NO-IEA"], &["IEA-MISSING"]),
    ("missing-se.835", 2, 28, &["REPAIR-NO-SE"], &["SE-MISSING"]),
    ("missing-ge.835", 2, 28, &["REPAIR-NO-GE"], &["GE-MISSING"]),
    ("missing-iea.835", 2, 28, &["REPAIR-NO-IEA"], &["IEA-MISSING"]),
    ("wrong-counts.835", 2, 29, &[], &["SE-COUNT", "GE-COUNT", "IEA-COUNT"]),
    ("wrong-controls.835", 2, 29, &[], &["SE-CONTROL", "GE-CONTROL", "IEA-CONTROL"]),
    ("duplicate-controls.835", 4, 58, &[], &["ISA-DUPLICATE"]),
    ("starts-at-gs.835", 2, 27, &["REPAIR-NO-ISA"], &[]),
    ("starts-at-st.835", 2, 25, &["REPAIR-NO-ISA", "REPAIR-NO-GS"], &[]),
    ("ta1-between.835", 2, 30, &[], &[]),
    ("lower-case.835", 2, 29, &["REPAIR-LOWER-CASE"], &[]),
    (
        "truncated.835",
        2,
        26,
        &["REPAIR-TRUNCATED", "REPAIR-NO-SE", "REPAIR-NO-GE", "REPAIR-NO-IEA"],
        &["SE-MISSING", "GE-MISSING", "IEA-MISSING"],
    ),
    ("no-last-terminator.835", 2, 29, &["REPAIR-TERMINATOR"], &[]),
];

#[test]
fn each_dirty_form_is_read_in_full_and_told() {
    for (name, claims, segments, repairs, findings) in FILES {
        let found = read(&bytes(name), false).unwrap_or_else(|e| panic!("{name}: {e}"));
        let texts = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
        let expected =
            Read { claims: *claims, segments: *segments, repairs: texts(repairs), findings: texts(findings) };
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn strict_refuses_exactly_the_repaired_files() {
    for (name, _, _, repairs, _) in FILES {
        assert_eq!(read(&bytes(name), true).is_err(), !repairs.is_empty(), "{name}");
    }
}

#[test]
fn what_holds_no_x12_is_refused_by_name() {
    let error = |name| read(&bytes(name), false).map(|_| ()).unwrap_err().to_string();
    assert!(error("empty.835").contains("the input is empty"));
    assert!(error("page.html").contains("looks like HTML or XML"));
    assert!(error("claims.json").contains("looks like JSON"));
    assert!(error("base.835.gz").contains("looks like gzip data"));
    assert!(error("two.zip").contains("looks like a zip archive"));
}

/// Every file of a given corpus is read without a panic, all bytes accounted for, and the claims and
/// transaction sets found are those that its index names.
#[test]
fn corpus_counts_equal_the_index() {
    let Ok(shared) = std::env::var("EDI_SHARED") else {
        println!("skipped: EDI_SHARED names no folder");
        return;
    };
    // Its ISA has neither component separator nor terminator, and the index finds nothing in it either.
    const REFUSED: &str = "malformed/gozer__x12.no.line.break.no.delim.txt";
    let corpus = PathBuf::from(shared).join("corpus");
    let index = std::fs::read_to_string(corpus.join("INDEX.tsv")).unwrap();
    let mut files = 0;
    for row in index.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>()) {
        files += 1;
        let bytes = std::fs::read(corpus.join(row[0])).unwrap();
        let reader = Reader::new(&bytes[..]).unwrap();
        let mut reader = EnvelopeReader::new(reader);
        let (mut claims, mut failed) = (0u64, false);
        loop {
            match reader.next() {
                Ok(Some(Event::Segment(s))) => claims += u64::from(matches!(s.id(), b"CLP" | b"CLM")),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(row[0], REFUSED, "{error}");
                    failed = true;
                    break;
                }
            }
        }
        assert!(failed || reader.reader().accounting().is_conserved(), "{}", row[0]);
        assert_eq!(failed, row[0] == REFUSED);
        let found = (reader.counts().transactions.to_string(), claims.to_string());
        assert_eq!(found, (row[7].to_owned(), row[8].to_owned()), "{}", row[0]);
    }
    assert_eq!(files, 221);
}
