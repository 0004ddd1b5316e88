//! The hot loop: finds the terminator of a segment and the ends of its elements in one pass.
//!
//! Elements average four bytes, so that a branch for each byte or separator is mispredicted too often. Bytes are
//! compared 32 at a time, and each comparison gives a mask with a bit for each byte.

use crate::lex::Delimiters;
use wide::u8x32;

/// How many bytes are compared at a time: as many as a mask has bits.
const BLOCK: usize = 32;

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
    element: u8x32,
    terminator: u8x32,
    component: u8x32,
    repetition: u8x32,
    /// Terminator or line break ends a segment alike.
    newline_ends: bool,
    /// Room for ends; those that count are the first `found`.
    slots: Vec<u32>,
    found: usize,
    /// A byte outside ASCII was seen.
    pub(super) non_ascii: bool,
    /// A component or repetition separator was seen.
    pub(super) divided: bool,
}

/// What stands in a block, a bit for each byte.
struct Masks {
    elements: u32,
    terminators: u32,
    line_breaks: u32,
    divided: u32,
    non_ascii: u32,
}

impl Scanner {
    pub(super) fn new() -> Self {
        let mut scanner = Self {
            element: u8x32::ZERO,
            terminator: u8x32::ZERO,
            component: u8x32::ZERO,
            repetition: u8x32::ZERO,
            newline_ends: false,
            slots: vec![0; 2 * BLOCK],
            found: 0,
            non_ascii: false,
            divided: false,
        };
        scanner.set_delimiters(Delimiters::default());
        scanner
    }

    pub(super) fn set_delimiters(&mut self, delimiters: Delimiters) {
        self.element = u8x32::splat(delimiters.element);
        self.terminator = u8x32::splat(delimiters.segment);
        self.component = u8x32::splat(delimiters.component);
        self.repetition = u8x32::splat(delimiters.repetition.unwrap_or(delimiters.component));
        self.newline_ends = matches!(delimiters.segment, b'\r' | b'\n');
    }

    /// Forgets the segment before.
    #[inline]
    pub(super) fn begin(&mut self) {
        self.found = 0;
        self.non_ascii = false;
        self.divided = false;
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
    #[inline]
    pub(super) fn scan(&mut self, bytes: &[u8], from: usize) -> (usize, Stop) {
        let mut at = from;
        let (blocks, rest) = bytes.get(from..).unwrap_or_default().as_chunks::<BLOCK>();
        for block in blocks {
            if let Some(stopped) = self.block(block, u32::MAX, at) {
                return stopped;
            }
            at += BLOCK;
        }
        if !rest.is_empty() {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            let valid = (1u32 << rest.len()) - 1;
            if let Some(stopped) = self.block(&block, valid, at) {
                return stopped;
            }
        }
        (bytes.len(), Stop::OutOfBytes)
    }

    /// Takes in a block, of which the `valid` bytes count, up to the first byte at which the scan stops.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // a segment is limited far below 4 GiB
    fn block(&mut self, block: &[u8; BLOCK], valid: u32, at: usize) -> Option<(usize, Stop)> {
        let masks = self.compare(*block);
        let stops = (masks.terminators | masks.line_breaks) & valid;
        // The bits before the first stop; all of them where there is none.
        let before = valid & (stops & stops.wrapping_neg()).wrapping_sub(1);
        self.divided |= masks.divided & before != 0;
        self.non_ascii |= masks.non_ascii & before != 0;
        self.make_room();
        let mut ends = masks.elements & before;
        let mut slots = self.slots[self.found..self.found + BLOCK].iter_mut();
        while ends != 0
            && let Some(slot) = slots.next()
        {
            *slot = at as u32 + ends.trailing_zeros();
            ends &= ends - 1;
        }
        self.found += BLOCK - slots.len();
        if stops == 0 {
            return None;
        }
        let place = stops.trailing_zeros();
        let ends = self.newline_ends || masks.terminators >> place & 1 == 1;
        Some((at + place as usize, if ends { Stop::Terminator } else { Stop::LineBreak }))
    }

    /// A delimiter is what its interchange says, and nothing else beside.
    #[inline]
    fn compare(&self, block: [u8; BLOCK]) -> Masks {
        let bytes = u8x32::new(block);
        let is = |other: u8x32| bytes.simd_eq(other);
        let terminators = is(self.terminator).to_bitmask();
        let elements = is(self.element).to_bitmask() & !terminators;
        let line_breaks = (is(u8x32::splat(b'\r')) | is(u8x32::splat(b'\n'))).to_bitmask();
        Masks {
            elements,
            terminators,
            line_breaks: line_breaks & !elements,
            divided: (is(self.component) | is(self.repetition)).to_bitmask(),
            non_ascii: bytes.to_bitmask() & !(elements | terminators),
        }
    }
}
