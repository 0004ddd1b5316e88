//! The commands, one file each.

mod claims;
mod claims_build;
mod claims_show;
pub mod codes;
mod explain;
mod fmt;
mod inspect;
mod ledger_file;
mod remit;
pub mod remit_check;
mod remit_post;
mod remit_make;
pub mod remit_show;
mod validate;

use crate::context::Context;
use crate::exit::{Failure, Outcome};

/// Shown below `edi --help`.
pub const EXAMPLES: &str = "\
Examples:
  edi demo                                        the whole story on synthetic files
  edi inspect testdata/remits/clean.835           what a file holds
  edi remit check testdata/remits/clean.835       prove that a remittance balances

Exit status: 0 clean, 1 findings or holds, 2 failure.";

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show the tree of interchanges, groups and transaction sets, with counts and amounts
    Inspect(inspect::Args),
    /// Build claims (837P) from encounters, and show them
    #[command(subcommand)]
    Claims(claims::Command),
    /// Look up codes (CARC, RARC, ICD-10-CM, ...), search them, load published lists
    Codes(codes::Args),
    /// Check files against the implementation guides (SNIP types 1 and 2)
    Validate(validate::Args),
    /// Say what a rule means and how to mend what it found
    Explain(explain::Args),
    /// Read, prove and show remittances (835)
    #[command(subcommand)]
    Remit(remit::Command),
    /// Write files one segment a line, canonical, or with trailers counted anew
    Fmt(fmt::Args),
}

/// Runs a command.
pub fn run(command: &Command, context: &Context) -> Result<Outcome, Failure> {
    match command {
        Command::Inspect(args) => inspect::run(args, context),
        Command::Claims(command) => claims::run(command, context),
        Command::Codes(args) => codes::run(args, context),
        Command::Validate(args) => validate::run(args, context),
        Command::Explain(args) => explain::run(args, context),
        Command::Remit(command) => remit::run(command, context),
        Command::Fmt(args) => fmt::run(args, context),
    }
}
