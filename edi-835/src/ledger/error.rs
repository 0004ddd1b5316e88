//! What stops the ledger. A claim that cannot be posted never does: it is held.

/// A result of the ledger.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error that ends the work on the ledger; what its database transaction had begun is rolled back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database failed.
    #[error("the ledger's database failed: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The file could not be opened or made private to its owner.
    #[error("the ledger file could not be opened: {0}")]
    File(#[from] std::io::Error),
    /// The ledger was written by a later version of this program.
    #[error("the ledger has schema version {found}, and this program knows {known}: use a newer program")]
    NewerSchema {
        /// Version of the ledger.
        found: i64,
        /// Latest version that is known here.
        known: i64,
    },
    /// The file is a database, and no ledger.
    #[error("the file is a database of another kind, not a ledger: name another file")]
    NotALedger,
    /// A journal did not sum to zero.
    #[error("a journal of kind {kind} sums to {sum} cents, not to zero: nothing was written")]
    UnbalancedJournal {
        /// Kind of the journal.
        kind: &'static str,
        /// Debits less credits, in cents.
        sum: i128,
    },
    /// A journal's entries are not of one claim, or not all of none.
    #[error("a journal of kind {kind} has entries of several claims: nothing was written")]
    MixedJournal {
        /// Kind of the journal.
        kind: &'static str,
    },
    /// The clearing account of a remittance did not come to zero.
    #[error("clearing of the remittance comes to {0} cents, not to zero: nothing was written")]
    ClearingNotZero(i64),
    /// The request cannot be done.
    #[error("{0}")]
    Refused(String),
    /// The ledger holds something that this program does not write.
    #[error("the ledger is damaged: {0}; restore a copy, or run the ledger check to see how far it goes")]
    Damaged(&'static str),
    /// The remittance file could not be read.
    #[error(transparent)]
    Input(#[from] edi_core::Error),
    /// The file changed between the two readings.
    #[error("the file changed while it was posted: its remittance was rolled back; post it again")]
    InputChanged,
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(Box::new(error))
    }
}
