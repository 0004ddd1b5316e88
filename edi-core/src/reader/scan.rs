//! The hot loop: finds the terminator of a segment and the ends of its elements in one pass.
//!
//! Elements average four bytes, so that a branch for each byte or separator is mispredicted too often. Bytes are
//! compared 64 at a time, each block once, and each comparison gives a mask with a bit for each byte.

use crate::lex::Delimiters;
use wide::u8x32;

/// How many bytes are compared at a time: as many as a mask has bits.
const BLOCK: usize = 64;

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
    ends_segment: u8,
    /// Terminator or line break ends a segment alike.
    pub(super) newline_ends: bool,
    /// Where in the buffer the block begins that was compared last, if the buffer is still the same: several segments
    /// stand in a block.
    compared: Option<usize>,
    masks: Masks,
    /// Room for ends; those that count are the first `found`.
    slots: Vec<u32>,
    found: usize,
    /// A byte outside ASCII was seen.
    pub(super) non_ascii: bool,
    /// A component or repetition separator was seen.
    pub(super) divided: bool,
}

/// What stands in a block, a bit for each byte.
#[derive(Clone, Copy, Default)]
struct Masks {
    elements: u64,
    /// Terminators and line breaks.
    stops: u64,
    divided: u64,
    non_ascii: u64,
}

impl Scanner {
    pub(super) fn new() -> Self {
        let mut scanner = Self {
            element: u8x32::ZERO,
            terminator: u8x32::ZERO,
            component: u8x32::ZERO,
            repetition: u8x32::ZERO,
            ends_segment: 0,
            newline_ends: false,
            compared: None,
            masks: Masks::default(),
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
        self.ends_segment = delimiters.segment;
        self.newline_ends = matches!(delimiters.segment, b'\r' | b'\n');
        self.forget();
    }

    /// Forgets the segment before.
    #[inline]
    pub(super) fn begin(&mut self) {
        self.found = 0;
        self.non_ascii = false;
        self.divided = false;
    }

    /// Forgets the block before, since the buffer is another.
    pub(super) fn forget(&mut self) {
        self.compared = None;
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
        self.end_here(length as usize);
    }

    /// Makes the place where the scan stopped the last end; there is room for it.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // a segment is limited far below 4 GiB
    pub(super) fn end_here(&mut self, length: usize) {
        self.slots[self.found] = length as u32;
        self.found += 1;
    }

    #[inline]
    fn make_room(&mut self) {
        if self.slots.len() < self.found + BLOCK {
            self.slots.resize(self.found + 2 * BLOCK, 0);
        }
    }

    /// Scans the segment that begins at `start` on from its byte `from`; gives where in it the scan stopped and why.
    #[inline(always)] // the buffer's bounds and the stop stay in registers
    pub(super) fn scan(&mut self, buffer: &[u8], start: usize, from: usize) -> (usize, Stop) {
        let mut at = start + from;
        while at < buffer.len() {
            let block = at / BLOCK * BLOCK;
            if self.compared != Some(block) {
                self.masks = self.compare(&buffer[block..]);
                self.compared = Some(block);
            }
            let here = u64::MAX << (at - block);
            let stops = self.masks.stops & here;
            // The bits before the first stop; all of them where there is none.
            let before = here & (stops & stops.wrapping_neg()).wrapping_sub(1);
            self.divided |= self.masks.divided & before != 0;
            self.non_ascii |= self.masks.non_ascii & before != 0;
            self.note(self.masks.elements & before, block.wrapping_sub(start));
            if stops != 0 {
                let place = block + stops.trailing_zeros() as usize;
                let ends = self.newline_ends || buffer[place] == self.ends_segment;
                return (place - start, if ends { Stop::Terminator } else { Stop::LineBreak });
            }
            at = block + BLOCK;
        }
        (buffer.len() - start, Stop::OutOfBytes)
    }

    /// Notes the ends of elements, a bit for each, in a block that begins at this byte of the segment, or before it. Four
    /// slots are written whether there are as many ends or not: a branch for each would be mispredicted too often.
    #[inline(always)] // as the scan
    #[allow(clippy::cast_possible_truncation)] // a segment is limited far below 4 GiB
    fn note(&mut self, mut ends: u64, block: usize) {
        self.make_room();
        let found = ends.count_ones() as usize;
        for four in self.slots[self.found..self.found + BLOCK].as_chunks_mut::<4>().0 {
            for slot in four {
                *slot = block.wrapping_add(ends.trailing_zeros() as usize) as u32;
                ends &= ends.wrapping_sub(1);
            }
            if ends == 0 {
                break;
            }
        }
        self.found += found;
    }

    /// Compares the first block of these bytes. A delimiter is what its interchange says, and nothing else beside.
    #[inline]
    fn compare(&self, bytes: &[u8]) -> Masks {
        let mut padded = [0; BLOCK];
        let (block, valid) = match bytes.first_chunk::<BLOCK>() {
            Some(block) => (block, u64::MAX),
            None => {
                padded[..bytes.len()].copy_from_slice(bytes);
                (&padded, (1 << bytes.len()) - 1)
            }
        };
        let (halves, _) = block.as_chunks::<{ BLOCK / 2 }>();
        let halves = [u8x32::new(halves[0]), u8x32::new(halves[1])];
        let is = |byte: u8x32| halves.map(|half| half.simd_eq(byte));
        let either = |[low, high]: [u8x32; 2], other: [u8x32; 2]| [low | other[0], high | other[1]];
        let mask = |[low, high]: [u8x32; 2]| {
            (u64::from(low.to_bitmask()) | u64::from(high.to_bitmask()) << (BLOCK / 2)) & valid
        };
        let terminators = mask(is(self.terminator));
        let elements = mask(is(self.element)) & !terminators;
        let line_breaks = mask(either(is(u8x32::splat(b'\r')), is(u8x32::splat(b'\n'))));
        Masks {
            elements,
            stops: terminators | line_breaks & !elements,
            divided: mask(either(is(self.component), is(self.repetition))),
            non_ascii: mask(halves) & !(elements | terminators),
        }
    }
}
