//! What a person decides about a hold.

use super::planned::Consent;
use super::release::{Touched, Verdict, again, replan};
use super::rules::Rules;
use crate::ledger::{Error, Ledger, Result, Run, Store};
use edi_core::Text;

/// A decision about a hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// It is about this claim (CLM01): plan it again.
    Match(Text),
    /// Post in spite of the reasons that a person may set aside ([`Cause::may_be_accepted`](super::Cause)).
    Accept,
    /// Post what its reason proposes.
    Adjust,
    /// Never post it; its money stays in unapplied until it is returned.
    Reject,
}

/// What became of a hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// It posted; with it this many further holds.
    Released(usize),
    /// It is still held, for the reasons that [`Ledger::holds`] tells.
    StillHeld,
    /// It was rejected.
    Rejected,
}

impl<S: Store> Ledger<S> {
    /// Resolves a hold; the decision is kept with who made it.
    ///
    /// # Errors
    /// Where there is no such open hold or no such claim, or the database fails.
    pub fn resolve(&mut self, hold: i64, resolution: &Resolution, run: &Run, rules: &Rules) -> Result<Resolved> {
        let mut writing = self.begin(run)?;
        let mut ids = writing.hold_mates(hold)?;
        if !ids.contains(&hold) {
            return Err(Error::Refused(format!("there is no open hold {hold}")));
        }
        let (mut verdict, detail) = (Verdict { hold, ..Verdict::default() }, format!("{resolution:?}"));
        writing.audit("resolve hold", &hold.to_string(), &detail)?;
        match resolution {
            Resolution::Match(key) => {
                let claim = writing.claim_by_key(key)?;
                let none = || Error::Refused(format!("there is no claim {key}"));
                verdict.claim = Some(claim.ok_or_else(none)?);
                ids.retain(|id| *id == hold);
            }
            Resolution::Accept => verdict.consent = Consent::Accept,
            Resolution::Adjust => verdict.consent = Consent::Adjust,
            Resolution::Reject => {
                writing.end_hold(hold, "rejected")?;
                writing.commit()?;
                return Ok(Resolved::Rejected);
            }
        }
        let mut touched = Touched::default();
        let released = again(&mut writing, rules, &ids, verdict, &mut touched)?;
        let further = replan(&mut writing, rules, touched)?;
        writing.commit()?;
        Ok(match released.contains(&hold) {
            true => Resolved::Released(released.len() + further.len() - 1),
            false => Resolved::StillHeld,
        })
    }
}
