//! The worklist: denied amounts and tasks, and what was done about them.

use super::error::{Error, Result};
use super::journal::{About, Entry, Journal, JournalKind, Place};
use super::query::rows;
use super::store::{Store, Value};
use super::tables;
use super::text::{date, day};
use super::views::WorkEventView;
use super::writing::{Origin, Run, Writing};
use super::{Account, Ledger};
use chrono::NaiveDate;
use edi_core::{Money, Text};

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
    /// What the contract would have paid of it, in cents; the amount where nothing tells.
    pub expected: i64,
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

/// What a person did about a piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkState {
    /// It is to be done (again).
    Open,
    /// The decision was disputed.
    Appealed,
    /// A corrected claim was sent.
    Corrected,
    /// It is done, and nothing was given up.
    Closed,
}

impl WorkState {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Appealed => "appealed",
            Self::Corrected => "corrected",
            Self::Closed => "closed",
        }
    }
}

impl<S: Store> Ledger<S> {
    /// Notes what was done about a denial or a task, and whose it is. To open a denial again that was written off takes
    /// the write-off back.
    ///
    /// # Errors
    /// Where there is no such work, it was written off and is not opened again, or the database fails.
    pub fn work_done(&mut self, work: i64, state: WorkState, owner: &str, note: &str, run: &Run) -> Result<()> {
        let mut writing = self.begin(run)?;
        let found = writing.find_work(work)?;
        let given_up = if found.written_off { writing.given_up(&found)? } else { 0 };
        match state {
            WorkState::Open => writing.give_up(&found, -given_up)?,
            _ if given_up != 0 => {
                return Err(Error::Refused(format!("denial {work} was written off: open it again first")));
            }
            _ => {}
        }
        writing.work_event(work, state.name(), owner, note)?;
        writing.audit("work", &work.to_string(), state.name())?;
        writing.commit()
    }

    /// Gives a denied amount up: it moves to the write-offs of its reason, and stands with who decided. What was
    /// written off.
    ///
    /// # Errors
    /// Where there is no such denial, none of it is denied any more, or the database fails.
    pub fn write_off(&mut self, denial: i64, note: &str, run: &Run) -> Result<Money> {
        let mut writing = self.begin(run)?;
        let work = writing.find_work(denial)?;
        let account = writing.account(work.claim)?;
        let line = work.line.unwrap_or_default();
        let denied = account.on_line(Account::DeniedReceivable, Some(work.payer), line).min(work.amount);
        if denied <= 0 {
            return Err(Error::Refused(format!("nothing of denial {denial} is denied any more")));
        }
        writing.give_up(&work, denied)?;
        writing.work_event(denial, "written off", &run.actor, note)?;
        writing.audit("write off", &denial.to_string(), note)?;
        writing.commit()?;
        Ok(Money::from_cents(denied))
    }

    /// What was done about a denial or a task, in order.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn work_history(&mut self, work: i64) -> Result<Vec<WorkEventView>> {
        let sql = "SELECT e.state, e.owner, e.note, u.actor, u.day FROM denial_event e JOIN run u ON u.id = e.run_id
            WHERE e.denial_id = ?1 ORDER BY e.seq";
        rows(&mut self.store, sql, &[work.into()], |row| {
            let [state, owner, note, actor] = [0, 1, 2, 3].map(|i: usize| Text::from(row[i].text()));
            Some(WorkEventView { state, owner, note, actor, day: date(row[4].text()) })
        })
    }
}

/// What a piece of work is about.
struct Work {
    claim: i64,
    line: Option<i64>,
    payer: i64,
    code: String,
    amount: i64,
    written_off: bool,
}

impl<S: Store> Writing<'_, S> {
    fn find_work(&mut self, id: i64) -> Result<Work> {
        let sql = "SELECT d.claim_id, d.line_id, d.payer_id, d.group_code || '-' || d.reason, d.amount,
                (SELECT e.state FROM denial_event e WHERE e.denial_id = d.id ORDER BY e.seq DESC LIMIT 1)
            FROM denial d WHERE d.id = ?1";
        let found = rows(self.store, sql, &[id.into()], |row| {
            let (claim, line, payer) = (row[0].int(), row[1].key(), row[2].int());
            let (code, written_off) = (row[3].text().to_owned(), row[5].text() == "written off");
            Some(Work { claim, line, payer, code, amount: row[4].int(), written_off })
        })?;
        found.into_iter().next().ok_or_else(|| Error::Refused(format!("there is no denial or task {id}")))
    }

    /// What a person has given up of a denied amount and not taken back, in cents.
    fn given_up(&mut self, work: &Work) -> Result<i64> {
        let account = self.account(work.claim)?;
        let by_person = account.entries.iter().map(|posted| &posted.entry).filter(|entry| {
            let place = (entry.place.payer, entry.place.line);
            entry.account == Account::DenialWriteOff
                && (entry.rule.as_str(), &*entry.reason) == ("PERSON", &*work.code)
                && place == (Some(work.payer), work.line)
        });
        Ok(by_person.map(|entry| entry.amount).sum::<i64>().clamp(0, work.amount.max(0)))
    }

    /// Moves an amount in cents from the denied to the write-offs of its reason; back where it is below zero.
    fn give_up(&mut self, work: &Work, amount: i64) -> Result<()> {
        let place = Place { claim: Some(work.claim), line: work.line, payer: Some(work.payer), ..Place::default() };
        let entries = vec![
            Entry::new(Account::DenialWriteOff, amount, place, &work.code, "PERSON"),
            Entry::new(Account::DeniedReceivable, -amount, place, &work.code, "PERSON"),
        ];
        let (journal, today) = (Journal::new(JournalKind::Adjustment, entries)?, self.day());
        self.journal(&journal, About::default(), today, Origin::default())?;
        Ok(())
    }

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
            row.expected.into(),
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
        let last =
            self.number("SELECT coalesce(max(seq), 0) FROM denial_event WHERE denial_id = ?1", &[denial.into()])?;
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

    /// Closes the open tasks of an answer that was taken back.
    pub(crate) fn close_tasks(&mut self, claim: i64, answer: i64) -> Result<()> {
        let select = "SELECT d.id FROM denial d WHERE d.claim_id = ?1 AND d.adjudication_id = ?2 AND d.kind = 'task'
            AND coalesce((SELECT e.state FROM denial_event e WHERE e.denial_id = d.id ORDER BY e.seq DESC LIMIT 1), 'open')
                IN ('open', 'appealed', 'corrected')";
        let open = rows(self.store, select, &[claim.into(), answer.into()], |row| Some(row[0].int()))?;
        open.into_iter().try_for_each(|task| self.work_event(task, "reversed", "", ""))
    }
}
