//! Claim adjustment reason codes: why an amount was not paid as billed (CAS02, 05, 08, 11, 14, 17).

use super::{GroupCode, Life, table};
use serde::Serialize;
use std::sync::LazyLock;

/// A claim adjustment reason code (X12 external code list 139).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Carc {
    /// The code (`197`).
    pub code: &'static str,
    /// A short title in our own words; empty for stopped codes.
    pub title: &'static str,
    /// When it may be used.
    pub life: Life,
    /// Group codes that it is restricted to, with `|` between them; empty where it is not.
    pub groups: &'static str,
    /// Whether the list asks for at least one remark code beside it.
    pub rarc_required: bool,
    /// Whether the list points to the policy identification (835 loop 2110, REF*0K).
    pub policy_ref: bool,
    /// Line of business that the list keeps it for (`WC`, `P&C`, `pharmacy`, `837-COB`); empty for all.
    pub scope: &'static str,
    /// Our category of what lies behind it (`authorization`); empty for stopped codes.
    pub category: &'static str,
    /// Codes that the list's note names, such as the successors of a stopped code, with `|` between them.
    pub see: &'static str,
}

static TABLE: LazyLock<Vec<Carc>> = LazyLock::new(|| {
    table::rows(include_str!("data/carc.tsv"))
        .map(|[code, start, modified, stop, groups, rarc, policy, scope, category, see, title]| Carc {
            code,
            title,
            life: Life::parse(start, modified, stop),
            groups,
            rarc_required: rarc == "Y",
            policy_ref: policy == "Y",
            scope,
            category,
            see,
        })
        .collect()
});

impl Carc {
    /// Whether the list lets it stand with this group code.
    #[must_use]
    pub fn allows(&self, group: &GroupCode) -> bool {
        self.groups.is_empty() || self.groups.split('|').any(|code| code == group.as_str())
    }
}

/// The reason code, where the list has it. An unknown code is no error: it is worth a warning.
#[must_use]
pub fn lookup(code: &str) -> Option<&'static Carc> {
    table::find(&TABLE, code, |row| row.code)
}

/// All reason codes, stopped ones too, in natural order.
#[must_use]
pub fn all() -> &'static [Carc] {
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reason_codes() {
        let auth = lookup("197").unwrap();
        assert_eq!((auth.title, auth.category), ("Authorization or notification missing", "authorization"));
        assert!(lookup("16").unwrap().rarc_required);
        assert!(lookup("18").unwrap().allows(&"OA".into()) && !lookup("18").unwrap().allows(&"CO".into()));
        assert!(lookup("9999").is_none() && lookup("").is_none() && lookup("01").is_none());
        assert_eq!(all().iter().filter(|carc| !carc.life.ends()).count(), 297);
        assert!(all().iter().all(|carc| carc.life.ends() || !carc.title.is_empty()));
    }
}
