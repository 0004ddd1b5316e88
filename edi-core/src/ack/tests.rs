use super::*;
use crate::envelope::EnvelopeReader;
use crate::guide::{Checker, Guides};
use crate::reader::Reader;
use pretty_assertions::assert_eq;

const CLEAN: &str = "ST*835*0001~BPR*I*0*C*NON************20260105~TRN*1*1*1123456789~N1*PR*PAYER~N3*1 MAIN~N4*TOWN*OH*43001~\
    PER*BL*HELP*TE*5551234567~N1*PE*CLINIC*XX*1234567893~LX*1~CLP*A1*1*100*0*100*12*C1*11*1~CAS*PR*1*100~NM1*QC*1*DOE*JANE****MI*M1~SE*13*0001~";

fn file(transactions: &[&str]) -> String {
    let group = transactions.concat();
    let count = transactions.len();
    format!(
        "ISA*00*          *00*          *ZZ*PAYERCO        *30*991234567      *260105*1200*^*00501*000000077*1*P*:~\
         GS*HP*PAYERAPP*CLINICAPP*20260105*1200*9*X*005010X221A1~{group}GE*{count}*9~IEA*1*000000077~"
    )
}

fn options() -> Options {
    Options::new(chrono::NaiveDate::from_ymd_opt(2026, 1, 6).unwrap().and_hms_opt(9, 30, 0).unwrap())
}

fn acks(file: &str, options: Options) -> Vec<(Status, String)> {
    let mut ack = Acknowledger::new(options, |_, _| Ok(Vec::new()));
    let mut reader = EnvelopeReader::new(Reader::new(file.as_bytes()).unwrap());
    let mut checker = Checker::new(Guides::built_in());
    while let Some(event) = reader.next().unwrap() {
        checker.push(&event);
        ack.event(&event).unwrap();
        ack.findings(&checker.take_findings());
        ack.findings(&reader.take_findings());
    }
    ack.finish().unwrap().into_iter().map(|w| (w.status, String::from_utf8(w.out).unwrap())).collect()
}

/// The segments of the 999 between ST and SE.
fn body(file: &str) -> String {
    let all = acks(file, options());
    let text = &all[0].1;
    text[text.find("AK1*").unwrap()..text.find("SE*").unwrap()].to_string()
}

fn second(from: &str, to: &str) -> String {
    CLEAN.replace("0001~", "0002~").replace(from, to)
}

#[test]
fn ack_of_a_clean_file() {
    let all = acks(&file(&[CLEAN]), options());
    assert_eq!(
        all,
        [
            (
                Status::Accepted,
                "ISA*00*          *00*          *30*991234567      *ZZ*PAYERCO        *260106*0930*^*00501*000000001*0*P*:~\
                 GS*FA*CLINICAPP*PAYERAPP*20260106*0930*1*X*005010X231A1~ST*999*0001*005010X231A1~AK1*HP*9*005010X221A1~\
                 AK2*835*0001~IK5*A~AK9*A*1*1*1~SE*6*0001~GE*1*1~IEA*1*000000001~"
                    .to_string()
            ),
            (
                Status::Accepted,
                "ISA*00*          *00*          *30*991234567      *ZZ*PAYERCO        *260106*0930*^*00501*000000002*0*P*:~\
                 TA1*000000077*260105*1200*A*000~IEA*0*000000002~"
                    .to_string()
            ),
        ]
    );
}

#[test]
fn ack_of_errors_names_segment_element_and_claim() {
    let bad = file(&[&CLEAN
        .replace("*1*100*0*100*12", "*99*100*0*1x0*12")
        .replace("CAS*PR", "QQQ*1~CAS*PR")
        .replace("SE*13", "SE*14")]);
    assert_eq!(
        body(&bad),
        "AK1*HP*9*005010X221A1~AK2*835*0001~IK3*CLP*10*2100*8~CTX*TRN02:1~IK4*2*1029*7*99~IK4*5*782*6*1x0~\
         IK3*QQQ*11*2100*1~CTX*TRN02:1~IK5*R*I5*5~AK9*R*1*1*0~"
    );
}

#[test]
fn ack_names_what_made_a_note_ask() {
    let bad = file(&[&CLEAN
        .replace("*XX*1234567893", "*XX")
        .replace("N1*PE*CLINIC*XX", "N1*PE*CLINIC*XX*1234567893")
        .replace("TE*5551234567", "TE")]);
    assert_eq!(
        body(&bad),
        "AK1*HP*9*005010X221A1~AK2*835*0001~IK3*PER*7*1000*8~CTX*TRN02:1~IK4*4*364*2~CTX*SITUATIONAL TRIGGER*PER*7*1000*3*365~\
         IK5*R*5~AK9*R*1*1*0~"
    );
}

#[test]
fn ack_of_a_group_that_is_partly_refused() {
    let mixed = file(&[CLEAN, &second("*21*", "*21*").replace("SE*13", "SE*12")]);
    assert_eq!(body(&mixed), "AK1*HP*9*005010X221A1~AK2*835*0001~IK5*A~AK2*835*0002~IK5*R*4~AK9*P*2*2*1~");
}

#[test]
fn ack_of_warnings_accepts_with_errors_noted() {
    let warned = file(&[&CLEAN.replace("*M1~", "*M1**~")]);
    assert_eq!(
        body(&warned),
        "AK1*HP*9*005010X221A1~AK2*835*0001~IK3*NM1*12*2100*8~CTX*TRN02:1~IK4*11*98*6~IK5*E*5~AK9*E*1*1*1~"
    );
}

#[test]
fn ack_may_accept_errors() {
    let bad = file(&[&CLEAN.replace("*12*C1", "*??*C1")]);
    let all = acks(&bad, Options { accept_errors: true, ..options() });
    assert_eq!(all[0].0, Status::WithErrors);
    assert!(all[0].1.contains("IK5*E*I5~AK9*E*1*1*1~"), "{}", all[0].1);
}

#[test]
fn ack_of_a_refused_interchange_is_only_a_ta1() {
    let twice = format!("{}{}", file(&[CLEAN]), file(&[CLEAN]));
    let all = acks(&twice, options());
    assert_eq!(all.iter().map(|(status, _)| status.code()).collect::<Vec<_>>(), ["A", "A", "R"]);
    assert!(all[2].1.contains("TA1*000000077*260105*1200*R*025~"));
}

#[test]
fn ack_of_a_group_that_cannot_be_repeated_is_a_ta1() {
    for (from, to, code) in [("GS*HP", "GS*XX", "024"), ("*9*X*", "*A9*X*", "024"), ("*005010X221A1~ST", "*~ST", "024")]
    {
        let all = acks(&file(&[CLEAN]).replace(from, to), options());
        assert_eq!(all.len(), 1, "{to}");
        assert!(all[0].1.contains(&format!("*E*{code}~")), "{to} {}", all[0].1);
    }
}

#[test]
fn ack_never_answers_a_999_or_a_fragment() {
    let answer = acks(&file(&[CLEAN]), options()).remove(0).1;
    let again = acks(&answer, Options { ta1_only_if_asked: true, ..options() });
    assert_eq!(again, []);
    assert_eq!(acks(CLEAN, options()), []);
}

#[test]
fn ack_of_data_with_its_own_delimiters() {
    let other = file(&[&CLEAN.replace("*12*C1", "*a:b*C1")]).replace('*', "|").replace(":~", "#~");
    assert!(body(&other).contains("IK4*6*1032*7*a?b~"), "{}", body(&other));
}

#[test]
fn ack_cut_anywhere_stays_whole() {
    let whole = file(&[CLEAN]);
    for end in 1..whole.len() {
        let mut ack = Acknowledger::new(options(), |_, _| Ok(Vec::new()));
        let mut checker = Checker::new(Guides::built_in());
        let Ok(reader) = Reader::new(&whole.as_bytes()[..end]) else { continue };
        let mut reader = EnvelopeReader::new(reader);
        while let Ok(Some(event)) = reader.next() {
            checker.push(&event);
            ack.event(&event).unwrap();
            ack.findings(&checker.take_findings());
            ack.findings(&reader.take_findings());
        }
        for written in ack.finish().unwrap() {
            let text = String::from_utf8(written.out).unwrap();
            assert!(text.contains("IEA*"), "{end}");
            let trailer = if written.group.is_some() { "GE*1*9" } else { "IEA*1*000000077" };
            let is_whole = whole[..end].contains(trailer);
            assert!(written.status != Status::Accepted || is_whole, "cut at {end}: {text}");
        }
    }
}
