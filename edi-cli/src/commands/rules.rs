//! `edi rules`: what the office decides, shown and tried.

use super::ledger_file;
use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::input::{self, Source};
use crate::render::post::{Format, LIMIT, Told};
use crate::render::rules as render;
use edi_835::ledger::Ledger;
use edi_835::posting::{self, PostOptions, RemittanceOutcome, Rules};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `edi rules`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi rules show > office.toml                     the shipped rules with their reasons, to edit
  edi rules show office.toml --format json         what a file comes to
  edi rules test office.toml --ledger office.db    what it would have done with past remittances
  edi remit post --ledger office.db --rules office.toml era.835")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the rules that ship with the program, or those of a file with what it leaves out
    #[command(after_help = "Examples:
  edi rules show > office.toml
  edi rules show office.toml --format json")]
    Show {
        /// The file (TOML); the shipped rules otherwise
        file: Option<PathBuf>,
        /// Form of the output
        #[arg(long, value_enum, default_value_t = ShowFormat::Toml)]
        format: ShowFormat,
    },
    /// Replay past remittances under other rules, and show what would change, claim by claim; nothing is written
    #[command(after_help = "Examples:
  edi rules test office.toml --ledger office.db                    the files that the ledger knows
  edi rules test office.toml --ledger office.db --against now.toml era.835
  edi rules test office.toml --ledger office.db --format ndjson

Each file is planned twice as if it had not been posted yet: by the rules in force, and by those of the file. Exit \
status 1 where something would change.")]
    Test {
        /// The rules to try (TOML)
        #[arg(value_name = "RULES")]
        file: PathBuf,
        /// 835 files; those that the ledger knows otherwise
        files: Vec<PathBuf>,
        /// The ledger
        #[arg(long, value_name = "FILE", default_value = "edi.db")]
        ledger: PathBuf,
        /// The rules that are in force; the shipped ones otherwise
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
        /// The contracts' fees (CSV), for both
        #[arg(long, value_name = "FILE")]
        fees: Option<PathBuf>,
        /// Form of the output
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ShowFormat {
    /// As a file of rules
    Toml,
    /// One object
    Json,
}

/// Shows rules, or tries them.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.command {
        Command::Show { file, format } => show(file.as_deref(), *format),
        Command::Test { file, files, ledger, against, fees, format } => {
            let fees = ledger_file::fees_of(fees.as_deref())?;
            let mut new = ledger_file::rules_of(file)?;
            let mut old = against.as_deref().map_or_else(ledger_file::shipped_rules, ledger_file::rules_of)?;
            (new.fees, old.fees) = (fees.clone(), fees);
            let mut ledger_of = ledger_file::open(ledger)?;
            let files = if files.is_empty() { known(&mut ledger_of, ledger)? } else { files.clone() };
            let trial = Trial { rules: [&old, &new], path: ledger, context };
            let mut report = render::Report::new(*format);
            let outcome = context.for_each(input::sources(&files), |source| {
                trial.replay(&source?.rereadable()?, &mut ledger_of, &mut report)
            })?;
            report.end()?;
            Ok(outcome)
        }
    }
}

fn show(file: Option<&Path>, format: ShowFormat) -> Result<Outcome, Failure> {
    let rules = file.map_or_else(ledger_file::shipped_rules, ledger_file::rules_of)?;
    let text = match (format, file) {
        (ShowFormat::Toml, None) => Rules::shipped_text().to_owned(),
        (ShowFormat::Toml, Some(_)) => {
            toml::to_string(&rules).map_err(|error| Failure::Usage(format!("the rules cannot be written: {error}")))?
        }
        (ShowFormat::Json, _) => format!("{:#}\n", json!(rules)),
    };
    let mut out = stdout();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Outcome::Clean)
}

/// The files of the remittances that are posted, in their order; an archive stands once.
fn known(ledger: &mut Ledger, path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let remittances = ledger.remittances().map_err(ledger_file::failure(path))?;
    let posted = remittances.iter().filter(|remittance| remittance.state == "posted");
    let mut seen = BTreeSet::new();
    let files = posted.map(|remittance| match remittance.file.split_once(".zip:") {
        Some((archive, _)) => PathBuf::from(format!("{archive}.zip")),
        None => PathBuf::from(remittance.file.as_str()),
    });
    let files: Vec<PathBuf> = files.filter(|file| seen.insert(file.clone())).collect();
    if files.iter().any(|file| file.as_os_str() == "-") {
        let words = "a remittance was posted from stdin: name the files to replay";
        return Err(Failure::Usage(format!("{}: {words}", path.display())));
    }
    Ok(files)
}

/// The rules in force, and those that are tried.
struct Trial<'a> {
    rules: [&'a Rules; 2],
    path: &'a Path,
    context: &'a Context,
}

impl Trial<'_> {
    /// Plans a file by both rules, and tells what differs.
    fn replay(&self, source: &Source, ledger: &mut Ledger, report: &mut render::Report) -> Result<Outcome, Failure> {
        let (old_outcomes, old) = self.plan(source, ledger, self.rules[0])?;
        let (new_outcomes, new) = self.plan(source, ledger, self.rules[1])?;
        if old_outcomes.is_empty() {
            return Err(Failure::Usage(format!("{}: there is no 835 in this file", source.name)));
        }
        let mut lines = |claim| ledger.standing(claim).map(|s| s.lines).map_err(ledger_file::failure(self.path));
        let changed = report.file(&source.name, (&old_outcomes, &old), (&new_outcomes, &new), &mut lines)?;
        Ok(if changed { Outcome::Findings } else { Outcome::Clean })
    }

    fn plan(
        &self,
        source: &Source,
        ledger: &mut Ledger,
        rules: &Rules,
    ) -> Result<(Vec<RemittanceOutcome>, Vec<Told>), Failure> {
        let run = ledger_file::run(self.context, rules);
        let options = PostOptions { run, rules, dry_run: true, file: source.name.as_str().into() };
        let mut told = Vec::new();
        let outcomes = posting::replay(|| source.open(), ledger, &options, &mut |event| {
            if told.len() < LIMIT {
                told.push(Told::of(event));
            }
        });
        let outcomes = outcomes.map_err(|error| Failure::Usage(format!("{}: {error}", source.name)))?;
        if told.len() == LIMIT {
            let words = format!("{}: only the first {LIMIT} claims are compared; split the file", source.name);
            return Err(Failure::Usage(words));
        }
        Ok((outcomes, told))
    }
}
