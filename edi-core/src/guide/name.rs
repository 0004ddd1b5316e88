//! Segment and loop ids as integers.

use crate::Text;

/// A segment or loop id, packed for comparison at one stroke: at most eight ASCII characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Name(u64);

impl Name {
    /// Of at most eight bytes; what is longer is cut.
    #[inline]
    pub(crate) const fn of(bytes: &[u8]) -> Self {
        match *bytes {
            [] => Self(0),
            [a, b] => Self((a as u64) << 8 | b as u64),
            [a, b, c] => Self((a as u64) << 16 | (b as u64) << 8 | c as u64),
            [first, ref rest @ ..] => {
                let (mut packed, mut i) = (first as u64, 0);
                while i < rest.len() && i < 7 {
                    packed = packed << 8 | rest[i] as u64;
                    i += 1;
                }
                Self(packed)
            }
        }
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
