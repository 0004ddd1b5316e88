//! Acknowledgments: a TA1 for each interchange and a 999 (005010X231A1) for each functional group.
//!
//! [`code_of`] maps each kind of finding to its code, exhaustively. [`Acknowledger`] is told the events and the
//! findings of a stream and writes the acknowledgments as it goes, so that memory stays flat: it holds the
//! findings of one transaction set at most.
//!
//! A 999 answers no other 999, no group that has no GS, and none whose GS01, GS06 or GS08 it could not repeat;
//! the TA1 tells of those. Where an interchange is refused, only the TA1 is written.

mod codes;
mod group;
mod interchange;
#[cfg(test)]
mod tests;

pub use codes::{AckCode, code_of};

use crate::Text;
use crate::envelope::{End, Event, Group, Interchange, Transaction};
use crate::error::Result;
use crate::finding::{Finding, Severity};
use crate::lex::{Delimiters, Segment};
use crate::writer::InterchangeHeader;
use chrono::NaiveDateTime;
use group::{GroupAck, Noted, Unit};
use std::io::{self, Write};

/// How acknowledgments are written.
#[derive(Debug, Clone)]
pub struct Options {
    /// Date and time of the acknowledgments; given, never taken from a clock.
    pub at: NaiveDateTime,
    /// Control number of the first acknowledgment; each one after it has the next.
    pub control: u32,
    /// Delimiters.
    pub delimiters: Delimiters,
    /// A line feed behind each segment, for people's eyes.
    pub line_breaks: bool,
    /// Accept (with errors noted) transaction sets whose segments or elements have errors.
    pub accept_errors: bool,
    /// Write a TA1 only where ISA14 asks for it.
    pub ta1_only_if_asked: bool,
}

impl Options {
    /// The usual: errors are refused, each interchange gets a TA1, numbers start at 1.
    #[must_use]
    pub fn new(at: NaiveDateTime) -> Self {
        let delimiters = Delimiters::default();
        Self { at, control: 1, delimiters, line_breaks: false, accept_errors: false, ta1_only_if_asked: false }
    }
}

/// What became of a transaction set, group or interchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// `A`
    Accepted,
    /// `E`: accepted, errors noted.
    WithErrors,
    /// `P`: some of its transaction sets are refused.
    Partly,
    /// `R`
    Rejected,
}

impl Status {
    /// Its letter in IK501, AK901 and TA104.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted => "A",
            Self::WithErrors => "E",
            Self::Partly => "P",
            Self::Rejected => "R",
        }
    }
}

/// What a 999 says of its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Summary {
    status: Status,
    received: u64,
    accepted: u64,
}

/// Which acknowledgment is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AckKind {
    /// For an interchange.
    Ta1,
    /// For a functional group.
    #[serde(rename = "999")]
    Implementation,
}

/// An acknowledgment that was written.
#[derive(Debug)]
pub struct Written<W> {
    /// Which.
    pub kind: AckKind,
    /// What it says.
    pub status: Status,
    /// ISA13 of what it answers.
    pub interchange: Text,
    /// GS06 of what it answers; none for a TA1.
    pub group: Option<Text>,
    /// Transaction sets received and accepted; 0 for a TA1.
    pub transactions: (u64, u64),
    /// Where it was written to.
    pub out: W,
}

/// Writes acknowledgments while a stream is checked.
///
/// ```
/// use edi_core::ack::{Acknowledger, Options};
/// use edi_core::{envelope::EnvelopeReader, guide::{Checker, Guides}, reader::Reader};
/// # let file: &[u8] = b"ISA*00*          *00*          *ZZ*A              *ZZ*B              \
/// # *260105*1200*^*00501*000000001*0*P*:~GS*HP*AA*BB*20260105*1200*1*X*005010X221A1~ST*835*0001~\
/// # BPR*I*0*C*NON************20260105~SE*3*0001~GE*1*1~IEA*1*000000001~";
/// let at = chrono::NaiveDate::from_ymd_opt(2026, 1, 6).and_then(|d| d.and_hms_opt(9, 0, 0)).unwrap_or_default();
/// let mut ack = Acknowledger::new(Options::new(at), |_kind, _number| Ok(Vec::new()));
/// let mut checker = Checker::new(Guides::built_in());
/// let mut reader = EnvelopeReader::new(Reader::new(file)?);
/// while let Some(event) = reader.next()? {
///     checker.push(&event);
///     ack.event(&event)?;
///     ack.findings(&checker.take_findings());
///     ack.findings(&reader.take_findings());
/// }
/// let written = ack.finish()?;
/// assert_eq!(written.len(), 2);
/// assert_eq!(written[0].status.code(), "R");
/// # Ok::<(), edi_core::Error>(())
/// ```
pub struct Acknowledger<W: Write, F> {
    options: Options,
    open: F,
    control: u32,
    interchange: Option<(Interchange, interchange::Notes)>,
    group: Option<(Group, GroupAck<W>)>,
    transaction: Option<Transaction>,
    noted: Vec<Noted>,
    unit: Option<Unit>,
    /// The unit before, and whether the last segment began a new one: what is missing then, was missing there.
    unit_before: Option<Unit>,
    began: bool,
    /// What ended with the last event; it is written when its findings were told.
    ended: Option<Ended>,
    written: Vec<Written<W>>,
}

#[derive(Debug, Clone, Copy)]
enum Ended {
    Transaction,
    Group(End),
    Interchange,
}

impl<W: Write, F: FnMut(AckKind, u32) -> io::Result<W>> Acknowledger<W, F> {
    /// An acknowledger that writes to what `open` opens, for a kind and a control number.
    pub fn new(options: Options, open: F) -> Self {
        Self {
            control: options.control,
            options,
            open,
            interchange: None,
            group: None,
            transaction: None,
            noted: Vec::new(),
            unit: None,
            unit_before: None,
            began: false,
            ended: None,
            written: Vec::new(),
        }
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// Where an acknowledgment cannot be opened or written.
    pub fn event(&mut self, event: &Event<'_>) -> Result<()> {
        if self.ended.is_some() {
            self.settle()?;
        }
        self.began = false;
        match event {
            Event::InterchangeStart(interchange, _) => {
                self.interchange = Some(((*interchange).clone(), interchange::Notes::default()));
            }
            Event::GroupStart(group, _) => self.begin_group(group)?,
            Event::TransactionStart(transaction, _) => {
                self.transaction = Some((*transaction).clone());
                (self.unit, self.unit_before) = (None, None);
            }
            Event::Segment(segment) => self.see(segment),
            Event::Outside(_) => {}
            Event::TransactionEnd(..) => self.ended = Some(Ended::Transaction),
            Event::GroupEnd(end, _) => self.ended = Some(Ended::Group(*end)),
            Event::InterchangeEnd(..) => self.ended = Some(Ended::Interchange),
        }
        Ok(())
    }

    /// Takes the findings that came with the last event: the checker's and the envelope's.
    pub fn findings(&mut self, findings: &[Finding]) {
        for finding in findings.iter().filter(|f| f.severity > Severity::Info) {
            match code_of(finding.kind) {
                AckCode::None => {}
                AckCode::Interchange(code) => self.note_interchange(code, finding),
                AckCode::Group(code) => match &mut self.group {
                    Some((_, ack)) => ack.fault(code, finding.severity),
                    None => self.note_interchange("024", finding),
                },
                AckCode::Transaction(_) | AckCode::Segment(_) | AckCode::Element(_) if self.transaction.is_some() => {
                    let missing = self.began && code_of(finding.kind) == AckCode::Segment("3");
                    let unit = if missing { self.unit_before.clone() } else { self.unit.clone() };
                    self.noted.push(Noted { finding: finding.clone(), unit });
                }
                AckCode::Transaction(_) | AckCode::Segment(_) | AckCode::Element(_) => {}
            }
        }
    }

    /// The control number of the next acknowledgment: where another stream's go on, so that none repeats.
    #[must_use]
    pub fn next_control(&self) -> u32 {
        self.control
    }

    /// Writes what is still open, and gives the acknowledgments in the order in which they ended.
    ///
    /// # Errors
    /// Where an acknowledgment cannot be written.
    pub fn finish(&mut self) -> Result<Vec<Written<W>>> {
        self.settle()?;
        Ok(self.take_written())
    }

    /// The acknowledgments written since the last call; take them now and then, and close their files.
    pub fn take_written(&mut self) -> Vec<Written<W>> {
        std::mem::take(&mut self.written)
    }

    fn note_interchange(&mut self, code: &'static str, finding: &Finding) {
        if let Some((_, notes)) = &mut self.interchange {
            notes.add(code, finding);
        }
    }

    fn begin_group(&mut self, group: &Group) -> Result<()> {
        let Some((interchange, notes)) = &self.interchange else { return Ok(()) };
        if group::can_answer(group) && !notes.refused() && !interchange.implied {
            let control = self.control;
            self.control = next(control);
            let out = (self.open)(AckKind::Implementation, control)?;
            let ack = GroupAck::begin(out, interchange, group, &self.options, control)?;
            self.group = Some((group.clone(), ack));
        }
        Ok(())
    }

    /// Writes what ended with the last event.
    fn settle(&mut self) -> Result<()> {
        match self.ended.take() {
            None => {}
            Some(Ended::Transaction) => {
                let noted = std::mem::take(&mut self.noted);
                if let (Some(transaction), Some((_, ack))) = (self.transaction.take(), &mut self.group) {
                    ack.transaction(&transaction, noted)?;
                }
                self.transaction = None;
            }
            Some(Ended::Group(end)) => {
                if let Some((group, ack)) = self.group.take() {
                    let (out, summary) = ack.finish(&end)?;
                    let interchange = self.interchange.as_ref().map(|(i, _)| i.control.clone()).unwrap_or_default();
                    let transactions = (summary.received, summary.accepted);
                    let kind = AckKind::Implementation;
                    self.written.push(Written {
                        kind,
                        status: summary.status,
                        interchange,
                        group: Some(group.control),
                        transactions,
                        out,
                    });
                }
            }
            Some(Ended::Interchange) => self.end_interchange()?,
        }
        Ok(())
    }

    fn end_interchange(&mut self) -> Result<()> {
        let Some((interchange, notes)) = self.interchange.take() else { return Ok(()) };
        let wanted = interchange.ack_requested == "1" || !self.options.ta1_only_if_asked;
        if interchange.implied || !wanted {
            return Ok(());
        }
        let control = self.control;
        self.control = next(control);
        let out = (self.open)(AckKind::Ta1, control)?;
        let out = interchange::write(out, &interchange, &notes, &self.options, control)?;
        let (kind, status) = (AckKind::Ta1, notes.status());
        self.written.push(Written {
            kind,
            status,
            interchange: interchange.control,
            group: None,
            transactions: (0, 0),
            out,
        });
        Ok(())
    }

    /// Keeps the business unit that a 999 names in its CTX: the claim of an 837, the trace of a payment or status.
    fn see(&mut self, segment: &Segment<'_>) {
        let unit = match segment.id() {
            b"CLM" => Some(("CLM01", segment.element(1))),
            b"TRN" => Some(("TRN02", segment.element(2))),
            b"HL" => None,
            _ => return,
        };
        let unit = unit.map(|(name, value)| Unit { name, value: value.to_text() });
        self.unit_before = std::mem::replace(&mut self.unit, unit.filter(|unit| !unit.value.trim().is_empty()));
        self.began = true;
    }
}

/// The next control number; after nine nines comes one.
fn next(control: u32) -> u32 {
    if control >= 999_999_999 { 1 } else { control + 1 }
}

/// The envelope of the answer: sender and receiver change places.
fn mirrored(interchange: &Interchange, options: &Options, control: u32) -> InterchangeHeader {
    let clean = |value: &str| group::clean(value, 15, options.delimiters);
    let qualifier = |value: &str| if value.len() == 2 { clean(value) } else { Text::new("ZZ") };
    InterchangeHeader {
        sender_qualifier: qualifier(&interchange.receiver_qualifier),
        sender: clean(&interchange.receiver),
        receiver_qualifier: qualifier(&interchange.sender_qualifier),
        receiver: clean(&interchange.sender),
        at: options.at,
        control,
        ack_requested: false,
        usage: if interchange.usage == "T" { Text::new("T") } else { Text::new("P") },
    }
}
