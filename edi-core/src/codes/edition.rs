//! Which days a list of codes speaks for.

use chrono::NaiveDate;
use serde::Serialize;

/// An edition of a list that is published anew every year or quarter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edition {
    /// Which edition it is.
    pub label: &'static str,
    /// First day of service that it may speak about, though another release was then in force.
    pub partly_from: NaiveDate,
    /// First day of service on which exactly this list was in force.
    pub from: NaiveDate,
    /// Last such day.
    pub to: NaiveDate,
}

/// How far a list speaks for a day of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// The list was in force: a code that it lacks did not exist.
    Whole,
    /// A neighboring release was in force: what the list says is likely, not sure.
    Partly,
    /// The list says nothing about that day: only the shape of a code can be checked.
    Outside,
}

impl Edition {
    /// How far it speaks for this day of service.
    #[must_use]
    pub fn coverage(&self, day: NaiveDate) -> Coverage {
        if day < self.partly_from || day > self.to {
            Coverage::Outside
        } else if day < self.from {
            Coverage::Partly
        } else {
            Coverage::Whole
        }
    }
}

/// A day that is known when we compile; a test holds that none of ours is off the calendar.
pub(super) const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MIN,
    }
}
