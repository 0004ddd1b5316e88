use super::*;
use crate::Severity;
use crate::envelope::{EnvelopeReader, Event};
use crate::finding::Finding;
use crate::reader::Reader;
use pretty_assertions::assert_eq;

const ENVELOPE_START: &str =
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260105*1200*^*00501*000000001*0*P*:~";

#[test]
fn guide_files_parse() {
    Dictionary::parse(include_str!("data/005010.dictionary")).unwrap();
    for text in [
        include_str!("data/005010X222A1.guide"),
        include_str!("data/005010X221A1.guide"),
        include_str!("data/005010X231A1.guide"),
        include_str!("data/005010X214.guide"),
        include_str!("data/TA1.guide"),
    ] {
        Guide::parse(text).unwrap();
    }
    assert_eq!(Guides::built_in().iter().count(), 4);
}

#[test]
fn guide_errors_name_their_line() {
    let error = |text: &str| Guide::parse(text).unwrap_err().to_string();
    assert_eq!(error("guide X\n\nQQ 0100 R 1 no such segment\n"), "line 3: the dictionary has no segment QQ");
    assert_eq!(error("guide X\nST 0100 R 1 header\n  04 R\n"), "line 3: ST has no element 4");
    assert_eq!(error("guide X\nST 0100 Q 1 header\n"), "line 2: cannot read `ST 0100 Q 1 header`");
    assert_eq!(error("guide X\nsame 2300 R 1\n"), "line 2: loop 2300 is not above");
    assert_eq!(error("guide X\n   ST 0100 R 1 header\n"), "line 2: the indentation fits no loop");
    let start = "guide X\nST 0100 R 1 header\n";
    assert_eq!(error(&format!("{start}loop A R 1 a\n")), "line 3: loop A does not begin with a segment");
    let own = format!("{start}loop A R 1 a\n  LX 0100 R 1 a\n  loop B R 1 b\n    LX 0100 R 1 b\n    same A R 1\n");
    assert_eq!(error(&own), "line 7: loop A cannot hold itself");
    let deep = (0..20).map(|n| format!("{0:1$}loop L R 1 a\n{0:1$}  LX 0100 R 1 b\n", "", 2 * n)).collect::<String>();
    assert!(error(&format!("{start}{deep}")).contains("more than 16 loops inside one another"));
    assert_eq!(error(""), "line 1: a guide needs a line `guide ID` and segments");
}

/// The loops that the segments of a transaction set are placed in.
fn places(version: &str, transaction: &str, segments: &str) -> Vec<String> {
    let group = if transaction == "837" { "HC" } else { "HP" };
    let file = format!("{ENVELOPE_START}GS*{group}*S1*R1*20260105*1200*1*X*{version}~{segments}");
    let guides = Guides::built_in();
    let mut tracker = Tracker::new(guides.find(version, transaction).unwrap().clone());
    let mut reader = EnvelopeReader::new(Reader::new(file.as_bytes()).unwrap());
    let mut places = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        if let Event::TransactionStart(_, segment) | Event::Segment(segment) = event {
            let placement = tracker.place(&segment);
            let loop_id = tracker.guide().loop_at(placement.in_loop).id.clone();
            let odd =
                if placement.status == Status::Placed { String::new() } else { format!(" {:?}", placement.status) };
            places.push(format!("{} {loop_id}{odd}", segment.id_text()));
        }
    }
    places
}

#[test]
fn guide_tracker_tells_twins_by_place_and_qualifier() {
    let placed = places(
        "005010X222A1",
        "837",
        "ST*837*0001~BHT*0019~NM1*41~NM1*40~HL*1**20*1~NM1*85~NM1*87~HL*2*1*22*1~SBR*P~NM1*IL~NM1*PR~CLM*1~HI*ABK:A~\
         NM1*82~SBR*S~NM1*IL~NM1*PR~NM1*82~REF*G2~LX*1~SV1*HC:1~NM1*82~REF*G2~SVD*1~LX*2~HL*3*2*23*0~PAT*01~NM1*QC~CLM*2~\
         HL*4*1*22*0~SBR*P~HL*5**20*1~NM1*85~",
    );
    let loops: Vec<&str> = placed.iter().map(|p| p.split(' ').nth(1).unwrap()).collect();
    assert_eq!(
        loops,
        [
            "", "", "1000A", "1000B", "2000A", "2010AA", "2010AB", "2000B", "2000B", "2010BA", "2010BB", "2300",
            "2300", "2310B", "2320", "2330A", "2330B", "2330D", "2330D", "2400", "2400", "2420A", "2420A", "2430",
            "2400", "2000C", "2000C", "2010CA", "2300", "2000B", "2000B", "2000A", "2010AA"
        ]
    );
    assert!(placed.iter().all(|p| p.split(' ').count() == 2), "{placed:?}");
}

#[test]
fn guide_tracker_says_how_it_placed() {
    let placed = places(
        "005010X221A1",
        "835",
        "ST*835*0001~BPR*I~TRN*1~N1*PR~REF*2U~N3*1~N1*XX~N3*1~N1*PE~LX*1~CLP*1~NM1*QC~CAS*CO~NM1*74~NM1*ZZ~SVC*1~REF*6R~DTM*472~\
         QQQ*1~SV1*1~BHT*1~PLB*1~",
    );
    assert_eq!(
        placed[4..],
        [
            "REF 1000A",
            "N3 1000A OutOfOrder",
            "N1 1000A WrongQualifier",
            "N3 1000A Follows",
            "N1 1000B",
            "LX 2000",
            "CLP 2100",
            "NM1 2100",
            "CAS 2100 OutOfOrder",
            "NM1 2100",
            "NM1 2100 WrongQualifier",
            "SVC 2110",
            "REF 2110",
            "DTM 2110 OutOfOrder",
            "QQQ 2110 UnknownId",
            "SV1 2110 NotInGuide",
            "BHT 2110 NotInGuide",
            "PLB "
        ]
    );
}

/// The errors and warnings of a stream.
fn findings(file: &str, guides: Guides, options: CheckOptions) -> Vec<Finding> {
    let mut reader = EnvelopeReader::new(Reader::new(file.as_bytes()).unwrap());
    let mut checker = Checker::with_options(guides, options);
    let mut findings = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        checker.push(&event);
        findings.extend(checker.take_findings());
    }
    findings
}

fn rules_of(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|f| format!("{} {}", f.rule, f.element.as_ref().or(f.segment.as_ref()).unwrap())).collect()
}

fn remittance(change: impl Fn(&str) -> String) -> String {
    let body = "BPR*I*0*C*NON************20260105~TRN*1*1*1123456789~N1*PR*PAYER~N3*1 MAIN~N4*TOWN*OH*43001~PER*BL*HELP*TE*5551234567~\
                N1*PE*CLINIC*XX*1234567893~LX*1~CLP*A1*1*100*0*100*12*C1*11*1~CAS*PR*1*100~NM1*QC*1*DOE*JANE****MI*M1~";
    let count = body.matches('~').count() + 2;
    let file = format!(
        "{ENVELOPE_START}GS*HP*S1*R1*20260105*1200*1*X*005010X221A1~ST*835*0001~{body}SE*{count}*0001~GE*1*1~IEA*1*000000001~"
    );
    change(&file)
}

#[test]
fn guide_check_of_a_clean_file_is_silent() {
    let file = remittance(str::to_owned);
    assert_eq!(rules_of(&findings(&file, Guides::built_in(), CheckOptions::default())), [""; 0]);
}

#[test]
fn guide_rules_are_all_listed() {
    let listed: Vec<&str> = RULES.iter().map(|r| r.id).collect();
    let mut once = listed.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), listed.len(), "an id stands twice");
    let sources = [
        include_str!("check/envelope.rs"),
        include_str!("check/mod.rs"),
        include_str!("check/segment.rs"),
        include_str!("check/structure.rs"),
        include_str!("../envelope/mod.rs"),
        include_str!("../envelope/trailer.rs"),
        include_str!("../reader/repair.rs"),
    ];
    let prefixes = [
        "SEG-",
        "LOOP-",
        "ELE-",
        "ST-",
        "SE-",
        "GS-",
        "GE-",
        "ISA-",
        "IEA-",
        "STRAY-",
        "REPAIR-",
        "FINDINGS-",
        "CONTROL-",
    ];
    let words = sources.iter().flat_map(|s| s.split('"').skip(1).step_by(1));
    let used = words.filter(|w| {
        prefixes.iter().any(|p| w.starts_with(p))
            && w.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
    });
    let used: std::collections::BTreeSet<&str> = used.collect();
    assert_eq!(used, listed.into_iter().collect());
}

#[test]
fn guide_findings_of_a_transaction_set_are_limited() {
    let file = remittance(|f| f.replace("CAS*PR*1*100~", &"QQ*1~".repeat(50)));
    let options = CheckOptions { findings_limit: 10, ..CheckOptions::default() };
    let found = findings(&file, Guides::built_in(), options);
    assert_eq!(found.len(), 11);
    assert_eq!(found[10].rule, "FINDINGS-LIMIT");
    assert_eq!(found[10].message, "40 more findings of this transaction set are not shown");
}

#[test]
fn guide_charset_may_be_basic() {
    let file = remittance(|f| f.replace("*CLINIC*", "*Clinic*"));
    let basic = CheckOptions { charset: Charset::Basic, ..CheckOptions::default() };
    assert_eq!(rules_of(&findings(&file, Guides::built_in(), basic)), ["ELE-CHARACTER N102"]);
    assert_eq!(rules_of(&findings(&file, Guides::built_in(), CheckOptions::default())), [""; 0]);
}

fn with_overlay(lines: &str, file: &str) -> Vec<String> {
    let mut guides = Guides::built_in();
    let overlay = Overlay::parse(&format!("overlay TEST\nbase 005010X221A1\ntitle a test\n{lines}\n")).unwrap();
    guides.apply(&overlay).unwrap();
    let found = findings(file, guides, CheckOptions::default());
    rules_of(&found.into_iter().filter(|f| f.severity > Severity::Info).collect::<Vec<_>>())
}

#[test]
fn guide_overlays_tighten_and_loosen() {
    let file = remittance(str::to_owned);
    for (line, expected) in [
        ("require 2100 REF*1L", "SEG-MISSING REF"),
        ("require 1000B N3", "SEG-MISSING N3"),
        ("require 2110", "LOOP-MISSING SVC"),
        ("require 2100 CLP10", "ELE-MISSING CLP10"),
        ("forbid 2100 CAS", "SEG-NOT-USED CAS"),
        ("forbid 2000", "LOOP-NOT-USED LX"),
        ("forbid 2100 CLP09", "ELE-NOT-USED CLP09"),
        ("codes 2100 CLP02 2 3 # no first payers", "ELE-CODE CLP02"),
        ("codes 2100 CLP08 21", "ELE-CODE CLP08"),
        ("max 1000B N102 4", "ELE-LONG N102"),
    ] {
        assert_eq!(with_overlay(line, &file), [expected], "{line}");
    }
    let twice = remittance(|f| f.replace("CAS*PR*1*100~", "CAS*PR*1*90~CAS*CO*45*10~"));
    assert_eq!(with_overlay("max 2100 CAS 1", &twice), ["SEG-REPEATS CAS"]);
    let without = remittance(|f| f.replace("N3*1 MAIN~", "").replace("SE*13", "SE*12"));
    assert_eq!(with_overlay("title none", &without), ["SEG-MISSING N3"]);
    assert_eq!(with_overlay("loosen 1000A N3", &without), [""; 0]);
    assert_eq!(with_overlay("waive SEG-MISSING in 1000A: they know where they are", &without), [""; 0]);
    assert_eq!(with_overlay("waive SEG-MISSING in 2100: elsewhere", &without), ["SEG-MISSING N3"]);
}

#[test]
fn guide_overlay_errors_name_their_line() {
    let parse = |lines: &str| Overlay::parse(&format!("overlay TEST\nbase 005010X221A1\n{lines}\n"));
    let apply = |lines: &str| Guides::built_in().apply(&parse(lines).unwrap()).unwrap_err().to_string();
    assert_eq!(parse("allow all").unwrap_err().to_string(), "line 3: cannot read `allow all`");
    assert_eq!(parse("waive NO-SUCH: why").unwrap_err().to_string(), "line 3: there is no rule NO-SUCH");
    assert_eq!(
        Overlay::parse("overlay X\n").unwrap_err().to_string(),
        "line 1: an overlay needs the lines `overlay NAME` and `base GUIDE`"
    );
    assert_eq!(apply("require 2999"), "line 3: the guide has no loop 2999");
    assert_eq!(apply("require 2100 REF*QQ"), "line 3: the guide has no such segment: 2100 REF*QQ");
    assert_eq!(apply("require 2100 CLP99"), "line 3: the segment has no such element: 2100 CLP99");
    assert_eq!(
        apply("codes 2100 CLP02 XX"),
        "line 3: the guide does not list the code XX, and an overlay can only narrow: 2100 CLP02"
    );
    assert_eq!(apply("max 2110 1000"), "line 3: 1000 is no lower maximum than 999: 2110");
    assert!(Overlay::parse(&"#".repeat(2 << 20)).unwrap_err().to_string().contains("at most"));
    for target in ["2300", "2300 REF*G1", "2010BA N301", "2300 CLM05-1", "2300 REF02*G1", "2000A N1", "2100 NM109"] {
        assert!(overlay::is_target(target), "{target}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn guide_files_of_any_lines_never_panic(lines in proptest::collection::vec(
        "( {0,6})(loop|same|guide|ST|LX|REF|HI|01|02\\.\\.04|1|overlay|base|require|forbid|codes|max|waive)( [A-Z0-9>:*@\\.-]{1,6}){0,5}", 0..12)) {
        let text = lines.join("\n");
        let _ = Guide::parse(&format!("guide X\nST 0100 R 1 header\n{text}"));
        if let Ok(overlay) = Overlay::parse(&format!("overlay X\nbase 005010X222A1\n{text}")) {
            let _ = Guides::built_in().apply(&overlay);
        }
    }

    #[test]
    fn guide_check_of_any_segments_never_panics(segments in proptest::collection::vec(
        "(HL|NM1|SBR|CLM|LX|SV1|REF|DTP|HI|PLB|SVC|SE|ST|QQ|CLP|N1|CAS|AK2|IK3)(\\*([A-Z0-9:^ .-]|\\PC){0,9}){0,9}", 0..40)) {
        for (group, version, set) in [("HC", "005010X222A1", "837"), ("HP", "005010X221A1", "835"), ("FA", "005010X231A1", "999")] {
            let body = segments.join("~");
            let file = format!("{ENVELOPE_START}GS*{group}*S1*R1*20260105*1200*1*X*{version}~ST*{set}*0001~{body}~SE*9*0001~");
            findings(&file, Guides::built_in(), CheckOptions::default());
        }
    }
}
