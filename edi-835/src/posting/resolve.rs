//! What a person decides about a hold.

use super::planned::Consent;
use super::release::{Touched, Verdict, again, replan};
use super::rules::Rules;
use crate::ledger::{EntryView, Error, Ledger, Result, Run, Store, Writing};
use edi_core::Text;
use std::fmt;

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

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Match(claim) => write!(f, "match {claim}"),
            Self::Accept => f.write_str("accept"),
            Self::Adjust => f.write_str("adjust"),
            Self::Reject => f.write_str("reject"),
        }
    }
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

/// What a decision about a hold would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// What would become of it.
    pub resolved: Resolved,
    /// The entries that it would make.
    pub entries: Vec<EntryView>,
}

impl<S: Store> Ledger<S> {
    /// Resolves a hold; the decision is kept with who made it.
    ///
    /// # Errors
    /// Where there is no such open hold or no such claim, or the database fails.
    pub fn resolve(&mut self, hold: i64, resolution: &Resolution, run: &Run, rules: &Rules) -> Result<Resolved> {
        self.resolve_noting(hold, resolution, "", run, rules)
    }

    /// [`resolve`](Self::resolve), with a note of the person that is kept with the decision.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn resolve_noting(
        &mut self,
        hold: i64,
        resolution: &Resolution,
        note: &str,
        run: &Run,
        rules: &Rules,
    ) -> Result<Resolved> {
        let mut writing = self.begin(run)?;
        let resolved = resolve(&mut writing, hold, resolution, note, rules)?;
        writing.commit()?;
        Ok(resolved)
    }

    /// What [`resolve`](Self::resolve) would do; nothing is changed.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn preview(&mut self, hold: i64, resolution: &Resolution, run: &Run, rules: &Rules) -> Result<Preview> {
        let mut writing = self.begin(run)?;
        let resolved = resolve(&mut writing, hold, resolution, "", rules)?;
        let entries = writing.entries_of_run()?;
        writing.roll_back()?;
        Ok(Preview { resolved, entries })
    }
}

fn resolve<S: Store>(
    writing: &mut Writing<'_, S>,
    hold: i64,
    resolution: &Resolution,
    note: &str,
    rules: &Rules,
) -> Result<Resolved> {
    let mut ids = writing.hold_mates(hold)?;
    if !ids.contains(&hold) {
        return Err(Error::Refused(format!("there is no open hold {hold}")));
    }
    let decided = if note.is_empty() { resolution.to_string() } else { format!("{resolution}: {note}") };
    writing.audit("resolve hold", &hold.to_string(), &decided)?;
    let mut verdict = Verdict { hold, ..Verdict::default() };
    match resolution {
        Resolution::Match(key) => {
            let claim = writing.claim_by_key(key)?;
            verdict.claim = Some(claim.ok_or_else(|| Error::Refused(format!("there is no claim {key}")))?);
            ids.retain(|id| *id == hold);
        }
        Resolution::Accept => verdict.consent = Consent::Accept,
        Resolution::Adjust => verdict.consent = Consent::Adjust,
        Resolution::Reject => {
            writing.end_hold(hold, "rejected")?;
            return Ok(Resolved::Rejected);
        }
    }
    let mut touched = Touched::default();
    let released = again(writing, rules, &ids, verdict, &mut touched)?;
    let further = replan(writing, rules, touched)?;
    Ok(match released.contains(&hold) {
        true => Resolved::Released(released.len() + further.len() - 1),
        false => Resolved::StillHeld,
    })
}
