//! `edi claims show`: the claims of an 837, as a biller reads them or as JSON.

use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::input::{self, Source};
use crate::render::claims::{boxes, json, text};
use crate::render::findings::{self, Conservation};
use edi_837::ClaimReader;
use edi_core::reader::Reader;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `edi claims show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi claims show claims.837                            one block a claim
  edi claims show --format ndjson claims.837            one JSON object a claim
  edi claims show --boxes claims.837                    by the boxes of the CMS-1500
  edi claims show --claim E-1002 claims.837             one claim of many")]
pub struct Args {
    /// 837 files, `-` for stdin; .gz and .zip are opened
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// By the boxes of the CMS-1500
    #[arg(long, conflicts_with = "format")]
    boxes: bool,
    /// Only the claim of this number (CLM01); may be given more than once
    #[arg(long, value_name = "ID")]
    claim: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A block for each claim
    Text,
    /// One array of claims
    Json,
    /// One claim a line
    Ndjson,
}

/// Shows the claims of each file.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let mut out = stdout();
    let mut shown = 0;
    if args.format == Format::Json {
        write!(out, "[")?;
    }
    let outcome =
        context.for_each(input::sources(&args.files), |source| show(&source?, args, context, &mut out, &mut shown))?;
    if args.format == Format::Json {
        writeln!(out, "\n]")?;
    }
    out.flush()?;
    Ok(outcome)
}

fn show(
    source: &Source,
    args: &Args,
    context: &Context,
    out: &mut impl Write,
    shown: &mut u64,
) -> Result<Outcome, Failure> {
    let fail = || Failure::edi(&source.name);
    let reader = Reader::with_options(source.reader()?, context.reader_options()).map_err(fail())?;
    let mut claims = ClaimReader::over(reader);
    let mut held = 0;
    for found in claims.by_ref() {
        let found = found.map_err(fail())?;
        let wanted = args.claim.is_empty() || args.claim.iter().any(|id| *id == found.claim.number().as_str());
        if !wanted {
            held += 1;
            continue;
        }
        *shown += 1;
        match args.format {
            _ if args.boxes => boxes(out, &found, context)?,
            Format::Text => text(out, &found, context)?,
            Format::Json => write!(out, "{}\n{}", if *shown > 1 { "," } else { "" }, json(&found, context))?,
            Format::Ndjson => writeln!(out, "{}", json(&found, context))?,
        }
    }
    let found = claims.take_findings();
    let outcome = findings::say(&source.name, claims.repairs().iter().chain(&found), context);
    Conservation { claims_in: claims.claims(), claims_out: claims.claims() - held, claims_held: held }.prove_counts(
        &source.name,
        claims.accounting(),
        claims.counts(),
        context,
    )?;
    Ok(outcome)
}
