//! Interchange (ISA), functional group (GS) and transaction set (ST): nesting, counts, control numbers.
//!
//! [`EnvelopeReader`] turns segments into events. What is missing in the nesting is supplied and noted as a
//! repair; counts and control numbers that do not agree are findings. Reading always goes on.

mod header;
mod trailer;

pub use header::{End, Group, Interchange, Transaction};

use crate::Text;
use crate::error::Result;
use crate::finding::{Finding, Findings, GroupFault, InterchangeFault, Kind, RepairKind, Severity, TransactionFault};
use crate::lex::{ISA_WIDTHS, Segment};
use crate::locus::Locus;
use crate::reader::Reader;
use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::BufRead;
use trailer::trailer_rules;

/// What the stream holds, in order.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// An interchange begins; the segment is its ISA, unless it is implied.
    InterchangeStart(&'a Interchange, Option<Segment<'a>>),
    /// A group begins; the segment is its GS, unless it is implied.
    GroupStart(&'a Group, Option<Segment<'a>>),
    /// A transaction set begins with this ST.
    TransactionStart(&'a Transaction, Segment<'a>),
    /// A segment between ST and SE.
    Segment(Segment<'a>),
    /// A segment outside any transaction set: TA1, or a stray one.
    Outside(Segment<'a>),
    /// The transaction set ends; with its SE where there is one.
    TransactionEnd(End, Option<Segment<'a>>),
    /// The group ends; with its GE where there is one.
    GroupEnd(End, Option<Segment<'a>>),
    /// The interchange ends; with its IEA where there is one.
    InterchangeEnd(End, Option<Segment<'a>>),
}

/// Which event is next; the event itself borrows from the reader.
#[derive(Debug, Clone, Copy)]
enum Step {
    Interchange,
    Group,
    Transaction,
    Inside,
    Outside,
    EndTransaction(End),
    EndGroup(End),
    EndInterchange(End),
}

/// How many control numbers of a file, an interchange or a group are remembered, at some 16 bytes each, to find
/// duplicates. Past it the others are not looked for, and a finding says so.
const REMEMBERED: usize = if cfg!(test) { 64 } else { 1 << 20 };

/// Set of hashes, with a hasher that is the same in every run.
type Seen = HashSet<u64, BuildHasherDefault<DefaultHasher>>;

/// Envelope events over a [`Reader`].
pub struct EnvelopeReader<R: BufRead> {
    reader: Reader<R>,
    findings: Findings,
    /// The current segment waits to be used by a later step.
    pending: bool,
    ended: bool,
    interchange: Option<Interchange>,
    group: Option<Group>,
    transaction: Option<Transaction>,
    counts: Counts,
    seen_interchanges: Seen,
    seen_groups: Seen,
    seen_transactions: Seen,
    /// It was said that no more control numbers are remembered.
    told_limit: bool,
}

/// Totals of what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Counts {
    /// Interchanges begun.
    pub interchanges: u64,
    /// Functional groups begun.
    pub groups: u64,
    /// Transaction sets begun.
    pub transactions: u64,
    #[serde(skip)]
    groups_here: u64,
    #[serde(skip)]
    transactions_here: u64,
    #[serde(skip)]
    segments_here: u64,
}

impl<R: BufRead> EnvelopeReader<R> {
    /// Events over this reader.
    #[must_use]
    pub fn new(reader: Reader<R>) -> Self {
        let findings = Findings::with_limit(10_000);
        Self {
            reader,
            findings,
            pending: false,
            ended: false,
            interchange: None,
            group: None,
            transaction: None,
            counts: Counts::default(),
            seen_interchanges: Seen::default(),
            seen_groups: Seen::default(),
            seen_transactions: Seen::default(),
            told_limit: false,
        }
    }

    /// The next event, or none at the end of the stream.
    ///
    /// # Errors
    /// As [`Reader::next`].
    #[allow(clippy::should_implement_trait)] // a lending iterator: the event borrows the buffer
    #[inline]
    pub fn next(&mut self) -> Result<Option<Event<'_>>> {
        let Some(step) = self.step()? else { return Ok(None) };
        Ok(self.event(step))
    }

    /// The next segment, where it is one between ST and SE, as nearly all are; else none, and [`next`](Self::next)
    /// gives what comes. For those who read much and want no other event in between.
    ///
    /// # Errors
    /// As [`Reader::next`].
    #[inline(always)] // as the segment's making
    pub fn next_inside(&mut self) -> Result<Option<Segment<'_>>> {
        if self.step_inside()? { Ok(self.current()) } else { Ok(None) }
    }

    /// The findings since the last call, in order. Where there were more than are kept, the last one says so.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        let dropped = self.findings.take_dropped();
        let mut found: Vec<Finding> = self.findings.drain().collect();
        if let (1.., Some(last)) = (dropped, found.last()) {
            let message = format!("{dropped} more findings about envelopes are not shown");
            let finding = Finding::new("FINDINGS-LIMIT", Kind::Rule, message, last.locus);
            found.push(finding.with_severity(Severity::Warning).with_snip(2));
        }
        found
    }

    /// Whether there are findings to take.
    #[must_use]
    pub fn has_findings(&self) -> bool {
        !self.findings.is_empty()
    }

    /// The reader below: repairs, accounting, tail.
    #[must_use]
    pub fn reader(&self) -> &Reader<R> {
        &self.reader
    }

    /// The interchange that is open.
    #[must_use]
    pub fn interchange(&self) -> Option<&Interchange> {
        self.interchange.as_ref()
    }

    /// The group that is open.
    #[must_use]
    pub fn group(&self) -> Option<&Group> {
        self.group.as_ref()
    }

    /// The transaction set that is open.
    #[must_use]
    pub fn transaction(&self) -> Option<&Transaction> {
        self.transaction.as_ref()
    }

    /// Totals so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The segment that the reader stands at, with its ordinal in the transaction set.
    #[inline(always)] // as the reader's
    fn current(&self) -> Option<Segment<'_>> {
        let mut segment = self.reader.current()?;
        segment.locus.transaction_segment = self.counts.segments_here;
        Some(segment)
    }

    fn event(&self, step: Step) -> Option<Event<'_>> {
        let current = || self.current();
        let trailer = |end: End| if end.trailer { current() } else { None };
        Some(match step {
            Step::Interchange => {
                let interchange = self.interchange.as_ref()?;
                Event::InterchangeStart(interchange, if interchange.implied { None } else { current() })
            }
            Step::Group => {
                let group = self.group.as_ref()?;
                Event::GroupStart(group, if group.implied { None } else { current() })
            }
            Step::Transaction => Event::TransactionStart(self.transaction.as_ref()?, current()?),
            Step::Inside => Event::Segment(current()?),
            Step::Outside => Event::Outside(self.reader.current()?),
            Step::EndTransaction(end) => Event::TransactionEnd(end, trailer(end)),
            Step::EndGroup(end) => Event::GroupEnd(end, trailer(end)),
            Step::EndInterchange(end) => Event::InterchangeEnd(end, trailer(end)),
        })
    }

    #[inline]
    fn step(&mut self) -> Result<Option<Step>> {
        if self.step_inside()? { Ok(Some(Step::Inside)) } else { self.step_envelope() }
    }

    /// Reads on, unless a segment still waits; whether it is simply one between ST and SE.
    #[inline]
    fn step_inside(&mut self) -> Result<bool> {
        let reads_on = !self.pending && !self.ended;
        if reads_on && self.transaction.is_some() && self.reader.advance_plainly() {
            self.counts.segments_here += 1;
            return Ok(true);
        }
        self.step_carefully(reads_on)
    }

    /// [`step_inside`](Self::step_inside), whatever comes.
    #[inline(never)]
    fn step_carefully(&mut self, reads_on: bool) -> Result<bool> {
        if reads_on {
            self.ended = !self.reader.advance()?;
            if !self.ended && self.reader.is_cut() {
                self.ended = !self.reader.advance()?; // the cut segment is set aside; the reader noted it
            }
        }
        let envelope = || matches!(self.reader.id(), b"ISA" | b"GS" | b"ST" | b"SE" | b"GE" | b"IEA");
        let inside = !self.ended && self.transaction.is_some() && !envelope();
        self.pending = !inside;
        self.counts.segments_here += u64::from(inside);
        Ok(inside)
    }

    /// The step of a segment that is not simply one between ST and SE.
    fn step_envelope(&mut self) -> Result<Option<Step>> {
        if self.ended {
            return self.close(Level::File);
        }
        match self.reader.id() {
            b"ISA" if self.is_header() => match self.close(Level::File)? {
                Some(step) => Ok(Some(step)),
                None => Ok(Some(self.open_interchange(false))),
            },
            b"GS" => match self.close(Level::Interchange)? {
                Some(step) => Ok(Some(step)),
                None if self.interchange.is_none() => Ok(Some(self.open_interchange(true))),
                None => Ok(Some(self.open_group(false))),
            },
            b"ST" => self.step_st(),
            b"SE" if self.transaction.is_some() => Ok(Some(self.end_transaction())),
            b"GE" => self.step_ge(),
            b"IEA" => self.step_iea(),
            _ if self.transaction.is_some() => {
                self.pending = false;
                self.counts.segments_here += 1;
                Ok(Some(Step::Inside))
            }
            _ => Ok(Some(self.outside())),
        }
    }

    /// Whether the current ISA can be a header: a few elements behind these letters are data gone astray.
    fn is_header(&self) -> bool {
        self.reader.current().is_some_and(|isa| isa.len() >= ISA_WIDTHS.len() - 1)
    }

    fn step_st(&mut self) -> Result<Option<Step>> {
        if let Some(step) = self.close(Level::Group)? {
            return Ok(Some(step));
        }
        if self.interchange.is_none() {
            return Ok(Some(self.open_interchange(true)));
        }
        if self.group.is_none() {
            self.reader.note_repair(RepairKind::NoGroupHeader)?;
            return Ok(Some(self.open_group(true)));
        }
        Ok(Some(self.open_transaction()))
    }

    fn step_ge(&mut self) -> Result<Option<Step>> {
        if let Some(step) = self.close(Level::Group)? {
            return Ok(Some(step));
        }
        match &self.group {
            Some(group) if !group.implied => {
                let end = self.end("GE", self.counts.transactions_here);
                self.group = None;
                self.pending = false;
                Ok(Some(Step::EndGroup(end)))
            }
            _ => Ok(Some(self.outside())),
        }
    }

    fn step_iea(&mut self) -> Result<Option<Step>> {
        if let Some(step) = self.close(Level::Interchange)? {
            return Ok(Some(step));
        }
        match &self.interchange {
            Some(interchange) if !interchange.implied => {
                let end = self.end("IEA", self.counts.groups_here);
                self.interchange = None;
                self.pending = false;
                Ok(Some(Step::EndInterchange(end)))
            }
            _ => Ok(Some(self.outside())),
        }
    }

    /// Closes, one step a call, what is open inside `level`; none when nothing is.
    fn close(&mut self, level: Level) -> Result<Option<Step>> {
        let end = |count| End { count, declared: None, trailer: false, control_matches: false };
        if self.transaction.take().is_some() {
            self.reader.note_repair(RepairKind::MissingSe)?;
            let kind = Kind::Transaction(TransactionFault::MissingTrailer);
            self.note("SE-MISSING", kind, "SE", "the transaction set has no SE: it may be cut; ask for the file again");
            return Ok(Some(Step::EndTransaction(end(self.counts.segments_here))));
        }
        self.counts.segments_here = 0;
        if level == Level::Group {
            return Ok(None);
        }
        if let Some(group) = self.group.take() {
            if !group.implied {
                self.reader.note_repair(RepairKind::MissingGe)?;
                let kind = Kind::Group(GroupFault::MissingTrailer);
                self.note(
                    "GE-MISSING",
                    kind,
                    "GE",
                    "the functional group has no GE: it may be cut; ask for the file again",
                );
            }
            return Ok(Some(Step::EndGroup(end(self.counts.transactions_here))));
        }
        if level == Level::Interchange {
            return Ok(None);
        }
        if let Some(interchange) = self.interchange.take() {
            if !interchange.implied {
                self.reader.note_repair(RepairKind::MissingIea)?;
                let kind = Kind::Interchange(InterchangeFault::MissingTrailer);
                self.note(
                    "IEA-MISSING",
                    kind,
                    "IEA",
                    "the interchange has no IEA: it may be cut; ask for the file again",
                );
            }
            return Ok(Some(Step::EndInterchange(end(self.counts.groups_here))));
        }
        Ok(None)
    }

    fn open_interchange(&mut self, implied: bool) -> Step {
        self.counts.interchanges += 1;
        self.counts.groups_here = 0;
        self.seen_groups.clear();
        self.pending = implied;
        let ordinal = self.counts.interchanges;
        let interchange = self.reader.current().map(|segment| Interchange::of(&segment, ordinal, implied));
        if let Some(interchange) = interchange {
            if !implied {
                self.check_interchange(&interchange);
            }
            self.interchange = Some(interchange);
        }
        Step::Interchange
    }

    fn check_interchange(&mut self, isa: &Interchange) {
        if isa.control.len() != 9 || !isa.control.bytes().all(|b| b.is_ascii_digit()) {
            let kind = Kind::Interchange(InterchangeFault::BadControlNumber);
            let finding =
                Finding::new("ISA-CONTROL", kind, "the interchange control number is not nine digits", isa.locus);
            self.findings.push(finding.on_element("ISA", 13).found(isa.control.clone(), "nine digits"));
        }
        let key = [&isa.sender_qualifier, &isa.sender, &isa.receiver, &isa.control];
        if remember(&mut self.seen_interchanges, &key) {
            let kind = Kind::Interchange(InterchangeFault::DuplicateControlNumber);
            let message = "an earlier interchange in this file has the same control number, sender and receiver";
            let finding = Finding::new("ISA-DUPLICATE", kind, message, isa.locus);
            self.findings.push(finding.on_element("ISA", 13).found(isa.control.clone(), "a number not used before"));
        }
    }

    fn open_group(&mut self, implied: bool) -> Step {
        self.counts.groups += 1;
        self.counts.groups_here += 1;
        self.counts.transactions_here = 0;
        self.seen_transactions.clear();
        self.pending = implied;
        let ordinal = self.counts.groups_here;
        let Some(group) = self.reader.current().map(|segment| Group::of(&segment, ordinal, implied)) else {
            return Step::Group;
        };
        if !implied && remember(&mut self.seen_groups, &[&group.functional_id, &group.control]) {
            let kind = Kind::Group(GroupFault::DuplicateControlNumber);
            let message = "an earlier group in this interchange has the same control number";
            let finding = Finding::new("GS-DUPLICATE", kind, message, group.locus);
            self.findings.push(finding.on_element("GS", 6).found(group.control.clone(), "a number not used before"));
        }
        self.group = Some(group);
        Step::Group
    }

    fn open_transaction(&mut self) -> Step {
        self.counts.transactions += 1;
        self.counts.transactions_here += 1;
        self.counts.segments_here = 1;
        self.pending = false;
        let ordinal = self.counts.transactions;
        let Some(st) = self.reader.current().map(|segment| Transaction::of(&segment, ordinal)) else {
            return Step::Transaction;
        };
        if remember(&mut self.seen_transactions, &[&st.control]) {
            let kind = Kind::Transaction(TransactionFault::DuplicateControlNumber);
            let message = "an earlier transaction set in this group has the same control number";
            let finding = Finding::new("ST-DUPLICATE", kind, message, st.locus);
            self.findings.push(finding.on_element("ST", 2).found(st.control.clone(), "a number not used before"));
        }
        self.tell_limit(st.locus);
        self.transaction = Some(st);
        Step::Transaction
    }

    /// Says, once, that no more control numbers are remembered.
    fn tell_limit(&mut self, locus: Locus) {
        let full = [&self.seen_interchanges, &self.seen_groups, &self.seen_transactions];
        if !self.told_limit && full.iter().any(|seen| seen.len() >= REMEMBERED) {
            self.told_limit = true;
            let message = "there are more control numbers than are remembered; more duplicates are not looked for";
            let finding = Finding::new("CONTROL-LIMIT", Kind::Rule, message, locus);
            self.findings.push(finding.with_severity(Severity::Info));
        }
    }

    fn end_transaction(&mut self) -> Step {
        self.counts.segments_here += 1;
        let end = self.end("SE", self.counts.segments_here);
        self.transaction = None;
        self.pending = false;
        Step::EndTransaction(end)
    }

    /// Compares a trailer with its header and with what was counted.
    fn end(&mut self, id: &'static str, count: u64) -> End {
        let Some(segment) = self.reader.current() else {
            return End { count, declared: None, trailer: false, control_matches: false };
        };
        let (declared, control) = (segment.element(1).to_text(), segment.element(2).to_text());
        let locus = Locus { transaction_segment: if id == "SE" { count } else { 0 }, ..segment.locus() };
        let trailer = trailer_rules(id);
        let header = match id {
            "SE" => self.transaction.as_ref().map(|t| t.control.clone()),
            "GE" => self.group.as_ref().map(|g| g.control.clone()),
            _ => self.interchange.as_ref().map(|i| i.control.clone()),
        };
        let header = header.unwrap_or_default();
        let control_matches = same_number(&control, &header);
        let declared_count = declared.trim().parse::<u64>().ok();
        if declared_count != Some(count) {
            let finding = Finding::new(trailer.count_rule, trailer.count_kind, trailer.count_message, locus);
            self.findings.push(finding.on_element(id, 1).found(declared, count.to_string()));
        }
        if !control_matches {
            let finding = Finding::new(trailer.control_rule, trailer.control_kind, trailer.control_message, locus);
            self.findings.push(finding.on_element(id, 2).found(control, header.to_string()));
        }
        End { count, declared: declared_count, trailer: true, control_matches }
    }

    fn outside(&mut self) -> Step {
        self.pending = false;
        let Some(segment) = self.reader.current() else { return Step::Outside };
        let (id, locus) = (segment.id_text(), segment.locus());
        let ta1 = id == "TA1" && self.interchange.is_some() && self.group.is_none();
        if !ta1 {
            let kind = match self.group {
                Some(_) => Kind::Group(GroupFault::Structure),
                None => Kind::Interchange(InterchangeFault::Structure),
            };
            let message = "the segment stands outside any transaction set; it was kept apart";
            let id = id.chars().take(3).collect::<String>();
            self.findings.push(Finding::new("STRAY-SEGMENT", kind, message, locus).on_segment(id));
        }
        Step::Outside
    }

    fn note(&mut self, rule: &'static str, kind: Kind, segment: &'static str, message: &'static str) {
        let locus = Locus { transaction_segment: self.counts.segments_here, ..self.reader.locus() };
        self.findings.push(Finding::new(rule, kind, message, locus).on_segment(segment));
    }
}

/// How far [`EnvelopeReader::close`] goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Group,
    Interchange,
    File,
}

/// Control numbers are the same when they are the same number, or the same text.
fn same_number(a: &str, b: &str) -> bool {
    match (a.trim().parse::<u64>(), b.trim().parse::<u64>()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a.trim() == b.trim(),
    }
}

/// Remembers a key and says whether it was seen before. Past [`REMEMBERED`] keys no more are kept.
fn remember(seen: &mut Seen, key: &[&Text]) -> bool {
    let hash = seen.hasher().hash_one(key);
    if seen.len() < REMEMBERED { !seen.insert(hash) } else { seen.contains(&hash) }
}

#[cfg(test)]
mod tests;
