//! `edi remit post`: remittances, posted to the ledger or held with their reasons.

use super::ledger_file;
use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::input::{self, Source};
use crate::render::post as render;
use edi_835::posting::{self, Fate, PostOptions, RemittanceOutcome, Rules};
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `edi remit post`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi remit post --ledger office.db --dry-run era.835    the plan: each claim, its entries and their rules
  edi remit post --ledger office.db downloads/*.835      each remittance in one database transaction
  edi remit post --ledger office.db --format json era.835

Posting a file twice is posting it once. What cannot be posted is held with its reason; its neighbours post.")]
pub struct Args {
    /// 835 files, `-` for stdin; .gz and .zip are opened
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The ledger
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// Show the plan and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The office's rules (TOML); the shipped ones otherwise
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = render::Format::Text)]
    format: render::Format,
}

/// Posts each file.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let rules = ledger_file::rules(args.rules.as_deref())?;
    let mut ledger = ledger_file::open(&args.ledger)?;
    context.for_each(input::sources(&args.files), |source| {
        post(&source?.rereadable()?, args, &rules, &mut ledger, context)
    })
}

fn post(
    source: &Source,
    args: &Args,
    rules: &Rules,
    ledger: &mut edi_835::ledger::Ledger,
    context: &Context,
) -> Result<Outcome, Failure> {
    let mut out = stdout();
    let options = PostOptions {
        run: ledger_file::run(context, rules),
        rules,
        dry_run: args.dry_run,
        file: source.name.as_str().into(),
    };
    let mut lines = render::Plan::new(args.format, args.dry_run);
    let outcomes = posting::post(|| source.open(), ledger, &options, &mut |event| lines.tell(&event))
        .map_err(|error| Failure::Usage(format!("{}: {error}", source.name)))?;
    lines.write(&mut out, &source.name, &outcomes)?;
    out.flush()?;
    if outcomes.is_empty() {
        return Err(Failure::Usage(format!("{}: there is no 835 in this file", source.name)));
    }
    Ok(outcomes.iter().map(outcome).max().unwrap_or(Outcome::Clean))
}

fn outcome(remittance: &RemittanceOutcome) -> Outcome {
    let clean = matches!(remittance.fate, Fate::Posted | Fate::AlreadyPosted);
    if clean && remittance.held == 0 && remittance.provider_held == 0 { Outcome::Clean } else { Outcome::Findings }
}
