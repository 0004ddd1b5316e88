//! A streaming pull reader of X12 segments over any `BufRead`.
//!
//! One buffer is reused; a segment borrows it until the next call. The reader is tolerant and loud: what it
//! has to repair (wraps, junk, lost padding, ...) it repairs, counts and reports, and every byte of the
//! decoded stream belongs to a segment or to the trivia before it, so that what was read can be written
//! unchanged.
//!
//! ```
//! use edi_core::reader::Reader;
//! let file: &[u8] = b"ISA*00*          *00*          *ZZ*A              *ZZ*B              \
//! *260105*1200*^*00501*000000001*0*P*:~GS*HP*A*B*20260105*1200*1*X*005010X221A1~GE*0*1~IEA*1*000000001~";
//! let mut reader = Reader::new(file)?;
//! let mut ids = Vec::new();
//! while let Some(segment) = reader.next()? {
//!     ids.push(segment.id_text().into_owned());
//! }
//! assert_eq!(ids, ["ISA", "GS", "GE", "IEA"]);
//! assert!(reader.repairs().is_empty());
//! # Ok::<(), edi_core::Error>(())
//! ```

mod repair;
mod source;
mod start;
#[cfg(test)]
mod tests;

use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Finding, Findings, RepairKind};
use crate::lex::{Delimiters, Segment};
use crate::locus::Locus;
use source::Source;
use start::Start;
use std::io::BufRead;

/// What the reader refuses and how much it takes.
#[derive(Debug, Clone)]
pub struct Options {
    /// Refuse every repair: the first one needed is an error.
    pub strict: bool,
    /// The longest segment, in bytes.
    pub segment_limit: usize,
    /// The most elements in a segment.
    pub element_limit: usize,
    /// The most bytes before an ISA that are skipped.
    pub junk_limit: usize,
    /// The most findings kept.
    pub findings_limit: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { strict: false, segment_limit: 1 << 20, element_limit: 4096, junk_limit: 1 << 20, findings_limit: 10_000 }
    }
}

/// Where every byte of the decoded stream went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Accounting {
    /// Bytes read.
    pub bytes: u64,
    /// Segments handed out.
    pub segments: u64,
    /// Bytes of those segments, terminators included.
    pub segment_bytes: u64,
    /// Bytes between, before and behind segments.
    pub trivia_bytes: u64,
}

impl Accounting {
    /// Whether all bytes are accounted for; true at the end of every stream that was read whole.
    #[must_use]
    pub fn is_conserved(&self) -> bool {
        self.bytes == self.segment_bytes + self.trivia_bytes
    }
}

/// Classes of bytes, for one table look-up a byte while a segment is scanned.
const PLAIN: u8 = 0;
const ELEMENT: u8 = 1;
const TERMINATOR: u8 = 2;
const LINE_BREAK: u8 = 3;
const NON_ASCII: u8 = 4;

/// How much is asked of the source at a time.
const CHUNK: usize = 64 * 1024;

/// The reader. See the [module](self).
pub struct Reader<R: BufRead> {
    source: Source<R>,
    options: Options,
    buffer: Vec<u8>,
    filled: usize,
    ended: bool,
    /// Offset in the stream of `buffer[0]`.
    base: u64,
    /// In `buffer`: where the trivia before the current segment begins, where it begins, where it ends.
    lead: usize,
    start: usize,
    end: usize,
    delimiters: Option<Delimiters>,
    classes: [u8; 256],
    /// Ends of the id and the elements, relative to the segment.
    ends: Vec<u32>,
    /// The segment without line breaks, or with an upper-case id, where it had to be changed.
    scratch: Vec<u8>,
    use_scratch: bool,
    terminated: bool,
    cut: bool,
    /// Between IEA and the next ISA, or before the first.
    at_boundary: bool,
    opened: bool,
    line: u64,
    last_was_cr: bool,
    /// Line breaks stand behind terminators in this interchange.
    line_style: bool,
    locus: Locus,
    accounting: Accounting,
    repairs: Findings,
    /// Where the repairs of this interchange begin in `repairs`.
    repairs_mark: usize,
}

impl<R: BufRead> Reader<R> {
    /// A tolerant reader with the default limits.
    ///
    /// # Errors
    /// Where the first bytes cannot be read.
    pub fn new(inner: R) -> Result<Self> {
        Self::with_options(inner, Options::default())
    }

    /// A reader with other limits, or a strict one.
    ///
    /// # Errors
    /// Where the first bytes cannot be read, or `strict` refuses their encoding.
    pub fn with_options(inner: R, options: Options) -> Result<Self> {
        let (source, repair) = Source::open(inner)?;
        let mut reader = Self {
            source,
            buffer: vec![0; 2 * CHUNK],
            filled: 0,
            ended: false,
            base: 0,
            lead: 0,
            start: 0,
            end: 0,
            delimiters: None,
            classes: [PLAIN; 256],
            ends: Vec::with_capacity(32),
            scratch: Vec::new(),
            use_scratch: false,
            terminated: true,
            cut: false,
            at_boundary: true,
            opened: false,
            line: 1,
            last_was_cr: false,
            line_style: false,
            locus: Locus::default(),
            accounting: Accounting::default(),
            repairs: Findings::with_limit(options.findings_limit),
            repairs_mark: 0,
            options,
        };
        if let Some(kind) = repair {
            reader.repaired(kind, Locus { line: 1, ..Locus::default() }, 1)?;
        }
        Ok(reader)
    }

    /// The next segment, or none at the end of the stream.
    ///
    /// # Errors
    /// I/O, an input that is empty or no X12, a limit that was passed, a repair that `strict` refuses.
    #[allow(clippy::should_implement_trait)] // a lending iterator: the segment borrows the buffer
    pub fn next(&mut self) -> Result<Option<Segment<'_>>> {
        if !self.advance()? {
            return Ok(None);
        }
        Ok(self.current())
    }

    /// The segment that [`next`](Self::next) gave last.
    #[must_use]
    pub fn current(&self) -> Option<Segment<'_>> {
        let delimiters = self.delimiters?;
        if self.start == self.end {
            return None;
        }
        let raw = &self.buffer[self.start..self.end];
        let length = self.ends.last().map_or(0, |end| *end as usize);
        let bytes = if self.use_scratch { &self.scratch[..] } else { &raw[..length] };
        let lead = &self.buffer[self.lead..self.start];
        Some(Segment::new(bytes, &self.ends, raw, lead, delimiters, self.locus))
    }

    /// What stands behind the last segment; complete once [`next`](Self::next) has given none.
    #[must_use]
    pub fn tail(&self) -> &[u8] {
        if self.start == self.end { &self.buffer[self.lead..self.filled] } else { &[] }
    }

    /// The repairs so far, one for each kind and interchange, counted.
    #[must_use]
    pub fn repairs(&self) -> &[Finding] {
        self.repairs.as_slice()
    }

    /// Where the bytes went so far.
    #[must_use]
    pub fn accounting(&self) -> Accounting {
        self.accounting
    }

    /// Notes a repair that a layer above made (a trailer supplied, say).
    ///
    /// # Errors
    /// Where the reader is strict: then the repair is refused.
    pub fn note_repair(&mut self, kind: RepairKind) -> Result<()> {
        self.repaired(kind, self.locus, 1)
    }

    /// Whether the stream ended inside the current segment, so that its last element cannot be trusted.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Reads the next segment and makes it the current one; false at the end of the stream.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn advance(&mut self) -> Result<bool> {
        self.lead = self.end;
        self.start = self.end;
        self.skip_trivia()?;
        if self.at_boundary {
            self.find_interchange()?;
        } else if start::is_isa(&self.buffer[self.start..self.filled]) {
            self.need(start::WINDOW)?;
            if let Some(Start::Isa(shape)) = start::at(&self.buffer[self.start..self.filled]) {
                self.open_interchange(Start::Isa(shape))?;
            }
        }
        let trivia = (self.start - self.lead) as u64;
        self.accounting.trivia_bytes += trivia;
        if self.start == self.filled {
            // Nothing is left: what was skipped is the tail.
            self.end = self.start;
            return Ok(false);
        }
        self.locus = Locus {
            byte: self.base + self.start as u64,
            line: self.line,
            segment: self.accounting.segments + 1,
            ..Locus::default()
        };
        self.scan()?;
        self.accounting.segments += 1;
        self.accounting.segment_bytes += (self.end - self.start) as u64;
        let id_end = self.ends.first().map_or(0, |end| *end as usize);
        let id = if self.use_scratch { &self.scratch[..id_end] } else { &self.buffer[self.start..self.start + id_end] };
        self.at_boundary = id == b"IEA";
        Ok(true)
    }

    /// Reads more of the source behind what is there; false at its end. What stands before the current
    /// segment's trivia is given up.
    fn more(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.lead > 0 {
            self.buffer.copy_within(self.lead..self.filled, 0);
            self.base += self.lead as u64;
            self.start -= self.lead;
            self.end = self.end.saturating_sub(self.lead);
            self.filled -= self.lead;
            self.lead = 0;
        }
        if self.buffer.len() - self.filled < CHUNK {
            self.buffer.resize(self.filled + 2 * CHUNK, 0);
        }
        let read = self.source.read(&mut self.buffer[self.filled..])?;
        self.filled += read;
        self.accounting.bytes += read as u64;
        self.ended = read == 0;
        Ok(!self.ended)
    }

    /// Makes sure that `length` bytes stand behind the start of the segment, unless the stream ends before.
    fn need(&mut self, length: usize) -> Result<()> {
        while self.filled - self.start < length && self.more()? {}
        Ok(())
    }

    /// Moves `start` over the line breaks, blanks and empty segments before a segment.
    fn skip_trivia(&mut self) -> Result<()> {
        let mut trivia = repair::Trivia::new(self.delimiters.map(|d| d.segment), self.accounting.segments > 0);
        loop {
            if self.start == self.filled && !self.more()? {
                break;
            }
            let byte = self.buffer[self.start];
            if !trivia.takes(byte) {
                break;
            }
            self.start += 1;
            if self.start - self.lead > self.options.junk_limit {
                return Err(self.limit("blank space between segments", self.options.junk_limit));
            }
        }
        self.line_style |= trivia.has_line_break();
        let locus = Locus {
            byte: self.base + self.lead as u64,
            line: self.line,
            segment: self.accounting.segments,
            ..Locus::default()
        };
        self.count_lines(self.lead, self.start);
        let at_end = self.start == self.filled;
        for (kind, count) in trivia.repairs(at_end) {
            self.repaired(kind, locus, count)?;
        }
        Ok(())
    }

    /// At a boundary: moves `start` over junk to the next ISA, GS or ST and takes its delimiters.
    fn find_interchange(&mut self) -> Result<()> {
        // Offsets count from `lead`, which stays where it is when the buffer moves.
        let junk_from = self.start - self.lead;
        let mut search = junk_from;
        loop {
            while self.filled - self.lead - search < start::WINDOW && self.more()? {}
            let window = &self.buffer[self.lead + search..self.filled];
            match start::find(window) {
                Some((skipped, found)) if skipped == 0 || self.ended => {
                    self.start = self.lead + search + skipped;
                    self.junk(RepairKind::LeadingJunk, junk_from)?;
                    return self.open_interchange(found);
                }
                Some((skipped, _)) => search += skipped,
                // A stray segment behind the IEA, or the end: the envelope will name what is missing.
                None if self.opened && (window.is_empty() || search == junk_from && self.is_segment_start()) => {
                    return Ok(());
                }
                None if self.ended && self.opened => {
                    self.start = self.filled;
                    return self.junk(RepairKind::TrailingJunk, junk_from);
                }
                None if self.ended => return Err(self.not_x12()),
                None => search = search.max(self.filled - self.lead - start::WINDOW / 4),
            }
            if search - junk_from > self.options.junk_limit {
                return Err(match self.opened {
                    false => self.not_x12(),
                    true => self.limit("junk between interchanges", self.options.junk_limit),
                });
            }
        }
    }

    /// Whether a segment of the interchange before seems to begin here.
    fn is_segment_start(&self) -> bool {
        let here = &self.buffer[self.start..self.filled];
        let id = here.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        let known = self.delimiters.is_some_and(|d| here.get(id) == Some(&d.element));
        known && matches!(&here[..id], b"IEA" | b"GE" | b"SE" | b"TA1")
    }

    /// Reports the junk between `from`, counted from `lead`, and `start`.
    fn junk(&mut self, kind: RepairKind, from: usize) -> Result<()> {
        let from = self.lead + from;
        if from == self.start {
            return Ok(());
        }
        let locus = Locus {
            byte: self.base + from as u64,
            line: self.line,
            segment: self.accounting.segments,
            ..Locus::default()
        };
        self.count_lines(from, self.start);
        self.repaired(kind, locus, 1)
    }

    /// Takes the delimiters of an interchange that begins at `start`.
    fn open_interchange(&mut self, found: Start) -> Result<()> {
        let locus = Locus {
            byte: self.base + self.start as u64,
            line: self.line,
            segment: self.accounting.segments + 1,
            ..Locus::default()
        };
        if self.opened {
            self.repairs_mark = self.repairs.as_slice().len();
        }
        self.opened = true;
        self.line_style = false;
        match found {
            Start::Isa(shape) => {
                self.set_delimiters(shape.delimiters);
                if shape.unpadded || shape.guessed_component {
                    self.repaired(RepairKind::IsaPadding, locus, 1)?;
                }
            }
            Start::Fragment(delimiters) => {
                let same = self.delimiters.is_some_and(|d| d.element == delimiters.element);
                if !same {
                    self.set_delimiters(delimiters);
                }
                self.repaired(RepairKind::NoInterchangeHeader, locus, 1)?;
            }
        }
        Ok(())
    }

    fn set_delimiters(&mut self, delimiters: Delimiters) {
        self.classes = [PLAIN; 256];
        self.classes[0x80..].fill(NON_ASCII);
        let breaks = if matches!(delimiters.segment, b'\r' | b'\n') { TERMINATOR } else { LINE_BREAK };
        self.classes[usize::from(b'\r')] = breaks;
        self.classes[usize::from(b'\n')] = breaks;
        self.classes[usize::from(delimiters.element)] = ELEMENT;
        self.classes[usize::from(delimiters.segment)] = TERMINATOR;
        self.delimiters = Some(delimiters);
    }

    /// Finds the terminator and the ends of the elements in one pass.
    fn scan(&mut self) -> Result<()> {
        self.ends.clear();
        self.use_scratch = false;
        self.terminated = false;
        self.cut = false;
        let mut wrapped = false;
        let mut non_ascii = false;
        let mut length = 0usize;
        'segment: loop {
            let bytes = &self.buffer[self.start..self.filled];
            while let Some(byte) = bytes.get(length) {
                match self.classes[usize::from(*byte)] {
                    PLAIN => {}
                    #[allow(clippy::cast_possible_truncation)] // the segment limit is far below 4 GiB
                    ELEMENT => self.ends.push(length as u32),
                    TERMINATOR => {
                        self.terminated = true;
                        break 'segment;
                    }
                    LINE_BREAK => {
                        let behind = bytes.len() - length;
                        if behind < 16 && !self.ended {
                            break;
                        }
                        if repair::terminator_is_lost(
                            &bytes[..length],
                            &bytes[length..],
                            self.line_style && !wrapped,
                            self.delimiters,
                        ) {
                            break 'segment;
                        }
                        wrapped = true;
                    }
                    _ => non_ascii = true,
                }
                length += 1;
            }
            if length > self.options.segment_limit {
                return Err(self.limit("a segment", self.options.segment_limit));
            }
            if self.ends.len() > self.options.element_limit {
                return Err(self.limit("the number of elements in a segment", self.options.element_limit));
            }
            if !self.more()? {
                if length < self.filled - self.start {
                    continue; // the look-ahead for a line break was short of bytes
                }
                break;
            }
        }
        self.finish_segment(length, wrapped, non_ascii)
    }

    fn finish_segment(&mut self, mut length: usize, wrapped: bool, non_ascii: bool) -> Result<()> {
        if self.ends.len() > self.options.element_limit {
            return Err(self.limit("the number of elements in a segment", self.options.element_limit));
        }
        if !self.terminated {
            let here = &self.buffer[self.start..self.start + length];
            let blank = |b: &&u8| matches!(**b, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x1A);
            length -= here.iter().rev().take_while(blank).count();
        }
        self.ends.retain(|end| (*end as usize) < length.max(1));
        self.ends.push(u32::try_from(length).unwrap_or(u32::MAX));
        self.end = self.start + length + usize::from(self.terminated);
        let here = &self.buffer[self.start..self.start + length];
        let wrapped = wrapped && here.iter().any(|b| matches!(b, b'\r' | b'\n'));
        let id = &here[..(self.ends[0] as usize).min(4)];
        let lower = id.len() <= 3 && id.iter().any(u8::is_ascii_lowercase);
        if wrapped || lower {
            self.rewrite(length, wrapped, lower)?;
        }
        match self.terminated && !wrapped {
            true => self.count_lines(self.end - 1, self.end),
            false => self.count_lines(self.start, self.end),
        }
        if non_ascii {
            self.repaired(RepairKind::NonAscii, self.locus, 1)?;
        }
        if !self.terminated {
            let id = &self.buffer[self.start..self.start + self.ends[0] as usize];
            let at_end =
                self.buffer[self.end..self.filled].iter().all(|b| b.is_ascii_whitespace() || matches!(b, 0 | 0x1A));
            self.cut = self.ended && at_end && !matches!(id, b"IEA" | b"GE" | b"SE");
            let kind = if self.cut { RepairKind::Truncated } else { RepairKind::MissingTerminator };
            self.repaired(kind, self.locus, 1)?;
        }
        Ok(())
    }

    /// Copies the segment to `scratch`: without line breaks, with an upper-case id.
    fn rewrite(&mut self, length: usize, wrapped: bool, lower: bool) -> Result<()> {
        let here = &self.buffer[self.start..self.start + length];
        self.scratch.clear();
        self.scratch.extend(here.iter().filter(|b| !wrapped || !matches!(b, b'\r' | b'\n')));
        self.use_scratch = true;
        let element = self.delimiters.map_or(0, |d| d.element);
        self.ends.clear();
        #[allow(clippy::cast_possible_truncation)] // the segment limit is far below 4 GiB
        self.ends.extend(self.scratch.iter().enumerate().filter(|(_, b)| **b == element).map(|(i, _)| i as u32));
        self.ends.push(u32::try_from(self.scratch.len()).unwrap_or(u32::MAX));
        if wrapped {
            self.repaired(RepairKind::Wrap, self.locus, 1)?;
        }
        if lower {
            let id_end = self.ends[0] as usize;
            self.scratch[..id_end].make_ascii_uppercase();
            self.repaired(RepairKind::LowerCaseId, self.locus, 1)?;
        }
        Ok(())
    }

    fn count_lines(&mut self, from: usize, to: usize) {
        for &byte in &self.buffer[from..to] {
            match byte {
                b'\r' => self.line += 1,
                b'\n' if !self.last_was_cr => self.line += 1,
                _ => {}
            }
            self.last_was_cr = byte == b'\r';
        }
    }

    fn repaired(&mut self, kind: RepairKind, locus: Locus, count: u64) -> Result<()> {
        let mut finding = repair::finding(kind, locus);
        finding.count = count;
        if self.options.strict {
            return Err(Error::new(ErrorKind::RepairRefused { repair: finding.message.into_owned() }, locus));
        }
        self.repairs.repair(self.repairs_mark, finding);
        Ok(())
    }

    fn limit(&self, what: &'static str, limit: usize) -> Error {
        let byte = self.base + self.start as u64;
        let locus = Locus { byte, line: self.line, segment: self.accounting.segments + 1, ..Locus::default() };
        Error::new(ErrorKind::Limit { what, limit }, locus)
    }

    fn not_x12(&self) -> Error {
        let locus = Locus { byte: self.base, line: 1, ..Locus::default() };
        if self.accounting.bytes == 0 {
            return Error::new(ErrorKind::Empty, locus);
        }
        let here = &self.buffer[self.lead..self.filled];
        let isa = here.windows(4).any(start::is_isa);
        let kind = if isa {
            ErrorKind::BadIsa {
                reason: "its sixteen elements, component separator and terminator are not there, or are not distinct",
            }
        } else {
            ErrorKind::NotX12 { looks_like: start::looks_like(here) }
        };
        Error::new(kind, locus)
    }
}
