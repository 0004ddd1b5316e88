//! `edi ledger`: what the ledger says, and whether it holds together.

use super::ledger_file;
use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::render::export;
use crate::render::ledger as render;
use crate::render::table::{self, Format};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `edi ledger`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi ledger balances --ledger office.db               every account; --by-payer for each payer apart
  edi ledger claim E-1002 --ledger office.db           all that happened to a claim, and who owes what is open
  edi ledger check --ledger office.db                  every invariant; names what breaks
  edi ledger remittances --ledger office.db --format csv
  edi ledger undo 3 --ledger office.db                 take a remittance back, so that it can be posted again
  edi ledger close 2025-12 --ledger office.db          no entry falls into that month any more
  edi ledger export --as hledger --ledger office.db | hledger -f - balance")]
pub struct Args {
    /// The ledger
    #[arg(long, global = true, value_name = "FILE", default_value = "edi.db")]
    ledger: PathBuf,
    /// Form of the output
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Balances of the accounts: debits less credits
    Balances {
        /// Each payer apart
        #[arg(long)]
        by_payer: bool,
    },
    /// The history of a claim
    Claim {
        /// CLM01
        id: String,
    },
    /// Prove every invariant: journals, clearing, subledgers, and charge = paid + adjusted + open
    Check,
    /// Remittances that were posted, held or undone
    Remittances,
    /// Provider-level amounts that are not matched yet
    Items,
    /// Take a whole remittance back by mirror entries; refused while later entries depend on it
    Undo {
        /// Its id, as `edi ledger remittances` lists it
        remittance: i64,
    },
    /// Close a month: what falls into it goes to the next open one
    Close {
        /// The month, as 2025-12
        #[arg(value_parser = parse_month)]
        month: NaiveDate,
    },
    /// The journal, for other programs
    Export {
        /// Form of the journal
        #[arg(long = "as", value_enum, default_value_t = export::Form::Csv)]
        form: export::Form,
    },
}

fn parse_month(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").map_err(|_| "write a month as 2025-12".to_owned())
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let mut ledger = ledger_file::open(&args.ledger)?;
    let fail = || ledger_file::failure(&args.ledger);
    match &args.command {
        Command::Balances { by_payer } => {
            let balances = ledger.balances(*by_payer).map_err(fail())?;
            table::print(render::BALANCES, &rows(&balances), args.format)?;
        }
        Command::Claim { id } => {
            let found = ledger.claim(id).map_err(fail())?;
            let history =
                found.ok_or_else(|| Failure::Usage(format!("{}: there is no claim {id}", args.ledger.display())))?;
            let mut out = stdout();
            match args.format {
                Format::Text => render::claim(&mut out, &history, context)?,
                _ => {
                    let mut value = json!(history);
                    value["patient"] = json!(context.name(&history.patient));
                    writeln!(out, "{value:#}")?;
                }
            }
            out.flush()?;
        }
        Command::Check => return check(&mut ledger, args),
        Command::Remittances => {
            let remittances = ledger.remittances().map_err(fail())?;
            table::print(render::REMITTANCES, &rows(&remittances), args.format)?;
        }
        Command::Items => {
            let items = ledger.open_provider_items().map_err(fail())?;
            table::print(render::ITEMS, &rows(&items), args.format)?;
        }
        Command::Undo { remittance } => {
            let rules = ledger_file::shipped_rules()?;
            ledger.undo(*remittance, &ledger_file::run(context, &rules)).map_err(fail())?;
            context.say(format_args!("remittance {remittance} was taken back; it can be posted again"));
        }
        Command::Close { month } => {
            let rules = ledger_file::shipped_rules()?;
            ledger.close(*month, &ledger_file::run(context, &rules)).map_err(fail())?;
            context.say(format_args!("{} is closed", month.format("%Y-%m")));
        }
        Command::Export { form } => export::journal(&mut ledger, *form).map_err(|e| match e {
            export::ExportError::Ledger(error) => ledger_file::failure(&args.ledger)(error),
            export::ExportError::Output(error) => Failure::Output(error),
        })?,
    }
    Ok(Outcome::Clean)
}

/// Views as objects.
pub fn rows<T: Serialize>(views: &[T]) -> Vec<Value> {
    views.iter().map(|view| json!(view)).collect()
}

fn check(ledger: &mut edi_835::ledger::Ledger, args: &Args) -> Result<Outcome, Failure> {
    let report = ledger.check().map_err(ledger_file::failure(&args.ledger))?;
    let mut out = stdout();
    match args.format {
        Format::Text => render::check(&mut out, &report)?,
        _ => writeln!(out, "{:#}", json!(report))?,
    }
    out.flush()?;
    Ok(if report.breaches.is_empty() { Outcome::Clean } else { Outcome::Findings })
}
