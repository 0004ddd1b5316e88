//! What is fuzzed. A target takes any bytes; it must neither panic nor break the promise that it asserts.
//!
//! Each gives traits of what it saw (rules, errors, pairs of segments), as hashes: an input with a trait that was
//! not seen before leads somewhere new, and the runner mutates it further.

use edi_835::balance::{TransactionBalance, prove_claim};
use edi_835::posting::{FeeSchedule, Rules, read_opening};
use edi_835::read::{RemittanceEvent, RemittanceReader};
use edi_837::encounter::{Mapping, Practice};
use edi_837::{BuildOptions, ClaimReader, ClaimWriter, Sequence, Verdict};
use edi_core::ack::{self, Acknowledger};
use edi_core::codes::overlay::{LoadOptions, load};
use edi_core::envelope::EnvelopeReader;
use edi_core::guide::{Checker, Dictionary, Guide, Guides, Overlay};
use edi_core::lex::{Delimiters, Segment, text};
use edi_core::reader::Reader;
use edi_core::rules::RuleChecker;
use edi_core::writer::SegmentWriter;
use edi_core::{Finding, Money};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Hashes of what an input led to.
pub type Traits = Vec<u64>;

/// A target: its name, what it does, and which files of `testdata` it begins with, by how they end.
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]) -> Traits,
    pub seeds: &'static [&'static str],
}

/// All targets.
pub const TARGETS: [Target; 8] = [
    Target { name: "reader", run: reader, seeds: &[".835", ".837", ".edi"] },
    Target { name: "guide", run: guide, seeds: &[".835", ".837", ".edi"] },
    Target { name: "835", run: remittances, seeds: &[".835"] },
    Target { name: "837", run: claims, seeds: &[".837", "837p.edi"] },
    Target { name: "round-trip", run: round_trip, seeds: &[".835", ".837", ".edi"] },
    Target { name: "encounters", run: encounters, seeds: &["encounters.csv", "clinic.csv", "kinds.json"] },
    Target { name: "overlay", run: overlay, seeds: &[".overlay", ".mutations", ".guide"] },
    Target { name: "settings", run: settings, seeds: &[".toml", "codes.csv"] },
];

fn trait_of(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

fn traits_of(findings: &[Finding]) -> impl Iterator<Item = u64> {
    findings.iter().map(|finding| trait_of((&finding.rule, &finding.segment, finding.locus.element)))
}

/// The words of an error: neither what it quotes nor the numbers in it, which would make every input a new one.
fn said(error: impl ToString) -> String {
    let error = error.to_string();
    let last = error.trim_end().lines().last().unwrap_or_default();
    let words = last.split(['`', '"', '\'']).step_by(2);
    words.flat_map(str::chars).filter(|c| c.is_alphabetic()).collect()
}

/// A large number, for what counts: its order of magnitude.
fn order(n: usize) -> u32 {
    n.checked_ilog2().unwrap_or_default()
}

/// The pair that a segment makes with the one before it, and how long it is. Ids that X12 does not know are one.
fn traits_of_segment(before: &mut u64, segment: &Segment<'_>) -> [u64; 2] {
    let id = Some(segment.id_text()).filter(|id| Dictionary::x12().knows(id));
    let pair = (trait_of(&id), std::mem::replace(before, trait_of(&id)));
    [trait_of(pair), trait_of((id, order(segment.len()), segment.is_header()))]
}

/// The segments of an input, for the targets that only see claims.
fn shape(input: &[u8]) -> Traits {
    let (mut traits, mut before) = (Traits::new(), 0);
    let Ok(mut reader) = Reader::new(input) else { return traits };
    while let Ok(Some(segment)) = reader.next() {
        traits.extend(traits_of_segment(&mut before, &segment));
    }
    traits.extend(traits_of(reader.repairs()));
    traits
}

/// Bytes: none is lost. Pairs of ids are the traits.
fn reader(input: &[u8]) -> Traits {
    let mut traits = Traits::new();
    let Ok(mut reader) = Reader::new(input) else { return traits };
    let (mut again, mut before) = (Vec::<u8>::new(), 0);
    loop {
        match reader.next() {
            Ok(Some(segment)) => {
                traits.extend(traits_of_segment(&mut before, &segment));
                assert!(segment.elements().all(|element| element.components().count() > 0));
                again.extend(segment.lead());
                again.extend(segment.raw());
            }
            Ok(None) => break,
            Err(error) => {
                traits.push(trait_of(std::mem::discriminant(&*error.kind)));
                return traits;
            }
        }
    }
    assert!(reader.accounting().is_conserved(), "{:?}", reader.accounting());
    again.extend(reader.tail());
    let decoded = reader.repairs().iter().any(|found| matches!(&*found.rule, "REPAIR-BOM" | "REPAIR-UTF16"));
    assert!(decoded || again == input, "bytes were lost");
    traits.extend(traits_of(reader.repairs()));
    traits
}

/// The guide, the rules, the acknowledgments, which must be X12 themselves.
fn guide(input: &[u8]) -> Traits {
    let mut traits = Traits::new();
    let Ok(reader) = Reader::new(input) else { return traits };
    let mut envelope = EnvelopeReader::new(reader);
    let mut checker = Checker::new(Guides::built_in());
    let mut rules = RuleChecker::new();
    let at = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap_or_default().into();
    let mut acknowledger = Acknowledger::new(ack::Options::new(at), |_, _| Ok(Vec::new()));
    while let Ok(Some(event)) = envelope.next() {
        checker.push(&event);
        let Ok(()) = acknowledger.event(&event) else { return traits };
        rules.push(&event, &checker);
        for found in [checker.take_findings(), rules.take_findings(), envelope.take_findings()] {
            acknowledger.findings(&found);
            traits.extend(traits_of(&found));
        }
    }
    if let Ok(written) = acknowledger.finish() {
        for ack in written {
            let mut reader = Reader::new(&ack.out[..]).ok();
            while let Some(Ok(Some(segment))) = reader.as_mut().map(Reader::next) {
                traits.push(trait_of(segment.id()));
            }
            assert!(reader.is_none_or(|reader| reader.repairs().is_empty()), "an acknowledgment had to be repaired");
        }
    }
    traits
}

/// Remittances: what is said to balance does, by sums of this target's own.
fn remittances(input: &[u8]) -> Traits {
    let mut traits = shape(input);
    let Ok(reader) = RemittanceReader::new(input) else { return traits };
    let (mut balance, mut paid) = (None, Money::ZERO);
    for event in reader {
        match event {
            Ok(RemittanceEvent::Header(header)) => {
                (balance, paid) = (Some(TransactionBalance::new(&header)), Money::ZERO);
            }
            Ok(RemittanceEvent::Claim(claim)) => {
                paid += claim.paid();
                let proved = prove_claim(&claim);
                assert!(proved.is_err() || !claim.cut, "a claim that is cut was proved");
                let deltas = proved.err().unwrap_or_default();
                traits.extend(deltas.iter().map(|delta| trait_of(delta.rule.id())));
                traits.push(trait_of((order(claim.lines.len()), claim.details.len().min(8))));
                if let Some(balance) = &mut balance {
                    balance.push(&claim);
                }
            }
            Ok(RemittanceEvent::End(totals)) => {
                let Some(outcome) = balance.take().map(|balance| balance.finish(&totals)) else { continue };
                traits.extend(outcome.deltas.iter().map(|delta| trait_of(("end", delta.rule.id()))));
                if outcome.proof.is_some() {
                    let whole = totals.end.is_some_and(|end| end.trailer);
                    let sum = paid - outcome.provider_adjusted();
                    assert!(whole && outcome.payment == Some(sum), "a payment was proved that does not add up");
                }
            }
            Err(error) => traits.push(trait_of(std::mem::discriminant(&*error.kind))),
        }
    }
    traits
}

/// Separators that hardly any data hold.
const RARE: Delimiters = Delimiters { element: 0x1D, component: 0x1F, repetition: Some(0x1E), segment: 0x1C };

/// A body between an ISA and an IEA in [`RARE`] delimiters.
fn enveloped(functional: &str, st: &str, body: &[u8], segments: u64) -> Vec<u8> {
    let isa =
        "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260105*1200*^*00501*000000001*0*P*:~";
    let rare = |text: String| -> Vec<u8> {
        let change = |b: u8| match b {
            b'*' => RARE.element,
            b':' => RARE.component,
            b'^' => 0x1E,
            b'~' => RARE.segment,
            other => other,
        };
        text.bytes().map(change).collect()
    };
    let head = rare(format!("{isa}GS*{functional}*A*B*20260105*1200*1*X*005010~ST*{st}~"));
    let tail = rare(format!("SE*{}*0001~GE*1*1~IEA*1*000000001~", segments + 2));
    [&head[..], body, &tail].concat()
}

/// Claims: read, written, and read the same again.
fn claims(input: &[u8]) -> Traits {
    let mut traits = shape(input);
    let Ok(reader) = ClaimReader::new(input) else { return traits };
    let found: Vec<_> = reader.map_while(Result::ok).collect();
    for transaction in found.chunk_by(|a, b| a.transaction == b.transaction) {
        let mut out = SegmentWriter::new(Vec::new(), RARE);
        let mut writer = ClaimWriter::default();
        let head = writer.header(&mut out, &transaction[0].claim.header);
        let body = transaction.iter().try_for_each(|found| writer.write(&mut out, &found.claim));
        let segments = out.segments();
        let (Ok(()), Ok(()), Ok(bytes)) = (head, body, out.into_inner()) else { continue };
        let again = enveloped("HC", "837*0001*005010X222A1", &bytes, segments);
        let again: Vec<_> = ClaimReader::new(&again[..]).into_iter().flatten().map_while(Result::ok).collect();
        assert_eq!(again.len(), transaction.len(), "claims were lost in writing");
        for (one, other) in again.iter().zip(transaction) {
            let charge = |found: &edi_837::FoundClaim| found.claim.information.claim.charge.or_zero();
            assert_eq!(charge(one), charge(other), "a charge changed in writing");
            assert_eq!(one.claim.information.lines.len(), other.claim.information.lines.len());
        }
    }
    for found in &found {
        let lines = &found.claim.information.lines;
        traits.push(trait_of((order(lines.len()), found.complete, found.kind as u8)));
        traits.push(trait_of((found.claim.patient.is_some(), found.claim.information.other_payers.len().min(4))));
        traits.push(trait_of((
            found.claim.information.extra.len().min(8),
            found.claim.information.providers.len().min(8),
        )));
    }
    traits
}

/// Segments copied with other delimiters, and copied back, are the same; remittances are written as they were read.
fn round_trip(input: &[u8]) -> Traits {
    let mut traits = shape(input);
    let copied = |bytes: &[u8], delimiters: Delimiters| -> Option<Vec<u8>> {
        let mut reader = Reader::new(bytes).ok()?;
        let mut out = SegmentWriter::new(Vec::new(), delimiters);
        while let Some(segment) = reader.next().ok()? {
            out.copy(&segment).ok()?;
        }
        out.into_inner().ok()
    };
    if let Some(once) = copied(input, RARE)
        && once.starts_with(b"ISA")
        && let Some(twice) = copied(&once, Delimiters::default())
    {
        let back = copied(&twice, RARE);
        assert!(back.is_none_or(|back| back == once), "a copy of a copy is another");
        traits.push(trait_of(order(once.len())));
    }
    let Ok(reader) = RemittanceReader::new(input) else { return traits };
    let mut body: Option<SegmentWriter<Vec<u8>>> = None;
    let (mut paid, mut claims) = (Money::ZERO, 0u64);
    for event in reader {
        let Ok(event) = event else { return traits };
        match &event {
            RemittanceEvent::Header(_) => {
                (paid, claims) = (Money::ZERO, 0);
                body = Some(SegmentWriter::new(Vec::new(), RARE));
            }
            RemittanceEvent::Claim(claim) => {
                paid += claim.paid();
                claims += 1;
            }
            RemittanceEvent::End(_) => {}
        }
        let Some(out) = &mut body else { continue };
        if event.write(out).is_err() {
            body = None;
        } else if let RemittanceEvent::End(_) = event
            && let Some(out) = body.take()
        {
            let segments = out.segments();
            let Ok(bytes) = out.into_inner() else { continue };
            let (mut paid_again, mut claims_again) = (Money::ZERO, 0);
            let again = enveloped("HP", "835*0001", &bytes, segments);
            for event in RemittanceReader::new(&again[..]).into_iter().flatten().map_while(Result::ok) {
                if let RemittanceEvent::Claim(claim) = event {
                    paid_again += claim.paid();
                    claims_again += 1;
                }
            }
            assert_eq!((paid_again, claims_again), (paid, claims), "claims changed in writing");
            traits.push(trait_of(("claims", order(usize::try_from(claims).unwrap_or(usize::MAX)))));
        }
    }
    traits
}

/// Encounters into files, with the demo's practice: each is written or rejected.
fn encounters(input: &[u8]) -> Traits {
    let mut traits = Traits::new();
    let practice = Practice::parse(include_str!("../../testdata/demo/practice.toml"));
    let (Ok(practice), Ok(folder)) = (practice, tempfile::tempdir()) else { return traits };
    let at = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap_or_default().into();
    let mapping = Mapping::default();
    let options = BuildOptions::new(at);
    let take = |_: &edi_837::ReadyClaim<'_>| Ok(Verdict::Take);
    let named = (input, "encounters.csv");
    match edi_837::build(named, &practice, &mapping, &options, &mut Sequence(1), folder.path(), take) {
        Ok(built) => {
            let report = built.report();
            assert!(report.is_conserved(), "an encounter is unaccounted for");
            traits.extend(report.problems.iter().map(|problem| trait_of((&problem.rule, &problem.column))));
            traits.push(trait_of(report.written.min(4)));
        }
        Err(error) => traits.push(trait_of(std::mem::discriminant(&error))),
    }
    traits
}

/// Overlays and guides, which are applied; a claim is checked by what came of it.
fn overlay(input: &[u8]) -> Traits {
    let mut traits = Traits::new();
    let words = text(input);
    let mut guides = Guides::built_in();
    match Overlay::parse(&words) {
        Ok(overlay) => traits.push(trait_of(guides.apply(&overlay).map_err(said))),
        Err(error) => traits.push(trait_of(said(error))),
    }
    match Guide::parse(&words) {
        Ok(guide) => guides.add(guide),
        Err(error) => traits.push(trait_of(("guide", said(error)))),
    }
    let mut checker = Checker::new(guides);
    let sample = include_bytes!("../../testdata/remits/clean.835");
    if let Ok(reader) = Reader::new(&sample[..]) {
        let mut envelope = EnvelopeReader::new(reader);
        while let Ok(Some(event)) = envelope.next() {
            checker.push(&event);
        }
    }
    traits.extend(traits_of(&checker.take_findings()));
    traits
}

/// Files that offices and publishers write: rules, mappings, practices, code lists.
fn settings(input: &[u8]) -> Traits {
    let words = text(input);
    vec![
        trait_of(Rules::parse(&words).map(drop).map_err(|error| said(error.words))),
        trait_of(("opening", read_opening(input).map(|claims| claims.for_each(drop)).map_err(said))),
        trait_of(("fees", FeeSchedule::read(input).map(drop).map_err(said))),
        trait_of(("mapping", Mapping::parse(&words).map(drop).map_err(said))),
        trait_of(("practice", Practice::parse(&words).map(drop).map_err(said))),
        trait_of(("codes", load(input, "codes.csv", LoadOptions::default()).map(drop).map_err(said))),
    ]
}
