//! What a guide says: its loops, segment uses and elements.

use super::codes::CodeList;
use super::dictionary::{DataType, Note};
use super::overlay::Waiver;
use super::states::States;
use crate::Text;

/// Whether something must, may or must not be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Usage {
    /// `R`: always.
    Required,
    /// `S`: where its situation holds.
    Situational,
    /// `N`: never.
    NotUsed,
}

/// Ordinal of a loop in its guide; 0 is the transaction set itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LoopIndex(pub(crate) u16);

/// Ordinal of a segment use in its guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UseIndex(pub(crate) u16);

/// An implementation guide. Made by [`Guides`](super::Guides), or by [`Guide::parse`] of your own file.
#[derive(Debug, Clone)]
pub struct Guide {
    /// Its id, as GS08 and ST03 name it (`005010X222A1`).
    pub id: Text,
    /// What it is for, in a few words.
    pub title: Text,
    /// ST01 of its transaction sets.
    pub transaction: Text,
    /// GS01 of their groups.
    pub functional_id: Text,
    /// Older names that are read by these tables too.
    pub also: Vec<Text>,
    pub(super) loops: Vec<Loop>,
    pub(super) uses: Vec<SegmentUse>,
    pub(super) waivers: Vec<Waiver>,
    pub(super) states: States,
}

/// A loop of a guide.
#[derive(Debug, Clone)]
pub struct Loop {
    /// Its id (`2310B`); empty for the transaction set itself.
    pub id: Text,
    /// What it is, in a few words.
    pub title: Text,
    /// Whether it must be there.
    pub usage: Usage,
    /// How often it may occur in its parent; 0 for any number.
    pub max: u32,
    /// The loop around it; the transaction set is its own parent.
    pub parent: LoopIndex,
    /// How deep it stands; 0 for the transaction set.
    pub depth: u8,
    /// The segment that starts it.
    pub start: UseIndex,
    /// Its segments and loops, in order.
    pub children: Vec<Child>,
}

/// A segment use or a loop in a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Child {
    /// A segment.
    Use(UseIndex),
    /// A loop.
    Loop(LoopIndex),
}

/// A segment in a loop: one of perhaps several uses of its id.
#[derive(Debug, Clone)]
pub struct SegmentUse {
    /// Its id (`REF`).
    pub id: Text,
    /// What it is for, in a few words.
    pub title: Text,
    /// Its position in the guide's table; uses of one position may come in any order.
    pub position: u16,
    /// Whether it must be there.
    pub usage: Usage,
    /// How often it may occur in its loop; 0 for any number.
    pub max: u32,
    /// The loop that it stands in.
    pub in_loop: LoopIndex,
    /// Its elements; the first is element 1.
    pub elements: Vec<ElementUse>,
    /// Its syntax notes.
    pub notes: &'static [Note],
    /// The elements (and components) whose codes tell it from its twins.
    pub key: &'static [(u16, Option<u16>)],
}

/// An element of a segment use, or a component of a composite.
#[derive(Debug, Clone)]
pub struct ElementUse {
    /// X12's number of the data element or composite (`1028`, `C023`).
    pub number: &'static str,
    /// What it holds, in a few words.
    pub name: &'static str,
    /// Whether it must be there.
    pub usage: Usage,
    /// How often it may repeat.
    pub repeats: u16,
    /// What it may look like; none for a composite.
    pub data_type: Option<DataType>,
    /// The shortest it may be.
    pub min: u16,
    /// The longest it may be.
    pub max: u16,
    /// The codes that it may hold; none for any.
    pub codes: CodeList,
    /// The code set outside of X12 that it is taken from, by name (`pos`, `states`).
    pub external: Option<Text>,
    /// Its form is told by the element before it (DTP03 by DTP02).
    pub by_previous: bool,
    /// The components of a composite.
    pub components: Vec<ElementUse>,
    /// The table lists it. What a guide leaves out counts as not used.
    pub listed: bool,
}

impl Guide {
    /// The loops, outer ones first, in the order of the guide; the first is the transaction set itself.
    #[must_use]
    pub fn loops(&self) -> &[Loop] {
        &self.loops
    }

    /// The segment uses, in the order of the guide.
    #[must_use]
    pub fn uses(&self) -> &[SegmentUse] {
        &self.uses
    }

    /// A loop.
    ///
    /// # Panics
    /// Where the index is of another guide.
    #[must_use]
    pub fn loop_at(&self, index: LoopIndex) -> &Loop {
        &self.loops[usize::from(index.0)]
    }

    /// A segment use.
    ///
    /// # Panics
    /// Where the index is of another guide.
    #[must_use]
    pub fn segment_use(&self, index: UseIndex) -> &SegmentUse {
        &self.uses[usize::from(index.0)]
    }

    /// The ids of the loops from the outermost to this one.
    pub fn path(&self, index: LoopIndex) -> impl Iterator<Item = &str> {
        let mut path = vec![index];
        let mut here = index;
        while here != LoopIndex(0) {
            here = self.loop_at(here).parent;
            path.push(here);
        }
        path.into_iter().rev().skip(1).map(|index| self.loop_at(index).id.as_str())
    }

    /// Waivers of an overlay.
    #[must_use]
    pub fn waivers(&self) -> &[Waiver] {
        &self.waivers
    }
}

impl SegmentUse {
    /// Element `n`, from 1.
    #[must_use]
    pub fn element(&self, n: usize) -> Option<&ElementUse> {
        n.checked_sub(1).and_then(|i| self.elements.get(i))
    }

    /// The codes of the first element that tells it from its twins; none where it has no twin.
    #[must_use]
    pub fn key_codes(&self) -> Option<&CodeList> {
        self.key.first().and_then(|part| self.key_part(*part)).filter(|codes| !codes.is_empty())
    }

    pub(super) fn key_part(&self, (element, component): (u16, Option<u16>)) -> Option<&CodeList> {
        let element = self.element(element.into())?;
        match component {
            Some(n) => element.components.get(usize::from(n).checked_sub(1)?).map(|component| &component.codes),
            None => Some(&element.codes),
        }
    }
}
