//! A typed segment that loses nothing.

use edi_core::error::Result;
use edi_core::lex::Segment;
use edi_core::segment::{RawSegment, TypedSegment};
use edi_core::writer::SegmentWriter;
use serde::{Serialize, Serializer};
use std::io::Write;
use std::ops::Deref;

/// A typed segment, and the segment as it was read where the type has no room for all of it (an element
/// past the last, a composite where the guide has none). Reads as the typed one, is written as the whole.
///
/// It cannot be changed in place, so that the two never disagree: make another one of a changed value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept<T> {
    value: T,
    whole: Option<Box<RawSegment>>,
}

impl<T: TypedSegment> Kept<T> {
    /// Reads a segment.
    #[must_use]
    #[inline]
    pub fn read(segment: &Segment<'_>) -> Self {
        let fits = T::holds(segment) && composites_fit(segment, T::ID);
        let whole = if fits { None } else { Some(Box::new(RawSegment::of(segment))) };
        Self { value: T::read(segment), whole }
    }

    /// Writes it whole.
    ///
    /// # Errors
    /// Where it holds a delimiter of this writer, or the output fails.
    pub fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> Result<()> {
        match &self.whole {
            Some(whole) => whole.write(writer),
            None => self.value.write(writer),
        }
    }

    /// The typed segment, by value.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }
}

/// Whether components and repetitions stand only where the types have room for them.
#[inline]
fn composites_fit(segment: &Segment<'_>, id: &str) -> bool {
    !segment.may_be_divided() || each_composite_fits(segment, id)
}

fn each_composite_fits(segment: &Segment<'_>, id: &str) -> bool {
    segment.elements().zip(1..).all(|(element, n)| {
        !element.is_divided()
            || element.repetitions().nth(1).is_none() && element.components().nth(components(id, n)).is_none()
    })
}

/// How many components the types keep of an element.
fn components(id: &str, element: usize) -> usize {
    match (id, element) {
        ("SVC", 1 | 6) => 8,
        ("PLB", 3..) if element % 2 == 1 => 2,
        ("REF", 4) | ("QTY", 3) | ("RDM", 4 | 5) => usize::MAX,
        _ => 1,
    }
}

impl<T> From<T> for Kept<T> {
    fn from(value: T) -> Self {
        Self { value, whole: None }
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Serialize> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}
