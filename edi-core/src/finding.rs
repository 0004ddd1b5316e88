//! A finding: one thing that a check saw, where, and what to do about it. Never an error.

use crate::{Locus, Text};
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; the file is clean all the same.
    Info,
    /// Should be mended; nobody need refuse the file.
    Warning,
    /// A receiver may refuse the transaction.
    Error,
}

/// What kind of fault a finding is, in acknowledgment vocabulary. Each kind maps to exactly one code of
/// a TA1 or 999 (see the `ack` room), so the enums are closed and are matched without a wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The stream was mended while it was read.
    Repair(RepairKind),
    /// A fault of the interchange envelope (TA105).
    Interchange(InterchangeFault),
    /// A fault of the functional group (AK905).
    Group(GroupFault),
    /// A fault of the transaction set (IK502).
    Transaction(TransactionFault),
    /// A fault of a segment (IK304).
    Segment(SegmentFault),
    /// A fault of an element or component (IK403).
    Element(ElementFault),
    /// A rule of meaning that no acknowledgment code names (balances, dates in order, ...).
    Rule,
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{self:?}"))
    }
}

/// A repair of a dirty stream, one kind for each dirty form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RepairKind {
    /// A UTF-8 byte order mark was skipped.
    ByteOrderMark,
    /// UTF-16 was read as UTF-8.
    Utf16,
    /// Bytes outside ASCII were kept as they are.
    NonAscii,
    /// Bytes before an ISA were skipped.
    LeadingJunk,
    /// Bytes after the last segment were skipped.
    TrailingJunk,
    /// Spaces or tabs before a segment were skipped.
    Indent,
    /// Spaces after a terminator were skipped.
    SpaceAfterTerminator,
    /// Blank lines between segments were skipped.
    BlankLine,
    /// Line breaks inside segments were taken out.
    Wrap,
    /// An ISA was not 106 bytes long.
    IsaPadding,
    /// A terminator without a segment was skipped.
    EmptySegment,
    /// A segment ended without its terminator.
    MissingTerminator,
    /// A lower-case segment id was read as upper case.
    LowerCaseId,
    /// The file starts without ISA (at GS or ST): delimiters were found from the data.
    NoInterchangeHeader,
    /// A transaction set stands outside a functional group.
    NoGroupHeader,
    /// A new interchange began before the IEA, or the file ended before it.
    MissingIea,
    /// A new group began before the GE, or the interchange ended before it.
    MissingGe,
    /// A new transaction set began before the SE, or the group ended before it.
    MissingSe,
    /// The stream ended inside a segment, which was set aside.
    Truncated,
    /// The stream broke off before its own end: a compressed file that is cut.
    BrokenOff,
}

/// Faults of an interchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InterchangeFault {
    /// IEA02 is not ISA13.
    ControlNumberMismatch,
    /// IEA01 is not the number of groups.
    GroupCount,
    /// An IEA without ISA, or something else between interchanges.
    Structure,
    /// ISA13 was seen before from this sender.
    DuplicateControlNumber,
    /// The IEA is missing.
    MissingTrailer,
    /// ISA13 is not a number of nine digits.
    BadControlNumber,
    /// An element of the ISA, by its ordinal, holds what the standard does not allow.
    BadElement(u8),
}

/// Faults of a functional group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupFault {
    /// GS01 is not one that we know.
    NotSupported,
    /// GS08 names a version that there is no guide for.
    UnsupportedVersion,
    /// The GE is missing.
    MissingTrailer,
    /// GE02 is not GS06.
    ControlNumberMismatch,
    /// GE01 is not the number of transaction sets.
    TransactionCount,
    /// GS06 breaks its syntax.
    BadControlNumber,
    /// GS06 was seen before in this interchange.
    DuplicateControlNumber,
    /// Another element of the GS holds what the standard does not allow.
    BadElement,
    /// A segment stands in the group but in no transaction set.
    Structure,
}

/// Faults of a transaction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransactionFault {
    /// The transaction set is not one that we have a guide for.
    NotSupported,
    /// The SE is missing.
    MissingTrailer,
    /// SE02 is not ST02.
    ControlNumberMismatch,
    /// SE01 is not the number of segments.
    SegmentCount,
    /// ST01 is missing or not known.
    BadIdentifier,
    /// ST02 is missing or breaks its syntax.
    BadControlNumber,
    /// ST02 was seen before in this group.
    DuplicateControlNumber,
    /// ST01 does not fit GS01.
    NotInGroup,
    /// ST03 is not the guide that GS08 names.
    ConventionMismatch,
}

/// Faults of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SegmentFault {
    /// The segment id is not one of the standard.
    UnrecognizedId,
    /// The segment is known, but not here.
    Unexpected,
    /// A required segment or loop is missing.
    RequiredMissing,
    /// A loop occurs too often.
    LoopTooMany,
    /// A segment occurs too often.
    TooMany,
    /// The segment is not of this transaction set.
    NotInTransaction,
    /// The segment is of this transaction set, but stands in another order.
    OutOfOrder,
    /// The guide marks the segment as not used.
    NotUsed,
    /// A situational segment is missing where its situation holds.
    SituationalMissing,
    /// The segment has faults in its elements.
    HasElementErrors,
}

/// Faults of an element or component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ElementFault {
    /// A required element is missing.
    RequiredMissing,
    /// A condition of a syntax note, or of the situation, asks for an element that is missing.
    ConditionalMissing,
    /// There are more elements than the segment has.
    TooMany,
    /// There are more components than the composite has.
    TooManyComponents,
    /// Shorter than its minimum.
    TooShort,
    /// Longer than its maximum.
    TooLong,
    /// A character that the type or the character set does not allow.
    InvalidCharacter,
    /// A code that is not in the list.
    InvalidCode,
    /// A date that is none.
    InvalidDate,
    /// A time that is none.
    InvalidTime,
    /// Two elements that exclude one another are both there.
    Exclusion,
    /// The element repeats more often than it may.
    TooManyRepetitions,
    /// The value does not fit its pattern (NPI, ZIP, ...).
    PatternMismatch,
    /// The guide marks the element as not used.
    NotUsed,
    /// The value breaks a rule of meaning.
    InvalidValue,
}

/// What made a check ask for something: the segment or element whose presence or value is the reason (the
/// situational trigger of a 999's CTX).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trigger {
    /// Segment id.
    pub segment: Text,
    /// Loop of the guide, where one is known.
    #[serde(rename = "loop")]
    pub loop_id: Option<Text>,
    /// Where.
    pub locus: Locus,
}

/// One thing that a check saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Id of the rule, stable across releases (`SE-COUNT`, `835-B1`).
    pub rule: Cow<'static, str>,
    /// What kind of fault it is.
    pub kind: Kind,
    /// SNIP type of the check, 1 to 7; 0 for repairs of the stream.
    pub snip: u8,
    /// How much it weighs.
    pub severity: Severity,
    /// Loop of the guide, where one is known (`2300`).
    #[serde(rename = "loop")]
    pub loop_id: Option<Text>,
    /// Segment id (`CLP`).
    pub segment: Option<Text>,
    /// Element reference (`CLP04`).
    pub element: Option<Text>,
    /// What was found. It may be private: who shows it decides whether to mask it.
    pub value: Option<Text>,
    /// What was expected.
    pub expected: Option<Cow<'static, str>>,
    /// One sentence without private data.
    pub message: Cow<'static, str>,
    /// Where.
    pub locus: Locus,
    /// How often it was seen: repairs of one kind are counted, not repeated.
    pub count: u64,
    /// What made the check ask, where it was another element or segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Box<Trigger>>,
}

impl Finding {
    /// A finding of severity error and SNIP type 1, to be narrowed by the `with_` methods.
    #[must_use]
    pub fn new(rule: &'static str, kind: Kind, message: impl Into<Cow<'static, str>>, locus: Locus) -> Self {
        Self {
            rule: Cow::Borrowed(rule),
            kind,
            snip: 1,
            severity: Severity::Error,
            loop_id: None,
            segment: None,
            element: None,
            value: None,
            expected: None,
            message: message.into(),
            locus,
            count: 1,
            trigger: None,
        }
    }

    /// With this SNIP type.
    #[must_use]
    pub fn with_snip(mut self, snip: u8) -> Self {
        self.snip = snip;
        self
    }

    /// With this severity.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// With the loop it stands in.
    #[must_use]
    pub fn in_loop(mut self, loop_id: impl Into<Text>) -> Self {
        self.loop_id = Some(loop_id.into());
        self
    }

    /// With the segment it is about.
    #[must_use]
    pub fn on_segment(mut self, id: impl Into<Text>) -> Self {
        self.segment = Some(id.into());
        self
    }

    /// With the segment and element it is about (`CLP`, 4 gives `CLP04`).
    #[must_use]
    pub fn on_element(mut self, id: &str, element: usize) -> Self {
        self.segment = Some(id.into());
        self.element = Some(compact_str::format_compact!("{id}{element:02}"));
        if self.locus.element.is_none() {
            self.locus = self.locus.at_element(element);
        }
        self
    }

    /// With what was found and what was expected.
    #[must_use]
    pub fn found(mut self, value: impl Into<Text>, expected: impl Into<Cow<'static, str>>) -> Self {
        self.value = Some(value.into());
        self.expected = Some(expected.into());
        self
    }

    /// With what made the check ask.
    #[must_use]
    pub fn because_of(mut self, segment: impl Into<Text>, loop_id: Option<Text>, locus: Locus) -> Self {
        self.trigger = Some(Box::new(Trigger { segment: segment.into(), loop_id, locus }));
        self
    }

    /// Whether it is a repair of the stream.
    #[must_use]
    pub fn is_repair(&self) -> bool {
        matches!(self.kind, Kind::Repair(_))
    }
}

/// Findings, up to a limit: past it they are counted only, so that no input exhausts memory.
#[derive(Debug, Clone)]
pub struct Findings {
    list: Vec<Finding>,
    limit: usize,
    dropped: u64,
}

impl Default for Findings {
    fn default() -> Self {
        Self::with_limit(10_000)
    }
}

impl Findings {
    /// An empty list that keeps at most `limit` findings.
    #[must_use]
    pub fn with_limit(limit: usize) -> Self {
        Self { list: Vec::new(), limit, dropped: 0 }
    }

    /// Adds a finding, or counts it when the list is full.
    pub fn push(&mut self, finding: Finding) {
        if self.list.len() < self.limit {
            self.list.push(finding);
        } else {
            self.dropped += 1;
        }
    }

    /// The findings kept.
    #[must_use]
    pub fn as_slice(&self) -> &[Finding] {
        &self.list
    }

    /// How many findings were counted but not kept.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many findings were counted but not kept, counted anew from here.
    pub(crate) fn take_dropped(&mut self) -> u64 {
        std::mem::take(&mut self.dropped)
    }

    /// Takes the findings out; room for new ones is free again.
    pub fn drain(&mut self) -> impl Iterator<Item = Finding> + '_ {
        self.list.drain(..)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// A repair: counted when its kind was seen since `since` (the list's length at the start of the
    /// interchange), added otherwise. When the list is full it is counted where its kind was first seen.
    pub(crate) fn repair(&mut self, since: usize, finding: Finding) {
        let since = if self.list.len() < self.limit { since.min(self.list.len()) } else { 0 };
        match self.list[since..].iter_mut().find(|f| f.kind == finding.kind) {
            Some(seen) => seen.count += finding.count,
            None => self.push(finding),
        }
    }
}
