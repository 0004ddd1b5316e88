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

use crate::error::{Error, ErrorKind, Result};
use crate::lex::{Delimiters, ISA_WIDTHS, Segment};
use crate::reader;
use crate::value::{Procedure, Wire, WireValue};
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
        SegmentBuilder { writer: self, keep, element: 0, fault }
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
        builder.keep = builder.writer.buffer.len();
        builder.finish()
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

/// One segment being built, element by element.
#[must_use = "a segment is written by finish()"]
pub struct SegmentBuilder<'w, W: Write> {
    writer: &'w mut SegmentWriter<W>,
    /// Length of the buffer up to the last element that is not empty.
    keep: usize,
    element: usize,
    fault: Option<(usize, u8)>,
}

impl<W: Write> SegmentBuilder<'_, W> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Money;
    use pretty_assertions::assert_eq;

    fn written(build: impl FnOnce(&mut SegmentWriter<&mut Vec<u8>>) -> Result<()>) -> Result<String> {
        let mut out = Vec::new();
        build(&mut SegmentWriter::new(&mut out, Delimiters::default()))?;
        Ok(String::from_utf8(out).unwrap())
    }

    /// `5:` is no amount, and must not become one by being copied: empty components are structure.
    #[test]
    fn a_copy_keeps_empty_components() {
        for body in ["CLP*A*1*5*5:", "CLP*A*1*5*5:*X", "CLP*A*1*:5", "REF*A^", "REF*::", "REF*A:^:"] {
            let file = format!(
                "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260105*1200*^*00501*000000001*0*P*:~{body}~"
            );
            let mut reader = crate::reader::Reader::new(file.as_bytes()).unwrap();
            reader.next().unwrap();
            let segment = reader.next().unwrap().unwrap();
            assert_eq!(written(|w| w.copy(&segment)).unwrap(), format!("{body}~"));
            let raw = crate::segment::RawSegment::of(&segment);
            assert_eq!(written(|w| raw.write(w)).unwrap(), format!("{body}~"));
        }
    }

    /// The segments of a file with this body, copied into this writer.
    fn copied(body: &str, delimiters: Delimiters) -> Result<String> {
        let file = format!(
            "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260105*1200*^*00501*000000001*0*P*:~{body}"
        );
        let mut reader = crate::reader::Reader::new(file.as_bytes())?;
        let mut out = SegmentWriter::new(Vec::new(), delimiters);
        while let Some(segment) = reader.next()? {
            out.copy(&segment)?;
        }
        Ok(String::from_utf8(out.into_inner()?).unwrap())
    }

    /// Behind an IEA a bare `GE` would be junk, where `GE*` is a stray trailer.
    #[test]
    fn a_copy_keeps_empty_elements_at_the_end() {
        let body = "GS*HP**~IEA*~GE*~";
        assert!(copied(body, Delimiters::default()).unwrap().ends_with(body));
    }

    #[test]
    fn an_isa_in_a_body_stays_data() {
        let body = "GS*HP~ISA*00~REF*1*2*3*4*5*6*7*8*9*10*11*12*13*14*:~";
        assert!(copied(body, Delimiters::default()).unwrap().ends_with(body));
        // With sixteen elements it would be a header: it is refused, however it is spelled.
        for id in ["ISA", "isa"] {
            let refused = written(|w| w.segment(id).skip(14).text("P").text(">").finish()).unwrap_err();
            assert!(matches!(*refused.kind, ErrorKind::EnvelopeOrder(_)), "{refused}");
        }
        // So would a transaction set with other delimiters.
        assert!(written(|w| w.segment("ST|837|1").text("A").finish()).is_err());
    }

    /// `.5` is two components where the point is a delimiter, and must not become fifty cents.
    #[test]
    fn what_was_unreadable_is_not_written_as_a_value() {
        let points = Delimiters { component: b'.', ..Delimiters::default() };
        let amount = crate::lex::Element::new(b".5", points).wire::<Money>();
        let refused = written(|w| w.segment("AMT").text("D").wire(&amount).finish()).unwrap_err();
        assert!(matches!(*refused.kind, ErrorKind::DelimiterInData { element: 2, held: '.', .. }), "{refused}");
        let text = crate::lex::Element::new(b"none", points).wire::<Money>();
        assert_eq!(written(|w| w.segment("AMT").text("D").wire(&text).finish()).unwrap(), "AMT*D*none~");
    }

    #[test]
    fn a_copy_without_repetitions_tells_none() {
        let without = Delimiters { repetition: None, ..Delimiters::default() };
        assert_eq!(&copied("GS*HP~", without).unwrap()[81..84], "*U*");
        assert!(copied("REF*A^B~", without).is_err());
    }

    #[test]
    fn a_segment_without_an_id_is_no_stray_terminator() {
        assert!(written(|w| w.segment("").text("").finish()).is_err());
    }

    #[test]
    fn an_id_that_holds_a_delimiter_is_refused() {
        assert!(written(|w| w.segment("9~").text("A").finish()).is_err());
    }

    #[test]
    fn trailing_empties_are_trimmed() {
        let text = written(|w| {
            w.segment("SV1")
                .composite(["HC", "99213", "", "25", ""])
                .value(&Money::from_cents(1250))
                .skip(3)
                .text("")
                .finish()?;
            w.segment("NM1").text("85").skip(2).text("X").finish()?;
            w.segment("LS").finish()
        });
        assert_eq!(text.unwrap(), "SV1*HC:99213::25*12.50~NM1*85***X~LS~");
    }

    #[test]
    fn delimiters_in_data_are_refused() {
        for bad in ["A*B", "A~B", "A:B", "A^B", "A\nB"] {
            let error = written(|w| w.segment("NM1").text("85").text(bad).finish()).unwrap_err();
            assert!(matches!(*error.kind, ErrorKind::DelimiterInData { element: 2, .. }), "{error}");
        }
    }

    #[test]
    fn the_envelope_is_counted() {
        let at = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap().and_hms_opt(12, 0, 0).unwrap();
        let isa = InterchangeHeader {
            sender_qualifier: "ZZ".into(),
            sender: "SENDER".into(),
            receiver_qualifier: "ZZ".into(),
            receiver: "RECEIVER".into(),
            at,
            control: 1,
            ack_requested: false,
            usage: "T".into(),
        };
        let gs = GroupHeader {
            functional_id: "HC".into(),
            sender: "S".into(),
            receiver: "R".into(),
            at,
            control: 1,
            version: "005010X222A1".into(),
        };
        let text = written(|w| {
            w.begin_interchange(&isa)?;
            w.begin_group(&gs)?;
            w.begin_transaction("837", "005010X222A1")?;
            w.segment("BHT").text("0019").finish()?;
            w.end_transaction()?;
            w.end_group()?;
            w.end_interchange()
        });
        let text = text.unwrap();
        assert_eq!(text.find('~'), Some(105));
        assert!(text.ends_with("ST*837*0001*005010X222A1~BHT*0019~SE*3*0001~GE*1*1~IEA*1*000000001~"));
        assert!(written(|w| w.end_group()).is_err());
        assert!(written(|w| w.begin_transaction("837", "")).is_err());
        let long = InterchangeHeader { sender: "1234567890123456".into(), ..isa };
        assert!(written(|w| w.begin_interchange(&long)).is_err());
    }
}
