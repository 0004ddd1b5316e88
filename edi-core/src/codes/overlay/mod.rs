//! Lists that the user loads: published lists of codes with their texts, and licensed ones that we may not ship.
//!
//! [`load`] reads a file as its owner publishes it and makes an [`Overlay`]; that is kept as a text file of our
//! own in a folder ([`Overlay::save`]) and found there again ([`read_folder`]). A [`CodeBook`](super::CodeBook)
//! lays overlays over the built-in lists.

mod delimited;
mod fixed;
mod load;
mod store;

pub use load::{LoadOptions, load};
pub use store::read_folder;

use super::{CodeSet, Life};
use chrono::NaiveDate;
use std::{io, path::PathBuf};
use thiserror::Error;

/// A list that the user loaded, with where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// The set it is of.
    pub set: CodeSet,
    /// Which version it is, in the user's words, or the name of its file.
    pub version: String,
    /// The name of the file that it came from, without folders.
    pub source: String,
    /// SHA-256 of that file, in hexadecimal.
    pub sha256: String,
    /// First day of service that it speaks for; none where it speaks for all before `to`.
    pub from: Option<NaiveDate>,
    /// Last day of service that it speaks for; none where it speaks for all after `from`.
    pub to: Option<NaiveDate>,
    /// Its codes, sorted as text, once each.
    entries: Vec<Loaded>,
}

/// A code of a loaded list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The code, without a dot.
    pub code: String,
    /// Its text.
    pub title: String,
    /// When it may be used, as far as the list says.
    pub life: Life,
    /// For diagnoses: whether it may be billed.
    pub billable: Option<bool>,
}

impl Overlay {
    /// The codes, sorted as text.
    #[must_use]
    pub fn entries(&self) -> &[Loaded] {
        &self.entries
    }

    /// The code as the list has it.
    #[must_use]
    pub fn lookup(&self, code: &str) -> Option<&Loaded> {
        let at = self.entries.binary_search_by(|entry| entry.code.as_str().cmp(code)).ok()?;
        self.entries.get(at)
    }

    /// The codes that begin so.
    pub fn with_prefix(&self, prefix: &str) -> impl Iterator<Item = &Loaded> {
        let from = self.entries.partition_point(|entry| entry.code.as_str() < prefix);
        self.entries.iter().skip(from).take_while(move |entry| entry.code.starts_with(prefix))
    }

    /// Whether it speaks for this day of service.
    #[must_use]
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// Why a list could not be loaded, saved or read back.
#[derive(Debug, Error)]
pub enum LoadError {
    /// Nothing tells what list it is.
    #[error(
        "{file}: cannot tell which list this is; name its set (carc, rarc, icd10cm, hcpcs, taxonomy, cpt, ...). \
         Expected a head line with 'code' and 'description', or a fixed-width file as CMS publishes it"
    )]
    Unrecognized {
        /// The file.
        file: String,
    },
    /// A line does not hold what it should.
    #[error("{file}, line {line}: found {found}, expected {expected}")]
    Line {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What stands there.
        found: String,
        /// What should stand there.
        expected: String,
    },
    /// There is no code in it.
    #[error("{file}: no code in it")]
    Empty {
        /// The file.
        file: String,
    },
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl LoadError {
    fn line(file: &str, line: u64, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::Line { file: file.to_owned(), line, found: found.into(), expected: expected.into() }
    }
}

#[cfg(test)]
mod tests;
