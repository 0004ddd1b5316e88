//! Large lists: codes as lines of one width, searched in place, and titles compressed in blocks.
//!
//! Nothing is read or built at start. A lookup compares some fifteen lines; a title inflates one block, about
//! 17 KB for diagnoses. `examples/pack_codes.rs` writes the files.

use flate2::read::DeflateDecoder;
use std::{cmp::Ordering, io::Read};

/// Sorted lines of one width, each with a line feed at its end; the first `key` bytes of each are its code,
/// filled up with spaces.
pub(super) struct Lines {
    pub bytes: &'static [u8],
    pub width: usize,
    pub key: usize,
}

impl Lines {
    pub(super) fn len(&self) -> usize {
        self.bytes.len() / self.width
    }

    /// Line `n` from 0, without its line feed; empty past the end.
    pub(super) fn line(&self, n: usize) -> &'static str {
        let line = self.bytes.get(n * self.width..(n + 1) * self.width - 1).unwrap_or_default();
        std::str::from_utf8(line).unwrap_or_default()
    }

    /// The code on line `n`.
    pub(super) fn code(&self, n: usize) -> &'static str {
        self.line(n).get(..self.key).unwrap_or_default().trim_ascii_end()
    }

    /// The bytes of the code on line `n`.
    fn key(&self, n: usize) -> &'static [u8] {
        let start = n * self.width;
        self.bytes.get(start..start + self.key).unwrap_or_default().trim_ascii_end()
    }

    /// The number of the first line whose code is not before this one.
    pub(super) fn lower_bound(&self, code: &str) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.key(middle).cmp(code.as_bytes()) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal | Ordering::Greater => high = middle,
            }
        }
        low
    }

    /// The number of the line of this code.
    pub(super) fn find(&self, code: &str) -> Option<usize> {
        let n = self.lower_bound(code);
        (n < self.len() && self.code(n) == code).then_some(n)
    }
}

/// Titles, in the order of the lines they belong to. All numbers are 32 bits, little-endian: how many titles a
/// block holds, how many blocks there are, then where each block starts behind this index, and where the last
/// one ends. A block is deflated text, a title a line.
pub(super) struct Titles {
    pub bytes: &'static [u8],
}

impl Titles {
    fn number(&self, n: usize) -> usize {
        let bytes = self.bytes.get(4 * n..4 * n + 4).and_then(|bytes| bytes.try_into().ok());
        u32::from_le_bytes(bytes.unwrap_or_default()) as usize
    }

    /// Block `n` as text; empty past the end.
    fn block(&self, n: usize) -> String {
        let blocks = self.number(1);
        let index = 4 * (2 + blocks + 1);
        let mut text = String::new();
        if n < blocks {
            let (from, to) = (index + self.number(2 + n), index + self.number(3 + n));
            let packed = self.bytes.get(from..to).unwrap_or_default();
            // The bytes are our own and a test inflates all of them; were they broken, titles would be missing.
            let _ = DeflateDecoder::new(packed).read_to_string(&mut text);
        }
        text
    }

    /// Title `n` from 0.
    pub(super) fn title(&self, n: usize) -> String {
        let size = self.number(0).max(1);
        self.block(n / size).lines().nth(n % size).unwrap_or_default().to_owned()
    }

    /// All titles in order, one block at a time.
    pub(super) fn all(&'static self) -> impl Iterator<Item = String> {
        (0..self.number(1)).flat_map(|n| self.block(n).lines().map(str::to_owned).collect::<Vec<_>>())
    }
}
