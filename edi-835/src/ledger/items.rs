//! Provider-level adjustments: rows, open items, and which took which.

use super::chart::Account;
use super::error::Result;
use super::journal::{About, Entry, Journal, JournalKind, Place};
use super::store::Store;
use super::tables;
use super::writing::{Origin, Writing};
use chrono::NaiveDate;
use edi_core::Text;

/// A provider-level adjustment that posts.
#[derive(Debug, Clone, Copy)]
pub struct PlbRow<'a> {
    /// Remittance.
    pub remittance: i64,
    /// Ordinal among those of its remittance.
    pub ordinal: u64,
    /// PLB03-1.
    pub code: &'a str,
    /// PLB03-2.
    pub reference: &'a str,
    /// PLB04 in cents.
    pub amount: i64,
    /// Account.
    pub account: Account,
    /// Payer.
    pub payer: i64,
    /// Payee.
    pub payee: i64,
    /// Rule that decided.
    pub rule: &'static str,
    /// The hold that is released, where it was held.
    pub hold: Option<i64>,
    /// Where it stood.
    pub origin: Origin,
}

/// An amount that a payer put off, or that is not matched yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenItem {
    /// Row key of the adjustment that opened it; that of a refund of ours, below zero.
    pub id: i64,
    /// Account.
    pub account: Account,
    /// PLB03-1.
    pub code: Text,
    /// PLB03-2.
    pub reference: Text,
    /// TRN02 of the remittance that it came in.
    pub trace: Text,
    /// Our claim that the reference names, where that was looked up.
    pub claim: Option<i64>,
    /// What is left of it in cents: positive where we owe it.
    pub left: i64,
}

impl<S: Store> Writing<'_, S> {
    /// What a payer and a payee have open between them.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn open_items(&mut self, payer: i64, payee: i64) -> Result<Vec<OpenItem>> {
        let mut open = Vec::new();
        let select = "SELECT o.id, o.account_id, o.code, o.reference, o.trace, o.rest FROM open_item o
            WHERE o.payer_id = ?1 AND o.payee_id = ?2 ORDER BY abs(o.id)";
        self.store.query(select, &[payer.into(), payee.into()], &mut |row| {
            let account = Account::of_id(row[1].int());
            let left = row[5].int();
            if let Some(account) = account.filter(|_| left != 0) {
                let (code, reference, trace) = (row[2].text().into(), row[3].text().into(), row[4].text().into());
                open.push(OpenItem { id: row[0].int(), account, code, reference, trace, claim: None, left });
            }
            Ok(())
        })?;
        Ok(open)
    }

    /// The claim that the reference of a provider-level adjustment names: by CLP01, or by CLP07 of an answer of this
    /// payer (rule P3).
    ///
    /// # Errors
    /// Where the database fails.
    pub fn claim_of_reference(&mut self, payer: i64, reference: &str) -> Result<Option<i64>> {
        if reference.is_empty() {
            return Ok(None);
        }
        if let Some(claim) = self.claim_by_key(reference)? {
            return Ok(Some(claim));
        }
        let found = self.claims_by_number(payer, &[reference])?.into_values().flatten().collect::<Vec<_>>();
        Ok(if let [claim] = found[..] { Some(claim) } else { None })
    }

    /// Writes a provider-level adjustment, what it takes of open items, and its journal.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn provider_level(&mut self, row: &PlbRow<'_>, takes: &[(i64, i64)], effective: NaiveDate) -> Result<i64> {
        let id = self.key("plb");
        let ordinal = i64::try_from(row.ordinal).unwrap_or(i64::MAX);
        let cells = [
            id.into(),
            row.remittance.into(),
            ordinal.into(),
            row.code.into(),
            row.reference.into(),
            row.amount.into(),
            row.account.id().into(),
            row.payer.into(),
            row.payee.into(),
        ];
        self.store.append(&tables::PLB, &cells)?;
        for (opened_by, amount) in takes {
            let table = if *opened_by < 0 { &tables::REFUND_MATCH } else { &tables::PLB_MATCH };
            self.store.append(table, &[id.into(), opened_by.abs().into(), (*amount).into()])?;
        }
        let place = Place { payer: Some(row.payer), payee: Some(row.payee), ..Place::default() };
        let remittance = Some(row.remittance);
        let (cash, kind) = match row.hold {
            Some(_) => (Account::Unapplied, JournalKind::Release),
            None => (Account::Clearing, JournalKind::ProviderLevel),
        };
        let entries = vec![
            Entry::new(row.account, row.amount, place, row.code, row.rule),
            Entry::new(cash, -row.amount, Place { remittance, hold: row.hold, ..Place::default() }, row.code, row.rule),
        ];
        let about = About { remittance, plb: Some(id), hold: row.hold, ..About::default() };
        self.journal(&Journal::new(kind, entries)?, about, effective, row.origin)?;
        Ok(id)
    }
}
