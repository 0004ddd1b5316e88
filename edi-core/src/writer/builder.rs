//! One segment, element by element.

use super::{SegmentWriter, order, refusal};
use crate::error::Result;
use crate::reader;
use crate::value::{Procedure, Wire, WireValue};
use std::io::Write;

/// One segment being built, element by element.
#[must_use = "a segment is written by finish()"]
pub struct SegmentBuilder<'w, W: Write> {
    writer: &'w mut SegmentWriter<W>,
    /// Length of the buffer up to the last element that is not empty.
    keep: usize,
    element: usize,
    fault: Option<(usize, u8)>,
}

impl<'w, W: Write> SegmentBuilder<'w, W> {
    /// Behind an id of so many bytes, which may be at fault.
    pub(super) fn of(writer: &'w mut SegmentWriter<W>, keep: usize, fault: Option<(usize, u8)>) -> Self {
        Self { writer, keep, element: 0, fault }
    }

    /// [`finish`](Self::finish), with the empty elements at the end.
    pub(super) fn finish_exactly(mut self) -> Result<()> {
        self.keep = self.writer.buffer.len();
        self.finish()
    }

    /// The next element, as text; empty leaves it out.
    pub fn text(mut self, text: &str) -> Self {
        self.begin_element();
        self.push(text.as_bytes());
        self
    }

    /// The next element, as a value.
    pub fn value<T: WireValue>(mut self, value: &T) -> Self {
        self.begin_element();
        let from = self.writer.buffer.len();
        value.write(&mut self.writer.buffer);
        self.check_from(from);
        self
    }

    /// The next element, as a value or what stood in its place. What its own file's delimiters divided (`.5`, with
    /// the point as one of them) is refused where it would be read as a value now.
    pub fn wire<T: WireValue>(mut self, value: &Wire<T>) -> Self {
        self.begin_element();
        let from = self.writer.buffer.len();
        value.write(&mut self.writer.buffer);
        self.check_from(from);
        if let Wire::Raw(text) = value
            && Wire::<T>::of(text.as_bytes()).value().is_some()
        {
            let divider = text.bytes().find(|b| !b.is_ascii_alphanumeric()).unwrap_or_default();
            self.fault = self.fault.or(Some((self.element, divider)));
        }
        self
    }

    /// So many empty elements.
    pub fn skip(mut self, elements: usize) -> Self {
        for _ in 0..elements {
            self.begin_element();
        }
        self
    }

    /// The next element, as a composite; empty components at the end are trimmed.
    pub fn composite<'t>(mut self, components: impl IntoIterator<Item = &'t str>) -> Self {
        self.begin_element();
        self.push_components(components);
        self
    }

    /// The next element, as a procedure.
    pub fn procedure(self, procedure: &Procedure) -> Self {
        self.composite(procedure.components())
    }

    /// The next element, as it was read: its structure is kept, its delimiters become this writer's.
    pub fn element(self, element: crate::lex::Element<'_>) -> Self {
        self.exact(element.repetitions().map(|repetition| repetition.components().map(|c| c.bytes())))
    }

    /// The next element with every repetition and component, empty ones too: trimmed, what could not be read as a
    /// value (`5:`) would become one.
    pub fn exact<'t, C>(mut self, repetitions: impl IntoIterator<Item = C>) -> Self
    where
        C: IntoIterator<Item = &'t [u8]>,
    {
        self.begin_element();
        for (i, components) in repetitions.into_iter().enumerate() {
            if i > 0 {
                match self.writer.delimiters.repetition {
                    Some(by) => self.push_separator(by),
                    None => self.fault = self.fault.or(Some((self.element, b'^'))),
                }
            }
            for (j, component) in components.into_iter().enumerate() {
                if j > 0 {
                    self.push_separator(self.writer.delimiters.component);
                }
                self.push(component);
            }
        }
        self
    }

    /// Writes the segment without empty elements at its end.
    ///
    /// # Errors
    /// Where an element holds a delimiter or a control character, the segment would be read as the start of
    /// another interchange, or the output fails.
    pub fn finish(self) -> Result<()> {
        if let Some((element, held)) = self.fault {
            let id: Vec<u8> = self.writer.buffer.iter().copied().take_while(|b| b.is_ascii_alphanumeric()).collect();
            return Err(refusal(&String::from_utf8_lossy(&id), element, held));
        }
        self.writer.buffer.truncate(self.keep);
        if self.writer.buffer.is_empty() {
            return Err(order("a segment of nothing: neither id nor elements"));
        }
        if reader::opens_interchange(&self.writer.buffer, self.writer.delimiters) {
            return Err(order("a segment inside an interchange that would be read as the start of another"));
        }
        self.writer.flush_segment()
    }

    fn begin_element(&mut self) {
        self.element += 1;
        self.writer.buffer.push(self.writer.delimiters.element);
    }

    fn push_separator(&mut self, by: u8) {
        self.writer.buffer.push(by);
        self.keep = self.writer.buffer.len();
    }

    fn push(&mut self, bytes: &[u8]) {
        let from = self.writer.buffer.len();
        self.writer.buffer.extend(bytes);
        self.check_from(from);
    }

    fn check_from(&mut self, from: usize) {
        if self.writer.buffer.len() == from {
            return;
        }
        let held = self.writer.buffer[from..].iter().find(|b| self.writer.refuses(**b));
        self.fault = self.fault.or(held.map(|b| (self.element, *b)));
        self.keep = self.writer.buffer.len();
    }

    fn push_components<'t>(&mut self, components: impl IntoIterator<Item = &'t str>) {
        let mut empty = 0;
        for (i, component) in components.into_iter().enumerate() {
            empty += usize::from(i > 0);
            if !component.is_empty() {
                let by = self.writer.delimiters.component;
                self.writer.buffer.extend(std::iter::repeat_n(by, empty));
                empty = 0;
                self.push(component.as_bytes());
            }
        }
    }
}
