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

mod boundary;
mod buffer;
mod repair;
mod scan;
mod segment;
mod source;
mod start;
#[cfg(test)]
mod tests;

use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Finding, Findings, RepairKind};
use crate::lex::{Delimiters, Segment};
use crate::locus::Locus;
use buffer::Buffer;
use scan::Scanner;
use source::Source;
pub(crate) use start::opens_interchange;
use std::io::{self, BufRead};

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

/// How much is asked of the source at a time.
const CHUNK: usize = 64 * 1024;

/// The reader. See the [module](self).
pub struct Reader<R: BufRead> {
    source: Source<R>,
    options: Options,
    buffer: Buffer,
    ended: bool,
    /// Offset in the stream of `buffer[0]`.
    base: u64,
    /// In `buffer`: where the trivia before the current segment begins, where it begins, where it ends.
    lead: usize,
    start: usize,
    end: usize,
    delimiters: Option<Delimiters>,
    scanner: Scanner,
    /// The segment without line breaks, or with an upper-case id, where it had to be changed.
    scratch: Vec<u8>,
    use_scratch: bool,
    terminated: bool,
    cut: bool,
    /// Between IEA and the next ISA, or before the first.
    at_boundary: bool,
    opened: bool,
    /// The current segment is the ISA of its interchange.
    header: bool,
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
            buffer: Buffer::new(),
            ended: false,
            base: 0,
            lead: 0,
            start: 0,
            end: 0,
            delimiters: None,
            scanner: Scanner::new(),
            scratch: Vec::new(),
            use_scratch: false,
            terminated: true,
            cut: false,
            at_boundary: true,
            opened: false,
            header: false,
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
    #[inline]
    pub fn next(&mut self) -> Result<Option<Segment<'_>>> {
        if !self.advance()? {
            return Ok(None);
        }
        Ok(self.current())
    }

    /// The segment that [`next`](Self::next) gave last.
    #[must_use]
    #[inline(always)] // a segment is large, and made for each one that is read: better in its place than moved there
    pub fn current(&self) -> Option<Segment<'_>> {
        let delimiters = self.delimiters?;
        if self.start == self.end {
            return None;
        }
        let ends = self.scanner.ends();
        let length = ends.last().map_or(0, |end| *end as usize);
        let buffer = &self.buffer[..];
        let raw = &buffer[self.start..self.end];
        let (bytes, text) = match self.use_scratch {
            true => (&self.scratch[..], None),
            false => (&raw[..length], self.buffer.text(self.start..self.start + length)),
        };
        let lead = &buffer[self.lead..self.start];
        let (locus, divided, header) = (self.locus, self.scanner.divided, self.header);
        Some(Segment { bytes, text, ends, raw, lead, delimiters, locus, divided, header })
    }

    /// The id of the segment that [`next`](Self::next) gave last; empty where it gave none.
    #[must_use]
    #[inline]
    pub fn id(&self) -> &[u8] {
        let bytes = if self.use_scratch { &self.scratch[..] } else { &self.buffer[self.start..self.end] };
        bytes.get(..self.id_end()).unwrap_or_default()
    }

    /// What stands behind the last segment; complete once [`next`](Self::next) has given none.
    #[must_use]
    pub fn tail(&self) -> &[u8] {
        if self.start == self.end { &self.buffer[self.lead..] } else { &[] }
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

    /// Where the last segment stands, also when there is no further one.
    #[must_use]
    pub fn locus(&self) -> Locus {
        self.locus
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
    #[inline]
    pub fn advance(&mut self) -> Result<bool> {
        if self.advance_plainly() { Ok(true) } else { self.advance_carefully() }
    }

    /// Whether an ISA, or a GS or ST with another separator, seems to begin where a segment was due.
    fn may_open_interchange(&mut self) -> Result<bool> {
        if self.buffer.len() - self.start < 4 {
            self.need(4)?;
        }
        let here = &self.buffer[self.start..];
        // Nearly every segment begins otherwise.
        if !matches!(here, [b'I' | b'i' | b'G' | b'S', ..]) {
            return Ok(false);
        }
        Ok(start::is_isa(here) || self.delimiters.is_some_and(|d| start::is_other_fragment(here, d.element)))
    }

    /// Reads more of the source behind what is there; false at its end. What stands before the current
    /// segment's trivia is given up.
    fn more(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let source = &mut self.source;
        let read = self.buffer.refill(self.lead, CHUNK, |into| source.read(into));
        self.scanner.forget();
        self.base += self.lead as u64;
        self.start -= self.lead;
        self.end = self.end.saturating_sub(self.lead);
        self.lead = 0;
        let read = match read {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => self.broken_off()?,
            read => read?,
        };
        self.accounting.bytes += read as u64;
        self.ended = read == 0;
        Ok(!self.ended)
    }

    /// The source ended before its time: what it gave is read like a file that was cut there. No byte was read.
    #[cold]
    fn broken_off(&mut self) -> Result<usize> {
        let locus = Locus { byte: self.accounting.bytes, line: self.line, ..self.locus };
        self.repaired(RepairKind::BrokenOff, locus, 1)?;
        Ok(0)
    }

    /// Makes sure that `length` bytes stand behind the start of the segment, unless the stream ends before.
    fn need(&mut self, length: usize) -> Result<()> {
        while self.buffer.len() - self.start < length && self.more()? {}
        Ok(())
    }

    /// Moves `start` over the line breaks, blanks and empty segments before a segment.
    fn skip_trivia(&mut self) -> Result<()> {
        let mut trivia = repair::Trivia::new(self.delimiters.map(|d| d.segment), self.accounting.segments > 0);
        loop {
            if self.start == self.buffer.len() && !self.more()? {
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
        let at_end = self.start == self.buffer.len();
        for (kind, count) in trivia.repairs(at_end) {
            self.repaired(kind, locus, count)?;
        }
        Ok(())
    }

    #[inline]
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
}
