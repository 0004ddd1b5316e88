//! `edi ledger`: what the ledger says, and whether it holds together.

use super::ledger_file::{self, RuleFiles};
use super::ledger_open;
use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::render::export;
use crate::render::ledger as render;
use crate::render::table::{self, Format};
use chrono::NaiveDate;
use edi_835::ledger::{Ledger, Refund};
use edi_core::Money;
use serde::Serialize;
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `edi ledger`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi ledger balances --ledger office.db              every account; --by-payer each payer apart
  edi ledger claim E-1002 --ledger office.db          all that happened to it, and who owes what
  edi ledger check --ledger office.db                 every invariant; names what breaks
  edi ledger remittances --ledger office.db --format csv
  edi ledger undo 3 --ledger office.db                take a remittance back, to post it again
  edi ledger close 2025-12 --ledger office.db         no entry falls into that month any more
  edi ledger open old.csv --ledger office.db          opening balances of an earlier system
  edi ledger map-payer 9900 OAK22 --ledger office.db  remittances of 9900 are OAK22's
  edi ledger audit --ledger office.db                 who decided what
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
    /// Payers of claims, with the identifiers that are mapped to each
    Payers,
    /// Who decided what: holds, denials, refunds, undo, closed months
    Audit,
    /// Import opening balances of an earlier system from a CSV; what is there already stays as it is
    #[command(after_help = opening_help())]
    Open {
        /// The CSV: a row for each service line, the lines of a claim together
        file: PathBuf,
    },
    /// Map an identifier of remittances (N104, REF*2U, TRN03) to a payer of claims; holds that waited for it post
    #[command(after_help = "Examples:
  edi ledger map-payer 9900 OAK22 --ledger office.db")]
    MapPayer {
        /// The identifier, as the hold names it
        identifier: String,
        /// The payer's id in claims, as `edi ledger payers` lists it
        payer: String,
        #[command(flatten)]
        rules: RuleFiles,
    },
    /// Note a refund that was sent to a payer: overpayment to bank
    #[command(after_help = "Examples:
  edi ledger refund --payer OAK22 --payee 1455500011 --amount 80 --reference CHECK7 --actor Hall \\
    --ledger office.db

It is open (`edi ledger items`) until the payer's remittance says that it came (PLB 72).")]
    Refund {
        /// The payer's id in claims
        #[arg(long, value_name = "ID")]
        payer: String,
        /// NPI or tax id of the billing provider that sent it
        #[arg(long, value_name = "ID")]
        payee: String,
        /// Dollars and cents, above zero
        #[arg(long)]
        amount: Money,
        /// What names it: a check number, the claim's number or the payer's
        #[arg(long)]
        reference: String,
    },
    /// Take whole remittances back by mirror entries; refused while later entries depend on them
    Undo {
        /// Their ids, as `edi ledger remittances` lists them: those that depend on one another go back together
        #[arg(required = true, value_name = "ID")]
        remittances: Vec<i64>,
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

fn opening_help() -> String {
    let columns = ledger_open::columns();
    format!(
        "Examples:\n  edi ledger open old.csv --ledger office.db\n\nColumns, in any order; the header names them:\n{columns}\n\
        A bad row is told with its line and column and leaves out its claim alone. The ledger is made where there is none."
    )
}

fn parse_month(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").map_err(|_| "write a month as 2025-12".to_owned())
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let mut ledger = match &args.command {
        Command::Open { file } => {
            File::open(file).map_err(Failure::at(file))?; // no ledger is made for a file that is not there
            ledger_file::create(&args.ledger)?
        }
        _ => ledger_file::open(&args.ledger)?,
    };
    let fail = || ledger_file::failure(&args.ledger);
    let run = ledger_file::run(context, &ledger_file::shipped_rules()?);
    let (columns, rows) = match &args.command {
        Command::Balances { by_payer } => (render::BALANCES, rows(&ledger.balances(*by_payer).map_err(fail())?)),
        Command::Remittances => (render::REMITTANCES, rows(&ledger.remittances().map_err(fail())?)),
        Command::Items => (render::ITEMS, rows(&ledger.open_provider_items().map_err(fail())?)),
        Command::Payers => (render::PAYERS, ledger.payers().map_err(fail())?.iter().map(render::payer).collect()),
        Command::Audit => (render::AUDIT, rows(&ledger.audit_trail(None).map_err(fail())?)),
        Command::Claim { id } => return claim(&mut ledger, id, args, context),
        Command::Check => return check(&mut ledger, args),
        Command::Export { form } => return export(&mut ledger, *form, args),
        Command::Open { file } => return ledger_open::run(file, &mut ledger, &args.ledger, args.format, context),
        Command::Undo { remittances } => {
            ledger.undo_together(remittances, &run).map_err(fail())?;
            let ids: Vec<String> = remittances.iter().map(i64::to_string).collect();
            return said(context, format!("taken back: remittance {}; post it again when it is right", ids.join(", ")));
        }
        Command::Close { month } => {
            ledger.close(*month, &run).map_err(fail())?;
            return said(context, format!("{} is closed", month.format("%Y-%m")));
        }
        Command::MapPayer { identifier, payer, rules } => {
            let rules = rules.read()?;
            let run = ledger_file::run(context, &rules);
            let released = ledger.map_payer(identifier, payer, &run, &rules).map_err(fail())?;
            return said(context, format!("{identifier} is {payer}; {released} holds were released by it"));
        }
        Command::Refund { payer, payee, amount, reference } => {
            let run = ledger_file::run_of_person(context, &ledger_file::shipped_rules()?)?;
            let refund = Refund { payer, payee, reference, amount: *amount };
            ledger.refund(&refund, &run).map_err(fail())?;
            return said(context, format!("a refund of {amount} to {payer} is noted: {reference}"));
        }
    };
    table::print(columns, &rows, args.format)?;
    Ok(Outcome::Clean)
}

fn said(context: &Context, words: String) -> Result<Outcome, Failure> {
    context.say(words);
    Ok(Outcome::Clean)
}

fn claim(ledger: &mut Ledger, id: &str, args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let found = ledger.claim(id).map_err(ledger_file::failure(&args.ledger))?;
    let history = found.ok_or_else(|| Failure::Usage(format!("{}: there is no claim {id}", args.ledger.display())))?;
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
    Ok(Outcome::Clean)
}

fn export(ledger: &mut Ledger, form: export::Form, args: &Args) -> Result<Outcome, Failure> {
    export::journal(ledger, form).map_err(|error| match error {
        export::ExportError::Ledger(error) => ledger_file::failure(&args.ledger)(error),
        export::ExportError::Output(error) => Failure::Output(error),
    })?;
    Ok(Outcome::Clean)
}

/// Views as objects.
pub fn rows<T: Serialize>(views: &[T]) -> Vec<Value> {
    views.iter().map(|view| json!(view)).collect()
}

fn check(ledger: &mut Ledger, args: &Args) -> Result<Outcome, Failure> {
    let report = ledger.check().map_err(ledger_file::failure(&args.ledger))?;
    let mut out = stdout();
    match args.format {
        Format::Text => render::check(&mut out, &report)?,
        _ => writeln!(out, "{:#}", json!(report))?,
    }
    out.flush()?;
    Ok(if report.breaches.is_empty() { Outcome::Clean } else { Outcome::Findings })
}
