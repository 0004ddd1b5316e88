//! The ledger: immutable double entry over claims, in one SQLite file.
//!
//! What is written stays; a correction is a further entry that names what it takes back. Amounts are whole cents,
//! totals are sums. Everything that belongs together is one database transaction ([`Ledger::begin`]).
//!
//! ```
//! use edi_835::ledger::Ledger;
//! let mut ledger = Ledger::in_memory()?;
//! assert_eq!(ledger.next_control_number("ISA13", "CLEARINGHOUSE")?, 1);
//! assert_eq!(ledger.next_control_number("ISA13", "CLEARINGHOUSE")?, 2);
//! # Ok::<(), edi_835::ledger::Error>(())
//! ```

mod account;
mod chart;
mod check;
mod control;
mod error;
mod holds;
mod items;
mod journal;
mod load;
mod names;
mod period;
mod query;
mod rates;
mod refunds;
mod remittances;
mod schema;
mod sqlite;
mod store;
mod submissions;
mod suggest;
mod tables;
mod text;
mod undo;
mod views;
mod worklist;
mod writing;

pub use account::{
    Answer, AnsweredAdjustment, AnsweredLine, BilledLine, ChainPayer, ClaimAccount, HeldAnswer, PostedEntry,
};
pub use chart::{Account, Nature};
pub use check::{Breach, CheckReport};
pub use error::{Error, Result};
pub use holds::OpenHold;
pub use items::{OpenItem, PlbRow};
pub use journal::{About, Entry, Journal, JournalKind, Place};
pub use rates::RateBy;
pub use refunds::Refund;
pub use remittances::{AnswerRow, HeldRemittance, HoldRow, KnownRemittance, LineRow, ReasonRow, RemittanceRow};
pub use sqlite::Sqlite;
pub use store::{Each, Keys, Store, Table, Value};
pub use submissions::{Placed, SubmissionRow};
pub use views::{
    AnswerView, AuditView, Balance, ClaimHistory, DenialRate, EntryView, HoldView, OpenItemView, Owed, PayerView,
    ReasonView, RemittanceView, Standing, SubmissionView, Suggestion, WorkEventView, WorkView,
};
pub use worklist::{WorkRow, WorkState};
pub use writing::{Origin, Run, Source, Writing};

use std::path::Path;

/// A ledger.
pub struct Ledger<S: Store = Sqlite> {
    store: S,
}

impl Ledger<Sqlite> {
    /// Opens the ledger in this file, and creates it where it is not there, for its owner only (0600).
    ///
    /// # Errors
    /// Where the file cannot be opened, is no ledger, or was written by a later version of this program.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::over(Sqlite::open(path.as_ref())?)
    }

    /// A ledger that lives in memory: for tests and trials.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn in_memory() -> Result<Self> {
        Self::over(Sqlite::in_memory()?)
    }

    fn over(mut store: Sqlite) -> Result<Self> {
        schema::migrate(&mut store)?;
        Ok(Self { store })
    }
}
