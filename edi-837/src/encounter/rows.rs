//! An encounter as a file gives it: values by column, and the text it came from.

use super::columns::{ColumnId, columns};
use edi_core::Text;

/// Values of a claim or of a service line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Values {
    /// Line of the file.
    pub(crate) row: u64,
    /// Column and value, in the order of the table; no value is empty.
    cells: Vec<(ColumnId, Text)>,
}

impl Values {
    pub(crate) fn at(row: u64) -> Self {
        Self { row, cells: Vec::new() }
    }

    /// The value of a column; empty where there is none.
    pub(crate) fn get(&self, id: ColumnId) -> &str {
        self.find(id).map_or("", |i| self.cells[i].1.as_str())
    }

    pub(crate) fn has(&self, id: ColumnId) -> bool {
        self.find(id).is_some()
    }

    /// Sets a value; an empty one takes it away.
    pub(crate) fn set(&mut self, id: ColumnId, value: Text) {
        match (self.cells.binary_search_by_key(&id, |c| c.0), value.is_empty()) {
            (Ok(i), true) => drop(self.cells.remove(i)),
            (Ok(i), false) => self.cells[i].1 = value,
            (Err(_), true) => {}
            (Err(i), false) => self.cells.insert(i, (id, value)),
        }
    }

    /// Sets a value where there is none.
    pub(crate) fn fill(&mut self, id: ColumnId, value: &str) {
        if !self.has(id) {
            self.set(id, Text::new(value));
        }
    }

    pub(crate) fn cells(&self) -> &[(ColumnId, Text)] {
        &self.cells
    }

    pub(crate) fn cells_mut(&mut self) -> impl Iterator<Item = &mut (ColumnId, Text)> {
        self.cells.iter_mut()
    }

    /// Drops cells that became empty.
    pub(crate) fn prune(&mut self) {
        self.cells.retain(|(_, value)| !value.is_empty());
    }

    /// Splits the cells of one row into those of the claim and those of the line.
    pub(crate) fn split(self) -> (Self, Self) {
        let of_line = |id: ColumnId| columns().get(id).is_some_and(|c| c.of_line);
        let (line, claim) = self.cells.into_iter().partition(|(id, _)| of_line(*id));
        (Self { row: self.row, cells: claim }, Self { row: self.row, cells: line })
    }

    fn find(&self, id: ColumnId) -> Option<usize> {
        self.cells.binary_search_by_key(&id, |c| c.0).ok()
    }
}

/// What an encounter was, so that it can be given back unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Records of a CSV file.
    Csv(Vec<csv::ByteRecord>),
    /// A JSON object.
    Json(String),
}

/// An encounter: the values of the claim and of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Encounter {
    pub(crate) claim: Values,
    pub(crate) lines: Vec<Values>,
    /// Rows whose claim columns hold something else than the first row, and the column.
    pub(crate) conflicts: Vec<(u64, ColumnId, Text)>,
    /// What could not be taken as a value of a column: where, its name and what is wrong.
    pub(crate) strange: Vec<(u64, String, &'static str)>,
    pub(crate) source: Source,
}

/// The most rows of one encounter: far more than the fifty lines of a claim, so that they can be named.
pub(crate) const ROW_LIMIT: usize = 2_000;

/// The most bytes of one row, or of one JSON object.
pub(crate) const SIZE_LIMIT: usize = 4 << 20;
