use super::*;
use crate::Money;
use pretty_assertions::assert_eq;

fn written(build: impl FnOnce(&mut SegmentWriter<&mut Vec<u8>>) -> Result<()>) -> Result<String> {
    let mut out = Vec::new();
    build(&mut SegmentWriter::new(&mut out, Delimiters::default()))?;
    Ok(String::from_utf8(out).unwrap())
}

/// `5:` is no amount, and must not become one by being copied: empty components are structure.
#[test]
fn a_copy_keeps_empty_components() {
    for body in ["CLP*A*1*5*5:", "CLP*A*1*5*5:*X", "CLP*A*1*:5", "REF*A^", "REF*::", "REF*A:^:"] {
        let file = format!(
            "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260105*1200*^*00501*000000001*0*P*:~{body}~"
        );
        let mut reader = crate::reader::Reader::new(file.as_bytes()).unwrap();
        reader.next().unwrap();
        let segment = reader.next().unwrap().unwrap();
        assert_eq!(written(|w| w.copy(&segment)).unwrap(), format!("{body}~"));
        let raw = crate::segment::RawSegment::of(&segment);
        assert_eq!(written(|w| raw.write(w)).unwrap(), format!("{body}~"));
    }
}

/// The segments of a file with this body, copied into this writer.
fn copied(body: &str, delimiters: Delimiters) -> Result<String> {
    let file = format!(
        "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260105*1200*^*00501*000000001*0*P*:~{body}"
    );
    let mut reader = crate::reader::Reader::new(file.as_bytes())?;
    let mut out = SegmentWriter::new(Vec::new(), delimiters);
    while let Some(segment) = reader.next()? {
        out.copy(&segment)?;
    }
    Ok(String::from_utf8(out.into_inner()?).unwrap())
}

/// Behind an IEA a bare `GE` would be junk, where `GE*` is a stray trailer.
#[test]
fn a_copy_keeps_empty_elements_at_the_end() {
    let body = "GS*HP**~IEA*~GE*~";
    assert!(copied(body, Delimiters::default()).unwrap().ends_with(body));
}

#[test]
fn an_isa_in_a_body_stays_data() {
    let body = "GS*HP~ISA*00~REF*1*2*3*4*5*6*7*8*9*10*11*12*13*14*:~";
    assert!(copied(body, Delimiters::default()).unwrap().ends_with(body));
    // With sixteen elements it would be a header: it is refused, however it is spelled.
    for id in ["ISA", "isa"] {
        let refused = written(|w| w.segment(id).skip(14).text("P").text(">").finish()).unwrap_err();
        assert!(matches!(*refused.kind, ErrorKind::EnvelopeOrder(_)), "{refused}");
    }
    // So would a transaction set with other delimiters.
    assert!(written(|w| w.segment("ST|837|1").text("A").finish()).is_err());
}

/// `.5` is two components where the point is a delimiter, and must not become fifty cents.
#[test]
fn what_was_unreadable_is_not_written_as_a_value() {
    let points = Delimiters { component: b'.', ..Delimiters::default() };
    let amount = crate::lex::Element::new(b".5", points).wire::<Money>();
    let refused = written(|w| w.segment("AMT").text("D").wire(&amount).finish()).unwrap_err();
    assert!(matches!(*refused.kind, ErrorKind::DelimiterInData { element: 2, held: '.', .. }), "{refused}");
    let text = crate::lex::Element::new(b"none", points).wire::<Money>();
    assert_eq!(written(|w| w.segment("AMT").text("D").wire(&text).finish()).unwrap(), "AMT*D*none~");
}

#[test]
fn a_copy_without_repetitions_tells_none() {
    let without = Delimiters { repetition: None, ..Delimiters::default() };
    assert_eq!(&copied("GS*HP~", without).unwrap()[81..84], "*U*");
    assert!(copied("REF*A^B~", without).is_err());
}

#[test]
fn a_segment_without_an_id_is_no_stray_terminator() {
    assert!(written(|w| w.segment("").text("").finish()).is_err());
}

#[test]
fn an_id_that_holds_a_delimiter_is_refused() {
    assert!(written(|w| w.segment("9~").text("A").finish()).is_err());
}

#[test]
fn trailing_empties_are_trimmed() {
    let text = written(|w| {
        w.segment("SV1")
            .composite(["HC", "99213", "", "25", ""])
            .value(&Money::from_cents(1250))
            .skip(3)
            .text("")
            .finish()?;
        w.segment("NM1").text("85").skip(2).text("X").finish()?;
        w.segment("LS").finish()
    });
    assert_eq!(text.unwrap(), "SV1*HC:99213::25*12.50~NM1*85***X~LS~");
}

#[test]
fn delimiters_in_data_are_refused() {
    for bad in ["A*B", "A~B", "A:B", "A^B", "A\nB"] {
        let error = written(|w| w.segment("NM1").text("85").text(bad).finish()).unwrap_err();
        assert!(matches!(*error.kind, ErrorKind::DelimiterInData { element: 2, .. }), "{error}");
    }
}

#[test]
fn the_envelope_is_counted() {
    let at = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap().and_hms_opt(12, 0, 0).unwrap();
    let isa = InterchangeHeader {
        sender_qualifier: "ZZ".into(),
        sender: "SENDER".into(),
        receiver_qualifier: "ZZ".into(),
        receiver: "RECEIVER".into(),
        at,
        control: 1,
        ack_requested: false,
        usage: "T".into(),
    };
    let gs = GroupHeader {
        functional_id: "HC".into(),
        sender: "S".into(),
        receiver: "R".into(),
        at,
        control: 1,
        version: "005010X222A1".into(),
    };
    let text = written(|w| {
        w.begin_interchange(&isa)?;
        w.begin_group(&gs)?;
        w.begin_transaction("837", "005010X222A1")?;
        w.segment("BHT").text("0019").finish()?;
        w.end_transaction()?;
        w.end_group()?;
        w.end_interchange()
    });
    let text = text.unwrap();
    assert_eq!(text.find('~'), Some(105));
    assert!(text.ends_with("ST*837*0001*005010X222A1~BHT*0019~SE*3*0001~GE*1*1~IEA*1*000000001~"));
    assert!(written(|w| w.end_group()).is_err());
    assert!(written(|w| w.begin_transaction("837", "")).is_err());
    let long = InterchangeHeader { sender: "1234567890123456".into(), ..isa };
    assert!(written(|w| w.begin_interchange(&long)).is_err());
}
