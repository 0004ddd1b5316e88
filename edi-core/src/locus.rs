//! Where something is in a stream: byte, line, segment, element, component, repetition.

use serde::Serialize;
use std::fmt;

/// A place in the decoded stream. Bytes and lines count what the lexer saw: after decompression and
/// after UTF-16 became UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Serialize)]
pub struct Locus {
    /// Offset of the segment's first byte, from 0.
    pub byte: u64,
    /// Line of the segment's first byte, from 1.
    pub line: u64,
    /// Ordinal of the segment in the file, from 1; 0 before the first.
    pub segment: u64,
    /// Ordinal of the segment in its transaction set, ST being 1; 0 outside one.
    pub transaction_segment: u64,
    /// Element in the segment, from 1 (`CLP01`); absent when the whole segment is meant.
    pub element: Option<u16>,
    /// Component in the element, from 1; absent when the whole element is meant.
    pub component: Option<u16>,
    /// Repetition of the element, from 1; absent when the element does not repeat.
    pub repetition: Option<u16>,
}

impl Locus {
    /// This place, narrowed to an element.
    #[must_use]
    pub fn at_element(self, element: usize) -> Self {
        Self { element: Some(u16::try_from(element).unwrap_or(u16::MAX)), ..self }
    }

    /// This place, narrowed to a component of an element.
    #[must_use]
    pub fn at_component(self, element: usize, component: usize) -> Self {
        Self { component: Some(u16::try_from(component).unwrap_or(u16::MAX)), ..self.at_element(element) }
    }
}

impl fmt::Display for Locus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, byte {}, segment {}", self.line, self.byte, self.segment)?;
        if self.transaction_segment > 0 {
            write!(f, " ({} in its transaction)", self.transaction_segment)?;
        }
        if let Some(element) = self.element {
            write!(f, ", element {element}")?;
        }
        if let Some(component) = self.component {
            write!(f, ", component {component}")?;
        }
        if let Some(repetition) = self.repetition {
            write!(f, ", repetition {repetition}")?;
        }
        Ok(())
    }
}
