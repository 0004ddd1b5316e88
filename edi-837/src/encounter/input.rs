//! Encounters, whatever form the file has.

use super::columns::{ColumnId, columns};
use super::csv::CsvEncounters;
use super::error::EncounterError;
use super::json::JsonEncounters;
use super::mapping::Mapping;
use super::names::{CLAIM_ID, PAYER_ID};
use super::rows::Encounter;
use csv::ByteRecord;
use edi_core::Text;
use std::io::{self, BufRead, Chain, Cursor, Read};

/// How much of a file tells its form: comments and the header of a CSV file among it.
const HEAD: u64 = 1 << 16;

/// The input with its first bytes in one piece, however small the pieces are in which it comes (a pipe, say).
pub(crate) fn with_head<R: BufRead>(mut input: R) -> io::Result<Chain<Cursor<Vec<u8>>, R>> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD).read_to_end(&mut head)?;
    Ok(Cursor::new(head).chain(input))
}

/// Reads encounters of CSV, JSON or NDJSON; which of them, its first sign tells.
pub(crate) enum Encounters<R: BufRead> {
    Csv(Box<CsvEncounters<R>>),
    Json(JsonEncounters<R>),
}

/// What a file of the same form begins with.
pub(crate) enum Form {
    Csv { header: ByteRecord, separator: u8 },
    Json { array: bool },
}

impl<R: BufRead> Encounters<R> {
    /// Looks at what the first `fill_buf` gives: see [`with_head`].
    pub(crate) fn new(mut input: R, mapping: &Mapping) -> Result<Self, EncounterError> {
        let window = input.fill_buf().map_err(EncounterError::io("reading the encounters"))?;
        let window = window.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(window);
        match window.iter().find(|b| !b.is_ascii_whitespace()) {
            None => Err(EncounterError::Format { line: 1, reason: "the file is empty".to_owned() }),
            Some(b'{' | b'[') => Ok(Self::Json(JsonEncounters::new(input, mapping)?)),
            Some(_) => Ok(Self::Csv(Box::new(CsvEncounters::new(input, mapping)?))),
        }
    }

    /// Reads the next encounter into the room of one that is done; false at the end.
    pub(crate) fn next(&mut self, into: &mut Encounter) -> Result<bool, EncounterError> {
        match self {
            Self::Csv(csv) => csv.next(into),
            Self::Json(json) => json.next(into),
        }
    }

    /// Columns of a CSV file that are none of ours. In JSON an unknown name rejects its encounter.
    pub(crate) fn unknown(&self) -> Vec<String> {
        match self {
            Self::Csv(csv) => csv.unknown().to_vec(),
            Self::Json(_) => Vec::new(),
        }
    }

    pub(crate) fn form(&self) -> Form {
        match self {
            Self::Csv(csv) => {
                let (header, separator) = csv.form();
                Form::Csv { header, separator }
            }
            Self::Json(json) => Form::Json { array: json.is_array() },
        }
    }

    /// How the file names a column; our own name where it does not.
    pub(crate) fn name_of(&self, column: ColumnId) -> String {
        let theirs = match self {
            Self::Csv(csv) => csv.name_of(column),
            Self::Json(_) => None,
        };
        theirs.or_else(|| columns().get(column).map(|c| c.name.clone())).unwrap_or_default()
    }
}

impl Encounter {
    /// Our number of the claim; empty where there is none.
    pub(crate) fn key(&self) -> Text {
        self.claim.get(*CLAIM_ID).into()
    }

    /// Id of the payer; empty where there is none.
    pub(crate) fn payer(&self) -> Text {
        self.claim.get(*PAYER_ID).into()
    }
}
