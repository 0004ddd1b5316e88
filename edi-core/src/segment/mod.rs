//! Typed segments: one declaration reads and writes each.
//!
//! [`segments!`](crate::segments) makes a struct of the regular ones from a table of elements; CAS, whose
//! triplets repeat, is written by hand. What stands in an element and does not parse is kept
//! ([`Wire::Raw`]); elements past the table are kept by no struct, so [`TypedSegment::holds`] tells whether a
//! segment would be written again as it was read; where not, keep it as a [`RawSegment`].

mod cas;
mod common;
mod raw;

pub use cas::{Cas, CasEntry};
pub use common::*;
pub use raw::RawSegment;

use crate::Text;
use crate::error::Result;
use crate::lex::{Element, Segment};
use crate::value::{Procedure, Rare, Wire, WireValue};
use crate::writer::{SegmentBuilder, SegmentWriter};
use std::io::Write;

/// A segment that has a struct.
pub trait TypedSegment: Sized {
    /// The segment id.
    const ID: &'static str;
    /// How many elements the struct has.
    const ELEMENTS: usize;

    /// Reads the segment. Nothing fails: see [`Wire`].
    fn read(segment: &Segment<'_>) -> Self;

    /// Writes the segment.
    ///
    /// # Errors
    /// Where an element holds a delimiter, or the output fails.
    fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> Result<()>;

    /// Ordinals of the elements that hold something that could not be read.
    fn unreadable(&self) -> Vec<usize>;

    /// Whether the struct holds all of a segment: it has no elements past the table.
    #[must_use]
    fn holds(segment: &Segment<'_>) -> bool {
        segment.len() <= Self::ELEMENTS
    }
}

/// A segment behind a pointer, where most loops have none.
impl<T: TypedSegment> TypedSegment for Box<T> {
    const ID: &'static str = T::ID;
    const ELEMENTS: usize = T::ELEMENTS;

    fn read(segment: &Segment<'_>) -> Self {
        Box::new(T::read(segment))
    }

    fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> Result<()> {
        T::write(self, writer)
    }

    fn unreadable(&self) -> Vec<usize> {
        T::unreadable(self)
    }

    fn holds(segment: &Segment<'_>) -> bool {
        T::holds(segment)
    }
}

/// What may stand in a field of a typed segment.
pub trait Field: Sized {
    /// Reads an element.
    fn read(element: Element<'_>) -> Self;
    /// Writes it as the next element.
    fn write<'w, W: Write>(&self, builder: SegmentBuilder<'w, W>) -> SegmentBuilder<'w, W>;
    /// Whether something stands there that could not be read.
    fn is_raw(&self) -> bool {
        false
    }
}

impl Field for Text {
    #[inline]
    fn read(element: Element<'_>) -> Self {
        element.to_text()
    }

    fn write<'w, W: Write>(&self, builder: SegmentBuilder<'w, W>) -> SegmentBuilder<'w, W> {
        builder.text(self)
    }
}

impl Field for Rare {
    #[inline]
    fn read(element: Element<'_>) -> Self {
        if element.is_empty() { Self::default() } else { element.to_text().into() }
    }

    fn write<'w, W: Write>(&self, builder: SegmentBuilder<'w, W>) -> SegmentBuilder<'w, W> {
        builder.text(self)
    }
}

impl<T: WireValue> Field for Wire<T> {
    #[inline]
    fn read(element: Element<'_>) -> Self {
        element.wire()
    }

    fn write<'w, W: Write>(&self, builder: SegmentBuilder<'w, W>) -> SegmentBuilder<'w, W> {
        builder.wire(self)
    }

    fn is_raw(&self) -> bool {
        Wire::is_raw(self)
    }
}

impl Field for Procedure {
    fn read(element: Element<'_>) -> Self {
        Procedure::read(element)
    }

    fn write<'w, W: Write>(&self, builder: SegmentBuilder<'w, W>) -> SegmentBuilder<'w, W> {
        builder.procedure(self)
    }
}

/// A composite of which every component is text: without empty ones at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Composite(pub Vec<Text>);

impl Composite {
    /// Component `n` from 1; empty where there are fewer.
    #[must_use]
    pub fn component(&self, n: usize) -> &str {
        n.checked_sub(1).and_then(|i| self.0.get(i)).map_or("", |c| c.as_str())
    }
}

impl<T: Into<Text>> FromIterator<T> for Composite {
    fn from_iter<I: IntoIterator<Item = T>>(components: I) -> Self {
        let mut all: Vec<Text> = components.into_iter().map(Into::into).collect();
        all.truncate(all.iter().rposition(|c| !c.is_empty()).map_or(0, |last| last + 1));
        Self(all)
    }
}

impl Field for Composite {
    fn read(element: Element<'_>) -> Self {
        if element.is_empty() { Self::default() } else { element.components().map(|c| c.to_text()).collect() }
    }

    fn write<'w, W: Write>(&self, builder: SegmentBuilder<'w, W>) -> SegmentBuilder<'w, W> {
        builder.composite(self.0.iter().map(|c| c.as_str()))
    }
}

/// Declares typed segments: for each a struct with a field for every element, in order from the first.
///
/// ```
/// edi_core::segments! {
///     /// Line item (LX).
///     pub struct Counter = "LX" {
///         /// LX01, ordinal.
///         pub number: edi_core::Text,
///     }
/// }
/// ```
#[macro_export]
macro_rules! segments {
    ($( $(#[$doc:meta])* pub struct $name:ident = $id:literal {
        $( $(#[$field_doc:meta])* pub $field:ident : $type:ty, )+
    } )+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, ::serde::Serialize)]
        pub struct $name {
            $( $(#[$field_doc])* pub $field: $type, )+
        }

        impl $crate::segment::TypedSegment for $name {
            const ID: &'static str = $id;
            const ELEMENTS: usize = [$( stringify!($field) ),+].len();

            #[inline]
            fn read(segment: &$crate::lex::Segment<'_>) -> Self {
                let mut elements = 1..;
                let mut next = || segment.element(elements.next().unwrap_or_default());
                Self { $( $field: $crate::segment::Field::read(next()), )+ }
            }

            fn write<W: ::std::io::Write>(
                &self,
                writer: &mut $crate::writer::SegmentWriter<W>,
            ) -> $crate::error::Result<()> {
                let builder = writer.segment($id);
                $( let builder = $crate::segment::Field::write(&self.$field, builder); )+
                builder.finish()
            }

            fn unreadable(&self) -> Vec<usize> {
                let raw = [$( $crate::segment::Field::is_raw(&self.$field) ),+];
                raw.iter().zip(1..).filter(|(raw, _)| **raw).map(|(_, n)| n).collect()
            }
        }
    )+ };
}
