//! The example overlays of `testdata/overlays`: SNIP type 7, with the guide's parser and the rules of all types.

use edi_core::envelope::EnvelopeReader;
use edi_core::guide::{Checker, Guides, Overlay};
use edi_core::reader::Reader;
use edi_core::rules::RuleChecker;
use edi_core::{Finding, Severity};
use pretty_assertions::assert_eq;
use std::path::Path;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata").join(path)).unwrap()
}

fn check(overlay: &str, text: &str) -> Vec<Finding> {
    let mut guides = Guides::built_in();
    guides.apply(&Overlay::parse(&read(overlay)).unwrap()).unwrap();
    let mut reader = EnvelopeReader::new(Reader::new(text.as_bytes()).unwrap());
    let (mut guide, mut rules) = (Checker::new(guides), RuleChecker::new());
    let mut found = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        guide.push(&event);
        rules.push(&event, &guide);
        found.extend(guide.take_findings());
        found.extend(rules.take_findings());
    }
    found
}

/// Severity, rule and element of each finding.
fn told(found: &[Finding]) -> Vec<String> {
    let place = |it: &Finding| it.element.clone().or(it.segment.clone()).unwrap_or_default();
    found.iter().map(|it| format!("{:?} {} {}", it.severity, it.rule, place(it))).collect()
}

/// One Medicare claim: the last of claim.837, under its billing provider.
fn medicare_claim() -> String {
    let text = read("rules/claim.837");
    let (head, rest) = text.split_once("HL*2*").unwrap();
    let (_, last) = rest.split_once("HL*5*").unwrap();
    let text = format!("{head}HL*2*{last}");
    let (body, _) = text.split_once("~\nSE*").unwrap();
    let count = body.split("~\n").count() - 1;
    format!("{body}~\nSE*{count}*0001~\nGE*1*1~\nIEA*1*000000001~\n")
}

#[test]
fn a_medicare_claim_is_clean_for_medicare_and_not_for_others() {
    let claim = medicare_claim();
    assert_eq!(told(&check("overlays/medicare.overlay", &claim)), [""; 0]);
    assert_eq!(told(&check("overlays/medicaid.overlay", &claim)), ["Error ELE-CODE SBR09"]);
    let found = told(&check("overlays/commercial.overlay", &claim));
    assert_eq!(found, ["Error ELE-MISSING SBR03", "Error ELE-CODE SBR09", "Error SEG-MISSING REF"]);
}

#[test]
fn an_overlay_weighs_rules_otherwise() {
    let claim =
        medicare_claim().replace("1EG4TE5MK73", "123456789A").replace("N4*ALBANY*NY*122080001", "N4*ALBANY*NY*12208");
    let found = check("overlays/medicare.overlay", &claim);
    assert_eq!(told(&found), ["Error 837-ZIP9 N403", "Error 837-MBI NM109"]);
    let found = check("overlays/medicaid.overlay", &claim);
    let zip = found.iter().find(|it| it.rule == "837-ZIP9").unwrap();
    assert_eq!((zip.severity, zip.message.contains("waived")), (Severity::Info, true));
}

#[test]
fn a_dependent_is_no_patient_of_medicare() {
    let found = told(&check("overlays/medicare.overlay", &read("rules/claim.837")));
    assert!(found.contains(&"Error LOOP-NOT-USED HL".to_owned()), "{found:?}");
    assert!(found.contains(&"Error ELE-CODE CLM05-3".to_owned()), "{found:?}");
}
