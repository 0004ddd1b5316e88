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
        let components = |e: crate::lex::Element<'_>| e.components().map(|c| c.to_text()).collect();
        let element = |e: crate::lex::Element<'_>| e.repetitions().map(components).collect();
        let mut elements: Vec<Vec<Vec<Text>>> = segment.elements().map(element).collect();
        // Empty elements at the end say nothing. Empty components do: what has them is no simple value.
        let blank = |e: &Vec<Vec<Text>>| e.len() == 1 && e[0].len() == 1 && e[0][0].is_empty();
        elements.truncate(elements.iter().rposition(|e| !blank(e)).map_or(0, |last| last + 1));
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
            builder = builder.exact(element.iter().map(|components| components.iter().map(|c| c.as_bytes())));
        }
        builder.finish()
    }
}
