//! The table of columns, both ways: every column reaches its element, and is found there again.

use super::columns::{Column, ColumnId, Kind, columns, id};
use super::extract::{Extracted, encounter};
use super::render::{Rendered, Renderer};
use super::rows::{Encounter, Values};
use super::sound::Known;
use crate::{Claim, ClaimWriter, view};
use edi_core::Text;
use edi_core::envelope::{EnvelopeReader, Event};
use edi_core::guide::{Checker, DataType, Guides};
use edi_core::lex::Delimiters;
use edi_core::reader::Reader;
use edi_core::writer::SegmentWriter;
use pretty_assertions::assert_eq;
use std::sync::Arc;

/// A value that the column could hold, as the wire has it.
fn sample(column: &Column) -> Text {
    match &column.kind {
        Kind::Text(_) | Kind::Id(_) => format!("T{}", column.number).into(),
        // Not the default: a default is not given back.
        Kind::Code(codes) => codes.iter().rfind(|c| Some(*c) != column.default.as_ref()).unwrap_or(&codes[0]).clone(),
        Kind::Npi => "1234567893".into(),
        Kind::Date(_) => "20260504".into(),
        Kind::Period(_) => "20260504-20260506".into(),
        Kind::Money => "12.5".into(),
        Kind::Quantity | Kind::Number => "7".into(),
        Kind::Zip => "122070001".into(),
        Kind::State => "NY".into(),
        Kind::Country => "CA".into(),
        Kind::Phone => "5185550100".into(),
        Kind::Flag => "Y".into(),
        Kind::Sex => "F".into(),
        Kind::Ssn => "123456789".into(),
        Kind::Relationship => "19".into(),
        Kind::Taxonomy => "207Q00000X".into(),
        Kind::Diagnosis => "J029".into(),
        Kind::Procedure => "99213".into(),
        Kind::Modifier => "25".into(),
        Kind::Place => "11".into(),
        Kind::Ndc => "00002140701".into(),
        Kind::Pointers => "1 2".into(),
        Kind::Adjustments => "CO:45:20 PR:1:15:1 PR:2:3".into(),
    }
}

/// Every column of a claim or line, filled.
fn full(of_line: bool) -> Values {
    let mut values = Values::at(1);
    for (n, column) in columns().rows().iter().enumerate() {
        // A date that completes another one has no element; who bills is the practice file's.
        if column.is_given() && column.of_line == of_line && column.element > 0 && column.loop_id != "2010AA" {
            values.set(n, sample(column));
        }
    }
    if of_line {
        values.set(id("*dme_procedure"), "99213".into());
        (1..=10).for_each(|n| values.set(id(&format!("line_other{n}_payer_id")), format!("P{n}").into()));
    } else {
        (1..=10).for_each(|n| values.set(id(&format!("other{n}_payer_id")), format!("P{n}").into()));
    }
    values
}

fn rendered(dependent: bool) -> (Rendered, Encounter) {
    let lines = vec![full(true), full(true)];
    let encounter = Encounter { claim: full(false), lines, ..Encounter::default() };
    let mut rendered = Rendered::default();
    Renderer::new(Delimiters::default(), false).render(&encounter, dependent, &mut rendered).unwrap();
    (rendered, encounter)
}

fn claim() -> (Claim, Values, Values) {
    let (rendered, mut encounter) = rendered(true);
    let claim = rendered.claim(Delimiters::default(), Arc::default(), Arc::default()).unwrap();
    let line = encounter.lines.remove(0);
    (claim, encounter.claim, line)
}

#[test]
fn segments_are_those_of_the_claim() {
    for dependent in [true, false] {
        let (rendered, _) = rendered(dependent);
        let claim = rendered.claim(Delimiters::default(), Arc::default(), Arc::default()).unwrap();
        let mut out = SegmentWriter::new(Vec::new(), Delimiters::default());
        ClaimWriter::default().write(&mut out, &claim).unwrap();
        let written = String::from_utf8(out.into_inner().unwrap()).unwrap();
        let expected: String = written.split_inclusive('~').filter(|segment| !segment.starts_with("HL*")).collect();
        let (subscriber, rest) = rendered.bytes();
        assert_eq!(String::from_utf8([subscriber, rest].concat()).unwrap(), expected);
    }
}

#[test]
fn every_column_is_found_again() {
    let (claim, values, line) = claim();
    let extracted = Extracted::of(&claim, false);
    let named = |values: &Values| {
        let name = |(id, value): &(ColumnId, Text)| (columns().rows()[*id].name.clone(), value.to_string());
        values.cells().iter().map(name).filter(|(name, _)| !name.starts_with('*')).collect::<Vec<_>>()
    };
    assert_eq!(extracted.left, [""; 0]);
    assert_eq!(named(&extracted.claim), named(&values));
    assert_eq!(extracted.lines.len(), 2);
    assert_eq!(named(&extracted.lines[1]), named(&line));
}

#[test]
fn every_column_has_a_field_of_the_model() {
    let (claim, ..) = claim();
    let json = view::json(&claim).to_string();
    assert!(!json.contains("\"extra\""), "a segment has no field");
}

#[test]
fn a_segment_without_a_column_is_named() {
    let file: &[u8] =
        b"ST*837*1~HL*1**20*1~NM1*85*2*C~HL*2*1*22*0~CLM*1*1~ZZ9*X~REF*QQ*1~LX*1~SV1*HC:99213*1*UN*1***1~SE*9*1~";
    let found = crate::ClaimReader::new(file).unwrap().next().unwrap().unwrap();
    assert_eq!(encounter(&found.claim).1, ["2300 ZZ9", "2300 REF"]);
}

#[test]
fn where_lengths_are_learned_the_guide_asks_for_nothing_else() {
    let (rendered, _) = rendered(true);
    let (subscriber, rest) = rendered.bytes();
    let head: &[u8] =
        b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *260105*1200*^*00501*000000001\
*0*P*:~GS*HC*A*B*20260105*1200*1*X*005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*1*20260105*1200*CH~\
NM1*41*2*A*****46*A~PER*IC*A*TE*5185550100~NM1*40*2*B*****46*B~HL*1**20*1~NM1*85*2*C*****XX*1234567893~N3*1 ST~\
N4*ALBANY*NY*122070001~REF*EI*123456789~HL*2*1*22*1~";
    let file = [head, subscriber, b"HL*3*2*23*0~", rest, b"SE*1*0001~GE*1*1~IEA*1*000000001~"].concat();
    let mut checker = Checker::new(Guides::built_in());
    let mut reader = EnvelopeReader::new(Reader::new(&file[..]).unwrap());
    let (mut places, mut in_claim, mut seen) = (rendered.places().iter(), false, 0);
    while let Some(event) = reader.next().unwrap() {
        checker.push(&event);
        let Event::Segment(segment) = event else { continue };
        if segment.id() == b"HL" {
            in_claim = !segment.element(2).is_empty();
            continue;
        }
        let Some(place) = in_claim.then(|| places.next()).flatten() else { continue };
        let Some(used) = checker.placement().and_then(|placement| placement.segment) else { continue };
        let used = checker.tracker().unwrap().guide().segment_use(used);
        let given = || columns().rows().iter().filter(|c| c.group == place.group && c.is_given() && c.element > 0);
        // Codes are remembered one by one: no two of them decide together where a segment stands.
        let is_key = |c: &&Column| {
            let key = used.key.iter().map(|(element, part)| (usize::from(*element), part.map_or(0, usize::from)));
            key.into_iter().any(|at| at == (c.element, c.component))
        };
        assert!(given().filter(is_key).filter(|c| matches!(Known::of(c), Known::Codes(_))).count() <= 1, "{}", used.id);
        for column in given() {
            let spec = used.element(column.element).unwrap();
            let spec = spec.components.get(column.component.wrapping_sub(1)).unwrap_or(spec);
            let number = matches!(spec.data_type, Some(DataType::Decimal | DataType::Integer(_)));
            match Known::of(column) {
                Known::Lengths { digits, .. } => {
                    assert!(spec.codes.is_empty() && digits == number, "{}", column.name);
                    seen += 1;
                }
                Known::Codes(_) | Known::Nothing => {}
            }
        }
    }
    assert!(seen > 500, "{seen} columns");
}
