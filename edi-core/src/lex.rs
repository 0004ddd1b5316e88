//! The lexer's vocabulary: delimiters, the ISA, and a segment borrowed from the reader's buffer.
//!
//! The parsers are nom parsers over bytes. They know delimiters and nothing of envelopes or guides.

use crate::value::{Wire, WireValue};
use crate::{Locus, Text};
use nom::{
    IResult, Parser,
    bytes::complete::{tag_no_case, take, take_till},
    character::complete::anychar,
    combinator::{all_consuming, verify},
    multi::{count, separated_list0},
    sequence::preceded,
};
use std::borrow::Cow;

/// The four characters that structure an interchange. They are told by its ISA, never assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Delimiters {
    /// Between elements: the fourth byte of the ISA.
    pub element: u8,
    /// Between components of an element: ISA16.
    pub component: u8,
    /// Between repetitions of an element: ISA11 from version 00402 on, none before.
    pub repetition: Option<u8>,
    /// After a segment: the byte behind ISA16.
    pub segment: u8,
}

impl Default for Delimiters {
    /// `*`, `:`, `^` and `~`: what most partners use.
    fn default() -> Self {
        Self { element: b'*', component: b':', repetition: Some(b'^'), segment: b'~' }
    }
}

impl Delimiters {
    /// Whether the four are distinct, and none is a letter, a digit or a space.
    #[must_use]
    pub fn are_usable(&self) -> bool {
        let all = [Some(self.element), Some(self.component), self.repetition, Some(self.segment)];
        let usable = |b: u8| !b.is_ascii_alphanumeric() && b != b' ';
        let given: Vec<u8> = all.into_iter().flatten().collect();
        given.iter().all(|b| usable(*b)) && (1..given.len()).all(|i| !given[..i].contains(&given[i]))
    }

    /// Whether this byte is one of the four.
    #[must_use]
    pub fn contains(&self, byte: u8) -> bool {
        byte == self.element || byte == self.component || byte == self.segment || Some(byte) == self.repetition
    }
}

/// The sixteen elements of an ISA, as they stand, and the delimiters that it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Isa<'a> {
    /// ISA01 to ISA16; the padding is kept.
    pub elements: [&'a [u8]; 16],
    /// What the ISA says of the rest of the interchange.
    pub delimiters: Delimiters,
}

/// Length of an ISA with its terminator, where its elements are padded as the standard says.
pub const ISA_LENGTH: usize = 106;

/// Widths of ISA01 to ISA16.
pub const ISA_WIDTHS: [usize; 16] = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1];

/// Parses an ISA of any widths, from its first byte to its terminator.
///
/// The element separator is the byte behind `ISA`; sixteen elements follow; ISA16 is one byte, the
/// component separator; the byte behind it is the terminator.
///
/// # Errors
/// Where the sixteen elements and the terminator are not there, or the delimiters are not distinct.
pub fn isa(input: &[u8]) -> IResult<&[u8], Isa<'_>> {
    let (input, separator) = preceded(tag_no_case("ISA"), take(1usize)).parse(input)?;
    let separator = separator[0];
    let element = |i| take_till(|b| b == separator).parse(i);
    let (input, first) = count((element, take(1usize)).map(|(e, _)| e), 15).parse(input)?;
    let (input, (component, terminator)) = (take(1usize), take(1usize)).parse(input)?;
    let mut elements = [component; 16];
    elements[..15].copy_from_slice(&first);
    let delimiters = Delimiters {
        element: separator,
        component: component[0],
        repetition: repetition_of(elements[10]),
        segment: terminator[0],
    };
    // Where the terminator stands earlier, this is a shorter segment and some of what follows it.
    let whole = |e: &&[u8]| e.len() <= 40 && !e.contains(&delimiters.segment);
    if delimiters.are_usable() && elements[..15].iter().all(whole) {
        Ok((input, Isa { elements, delimiters }))
    } else {
        Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Verify)))
    }
}

/// ISA11 is a repetition separator unless it is the older standards identifier, a letter such as `U`.
fn repetition_of(isa11: &[u8]) -> Option<u8> {
    match isa11 {
        [byte] if !byte.is_ascii_alphanumeric() && *byte != b' ' => Some(*byte),
        _ => None,
    }
}

/// A segment id and the raw elements behind it.
pub type Parts<'a> = (&'a [u8], Vec<&'a [u8]>);

/// Parses the segment id and the raw elements of one segment without its terminator: the plain, slow
/// form of what the reader does in place. Tests hold the two against one another.
///
/// # Errors
/// Where the id is empty.
pub fn segment(input: &[u8], delimiters: Delimiters) -> IResult<&[u8], Parts<'_>> {
    let is_separator = move |b| b == delimiters.element;
    let (input, id) = verify(take_till(is_separator), |id: &[u8]| !id.is_empty()).parse(input)?;
    if input.is_empty() {
        return Ok((input, (id, Vec::new())));
    }
    let separator = verify(anychar, move |c| *c == char::from(delimiters.element));
    let separator2 = verify(anychar, move |c| *c == char::from(delimiters.element));
    let element = take_till(is_separator);
    let (input, elements) = all_consuming(preceded(separator, separated_list0(separator2, element))).parse(input)?;
    Ok((input, (id, elements)))
}

/// A segment, borrowed from the reader's buffer until the next one is read.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    /// The segment without terminator and without line breaks that a wrap put inside.
    pub(crate) bytes: &'a [u8],
    /// `bytes` as text, where they are known to be UTF-8.
    pub(crate) text: Option<&'a str>,
    /// Ends of the id and of each element in `bytes`.
    pub(crate) ends: &'a [u32],
    /// The bytes as they stand in the stream, terminator included.
    pub(crate) raw: &'a [u8],
    /// What stands between the segment before and this one: line breaks, junk.
    pub(crate) lead: &'a [u8],
    pub(crate) delimiters: Delimiters,
    pub(crate) locus: Locus,
    /// A component or repetition separator may stand in it.
    pub(crate) divided: bool,
    /// It opened its interchange.
    pub(crate) header: bool,
}

impl<'a> Segment<'a> {
    /// A segment that stands alone, for values that come from elsewhere: its bytes without terminator, the ends in
    /// them of the id and of each element, and where it is said to stand.
    #[must_use]
    pub fn alone(bytes: &'a [u8], ends: &'a [u32], delimiters: Delimiters, locus: Locus) -> Self {
        Self { bytes, text: None, ends, raw: bytes, lead: &[], delimiters, locus, divided: true, header: false }
    }

    /// Told that there is no component or repetition separator in it.
    #[must_use]
    #[inline]
    pub fn with_divided(mut self, divided: bool) -> Self {
        self.divided = divided;
        self
    }

    /// Whether it is the ISA that opened its interchange and told the delimiters. Any other ISA is data gone astray.
    #[must_use]
    #[inline]
    pub fn is_header(&self) -> bool {
        self.header
    }

    /// Whether a component or repetition separator may stand in it; where not, no element need be looked through.
    #[must_use]
    #[inline]
    pub fn may_be_divided(&self) -> bool {
        self.divided
    }

    /// The segment id (`CLP`), as bytes. Upper case, unless the reader could not tell.
    #[must_use]
    #[inline]
    pub fn id(&self) -> &'a [u8] {
        self.bytes.get(..self.end(0)).unwrap_or_default()
    }

    /// The segment id as text.
    #[must_use]
    pub fn id_text(&self) -> Cow<'a, str> {
        text(self.id())
    }

    /// How many elements there are; the id does not count.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.ends.len().saturating_sub(1)
    }

    /// Whether the segment is only an id.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Element `n` from 1 (`CLP01` is 1). Empty where the segment is shorter.
    #[must_use]
    #[inline]
    pub fn element(&self, n: usize) -> Element<'a> {
        let (at, end) = match n.checked_sub(1).and_then(|before| self.ends.get(before..=n)) {
            Some(&[before, end]) => (before as usize + 1, end as usize),
            _ => (0, 0),
        };
        let bytes = self.bytes.get(at..end).unwrap_or_default();
        Element { bytes, text: self.text, at, delimiters: self.delimiters, divided: self.divided }
    }

    /// All elements in order.
    pub fn elements(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let this = *self;
        (1..=this.len()).map(move |n| this.element(n))
    }

    /// The segment without its terminator, line breaks of wraps taken out.
    #[must_use]
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The segment's bytes as they stand in the stream, with its terminator.
    #[must_use]
    #[inline]
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The bytes between the segment before and this one.
    #[must_use]
    #[inline]
    pub fn lead(&self) -> &'a [u8] {
        self.lead
    }

    /// The delimiters of its interchange.
    #[must_use]
    #[inline]
    pub fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// Where it stands.
    #[must_use]
    #[inline]
    pub fn locus(&self) -> Locus {
        self.locus
    }

    /// Ends of the id and of each element in [`bytes`](Self::bytes).
    #[inline]
    pub(crate) fn ends(&self) -> &'a [u32] {
        self.ends
    }

    #[inline]
    fn end(&self, n: usize) -> usize {
        self.ends.get(n).map_or(0, |end| *end as usize)
    }
}

/// An element of a segment: bytes between two element separators.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    bytes: &'a [u8],
    /// The segment as text, where it is known to be UTF-8.
    text: Option<&'a str>,
    /// Where in that text `bytes` begin.
    at: usize,
    delimiters: Delimiters,
    /// A component or repetition separator may stand in it.
    divided: bool,
}

impl<'a> Element<'a> {
    /// An element that stands alone: for tests, and for values that come from elsewhere.
    #[must_use]
    pub fn new(bytes: &'a [u8], delimiters: Delimiters) -> Self {
        Self { bytes, text: None, at: 0, delimiters, divided: true }
    }

    /// Its bytes.
    #[must_use]
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether nothing stands there.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Its text: UTF-8 where it is, Latin-1 otherwise.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        text(self.bytes)
    }

    /// Its text, owned.
    #[must_use]
    #[inline]
    pub fn to_text(&self) -> Text {
        // Most elements of most segments are empty.
        if self.bytes.is_empty() { Text::const_new("") } else { filled_text(self.text, self.at, self.bytes) }
    }

    /// Splits at a delimiter; what is empty is one empty piece.
    fn pieces(self, by: Option<u8>) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let mut next = self.at;
        self.bytes.split(move |b| Some(*b) == by).map(move |bytes| {
            let at = next;
            next = at + bytes.len() + 1;
            Element { bytes, at, ..self }
        })
    }

    /// Its repetitions; one where it does not repeat.
    pub fn repetitions(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        self.pieces(self.delimiters.repetition)
    }

    /// Its components; one where it is no composite.
    pub fn components(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        self.pieces(Some(self.delimiters.component))
    }

    /// Component `n` from 1; empty where there are fewer.
    #[must_use]
    pub fn component(&self, n: usize) -> Element<'a> {
        let component = n.checked_sub(1).and_then(|i| self.components().nth(i));
        component.unwrap_or(Element { bytes: &[], ..*self })
    }

    /// Whether it has several components or repetitions.
    #[must_use]
    #[inline]
    pub fn is_divided(&self) -> bool {
        let Delimiters { component, repetition, .. } = self.delimiters;
        let repetition = repetition.unwrap_or(component);
        self.divided && self.bytes.iter().any(|b| *b == component || *b == repetition)
    }

    /// Its value. What is divided is no simple value, also where a delimiter could be taken for a sign or a point.
    #[must_use]
    #[inline]
    pub fn wire<T: WireValue>(&self) -> Wire<T> {
        if self.is_divided() { Wire::Raw(self.to_text()) } else { Wire::of(self.bytes) }
    }

    /// The delimiters that it was read with.
    #[must_use]
    #[inline]
    pub fn delimiters(&self) -> Delimiters {
        self.delimiters
    }
}

impl PartialEq<&str> for Element<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.bytes == other.as_bytes()
    }
}

/// Bytes as text: UTF-8 where they are, Latin-1 otherwise, so that every byte has a character.
#[must_use]
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    }
}

/// [`text`], owned.
#[must_use]
#[inline]
pub fn to_text(bytes: &[u8]) -> Text {
    if bytes.is_empty() { Text::const_new("") } else { filled_text(None, 0, bytes) }
}

/// [`to_text`] of bytes that may stand in a known text, from here on. Not inlined: it stands behind each field of each
/// segment.
#[inline(never)]
fn filled_text(known: Option<&str>, at: usize, bytes: &[u8]) -> Text {
    let known = known.and_then(|text| text.get(at..at + bytes.len()));
    match known.map_or_else(|| std::str::from_utf8(bytes), Ok) {
        Ok(text) => Text::new(text),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}
