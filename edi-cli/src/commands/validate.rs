//! `edi validate`: syntax, guide, balances, rules of meaning, codes, kinds of service, partners (SNIP types 1 to 7).

use super::acknowledge::Acknowledgments;
use super::codes;
use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::input::{self, Source};
use crate::render::findings::{self, Conservation};
use crate::render::sarif::Sarif;
use edi_core::Finding;
use edi_core::envelope::{EnvelopeReader, Event};
use edi_core::finding::Kind;
use edi_core::guide::{Checker, Guides, Overlay};
use edi_core::lex::Segment;
use edi_core::reader::Reader;
use edi_core::rules::{RuleChecker, RuleOptions};
use serde_json::json;
use std::io::{BufRead, Write};
use std::path::PathBuf;

/// Arguments of `edi validate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi validate testdata/remits/clean.835                       findings as lines
  edi validate --format annotated testdata/remits/clean.835    the file with marks under what is off
  edi validate --snip 3-5 testdata/rules/remit.835             balances, rules of meaning and codes only
  edi validate --format sarif testdata/rules/claim.837         for editors and code hosts
  edi validate --overlay testdata/overlays/commercial.overlay testdata/rules/claim.837")]
pub struct Args {
    /// X12 files, `-` for stdin; .gz and .zip are opened
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// A partner's companion guide, laid over the guide that it names; may be given more than once
    #[arg(long, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// SNIP types to report: `1-4`, `3,5`; all of them otherwise
    #[arg(long, value_name = "TYPES", default_value = "1-7", value_parser = parse_types)]
    snip: Types,
    /// The folder of loaded code lists (see `edi codes load`)
    #[arg(long, value_name = "DIR", env = "EDI_CODES")]
    codes: Option<PathBuf>,
    /// Write the acknowledgments into this folder: a TA1 for each interchange, a 999 for each group
    #[arg(long, value_name = "DIR")]
    ack: Option<PathBuf>,
    /// Control number of the first acknowledgment; the next ones count up, over all files of the run
    #[arg(long, value_name = "N", default_value_t = 1, requires = "ack",
          value_parser = clap::value_parser!(u32).range(1..=999_999_999))]
    ack_control: u32,
    /// How to print
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One line a finding
    Text,
    /// One object a file
    Json,
    /// One object a finding
    Ndjson,
    /// The file, one segment a line, with marks under the offending element
    Annotated,
    /// SARIF 2.1.0, one log for all files, for editors and code hosts
    Sarif,
}

/// Which SNIP types are reported, as bits; repairs of the stream (0) always are.
#[derive(Debug, Clone, Copy)]
struct Types(u8);

impl Types {
    fn has(self, snip: u8) -> bool {
        snip == 0 || self.0 >> snip.min(7) & 1 == 1
    }

    /// Types 3 to 6 are the rules of meaning; an overlay (7) weighs those too.
    fn asks_for_rules(self) -> bool {
        self.0 & 0b111_1000 != 0
    }
}

fn parse_types(text: &str) -> Result<Types, String> {
    let number = |text: &str| text.trim().parse::<u8>().ok().filter(|n| (1..=7).contains(n));
    let types = text.split(',').try_fold(0, |types, part| {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (from, to) = number(from).zip(number(to)).filter(|(from, to)| from <= to)?;
        Some((from..=to).fold(types, |types, n| types | 1 << n))
    });
    types.map(Types).ok_or_else(|| "write types from 1 to 7, as 1-4 or 3,5".to_owned())
}

/// The most findings kept for one file's JSON object; the others are counted.
const JSON_LIMIT: usize = 10_000;

/// Validates each file.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let mut guides = Guides::built_in();
    for path in &args.overlay {
        let text = std::fs::read_to_string(path).map_err(Failure::at(path))?;
        let bad = |error: edi_core::guide::GuideError| Failure::Usage(format!("{}: {error}", path.display()));
        guides.apply(&Overlay::parse(&text).map_err(bad)?).map_err(bad)?;
    }
    let mut whole = Whole { sarif: Sarif::default(), dropped: 0, control: args.ack_control };
    let outcome = context.for_each(input::sources(&args.files), |source| {
        let source = source?;
        Validation::new(&source, args, guides.clone(), context, &mut whole)?.run()
    })?;
    if args.format == Format::Sarif {
        let mut out = stdout();
        writeln!(out, "{:#}", whole.sarif.log(whole.dropped))?;
        out.flush()?;
    }
    Ok(outcome)
}

/// What goes on from file to file.
struct Whole {
    sarif: Sarif,
    /// Findings that `sarif` does not hold.
    dropped: u64,
    /// Control number of the next acknowledgment.
    control: u32,
}

/// The validation of one file.
struct Validation<'a, W: Write> {
    source: &'a Source,
    format: Format,
    context: &'a Context,
    types: Types,
    checker: Checker,
    /// The guides without overlays: what they do not find is the partner's (SNIP type 7).
    plain: Option<Checker>,
    ack: Option<Acknowledgments>,
    rules: RuleChecker,
    out: W,
    outcome: Outcome,
    claims: u64,
    errors: u64,
    kept: Vec<serde_json::Value>,
    dropped: u64,
    whole: &'a mut Whole,
}

impl<'a> Validation<'a, std::io::BufWriter<std::io::StdoutLock<'static>>> {
    fn new(
        source: &'a Source,
        args: &Args,
        guides: Guides,
        context: &'a Context,
        whole: &'a mut Whole,
    ) -> Result<Self, Failure> {
        let codes = codes::book(args.codes.as_deref())?;
        let begin = |folder: &std::path::Path| Acknowledgments::new(folder, &source.name, whole.control, context);
        let ack = args.ack.as_deref().map(begin).transpose()?;
        Ok(Self {
            ack,
            source,
            format: args.format,
            context,
            types: args.snip,
            checker: Checker::new(guides),
            plain: (!args.overlay.is_empty()).then(|| Checker::new(Guides::built_in())),
            rules: RuleChecker::with_options(RuleOptions { codes, ..RuleOptions::default() }),
            out: stdout(),
            outcome: Outcome::Clean,
            claims: 0,
            errors: 0,
            kept: Vec::new(),
            dropped: 0,
            whole,
        })
    }
}

impl<W: Write> Validation<'_, W> {
    /// Checks the file. What was found before reading failed is told too.
    fn run(mut self) -> Result<Outcome, Failure> {
        let fail = || Failure::edi(&self.source.name);
        let reader = Reader::with_options(self.source.reader()?, self.context.reader_options()).map_err(fail())?;
        let mut envelope = EnvelopeReader::new(reader);
        let read = self.read(&mut envelope);
        if matches!(read, Err(Failure::Output(_))) {
            return read.map(|()| self.outcome);
        }
        self.tell(&envelope, read.is_ok())?;
        read?;
        if let Some(mut ack) = self.ack.take() {
            ack.finish(self.context)?;
            self.whole.control = ack.next_control();
        }
        let repairs = envelope.reader().repairs().len();
        self.context.say(format_args!("{}: {} errors, {repairs} repairs", self.source.name, self.errors));
        let claims = Conservation { claims_in: self.claims, claims_out: self.claims, claims_held: 0 };
        claims.prove(&self.source.name, &envelope, self.context)?;
        Ok(self.outcome)
    }

    /// Reads to the end and reports what is found on the way.
    fn read<R: BufRead>(&mut self, envelope: &mut EnvelopeReader<R>) -> Result<(), Failure> {
        while let Some(event) = envelope.next().map_err(Failure::edi(&self.source.name))? {
            self.checker.push(&event);
            if let Some(ack) = &mut self.ack {
                ack.event(&event, self.context)?;
                self.whole.control = ack.next_control();
            }
            if self.types.asks_for_rules() {
                self.rules.push(&event, &self.checker);
            }
            let segment = segment_of(&event);
            self.claims += u64::from(segment.is_some_and(|s| matches!(s.id(), b"CLM" | b"CLP")));
            if self.format == Format::Annotated
                && let Some(segment) = segment
            {
                let end = char::from(segment.delimiters().segment);
                let end = if end.is_control() { String::new() } else { end.to_string() };
                writeln!(self.out, "{}{end}", self.context.segment(&segment))?;
            }
            let plain = self.plain.as_mut().map(|plain| {
                plain.push(&event);
                plain.take_findings()
            });
            if self.checker.has_findings() {
                let mut found = self.checker.take_findings();
                if let Some(plain) = plain {
                    found
                        .iter_mut()
                        .filter(|it| !plain.iter().any(|other| is_same(it, other)))
                        .for_each(|it| it.snip = 7);
                }
                self.report(&found, segment.as_ref())?;
            }
            if self.rules.has_findings() {
                let found = self.rules.take_findings();
                self.report(&found, segment.as_ref())?;
            }
            if envelope.has_findings() {
                let found = envelope.take_findings();
                let segment = envelope.reader().current();
                self.report(&found, segment.as_ref())?;
            }
        }
        Ok(())
    }

    fn report(&mut self, found: &[Finding], segment: Option<&Segment<'_>>) -> Result<(), Failure> {
        if let Some(ack) = &mut self.ack {
            ack.findings(found);
        }
        let types = self.types;
        for finding in found.iter().filter(|finding| types.has(finding.snip)) {
            self.outcome = self.outcome.max(findings::outcome(finding));
            self.errors += u64::from(finding.severity == edi_core::Severity::Error);
            match self.format {
                Format::Text => writeln!(self.out, "{}", findings::line(&self.source.name, finding, self.context))?,
                Format::Json if self.kept.len() < JSON_LIMIT => self.kept.push(findings::json(finding, self.context)),
                Format::Json => self.dropped += 1,
                Format::Ndjson => {
                    let mut value = findings::json(finding, self.context);
                    value["file"] = json!(self.source.name);
                    writeln!(self.out, "{value}")?;
                }
                Format::Annotated => self.mark(finding, segment)?,
                Format::Sarif => self.log(finding),
            }
        }
        Ok(())
    }

    fn log(&mut self, finding: &Finding) {
        match self.whole.sarif.len() < JSON_LIMIT {
            true => self.whole.sarif.add(&self.source.name, finding, self.context),
            false => self.whole.dropped += 1,
        }
    }

    /// A row of marks under the element, and the finding behind it.
    fn mark(&mut self, finding: &Finding, segment: Option<&Segment<'_>>) -> Result<(), Failure> {
        let element = finding.locus.element.map_or(0, usize::from);
        let here = segment.filter(|s| s.locus().segment == finding.locus.segment);
        let (before, width) = here.map_or((0, 3), |segment| {
            let length = |n: usize| match n {
                0 => segment.id_text().chars().count(),
                n => segment.element(n).text().chars().count(),
            };
            let before = (0..element).map(|n| length(n) + 1).sum::<usize>();
            (before, length(element).max(1))
        });
        // A claim's rules speak when its last segment has been seen: then the line is told.
        let line = if here.is_some() { String::new() } else { format!(" (line {})", finding.locus.line) };
        let words = findings::words(finding, self.context);
        writeln!(self.out, "{}{} {words}{line}", " ".repeat(before), "^".repeat(width))?;
        Ok(())
    }

    /// Writes the repairs, and in JSON all that was found.
    fn tell<R: BufRead>(&mut self, envelope: &EnvelopeReader<R>, whole: bool) -> Result<(), Failure> {
        let repairs = envelope.reader().repairs();
        for repair in repairs {
            self.outcome = self.outcome.max(findings::outcome(repair));
        }
        match self.format {
            Format::Json => {
                let object = self.object(envelope);
                writeln!(self.out, "{object}")?;
            }
            Format::Ndjson => {
                for (repair, number) in repairs.iter().zip(1..) {
                    let mut value = findings::repair_json(number, repair, self.context);
                    value["file"] = json!(self.source.name);
                    writeln!(self.out, "{value}")?;
                }
            }
            Format::Sarif => repairs.iter().for_each(|repair| self.log(repair)),
            Format::Text | Format::Annotated => {
                for (repair, number) in repairs.iter().zip(1..) {
                    writeln!(self.out, "repair {number}: {}", findings::line(&self.source.name, repair, self.context))?;
                }
            }
        }
        if !whole {
            self.context.say(format_args!("{}: what follows was not read", self.source.name));
        }
        Ok(self.out.flush()?)
    }

    /// The file's object: counts, repairs, findings.
    fn object<R: BufRead>(&mut self, envelope: &EnvelopeReader<R>) -> serde_json::Value {
        let (bytes, counts) = (envelope.reader().accounting(), envelope.counts());
        let repairs = envelope.reader().repairs().iter().zip(1..);
        let repairs: Vec<_> = repairs.map(|(r, n)| findings::repair_json(n, r, self.context)).collect();
        if self.dropped > 0 {
            let message = format!("{} more findings of this file are not shown", self.dropped);
            let locus = envelope.reader().current().map(|s| s.locus()).unwrap_or_default();
            let finding = Finding::new("FINDINGS-LIMIT", Kind::Rule, message, locus).with_snip(2);
            self.kept.push(findings::json(&finding.with_severity(edi_core::Severity::Warning), self.context));
        }
        json!({
            "file": self.source.name,
            "bytes": bytes.bytes,
            "interchanges": counts.interchanges,
            "groups": counts.groups,
            "transactions": counts.transactions,
            "segments": bytes.segments,
            "claims": self.claims,
            "repairs": repairs,
            "findings": std::mem::take(&mut self.kept),
        })
    }
}

/// Whether two checks found the same thing at the same place.
fn is_same(one: &Finding, other: &Finding) -> bool {
    (&one.rule, one.locus, &one.segment, &one.element) == (&other.rule, other.locus, &other.segment, &other.element)
}

/// The segment of an event; a trailer that the reader supplied has none.
fn segment_of<'a>(event: &Event<'a>) -> Option<Segment<'a>> {
    match event {
        Event::InterchangeStart(_, segment)
        | Event::GroupStart(_, segment)
        | Event::TransactionEnd(_, segment)
        | Event::GroupEnd(_, segment)
        | Event::InterchangeEnd(_, segment) => *segment,
        Event::TransactionStart(_, segment) | Event::Segment(segment) | Event::Outside(segment) => Some(*segment),
    }
}
