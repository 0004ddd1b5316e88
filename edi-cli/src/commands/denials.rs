//! `edi denials`: each denial as work, what was done about it, and how often it happens.

use super::{ledger, ledger_file};
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::render::denials as render;
use crate::render::table::{self, Format};
use chrono::NaiveDate;
use edi_835::ledger::{RateBy, WorkState, WorkView};
use edi_core::Money;
use std::path::{Path, PathBuf};

/// Arguments of `edi denials`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  edi denials --ledger office.db                                    what is open, by due date
  edi denials --ledger office.db --carc 197 --payer OAK22 --sort amount
  edi denials --ledger office.db --due-before 2026-03-01 --format csv > worklist.csv
  edi denials mark 1 appealed --ledger office.db --actor Hall --owner mary --note \"records sent\"
  edi denials mark 1 written-off --ledger office.db --actor Hall --note \"past the limit\"
  edi denials history 1 --ledger office.db
  edi denials rates --by payer --ledger office.db                   by count and by amount")]
pub struct Args {
    #[command(flatten)]
    list: List,
    #[command(subcommand)]
    command: Option<Command>,
}

/// The states that work can be in: a person's, then those that answers and bookings bring.
const STATES: [&str; 9] =
    ["open", "appealed", "corrected", "written-off", "closed", "answered", "resubmitted", "reversed", "undone"];

#[derive(Debug, clap::Args)]
struct List {
    /// The ledger
    #[arg(long, value_name = "FILE", default_value = "edi.db")]
    ledger: PathBuf,
    /// Those that are done, too
    #[arg(long)]
    all: bool,
    /// Only in this state, done or not
    #[arg(long, value_parser = STATES)]
    state: Option<String>,
    /// Only denials, or only tasks (amounts that are not denied and want a person)
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Only of this claim
    #[arg(long, value_name = "ID")]
    claim: Option<String>,
    /// Only of this payer
    #[arg(long, value_name = "ID")]
    payer: Option<String>,
    /// Only of this reason (CARC)
    #[arg(long, visible_alias = "reason", value_name = "CARC")]
    carc: Option<String>,
    /// Only of this category
    #[arg(long)]
    category: Option<String>,
    /// Only this person's; `--owner \"\"` is what nobody has taken
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Only what is due before this day
    #[arg(long, value_name = "DAY")]
    due_before: Option<NaiveDate>,
    /// Only of this amount or more
    #[arg(long, value_name = "AMOUNT")]
    at_least: Option<Money>,
    /// Only of this amount or less
    #[arg(long, value_name = "AMOUNT")]
    at_most: Option<Money>,
    /// In which order: due and opened from the earliest day, amounts from the largest
    #[arg(long, value_enum, default_value_t = Sort::Due)]
    sort: Sort,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    Denial,
    Task,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Sort {
    Due,
    Opened,
    Amount,
    Expected,
    Payer,
    Carc,
    Claim,
    Owner,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Note what was done about denials or tasks; `written-off` gives the amount up
    #[command(after_help = "Examples:
  edi denials mark 1 appealed --ledger office.db --actor Hall --owner mary
  edi denials mark 1 written-off --ledger office.db --actor Hall --note \"past the limit\"
  edi denials mark 1 open --ledger office.db --actor Hall     takes a write-off back

The note is kept for good and shown as it is: name no patients in it.")]
    Mark {
        /// Their ids, then what was done
        #[arg(required = true, num_args = 1.., value_name = "ID")]
        ids: Vec<i64>,
        /// What was done
        #[arg(value_enum)]
        state: State,
        /// Whose it is from now on; as before otherwise
        #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
        owner: String,
        /// Why, or what was sent
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
        /// The ledger
        #[arg(long, value_name = "FILE", default_value = "edi.db")]
        ledger: PathBuf,
    },
    /// What was done about a denial or a task, in order
    #[command(after_help = "Examples:
  edi denials history 1 --ledger office.db")]
    History {
        /// Its id
        id: i64,
        /// The ledger
        #[arg(long, value_name = "FILE", default_value = "edi.db")]
        ledger: PathBuf,
        /// Form of the output
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// How often lines are denied, by count and by amount
    #[command(after_help = "Examples:
  edi denials rates --ledger office.db                        by reason
  edi denials rates --by payer --ledger office.db --format csv

A line is denied where nothing was paid for it and it carries a denial; the amount counts denials on paid lines too. \
By reason, every answered line counts for every reason.")]
    Rates {
        /// By what
        #[arg(long, value_enum, default_value_t = By::Carc)]
        by: By,
        /// The ledger
        #[arg(long, value_name = "FILE", default_value = "edi.db")]
        ledger: PathBuf,
        /// Form of the output
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum State {
    /// It is to be done (again)
    Open,
    /// The decision was disputed
    Appealed,
    /// A corrected claim was sent
    Corrected,
    /// The denied amount is given up: it moves to the write-offs
    WrittenOff,
    /// It is done, and nothing was given up
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// Reason (CARC)
    Carc,
    /// Payer
    Payer,
    /// Billing provider
    Provider,
    /// Procedure as it was billed
    Procedure,
    /// Month of the payment
    Month,
}

/// Lists them, notes what was done, tells the history or the rates.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.command {
        None => list(&args.list),
        Some(Command::Mark { ids, state, owner, note, ledger }) => mark(ids, *state, owner, note, ledger, context),
        Some(Command::History { id, ledger, format }) => {
            let mut open = ledger_file::open(ledger)?;
            let work = open.work(true).map_err(ledger_file::failure(ledger))?;
            let none = || Failure::Usage(format!("{}: there is no denial or task {id}", ledger.display()));
            let item = work.iter().find(|item| item.id == *id).ok_or_else(none)?;
            let events = open.work_history(*id).map_err(ledger_file::failure(ledger))?;
            table::print(render::HISTORY, &render::history(item, &events), *format)?;
            Ok(Outcome::Clean)
        }
        Some(Command::Rates { by, ledger, format }) => {
            let by = match by {
                By::Carc => RateBy::Reason,
                By::Payer => RateBy::Payer,
                By::Provider => RateBy::Provider,
                By::Procedure => RateBy::Procedure,
                By::Month => RateBy::Month,
            };
            let rates = ledger_file::open(ledger)?.denial_rates(by).map_err(ledger_file::failure(ledger))?;
            let rows: Vec<_> = rates.iter().map(|rate| render::rate(rate, by)).collect();
            let columns = if by == RateBy::Reason { render::REASONS } else { render::RATES };
            table::print(columns, &rows, *format)?;
            Ok(Outcome::Clean)
        }
    }
}

fn list(args: &List) -> Result<Outcome, Failure> {
    let all = args.all || args.state.is_some();
    let mut work = ledger_file::open(&args.ledger)?.work(all).map_err(ledger_file::failure(&args.ledger))?;
    work.retain(|item| args.meets(item));
    match args.sort {
        Sort::Due => {}
        Sort::Opened => work.sort_by_key(|item| item.opened),
        Sort::Amount => work.sort_by_key(|item| std::cmp::Reverse(item.amount)),
        Sort::Expected => work.sort_by_key(|item| std::cmp::Reverse(item.expected)),
        Sort::Payer => work.sort_by(|a, b| a.payer.cmp(&b.payer)),
        Sort::Carc => work.sort_by(|a, b| a.reason.cmp(&b.reason)),
        Sort::Claim => work.sort_by(|a, b| a.claim.cmp(&b.claim)),
        Sort::Owner => work.sort_by(|a, b| a.owner.cmp(&b.owner)),
    }
    let columns = if args.format == Format::Csv { render::WORK_WHOLE } else { render::WORK };
    table::print(columns, &ledger::rows(&work), args.format)?;
    Ok(Outcome::Clean)
}

impl List {
    fn meets(&self, item: &WorkView) -> bool {
        let is = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
        let kind = if item.kind == "denial" { Kind::Denial } else { Kind::Task };
        let state = self.state.as_ref().is_none_or(|wanted| wanted.replace('-', " ") == item.state.as_str());
        let due = self.due_before.is_none_or(|day| item.due.is_some_and(|due| due < day));
        is(&self.claim, &item.claim)
            && is(&self.payer, &item.payer)
            && is(&self.carc, &item.reason)
            && is(&self.category, &item.category)
            && is(&self.owner, &item.owner)
            && self.kind.is_none_or(|wanted| wanted == kind)
            && state
            && due
            && self.at_least.is_none_or(|least| item.amount >= least)
            && self.at_most.is_none_or(|most| item.amount <= most)
    }
}

/// Each is noted by itself: one that cannot be is named, and the others are done.
fn mark(
    ids: &[i64],
    state: State,
    owner: &str,
    note: &str,
    path: &Path,
    context: &Context,
) -> Result<Outcome, Failure> {
    let run = ledger_file::run_of_person(context, &ledger_file::shipped_rules()?)?;
    let mut ledger = ledger_file::open(path)?;
    context.for_each(ids, |id| {
        let mut note_of =
            |state, words: &str| ledger.work_done(*id, state, owner, note, &run).map(|()| words.to_owned());
        let done = match state {
            State::Open => note_of(WorkState::Open, "open"),
            State::Appealed => note_of(WorkState::Appealed, "appealed"),
            State::Corrected => note_of(WorkState::Corrected, "corrected"),
            State::Closed => note_of(WorkState::Closed, "closed"),
            State::WrittenOff => ledger.write_off(*id, note, &run).map(|amount| format!("{amount} is written off")),
        };
        let done = done.map_err(ledger_file::failure(path))?;
        context.say(format_args!("{id}: {done}, by {}", run.actor));
        Ok(Outcome::Clean)
    })
}
