//! Where an interchange begins: the ISA with or without its padding, or a file that starts at GS or ST.

use crate::lex::{self, Delimiters, ISA_LENGTH};

/// What stands at the start of an interchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// An ISA that could be read, and how.
    Isa(IsaShape),
    /// A GS or ST without an ISA before it.
    Fragment(Delimiters),
}

/// An ISA and what was unusual about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IsaShape {
    pub(super) delimiters: Delimiters,
    /// Its elements are not of the widths that the standard gives.
    pub(super) unpadded: bool,
    /// ISA16 was missing, so that the component separator is a guess.
    pub(super) guessed_component: bool,
}

/// How many bytes behind a start are looked at, at most.
pub(super) const WINDOW: usize = 4096;

/// The first place in `window` where an interchange begins.
pub(super) fn find(window: &[u8]) -> Option<(usize, Start)> {
    (0..window.len())
        .filter(|&i| i == 0 || !window[i - 1].is_ascii_alphanumeric())
        .find_map(|i| at(&window[i..]).map(|start| (i, start)))
}

/// What begins at the first byte of `input`.
pub(super) fn at(input: &[u8]) -> Option<Start> {
    let input = &input[..input.len().min(WINDOW)];
    if is_isa(input) {
        return isa(input).map(Start::Isa);
    }
    let separator = *input.get(2)?;
    let starts = |id: &[u8]| input[..2].eq_ignore_ascii_case(id) && is_delimiter(separator);
    let field = |n: usize| input.split(|b| *b == separator).nth(n).unwrap_or_default();
    let letters = |f: &[u8], n: usize| f.len() == n && f.iter().all(u8::is_ascii_alphabetic);
    let digits = |f: &[u8], n: usize| f.len() == n && f.iter().all(u8::is_ascii_digit);
    if (starts(b"GS") && letters(field(1), 2)) || (starts(b"ST") && digits(field(1), 3)) {
        return fragment(input, separator).map(Start::Fragment);
    }
    None
}

/// What begins inside an interchange with these delimiters. An ISA with its separator, which its terminator ends before
/// the sixteenth element, is no header but a segment gone astray, whatever stands behind it.
pub(super) fn inside(input: &[u8], delimiters: Delimiters) -> Option<Start> {
    let found = at(input)?;
    if input[3] != delimiters.element || matches!(found, Start::Fragment(_)) {
        return Some(found);
    }
    let (last, _) = input.iter().enumerate().filter(|(_, b)| **b == delimiters.element).nth(15)?;
    (!input[..=last + 1].contains(&delimiters.segment)).then_some(found)
}

/// Whether a reader would begin another interchange at a segment, given without its terminator, inside one with these
/// delimiters.
pub(crate) fn opens_interchange(segment: &[u8], delimiters: Delimiters) -> bool {
    let ended = || [segment, &[delimiters.segment]].concat();
    is_other_fragment(segment, delimiters.element) || is_isa(segment) && inside(&ended(), delimiters).is_some()
}

/// Whether an ISA seems to begin here: the id and a byte that may delimit.
pub(super) fn is_isa(input: &[u8]) -> bool {
    matches!(input, [i, s, a, separator, ..]
        if [*i, *s, *a].eq_ignore_ascii_case(b"ISA") && is_delimiter(*separator))
}

/// Whether a GS or ST seems to begin here whose element separator is not this one: a fragment of another file.
pub(super) fn is_other_fragment(input: &[u8], element: u8) -> bool {
    matches!(input, [b'G', b'S', separator, ..] | [b'S', b'T', separator, ..]
        if *separator != element && is_delimiter(*separator))
}

fn is_delimiter(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && !matches!(byte, b' ' | b'\r' | b'\n' | 0)
}

/// Whether a byte behind the line break of a wrap may be the terminator: a zero may too.
fn may_terminate(byte: u8) -> bool {
    is_delimiter(byte) || byte == 0
}

fn is_line_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Reads the delimiters of an ISA: by its fixed widths, or by its sixteen separators with line breaks of a
/// wrap taken out.
fn isa(input: &[u8]) -> Option<IsaShape> {
    if let Ok((rest, isa)) = lex::isa(input) {
        let fixed =
            input.len() - rest.len() == ISA_LENGTH && !input[..ISA_LENGTH - 1].iter().any(|b| is_line_break(*b));
        // A line break in the terminator's place may be a wrap's: then the terminator stands behind it.
        let breaks = input[ISA_LENGTH.min(input.len()) - 1..].iter().take_while(|b| is_line_break(**b)).count();
        let wrapped = breaks > 0 && rest.get(breaks - 1).is_some_and(|b| may_terminate(*b));
        if fixed && !wrapped {
            let shape = IsaShape { delimiters: isa.delimiters, unpadded: false, guessed_component: false };
            return Some(without_isa16(shape, &isa, rest).unwrap_or(shape));
        }
    }
    unwrapped_isa(input)
}

fn unwrapped_isa(input: &[u8]) -> Option<IsaShape> {
    let separator = input[3];
    let mut seen = 0;
    let behind_isa16 = input.iter().position(|b| {
        seen += usize::from(*b == separator);
        seen == 16
    })? + 1;
    let tail: Vec<u8> = input[behind_isa16..].iter().copied().take(WINDOW).collect();
    let skip = tail.iter().take_while(|b| is_line_break(**b)).count();
    let component = *tail.get(skip)?;
    let behind = tail.get(skip + 1..)?;
    let breaks = behind.iter().take_while(|b| is_line_break(**b)).count();
    let next = behind.get(breaks).copied().unwrap_or_default();
    let wrapped_terminator = breaks > 0 && behind.len() > breaks && may_terminate(next);
    let terminator = if wrapped_terminator { next } else { *behind.first()? };

    let mut clean: Vec<u8> = input[..behind_isa16].iter().copied().filter(|b| !is_line_break(*b)).collect();
    let padded = clean.len() == ISA_LENGTH - 2;
    clean.extend([component, terminator]);
    let (_, isa) = lex::isa(&clean).ok()?;
    let shape = IsaShape { delimiters: isa.delimiters, unpadded: !padded, guessed_component: false };
    Some(without_isa16(shape, &isa, &behind[breaks..]).unwrap_or(shape))
}

/// Where ISA16 is missing, its place is taken by the terminator and that of the terminator by a line break:
/// then the line behind ends with the same byte.
fn without_isa16(shape: IsaShape, isa: &lex::Isa<'_>, behind: &[u8]) -> Option<IsaShape> {
    if !is_line_break(shape.delimiters.segment) {
        return None;
    }
    let line = behind.split(|b| is_line_break(*b)).next()?;
    let terminator = shape.delimiters.component;
    if line.last() != Some(&terminator) || isa.elements[..15].iter().any(|element| element.contains(&terminator)) {
        return None;
    }
    let component = guess_component(behind, shape.delimiters.element, terminator);
    let delimiters = Delimiters { component, segment: terminator, ..shape.delimiters };
    Some(IsaShape { delimiters, unpadded: true, guessed_component: true })
}

/// Delimiters of a file that starts at GS or ST: the terminator is the first byte behind which a segment id
/// and the element separator stand.
fn fragment(input: &[u8], element: u8) -> Option<Delimiters> {
    let segment = (3..input.len()).find(|&i| {
        let byte = input[i];
        byte != element && !byte.is_ascii_alphanumeric() && byte != b' ' && id_follows(&input[i + 1..], element)
    })?;
    let segment = input[segment];
    let component = guess_component(input, element, segment);
    let repetition = (component != b'^' && element != b'^' && segment != b'^').then_some(b'^');
    Some(Delimiters { element, component, repetition, segment })
}

/// Whether, after white space, a segment id of two or three characters and the separator stand here.
fn id_follows(input: &[u8], element: u8) -> bool {
    let start = input.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let id = &input[start..];
    let length = id.iter().take(4).take_while(|b| b.is_ascii_alphanumeric()).count();
    (2..=3).contains(&length) && id[0].is_ascii_alphabetic() && id.get(length) == Some(&element)
}

/// The component separator of a file that does not tell it: the byte behind a qualifier that opens a
/// composite (`HC:99213`, `ABK:J029`), else `:`.
fn guess_component(input: &[u8], element: u8, segment: u8) -> u8 {
    const QUALIFIERS: [&[u8]; 9] = [b"HC", b"AD", b"NU", b"ER", b"N4", b"ABK", b"BK", b"ABF", b"WO"];
    let fields = input.split(|b| *b == element || *b == segment);
    let guess = fields
        .filter_map(|field| {
            let length = field.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
            let by = *field.get(length)?;
            let opens = QUALIFIERS.contains(&&field[..length]) && is_delimiter(by) && by.is_ascii_punctuation();
            opens.then_some(by)
        })
        .next();
    guess.unwrap_or(if element == b':' || segment == b':' { b'>' } else { b':' })
}

/// What bytes that are no X12 look like.
pub(super) fn looks_like(input: &[u8]) -> &'static str {
    // The vertical tab is the frame of HL7's transport.
    let start = input.iter().position(|b| !b.is_ascii_whitespace() && *b != 0x0B).unwrap_or(input.len());
    let head = &input[start..input.len().min(start + 512)];
    match head {
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [b'P', b'K', 3 | 5, ..] => "a zip archive",
        [0x1F, 0x8B, ..] => "gzip data",
        [b'U', b'N', b'A' | b'B', ..] => "UN/EDIFACT",
        [b'M', b'S', b'H', ..] | [b'F', b'H', b'S', ..] => "an HL7 version 2 message",
        [b'{' | b'[', ..] => "JSON",
        [b'<', b'?', b'x', ..] => "XML",
        [b'<', ..] => "HTML or XML",
        [0xD0, 0xCF, 0x11, 0xE0, ..] => "an old Office document",
        [] => "blank space",
        _ if head.iter().any(|b| *b < 9) => "binary data",
        _ if head.split(|b| *b == b'\n').next().is_some_and(|line| line.contains(&b',')) => "CSV or other text",
        _ => "plain text",
    }
}
