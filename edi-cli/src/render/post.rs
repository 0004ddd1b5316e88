//! What posting did, or would do: by remittance, claim by claim, with the rule behind each entry.

use edi_835::posting::{Decision, Fate, PlbDecision, PostEvent, Reason, RemittanceOutcome};
use edi_core::Money;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Lines for people
    Text,
    /// One array of remittances
    Json,
    /// One object a remittance and line
    Ndjson,
}

/// The most claims whose plans are kept for one file's output; the others are counted.
const LIMIT: usize = 100_000;

/// What was planned, as it is told.
pub struct Plan {
    format: Format,
    dry_run: bool,
    /// Ordinal of the remittance, whether it is a hold, and the words or the object.
    told: Vec<(u64, Told)>,
    dropped: u64,
}

enum Told {
    Words(String),
    Claim(Value),
}

impl Plan {
    /// Nothing told yet.
    pub fn new(format: Format, dry_run: bool) -> Self {
        Self { format, dry_run, told: Vec::new(), dropped: 0 }
    }

    /// Hears of a claim or a provider-level adjustment. In text, what simply posts is told in a dry run only.
    pub fn tell(&mut self, event: &PostEvent<'_>) {
        if self.told.len() >= LIMIT {
            self.dropped += 1;
            return;
        }
        match (event, self.format) {
            (PostEvent::Claim { remittance, .. } | PostEvent::ProviderLevel { remittance, .. }, Format::Text) => {
                if let Some(words) = self.words(event) {
                    self.told.push((*remittance, Told::Words(words)));
                }
            }
            (PostEvent::Claim { remittance, .. } | PostEvent::ProviderLevel { remittance, .. }, _) => {
                self.told.push((*remittance, Told::Claim(object(event))));
            }
        }
    }

    fn words(&self, event: &PostEvent<'_>) -> Option<String> {
        match event {
            PostEvent::Claim { key, paid, planned, .. } => match &planned.decision {
                Decision::Hold(reasons) => Some(format!("  held    claim {key}, paid {paid}{}", because(reasons))),
                Decision::Post(posting) if self.dry_run => {
                    let mut words = format!("  posts   claim {key}, paid {paid}");
                    for entry in &posting.entries {
                        let (debit, credit) = if entry.amount < 0 { ("", "  ") } else { ("  ", "") };
                        let amount = Money::from_cents(entry.amount);
                        words.push_str(&format!(
                            "\n            {:<4} {:<34} {debit}{amount:>12}{credit}",
                            entry.rule, entry.account
                        ));
                    }
                    Some(words)
                }
                Decision::Post(_) => None,
            },
            PostEvent::ProviderLevel { item, decision, .. } => {
                let what =
                    format!("provider-level {} {} {}", item.code, item.reference, Money::from_cents(item.amount));
                match decision {
                    PlbDecision::Hold(reasons) => Some(format!("  held    {what}{}", because(reasons))),
                    PlbDecision::Post { account, rule, .. } => Some(format!("  posts   {what} to {account} ({rule})")),
                }
            }
        }
    }

    /// Writes what was told, remittance by remittance.
    pub fn write(&self, out: &mut impl Write, file: &str, outcomes: &[RemittanceOutcome]) -> io::Result<()> {
        match self.format {
            Format::Text => self.write_text(out, file, outcomes),
            Format::Json => writeln!(out, "{:#}", Value::Array(self.objects(file, outcomes).collect())),
            Format::Ndjson => self.objects(file, outcomes).try_for_each(|object| writeln!(out, "{object}")),
        }
    }

    fn write_text(&self, out: &mut impl Write, file: &str, outcomes: &[RemittanceOutcome]) -> io::Result<()> {
        let verb = if self.dry_run { "would be posted" } else { "posted" };
        for remittance in outcomes {
            let head =
                format!("{file}: {} trace {}, payment {}", remittance.payer, remittance.trace, remittance.amount);
            match &remittance.fate {
                Fate::Posted => writeln!(
                    out,
                    "{head}: {verb}: {} claims = {} posted {} + {} held {}",
                    remittance.claims,
                    remittance.posted,
                    remittance.posted_amount,
                    remittance.held,
                    remittance.held_amount
                )?,
                Fate::AlreadyPosted => writeln!(out, "{head}: posted before: nothing to do")?,
                Fate::AlreadyHeld => writeln!(out, "{head}: held before: nothing to do")?,
                Fate::Held(reasons) => writeln!(out, "{head}: HELD as a whole{}", because(reasons))?,
            }
            for (_, told) in self.told.iter().filter(|(ordinal, _)| *ordinal == remittance.ordinal) {
                if let Told::Words(words) = told {
                    writeln!(out, "{words}")?;
                }
            }
            if self.dry_run {
                for (account, moved) in &remittance.moved {
                    writeln!(out, "  {account:<40} {moved:>14}")?;
                }
            }
            for warning in &remittance.warnings {
                writeln!(out, "  warning {warning}")?;
            }
            if remittance.released > 0 {
                writeln!(out, "  {} earlier holds were released by it", remittance.released)?;
            }
        }
        if self.dropped > 0 {
            writeln!(out, "  {} more claims are not shown", self.dropped)?;
        }
        Ok(())
    }

    fn objects<'a>(&'a self, file: &'a str, outcomes: &'a [RemittanceOutcome]) -> impl Iterator<Item = Value> + 'a {
        outcomes.iter().map(move |remittance| {
            let mut object = json!(remittance);
            let claims = self.told.iter().filter(|(ordinal, _)| *ordinal == remittance.ordinal);
            let claims =
                claims.filter_map(|(_, told)| if let Told::Claim(value) = told { Some(value.clone()) } else { None });
            object["file"] = json!(file);
            object["dry_run"] = json!(self.dry_run);
            object["plans"] = Value::Array(claims.collect());
            object
        })
    }
}

fn because(reasons: &[Reason]) -> String {
    let words = |reason: &Reason| {
        let proposal =
            if reason.proposal.is_empty() { String::new() } else { format!(" (proposed: {})", reason.proposal) };
        format!("\n          {} {}: {}{proposal}", reason.rule, reason.cause.name(), reason.words)
    };
    reasons.iter().map(words).collect()
}

/// A plan as JSON.
fn object(event: &PostEvent<'_>) -> Value {
    match event {
        PostEvent::Claim { key, paid, planned, .. } => {
            let entries = planned.posting().map_or(&[][..], |posting| &posting.entries);
            let entries = entries.iter().map(|entry| {
                json!({ "account": entry.account.name(), "amount": Money::from_cents(entry.amount), "rule": entry.rule })
            });
            let decision = if planned.posting().is_some() { "post" } else { "hold" };
            json!({
                "claim": key, "paid": paid, "decision": decision, "entries": entries.collect::<Vec<_>>(),
                "reasons": planned.reasons(), "warnings": planned.warnings,
            })
        }
        PostEvent::ProviderLevel { item, decision, .. } => {
            let (decision, account, reasons) = match decision {
                PlbDecision::Post { account, .. } => ("post", Some(account.name()), &[][..]),
                PlbDecision::Hold(reasons) => ("hold", None, reasons.as_slice()),
            };
            json!({
                "provider_level": item.code, "reference": item.reference, "amount": Money::from_cents(item.amount),
                "decision": decision, "account": account, "reasons": reasons,
            })
        }
    }
}
