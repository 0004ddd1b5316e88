//! The hot loop: finds the terminator of a segment and the ends of its elements in one pass.

use crate::lex::Delimiters;

/// Classes of bytes, for one table look-up a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Class {
    Plain,
    Element,
    Terminator,
    LineBreak,
    NonAscii,
}

/// Why the scan stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// At the terminator.
    Terminator,
    /// At a line break that is not the terminator.
    LineBreak,
    /// There are no more bytes.
    OutOfBytes,
}

/// Scans segments of one interchange.
pub(super) struct Scanner {
    classes: [Class; 256],
    /// Room for ends; those that count are the first `found`.
    slots: Vec<u32>,
    found: usize,
    /// A byte outside ASCII was seen.
    pub(super) non_ascii: bool,
}

impl Scanner {
    pub(super) fn new() -> Self {
        Self { classes: [Class::Plain; 256], slots: vec![0; BLOCK], found: 0, non_ascii: false }
    }

    pub(super) fn set_delimiters(&mut self, delimiters: Delimiters) {
        self.classes = [Class::Plain; 256];
        self.classes[0x80..].fill(Class::NonAscii);
        let newline = matches!(delimiters.segment, b'\r' | b'\n');
        let line_break = if newline { Class::Terminator } else { Class::LineBreak };
        self.classes[usize::from(b'\r')] = line_break;
        self.classes[usize::from(b'\n')] = line_break;
        self.classes[usize::from(delimiters.element)] = Class::Element;
        self.classes[usize::from(delimiters.segment)] = Class::Terminator;
    }

    /// Forgets the segment before.
    #[inline]
    pub(super) fn begin(&mut self) {
        self.found = 0;
        self.non_ascii = false;
    }

    /// Ends of the id and of the elements found so far, relative to the segment.
    #[inline]
    pub(super) fn ends(&self) -> &[u32] {
        &self.slots[..self.found]
    }

    /// Drops the ends from `length` on, and makes it the last one.
    #[inline]
    pub(super) fn end_at(&mut self, length: u32) {
        while self.found > 0 && self.slots[self.found - 1] >= length {
            self.found -= 1;
        }
        self.make_room();
        self.slots[self.found] = length;
        self.found += 1;
    }

    #[inline]
    fn make_room(&mut self) {
        if self.slots.len() < self.found + BLOCK {
            self.slots.resize(self.found + 2 * BLOCK, 0);
        }
    }

    /// Scans on from `from`; gives where it stopped and why.
    ///
    /// Elements average four bytes, so that a branch for each separator is mispredicted too often: every
    /// position is written as an end, and only a separator makes it count.
    #[allow(clippy::cast_possible_truncation)] // a segment is limited far below 4 GiB
    pub(super) fn scan(&mut self, bytes: &[u8], from: usize) -> (usize, Stop) {
        let mut at = from;
        for block in bytes.get(from..).unwrap_or_default().chunks(BLOCK) {
            self.make_room();
            let slots = &mut self.slots[self.found..self.found + BLOCK];
            let mut found = 0;
            let mut stop = None;
            for byte in block {
                let class = self.classes[usize::from(*byte)];
                slots[found % BLOCK] = at as u32;
                found += usize::from(class == Class::Element);
                if class > Class::Element {
                    match class {
                        Class::Terminator => stop = Some(Stop::Terminator),
                        Class::LineBreak => stop = Some(Stop::LineBreak),
                        _ => self.non_ascii = true,
                    }
                    if stop.is_some() {
                        break;
                    }
                }
                at += 1;
            }
            self.found += found;
            if let Some(stop) = stop {
                return (at, stop);
            }
        }
        (bytes.len(), Stop::OutOfBytes)
    }
}

/// How many bytes are scanned before their ends are kept.
const BLOCK: usize = 32;
