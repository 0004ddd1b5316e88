//! Rules of meaning: SNIP types 3 (balance), 4 (segments together), 5 (codes by day) and 6 (kinds of service).
//!
//! A rule sees the placed segments of one claim and of what stands around it, never a file. Type 7 is an overlay
//! of the guide ([`guide::Overlay`](crate::guide::Overlay)), which may also weigh these rules otherwise.
//!
//! | file | holds |
//! |---|---|
//! | `list` | every rule: id, severity, what it says, how to mend it, source |
//! | `kept` | the segments of one claim, in buffers that are used again |
//! | `segment`, `claim`, `remit` | rules of one segment, of a claim (837P), of a remittance (835) |
//!
//! ```
//! use edi_core::{envelope::EnvelopeReader, guide::{Checker, Guides}, reader::Reader, rules::RuleChecker};
//! # let file: &[u8] = b"ISA*00*          *00*          *ZZ*A              *ZZ*B              \
//! # *260105*1200*^*00501*000000001*0*P*:~GS*HP*A*B*20260105*1200*1*X*005010X221A1~ST*835*0001~\
//! # BPR*I*100*C*CHK************20260105~TRN*1*1*1123456789~N1*PR*PAYER~N1*PE*PAYEE*XX*1234567893~\
//! # LX*1~CLP*A1*1*120*90*0*12*I1~CAS*CO*45*20~SE*9*0001~GE*1*1~IEA*1*000000001~";
//! let mut checker = Checker::new(Guides::built_in());
//! let mut rules = RuleChecker::new();
//! let mut reader = EnvelopeReader::new(Reader::new(file)?);
//! let mut found = Vec::new();
//! while let Some(event) = reader.next()? {
//!     checker.push(&event);
//!     rules.push(&event, &checker);
//!     found.extend(rules.take_findings().into_iter().map(|finding| finding.rule));
//! }
//! assert!(found.contains(&"835-B2".into()) && found.contains(&"835-B3".into()));
//! # Ok::<(), edi_core::Error>(())
//! ```

mod claim;
mod codes;
mod found;
mod kept;
mod list;
mod remit;
mod segment;

use crate::codes::CodeBook;
use crate::envelope::Event;
use crate::finding::Finding;
use crate::guide::{Checker, Name, Rule};
use crate::lex::Segment;
use claim::{Claim, Levels};
use found::Found;
use kept::{Kept, Placed};
use remit::{Payment, Totals};
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

/// The rules of this room, by transaction set and SNIP type.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    list::ENTRIES.iter().map(|entry| &entry.rule)
}

/// How much a rule's findings weigh, unless an overlay says otherwise; none for rules of other rooms.
#[must_use]
pub fn severity(rule: &str) -> Option<crate::Severity> {
    list::entry(rule).map(|entry| entry.severity)
}

/// How to check.
#[derive(Debug, Clone)]
pub struct RuleOptions {
    /// The most findings kept for a transaction set; the others are counted.
    pub findings_limit: usize,
    /// How many claims are remembered, at some 16 bytes each, to find those that stand twice: those of a file of
    /// claims, and of one remittance. Past it the others are not looked for, and a finding says so.
    pub claims_limit: usize,
    /// The code sets that codes are looked up in.
    pub codes: CodeBook,
}

impl Default for RuleOptions {
    fn default() -> Self {
        Self { findings_limit: 1000, claims_limit: 1 << 20, codes: CodeBook::new() }
    }
}

/// Which rules a transaction set is checked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Set {
    #[default]
    None,
    Claims,
    Remittance,
}

/// What the segments that come now belong to. What is kept of each level stands behind the levels before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Level {
    #[default]
    Header,
    /// Loop 2000A, or loop 2000 of an 835.
    Billing,
    Subscriber,
    Patient,
    Claim,
    /// Behind the claims.
    Behind,
}

/// The segments that open and close levels.
const HL: Name = Name::of(b"HL");
const CLM: Name = Name::of(b"CLM");
const LX: Name = Name::of(b"LX");
const CLP: Name = Name::of(b"CLP");
const PLB: Name = Name::of(b"PLB");

/// How many levels there are above the claim.
const ABOVE: usize = Level::Claim as usize;

/// What stands around the claims of a billing provider, as the rules keep it; see [`RuleChecker::exchange`].
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    kept: Kept,
    ends: [usize; ABOVE],
    levels: Levels,
}

/// Checks events as they come, each after the guide's [`Checker`] has seen it. Memory does not grow with the file:
/// take the findings out now and then.
#[derive(Debug, Clone)]
pub struct RuleChecker {
    set: Set,
    kept: Kept,
    level: Level,
    /// Where what is kept of each level above the claim ends.
    ends: [usize; ABOVE],
    levels: Levels,
    /// Claims and patient levels under the subscriber.
    under: (u64, u64),
    totals: Totals,
    seen: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
    claims_limit: usize,
    /// There was no room for a segment of this claim.
    overflow: bool,
    found: Found,
}

impl Default for RuleChecker {
    fn default() -> Self {
        Self::new()
    }
}

impl RuleChecker {
    /// A checker with the built-in code sets.
    #[must_use]
    pub fn new() -> Self {
        Self::with_options(RuleOptions::default())
    }

    /// A checker with other options.
    #[must_use]
    pub fn with_options(options: RuleOptions) -> Self {
        Self {
            set: Set::None,
            kept: Kept::default(),
            level: Level::Header,
            ends: [0; ABOVE],
            levels: Levels::default(),
            under: (0, 0),
            totals: Totals::default(),
            seen: HashSet::default(),
            claims_limit: options.claims_limit,
            overflow: false,
            found: Found::new(options.findings_limit, options.codes),
        }
    }

    /// Checks the next event; the guide's checker has seen it already.
    pub fn push(&mut self, event: &Event<'_>, guide: &Checker) {
        match event {
            Event::TransactionStart(transaction, _) => {
                self.restart(match (guide.tracker(), transaction.set_id.as_str()) {
                    (Some(_), "837") => Set::Claims,
                    (Some(_), "835") => Set::Remittance,
                    _ => Set::None,
                });
                if let Some(tracker) = guide.tracker() {
                    self.found.begin(tracker.guide().waivers());
                }
            }
            Event::Segment(segment) => self.segment(segment, guide.loop_name()),
            Event::TransactionEnd(..) if self.set != Set::None => self.end(),
            _ => {}
        }
    }

    /// Checks the next segment, of which the caller knows that it stands in this loop.
    pub fn push_in(&mut self, segment: &Segment<'_>, loop_id: &str) {
        self.segment(segment, Name::of(loop_id.as_bytes()));
    }

    fn segment(&mut self, segment: &Segment<'_>, in_loop: Name) {
        let locus = segment.locus();
        let it = Placed::of(segment, &locus, in_loop);
        match self.set {
            Set::Claims => self.claim_segment(it),
            Set::Remittance => self.remittance_segment(it),
            Set::None => {}
        }
    }

    /// Ends the level that is open and its subscriber, as the next HL of a claim would. So one claim can be judged
    /// before the next one comes.
    pub fn close(&mut self) {
        self.leave();
        if self.set == Set::Claims {
            self.end_subscriber();
            self.open(Level::Subscriber);
            self.level = Level::Behind;
        }
    }

    /// Goes under another head and billing provider, and gives those that were left: so claims of several billing
    /// providers are judged in turns, and what stands around them once. Call it after [`close`](Self::close).
    pub fn exchange(&mut self, around: &mut Surroundings) {
        std::mem::swap(&mut self.kept, &mut around.kept);
        std::mem::swap(&mut self.ends, &mut around.ends);
        std::mem::swap(&mut self.levels, &mut around.levels);
    }

    /// The findings since the last call. Those of a claim come when its last segment has been seen, which is at the
    /// next claim's first.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        self.found.take()
    }

    /// Whether there are findings to take.
    #[must_use]
    pub fn has_findings(&self) -> bool {
        !self.found.is_empty()
    }

    fn restart(&mut self, set: Set) {
        self.set = set;
        self.kept.truncate(0);
        self.level = Level::default();
        self.ends = [0; ABOVE];
        self.levels = Levels::default();
        self.under = (0, 0);
        self.totals = Totals::default();
        if set == Set::Remittance {
            self.seen.clear(); // a payer answers a claim in several remittances; nobody bills it twice in a file
        }
        self.overflow = false;
    }

    /// Keeps a segment and looks at it alone.
    fn keep(&mut self, it: Placed<'_>) {
        self.overflow |= !self.kept.push(it);
        match self.set {
            Set::Claims => segment::check_837(it, &mut self.found),
            Set::Remittance => segment::check_835(it, &mut self.found),
            Set::None => {}
        }
    }

    fn claim_segment(&mut self, it: Placed<'_>) {
        match it.id {
            HL => {
                self.leave();
                let level = match it.at(3) {
                    b"20" => Level::Billing,
                    b"22" => Level::Subscriber,
                    _ => Level::Patient,
                };
                if level == Level::Patient {
                    self.under.1 += 1;
                } else {
                    self.end_subscriber();
                }
                self.open(level);
                self.levels.enter(it, &mut self.found);
            }
            CLM => {
                self.leave();
                self.under.0 += u64::from(self.ends[2] == self.ends[3]);
                self.open(Level::Claim);
                self.remember("837-CLAIM-ID-TWICE", it, &[1]);
            }
            _ => {}
        }
        self.keep(it);
    }

    fn remittance_segment(&mut self, it: Placed<'_>) {
        match it.id {
            LX => {
                self.leave();
                self.end_summary();
                self.open(Level::Billing);
            }
            CLP => {
                self.leave();
                self.open(Level::Claim);
                if !it.is(2, "22") {
                    self.remember("835-CLAIM-TWICE", it, &[1, 7]);
                }
            }
            PLB => {
                self.leave();
                self.totals.adjust(it, &mut self.found);
                remit::check_adjustment(it, self.kept.part(0, self.ends[0]), &mut self.found);
                return;
            }
            _ => {}
        }
        self.keep(it);
    }

    /// Opens a level: what was kept of it and of the levels inside is forgotten.
    fn open(&mut self, level: Level) {
        let start = (level as usize).checked_sub(1).map_or(0, |above| self.ends[above]);
        self.kept.truncate(start);
        self.ends[level as usize..].fill(start);
        self.level = level;
    }

    /// Leaves the level that is open, whose segments have all come, and checks it.
    fn leave(&mut self) {
        let level = std::mem::replace(&mut self.level, Level::Behind);
        if level < Level::Claim {
            self.ends[level as usize..].fill(self.kept.len());
        }
        let part = |level: Level| {
            let start = (level as usize).checked_sub(1).map_or(0, |above| self.ends[above]);
            self.kept.part(start, self.ends.get(level as usize).copied().unwrap_or(self.kept.len()))
        };
        let found = &mut self.found;
        match (self.set, level) {
            (Set::Claims, Level::Billing) => claim::check_billing(part(Level::Billing), found),
            (Set::Claims, Level::Subscriber) => claim::check_subscriber(part(Level::Subscriber), found),
            (Set::Remittance, Level::Header) => remit::check_header(part(Level::Header), found),
            (Set::Claims, Level::Claim) => {
                let levels = [Level::Header, Level::Billing, Level::Subscriber, Level::Patient, Level::Claim];
                match Claim::of(levels.map(part), self.under.0 == 1) {
                    Some(claim) if !self.overflow => claim::check(&claim, found),
                    Some(claim) => found.at("RULES-LIMIT", claim.clm, 0, ""),
                    None => {}
                }
            }
            (Set::Remittance, Level::Claim) => match Payment::of(part(Level::Header), part(Level::Claim)) {
                Some(payment) if !self.overflow => remit::check(&payment, &mut self.totals, found),
                Some(payment) => {
                    self.totals.lose();
                    found.at("RULES-LIMIT", payment.clp, 0, "");
                }
                None => {}
            },
            _ => {}
        }
        if level == Level::Claim {
            self.overflow = false;
        }
    }

    /// Reports a claim that stood before.
    fn remember(&mut self, rule: &'static str, it: Placed<'_>, elements: &[usize]) {
        if self.claims_limit == 0 {
            return;
        }
        let mut hasher = DefaultHasher::new();
        elements.iter().for_each(|n| it.at(*n).hash(&mut hasher));
        let key = hasher.finish();
        let full = self.seen.len() >= self.claims_limit;
        let before = if full { self.seen.contains(&key) } else { !self.seen.insert(key) };
        if before && elements.iter().all(|n| it.has(*n)) {
            self.found.at(rule, it, elements.last().copied().unwrap_or(1), "a number not used before");
        } else if !full && self.seen.len() == self.claims_limit {
            self.found.at("CLAIM-TWICE-LIMIT", it, 0, "");
        }
    }

    /// Ends the subscriber's level with all levels and claims that hung under it.
    fn end_subscriber(&mut self) {
        let (claims, patients) = std::mem::take(&mut self.under);
        let start = self.ends[Level::Billing as usize];
        let part = self.kept.part(start, self.ends[Level::Subscriber as usize]);
        claim::subscriber_ends(part, claims, patients, &mut self.found);
    }

    /// Ends a loop 2000 of a remittance with the claims under it.
    fn end_summary(&mut self) {
        let part = self.kept.part(self.ends[0], self.ends[Level::Billing as usize]);
        self.totals.end_summary(part.first("2000", "TS3"), &mut self.found);
    }

    fn end(&mut self) {
        self.leave();
        match self.set {
            Set::Claims => self.end_subscriber(),
            Set::Remittance => {
                self.end_summary();
                self.totals.end(self.kept.part(0, self.ends[0]), &mut self.found);
            }
            Set::None => {}
        }
        if let Some(first) = self.kept.part(0, self.ends[0]).iter().next() {
            self.found.end(first);
        }
        self.restart(Set::None);
    }
}
