//! Where a part of a remittance was read, and the hash of what was read.

use edi_core::lex::{Delimiters, Segment};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;

/// A range of segments in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Span {
    /// Ordinal in the file of the first segment, from 1; 0 where nothing was read from a file.
    pub first_segment: u64,
    /// Ordinal in the file of the last segment.
    pub last_segment: u64,
    /// Offset of the first segment's first byte.
    pub start_byte: u64,
    /// Offset behind the last segment's terminator.
    pub end_byte: u64,
    /// Line of the first segment, from 1.
    pub line: u64,
}

impl Span {
    /// The range of one segment.
    #[must_use]
    pub fn of(segment: &Segment<'_>) -> Self {
        let locus = segment.locus();
        Self {
            first_segment: locus.segment,
            last_segment: locus.segment,
            start_byte: locus.byte,
            end_byte: locus.byte + segment.raw().len() as u64,
            line: locus.line,
        }
    }

    /// With a further segment at its end.
    pub fn extend(&mut self, segment: &Segment<'_>) {
        self.last_segment = segment.locus().segment;
        self.end_byte = segment.locus().byte + segment.raw().len() as u64;
    }
}

/// SHA-256 of segments in canonical delimiters (`*`, `:`, `^`, `~`): the same content gives the same hash
/// whatever its delimiters, line breaks and envelope are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ContentHash(pub [u8; 32]);

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ContentHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Makes a [`ContentHash`], segment by segment.
#[derive(Clone, Default)]
pub struct ContentHasher(Sha256);

impl ContentHasher {
    /// Takes a segment in.
    pub fn push(&mut self, canonical: &[u8]) {
        self.0.update(canonical);
    }

    /// The hash of what was taken in; what comes now begins another.
    pub fn finish(&mut self) -> ContentHash {
        ContentHash(self.0.finalize_reset().into())
    }
}

/// Puts before a byte of data that is a canonical delimiter but none of its own interchange, so that two
/// contents never look the same.
const ESCAPE: u8 = 0x1B;

/// Writes a segment in canonical delimiters into `out`, which is cleared first.
pub fn canonical(segment: &Segment<'_>, out: &mut Vec<u8>) {
    out.clear();
    let (own, canon) = (segment.delimiters(), Delimiters::default());
    if own.element == canon.element && own.component == canon.component && own.repetition == canon.repetition {
        out.extend(segment.bytes());
    } else {
        for &byte in segment.bytes() {
            match byte {
                b if b == own.element => out.push(canon.element),
                b if b == own.component => out.push(canon.component),
                b if Some(b) == own.repetition => out.push(b'^'),
                b if canon.contains(b) => out.extend([ESCAPE, b]),
                b => out.push(b),
            }
        }
    }
    out.push(canon.segment);
}

#[cfg(test)]
mod tests {
    use super::*;
    use edi_core::reader::Reader;
    use pretty_assertions::assert_eq;

    fn canonical_of(file: &str) -> String {
        let mut reader = Reader::new(file.as_bytes()).unwrap();
        let mut out = Vec::new();
        let mut text = String::new();
        while let Some(segment) = reader.next().unwrap() {
            canonical(&segment, &mut out);
            text.push_str(std::str::from_utf8(&out).unwrap());
        }
        text
    }

    #[test]
    fn delimiters_do_not_matter_and_data_is_never_taken_for_one() {
        let star = canonical_of("ST*835*1~SVC*HC:1*5~SE*3*1~");
        let pipe = canonical_of("ST|835|1\nSVC|HC>1|5\nSE|3|1\n");
        assert_eq!(star, "ST*835*1~SVC*HC:1*5~SE*3*1~");
        assert!(pipe.contains("5~"), "{pipe}");
        assert_eq!(canonical_of("ST|835|1~REF|6R|A*B~SE|3|1~").contains("A\u{1b}*B"), true);
        let hash = |text: &str| {
            let mut hasher = ContentHasher::default();
            hasher.push(text.as_bytes());
            hasher.finish().to_string()
        };
        assert_eq!(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
