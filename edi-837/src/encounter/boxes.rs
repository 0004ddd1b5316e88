//! Fields of the CMS-1500 by their number: a dialect of CSV, and a view of a claim.

use super::columns::{ColumnId, columns};

/// Names of boxes, in lower case, as header of a CSV file, and the columns they are.
const DIALECT: [(&str, &str); 0] = [];

/// The column of a box; none where the name is no box, or a box that is several columns.
pub(crate) fn column_of(name: &str) -> Option<ColumnId> {
    DIALECT.iter().find(|(field, _)| *field == name).and_then(|(_, column)| columns().find(column))
}
