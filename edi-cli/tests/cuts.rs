//! Streams as they come: a byte at a time, and cut anywhere.

use edi_835::balance::TransactionBalance;
use edi_835::read::{RemittanceEvent, RemittanceReader};
use edi_837::ClaimReader;
use edi_837::encounter::{Mapping, Practice};
use edi_837::{BuildOptions, Sequence, Verdict};
use edi_core::Severity;
use edi_core::envelope::EnvelopeReader;
use edi_core::guide::{Checker, Guides};
use edi_core::lex::text;
use edi_core::reader::Reader;
use edi_core::rules::RuleChecker;
use pretty_assertions::assert_eq;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};

const REMITTANCE: &[u8] = include_bytes!("../../testdata/remits/clean.835");
const CLAIMS: &[u8] = include_bytes!("../../testdata/rules/claim.837");
const ENCOUNTERS: &str = include_str!("../../testdata/demo/encounters.csv");
const JSON: &str = include_str!("../../testdata/encounters/kinds.json");

/// Gives one byte at a time.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let most = into.len().min(1);
        self.0.read(&mut into[..most])
    }
}

fn drip(bytes: &[u8]) -> impl BufRead {
    BufReader::with_capacity(1, Drip(bytes))
}

/// What is read of an 835, and whether it is said to be whole and balanced.
fn remittances(input: impl BufRead) -> (Vec<RemittanceEvent>, bool) {
    let (mut events, mut balance, mut good, mut ended) = (Vec::new(), None, true, 0);
    let Ok(mut reader) = RemittanceReader::new(input) else { return (events, false) };
    for event in reader.by_ref() {
        let Ok(event) = event else { return (events, false) };
        match &event {
            RemittanceEvent::Header(header) => balance = Some(TransactionBalance::new(header)),
            RemittanceEvent::Claim(claim) => {
                let _ = balance.as_mut().map(|b: &mut TransactionBalance| b.push(claim).is_some());
            }
            RemittanceEvent::End(totals) => {
                good &= balance.take().is_some_and(|balance| balance.finish(totals).balanced());
                ended += 1;
            }
        }
        events.push(event);
    }
    let mut found = reader.take_findings();
    found.extend(reader.envelope().reader().repairs().iter().cloned());
    good &= found.iter().all(|found| found.severity < Severity::Error);
    (events, good && ended > 0)
}

/// The claims of an 837, and whether all of them are whole.
fn claims(input: impl BufRead) -> (Vec<edi_837::Claim>, bool) {
    let Ok(mut reader) = ClaimReader::new(input) else { return (Vec::new(), false) };
    let (mut claims, mut good) = (Vec::new(), true);
    for found in reader.by_ref() {
        let Ok(found) = found else { return (claims, false) };
        good &= found.complete;
        claims.push(found.claim);
    }
    let mut found = reader.take_findings();
    found.extend(reader.repairs().iter().cloned());
    good &= found.iter().all(|found| found.severity < Severity::Error);
    (claims, good)
}

/// Everything that is found, and whether none of it is an error.
fn validate(input: impl BufRead) -> (Vec<String>, bool) {
    let Ok(reader) = Reader::new(input) else { return (Vec::new(), false) };
    let (mut envelope, mut found) = (EnvelopeReader::new(reader), Vec::new());
    let (mut checker, mut rules) = (Checker::new(Guides::built_in()), RuleChecker::new());
    loop {
        match envelope.next() {
            Ok(Some(event)) => {
                checker.push(&event);
                rules.push(&event, &checker);
            }
            Ok(None) => break,
            Err(_) => return (Vec::new(), false),
        }
        found.extend(checker.take_findings());
        found.extend(rules.take_findings());
        found.extend(envelope.take_findings());
    }
    found.extend(envelope.reader().repairs().iter().cloned());
    let good = found.iter().all(|found| found.severity < Severity::Error);
    (found.iter().map(|found| format!("{} {}", found.rule, found.locus)).collect(), good)
}

fn build(input: impl BufRead) -> (String, bool) {
    let practice = Practice::parse(include_str!("../../testdata/demo/practice.toml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap().into();
    let mapping = Mapping::default();
    let options = BuildOptions::new(at);
    let take = |_: &edi_837::ReadyClaim<'_>| Ok(Verdict::Take);
    let built =
        edi_837::build((input, "e.csv"), &practice, &mapping, &options, &mut Sequence(1), folder.path(), take).unwrap();
    let report = built.report();
    (serde_json::to_string(report).unwrap(), report.is_conserved())
}

/// The segments with what stands before them, and the rules of the repairs.
fn segments(input: impl BufRead) -> (Vec<String>, Vec<String>) {
    let mut reader = Reader::new(input).unwrap();
    let mut all = Vec::new();
    while let Some(segment) = reader.next().unwrap() {
        all.push(format!("{:?}{:?} {}", text(segment.lead()), text(segment.raw()), segment.locus()));
    }
    assert!(reader.accounting().is_conserved());
    (all, reader.repairs().iter().map(|found| found.rule.to_string()).collect())
}

#[test]
fn a_byte_at_a_time_is_the_same() {
    for file in std::fs::read_dir("../testdata/dirty").unwrap().map(|entry| entry.unwrap().path()) {
        let bytes = std::fs::read(&file).unwrap();
        if Reader::new(&bytes[..]).unwrap().next().is_ok() {
            assert_eq!(segments(drip(&bytes)), segments(&bytes[..]), "{}", file.display());
        }
    }
    assert_eq!(remittances(drip(REMITTANCE)), remittances(REMITTANCE));
    assert_eq!(claims(drip(CLAIMS)), claims(CLAIMS));
    assert_eq!(validate(drip(REMITTANCE)), validate(REMITTANCE));
    assert_eq!(validate(drip(CLAIMS)), validate(CLAIMS));
}

#[test]
fn encounters_of_any_form_are_the_same_a_byte_at_a_time() {
    let rows = || ENCOUNTERS.lines();
    let objects: Vec<Value> = serde_json::from_str(JSON).unwrap();
    let lines: Vec<String> = objects.iter().map(ToString::to_string).collect();
    for (form, text) in [
        ("CSV", ENCOUNTERS.to_owned()),
        ("with a byte order mark", format!("\u{FEFF}{ENCOUNTERS}")),
        ("with semicolons", ENCOUNTERS.replace(',', ";")),
        ("with a comment and CR LF", format!("# ours\r\n{}\r\n", rows().collect::<Vec<_>>().join("\r\n"))),
        ("JSON", JSON.to_owned()),
        ("JSON behind blanks", format!("\r\n  {JSON}")),
        ("JSON with a byte order mark", format!("\u{FEFF}{JSON}")),
        ("a JSON object a line", lines.join("\n")),
    ] {
        let (report, conserved) = build(text.as_bytes());
        assert!(conserved && !report.contains("\"encounters\":0"), "{form}: {report}");
        assert_eq!(build(drip(text.as_bytes())), (report, conserved), "{form}");
    }
}

/// Where the last IEA's terminator stands.
fn last_terminator(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|b| *b == b'~').unwrap()
}

#[test]
fn a_cut_is_never_a_success() {
    assert!(remittances(REMITTANCE).1 && claims(CLAIMS).1);
    for end in 0..last_terminator(REMITTANCE) {
        let cut = &REMITTANCE[..end];
        assert!(!validate(cut).1, "validate, cut at {end}");
        assert!(!remittances(cut).1, "remittance, cut at {end}");
    }
    for end in 0..last_terminator(CLAIMS) {
        let cut = &CLAIMS[..end];
        assert!(!validate(cut).1, "validate, cut at {end}");
        assert!(!claims(cut).1, "claims, cut at {end}");
    }
}
