//! Holds: a table, or all about each.

use super::table::{Column, number, page, text};
use edi_835::ledger::{AuditView, EntryView, HoldView, ReasonView, Suggestion};
use edi_835::rulebook::RULES;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Holds in a table.
pub const HOLDS: &[Column] = &[
    number("id", "id"),
    text("kind", "kind"),
    text("state", "state"),
    text("claim", "claim_key"),
    text("payer", "payer"),
    text("trace", "trace"),
    number("amount", "amount"),
    text("why", "why"),
];

const ENTRIES: &[Column] = &[
    text("rule", "rule"),
    text("account", "account"),
    text("payer", "payer"),
    text("line", "line"),
    text("reason", "reason"),
    number("amount", "amount"),
];

/// Form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Lines for people
    Text,
    /// One array
    Json,
    /// One object a line
    Ndjson,
}

/// All about a hold.
#[derive(Serialize)]
pub struct Detail {
    /// The hold.
    #[serde(flatten)]
    pub hold: HoldView,
    /// What persons decided about it.
    pub decisions: Vec<AuditView>,
    /// Claims that it may be about, the likeliest first.
    pub suggestions: Vec<Suggestion>,
    /// Ways to post it, and what each would do.
    pub ways: Vec<Way>,
}

/// A way to resolve a hold.
#[derive(Serialize)]
pub struct Way {
    /// As `edi holds resolve` takes it.
    #[serde(rename = "way")]
    pub words: String,
    /// It would post; it would still be held otherwise.
    pub posts: bool,
    /// The entries that it would make.
    pub entries: Vec<EntryView>,
}

/// A hold with its reasons in one field.
pub fn row(hold: &HoldView) -> Value {
    let why: Vec<String> = hold.reasons.iter().map(|reason| format!("{} {}", reason.rule, reason.cause)).collect();
    let mut value = json!(hold);
    value["why"] = json!(why.join(", "));
    value
}

/// A reason in words.
pub fn reason(reason: &ReasonView) -> String {
    let proposal = if reason.proposal.is_empty() { String::new() } else { format!(" (proposed: {})", reason.proposal) };
    format!("{} {}: {}{proposal}", reason.rule, reason.cause, reason.words)
}

/// Writes all about each hold.
pub fn details(out: &mut impl Write, details: &[Detail], format: Format) -> io::Result<()> {
    match format {
        Format::Json => writeln!(out, "{:#}", json!(details)),
        Format::Ndjson => details.iter().try_for_each(|detail| writeln!(out, "{}", json!(detail))),
        Format::Text => details.iter().try_for_each(|detail| write_detail(out, detail)),
    }
}

fn write_detail(out: &mut impl Write, detail: &Detail) -> io::Result<()> {
    let hold = &detail.hold;
    let day = hold.day.map_or_else(String::new, |day| format!(", held {day}"));
    let about =
        [("claim", &hold.claim_key), ("payer's number", &hold.number), ("payer", &hold.payer), ("trace", &hold.trace)];
    let about = about.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!(", {name} {value}"));
    writeln!(
        out,
        "hold {}: {} {} of {}{}{day}",
        hold.id,
        hold.state,
        hold.kind,
        hold.amount,
        about.collect::<String>()
    )?;
    hold.reasons.iter().try_for_each(|why| writeln!(out, "  {}", reason(why)))?;
    for decision in &detail.decisions {
        let day = decision.day.map_or_else(String::new, |day| format!("{day} "));
        writeln!(out, "  decided {day}by {}: {}", decision.actor, decision.detail)?;
    }
    for it in &detail.suggestions {
        writeln!(out, "  may be claim {}: score {} of 100: {}", it.claim, it.score, it.why.join(", "))?;
    }
    for way in &detail.ways {
        let would = if way.posts { "would post" } else { "would still be held" };
        writeln!(out, "  {}: {would}", way.words)?;
        if !way.entries.is_empty() {
            let entries: Vec<Value> = way.entries.iter().map(|entry| json!(entry)).collect();
            page(ENTRIES, &entries).lines().try_for_each(|line| writeln!(out, "    {line}"))?;
        }
    }
    if hold.state == "open" {
        other_ways(detail).iter().try_for_each(|way| writeln!(out, "  {way}"))?;
    }
    writeln!(out)
}

/// What can be done beside the ways that would post.
fn other_ways(detail: &Detail) -> Vec<String> {
    let hold = &detail.hold;
    let caused = |cause: &str| hold.reasons.iter().any(|reason| reason.cause == cause);
    if caused("payee-not-ours") {
        let ours = "edi holds again --rules FILE: the payee is ours, and stands under payees in that file";
        return vec![ours.to_owned(), "reject: it is not, and never posts".to_owned()];
    }
    let unmapped = caused("payer-not-mapped");
    let mut ways = match hold.kind.as_str() {
        "remittance" => {
            return vec!["mend what holds it and post the file again; reject: take it from the list".to_owned()];
        }
        "claim" if hold.claim.is_empty() => vec!["match CLAIM: it is about another claim".to_owned()],
        _ => Vec::new(),
    };
    if unmapped {
        ways.push("edi ledger map-payer IDENTIFIER PAYER: it is a payer of ours (edi ledger payers)".to_owned());
    } else {
        let rules = hold.reasons.iter().filter_map(|reason| RULES.iter().find(|rule| rule.id == reason.rule.as_str()));
        let mends: BTreeSet<&str> = rules.map(|rule| rule.mend).collect();
        ways.extend(mends.into_iter().map(|mend| format!("to do: {mend}")));
    }
    ways.push(match hold.kind.as_str() {
        "booking" => "reject: never book it".to_owned(),
        _ => "reject: never post it; its money stays in unapplied until it is returned".to_owned(),
    });
    ways
}
