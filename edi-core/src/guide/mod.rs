//! Implementation guides as data: text tables, parsed once; the loop tracker; the check; partner overlays.
//!
//! | file | holds |
//! |---|---|
//! | `data/005010.dictionary` | data elements, composites and segments of X12 005010, with their syntax notes |
//! | `data/*.guide` | one guide each: loops, segment uses, elements, codes; `TA1.guide` is the envelope |
//! | [`Guide`], [`Loop`], [`SegmentUse`], [`ElementUse`] | what the tables say |
//! | [`Tracker`] | places each segment into its loop, in one pass |
//! | [`Checker`] | SNIP types 1 and 2 of a stream of envelope events |
//! | [`Overlay`] | a partner's companion guide, applied to a guide |
//! | [`RULES`] | every rule id: what it means, how to mend it, where it comes from |
//!
//! A new guide is a new file and a line in the list of [`Guides::built_in`]; no code knows a loop by name.
//!
//! ```
//! use edi_core::guide::{Guides, Usage};
//! let guides = Guides::built_in();
//! let guide = guides.find("005010X221A1", "835").ok_or("no such guide")?;
//! let claim = guide.loops().iter().find(|l| l.id == "2100").ok_or("no such loop")?;
//! assert_eq!(guide.segment_use(claim.start).id, "CLP");
//! assert_eq!(claim.usage, Usage::Required);
//! # Ok::<(), &str>(())
//! ```

mod build;
mod check;
mod codes;
mod dictionary;
mod name;
mod overlay;
mod parse;
mod rules;
mod specs;
mod states;
mod table;
#[cfg(test)]
mod tests;
mod tracker;

pub use check::{Charset, CheckOptions, Checker};
pub use codes::CodeList;
pub use dictionary::{DataType, Dictionary, Note, NoteKind};
pub(crate) use name::Name;
pub use overlay::{Overlay, Waiver};
pub use parse::GuideError;
pub use rules::{RULES, Rule, all_rules, rule};
pub use table::{Child, ElementUse, Guide, Loop, LoopIndex, SegmentUse, Usage, UseIndex};
pub use tracker::{Fault, Open, Placement, Status, Tracker};

use std::sync::{Arc, LazyLock};

/// The guides that are built in, parsed when they are first asked for.
static BUILT_IN: LazyLock<Guides> = LazyLock::new(|| {
    let texts = [
        include_str!("data/005010X222A1.guide"),
        include_str!("data/005010X221A1.guide"),
        include_str!("data/005010X231A1.guide"),
        include_str!("data/005010X214.guide"),
    ];
    // A built-in file that does not parse is left out here, and named by the test that parses each.
    let list = texts.iter().filter_map(|text| Guide::parse(text).ok()).map(Arc::new).collect();
    Guides { list }
});

/// The envelope's guide: ISA, GS, GE, TA1, IEA.
static ENVELOPE: LazyLock<Option<Arc<Guide>>> =
    LazyLock::new(|| Guide::parse(include_str!("data/TA1.guide")).ok().map(Arc::new));

/// A set of guides to read by. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Guides {
    list: Vec<Arc<Guide>>,
}

impl Guides {
    /// The built-in guides: 837P, 835, 999 and 277CA of version 005010.
    #[must_use]
    pub fn built_in() -> Self {
        BUILT_IN.clone()
    }

    /// The guide of the envelope (ISA, GS, GE, TA1, IEA).
    #[must_use]
    pub fn envelope() -> Option<Arc<Guide>> {
        ENVELOPE.clone()
    }

    /// The guide that GS08 (or ST03) names, for transaction sets of this ST01. Names that a guide's `also`
    /// lists are found too.
    #[must_use]
    pub fn find(&self, version: &str, transaction: &str) -> Option<&Arc<Guide>> {
        self.list
            .iter()
            .find(|g| g.transaction == transaction && (g.id == version || g.also.iter().any(|a| a == version)))
    }

    /// The guide for transaction sets of this ST01, where there is exactly one.
    #[must_use]
    pub fn only(&self, transaction: &str) -> Option<&Arc<Guide>> {
        let mut found = self.list.iter().filter(|g| g.transaction == transaction);
        found.next().filter(|_| found.next().is_none())
    }

    /// All guides.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Guide>> {
        self.list.iter()
    }

    /// Takes a guide in, in place of the one of the same id and transaction set.
    pub fn add(&mut self, guide: Guide) {
        self.list.retain(|g| g.id != guide.id || g.transaction != guide.transaction);
        self.list.push(Arc::new(guide));
    }

    /// Applies a partner's overlay to the guide that it names.
    ///
    /// # Errors
    /// Where no guide of that id is here, or the overlay names something that the guide does not have.
    pub fn apply(&mut self, overlay: &Overlay) -> Result<(), GuideError> {
        let base = self.list.iter().find(|g| g.id == overlay.base);
        let base = base.ok_or_else(|| GuideError::new(1, format!("there is no guide {}", overlay.base)))?;
        let guide = overlay.apply(base)?;
        self.add(guide);
        Ok(())
    }
}
