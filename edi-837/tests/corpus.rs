//! The claims of a corpus of 837 files, where there is one: `EDI_SHARED` names the folder that holds it.

use edi_837::{Claim, ClaimReader, ClaimWriter, FoundClaim};
use edi_core::lex::Delimiters;
use edi_core::reader::Reader;
use edi_core::writer::SegmentWriter;
use pretty_assertions::assert_eq;
use std::fs;
use std::path::{Path, PathBuf};

/// A file of the corpus, and how many claims its index counts there.
struct Entry {
    name: String,
    path: PathBuf,
    claims: usize,
}

/// The files of the index in these folders; none, and a word about it, where there is no corpus.
fn entries(folders: &[&str]) -> Vec<Entry> {
    let Some(shared) = std::env::var_os("EDI_SHARED") else {
        eprintln!("EDI_SHARED is not set: the corpus was not read");
        return Vec::new();
    };
    let corpus = Path::new(&shared).join("corpus");
    let index = fs::read_to_string(corpus.join("INDEX.tsv")).unwrap();
    let of_line = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let name = fields[0].to_owned();
        let wanted = folders.contains(&name.split('/').next()?) && fields[5].starts_with("837");
        wanted.then(|| Entry { path: corpus.join(&name), claims: fields[8].parse().unwrap(), name })
    };
    let entries: Vec<Entry> = index.lines().skip(1).filter_map(of_line).collect();
    assert!(!entries.is_empty());
    entries
}

fn read(bytes: &[u8]) -> Vec<FoundClaim> {
    ClaimReader::new(bytes).unwrap().collect::<Result<_, _>>().unwrap()
}

/// The claims, written from the first HL on.
fn written<'c>(claims: impl IntoIterator<Item = &'c Claim>, delimiters: Delimiters) -> Vec<u8> {
    let mut out = SegmentWriter::new(Vec::new(), delimiters);
    let mut writer = ClaimWriter::default();
    for (n, claim) in claims.into_iter().enumerate() {
        if n == 0 {
            writer.header(&mut out, &claim.header).unwrap();
        }
        writer.write(&mut out, claim).unwrap();
    }
    out.into_inner().unwrap()
}

/// One transaction set of these segments, with delimiters that only an ISA can tell.
fn enveloped(body: &[u8], delimiters: Delimiters) -> Vec<u8> {
    let isa =
        "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260105*1200*^*00501*000000001*0*P*:~";
    let d = |b: u8| match b {
        b'*' => delimiters.element,
        b':' => delimiters.component,
        b'~' => delimiters.segment,
        b'^' => delimiters.repetition.unwrap_or(b'U'),
        other => other,
    };
    let around = |text: &str| text.bytes().map(d).collect::<Vec<u8>>();
    let head = around("GS*HC*A*B*20260105*1200*1*X*005010X222A1~ST*837*0001*005010X222A1~");
    [&around(isa)[..], &head, body, &around("SE*1*0001~GE*1*1~IEA*1*000000001~")].concat()
}

#[test]
fn every_claim_of_the_index_is_found() {
    for entry in entries(&["837p", "837i", "837d", "malformed"]) {
        let found = read(&fs::read(&entry.path).unwrap());
        assert_eq!(found.len(), entry.claims, "{}", entry.name);
    }
}

#[test]
fn claims_survive_writing() {
    let delimiters = Delimiters { element: 0x1D, component: 0x1F, repetition: Some(0x1E), segment: 0x1C };
    let mut claims = 0;
    for entry in entries(&["837p", "837i", "837d", "malformed"]) {
        let found = read(&fs::read(&entry.path).unwrap());
        for transaction in found.chunk_by(|a, b| a.transaction == b.transaction) {
            let body = written(transaction.iter().map(|f| &f.claim), delimiters);
            let again = read(&enveloped(&body, delimiters));
            let claims_of = |found: &[FoundClaim]| found.iter().map(|f| f.claim.clone()).collect::<Vec<_>>();
            assert_eq!(claims_of(&again), claims_of(transaction), "{}", entry.name);
            claims += again.len();
        }
    }
    assert!(claims > 70 || std::env::var_os("EDI_SHARED").is_none());
}

/// Segments of a file from the first BHT to the SE, in the canonical form: no HL numbers, no empty ends, a digit
/// before each point.
fn segments(bytes: &[u8]) -> Vec<String> {
    let mut reader = Reader::new(bytes).unwrap();
    let mut all = Vec::new();
    while let Some(segment) = reader.next().unwrap() {
        let id = segment.id_text();
        if matches!(&*id, "ISA" | "GS" | "ST" | "SE" | "GE" | "IEA") {
            continue;
        }
        let mut out = SegmentWriter::new(Vec::new(), Delimiters { segment: b'\n', ..Delimiters::default() });
        edi_core::segment::RawSegment::of(&segment).write(&mut out).unwrap();
        let text = String::from_utf8(out.into_inner().unwrap()).unwrap().replace("*.", "*0.");
        all.push(if id == "HL" { format!("HL {}", segment.element(3).text()) } else { text });
    }
    all
}

/// Files that are not written back segment for segment, and why that is right.
const CANONICAL: [(&str, &str); 2] = [
    ("vgi-x12__claim_837.837", "it has no HL and no LX: levels are supplied, and segments move to their places"),
    ("vgi-x12__pipe_delims.edi", "it is a bare CLM without BHT and HL, which are supplied"),
];

#[test]
fn valid_files_are_written_segment_for_segment() {
    for entry in entries(&["837p"]) {
        let bytes = fs::read(&entry.path).unwrap();
        let found = read(&bytes);
        if found.is_empty() || CANONICAL.iter().any(|(name, _)| entry.name.ends_with(name)) {
            continue;
        }
        let body: Vec<u8> = found
            .chunk_by(|a, b| a.transaction == b.transaction)
            .flat_map(|t| written(t.iter().map(|f| &f.claim), Delimiters::default()))
            .collect();
        let again = segments(&enveloped(&body, Delimiters::default()));
        assert_eq!(again.join(""), segments(&bytes).join(""), "{}", entry.name);
    }
}
