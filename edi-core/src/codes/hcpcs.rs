//! HCPCS level II: supplies, drugs and services that CPT does not name, with the days they were added and ended.
//!
//! The list and its short titles are a US government work (CMS). See [`EDITION`] for the days that it speaks for.

use super::{
    Coverage, Edition, Life,
    edition::day,
    packed::{Lines, Titles},
};
use chrono::NaiveDate;

/// The built-in edition: one quarter. Codes that ended since 2014 are still in it with their last day, so that
/// it says something about earlier days; of later ones it knows nothing.
pub const EDITION: Edition = Edition {
    label: "HCPCS level II, July 2024",
    partly_from: day(2015, 1, 1),
    from: day(2024, 7, 1),
    to: day(2024, 9, 30),
};

/// Five columns of code, then the day it was added and its last day as `YYYYMMDD`, or spaces.
static CODES: Lines = Lines { bytes: include_bytes!("data/hcpcs.codes"), width: 24, key: 5 };
static TITLES: Titles = Titles { bytes: include_bytes!("data/hcpcs.titles.bin") };

/// A code of HCPCS level II.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HcpcsCode {
    /// The code.
    pub code: &'static str,
    /// When it was added.
    pub added: Option<NaiveDate>,
    /// The last day on which it may be used.
    pub terminated: Option<NaiveDate>,
    line: usize,
}

impl HcpcsCode {
    fn at(line: usize) -> Self {
        let text = CODES.line(line);
        let date = |from, to| text.get(from..to).and_then(|date| NaiveDate::parse_from_str(date, "%Y%m%d").ok());
        Self { code: CODES.code(line), added: date(6, 14), terminated: date(15, 23), line }
    }

    /// Its short title. It is inflated on demand: do not ask for it on a hot path.
    #[must_use]
    pub fn title(&self) -> String {
        TITLES.title(self.line)
    }

    /// When it may be used.
    #[must_use]
    pub fn life(&self) -> Life {
        let stop = self.terminated.and_then(|last| last.succ_opt());
        Life { start: self.added, stop, ..Life::default() }
    }
}

/// The code, ended or not, where the edition has it.
#[must_use]
pub fn lookup(code: &str) -> Option<HcpcsCode> {
    CODES.find(code).map(HcpcsCode::at)
}

/// All codes, ended ones too, in order.
pub fn all() -> impl Iterator<Item = HcpcsCode> {
    (0..CODES.len()).map(HcpcsCode::at)
}

pub(super) fn titled() -> impl Iterator<Item = (HcpcsCode, String)> {
    all().zip(TITLES.all())
}

/// How far the built-in edition speaks for this day of service.
#[must_use]
pub fn coverage(day: NaiveDate) -> Coverage {
    EDITION.coverage(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{CodeState, ProcedureShape, procedure_shape};

    #[test]
    fn codes_end_after_their_last_day() {
        let ended = lookup("C9113").unwrap();
        assert_eq!(ended.terminated, Some(day(2024, 6, 30)));
        assert_eq!(ended.life().state_on(day(2024, 6, 30)), CodeState::Current);
        assert_eq!(ended.life().state_on(day(2024, 7, 1)), CodeState::Stopped);
        let current = lookup("A0021").unwrap();
        assert_eq!((current.added, current.terminated), (Some(day(1985, 1, 1)), None));
        assert_eq!(current.title(), "Outside state ambulance serv");
        assert!(lookup("D0120").is_none() && lookup("99213").is_none());
    }

    #[test]
    fn all_codes_are_sorted_shaped_and_titled() {
        assert_eq!(titled().count(), all().count());
        assert!(all().zip(all().skip(1)).all(|(a, b)| a.code < b.code));
        assert!(titled().all(|(code, title)| {
            procedure_shape(code.code) == Some(ProcedureShape::Hcpcs) && code.added.is_some() && !title.is_empty()
        }));
        assert_eq!(coverage(day(2024, 8, 1)), Coverage::Whole);
        assert_eq!(coverage(day(2024, 10, 1)), Coverage::Outside);
    }
}
