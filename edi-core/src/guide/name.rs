//! Segment and loop ids as integers.

use crate::Text;

/// A segment or loop id, packed for comparison at one stroke: at most eight ASCII characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Name(u64);

impl Name {
    /// Of at most eight bytes; what is longer is cut.
    pub(crate) const fn of(bytes: &[u8]) -> Self {
        let (mut packed, mut i) = (0, 0);
        while i < bytes.len() && i < 8 {
            packed = packed << 8 | bytes[i] as u64;
            i += 1;
        }
        Self(packed)
    }

    /// Of a value that it holds whole; a value with a zero byte is none.
    pub(crate) fn whole(bytes: &[u8]) -> Option<Self> {
        (bytes.len() <= 8 && !bytes.contains(&0)).then(|| Self::of(bytes))
    }

    /// Its bits, mixed for a small table.
    pub(crate) fn mixed(self) -> u64 {
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40
    }

    /// The id again.
    pub(crate) fn text(self) -> Text {
        self.0.to_be_bytes().iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
    }
}
