//! The check of one segment against its use: elements, components, repetitions, syntax notes.

use super::glance::Glance;
use super::value::{self, Alphabet, COMPONENT, Flaw, REPETITION};
use crate::finding::{ElementFault, Finding, Kind, Severity};
use crate::guide::dictionary::{Note, NoteKind};
use crate::guide::specs::{Elements, Specs};
use crate::guide::table::{ElementUse, Guide, SegmentUse, Usage, UseIndex};
use crate::lex::Segment;
use crate::locus::Locus;
use compact_str::format_compact;

/// A segment, what the guide says of it, and where findings go.
pub(super) struct SegmentCheck<'a, 's> {
    segment: &'a Segment<'s>,
    index: UseIndex,
    segment_use: &'a SegmentUse,
    specs: &'a Specs,
    loop_id: &'a str,
    alphabet: &'a Alphabet,
    found: &'a mut Vec<Finding>,
}

/// An element, a component in it, a repetition of it.
#[derive(Debug, Clone, Copy, Default)]
struct At {
    element: usize,
    component: Option<usize>,
    repetition: Option<usize>,
}

impl<'a, 's> SegmentCheck<'a, 's> {
    /// The check of a segment by one of the guide's uses.
    pub(super) fn new(
        guide: &'a Guide,
        index: UseIndex,
        segment: &'a Segment<'s>,
        alphabet: &'a Alphabet,
        found: &'a mut Vec<Finding>,
    ) -> Self {
        let segment_use = guide.segment_use(index);
        let loop_id = guide.loop_at(segment_use.in_loop).id.as_str();
        Self { segment, index, segment_use, specs: &guide.states.specs, loop_id, alphabet, found }
    }

    /// Checks all elements. Allocates nothing unless something is found.
    pub(super) fn run(&mut self) {
        let (bytes, ends) = (self.segment.bytes(), self.segment.ends());
        let Elements { list, last_required, watched } = self.specs.of(self.index);
        let (id_end, ends) = ends.split_first().unwrap_or((&0, &[]));
        // Bit 0 stands for the segment itself.
        let (mut present, mut bit, mut n) = (1u64, 1u64, 0);
        let mut start = *id_end as usize + 1;
        let component = self.segment.delimiters().component;
        let glance = Glance { specs: self.specs, alphabet: self.alphabet, component };
        for (spec, end) in list.iter().zip(ends) {
            (bit, n) = (bit << 1, n + 1);
            let value = bytes.get(start..*end as usize).unwrap_or_default();
            if value.is_empty() {
                if spec.required {
                    self.missing(n);
                }
            } else {
                present |= bit;
                if !glance.is_plain(spec, value, || self.segment.element(n - 1).bytes()) {
                    self.look_into(n, value);
                }
            }
            start = *end as usize + 1;
        }
        let behind = n + 1..=last_required;
        behind.filter(|n| list[n - 1].required).for_each(|n| self.missing(n));
        self.behind_the_last();
        if present & watched != 0 {
            self.segment_use.notes.iter().for_each(|note| self.note(*note, present));
        }
    }

    /// A value that is not plain at a glance.
    fn look_into(&mut self, n: usize, value: &[u8]) {
        if let Some(spec) = self.segment_use.element(n) {
            let before = self.segment.element(n - 1).bytes();
            self.element(spec, value, before, At { element: n, ..At::default() });
        }
    }

    #[cold]
    fn missing(&mut self, n: usize) {
        if let Some(spec) = self.segment_use.element(n) {
            self.missing_at(spec, At { element: n, ..At::default() });
        }
    }

    /// Elements that the segment does not have, and separators with nothing behind them.
    fn behind_the_last(&mut self) {
        let (given, defined) = (self.segment.len(), self.segment_use.elements.len());
        let extra = (defined + 1..=given).find(|n| !self.segment.element(*n).is_empty());
        if let Some(n) = extra {
            let message = format!("{} has {defined} elements at most", self.segment_use.id);
            let kind = ElementFault::TooMany;
            self.report("ELE-TOO-MANY", 1, kind, message, At { element: n, ..At::default() }, None, "nothing");
        } else if given > 0 && self.segment.element(given).is_empty() {
            self.trailing(At { element: given, ..At::default() }, "element");
        }
    }

    fn trailing(&mut self, at: At, what: &str) {
        let message = format!("a separator stands at the end with no {what} behind it");
        self.report("SEG-TRAILING", 1, ElementFault::InvalidCharacter, message, at, None, "no separator at the end");
        self.soften(Severity::Warning);
    }

    /// A value that is there: its repetitions, its components.
    fn element(&mut self, spec: &ElementUse, value: &[u8], before: &[u8], at: At) {
        if spec.usage == Usage::NotUsed {
            let message = format!("{} ({}) is not used here", self.reference(at), spec.name);
            return self.report("ELE-NOT-USED", 2, ElementFault::NotUsed, message, at, Some(value), "nothing");
        }
        if spec.codes.is_empty() || spec.data_type.is_none() || !spec.codes.contains(value) {
            let classes = if self.segment.may_be_divided() { self.alphabet.classes(value) } else { 0 };
            if classes & REPETITION != 0 {
                return self.repeated(spec, value, before, at);
            }
            if spec.data_type.is_none() {
                return self.composite(spec, value, at);
            }
            if classes & COMPONENT != 0 {
                let message = format!("{} ({}) is no composite", self.reference(at), spec.name);
                let kind = ElementFault::TooManyComponents;
                return self.report("ELE-COMPONENTS", 1, kind, message, at, Some(value), "one component");
            }
            self.simple(spec, value, before, at);
        }
    }

    fn repeated(&mut self, spec: &ElementUse, value: &[u8], before: &[u8], at: At) {
        let separator = self.segment.delimiters().repetition;
        let repetitions = value.split(|byte| Some(*byte) == separator).enumerate();
        let mut count = 0;
        for (i, value) in repetitions {
            count = i + 1;
            let at = At { repetition: Some(count), ..at };
            match value {
                [] => self.trailing(at, "repetition"),
                _ if count > usize::from(spec.repeats) => {}
                _ if spec.data_type.is_none() => self.composite(spec, value, at),
                _ => self.simple(spec, value, before, at),
            }
        }
        if count > usize::from(spec.repeats) {
            let at = At { repetition: Some(usize::from(spec.repeats) + 1), ..at };
            let message = format!("{} ({}) repeats more than {} times", self.reference(at), spec.name, spec.repeats);
            let expected = format!("at most {}", spec.repeats);
            self.report("ELE-REPEATS", 1, ElementFault::TooManyRepetitions, message, at, None, expected);
        }
    }

    fn composite(&mut self, spec: &ElementUse, value: &[u8], at: At) {
        let separator = self.segment.delimiters().component;
        let mut before: &[u8] = &[];
        let mut count = 0;
        let mut last: &[u8] = &[];
        for (i, value) in value.split(|byte| *byte == separator).enumerate() {
            let at = At { component: Some(i + 1), ..at };
            (count, last) = (i + 1, value);
            match spec.components.get(i) {
                Some(spec) if value.is_empty() && spec.usage == Usage::Required => self.missing_at(spec, at),
                Some(_) if value.is_empty() => {}
                Some(spec) if spec.usage == Usage::NotUsed => self.element(spec, value, before, at),
                Some(spec) => self.simple(spec, value, before, at),
                None => {}
            }
            before = value;
        }
        for (i, spec) in spec.components.iter().enumerate().skip(count) {
            if spec.usage == Usage::Required {
                self.missing_at(spec, At { component: Some(i + 1), ..at });
            }
        }
        if count > spec.components.len() {
            let at = At { component: Some(spec.components.len() + 1), ..at };
            let message = format!(
                "{} has {} components at most",
                self.reference(At { component: None, ..at }),
                spec.components.len()
            );
            self.report("ELE-COMPONENTS", 1, ElementFault::TooManyComponents, message, at, None, "fewer components");
        } else if last.is_empty() && count > 1 {
            self.trailing(at, "component");
        }
    }

    fn simple(&mut self, spec: &ElementUse, bytes: &[u8], before: &[u8], at: At) {
        value::check(spec, bytes, before, self.alphabet, |flaw| self.flaw(spec, bytes, before, at, flaw));
    }

    #[cold]
    fn flaw(&mut self, spec: &ElementUse, value: &[u8], before: &[u8], at: At, flaw: Flaw) {
        let (name, reference) = (spec.name, self.reference(at));
        let lengths = || format!("{} to {} characters", spec.min, spec.max);
        let (rule, snip, kind, message, expected) = match flaw {
            Flaw::Short(n) => (
                "ELE-SHORT",
                1,
                ElementFault::TooShort,
                format!("{reference} ({name}) is too short: {n} of at least {}", spec.min),
                lengths(),
            ),
            Flaw::Long(n) => (
                "ELE-LONG",
                1,
                ElementFault::TooLong,
                format!("{reference} ({name}) is too long: {n} of at most {}", spec.max),
                lengths(),
            ),
            Flaw::Character => (
                "ELE-CHARACTER",
                1,
                ElementFault::InvalidCharacter,
                format!("{reference} ({name}) holds a character that it may not"),
                characters(spec),
            ),
            Flaw::NonAscii => (
                "ELE-NON-ASCII",
                1,
                ElementFault::InvalidCharacter,
                format!("{reference} ({name}) holds a character outside ASCII"),
                String::from("ASCII characters"),
            ),
            Flaw::Code => (
                "ELE-CODE",
                2,
                ElementFault::InvalidCode,
                format!("{reference} ({name}) is none of the codes that the guide lists"),
                spec.codes.words(),
            ),
            Flaw::Date => (
                "ELE-DATE",
                1,
                ElementFault::InvalidDate,
                format!("{reference} ({name}) is no date of its format"),
                form(before, "a date"),
            ),
            Flaw::Time => (
                "ELE-TIME",
                1,
                ElementFault::InvalidTime,
                format!("{reference} ({name}) is no time of its format"),
                form(before, "a time, HHMM or finer"),
            ),
            Flaw::Blanks => (
                "ELE-BLANKS",
                1,
                ElementFault::InvalidCharacter,
                format!("{reference} ({name}) begins or ends with blanks"),
                String::from("no blanks around the value"),
            ),
        };
        self.report(rule, snip, kind, message, at, Some(value), expected);
        if matches!(flaw, Flaw::NonAscii | Flaw::Blanks) {
            self.soften(Severity::Warning);
        }
    }

    #[cold]
    fn missing_at(&mut self, spec: &ElementUse, at: At) {
        let message = format!("{} ({}) is missing", self.reference(at), spec.name);
        self.report("ELE-MISSING", 2, ElementFault::RequiredMissing, message, at, None, spec.codes.words());
    }

    /// A syntax note. What is not used or missing anyhow is told of elsewhere.
    fn note(&mut self, note: Note, present: u64) {
        let all = note.first | note.rest;
        let here = present & all;
        let first = here & note.first != 0;
        let (broken, lacking) = match note.kind {
            NoteKind::Paired => (here != 0 && here != all, all & !here),
            NoteKind::Required => (here == 0, all),
            NoteKind::Exclusive => (here.count_ones() > 1, here & (here.wrapping_sub(1))),
            NoteKind::Conditional => (first && here != all, all & !here),
            NoteKind::ListConditional => (first && here & note.rest == 0, note.rest),
        };
        if broken {
            self.broken(note, lacking);
        }
    }

    #[cold]
    fn broken(&mut self, note: Note, lacking: u64) {
        let usage = |n: &usize| self.segment_use.element(*n).map(|e| e.usage);
        let blamed = (1..64usize).filter(|n| lacking >> n & 1 == 1).find(|n| {
            let situational = usage(n) == Some(Usage::Situational);
            situational || note.kind == NoteKind::Exclusive && usage(n) == Some(Usage::Required)
        });
        let Some(element) = blamed else { return };
        let at = At { element, ..At::default() };
        let names = (1..64usize)
            .filter(|n| (note.first | note.rest) >> n & 1 == 1)
            .map(|n| self.reference(At { element: n, ..At::default() }).to_string());
        let names = names.collect::<Vec<_>>();
        let first = self.reference(At { element: note.first.trailing_zeros() as usize, ..At::default() });
        let text = match note.kind {
            NoteKind::Paired => format!("{}: all of them or none", names.join(", ")),
            NoteKind::Required => format!("{}: at least one of them", names.join(", ")),
            NoteKind::Exclusive => format!("{}: one of them at most", names.join(", ")),
            NoteKind::Conditional => format!("where {first} is there, so are the others of {}", names.join(", ")),
            NoteKind::ListConditional => format!("where {first} is there, so is another of {}", names.join(", ")),
        };
        let (rule, kind) = match note.kind {
            NoteKind::Exclusive => ("ELE-EXCLUSION", ElementFault::Exclusion),
            _ => ("ELE-CONDITION", ElementFault::ConditionalMissing),
        };
        let value = self.segment.element(element).bytes();
        self.report(rule, 1, kind, text, at, Some(value).filter(|v| !v.is_empty()), format!("syntax note {note}"));
        self.because(note, element);
    }

    /// Names the element that makes a syntax note ask for another.
    fn because(&mut self, note: Note, blamed: usize) {
        let here =
            |n: &usize| *n != blamed && (note.first | note.rest) >> n & 1 == 1 && !self.segment.element(*n).is_empty();
        let Some(cause) = (1..64usize).find(here) else { return };
        let loop_id = Some(self.loop_id).filter(|id| !id.is_empty()).map(crate::Text::new);
        if let Some(finding) = self.found.pop() {
            let locus = self.segment.locus().at_element(cause);
            self.found.push(finding.because_of(self.segment_use.id.clone(), loop_id, locus));
        }
    }

    /// `CLM05-1`.
    fn reference(&self, at: At) -> crate::Text {
        let id = &self.segment_use.id;
        match at.component {
            Some(component) => format_compact!("{id}{:02}-{component}", at.element),
            None => format_compact!("{id}{:02}", at.element),
        }
    }

    #[allow(clippy::too_many_arguments)] // one place that builds findings of elements
    fn report(
        &mut self,
        rule: &'static str,
        snip: u8,
        fault: ElementFault,
        message: String,
        at: At,
        value: Option<&[u8]>,
        expected: impl Into<std::borrow::Cow<'static, str>>,
    ) {
        let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let locus = Locus {
            element: Some(small(at.element)),
            component: at.component.map(small),
            repetition: at.repetition.map(small),
            ..self.segment.locus()
        };
        let mut finding = Finding::new(rule, Kind::Element(fault), message, locus)
            .with_snip(snip)
            .on_segment(self.segment_use.id.clone());
        finding.element = Some(self.reference(at));
        finding.loop_id = Some(self.loop_id).filter(|id| !id.is_empty()).map(Into::into);
        finding.value = value.map(crate::lex::to_text);
        finding.expected = Some(expected.into());
        self.found.push(finding);
    }

    fn soften(&mut self, severity: Severity) {
        if let Some(finding) = self.found.last_mut() {
            finding.severity = severity;
        }
    }
}

fn characters(spec: &ElementUse) -> String {
    use crate::guide::DataType;
    String::from(match spec.data_type {
        Some(DataType::Integer(_)) => "digits, and a minus sign before them where it is negative",
        Some(DataType::Decimal) => {
            "digits with at most one decimal point, and a minus sign before them where it is negative"
        }
        _ => "printable characters of the character set, not only blanks",
    })
}

fn form(before: &[u8], otherwise: &str) -> String {
    String::from(match before {
        b"D8" => "CCYYMMDD",
        b"D6" => "YYMMDD",
        b"RD8" => "CCYYMMDD-CCYYMMDD, the first not after the second",
        b"DT" => "CCYYMMDDHHMM",
        b"RDT" => "CCYYMMDDHHMM-CCYYMMDDHHMM, the first not after the second",
        b"TM" => "HHMM",
        b"TS" => "HHMMSS",
        _ => otherwise,
    })
}
