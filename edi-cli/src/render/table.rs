//! Tables of the ledger: for people, for spreadsheets, for programs.

use crate::context::stdout;
use crate::exit::Failure;
use comfy_table::{CellAlignment, Table, presets};
use serde_json::Value;
use std::io::{self, Write};

/// Form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A table to read
    Text,
    /// One array
    Json,
    /// One object a line
    Ndjson,
    /// Comma-separated values with a header
    Csv,
}

/// A column: its head, the field of the object, and whether it is a number.
pub struct Column {
    pub head: &'static str,
    pub field: &'static str,
    pub number: bool,
}

/// A column of text.
pub const fn text(head: &'static str, field: &'static str) -> Column {
    Column { head, field, number: false }
}

/// A column of numbers.
pub const fn number(head: &'static str, field: &'static str) -> Column {
    Column { head, field, number: true }
}

/// Prints objects: in JSON whole, else their columns.
pub fn print(columns: &[Column], rows: &[Value], format: Format) -> Result<(), Failure> {
    let mut out = stdout();
    match format {
        Format::Text => writeln!(out, "{}", page(columns, rows))?,
        Format::Json => writeln!(out, "{:#}", Value::Array(rows.to_vec()))?,
        Format::Ndjson => rows.iter().try_for_each(|row| writeln!(out, "{row}"))?,
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(&mut out);
            csv.write_record(columns.iter().map(|c| c.field)).map_err(io::Error::from)?;
            for row in rows {
                csv.write_record(cells(columns, row)).map_err(io::Error::from)?;
            }
            csv.flush()?;
        }
    }
    out.flush()?;
    Ok(())
}

/// The table as text, without trailing blanks.
pub fn page(columns: &[Column], rows: &[Value]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(columns.iter().map(|c| c.head));
    for row in rows {
        table.add_row(cells(columns, row));
    }
    for (index, _) in columns.iter().enumerate().filter(|(_, c)| c.number) {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn cells<'a>(columns: &'a [Column], row: &'a Value) -> impl Iterator<Item = String> + 'a {
    columns.iter().map(|column| match &row[column.field] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    })
}
