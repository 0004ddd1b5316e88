//! What a database must do to keep a ledger: begin, load by keys, append rows, commit.
//!
//! Row keys are made by the caller, so that rows can be sent without waiting for an answer. The few other
//! statements are written once, in SQL that SQLite and PostgreSQL both know, with arguments `?1`, `?2`, ... and
//! `{keys}` for a set of keys.

use super::error::Result;

/// A cell of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// A number, or an amount in cents.
    Int(i64),
    /// Text; dates as `2026-01-31`.
    Text(&'a str),
}

impl<'a> Value<'a> {
    /// The number; zero where there is none.
    #[must_use]
    pub fn int(&self) -> i64 {
        self.key().unwrap_or_default()
    }

    /// The number, where there is one.
    #[must_use]
    pub fn key(&self) -> Option<i64> {
        if let Self::Int(n) = self { Some(*n) } else { None }
    }

    /// The text; empty where there is none.
    #[must_use]
    pub fn text(&self) -> &'a str {
        if let Self::Text(text) = self { text } else { "" }
    }
}

impl From<i64> for Value<'_> {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(n: Option<i64>) -> Self {
        n.map_or(Self::Null, Self::Int)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a, T: AsRef<str>> From<&'a T> for Value<'a> {
    fn from(text: &'a T) -> Self {
        Self::Text(text.as_ref())
    }
}

/// The keys of a load.
#[derive(Debug, Clone, Copy)]
pub enum Keys<'a> {
    /// Row keys.
    Int(&'a [i64]),
    /// Keys of the outer world: claim numbers, hashes.
    Text(&'a [&'a str]),
}

impl Keys<'_> {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Int(keys) => keys.is_empty(),
            Self::Text(keys) => keys.is_empty(),
        }
    }
}

/// What is done with each row of an answer.
pub type Each<'f> = dyn FnMut(&[Value<'_>]) -> Result<()> + 'f;

/// A database that keeps the tables of a ledger.
pub trait Store {
    /// Begins a transaction that writes; other writers wait.
    ///
    /// # Errors
    /// Where the database fails, or another writer holds it for too long.
    fn begin(&mut self) -> Result<()>;

    /// Begins a transaction that only reads, so that what it reads is of one moment; [`rollback`](Self::rollback)
    /// ends it.
    ///
    /// # Errors
    /// Where the database fails.
    fn begin_read(&mut self) -> Result<()>;

    /// What the database finds wrong with itself: damaged pages, rows that refer to nothing.
    ///
    /// # Errors
    /// Where the database fails.
    fn verify(&mut self) -> Result<Vec<String>>;

    /// Makes all rows since [`begin`](Self::begin) last.
    ///
    /// # Errors
    /// Where the database fails; then nothing lasts.
    fn commit(&mut self) -> Result<()>;

    /// Takes all rows since [`begin`](Self::begin) back.
    ///
    /// # Errors
    /// Where the database fails.
    fn rollback(&mut self) -> Result<()>;

    /// Rows by keys, in key order where the statement says so; PostgreSQL locks them.
    ///
    /// # Errors
    /// Where the database fails, or `each` does.
    fn load(&mut self, select: &'static str, keys: Keys<'_>, each: &mut Each<'_>) -> Result<()>;

    /// Appends a row: a cell for each column of the table. A store may keep rows back until something is read or
    /// changed, or the transaction ends.
    ///
    /// # Errors
    /// Where the database fails, or a constraint refuses the row, then or later.
    fn append(&mut self, table: &'static Table, row: &[Value<'_>]) -> Result<()>;

    /// Rows of a statement.
    ///
    /// # Errors
    /// Where the database fails, or `each` does.
    fn query(&mut self, sql: &str, arguments: &[Value<'_>], each: &mut Each<'_>) -> Result<()>;

    /// Changes the few columns that may change (the state of a hold, say); how many rows it met.
    ///
    /// # Errors
    /// Where the database fails, or a trigger refuses the change.
    fn change(&mut self, sql: &'static str, arguments: &[Value<'_>]) -> Result<usize>;
}

/// A table: its name and its columns in order.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Name.
    pub name: &'static str,
    /// Columns in order.
    pub columns: &'static [&'static str],
}
