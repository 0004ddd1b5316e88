//! The ledger's views as tables and pages.

use super::table::{Column, number, page, text};
use super::{denials, holds};
use crate::context::Context;
use edi_835::ledger::{CheckReport, ClaimHistory, PayerView};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Balances of accounts.
pub const BALANCES: &[Column] =
    &[text("account", "account"), text("payer", "payer"), number("balance", "amount"), number("entries", "entries")];

/// Remittances.
pub const REMITTANCES: &[Column] = &[
    number("id", "id"),
    text("state", "state"),
    text("trace", "trace"),
    text("payer", "payer"),
    text("date", "date"),
    number("payment", "amount"),
    text("file", "file"),
];

/// Payers.
pub const PAYERS: &[Column] = &[text("payer", "code"), text("name", "name"), text("also", "also_words")];

/// Who decided what.
pub const AUDIT: &[Column] = &[
    number("id", "id"),
    text("day", "day"),
    text("by", "actor"),
    text("what", "verb"),
    text("of", "subject"),
    text("how", "detail"),
];

/// A payer with its further identifiers in one field.
pub fn payer(payer: &PayerView) -> Value {
    let mut value = json!(payer);
    value["also_words"] = json!(payer.also.join(" "));
    value
}

/// Provider-level amounts that are not matched yet.
pub const ITEMS: &[Column] = &[
    text("account", "account"),
    text("code", "code"),
    text("reference", "reference"),
    text("payer", "payer"),
    text("trace", "trace"),
    text("since", "day"),
    number("left", "left"),
];

const OWED: &[Column] =
    &[text("owed by", "account"), text("payer", "payer"), text("line", "line"), number("amount", "amount")];

const ANSWERS: &[Column] = &[
    text("answer", "day"),
    text("payer", "payer"),
    text("trace", "trace"),
    text("status", "status"),
    number("charge", "charge"),
    number("paid", "paid"),
    text("adjustments", "why"),
];

const ENTRIES: &[Column] = &[
    text("effective", "effective"),
    text("journal", "kind"),
    text("account", "account"),
    text("line", "line"),
    number("amount", "amount"),
    text("reason", "reason"),
    text("rule", "rule"),
    text("trace", "trace"),
];

/// A claim's page: what was charged, paid, adjusted and is open; answers, entries, denials and holds.
pub fn claim(out: &mut impl Write, history: &ClaimHistory, context: &Context) -> io::Result<()> {
    writeln!(out, "claim {}  patient {}", history.key, context.name(&history.patient))?;
    writeln!(
        out,
        "charge {} = paid {} + adjusted {} + open {}\n",
        history.charge, history.paid, history.adjusted, history.open
    )?;
    section(out, OWED, history.owed.iter().map(|owed| json!(owed)))?;
    section(
        out,
        ANSWERS,
        history.answers.iter().map(|answer| {
            let why = answer.adjustments.iter().map(|(_, code, amount)| format!("{code} {amount}"));
            let mut value = json!(answer);
            value["why"] = json!(why.collect::<Vec<_>>().join(", "));
            value
        }),
    )?;
    section(out, ENTRIES, history.entries.iter().map(|entry| json!(entry)))?;
    section(out, denials::WORK, history.work.iter().map(|work| json!(work)))?;
    section(out, holds::HOLDS, history.holds.iter().map(holds::row))
}

fn section(out: &mut impl Write, columns: &[Column], rows: impl Iterator<Item = Value>) -> io::Result<()> {
    let rows: Vec<Value> = rows.collect();
    if rows.is_empty() { Ok(()) } else { writeln!(out, "{}\n", page(columns, &rows)) }
}

/// What was checked, and what breaks.
pub fn check(out: &mut impl Write, report: &CheckReport) -> io::Result<()> {
    for breach in &report.breaches {
        writeln!(
            out,
            "BROKEN {}: {}: expected {}, found {}",
            breach.invariant, breach.place, breach.expected, breach.found
        )?;
    }
    let verdict = if report.breaches.is_empty() { "every invariant holds" } else { "the ledger is broken" };
    writeln!(
        out,
        "{} journals of {} entries, {} claims, {} remittances: {verdict}",
        report.journals, report.entries, report.claims, report.remittances
    )
}
