//! The 999 for one functional group, written as its transaction sets end.

use super::codes::{AckCode, code_of};
use super::{Options, Status, Summary, mirrored};
use crate::Text;
use crate::envelope::{End, Group, Interchange, Transaction};
use crate::error::Result;
use crate::finding::{Finding, Severity};
use crate::guide::Dictionary;
use crate::lex::{Delimiters, text};
use crate::locus::Locus;
use crate::writer::{GroupHeader, SegmentWriter};
use compact_str::{ToCompactString, format_compact};
use std::io::Write;

/// The guide that the 999 follows.
const GUIDE: &str = "005010X231A1";
/// GS01 and ST01 that a 999 can answer: AK101 and AK201 of that guide. It never answers another acknowledgment.
const GROUPS: [&str; 9] = ["BE", "HB", "HC", "HI", "HN", "HP", "HR", "HS", "RA"];
const SETS: [&str; 9] = ["270", "271", "276", "277", "278", "820", "834", "835", "837"];
/// How many error codes fit into IK5 and AK9.
const CODES: usize = 5;

/// Whether a 999 can answer this group: one that names its kind, number and version as the 999 must repeat them.
pub(super) fn can_answer(group: &Group) -> bool {
    let number = (1..=9).contains(&group.control.len()) && group.control.bytes().all(|b| b.is_ascii_digit());
    !group.implied
        && GROUPS.contains(&group.functional_id.as_str())
        && number
        && (1..=12).contains(&group.version.len())
}

/// A finding, and the business unit (a claim, a payment) that it is about.
#[derive(Debug)]
pub(super) struct Noted {
    pub finding: Finding,
    pub unit: Option<Unit>,
}

/// A business unit as CTX01 names it: `CLM01` and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub name: &'static str,
    pub value: Text,
}

/// A 999 that is being written.
pub(super) struct GroupAck<W: Write> {
    writer: SegmentWriter<W>,
    accept_errors: bool,
    codes: Vec<&'static str>,
    faulty: bool,
    erroneous: bool,
    received: u64,
    accepted: u64,
}

impl<W: Write> GroupAck<W> {
    /// Writes everything up to AK1.
    pub(super) fn begin(
        out: W,
        interchange: &Interchange,
        group: &Group,
        options: &Options,
        control: u32,
    ) -> Result<Self> {
        let mut writer = SegmentWriter::new(out, options.delimiters).with_line_breaks(options.line_breaks);
        writer.begin_interchange(&mirrored(interchange, options, control))?;
        writer.begin_group(&GroupHeader {
            functional_id: Text::new("FA"),
            sender: code(&group.receiver, options.delimiters),
            receiver: code(&group.sender, options.delimiters),
            at: options.at,
            control,
            version: Text::new(GUIDE),
        })?;
        writer.begin_transaction("999", GUIDE)?;
        let version = clean(&group.version, 12, options.delimiters);
        writer.segment("AK1").text(&group.functional_id).text(&group.control).text(&version).finish()?;
        let accept_errors = options.accept_errors;
        Ok(Self { writer, accept_errors, codes: Vec::new(), faulty: false, erroneous: false, received: 0, accepted: 0 })
    }

    /// Notes a fault of the group.
    pub(super) fn fault(&mut self, code: &'static str, severity: Severity) {
        self.faulty |= severity == Severity::Error;
        if !self.codes.contains(&code) {
            self.codes.push(code);
        }
    }

    /// Writes AK2 to IK5 for a transaction set that ended.
    pub(super) fn transaction(&mut self, st: &Transaction, mut noted: Vec<Noted>) -> Result<Status> {
        self.received += 1;
        noted.retain(|n| n.finding.severity > Severity::Info && code_of(n.finding.kind) != AckCode::None);
        noted.sort_by_key(|n| n.finding.locus.transaction_segment);
        let status = self.status(&noted);
        self.accepted += u64::from(status != Status::Rejected);
        self.erroneous |= status == Status::WithErrors;
        if SETS.contains(&st.set_id.as_str()) {
            let delimiters = self.writer.delimiters();
            let convention = clean(&st.convention, 35, delimiters);
            self.writer.segment("AK2").text(&st.set_id).text(&number_of(st)).text(&convention).finish()?;
            self.segments(&noted)?;
            self.trailer(status, &noted)?;
        }
        Ok(status)
    }

    fn status(&self, noted: &[Noted]) -> Status {
        let refuses = |n: &&Noted| match code_of(n.finding.kind) {
            AckCode::Segment(_) | AckCode::Element(_) => !self.accept_errors,
            _ => true,
        };
        match noted.iter().filter(|n| n.finding.severity == Severity::Error).any(|n| refuses(&n)) {
            true => Status::Rejected,
            false if noted.is_empty() => Status::Accepted,
            false => Status::WithErrors,
        }
    }

    /// IK3 for each segment fault, and one for each segment with element faults.
    fn segments(&mut self, noted: &[Noted]) -> Result<()> {
        let mut open: Option<(u64, &Option<Text>)> = None;
        for n in noted {
            let here = (n.finding.locus.transaction_segment, &n.finding.segment);
            match code_of(n.finding.kind) {
                AckCode::Segment(code) => {
                    self.segment(n, code)?;
                    open = None;
                }
                AckCode::Element(code) => {
                    if open != Some(here) {
                        self.segment(n, "8")?;
                        open = Some(here);
                    }
                    self.element(n, code)?;
                }
                AckCode::Interchange(_) | AckCode::Group(_) | AckCode::Transaction(_) | AckCode::None => {}
            }
        }
        Ok(())
    }

    fn segment(&mut self, n: &Noted, code: &str) -> Result<()> {
        let delimiters = self.writer.delimiters();
        let id = n.finding.segment.as_deref().unwrap_or_default();
        let id = segment_id(id, delimiters);
        let loop_id = loop_id(n.finding.loop_id.as_deref(), delimiters);
        self.writer.segment("IK3").text(&id).text(&position(n.finding.locus)).text(&loop_id).text(code).finish()?;
        // One CTX: pyx12 takes the business unit behind a trigger for one too many.
        match &n.unit {
            _ if n.finding.trigger.is_some() && n.finding.element.is_none() => self.trigger(n),
            Some(unit) => {
                let value = clean(&unit.value, 35, delimiters);
                self.writer.segment("CTX").composite([unit.name, value.as_str()]).finish()
            }
            None => Ok(()),
        }
    }

    fn element(&mut self, n: &Noted, code: &str) -> Result<()> {
        let locus = n.finding.locus;
        let id = n.finding.segment.as_deref().unwrap_or_default();
        let number =
            Dictionary::x12().element_number(id, locus.element.unwrap_or(0).into(), locus.component.map(usize::from));
        let copy = n.finding.value.as_deref().filter(|value| !value.is_empty());
        let copy = copy.map(|value| clean(value, 99, self.writer.delimiters())).unwrap_or_default();
        let segment = self.writer.segment("IK4").composite(place(locus).iter().map(Text::as_str));
        segment.text(number.unwrap_or_default()).text(code).text(&copy).finish()?;
        self.trigger(n)
    }

    /// CTX that names what made the check ask.
    fn trigger(&mut self, n: &Noted) -> Result<()> {
        let Some(trigger) = &n.finding.trigger else { return Ok(()) };
        let delimiters = self.writer.delimiters();
        let element = trigger.locus.element.unwrap_or(0);
        let number = Dictionary::x12().element_number(
            &trigger.segment,
            element.into(),
            trigger.locus.component.map(usize::from),
        );
        let place = if element == 0 { Vec::new() } else { place(trigger.locus) };
        let segment = self.writer.segment("CTX").composite(["SITUATIONAL TRIGGER"]);
        let segment = segment.text(&segment_id(&trigger.segment, delimiters)).text(&position(trigger.locus));
        let segment = segment.text(&loop_id(trigger.loop_id.as_deref(), delimiters));
        segment.composite(place.iter().map(Text::as_str)).text(number.unwrap_or_default()).finish()
    }

    fn trailer(&mut self, status: Status, noted: &[Noted]) -> Result<()> {
        let mut codes: Vec<&str> = Vec::new();
        for n in noted {
            let code = match code_of(n.finding.kind) {
                AckCode::Transaction(code) => code,
                AckCode::Segment(_) | AckCode::Element(_) if n.finding.snip > 1 => "I5",
                AckCode::Segment(_) | AckCode::Element(_) => "5",
                AckCode::Interchange(_) | AckCode::Group(_) | AckCode::None => continue,
            };
            if !codes.contains(&code) && codes.len() < CODES {
                codes.push(code);
            }
        }
        let segment = self.writer.segment("IK5").text(status.code());
        codes.iter().fold(segment, |segment, code| segment.text(code)).finish()
    }

    /// Writes AK9 and the trailers.
    pub(super) fn finish(mut self, end: &End) -> Result<(W, Summary)> {
        let status = match (self.accepted, self.received) {
            (0, received) if received > 0 || self.faulty => Status::Rejected,
            (accepted, received) if accepted < received => Status::Partly,
            _ if self.erroneous || !self.codes.is_empty() => Status::WithErrors,
            _ => Status::Accepted,
        };
        let count = |n: u64| n.min(999_999).to_compact_string();
        let declared = end.declared.unwrap_or(self.received);
        let segment = self.writer.segment("AK9").text(status.code()).text(&count(declared)).text(&count(self.received));
        let segment = segment.text(&count(self.accepted));
        self.codes.iter().take(CODES).fold(segment, |segment, code| segment.text(code)).finish()?;
        self.writer.end_transaction()?;
        self.writer.end_group()?;
        self.writer.end_interchange()?;
        let summary = Summary { status, received: self.received, accepted: self.accepted };
        Ok((self.writer.into_inner()?, summary))
    }
}

/// IK302 and CTX03 hold six digits; what stands behind that is named by the last number that fits.
fn position(locus: Locus) -> Text {
    locus.transaction_segment.clamp(1, 999_999).to_compact_string()
}

/// IK401: element, component, repetition; without empty ones at the end.
fn place(locus: Locus) -> Vec<Text> {
    let word = |n: Option<u16>| n.map(|n| n.min(99).to_compact_string()).unwrap_or_default();
    let repetition = locus.repetition.map(|n| n.min(9999).to_compact_string()).unwrap_or_default();
    vec![word(locus.element.or(Some(1))), word(locus.component), repetition]
}

/// IK301: two or three characters.
fn segment_id(id: &str, delimiters: Delimiters) -> Text {
    let id = clean(id, 3, delimiters);
    if id.len() < 2 { format_compact!("{id:?<2}") } else { id }
}

/// IK303 holds four characters, fewer than some ids have: `2010AA` is written as `2010`.
fn loop_id(id: Option<&str>, delimiters: Delimiters) -> Text {
    clean(id.unwrap_or_default(), 4, delimiters)
}

/// ST02 as AK202 can hold it: four to nine characters.
fn number_of(st: &Transaction) -> Text {
    let number = clean(&st.control, 9, Delimiters::default());
    format_compact!("{number:0>4}")
}

/// GS02 and GS03: two characters at least.
fn code(value: &str, delimiters: Delimiters) -> Text {
    let value = clean(value, 15, delimiters);
    format_compact!("{value:X<2}")
}

/// A value that can be written: `?` for delimiters and for what is not printable ASCII, cut to so many
/// characters, without blanks around it.
pub(super) fn clean(value: &str, limit: usize, delimiters: Delimiters) -> Text {
    let keep = |c: char| match u8::try_from(c) {
        Ok(byte) if (b' '..=b'~').contains(&byte) && !delimiters.contains(byte) => c,
        _ => '?',
    };
    let whole = value.trim().chars().take(limit).map(keep).collect::<Text>();
    Text::new(text(whole.trim_end().as_bytes()))
}
