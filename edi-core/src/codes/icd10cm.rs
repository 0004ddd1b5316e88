//! Diagnoses: ICD-10-CM, with headers, billable codes and titles.
//!
//! Codes stand without their dot, as on the wire; every function takes them with or without it. The list is a
//! US government work (NCHS, CMS). See [`EDITION`] for the days that it speaks for.

use super::{
    Coverage, Edition,
    edition::day,
    packed::{Lines, Titles},
};
use chrono::NaiveDate;
use std::borrow::Cow;

/// The built-in edition. A fiscal year runs from October 1st to September 30th, with a second release on April
/// 1st, which is this one. For the half year before April, the October release was in force: most codes are
/// the same, yet a code may have been added or split in April, so that we are not sure.
pub const EDITION: Edition = Edition {
    label: "ICD-10-CM fiscal year 2026, release of April 1, 2026",
    partly_from: day(2025, 10, 1),
    from: day(2026, 4, 1),
    to: day(2026, 9, 30),
};

/// Seven columns of code, then `Y` for billable or `N` for a header.
static CODES: Lines = Lines { bytes: include_bytes!("data/icd10cm.codes"), width: 9, key: 7 };
static TITLES: Titles = Titles { bytes: include_bytes!("data/icd10cm.titles.bin") };

/// A code of ICD-10-CM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Diagnosis {
    /// The code without its dot.
    pub code: &'static str,
    /// Whether it may stand on a claim; a header may not, for more specific codes exist.
    pub billable: bool,
    line: usize,
}

impl Diagnosis {
    fn at(line: usize) -> Self {
        Self { code: CODES.code(line), billable: CODES.line(line).ends_with('Y'), line }
    }

    /// Its title. It is inflated on demand: do not ask for it on a hot path.
    #[must_use]
    pub fn title(&self) -> String {
        TITLES.title(self.line)
    }

    /// Its code with the dot (`M54.50`).
    #[must_use]
    pub fn dotted(&self) -> Cow<'static, str> {
        dotted(self.code)
    }
}

/// The code, header or billable, where the edition has it.
#[must_use]
pub fn lookup(code: &str) -> Option<Diagnosis> {
    CODES.find(&undotted(code)).map(Diagnosis::at)
}

/// The billable codes under a header, in order; none under a billable or unknown code.
pub fn children(code: &str) -> impl Iterator<Item = Diagnosis> {
    let header = undotted(code).into_owned();
    // An empty prefix would be every code there is.
    let to = if header.is_empty() { 0 } else { CODES.len() };
    (CODES.lower_bound(&header)..to)
        .map(Diagnosis::at)
        .take_while(move |child| child.code.starts_with(&header))
        .skip(1)
        .filter(|child| child.billable)
}

/// All codes, headers too, in order.
pub fn all() -> impl Iterator<Item = Diagnosis> {
    (0..CODES.len()).map(Diagnosis::at)
}

pub(super) fn titled() -> impl Iterator<Item = (Diagnosis, String)> {
    all().zip(TITLES.all())
}

/// How far the built-in edition speaks for this day of service.
#[must_use]
pub fn coverage(day: NaiveDate) -> Coverage {
    EDITION.coverage(day)
}

/// How many codes a message names before it only counts.
const NAMED: usize = 6;

/// What to use instead of a header, as a sentence: `M54.5 is not billable: it needs a 5th character (M54.50,
/// M54.51, M54.59)`. None for billable and unknown codes.
#[must_use]
pub fn advice(code: &str) -> Option<String> {
    let header = lookup(code).filter(|code| !code.billable)?;
    Some(advise(header.code, &children(header.code).map(|child| child.code).collect::<Vec<_>>()))
}

/// The sentence of [`advice`], of the header and its billable codes.
pub(super) fn advise(header: &str, codes: &[&str]) -> String {
    let named: Vec<_> = codes.iter().take(NAMED).map(|code| dotted(code)).collect();
    let more = match codes.len().saturating_sub(NAMED) {
        0 => String::new(),
        rest => format!(", and {rest} more"),
    };
    let next = header.len() + 1;
    let needs = if codes.iter().all(|code| code.len() == next) {
        format!("a {next}th character")
    } else {
        "more characters".to_owned()
    };
    format!("{} is not billable: it needs {needs} ({}{more})", dotted(header), named.join(", "))
}

/// Whether this could be a code, undotted: a letter, a digit or `A`, a digit or `A` or `B`, then up to four
/// digits or letters. (The second character was always a digit until block QA0 came in 2026.)
#[must_use]
pub fn is_shape(code: &str) -> bool {
    let [first, second, third, rest @ ..] = code.as_bytes() else { return false };
    first.is_ascii_uppercase()
        && (second.is_ascii_digit() || *second == b'A')
        && (third.is_ascii_digit() || matches!(third, b'A' | b'B'))
        && rest.len() <= 4
        && rest.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// A code with its dot, for people (`M5450` is `M54.50`); three characters have none.
#[must_use]
pub fn dotted(code: &str) -> Cow<'_, str> {
    match code.split_at_checked(3) {
        Some((category, rest)) if !rest.is_empty() && !code.contains('.') => format!("{category}.{rest}").into(),
        _ => code.into(),
    }
}

/// A code without its dot, for the wire.
#[must_use]
pub fn undotted(code: &str) -> Cow<'_, str> {
    if code.contains('.') { code.replace('.', "").into() } else { code.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_know_their_billable_codes() {
        let header = lookup("M54.5").unwrap();
        assert!(!header.billable && header.title() == "Low back pain");
        let codes: Vec<_> = children("M545").map(|code| code.dotted().into_owned()).collect();
        assert_eq!(codes, ["M54.50", "M54.51", "M54.59"]);
        assert_eq!(
            advice("M54.5").unwrap(),
            "M54.5 is not billable: it needs a 5th character (M54.50, M54.51, M54.59)"
        );
        assert!(advice("S52").unwrap().contains("more characters (S52.001A"));
        assert!(advice("M5450").is_none() && advice("X").is_none());
        assert_eq!(children("").count() + children("M5450").count() + children("QQQ").count(), 0);
    }

    #[test]
    fn all_codes_are_sorted_shaped_and_titled() {
        assert_eq!(all().filter(|code| code.billable).count(), 74_719);
        assert!(all().zip(all().skip(1)).all(|(a, b)| a.code < b.code));
        assert_eq!(titled().count(), CODES.len());
        assert!(titled().all(|(code, title)| is_shape(code.code) && !title.is_empty()));
        assert!(all().filter(|code| !code.billable).all(|header| children(header.code).next().is_some()));
        let last = all().last().unwrap();
        assert_eq!(lookup(last.code), Some(last));
        assert!(lookup("ZZZ").is_none() && lookup("").is_none() && lookup("A000 ").is_none());
    }

    #[test]
    fn shapes_and_dots() {
        for good in ["A00", "QA0", "C4A0", "U071", "S52521A", "V00XXXA"] {
            assert!(is_shape(good), "{good}");
        }
        for bad in ["", "A0", "a00", "A0C", "1A00", "A00.0", "S52521AAA", "ÄÖÜ"] {
            assert!(!is_shape(bad), "{bad}");
        }
        assert_eq!((dotted("M5450"), dotted("I10"), dotted("M54.5")), ("M54.50".into(), "I10".into(), "M54.5".into()));
        assert_eq!((undotted("M54.50"), undotted("I10")), ("M5450".into(), "I10".into()));
    }

    #[test]
    fn the_edition_speaks_for_its_half_year() {
        let on = |year, month, date| coverage(day(year, month, date));
        assert_eq!(on(2025, 9, 30), Coverage::Outside);
        assert_eq!((on(2025, 10, 1), on(2026, 3, 31)), (Coverage::Partly, Coverage::Partly));
        assert_eq!((on(2026, 4, 1), on(2026, 9, 30)), (Coverage::Whole, Coverage::Whole));
        assert_eq!(on(2026, 10, 1), Coverage::Outside);
    }
}
