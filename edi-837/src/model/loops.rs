//! How a loop is declared once, and takes, counts and writes its segments.

use edi_core::error::Result;
use edi_core::lex::{Element, Segment};
use edi_core::segment::{RawSegment, TypedSegment};
use edi_core::writer::SegmentWriter;
use serde::Serialize;
use std::io::Write;

use crate::segment::is_composite;

/// A segment that the loop has no field for, or that its field could not hold, and its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Extra {
    /// How many segments of the loop that have a field stand before it.
    pub behind: usize,
    /// The segment.
    pub segment: RawSegment,
}

/// A loop of the guide: it takes segments when it is read, and gives them back in the guide's order.
pub trait Loop {
    /// Takes the segment into the field that is for it; false where there is none, or it is full.
    fn accept(&mut self, segment: &Segment<'_>) -> bool;

    /// Segments that stand in fields of this loop itself.
    fn held(&self) -> usize;

    /// The segments without a field.
    fn extra(&mut self) -> &mut Vec<Extra>;

    /// Writes the loop's own segments, and then the loops in it.
    ///
    /// # Errors
    /// Where data holds a delimiter of the writer, or the output fails.
    fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> Result<()>
    where
        Self: Sized;

    /// Keeps a segment raw, in its place.
    fn keep(&mut self, segment: &Segment<'_>) {
        let behind = self.held();
        self.extra().push(Extra { behind, segment: RawSegment::of(segment) });
    }
}

/// A field of a loop: one segment at most, or any number.
pub(crate) trait Slot {
    /// The [`number`] of its segments' id.
    const NUMBER: u32;
    fn accept(&mut self, segment: &Segment<'_>) -> bool;
    fn held(&self) -> usize;
    fn write<W: Write>(&self, out: &mut LoopWriter<'_, W>) -> Result<()>;
}

/// A segment id as a number, for a loop to find its field by in one step; zero where it is none of X12's, which have
/// two or three characters.
pub(crate) const fn number(id: &[u8]) -> u32 {
    match *id {
        [a, b] => u32::from_be_bytes([2, 0, a, b]),
        [a, b, c] => u32::from_be_bytes([3, a, b, c]),
        _ => 0,
    }
}

/// Whether the struct gives the segment back as it was: no element past its table, no separator where the
/// element is no composite.
#[inline]
pub(crate) fn fits<T: TypedSegment>(segment: &Segment<'_>) -> bool {
    segment.id() == T::ID.as_bytes() && T::holds(segment) && (!segment.may_be_divided() || composites_fit(segment))
}

fn composites_fit(segment: &Segment<'_>) -> bool {
    let repetition = segment.delimiters().repetition;
    let repeats = |bytes: &[u8]| repetition.is_some_and(|by| bytes.contains(&by));
    let fits = |element: Element<'_>, n| is_composite(segment.id(), n) && !repeats(element.bytes());
    segment.elements().zip(1..).all(|(element, n)| !element.is_divided() || fits(element, n))
}

impl<T: TypedSegment> Slot for Option<T> {
    const NUMBER: u32 = number(T::ID.as_bytes());

    #[inline]
    fn accept(&mut self, segment: &Segment<'_>) -> bool {
        let takes = self.is_none() && fits::<T>(segment);
        if takes {
            *self = Some(T::read(segment));
        }
        takes
    }

    fn held(&self) -> usize {
        usize::from(self.is_some())
    }

    fn write<W: Write>(&self, out: &mut LoopWriter<'_, W>) -> Result<()> {
        self.iter().try_for_each(|segment| out.put(segment))
    }
}

impl<T: TypedSegment> Slot for Vec<T> {
    const NUMBER: u32 = number(T::ID.as_bytes());

    #[inline]
    fn accept(&mut self, segment: &Segment<'_>) -> bool {
        let takes = fits::<T>(segment);
        if takes {
            self.push(T::read(segment));
        }
        takes
    }

    fn held(&self) -> usize {
        self.len()
    }

    fn write<W: Write>(&self, out: &mut LoopWriter<'_, W>) -> Result<()> {
        self.iter().try_for_each(|segment| out.put(segment))
    }
}

/// Writes the segments of one loop, and those without a field between them.
pub(crate) struct LoopWriter<'a, W: Write> {
    writer: &'a mut SegmentWriter<W>,
    extra: std::slice::Iter<'a, Extra>,
    put: usize,
}

impl<'a, W: Write> LoopWriter<'a, W> {
    pub(crate) fn new(writer: &'a mut SegmentWriter<W>, extra: &'a [Extra]) -> Self {
        Self { writer, extra: extra.iter(), put: 0 }
    }

    pub(crate) fn put(&mut self, segment: &impl TypedSegment) -> Result<()> {
        self.catch_up(self.put)?;
        self.put += 1;
        segment.write(self.writer)
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.catch_up(usize::MAX)
    }

    fn catch_up(&mut self, put: usize) -> Result<()> {
        while let Some(next) = self.extra.as_slice().first().filter(|e| e.behind <= put) {
            next.segment.write(self.writer)?;
            self.extra.next();
        }
        Ok(())
    }
}

/// Declares loops. In the order in which they are written: `start`, the segment that begins the loop (none
/// where that is an HL, which is numbered anew when it is written); `segments`, fields that are an `Option` or
/// a `Vec` of a typed segment; `loops`, fields that are a `Vec` of loops.
macro_rules! loops {
    ($( $(#[$doc:meta])* pub struct $name:ident {
        $( start { $(#[$start_doc:meta])* pub $start:ident : $start_type:ty, } )?
        segments { $( $(#[$field_doc:meta])* pub $field:ident : $type:ty, )* }
        loops { $( $(#[$inner_doc:meta])* pub $inner:ident : $inner_type:ty, )* }
    } )+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, ::serde::Serialize)]
        pub struct $name {
            $( $(#[$start_doc])* pub $start: $start_type, )?
            $( $(#[$field_doc])* pub $field: $type, )*
            /// Segments of the loop that have no field.
            pub extra: Vec<$crate::model::Extra>,
            $( $(#[$inner_doc])* pub $inner: $inner_type, )*
        }

        $( impl $name {
            /// The loop that begins with this segment.
            pub(crate) fn begin(segment: &::edi_core::lex::Segment<'_>) -> Self {
                Self { $start: ::edi_core::segment::TypedSegment::read(segment), ..Self::default() }
            }
        } )?

        impl $crate::model::Loop for $name {
            fn accept(&mut self, segment: &::edi_core::lex::Segment<'_>) -> bool {
                match $crate::model::number(segment.id()) {
                    $( <$type as $crate::model::Slot>::NUMBER => {
                        $crate::model::Slot::accept(&mut self.$field, segment)
                    } )*
                    _ => false,
                }
            }

            fn held(&self) -> usize {
                let mut held = 0;
                $( let _ = &self.$start; held += 1; )?
                $( held += $crate::model::Slot::held(&self.$field); )*
                held
            }

            fn extra(&mut self) -> &mut Vec<$crate::model::Extra> {
                &mut self.extra
            }

            fn write<W: ::std::io::Write>(
                &self,
                writer: &mut ::edi_core::writer::SegmentWriter<W>,
            ) -> ::edi_core::error::Result<()> {
                let mut out = $crate::model::LoopWriter::new(writer, &self.extra);
                $( out.put(&self.$start)?; )?
                $( $crate::model::Slot::write(&self.$field, &mut out)?; )*
                out.finish()?;
                $( for inner in &self.$inner { $crate::model::Loop::write(inner, writer)?; } )*
                Ok(())
            }
        }
    )+ };
}
pub(crate) use loops;
