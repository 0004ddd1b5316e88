//! The checker over files that other projects wrote: it never panics, and each error that it finds in a file
//! that its authors hold valid was judged. Runs where `EDI_SHARED` names the folder of shared facts.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use edi_core::Severity;
use edi_core::ack::{Acknowledger, Options};
use edi_core::envelope::EnvelopeReader;
use edi_core::finding::Finding;
use edi_core::guide::{Checker, Guides};
use edi_core::reader::Reader;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Each error found in a file that its authors hold valid: how often, rule, loop, element; and the judgement.
/// Mended where the error was wrong: 277CA loop 2200C and STC02 of a line are situational; 005010X222A2 is read by
/// the tables of 005010X222A1; ST03 may say the older name that GS08 says; a file without GS is checked by ST01.
const JUDGED: &[(&str, &[&str], &str)] = &[
    (
        "837p/edi-lens__837p.test.0002.edi",
        &["1 GE-COUNT - GE01", "2 SE-COUNT - SE01"],
        "right: the counts of the trailers are wrong",
    ),
    (
        "837p/hippo__005010X222A1_anesthesia.edi",
        &["1 ELE-CODE 2310B PRV02"],
        "right: ZZ was the qualifier of taxonomy codes in 004010; it is PXC now",
    ),
    (
        "837p/lfh-x12__coordination-of-benefits.837",
        &["1 GS-VERSION - GS08", "1 ST-SUPPORT - ST01"],
        "right: names a guide of version 004010, which is not here",
    ),
    (
        "837p/lfh-x12__demo.ambulance.example5.837",
        &["1 ELE-MISSING 2300 CLM05-2"],
        "right: the composite lacks its second component",
    ),
    (
        "837p/lfh-x12__demo.cob.2ndary.example4.837",
        &[
            "1 ELE-CODE 2400 SV101-1",
            "1 ELE-LONG 2300 CLM05-1",
            "1 ELE-MISSING 2300 CLM05-2",
            "1 ELE-MISSING 2300 CLM05-3",
            "1 ELE-MISSING 2400 SV101-2",
            "1 SEG-MISSING 2300 HI",
            "1 SEG-QUALIFIER 2300 HI01-1",
        ],
        "right: ISA16 names another component separator than the composites use, so that they are one component each",
    ),
    ("837p/lfh-x12__demo.cob.example3.A.837", &["1 LOOP-MISSING 2330B NM1"], "right: the other payer has no NM1*PR"),
    ("837p/lfh-x12__demo.cob.example4.837", &["1 SEG-QUALIFIER 2320 AMT01"], "right: AMT*F2 was of 004010"),
    (
        "837p/lfh-x12__demo.example11.837",
        &[
            "2 ELE-CODE 2400 SV101-1",
            "1 ELE-CODE 2400 SV107-1",
            "1 ELE-LONG 2300 CLM05-1",
            "1 ELE-MISSING 2300 CLM05-2",
            "1 ELE-MISSING 2300 CLM05-3",
            "2 ELE-MISSING 2400 SV101-2",
            "1 SEG-MISSING 2300 HI",
            "1 SEG-QUALIFIER 2300 HI01-1",
        ],
        "right: ISA16 names another component separator than the composites use, so that they are one component each",
    ),
    (
        "837p/lfh-x12__demo.example12.837",
        &[
            "1 ELE-CODE 2400 SV101-1",
            "1 ELE-LONG 2300 CLM05-1",
            "1 ELE-MISSING 2300 CLM05-2",
            "1 ELE-MISSING 2300 CLM05-3",
            "1 ELE-MISSING 2400 SV101-2",
            "1 SEG-MISSING 2300 HI",
            "1 SEG-QUALIFIER 2300 HI01-1",
        ],
        "right: ISA16 names another component separator than the composites use, so that they are one component each",
    ),
    (
        "837p/lfh-x12__demo.example9.837",
        &[
            "1 ELE-CODE 2400 SV101-1",
            "1 ELE-CODE 2400 SV107-1",
            "1 ELE-LONG 2300 CLM05-1",
            "1 ELE-MISSING 2300 CLM05-2",
            "1 ELE-MISSING 2300 CLM05-3",
            "1 ELE-MISSING 2400 SV101-2",
            "1 SEG-MISSING 2300 HI",
            "1 SEG-QUALIFIER 2300 HI01-1",
        ],
        "right: ISA16 names another component separator than the composites use, so that they are one component each",
    ),
    (
        "837p/lfh-x12__dependent-commercial-insurance-01.837",
        &["1 GS-VERSION - GS08", "1 ST-SUPPORT - ST01"],
        "right: names a guide of version 004010, which is not here",
    ),
    (
        "837p/lfh-x12__dependent-commercial-insurance-02.837",
        &["1 GS-VERSION - GS08", "1 ST-SUPPORT - ST01"],
        "right: names a guide of version 004010, which is not here",
    ),
    (
        "837p/lfh-x12__dependent-commercial-insurance-03.837",
        &["1 GS-VERSION - GS08", "1 ST-SUPPORT - ST01"],
        "right: names a guide of version 004010, which is not here",
    ),
    (
        "837p/lfh-x12__patient-is-dependent.837",
        &["1 GS-VERSION - GS08", "1 ST-SUPPORT - ST01"],
        "right: names a guide of version 004010, which is not here",
    ),
    (
        "837p/lfh-x12__patient-is-subscriber.837",
        &["1 GS-VERSION - GS08", "1 ST-SUPPORT - ST01"],
        "right: names a guide of version 004010, which is not here",
    ),
    (
        "837p/mjkubba__edi837P-demo-005010X222.edi",
        &[
            "1 ELE-CODE 2010AA NM108",
            "1 ELE-CONDITION 2010AA NM109",
            "1 LOOP-MISSING 1000A NM1",
            "1 LOOP-MISSING 1000B NM1",
            "1 SEG-QUALIFIER 2300 DTP01",
        ],
        "right: a demonstration without submitter and receiver, an NPI in the place of its qualifier",
    ),
    (
        "837p/staedi__837-header-ref-only.edi",
        &[
            "1 ELE-CODE - BHT01",
            "1 LOOP-MISSING 1000A NM1",
            "1 LOOP-MISSING 1000B NM1",
            "1 LOOP-MISSING 2000A HL",
            "1 SEG-UNEXPECTED - REF",
        ],
        "right: a fragment for tests of syntax; what the guide requires is not there",
    ),
    (
        "837p/staedi__ElementImplTest_emb1.edi",
        &[
            "1 LOOP-MISSING 2010AA NM1",
            "1 LOOP-MISSING 2010BA NM1",
            "1 LOOP-MISSING 2010BB NM1",
            "1 SEG-MISSING 2000B SBR",
        ],
        "right: a fragment for tests of syntax; what the guide requires is not there",
    ),
    (
        "837p/staedi__ElementImplTest_emb2.edi",
        &["1 LOOP-MISSING 2000B HL", "1 LOOP-MISSING 2010AA NM1"],
        "right: a fragment for tests of syntax; what the guide requires is not there",
    ),
    (
        "837p/staedi__ElementImplTest_emb4.edi",
        &[
            "1 ELE-MISSING 2000B HL02",
            "1 ELE-NOT-USED 2000A HL02",
            "1 LOOP-MISSING 2010AA NM1",
            "1 LOOP-MISSING 2010BA NM1",
            "1 LOOP-MISSING 2010BB NM1",
            "1 SE-COUNT - SE01",
            "1 SEG-MISSING 2000B SBR",
        ],
        "right: a fragment for tests of syntax; what the guide requires is not there",
    ),
    (
        "837p/staedi__EventSequenceTest_emb4.edi",
        &[
            "1 ELE-CODE - ISA01",
            "1 ELE-CODE - ISA12",
            "1 LOOP-MISSING 1000A NM1",
            "1 LOOP-MISSING 1000B NM1",
            "1 LOOP-MISSING 2000B HL",
            "1 LOOP-MISSING 2010AA NM1",
        ],
        "right: a fragment for tests of syntax; what the guide requires is not there",
    ),
    (
        "837p/staedi__SegmentValidationTest_emb14.edi",
        &[
            "1 LOOP-MISSING 1000A NM1",
            "1 LOOP-MISSING 2010AA NM1",
            "1 LOOP-MISSING 2010BA NM1",
            "1 LOOP-MISSING 2010BB NM1",
            "1 SEG-MISSING 2000B SBR",
            "1 SEG-QUALIFIER - NM101",
        ],
        "right: a fragment for tests of syntax; what the guide requires is not there",
    ),
    (
        "837p/staedi__sample837-HL-nested.edi",
        &["1 ELE-CODE - ISA01", "1 GS-VERSION - GS08", "2 ST-SUPPORT - ST01"],
        "right: a fragment for tests of syntax; what the guide requires is not there",
    ),
    (
        "837p/staedi__sample837-original.edi",
        &["1 ELE-CODE - ISA01", "1 ELE-CODE - ISA12"],
        "right: a fragment for tests of syntax; what the guide requires is not there",
    ),
    (
        "837p/staedi__sample837-small.edi",
        &[
            "1 ELE-CODE - ISA01",
            "1 ELE-CODE - ISA12",
            "1 LOOP-MISSING 1000A NM1",
            "1 LOOP-MISSING 1000B NM1",
            "2 LOOP-MISSING 2000B HL",
            "2 LOOP-MISSING 2010AA NM1",
        ],
        "right: a fragment for tests of syntax; what the guide requires is not there",
    ),
    (
        "837p/vgi-x12__claim_837.837",
        &["1 LOOP-MISSING 1000A NM1", "1 LOOP-MISSING 1000B NM1", "1 LOOP-MISSING 2000A HL", "3 SEG-QUALIFIER - NM101"],
        "right: a made-up file without hierarchy",
    ),
    (
        "837p/vgi-x12__pipe_delims.edi",
        &[
            "1 ELE-CODE - ISA12",
            "1 ELE-SHORT - GS02",
            "1 ELE-SHORT - GS03",
            "1 GS-VERSION - GS08",
            "1 ST-SUPPORT - ST01",
        ],
        "right: version 004010; its application codes are one character long",
    ),
    ("837p/x12-types__005010_837.edi", &["1 ST-CONVENTION - ST03"], "right: ST03 lacks the addendum that GS08 names"),
    (
        "835/affect__exhaustive_sample.txt",
        &["1 ELE-CODE 2100 NM102", "1 ELE-CODE 2100 NM108", "1 ELE-NOT-USED 2100 NM110"],
        "right: made-up values in the name of a service provider",
    ),
    ("835/edi-lens__835.test.0001.edi", &["1 ST-GROUP - ST01"], "right: the group says HC, which is claims"),
    (
        "835/hippo-eyedoc__sample835.pretty_string",
        &["2 ELE-NOT-USED 2000 TS309", "2 ELE-NOT-USED 2000 TS311", "1 SEG-MISSING 1000A PER"],
        "right: TS309 and TS311 were of the older guide, and the payer's technical contact is required since the addendum",
    ),
    (
        "835/hippo__005010X221A1_business_scenario_1.edi",
        &["2 ELE-NOT-USED 2000 TS309", "2 ELE-NOT-USED 2000 TS311", "1 SEG-MISSING 1000A PER"],
        "right: TS309 and TS311 were of the older guide, and the payer's technical contact is required since the addendum",
    ),
    (
        "835/keironstoddart__blue_cross_nc_sample.txt",
        &[
            "1 ELE-CODE 1000A PER03",
            "1 ELE-CONDITION 1000A PER04",
            "1 ELE-MISSING 2110 SVC02",
            "1 ELE-MISSING 2110 SVC03",
            "1 ELE-SHORT - TRN03",
            "1 ELE-TOO-MANY 2110 SVC08",
            "1 SE-COUNT - SE01",
            "1 SEG-MISSING 1000A PER",
        ],
        "right: a sample of an older guide",
    ),
    (
        "835/lfh-x12__cob-contractural-adjustment.835",
        &["1 ELE-CODE 2110 SVC01-1", "1 ELE-MISSING - BPR16", "1 ELE-MISSING 2110 SVC01-2", "1 SEG-MISSING 1000A PER"],
        "right: ISA16 names another component separator than the composites use, so that they are one component each; BPR16 and the technical contact are missing",
    ),
    (
        "835/lfh-x12__demo.835",
        &["2 ELE-NOT-USED 2000 TS309", "2 ELE-NOT-USED 2000 TS311", "1 SEG-MISSING 1000A PER"],
        "right: TS309 and TS311 were of the older guide, and the payer's technical contact is required since the addendum",
    ),
    (
        "835/lfh-x12__managed-care.835",
        &["1 ELE-DATE - BPR16", "1 SEG-MISSING 1000A PER"],
        "right: there is no month 23; the payer has no technical contact",
    ),
    (
        "835/lfh-x12__secondary-payment.835",
        &["2 ELE-CODE 2110 SVC01-1", "1 ELE-MISSING - BPR16", "2 ELE-MISSING 2110 SVC01-2", "1 SEG-MISSING 1000A PER"],
        "right: ISA16 names another component separator than the composites use, so that they are one component each; BPR16 and the technical contact are missing",
    ),
    (
        "835/lfh-x12__tertiary-payment.835",
        &[
            "1 ELE-CODE 2110 SVC06-1",
            "1 ELE-MISSING - BPR16",
            "1 ELE-MISSING 2110 SVC01-2",
            "1 ELE-MISSING 2110 SVC06-2",
            "1 SEG-MISSING 1000A PER",
        ],
        "right: ISA16 names another component separator than the composites use, so that they are one component each; BPR16 and the technical contact are missing",
    ),
    (
        "835/mjkubba__edi835-demo-005010X221.edi",
        &["1 ELE-CODE - PLB03-1", "1 SE-COUNT - SE01"],
        "right: PLB03 uses another component separator than ISA16; the count is wrong",
    ),
    ("835/moov__sample2.txt", &["1 ELE-DATE - BPR16"], "right: there is no day 80"),
    (
        "835/tastypackets__profee-multiple.edi",
        &["155 ISA-DUPLICATE - ISA13"],
        "right: one interchange 156 times with one control number",
    ),
    ("835/tigershark-zentist__5010-835-example-2.txt", &["1 SE-CONTROL - SE02"], "right: the control numbers differ"),
    (
        "835/tigershark-zentist__sample_835.txt",
        &[
            "1 ELE-CHARACTER - BPR02",
            "1 ELE-CHARACTER - PLB04",
            "1 ELE-CHARACTER 2000 TS201",
            "1 ELE-CHARACTER 2000 TS202",
            "1 ELE-CHARACTER 2000 TS203",
            "1 ELE-CHARACTER 2000 TS204",
            "2 ELE-CHARACTER 2100 CAS03",
            "2 ELE-CHARACTER 2100 CLP03",
            "2 ELE-CHARACTER 2100 CLP04",
            "2 ELE-CHARACTER 2100 CLP05",
            "1 ELE-CODE - BPR01",
            "1 ELE-CODE - BPR03",
            "1 ELE-CODE - BPR04",
            "1 ELE-CODE - BPR05",
            "1 ELE-CODE - BPR06",
            "1 ELE-CODE - BPR08",
            "1 ELE-CODE - DTM01",
            "1 ELE-CODE - GS01",
            "1 ELE-CODE - ISA12",
            "1 ELE-CODE - PLB03-1",
            "1 ELE-CODE 1000A REF01",
            "1 ELE-CODE 1000B N103",
            "2 ELE-CODE 2100 CAS01",
            "2 ELE-CODE 2100 CLP02",
            "1 ELE-CODE 2100 CLP06",
            "1 ELE-CODE 2100 QTY01",
            "2 ELE-CONDITION 2100 NM108",
            "1 ELE-LONG 1000A N402",
            "1 ELE-LONG 2100 CLP08",
            "1 ELE-MISSING - BPR16",
            "1 ELE-MISSING - GS03",
            "1 ELE-MISSING - GS04",
            "1 ELE-MISSING - GS05",
            "1 ELE-MISSING - GS06",
            "1 ELE-MISSING - GS07",
            "1 ELE-MISSING - GS08",
            "1 ELE-MISSING 2100 CLP06",
            "1 ELE-MISSING 2100 CLP07",
            "1 ELE-NOT-USED 1000A REF03",
            "1 ELE-SHORT - BPR07",
            "1 ELE-SHORT - BPR10",
            "1 ELE-SHORT - PLB02",
            "1 ELE-SHORT - TRN03",
            "1 GE-CONTROL - GE02",
            "1 SE-COUNT - SE01",
            "1 SEG-MISSING 1000A N3",
            "1 SEG-MISSING 1000A PER",
            "3 SEG-QUALIFIER 2100 DTM01",
            "1 SEG-UNKNOWN 1000A N7",
            "2 SEG-UNKNOWN 2000 TS7",
            "1 ST-GROUP - ST01",
        ],
        "right: a form whose values are placeholders",
    ),
    (
        "835/vgi-x12__envelope_emb1.edi",
        &["1 ELE-MISSING - BPR16", "1 LOOP-MISSING 1000A N1", "1 LOOP-MISSING 1000B N1", "1 SEG-UNEXPECTED - CLP"],
        "right: a made-up file without payer and payee",
    ),
    (
        "835/vgi-x12__era_835.835",
        &[
            "1 ELE-CODE - DTM01",
            "1 ELE-MISSING - BPR16",
            "1 LOOP-MISSING 1000A N1",
            "1 LOOP-MISSING 1000B N1",
            "2 SEG-UNEXPECTED - CLP",
            "2 SEG-UNEXPECTED - NM1",
        ],
        "right: a made-up file without payer and payee",
    ),
    (
        "835/vgi-x12__shaped_emb2.edi",
        &[
            "1 ELE-MISSING - BPR16",
            "1 LOOP-MISSING 1000A N1",
            "1 LOOP-MISSING 1000B N1",
            "1 SEG-UNEXPECTED - CLP",
            "2 SEG-UNEXPECTED - NM1",
        ],
        "right: a made-up file without payer and payee",
    ),
    (
        "835/x12-types___835_test_emb1.edi",
        &[
            "1 ELE-CODE - ISA01",
            "1 ELE-CODE - ISA12",
            "1 GS-VERSION - GS08",
            "1 IEA-CONTROL - IEA02",
            "1 ST-SUPPORT - ST01",
        ],
        "right: names a guide of version 004010, which is not here, under a wrong IEA02",
    ),
    ("999/hippo__200823.EDI", &["1 ISA-DUPLICATE - ISA13"], "right: two interchanges have one control number"),
    (
        "999/mjkubba__edi999-demo-005010X231.edi",
        &["1 ELE-CHARACTER 2100 CTX05-1", "1 ELE-CHARACTER 2100 CTX06-1", "2 SEG-QUALIFIER 2100 CTX01-1"],
        "right: CTX uses another component separator than ISA16",
    ),
    (
        "999/staedi__EventSequenceTest_emb1.edi",
        &["1 GS-VERSION - GS08", "1 ST-SUPPORT - ST01"],
        "right: a 997, or a 999 under another guide's name, for which there is no guide here",
    ),
    (
        "999/staedi__EventSequenceTest_emb3.edi",
        &[
            "1 ELE-DATE - GS04",
            "1 ELE-TIME - GS05",
            "1 GE-CONTROL - GE02",
            "1 GS-VERSION - GS08",
            "1 SE-COUNT - SE01",
            "1 ST-SUPPORT - ST01",
        ],
        "right: made to be wrong",
    ),
    (
        "999/staedi__empty997.edi",
        &["1 ELE-CODE - ISA12", "1 GS-VERSION - GS08", "1 ST-CONVENTION - ST03", "1 ST-SUPPORT - ST01"],
        "right: a 997, or a 999 under another guide's name, for which there is no guide here",
    ),
    (
        "999/staedi__extraDelimiter997.edi",
        &["1 GS-VERSION - GS08", "1 ST-SUPPORT - ST01"],
        "right: a 997, or a 999 under another guide's name, for which there is no guide here",
    ),
    (
        "999/staedi__simple997-multiple-interchanges.edi",
        &["3 GS-VERSION - GS08", "3 ST-SUPPORT - ST01"],
        "right: a 997, or a 999 under another guide's name, for which there is no guide here",
    ),
    (
        "999/staedi__simple997.edi",
        &["1 GS-VERSION - GS08", "1 ST-SUPPORT - ST01"],
        "right: a 997, or a 999 under another guide's name, for which there is no guide here",
    ),
    (
        "999/staedi__simple999.edi",
        &["2 ELE-NOT-USED 2100 CTX01-2"],
        "right: a made-up reference; the guide does not use it behind a situational trigger",
    ),
    (
        "999/stupidedi__response-to-functional-group-containing-837s.edi",
        &["1 GS-VERSION - GS08", "1 ST-SUPPORT - ST01"],
        "right: a 997, or a 999 under another guide's name, for which there is no guide here",
    ),
    (
        "999/vgi-x12__ack_997.997",
        &["1 ST-SUPPORT - ST01"],
        "right: a 997, or a 999 under another guide's name, for which there is no guide here",
    ),
    (
        "999/vgi-x12__shaped_emb6.edi",
        &["1 ELE-SHORT - GS02", "1 ELE-SHORT - GS03", "1 ST-SUPPORT - ST01"],
        "right: a 997, or a 999 under another guide's name, for which there is no guide here",
    ),
];

fn check(bytes: &[u8]) -> Result<Vec<Finding>, edi_core::Error> {
    let mut reader = EnvelopeReader::new(Reader::new(bytes)?);
    let mut checker = Checker::new(Guides::built_in());
    let mut findings = Vec::new();
    while let Some(event) = reader.next()? {
        checker.push(&event);
        findings.extend(checker.take_findings());
        findings.extend(reader.take_findings());
    }
    Ok(findings)
}

fn answers(bytes: &[u8]) -> Result<Vec<Vec<u8>>, edi_core::Error> {
    let at = chrono::NaiveDate::from_ymd_opt(2026, 1, 6).unwrap().and_hms_opt(9, 30, 0).unwrap();
    let mut ack = Acknowledger::new(Options::new(at), |_, _| Ok(Vec::new()));
    let mut reader = EnvelopeReader::new(Reader::new(bytes)?);
    let mut checker = Checker::new(Guides::built_in());
    while let Some(event) = reader.next()? {
        checker.push(&event);
        ack.event(&event)?;
        ack.findings(&checker.take_findings());
        ack.findings(&reader.take_findings());
    }
    Ok(ack.finish()?.into_iter().map(|written| written.out).collect())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_file()).collect::<Vec<_>>();
    files.sort();
    files
}

#[test]
fn guide_corpus_errors_are_judged() {
    let Some(shared) = std::env::var_os("EDI_SHARED") else { return };
    let corpus = Path::new(&shared).join("corpus");
    let judged: BTreeMap<&str, &[&str]> = JUDGED.iter().map(|(file, errors, _)| (*file, *errors)).collect();
    for folder in ["837p", "835", "999", "277ca"] {
        for file in files(&corpus.join(folder)) {
            let findings = check(&std::fs::read(&file).unwrap()).unwrap_or_default();
            let mut errors: BTreeMap<String, usize> = BTreeMap::new();
            for f in findings.iter().filter(|f| f.severity == Severity::Error) {
                let element = f.element.as_deref().or(f.segment.as_deref()).unwrap_or("");
                *errors.entry(format!("{} {} {element}", f.rule, f.loop_id.as_deref().unwrap_or("-"))).or_default() +=
                    1;
            }
            let errors = errors.into_iter().map(|(error, count)| format!("{count} {error}")).collect::<Vec<_>>();
            let name = format!("{folder}/{}", file.file_name().unwrap().to_str().unwrap());
            pretty_assertions::assert_eq!(errors, judged.get(name.as_str()).copied().unwrap_or_default(), "{name}");
        }
    }
}

/// No file brings the checker or the acknowledger down, and each 999 and TA1 that answers one is clean.
#[test]
fn guide_corpus_is_answered() {
    let Some(shared) = std::env::var_os("EDI_SHARED") else { return };
    let folders = std::fs::read_dir(Path::new(&shared).join("corpus")).unwrap().map(|e| e.unwrap().path());
    let mut read = 0;
    for file in folders.filter(|p| p.is_dir()).flat_map(|folder| files(&folder)) {
        let bytes = std::fs::read(&file).unwrap();
        read += 1;
        for ack in answers(&bytes).unwrap_or_default() {
            // The partner's own address qualifier is repeated, whether or not the guides list it.
            let own = |f: &Finding| matches!(f.element.as_deref(), Some("ISA05" | "ISA07"));
            let findings = check(&ack).unwrap().into_iter().filter(|f| !own(f)).collect::<Vec<_>>();
            assert!(findings.is_empty(), "{}: {findings:#?}\n{}", file.display(), String::from_utf8_lossy(&ack));
        }
    }
    assert_eq!(read, 221);
}
