//! Closing months: a closed one takes no entry, what falls in it goes to the next open one.

use super::Ledger;
use super::error::{Error, Result};
use super::store::Store;
use super::tables;
use super::writing::{Run, Writing};
use chrono::{Datelike, NaiveDate};

impl<S: Store> Ledger<S> {
    /// Closes the month of this day.
    ///
    /// # Errors
    /// Where the month is not over on the day of the run, is closed already, or the database fails.
    pub fn close(&mut self, day: NaiveDate, run: &Run) -> Result<()> {
        let mut writing = self.begin(run)?;
        writing.close(day)?;
        writing.commit()
    }

    /// The months that are closed (`2026-01`), in order.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn closed_months(&mut self) -> Result<Vec<String>> {
        let mut months = Vec::new();
        let select = "SELECT month FROM closed_month ORDER BY month";
        self.store.query(select, &[], &mut |row| {
            let _: () = months.push(row[0].text().to_owned());
            Ok(())
        })?;
        Ok(months)
    }
}

impl<S: Store> Writing<'_, S> {
    fn close(&mut self, day: NaiveDate) -> Result<()> {
        let today = self.day();
        if (day.year(), day.month()) >= (today.year(), today.month()) {
            return Err(Error::Refused("a month can be closed once it is over".to_owned()));
        }
        let month = month_of(day);
        if self.is_closed(&month) {
            return Err(Error::Refused(format!("{month} is closed already")));
        }
        let run = self.run_id();
        self.store.append(&tables::CLOSED_MONTH, &[(&month).into(), run.into()])?;
        self.audit("close", &month, "")
    }
}

/// A month as `2026-01`.
pub(super) fn month_of(day: NaiveDate) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}
