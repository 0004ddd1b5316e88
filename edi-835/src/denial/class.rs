//! What an adjustment means, by group and reason.

use edi_core::codes::{Carc, GroupCode, carc};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// How an adjustment posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Given up under a contract.
    Contractual,
    /// Federal sequestration.
    Sequestration,
    /// Withheld: tax, incentive pools.
    Withholding,
    /// Contractual where the payer pays by capitation, a denial elsewhere (CO-24).
    Capitation,
    /// The patient's part, or the next payer's.
    Patient,
    /// The next payer's, never the patient's (OA-209).
    NextPayer,
    /// What earlier payers paid and wrote off (OA-23, and OA-94 beside it): nothing is posted for it.
    PriorPayer,
    /// Says something and moves no money.
    Information,
    /// Interest, which is never an adjustment (rule P1).
    Interest,
    /// Denied: it stays owed until somebody decides.
    Denial,
    /// No rule names it: held.
    Hold,
}

/// The four words of rule S2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// Given up.
    Contractual,
    /// The patient's or the next payer's.
    Patient,
    /// No money of its own.
    Information,
    /// Denied.
    Denial,
}

impl Class {
    const NAMES: [(&'static str, Self); 9] = [
        ("contractual", Self::Contractual),
        ("sequestration", Self::Sequestration),
        ("withholding", Self::Withholding),
        ("capitation", Self::Capitation),
        ("next_payer", Self::NextPayer),
        ("prior_payer", Self::PriorPayer),
        ("information", Self::Information),
        ("interest", Self::Interest),
        ("hold", Self::Hold),
    ];

    /// Which of the four words of rule S2 it is; none where it is held.
    #[must_use]
    pub fn meaning(self) -> Option<Meaning> {
        match self {
            Self::Contractual | Self::Sequestration | Self::Withholding | Self::Capitation => {
                Some(Meaning::Contractual)
            }
            Self::Patient | Self::NextPayer => Some(Meaning::Patient),
            Self::PriorPayer | Self::Information => Some(Meaning::Information),
            Self::Denial => Some(Meaning::Denial),
            Self::Interest | Self::Hold => None,
        }
    }
}

static TABLE: LazyLock<HashMap<(&str, &str), Class>> = LazyLock::new(|| {
    let rows = include_str!("classes.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| {
        let mut cells = line.split('\t');
        let (reason, group, name) = (cells.next()?, cells.next()?, cells.next()?);
        let class = Class::NAMES.iter().find(|(known, _)| *known == name)?.1;
        Some(((reason, group), class))
    })
    .collect()
});

static REASONS: LazyLock<HashMap<&str, &Carc>> =
    LazyLock::new(|| carc::all().iter().map(|code| (code.code, code)).collect());

/// A reason code of the list: by a hash, since every adjustment is looked up.
pub(crate) fn reason(code: &str) -> Option<&'static Carc> {
    REASONS.get(code).copied()
}

/// How an adjustment posts; none where no list has the group or the reason.
#[must_use]
pub fn classify(group: &GroupCode, reason: &str) -> Option<Class> {
    let code = self::reason(reason)?;
    if !group.is_in_835() {
        return None;
    }
    if let Some(class) = TABLE.get(&(reason, group.as_str())) {
        return Some(*class);
    }
    let patient = group.may_bill_patient();
    // A denial may stand with a group that the list rules out: nothing is given up by it. What is given up under
    // another group, or billed to the patient, may not.
    let given_up = || TABLE.contains_key(&(reason, "CO"));
    Some(match code.allows(group) {
        true if patient => Class::Patient,
        true => Class::Denial,
        false if patient || given_up() => Class::Hold,
        false => Class::Denial,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn class(group: &str, reason: &str) -> Option<Class> {
        classify(&group.into(), reason)
    }

    #[test]
    fn every_row_of_the_table_is_read() {
        let rows = include_str!("classes.tsv").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(TABLE.len(), rows);
        for (reason, group) in TABLE.keys() {
            let code = carc::lookup(reason).unwrap_or_else(|| panic!("{reason} is in no list"));
            assert!(code.allows(&(*group).into()), "{group}-{reason}");
        }
    }

    #[test]
    fn s2_group_and_reason_say_what_an_adjustment_is() {
        assert_eq!(class("CO", "45"), Some(Class::Contractual));
        assert_eq!(class("CO", "253"), Some(Class::Sequestration));
        assert_eq!(class("PR", "1"), Some(Class::Patient));
        assert_eq!(class("PR", "96"), Some(Class::Patient));
        assert_eq!(class("CO", "197"), Some(Class::Denial));
        assert_eq!(class("PI", "97"), Some(Class::Denial));
        assert_eq!(class("OA", "18"), Some(Class::Denial));
        assert_eq!(class("OA", "23"), Some(Class::PriorPayer));
        assert_eq!(class("CO", "246"), Some(Class::Information));
        assert_eq!(class("CO", "24"), Some(Class::Capitation));
    }

    #[test]
    fn what_no_list_has_and_what_the_list_rules_out_is_not_posted() {
        assert_eq!(class("CO", "9999"), None);
        assert_eq!(class("XX", "45"), None);
        assert_eq!(class("CR", "45"), None);
        assert_eq!(class("OA", "45"), Some(Class::Hold));
        assert_eq!(class("PR", "18"), Some(Class::Hold), "a patient is not billed for a duplicate");
        assert_eq!(class("CO", "18"), Some(Class::Denial), "the list keeps it for OA; a denial gives nothing up");
        assert_eq!(class("CO", "15"), Some(Class::Denial), "stopped in 2018");
        assert_eq!(class("CO", "42"), Some(Class::Contractual), "stopped, and known");
    }
}
