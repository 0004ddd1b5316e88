//! `edi holds`: what is held, why, what could be done about it, and what a person decides.

use super::ledger_file::{self, RuleFiles};
use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::render::holds::{self as render, Detail, Way};
use crate::render::table::{self, Format};
use edi_835::ledger::{HoldView, Ledger, Run};
use edi_835::posting::{Preview, Resolution, Resolved, Rules};
use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `edi holds`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  edi holds --ledger office.db                           what is held, with the reasons
  edi holds show 1 --ledger office.db                    all about it, and what each way would do
  edi holds resolve 1 match E-1008 --ledger office.db    it is about this claim: plan it again
  edi holds resolve 1 accept --ledger office.db --note \"confirmed by phone\"
  edi holds resolve 1 adjust --ledger office.db          post what the reason proposes
  edi holds resolve 1 reject --ledger office.db          never post it
  edi holds return 2 --ledger office.db --actor Hall     the money of a rejected hold went back
  edi holds again --ledger office.db --rules office.toml    everything, by other rules

What a hold waits for may arrive by itself: then it is planned again, and posts where nothing holds it any more.")]
pub struct Args {
    #[command(flatten)]
    list: List,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Args)]
struct List {
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

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Tell all about holds: reasons, claims that may be meant, and the entries that each way to resolve would make
    #[command(after_help = "Examples:
  edi holds show --ledger office.db                           all that are open
  edi holds show 1 --ledger office.db --format json")]
    Show {
        /// Their ids; all that are open otherwise
        holds: Vec<i64>,
        /// The ledger
        #[arg(long, value_name = "FILE", default_value = "edi.db")]
        ledger: PathBuf,
        #[command(flatten)]
        rules: RuleFiles,
        /// Form of the output
        #[arg(long, value_enum, default_value_t = render::Format::Text)]
        format: render::Format,
    },
    /// Decide about a hold; the decision is kept with who made it
    #[command(after_help = "Examples:
  edi holds resolve 1 match E-1008 --ledger office.db --actor Hall --note \"number mistyped\"
  edi holds resolve 1 accept --ledger office.db
  edi holds resolve 1 reject --ledger office.db")]
    Resolve {
        /// Its id
        hold: i64,
        /// What is done
        #[arg(value_enum)]
        way: WayName,
        /// The claim (CLM01), with `match`
        #[arg(required_if_eq("way", "match"))]
        claim: Option<String>,
        /// Why: it is kept with the decision
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
        /// The ledger
        #[arg(long, value_name = "FILE", default_value = "edi.db")]
        ledger: PathBuf,
        #[command(flatten)]
        rules: RuleFiles,
    },
    /// Plan everything that is held again: by other rules, or after something was mended
    #[command(after_help = "Examples:
  edi holds again --ledger office.db --rules office.toml")]
    Again {
        /// The ledger
        #[arg(long, value_name = "FILE", default_value = "edi.db")]
        ledger: PathBuf,
        #[command(flatten)]
        rules: RuleFiles,
    },
    /// Note that the money of a rejected hold was sent back
    #[command(after_help = "Examples:
  edi holds return 2 --ledger office.db --actor \"M. Hall\" --note \"check 1201\"")]
    Return {
        /// Its id
        hold: i64,
        /// How: it is kept with the decision
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
        /// The ledger
        #[arg(long, value_name = "FILE", default_value = "edi.db")]
        ledger: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum WayName {
    /// It is about this claim
    Match,
    /// Post in spite of the reasons that a person may set aside
    Accept,
    /// Post what the reason proposes
    Adjust,
    /// Never post it
    Reject,
}

/// Lists holds, tells all about them, resolves one, or returns its money.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.command {
        None => list(&args.list, context),
        Some(Command::Show { holds, ledger, rules, format }) => {
            let (rules, path) = (rules.read()?, ledger);
            let mut ledger = ledger_file::open(path)?;
            let run = ledger_file::run(context, &rules);
            let details = details(&mut ledger, holds, &run, &rules).map_err(ledger_file::failure(path))?;
            if let Some(missing) = holds.iter().find(|id| details.iter().all(|detail| detail.hold.id != **id)) {
                return Err(Failure::Usage(format!("{}: there is no hold {missing}", path.display())));
            }
            let mut out = stdout();
            render::details(&mut out, &details, *format)?;
            out.flush()?;
            let open = details.iter().any(|detail| detail.hold.state == "open");
            if open && *format == render::Format::Text {
                context.say(format_args!("decide with: edi holds resolve ID WAY --ledger {}", path.display()));
            }
            Ok(if open { Outcome::Findings } else { Outcome::Clean })
        }
        Some(Command::Resolve { hold, way, claim, note, ledger, rules }) => {
            let rules = rules.read()?;
            let resolution = match way {
                WayName::Match => Resolution::Match(claim.clone().unwrap_or_default().into()),
                WayName::Accept => Resolution::Accept,
                WayName::Adjust => Resolution::Adjust,
                WayName::Reject => Resolution::Reject,
            };
            let run = ledger_file::run(context, &rules);
            let mut open = ledger_file::open(ledger)?;
            let resolved = open.resolve_noting(*hold, &resolution, note, &run, &rules);
            let resolved = resolved.map_err(ledger_file::failure(ledger))?;
            let all = open.holds(true).map_err(ledger_file::failure(ledger))?;
            tell(&resolved, all.iter().find(|known| known.id == *hold), context)
        }
        Some(Command::Again { ledger, rules }) => {
            let rules = rules.read()?;
            let mut open = ledger_file::open(ledger)?;
            let fail = || ledger_file::failure(ledger);
            let released = open.plan_again(&ledger_file::run(context, &rules), &rules).map_err(fail())?;
            let left = open.holds(false).map_err(fail())?.len();
            context.say(format_args!("{released} holds were released; {left} are still held"));
            Ok(if left > 0 { Outcome::Findings } else { Outcome::Clean })
        }
        Some(Command::Return { hold, note, ledger }) => {
            let rules = ledger_file::shipped_rules()?;
            let run = ledger_file::run_of_person(context, &rules)?;
            let returned = ledger_file::open(ledger)?.return_held(*hold, note, &run);
            let returned = returned.map_err(ledger_file::failure(ledger))?;
            context.say(format_args!("{returned} of hold {hold} went back: unapplied to bank"));
            Ok(Outcome::Clean)
        }
    }
}

/// Says what became of a hold; one that is still held says why.
fn tell(resolved: &Resolved, hold: Option<&HoldView>, context: &Context) -> Result<Outcome, Failure> {
    let Some(hold) = hold else { return Ok(Outcome::Clean) };
    let id = hold.id;
    match resolved {
        Resolved::Released(0) => context.say(format_args!("hold {id} is released and posted")),
        Resolved::Released(more) => {
            context.say(format_args!("hold {id} is released and posted, and {more} more with it"));
        }
        Resolved::Rejected if matches!(hold.kind.as_str(), "claim" | "plb") => context.say(format_args!(
            "hold {id} is rejected; its money stays in unapplied until `edi holds return {id}` notes that it went back"
        )),
        Resolved::Rejected => context.say(format_args!("hold {id} is rejected")),
        Resolved::StillHeld => {
            context.say(format_args!("hold {id} is still held:"));
            for reason in &hold.reasons {
                context.say(format_args!("  {}", render::reason(reason)));
            }
            return Ok(Outcome::Findings);
        }
    }
    Ok(Outcome::Clean)
}

/// Lists them; open holds are findings.
fn list(args: &List, context: &Context) -> Result<Outcome, Failure> {
    let holds = ledger_file::open(&args.ledger)?.holds(args.all).map_err(ledger_file::failure(&args.ledger))?;
    let rows: Vec<Value> = holds.iter().map(render::row).collect();
    table::print(render::HOLDS, &rows, args.format)?;
    let open = holds.iter().any(|hold| hold.state == "open");
    if open && args.format == Format::Text {
        context.say("`edi holds show ID` tells all about one, and what could be done");
    }
    Ok(if open { Outcome::Findings } else { Outcome::Clean })
}

/// All about these holds; about all that are open where none is named.
fn details(ledger: &mut Ledger, ids: &[i64], run: &Run, rules: &Rules) -> edi_835::ledger::Result<Vec<Detail>> {
    let mut holds = ledger.holds(!ids.is_empty())?;
    holds.retain(|hold| ids.is_empty() || ids.contains(&hold.id));
    holds.into_iter().map(|hold| detail(ledger, hold, run, rules)).collect()
}

/// What could be done about a hold, tried and taken back.
fn detail(ledger: &mut Ledger, hold: HoldView, run: &Run, rules: &Rules) -> edi_835::ledger::Result<Detail> {
    let id = hold.id;
    let decisions = ledger.audit_trail(Some(("resolve hold", &id.to_string())))?;
    let mut detail = Detail { hold, decisions, suggestions: Vec::new(), ways: Vec::new() };
    if detail.hold.state != "open" {
        return Ok(detail);
    }
    let unmatched = detail.hold.kind == "claim" && detail.hold.claim.is_empty();
    if unmatched {
        detail.suggestions = ledger.suggest(id)?;
    }
    let matches = detail.suggestions.iter().map(|suggestion| Resolution::Match(suggestion.claim.clone()));
    let money = matches!(detail.hold.kind.as_str(), "claim" | "plb");
    let others = [Resolution::Accept, Resolution::Adjust].into_iter().filter(|_| money && !unmatched);
    let ways: Vec<Resolution> = matches.chain(others).collect();
    for way in ways {
        let Preview { resolved, entries } = ledger.preview(id, &way, run, rules)?;
        let posts = matches!(resolved, Resolved::Released(_));
        // A person who accepts and one who adjusts may come to the same: then there is nothing to propose.
        let same = detail.ways.iter().any(|known: &Way| known.posts && known.entries == entries);
        if posts && !same || matches!(way, Resolution::Match(_)) {
            detail.ways.push(Way { words: way.to_string(), posts, entries });
        }
    }
    Ok(detail)
}
