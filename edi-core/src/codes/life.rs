//! When a code may be used.

use chrono::NaiveDate;
use serde::Serialize;

/// Whether a code may be used on some day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeState {
    /// In force.
    Current,
    /// Starts later.
    NotYet,
    /// No longer in force. A payer may still send it about an older claim, so that this is a warning, never a refusal.
    Stopped,
}

/// The dates of a code, as far as the list gives them. A list without dates gives codes that are always current.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Life {
    /// First day of use; the earliest possible one where only a window is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<NaiveDate>,
    /// Last possible first day, where only a window is known: between `start` and it we call the code current.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_by: Option<NaiveDate>,
    /// When its text was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<NaiveDate>,
    /// First day on which it may not be used any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<NaiveDate>,
    /// Where the day it stopped is not known: a day by which it had stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_by: Option<NaiveDate>,
}

impl Life {
    /// Of the columns of a table: `start` is a date or a window (`2024-06-19..2025-11-01`), `stop` a
    /// date or the end of one (`..2026-08-01`); empty means unknown.
    pub(super) fn parse(start: &str, modified: &str, stop: &str) -> Self {
        let (first, by) = start.split_once("..").unwrap_or((start, ""));
        Self {
            start: date(first),
            start_by: date(by),
            modified: date(modified),
            stop: date(stop),
            stop_by: stop.strip_prefix("..").and_then(date),
        }
    }

    /// Whether the list has ended it, or says when it will.
    #[must_use]
    pub fn ends(&self) -> bool {
        self.stop.or(self.stop_by).is_some()
    }

    /// Whether the code may be used on this day.
    #[must_use]
    pub fn state_on(&self, day: NaiveDate) -> CodeState {
        if self.stop.or(self.stop_by).is_some_and(|stop| day >= stop) {
            CodeState::Stopped
        } else if self.start.is_some_and(|start| day < start) {
            CodeState::NotYet
        } else {
            CodeState::Current
        }
    }
}

/// A date as tables have it: `2026-04-01`.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_stops_on_its_stop_date() {
        let life = Life::parse("1995-01-01", "", "2018-05-01");
        let on = |text| life.state_on(date(text).unwrap());
        assert_eq!(on("1994-12-31"), CodeState::NotYet);
        assert_eq!(on("2018-04-30"), CodeState::Current);
        assert_eq!(on("2018-05-01"), CodeState::Stopped);
        let window = Life::parse("2024-06-19..2025-11-01", "", "");
        assert_eq!(window.start_by, date("2025-11-01"));
        assert_eq!(window.state_on(date("2024-07-01").unwrap()), CodeState::Current);
        let ended = Life::parse("", "", "..2026-08-01");
        assert!(ended.ends() && ended.state_on(date("2026-08-01").unwrap()) == CodeState::Stopped);
        assert_eq!(Life::default().state_on(date("1900-01-01").unwrap()), CodeState::Current);
    }
}
