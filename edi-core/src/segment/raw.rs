//! A segment kept as it was read, because the model has no field for it.

use crate::Text;
use crate::error::Result;
use crate::lex::Segment;
use crate::writer::SegmentWriter;
use serde::Serialize;
use std::io::Write;

/// A segment as text: elements, their repetitions, their components.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RawSegment {
    /// The segment id.
    pub id: Text,
    /// Elements from the first; each a list of repetitions, each a list of components.
    pub elements: Vec<Vec<Vec<Text>>>,
}

impl RawSegment {
    /// Keeps a segment.
    #[must_use]
    pub fn of(segment: &Segment<'_>) -> Self {
        // Empty components and repetitions at the end say nothing, and are not written again.
        let components = |e: crate::lex::Element<'_>| {
            let mut all: Vec<Text> = e.components().map(|c| c.to_text()).collect();
            all.truncate(all.iter().rposition(|c| !c.is_empty()).map_or(0, |last| last + 1));
            all
        };
        let element = |e: crate::lex::Element<'_>| {
            let mut all: Vec<Vec<Text>> = e.repetitions().map(components).collect();
            all.truncate(all.iter().rposition(|r| !r.is_empty()).map_or(0, |last| last + 1));
            all
        };
        let mut elements: Vec<Vec<Vec<Text>>> = segment.elements().map(element).collect();
        let empty = |e: &Vec<Vec<Text>>| e.iter().flatten().all(|c| c.is_empty());
        elements.truncate(elements.iter().rposition(|e| !empty(e)).map_or(0, |last| last + 1));
        Self { id: segment.id_text().into(), elements }
    }

    /// The first component of the first repetition of element `n`, from 1.
    #[must_use]
    pub fn element(&self, n: usize) -> &str {
        let element = n.checked_sub(1).and_then(|i| self.elements.get(i));
        element.and_then(|e| e.first()).and_then(|r| r.first()).map_or("", |c| c.as_str())
    }

    /// Writes it.
    ///
    /// # Errors
    /// Where it holds a delimiter of this writer, or the output fails.
    pub fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> Result<()> {
        let mut builder = writer.segment(&self.id);
        for element in &self.elements {
            builder = builder.repeated(element.iter().map(|components| components.iter().map(|c| c.as_str())));
        }
        builder.finish()
    }
}
