//! A part of a file that is split: its envelope, its levels, its trailers.

use crate::exit::Failure;
use edi_core::envelope::{Group, Interchange, Transaction};
use edi_core::lex::{Delimiters, Segment};
use edi_core::{Money, Text};
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::PathBuf;

/// The envelope that the source is in: what a part must open before it takes anything.
#[derive(Debug, Default)]
pub struct Frame {
    /// ST01.
    pub set_id: Text,
    delimiters: Delimiters,
    /// Segments stand on lines of their own.
    lines: bool,
    /// Ordinals in the source, and the header segments; none where the source had none.
    interchange: (u64, Option<Vec<u8>>),
    group: (u64, Option<Vec<u8>>, Text),
    transaction: (u64, Vec<u8>, Text),
    interchange_control: u64,
}

impl Frame {
    /// Enters an interchange.
    pub fn interchange(&mut self, isa: &Interchange, segment: Option<&Segment<'_>>) {
        self.delimiters = isa.delimiters;
        self.interchange = (isa.ordinal, segment.map(|isa| isa.bytes().to_vec()));
        self.interchange_control = isa.control.parse().unwrap_or(1);
    }

    /// Enters a group. Ordinals go on over the whole file.
    pub fn group(&mut self, gs: &Group, segment: Option<&Segment<'_>>) {
        self.group = (self.group.0 + 1, segment.map(|gs| gs.bytes().to_vec()), gs.control.clone());
        self.note_lines(segment);
    }

    /// Enters a transaction set.
    pub fn transaction(&mut self, st: &Transaction, segment: &Segment<'_>) {
        self.set_id = st.set_id.clone();
        self.transaction = (st.ordinal, segment.bytes().to_vec(), st.control.clone());
        self.note_lines(Some(segment));
    }

    fn note_lines(&mut self, segment: Option<&Segment<'_>>) {
        let broken = segment.is_some_and(|it| it.lead().contains(&b'\n'));
        self.lines |= broken && !matches!(self.delimiters.segment, b'\r' | b'\n');
    }
}

/// The header of a transaction set (depth 0), or a level of claims: what stands around the claims.
#[derive(Debug)]
pub struct Level {
    ordinal: u64,
    /// 0 the header, 1 the billing provider, 2 the subscriber, 3 the patient.
    pub depth: usize,
    /// HL03 and HL04.
    code: Vec<u8>,
    child: Vec<u8>,
    segments: Vec<Vec<u8>>,
    /// How many bytes the segments have.
    pub bytes: usize,
    /// A part took it.
    pub taken: bool,
    /// Identifier of the payer (NM1*PR, N1*PR) and of the provider (NM1*85, N1*PE) that it names.
    pub payer: Text,
    /// See `payer`.
    pub provider: Text,
}

impl Level {
    /// A level that begins with this HL.
    pub fn new(ordinal: u64, depth: usize, hl: Option<&Segment<'_>>) -> Self {
        let element = |n: usize| hl.map(|hl| hl.element(n).bytes().to_vec()).unwrap_or_default();
        let (code, child) = (element(3), element(4));
        let none = Text::default();
        Self {
            ordinal,
            depth,
            code,
            child,
            segments: Vec::new(),
            bytes: 0,
            taken: false,
            payer: none.clone(),
            provider: none,
        }
    }

    /// Adds a segment.
    pub fn add(&mut self, segment: &Segment<'_>) {
        let element = |n: usize| segment.element(n).to_text();
        let id = |n: usize| if segment.element(n).is_empty() { element(n - 2) } else { element(n) };
        match (segment.id(), segment.element(1).bytes()) {
            (b"NM1", b"PR") => self.payer = id(9),
            (b"NM1", b"85") => self.provider = id(9),
            (b"N1", b"PR") => self.payer = id(4),
            (b"N1", b"PE") => self.provider = id(4),
            _ => {}
        }
        self.bytes += segment.bytes().len();
        self.segments.push(segment.bytes().to_vec());
    }
}

/// A file that is written.
pub struct Part {
    /// Where it is.
    pub path: PathBuf,
    /// The payer or provider that it is for.
    pub key: Text,
    /// Claims so far, and their charge.
    pub claims: u64,
    /// See `claims`.
    pub charge: Money,
    out: BufWriter<File>,
    offset: u64,
    segments: u64,
    /// The envelope that is open here: ordinals of the source, and the controls and counts for the trailers.
    interchange: Option<(u64, String, u64)>,
    group: Option<(u64, Text, u64)>,
    transaction: Option<(u64, Text, u64)>,
    implied: (bool, bool),
    delimiters: Delimiters,
    lines: bool,
    /// HL numbers used, and for each depth the level that is open with its number.
    numbers: u64,
    open: [Option<(u64, u64)>; 4],
    /// Where HL04 of the open subscriber stands, while it announces patients and none came.
    announced: Option<u64>,
}

impl Part {
    /// A new file; none that is there is written over.
    pub fn create(path: PathBuf, key: Text) -> Result<Self, Failure> {
        let file = File::create_new(&path).map_err(Failure::at(&path))?;
        Ok(Self {
            path,
            key,
            claims: 0,
            charge: Money::ZERO,
            out: BufWriter::new(file),
            offset: 0,
            segments: 0,
            interchange: None,
            group: None,
            transaction: None,
            implied: (false, false),
            delimiters: Delimiters::default(),
            lines: false,
            numbers: 0,
            open: [None; 4],
            announced: None,
        })
    }

    /// Whether the source's transaction set is open here.
    pub fn is_in(&self, frame: &Frame) -> bool {
        self.transaction.as_ref().is_some_and(|open| open.0 == frame.transaction.0)
    }

    /// Opens the source's envelope, as far as it is not open. Interchanges of all parts are numbered on from the
    /// source's first, so that no two have the same number.
    pub fn enter(&mut self, frame: &Frame, control: &mut Option<u64>) -> Result<(), Failure> {
        if self.is_in(frame) {
            return Ok(());
        }
        self.close_transaction()?;
        if self.group.as_ref().is_none_or(|open| open.0 != frame.group.0) {
            self.close_group()?;
        }
        if self.interchange.as_ref().is_none_or(|open| open.0 != frame.interchange.0) {
            self.close_interchange()?;
            (self.delimiters, self.lines) = (frame.delimiters, frame.lines);
            let number = control.map_or(frame.interchange_control, |last| (last + 1) % 1_000_000_000);
            *control = Some(number);
            let number = format!("{number:09}");
            if let Some(isa) = &frame.interchange.1 {
                let isa = with_element(isa, self.delimiters.element, 13, number.as_bytes());
                self.segment(&isa)?;
            }
            self.implied.0 = frame.interchange.1.is_none();
            self.interchange = Some((frame.interchange.0, number, 0));
        }
        if self.group.is_none() {
            if let Some(gs) = &frame.group.1 {
                self.segment(gs)?;
            }
            self.implied.1 = frame.group.1.is_none();
            self.group = Some((frame.group.0, frame.group.2.clone(), 0));
            if let Some(open) = &mut self.interchange {
                open.2 += 1;
            }
        }
        if let Some(open) = &mut self.group {
            open.2 += 1;
        }
        self.transaction = Some((frame.transaction.0, frame.transaction.2.clone(), 0));
        (self.numbers, self.open) = (0, [None; 4]);
        self.segment(&frame.transaction.1)
    }

    /// Writes the levels that are not open here; HL is numbered anew.
    pub fn levels(&mut self, levels: &mut [Level]) -> Result<(), Failure> {
        let deepest = levels.iter().map(|level| level.depth).max().unwrap_or(0);
        for level in levels.iter_mut() {
            let depth = level.depth.min(3);
            if self.open[depth].is_some_and(|(ordinal, _)| ordinal == level.ordinal) {
                continue;
            }
            self.open[depth..].fill(None);
            if depth > 0 {
                self.begin_level(level, depth)?;
            }
            self.open[depth] = Some((level.ordinal, self.numbers));
            for segment in &level.segments {
                // In a part that has none of the subscriber's own claims, the subscriber is no patient.
                let mut it = segment.clone();
                let sbr = depth == 2 && deepest == 3 && level.taken && it.starts_with(b"SBR");
                if sbr && it.split(|byte| *byte == self.delimiters.element).nth(2) == Some(b"18") {
                    it = with_element(&it, self.delimiters.element, 2, b"");
                }
                self.segment(&it)?;
            }
            level.taken = true;
        }
        Ok(())
    }

    fn begin_level(&mut self, level: &Level, depth: usize) -> Result<(), Failure> {
        self.numbers += 1;
        let by = char::from(self.delimiters.element);
        let parent = self.open[..depth].iter().skip(1).rev().flatten().next().map(|(_, number)| number.to_string());
        let code = String::from_utf8_lossy(&level.code);
        let hl = format!("HL{by}{}{by}{}{by}{code}{by}", self.numbers, parent.unwrap_or_default());
        if depth == 3 {
            self.announced = None;
        }
        if depth == 2 {
            self.announced = (level.child == b"1").then_some(self.offset + hl.len() as u64);
        }
        self.segment(&[hl.as_bytes(), &level.child].concat())
    }

    /// Writes a segment of the transaction set; `charge` where it begins a claim.
    pub fn data(&mut self, segment: &[u8], charge: Option<Money>) -> Result<(), Failure> {
        if let Some(charge) = charge {
            self.claims += 1;
            self.charge += charge;
        }
        self.segment(segment)
    }

    fn segment(&mut self, segment: &[u8]) -> Result<(), Failure> {
        let end: &[u8] = if self.lines { &[self.delimiters.segment, b'\n'] } else { &[self.delimiters.segment] };
        let failed = Failure::at(&self.path);
        self.out.write_all(segment).and_then(|()| self.out.write_all(end)).map_err(failed)?;
        self.offset += (segment.len() + end.len()) as u64;
        self.segments += 1;
        if let Some(open) = &mut self.transaction {
            open.2 += 1;
        }
        Ok(())
    }

    fn trailer(&mut self, id: &str, count: u64, control: &str) -> Result<(), Failure> {
        let by = char::from(self.delimiters.element);
        self.segment(format!("{id}{by}{count}{by}{control}").as_bytes())
    }

    fn close_transaction(&mut self) -> Result<(), Failure> {
        match self.transaction.take() {
            Some((_, control, count)) => self.trailer("SE", count + 1, &control),
            None => Ok(()),
        }
    }

    fn close_group(&mut self) -> Result<(), Failure> {
        match self.group.take() {
            Some((_, control, count)) if !self.implied.1 => self.trailer("GE", count, &control),
            _ => Ok(()),
        }
    }

    fn close_interchange(&mut self) -> Result<(), Failure> {
        match self.interchange.take() {
            Some((_, control, count)) if !self.implied.0 => self.trailer("IEA", count, &control),
            _ => Ok(()),
        }
    }

    /// Ends the file; gives how many segments it has. A subscriber whose patients went to the next part announces
    /// none here.
    pub fn finish(mut self) -> Result<u64, Failure> {
        self.close_transaction()?;
        self.close_group()?;
        self.close_interchange()?;
        let failed = || Failure::at(&self.path);
        self.out.flush().map_err(failed())?;
        if let Some(at) = self.announced {
            let file = self.out.get_mut();
            file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(b"0")).map_err(failed())?;
        }
        Ok(self.segments)
    }
}

/// A segment with another value for an element.
fn with_element(segment: &[u8], separator: u8, n: usize, value: &[u8]) -> Vec<u8> {
    let elements = segment.split(|byte| *byte == separator).enumerate();
    let changed: Vec<&[u8]> = elements.map(|(i, element)| if i == n { value } else { element }).collect();
    changed.join(&separator)
}
