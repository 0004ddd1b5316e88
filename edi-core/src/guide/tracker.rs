//! The loop tracker: places each segment of a transaction set into its loop.

use super::dictionary::Dictionary;
use super::states::Candidate;
use super::table::{Child, Guide, LoopIndex, UseIndex};
use crate::lex::Segment;
use std::sync::Arc;

/// How a segment was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// In its loop and in order.
    Placed,
    /// In its loop, but behind what should follow it.
    OutOfOrder,
    /// X12 has no segment of this id.
    UnknownId,
    /// The guide has no segment of this id.
    NotInGuide,
    /// The guide has such segments, but not here.
    Unexpected,
    /// Segments of this id may stand here, but none with this qualifier.
    WrongQualifier,
    /// It would start a loop that may not begin here.
    LoopOutOfOrder,
    /// It follows the start of a loop that could not be placed, and so may belong to it.
    Follows,
}

/// Where a segment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// How sure that is.
    pub status: Status,
    /// The loop that it stands in: the innermost open one for a segment that has no place.
    pub in_loop: LoopIndex,
    /// Its use; none for a segment that has no place.
    pub segment: Option<UseIndex>,
    /// It starts its loop anew.
    pub starts: bool,
}

/// A fault of the structure that came to light with the last segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A required segment did not come.
    SegmentMissing(UseIndex),
    /// A required loop did not come.
    LoopMissing(LoopIndex),
    /// The segment occurs more often than it may.
    SegmentTooMany(UseIndex),
    /// The loop occurs more often than it may.
    LoopTooMany(LoopIndex),
    /// The guide marks the segment as not used (overlays do that).
    SegmentNotUsed(UseIndex),
    /// The guide marks the loop as not used.
    LoopNotUsed(LoopIndex),
}

/// A loop that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// Which.
    pub index: LoopIndex,
    /// Its ordinal among the loops of its kind in the same parent, from 1.
    pub occurrence: u32,
    rank: u16,
    seen: u64,
    /// Tells this occurrence from all others of the transaction set.
    stamp: u32,
}

/// A count that is worth something only for one occurrence of a loop.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    stamp: u32,
    count: u32,
}

impl Count {
    /// Counts one more of the occurrence that has this stamp.
    fn add(&mut self, stamp: u32) -> u32 {
        let count = if self.stamp == stamp { self.count + 1 } else { 1 };
        *self = Self { stamp, count };
        count
    }
}

/// Places segments, from ST to SE, in one pass and without looking ahead.
///
/// ```
/// use edi_core::{envelope::{EnvelopeReader, Event}, guide::{Guides, Tracker}, reader::Reader};
/// let file: &[u8] = b"ISA*00*          *00*          *ZZ*A              *ZZ*B              \
/// *260105*1200*^*00501*000000001*0*P*:~GS*HP*A*B*20260105*1200*1*X*005010X221A1~ST*835*0001~\
/// BPR*I*0*C*NON************20260105~TRN*1*1*1123456789~N1*PR*PAYER~SE*5*0001~GE*1*1~IEA*1*000000001~";
/// let guides = Guides::built_in();
/// let guide = guides.find("005010X221A1", "835").ok_or("no guide")?;
/// let mut tracker = Tracker::new(guide.clone());
/// let mut reader = EnvelopeReader::new(Reader::new(file)?);
/// let mut loops = Vec::new();
/// while let Some(event) = reader.next()? {
///     if let Event::TransactionStart(_, segment) | Event::Segment(segment) = event {
///         let placement = tracker.place(&segment);
///         loops.push(guide.loop_at(placement.in_loop).id.to_string());
///     }
/// }
/// assert_eq!(loops, ["", "", "", "1000A"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Tracker {
    guide: Arc<Guide>,
    position: Position,
}

/// What is open and what was counted: all of a [`Tracker`] but its guide.
#[derive(Debug, Clone)]
struct Position {
    open: Vec<Open>,
    uses: Vec<Count>,
    loops: Vec<Count>,
    stamp: u32,
    faults: Vec<Fault>,
    /// A loop began that has no place here: what follows may be its.
    lost: bool,
}

impl Tracker {
    /// A tracker that waits for the ST.
    #[must_use]
    pub fn new(guide: Arc<Guide>) -> Self {
        let position = Position {
            open: Vec::with_capacity(8),
            uses: vec![Count::default(); guide.uses.len()],
            loops: vec![Count::default(); guide.loops.len()],
            stamp: 0,
            faults: Vec::new(),
            lost: false,
        };
        let mut tracker = Self { guide, position };
        tracker.restart();
        tracker
    }

    /// Forgets the transaction set, so that the next ST can come.
    pub fn restart(&mut self) {
        let position = &mut self.position;
        position.stamp = position.stamp.wrapping_add(1);
        position.open.clear();
        let stamp = position.stamp;
        position.open.push(Open { index: LoopIndex(0), occurrence: 1, rank: 0, seen: 0, stamp });
        position.faults.clear();
        position.lost = false;
    }

    /// The guide.
    #[must_use]
    pub fn guide(&self) -> &Arc<Guide> {
        &self.guide
    }

    /// The loops that are open, from the transaction set to the innermost.
    #[must_use]
    pub fn open(&self) -> &[Open] {
        &self.position.open
    }

    /// What the last [`place`](Self::place) or [`finish`](Self::finish) brought to light.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.position.faults
    }

    /// Places the next segment. Costs no allocation, unless a fault is found.
    pub fn place(&mut self, segment: &Segment<'_>) -> Placement {
        self.position.place(&self.guide, segment)
    }

    /// Closes the loops deeper than this depth (the transaction set's is 0); then [`faults`](Self::faults) says
    /// what they lack.
    pub fn close_to(&mut self, depth: usize) {
        self.position.faults.clear();
        self.position.close_to(&self.guide, depth);
    }

    /// Closes what is open at the end of the transaction set; then [`faults`](Self::faults) says what was missing.
    pub fn finish(&mut self) {
        self.position.finish(&self.guide);
    }
}

impl Position {
    fn place(&mut self, guide: &Guide, segment: &Segment<'_>) -> Placement {
        self.faults.clear();
        let states = &guide.states;
        let here = self.innermost();
        let Some(number) = states.number(segment.id()) else {
            let known = std::str::from_utf8(segment.id()).is_ok_and(|id| Dictionary::x12().knows(id));
            return self.nowhere(if known { Status::NotInGuide } else { Status::UnknownId });
        };
        let (candidates, key) = states.keyed(here, number, segment);
        let mut late = None;
        for candidate in candidates {
            if !states.fits(guide, candidate, segment, key) {
                continue;
            }
            if candidate.rank >= self.open[usize::from(candidate.depth)].rank {
                return self.take(guide, candidate);
            }
            late = late.or(Some(candidate));
        }
        match late {
            Some(candidate) => self.take_late(guide, candidate),
            None => self.take_odd(guide, candidates, number),
        }
    }

    fn finish(&mut self, guide: &Guide) {
        self.faults.clear();
        self.close_to(guide, 0);
        if let Some(root) = self.open.first() {
            let missing = guide.states.loops[0].required & !root.seen;
            self.note_missing(guide, LoopIndex(0), missing);
        }
    }

    fn innermost(&self) -> LoopIndex {
        self.open.last().map_or(LoopIndex(0), |open| open.index)
    }

    fn nowhere(&mut self, status: Status) -> Placement {
        Placement { status, in_loop: self.innermost(), segment: None, starts: false }
    }

    /// Goes to a place that is in order.
    fn take(&mut self, guide: &Guide, candidate: &Candidate) -> Placement {
        if self.lost && candidate.starts.is_none() && candidate.in_loop.0 != 0 {
            return self.nowhere(Status::Follows);
        }
        self.lost = false;
        let depth = usize::from(candidate.depth);
        if self.open.len() > depth + 1 {
            self.close_to(guide, depth);
        }
        let missing = candidate.before & !self.open[depth].seen;
        if missing != 0 {
            self.note_missing(guide, self.open[depth].index, missing);
        }
        let parent = &mut self.open[depth];
        parent.rank = candidate.rank;
        parent.seen |= candidate.bit | missing;
        let stamp = parent.stamp;
        match candidate.starts {
            Some(index) => self.enter(guide, index, stamp),
            None => self.count_use(guide, candidate.segment, stamp),
        }
        Placement {
            status: Status::Placed,
            in_loop: candidate.in_loop,
            segment: Some(candidate.segment),
            starts: candidate.starts.is_some(),
        }
    }

    /// A place that fits, but that the transaction set has passed.
    fn take_late(&mut self, guide: &Guide, candidate: &Candidate) -> Placement {
        let depth = usize::from(candidate.depth);
        if candidate.starts.is_some() && depth + 1 < self.open.len() {
            // To go back would close the loops that are open, and misplace all that follows.
            self.lost = true;
            return Placement {
                status: Status::LoopOutOfOrder,
                in_loop: candidate.in_loop,
                segment: Some(candidate.segment),
                starts: false,
            };
        }
        if self.lost && candidate.starts.is_none() {
            return self.nowhere(Status::Follows);
        }
        let parent = &mut self.open[depth];
        parent.seen |= candidate.bit;
        let stamp = parent.stamp;
        match candidate.starts {
            Some(index) => self.enter(guide, index, stamp),
            None => self.count_use(guide, candidate.segment, stamp),
        }
        Placement {
            status: Status::OutOfOrder,
            in_loop: candidate.in_loop,
            segment: Some(candidate.segment),
            starts: candidate.starts.is_some(),
        }
    }

    /// No place fits: a wrong qualifier, a loop without its start, or no place at all.
    fn take_odd(&mut self, guide: &Guide, candidates: &[Candidate], number: usize) -> Placement {
        let mut near = candidates.iter().filter(|c| c.rank >= self.open[usize::from(c.depth)].rank);
        if let Some(first) = near.next() {
            let twin = near.next().is_some_and(|c| c.depth == first.depth);
            if !twin {
                return self.take(guide, first);
            }
            if self.lost && first.starts.is_none() {
                return self.nowhere(Status::Follows);
            }
            self.lost |= first.starts.is_some();
            return self.nowhere(Status::WrongQualifier);
        }
        if self.lost {
            return self.nowhere(Status::Follows);
        }
        if let Some(index) = guide.states.home(number).and_then(|home| self.reachable(guide, home)) {
            return self.enter_without_start(guide, index, number);
        }
        let starts =
            guide.loops.iter().any(|l| guide.states.number(guide.segment_use(l.start).id.as_bytes()) == Some(number));
        self.lost = starts;
        self.nowhere(Status::Unexpected)
    }

    /// A loop of this id that could begin here.
    fn reachable(&self, guide: &Guide, id: &str) -> Option<LoopIndex> {
        self.open.iter().rev().find_map(|open| {
            guide.loop_at(open.index).children.iter().find_map(|child| match child {
                Child::Loop(index) if guide.loop_at(*index).id == id => Some(*index),
                _ => None,
            })
        })
    }

    /// Enters a loop whose first segment is not there, and places the segment in it.
    fn enter_without_start(&mut self, guide: &Guide, index: LoopIndex, number: usize) -> Placement {
        let start = guide.loop_at(index).start;
        let start_number = guide.states.number(guide.segment_use(start).id.as_bytes()).unwrap_or(number);
        let candidates = guide.states.candidates(self.innermost(), start_number);
        if let Some(candidate) = candidates.iter().find(|c| c.starts == Some(index)) {
            self.take(guide, candidate);
        }
        self.faults.push(Fault::SegmentMissing(start));
        let inside = guide.states.candidates(index, number).first().copied();
        match inside.filter(|c| self.innermost() == index && usize::from(c.depth) + 1 == self.open.len()) {
            Some(candidate) => self.take(guide, &candidate),
            None => self.nowhere(Status::Unexpected),
        }
    }

    fn enter(&mut self, guide: &Guide, index: LoopIndex, parent: u32) {
        let state = &guide.states.loops[usize::from(index.0)];
        let occurrence = self.loops[usize::from(index.0)].add(parent);
        if state.bound.unused {
            self.faults.push(Fault::LoopNotUsed(index));
        } else if state.bound.max != 0 && occurrence > state.bound.max {
            self.faults.push(Fault::LoopTooMany(index));
        }
        self.open.truncate(usize::from(state.depth));
        self.stamp = self.stamp.wrapping_add(1);
        self.open.push(Open { index, occurrence, rank: 0, seen: state.start_bit, stamp: self.stamp });
        self.count_use(guide, state.start, self.stamp);
    }

    fn count_use(&mut self, guide: &Guide, index: UseIndex, stamp: u32) {
        let bound = guide.states.uses[usize::from(index.0)];
        let count = self.uses[usize::from(index.0)].add(stamp);
        if bound.unused {
            self.faults.push(Fault::SegmentNotUsed(index));
        } else if bound.max != 0 && count > bound.max {
            self.faults.push(Fault::SegmentTooMany(index));
        }
    }

    /// Closes the loops deeper than this, and notes what they lack.
    fn close_to(&mut self, guide: &Guide, depth: usize) {
        while self.open.len() > depth + 1 {
            let Some(open) = self.open.pop() else { return };
            let missing = guide.states.loops[usize::from(open.index.0)].required & !open.seen;
            if missing != 0 {
                self.note_missing(guide, open.index, missing);
            }
        }
    }

    fn note_missing(&mut self, guide: &Guide, index: LoopIndex, missing: u64) {
        let bits = &guide.states.loops[usize::from(index.0)].bits;
        for (i, child) in bits.iter().enumerate().filter(|(i, _)| missing >> i & 1 == 1).take(64) {
            debug_assert!(i < 64);
            self.faults.push(match child {
                Child::Use(index) => Fault::SegmentMissing(*index),
                Child::Loop(index) => Fault::LoopMissing(*index),
            });
        }
    }
}
