//! The segments that the rules look at: those of one claim, and of what stands around it.

use crate::guide::Name;
use crate::lex::{Delimiters, Element, Segment};
use crate::value::{WireValue, date8, period};
use crate::{Locus, Money};
use chrono::NaiveDate;

/// The most bytes and segments that are kept for one claim and its surroundings.
const BYTES_LIMIT: usize = 1 << 24;
const SEGMENTS_LIMIT: usize = 200_000;

/// A segment that is kept: where its bytes and ends lie, and where it stands in the guide.
#[derive(Debug, Clone, Copy)]
struct Slot {
    id: Name,
    in_loop: Name,
    bytes: (u32, u32),
    ends: (u32, u32),
    divided: bool,
    locus: Locus,
}

/// Segments kept one behind the other, in buffers that are used again.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    slots: Vec<Slot>,
    bytes: Vec<u8>,
    ends: Vec<u32>,
    delimiters: Delimiters,
}

impl Kept {
    /// How many segments there are.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Keeps a segment; false where there is no room for it.
    pub(super) fn push(&mut self, it: Placed<'_>) -> bool {
        let Placed { bytes, ends, delimiters, divided, id, in_loop, .. } = it;
        let (start, stop) = (self.bytes.len(), self.bytes.len() + bytes.len());
        let (first, last) = (self.ends.len(), self.ends.len() + ends.len());
        if stop > BYTES_LIMIT || self.slots.len() >= SEGMENTS_LIMIT {
            return false;
        }
        self.delimiters = delimiters;
        self.bytes.extend_from_slice(bytes);
        self.ends.extend_from_slice(ends);
        self.slots.push(Slot {
            id,
            in_loop,
            bytes: range(start, stop),
            ends: range(first, last),
            divided,
            locus: *it.locus,
        });
        true
    }

    /// Forgets all but the first segments.
    pub(super) fn truncate(&mut self, len: usize) {
        if let Some(slot) = self.slots.get(len) {
            self.bytes.truncate(slot.bytes.0 as usize);
            self.ends.truncate(slot.ends.0 as usize);
            self.slots.truncate(len);
        }
    }

    /// The segments from one ordinal to before another.
    pub(super) fn part(&self, from: usize, to: usize) -> Part<'_> {
        let to = to.min(self.slots.len());
        Part { kept: self, from: from.min(to), to }
    }

    fn placed<'a>(&'a self, slot: &'a Slot) -> Placed<'a> {
        Placed {
            bytes: self.bytes.get(slot.bytes.0 as usize..slot.bytes.1 as usize).unwrap_or_default(),
            ends: self.ends.get(slot.ends.0 as usize..slot.ends.1 as usize).unwrap_or_default(),
            delimiters: self.delimiters,
            divided: slot.divided,
            locus: &slot.locus,
            id: slot.id,
            in_loop: slot.in_loop,
        }
    }
}

/// A range of bytes, or of ends, of which there are no more but for one a segment.
#[allow(clippy::cast_possible_truncation)] // both are limited to far less
fn range(from: usize, to: usize) -> (u32, u32) {
    (from as u32, to as u32)
}

/// Segments that stand one behind the other: a claim's own, a line's, another payer's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    kept: &'a Kept,
    from: usize,
    to: usize,
}

impl<'a> Part<'a> {
    fn slots(self) -> &'a [Slot] {
        self.kept.slots.get(self.from..self.to).unwrap_or_default()
    }

    pub(super) fn is_empty(self) -> bool {
        self.from == self.to
    }

    /// All segments, in order.
    pub(super) fn iter(self) -> impl Iterator<Item = Placed<'a>> {
        self.slots().iter().map(move |slot| self.kept.placed(slot))
    }

    /// The segments of this id, in any loop.
    #[inline]
    pub(super) fn of_id(self, id: &str) -> impl Iterator<Item = Placed<'a>> + use<'a> {
        let id = Name::of(id.as_bytes());
        self.slots().iter().filter(move |slot| slot.id == id).map(move |slot| self.kept.placed(slot))
    }

    /// The segments of this id in this loop.
    #[inline]
    pub(super) fn all(self, in_loop: &str, id: &str) -> impl Iterator<Item = Placed<'a>> + use<'a> {
        let (in_loop, id) = (Name::of(in_loop.as_bytes()), Name::of(id.as_bytes()));
        let meant = move |slot: &&Slot| slot.id == id && slot.in_loop == in_loop;
        self.slots().iter().filter(meant).map(move |slot| self.kept.placed(slot))
    }

    /// The first segment of this id in this loop.
    #[inline]
    pub(super) fn first(self, in_loop: &str, id: &str) -> Option<Placed<'a>> {
        self.all(in_loop, id).next()
    }

    /// The first segment of this id in this loop whose first element is this qualifier.
    #[inline]
    pub(super) fn with(self, in_loop: &str, id: &str, qualifier: &str) -> Option<Placed<'a>> {
        self.all(in_loop, id).find(|it| it.is(1, qualifier))
    }

    /// Cuts at each segment of this id in this loop: a part from each to the next.
    pub(super) fn each(self, in_loop: &str, id: &str) -> impl Iterator<Item = Part<'a>> + use<'a> {
        let (in_loop, id) = (Name::of(in_loop.as_bytes()), Name::of(id.as_bytes()));
        let starts = move |slot: &Slot| slot.id == id && slot.in_loop == in_loop;
        let mut next = self.slots().iter().position(starts).map(|at| self.from + at);
        std::iter::from_fn(move || {
            let from = next?;
            let behind = Part { from: from + 1, ..self };
            next = behind.slots().iter().position(starts).map(|at| from + 1 + at);
            Some(Part { from, to: next.unwrap_or(self.to), ..self })
        })
    }

    /// What stands before the first segment in one of these loops.
    pub(super) fn before(self, loops: [&str; 2]) -> Part<'a> {
        let loops = loops.map(|it| Name::of(it.as_bytes()));
        let found = self.slots().iter().position(|slot| loops.contains(&slot.in_loop));
        Part { to: found.map_or(self.to, |at| self.from + at), ..self }
    }

    /// What stands behind another part.
    pub(super) fn behind(self, other: Part<'a>) -> Part<'a> {
        Part { from: other.to.clamp(self.from, self.to), ..self }
    }
}

/// A segment with the loop that it stands in: what the rules look at of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed<'a> {
    bytes: &'a [u8],
    ends: &'a [u32],
    delimiters: Delimiters,
    /// Whether there may be components or repetitions.
    divided: bool,
    pub(super) locus: &'a Locus,
    pub(super) id: Name,
    pub(super) in_loop: Name,
}

impl<'a> Placed<'a> {
    /// A segment that stands here, in this loop.
    pub(super) fn of(segment: &Segment<'a>, locus: &'a Locus, in_loop: Name) -> Self {
        Self {
            bytes: segment.bytes(),
            ends: segment.ends(),
            delimiters: segment.delimiters(),
            divided: segment.may_be_divided(),
            locus,
            id: Name::of(segment.id()),
            in_loop,
        }
    }

    /// How many elements there are.
    pub(super) fn len(self) -> usize {
        self.ends.len().saturating_sub(1)
    }

    /// The bytes of element `n`.
    #[inline]
    pub(super) fn at(self, n: usize) -> &'a [u8] {
        match n.checked_sub(1).and_then(|before| self.ends.get(before..=n)) {
            Some([from, to]) => self.bytes.get(*from as usize + 1..*to as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Whether element `n` is filled.
    #[inline]
    pub(super) fn has(self, n: usize) -> bool {
        !self.at(n).is_empty()
    }

    /// Whether element `n` is this value.
    #[inline]
    pub(super) fn is(self, n: usize, value: &str) -> bool {
        self.at(n) == value.as_bytes()
    }

    pub(super) fn element(self, n: usize) -> Element<'a> {
        Element::new(self.at(n), self.delimiters)
    }

    /// The bytes of component `c` of element `n`.
    pub(super) fn part(self, n: usize, c: usize) -> &'a [u8] {
        match c.checked_sub(1) {
            Some(0) if !self.divided => self.at(n),
            Some(_) if !self.divided => &[],
            Some(i) => self.at(n).split(|byte| *byte == self.delimiters.component).nth(i).unwrap_or_default(),
            None => &[],
        }
    }

    /// The amount of element `n`; zero where it is empty, none where it is no number.
    pub(super) fn amount(self, n: usize) -> Option<Money> {
        match self.at(n) {
            [] => Some(Money::ZERO),
            _ if self.divided && self.element(n).is_divided() => None,
            bytes => Money::read(bytes),
        }
    }

    /// Whether element `n` is an amount of zero, or empty.
    pub(super) fn is_zero(self, n: usize) -> bool {
        // Most amounts show at a glance that they are more.
        !self.at(n).iter().any(|byte| matches!(byte, b'1'..=b'9')) && self.amount(n).is_some_and(Money::is_zero)
    }

    /// The day of element `n` (CCYYMMDD).
    pub(super) fn day(self, n: usize) -> Option<NaiveDate> {
        date8(self.at(n))
    }

    /// The first and last day of element `n` (CCYYMMDD, or two with a hyphen).
    pub(super) fn days(self, n: usize) -> Option<(NaiveDate, NaiveDate)> {
        period(self.at(n)).map(|it| (it.from, it.to))
    }

    /// The adjustments of a CAS: the element of the reason, and the reason; the amount is the element behind it.
    pub(super) fn reasons(self) -> impl Iterator<Item = (usize, &'a [u8])> {
        let filled = move |n: &usize| self.has(*n) || self.has(n + 1);
        (2..=self.len().min(17)).step_by(3).filter(filled).map(move |n| (n, self.at(n)))
    }

    /// The amounts of the adjustments of a CAS; none for one that is no number.
    pub(super) fn amounts(self) -> impl Iterator<Item = Option<Money>> {
        self.reasons().map(move |(n, _)| self.amount(n + 1))
    }
}

/// The sum of the adjustments of CAS segments; none where an amount is no number.
pub(super) fn adjusted<'a>(mut segments: impl Iterator<Item = Placed<'a>>) -> Option<Money> {
    segments.try_fold(Money::ZERO, |sum, cas| cas.amounts().try_fold(sum, |sum, amount| Some(sum + amount?)))
}
