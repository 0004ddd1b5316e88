//! nom parsers of the lines that guides, overlays and the dictionary are written in.
//!
//! All three are line by line, words divided by blanks, depth told by indentation; a line that starts with
//! `#` is a comment. Words with blanks inside stand in double quotes.

use super::dictionary::DataType;
use super::table::Usage;
use nom::{
    IResult, Parser,
    branch::alt,
    bytes::complete::{is_not, tag, take_while, take_while1},
    character::complete::{char, digit1, space0, space1},
    combinator::{all_consuming, map, map_res, opt, rest, value},
    multi::many0,
    sequence::{delimited, preceded, terminated},
};

/// A guide, overlay or dictionary file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct GuideError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl GuideError {
    pub(super) fn new(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

/// A line that is no comment: its number from 1, its indentation, what stands on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub number: usize,
    pub indent: usize,
    pub text: &'a str,
}

impl<'a> Line<'a> {
    /// Parses the whole line.
    pub(super) fn parse<T>(
        &self,
        parser: impl Parser<&'a str, Output = T, Error = Failure<'a>>,
    ) -> Result<T, GuideError> {
        match all_consuming(parser).parse(self.text) {
            Ok((_, parsed)) => Ok(parsed),
            Err(_) => Err(self.error(format!("cannot read `{}`", self.text.chars().take(60).collect::<String>()))),
        }
    }

    pub(super) fn error(&self, message: impl Into<String>) -> GuideError {
        GuideError::new(self.number, message)
    }
}

/// nom's error here.
pub(super) type Failure<'a> = nom::error::Error<&'a str>;

/// The lines of a file, comments and empty ones left out.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines().enumerate().filter_map(|(i, line)| {
        let text = line.trim_end();
        let start = text.trim_start_matches(' ');
        let line = Line { number: i + 1, indent: text.len() - start.len(), text: start };
        (!start.is_empty() && !start.starts_with('#')).then_some(line)
    })
}

/// A word: up to the next blank, or in double quotes.
pub(super) fn word(input: &str) -> IResult<&str, &str> {
    alt((delimited(char('"'), is_not("\""), char('"')), is_not(" \""))).parse(input)
}

/// A word and the blanks behind it.
pub(super) fn token(input: &str) -> IResult<&str, &str> {
    terminated(word, space0).parse(input)
}

/// A number and the blanks behind it.
pub(super) fn number<T: std::str::FromStr>(input: &str) -> IResult<&str, T> {
    terminated(map_res(digit1, str::parse), space0).parse(input)
}

/// `R`, `S` or `N`.
pub(super) fn usage(input: &str) -> IResult<&str, Usage> {
    let of = |letter, usage| value(usage, char(letter));
    let usage = alt((of('R', Usage::Required), of('S', Usage::Situational), of('N', Usage::NotUsed)));
    terminated(usage, alt((space1, nom::combinator::eof))).parse(input)
}

/// How often: a number, or `>1` for as often as you like (0 here).
pub(super) fn repeats(input: &str) -> IResult<&str, u32> {
    alt((value(0, terminated(tag(">1"), space0)), number)).parse(input)
}

/// A line of a guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item<'a> {
    /// `loop ID USAGE REPEATS TITLE`
    Loop { id: &'a str, usage: Usage, repeats: u32, title: &'a str },
    /// `same ID USAGE REPEATS`: the loop of that id, as it stands above, once more.
    Same { id: &'a str, usage: Usage, repeats: u32 },
    /// `ID POSITION USAGE MAX TITLE`
    Segment { id: &'a str, position: u16, usage: Usage, max: u32, title: &'a str },
    /// `NUMBER[..NUMBER] USAGE CODES... [@EXTERNAL]`: an element, or a component under an element.
    Element { from: u16, to: u16, usage: Usage, codes: Vec<&'a str>, external: Option<&'a str> },
    /// `guide`, `title`, `transaction`, `group`, `also`, and what is said.
    Header { key: &'a str, value: &'a str },
}

/// Parses a line of a guide.
pub(super) fn item(input: &str) -> IResult<&str, Item<'_>> {
    alt((looped, same, header, segment, element)).parse(input)
}

fn looped(input: &str) -> IResult<&str, Item<'_>> {
    let parts = (token, usage, repeats, rest);
    map(preceded(terminated(tag("loop"), space1), parts), |(id, usage, repeats, title)| Item::Loop {
        id,
        usage,
        repeats,
        title,
    })
    .parse(input)
}

fn same(input: &str) -> IResult<&str, Item<'_>> {
    let parts = (token, usage, repeats);
    map(preceded(terminated(tag("same"), space1), parts), |(id, usage, repeats)| Item::Same { id, usage, repeats })
        .parse(input)
}

fn header(input: &str) -> IResult<&str, Item<'_>> {
    let key = alt((tag("guide"), tag("title"), tag("transaction"), tag("group"), tag("also")));
    map((terminated(key, space1), rest), |(key, value)| Item::Header { key, value }).parse(input)
}

fn segment(input: &str) -> IResult<&str, Item<'_>> {
    let id = terminated(segment_id, space1);
    map((id, number, usage, repeats, rest), |(id, position, usage, max, title)| Item::Segment {
        id,
        position,
        usage,
        max,
        title,
    })
    .parse(input)
}

/// Two or three capitals and digits, a capital first.
pub(super) fn segment_id(input: &str) -> IResult<&str, &str> {
    let id = take_while1(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit());
    nom::combinator::verify(id, |id: &str| (2..=3).contains(&id.len()) && !id.starts_with(|c: char| c.is_ascii_digit()))
        .parse(input)
}

fn element(input: &str) -> IResult<&str, Item<'_>> {
    let to = opt(preceded(tag(".."), number));
    let from = map_res(digit1, str::parse::<u16>);
    let code = nom::combinator::verify(token, |word: &str| !word.starts_with('@'));
    let external = opt(preceded(char('@'), token));
    map((from, to, space0, usage, many0(code), external), |(from, to, _, usage, codes, external)| Item::Element {
        from,
        to: to.unwrap_or(from),
        usage,
        codes,
        external,
    })
    .parse(input)
}

/// A type of data element: `AN`, `ID`, `N0`, `N2`, `R`, `DT`, `TM`.
pub(super) fn data_type(input: &str) -> IResult<&str, DataType> {
    let decimals = map_res(preceded(char('N'), digit1), str::parse).map(DataType::Integer);
    let fixed = alt((
        value(DataType::Text, tag("AN")),
        value(DataType::Code, tag("ID")),
        value(DataType::Date, tag("DT")),
        value(DataType::Time, tag("TM")),
        value(DataType::Decimal, tag("R")),
    ));
    terminated(alt((decimals, fixed)), space0).parse(input)
}

/// What stands up to a colon, and what behind it.
pub(super) fn titled(input: &str) -> IResult<&str, (&str, &str)> {
    (terminated(take_while(|c| c != ':'), char(':')), preceded(space0, rest)).parse(input)
}
