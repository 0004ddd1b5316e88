//! `edi demo`: the whole story on files of synthetic people, which the program carries.

use crate::Arguments;
use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use clap::Parser;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `edi demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi demo             in a fresh folder edi-demo
  edi demo trial       in the folder trial, which must not be there yet")]
pub struct Args {
    /// The folder; a fresh edi-demo otherwise
    folder: Option<PathBuf>,
}

const OFFICE: [(&str, &str); 2] = [
    ("practice.toml", include_str!("../../../testdata/demo/practice.toml")),
    ("encounters.csv", include_str!("../../../testdata/demo/encounters.csv")),
];

/// What payers send back, and what it tells.
const REMITTANCES: [((&str, &str), &str); 9] = [
    (
        ("01-clean.835", include_str!("../../../testdata/demo/01-clean.835")),
        "A clean payment: paid in full but for what the contract takes off.",
    ),
    (
        ("02-partial.835", include_str!("../../../testdata/demo/02-partial.835")),
        "A partial payment: deductible, coinsurance and copay move to the patient.",
    ),
    (
        ("03-denial.835", include_str!("../../../testdata/demo/03-denial.835")),
        "A denial: a line without authorization is not paid; it becomes work.",
    ),
    (
        ("04a-primary.835", include_str!("../../../testdata/demo/04a-primary.835")),
        "The primary payer of a claim with two payers; the rest moves to the next payer.",
    ),
    (
        ("04b-secondary.835", include_str!("../../../testdata/demo/04b-secondary.835")),
        "The secondary payer answers: nothing of the first answer is posted again.",
    ),
    (
        ("05-reversal.835", include_str!("../../../testdata/demo/05-reversal.835")),
        "A reversal and its correction; the payer defers what it is owed.",
    ),
    (
        ("06-recovery.835", include_str!("../../../testdata/demo/06-recovery.835")),
        "The payer recovers that amount from another payment.",
    ),
    (
        ("07-unknown.835", include_str!("../../../testdata/demo/07-unknown.835")),
        "A claim that is not ours is held; its neighbor posts.",
    ),
    (
        ("08-unbalanced.835", include_str!("../../../testdata/demo/08-unbalanced.835")),
        "A claim that does not add up is held; its neighbor posts.",
    ),
];

/// When claims are sent, and when remittances are posted.
const SENT: &str = "2025-12-15T09:00:00";
const POSTED: &str = "2026-01-20T09:00:00";

/// Tells the story.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let folder = fresh(args.folder.as_deref())?;
    let remittances = REMITTANCES.iter().map(|(file, _)| file);
    for (name, text) in OFFICE.iter().chain(remittances) {
        let path = folder.join(name);
        fs::write(&path, text).map_err(Failure::at(&path))?;
    }
    let story = Story { folder: &folder, phi: context.phi };

    story.tell(
        "Eleven encounters become claims. One names a provider whose NPI is mistyped; it is rejected, to be mended.",
    )?;
    story.run(
        SENT,
        &["claims", "build", "@encounters.csv", "--practice", "@practice.toml", "--ledger", "@office.db", "-o", "@out"],
    )?;
    story.run(SENT, &["claims", "show", "@out/hub-000000001.837", "--claim", "E-1002"])?;
    story.run(SENT, &["validate", "@out/hub-000000001.837"])?;
    for ((name, _), tells) in &REMITTANCES {
        story.tell(tells)?;
        let file = format!("@{name}");
        story.run(POSTED, &["remit", "check", &file])?;
        story.run(POSTED, &["remit", "post", &file, "--ledger", "@office.db"])?;
    }
    story.tell("As a biller reads the partial payment. Names are masked; --phi shows them.")?;
    story.run(POSTED, &["remit", "show", "@02-partial.835"])?;
    story.tell("Posting twice is posting once.")?;
    story.run(POSTED, &["remit", "post", "@02-partial.835", "--ledger", "@office.db"])?;
    story.tell("The claim with two payers, to the cent.")?;
    story.run(POSTED, &["ledger", "claim", "E-1004", "--ledger", "@office.db"])?;
    story.tell("Where everything stands.")?;
    story.run(POSTED, &["ledger", "balances", "--ledger", "@office.db"])?;
    story.run(POSTED, &["ledger", "check", "--ledger", "@office.db"])?;
    story.run(POSTED, &["denials", "--ledger", "@office.db"])?;
    story.run(POSTED, &["holds", "--ledger", "@office.db"])?;
    story.tell("What was written.")?;
    list(&folder)?;
    Ok(Outcome::Clean)
}

/// A folder that is not there yet.
fn fresh(given: Option<&Path>) -> Result<PathBuf, Failure> {
    let folder = match given {
        Some(folder) if folder.exists() => {
            return Err(Failure::Usage(format!("{}: is there already; name a fresh folder", folder.display())));
        }
        Some(folder) => folder.to_path_buf(),
        None => {
            let numbered = (2..).map(|n| PathBuf::from(format!("edi-demo-{n}")));
            let mut names = std::iter::once(PathBuf::from("edi-demo")).chain(numbered);
            names.find(|name| !name.exists()).unwrap_or_default()
        }
    };
    fs::create_dir_all(&folder).map_err(Failure::at(&folder))?;
    Ok(folder)
}

struct Story<'a> {
    folder: &'a Path,
    phi: bool,
}

impl Story<'_> {
    fn tell(&self, words: &str) -> Result<(), Failure> {
        let mut out = stdout();
        writeln!(out, "\n## {words}")?;
        Ok(out.flush()?)
    }

    /// Shows a command and runs it at a fixed time; `@` stands for the story's folder.
    fn run(&self, clock: &str, words: &[&str]) -> Result<(), Failure> {
        let path = |word: &str| match word.strip_prefix('@') {
            Some(name) => self.folder.join(name).display().to_string(),
            None => word.to_owned(),
        };
        let words: Vec<String> = words.iter().map(|word| path(word)).collect();
        let mut out = stdout();
        writeln!(out, "\n$ edi {}", words.join(" "))?;
        out.flush()?;
        let phi = self.phi.then_some("--phi");
        let options = ["edi", "--clock", clock, "--quiet"].into_iter().chain(phi);
        let line = options.map(str::to_owned).chain(words);
        let arguments = Arguments::try_parse_from(line).map_err(|error| Failure::Usage(error.to_string()))?;
        let context = Context::new(&arguments.context)?;
        match super::run(&arguments.command, &context)? {
            Outcome::Failed => Err(Failure::Usage("the demo could not read one of its own files".into())),
            Outcome::Clean | Outcome::Findings => Ok(()),
        }
    }
}

/// Names every file in the folder and in its output folder.
fn list(folder: &Path) -> Result<(), Failure> {
    let mut paths = Vec::new();
    for folder in [folder.to_path_buf(), folder.join("out")] {
        for entry in fs::read_dir(&folder).map_err(Failure::at(&folder))? {
            let path = entry.map_err(Failure::at(&folder))?.path();
            if path.is_file() {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let mut out = stdout();
    writeln!(out)?;
    for path in paths {
        writeln!(out, "{}", path.display())?;
    }
    Ok(out.flush()?)
}
