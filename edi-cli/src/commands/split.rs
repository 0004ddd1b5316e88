//! `edi split`: one file into several, by transaction set, claim count, payer or provider; envelopes rebuilt.

use super::split_part::{Frame, Level, Part};
use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::input::{self, Source};
use crate::render::findings::{self, Conservation};
use edi_core::envelope::{EnvelopeReader, Event};
use edi_core::lex::Segment;
use edi_core::reader::Reader;
use edi_core::value::WireValue;
use edi_core::{Money, Text};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `edi split`.
#[derive(Debug, clap::Args)]
#[command(after_help = "A remittance (835) is one payment and is never divided; claims (837) are.

Examples:
  edi split --by transaction --to parts testdata/remits/clean.835
  edi split --by claims --size 100 --to parts claims.837
  edi split --by payer --to parts claims.837")]
pub struct Args {
    /// X12 files, `-` for stdin; .gz and .zip are opened
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What begins a new file
    #[arg(long)]
    by: By,
    /// The most claims in a file, with `--by claims`
    #[arg(long, value_name = "N", default_value = "100", value_parser = clap::value_parser!(u64).range(1..))]
    size: u64,
    /// The folder for the files; none that is there is written over
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// Each transaction set
    Transaction,
    /// So many claims
    Claims,
    /// Each payer
    Payer,
    /// Each billing provider, or payee
    Provider,
}

/// The most files that are open at once: one for each payer or provider.
const OPEN_LIMIT: usize = 500;

/// The most bytes of a remittance's header that are looked at for payer and payee.
const HEADER_LIMIT: usize = 1 << 20;

/// Splits each file.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    std::fs::create_dir_all(&args.to).map_err(Failure::at(&args.to))?;
    context.for_each(input::sources(&args.files), |source| split(&source?, args, context))
}

fn split(source: &Source, args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let fail = || Failure::edi(&source.name);
    let reader = Reader::with_options(source.reader()?, context.reader_options()).map_err(fail())?;
    let mut envelope = EnvelopeReader::new(reader);
    let mut splitter = Splitter::new(&source.name, args);
    while let Some(event) = envelope.next().map_err(fail())? {
        splitter.push(&event)?;
    }
    splitter.finish()?;
    let found = envelope.take_findings();
    let mut outcome = findings::say(&source.name, envelope.reader().repairs().iter().chain(&found), context);
    if splitter.outside > 0 {
        context.say(format_args!(
            "{}: {} segments outside any transaction set are in no part",
            source.name, splitter.outside
        ));
        outcome = outcome.max(Outcome::Findings);
    }
    let claims = splitter.written.claims;
    Conservation { claims_in: splitter.claims, claims_out: claims, claims_held: 0 }.prove(
        &source.name,
        &envelope,
        context,
    )?;
    if splitter.charge == splitter.written.charge {
        Ok(outcome)
    } else {
        Err(Failure::Usage(format!("{}: charges were lost: this is a defect of edi, please report it", source.name)))
    }
}

/// What was written, over all parts.
#[derive(Debug, Default)]
struct Written {
    claims: u64,
    charge: Money,
}

/// Sends what it reads to the parts.
struct Splitter<'a> {
    by: By,
    size: u64,
    to: &'a Path,
    stem: String,
    extension: String,
    frame: Frame,
    /// The header of the transaction set and its levels, outer ones first; a claim hangs under the last.
    levels: Vec<Level>,
    /// Levels begun so far, which tells one from another.
    ordinal: u64,
    /// Segments go straight to the part, and not to a level.
    streaming: bool,
    parts: Vec<Part>,
    /// The part that is written to.
    current: Option<usize>,
    begun: usize,
    control: Option<u64>,
    claims: u64,
    charge: Money,
    written: Written,
    outside: u64,
}

impl<'a> Splitter<'a> {
    fn new(name: &str, args: &'a Args) -> Self {
        let path = Path::new(name.strip_suffix(".gz").unwrap_or(name));
        let text =
            |part: Option<&std::ffi::OsStr>| part.map(|it| it.to_string_lossy().into_owned()).filter(|it| it != "-");
        Self {
            by: args.by,
            size: args.size,
            to: &args.to,
            stem: text(path.file_stem()).unwrap_or_else(|| "part".to_owned()),
            extension: text(path.extension()).unwrap_or_else(|| "edi".to_owned()),
            frame: Frame::default(),
            levels: Vec::new(),
            ordinal: 0,
            streaming: false,
            parts: Vec::new(),
            current: None,
            begun: 0,
            control: None,
            claims: 0,
            charge: Money::ZERO,
            written: Written::default(),
            outside: 0,
        }
    }

    fn push(&mut self, event: &Event<'_>) -> Result<(), Failure> {
        match event {
            Event::InterchangeStart(isa, segment) => self.frame.interchange(isa, segment.as_ref()),
            Event::GroupStart(gs, segment) => self.frame.group(gs, segment.as_ref()),
            Event::TransactionStart(st, segment) => {
                self.frame.transaction(st, segment);
                self.levels.clear();
                self.streaming = false;
                self.begin_level(0, None);
            }
            Event::Segment(segment) => self.segment(segment)?,
            Event::TransactionEnd(..) => {
                self.release(0)?;
                if self.by == By::Transaction {
                    self.finish()?;
                }
            }
            Event::Outside(_) => self.outside += 1,
            Event::GroupEnd(..) | Event::InterchangeEnd(..) => {}
        }
        Ok(())
    }

    fn segment(&mut self, segment: &Segment<'_>) -> Result<(), Failure> {
        let claims = self.frame.set_id == "837";
        let amount = |n| Money::read(segment.element(n).bytes()).unwrap_or_default();
        let mut charge = None;
        match segment.id() {
            b"HL" if claims => {
                let depth = match segment.element(3).bytes() {
                    b"20" => 1,
                    b"22" => 2,
                    _ => 3,
                };
                self.release(depth)?;
                self.begin_level(depth, Some(segment));
                return Ok(());
            }
            b"CLM" if claims => {
                charge = Some(amount(2));
                self.choose(true)?;
            }
            b"CLP" if !claims => charge = Some(amount(3)),
            _ => {}
        }
        let header = self.levels.first().map_or(0, |level| level.bytes);
        let is_body = matches!(segment.id(), b"LX" | b"CLP" | b"HL") || header > HEADER_LIMIT;
        if !claims && !self.streaming && is_body {
            self.choose(false)?;
        }
        if let Some(charge) = charge {
            self.claims += 1;
            self.charge += charge;
        }
        match self.current.filter(|_| self.streaming).and_then(|at| self.parts.get_mut(at)) {
            Some(part) => part.data(segment.bytes(), charge),
            None => {
                if let Some(level) = self.levels.last_mut() {
                    level.add(segment);
                }
                Ok(())
            }
        }
    }

    /// Begins the header (depth 0) or a level.
    fn begin_level(&mut self, depth: usize, hl: Option<&Segment<'_>>) {
        self.ordinal += 1;
        self.levels.push(Level::new(self.ordinal, depth, hl));
        self.streaming = false;
    }

    /// Leaves the levels from this depth on. One that no claim took to a part goes there now.
    fn release(&mut self, depth: usize) -> Result<(), Failure> {
        let leaving = |level: &Level| level.depth >= depth;
        if self.levels.iter().any(|level| leaving(level) && !level.taken) {
            self.choose(false)?;
        }
        self.levels.retain(|level| !leaving(level));
        self.streaming = false;
        Ok(())
    }

    /// Chooses the part for what comes, and writes there what stands around it.
    fn choose(&mut self, claim: bool) -> Result<(), Failure> {
        let at = match self.by {
            By::Transaction => self.current,
            By::Claims => {
                // What is no claim stays with the claims before it, but a new transaction set may begin a part.
                let full = |part: &Part| part.claims >= self.size && (claim || !part.is_in(&self.frame));
                if self.current.and_then(|at| self.parts.get(at)).is_some_and(full) {
                    self.finish()?;
                }
                self.current
            }
            By::Payer | By::Provider => {
                let key = self.key();
                self.parts.iter().position(|part| part.key == key)
            }
        };
        let at = match at {
            Some(at) => at,
            None => self.begin_part()?,
        };
        self.current = Some(at);
        self.streaming = true;
        let Some(part) = self.parts.get_mut(at) else { return Ok(()) };
        part.enter(&self.frame, &mut self.control)?;
        part.levels(&mut self.levels)
    }

    /// The payer or provider that the levels name.
    fn key(&self) -> Text {
        let of = |level: &Level| match self.by {
            By::Payer => level.payer.clone(),
            _ => level.provider.clone(),
        };
        let key = self.levels.iter().rev().map(of).find(|key| !key.is_empty());
        key.unwrap_or_else(|| Text::const_new("none"))
    }

    fn begin_part(&mut self) -> Result<usize, Failure> {
        if self.parts.len() >= OPEN_LIMIT {
            let message = format!("more than {OPEN_LIMIT} payers or providers: split the file by transaction first");
            return Err(Failure::Usage(message));
        }
        self.begun += 1;
        let (key, name) = match self.by {
            By::Transaction | By::Claims => (Text::default(), format!("{:04}", self.begun)),
            By::Payer | By::Provider => {
                let key = self.key();
                let safe: String =
                    key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(40).collect();
                (key, format!("{:04}-{safe}", self.begun))
            }
        };
        let path = self.to.join(format!("{}-{name}.{}", self.stem, self.extension));
        self.parts.push(Part::create(path, key)?);
        Ok(self.parts.len() - 1)
    }

    /// Ends all parts that are open, and tells of them.
    fn finish(&mut self) -> Result<(), Failure> {
        let mut out = stdout();
        for part in self.parts.drain(..) {
            let path = part.path.display().to_string();
            let (claims, charge, segments) = (part.claims, part.charge, part.finish()?);
            self.written.claims += claims;
            self.written.charge += charge;
            writeln!(out, "{path}: {segments} segments, {claims} claims, charge {charge}")?;
        }
        self.current = None;
        Ok(out.flush()?)
    }
}
