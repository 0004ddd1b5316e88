//! One segment: from its first byte to its terminator, with what has to be mended in it.

use super::scan::Stop;
use super::{Reader, repair, start};
use crate::error::Result;
use crate::finding::RepairKind;
use std::io::BufRead;

impl<R: BufRead> Reader<R> {
    /// [`advance`](Self::advance) where nothing is unusual, as nearly everywhere: behind the segment before, or its line, stands
    /// another that belongs to no envelope, all of it was read, and nothing in it has to be mended. Else false: then the
    /// reader stands where it stood.
    #[inline]
    pub(crate) fn advance_plainly(&mut self) -> bool {
        // A line break behind the terminator is no repair.
        let lead = match &self.buffer[self.end..] {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => 0,
        };
        let start = self.end + lead;
        let Some(&[first, second, third, _]) = self.buffer[start..].first_chunk() else { return false };
        // ISA, IEA, GS, GE, ST and SE, and what looks like one.
        let envelope = matches!((first, second), (b'I' | b'G', _) | (b'S', b'T' | b'E'));
        let lower = second.is_ascii_lowercase() || third.is_ascii_lowercase();
        if !first.is_ascii_uppercase() || envelope || lower || self.at_boundary || self.scanner.newline_ends {
            return false;
        }
        self.scanner.begin();
        let (length, stop) = self.scanner.scan(&self.buffer, start, 0);
        let usual = stop == Stop::Terminator && !self.scanner.non_ascii;
        if !usual || self.scanner.ends().len() > self.options.element_limit {
            return false;
        }
        self.scanner.end_here(length);
        (self.lead, self.start, self.end) = (self.end, start, start + length + 1);
        self.accounting.trivia_bytes += lead as u64;
        self.line += u64::from(lead > 0);
        self.line_style |= lead > 0;
        (self.header, self.use_scratch, self.terminated, self.cut, self.last_was_cr) =
            (false, false, true, false, false);
        self.locate();
        self.count();
        true
    }

    /// [`advance`](Self::advance) where anything may be unusual.
    #[inline(never)]
    pub(super) fn advance_carefully(&mut self) -> Result<bool> {
        self.lead = self.end;
        self.start = self.end;
        self.header = false;
        if !self.buffer[self.start..].first().is_some_and(u8::is_ascii_uppercase) {
            self.skip_trivia()?;
        }
        if self.at_boundary {
            self.find_interchange()?;
        } else if self.may_open_interchange()? {
            self.need(start::WINDOW)?;
            let here = &self.buffer[self.start..];
            if let Some(found) = self.delimiters.and_then(|delimiters| start::inside(here, delimiters)) {
                self.open_interchange(found)?;
            }
        }
        let trivia = (self.start - self.lead) as u64;
        self.accounting.trivia_bytes += trivia;
        if self.start == self.buffer.len() {
            // Nothing is left: what was skipped is the tail.
            self.end = self.start;
            return Ok(false);
        }
        self.locate();
        self.scan()?;
        self.count();
        self.at_boundary = self.id() == b"IEA";
        Ok(true)
    }

    /// Notes where the segment stands that begins at `start`. The rest of the locus stays as it is: a segment is a whole
    /// one, and knows no transaction.
    #[inline]
    fn locate(&mut self) {
        self.locus.byte = self.base + self.start as u64;
        self.locus.line = self.line;
        self.locus.segment = self.accounting.segments + 1;
    }

    /// Accounts for the segment between `start` and `end`.
    #[inline]
    fn count(&mut self) {
        self.accounting.segments += 1;
        self.accounting.segment_bytes += (self.end - self.start) as u64;
    }

    /// Finds the end of the segment that begins at `start`.
    #[inline]
    fn scan(&mut self) -> Result<()> {
        self.scanner.begin();
        self.use_scratch = false;
        self.terminated = false;
        self.cut = false;
        let (mut length, mut wrapped) = (0, false);
        loop {
            let (at, stop) = self.scanner.scan(&self.buffer, self.start, length);
            length = at;
            match stop {
                Stop::Terminator => {
                    self.terminated = true;
                    break;
                }
                // The line behind is looked at, so some of it must be there.
                Stop::LineBreak if self.buffer.len() - self.start - at < 16 && self.more()? => {}
                Stop::LineBreak => {
                    let bytes = &self.buffer[self.start..];
                    let own_lines = self.line_style && !wrapped;
                    if repair::terminator_is_lost(&bytes[..at], &bytes[at..], own_lines, self.delimiters) {
                        break;
                    }
                    wrapped = true;
                    length += 1;
                }
                Stop::OutOfBytes if length > self.options.segment_limit => {
                    return Err(self.limit("a segment", self.options.segment_limit));
                }
                Stop::OutOfBytes => {
                    if !self.more()? {
                        break;
                    }
                }
            }
        }
        if self.scanner.ends().len() > self.options.element_limit {
            return Err(self.limit("the number of elements in a segment", self.options.element_limit));
        }
        if !self.terminated {
            length = self.without_trailing_blanks(length);
        }
        self.scanner.end_at(u32::try_from(length).unwrap_or(u32::MAX));
        self.end = self.start + length + usize::from(self.terminated);
        self.mend(length, wrapped)
    }

    /// The length of a segment without terminator, without the blanks and padding at its end. A tab that separates
    /// elements is no blank.
    fn without_trailing_blanks(&self, length: usize) -> usize {
        let here = &self.buffer[self.start..self.start + length];
        let separator = self.delimiters.map(|delimiters| delimiters.element);
        let blank = |b: &&u8| matches!(**b, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x1A) && Some(**b) != separator;
        length - here.iter().rev().take_while(blank).count()
    }

    /// Counts lines, and repairs what is unusual about the segment that was found.
    #[inline]
    fn mend(&mut self, length: usize, wrapped: bool) -> Result<()> {
        let id = &self.buffer[self.start..self.start + self.id_end()];
        let lower = is_lower_case(id);
        if self.terminated && !wrapped && !lower && !self.scanner.non_ascii {
            if self.scanner.newline_ends {
                self.count_lines(self.end - 1, self.end);
            }
            self.last_was_cr &= self.scanner.newline_ends;
            return Ok(());
        }
        self.mend_unusual(length, wrapped, lower)
    }

    #[cold]
    fn mend_unusual(&mut self, length: usize, wrapped: bool, lower: bool) -> Result<()> {
        let here = &self.buffer[self.start..self.start + length];
        let wrapped = wrapped && here.iter().any(|b| matches!(b, b'\r' | b'\n'));
        if wrapped || lower {
            self.rewrite(length, wrapped, lower)?;
        }
        let lines_from = if self.terminated && !wrapped { self.end - 1 } else { self.start };
        self.count_lines(lines_from, self.end);
        if self.scanner.non_ascii {
            self.repaired(RepairKind::NonAscii, self.locus, 1)?;
        }
        if self.terminated {
            return Ok(());
        }
        let id = &self.buffer[self.start..self.start + self.id_end()];
        let mut behind = self.buffer[self.end..].iter();
        let at_end = self.ended && behind.all(|b| b.is_ascii_whitespace() || matches!(b, 0 | 0x1A));
        self.cut = at_end && !matches!(id, b"IEA" | b"GE" | b"SE");
        self.repaired(if self.cut { RepairKind::Truncated } else { RepairKind::MissingTerminator }, self.locus, 1)
    }

    #[inline]
    pub(super) fn id_end(&self) -> usize {
        self.scanner.ends().first().map_or(0, |end| *end as usize)
    }

    /// Copies the segment to `scratch`: without line breaks, with an upper-case id.
    fn rewrite(&mut self, length: usize, wrapped: bool, lower: bool) -> Result<()> {
        let here = &self.buffer[self.start..self.start + length];
        self.scratch.clear();
        self.scratch.extend(here.iter().filter(|b| !wrapped || !matches!(b, b'\r' | b'\n')));
        self.use_scratch = true;
        self.scanner.begin();
        self.scanner.forget();
        let (length, _) = self.scanner.scan(&self.scratch, 0, 0);
        self.scanner.forget();
        self.scanner.end_at(u32::try_from(length).unwrap_or(u32::MAX));
        if wrapped {
            self.repaired(RepairKind::Wrap, self.locus, 1)?;
        }
        let id_end = self.id_end();
        // The line break may have stood in the id.
        if lower || is_lower_case(&self.scratch[..id_end]) {
            self.scratch[..id_end].make_ascii_uppercase();
            self.repaired(RepairKind::LowerCaseId, self.locus, 1)?;
        }
        Ok(())
    }
}

/// Whether an id was written in lower case; what is longer than an id is none.
#[inline]
fn is_lower_case(id: &[u8]) -> bool {
    id.len() <= 3 && id.iter().any(u8::is_ascii_lowercase)
}
