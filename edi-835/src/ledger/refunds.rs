//! Money that we send back: refunds to payers, and what a rejected hold had kept.

use super::error::{Error, Result};
use super::journal::{About, Entry, Journal, JournalKind, Place};
use super::query::rows;
use super::store::Store;
use super::tables;
use super::writing::{Origin, Run, Writing};
use super::{Account, Ledger};
use edi_core::Money;

/// The largest refund: a billion dollars, as of every amount that is posted without a person.
const LARGEST: i64 = 100_000_000_000;

/// A refund that we sent to a payer (rule P3): its PLB 72 says later that it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refund<'a> {
    /// Payer, by an identifier that it has in the ledger.
    pub payer: &'a str,
    /// Billing provider that sent it, by its NPI or tax id.
    pub payee: &'a str,
    /// What names it: a check number, CLP01 or CLP07.
    pub reference: &'a str,
    /// Dollars, more than zero, in whole cents.
    pub amount: Money,
}

impl<S: Store> Ledger<S> {
    /// Notes a refund that was sent: overpayment to bank.
    ///
    /// # Errors
    /// Where the payer or the payee is not in the ledger, the amount is no whole cents above zero, or the database
    /// fails.
    pub fn refund(&mut self, refund: &Refund<'_>, run: &Run) -> Result<()> {
        let mut writing = self.begin(run)?;
        writing.refund(refund)?;
        writing.commit()
    }

    /// Returns the money of a rejected hold to whom it came from: unapplied to bank. What was returned; below zero
    /// where it came back to us.
    ///
    /// # Errors
    /// Where there is no such rejected hold of money, or the database fails.
    pub fn return_held(&mut self, hold: i64, note: &str, run: &Run) -> Result<Money> {
        let mut writing = self.begin(run)?;
        let returned = writing.return_held(hold, note)?;
        writing.commit()?;
        Ok(returned)
    }
}

impl<S: Store> Writing<'_, S> {
    fn refund(&mut self, refund: &Refund<'_>) -> Result<()> {
        let refuse = |what: &str| Error::Refused(format!("{what}: no refund was noted"));
        let cents = refund.amount.cents().filter(|cents| (1..=LARGEST).contains(cents));
        let cents = cents.ok_or_else(|| refuse("a refund is whole cents above zero"))?;
        let payer = self.find_payer(refund.payer)?.ok_or_else(|| refuse("the ledger has no such payer"))?;
        let payee = self.find_payee(refund.payee)?.ok_or_else(|| refuse("the ledger has no such payee"))?;
        let id = self.key("refund");
        let run = self.run_id();
        let cells = [id.into(), payer.into(), payee.into(), refund.reference.into(), cents.into(), run.into()];
        self.store.append(&tables::REFUND, &cells)?;
        let place = Place { payer: Some(payer), payee: Some(payee), ..Place::default() };
        self.adjust(
            vec![
                Entry::new(Account::Overpayment, cents, place, "72", "P3"),
                Entry::new(Account::Bank, -cents, Place::default(), "72", "P3"),
            ],
            About::default(),
        )?;
        self.audit("refund", refund.reference, &format!("{} to {}", refund.amount, refund.payer))
    }

    fn return_held(&mut self, hold: i64, note: &str) -> Result<Money> {
        let find = "SELECT h.remittance_id, CASE WHEN h.kind = 'plb' THEN -h.amount ELSE h.amount END
            FROM hold h WHERE h.id = ?1 AND h.state = 'rejected' AND h.kind IN ('claim', 'plb')";
        let found = rows(self.store, find, &[hold.into()], |row| Some((row[0].key(), row[1].int())))?.pop();
        let (remittance, cents) = found
            .ok_or_else(|| Error::Refused(format!("there is no rejected hold {hold} with money: reject it first")))?;
        let place = Place { remittance, hold: Some(hold), ..Place::default() };
        self.adjust(
            vec![
                Entry::new(Account::Unapplied, cents, place, "", "PERSON"),
                Entry::new(Account::Bank, -cents, Place::default(), "", "PERSON"),
            ],
            About { hold: Some(hold), ..About::default() },
        )?;
        self.end_hold(hold, "returned")?;
        self.audit("return held money", &hold.to_string(), note)?;
        Ok(Money::from_cents(cents))
    }

    /// Writes what a person did today.
    fn adjust(&mut self, entries: Vec<Entry>, about: About) -> Result<()> {
        let (journal, today) = (Journal::new(JournalKind::Adjustment, entries)?, self.day());
        self.journal(&journal, about, today, Origin::default())?;
        Ok(())
    }
}
