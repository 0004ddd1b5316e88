//! The ledger's file, as commands open it.

use crate::context::Context;
use crate::exit::Failure;
use edi_835::ledger::{Ledger, Run};
use edi_835::posting::Rules;
use std::path::Path;

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

/// The office's rules of a file, or the shipped ones.
pub fn rules(path: Option<&Path>) -> Result<Rules, Failure> {
    let Some(path) = path else { return shipped_rules() };
    let text = std::fs::read_to_string(path).map_err(Failure::at(path))?;
    Rules::parse(&text).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
}

/// Who posts, on which day, by which rules.
pub fn run(context: &Context, rules: &Rules) -> Run {
    let actor = std::env::var("USER").unwrap_or_else(|_| "edi".to_owned());
    Run { actor: actor.into(), day: context.clock.date(), rules: rules.version.clone() }
}
