//! `edi explain`: what a rule means and how to mend what it found.

use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::render::findings;
use edi_core::guide::{Rule, all_rules};
use edi_core::rules;
use std::io::Write;

/// Arguments of `edi explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi explain SE-COUNT       one rule of a check
  edi explain B2 M1          rules of balance and posting
  edi explain                every rule, a line each
  edi explain --markdown     every rule, as tables for a document")]
pub struct Args {
    /// Rule ids, as findings name them
    rules: Vec<String>,
    /// Print every rule as Markdown tables, one for each SNIP type
    #[arg(long, conflicts_with = "rules")]
    markdown: bool,
}

/// Explains the rules.
pub fn run(args: &Args, _: &Context) -> Result<Outcome, Failure> {
    let mut out = stdout();
    if args.markdown {
        markdown(&mut out)?;
    } else if args.rules.is_empty() {
        for (kind, rules) in sections() {
            for rule in rules {
                writeln!(out, "{:<24} {kind:<7} {}", rule.id, rule.title)?;
            }
        }
    }
    for id in &args.rules {
        let (kind, rule) =
            find(id).ok_or_else(|| Failure::Usage(format!("no rule {id:?}; `edi explain` lists them all")))?;
        explain(&mut out, kind, rule)?;
    }
    out.flush()?;
    Ok(Outcome::Clean)
}

/// The rules of every command, by kind: SNIP types 0 (repairs) to 7, claims in, remittances in.
fn sections() -> Vec<(String, Vec<&'static Rule>)> {
    let of_snip = |snip| (format!("SNIP {snip}"), all_rules().filter(|rule| rule.snip == snip).collect());
    let mut all: Vec<(String, Vec<_>)> = (0..=7).map(of_snip).collect();
    all.push(("claims".to_owned(), edi_837::rulebook::RULES.iter().collect()));
    all.push(("posting".to_owned(), edi_835::rulebook::RULES.iter().collect()));
    all.retain(|(_, rules)| !rules.is_empty());
    all
}

fn find(id: &str) -> Option<(String, &'static Rule)> {
    let is_it = |rule: &&Rule| rule.id.eq_ignore_ascii_case(id);
    sections().into_iter().find_map(|(kind, rules)| Some((kind, rules.into_iter().find(is_it)?)))
}

/// The rule list of the documents: generated, so that it cannot fall behind.
fn markdown(out: &mut impl Write) -> std::io::Result<()> {
    for (kind, rules) in sections() {
        let head = match kind.as_str() {
            "SNIP 0" => "Repairs of the stream".to_owned(),
            "claims" => "Encounters in and claims read".to_owned(),
            "posting" => "Balance and posting".to_owned(),
            kind => kind.replace("SNIP", "SNIP type"),
        };
        writeln!(out, "## {head}\n\n| rule | weighs | says | to mend it | source |\n|---|---|---|---|---|")?;
        for rule in rules {
            let weight = rules::severity(rule.id).map_or("", findings::severity);
            writeln!(out, "| {} | {weight} | {} | {} | {} |", rule.id, rule.title, rule.mend, rule.source)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn explain(out: &mut impl Write, kind: String, rule: &Rule) -> std::io::Result<()> {
    let kind = kind.replace("SNIP", "SNIP type");
    writeln!(out, "{} ({kind})", rule.id)?;
    writeln!(out, "  {}", rule.title)?;
    writeln!(out, "  To mend it: {}", rule.mend)?;
    writeln!(out, "  Source: {}", rule.source)
}
