//! The work that an adjustment makes: what it is about, what is done next, until when.

use chrono::{Days, NaiveDate};
use edi_core::codes::{Action, GroupCode, playbook, rarc};
use serde::{Deserialize, Serialize};

/// What a piece of work is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// A denied amount.
    Denial,
    /// An amount that is not denied and still wants a person: an unusual patient's part, a forwarded claim.
    Task,
}

/// A piece of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkItem {
    /// What it is about.
    pub kind: WorkKind,
    /// Our line; none where the whole claim is meant.
    pub line: Option<i64>,
    /// Group code; empty where no adjustment is meant.
    pub group: String,
    /// Reason code.
    pub reason: String,
    /// Remark codes, with a space between them.
    pub remarks: String,
    /// Cents.
    pub amount: i64,
    /// What the contract would have paid of it, in cents; the amount where nothing tells.
    pub expected: i64,
    /// The line was paid nothing: it is denied, and not only a part of it.
    pub line_denied: bool,
    /// What lies behind the reason (`authorization`).
    pub category: &'static str,
    /// Whether work before the claim could have prevented it.
    pub preventable: bool,
    /// What is done next.
    pub action: Action,
    /// The next step in words.
    pub next_step: String,
    /// Until when.
    pub due: NaiveDate,
}

/// How many days there are for each kind of work. The defaults are an office's habit, not a payer's limit:
/// contracts and provider manuals say more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// To dispute a decision, from the day of the payment.
    pub appeal_days: u64,
    /// To send a corrected claim, from the day of the payment.
    pub resubmit_days: u64,
    /// To find something out, or to bill somebody else.
    pub inquiry_days: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { appeal_days: 60, resubmit_days: 60, inquiry_days: 30 }
    }
}

impl Limits {
    fn due(&self, action: Action, from: NaiveDate) -> NaiveDate {
        let days = match action {
            Action::Appeal => self.appeal_days,
            Action::CorrectAndResubmit => self.resubmit_days,
            _ => self.inquiry_days,
        };
        from.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
    }
}

/// The work that an adjusted amount makes (rule K2).
///
/// The group code overrides the playbook: only PR ever bills the patient.
#[must_use]
pub fn work_item(
    (group, reason): (&str, &str),
    amount: i64,
    line: Option<i64>,
    from: NaiveDate,
    limits: &Limits,
) -> WorkItem {
    let code = GroupCode::from(group);
    let play = playbook::lookup(reason);
    let usual = play.map_or(Action::ObtainInfo, |play| play.action);
    let action = allowed(usual, &code).or_else(|| play.and_then(|play| play.fallback).and_then(|f| allowed(f, &code)));
    let action = action.unwrap_or(Action::WriteOff);
    WorkItem {
        kind: if code.may_bill_patient() { WorkKind::Task } else { WorkKind::Denial },
        line,
        group: group.to_owned(),
        reason: reason.to_owned(),
        remarks: String::new(),
        amount,
        expected: amount,
        line_denied: false,
        category: play.map_or("unknown", |play| play.category),
        preventable: play.is_some_and(|play| play.preventable),
        action,
        next_step: match play {
            Some(play) if action == usual => play.next_step.to_owned(),
            _ => format!("Usual step is not open to group {group}: {}", action.as_str()),
        },
        due: limits.due(action, from),
    }
}

fn allowed(action: Action, group: &GroupCode) -> Option<Action> {
    (action != Action::BillPatient || group.may_bill_patient()).then_some(action)
}

/// The reason code, where it asks for a remark code and none stands beside it that explains anything (rule K1).
#[must_use]
pub fn remark_missing<'a>(reason: &'a str, remarks: &[&str]) -> Option<&'a str> {
    let required = super::reason(reason).is_some_and(|code| code.rarc_required);
    let explains = |remark: &&&str| rarc::lookup(remark).is_none_or(|code| !code.alert);
    (required && remarks.iter().find(explains).is_none()).then_some(reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn k2_category_action_and_due_date_come_from_the_playbook() {
        let item = work_item(("CO", "197"), 5_000, Some(1), day("2026-01-10"), &Limits::default());
        assert_eq!((item.category, item.action, item.preventable), ("authorization", Action::Appeal, true));
        assert_eq!(item.due, day("2026-03-11"));
        let item =
            work_item(("CO", "16"), 1, None, day("2026-01-10"), &Limits { resubmit_days: 5, ..Limits::default() });
        assert_eq!((item.action, item.due), (Action::CorrectAndResubmit, day("2026-01-15")));
    }

    #[test]
    fn k2_only_pr_ever_bills_the_patient() {
        for play in playbook::all() {
            for group in ["CO", "PI", "OA"] {
                let item = work_item((group, play.carc), 1, None, day("2026-01-10"), &Limits::default());
                assert!(item.action != Action::BillPatient, "{group}-{}", play.carc);
            }
        }
        let item = work_item(("PR", "204"), 1, None, day("2026-01-10"), &Limits::default());
        assert_eq!((item.action, item.kind), (Action::BillPatient, WorkKind::Task));
    }

    #[test]
    fn k1_some_reasons_want_a_remark_that_is_no_alert() {
        assert_eq!(remark_missing("16", &[]), Some("16"));
        assert_eq!(remark_missing("16", &["M4"]), Some("16"), "an alert explains nothing");
        assert_eq!(remark_missing("16", &["N130"]), None);
        assert_eq!(remark_missing("45", &[]), None);
    }
}
