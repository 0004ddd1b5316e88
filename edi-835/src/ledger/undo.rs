//! Taking whole remittances back: mirror entries, and their keys are free to be posted again.

use super::error::{Error, Result};
use super::journal::{About, Entry, Journal, JournalKind, Place};
use super::store::{Keys, Store, Value};
use super::text::date;
use super::writing::{Origin, Run, Writing};
use super::{Account, Ledger};
use std::collections::BTreeSet;

/// How many journals are mirrored at a time.
const BATCH: usize = 256;

/// Later entries on the claims of remittances, of none of them; but for write-offs all of which were taken back.
const LATER: &str = "SELECT c.claim_key, coalesce(r.trace, k.kind) FROM journal j
        JOIN journal k ON k.claim_id = j.claim_id AND k.id > j.id
        JOIN claim c ON c.id = j.claim_id
        LEFT JOIN remittance r ON r.id = k.remittance_id
    WHERE j.remittance_id IN {keys}
        AND (k.remittance_id IS NULL OR (k.remittance_id NOT IN {keys} AND r.state = 'posted'))
        AND (k.kind <> 'adjustment' OR EXISTS (SELECT e.account_id FROM journal m JOIN entry e ON e.journal_id = m.id
            WHERE m.claim_id = j.claim_id AND m.id > j.id AND m.kind = 'adjustment'
            GROUP BY e.account_id, e.payer_id, e.line_id, e.reason HAVING sum(e.amount) <> 0))
    LIMIT 1";

/// Provider-level adjustments of other remittances that took an item which these opened.
const TAKEN: &str = "SELECT p.code || ' ' || p.reference, r.trace FROM plb p
        JOIN plb_match m ON m.opened_by = p.id JOIN plb t ON t.id = m.plb_id JOIN remittance r ON r.id = t.remittance_id
    WHERE p.remittance_id IN {keys} AND t.remittance_id NOT IN {keys} AND r.state = 'posted' LIMIT 1";

/// Later answers of other remittances on the claims of these: they went by what these say, though they may have made no
/// entry.
const ANSWERED: &str = "SELECT c.claim_key, r.trace FROM adjudication a
        JOIN adjudication b ON b.claim_id = a.claim_id AND b.id > a.id JOIN remittance r ON r.id = b.remittance_id
        JOIN claim c ON c.id = a.claim_id
    WHERE a.remittance_id IN {keys} AND b.remittance_id NOT IN {keys} AND r.state = 'posted' LIMIT 1";

/// The remittances that depend on these.
const DEPENDANTS: &str = "SELECT DISTINCT id FROM (
        SELECT k.remittance_id AS id FROM journal j JOIN journal k ON k.claim_id = j.claim_id AND k.id > j.id
            WHERE j.remittance_id IN {keys}
        UNION ALL SELECT t.remittance_id FROM plb p JOIN plb_match m ON m.opened_by = p.id JOIN plb t ON t.id = m.plb_id
            WHERE p.remittance_id IN {keys}
        UNION ALL SELECT b.remittance_id FROM adjudication a
            JOIN adjudication b ON b.claim_id = a.claim_id AND b.id > a.id WHERE a.remittance_id IN {keys})
    WHERE id IN (SELECT id FROM remittance WHERE state = 'posted')";

/// Money of their holds that was returned.
const RETURNED: &str = "SELECT 'hold ' || h.id, 'its money was returned' FROM hold h
    WHERE h.remittance_id IN {keys} AND h.state = 'returned' LIMIT 1";

/// Work of other remittances that an answer of this one closed.
const CLOSED_WORK: &str =
    "SELECT d.id, d.claim_id, d.line_id, d.payer_id, CASE d.kind WHEN 'task' THEN d.adjudication_id END
    FROM denial d
        JOIN adjudication a ON a.id = d.adjudication_id JOIN remittance r ON r.id = a.remittance_id
    WHERE r.state = 'posted'
        AND d.claim_id IN (SELECT claim_id FROM adjudication WHERE remittance_id = ?1)
        AND (SELECT e.state FROM denial_event e WHERE e.denial_id = d.id ORDER BY e.seq DESC LIMIT 1)
            IN ('answered', 'reversed')";

impl<S: Store> Ledger<S> {
    /// Undoes a remittance: every entry of it is mirrored, its holds end, and it can be posted again.
    ///
    /// # Errors
    /// Where it is not posted, later entries depend on it, or the database fails.
    pub fn undo(&mut self, remittance: i64, run: &Run) -> Result<()> {
        self.undo_together(&[remittance], run)
    }

    /// Undoes several remittances at once, as [`undo`](Self::undo): where each depends on another of them (what was
    /// held in one posted after the other), none could be undone alone.
    ///
    /// # Errors
    /// As [`undo`](Self::undo); then none is undone.
    pub fn undo_together(&mut self, remittances: &[i64], run: &Run) -> Result<()> {
        let mut writing = self.begin(run)?;
        writing.undo(remittances)?;
        writing.commit()
    }
}

impl<S: Store> Writing<'_, S> {
    /// Undoes remittances within this transaction. Nothing was done where it is refused.
    ///
    /// # Errors
    /// As [`Ledger::undo_together`].
    pub fn undo(&mut self, remittances: &[i64]) -> Result<()> {
        let mut ids = remittances.to_vec();
        ids.sort_unstable();
        ids.dedup();
        for id in &ids {
            match self.first_text("SELECT state FROM remittance WHERE id IN {keys}", &[*id])?.as_deref() {
                None => return Err(Error::Refused(format!("there is no remittance {id}"))),
                Some("undone") => return Err(Error::Refused(format!("remittance {id} is undone already"))),
                Some(_) => {}
            }
        }
        self.nothing_depends(&ids)?;
        ids.into_iter().try_for_each(|id| self.undo_one(id))
    }

    fn undo_one(&mut self, remittance: i64) -> Result<()> {
        let mut journals = Vec::new();
        let find = "SELECT id FROM journal WHERE remittance_id = ?1 AND kind <> 'undo' ORDER BY id";
        self.store.query(find, &[remittance.into()], &mut |row| {
            let _: () = journals.push(row[0].int());
            Ok(())
        })?;
        for batch in journals.chunks(BATCH) {
            self.mirror(remittance, batch)?;
        }
        self.remittance_state(remittance, "undone")?;
        let end =
            "UPDATE hold SET state = 'undone' WHERE remittance_id = ?1 AND state IN ('open', 'rejected', 'waiting')";
        self.store.change(end, &[remittance.into()])?;
        self.open_work_again(remittance)?;
        self.audit("undo", &format!("remittance {remittance}"), "")
    }

    /// Undoes a remittance together with the later ones that depend on it.
    ///
    /// # Errors
    /// As [`Ledger::undo`], where entries depend on one that are of no remittance; then none is undone.
    pub(crate) fn undo_with_later(&mut self, remittance: i64) -> Result<()> {
        let mut all = BTreeSet::from([remittance]);
        let mut latest = vec![remittance];
        while !latest.is_empty() {
            let mut found = Vec::new();
            self.store.load(DEPENDANTS, Keys::Int(&latest), &mut |row| {
                let _: () = found.push(row[0].int());
                Ok(())
            })?;
            found.retain(|id| all.insert(*id));
            latest = found;
        }
        self.undo(&all.into_iter().collect::<Vec<_>>())
    }

    fn first_text(&mut self, sql: &'static str, remittances: &[i64]) -> Result<Option<String>> {
        let mut found = None;
        self.store.load(sql, Keys::Int(remittances), &mut |row| {
            let words: Vec<&str> = row.iter().map(Value::text).collect();
            found = Some(words.join(": "));
            Ok(())
        })?;
        Ok(found)
    }

    fn nothing_depends(&mut self, remittances: &[i64]) -> Result<()> {
        for sql in [LATER, TAKEN, ANSWERED, RETURNED] {
            if let Some(what) = self.first_text(sql, remittances)? {
                return Err(Error::Refused(format!(
                    "later entries depend on it ({what}): undo those first, or all of them together"
                )));
            }
        }
        Ok(())
    }

    fn mirror(&mut self, remittance: i64, journals: &[i64]) -> Result<()> {
        let mut mirrored: Vec<(i64, String, Vec<Entry>)> = Vec::new();
        let select = "SELECT e.journal_id, e.seq, e.account_id, e.amount, e.payer_id, j.claim_id, e.line_id,
                e.remittance_id, e.payee_id, e.hold_id, e.reason, j.effective
            FROM entry e JOIN journal j ON j.id = e.journal_id WHERE e.journal_id IN {keys} ORDER BY e.journal_id, e.seq";
        self.store.load(select, Keys::Int(journals), &mut |row| {
            if mirrored.last().is_none_or(|(journal, ..)| *journal != row[0].int()) {
                mirrored.push((row[0].int(), row[11].text().to_owned(), Vec::new()));
            }
            let entry = Entry {
                account: Account::of_id(row[2].int()).ok_or(Error::Damaged("an entry of an unknown account"))?,
                amount: -row[3].int(),
                place: Place {
                    payer: row[4].key(),
                    claim: row[5].key(),
                    line: row[6].key(),
                    remittance: row[7].key(),
                    payee: row[8].key(),
                    hold: row[9].key(),
                },
                reason: row[10].text().into(),
                rule: "UNDO".into(),
                reverses: Some((row[0].int(), row[1].int())),
            };
            if let Some((.., entries)) = mirrored.last_mut() {
                entries.push(entry)
            }
            Ok(())
        })?;
        for (journal, effective, entries) in mirrored {
            let about = About { remittance: Some(remittance), reverses: Some(journal), ..About::default() };
            let effective = date(&effective).unwrap_or(self.day());
            self.journal(&Journal::new(JournalKind::Undo, entries)?, about, effective, Origin::default())?;
        }
        Ok(())
    }

    /// Denials that an answer of this remittance had closed are open again, where the amount is denied again; tasks,
    /// where the answer that made them stands again.
    fn open_work_again(&mut self, remittance: i64) -> Result<()> {
        let mut closed = Vec::new();
        self.store.query(CLOSED_WORK, &[remittance.into()], &mut |row| {
            closed.push((row[0].int(), row[1].int(), row[2].int(), row[3].key(), row[4].key()));
            Ok(())
        })?;
        let claims: BTreeSet<i64> = closed.iter().map(|(_, claim, ..)| *claim).collect();
        for claim in claims {
            let account = self.account(claim)?;
            for (denial, _, line, payer, task_of) in closed.iter().filter(|(_, of, ..)| *of == claim) {
                let stands = match task_of {
                    Some(answer) => account.standing().any(|standing| standing.id == *answer),
                    None => account.on_line(Account::DeniedReceivable, *payer, *line) > 0,
                };
                if stands {
                    self.work_event(*denial, "open", "", "the answer that closed it was undone")?;
                }
            }
        }
        Ok(())
    }
}
