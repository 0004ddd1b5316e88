//! `edi holds`: what is held, and why.

use super::ledger_file;
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::render::ledger::{HOLDS, hold_row};
use crate::render::table::{self, Format};
use serde_json::Value;
use std::path::PathBuf;

/// Arguments of `edi holds`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi holds --ledger office.db                  what is held, with the reasons
  edi holds --ledger office.db --format json    with every word of them")]
pub struct Args {
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

/// Lists them; open holds are findings.
pub fn run(args: &Args, _: &Context) -> Result<Outcome, Failure> {
    let holds = ledger_file::open(&args.ledger)?.holds(args.all).map_err(ledger_file::failure(&args.ledger))?;
    let rows: Vec<Value> = holds.iter().map(hold_row).collect();
    table::print(HOLDS, &rows, args.format)?;
    let open = holds.iter().any(|hold| hold.state == "open");
    Ok(if open { Outcome::Findings } else { Outcome::Clean })
}
