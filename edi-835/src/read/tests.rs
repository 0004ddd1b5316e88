use super::*;
use pretty_assertions::assert_eq;

const HEAD: &str =
    "BPR*I*80*C*CHK************20260105~TRN*1*C1*1999999999~N1*PR*PLAN*XV*P9~REF*2U*777~N1*PE*CLINIC*XX*1234567893~";

fn events(file: &str) -> Vec<RemittanceEvent> {
    RemittanceReader::new(file.as_bytes()).unwrap().map(Result::unwrap).collect()
}

fn claims(file: &str) -> Vec<ClaimPayment> {
    events(file).into_iter().filter_map(|e| if let RemittanceEvent::Claim(c) = e { Some(*c) } else { None }).collect()
}

#[test]
fn header_then_claims_then_end() {
    let file = format!(
        "ST*835*0001~{HEAD}LX*1~TS3*P*11*20261231*2*200~CLP*A*1*100*80*20*12*P1~CAS*PR*2*20~CLP*B*1*100*0~SVC*HC:99213*100*0~CAS*CO*45*100~LX*2~\
         CLP*C*4*1*0~PLB*1*20261231*L6:X*-1*WO*1~SE*19*0001~"
    );
    let events = events(&file);
    let kinds: String = events
        .iter()
        .map(|e| match e {
            RemittanceEvent::Header(_) => 'H',
            RemittanceEvent::Claim(_) => 'C',
            RemittanceEvent::End(_) => 'E',
        })
        .collect();
    assert_eq!(kinds, "HCCCE");
    let RemittanceEvent::Header(header) = &events[0] else { panic!() };
    assert_eq!(
        (header.payer_name(), header.trace_number(), header.amount().to_string()),
        ("PLAN", "C1", "80.00".into())
    );
    assert_eq!(header.payer_ids(), ["P9", "777", "1999999999"]);
    let claims = claims(&file);
    assert_eq!(
        claims.iter().map(|c| (c.ordinal, c.before.len(), c.lines.len())).collect::<Vec<_>>(),
        [(1, 2, 0), (2, 0, 1), (3, 1, 0)]
    );
    assert_eq!(claims[0].before.ts3().next().and_then(|t| t.claims.value().copied()), Some(edi_core::Quantity::new(2)));
    let span = claims[1].span;
    assert!(
        file[usize::try_from(span.start_byte).unwrap()..usize::try_from(span.end_byte).unwrap()].starts_with("CLP*B")
    );
    assert_eq!((span.first_segment, span.last_segment), (11, 13));
    let RemittanceEvent::End(totals) = &events[4] else { panic!() };
    assert_eq!(
        (totals.claims, totals.lines, totals.charge.to_string(), totals.paid.to_string()),
        (3, 1, "201.00".into(), "80.00".into())
    );
    assert_eq!(totals.provider_adjustments().map(|(_, e)| e.reason.to_string()).collect::<Vec<_>>(), ["L6", "WO"]);
    assert!(totals.is_complete());
}

#[test]
fn no_claim_is_lost() {
    // Before any LX, in the header, behind a PLB, with amounts that are none, without any element.
    let file = format!("ST*835*0001~CLP*A*1*x*y~{HEAD}CLP*B~PLB*1*20261231*WO*1~CLP*C*1*5*5~CLP~SE*11*0001~");
    assert_eq!(claims(&file).iter().map(|c| c.clp.key.to_string()).collect::<Vec<_>>(), ["A", "B", "C", ""]);
    let end = events(&file).pop();
    let Some(RemittanceEvent::End(totals)) = end else { panic!() };
    assert_eq!((totals.claims, totals.unreadable, totals.paid.to_string()), (4, 1, "5.00".into()));
    assert_eq!(
        claims(&file)[0].unreadable_amounts().map(|(_, e)| e.to_string()).collect::<Vec<_>>(),
        ["CLP03", "CLP04"]
    );
}

#[test]
fn a_cut_claim_is_handed_out_and_says_so() {
    let file = format!("ST*835*0001~{HEAD}LX*1~CLP*A*1*100*80~CLP*B*1*100*80~SVC*HC:9921");
    let claims = claims(&file);
    assert_eq!(claims.iter().map(|c| c.cut).collect::<Vec<_>>(), [false, true]);
    let Some(RemittanceEvent::End(totals)) = events(&file).pop() else { panic!() };
    assert!(!totals.is_complete());
}

#[test]
fn other_transactions_are_passed_over_and_counted() {
    let file =
        format!("ST*837*1~CLM*X*1~CLP*NO~SE*4*1~ST*835*2~{HEAD}CLP*A*1*1*1~SE*8*2~ST*999*3~SE*2*3~ST*835*4~SE*2*4~");
    let mut reader = RemittanceReader::new(file.as_bytes()).unwrap();
    assert_eq!(reader.by_ref().filter(|e| matches!(e, Ok(RemittanceEvent::Claim(_)))).count(), 1);
    let counts = reader.counts();
    assert_eq!((counts.remittances, counts.claims, counts.passed_over_total(), counts.stray_claims), (2, 1, 2, 1));
    assert_eq!(counts.passed_over, [("837".into(), 1), ("999".into(), 1)]);
}

#[test]
fn an_empty_remittance_has_a_header_and_an_end() {
    assert!(matches!(&events("ST*835*1~SE*2*1~")[..], [RemittanceEvent::Header(_), RemittanceEvent::End(_)]));
}

#[test]
fn the_hash_is_of_the_content_alone() {
    let body = format!("{HEAD}CLP*A*1*100*80~SVC*HC:99213*100*80~");
    let hash = |file: &str| match events(file).pop() {
        Some(RemittanceEvent::End(totals)) => totals.hash,
        _ => panic!(),
    };
    let wrapped = format!("ST*835*0001~\n{}SE*9*0001~\n", body.replace('~', "~\n"));
    let isa =
        "ISA|00|          |00|          |ZZ|A              |ZZ|B              |260105|1200|}|00501|000000001|0|P|>!";
    let other = format!(
        "{isa}GS|HP|A|B|20260105|1200|1|X|005010X221A1!ST|835|77!{}SE|9|77!",
        body.replace('*', "|").replace(':', ">").replace('~', "!")
    );
    let plain = format!("ST*835*0001~{body}SE*9*0001~");
    assert_eq!(hash(&plain), hash(&wrapped));
    assert_eq!(hash(&plain), hash(&other));
    assert_ne!(hash(&plain), hash(&plain.replace("*80~", "*81~")));
    assert_eq!(claims(&plain)[0].hash, claims(&other)[0].hash);
}

#[test]
fn an_adjudication_tells_what_the_payer_answered() {
    let file = format!(
        "ST*835*0001~{HEAD}CLP*A*2*100*80*20*12*P1~NM1*QC*1*DOE*JANE~MOA***MA01~REF*F8*OLD~AMT*I*1.25~SVC*HC:99213:25*100*80**2*HC:99214**3~DTM*150*20260101~DTM*151*20260103~\
         CAS*PR*2*15**1*5*1~REF*6R*L1~AMT*B6*100~LQ*HE*N130~LQ*RX*75~SE*20*0001~"
    );
    let events = events(&file);
    let (RemittanceEvent::Header(header), RemittanceEvent::Claim(claim)) = (&events[0], &events[1]) else { panic!() };
    let answer = claim.adjudication(header);
    assert_eq!(
        (answer.key.0.as_str(), answer.original_reference.as_str(), answer.patient.as_str()),
        ("A", "OLD", "DOE, JANE")
    );
    assert_eq!((answer.interest.to_string(), answer.remarks.as_slice()), ("1.25".into(), &["MA01".into()][..]));
    let line = &answer.lines[0];
    assert_eq!(
        (line.control.as_str(), line.procedure.to_string(), line.units.to_string()),
        ("L1", "99213-25".into(), "2".into())
    );
    assert_eq!(line.submitted_procedure.as_ref().map(ToString::to_string).as_deref(), Some("99214"));
    assert_eq!(line.service.map(|p| (p.to - p.from).num_days()), Some(2));
    assert_eq!(
        line.adjustments.iter().map(|a| format!("{}-{} {}", a.group, a.reason, a.amount)).collect::<Vec<_>>(),
        ["PR-2 15.00", "PR-1 5.00"]
    );
    assert_eq!(line.remarks, ["N130"]);
}

#[test]
fn a_claim_without_end_is_refused_and_not_gathered() {
    let file = format!("ST*835*1~{HEAD}CLP*A*1*1*1~{}SE*1*1~", "REF*6R*1~".repeat(100_001));
    let last = RemittanceReader::new(file.as_bytes()).unwrap().last();
    assert!(matches!(last, Some(Err(error)) if matches!(*error.kind, edi_core::ErrorKind::Limit { .. })));
}

mod broken {
    use super::*;
    use crate::balance::TransactionBalance;
    use edi_core::lex::Delimiters;
    use edi_core::writer::SegmentWriter;
    use proptest::prelude::*;

    const FILE: &str = include_str!("../../../testdata/remits/clean.835");

    /// What a broken file may look like: bytes changed, a piece cut out, the end lost.
    fn breaks() -> impl Strategy<Value = Vec<u8>> {
        let changes = proptest::collection::vec((0..FILE.len(), any::<u8>()), 0..12);
        (changes, 0..FILE.len(), 0..200usize, 0..2 * FILE.len()).prop_map(|(changes, cut, length, end)| {
            let mut file = FILE.as_bytes().to_vec();
            changes.into_iter().for_each(|(at, byte)| file[at] = byte);
            file.truncate(end);
            let (cut, cut_end) = (cut.min(file.len()), (cut + length).min(file.len()));
            file.drain(cut..cut_end);
            file
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn is_read_proved_and_written_without_a_panic(file in breaks()) {
            let Ok(reader) = RemittanceReader::new(&file[..]) else { return Ok(()) };
            let mut writer = SegmentWriter::new(Vec::new(), Delimiters::default());
            let (mut balance, mut claims) = (None, 0);
            for event in reader {
                let Ok(event) = event else { break };
                let _ = event.write(&mut writer);
                match event {
                    RemittanceEvent::Header(header) => balance = Some(TransactionBalance::new(&header)),
                    RemittanceEvent::Claim(claim) => {
                        claims += 1;
                        balance.as_mut().map(|b| b.push(&claim).is_some());
                    }
                    RemittanceEvent::End(totals) => {
                        prop_assert_eq!(totals.claims, claims);
                        claims = 0;
                        let outcome = balance.take().map(|b| b.finish(&totals));
                        prop_assert!(outcome.is_some_and(|o| o.balanced() == o.deltas.is_empty()));
                    }
                }
            }
        }
    }
}

/// An amount that cannot be read is held; written again it must not have become one that can.
#[test]
fn an_unreadable_amount_stays_unreadable_when_it_is_written() {
    for body in ["CLP*A*1*100*5:*20*12*P1", "CLP*A*1*100*5:", "CLP*A*1*100*5^6"] {
        let file = format!(
            "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260105*1200*^*00501*000000001*0*P*:~\
             GS*HP*A*B*20260105*1200*1*X*005010X221A1~ST*835*0001~{HEAD}LX*1~{body}~SE*9*0001~GE*1*1~IEA*1*000000001~"
        );
        let found = claims(&file);
        assert_eq!(found[0].unreadable_amounts().count(), 1, "{body}");
        let mut out = edi_core::writer::SegmentWriter::new(Vec::new(), edi_core::lex::Delimiters::default());
        found[0].write(&mut out).unwrap();
        let again = String::from_utf8(out.into_inner().unwrap()).unwrap();
        assert!(again.contains(&format!("{body}~")), "{body} became {again}");
    }
}

/// Where the ISA makes a sign or a point a delimiter, an amount that holds it is divided: it is held, not guessed.
#[test]
fn an_amount_that_its_own_delimiters_divide_is_unreadable() {
    for (isa11, isa16, amount) in [("-", ":", "-5"), ("^", ".", "5.25"), ("+", ":", "+5")] {
        let file = format!(
            "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260105*1200*{isa11}*00501*000000001*0*P*{isa16}~\
             GS*HP*A*B*20260105*1200*1*X*005010X221A1~ST*835*0001~{HEAD}LX*1~CLP*A*1*100*{amount}*20*12*P1~CAS*CO*45*{amount}~SE*10*0001~GE*1*1~IEA*1*000000001~"
        );
        let found = claims(&file);
        assert_eq!(found[0].unreadable_amounts().count(), 2, "{amount} with {isa11} and {isa16}");
        assert!(crate::balance::prove_claim(&found[0]).is_err());
    }
}
