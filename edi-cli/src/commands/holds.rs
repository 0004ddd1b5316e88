//! `edi holds`: what is held, why, and what a person decides about it.

use super::ledger_file;
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::render::ledger::{HOLDS, hold_row};
use crate::render::table::{self, Format};
use edi_835::posting::{Resolution, Resolved};
use serde_json::Value;
use std::path::PathBuf;

/// Arguments of `edi holds`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  edi holds --ledger office.db                                what is held, with the reasons
  edi holds --ledger office.db --format json                  with every word of them
  edi holds resolve 2 match E-1008 --ledger office.db         it is about this claim: plan it again
  edi holds resolve 2 accept --ledger office.db               post in spite of what a person may set aside
  edi holds resolve 2 adjust --ledger office.db               post what the reason proposes
  edi holds resolve 2 reject --ledger office.db               never post it")]
pub struct Args {
    #[command(flatten)]
    list: List,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Args)]
struct List {
    /// The ledger
    #[arg(long, value_name = "FILE", default_value = "edi.db")]
    ledger: PathBuf,
    /// Those that have ended, too
    #[arg(long)]
    all: bool,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Decide about a hold; the decision is kept with who made it
    Resolve {
        /// Its id
        hold: i64,
        /// What is done
        #[arg(value_enum)]
        way: Way,
        /// The claim (CLM01), with `match`
        #[arg(required_if_eq("way", "match"))]
        claim: Option<String>,
        /// The ledger
        #[arg(long, value_name = "FILE", default_value = "edi.db")]
        ledger: PathBuf,
        /// The office's rules (TOML); the shipped ones otherwise
        #[arg(long, value_name = "FILE")]
        rules: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Way {
    /// It is about this claim
    Match,
    /// Post in spite of the reasons that a person may set aside
    Accept,
    /// Post what the reason proposes
    Adjust,
    /// Never post it
    Reject,
}

/// Lists holds, or resolves one.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.command {
        None => list(&args.list),
        Some(Command::Resolve { hold, way, claim, ledger, rules }) => {
            let rules = ledger_file::rules(rules.as_deref())?;
            let resolution = match way {
                Way::Match => Resolution::Match(claim.clone().unwrap_or_default().into()),
                Way::Accept => Resolution::Accept,
                Way::Adjust => Resolution::Adjust,
                Way::Reject => Resolution::Reject,
            };
            let run = ledger_file::run(context, &rules);
            let resolved = ledger_file::open(ledger)?.resolve(*hold, &resolution, &run, &rules);
            match resolved.map_err(ledger_file::failure(ledger))? {
                Resolved::Released(further) => {
                    context.say(format_args!("hold {hold} is released, and {further} more with it"));
                    Ok(Outcome::Clean)
                }
                Resolved::Rejected => {
                    context.say(format_args!("hold {hold} is rejected; its money stays in unapplied"));
                    Ok(Outcome::Clean)
                }
                Resolved::StillHeld => {
                    context.say(format_args!("hold {hold} is still held; `edi holds` says why"));
                    Ok(Outcome::Findings)
                }
            }
        }
    }
}

/// Lists them; open holds are findings.
fn list(args: &List) -> Result<Outcome, Failure> {
    let holds = ledger_file::open(&args.ledger)?.holds(args.all).map_err(ledger_file::failure(&args.ledger))?;
    let rows: Vec<Value> = holds.iter().map(hold_row).collect();
    table::print(HOLDS, &rows, args.format)?;
    let open = holds.iter().any(|hold| hold.state == "open");
    Ok(if open { Outcome::Findings } else { Outcome::Clean })
}
