//! The X12 dictionary: data elements, composites, segments and their syntax notes.

use super::parse::{GuideError, Line, data_type, lines, number, segment_id, titled, token};
use nom::{
    IResult, Parser,
    bytes::complete::tag,
    character::complete::{char, space0, space1},
    combinator::{opt, rest},
    multi::{many0, many1},
    sequence::{preceded, terminated},
};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a data element holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataType {
    /// `AN`: text.
    Text,
    /// `ID`: a code.
    Code,
    /// `N0`, `N2`: digits with so many implied decimals.
    Integer(u8),
    /// `R`: digits with a decimal point where one is needed.
    Decimal,
    /// `DT`: a date, YYMMDD or CCYYMMDD.
    Date,
    /// `TM`: a time, HHMM and finer.
    Time,
}

/// A data element of the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DataElement {
    pub number: &'static str,
    pub data_type: DataType,
    pub min: u16,
    pub max: u16,
    /// The element before it tells its form (1251 by 1250).
    pub by_previous: bool,
    pub name: &'static str,
}

/// A place in a segment or composite.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub repeats: u16,
    pub what: PartKind,
}

#[derive(Debug, Clone)]
pub(super) enum PartKind {
    Simple(DataElement),
    Composite { number: &'static str, name: &'static str, parts: Vec<DataElement> },
}

/// The kinds of syntax notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoteKind {
    /// `P`: all or none.
    Paired,
    /// `R`: at least one.
    Required,
    /// `E`: at most one.
    Exclusive,
    /// `C`: if the first, then all the rest.
    Conditional,
    /// `L`: if the first, then at least one of the rest.
    ListConditional,
}

/// A syntax note of a segment: a relation between its elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Note {
    /// What it says (`P`, `R`, `E`, `C` or `L`).
    pub kind: NoteKind,
    /// The first element, as a mask of bits; bit 1 is the first element of the segment.
    pub first: u64,
    /// The other elements.
    pub rest: u64,
}

/// A segment of the dictionary.
#[derive(Debug, Clone)]
pub(super) struct SegmentShape {
    pub parts: Vec<Part>,
    /// Elements (and components) that tell twins apart.
    pub key: Vec<(u16, Option<u16>)>,
    pub notes: Vec<Note>,
    pub name: &'static str,
}

/// The dictionary of version 005010, as far as the guides here use it.
#[derive(Debug, Default)]
pub struct Dictionary {
    elements: HashMap<&'static str, DataElement>,
    composites: HashMap<&'static str, (Vec<DataElement>, &'static str)>,
    segments: HashMap<&'static str, SegmentShape>,
    known: Vec<&'static str>,
}

static DICTIONARY: LazyLock<Dictionary> =
    LazyLock::new(|| Dictionary::parse(include_str!("data/005010.dictionary")).unwrap_or_default());

impl Dictionary {
    /// The dictionary of version 005010.
    #[must_use]
    pub fn x12() -> &'static Self {
        &DICTIONARY
    }

    /// Whether X12 has a segment of this id.
    #[must_use]
    pub fn knows(&self, id: &str) -> bool {
        self.segments.contains_key(id) || self.known.contains(&id)
    }

    /// What a segment is called (`CLP`: claim payment).
    #[must_use]
    pub fn segment_name(&self, id: &str) -> Option<&'static str> {
        self.segments.get(id).map(|segment| segment.name)
    }

    /// X12's number of an element or component, where it is digits (`CLM05-1` is 1331): IK402 of a 999.
    #[must_use]
    pub fn element_number(&self, id: &str, element: usize, component: Option<usize>) -> Option<&'static str> {
        let part = self.segments.get(id)?.parts.get(element.checked_sub(1)?)?;
        let number = match (&part.what, component) {
            (PartKind::Composite { parts, .. }, Some(n)) => parts.get(n.checked_sub(1)?)?.number,
            (PartKind::Composite { number, .. }, None) => number,
            (PartKind::Simple(element), _) => element.number,
        };
        number.bytes().all(|b| b.is_ascii_digit()).then_some(number)
    }

    /// Whether a value is of the kind that belongs into an element or component: a number or date without letters,
    /// a code or text no longer than its maximum. False where X12 has no such place; a composite is not looked into.
    ///
    /// What does not belong there came from elsewhere, by a lost separator say, and may be a person's data.
    #[must_use]
    pub fn could_hold(&self, id: &str, element: usize, component: Option<usize>, value: &str) -> bool {
        let part = element.checked_sub(1).and_then(|n| self.segments.get(id)?.parts.get(n));
        let spec = match (part.map(|part| &part.what), component) {
            (Some(PartKind::Simple(spec)), _) => spec,
            (Some(PartKind::Composite { parts, .. }), Some(n)) => match n.checked_sub(1).and_then(|n| parts.get(n)) {
                Some(spec) => spec,
                None => return false,
            },
            (Some(PartKind::Composite { .. }), None) => return true,
            (None, _) => return false,
        };
        match spec.data_type {
            DataType::Text | DataType::Code => value.chars().count() <= usize::from(spec.max),
            DataType::Integer(_) | DataType::Decimal | DataType::Date | DataType::Time => {
                value.chars().filter(|c| c.is_alphabetic()).count() < 2
            }
        }
    }

    pub(super) fn segment(&self, id: &str) -> Option<&SegmentShape> {
        self.segments.get(id)
    }

    pub(super) fn parse(text: &'static str) -> Result<Self, GuideError> {
        let mut dictionary = Self::default();
        for line in lines(text) {
            match line.text.split(' ').next() {
                Some("element") => dictionary.add_element(line)?,
                Some("composite") => dictionary.add_composite(line)?,
                Some("segment") => dictionary.add_segment(line)?,
                _ => {
                    let ids = preceded((tag("known"), space1), many1(terminated(segment_id, space0)));
                    dictionary.known.extend(line.parse(ids)?);
                }
            }
        }
        Ok(dictionary)
    }

    fn add_element(&mut self, line: Line<'static>) -> Result<(), GuideError> {
        let by = opt(preceded((tag("by"), space1), token));
        let parser = (tag("element"), space1, token, data_type, terminated(range, space0), by, rest);
        let (_, _, id, data_type, (min, max), by, name) = line.parse(parser)?;
        let by_previous = by.is_some();
        self.elements.insert(id, DataElement { number: id, data_type, min, max, by_previous, name });
        Ok(())
    }

    fn add_composite(&mut self, line: Line<'static>) -> Result<(), GuideError> {
        let (words, name) = line.parse(preceded((tag("composite"), space1), titled))?;
        let mut words = words.split_whitespace();
        let number = words.next().ok_or_else(|| line.error("a composite needs a number"))?;
        let parts = words.map(|word| self.element(word, line)).collect::<Result<_, _>>()?;
        self.composites.insert(number, (parts, name));
        Ok(())
    }

    fn add_segment(&mut self, line: Line<'static>) -> Result<(), GuideError> {
        let (words, name) = line.parse(preceded((tag("segment"), space1), titled))?;
        let (_, (id, parts, key, notes)) =
            segment(words).map_err(|_| line.error("expected a segment id, its parts, `key` and `notes`"))?;
        let parts = parts.into_iter().map(|(word, repeats)| {
            let what = match self.composites.get(word) {
                Some((parts, name)) => PartKind::Composite { number: word, name, parts: parts.clone() },
                None => PartKind::Simple(self.element(word, line)?),
            };
            Ok(Part { repeats: repeats.unwrap_or(1), what })
        });
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let notes =
            notes.into_iter().map(|word| note(word).ok_or_else(|| line.error(format!("`{word}` is no syntax note"))));
        let notes = notes.collect::<Result<Vec<_>, _>>()?;
        self.segments.insert(id, SegmentShape { parts, key, notes, name });
        Ok(())
    }

    fn element(&self, number: &str, line: Line<'_>) -> Result<DataElement, GuideError> {
        self.elements.get(number).copied().ok_or_else(|| line.error(format!("data element {number} is not above")))
    }
}

/// `1-80`.
fn range(input: &str) -> IResult<&str, (u16, u16)> {
    (number, preceded(char('-'), number)).parse(input)
}

/// `98`, `C998*10`.
fn part(input: &str) -> IResult<&str, (&str, Option<u16>)> {
    let word = nom::bytes::complete::take_while1(|c: char| c.is_ascii_alphanumeric());
    terminated((word, opt(preceded(char('*'), number))), space0).parse(input)
}

/// `01`, `01-1`.
fn key_part(input: &str) -> IResult<&str, (u16, Option<u16>)> {
    let digits = || nom::combinator::map_res(nom::character::complete::digit1, str::parse);
    terminated((digits(), opt(preceded(char('-'), digits()))), space0).parse(input)
}

type SegmentLine<'a> = (&'a str, Vec<(&'a str, Option<u16>)>, Vec<(u16, Option<u16>)>, Vec<&'a str>);

fn segment(input: &str) -> IResult<&str, SegmentLine<'_>> {
    let not_keyword = nom::combinator::verify(part, |(word, _): &(&str, _)| !matches!(*word, "key" | "notes"));
    let key = opt(preceded((tag("key"), space1), many1(key_part)));
    let notes = opt(preceded((tag("notes"), space1), many1(token)));
    let parser = (terminated(segment_id, space1), many0(not_keyword), key, notes);
    nom::combinator::all_consuming(parser)
        .map(|(id, parts, key, notes)| (id, parts, key.unwrap_or_default(), notes.unwrap_or_default()))
        .parse(input)
}

/// `P0506`: a letter and pairs of digits.
pub(super) fn note(text: &str) -> Option<Note> {
    let kind = match text.as_bytes().first()? {
        b'P' => NoteKind::Paired,
        b'R' => NoteKind::Required,
        b'E' => NoteKind::Exclusive,
        b'C' => NoteKind::Conditional,
        b'L' => NoteKind::ListConditional,
        _ => return None,
    };
    let pairs = text.as_bytes()[1..].chunks(2).map(|pair| std::str::from_utf8(pair).ok()?.parse::<u32>().ok());
    let bits = pairs.map(|n| n.filter(|n| (1..64).contains(n)).map(|n| 1u64 << n)).collect::<Option<Vec<_>>>()?;
    let (first, rest) = bits.split_first()?;
    (!rest.is_empty()).then(|| Note { kind, first: *first, rest: rest.iter().fold(0, |all, bit| all | bit) })
}

impl std::fmt::Display for Note {
    /// As the dictionary writes it: `P0506`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let letter = match self.kind {
            NoteKind::Paired => 'P',
            NoteKind::Required => 'R',
            NoteKind::Exclusive => 'E',
            NoteKind::Conditional => 'C',
            NoteKind::ListConditional => 'L',
        };
        write!(f, "{letter}{:02}", self.first.trailing_zeros())?;
        (1..64).filter(|n| self.rest >> n & 1 == 1).try_for_each(|n| write!(f, "{n:02}"))
    }
}
