//! Between interchanges: junk is skipped, and the next ISA, GS or ST tells the delimiters.

use super::Reader;
use super::start::{self, Start};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::RepairKind;
use crate::lex::Delimiters;
use crate::locus::Locus;
use std::io::BufRead;

impl<R: BufRead> Reader<R> {
    /// At a boundary: moves `start` over junk to the next ISA, GS or ST and takes its delimiters.
    pub(super) fn find_interchange(&mut self) -> Result<()> {
        self.need(4)?;
        // A stray segment behind the IEA: the envelope will name what is missing.
        if self.begins_with(&[b"IEA", b"GE", b"SE", b"TA1"]) {
            return Ok(());
        }
        if self.begins_with(&[b"GS", b"ST"]) {
            return self.open_interchange(Start::Fragment(self.delimiters.unwrap_or_default()));
        }
        // Offsets count from `lead`, which stays where it is when the buffer moves.
        let junk_from = self.start - self.lead;
        let mut search = junk_from;
        loop {
            while self.buffer.len() - self.lead - search < start::WINDOW && self.more()? {}
            let window = &self.buffer[self.lead + search..];
            match start::find(window) {
                Some((skipped, found)) if skipped == 0 || self.ended => {
                    self.start = self.lead + search + skipped;
                    self.junk(RepairKind::LeadingJunk, junk_from)?;
                    return self.open_interchange(found);
                }
                Some((skipped, _)) => search += skipped,
                None if self.opened && window.is_empty() => return Ok(()),
                None if self.ended && self.opened => {
                    self.start = self.buffer.len();
                    return self.junk(RepairKind::TrailingJunk, junk_from);
                }
                None if self.ended => return Err(self.not_x12()),
                None => search = search.max(self.buffer.len() - self.lead - start::WINDOW / 4),
            }
            if search - junk_from > self.options.junk_limit {
                return Err(match self.opened {
                    false => self.not_x12(),
                    true => self.limit("junk between interchanges", self.options.junk_limit),
                });
            }
        }
    }

    /// Whether a segment with one of these ids and the separator of the interchange before begins here.
    fn begins_with(&self, ids: &[&[u8]]) -> bool {
        let here = &self.buffer[self.start..];
        let id = here.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        self.delimiters.is_some_and(|d| here.get(id) == Some(&d.element)) && ids.contains(&&here[..id])
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
    pub(super) fn open_interchange(&mut self, found: Start) -> Result<()> {
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
                self.header = true;
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
        self.scanner.set_delimiters(delimiters);
        self.delimiters = Some(delimiters);
    }

    fn not_x12(&self) -> Error {
        let locus = Locus { byte: self.base, line: 1, ..Locus::default() };
        if self.accounting.bytes == 0 {
            return Error::new(ErrorKind::Empty, locus);
        }
        let here = &self.buffer[self.lead..];
        let looks_like = start::looks_like(here);
        // The letters may stand in a document of another kind too.
        let isa = start::is_isa(here) || looks_like.ends_with("text") && here.windows(4).any(start::is_isa);
        let kind = if isa {
            ErrorKind::BadIsa {
                reason: "its sixteen elements, component separator and terminator are not there, or are not distinct",
            }
        } else {
            ErrorKind::NotX12 { looks_like }
        };
        Error::new(kind, locus)
    }
}
