//! The balance proof: a remittance adds up at line, claim and transaction level, or says exactly where not.
//!
//! | rule | level | equation |
//! |---|---|---|
//! | B1 | line | SVC02 - CAS of the line = SVC03 |
//! | B2 | claim | CLP03 - CAS of the claim - CAS of its lines = CLP04 |
//! | B2 | claim | where it has lines: sum of SVC03 - CAS of the claim = CLP04 |
//! | B3 | transaction | BPR02 = sum of CLP04 - sum of PLB |
//!
//! These are gates: [`prove_claim`] gives a [`BalancedClaim`], and [`TransactionBalance`] a
//! [`RemittanceProof`], or [`Delta`]s that name both sides, the difference and, where arithmetic shows one,
//! the likely cause. An amount that cannot be read is never balanced. Beside the gates stand warnings: CLP05
//! against PR (B4), interest against PLB L6 (P1), AMT*B6 against what was allowed, PLBs of zero.
//!
//! ```
//! use edi_835::balance::{Cause, TransactionBalance, prove_claim};
//! use edi_835::read::{RemittanceEvent, RemittanceReader};
//! let file: &[u8] = b"ST*835*1~BPR*I*80*C*CHK~TRN*1*C1*1~N1*PR*PLAN~CLP*A1*1*100*80*20~CAS*PR*2*-20~SE*7*1~";
//! let mut balance = None;
//! for event in RemittanceReader::new(file)? {
//!     match event? {
//!         RemittanceEvent::Header(remittance) => balance = Some(TransactionBalance::new(&remittance)),
//!         RemittanceEvent::Claim(claim) => {
//!             let deltas = prove_claim(&claim).unwrap_err();
//!             assert_eq!(deltas[0].to_string(), "claim A1: B2 expected 120.00, found 80.00, delta -40.00: \
//!                 the adjustment PR-2 of -20.00 has its sign turned");
//!             balance.as_mut().map(|b| b.push(&claim).is_some());
//!         }
//!         RemittanceEvent::End(totals) => {
//!             let outcome = balance.take().map(|b| b.finish(&totals));
//!             // The transaction itself adds up: only the claim is held.
//!             assert!(outcome.is_some_and(|o| !o.balanced() && o.proof.is_some()));
//!         }
//!     }
//! }
//! # Ok::<(), edi_core::Error>(())
//! ```

mod cause;
mod claim;
mod delta;
mod search;
#[cfg(test)]
mod tests;
mod transaction;

pub use cause::Cause;
pub use claim::{BalancedClaim, prove_claim};
pub use delta::{Delta, Level, Rule};
pub use transaction::{RemittanceBalance, RemittanceProof, TransactionBalance};
