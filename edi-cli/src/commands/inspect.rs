//! `edi inspect`: the tree of a file, with counts and amounts.

use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::input::{self, Source};
use crate::render::findings::{self, Conservation};
use crate::render::remit_text::printable;
use edi_core::envelope::{EnvelopeReader, Event};
use edi_core::reader::Reader;
use edi_core::value::WireValue;
use edi_core::{Money, Text};
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `edi inspect`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  edi inspect testdata/remits/clean.835")]
pub struct Args {
    /// X12 files, `-` for stdin; .gz and .zip are opened
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Shows each file's tree.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    context.for_each(input::sources(&args.files), |source| inspect(&source?, context))
}

/// Counts of one transaction set.
#[derive(Default)]
struct Tally {
    set_id: Text,
    control: Text,
    claims: u64,
    charge: Money,
    paid: Money,
    payment: Option<Money>,
}

fn inspect(source: &Source, context: &Context) -> Result<Outcome, Failure> {
    let fail = || Failure::edi(&source.name);
    let reader = Reader::with_options(source.reader()?, context.reader_options()).map_err(fail())?;
    let mut envelope = EnvelopeReader::new(reader);
    let mut out = stdout();
    let (mut tally, mut claims, mut stray) = (Tally::default(), 0, 0);
    writeln!(out, "{}", source.name)?;
    while let Some(event) = envelope.next().map_err(fail())? {
        match event {
            Event::InterchangeStart(isa, _) if isa.implied => writeln!(out, "  interchange without ISA")?,
            Event::InterchangeStart(isa, _) => {
                let usage = if isa.usage == "T" { ", test" } else { "" };
                let [control, sender, receiver] =
                    [&isa.control, &isa.sender, &isa.receiver].map(|text| printable(text));
                writeln!(out, "  interchange {control} {sender} to {receiver}{usage}")?;
            }
            Event::GroupStart(gs, _) if gs.implied => writeln!(out, "    group without GS")?,
            Event::GroupStart(gs, _) => {
                let [control, kind, version] =
                    [&gs.control, &gs.functional_id, &gs.version].map(|text| printable(text));
                writeln!(out, "    group {control} {kind} {version}")?;
            }
            Event::TransactionStart(st, _) => {
                tally = Tally { set_id: st.set_id.clone(), control: st.control.clone(), ..Tally::default() };
            }
            Event::Segment(segment) => tally.add(&segment),
            Event::Outside(segment) => {
                stray += u64::from(matches!(segment.id(), b"CLM" | b"CLP"));
                let id: String = printable(&segment.id_text()).chars().take(3).collect();
                writeln!(out, "    {id} outside any transaction set")?;
            }
            Event::TransactionEnd(end, _) => {
                claims += tally.claims;
                tally.write(&mut out, end.count, end.is_sound())?;
            }
            Event::GroupEnd(..) | Event::InterchangeEnd(..) => {}
        }
    }
    out.flush()?;
    let found = envelope.take_findings();
    let outcome = findings::say(&source.name, envelope.reader().repairs().iter().chain(&found), context);
    Conservation { claims_in: claims + stray, claims_out: claims, claims_held: stray }.prove(
        &source.name,
        &envelope,
        context,
    )?;
    Ok(outcome)
}

impl Tally {
    fn add(&mut self, segment: &edi_core::lex::Segment<'_>) {
        let money = |n| Money::read(segment.element(n).bytes()).unwrap_or_default();
        match segment.id() {
            b"CLM" => {
                self.claims += 1;
                self.charge += money(2);
            }
            b"CLP" => {
                self.claims += 1;
                self.charge += money(3);
                self.paid += money(4);
            }
            b"BPR" if self.set_id == "835" => self.payment = Some(money(2)),
            _ => {}
        }
    }

    fn write(&self, out: &mut impl Write, segments: u64, sound: bool) -> std::io::Result<()> {
        let [set_id, control] = [&self.set_id, &self.control].map(|text| printable(text));
        write!(out, "      transaction {set_id} {control}: {segments} segments")?;
        if self.claims > 0 {
            write!(out, ", {} claims, charge {}", self.claims, self.charge)?;
        }
        if let Some(payment) = self.payment {
            write!(out, ", paid {}, payment {payment}", self.paid)?;
        }
        writeln!(out, "{}", if sound { "" } else { ", trailer missing or wrong" })
    }
}
