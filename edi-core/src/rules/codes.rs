//! SNIP type 5: codes by day, for claims and remittances alike.

use super::found::Found;
use super::kept::Placed;
use crate::codes::{Carc, Check, CodeBook, CodeSet, Known, carc};
use crate::finding::Severity;
use crate::guide::Name;
use crate::lex::text;
use chrono::{Datelike, NaiveDate};

/// How many codes are remembered.
const REMEMBERED: usize = 1 << 11;

/// The code sets, with what they last told: a file asks for the same few codes again and again, on many days.
#[derive(Debug, Clone)]
pub(super) struct Codes {
    book: CodeBook,
    known: Vec<Option<(Name, CodeSet, NaiveDate, Known)>>,
    reasons: Vec<Option<(Name, Option<&'static Carc>)>>,
}

impl Codes {
    pub(super) fn new(book: CodeBook) -> Self {
        Self { book, known: vec![None; REMEMBERED], reasons: vec![None; REMEMBERED >> 3] }
    }

    fn check(&mut self, set: CodeSet, code: &[u8], day: NaiveDate) -> Check {
        let Some(name) = Name::whole(code) else { return self.book.check(set, &text(code), day) };
        // Our own lists know a code whatever the day; of loaded ones the day tells which one speaks.
        let on = if self.book.has_loaded(set) { day } else { NaiveDate::MIN };
        let slot = (name.mixed() ^ u64::from(on.num_days_from_ce().unsigned_abs())) as usize % REMEMBERED;
        let known = match self.known[slot] {
            Some((held, of, since, known)) if held == name && of == set && since == on => known,
            _ => {
                let known = self.book.known(set, &text(code), on);
                self.known[slot] = Some((name, set, on, known));
                known
            }
        };
        self.book.judge(set, known, day)
    }

    /// Whether there is such a state or province, at any time.
    pub(super) fn is_state(&mut self, code: &[u8]) -> bool {
        self.check(CodeSet::State, code, NaiveDate::MIN) == Check::Valid
    }

    /// What the built-in list says about an adjustment reason.
    pub(super) fn reason(&mut self, code: &[u8]) -> Option<&'static Carc> {
        let name = Name::whole(code)?;
        let slot = name.mixed() as usize % self.reasons.len();
        match self.reasons[slot] {
            Some((held, answer)) if held == name => answer,
            _ => {
                let answer = carc::lookup(&text(code));
                self.reasons[slot] = Some((name, answer));
                answer
            }
        }
    }
}

/// Looks a code up and reports what is off: what cannot be a code is an error, all else is the rule's warning.
/// `place` is the element, and the component or 0.
pub(super) fn check(
    rule: &'static str,
    set: CodeSet,
    it: Placed<'_>,
    place: (usize, usize),
    day: NaiveDate,
    found: &mut Found,
) {
    let code = match place {
        (n, 0) => it.at(n),
        (n, c) => it.part(n, c),
    };
    if code.is_empty() {
        return;
    }
    let (severity, expected) = match found.codes.check(set, code, day) {
        Check::Valid | Check::NotCovered => return,
        Check::NotBillable => (Severity::Warning, "a more specific code"),
        Check::NotYet => (Severity::Warning, "a code that had begun on that day"),
        Check::Stopped => (Severity::Warning, "a code that had not ended on that day"),
        Check::Unknown => (Severity::Warning, "a code of the list"),
        Check::Malformed => (Severity::Error, "the shape of such a code"),
    };
    found.weighed(rule, severity, it, place, expected);
}

/// A procedure composite with qualifier HC: CPT by its shape (or a loaded list), HCPCS level II by day.
pub(super) fn procedure(rule: &'static str, it: Placed<'_>, element: usize, day: NaiveDate, found: &mut Found) {
    if it.part(element, 1) != b"HC" {
        return;
    }
    let set = match it.part(element, 2).first() {
        Some(b'D') => return, // dental: CDT is not ours to list
        Some(b'A'..=b'V') => CodeSet::Hcpcs,
        _ => CodeSet::Cpt,
    };
    check(rule, set, it, (element, 2), day, found);
}

/// The reasons of a CAS.
pub(super) fn reasons(rule: &'static str, cas: Placed<'_>, day: NaiveDate, found: &mut Found) {
    for (n, _) in cas.reasons() {
        check(rule, CodeSet::Carc, cas, (n, 0), day, found);
    }
}
