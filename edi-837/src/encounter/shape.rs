//! How values of certain columns become segments: worked out once for all values of these columns.

use super::columns::{Column, ColumnId, Kind, columns};
use super::render::small;
use super::rows::Values;
use super::set::Set;
use super::sound::Sound;
use edi_core::Text;
use edi_core::lex::Delimiters;

/// What stands at an element.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Constant(Text),
    /// The value of this cell.
    Cell(usize),
    /// The pointers of this cell, a component each.
    Pointers(usize),
    /// `D8` or `RD8`, as the value of this cell is a day or a period.
    Format(usize),
}

/// What is always the same, separators and constants, and the value behind it.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) same: Vec<u8>,
    /// Where elements end in it.
    pub(super) ends: Vec<u32>,
    pub(super) value: Option<Source>,
}

/// Whose segment it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// The billing provider's, which is the practice file's.
    Billing,
    Subscriber,
    Patient,
    /// The claim's own, or a line's.
    Claim,
}

impl Level {
    fn of(column: &Column) -> Self {
        match column.loop_id.get(..5) {
            Some("2010A") => Self::Billing,
            Some("2000B" | "2010B") => Self::Subscriber,
            Some("2000C" | "2010C") => Self::Patient,
            _ => Self::Claim,
        }
    }
}

/// A segment of the table, as values of certain columns fill it.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) first: &'static Column,
    pub(super) level: Level,
    pub(super) pieces: Vec<Piece>,
    /// Component separators, but for those between pointers.
    pub(super) components: usize,
    pub(super) divided: bool,
}

/// The segments that values of certain columns make.
pub(super) struct Shape {
    pub(super) there: Set,
    pub(super) patterns: Vec<Pattern>,
    pub(super) sound: Sound,
}

/// Element, component and what stands there.
type Element = (usize, usize, Source);

impl Shape {
    /// The shape of values like these.
    pub(super) fn of(values: &Values, of_line: bool, delimiters: Delimiters) -> Self {
        Self { there: *values.there(), patterns: patterns(values, of_line, delimiters), sound: Sound::default() }
    }
}

/// The segments of a claim or line with these columns.
fn patterns(values: &Values, of_line: bool, d: Delimiters) -> Vec<Pattern> {
    let mut segments: Vec<(&Column, Vec<Element>)> = Vec::new();
    for (column, source) in completed(values, of_line).into_iter().filter(|(column, _)| column.element > 0) {
        if segments.last().is_none_or(|(first, _)| first.group != column.group) {
            let qualifier = (1, 0, Source::Constant(Text::new(&column.qualifier)));
            let elements = if column.qualifier.is_empty() { Vec::new() } else { vec![qualifier] };
            segments.push((column, elements));
        }
        let Some((_, elements)) = segments.last_mut() else { continue };
        let source = match source {
            Source::Cell(cell) if column.kind == Kind::Pointers => Source::Pointers(cell),
            source => source,
        };
        if let (Source::Cell(cell), "DTP") = (&source, column.segment.as_str()) {
            elements.push((2, 0, Source::Format(*cell)));
        }
        elements.push((column.element, column.component, source));
    }
    segments.into_iter().map(|(first, elements)| Pattern::new(first, elements, d)).collect()
}

/// The cells, and the constants and defaults that stand beside them, in the order of the table.
fn completed(values: &Values, of_line: bool) -> Vec<(&'static Column, Source)> {
    let table = columns();
    let mut all: Vec<(ColumnId, Source)> =
        values.cells().iter().enumerate().map(|(cell, (id, _))| (*id, Source::Cell(cell))).collect();
    let fallback = |id: ColumnId| {
        let value = table.get(id).filter(|_| !values.has(id)).and_then(Column::fallback);
        value.map(|value| (id, Source::Constant(value)))
    };
    let followers = values.cells().iter().flat_map(|(id, _)| table.followers(*id)).copied();
    all.extend(table.always(of_line).chain(followers).filter_map(fallback));
    // Segments that stand now get their constants and defaults.
    let groups: Vec<usize> = all.iter().filter_map(|(id, _)| table.get(*id)).map(|c| c.group).collect();
    all.extend(groups.iter().flat_map(|group| table.companions(*group)).copied().filter_map(fallback));
    all.sort_by_key(|(id, _)| *id);
    all.dedup_by_key(|(id, _)| *id);
    all.into_iter().filter_map(|(id, source)| Some((table.get(id)?, source))).collect()
}

impl Pattern {
    fn new(first: &'static Column, mut elements: Vec<Element>, d: Delimiters) -> Self {
        elements.sort_by_key(|(element, component, _)| (*element, *component));
        let divided =
            elements.iter().any(|(_, component, source)| *component > 1 || matches!(source, Source::Pointers(_)));
        let mut piece = Piece { same: first.segment.as_bytes().to_vec(), ..Piece::default() };
        let (mut pieces, mut components, mut at, mut component_at) = (Vec::new(), 0, 0, 1);
        for (element, component, source) in elements {
            while at < element {
                piece.ends.push(small(piece.same.len()));
                piece.same.push(d.element);
                (at, component_at) = (at + 1, 1);
            }
            while component_at < component {
                piece.same.push(d.component);
                component_at += 1;
                components += 1;
            }
            match source {
                Source::Constant(text) => piece.same.extend_from_slice(text.as_bytes()),
                value => pieces.push(Piece { value: Some(value), ..std::mem::take(&mut piece) }),
            }
        }
        pieces.push(piece);
        Self { first, level: Level::of(first), pieces, components, divided }
    }
}
