//! Posting: what each answer of a payer does to the ledger, or why it is held.
//!
//! [`plan()`] is a pure function of the answer, the claim's account and the rules: the same inputs give the same plan.
//! [`post()`] reads a file twice, plans each remittance and writes it in one database transaction; a dry run is the
//! same, rolled back. What waits for something is planned again by itself when it arrives, in the transaction of
//! what arrived.
//!
//! | room | holds |
//! |---|---|
//! | `proof`, `post`, `poster` | the two readings, one remittance, its claims in batches |
//! | `find`, `matching` | which claim (M1), which lines (M2 to M4) |
//! | `checks`, `portion`, `coordination`, `reversal` | what holds an answer; what its money means; several payers; V1 to V4 |
//! | `entries`, `plb` | the entries; provider-level adjustments and open items |
//! | `book`, `opening` | charges, once (C7); claims of an earlier system |
//! | `rules`, `fees` | what the office decides |
//! | `release`, `waiting`, `resolve` | holds and remittances that plan themselves again; what a person decides |
//!
//! Every entry names the rule that decided it: one of the rule book (`S2`, `C5`, `P3`, ...), or `BOOK` a charge, `PAY`
//! a payment and the receivable that it and its adjustments close, `HOLD` money held, `RULES` a rule of the office,
//! `PERSON` and `ACCEPT` a person, `OPEN` an opening balance, `UNDO` a mirror entry.

mod amounts;
mod book;
mod checks;
mod coordination;
mod entries;
mod fees;
mod find;
mod matching;
mod opening;
mod outcome;
mod plan;
mod planned;
mod plb;
mod portion;
mod post;
mod poster;
mod proof;
mod reason;
mod release;
mod resolve;
mod reversal;
mod rules;
mod waiting;
mod work;
mod write;

pub use amounts::{Amounts, Cut, LineAmounts, cents, spread};
pub use book::{Booked, Booking};
pub use fees::{Contract, FeeSchedule};
pub use matching::{LineMatch, lines as match_lines};
pub use opening::{OPENING_COLUMNS, OpeningClaim, OpeningClaims, OpeningColumn, OpeningError, read_opening};
pub use outcome::{Fate, PostEvent, RemittanceOutcome};
pub use plan::plan;
pub use planned::{Cash, Consent, Decision, Input, PlannedClaim, PlannedLine, Posting, Setting};
pub use plb::{PlbDecision, PlbInput, plan_plb};
pub use post::{PostOptions, post, replay};
pub use reason::{Cause, Reason, Warning};
pub use resolve::{Preview, Resolution, Resolved};
pub use rules::{Decision as RuleDecision, Facts, PayerRules, Rule, Rules, RulesError};
