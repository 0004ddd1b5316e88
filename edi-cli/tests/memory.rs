//! Memory is one claim, never a file: peaks of the heap over a reader that repeats its claims, at two sizes.

use edi_835::balance::TransactionBalance;
use edi_835::read::{RemittanceEvent, RemittanceReader};
use edi_837::ClaimReader;
use edi_core::envelope::EnvelopeReader;
use edi_core::guide::{Checker, Guides};
use edi_core::reader::Reader;
use edi_core::rules::RuleChecker;
use peak_alloc::PeakAlloc;
use std::io::{BufReader, Read};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const ISA: &str =
    "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260105*1200*^*00501*000000001*0*P*:~";

/// Head, a body again and again with a number in the place of `#`, tail.
struct Repeated {
    head: Vec<u8>,
    body: &'static str,
    tail: &'static [u8],
    left: u64,
    ready: Vec<u8>,
    at: usize,
    count: u64,
}

impl Repeated {
    fn new(head: &str, body: &'static str, tail: &'static str, times: u64) -> Self {
        let head = format!("{ISA}{head}").into_bytes();
        Self { head, body, tail: tail.as_bytes(), left: times, ready: Vec::new(), at: 0, count: 0 }
    }

    fn next_piece(&mut self) -> bool {
        self.at = 0;
        self.ready.clear();
        if !self.head.is_empty() {
            self.ready.append(&mut self.head);
        } else if self.left > 0 {
            self.left -= 1;
            self.count += 1;
            self.ready.extend(self.body.replace('#', &format!("{:07}", self.count)).into_bytes());
        } else {
            self.ready.extend(std::mem::take(&mut self.tail));
        }
        !self.ready.is_empty()
    }
}

impl Read for Repeated {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.ready.len() && !self.next_piece() {
            return Ok(0);
        }
        let read = (&self.ready[self.at..]).read(into)?;
        self.at += read;
        Ok(read)
    }
}

const CLAIM_835: &str = "CLP*A#*1*100*80*20*12*P#*11*1~CAS*CO*45*0~NM1*QC*1*DOE*ANN****MI*W1~SVC*HC:99213*100*80**1~\
    DTM*472*20260102~CAS*PR*2*20~REF*6R*1~AMT*B6*100~";
const HEAD_835: &str = "GS*HP*A*B*20260105*1200*1*X*005010X221A1~ST*835*0001~BPR*I*0*C*NON************20260105~\
    TRN*1*1*1123456789~DTM*405*20260105~N1*PR*PLAN~N3*1 ST~N4*ALBANY*NY*12207~PER*BL*HELP*TE*8005550100~\
    N1*PE*CLINIC*XX*1234567893~LX*1~";
const SET_835: &str = "ST*835*#~BPR*I*80*C*CHK************20260105~TRN*1*#*1123456789~N1*PR*PLAN~N1*PE*CLINIC*XX*1234567893~\
    LX*1~CLP*A#*1*100*80*20*12*P#*11*1~CAS*PR*2*20~SE*9*#~";
const CLAIM_837: &str = "HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*DOE*ANN****MI*W1~N3*1 ST~N4*ALBANY*NY*122070000~DMG*D8*19700101*F~\
    NM1*PR*2*PLAN*****PI*1~CLM*A#*100***11:B:1*Y*A*Y*Y~HI*ABK:J029~LX*1~SV1*HC:99213*100*UN*1***1~DTP*472*D8*20260102~REF*6R*#~";
const HEAD_837: &str = "GS*HC*A*B*20260105*1200*1*X*005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*1*20260105*1200*CH~\
    NM1*41*2*A*****46*A~PER*IC*A*TE*8005550100~NM1*40*2*B*****46*B~HL*1**20*1~NM1*85*2*CLINIC*****XX*1234567893~N3*1 ST~\
    N4*ALBANY*NY*122070000~REF*EI*123456789~";

fn check(input: Repeated) -> u64 {
    let (mut balance, mut claims) = (None, 0);
    for event in RemittanceReader::new(BufReader::new(input)).unwrap() {
        match event.unwrap() {
            RemittanceEvent::Header(header) => balance = Some(TransactionBalance::new(&header)),
            RemittanceEvent::Claim(claim) => claims += u64::from(balance.as_mut().unwrap().push(&claim).is_some()),
            RemittanceEvent::End(totals) => drop(balance.take().unwrap().finish(&totals)),
        }
    }
    claims
}

fn claims(input: Repeated) -> u64 {
    ClaimReader::new(BufReader::new(input)).unwrap().map(|found| u64::from(found.unwrap().complete)).sum()
}

fn validate(input: Repeated) -> u64 {
    let mut envelope = EnvelopeReader::new(Reader::new(BufReader::new(input)).unwrap());
    let (mut checker, mut rules) = (Checker::new(Guides::built_in()), RuleChecker::new());
    while let Some(event) = envelope.next().unwrap() {
        checker.push(&event);
        rules.push(&event, &checker);
        checker.take_findings();
        rules.take_findings();
        envelope.take_findings();
    }
    envelope.reader().accounting().segments
}

/// Heap that one piece of work takes at its peak, in bytes.
fn peak(work: fn(Repeated) -> u64, input: Repeated) -> usize {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    assert!(work(input) > 0);
    HEAP.peak_usage() - before
}

/// Ten times the claims take no more memory but for sixteen bytes a claim of the search for duplicates.
#[test]
fn memory_is_flat() {
    type Case = (&'static str, fn(Repeated) -> u64, &'static str, &'static str, &'static str);
    let cases: [Case; 6] = [
        ("check, one ST", check, HEAD_835, CLAIM_835, "SE*1*0001~GE*1*1~IEA*1*000000001~"),
        ("check, many STs", check, "GS*HP*A*B*20260105*1200*1*X*005010X221A1~", SET_835, "GE*1*1~IEA*1*000000001~"),
        ("claims", claims, HEAD_837, CLAIM_837, "SE*1*0001~GE*1*1~IEA*1*000000001~"),
        ("validate 835", validate, HEAD_835, CLAIM_835, "SE*1*0001~GE*1*1~IEA*1*000000001~"),
        (
            "validate many STs",
            validate,
            "GS*HP*A*B*20260105*1200*1*X*005010X221A1~",
            SET_835,
            "GE*1*1~IEA*1*000000001~",
        ),
        ("validate 837", validate, HEAD_837, CLAIM_837, "SE*1*0001~GE*1*1~IEA*1*000000001~"),
    ];
    for (name, work, head, body, tail) in cases {
        let of = |times| peak(work, Repeated::new(head, body, tail, times));
        // What is made once and kept, as the guides and code sets are, is made before.
        of(10);
        let (small, large) = (of(2_000), of(20_000));
        let duplicates = 16 * 20_000 * 2;
        assert!(large <= small + duplicates, "{name}: {small} bytes, then {large}");
        assert!(large < 16 << 20, "{name}: {large} bytes");
    }
}
