//! `edi remit post`: remittances, posted to the ledger or held with their reasons.

use super::ledger_file::{self, RuleFiles};
use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::input::{self, Source};
use crate::render::findings::{self, Conservation};
use crate::render::post as render;
use edi_835::posting::{self, Fate, PostOptions, RemittanceOutcome, Rules};
use edi_core::envelope::{Counts, EnvelopeReader, Event};
use edi_core::reader::{Accounting, Reader};
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `edi remit post`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi remit post --ledger office.db --dry-run era.835    the plan, claim by claim
  edi remit post --ledger office.db --rules office.toml --fees fees.csv era.835
  edi remit post --ledger office.db downloads/*.835      each remittance in one database transaction
  edi remit post --ledger office.db --format json era.835

Posting a file twice is posting it once. What cannot be posted is held with its reason; its neighbours post.")]
pub struct Args {
    /// 835 files, `-` for stdin; .gz and .zip are opened
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The ledger
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// Show the plan and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    rules: RuleFiles,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = render::Format::Text)]
    format: render::Format,
}

/// Posts each file.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let rules = args.rules.read()?;
    let mut ledger = ledger_file::open(&args.ledger)?;
    context.for_each(input::sources(&args.files), |source| {
        post(&source?.rereadable()?, args, &rules, &mut ledger, context)
    })
}

fn post(
    source: &Source,
    args: &Args,
    rules: &Rules,
    ledger: &mut edi_835::ledger::Ledger,
    context: &Context,
) -> Result<Outcome, Failure> {
    let survey = survey(source, context)?;
    let mut out = stdout();
    let options = PostOptions {
        run: ledger_file::run(context, rules),
        rules,
        dry_run: args.dry_run,
        file: source.name.as_str().into(),
    };
    let mut lines = render::Plan::new(args.format, args.dry_run);
    let outcomes = posting::post(|| source.open(), ledger, &options, &mut |event| lines.tell(event))
        .map_err(|error| Failure::Usage(format!("{}: {error}", source.name)))?;
    lines.write(&mut out, &source.name, &outcomes, |claim| {
        ledger.standing(claim).map_err(ledger_file::failure(&args.ledger))
    })?;
    out.flush()?;
    if outcomes.is_empty() {
        return Err(Failure::Usage(format!("{}: there is no 835 in this file", source.name)));
    }
    survey.conserve(source, &outcomes, context)?;
    Ok(outcomes.iter().map(outcome).max().unwrap_or(Outcome::Clean).max(survey.outcome))
}

/// What is in the file, whatever becomes of it.
struct Survey {
    claims: u64,
    bytes: Accounting,
    counts: Counts,
    outcome: Outcome,
}

/// Reads the file once, says its repairs and the faults of its envelopes, and counts.
fn survey(source: &Source, context: &Context) -> Result<Survey, Failure> {
    let fail = || Failure::edi(&source.name);
    let reader = Reader::with_options(source.reader()?, context.reader_options()).map_err(fail())?;
    let mut envelope = EnvelopeReader::new(reader);
    let (mut claims, mut of_835) = (0, false);
    while let Some(event) = envelope.next().map_err(fail())? {
        match event {
            Event::TransactionStart(transaction, _) => of_835 = transaction.set_id == "835",
            Event::Segment(segment) => claims += u64::from(of_835 && segment.id() == b"CLP"),
            Event::Outside(segment) => claims += u64::from(segment.id() == b"CLP"),
            _ => {}
        }
    }
    let found = envelope.take_findings();
    let outcome = findings::say(&source.name, envelope.reader().repairs().iter().chain(&found), context);
    Ok(Survey { claims, bytes: envelope.reader().accounting(), counts: envelope.counts(), outcome })
}

impl Survey {
    /// Every claim of the file was posted, now or before, or is held.
    fn conserve(&self, source: &Source, outcomes: &[RemittanceOutcome], context: &Context) -> Result<(), Failure> {
        let (mut claims_out, mut told) = (0, 0);
        for remittance in outcomes {
            told += remittance.claims;
            claims_out += match remittance.fate {
                Fate::Posted => remittance.posted,
                Fate::AlreadyPosted => remittance.claims,
                Fate::AlreadyHeld | Fate::Held(_) => 0,
            };
        }
        let held: u64 = outcomes.iter().map(|r| if matches!(r.fate, Fate::Posted) { r.held } else { 0 }).sum();
        let whole = outcomes.iter().filter(|r| matches!(r.fate, Fate::AlreadyHeld | Fate::Held(_)));
        let stray = self.claims.saturating_sub(told);
        if stray > 0 {
            context
                .say(format_args!("{}: {stray} CLP segments outside any 835 transaction are held back", source.name));
        }
        let claims_held = held + whole.map(|r| r.claims).sum::<u64>() + stray;
        Conservation { claims_in: self.claims, claims_out, claims_held }.prove_counts(
            &source.name,
            self.bytes,
            self.counts,
            context,
        )
    }
}

fn outcome(remittance: &RemittanceOutcome) -> Outcome {
    let clean = matches!(remittance.fate, Fate::Posted | Fate::AlreadyPosted);
    if clean && remittance.held == 0 && remittance.provider_held == 0 { Outcome::Clean } else { Outcome::Findings }
}
