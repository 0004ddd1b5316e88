//! What stops reading or writing. A bad claim never does: it yields a [`Finding`](crate::Finding).

use crate::Locus;
use std::io;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error that ends the reading or writing of a stream, with the place where it happened.
#[derive(Debug, thiserror::Error)]
#[error("{locus}: {kind}")]
pub struct Error {
    /// What happened.
    pub kind: Box<ErrorKind>,
    /// Where; the start of the stream when nothing was read.
    pub locus: Locus,
}

/// The kinds of [`Error`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The stream itself failed.
    #[error("the input could not be read or the output not written: {0}")]
    Io(#[from] io::Error),
    /// The input holds no byte.
    #[error("the input is empty: expected an X12 file that starts with ISA")]
    Empty,
    /// No interchange was found.
    #[error("this is not an X12 file: it looks like {looks_like}; expected a segment ISA, GS or ST")]
    NotX12 {
        /// What the first bytes look like.
        looks_like: &'static str,
    },
    /// An ISA whose sixteen elements could not be told apart.
    #[error("the ISA cannot be read: {reason}")]
    BadIsa {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A limit of [`Options`](crate::reader::Options) was passed.
    #[error("{what} is over the limit of {limit}: raise the limit if the file is right, or look for a wrong delimiter")]
    Limit {
        /// What was too large.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// A repair was needed and the reader was told to refuse repairs.
    #[error("refused, because repairs are not allowed here: {repair}")]
    RepairRefused {
        /// The repair that would have been made.
        repair: String,
    },
    /// Data that cannot be written, since it holds a delimiter or a control character.
    #[error(
        "{segment}{element:02} cannot be written: it holds {held:?}, which is a delimiter or control character; change the data or the delimiters"
    )]
    DelimiterInData {
        /// Segment id.
        segment: String,
        /// Element, from 1.
        element: usize,
        /// The character.
        held: char,
    },
    /// The writer was called out of order (a GE without a GS, say).
    #[error("the envelope was written out of order: {0}")]
    EnvelopeOrder(&'static str),
}

impl Error {
    /// An error at a place.
    #[must_use]
    pub fn new(kind: ErrorKind, locus: Locus) -> Self {
        Self { kind: Box::new(kind), locus }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::new(ErrorKind::Io(error), Locus::default())
    }
}
