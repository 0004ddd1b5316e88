//! Starters: files to begin with, explained in their comments.

use super::columns::{Column, columns};
use super::schema::place;
use std::fmt::Write;

/// What a starter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// Encounters as CSV, one row a service line.
    Csv,
    /// Encounters as CSV by the boxes of the CMS-1500.
    Boxes,
    /// Encounters as JSON.
    Json,
    /// The practice file.
    Practice,
    /// A mapping file.
    Mapping,
}

/// The text of a starter.
#[must_use]
pub fn template(of: Template) -> String {
    match of {
        Template::Csv => format!("{}{}", column_comments(), include_str!("starter/encounters.csv")),
        Template::Boxes => include_str!("starter/boxes.csv").to_owned(),
        Template::Json => include_str!("starter/encounters.json").to_owned(),
        Template::Practice => include_str!("starter/practice.toml").to_owned(),
        Template::Mapping => include_str!("starter/mapping.toml").to_owned(),
    }
}

/// Every column, as comment lines at the top of a CSV file: they are left out when it is read.
fn column_comments() -> String {
    let mut text = String::from(
        "# Every column there is. Keep those you need, in any order. Lines with # at the top are left out.\n#\n",
    );
    let first = |c: &&Column| c.number <= 1 || c.name == "dx2";
    for column in columns().given().filter(first) {
        let need = match (column.required, &column.default, column.with) {
            (_, Some(default), _) => format!(" [{default} where it is left out]"),
            (true, None, None) => " [required]".to_owned(),
            _ => String::new(),
        };
        let several = if column.number == 1 { " (and 2, 3, ...)" } else { "" };
        let at = place(column);
        let _ = writeln!(text, "# {}{several}: {}{need}. {at}", column.name, column.doc);
    }
    text.push_str("#\n");
    text
}
