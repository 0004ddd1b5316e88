//! The guide tables hold exactly the facts of the shared folder, but for the differences listed here. Runs
//! where `EDI_SHARED` names that folder.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use edi_core::guide::{DataType, ElementUse, Guide, Guides, SegmentUse, Usage};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Guide, what the facts say, what our table says, and why.
const DIFFERENCES: &[(&str, &[&str], &[&str], &str)] = &[
    (
        "005010X222A1",
        &["#3 NM1 1000A 0200 R 1 C1110 P0809", "#5 NM1 1000B 0200 R 1 C1110 P0809"],
        &["#3 NM1 1000A 0200 R 1 C1110 C1203 P0809", "#5 NM1 1000B 0200 R 1 C1110 C1203 P0809"],
        "a syntax note belongs to the segment, so C1203 holds in each NM1; NM112 is not used there",
    ),
    (
        "005010X214",
        &[
            "#17 NM1 2000A/2000B/2000C/2100C 0500 R 1 ",
            "#26 NM1 2000A/2000B/2000C/2000D/2100D 0500 R 1 ",
            "#20 REF 2000A/2000B/2000C/2200C 1100 S 1 ",
            "#29 REF 2000A/2000B/2000C/2000D/2200D 1100 S 1 ",
            "#30 REF 2000A/2000B/2000C/2000D/2200D 1100 S 1 ",
            "#31 REF 2000A/2000B/2000C/2000D/2200D 1100 S 1 ",
            "#35 REF 2000A/2000B/2000C/2000D/2200D/2220D 2000 S 1 ",
            "#36 REF 2000A/2000B/2000C/2000D/2200D/2220D 2000 S 1 ",
        ],
        &[
            "#17 NM1 2000A/2000B/2000C/2100C 0500 R 1 C1110 C1203 P0809",
            "#26 NM1 2000A/2000B/2000C/2000D/2100D 0500 R 1 C1110 C1203 P0809",
            "#20 REF 2000A/2000B/2000C/2200C 1100 S 1 R0203",
            "#29 REF 2000A/2000B/2000C/2000D/2200D 1100 S 1 R0203",
            "#30 REF 2000A/2000B/2000C/2000D/2200D 1100 S 1 R0203",
            "#31 REF 2000A/2000B/2000C/2000D/2200D 1100 S 1 R0203",
            "#35 REF 2000A/2000B/2000C/2000D/2200D/2220D 2000 S 1 R0203",
            "#36 REF 2000A/2000B/2000C/2000D/2200D/2220D 2000 S 1 R0203",
        ],
        "the source left the notes of these segments out of some uses; a note belongs to the segment",
    ),
    (
        "005010X214",
        &["loop 2000A/2000B/2000C/2200C R 1", "#19 STC 2000A/2000B/2000C/2200C 1000 R 0 "],
        &["loop 2000A/2000B/2000C/2200C S 1", "#19 STC 2000A/2000B/2000C/2200C 1000 S 0 "],
        "the provider's own status is situational: the guide's example and payers' files leave the loop, or its STC, out",
    ),
    (
        "005010X214",
        &["#34 STC02 373 DT 8-8 R x1  "],
        &["#34 STC02 373 DT 8-8 S x1  "],
        "the guide's own example leaves the date of a line's status empty",
    ),
];

/// As [`DIFFERENCES`], for the envelope: TA1.guide is one table for all four maps, which disagree.
const ENVELOPE_DIFFERENCES: &[(&str, &str)] = &[
    ("ISA01", "the guides allow 00 and 03; the map of the 999 lists all codes of X12"),
    ("ISA05", "the guides list the qualifiers; the map of the 999 lists none"),
    ("ISA07", "as ISA05"),
    (
        "ISA11",
        "the repetition separator since 00402; the map of the 837P has the standards identifier that it was before",
    ),
    ("ISA15", "P and T; the map of the 999 adds I, information, which the guides do not have"),
    ("GS01", "any of health care's groups; whether it fits the transaction set is a check of its own"),
    ("GS08", "any version; whether there is a guide for it is a check of its own"),
];

type Row = BTreeMap<String, String>;

fn rows(path: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| line.split('\t').map(String::from).collect::<Vec<_>>());
    let names = lines.next().unwrap();
    lines.map(|cells| names.iter().cloned().zip(cells).collect()).collect()
}

const ENVELOPE: [&str; 5] = ["ISA", "GS", "GE", "TA1", "IEA"];
const WRAPPERS: [&str; 6] = ["ISA_LOOP", "GS_LOOP", "ST_LOOP", "HEADER", "DETAIL", "FOOTER"];

fn sorted(codes: &str, by: char) -> String {
    codes.split(by).filter(|c| !c.is_empty()).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("|")
}

fn count(text: &str) -> &str {
    if text == ">1" { "0" } else { text }
}

/// The facts of a map, a line each. The tables (HEADER, DETAIL, FOOTER) and the envelope are names of the map.
fn facts_of_rows(rows: &[Row], envelope: bool) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    let mut ordinal = 0;
    for row in rows.iter().filter(|r| ENVELOPE.contains(&r["segment"].as_str()) == envelope) {
        let path = row["loop_path"]
            .split('/')
            .filter(|l| !l.is_empty() && !WRAPPERS.contains(l))
            .collect::<Vec<_>>()
            .join("/");
        if row["kind"] == "segment" {
            ordinal += 1;
            if !path.is_empty() {
                facts.insert(format!("loop {path} {} {}", row["loop_usage"], count(&row["loop_repeat"])));
            }
            let notes = sorted(&row["syntax"], ';').replace('|', " ");
            facts.insert(format!(
                "#{ordinal} {} {path} {} {} {} {notes}",
                row["segment"],
                row["pos"],
                row["seg_usage"],
                count(&row["seg_max_use"])
            ));
            continue;
        }
        let kind = if row["kind"] == "composite" {
            "COMP 0-0".into()
        } else {
            format!("{} {}-{}", row["type"], row["min"], row["max"])
        };
        let reference = row["ref"].replace("-0", "-");
        let codes = sorted(&row["valid_codes"], '|');
        facts.insert(format!(
            "#{ordinal} {reference} {} {kind} {} x{} {codes} {}",
            row["data_ele"], row["usage"], row["repeat"], row["external_codes"]
        ));
    }
    facts
}

fn letter(usage: Usage) -> char {
    match usage {
        Usage::Required => 'R',
        Usage::Situational => 'S',
        Usage::NotUsed => 'N',
    }
}

fn facts_of_guide(guide: &Guide) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    for (i, l) in guide.loops().iter().enumerate().skip(1) {
        let _ = i;
        let path = guide.path(guide.segment_use(l.start).in_loop).collect::<Vec<_>>().join("/");
        facts.insert(format!("loop {path} {} {}", letter(l.usage), l.max));
    }
    for (i, u) in guide.uses().iter().enumerate() {
        let ordinal = i + 1;
        let path = guide.path(u.in_loop).collect::<Vec<_>>().join("/");
        let notes =
            u.notes.iter().map(ToString::to_string).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ");
        facts.insert(format!("#{ordinal} {} {path} {:04} {} {} {notes}", u.id, u.position, letter(u.usage), u.max));
        facts_of_elements(&mut facts, ordinal, u);
    }
    facts
}

fn facts_of_elements(facts: &mut BTreeSet<String>, ordinal: usize, segment: &SegmentUse) {
    let mut add = |reference: String, e: &ElementUse| {
        if !e.listed {
            return;
        }
        let kind = match e.data_type {
            None => "COMP".into(),
            Some(DataType::Text) => "AN".into(),
            Some(DataType::Code) => "ID".into(),
            Some(DataType::Integer(n)) => format!("N{n}"),
            Some(DataType::Decimal) => "R".into(),
            Some(DataType::Date) => "DT".into(),
            Some(DataType::Time) => "TM".into(),
        };
        let codes = e
            .codes
            .as_slice()
            .iter()
            .map(|c| c.as_str())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
            .join("|");
        let (usage, external) = (letter(e.usage), e.external.as_deref().unwrap_or_default());
        facts.insert(format!(
            "#{ordinal} {reference} {} {kind} {}-{} {usage} x{} {codes} {external}",
            e.number, e.min, e.max, e.repeats
        ));
    };
    for (i, element) in segment.elements.iter().enumerate() {
        let reference = format!("{}{:02}", segment.id, i + 1);
        for (j, component) in element.components.iter().enumerate() {
            add(format!("{reference}-{}", j + 1), component);
        }
        add(reference, element);
    }
}

#[test]
fn guide_tables_hold_the_facts() {
    let Some(shared) = std::env::var_os("EDI_SHARED") else { return };
    let maps = [
        ("837p", "005010X222A1", "837"),
        ("835", "005010X221A1", "835"),
        ("999", "005010X231A1", "999"),
        ("277ca", "005010X214", "277"),
    ];
    for (map, id, transaction) in maps {
        let rows = rows(&Path::new(&shared).join(format!("guides/map_{map}.tsv")));
        let facts = facts_of_rows(&rows, false);
        let guides = Guides::built_in();
        let ours = facts_of_guide(guides.find(id, transaction).unwrap());
        assert!(facts.len() > 80 && ours.len() > 80);
        let lost = facts.difference(&ours).map(String::as_str).collect::<BTreeSet<_>>();
        let added = ours.difference(&facts).map(String::as_str).collect::<BTreeSet<_>>();
        let listed = || DIFFERENCES.iter().filter(|d| d.0 == id);
        pretty_assertions::assert_eq!(
            lost,
            listed().flat_map(|d| d.1.iter().copied()).collect(),
            "in {map} but not in {id}"
        );
        pretty_assertions::assert_eq!(
            added,
            listed().flat_map(|d| d.2.iter().copied()).collect(),
            "in {id} but not in {map}"
        );
    }
}

#[test]
fn guide_of_the_envelope_holds_the_facts() {
    let Some(shared) = std::env::var_os("EDI_SHARED") else { return };
    let ours = facts_of_guide(&Guides::envelope().unwrap());
    let mut differing = BTreeSet::new();
    for map in ["837p", "835", "999", "277ca"] {
        let facts = facts_of_rows(&rows(&Path::new(&shared).join(format!("guides/map_{map}.tsv"))), true);
        for line in facts.symmetric_difference(&ours) {
            let reference = line.split(' ').nth(1).unwrap();
            differing.insert(reference.to_string());
        }
    }
    assert_eq!(differing, ENVELOPE_DIFFERENCES.iter().map(|d| d.0.to_string()).collect());
}

/// Every code that an acknowledgment of ours can hold is a code of the list for its element.
#[test]
fn guide_ack_codes_hold_the_facts() {
    use edi_core::ack::{AckCode, code_of};
    use edi_core::finding::{
        ElementFault as E, GroupFault as G, InterchangeFault as I, Kind, SegmentFault as S, TransactionFault as T,
    };
    let Some(shared) = std::env::var_os("EDI_SHARED") else { return };
    let list = std::fs::read_to_string(Path::new(&shared).join("codes/ack_codes.csv")).unwrap();
    let mut kinds = (0..=17).map(|n| Kind::Interchange(I::BadElement(n))).collect::<Vec<_>>();
    kinds.extend(
        [
            I::ControlNumberMismatch,
            I::GroupCount,
            I::Structure,
            I::DuplicateControlNumber,
            I::MissingTrailer,
            I::BadControlNumber,
        ]
        .map(Kind::Interchange),
    );
    kinds.extend(
        [
            G::NotSupported,
            G::UnsupportedVersion,
            G::MissingTrailer,
            G::ControlNumberMismatch,
            G::TransactionCount,
            G::BadControlNumber,
            G::DuplicateControlNumber,
            G::BadElement,
            G::Structure,
        ]
        .map(Kind::Group),
    );
    kinds.extend(
        [
            T::NotSupported,
            T::MissingTrailer,
            T::ControlNumberMismatch,
            T::SegmentCount,
            T::BadIdentifier,
            T::BadControlNumber,
            T::DuplicateControlNumber,
            T::NotInGroup,
            T::ConventionMismatch,
        ]
        .map(Kind::Transaction),
    );
    kinds.extend(
        [
            S::UnrecognizedId,
            S::Unexpected,
            S::RequiredMissing,
            S::LoopTooMany,
            S::TooMany,
            S::NotInTransaction,
            S::OutOfOrder,
            S::NotUsed,
            S::SituationalMissing,
            S::HasElementErrors,
        ]
        .map(Kind::Segment),
    );
    kinds.extend(
        [
            E::RequiredMissing,
            E::ConditionalMissing,
            E::TooMany,
            E::TooManyComponents,
            E::TooShort,
            E::TooLong,
            E::InvalidCharacter,
            E::InvalidCode,
            E::InvalidDate,
            E::InvalidTime,
            E::Exclusion,
            E::TooManyRepetitions,
            E::PatternMismatch,
            E::NotUsed,
            E::InvalidValue,
        ]
        .map(Kind::Element),
    );
    for kind in kinds {
        let (element, code) = match code_of(kind) {
            AckCode::Interchange(code) => ("TA105 interchange note", code),
            AckCode::Group(code) => ("AK905 group error", code),
            AckCode::Transaction(code) => ("IK502 transaction set error", code),
            AckCode::Segment(code) => ("IK304 segment error", code),
            AckCode::Element(code) => ("IK403 element error", code),
            AckCode::None => panic!("{kind:?} has no code"),
        };
        assert!(list.contains(&format!("\n{element},{code},")), "{kind:?} {element} {code}");
    }
}
