//! A guide compiled for the check: what a plain value of each element looks like, small and side by side.

use super::dictionary::{DataType, Note, NoteKind};
use super::table::{ElementUse, SegmentUse, Usage, UseIndex};

/// What a value is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One of the listed codes.
    Code,
    Text,
    /// A date or time whose format the element before it names.
    Period,
    Integer,
    Decimal,
    Date,
    Time,
    Composite,
    /// What may not be there: never told at a glance.
    Other,
}

/// An element, as much of it as tells a plain value at a glance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    pub form: Form,
    pub required: bool,
    pub min: u16,
    pub max: u16,
    /// Where its codes begin in `Specs::codes`, or its components in `Specs::components`, and where they end.
    range: (u32, u32),
}

/// The elements of all segment uses of a guide.
#[derive(Debug, Clone, Default)]
pub(super) struct Specs {
    list: Vec<Spec>,
    uses: Vec<UseSpec>,
    components: Vec<Spec>,
    /// Codes as integers, sorted within each list.
    codes: Vec<u64>,
}

/// A segment use, as much of it as its check needs first.
#[derive(Debug, Clone, Copy, Default)]
struct UseSpec {
    /// Where its elements begin in `Specs::list`, and where they end.
    elements: (u32, u32),
    last_required: u16,
    watched: u64,
}

/// The elements of a segment use, side by side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Elements<'a> {
    /// The first is element 1.
    pub list: &'a [Spec],
    /// The last element that is required; 0 for none.
    pub last_required: usize,
    /// The bits of the elements that make a syntax note speak; bit 0 where one speaks of what is not there.
    pub watched: u64,
}

impl Specs {
    pub(super) fn compile(uses: &[SegmentUse]) -> Self {
        let mut specs = Self::default();
        for segment in uses {
            let first = specs.list.len();
            for element in &segment.elements {
                let spec = specs.element(element);
                specs.list.push(spec);
            }
            let required = segment.elements.iter().rposition(|element| element.usage == Usage::Required);
            specs.uses.push(UseSpec {
                elements: (small(first), small(specs.list.len())),
                last_required: required.map_or(0, |i| u16::try_from(i + 1).unwrap_or(u16::MAX)),
                watched: segment.notes.iter().fold(0, |bits, note| bits | watched(note)),
            });
        }
        specs
    }

    fn element(&mut self, element: &ElementUse) -> Spec {
        let form = form(element);
        let range = if form == Form::Composite {
            // None of its components has components, so that they come to stand side by side.
            let start = self.components.len();
            for component in &element.components {
                let component = self.element(component);
                self.components.push(component);
            }
            (start, self.components.len())
        } else {
            let start = self.codes.len();
            self.codes.extend(element.codes.packed());
            (start, self.codes.len())
        };
        let required = element.usage == Usage::Required;
        Spec { form, required, min: element.min, max: element.max, range: (small(range.0), small(range.1)) }
    }

    /// The elements of a segment use; the first is element 1.
    pub(super) fn of(&self, index: UseIndex) -> Elements<'_> {
        let UseSpec { elements, last_required, watched } =
            self.uses.get(usize::from(index.0)).copied().unwrap_or_default();
        let list = self.list.get(elements.0 as usize..elements.1 as usize).unwrap_or_default();
        Elements { list, last_required: usize::from(last_required), watched }
    }

    /// The codes of an element, sorted; those of more than eight bytes are not among them.
    pub(super) fn codes(&self, spec: &Spec) -> &[u64] {
        self.codes.get(spec.range.0 as usize..spec.range.1 as usize).unwrap_or_default()
    }

    /// The components of a composite.
    pub(super) fn components(&self, spec: &Spec) -> &[Spec] {
        self.components.get(spec.range.0 as usize..spec.range.1 as usize).unwrap_or_default()
    }
}

/// The elements without which a note has nothing to say; bit 0 where it always has.
fn watched(note: &Note) -> u64 {
    match note.kind {
        NoteKind::Required => 1,
        NoteKind::Paired | NoteKind::Exclusive => note.first | note.rest,
        NoteKind::Conditional | NoteKind::ListConditional => note.first,
    }
}

fn form(element: &ElementUse) -> Form {
    match element.data_type {
        _ if element.usage == Usage::NotUsed => Form::Other,
        None => Form::Composite,
        Some(_) if !element.codes.is_empty() => Form::Code,
        Some(DataType::Text) if element.by_previous => Form::Period,
        Some(DataType::Text | DataType::Code) => Form::Text,
        Some(DataType::Integer(_)) => Form::Integer,
        Some(DataType::Decimal) => Form::Decimal,
        Some(DataType::Date) => Form::Date,
        Some(DataType::Time) => Form::Time,
    }
}

/// An ordinal of tables that are limited to far less.
fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
