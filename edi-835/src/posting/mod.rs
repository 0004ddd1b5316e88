//! Posting: what each answer of a payer does to the ledger, or why it is held.
//!
//! [`plan()`] is a pure function of the answer, the claim's account and the rules; [`post()`] reads a file twice,
//! plans each remittance and writes it in one database transaction. A dry run is the same, rolled back.

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
mod work;
mod write;

pub use amounts::{Amounts, Cut, LineAmounts, cents, spread};
pub use book::{Booked, Booking};
pub use fees::{Contract, FeeSchedule};
pub use matching::{LineMatch, lines as match_lines};
pub use opening::{OpeningClaim, OpeningError, read_opening};
pub use outcome::{Fate, PostEvent, RemittanceOutcome};
pub use plan::plan;
pub use planned::{Cash, Consent, Decision, Input, PlannedClaim, PlannedLine, Posting, Setting};
pub use plb::{PlbDecision, PlbInput, plan_plb};
pub use post::{PostOptions, post, replay};
pub use reason::{Cause, Reason, Warning};
pub use resolve::{Preview, Resolution, Resolved};
pub use rules::{Decision as RuleDecision, Facts, PayerRules, Rule, Rules};
