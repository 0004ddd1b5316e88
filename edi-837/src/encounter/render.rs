//! Values as the segments of their loops, in the guide's order: what is checked, and written, and can be made a
//! claim of.

use super::columns::{Column, ColumnId, Kind, Set, columns};
use super::rows::{Encounter, Values};
use super::value::{Fault, fault};
use crate::model::{BillingProvider, Claim, Header};
use crate::read::Placer;
use compact_str::format_compact;
use edi_core::lex::{Delimiters, Segment};
use edi_core::{Locus, Text};
use std::collections::HashSet;
use std::sync::Arc;

/// Triplets of a CAS.
const TRIPLETS: usize = 6;

/// How many patterns are remembered, of claims and lines together.
const REMEMBERED: usize = 256;

/// A segment of a claim.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Where its bytes end, its terminator counted.
    end: usize,
    /// Where the ends of its elements stop.
    ends: usize,
    /// Number of the segment in the table of columns.
    pub(crate) group: usize,
    /// Its line, from 0.
    pub(crate) line: Option<usize>,
    /// It holds a composite.
    divided: bool,
}

/// A claim as segments from SBR of the subscriber on, without the HL, in buffers that are used again.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    places: Vec<Place>,
    /// How many segments stand before those of the patient, or of the claim, if the subscriber is the patient.
    subscriber: usize,
    /// The subscriber is not the patient.
    pub(crate) dependent: bool,
}

impl Rendered {
    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.places.clear();
    }

    /// Where each segment stands.
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    /// The bytes of the subscriber's segments, and of those behind them.
    pub(crate) fn bytes(&self) -> (&[u8], &[u8]) {
        let end = self.subscriber.checked_sub(1).and_then(|last| self.places.get(last)).map_or(0, |place| place.end);
        self.bytes.split_at_checked(end).unwrap_or_default()
    }

    /// The segments of the subscriber, and those behind them; each locus tells the number of its segment.
    pub(crate) fn segments(&self, delimiters: Delimiters) -> (Segments<'_>, Segments<'_>) {
        let of = |from, to| Segments { rendered: self, delimiters, next: from, to };
        (of(0, self.subscriber), of(self.subscriber, self.places.len()))
    }

    /// The claim that the segments are.
    pub(crate) fn claim(&self, d: Delimiters, header: Arc<Header>, billing: Arc<BillingProvider>) -> Option<Claim> {
        let mut placer = Placer::within(header, billing);
        let mut level = |code, segments: Segments<'_>| {
            let mut bytes = Vec::new();
            let ends = hl(&mut bytes, d, (0, None), code, false);
            placer.place(&Segment::alone(&bytes, &ends, d, Locus::default()));
            for segment in segments {
                placer.place(&segment);
            }
        };
        let (subscriber, rest) = self.segments(d);
        let all = Segments { rendered: self, delimiters: d, next: 0, to: self.places.len() };
        match self.dependent {
            true => {
                level("22", subscriber);
                level("23", rest);
            }
            false => level("22", all),
        }
        placer.take_claim()
    }
}

/// Segments of a claim.
pub(crate) struct Segments<'r> {
    rendered: &'r Rendered,
    delimiters: Delimiters,
    next: usize,
    to: usize,
}

impl<'r> Iterator for Segments<'r> {
    type Item = Segment<'r>;

    fn next(&mut self) -> Option<Segment<'r>> {
        let place = self.rendered.places.get(self.next).filter(|_| self.next < self.to)?;
        let before = self.next.checked_sub(1).and_then(|before| self.rendered.places.get(before));
        let (from, ends_from) = before.map_or((0, 0), |before| (before.end, before.ends));
        let ends = self.rendered.ends.get(ends_from..place.ends)?;
        let length = *ends.last()? as usize;
        let bytes = self.rendered.bytes.get(from..from + length)?;
        let locus = Locus { segment: self.next as u64, transaction_segment: self.next as u64, ..Locus::default() };
        self.next += 1;
        Some(Segment::alone(bytes, ends, self.delimiters, locus).with_divided(place.divided))
    }
}

/// What stands at an element.
#[derive(Debug, Clone)]
enum Source {
    Constant(Text),
    /// The value of this cell.
    Cell(usize),
    /// The pointers of this cell, a component each.
    Pointers(usize),
    /// `D8` or `RD8`, as the value of this cell is a day or a period.
    Format(usize),
}

/// A segment of the table, as values of certain columns fill it.
#[derive(Debug)]
struct Pattern {
    first: &'static Column,
    /// Element, component and what stands there, in order.
    elements: Vec<(usize, usize, Source)>,
}

/// Columns that are given, and the segments that they make.
type Remembered = Option<(Set, Vec<Pattern>)>;

/// Renders claims. How the columns of a claim or line become segments is worked out once and remembered.
pub(crate) struct Renderer {
    delimiters: Delimiters,
    line_breaks: bool,
    /// Bytes that no value may hold.
    refused: [bool; 256],
    remembered: Vec<Remembered>,
}

/// A value that cannot be written: its line, its column, and why.
pub(crate) type Unwritable = (Option<usize>, ColumnId, Fault);

impl Renderer {
    pub(crate) fn new(delimiters: Delimiters, line_breaks: bool) -> Self {
        let mut refused = [false; 256];
        for (byte, refused) in (0..=u8::MAX).zip(&mut refused) {
            *refused = byte < 0x20 || byte == 0x7F || delimiters.contains(byte);
        }
        Self { delimiters, line_breaks, refused, remembered: (0..REMEMBERED).map(|_| None).collect() }
    }

    /// Renders checked values. `dependent` says that the patient is not the subscriber.
    pub(crate) fn render(
        &mut self,
        encounter: &Encounter,
        dependent: bool,
        into: &mut Rendered,
    ) -> Result<(), Unwritable> {
        into.clear();
        into.dependent = dependent;
        let claim = &encounter.claim;
        self.level(claim, 0, into)?;
        into.subscriber = into.places.len();
        if dependent {
            self.level(claim, 1, into)?;
        }
        self.level(claim, 2, into)?;
        for (line, n) in encounter.lines.iter().zip(0..) {
            self.segments(line, Some(n), |_| true, into)?;
        }
        Ok(())
    }

    fn level(&mut self, claim: &Values, wanted: u8, into: &mut Rendered) -> Result<(), Unwritable> {
        let level = |column: &Column| match column.loop_id.get(..5) {
            Some("2000B" | "2010B") => 0,
            Some("2000C" | "2010C") => 1,
            Some("2010A") => 3, // the billing provider is the practice file's
            _ => 2,
        };
        self.segments(claim, None, |first| level(first) == wanted, into)
    }

    /// Appends the segments of a claim or line that begin with a wanted column.
    fn segments(
        &mut self,
        values: &Values,
        line: Option<usize>,
        wanted: impl Fn(&Column) -> bool,
        into: &mut Rendered,
    ) -> Result<(), Unwritable> {
        let slot = usize::try_from(values.there().mixed() >> 56).unwrap_or_default();
        let Some(held) = self.remembered.get_mut(slot) else { return Ok(()) };
        if held.as_ref().is_none_or(|(there, _)| there != values.there()) {
            *held = Some((*values.there(), patterns(values, line.is_some())));
        }
        let mut out = Out { d: self.delimiters, line_breaks: self.line_breaks, refused: &self.refused, line, into };
        for pattern in held.iter().flat_map(|held| &held.1).filter(|pattern| wanted(pattern.first)) {
            let put = match &pattern.elements[..] {
                [(.., Source::Cell(cell))] if pattern.first.kind == Kind::Adjustments => {
                    out.adjustments(pattern.first, value(values, *cell))
                }
                _ => out.pattern(pattern, values),
            };
            put.map_err(|cell| {
                let column = values.cells().get(cell).map_or(ColumnId::MAX, |cell| cell.0);
                let fix = "leave it out, or choose other delimiters in the practice file";
                (line, column, fault("holds a character that separates the data of the file", fix))
            })?;
        }
        Ok(())
    }
}

fn value(values: &Values, cell: usize) -> &str {
    values.cells().get(cell).map_or("", |(_, value)| value.as_str())
}

/// The segments of a claim or line with these columns.
fn patterns(values: &Values, of_line: bool) -> Vec<Pattern> {
    let mut patterns: Vec<Pattern> = Vec::new();
    for (column, source) in completed(values, of_line).into_iter().filter(|(column, _)| column.element > 0) {
        if patterns.last().is_none_or(|last| last.first.group != column.group) {
            let qualifier = (1, 0, Source::Constant(Text::new(&column.qualifier)));
            let elements = if column.qualifier.is_empty() { Vec::new() } else { vec![qualifier] };
            patterns.push(Pattern { first: column, elements });
        }
        let Some(pattern) = patterns.last_mut() else { continue };
        let source = match source {
            Source::Cell(cell) if column.kind == Kind::Pointers => Source::Pointers(cell),
            source => source,
        };
        if let (Source::Cell(cell), "DTP") = (&source, column.segment.as_str()) {
            pattern.elements.push((2, 0, Source::Format(*cell)));
        }
        pattern.elements.push((column.element, column.component, source));
    }
    for pattern in &mut patterns {
        pattern.elements.sort_by_key(|(element, component, _)| (*element, *component));
    }
    patterns
}

/// The cells, and the constants and defaults that stand beside them, in the order of the table.
fn completed(values: &Values, of_line: bool) -> Vec<(&'static Column, Source)> {
    let table = columns();
    let mut all: Vec<(ColumnId, Source)> =
        values.cells().iter().enumerate().map(|(cell, (id, _))| (*id, Source::Cell(cell))).collect();
    let fallback = |id: ColumnId| {
        let value = table.get(id).filter(|_| !values.has(id)).and_then(Column::fallback);
        value.map(|value| (id, Source::Constant(value)))
    };
    let followers = values.cells().iter().flat_map(|(id, _)| table.followers(*id)).copied();
    all.extend(table.always(of_line).chain(followers).filter_map(fallback));
    // Segments that stand now get their constants and defaults.
    let groups: Vec<usize> = all.iter().filter_map(|(id, _)| table.get(*id)).map(|c| c.group).collect();
    all.extend(groups.iter().flat_map(|group| table.companions(*group)).copied().filter_map(fallback));
    all.sort_by_key(|(id, _)| *id);
    all.dedup_by_key(|(id, _)| *id);
    all.into_iter().filter_map(|(id, source)| Some((table.get(id)?, source))).collect()
}

/// Segments on their way into a claim.
struct Out<'o> {
    d: Delimiters,
    line_breaks: bool,
    refused: &'o [bool; 256],
    line: Option<usize>,
    into: &'o mut Rendered,
}

impl Out<'_> {
    /// A segment; fails with the cell that cannot be written.
    fn pattern(&mut self, pattern: &Pattern, values: &Values) -> Result<(), usize> {
        let mut segment = self.begin(&pattern.first.segment);
        for (element, component, source) in &pattern.elements {
            let (text, cell) = match source {
                Source::Constant(text) => (text.as_str(), usize::MAX),
                Source::Cell(cell) => (value(values, *cell), *cell),
                Source::Format(cell) if value(values, *cell).contains('-') => ("RD8", *cell),
                Source::Format(cell) => ("D8", *cell),
                Source::Pointers(cell) => {
                    for (pointer, n) in value(values, *cell).split(' ').zip(1..) {
                        self.element(&mut segment, (*element, n), pointer, *cell)?;
                    }
                    continue;
                }
            };
            self.element(&mut segment, (*element, *component), text, cell)?;
        }
        self.end(segment, pattern.first);
        Ok(())
    }

    /// Adjustments as they were checked, `GROUP:REASON:AMOUNT:UNITS`: a CAS for each group, six triplets each.
    fn adjustments(&mut self, column: &Column, list: &str) -> Result<(), usize> {
        let entries: Vec<Vec<&str>> = list.split(' ').map(|entry| entry.split(':').collect()).collect();
        let mut groups: Vec<&str> = entries.iter().filter_map(|e| e.first().copied()).collect();
        let mut seen = HashSet::new();
        groups.retain(|group| seen.insert(*group));
        for group in groups {
            let of_group: Vec<&Vec<&str>> = entries.iter().filter(|e| e[0] == group).collect();
            for triplets in of_group.chunks(TRIPLETS) {
                let values = triplets.iter().flat_map(|entry| entry[1..].iter().copied()).zip(2..);
                let mut segment = self.begin("CAS");
                for (value, n) in std::iter::once((group, 1)).chain(values) {
                    self.element(&mut segment, (n, 0), value, usize::MAX)?;
                }
                self.end(segment, column);
            }
        }
        Ok(())
    }

    fn begin(&mut self, id: &str) -> Begun {
        let start = self.into.bytes.len();
        self.into.bytes.extend_from_slice(id.as_bytes());
        Begun { start, element: 0, component: 1, divided: false }
    }

    /// Writes a value, which stands behind those that were written before; an empty one is left out.
    fn element(
        &mut self,
        segment: &mut Begun,
        (element, component): (usize, usize),
        value: &str,
        cell: usize,
    ) -> Result<(), usize> {
        if value.is_empty() {
            return Ok(());
        }
        while segment.element < element {
            self.end_element(segment);
            self.into.bytes.push(self.d.element);
            segment.element += 1;
            segment.component = 1;
        }
        while segment.component < component {
            self.into.bytes.push(self.d.component);
            segment.component += 1;
            segment.divided = true;
        }
        self.into.bytes.extend_from_slice(value.as_bytes());
        let refused = value.bytes().fold(false, |refused, byte| refused | self.refused[usize::from(byte)]);
        if refused { Err(cell) } else { Ok(()) }
    }

    fn end_element(&mut self, segment: &Begun) {
        let length = self.into.bytes.len() - segment.start;
        self.into.ends.push(u32::try_from(length).unwrap_or(u32::MAX));
    }

    fn end(&mut self, segment: Begun, column: &Column) {
        self.end_element(&segment);
        self.into.bytes.push(self.d.segment);
        if self.line_breaks {
            self.into.bytes.push(b'\n');
        }
        let (end, ends) = (self.into.bytes.len(), self.into.ends.len());
        let place = Place { end, ends, group: column.group, line: self.line, divided: segment.divided };
        self.into.places.push(place);
    }
}

/// A segment that is being written: where it began, and the element and component that are reached.
struct Begun {
    start: usize,
    element: usize,
    component: usize,
    divided: bool,
}

/// Appends an HL without its terminator: its number and its parent's, its level and whether it has children. Gives the
/// ends of its id and elements.
pub(crate) fn hl(
    bytes: &mut Vec<u8>,
    delimiters: Delimiters,
    (number, parent): (u64, Option<u64>),
    code: &str,
    children: bool,
) -> [u32; 5] {
    let start = bytes.len();
    let mut ends = [0; 5];
    let texts = [Some(number), parent].map(|number| number.map(|n| format_compact!("{n}")).unwrap_or_default());
    let [number, parent] = &texts;
    for (text, end) in ["HL", number, parent, code, if children { "1" } else { "0" }].into_iter().zip(&mut ends) {
        if bytes.len() > start {
            bytes.push(delimiters.element);
        }
        bytes.extend_from_slice(text.as_bytes());
        *end = u32::try_from(bytes.len() - start).unwrap_or(u32::MAX);
    }
    ends
}
