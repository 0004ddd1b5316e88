//! What stops a run over encounters. A bad encounter never does: it is rejected and named.

use edi_core::Text;
use serde::Serialize;
use std::borrow::Cow;
use std::io;

/// Whatever a caller's own code may fail with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An error that ends a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncounterError {
    /// A file could not be read or written.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// The practice file is wrong.
    #[error("the practice file: {0}")]
    Practice(String),
    /// The mapping file is wrong.
    #[error("the mapping file: {0}")]
    Mapping(String),
    /// The header of a CSV file lacks columns without which no claim can be made.
    #[error("the header has no column for {missing}; rename the columns, or map them in a mapping file")]
    Header {
        /// Names of the columns, with commas.
        missing: String,
    },
    /// The file is no CSV, no JSON, or is damaged.
    #[error("line {line}: {reason}")]
    Format {
        /// Line of the file.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// A limit was passed.
    #[error("{what} is over the limit of {limit}")]
    Limit {
        /// What was too large.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// A claim or its envelope could not be written.
    #[error(transparent)]
    Write(#[from] edi_core::Error),
    /// The caller's own code failed: a ledger, say.
    #[error("{0}")]
    Caller(BoxError),
}

impl EncounterError {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

/// How much a problem weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// The encounter goes out.
    Warning,
    /// The encounter is rejected.
    Error,
}

/// One thing that is wrong with an encounter, in the words of its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Id of the rule (`ENC-NPI`, `837-BIRTH`), stable across releases.
    pub rule: Cow<'static, str>,
    /// Whether it rejects the encounter.
    pub weight: Weight,
    /// The encounter (`claim_id`); empty where it has none.
    pub encounter: Text,
    /// Line of the file, from 1.
    pub row: u64,
    /// Column, as the file names it; empty where the whole encounter is meant.
    pub column: String,
    /// What stands there. It may be private: who shows it decides whether to mask it.
    pub value: Text,
    /// What is wrong with it, without private data.
    pub reason: String,
    /// What to do about it.
    pub fix: String,
}
