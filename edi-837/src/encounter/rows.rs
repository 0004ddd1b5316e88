//! An encounter as a file gives it: values by column, and the text it came from.

use super::columns::{ColumnId, columns};
use super::set::Set;
use edi_core::Text;

/// Values of a claim or of a service line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Values {
    /// Line of the file.
    pub(crate) row: u64,
    /// Column and value, in the order of the table; no value is empty.
    cells: Vec<(ColumnId, Text)>,
    /// The columns that have one.
    there: Set,
}

impl Values {
    pub(crate) fn at(row: u64) -> Self {
        Self { row, ..Self::default() }
    }

    /// Forgets all values, and keeps the room.
    pub(crate) fn clear(&mut self, row: u64) {
        self.row = row;
        self.cells.clear();
        self.there = Set::default();
    }

    /// The value of a column; empty where there is none.
    pub(crate) fn get(&self, id: ColumnId) -> &str {
        if !self.has(id) {
            return "";
        }
        self.find(id).ok().and_then(|i| self.cells.get(i)).map_or("", |cell| cell.1.as_str())
    }

    pub(crate) fn has(&self, id: ColumnId) -> bool {
        self.there.has(id)
    }

    /// The columns that have a value.
    pub(crate) fn there(&self) -> &Set {
        &self.there
    }

    /// Sets a value; an empty one takes it away.
    #[inline]
    pub(crate) fn set(&mut self, id: ColumnId, value: Text) {
        if !value.is_empty() && self.cells.last().is_none_or(|last| last.0 < id) {
            self.cells.push((id, value));
            self.there.put(id);
        } else {
            self.set_between(id, value);
        }
    }

    fn set_between(&mut self, id: ColumnId, value: Text) {
        if value.is_empty() {
            self.take(id);
            return;
        }
        match self.find(id) {
            Ok(i) => self.cells[i].1 = value,
            Err(i) => {
                self.cells.insert(i, (id, value));
                self.there.put(id);
            }
        }
    }

    /// Sets a value where there is none.
    pub(crate) fn fill(&mut self, id: ColumnId, value: &str) {
        if !value.is_empty() && !self.has(id) {
            self.set(id, Text::new(value));
        }
    }

    /// Takes a value away.
    pub(crate) fn take(&mut self, id: ColumnId) -> Text {
        let found = if self.has(id) { self.find(id).ok() } else { None };
        found.map_or_else(Text::default, |i| {
            self.there.take(id);
            self.cells.remove(i).1
        })
    }

    pub(crate) fn cells(&self) -> &[(ColumnId, Text)] {
        &self.cells
    }

    pub(crate) fn cells_mut(&mut self) -> impl Iterator<Item = &mut (ColumnId, Text)> {
        self.cells.iter_mut()
    }

    /// Drops the cells that are not wanted, and those that became empty.
    pub(crate) fn retain(&mut self, mut wanted: impl FnMut(ColumnId) -> bool) {
        let there = &mut self.there;
        self.cells.retain(|(id, value)| {
            let stays = !value.is_empty() && wanted(*id);
            if !stays {
                there.take(*id);
            }
            stays
        });
    }

    /// Splits the cells of one row into those of the claim and those of the line.
    pub(crate) fn split(self) -> (Self, Self) {
        let (mut claim, mut line) = (Self::at(self.row), Self::at(self.row));
        for (id, value) in self.cells {
            let of_line = columns().get(id).is_some_and(|c| c.of_line);
            (if of_line { &mut line } else { &mut claim }).set(id, value);
        }
        (claim, line)
    }

    /// Where the cell of a column is, or would be.
    fn find(&self, id: ColumnId) -> Result<usize, usize> {
        self.cells.binary_search_by_key(&id, |cell| cell.0)
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

impl Default for Encounter {
    fn default() -> Self {
        Self {
            claim: Values::default(),
            lines: Vec::new(),
            conflicts: Vec::new(),
            strange: Vec::new(),
            source: Source::Csv(Vec::new()),
        }
    }
}

/// The most rows of one encounter: far more than the fifty lines of a claim, so that they can be named.
pub(crate) const ROW_LIMIT: usize = 2_000;

/// The most bytes of one row, or of one JSON object.
pub(crate) const SIZE_LIMIT: usize = 4 << 20;
