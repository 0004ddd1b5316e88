//! Sets that are only codes with titles and a note or two: status codes, places of service, modifiers, and
//! the small sets of the guides.

use super::{CodeSet, Life, table};
use std::sync::LazyLock;

/// A code of a simple set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Simple {
    pub code: &'static str,
    pub title: &'static str,
    pub life: Life,
    /// Further facts, named.
    pub notes: Vec<(&'static str, &'static str)>,
}

impl Simple {
    fn new(code: &'static str, title: &'static str, life: Life, notes: &[(&'static str, &'static str)]) -> Self {
        let notes = notes.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
        Self { code, title, life, notes }
    }
}

static STATUS: LazyLock<Vec<Simple>> = LazyLock::new(|| {
    table::rows(include_str!("data/claim_status.tsv"))
        .map(|[code, start, modified, stop, entity, title]| {
            let entity = if entity == "Y" { "STC01-3 says whom it is about" } else { "" };
            Simple::new(code, title, Life::parse(start, modified, stop), &[("entity", entity)])
        })
        .collect()
});

static STATUS_CATEGORY: LazyLock<Vec<Simple>> = LazyLock::new(|| {
    table::rows(include_str!("data/claim_status_category.tsv"))
        .map(|[code, start, stop, family, title]| {
            Simple::new(code, title, Life::parse(start, "", stop), &[("family", family)])
        })
        .collect()
});

/// The list gives no dates; the starts that we have are not from the list, so that they are told, not applied.
static PLACE: LazyLock<Vec<Simple>> = LazyLock::new(|| {
    table::rows(include_str!("data/place_of_service.tsv"))
        .map(|[code, start, rate, title]| {
            let rate = if rate == "F" { "facility" } else { "non-facility" };
            Simple::new(code, title, Life::default(), &[("rate", rate), ("since about", start)])
        })
        .collect()
});

static MODIFIER: LazyLock<Vec<Simple>> = LazyLock::new(|| {
    table::rows(include_str!("data/modifier.tsv"))
        .map(|[code, family, group, title]| {
            Simple::new(code, title, Life::default(), &[("family", family), ("group", group)])
        })
        .collect()
});

static STATE: LazyLock<Vec<Simple>> = LazyLock::new(|| {
    table::rows(include_str!("data/state.tsv"))
        .map(|[code, title]| Simple::new(code, title, Life::default(), &[]))
        .collect()
});

/// The small sets stand in one file, sorted by set and then by code; beside each row, its set.
static SMALL: LazyLock<(Vec<&str>, Vec<Simple>)> = LazyLock::new(|| {
    table::rows(include_str!("data/small.tsv"))
        .map(|[set, code, place, title]| (set, Simple::new(code, title, Life::default(), &[("where", place)])))
        .unzip()
});

/// The rows of a simple set; none for sets that have tables of their own.
pub(super) fn rows(set: CodeSet) -> &'static [Simple] {
    match set {
        CodeSet::ClaimStatus => &STATUS,
        CodeSet::ClaimStatusCategory => &STATUS_CATEGORY,
        CodeSet::PlaceOfService => &PLACE,
        CodeSet::Modifier => &MODIFIER,
        CodeSet::State => &STATE,
        _ => {
            let from = SMALL.0.partition_point(|id| *id < set.id());
            let to = SMALL.0.partition_point(|id| *id <= set.id());
            SMALL.1.get(from..to).unwrap_or_default()
        }
    }
}

/// The row of a code.
pub(super) fn find(set: CodeSet, code: &str) -> Option<&'static Simple> {
    table::find(rows(set), code, |row| row.code)
}
