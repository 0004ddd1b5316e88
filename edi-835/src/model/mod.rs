//! A remittance as its payer wrote it: nothing is lost, nothing is rounded, nothing is guessed.
//!
//! Each loop is its first segment and its [`Details`]: the segments below it in the order in which they
//! stand, typed where they have a type and raw where they have none. So what was read can be written again
//! element for element, whatever order or qualifier a payer chose, and every field is reached by its meaning
//! (`claim.details.reference("F8")`, `line.details.date("472")`).
//!
//! | type | loop | begins with |
//! |---|---|---|
//! | [`Remittance`] | header | BPR, TRN, CUR, REF, DTM; its [`Party`] loops 1000A and 1000B with N1 |
//! | [`ClaimPayment`] | 2100 | CLP; before it LX, TS3 and TS2 of loop 2000 |
//! | [`ServiceLine`] | 2110 | SVC |
//! | [`Totals`] | summary | PLB; and what the transaction adds up to |

mod adjudication;
mod claim;
mod detail;
mod kept;
mod plb;
mod remittance;
mod segment;
mod source;

pub use claim::{ClaimPayment, ServiceLine};
pub use detail::{Detail, Details};
pub use kept::Kept;
pub use plb::{Plb, PlbEntry};
pub use remittance::{Envelope, Party, Remittance, Totals};
pub use segment::{Bpr, Clp, Cur, Mia, Rdm, Svc, Ts2, Ts3};
pub use source::{ContentHash, ContentHasher, Span, canonical};
