//! What posting tells: an outcome for each remittance, and each claim as it is planned.

use super::planned::PlannedClaim;
use super::plb::{PlbDecision, PlbInput};
use super::reason::Reason;
use crate::ledger::Account;
use chrono::NaiveDate;
use edi_core::account::ClaimKey;
use edi_core::{Money, Text};
use serde::Serialize;
use std::collections::BTreeMap;

/// What became of a remittance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It was posted: each claim posted or held.
    Posted,
    /// The same content was posted before: nothing was done.
    AlreadyPosted,
    /// It was held before for the same reason: nothing was done.
    AlreadyHeld,
    /// It is held as a whole: no entries.
    Held(Vec<Reason>),
}

/// The outcome of one remittance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemittanceOutcome {
    /// Ordinal in the file, from 1.
    pub ordinal: u64,
    /// Row key in the ledger: what `undo` takes. None after a dry run.
    pub id: Option<i64>,
    /// TRN02.
    pub trace: Text,
    /// TRN03.
    pub originator: Text,
    /// N102 of the payer.
    pub payer: Text,
    /// BPR16.
    pub date: Option<NaiveDate>,
    /// BPR02.
    pub amount: Money,
    /// What became of it.
    pub fate: Fate,
    /// Claims in it.
    pub claims: u64,
    /// Claims that posted.
    pub posted: u64,
    /// Claims that are held.
    pub held: u64,
    /// Sum of CLP04 of the claims that posted.
    pub posted_amount: Money,
    /// Sum of CLP04 of the claims that are held.
    pub held_amount: Money,
    /// Provider-level adjustments that posted.
    pub provider_posted: u64,
    /// Provider-level adjustments that are held.
    pub provider_held: u64,
    /// Holds, of this remittance and of earlier ones, that posted because of it.
    pub released: u64,
    /// By how much each account moved; debits are positive.
    pub moved: BTreeMap<Account, Money>,
    /// What is odd about the whole.
    pub warnings: Vec<String>,
}

/// Something that posting tells on its way.
#[derive(Debug, Clone, Copy)]
pub enum PostEvent<'a> {
    /// A claim was planned.
    Claim {
        /// Ordinal of the remittance in the file.
        remittance: u64,
        /// CLP01.
        key: &'a ClaimKey,
        /// CLP04.
        paid: Money,
        /// The plan: entries with their rules, or reasons.
        planned: &'a PlannedClaim,
    },
    /// A provider-level adjustment was planned.
    ProviderLevel {
        /// Ordinal of the remittance in the file.
        remittance: u64,
        /// The adjustment.
        item: &'a PlbInput,
        /// The plan.
        decision: &'a PlbDecision,
    },
}
