//! A guide compiled for the tracker: for each open loop and each segment id, where such a segment could go.

use super::Name;
use super::codes::{is_among, pack};
use super::parse::GuideError;
use super::specs::Specs;
use super::table::{Child, Guide, Loop, LoopIndex, SegmentUse, Usage, UseIndex};
use crate::lex::Segment;

/// A place that a segment could go to from a loop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub segment: UseIndex,
    /// The loop that the segment stands in.
    pub in_loop: LoopIndex,
    /// It starts this loop.
    pub starts: Option<LoopIndex>,
    /// Depth of the loop that it is a child of.
    pub depth: u8,
    /// Its rank among the children there; twins and alternatives share one.
    pub rank: u16,
    /// Its bit among what that loop requires; 0 if it is not required.
    pub bit: u64,
    /// The bits of what should have come before it.
    pub before: u64,
    /// Where its key values begin in `States::keys`, and how many there are.
    keys: (u32, u16),
    /// More elements than the first tell it from its twins.
    further: bool,
}

/// A loop as the tracker needs it.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Its id.
    pub name: Name,
    pub depth: u8,
    pub bound: Bound,
    /// The segment that starts it, and its bit.
    pub start: UseIndex,
    pub start_bit: u64,
    /// The bits of all that it requires.
    pub required: u64,
    /// Bits and children, for naming what is missing.
    pub bits: Vec<Child>,
}

/// How often a segment or a loop may occur.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    /// 0 for any number.
    pub max: u32,
    pub unused: bool,
}

impl Bound {
    fn new(max: u32, usage: Usage) -> Self {
        Self { max, unused: usage == Usage::NotUsed }
    }
}

/// The candidates of a loop and a segment id.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
    /// The element or component that tells them from one another, where one does.
    key: Option<Part>,
}

/// An element, or a component of it.
type Part = (u16, Option<u16>);

/// The compiled tables of a guide.
#[derive(Debug, Clone, Default)]
pub(super) struct States {
    ids: Ids,
    /// Candidates of loop `l` and segment number `s` stand at `spans[l * ids + s]`.
    spans: Vec<Span>,
    candidates: Vec<Candidate>,
    keys: Vec<u64>,
    pub loops: Vec<State>,
    /// For each segment use.
    pub uses: Vec<Bound>,
    pub specs: Specs,
    /// For a segment number: the id's only loop, where its start might be missing.
    homes: Vec<Option<usize>>,
    home_names: Vec<crate::Text>,
}

/// Segment ids to small numbers: an open table of 256 slots.
#[derive(Debug, Clone)]
struct Ids {
    slots: Vec<(u32, u8)>,
    count: usize,
}

const SLOTS: usize = 1024;

impl Default for Ids {
    fn default() -> Self {
        Self { slots: vec![(0, 0); SLOTS], count: 0 }
    }
}

impl Ids {
    fn slot(&self, id: u32) -> usize {
        let mut slot = (id.wrapping_mul(0x9E37_79B1) >> 22) as usize;
        while self.slots[slot].0 != id && self.slots[slot].0 != 0 {
            slot = (slot + 1) % SLOTS;
        }
        slot
    }

    fn get(&self, id: &[u8]) -> Option<usize> {
        let id = packed_id(id)?;
        let (held, number) = self.slots[self.slot(id)];
        (held == id).then_some(usize::from(number))
    }

    /// The number of an id, a new one if need be; none where there are too many ids.
    fn intern(&mut self, id: &[u8]) -> Option<usize> {
        if let Some(number) = self.get(id) {
            return Some(number);
        }
        let id = packed_id(id)?;
        let slot = self.slot(id);
        self.slots[slot] = (id, u8::try_from(self.count).ok()?);
        self.count += 1;
        Some(self.count - 1)
    }
}

fn packed_id(id: &[u8]) -> Option<u32> {
    match id.len() {
        2 | 3 => Some(id.iter().fold(0, |packed, byte| packed << 8 | u32::from(*byte))),
        _ => None,
    }
}

/// A child of a loop with its rank and bits.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    child: Child,
    /// The segment, or the one that starts the loop, and the number of its id.
    segment: UseIndex,
    number: usize,
    rank: u16,
    bit: u64,
    before: u64,
}

impl States {
    /// The number of a segment id, if the guide uses it.
    pub(super) fn number(&self, id: &[u8]) -> Option<usize> {
        self.ids.get(id)
    }

    /// Where a segment of this number could go from this loop, inner places first.
    pub(super) fn candidates(&self, from: LoopIndex, number: usize) -> &[Candidate] {
        self.within(self.span(from, number))
    }

    /// The same, with the segment's key value as an integer; 0 where it is longer than that, or none is asked for.
    pub(super) fn keyed(&self, from: LoopIndex, number: usize, segment: &Segment<'_>) -> (&[Candidate], u64) {
        let span = self.span(from, number);
        (self.within(span), span.key.map_or(0, |part| pack(value(segment, part))))
    }

    fn span(&self, from: LoopIndex, number: usize) -> Span {
        self.spans[usize::from(from.0) * self.ids.count + number]
    }

    fn within(&self, span: Span) -> &[Candidate] {
        &self.candidates[span.start as usize..span.end as usize]
    }

    /// The id of the only loop that has segments of this number inside.
    pub(super) fn home(&self, number: usize) -> Option<&str> {
        self.homes[number].map(|i| self.home_names[i].as_str())
    }

    /// Whether the candidate's qualifiers fit the segment.
    #[inline]
    pub(super) fn fits(&self, guide: &Guide, candidate: &Candidate, segment: &Segment<'_>, key: u64) -> bool {
        let (start, count) = candidate.keys;
        if count == 0 {
            return true;
        }
        if key != 0 && !is_among(&self.keys[start as usize..start as usize + usize::from(count)], key) {
            return false;
        }
        // What is left is rare: a value longer than an integer holds, or a second key element.
        (key != 0 && !candidate.further) || fits_in_full(guide.segment_use(candidate.segment), segment)
    }

    /// Compiles a guide's tables.
    ///
    /// # Errors
    /// Where a loop requires more than 64 segments and loops, or the guide has more than 255 segment ids.
    pub(super) fn compile(guide: &Guide) -> Result<Self, GuideError> {
        let mut states = Self::default();
        let too_many = || GuideError::new(1, "a guide may use 255 segment ids of two or three characters");
        let numbers = guide.uses.iter().map(|it| states.ids.intern(it.id.as_bytes()).ok_or_else(too_many));
        let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
        let rank = |it: &Loop| rank(guide, &it.children, &numbers);
        let ranked = guide.loops.iter().map(rank).collect::<Result<Vec<_>, _>>()?;
        for (children, it) in ranked.iter().zip(&guide.loops) {
            let bits = children.iter().filter(|r| r.bit != 0);
            states.loops.push(State {
                name: Name::of(it.id.as_bytes()),
                depth: it.depth,
                bound: Bound::new(it.max, it.usage),
                start: it.start,
                start_bit: children.iter().find(|r| r.child == Child::Use(it.start)).map_or(0, |r| r.bit),
                required: bits.clone().fold(0, |all, r| all | r.bit),
                bits: bits.map(|r| r.child).collect(),
            });
        }
        for index in 0..guide.loops.len() {
            let index = LoopIndex(u16::try_from(index).unwrap_or(u16::MAX));
            for number in 0..states.ids.count {
                states.collect(guide, &ranked, index, number);
            }
        }
        states.uses = guide.uses.iter().map(|it| Bound::new(it.max, it.usage)).collect();
        states.specs = Specs::compile(&guide.uses);
        states.find_homes(guide, &numbers);
        Ok(states)
    }

    /// Candidates from a loop: its own children, then those of the loops around it.
    fn collect(&mut self, guide: &Guide, ranked: &[Vec<Ranked>], from: LoopIndex, number: usize) {
        let first = self.candidates.len();
        let mut here = from;
        loop {
            let it = guide.loop_at(here);
            for r in &ranked[usize::from(here.0)] {
                let own_start = here.0 != 0 && r.child == Child::Use(it.start);
                if r.number != number || own_start {
                    continue;
                }
                let segment = guide.segment_use(r.segment);
                let starts = match r.child {
                    Child::Loop(index) => Some(index),
                    Child::Use(_) => None,
                };
                let keys = self.add_keys(guide, r.segment);
                let further = segment.key.len() > 1;
                let Ranked { rank, bit, before, .. } = *r;
                self.candidates.push(Candidate {
                    segment: r.segment,
                    in_loop: segment.in_loop,
                    starts,
                    depth: it.depth,
                    rank,
                    bit,
                    before,
                    keys,
                    further,
                });
            }
            if here.0 == 0 {
                break;
            }
            here = it.parent;
        }
        let keyed = self.candidates[first..].iter().find(|candidate| candidate.keys.1 > 0);
        let key = keyed.and_then(|candidate| guide.segment_use(candidate.segment).key.first()).copied();
        #[allow(clippy::cast_possible_truncation)] // both tables are limited to a few thousand
        self.spans.push(Span { start: first as u32, end: self.candidates.len() as u32, key });
    }

    fn add_keys(&mut self, guide: &Guide, segment: UseIndex) -> (u32, u16) {
        #[allow(clippy::cast_possible_truncation)] // a few thousand codes
        let start = self.keys.len() as u32;
        match guide.segment_use(segment).key_codes() {
            None => (start, 0),
            Some(codes) => {
                self.keys.extend(codes.packed());
                // A list of long codes only still counts as a key.
                self.keys.extend(codes.packed().is_empty().then_some(u64::MAX));
                (start, u16::try_from(codes.packed().len().max(1)).unwrap_or(u16::MAX))
            }
        }
    }

    /// Ids that occur inside of one loop only, and do not start it.
    fn find_homes(&mut self, guide: &Guide, numbers: &[usize]) {
        for number in 0..self.ids.count {
            let uses = guide.uses.iter().enumerate().filter(|(i, _)| numbers[*i] == number);
            let mut home = None;
            let mut only = true;
            for (i, u) in uses {
                let it = guide.loop_at(u.in_loop);
                let starts = usize::from(it.start.0) == i;
                only &= !starts && u.in_loop.0 != 0 && home.is_none_or(|id: &crate::Text| *id == it.id);
                home = Some(&it.id);
            }
            self.homes.push(None);
            if let Some(id) = home.filter(|_| only) {
                self.homes[number] = Some(self.home_names.len());
                self.home_names.push(id.clone());
            }
        }
    }
}

/// Ranks the children of a loop: the rank grows where the position changes.
fn rank(guide: &Guide, children: &[Child], numbers: &[usize]) -> Result<Vec<Ranked>, GuideError> {
    let mut ranked: Vec<Ranked> = Vec::with_capacity(children.len());
    let mut position = None;
    let (mut rank, mut bits, mut here, mut before) = (0u16, 0u32, 0u64, 0u64);
    for child in children {
        let (segment, usage) = match *child {
            Child::Use(index) => (index, guide.segment_use(index).usage),
            Child::Loop(index) => (guide.loop_at(index).start, guide.loop_at(index).usage),
        };
        let at = guide.segment_use(segment).position;
        if position.is_some_and(|position| position != at) {
            rank += 1;
            before |= std::mem::take(&mut here);
        }
        position = Some(at);
        let mut bit = 0;
        if usage == Usage::Required {
            bit = 1u64
                .checked_shl(bits)
                .ok_or_else(|| GuideError::new(1, "a loop requires more than 64 segments and loops"))?;
            bits += 1;
            here |= bit;
        }
        ranked.push(Ranked { child: *child, segment, number: numbers[usize::from(segment.0)], rank, bit, before });
    }
    Ok(ranked)
}

/// Whether each key element of the segment holds one of the use's codes.
fn fits_in_full(segment_use: &SegmentUse, segment: &Segment<'_>) -> bool {
    segment_use.key.iter().all(|part| {
        let codes = segment_use.key_part(*part);
        codes.is_none_or(|codes| codes.is_empty() || codes.contains(value(segment, *part)))
    })
}

/// The value that a key part speaks of.
pub(super) fn value<'a>(segment: &Segment<'a>, (element, component): Part) -> &'a [u8] {
    let element = segment.element(element.into());
    match component {
        Some(n) => element.repetitions().next().map_or(&[][..], |e| e.component(n.into()).bytes()),
        None => element.bytes(),
    }
}
