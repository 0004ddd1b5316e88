//! What a biller does about an adjustment: our own judgment by reason code, a default that payer rules override.

use super::table;
use serde::Serialize;
use std::sync::LazyLock;

/// What is done next about an adjusted amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing but posting it.
    PostOnly,
    /// The amount is given up.
    WriteOff,
    /// The patient is billed. Never for an amount in group `CO`, whatever the table says.
    BillPatient,
    /// The next payer on file is billed.
    BillSecondary,
    /// A payer that was not on the claim is billed.
    BillOtherPayer,
    /// The claim is mended and sent as a replacement.
    CorrectAndResubmit,
    /// Something is asked of the payer, the patient or the chart first.
    ObtainInfo,
    /// The decision is disputed.
    Appeal,
}

impl Action {
    const ALL: [(Self, &'static str); 8] = [
        (Self::PostOnly, "post only"),
        (Self::WriteOff, "write off"),
        (Self::BillPatient, "bill patient"),
        (Self::BillSecondary, "bill secondary"),
        (Self::BillOtherPayer, "bill other payer"),
        (Self::CorrectAndResubmit, "correct-and-resubmit"),
        (Self::ObtainInfo, "obtain info"),
        (Self::Appeal, "appeal"),
    ];

    /// In words (`bill patient`).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(action, _)| *action == self).map_or("", |(_, words)| words)
    }

    /// Of its words.
    #[must_use]
    pub fn from_words(words: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == words).map(|(action, _)| *action)
    }
}

/// What a biller does about one reason code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Playbook {
    /// The reason code.
    pub carc: &'static str,
    /// What lies behind it (`authorization`): the same as [`Carc::category`](super::Carc).
    pub category: &'static str,
    /// Whether work before the claim could have prevented it.
    pub preventable: bool,
    /// What is usually done.
    pub action: Action,
    /// What is done where that fails.
    pub fallback: Option<Action>,
    /// How often it is seen: 1 daily, 2 now and then, 3 rarely.
    pub tier: u8,
    /// The reason's short title.
    pub title: &'static str,
    /// The next step, in a sentence.
    pub next_step: &'static str,
}

static TABLE: LazyLock<Vec<Playbook>> = LazyLock::new(|| {
    table::rows(include_str!("data/playbook.tsv"))
        .map(|[carc, category, preventable, action, fallback, tier, title, next_step]| Playbook {
            carc,
            category,
            preventable: preventable == "y",
            // A test holds that every action of the table is known.
            action: Action::from_words(action).unwrap_or(Action::ObtainInfo),
            fallback: Action::from_words(fallback),
            tier: tier.parse().unwrap_or(3),
            title,
            next_step,
        })
        .collect()
});

/// The entry of a reason code in force; stopped and unknown codes have none.
#[must_use]
pub fn lookup(carc: &str) -> Option<&'static Playbook> {
    table::find(&TABLE, carc, |row| row.carc)
}

/// All entries, in natural order of their reason codes.
#[must_use]
pub fn all() -> &'static [Playbook] {
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::carc;

    #[test]
    fn every_reason_in_force_has_its_entry() {
        let entry = lookup("197").unwrap();
        assert!(entry.preventable && entry.category == "authorization" && !entry.next_step.is_empty());
        for row in table::rows::<8>(include_str!("data/playbook.tsv")) {
            assert!(Action::from_words(row[3]).is_some(), "{}", row[0]);
            assert!(row[4].is_empty() || Action::from_words(row[4]).is_some(), "{}", row[0]);
        }
        for carc in carc::all() {
            let entry = lookup(carc.code);
            assert_eq!(entry.is_some(), !carc.life.ends(), "{}", carc.code);
            assert!(entry.is_none_or(|entry| entry.category == carc.category && entry.title == carc.title));
        }
    }
}
