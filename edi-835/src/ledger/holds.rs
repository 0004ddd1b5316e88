//! Holds that are open, and what becomes of them.

use super::error::Result;
use super::query::rows;
use super::store::{Keys, Store, Value};
use super::text::date;
use super::writing::{Origin, Writing};
use chrono::NaiveDate;
use edi_core::Text;
use std::collections::BTreeSet;

/// An open hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenHold {
    /// Row key.
    pub id: i64,
    /// `claim`, `plb` or `booking`.
    pub kind: Text,
    /// How many times it was planned with another result.
    pub round: i64,
    /// Remittance; none for a booking.
    pub remittance: Option<i64>,
    /// Ordinal in it.
    pub ordinal: u64,
    /// Our claim, where it was found.
    pub claim: Option<i64>,
    /// Day on which the remittance's payment takes effect.
    pub effective: Option<NaiveDate>,
    /// Content hash.
    pub content: Text,
    /// What it says, as JSON.
    pub body: Text,
    /// Where it stood.
    pub origin: Origin,
    /// Why it is held: rule, cause, words.
    pub reasons: Vec<(Text, Text, Text)>,
}

/// The columns of an open hold.
const COLUMNS: &str =
    "SELECT h.id, h.kind, h.round, h.remittance_id, h.ordinal, h.claim_id, r.paid_on, h.content, h.body,
    h.source_id, h.segment_from, h.segment_to FROM hold h LEFT JOIN remittance r ON r.id = h.remittance_id";

impl<S: Store> Writing<'_, S> {
    /// Whether anything is held.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn any_hold(&mut self) -> Result<bool> {
        Ok(self.number("SELECT 1 FROM hold WHERE state = 'open' LIMIT 1", &[])?.is_some())
    }

    /// Row keys of the holds that wait for something about these claims: of the claims themselves, by a number under
    /// which they were sent, or by the payer's number of one of their answers.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn holds_about(&mut self, claims: &BTreeSet<i64>) -> Result<BTreeSet<i64>> {
        let ids: Vec<i64> = claims.iter().copied().collect();
        let mut found = BTreeSet::new();
        let selects = [
            "SELECT id FROM hold WHERE state = 'open' AND claim_id IN {keys}",
            "SELECT h.id FROM claim_key k JOIN hold h ON h.claim_key = k.claim_key
                WHERE h.state = 'open' AND k.claim_id IN {keys}",
            "SELECT h.id FROM adjudication a JOIN hold h ON h.number = a.number
                WHERE h.state = 'open' AND a.number <> '' AND a.claim_id IN {keys}",
            "SELECT h.id FROM adjudication a JOIN hold h ON h.original_reference = a.number
                WHERE h.state = 'open' AND a.number <> '' AND a.claim_id IN {keys}",
        ];
        for select in selects {
            self.store.load(select, Keys::Int(&ids), &mut |row| {
                found.insert(row[0].int());
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// Row keys of the holds of provider-level adjustments of a payer, and of those whose payer is not mapped.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn holds_of_payers(&mut self, payers: &BTreeSet<i64>, unmapped: bool) -> Result<BTreeSet<i64>> {
        let mut found = BTreeSet::new();
        let mut each = |row: &[Value<'_>]| {
            found.insert(row[0].int());
            Ok(())
        };
        let ids: Vec<i64> = payers.iter().copied().collect();
        let of_payer = "SELECT id FROM hold WHERE state = 'open' AND kind = 'plb' AND payer_id IN {keys}";
        self.store.load(of_payer, Keys::Int(&ids), &mut each)?;
        if unmapped {
            let none = "SELECT id FROM hold WHERE state = 'open' AND kind IN ('claim', 'plb') AND payer_id IS NULL";
            self.store.query(none, &[], &mut each)?;
        }
        Ok(found)
    }

    /// Row keys of the open holds of the same remittance and claim, this one with them: they are decided together.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn hold_mates(&mut self, hold: i64) -> Result<BTreeSet<i64>> {
        let mut found = BTreeSet::new();
        let select = "SELECT o.id FROM hold h JOIN hold o ON o.id = h.id
                OR (o.kind = 'claim' AND h.kind = 'claim' AND o.remittance_id = h.remittance_id AND o.claim_id = h.claim_id)
            WHERE h.id = ?1 AND h.state = 'open' AND o.state = 'open'";
        self.store.query(select, &[hold.into()], &mut |row| {
            found.insert(row[0].int());
            Ok(())
        })?;
        Ok(found)
    }

    /// Holds by row key, those that are open, with their reasons.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn open_holds(&mut self, ids: &BTreeSet<i64>) -> Result<Vec<OpenHold>> {
        let ids: Vec<i64> = ids.iter().copied().collect();
        self.holds_where(&ids, "h.state = 'open'")
    }

    /// What was kept of a remittance that was held as a whole, in the state that it has now.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn kept_holds(&mut self, ids: &[i64]) -> Result<Vec<OpenHold>> {
        self.holds_where(ids, "h.kind IN ('claim', 'plb')")
    }

    /// Row keys of what is kept of a remittance that is held as a whole, each with its claim number: those that belong
    /// together stand together, and provider-level adjustments behind them.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn kept(&mut self, remittance: i64) -> Result<Vec<(Text, i64)>> {
        let sql = "SELECT claim_key, id FROM hold WHERE remittance_id = ?1 AND state = 'waiting'
            ORDER BY kind, claim_key, ordinal";
        rows(self.store, sql, &[remittance.into()], |row| Some((row[0].text().into(), row[1].int())))
    }

    /// Row keys of all open holds, each with its remittance and claim: those that are decided together stand together.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn all_open_holds(&mut self) -> Result<Vec<((i64, i64), i64)>> {
        let sql = "SELECT remittance_id, claim_id, id FROM hold WHERE state = 'open' ORDER BY 1, 2, 3";
        rows(self.store, sql, &[], |row| Some(((row[0].int(), row[1].int()), row[2].int())))
    }

    fn holds_where(&mut self, ids: &[i64], condition: &str) -> Result<Vec<OpenHold>> {
        let mut holds = Vec::new();
        for id in ids {
            let sql = format!("{COLUMNS} WHERE {condition} AND h.id = ?1");
            self.store.query(&sql, &[(*id).into()], &mut |row| {
                let _: () = holds.push(open_hold(row));
                Ok(())
            })?;
        }
        for hold in &mut holds {
            let reasons = &mut hold.reasons;
            let sql = "SELECT rule, code, words FROM hold_reason WHERE hold_id = ?1 AND round = ?2 ORDER BY seq";
            self.store.query(sql, &[hold.id.into(), hold.round.into()], &mut |row| {
                let _: () = reasons.push((row[0].text().into(), row[1].text().into(), row[2].text().into()));
                Ok(())
            })?;
        }
        Ok(holds)
    }

    /// Ends a hold: `released`, `rejected`, `returned` or `undone`.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn end_hold(&mut self, id: i64, state: &str) -> Result<()> {
        self.store.change("UPDATE hold SET state = ?2 WHERE id = ?1", &[id.into(), state.into()])?;
        Ok(())
    }

    /// Notes what a hold waits for now.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn still_held(
        &mut self,
        hold: &OpenHold,
        claim: Option<i64>,
        payer: Option<i64>,
        reasons: &[super::ReasonRow<'_>],
    ) -> Result<()> {
        let same = hold.reasons.len() == reasons.len()
            && hold.reasons.iter().zip(reasons).all(|(old, new)| (old.0.as_str(), old.2.as_str()) == (new.0, new.2));
        let round = if same { hold.round } else { hold.round + 1 };
        let update = "UPDATE hold SET round = ?2, claim_id = ?3, payer_id = ?4 WHERE id = ?1";
        self.store.change(update, &[hold.id.into(), round.into(), claim.into(), payer.into()])?;
        if same { Ok(()) } else { self.hold_reasons(hold.id, round, reasons) }
    }

    /// Ends the hold of a remittance as a whole: it is posted now.
    pub(crate) fn end_remittance_hold(&mut self, remittance: i64) -> Result<()> {
        self.remittance_state(remittance, "undone")?;
        let end = "UPDATE hold SET state = 'released' WHERE remittance_id = ?1 AND state IN ('open', 'waiting')";
        self.store.change(end, &[remittance.into()])?;
        Ok(())
    }

    /// Changes the state of a remittance: `posted`, `held` or `undone`.
    pub(crate) fn remittance_state(&mut self, id: i64, state: &str) -> Result<()> {
        self.store.change("UPDATE remittance SET state = ?2 WHERE id = ?1", &[id.into(), state.into()])?;
        Ok(())
    }
}

fn open_hold(row: &[Value<'_>]) -> OpenHold {
    let number = |value: &Value<'_>| u64::try_from(value.int()).unwrap_or_default();
    OpenHold {
        id: row[0].int(),
        kind: row[1].text().into(),
        round: row[2].int(),
        remittance: row[3].key(),
        ordinal: number(&row[4]),
        claim: row[5].key(),
        effective: date(row[6].text()),
        content: row[7].text().into(),
        body: row[8].text().into(),
        origin: Origin { source: row[9].key(), segments: (number(&row[10]), number(&row[11])) },
        reasons: Vec::new(),
    }
}
