//! `edi explain`: what a rule means and how to mend what it found.

use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::render::findings;
use edi_core::guide::{Rule, all_rules, rule};
use edi_core::rules;
use std::io::Write;

/// Arguments of `edi explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi explain SE-COUNT       one rule
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
        for rule in all_rules() {
            writeln!(out, "{:<24} SNIP {}  {}", rule.id, rule.snip, rule.title)?;
        }
    }
    for id in &args.rules {
        let found = rule(&id.to_ascii_uppercase());
        let unknown = || Failure::Usage(format!("no rule {id:?}; `edi explain` lists them all"));
        explain(&mut out, found.ok_or_else(unknown)?)?;
    }
    out.flush()?;
    Ok(Outcome::Clean)
}

/// The rule list of the documents: generated, so that it cannot fall behind.
fn markdown(out: &mut impl Write) -> std::io::Result<()> {
    for snip in 0..=7 {
        let mut rules = all_rules().filter(|rule| rule.snip == snip).peekable();
        if rules.peek().is_none() {
            continue;
        }
        let head = if snip == 0 { "Repairs of the stream".to_owned() } else { format!("SNIP type {snip}") };
        writeln!(out, "## {head}\n\n| rule | weighs | says | to mend it | source |\n|---|---|---|---|---|")?;
        for rule in rules {
            let weight = rules::severity(rule.id).map_or("", findings::severity);
            writeln!(out, "| {} | {weight} | {} | {} | {} |", rule.id, rule.title, rule.mend, rule.source)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn explain(out: &mut impl Write, rule: &Rule) -> std::io::Result<()> {
    writeln!(out, "{} (SNIP type {})", rule.id, rule.snip)?;
    writeln!(out, "  {}", rule.title)?;
    writeln!(out, "  To mend it: {}", rule.mend)?;
    writeln!(out, "  Source: {}", rule.source)
}
