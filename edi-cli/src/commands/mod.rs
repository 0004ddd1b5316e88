//! The commands, one file each.

mod acknowledge;
mod claims;
mod claims_build;
mod claims_show;
mod claims_template;
pub mod codes;
mod demo;
mod denials;
mod diff;
mod diff_blocks;
mod explain;
mod fmt;
mod holds;
mod inspect;
mod ledger;
mod ledger_file;
mod ledger_open;
mod mask_file;
mod remit;
pub mod remit_check;
mod remit_make;
mod remit_post;
pub mod remit_show;
mod rules;
mod split;
mod split_part;
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
    /// Tell the whole story on synthetic files: claims out, remittances in, posted
    Demo(demo::Args),
    /// Show the tree of interchanges, groups and transaction sets, with counts and amounts
    Inspect(inspect::Args),
    /// Build claims (837P) from encounters, and show them
    #[command(subcommand)]
    Claims(claims::Command),
    /// Ask the ledger: balances, a claim's history, every invariant; open, close, undo, export
    Ledger(ledger::Args),
    /// List denials as work, note what is done about them, and tell how often they happen
    Denials(denials::Args),
    /// List what is held and why, see what could be done, and decide
    Holds(holds::Args),
    /// Show the rules of posting, and try other ones over past remittances
    Rules(rules::Args),
    /// Look up codes (CARC, RARC, ICD-10-CM, ...), search them, load published lists
    Codes(codes::Args),
    /// Check files: syntax, guide, balances, rules of meaning, codes, partners (SNIP types 1 to 7)
    Validate(validate::Args),
    /// Say what a rule means and how to mend what it found
    Explain(explain::Args),
    /// Read, prove and show remittances (835)
    #[command(subcommand)]
    Remit(remit::Command),
    /// Write files one segment a line, canonical, or with trailers counted anew
    Fmt(fmt::Args),
    /// Split files by transaction set, claim count, payer or provider
    Split(split::Args),
    /// Write files of the same shape without a patient's data
    Mask(mask_file::Args),
    /// Compare two files by claim, loop and element
    Diff(diff::Args),
}

/// Runs a command.
pub fn run(command: &Command, context: &Context) -> Result<Outcome, Failure> {
    match command {
        Command::Demo(args) => demo::run(args, context),
        Command::Inspect(args) => inspect::run(args, context),
        Command::Claims(command) => claims::run(command, context),
        Command::Ledger(args) => ledger::run(args, context),
        Command::Denials(args) => denials::run(args, context),
        Command::Holds(args) => holds::run(args, context),
        Command::Rules(args) => rules::run(args, context),
        Command::Codes(args) => codes::run(args, context),
        Command::Validate(args) => validate::run(args, context),
        Command::Explain(args) => explain::run(args, context),
        Command::Remit(command) => remit::run(command, context),
        Command::Fmt(args) => fmt::run(args, context),
        Command::Split(args) => split::run(args, context),
        Command::Mask(args) => mask_file::run(args, context),
        Command::Diff(args) => diff::run(args, context),
    }
}
