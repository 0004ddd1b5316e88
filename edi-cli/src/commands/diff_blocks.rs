//! A file as blocks to compare: headers, levels, claims, provider adjustments, each with its rows.

use crate::context::Context;
use crate::exit::Failure;
use crate::input::Source;
use edi_core::Text;
use edi_core::envelope::{EnvelopeReader, Event};
use edi_core::guide::{Checker, Guides};
use edi_core::lex::Segment;
use edi_core::reader::Reader;
use std::io::BufRead;

/// A segment: its loop, and its elements in canonical delimiters without empty ones at the end.
#[derive(Debug)]
pub struct Row {
    /// Loop id, where there is a guide.
    pub in_loop: Text,
    /// Segment id.
    pub id: Text,
    /// Elements, the first is element 1.
    pub elements: Vec<Text>,
    /// Line of the file.
    pub line: u64,
    /// Loop, id and qualifier: what tells that two rows mean the same.
    pub key: String,
}

impl Row {
    /// Whether an element only numbers: levels, lines, and counts of trailers.
    pub fn is_number(&self, n: usize) -> bool {
        matches!((self.id.as_str(), n), ("HL", 1 | 2) | ("LX", 1))
    }
}

/// What is compared at once: a header, a level, a claim, the provider adjustments.
#[derive(Debug, Default)]
pub struct Block {
    /// `claim`, `subscriber`, ...
    pub kind: &'static str,
    /// Its number or name.
    pub name: String,
    /// The name is a person's.
    pub private: bool,
    /// Kind and name.
    pub key: String,
    /// Its segments.
    pub rows: Vec<Row>,
}

/// The most segments of a block; what is longer is cut into several.
const ROWS: usize = 20_000;

/// Reads a file block by block.
pub struct Blocks {
    name: String,
    envelope: EnvelopeReader<Box<dyn BufRead>>,
    checker: Checker,
    with_envelope: bool,
    open: Block,
    claims: u64,
    ended: bool,
}

impl Blocks {
    /// The blocks of a source; with those of the envelope, if wanted.
    pub fn new(source: &Source, with_envelope: bool, context: &Context) -> Result<Self, Failure> {
        let reader = Reader::with_options(source.reader()?, context.reader_options());
        let envelope = EnvelopeReader::new(reader.map_err(Failure::edi(&source.name))?);
        Ok(Self {
            name: source.name.clone(),
            envelope,
            checker: Checker::new(Guides::built_in()),
            with_envelope,
            open: Block::default(),
            claims: 0,
            ended: false,
        })
    }

    /// Claims read so far.
    pub fn claims(&self) -> u64 {
        self.claims
    }

    /// The reader below.
    pub fn envelope(&self) -> &EnvelopeReader<Box<dyn BufRead>> {
        &self.envelope
    }

    /// The next block.
    pub fn next(&mut self) -> Result<Option<Block>, Failure> {
        while !self.ended {
            let Some(event) = self.envelope.next().map_err(Failure::edi(&self.name))? else {
                self.ended = true;
                break;
            };
            self.checker.push(&event);
            self.checker.take_findings();
            let (segment, begins) = match &event {
                Event::InterchangeStart(_, it) => (*it, Some("interchange")),
                Event::GroupStart(_, it) => (*it, Some("group")),
                Event::TransactionStart(_, it) => (Some(*it), Some("transaction")),
                Event::Segment(it) => (Some(*it), begins(it)),
                Event::Outside(it) => (Some(*it), Some("outside")),
                Event::TransactionEnd(..) | Event::GroupEnd(..) | Event::InterchangeEnd(..) => (None, None),
            };
            let Some(segment) = segment else { continue };
            let enveloping = matches!(segment.id(), b"ISA" | b"GS" | b"ST" | b"BHT");
            let row =
                (self.with_envelope || !enveloping).then(|| row(&segment, self.checker.loop_id().unwrap_or_default()));
            self.claims += u64::from(matches!(segment.id(), b"CLM" | b"CLP"));
            let full = self.open.rows.len() >= ROWS;
            let done = begins.or(full.then_some("more")).and_then(|kind| {
                let next = Block { kind, ..Block::default() };
                Some(std::mem::replace(&mut self.open, next)).filter(|block| !block.rows.is_empty())
            });
            self.open.rows.extend(row);
            if let Some(block) = done {
                return Ok(Some(named(block)));
            }
        }
        let last = std::mem::take(&mut self.open);
        Ok((!last.rows.is_empty()).then(|| named(last)))
    }
}

/// The kind of block that a segment begins.
fn begins(segment: &Segment<'_>) -> Option<&'static str> {
    match (segment.id(), segment.element(3).bytes()) {
        (b"CLM" | b"CLP", _) => Some("claim"),
        (b"HL", b"20") => Some("provider"),
        (b"HL", b"22") => Some("subscriber"),
        (b"HL", b"23") => Some("patient"),
        (b"HL", _) => Some("level"),
        (b"LX", _) if segment.element(2).is_empty() => None,
        (b"PLB", _) => Some("provider adjustments"),
        _ => None,
    }
}

/// Names a block by what stands in it.
fn named(mut block: Block) -> Block {
    let first = |id: &str, qualifiers: &[&str]| {
        block
            .rows
            .iter()
            .find(|row| row.id == id && row.elements.first().is_some_and(|it| qualifiers.contains(&it.as_str())))
    };
    let person = |row: &Row| {
        let of = |n: usize| row.elements.get(n).map_or("", Text::as_str);
        if of(8).is_empty() { format!("{} {}", of(2), of(3)) } else { of(8).to_owned() }
    };
    let number =
        |n: usize| block.rows.first().and_then(|row| row.elements.get(n)).map_or(String::new(), Text::to_string);
    block.name = match block.kind {
        "claim" => number(0),
        "provider adjustments" => number(0),
        "provider" => first("NM1", &["85"]).map(person).unwrap_or_default(),
        "subscriber" => first("NM1", &["IL"]).map(person).unwrap_or_default(),
        "patient" => first("NM1", &["QC"]).map(person).unwrap_or_default(),
        _ => String::new(),
    };
    block.private = matches!(block.kind, "subscriber" | "patient");
    block.key = format!("{} {}", block.kind, block.name);
    block
}

fn row(segment: &Segment<'_>, in_loop: &str) -> Row {
    let delimiters = segment.delimiters();
    let canonical = |byte: u8| match byte {
        _ if byte == delimiters.component => b':',
        _ if Some(byte) == delimiters.repetition => b'^',
        _ => byte,
    };
    let mut elements: Vec<Text> = (segment.elements())
        .map(|element| edi_core::lex::to_text(&element.bytes().iter().copied().map(canonical).collect::<Vec<_>>()))
        .collect();
    elements.truncate(elements.iter().rposition(|it| !it.is_empty()).map_or(0, |last| last + 1));
    let id = edi_core::lex::to_text(segment.id());
    // Codes tell rows apart; what is no code (CLM01, SVC01 of another line) is compared, not matched.
    let qualifier = match id.as_str() {
        "REF" | "NM1" | "N1" | "DTP" | "DTM" | "AMT" | "QTY" | "PER" | "CAS" | "PRV" | "LQ" | "CRC" => elements.first(),
        _ => None,
    };
    let key = format!("{in_loop} {id} {}", qualifier.map_or("", Text::as_str));
    Row { in_loop: in_loop.into(), id, elements, line: segment.locus().line, key }
}
