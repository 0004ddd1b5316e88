use super::*;
use crate::ClaimWriter;
use edi_core::lex::Delimiters;
use edi_core::writer::SegmentWriter;
use pretty_assertions::assert_eq;

const HEAD: &str = "ST*837*0001*005010X222A1~BHT*0019*00*B1*20260105*1200*CH~NM1*41*2*SUBMITTER*****46*S1~\
PER*IC*DESK*TE*8005550100~NM1*40*2*RECEIVER*****46*R1~HL*1**20*1~PRV*BI*PXC*207Q00000X~\
NM1*85*2*EXAMPLE CLINIC*****XX*1234567893~N3*1 MAIN ST~N4*ALBANY*NY*122070001~REF*EI*123456789~";
const SELF: &str = "HL*2*1*22*0~SBR*P*18*GRP1******CI~NM1*IL*1*DOE*ANN****MI*W1~N3*2 OAK AVE~N4*ALBANY*NY*12207~\
DMG*D8*19700102*F~NM1*PR*2*PLAN*****PI*99999~";
const CLAIM: &str = "CLM*C1*150***11:B:1*Y*A*Y*Y~DTP*431*D8*20260101~REF*G1*AUTH1~HI*ABK:J029*ABF:I10~\
NM1*82*1*ROE*RAY****XX*1234567893~PRV*PE*PXC*207Q00000X~SBR*S*18*******CI~CAS*PR*1*20~AMT*D*80~OI***Y***Y~\
NM1*IL*1*DOE*ANN****MI*Z1~NM1*PR*2*OTHER*****PI*88888~DTP*573*D8*20260103~LX*1~SV1*HC:99213:25*100*UN*1***1:2~\
DTP*472*D8*20260102~REF*6R*L1~LIN**N4*00002140701~CTP****2*ML~NM1*DK*1*POE*PAT~SVD*88888*80*HC:99213**1~\
CAS*PR*1*20~DTP*573*D8*20260103~LQ*UT*04.04B~FRM*1A**TEXT~LX*2~SV1*HC:J1100*50*UN*1***1~DTP*472*RD8*20260102-20260103~";

fn claims(text: &str) -> (Vec<FoundClaim>, Vec<String>) {
    let mut reader = ClaimReader::new(text.as_bytes()).unwrap();
    let mut claims = Vec::new();
    for claim in reader.by_ref() {
        claims.push(claim.unwrap());
    }
    (claims, reader.take_findings().into_iter().map(|f| f.rule.into_owned()).collect())
}

fn written<'c>(claims: impl IntoIterator<Item = &'c Claim>) -> String {
    let mut out = SegmentWriter::new(Vec::new(), Delimiters::default());
    let mut writer = ClaimWriter::default();
    for claim in claims {
        writer.write(&mut out, claim).unwrap();
    }
    String::from_utf8(out.into_inner().unwrap()).unwrap()
}

#[test]
fn segments_stand_in_their_loops() {
    let (found, findings) = claims(&format!("{HEAD}{SELF}{CLAIM}SE*50*0001~"));
    assert_eq!(findings, ["SE-COUNT"]);
    let claim = &found[0].claim;
    assert!(found[0].complete && found[0].kind == ClaimKind::Professional);
    assert_eq!(claim.submitter().unwrap().contacts.len(), 1);
    assert_eq!(claim.receiver().unwrap().name.id, "R1");
    assert_eq!(claim.billing_provider().unwrap().reference("EI"), "123456789");
    assert_eq!(claim.patient_name().unwrap().name.first, "ANN");
    assert_eq!(claim.payer().unwrap().name.id, "99999");
    assert_eq!(claim.diagnoses().map(|d| d.code.as_str()).collect::<Vec<_>>(), ["J029", "I10"]);
    let info = &claim.information;
    assert_eq!((info.place_of_service(), info.frequency(), info.reference("G1")), ("11", "1", "AUTH1"));
    assert!(info.provider("82").unwrap().specialty.is_some());
    let other = &info.other_payers[0];
    assert_eq!((other.adjustments.len(), other.amounts.len(), other.parties.len()), (1, 1, 2));
    assert_eq!(other.payer().unwrap().dates.len(), 1);
    let line = &info.lines[0];
    assert_eq!((line.control(), line.drugs.len(), line.adjudications[0].dates.len()), ("L1", 1, 1));
    assert_eq!((line.provider("DK").unwrap().name.first.as_str(), line.forms[0].answers.len()), ("PAT", 1));
    assert!(info.lines[1].service_date().is_some_and(|p| !p.is_day()));
}

#[test]
fn what_was_read_is_written_the_same() {
    let body = &HEAD[HEAD.find("HL*").unwrap()..];
    let (found, _) = claims(&format!("{HEAD}{SELF}{CLAIM}SE*50*0001~"));
    assert_eq!(written([&found[0].claim]), format!("{body}{SELF}{CLAIM}"));
}

#[test]
fn claims_share_their_context_and_a_dependent_has_its_own() {
    let dependent = "HL*3*2*23*0~PAT*19~NM1*QC*1*DOE*BEN~N3*2 OAK AVE~N4*ALBANY*NY*12207~DMG*D8*20100102*M~";
    let head = SELF.replace("22*0", "22*1").replace("*18*GRP1", "**GRP1");
    let body = format!("{head}{dependent}CLM*C1*5~CLM*C2*6~{}CLM*C3*7~", SELF.replace("HL*2*", "HL*4*"));
    let (found, _) = claims(&format!("{HEAD}{body}SE*1*0001~"));
    assert_eq!(found.len(), 3);
    assert!(found[0].claim.patient.is_some() && found[2].claim.patient.is_none());
    assert_eq!(found[1].claim.patient_name().unwrap().name.first, "BEN");
    assert!(std::sync::Arc::ptr_eq(&found[0].claim.billing, &found[2].claim.billing));
    let provider = &HEAD[HEAD.find("HL*").unwrap()..];
    assert_eq!(written(found.iter().map(|f| &f.claim)), format!("{provider}{body}"));
}

#[test]
fn what_has_no_field_is_kept_in_its_place() {
    for (from, to) in [
        ("REF*G1*AUTH1~", "ZZ9*A:B**C^D~REF*G1*AUTH1~CL1*1*2~"),
        ("REF*G1*AUTH1~", "REF*G1*AUTH1****TOO MANY~"),
        ("DTP*472*D8*20260102~", "TOO*JP*8*M:O~DTP*472*D8*20260102~"),
        ("REF*G1*AUTH1~", "NTE*ADD*TIME 10:30~"),
        ("NM1*DK*1*POE*PAT~", "NM1*DK*1*POE*PAT~N2*MORE~REF*G2*1~"),
    ] {
        let claim = CLAIM.replace(from, to);
        assert_ne!(claim, CLAIM);
        let (found, _) = claims(&format!("{HEAD}{SELF}{claim}SE*1*0001~"));
        assert!(written([&found[0].claim]).ends_with(&claim), "{to}");
    }
}

#[test]
fn a_claim_without_se_is_yielded_and_marked() {
    for end in ["", "GE*1*1~"] {
        let (found, findings) = claims(&format!("{HEAD}{SELF}CLM*C0*1~{CLAIM}{end}"));
        assert_eq!(found.iter().map(|f| f.complete).collect::<Vec<_>>(), [true, false]);
        assert!(findings.contains(&"SE-MISSING".to_owned()));
    }
}

#[test]
fn strays_are_told() {
    let claim = CLAIM.replace("CLM*C1*150", "CLM*C1*1x");
    let (found, findings) = claims(&format!("{HEAD}HL*2*1*99*0~{SELF}{claim}SE*1*0001~"));
    assert_eq!(found.len(), 1);
    assert_eq!(findings, ["SE-COUNT", "837-HL-LEVEL", "837-AMOUNT"]);
    let (found, findings) = claims("ST*835*1~CLP*1*1*1~SE*3*1~");
    assert!(found.is_empty() && findings == ["837-OTHER-SET"]);
}

#[test]
fn a_service_without_its_lx_is_a_line() {
    let (found, _) = claims("ST*837*1~CLM*1*30~SV1*HC:99213*30*UN*1~DTP*472*D8*20260102~SE*4*1~");
    let submission = found[0].claim.submission(false);
    assert_eq!((submission.lines.len(), submission.lines[0].charge.to_string().as_str()), (1, "30.00"));
    assert!(submission.lines[0].service.is_some());
}

#[test]
fn segments_in_another_order_are_still_placed() {
    let claim = CLAIM.replace("HI*ABK:J029*ABF:I10~", "").replace("LX*1~", "HI*ABK:J029*ABF:I10~LX*1~");
    let claim = claim.replace("DTP*472*D8*20260102~", "").replace("SVD*", "DTP*472*D8*20260102~SVD*");
    let (found, _) = claims(&format!("{HEAD}{SELF}{claim}SE*1*0001~"));
    assert_eq!(found[0].claim.diagnoses().count(), 2);
    assert!(found[0].claim.information.lines[0].service_date().is_some());
    let (again, _) =
        claims(&format!("{HEAD}{}SE*1*0001~", &written([&found[0].claim])[HEAD.len() - HEAD.find("HL*").unwrap()..]));
    assert_eq!(again[0].claim, found[0].claim);
}

#[test]
fn cut_anywhere_no_claim_is_called_complete_that_is_not() {
    let file = format!("{HEAD}{SELF}{CLAIM}SE*50*0001~");
    let whole = claims(&file).0;
    for length in 1..file.len() - 1 {
        let Ok(reader) = ClaimReader::new(&file.as_bytes()[..length]) else { continue };
        for found in reader.map_while(std::result::Result::ok).filter(|f| f.complete) {
            assert_eq!(found.claim, whole[0].claim, "cut at {length}");
        }
    }
}

/// A level that no 837 has ends the claim before it and begins no other.
#[test]
fn an_unknown_level_behind_a_claim_is_no_claim() {
    let file: &[u8] = b"ST*837*0001*005010X222A1~HL*2*1*22*0~CLM*A*100***11:B:1*Y*A*Y*I~HL*3*2*99~REF*XX*1~SE*6*0001~";
    let claims: Vec<_> =
        ClaimReader::new(file).unwrap().map(|found| found.unwrap().claim.number().to_owned()).collect();
    assert_eq!(claims, ["A"]);
}
