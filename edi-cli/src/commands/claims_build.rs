//! `edi claims build`: encounters become 837P files, and their charges are booked in the ledger.

use super::ledger_file;
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::input::{self, Source};
use crate::render::build as render;
use edi_835::ledger::{self, Ledger, Run};
use edi_835::posting::{Booked, Booking, Reason, Rules};
use edi_837::encounter::{BoxError, Mapping, Practice};
use edi_837::{BatchOptions, BuildOptions, BuildReport, ControlKind, ControlNumbers, ReadyClaim, Sequence, Verdict};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Arguments of `edi claims build`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi claims build testdata/demo/encounters.csv --practice testdata/demo/practice.toml --ledger office.db -o out
  edi claims build export.csv --practice practice.toml --mapping columns.toml --ledger office.db -o out
  edi claims build encounters.ndjson --practice practice.toml --dry-run     check, write nothing

A bad encounter is named and goes to a file of rejects of the same form, to be mended and run again.")]
pub struct Args {
    /// Encounters: CSV (one row a service line), JSON or NDJSON; `-` for stdin
    encounters: PathBuf,
    /// The practice file (TOML): submitter, receivers, billing providers, payers
    #[arg(long, value_name = "FILE")]
    practice: PathBuf,
    /// Column names, formats and constants of somebody else's file (TOML)
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The ledger, which books the charges and gives control numbers
    #[arg(long, value_name = "FILE", required_unless_present = "dry_run")]
    ledger: Option<PathBuf>,
    /// Folder for the 837P files, the rejects and the manifest
    #[arg(long, short, value_name = "DIR", required_unless_present = "dry_run")]
    output: Option<PathBuf>,
    /// Check everything, write and book nothing
    #[arg(long)]
    dry_run: bool,
    /// Reject an encounter with a diagnosis that cannot be billed; it is a warning otherwise
    #[arg(long)]
    reject_unbillable: bool,
    /// Name of a file; {receiver}, {control}, {date}, {time} and {usage} are put in
    #[arg(long, value_name = "TEMPLATE", default_value = "{receiver}-{control}.837")]
    file_name: String,
    /// A line feed behind each segment
    #[arg(long)]
    line_breaks: bool,
    /// How to print what was done
    #[arg(long, value_enum, default_value_t = render::Format::Text)]
    format: render::Format,
}

/// Builds the claims.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let report = build(args, context)?;
    render::report(&report, &args.encounters.display().to_string(), args.format, context)?;
    if !report.is_conserved() {
        return Err(Failure::Usage(
            "not every encounter is accounted for: this is a defect of edi, please report it".into(),
        ));
    }
    Ok(if report.errors + report.warnings > 0 { Outcome::Findings } else { Outcome::Clean })
}

/// Builds, books and publishes; the report says what became of each encounter.
fn build(args: &Args, context: &Context) -> Result<BuildReport, Failure> {
    let practice = Practice::parse(&text(&args.practice)?).map_err(at(&args.practice))?;
    let mapping = match &args.mapping {
        Some(path) => Mapping::parse(&text(path)?).map_err(at(path))?,
        None => Mapping::default(),
    };
    let source = input::one(&args.encounters)?;
    let mut options = BuildOptions::new(context.clock);
    options.batch = BatchOptions {
        file_name: args.file_name.clone(),
        line_breaks: args.line_breaks,
        ..BatchOptions::new(context.clock)
    };
    options.reject_unbillable = args.reject_unbillable;
    match (&args.ledger, &args.output) {
        (Some(ledger), Some(out)) if !args.dry_run => {
            build_and_book(&source, &practice, &mapping, &options, ledger, out, context)
        }
        _ => dry_run(&source, &practice, &mapping, &options, context),
    }
}

fn dry_run(
    source: &Source,
    practice: &Practice,
    mapping: &Mapping,
    options: &BuildOptions,
    context: &Context,
) -> Result<BuildReport, Failure> {
    let scratch = tempfile::tempdir().map_err(Failure::at("a temporary folder"))?;
    let progress = progress(context);
    let on_claim = |_: &ReadyClaim<'_>| {
        progress.inc(1);
        Ok(Verdict::Take)
    };
    let input = (source.reader()?, source.name.as_str());
    let built = edi_837::build(input, practice, mapping, options, &mut Sequence(1), scratch.path(), on_claim);
    Ok(built.map_err(at(Path::new(&source.name)))?.report().clone())
}

#[allow(clippy::too_many_arguments)] // the whole run, read once from the arguments
fn build_and_book(
    source: &Source,
    practice: &Practice,
    mapping: &Mapping,
    options: &BuildOptions,
    ledger: &Path,
    out: &Path,
    context: &Context,
) -> Result<BuildReport, Failure> {
    fs::create_dir_all(out).map_err(Failure::at(out))?;
    let rules = ledger_file::shipped_rules()?;
    // Control numbers are committed at once, by a connection of their own; the claims all together, at the end.
    let mut numbers = Numbers(ledger_file::create(ledger)?);
    let mut ledger_of_claims = ledger_file::create(ledger)?;
    let mut desk = BookingDesk {
        ledger: Some(&mut ledger_of_claims),
        booking: None,
        run: ledger_file::run(context, &rules),
        source: source.provenance()?,
        rules: &rules,
        test: practice.test,
        progress: progress(context),
    };
    let input = (source.reader()?, source.name.as_str());
    let built = edi_837::build(input, practice, mapping, options, &mut numbers, out, |claim| desk.take(claim));
    let built = built.map_err(at(Path::new(&source.name)))?;
    desk.commit().map_err(|e| Failure::Usage(format!("{}: {e}", ledger.display())))?;
    let report = built.publish(out).map_err(at(out))?;
    render::manifest(&report, out, context)?;
    Ok(report)
}

/// Control numbers out of the ledger.
struct Numbers(Ledger);

impl ControlNumbers for Numbers {
    fn next(&mut self, kind: ControlKind, receiver: &str) -> Result<u32, BoxError> {
        let kind = match kind {
            ControlKind::Interchange => "ISA13",
            ControlKind::Group => "GS06",
        };
        Ok(self.0.next_control_number(kind, receiver)?)
    }
}

/// Books each claim that is about to go out; nothing lasts before [`commit`](Self::commit).
struct BookingDesk<'l> {
    ledger: Option<&'l mut Ledger>,
    booking: Option<Booking<'l, ledger::Sqlite>>,
    run: Run,
    source: ledger::Source,
    rules: &'l Rules,
    test: bool,
    progress: ProgressBar,
}

impl<'l> BookingDesk<'l> {
    fn take(&mut self, claim: &ReadyClaim<'_>) -> Result<Verdict, BoxError> {
        self.progress.inc(1);
        if self.test {
            return Ok(Verdict::Take);
        }
        if let Some(ledger) = self.ledger.take() {
            self.booking = Some(ledger.booking(&self.run, Some(&self.source), self.rules)?);
        }
        let Some(booking) = &mut self.booking else { return Err("the ledger is not open".into()) };
        Ok(match booking.book(&claim.claim()?.submission(self.test))? {
            Booked::New(_) | Booked::Difference(_) | Booked::Test => Verdict::Take,
            Booked::Again => Verdict::Refuse {
                reason: "the same claim was sent before".to_owned(),
                fix: "take it out; to correct a claim send it with frequency 7 and the payer's claim number".to_owned(),
            },
            Booked::Held(reasons) => Verdict::Refuse {
                reason: reasons.iter().map(|r: &Reason| r.words.clone()).collect::<Vec<_>>().join("; "),
                fix: "see what is booked with edi ledger claim".to_owned(),
            },
        })
    }

    fn commit(self) -> ledger::Result<()> {
        self.progress.finish_and_clear();
        match self.booking {
            Some(booking) => booking.commit().map(|_| ()),
            None => Ok(()),
        }
    }
}

/// A count of claims, where a person watches.
fn progress(context: &Context) -> ProgressBar {
    if !context.watched() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} claims, {per_sec}, {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(Failure::at(path))
}

fn at(path: &Path) -> impl FnOnce(edi_837::encounter::EncounterError) -> Failure {
    move |error| Failure::Usage(format!("{}: {error}", path.display()))
}
