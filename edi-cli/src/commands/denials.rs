//! `edi denials`: each denial as work: category, next action, due date.

use super::{ledger, ledger_file};
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::render::ledger::WORK;
use crate::render::table::{self, Format};
use std::path::PathBuf;

/// Arguments of `edi denials`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi denials --ledger office.db                       what is open, by due date
  edi denials --ledger office.db --reason 197 --format csv
  edi denials --ledger office.db --all                 what is done too")]
pub struct Args {
    /// The ledger
    #[arg(long, value_name = "FILE", default_value = "edi.db")]
    ledger: PathBuf,
    /// Those that are done, too
    #[arg(long)]
    all: bool,
    /// Only tasks and denials of this claim
    #[arg(long, value_name = "ID")]
    claim: Option<String>,
    /// Only of this payer
    #[arg(long, value_name = "ID")]
    payer: Option<String>,
    /// Only of this reason (CARC)
    #[arg(long, value_name = "CARC")]
    reason: Option<String>,
    /// Only of this category
    #[arg(long)]
    category: Option<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Lists them.
pub fn run(args: &Args, _: &Context) -> Result<Outcome, Failure> {
    let mut work = ledger_file::open(&args.ledger)?.work(args.all).map_err(ledger_file::failure(&args.ledger))?;
    let meets = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
    work.retain(|item| {
        meets(&args.claim, &item.claim)
            && meets(&args.payer, &item.payer)
            && meets(&args.reason, &item.reason)
            && meets(&args.category, &item.category)
    });
    table::print(WORK, &ledger::rows(&work), args.format)?;
    Ok(Outcome::Clean)
}
