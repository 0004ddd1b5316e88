//! Segments out: any delimiters, trailing empty elements trimmed, counts and control numbers kept.
//!
//! ```
//! use edi_core::lex::Delimiters;
//! use edi_core::writer::SegmentWriter;
//! let mut out = Vec::new();
//! let mut writer = SegmentWriter::new(&mut out, Delimiters::default());
//! writer.segment("REF").text("6R").text("LINE1").text("").finish()?;
//! assert_eq!(out, b"REF*6R*LINE1~");
//! # Ok::<(), edi_core::Error>(())
//! ```

mod builder;

pub use builder::SegmentBuilder;

use crate::error::{Error, ErrorKind, Result};
use crate::lex::{Delimiters, ISA_WIDTHS, Segment};
use crate::{Locus, Text};
use std::io::{Read, Write};

/// What an ISA and its IEA need to be written; times are given, never taken from a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterchangeHeader {
    /// ISA05, sender qualifier (`ZZ`).
    pub sender_qualifier: Text,
    /// ISA06, sender, at most 15 characters.
    pub sender: Text,
    /// ISA07, receiver qualifier.
    pub receiver_qualifier: Text,
    /// ISA08, receiver, at most 15 characters.
    pub receiver: Text,
    /// ISA09 and ISA10.
    pub at: chrono::NaiveDateTime,
    /// ISA13, at most nine digits.
    pub control: u32,
    /// ISA14, whether a TA1 is wanted.
    pub ack_requested: bool,
    /// ISA15, `P` production or `T` test.
    pub usage: Text,
}

/// What a GS and its GE need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupHeader {
    /// GS01 (`HC` claims, `HP` remittances, `FA` acknowledgments).
    pub functional_id: Text,
    /// GS02.
    pub sender: Text,
    /// GS03.
    pub receiver: Text,
    /// GS04 and GS05.
    pub at: chrono::NaiveDateTime,
    /// GS06.
    pub control: u32,
    /// GS08, the guide (`005010X222A1`).
    pub version: Text,
}

/// Writes segments. See the [module](self).
pub struct SegmentWriter<W: Write> {
    out: W,
    delimiters: Delimiters,
    line_breaks: bool,
    buffer: Vec<u8>,
    interchange: Option<u32>,
    group: Option<u32>,
    transaction: Option<Text>,
    groups: u64,
    transactions: u64,
    /// Segments in the transaction set, ST included.
    in_transaction: u64,
    segments: u64,
    bytes: u64,
}

impl<W: Write> SegmentWriter<W> {
    /// A writer with these delimiters and no line breaks between segments.
    #[must_use]
    pub fn new(out: W, delimiters: Delimiters) -> Self {
        Self {
            out,
            delimiters,
            line_breaks: false,
            buffer: Vec::with_capacity(256),
            interchange: None,
            group: None,
            transaction: None,
            groups: 0,
            transactions: 0,
            in_transaction: 0,
            segments: 0,
            bytes: 0,
        }
    }

    /// With a line feed behind each terminator, for people's eyes.
    #[must_use]
    pub fn with_line_breaks(mut self, line_breaks: bool) -> Self {
        self.line_breaks = line_breaks;
        self
    }

    /// The delimiters that it writes.
    #[must_use]
    pub fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// Segments written since the ST, ST included; 0 outside a transaction set.
    #[must_use]
    pub fn segments_in_transaction(&self) -> u64 {
        if self.transaction.is_some() { self.in_transaction } else { 0 }
    }

    /// Segments written in all.
    #[must_use]
    pub fn segments(&self) -> u64 {
        self.segments
    }

    /// Bytes written in all.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Begins a segment; nothing is written before [`SegmentBuilder::finish`].
    pub fn segment(&mut self, id: &str) -> SegmentBuilder<'_, W> {
        self.begin(id.as_bytes())
    }

    fn begin(&mut self, id: &[u8]) -> SegmentBuilder<'_, W> {
        self.buffer.clear();
        self.buffer.extend(id);
        let keep = self.buffer.len();
        let fault = id.iter().find(|b| self.refuses(**b)).map(|held| (0, *held));
        SegmentBuilder::of(self, keep, fault)
    }

    /// Writes a segment as it was read, empty elements at its end too, with this writer's delimiters. The ISA of an
    /// interchange gets its padding back and tells the new delimiters; one that strayed into a body stays data.
    /// Nothing is counted for trailers: the caller copies those too, or writes its own.
    ///
    /// # Errors
    /// Where its data holds one of this writer's delimiters, or the output fails.
    pub fn copy(&mut self, segment: &Segment<'_>) -> Result<()> {
        if segment.is_header() {
            return self.copy_isa(segment);
        }
        let mut builder = self.begin(segment.id());
        for element in segment.elements() {
            builder = builder.element(element);
        }
        builder.finish_exactly()
    }

    fn copy_isa(&mut self, isa: &Segment<'_>) -> Result<()> {
        // Without a repetition separator of the writer's own, that of the file must not be told any more.
        let repetition = isa.delimiters().repetition.map(|_| [self.delimiters.repetition.unwrap_or(b'U')]);
        let component = [self.delimiters.component];
        let mut values = [&b""[..]; 16];
        for (value, n) in values.iter_mut().zip(1..) {
            *value = isa.element(n).bytes();
        }
        if let Some(repetition) = &repetition {
            values[10] = repetition;
        }
        values[15] = &component;
        self.push_isa(&values)
    }

    /// Writes the ISA.
    ///
    /// # Errors
    /// Where an interchange is open, or an id is longer than its place or holds a delimiter.
    pub fn begin_interchange(&mut self, header: &InterchangeHeader) -> Result<()> {
        if self.interchange.is_some() {
            return Err(order("an ISA while an interchange is open"));
        }
        if header.control > 999_999_999 {
            return Err(order("an interchange control number of more than nine digits"));
        }
        let repetition = [self.delimiters.repetition.unwrap_or(b'U')];
        let component = [self.delimiters.component];
        let (date, time) = (header.at.format("%y%m%d").to_string(), header.at.format("%H%M").to_string());
        let control = format!("{:09}", header.control);
        let ack = if header.ack_requested { "1" } else { "0" };
        let values: [&[u8]; 16] = [
            b"00",
            b"",
            b"00",
            b"",
            header.sender_qualifier.as_bytes(),
            header.sender.as_bytes(),
            header.receiver_qualifier.as_bytes(),
            header.receiver.as_bytes(),
            date.as_bytes(),
            time.as_bytes(),
            &repetition,
            b"00501",
            control.as_bytes(),
            ack.as_bytes(),
            header.usage.as_bytes(),
            &component,
        ];
        self.push_isa(&values)?;
        self.interchange = Some(header.control);
        self.groups = 0;
        Ok(())
    }

    /// Writes the sixteen elements of an ISA, padded.
    fn push_isa(&mut self, values: &[&[u8]; 16]) -> Result<()> {
        self.buffer.clear();
        self.buffer.extend(b"ISA");
        for (i, (value, width)) in values.iter().zip(ISA_WIDTHS).enumerate() {
            let own_delimiter = i == 10 || i == 15;
            if let Some(held) = value.iter().find(|b| !own_delimiter && self.refuses(**b)) {
                return Err(refusal("ISA", i + 1, *held));
            }
            if value.len() > width {
                return Err(order(
                    "an ISA element that is longer than its place: a sender or receiver id has at most 15 characters, a qualifier 2",
                ));
            }
            self.buffer.push(self.delimiters.element);
            self.buffer.extend(*value);
            self.buffer.extend(std::iter::repeat_n(b' ', width - value.len()));
        }
        self.flush_segment()
    }

    /// Writes the GS.
    ///
    /// # Errors
    /// Where no interchange is open or a group is, or the data holds a delimiter.
    pub fn begin_group(&mut self, header: &GroupHeader) -> Result<()> {
        if self.interchange.is_none() || self.group.is_some() {
            return Err(order("a GS without an ISA, or while a group is open"));
        }
        let (date, time) = (header.at.format("%Y%m%d").to_string(), header.at.format("%H%M").to_string());
        self.segment("GS")
            .text(&header.functional_id)
            .text(&header.sender)
            .text(&header.receiver)
            .text(&date)
            .text(&time)
            .text(&header.control.to_string())
            .text("X")
            .text(&header.version)
            .finish()?;
        self.group = Some(header.control);
        self.groups += 1;
        self.transactions = 0;
        Ok(())
    }

    /// Writes the ST; the control number is its ordinal in the group, of four digits at least.
    ///
    /// # Errors
    /// Where no group is open or a transaction set is.
    pub fn begin_transaction(&mut self, set_id: &str, convention: &str) -> Result<()> {
        let control = format!("{:04}", self.transactions + 1);
        self.begin_transaction_as(set_id, &control, convention)
    }

    /// Writes the ST with this control number. An empty convention leaves ST03 out (999 and 835 may).
    ///
    /// # Errors
    /// Where no group is open or a transaction set is.
    pub fn begin_transaction_as(&mut self, set_id: &str, control: &str, convention: &str) -> Result<()> {
        if self.group.is_none() || self.transaction.is_some() {
            return Err(order("an ST without a GS, or while a transaction set is open"));
        }
        self.transactions += 1;
        self.in_transaction = 0;
        self.transaction = Some(control.into());
        self.segment("ST").text(set_id).text(control).text(convention).finish()
    }

    /// Copies segments that were written before with the same delimiters, and counts them.
    ///
    /// # Errors
    /// Where no transaction set is open, or the input or output fails.
    pub fn append(&mut self, written: &mut impl Read, segments: u64) -> Result<()> {
        if self.transaction.is_none() {
            return Err(order("segments of a transaction set without an ST"));
        }
        self.bytes += std::io::copy(written, &mut self.out)?;
        self.in_transaction += segments;
        self.segments += segments;
        Ok(())
    }

    /// Writes the SE with the count of segments.
    ///
    /// # Errors
    /// Where no transaction set is open.
    pub fn end_transaction(&mut self) -> Result<()> {
        let Some(control) = self.transaction.clone() else { return Err(order("an SE without an ST")) };
        let count = (self.in_transaction + 1).to_string();
        self.segment("SE").text(&count).text(&control).finish()?;
        self.transaction = None;
        Ok(())
    }

    /// Writes the GE with the count of transaction sets.
    ///
    /// # Errors
    /// Where no group is open or a transaction set still is.
    pub fn end_group(&mut self) -> Result<()> {
        let Some(control) = self.group.filter(|_| self.transaction.is_none()) else {
            return Err(order("a GE without a GS, or while a transaction set is open"));
        };
        let count = self.transactions.to_string();
        self.segment("GE").text(&count).text(&control.to_string()).finish()?;
        self.group = None;
        Ok(())
    }

    /// Writes the IEA with the count of groups.
    ///
    /// # Errors
    /// Where no interchange is open or a group still is.
    pub fn end_interchange(&mut self) -> Result<()> {
        let Some(control) = self.interchange.filter(|_| self.group.is_none()) else {
            return Err(order("an IEA without an ISA, or while a group is open"));
        };
        let count = self.groups.to_string();
        self.segment("IEA").text(&count).text(&format!("{control:09}")).finish()?;
        self.interchange = None;
        Ok(())
    }

    /// Flushes and gives the output back.
    ///
    /// # Errors
    /// Where the output fails.
    pub fn into_inner(mut self) -> Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    /// Whether a byte of data must not be written: a delimiter or a control character.
    fn refuses(&self, byte: u8) -> bool {
        byte < 0x20 || byte == 0x7F || self.delimiters.contains(byte)
    }

    fn flush_segment(&mut self) -> Result<()> {
        self.buffer.push(self.delimiters.segment);
        if self.line_breaks {
            self.buffer.push(b'\n');
        }
        self.out.write_all(&self.buffer)?;
        self.in_transaction += 1;
        self.segments += 1;
        self.bytes += self.buffer.len() as u64;
        Ok(())
    }
}

fn order(what: &'static str) -> Error {
    Error::new(ErrorKind::EnvelopeOrder(what), Locus::default())
}

fn refusal(segment: &str, element: usize, held: u8) -> Error {
    let kind = ErrorKind::DelimiterInData { segment: segment.to_owned(), element, held: char::from(held) };
    Error::new(kind, Locus::default())
}

#[cfg(test)]
mod tests;
