//! Remittance advice remark codes: what a payer adds to a reason code (LQ*HE, MOA03 to 07, MIA05 and 20 to 23).

use super::{Life, table};
use serde::Serialize;
use std::sync::LazyLock;

/// A remittance advice remark code (X12 external code list 411).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rarc {
    /// The code (`N130`).
    pub code: &'static str,
    /// A short title in our own words.
    pub title: &'static str,
    /// When it may be used.
    pub life: Life,
    /// Whether it is an alert: news for the provider, which explains no adjustment and cannot stand in for the
    /// remark code that a reason code asks for.
    pub alert: bool,
    /// Our kind of it: `alert`, `missing_or_invalid` or `explanation`.
    pub kind: &'static str,
}

static TABLE: LazyLock<Vec<Rarc>> = LazyLock::new(|| {
    table::rows(include_str!("data/rarc.tsv"))
        .map(|[code, start, modified, stop, alert, kind, title]| Rarc {
            code,
            title,
            life: Life::parse(start, modified, stop),
            alert: alert == "Y",
            kind,
        })
        .collect()
});

/// The remark code, where the list has it. An unknown code is no error: it is worth a warning.
#[must_use]
pub fn lookup(code: &str) -> Option<&'static Rarc> {
    table::find(&TABLE, code, |row| row.code)
}

/// All remark codes, stopped ones too, in natural order.
#[must_use]
pub fn all() -> &'static [Rarc] {
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remark_codes() {
        assert!(lookup("M4").unwrap().alert && !lookup("N130").unwrap().alert);
        assert!(lookup("N99999").is_none());
        assert_eq!(all().iter().filter(|rarc| !rarc.life.ends()).count(), 1137);
        assert!(all().iter().all(|rarc| !rarc.title.is_empty()));
    }
}
