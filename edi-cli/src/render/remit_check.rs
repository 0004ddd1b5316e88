//! The balance proof as words and as JSON.

use super::remit_text::printable;
use crate::commands::remit_check::Format;
use edi_835::balance::{Cause, Delta, Level, RemittanceBalance, Rule};
use edi_core::Money;
use edi_core::account::ClaimKey;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

/// Totals over all remittances.
#[derive(Debug, Default)]
pub struct Summary {
    remittances: u64,
    balanced: u64,
    claims: u64,
    payment: Money,
}

impl Summary {
    /// Takes a remittance in.
    pub fn add(&mut self, outcome: &RemittanceBalance) {
        self.remittances += 1;
        self.balanced += u64::from(outcome.balanced());
        self.claims += outcome.claims;
        self.payment += outcome.payment.unwrap_or_default();
    }

    /// Whether each of them balances.
    pub fn all_balanced(&self) -> bool {
        self.balanced == self.remittances
    }
}

/// One remittance as JSON.
#[derive(Debug, Serialize)]
struct Row<'a> {
    file: &'a str,
    remittance: u64,
    trace: &'a str,
    payer: &'a str,
    payee: &'a str,
    date: Option<chrono::NaiveDate>,
    payment: Option<Money>,
    claims: u64,
    lines: u64,
    charge: Money,
    paid: Money,
    interest: Money,
    provider_adjustments: &'a BTreeMap<edi_core::Text, Money>,
    balanced: bool,
    deltas: Vec<DeltaRow<'a>>,
    warnings: Vec<DeltaRow<'a>>,
    unbalanced_claims: u64,
    unbalanced_paid: Money,
    dropped: u64,
}

impl<'a> Row<'a> {
    fn of(file: &'a str, outcome: &'a RemittanceBalance) -> Self {
        Self {
            file,
            remittance: outcome.ordinal,
            trace: &outcome.trace,
            payer: &outcome.payer,
            payee: &outcome.payee,
            date: outcome.date,
            payment: outcome.payment,
            claims: outcome.claims,
            lines: outcome.lines,
            charge: outcome.charge,
            paid: outcome.paid,
            interest: outcome.interest,
            provider_adjustments: &outcome.provider_adjustments,
            balanced: outcome.balanced(),
            deltas: outcome.deltas.iter().map(DeltaRow::of).collect(),
            warnings: outcome.warnings.iter().map(DeltaRow::of).collect(),
            unbalanced_claims: outcome.unbalanced_claims,
            unbalanced_paid: outcome.unbalanced_paid,
            dropped: outcome.dropped,
        }
    }
}

/// One difference as JSON.
#[derive(Debug, Serialize)]
struct DeltaRow<'a> {
    level: Level,
    claim: Option<&'a ClaimKey>,
    claim_number: Option<u64>,
    line: Option<u32>,
    rule: Rule,
    equation: &'static str,
    expected: Option<Money>,
    found: Option<Money>,
    delta: Option<Money>,
    cause: Option<&'a Cause>,
    cause_id: Option<&'static str>,
}

impl<'a> DeltaRow<'a> {
    fn of(delta: &'a Delta) -> Self {
        Self {
            level: delta.level,
            claim: delta.claim.as_ref(),
            claim_number: delta.claim_ordinal,
            line: delta.line,
            rule: delta.rule,
            equation: delta.rule.equation(),
            expected: delta.expected,
            found: delta.found,
            delta: delta.delta,
            cause: delta.cause.as_ref(),
            cause_id: delta.cause.as_ref().map(Cause::id),
        }
    }
}

/// Prints outcomes, one after the other.
pub struct Printer<W: Write> {
    out: W,
    format: Format,
    printed: bool,
}

impl<W: Write> Printer<W> {
    /// A printer in this form.
    pub fn new(out: W, format: Format) -> Self {
        Self { out, format, printed: false }
    }

    /// Prints one remittance.
    pub fn remittance(&mut self, file: &str, outcome: &RemittanceBalance) -> io::Result<()> {
        let first = !std::mem::replace(&mut self.printed, true);
        match self.format {
            Format::Text => self.text(file, outcome),
            Format::Json => {
                self.out.write_all(if first { b"[\n" } else { b",\n" })?;
                serde_json::to_writer_pretty(&mut self.out, &Row::of(file, outcome)).map_err(io::Error::from)
            }
            Format::Ndjson => {
                serde_json::to_writer(&mut self.out, &Row::of(file, outcome))?;
                self.out.write_all(b"\n")
            }
        }
    }

    /// Prints what stands behind the last.
    pub fn finish(mut self, summary: &Summary) -> io::Result<()> {
        match self.format {
            Format::Text if summary.remittances > 0 => {
                let not = summary.remittances - summary.balanced;
                let Summary { remittances, balanced, claims, payment } = summary;
                writeln!(
                    self.out,
                    "{remittances} remittances, {balanced} balanced, {not} not; {claims} claims; payments {payment}"
                )?;
            }
            Format::Json if self.printed => self.out.write_all(b"\n]\n")?,
            Format::Json => self.out.write_all(b"[]\n")?,
            Format::Text | Format::Ndjson => {}
        }
        self.out.flush()
    }

    fn text(&mut self, file: &str, outcome: &RemittanceBalance) -> io::Result<()> {
        let verdict = if outcome.balanced() { "balanced" } else { "NOT BALANCED" };
        let payment = outcome.payment.map_or_else(|| "unreadable".to_owned(), |payment| payment.to_string());
        let trace = or_none(&outcome.trace);
        let payer = or_none(&outcome.payer);
        let (claims, paid, plb) = (outcome.claims, outcome.paid, outcome.provider_adjusted());
        self.line(format_args!(
            "{file}: {verdict}: trace {trace}, {payer}, payment {payment}, {claims} claims paid {paid}, PLB {plb}"
        ))?;
        for (kind, amount) in &outcome.provider_adjustments {
            self.line(format_args!("    PLB {kind} {amount}"))?;
        }
        for delta in &outcome.deltas {
            self.line(format_args!("    {delta}"))?;
        }
        for warning in &outcome.warnings {
            self.line(format_args!("    warning: {warning}"))?;
        }
        if outcome.dropped > 0 {
            writeln!(self.out, "    and {} more", outcome.dropped)?;
        }
        Ok(())
    }

    /// A line of text in which nothing of the file can steer a terminal.
    fn line(&mut self, words: fmt::Arguments<'_>) -> io::Result<()> {
        writeln!(self.out, "{}", printable(&words.to_string()))
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}
