//! `edi`: coded encounters become 837P claims, 835 remittances are read, proved and posted to a ledger.
//!
//! Data goes to stdout, words to stderr. Exit status: 0 clean, 1 findings or holds, 2 failure.

mod commands;
mod context;
mod exit;
mod input;
mod mask;
mod render;

use clap::Parser;
use std::process::ExitCode;

/// Healthcare claims and remittances: build 837P, read and prove 835, post to the cent.
#[derive(Debug, Parser)]
#[command(name = "edi", version, arg_required_else_help = true, after_help = commands::EXAMPLES)]
struct Arguments {
    #[command(flatten)]
    context: context::Options,
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome =
        context::Context::new(&arguments.context).and_then(|context| commands::run(&arguments.command, &context));
    exit::code(outcome)
}
