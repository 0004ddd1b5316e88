//! A guide compiled for the check: what a plain value of each element looks like, small and side by side.

use super::dictionary::DataType;
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
    /// A composite, or what may not be there: never told at a glance.
    Other,
}

/// An element, as much of it as tells a plain value at a glance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    pub form: Form,
    pub required: bool,
    pub min: u16,
    pub max: u16,
    /// Where its codes begin in `Specs::codes`, and where they end.
    codes: (u32, u32),
}

/// The elements of all segment uses of a guide.
#[derive(Debug, Clone, Default)]
pub(super) struct Specs {
    list: Vec<Spec>,
    /// Where the elements of each use end; they begin where those of the use before end.
    ends: Vec<u32>,
    /// Codes as integers, sorted within each list.
    codes: Vec<u64>,
}

impl Specs {
    pub(super) fn compile(uses: &[SegmentUse]) -> Self {
        let mut specs = Self::default();
        for segment in uses {
            for element in &segment.elements {
                let start = specs.codes.len();
                specs.codes.extend(element.codes.packed());
                let spec = Spec {
                    form: form(element),
                    required: element.usage == Usage::Required,
                    min: element.min,
                    max: element.max,
                    codes: (small(start), small(specs.codes.len())),
                };
                specs.list.push(spec);
            }
            specs.ends.push(small(specs.list.len()));
        }
        specs
    }

    /// The elements of a segment use; the first is element 1.
    pub(super) fn of(&self, index: UseIndex) -> &[Spec] {
        let end = |n: usize| self.ends.get(n).map_or(0, |end| *end as usize);
        let n = usize::from(index.0);
        let start = n.checked_sub(1).map_or(0, end);
        self.list.get(start..end(n)).unwrap_or_default()
    }

    /// The codes of an element, sorted; those of more than eight bytes are not among them.
    pub(super) fn codes(&self, spec: &Spec) -> &[u64] {
        self.codes.get(spec.codes.0 as usize..spec.codes.1 as usize).unwrap_or_default()
    }
}

fn form(element: &ElementUse) -> Form {
    match element.data_type {
        _ if element.usage == Usage::NotUsed => Form::Other,
        None => Form::Other,
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
