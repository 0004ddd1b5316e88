//! `edi claims`: claims, built and shown.

use super::{claims_build, claims_show, claims_template};
use crate::context::Context;
use crate::exit::{Failure, Outcome};

/// What to do with claims.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Build 837P files from encounters, check them, book their charges
    Build(claims_build::Args),
    /// Write a commented starter: encounters, practice file, mapping file, schema
    Template(claims_template::Args),
    /// Show the claims of 837 files
    Show(claims_show::Args),
}

/// Runs a command.
pub fn run(command: &Command, context: &Context) -> Result<Outcome, Failure> {
    match command {
        Command::Build(args) => claims_build::run(args, context),
        Command::Template(args) => claims_template::run(args, context),
        Command::Show(args) => claims_show::run(args, context),
    }
}
