//! The ledger's file, as commands open it.

use crate::context::Context;
use crate::exit::Failure;
use edi_835::ledger::{Ledger, Run};
use edi_835::posting::{FeeSchedule, Rules};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Opens the ledger, and creates it where it is not there.
pub fn create(path: &Path) -> Result<Ledger, Failure> {
    Ledger::open(path).map_err(failure(path))
}

/// Opens a ledger that is there.
pub fn open(path: &Path) -> Result<Ledger, Failure> {
    if !path.is_file() {
        return Err(Failure::Usage(format!("{}: there is no ledger; `edi claims build` makes one", path.display())));
    }
    create(path)
}

/// For `map_err`: a failure of this ledger.
pub fn failure(path: &Path) -> impl FnOnce(edi_835::ledger::Error) -> Failure {
    move |error| Failure::Usage(format!("{}: {error}", path.display()))
}

/// The rules that ship with the program.
pub fn shipped_rules() -> Result<Rules, Failure> {
    Rules::shipped().map_err(|error| Failure::Usage(format!("the shipped rules: {error}")))
}

/// The office's rules and its contracts' fees.
#[derive(Debug, Clone, clap::Args)]
pub struct RuleFiles {
    /// The office's rules (TOML; `edi rules show`); the shipped ones otherwise
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// The contracts' fees (CSV): payer_id, procedure, modifiers, from, to, allowed
    #[arg(long, value_name = "FILE")]
    fees: Option<PathBuf>,
}

impl RuleFiles {
    /// Reads them.
    pub fn read(&self) -> Result<Rules, Failure> {
        let mut rules = self.rules.as_deref().map_or_else(shipped_rules, rules_of)?;
        rules.fees = fees_of(self.fees.as_deref())?;
        Ok(rules)
    }
}

/// The contracts' fees of a file; none where no file is named.
pub fn fees_of(path: Option<&Path>) -> Result<FeeSchedule, Failure> {
    let Some(path) = path else { return Ok(FeeSchedule::default()) };
    let file = File::open(path).map_err(Failure::at(path))?;
    FeeSchedule::read(BufReader::new(file)).map_err(|error| {
        let columns = "payer_id, procedure, modifiers, from, to (dates as 2026-01-31), allowed (for one unit)";
        Failure::Usage(format!("{}: {error}; the columns are {columns}", path.display()))
    })
}

/// The rules of a file.
pub fn rules_of(path: &Path) -> Result<Rules, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::at(path))?;
    Rules::parse(&text).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
}

/// Who works, on which day, by which rules.
pub fn run(context: &Context, rules: &Rules) -> Run {
    let actor = context.actor.as_deref().unwrap_or("edi");
    Run { actor: actor.into(), day: context.clock.date(), rules: rules.version.clone() }
}

/// [`run`], where a person decides to give money away or up: it must be named.
pub fn run_of_person(context: &Context, rules: &Rules) -> Result<Run, Failure> {
    match context.actor {
        Some(_) => Ok(run(context, rules)),
        None => Err(Failure::Usage("a person must stand behind this: name it with --actor NAME".to_owned())),
    }
}
