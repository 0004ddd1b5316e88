//! Bytes in: byte order marks are told apart and UTF-16 becomes UTF-8, before the lexer sees anything.

use crate::finding::RepairKind;
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};
use std::io::{self, BufRead, Chain, Cursor, Read};

type Head<R> = Chain<Cursor<Vec<u8>>, R>;

/// The decoded stream.
pub(super) enum Source<R: BufRead> {
    /// Bytes as they are, but for a byte order mark.
    Plain(Head<R>),
    /// UTF-16, read as UTF-8.
    Utf16(Box<DecodeReaderBytes<Head<R>, Vec<u8>>>),
}

impl<R: BufRead> Source<R> {
    /// Looks at the first four bytes and chooses; says which repair that is.
    pub(super) fn open(mut inner: R) -> io::Result<(Self, Option<RepairKind>)> {
        let mut head = [0u8; 4];
        let mut filled = 0;
        while filled < head.len() {
            match inner.read(&mut head[filled..]) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        let head = &head[..filled];
        let (skip, encoding, repair) = match head {
            [0xEF, 0xBB, 0xBF, ..] => (3, None, Some(RepairKind::ByteOrderMark)),
            [0xFF, 0xFE, ..] => (2, Some(encoding_rs::UTF_16LE), Some(RepairKind::Utf16)),
            [0xFE, 0xFF, ..] => (2, Some(encoding_rs::UTF_16BE), Some(RepairKind::Utf16)),
            [1..=0x7F, 0, 1..=0x7F, 0] => (0, Some(encoding_rs::UTF_16LE), Some(RepairKind::Utf16)),
            [0, 1..=0x7F, 0, 1..=0x7F] => (0, Some(encoding_rs::UTF_16BE), Some(RepairKind::Utf16)),
            _ => (0, None, None),
        };
        let bytes = Cursor::new(head[skip..].to_vec()).chain(inner);
        let source = match encoding {
            None => Self::Plain(bytes),
            Some(encoding) => {
                let mut builder = DecodeReaderBytesBuilder::new();
                Self::Utf16(Box::new(builder.encoding(Some(encoding)).build(bytes)))
            }
        };
        Ok((source, repair))
    }

    /// Reads some bytes; 0 at the end.
    pub(super) fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match self {
                Self::Plain(reader) => reader.read(into),
                Self::Utf16(reader) => reader.read(into),
            };
            match read {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }
}
