//! What was read and is not given up yet.

use std::io;
use std::ops::{Deref, Range};

/// The reader's one buffer. It knows its bytes as text where they are UTF-8, so that nobody has to look at each
/// element again.
pub(super) enum Buffer {
    /// All of it is UTF-8.
    Text(String),
    /// Some byte is not, or a character is not yet whole.
    Bytes(Vec<u8>),
}

impl Buffer {
    pub(super) fn new() -> Self {
        Self::Text(String::new())
    }

    /// A range as text, where it is known to be.
    #[inline]
    pub(super) fn text(&self, range: Range<usize>) -> Option<&str> {
        match self {
            Self::Text(text) => text.get(range),
            Self::Bytes(_) => None,
        }
    }

    /// Gives up the first bytes, and reads up to `most` more behind the others; how many were read.
    pub(super) fn refill(
        &mut self,
        give_up: usize,
        most: usize,
        read: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let mut bytes = match std::mem::replace(self, Self::new()) {
            Self::Text(text) => text.into_bytes(),
            Self::Bytes(bytes) => bytes,
        };
        bytes.drain(..give_up);
        let filled = bytes.len();
        bytes.resize(filled + most, 0);
        let read = read(&mut bytes[filled..]);
        bytes.truncate(filled + read.as_ref().map_or(0, |read| *read));
        *self = String::from_utf8(bytes).map_or_else(|error| Self::Bytes(error.into_bytes()), Self::Text);
        read
    }
}

impl Deref for Buffer {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}
