//! `edi explain`: what a rule means and how to mend what it found.

use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use edi_core::guide::{RULES, Rule, rule};
use std::io::Write;

/// Arguments of `edi explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi explain SE-COUNT       one rule
  edi explain                every rule, a line each")]
pub struct Args {
    /// Rule ids, as findings name them
    rules: Vec<String>,
}

/// Explains the rules.
pub fn run(args: &Args, _: &Context) -> Result<Outcome, Failure> {
    let mut out = stdout();
    if args.rules.is_empty() {
        for rule in RULES {
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

fn explain(out: &mut impl Write, rule: &Rule) -> std::io::Result<()> {
    writeln!(out, "{} (SNIP type {})", rule.id, rule.snip)?;
    writeln!(out, "  {}", rule.title)?;
    writeln!(out, "  To mend it: {}", rule.mend)?;
    writeln!(out, "  Source: {}", rule.source)
}
