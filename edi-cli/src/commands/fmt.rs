//! `edi fmt`: one segment a line, canonical delimiters, trailers counted anew.

use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::input::{self, Source};
use crate::render::findings::{self, Conservation};
use edi_core::Text;
use edi_core::envelope::{End, EnvelopeReader, Event};
use edi_core::lex::{Delimiters, Segment};
use edi_core::reader::Reader;
use edi_core::writer::SegmentWriter;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `edi fmt`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi fmt testdata/remits/clean.835                 one segment a line
  edi fmt --canonical testdata/remits/clean.835     with * : ^ ~ and no line breaks
  edi fmt --fix - < broken.835 > mended.835         recount SE, GE and IEA, supply missing ones")]
pub struct Args {
    /// X12 files, `-` for stdin; .gz and .zip are opened
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Write the delimiters * : ^ ~, and no line breaks
    #[arg(long)]
    canonical: bool,
    /// Write SE, GE and IEA with the right counts and control numbers, also where they are missing
    #[arg(long)]
    fix: bool,
}

/// Writes each file anew on stdout.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    context.for_each(input::sources(&args.files), |source| fmt(&source?, args, context))
}

/// What is open and wants a trailer.
#[derive(Default)]
struct Open {
    delimiters: Delimiters,
    interchange: Text,
    group: Text,
    transaction: Text,
    /// GS or ISA were not there, so that no trailer is owed.
    group_implied: bool,
    interchange_implied: bool,
}

fn fmt(source: &Source, args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let fail = || Failure::edi(&source.name);
    let reader = Reader::with_options(source.reader()?, context.reader_options()).map_err(fail())?;
    let mut envelope = EnvelopeReader::new(reader);
    let mut open = Open::default();
    let mut out = stdout();
    let (mut line, mut claims) = (Vec::new(), 0);
    while let Some(event) = envelope.next().map_err(fail())? {
        line.clear();
        open.enter(&event);
        match event {
            Event::InterchangeStart(_, None) | Event::GroupStart(_, None) => {}
            Event::InterchangeStart(_, Some(segment))
            | Event::GroupStart(_, Some(segment))
            | Event::TransactionStart(_, segment)
            | Event::Segment(segment)
            | Event::Outside(segment) => {
                claims += u64::from(matches!(segment.id(), b"CLM" | b"CLP"));
                copy(&segment, args, &mut line).map_err(fail())?;
            }
            Event::TransactionEnd(end, segment) => open.trailer("SE", end, segment, args, &mut line).map_err(fail())?,
            Event::GroupEnd(end, segment) => open.trailer("GE", end, segment, args, &mut line).map_err(fail())?,
            Event::InterchangeEnd(end, segment) => open.trailer("IEA", end, segment, args, &mut line).map_err(fail())?,
        }
        out.write_all(&line)?;
    }
    out.flush()?;
    let found = envelope.take_findings();
    let outcome = findings::say(&source.name, envelope.reader().repairs().iter().chain(&found), context);
    Conservation { claims_in: claims, claims_out: claims, claims_held: 0 }.prove(&source.name, &envelope, context)?;
    Ok(outcome)
}

impl Open {
    fn enter(&mut self, event: &Event<'_>) {
        match event {
            Event::InterchangeStart(isa, _) => {
                self.delimiters = isa.delimiters;
                self.interchange = isa.control.clone();
                self.interchange_implied = isa.implied;
            }
            Event::GroupStart(gs, _) => {
                self.group = gs.control.clone();
                self.group_implied = gs.implied;
            }
            Event::TransactionStart(st, _) => self.transaction = st.control.clone(),
            _ => {}
        }
    }

    /// Appends a trailer: as it is, or counted anew with `--fix`.
    fn trailer(
        &self,
        id: &str,
        end: End,
        segment: Option<Segment<'_>>,
        args: &Args,
        line: &mut Vec<u8>,
    ) -> edi_core::error::Result<()> {
        let (control, owed) = match id {
            "SE" => (&self.transaction, true),
            "GE" => (&self.group, !self.group_implied),
            _ => (&self.interchange, !self.interchange_implied),
        };
        if !args.fix || end.is_sound() || !owed {
            return segment.map_or(Ok(()), |segment| copy(&segment, args, line));
        }
        let delimiters = if args.canonical { Delimiters::default() } else { self.delimiters };
        // A missing SE was not counted with the segments before it.
        let count = end.count + u64::from(id == "SE" && !end.trailer);
        SegmentWriter::new(&mut *line, delimiters).segment(id).text(&count.to_string()).text(control).finish()?;
        if !args.canonical {
            line.pop();
            end_line(delimiters, line);
        }
        Ok(())
    }
}

/// Appends a segment, and a line break unless the form is canonical.
fn copy(segment: &Segment<'_>, args: &Args, line: &mut Vec<u8>) -> edi_core::error::Result<()> {
    let delimiters = segment.delimiters();
    if args.canonical {
        return SegmentWriter::new(line, Delimiters::default())
            .copy(segment)
            .map_err(|e| edi_core::Error { locus: segment.locus(), ..e });
    }
    line.extend(segment.bytes());
    end_line(delimiters, line);
    Ok(())
}

fn end_line(delimiters: Delimiters, line: &mut Vec<u8>) {
    line.push(delimiters.segment);
    if !matches!(delimiters.segment, b'\r' | b'\n') {
        line.push(b'\n');
    }
}
