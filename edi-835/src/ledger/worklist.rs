//! The worklist: denied amounts and tasks, and what was done about them.

use super::error::Result;
use super::store::{Store, Value};
use super::tables;
use super::text::day;
use super::writing::Writing;
use chrono::NaiveDate;

/// A denied amount, or a task.
#[derive(Debug, Clone, Copy)]
pub struct WorkRow<'a> {
    /// `denial` or `task`.
    pub kind: &'static str,
    /// The answer that made it.
    pub adjudication: i64,
    /// Claim.
    pub claim: i64,
    /// Line.
    pub line: Option<i64>,
    /// Payer.
    pub payer: i64,
    /// Group code.
    pub group: &'a str,
    /// Reason code.
    pub reason: &'a str,
    /// Remark codes.
    pub remarks: &'a str,
    /// Cents.
    pub amount: i64,
    /// The line was paid nothing.
    pub line_denied: bool,
    /// Category of the reason.
    pub category: &'a str,
    /// Whether it could have been prevented.
    pub preventable: bool,
    /// What is done next.
    pub action: &'a str,
    /// The next step in words.
    pub next_step: &'a str,
    /// Until when.
    pub due: NaiveDate,
}

impl<S: Store> Writing<'_, S> {
    /// Adds a piece of work.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn work(&mut self, row: &WorkRow<'_>, opened: NaiveDate) -> Result<i64> {
        let id = self.key("denial");
        let (opened, due) = (day(opened), day(row.due));
        let cells = [
            id.into(),
            row.kind.into(),
            row.adjudication.into(),
            row.claim.into(),
            row.line.into(),
            row.payer.into(),
            row.group.into(),
            row.reason.into(),
            row.remarks.into(),
            row.amount.into(),
            i64::from(row.line_denied).into(),
            row.category.into(),
            i64::from(row.preventable).into(),
            row.action.into(),
            row.next_step.into(),
            Value::from(&opened),
            Value::from(&due),
        ];
        self.store.append(&tables::DENIAL, &cells)?;
        Ok(id)
    }

    /// Notes what was done about a piece of work: its state from now on.
    ///
    /// # Errors
    /// Where the database fails, or there is no such work.
    pub fn work_event(&mut self, denial: i64, state: &str, owner: &str, note: &str) -> Result<()> {
        let last = self.number("SELECT coalesce(max(seq), 0) FROM denial_event WHERE denial_id = ?1", &[denial.into()])?;
        let seq = last.unwrap_or_default() + 1;
        let run = self.run_id();
        let cells = [denial.into(), seq.into(), state.into(), owner.into(), note.into(), run.into()];
        self.store.append(&tables::DENIAL_EVENT, &cells)
    }

    /// Closes the open work on lines of a claim: what it was about has been answered, sent again or taken back.
    pub(crate) fn close_work(&mut self, claim: i64, lines: &[i64], state: &str) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut open = Vec::new();
        let select = "SELECT d.id, d.line_id FROM denial d WHERE d.claim_id = ?1 AND d.kind = 'denial'
            AND coalesce((SELECT e.state FROM denial_event e WHERE e.denial_id = d.id ORDER BY e.seq DESC LIMIT 1), 'open')
                IN ('open', 'appealed', 'corrected')";
        self.store.query(select, &[claim.into()], &mut |row| {
            if row[1].key().is_some_and(|line| lines.contains(&line)) {
                open.push(row[0].int());
            }
            Ok(())
        })?;
        open.into_iter().try_for_each(|denial| self.work_event(denial, state, "", ""))
    }
}
