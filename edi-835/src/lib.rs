//! Remittances: the 835 (X12 005010X221A1, and 004010X091A1 as it still arrives).
//!
//! | room | holds |
//! |---|---|
//! | [`model`] | the remittance as its payer wrote it |
//! | [`read`] | header, claim by claim, end: off any stream |
//! | [`balance`] | the proof that it adds up, at line, claim and transaction level |
//! | [`write`](mod@write) | the model out, element for element |
//! | [`generate`] | balanced remittances, drawn by seed, or in answer to claims |
//! | [`denial`] | what an adjustment means for the money, and the work that a denied amount makes |
//! | [`posting`] | the plan: what an answer does to the ledger, by which rule, or why it is held |
//! | [`rulebook`] | what the rules of balance and posting say, by id |
//! | [`ledger`] | immutable double entry over claims, in one SQLite file |

pub mod balance;
pub mod denial;
pub mod generate;
pub mod ledger;
pub mod model;
pub mod posting;
pub mod read;
pub mod rulebook;
pub mod write;
