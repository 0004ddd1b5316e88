//! `edi remit make`: balanced remittances of synthetic people, drawn by seed, for tests and demonstrations.

use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::input;
use edi_835::generate::{self, ClaimDraft, Draw, RemittanceDraft};
use edi_837::ClaimReader;
use edi_core::lex::Delimiters;
use edi_core::reader::Reader;
use edi_core::writer::SegmentWriter;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `edi remit make`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi remit make --claims 1000 --seed 7 > many.835           claims out of nothing
  edi remit make --answer claims.837 --seed 7 > answer.835   payments and denials of these claims")]
pub struct Args {
    /// How many claims to invent
    #[arg(long, default_value_t = 100, conflicts_with = "answer")]
    claims: usize,
    /// How many claims a remittance has at most
    #[arg(long, default_value_t = 1000)]
    each: usize,
    /// Answer the claims of these 837P files instead; they are held in memory
    #[arg(long, num_args = 1.., value_name = "FILE")]
    answer: Vec<PathBuf>,
    /// Write ISA15 as P, production; T, test, otherwise
    #[arg(long)]
    production: bool,
    /// A line feed behind each segment
    #[arg(long)]
    lines: bool,
}

/// Writes one interchange on stdout.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let mut writer = SegmentWriter::new(stdout(), Delimiters::default()).with_line_breaks(args.lines);
    let usage = if args.production { "P" } else { "T" };
    let fail = || Failure::edi("-");
    generate::begin(&mut writer, context.clock, 1, usage).map_err(fail())?;
    if args.answer.is_empty() {
        invent(args, context, &mut writer).map_err(fail())?;
    } else {
        let mut draw = Draw::new(context.seed);
        let submissions = submissions(args, context)?;
        for (draft, claims) in generate::answer(&submissions, &mut draw, context.clock.date()) {
            write(args, &draft, &claims, &mut writer).map_err(fail())?;
        }
    }
    generate::end(&mut writer).map_err(fail())?;
    writer.into_inner().map_err(fail())?.flush()?;
    Ok(Outcome::Clean)
}

/// Invents claims, twice the same: BPR02 stands before them.
fn invent<W: Write>(args: &Args, context: &Context, writer: &mut SegmentWriter<W>) -> edi_core::error::Result<()> {
    let date = context.clock.date();
    let mut draw = Draw::new(context.seed);
    let mut left = args.claims;
    while left > 0 {
        let count = left.min(args.each.max(1));
        left -= count;
        let draft = RemittanceDraft::synthetic(draw.number(), date);
        let seed = draw.number();
        generate::remittance(writer, &draft, || generate::invent(Draw::new(seed), date).take(count))?;
    }
    Ok(())
}

/// Writes an answer, cut into remittances that each have a trace number of their own.
fn write<W: Write>(
    args: &Args,
    draft: &RemittanceDraft,
    claims: &[ClaimDraft],
    writer: &mut SegmentWriter<W>,
) -> edi_core::error::Result<()> {
    for (n, claims) in claims.chunks(args.each.max(1)).enumerate() {
        let mut draft = draft.clone();
        if n > 0 {
            draft.trace = format!("{}-{n}", draft.trace).into();
        }
        generate::remittance(writer, &draft, || claims.iter().cloned())?;
    }
    Ok(())
}

fn submissions(args: &Args, context: &Context) -> Result<Vec<edi_core::account::Submission>, Failure> {
    let mut all = Vec::new();
    for source in input::sources(&args.answer) {
        let source = source?;
        let reader = Reader::with_options(source.reader()?, context.reader_options());
        for found in ClaimReader::over(reader.map_err(Failure::edi(&source.name))?) {
            all.push(found.map_err(Failure::edi(&source.name))?.claim.submission(false));
        }
    }
    if all.is_empty() {
        return Err(Failure::Usage("there is no claim in what is to be answered: give 837P files".to_owned()));
    }
    Ok(all)
}
