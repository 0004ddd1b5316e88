//! Values as the segments of their loops, in the guide's order: what is checked, and written, and can be made a
//! claim of.

use super::columns::{Column, ColumnId, Kind, columns};
use super::names::CLAIM_ID;
use super::rows::{Encounter, Values};
use super::shape::{Level, Pattern, Piece, Shape, Source};
use crate::model::{BillingProvider, Claim, Header};
use crate::read::Placer;
use edi_core::Locus;
use edi_core::lex::{Delimiters, Segment};
use std::collections::HashSet;
use std::sync::Arc;

/// Triplets of a CAS.
const TRIPLETS: usize = 6;

/// How many shapes are remembered, of claims and lines together.
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
    /// Its loop.
    pub(crate) loop_id: &'static str,
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
    /// Component separators.
    components: usize,
    /// How many segments stand before those of the patient, or of the claim, if the subscriber is the patient.
    subscriber: usize,
    /// The subscriber is not the patient.
    pub(crate) dependent: bool,
    /// The guide need not see it: see [`Sound`].
    pub(crate) is_sound: bool,
}

impl Rendered {
    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.places.clear();
        self.components = 0;
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

/// Renders claims. How the columns of a claim or line become segments is worked out once and remembered.
pub(crate) struct Renderer {
    delimiters: Delimiters,
    line_breaks: bool,
    shapes: Vec<Option<Shape>>,
}

impl Renderer {
    pub(crate) fn new(delimiters: Delimiters, line_breaks: bool) -> Self {
        Self { delimiters, line_breaks, shapes: (0..REMEMBERED).map(|_| None).collect() }
    }

    /// Renders checked values. `dependent` says that the patient is not the subscriber. Gives the line and the column
    /// of a value that holds what separates data: one that was not read but completed, by the practice file, say.
    pub(crate) fn render(
        &mut self,
        encounter: &Encounter,
        dependent: bool,
        into: &mut Rendered,
    ) -> Result<(), (Option<usize>, ColumnId)> {
        into.clear();
        into.dependent = dependent;
        let (d, line_breaks, claim) = (self.delimiters, self.line_breaks, &encounter.claim);
        let shape = self.shape(claim, false);
        let mut out = Out { d, line_breaks, line: None, into: &mut *into };
        out.level(shape, claim, Level::Subscriber);
        out.into.subscriber = out.into.places.len();
        if dependent {
            out.level(shape, claim, Level::Patient);
        }
        out.level(shape, claim, Level::Claim);
        into.is_sound = shape.sound.covers(claim);
        for (line, n) in encounter.lines.iter().zip(0..) {
            let shape = self.shape(line, true);
            let mut out = Out { d, line_breaks, line: Some(n), into: &mut *into };
            out.level(shape, line, Level::Claim);
            into.is_sound &= shape.sound.covers(line);
        }
        // There are as many separators as were written, unless a value holds one.
        let (elements, segments) = (into.ends.len() - into.places.len(), into.places.len());
        let written = elements + into.components + segments * if self.line_breaks { 2 } else { 1 };
        into.is_sound &= into.bytes.is_ascii();
        if refused(&into.bytes, d) == written { Ok(()) } else { Err(self.unsound(encounter)) }
    }

    #[cold]
    fn unsound(&self, encounter: &Encounter) -> (Option<usize>, ColumnId) {
        let is_list = |id| columns().get(id).is_some_and(|c| matches!(c.kind, Kind::Pointers | Kind::Adjustments));
        let of = |values: &Values| {
            let mut cells = values.cells().iter();
            let held = |value: &str| refused(value.as_bytes(), self.delimiters) > 0;
            cells.find(|(id, value)| !is_list(*id) && held(value)).map(|cell| cell.0)
        };
        let in_line = |(line, n): (&Values, usize)| of(line).map(|column| (Some(n), column));
        let in_lines = || encounter.lines.iter().zip(0..).find_map(in_line);
        of(&encounter.claim).map(|column| (None, column)).or_else(in_lines).unwrap_or((None, *CLAIM_ID))
    }

    /// Takes the values of an encounter that the guide found sound.
    pub(crate) fn learn(&mut self, encounter: &Encounter) {
        self.shape(&encounter.claim, false).sound.learn(&encounter.claim);
        encounter.lines.iter().for_each(|line| self.shape(line, true).sound.learn(line));
    }

    /// The shape of a claim or line, which is worked out where it is not remembered.
    fn shape(&mut self, values: &Values, of_line: bool) -> &mut Shape {
        let (d, there) = (self.delimiters, values.there());
        let held = &mut self.shapes[usize::try_from(there.mixed() >> 56).unwrap_or_default()];
        held.take_if(|shape| shape.there != *there);
        held.get_or_insert_with(|| Shape::of(values, of_line, d))
    }
}

fn value(values: &Values, cell: usize) -> &str {
    values.cells().get(cell).map_or("", |(_, value)| value.as_str())
}

/// Segments on their way into a claim.
struct Out<'o> {
    d: Delimiters,
    line_breaks: bool,
    line: Option<usize>,
    into: &'o mut Rendered,
}

impl Out<'_> {
    /// The segments of one level of a claim or line.
    fn level(&mut self, shape: &Shape, values: &Values, wanted: Level) {
        for pattern in shape.patterns.iter().filter(|pattern| pattern.level == wanted) {
            match &pattern.pieces[..] {
                [Piece { value: Some(Source::Cell(cell)), .. }, ..] if pattern.first.kind == Kind::Adjustments => {
                    self.adjustments(pattern.first, value(values, *cell));
                }
                _ => self.pattern(pattern, values),
            }
        }
    }

    fn pattern(&mut self, pattern: &Pattern, values: &Values) {
        let start = self.into.bytes.len();
        for piece in &pattern.pieces {
            let bytes = &mut self.into.bytes;
            let from = small(bytes.len() - start);
            self.into.ends.extend(piece.ends.iter().map(|end| from.saturating_add(*end)));
            bytes.extend_from_slice(&piece.same);
            match &piece.value {
                None => {}
                Some(Source::Constant(text)) => bytes.extend_from_slice(text.as_bytes()),
                Some(Source::Cell(cell)) => bytes.extend_from_slice(value(values, *cell).as_bytes()),
                Some(Source::Format(cell)) => {
                    let is_period = value(values, *cell).contains('-');
                    bytes.extend_from_slice(if is_period { b"RD8" } else { b"D8" });
                }
                Some(Source::Pointers(cell)) => {
                    let component = self.d.component;
                    self.into.components += value(values, *cell).bytes().filter(|b| *b == b' ').count();
                    bytes.extend(value(values, *cell).bytes().map(|b| if b == b' ' { component } else { b }));
                }
            }
        }
        self.into.components += pattern.components;
        self.end(start, pattern.first, pattern.divided);
    }

    /// Adjustments as they were checked, `GROUP:REASON:AMOUNT:UNITS`: a CAS for each group, six triplets each.
    fn adjustments(&mut self, column: &'static Column, list: &str) {
        let entries: Vec<Vec<&str>> = list.split(' ').map(|entry| entry.split(':').collect()).collect();
        let mut groups: Vec<&str> = entries.iter().filter_map(|e| e.first().copied()).collect();
        let mut seen = HashSet::new();
        groups.retain(|group| seen.insert(*group));
        for group in groups {
            let of_group: Vec<&Vec<&str>> = entries.iter().filter(|e| e[0] == group).collect();
            for triplets in of_group.chunks(TRIPLETS) {
                let start = self.into.bytes.len();
                self.into.bytes.extend_from_slice(b"CAS");
                let elements =
                    std::iter::once(group).chain(triplets.iter().flat_map(|entry| entry[1..].iter().copied()));
                let elements: Vec<&str> = elements.collect();
                let filled = elements.iter().rposition(|element| !element.is_empty()).map_or(0, |last| last + 1);
                for element in elements.iter().take(filled) {
                    self.into.ends.push(small(self.into.bytes.len() - start));
                    self.into.bytes.push(self.d.element);
                    self.into.bytes.extend_from_slice(element.as_bytes());
                }
                self.end(start, column, false);
            }
        }
    }

    /// Ends a segment that began there.
    fn end(&mut self, start: usize, column: &'static Column, divided: bool) {
        self.into.ends.push(small(self.into.bytes.len() - start));
        self.into.bytes.push(self.d.segment);
        if self.line_breaks {
            self.into.bytes.push(b'\n');
        }
        let (end, ends) = (self.into.bytes.len(), self.into.ends.len());
        let Column { group, loop_id, .. } = column;
        self.into.places.push(Place { end, ends, group: *group, loop_id, line: self.line, divided });
    }
}

/// How many bytes there are that no value may hold: separators and control characters.
fn refused(bytes: &[u8], d: Delimiters) -> usize {
    let signs = [d.element, d.component, d.segment, d.repetition.unwrap_or(d.segment)];
    let is = |byte: u8| signs.iter().fold(byte.is_ascii_control(), |is, sign| is | (byte == *sign));
    // Counted in bytes, which is done many at a time.
    let count = |chunk: &[u8]| chunk.iter().map(|byte| u8::from(is(*byte))).sum::<u8>();
    bytes.chunks(usize::from(u8::MAX)).map(|chunk| usize::from(count(chunk))).sum()
}

pub(super) fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
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
    let mut end = |bytes: &mut Vec<u8>, element: usize| {
        ends[element] = small(bytes.len() - start);
        if element < 4 {
            bytes.push(delimiters.element);
        }
    };
    bytes.extend_from_slice(b"HL");
    end(bytes, 0);
    push_number(bytes, number);
    end(bytes, 1);
    parent.into_iter().for_each(|parent| push_number(bytes, parent));
    end(bytes, 2);
    bytes.extend_from_slice(code.as_bytes());
    end(bytes, 3);
    bytes.push(if children { b'1' } else { b'0' });
    end(bytes, 4);
    ends
}

fn push_number(bytes: &mut Vec<u8>, number: u64) {
    let (mut digits, mut at, mut rest) = ([b'0'; 20], 20, number);
    while rest > 0 || at == 20 {
        at -= 1;
        digits[at] += u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    bytes.extend_from_slice(&digits[at..]);
}
