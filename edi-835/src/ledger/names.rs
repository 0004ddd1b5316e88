//! Payers and payees by their identifiers.

use super::Ledger;
use super::error::{Error, Result};
use super::query::rows;
use super::store::Store;
use super::tables;
use super::views::PayerView;
use super::writing::Writing;
use edi_core::Text;

impl<S: Store> Ledger<S> {
    /// Payers of claims, and the further identifiers that were mapped to each.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn payers(&mut self) -> Result<Vec<PayerView>> {
        let payers = rows(&mut self.store, "SELECT id, code, name FROM payer ORDER BY code", &[], |row| {
            Some((row[0].int(), Text::from(row[1].text()), Text::from(row[2].text())))
        })?;
        let find = "SELECT identifier FROM payer_alias WHERE payer_id = ?1 ORDER BY identifier";
        let mut all = Vec::with_capacity(payers.len());
        for (id, code, name) in payers {
            let also = rows(&mut self.store, find, &[id.into()], |row| Some(row[0].text().into()))?;
            all.push(PayerView { code, name, also });
        }
        Ok(all)
    }
}

impl<S: Store> Writing<'_, S> {
    /// Row key of a payer, by an identifier of it.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn find_payer(&mut self, identifier: &str) -> Result<Option<i64>> {
        if let Some(id) = self.payers.get(identifier) {
            return Ok(Some(*id));
        }
        let by_code = self.number("SELECT id FROM payer WHERE code = ?1", &[identifier.into()])?;
        let found = match by_code {
            Some(id) => Some(id),
            None => self.number("SELECT payer_id FROM payer_alias WHERE identifier = ?1", &[identifier.into()])?,
        };
        if let Some(id) = found {
            self.payers.insert(identifier.into(), id);
        }
        Ok(found)
    }

    /// Row key of a payer by its code, which is added where it is new.
    pub(crate) fn payer(&mut self, code: &str, name: &str) -> Result<i64> {
        if let Some(id) = self.find_payer(code)? {
            return Ok(id);
        }
        let id = self.key("payer");
        self.store.append(&tables::PAYER, &[id.into(), code.into(), name.into()])?;
        self.payers.insert(code.into(), id);
        Ok(id)
    }

    /// Maps a further identifier to a payer.
    ///
    /// # Errors
    /// Where no payer has this code, or the identifier is mapped already.
    pub fn map_payer(&mut self, identifier: &str, code: &str) -> Result<()> {
        let Some(payer) = self.find_payer(code)? else {
            return Err(Error::Refused(format!("no claim of the ledger has a payer {code}")));
        };
        match self.find_payer(identifier)? {
            Some(known) if known == payer => return Ok(()),
            Some(_) => return Err(Error::Refused(format!("{identifier} is another payer already"))),
            None => {}
        }
        self.store.append(&tables::PAYER_ALIAS, &[identifier.into(), payer.into()])?;
        self.payers.insert(identifier.into(), payer);
        self.audit("map payer", identifier, code)
    }

    /// Row key of a payee, by an identifier of it.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn find_payee(&mut self, identifier: &str) -> Result<Option<i64>> {
        if let Some(id) = self.payees.get(identifier) {
            return Ok(Some(*id));
        }
        let found = self.number("SELECT payee_id FROM payee_alias WHERE identifier = ?1", &[identifier.into()])?;
        if let Some(id) = found {
            self.payees.insert(identifier.into(), id);
        }
        Ok(found)
    }

    /// Row key of a payee by its identifiers; it and they are added where they are new.
    pub(crate) fn payee(&mut self, code: &str, also: &[&str]) -> Result<i64> {
        let id = match self.find_payee(code)? {
            Some(id) => id,
            None => {
                let id = self.key("payee");
                self.store.append(&tables::PAYEE, &[id.into(), code.into()])?;
                id
            }
        };
        for identifier in [&[code], also].concat() {
            if !identifier.is_empty() && self.find_payee(identifier)?.is_none() {
                self.store.append(&tables::PAYEE_ALIAS, &[identifier.into(), id.into()])?;
                self.payees.insert(identifier.into(), id);
            }
        }
        Ok(id)
    }
}
