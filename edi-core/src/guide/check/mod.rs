//! The check of a stream against the guides: SNIP types 1 (syntax) and 2 (what the guide asks for).

mod envelope;
mod glance;
mod segment;
mod structure;
mod value;

use super::table::Guide;
use super::tracker::{Placement, Status, Tracker};
use super::{Guides, LoopIndex, Name};
use crate::envelope::{Event, Group, Transaction};
use crate::finding::{Finding, Kind, Severity};
use crate::lex::Segment;
use crate::locus::Locus;
use segment::SegmentCheck;
use std::sync::Arc;
use value::Alphabet;

/// Characters that a text may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Charset {
    /// X12's basic set: capitals, digits, space and `!"&'()*+,-./:;?=`.
    Basic,
    /// All printable ASCII: what HIPAA's partners accept.
    #[default]
    Extended,
}

/// How to check.
#[derive(Debug, Clone)]
pub struct CheckOptions {
    /// Characters that a text may hold.
    pub charset: Charset,
    /// The most findings kept for a transaction set; the others are counted.
    pub findings_limit: usize,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { charset: Charset::default(), findings_limit: 1000 }
    }
}

/// Checks events as they come. Memory does not grow with the file: take the findings out now and then.
///
/// ```
/// use edi_core::{envelope::EnvelopeReader, guide::{Checker, Guides}, reader::Reader};
/// # let file: &[u8] = b"ISA*00*          *00*          *ZZ*A              *ZZ*B              \
/// # *260105*1200*^*00501*000000001*0*P*:~GS*HP*A*B*20260105*1200*1*X*005010X221A1~ST*835*0001~\
/// # BPR*I*0*C*NON************20260105~SE*3*0001~GE*1*1~IEA*1*000000001~";
/// let mut checker = Checker::new(Guides::built_in());
/// let mut reader = EnvelopeReader::new(Reader::new(file)?);
/// while let Some(event) = reader.next()? {
///     checker.push(&event);
///     for finding in checker.take_findings() {
///         println!("{}: {}", finding.rule, finding.message);
///     }
/// }
/// # Ok::<(), edi_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Checker {
    guides: Guides,
    envelope: Option<Arc<Guide>>,
    options: CheckOptions,
    alphabet: Alphabet,
    group: Option<Group>,
    first_in_group: bool,
    tracker: Option<Tracker>,
    placement: Option<Placement>,
    /// Where the last segment of the transaction set stands.
    last: Locus,
    /// The transaction set has a guide.
    active: bool,
    findings: Vec<Finding>,
    /// How many of `findings` were settled.
    settled: usize,
    /// Findings of this transaction set, kept and dropped.
    kept: usize,
    dropped: u64,
}

impl Checker {
    /// A checker by these guides.
    #[must_use]
    pub fn new(guides: Guides) -> Self {
        Self::with_options(guides, CheckOptions::default())
    }

    /// A checker by these guides, with other options.
    #[must_use]
    pub fn with_options(guides: Guides, options: CheckOptions) -> Self {
        Self {
            guides,
            envelope: Guides::envelope(),
            alphabet: Alphabet::new(options.charset, None),
            options,
            group: None,
            first_in_group: false,
            tracker: None,
            placement: None,
            last: Locus::default(),
            active: false,
            findings: Vec::new(),
            settled: 0,
            kept: 0,
            dropped: 0,
        }
    }

    /// Checks the next event.
    pub fn push(&mut self, event: &Event<'_>) {
        match event {
            Event::InterchangeStart(interchange, segment) => {
                if let Some(isa) = segment {
                    self.check_isa(isa);
                }
                self.alphabet = Alphabet::new(self.options.charset, Some(interchange.delimiters));
            }
            Event::GroupStart(group, segment) => {
                self.group = Some((*group).clone());
                self.first_in_group = true;
                if let Some(gs) = segment {
                    self.check_gs(group, gs);
                }
            }
            Event::TransactionStart(transaction, st) => self.start(transaction, st),
            Event::Segment(segment) => self.place_and_check(segment),
            Event::Outside(segment) => self.check_outside(segment),
            Event::TransactionEnd(_, se) => self.end(se.as_ref()),
            Event::GroupEnd(..) => self.group = None,
            Event::InterchangeEnd(..) => {}
        }
    }

    /// The findings since the last call, in order.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        self.settled = 0;
        std::mem::take(&mut self.findings)
    }

    /// Whether there are findings to take.
    #[must_use]
    pub fn has_findings(&self) -> bool {
        !self.findings.is_empty()
    }

    /// Where the last segment stands; none outside a transaction set, or where it has no guide.
    #[must_use]
    pub fn placement(&self) -> Option<Placement> {
        self.placement
    }

    /// The tracker of the transaction set, for its guide and its open loops.
    #[must_use]
    pub fn tracker(&self) -> Option<&Tracker> {
        self.tracker.as_ref().filter(|_| self.active)
    }

    fn start(&mut self, transaction: &Transaction, st: &Segment<'_>) {
        (self.kept, self.dropped, self.placement) = (0, 0, None);
        self.settled = self.findings.len();
        let Some(guide) = self.guide_of(transaction) else {
            self.active = false;
            return;
        };
        match &mut self.tracker {
            Some(tracker) if Arc::ptr_eq(tracker.guide(), &guide) => tracker.restart(),
            _ => self.tracker = Some(Tracker::new(guide)),
        }
        self.active = true;
        let before = self.findings.len();
        self.place_and_check(st);
        // An older name that GS08 may say, ST03 may say too.
        let older = self.tracker().is_some_and(|t| t.guide().also.contains(&transaction.convention));
        if older && self.findings.len() > before {
            let codes = self.findings.len();
            self.findings.retain(|f| {
                f.rule != "ELE-CODE" || f.element.as_deref() != Some("ST03") || f.locus.byte != st.locus().byte
            });
            self.settled -= codes - self.findings.len();
        }
    }

    fn place_and_check(&mut self, segment: &Segment<'_>) {
        let Some(tracker) = self.tracker.as_mut().filter(|_| self.active) else { return };
        let placement = tracker.place(segment);
        self.last = segment.locus();
        self.placement = Some(placement);
        if placement.status == Status::Placed && tracker.faults().is_empty() {
            // The plain way: in its place, nothing missing.
        } else {
            structure::report(tracker, &placement, segment, &mut self.findings);
        }
        if let Some(index) = placement.segment.filter(|_| placement.status != Status::LoopOutOfOrder) {
            SegmentCheck::new(tracker.guide(), index, segment, &self.alphabet, &mut self.findings).run();
        }
        if self.findings.len() > self.settled {
            self.settle();
        }
    }

    /// Closes the loops deeper than this depth, as the segment that follows them would (the transaction set's depth
    /// is 0), and reports at this place what they lack. So one claim can be judged before the next one comes.
    pub fn close_to(&mut self, depth: usize, at: Locus) {
        if let Some(tracker) = self.tracker.as_mut().filter(|_| self.active) {
            tracker.close_to(depth);
            structure::report_end(tracker, at, true, &mut self.findings);
            self.settle();
        }
    }

    fn end(&mut self, se: Option<&Segment<'_>>) {
        if let Some(se) = se {
            self.place_and_check(se);
        }
        if let Some(tracker) = self.tracker.as_mut().filter(|_| self.active) {
            tracker.finish();
            structure::report_end(tracker, self.last, se.is_some(), &mut self.findings);
            self.settle();
        }
        if self.dropped > 0 {
            let locus = self.last;
            let message = format!("{} more findings of this transaction set are not shown", self.dropped);
            let finding = Finding::new("FINDINGS-LIMIT", Kind::Rule, message, locus);
            self.findings.push(finding.with_severity(Severity::Warning).with_snip(2));
        }
        self.active = false;
        self.placement = None;
    }

    /// Waives what an overlay waives, and drops what is over the limit.
    #[cold]
    fn settle(&mut self) {
        let waivers = self.tracker.as_ref().map(|t| t.guide().waivers()).unwrap_or_default();
        let from = self.settled;
        for finding in &mut self.findings[from..] {
            if let Some(waiver) = waivers.iter().find(|w| w.covers(finding)) {
                waiver.apply(finding);
            }
        }
        let new = self.findings.len() - from;
        let room = self.options.findings_limit.saturating_sub(self.kept).min(new);
        self.dropped += (new - room) as u64;
        self.kept += room;
        self.settled = from + room;
        self.findings.truncate(self.settled);
    }

    /// The loop that the last segment stands in, packed; that of no characters outside of loops.
    pub(crate) fn loop_name(&self) -> Name {
        match self.tracker.as_ref().zip(self.placement).filter(|_| self.active) {
            Some((tracker, placement)) => tracker.guide().states.loops[usize::from(placement.in_loop.0)].name,
            None => Name::default(),
        }
    }

    /// The loop that the last segment stands in, by id.
    #[must_use]
    pub fn loop_id(&self) -> Option<&str> {
        let tracker = self.tracker.as_ref().filter(|_| self.active)?;
        let index = self.placement.map_or(LoopIndex(0), |p| p.in_loop);
        Some(tracker.guide().loop_at(index).id.as_str())
    }
}
