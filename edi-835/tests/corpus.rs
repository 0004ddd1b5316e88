//! All 835 files of a corpus that other projects wrote, against its index. Runs where `EDI_SHARED` names the folder
//! that holds `corpus/INDEX.tsv`; says so and passes elsewhere.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test may say and stop

use edi_835::balance::{Cause, Delta, Rule, TransactionBalance, prove_claim};
use edi_835::read::{RemittanceEvent, RemittanceReader};
use edi_core::envelope::{EnvelopeReader, Event};
use edi_core::lex::{Delimiters, to_text};
use edi_core::reader::Reader;
use edi_core::writer::SegmentWriter;
use edi_core::{Money, Text};
use pretty_assertions::assert_eq;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// One 835 of the index.
struct Entry {
    path: PathBuf,
    name: String,
    transactions: u64,
    claims: u64,
    notes: String,
}

/// The 835s of the index; none where the corpus is not there.
fn entries() -> Option<Vec<Entry>> {
    let Some(shared) = std::env::var_os("EDI_SHARED") else {
        println!("skipped: EDI_SHARED is not set");
        return None;
    };
    let corpus = Path::new(&shared).join("corpus");
    let index = fs::read_to_string(corpus.join("INDEX.tsv")).expect("INDEX.tsv");
    let entries: Vec<Entry> = index
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|fields| fields[5] == "835")
        .map(|fields| Entry {
            path: corpus.join(fields[0]),
            name: fields[0].to_owned(),
            transactions: fields[7].parse().expect("n_ST"),
            claims: fields[8].parse().expect("n_CLM_or_CLP"),
            notes: fields[10].to_owned(),
        })
        .collect();
    assert!(entries.len() >= 40, "the index has {} 835s", entries.len());
    Some(entries)
}

fn reader(path: &Path) -> RemittanceReader<BufReader<File>> {
    RemittanceReader::new(BufReader::new(File::open(path).expect("a corpus file"))).expect("a reader")
}

#[test]
fn claims_and_transactions_are_those_of_the_index() {
    for entry in entries().unwrap_or_default() {
        let mut reader = reader(&entry.path);
        let mut claims = 0;
        for event in reader.by_ref() {
            let event = event.unwrap_or_else(|e| panic!("{}: {e}", entry.name));
            claims += u64::from(matches!(event, RemittanceEvent::Claim(_)));
        }
        let counts = reader.counts();
        assert_eq!((counts.claims, counts.stray_claims), (claims, 0), "{}", entry.name);
        assert_eq!((counts.remittances, claims), (entry.transactions, entry.claims), "{}", entry.name);
        assert!(reader.envelope().reader().accounting().is_conserved(), "{}", entry.name);
    }
}

/// All gates that fail in a file, by `remit check`.
fn deltas(path: &Path) -> Vec<Delta> {
    let (mut deltas, mut balance) = (Vec::new(), None);
    for event in reader(path) {
        match event.expect("an event") {
            RemittanceEvent::Header(header) => balance = Some(TransactionBalance::new(&header)),
            RemittanceEvent::Claim(claim) => {
                let proved = balance.as_mut().expect("a header").push(&claim).is_some();
                assert_eq!(proved, prove_claim(&claim).is_ok());
            }
            RemittanceEvent::End(totals) => {
                let outcome = balance.take().expect("a header").finish(&totals);
                assert_eq!(outcome.balanced(), outcome.deltas.is_empty());
                deltas.extend(outcome.deltas);
            }
        }
    }
    deltas
}

/// Where the index says less than arithmetic shows: file, claim, delta of the second equation of B2, why.
const NOT_NOTED: [(&str, &str, &str); 2] = [
    // Its one line pays 160.00, CAS of the claim takes 100.00 off, CLP04 is 400.00: 400.00 - 60.00 = 340.00.
    ("835/vgi-x12__era_835.835", "PCN1001", "340"),
    // Its one line pays 100.00, CAS of the claim takes 73348.57 off, CLP04 is 138018.40:
    // 138018.40 - (100.00 - 73348.57) = 211266.97.
    ("835/mjkubba__edi835-demo-005010X221.edi", "666123", "211266.97"),
];

/// What a note of the index says does not balance.
#[derive(Debug, Default, PartialEq, Eq)]
struct Noted {
    /// Claims of which CLP03 - CLP04 is not the CAS total.
    claims: usize,
    /// Service lines of which SVC02 - SVC03 is not their CAS.
    lines: usize,
    /// CLP04 less the sum of SVC03, by claim.
    paid: Vec<(String, Money)>,
    /// BPR02 less what claims and PLBs make.
    payments: Vec<Money>,
    /// Claims with amounts that are none.
    unreadable: usize,
}

impl Noted {
    fn of(notes: &str) -> Self {
        let mut noted = Self::default();
        let content = notes.split(" | ").filter_map(|note| note.strip_prefix("CONTENT: "));
        for note in content.flat_map(|content| content.split("; ")) {
            let words: Vec<&str> = note.split(' ').collect();
            let money = |word: usize| words[word].parse::<Money>().expect("an amount");
            if note.contains("claims: CLP03-CLP04 != CAS total") {
                noted.claims += words[0].split('/').next().and_then(|n| n.parse::<usize>().ok()).expect("a count");
            } else if note.contains("service lines: SVC02-SVC03 != CAS") {
                noted.lines += words[0].parse::<usize>().expect("a count");
            } else if note.contains("out of balance: BPR02") {
                noted.payments.push(money(5) - (money(9) - money(12)));
            } else if note.contains("!= SVC paid") {
                noted.paid.push((words[1].to_owned(), money(3) - money(7)));
            } else if note.contains("CLP amount not numeric") {
                noted.unreadable += 1;
            } else {
                assert!(note.contains("BPR02 'A' not numeric"), "a note that this test cannot read: {note}");
            }
        }
        noted
    }

    fn found(deltas: &[Delta]) -> Self {
        let of = |rule: Rule| deltas.iter().filter(move |d| d.rule == rule && d.delta.is_some_and(|d| !d.is_zero()));
        let amounts = |rule| of(rule).filter_map(|d| Some((d.claim.as_ref().map(|c| c.to_string()), d.delta?)));
        let mut unreadable: Vec<_> = deltas
            .iter()
            .filter(|d| matches!(d.cause, Some(Cause::Unreadable(_))))
            .filter_map(|d| d.claim_ordinal)
            .collect();
        unreadable.dedup();
        Self {
            claims: of(Rule::Claim).count(),
            lines: of(Rule::Line).count(),
            paid: amounts(Rule::ClaimLines).map(|(claim, delta)| (claim.unwrap_or_default(), delta)).collect(),
            payments: amounts(Rule::Payment).map(|(_, delta)| delta).collect(),
            unreadable: unreadable.len(),
        }
    }
}

#[test]
fn balances_and_deltas_are_those_of_the_index() {
    for entry in entries().unwrap_or_default() {
        let deltas = deltas(&entry.path);
        let balances = entry.notes.contains("835 balances");
        assert_eq!(deltas.is_empty(), balances, "{}: {deltas:#?}", entry.name);
        let mut noted = Noted::of(&entry.notes);
        let judged = NOT_NOTED.iter().filter(|(file, ..)| *file == entry.name);
        noted.paid.extend(judged.map(|(_, claim, delta)| ((*claim).to_owned(), delta.parse().expect("an amount"))));
        assert_eq!(Noted::found(&deltas), noted, "{}: {deltas:#?}", entry.name);
    }
}

/// A segment, split by hand: elements of pieces, without empty ones at the end. Components and repetitions are
/// pieces that keep the delimiter before them.
type Split = Vec<Vec<Text>>;

fn split(segment: &[u8], delimiters: Delimiters) -> Split {
    let inner = |b: &u8| *b == delimiters.component || Some(*b) == delimiters.repetition;
    let element = |bytes: &[u8]| {
        let mut pieces: Vec<Vec<u8>> = vec![Vec::new()];
        for byte in bytes {
            if inner(byte) {
                pieces.push(vec![*byte]);
            } else if let Some(piece) = pieces.last_mut() {
                piece.push(*byte);
            }
        }
        pieces.iter().map(|piece| to_text(piece)).collect()
    };
    let mut elements: Split = segment.split(|b| *b == delimiters.element).map(element).collect();
    while elements.last().is_some_and(|e| e.concat().is_empty()) {
        elements.pop();
    }
    elements
}

/// The segments between ST and SE of every 835 in a file, and the delimiters of each.
fn segments(path: &Path) -> Vec<(Delimiters, Vec<Split>)> {
    let file = BufReader::new(File::open(path).expect("a corpus file"));
    let mut envelope = EnvelopeReader::new(Reader::new(file).expect("a reader"));
    let mut all: Vec<(Delimiters, Vec<Split>)> = Vec::new();
    let mut inside = false;
    while let Some(event) = envelope.next().expect("an event") {
        match event {
            Event::TransactionStart(st, segment) => {
                inside = st.set_id == "835";
                if inside {
                    all.push((segment.delimiters(), Vec::new()));
                }
            }
            Event::Segment(segment) if inside => {
                let split = split(segment.bytes(), segment.delimiters());
                all.last_mut().expect("an ST").1.push(split);
            }
            _ => {}
        }
    }
    all
}

/// Each remittance of a file, read into the model and written with these delimiters, as bytes.
fn rewritten(path: &Path, delimiters: &[Delimiters]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut out = SegmentWriter::new(Vec::new(), Delimiters::default());
    for event in reader(path) {
        match event.expect("an event") {
            RemittanceEvent::Header(header) => {
                out = SegmentWriter::new(Vec::new(), delimiters[all.len()]);
                header.write(&mut out).expect("written");
            }
            RemittanceEvent::Claim(claim) => claim.write(&mut out).expect("written"),
            RemittanceEvent::End(totals) => {
                totals.write(&mut out).expect("written");
                let out = std::mem::replace(&mut out, SegmentWriter::new(Vec::new(), Delimiters::default()));
                all.push(out.into_inner().expect("flushed"));
            }
        }
    }
    all
}

/// The canonical changes that writing makes: `.5` is written `0.5`, `00100` as `100`, `5.` as `5`, `+7` as `7`.
fn same_number(read: &Text, written: &Text) -> bool {
    let number = |text: &Text| text.parse::<Money>().ok();
    number(read).is_some() && number(read) == number(written)
}

#[test]
fn what_is_read_is_written_element_for_element() {
    for entry in entries().unwrap_or_default() {
        let read = segments(&entry.path);
        let delimiters: Vec<Delimiters> = read.iter().map(|(d, _)| *d).collect();
        let written = rewritten(&entry.path, &delimiters);
        assert_eq!(read.len(), written.len(), "{}", entry.name);
        for ((delimiters, segments), bytes) in read.iter().zip(&written) {
            let body = bytes.strip_suffix(&[delimiters.segment]).unwrap_or(bytes);
            let again: Vec<Split> =
                body.split(|b| *b == delimiters.segment).map(|segment| split(segment, *delimiters)).collect();
            assert_eq!(segments.len(), again.len(), "{}", entry.name);
            for (read, written) in segments.iter().zip(&again) {
                let same = |(a, b): (&Text, &Text)| a == b || same_number(a, b);
                let pieces = |split: &Split| split.iter().map(Vec::len).collect::<Vec<_>>();
                assert_eq!(pieces(read), pieces(written), "{}: {read:?} {written:?}", entry.name);
                let equal = read.iter().flatten().zip(written.iter().flatten()).all(same);
                assert!(equal, "{}: {read:?} {written:?}", entry.name);
            }
        }
    }
}
