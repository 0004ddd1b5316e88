//! What every command shares: clock, seed, privacy, and where words go.

use crate::exit::{Failure, Outcome};
use chrono::{NaiveDateTime, Timelike};
use edi_core::reader;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};

/// Options that every command takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// The time to write into files and entries, as 2026-01-05T12:00:00 or 2026-01-05; the system's clock otherwise
    #[arg(long, global = true, value_name = "TIME", value_parser = parse_clock)]
    pub clock: Option<NaiveDateTime>,
    /// Seed of everything that is drawn by chance, so that output can be repeated
    #[arg(long, global = true, value_name = "N")]
    pub seed: Option<u64>,
    /// Show names, member ids and dates of birth; they are masked otherwise
    #[arg(long, global = true)]
    pub phi: bool,
    /// Refuse dirty input instead of repairing it
    #[arg(long, global = true)]
    pub strict: bool,
    /// Who does this: it stands with every entry and decision; $USER otherwise
    #[arg(long, global = true, value_name = "NAME")]
    pub actor: Option<String>,
    /// No words on stderr but errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

fn parse_clock(text: &str) -> Result<NaiveDateTime, String> {
    let day = || chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S")
        .ok()
        .or_else(day)
        .ok_or_else(|| "write it as 2026-01-05T12:00:00 or 2026-01-05".to_owned())
}

/// The context of one run.
#[derive(Debug, Clone)]
pub struct Context {
    /// Now, or what `--clock` says.
    pub clock: NaiveDateTime,
    /// `--seed`, or 0.
    pub seed: u64,
    /// Whether private fields are shown.
    pub phi: bool,
    /// Whether repairs are refused.
    pub strict: bool,
    /// `--actor`, or the user of the system, where it tells.
    pub actor: Option<String>,
    quiet: bool,
}

impl Context {
    /// The context that the options ask for.
    pub fn new(options: &Options) -> Result<Self, Failure> {
        let now = || chrono::Local::now().naive_local().with_nanosecond(0);
        let clock = options
            .clock
            .or_else(now)
            .ok_or_else(|| Failure::Usage("the system's clock cannot be read; give --clock".into()))?;
        Ok(Self {
            clock,
            seed: options.seed.unwrap_or(0),
            phi: options.phi,
            strict: options.strict,
            actor: options.actor.clone().or_else(|| std::env::var("USER").ok()).filter(|name| !name.trim().is_empty()),
            quiet: options.quiet,
        })
    }

    /// How files are read.
    pub fn reader_options(&self) -> reader::Options {
        reader::Options { strict: self.strict, ..reader::Options::default() }
    }

    /// Whether a person watches: words are wanted, and stderr is a terminal.
    pub fn watched(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Says something to the person who watches.
    pub fn say(&self, words: impl Display) {
        if !self.quiet {
            let _ = writeln!(anstream::stderr(), "{words}");
        }
    }

    /// Does the work on each file; one that fails is named and the others are done.
    pub fn for_each<T>(
        &self,
        files: impl IntoIterator<Item = T>,
        mut work: impl FnMut(T) -> Result<Outcome, Failure>,
    ) -> Result<Outcome, Failure> {
        let mut worst = Outcome::Clean;
        for file in files {
            let outcome = work(file).or_else(|failure| match failure {
                Failure::Output(_) => Err(failure),
                _ => {
                    complain(&failure);
                    Ok(Outcome::Failed)
                }
            })?;
            worst = worst.max(outcome);
        }
        Ok(worst)
    }
}

/// Standard output, buffered and locked.
pub fn stdout() -> BufWriter<io::StdoutLock<'static>> {
    BufWriter::new(io::stdout().lock())
}

/// Tells of a failure on stderr.
pub fn complain(failure: &Failure) {
    let style = anstyle::AnsiColor::Red.on_default().bold();
    let _ = writeln!(anstream::stderr(), "{style}error{style:#}: {failure}");
}
