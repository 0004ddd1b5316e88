//! A transaction that writes: everything since its beginning lasts, or nothing does.

use super::error::{Error, Result};
use super::journal::{About, Journal};
use super::load;
use super::period::month_of;
use super::store::{Keys, Store, Value};
use super::tables;
use super::text::day;
use super::{Account, ClaimAccount, Ledger};
use chrono::{Datelike, Months, NaiveDate};
use edi_core::Text;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Who works on the ledger, on which day, by which rules: it stands with everything that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Person or program.
    pub actor: Text,
    /// The day of posting.
    pub day: NaiveDate,
    /// Version of the rules.
    pub rules: Text,
}

/// A file that something was read from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// Its name.
    pub name: Text,
    /// SHA-256 of its bytes, in hexadecimal.
    pub hash: Text,
}

/// Where in a file something stood: the file's row key, and its first and last segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    /// Row key of the file.
    pub source: Option<i64>,
    /// Ordinals of the first and the last segment.
    pub segments: (u64, u64),
}

/// Tables whose row keys are counted here: those that have one.
fn counted() -> impl Iterator<Item = &'static str> {
    tables::TABLES.iter().filter(|table| table.columns.first() == Some(&"id")).map(|table| table.name)
}

/// A transaction that writes. Dropped without [`commit`](Self::commit), it is rolled back.
pub struct Writing<'l, S: Store> {
    pub(super) store: &'l mut S,
    keys: HashMap<&'static str, i64>,
    pub(super) payers: HashMap<Text, i64>,
    pub(super) payees: HashMap<Text, i64>,
    closed: BTreeSet<String>,
    /// The dates of the last journal, as they are written: its effect, and the month that it falls in.
    dates: Option<(NaiveDate, Text, Text)>,
    /// What each remittance's clearing has come to in this transaction.
    clearing: HashMap<i64, i64>,
    /// By how much each account has moved.
    moved: BTreeMap<Account, i64>,
    run: Run,
    run_id: i64,
    /// The day of posting, as it is written.
    today: Text,
    open: bool,
}

impl<S: Store> Ledger<S> {
    /// Begins a transaction.
    ///
    /// # Errors
    /// Where the database fails, or another writer holds it for too long.
    pub fn begin(&mut self, run: &Run) -> Result<Writing<'_, S>> {
        self.store.begin()?;
        let mut writing = Writing {
            store: &mut self.store,
            keys: HashMap::new(),
            payers: HashMap::new(),
            payees: HashMap::new(),
            closed: BTreeSet::new(),
            dates: None,
            clearing: HashMap::new(),
            moved: BTreeMap::new(),
            run: run.clone(),
            run_id: 0,
            today: day(run.day).into(),
            open: true,
        };
        writing.start()?;
        Ok(writing)
    }
}

impl<S: Store> Drop for Writing<'_, S> {
    fn drop(&mut self) {
        if self.open {
            // Nothing more can be done here: the database rolls back by itself when the connection ends.
            let _ = self.store.rollback();
        }
    }
}

impl<S: Store> Writing<'_, S> {
    fn start(&mut self) -> Result<()> {
        let parts: Vec<String> = counted().map(|t| format!("(SELECT coalesce(max(id), 0) FROM {t})")).collect();
        let keys = &mut self.keys;
        self.store.query(&format!("SELECT {}", parts.join(", ")), &[], &mut |row| {
            keys.extend(counted().zip(row.iter().map(Value::int)));
            Ok(())
        })?;
        let closed = &mut self.closed;
        self.store.query("SELECT month FROM closed_month", &[], &mut |row| {
            closed.insert(row[0].text().to_owned());
            Ok(())
        })?;
        self.run_id = self.key("run");
        let run = [self.run_id.into(), (&self.run.actor).into(), (&self.today).into(), (&self.run.rules).into()];
        self.store.append(&tables::RUN, &run)
    }

    /// Makes everything last.
    ///
    /// # Errors
    /// Where the database fails; then nothing lasts.
    pub fn commit(mut self) -> Result<()> {
        self.open = false;
        let result = self.store.commit();
        if result.is_err() {
            self.store.rollback()?;
        }
        result
    }

    /// Takes everything back: the end of a dry run.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn roll_back(mut self) -> Result<()> {
        self.open = false;
        self.store.rollback()
    }

    /// The next row key of a table.
    pub(crate) fn key(&mut self, table: &'static str) -> i64 {
        let key = self.keys.entry(table).or_default();
        *key += 1;
        *key
    }

    /// The day of posting.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.run.day
    }

    pub(crate) fn run_id(&self) -> i64 {
        self.run_id
    }

    /// Accounts of claims by row key, in the order of their keys.
    ///
    /// # Errors
    /// Where the database fails or is damaged.
    pub fn accounts(&mut self, ids: &[i64]) -> Result<Vec<ClaimAccount>> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        load::accounts(self.store, &ids)
    }

    /// The account of one claim.
    ///
    /// # Errors
    /// Where the database fails or is damaged.
    pub fn account(&mut self, id: i64) -> Result<ClaimAccount> {
        self.accounts(&[id])?.pop().ok_or(Error::Damaged("a claim that is not there"))
    }

    /// Row keys of claims by claim number: every CLM01 under which one was sent.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn claims_by_key(&mut self, keys: &[&str]) -> Result<HashMap<Text, i64>> {
        let mut found = HashMap::new();
        let select = "SELECT claim_key, claim_id FROM claim_key WHERE claim_key IN {keys} ORDER BY claim_key";
        self.store.load(select, Keys::Text(keys), &mut |row| {
            found.insert(row[0].text().into(), row[1].int());
            Ok(())
        })?;
        Ok(found)
    }

    /// Row key of the claim that was sent under this number.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn claim_by_key(&mut self, key: &str) -> Result<Option<i64>> {
        self.number("SELECT claim_id FROM claim_key WHERE claim_key = ?1", &[key.into()])
    }

    /// Row keys of claims by a payer's claim number (CLP07) of answers that were posted; a number of several
    /// claims gives them all.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn claims_by_number(&mut self, payer: i64, numbers: &[&str]) -> Result<HashMap<Text, BTreeSet<i64>>> {
        let mut found: HashMap<Text, BTreeSet<i64>> = HashMap::new();
        let select = "SELECT a.number, a.claim_id, a.payer_id FROM adjudication a
            JOIN remittance r ON r.id = a.remittance_id
            WHERE a.number IN {keys} AND a.number <> '' AND r.state = 'posted' ORDER BY a.number";
        self.store.load(select, Keys::Text(numbers), &mut |row| {
            if row[2].int() == payer {
                found.entry(row[0].text().into()).or_default().insert(row[1].int());
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// One number of a statement; none where there is no row or no number.
    pub(crate) fn number(&mut self, sql: &str, arguments: &[Value<'_>]) -> Result<Option<i64>> {
        let mut found = None;
        self.store.query(sql, arguments, &mut |row| {
            found = row[0].key();
            Ok(())
        })?;
        Ok(found)
    }

    /// Row key of a file, which is added where it is new.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn source(&mut self, source: &Source) -> Result<i64> {
        let known = self.number("SELECT id FROM source WHERE hash = ?1", &[(&source.hash).into()])?;
        if let Some(id) = known {
            return Ok(id);
        }
        let id = self.key("source");
        self.store.append(&tables::SOURCE, &[id.into(), (&source.hash).into(), (&source.name).into()])?;
        Ok(id)
    }

    /// Notes who did what.
    pub(crate) fn audit(&mut self, verb: &str, subject: &str, detail: &str) -> Result<()> {
        let id = self.key("audit");
        let row = [id.into(), self.run_id.into(), verb.into(), subject.into(), detail.into()];
        self.store.append(&tables::AUDIT, &row)
    }

    pub(super) fn is_closed(&self, month: &str) -> bool {
        self.closed.contains(month)
    }

    /// The month that an entry falls in: that of its effect, or the next open one where that is closed.
    fn period(&self, effective: NaiveDate) -> String {
        let mut first = effective.with_day(1).unwrap_or(effective);
        while self.is_closed(&month_of(first)) {
            match first.checked_add_months(Months::new(1)) {
                Some(next) => first = next,
                None => break,
            }
        }
        month_of(first)
    }

    /// A date and the month that it falls in, as they are written. Journals that follow one another share them.
    fn dates(&mut self, effective: NaiveDate) -> (Text, Text) {
        match &self.dates {
            Some((known, day, month)) if *known == effective => (day.clone(), month.clone()),
            _ => {
                let (day, month) = (Text::from(day(effective)), Text::from(self.period(effective)));
                self.dates = Some((effective, day.clone(), month.clone()));
                (day, month)
            }
        }
    }

    /// Writes a journal; its row key. A journal without entries is not written.
    ///
    /// # Errors
    /// Where the database fails or refuses it.
    pub fn journal(
        &mut self,
        journal: &Journal,
        about: About,
        effective: NaiveDate,
        origin: Origin,
    ) -> Result<Option<i64>> {
        if journal.entries().is_empty() {
            return Ok(None);
        }
        let id = self.key("journal");
        let (effective, period) = self.dates(effective);
        let segment = |n: u64| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
        self.store.append(
            &tables::JOURNAL,
            &[
                id.into(),
                journal.kind().name().into(),
                self.run_id.into(),
                origin.source.into(),
                segment(origin.segments.0),
                segment(origin.segments.1),
                (&effective).into(),
                (&self.today).into(),
                (&period).into(),
                journal.claim().into(),
                about.remittance.into(),
                about.adjudication.into(),
                about.submission.into(),
                about.hold.into(),
                about.plb.into(),
                about.reverses.into(),
            ],
        )?;
        for (entry, seq) in journal.entries().iter().zip(1i64..) {
            let place = entry.place;
            let (reversed, reversed_seq) = entry.reverses.unzip();
            *self.moved.entry(entry.account).or_default() += entry.amount;
            if let (Account::Clearing, Some(remittance)) = (entry.account, place.remittance) {
                *self.clearing.entry(remittance).or_default() += entry.amount;
            }
            let row = [
                id.into(),
                seq.into(),
                entry.account.id().into(),
                entry.amount.into(),
                place.payer.into(),
                place.line.into(),
                place.remittance.into(),
                place.payee.into(),
                place.hold.into(),
                (&entry.reason).into(),
                (&entry.rule).into(),
                reversed.into(),
                reversed_seq.into(),
            ];
            self.store.append(&tables::ENTRY, &row)?;
        }
        Ok(Some(id))
    }

    /// What a remittance's clearing has come to in this transaction, in cents: zero once it is posted.
    #[must_use]
    pub fn clearing(&self, remittance: i64) -> i64 {
        self.clearing.get(&remittance).copied().unwrap_or_default()
    }

    /// By how much each account has moved, in cents, since this was last asked.
    pub fn take_moved(&mut self) -> BTreeMap<Account, i64> {
        std::mem::take(&mut self.moved)
    }
}
