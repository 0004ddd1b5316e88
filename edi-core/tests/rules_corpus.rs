//! Every error that the rules of meaning find in a corpus of 837P and 835 files, judged, where there is a corpus:
//! `EDI_SHARED` names the folder that holds it.

use edi_core::Severity;
use edi_core::envelope::EnvelopeReader;
use edi_core::guide::{Checker, Guides};
use edi_core::reader::Reader;
use edi_core::rules::RuleChecker;
use pretty_assertions::assert_eq;
use std::collections::BTreeMap;
use std::path::Path;

/// File, rule, how often, and why it is right to call it an error.
const JUDGED: [(&str, &str, usize, &str); 15] = [
    ("837p/mjkubba__edi837P-demo-005010X222.edi", "837-CHARGE-SUM", 1, "CLM02 150, one line of 100"),
    ("837p/moov__sample.txt", "837-POINTER", 7, "lines point at a second diagnosis, the claims have one"),
    (
        "837p/staedi__ElementImplTest_emb4.edi",
        "837-HL-PARENT",
        1,
        "a subscriber level without HL02, in a test of elements",
    ),
    ("835/affect__exhaustive_sample.txt", "835-PROCEDURE", 1, "the procedure was blotted out with XXXX"),
    ("835/affect__exhaustive_sample.txt", "835-PLB-ZERO", 6, "amounts were blotted out with zeros"),
    ("835/lfh-x12__tertiary-payment.835", "835-B1", 1, "a service without its adjustments"),
    ("835/mjkubba__edi835-demo-005010X221.edi", "835-B2", 1, "made up: the adjustments are not in the payment"),
    ("835/mjkubba__edi835-demo-005010X221.edi", "835-B3", 1, "made up: the payment is not the claims'"),
    ("835/moov__sample1.txt", "835-PAYMENT-NEGATIVE", 2, "a negative payment"),
    ("835/moov__sample1.txt", "835-PAYMENT-NON", 2, "NON with a payment"),
    ("835/moov__sample1.txt", "835-B2", 1, "a cent too many in the adjustments"),
    ("835/moov__sample2.txt", "835-B2", 1, "the adjustments are not in the payment"),
    ("835/vgi-x12__envelope_emb1.edi", "835-B3", 1, "a payment without claims, in a test of envelopes"),
    ("835/vgi-x12__era_835.835", "835-B3", 1, "a payment without claims"),
    ("835/vgi-x12__shaped_emb2.edi", "835-B3", 1, "a payment without claims"),
];

/// The errors of the rules in a file, by rule.
fn errors(path: &Path) -> BTreeMap<String, usize> {
    let bytes = std::fs::read(path).unwrap();
    let mut errors = BTreeMap::new();
    let Ok(reader) = Reader::new(&bytes[..]) else { return errors };
    let mut reader = EnvelopeReader::new(reader);
    let (mut guide, mut rules) = (Checker::new(Guides::built_in()), RuleChecker::new());
    while let Ok(Some(event)) = reader.next() {
        guide.push(&event);
        rules.push(&event, &guide);
        for finding in rules.take_findings().into_iter().filter(|it| it.severity == Severity::Error) {
            *errors.entry(finding.rule.into_owned()).or_default() += 1;
        }
    }
    errors
}

#[test]
fn every_error_is_judged() {
    let Some(shared) = std::env::var_os("EDI_SHARED") else {
        eprintln!("EDI_SHARED is not set: the corpus was not read");
        return;
    };
    let corpus = Path::new(&shared).join("corpus");
    let mut found = Vec::new();
    let mut files = 0;
    for folder in ["837p", "835"] {
        for entry in std::fs::read_dir(corpus.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            files += 1;
            let name = format!("{folder}/{}", path.file_name().unwrap().to_string_lossy());
            found.extend(errors(&path).into_iter().map(|(rule, count)| (name.clone(), rule, count)));
        }
    }
    assert!(files > 80, "only {files} files");
    let mut judged: Vec<_> =
        JUDGED.iter().map(|(file, rule, count, _)| ((*file).to_owned(), (*rule).to_owned(), *count)).collect();
    judged.sort();
    found.sort();
    assert_eq!(found, judged);
}
