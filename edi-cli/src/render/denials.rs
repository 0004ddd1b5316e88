//! Denials and tasks, what was done about them, and how often they happen.

use super::table::{Column, number, text};
use edi_835::ledger::{DenialRate, RateBy, WorkEventView, WorkView};
use serde_json::{Value, json};

/// Denials and tasks, as a person works on them.
pub const WORK: &[Column] = &[
    number("id", "id"),
    text("claim", "claim"),
    text("line", "line"),
    text("group", "group"),
    text("CARC", "reason"),
    text("RARC", "remarks"),
    text("reason", "title"),
    text("category", "category"),
    number("amount", "amount"),
    text("next action", "action"),
    text("due", "due"),
    text("state", "state"),
    text("owner", "owner"),
];

/// Denials and tasks with all that is known of them.
pub const WORK_WHOLE: &[Column] = &[
    number("id", "id"),
    text("kind", "kind"),
    text("claim", "claim"),
    text("line", "line"),
    text("procedure", "procedure"),
    text("payer", "payer"),
    text("provider", "provider"),
    text("group", "group"),
    text("CARC", "reason"),
    text("RARC", "remarks"),
    text("reason", "title"),
    text("category", "category"),
    text("preventable", "preventable"),
    number("amount", "amount"),
    number("expected", "expected"),
    text("next action", "action"),
    text("next step", "next_step"),
    text("opened", "opened"),
    text("due", "due"),
    text("state", "state"),
    text("owner", "owner"),
];

/// What was done.
pub const HISTORY: &[Column] =
    &[text("day", "day"), text("by", "actor"), text("state", "state"), text("owner", "owner"), text("note", "note")];

/// How often a reason.
pub const REASONS: &[Column] = &[
    text("CARC", "of"),
    text("reason", "title"),
    number("lines", "lines"),
    number("denied lines", "denied_lines"),
    number("% of lines", "percent_of_lines"),
    number("charge", "charge"),
    number("denied amount", "denied"),
    number("% of charge", "percent_of_charge"),
];

/// How often, by something else.
pub const RATES: &[Column] = &[
    text("of", "of"),
    number("lines", "lines"),
    number("denied lines", "denied_lines"),
    number("% of lines", "percent_of_lines"),
    number("charge", "charge"),
    number("denied amount", "denied"),
    number("% of charge", "percent_of_charge"),
];

/// What was done about a denial or a task, from the day on which it came.
pub fn history(item: &WorkView, events: &[WorkEventView]) -> Vec<Value> {
    let came = json!({
        "day": item.opened, "actor": "", "state": "open", "owner": "",
        "note": format!("{} {}-{} {} of claim {}", item.kind, item.group, item.reason, item.amount, item.claim),
    });
    std::iter::once(came).chain(events.iter().map(|event| json!(event))).collect()
}

/// A rate with its percentages, and the title of a reason.
pub fn rate(rate: &DenialRate, by: RateBy) -> Value {
    let mut value = json!(rate);
    let cents = |amount: edi_core::Money| amount.cents().unwrap_or_default().into();
    value["percent_of_lines"] = json!(percent(rate.denied_lines.into(), rate.lines.into()));
    value["percent_of_charge"] = json!(percent(cents(rate.denied), cents(rate.charge)));
    if by == RateBy::Reason {
        value["title"] = json!(edi_core::codes::carc::lookup(&rate.of).map_or("", |carc| carc.title));
    }
    value
}

/// A part of a whole in percent with one decimal, rounded half up; empty where there is no whole.
fn percent(part: i128, whole: i128) -> String {
    if whole <= 0 {
        return String::new();
    }
    let tenths = (part * 2000 + whole) / (whole * 2);
    format!("{}.{}", tenths / 10, (tenths % 10).abs())
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn percentages_are_rounded_half_up() {
        for (part, whole, found) in
            [(1, 3, "33.3"), (2, 3, "66.7"), (1, 2000, "0.1"), (0, 5, "0.0"), (5, 5, "100.0"), (1, 0, "")]
        {
            assert_eq!(percent(part, whole), found, "{part} of {whole}");
        }
    }
}
