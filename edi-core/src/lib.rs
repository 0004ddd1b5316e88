//! The neutral ground of the engine: everything that claims (837P) and remittances (835) share.
//!
//! | room | holds |
//! |---|---|
//! | [`lex`] | delimiters, the ISA, and the borrowed [`Segment`](lex::Segment) with its elements |
//! | [`reader`] | a streaming pull reader over any `BufRead`, tolerant of dirty files and loud about it |
//! | [`envelope`] | ISA, GS and ST nesting, counts and control numbers |
//! | [`guide`] | implementation guides as tables, the loop tracker, the check, partner overlays, the rule list |
//! | [`ack`] | from findings to TA1 and 999: the exhaustive map, and the writer |
//! | [`rules`] | rules of meaning: balances, segments together, codes by day, kinds of service |
//! | [`finding`], [`error`] | what was seen, and what stopped the reading |
//! | [`value`] | money, quantities, dates, identifiers |
//! | [`segment`] | typed segments: one declaration that reads and writes |
//! | [`writer`] | segments out, with any delimiters |
//! | [`codes`] | code sets with dates and titles: reasons, remarks, diagnoses, procedures, and loaded lists |
//! | [`account`] | claim key, submission, adjudication: what 837, 835 and the ledger share |

pub mod account;
pub mod ack;
pub mod codes;
pub mod envelope;
pub mod error;
pub mod finding;
pub mod guide;
pub mod lex;
pub mod locus;
pub mod reader;
pub mod rules;
pub mod segment;
pub mod value;
pub mod writer;

pub use error::{Error, ErrorKind};
pub use finding::{Finding, Severity};
pub use locus::Locus;
pub use value::{Money, Quantity, Wire};

/// Text of the wire or of a model: short strings are kept inline, without an allocation.
pub type Text = compact_str::CompactString;
