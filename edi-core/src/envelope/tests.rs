use super::*;
use pretty_assertions::assert_eq;

const FILE: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260105*1200*^*00501*000000001*0*P*:~\
GS*HP*SENDER*RECEIVER*20260105*1200*1*X*005010X221A1~ST*835*0001~BPR*I*10*C*CHK************20260105~SE*3*0001~GE*1*1~IEA*1*000000001~";

/// Names of the events, rules of the findings and of the repairs.
fn read(text: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
    let mut reader = EnvelopeReader::new(Reader::new(text.as_bytes()).unwrap());
    let mut events = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        events.push(match event {
            Event::InterchangeStart(i, _) => format!("ISA {}", i.control),
            Event::GroupStart(g, _) => format!("GS {}", g.control),
            Event::TransactionStart(t, _) => format!("ST {}", t.control),
            Event::Segment(s) => format!("{} {}", s.id_text(), s.locus().transaction_segment),
            Event::Outside(s) => format!("outside {}", s.id_text()),
            Event::TransactionEnd(e, _) => format!("SE {} {}", e.count, e.is_sound()),
            Event::GroupEnd(e, _) => format!("GE {} {}", e.count, e.is_sound()),
            Event::InterchangeEnd(e, _) => format!("IEA {} {}", e.count, e.is_sound()),
        });
    }
    let findings = reader.take_findings().into_iter().map(|f| f.rule.into_owned()).collect();
    let repairs = reader.reader().repairs().iter().map(|f| f.rule.clone().into_owned()).collect();
    (events, findings, repairs)
}

const PLAIN: [&str; 7] = ["ISA 000000001", "GS 1", "ST 0001", "BPR 2", "SE 3 true", "GE 1 true", "IEA 1 true"];

#[test]
fn a_clean_file_has_no_findings() {
    let (events, findings, repairs) = read(FILE);
    assert_eq!(events, PLAIN);
    assert!(findings.is_empty() && repairs.is_empty());
}

#[test]
fn counts_and_control_numbers_are_checked() {
    for (from, to, rule) in [
        ("SE*3*", "SE*4*", "SE-COUNT"),
        ("SE*3*", "SE*X*", "SE-COUNT"),
        ("SE*3*0001", "SE*3*0002", "SE-CONTROL"),
        ("GE*1*1", "GE*2*1", "GE-COUNT"),
        ("GE*1*1", "GE*1*2", "GE-CONTROL"),
        ("IEA*1*", "IEA*2*", "IEA-COUNT"),
        ("IEA*1*000000001", "IEA*1*000000002", "IEA-CONTROL"),
        ("*000000001*0*P", "*00000000A*0*P", "ISA-CONTROL"),
    ] {
        let (events, findings, repairs) = read(&FILE.replace(from, to));
        assert_eq!(events.len(), 7, "{from}");
        assert_eq!(findings[0], rule);
        assert!(repairs.is_empty());
    }
    assert_eq!(read(&FILE.replace("GE*1*1", "GE*01*01")).1, [""; 0]);
}

#[test]
fn missing_trailers_are_supplied() {
    let without = |id: &str| {
        let at = FILE.find(id).unwrap();
        let end = at + FILE[at..].find('~').unwrap() + 1;
        format!("{}{}", &FILE[..at], &FILE[end..])
    };
    assert_eq!(read(&without("SE*")).0[4], "SE 2 false");
    assert_eq!(read(&without("SE*")).1, ["SE-MISSING"]);
    assert_eq!(read(&without("SE*")).2, ["REPAIR-NO-SE"]);
    assert_eq!(read(&without("GE*")).1, ["GE-MISSING"]);
    assert_eq!(read(&without("IEA*")).1, ["IEA-MISSING"]);
    let cut = &FILE[..FILE.find("SE*").unwrap()];
    assert_eq!(read(cut).1, ["SE-MISSING", "GE-MISSING", "IEA-MISSING"]);
    assert_eq!(read(cut).0.len(), 7);
}

#[test]
fn a_new_isa_before_iea_ends_the_old_one() {
    let two = format!("{}{FILE}", FILE.replace("IEA*1*000000001~", ""));
    let (events, findings, _) = read(&two);
    assert_eq!(events.len(), 14);
    assert_eq!(findings, ["IEA-MISSING", "ISA-DUPLICATE"]);
}

#[test]
fn fragments_get_an_implied_envelope() {
    let (events, findings, repairs) = read(&FILE[FILE.find("ST*").unwrap()..FILE.find("GE*").unwrap()]);
    assert_eq!(events, ["ISA ", "GS ", "ST 0001", "BPR 2", "SE 3 true", "GE 1 false", "IEA 1 false"]);
    assert!(findings.is_empty());
    assert_eq!(repairs, ["REPAIR-NO-ISA", "REPAIR-NO-GS"]);
}

#[test]
fn a_cut_inside_a_segment_sets_it_aside() {
    let (events, findings, repairs) = read(&FILE[..FILE.find("*CHK").unwrap()]);
    assert_eq!(events[3], "SE 1 false");
    assert_eq!(findings, ["SE-MISSING", "GE-MISSING", "IEA-MISSING"]);
    assert_eq!(repairs, ["REPAIR-TRUNCATED", "REPAIR-NO-SE", "REPAIR-NO-GE", "REPAIR-NO-IEA"]);
}

#[test]
fn ta1_and_strays_stand_outside() {
    let (events, findings, _) = read(&FILE.replace("GS*", "TA1*000000001*260105*1200*A*000~GS*"));
    assert_eq!(events[1], "outside TA1");
    assert!(findings.is_empty());
    let (events, findings, _) = read(&FILE.replace("GE*", "XX*1~GE*"));
    assert_eq!(events[5], "outside XX");
    assert_eq!(findings, ["STRAY-SEGMENT"]);
}

#[test]
fn what_is_missing_at_the_end_is_missing_behind_the_last_segment() {
    let mut reader = EnvelopeReader::new(Reader::new(&FILE.as_bytes()[..FILE.find("SE*").unwrap()]).unwrap());
    while reader.next().unwrap().is_some() {}
    let bpr = FILE.find("BPR").unwrap() as u64;
    let loci = reader.take_findings().into_iter().map(|f| (f.locus.byte, f.locus.segment)).collect::<Vec<_>>();
    assert_eq!(loci, [(bpr, 4); 3]);
}

#[test]
fn what_is_remembered_of_control_numbers_has_a_limit_that_is_told() {
    let sets = |count: usize| (0..count).map(|n| format!("ST*835*{n}~SE*2*{n}~")).collect::<String>();
    let found = read(&sets(REMEMBERED)).1;
    assert_eq!(found.iter().filter(|rule| *rule == "CONTROL-LIMIT").count(), 1, "{found:?}");
    assert!(!read(&sets(REMEMBERED - 1)).1.contains(&"CONTROL-LIMIT".to_owned()));
}

#[test]
fn duplicates_are_found() {
    let again = FILE.replace("GE*1*1", "ST*835*0001~BPR*I*10~SE*3*0001~GE*2*1");
    assert_eq!(read(&again).1, ["ST-DUPLICATE"]);
    assert_eq!(read(&format!("{FILE}{FILE}")).1, ["ISA-DUPLICATE"]);
}

#[test]
fn cut_anywhere_it_never_claims_success() {
    for length in 1..FILE.len() {
        let bytes = &FILE.as_bytes()[..length];
        let mut reader = EnvelopeReader::new(Reader::new(bytes).unwrap());
        let outcome = std::iter::from_fn(|| reader.next().map(|e| e.map(|_| ())).transpose()).find_map(Result::err);
        let worried = |findings: &[Finding]| findings.iter().any(|f| f.severity > crate::Severity::Info);
        let told = outcome.is_some() || worried(reader.findings.as_slice()) || worried(reader.reader().repairs());
        assert!(told, "cut at {length} was not told");
    }
}
