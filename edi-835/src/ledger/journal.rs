//! Journals and their entries: what is added to the ledger, and never changed.

use super::chart::Account;
use super::error::{Error, Result};
use edi_core::{Money, Text};

/// Which sub-accounts an entry belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Place {
    /// Payer.
    pub payer: Option<i64>,
    /// Claim.
    pub claim: Option<i64>,
    /// Line of the claim.
    pub line: Option<i64>,
    /// Remittance, of clearing and of the payment expected.
    pub remittance: Option<i64>,
    /// Payee, of provider-level accounts.
    pub payee: Option<i64>,
    /// Hold, of unapplied money.
    pub hold: Option<i64>,
}

/// One side of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Account.
    pub account: Account,
    /// Cents; debits are positive. Never zero.
    pub amount: i64,
    /// Sub-accounts.
    pub place: Place,
    /// Group and reason (`CO-45`), or a PLB code; empty where there is none.
    pub reason: Text,
    /// The rule that decided it (`C5`).
    pub rule: Text,
    /// The entry that it takes back: journal and ordinal.
    pub reverses: Option<(i64, i64)>,
}

impl Entry {
    /// An entry of a claim's money.
    #[must_use]
    pub fn new(account: Account, amount: i64, place: Place, reason: &str, rule: &'static str) -> Self {
        Self { account, amount, place, reason: reason.into(), rule: Text::const_new(rule), reverses: None }
    }

    /// The amount as money.
    #[must_use]
    pub fn money(&self) -> Money {
        Money::from_cents(self.amount)
    }
}

/// Why a journal was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JournalKind {
    /// A claim was submitted.
    Booking,
    /// A remittance announced its payment.
    Payment,
    /// A claim's answer was posted.
    Answer,
    /// A reversal was posted.
    Reversal,
    /// A provider-level adjustment was posted.
    ProviderLevel,
    /// Money was held.
    Hold,
    /// A hold was released.
    Release,
    /// A remittance was undone.
    Undo,
    /// A person or a rule gave an amount up, or moved it.
    Adjustment,
    /// Balances came from an earlier system.
    Opening,
    /// Money was seen in the bank.
    Deposit,
}

impl JournalKind {
    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Booking => "booking",
            Self::Payment => "payment",
            Self::Answer => "answer",
            Self::Reversal => "reversal",
            Self::ProviderLevel => "provider_level",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Undo => "undo",
            Self::Adjustment => "adjustment",
            Self::Opening => "opening",
            Self::Deposit => "deposit",
        }
    }
}

/// What a journal was written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct About {
    /// Remittance.
    pub remittance: Option<i64>,
    /// Adjudication.
    pub adjudication: Option<i64>,
    /// Submission.
    pub submission: Option<i64>,
    /// Hold.
    pub hold: Option<i64>,
    /// Provider-level adjustment.
    pub plb: Option<i64>,
    /// Journal that it takes back.
    pub reverses: Option<i64>,
}

/// Entries that belong together and sum to zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    kind: JournalKind,
    claim: Option<i64>,
    entries: Vec<Entry>,
}

impl Journal {
    /// A journal. Entries of nothing are left out.
    ///
    /// # Errors
    /// Where the entries do not sum to zero, or are of several claims: such a journal is refused.
    pub fn new(kind: JournalKind, mut entries: Vec<Entry>) -> Result<Self> {
        entries.retain(|entry| entry.amount != 0);
        let claim = entries.first().and_then(|entry| entry.place.claim);
        if entries.iter().any(|entry| entry.place.claim != claim) {
            return Err(Error::MixedJournal { kind: kind.name() });
        }
        match entries.iter().map(|entry| i128::from(entry.amount)).sum::<i128>() {
            0 => Ok(Self { kind, claim, entries }),
            sum => Err(Error::UnbalancedJournal { kind: kind.name(), sum }),
        }
    }

    /// Why it was written.
    #[must_use]
    pub fn kind(&self) -> JournalKind {
        self.kind
    }

    /// The claim that it is of.
    #[must_use]
    pub fn claim(&self) -> Option<i64> {
        self.claim
    }

    /// Its entries.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_that_does_not_sum_to_zero_is_refused() {
        let entry = |amount| Entry::new(Account::Revenue, amount, Place::default(), "", "BOOK");
        assert!(Journal::new(JournalKind::Booking, vec![entry(5), entry(-4)]).is_err());
        assert!(Journal::new(JournalKind::Booking, vec![entry(i64::MAX), entry(i64::MAX)]).is_err());
        let of_claim = Entry { place: Place { claim: Some(1), ..Place::default() }, ..entry(-5) };
        assert!(Journal::new(JournalKind::Booking, vec![entry(5), of_claim]).is_err());
        let journal = Journal::new(JournalKind::Booking, vec![entry(5), entry(0), entry(-5)]).unwrap();
        assert_eq!(journal.entries().len(), 2);
    }
}
