//! Encounters out of a CSV file: one row a service line, rows of one encounter adjacent.

use super::boxes::Target;
use super::columns::{ColumnId, columns, id};
use super::error::EncounterError;
use super::mapping::Mapping;
use super::rows::{Encounter, ROW_LIMIT, SIZE_LIMIT, Source, Values};
use csv::{ByteRecord, ReaderBuilder};
use edi_core::{Text, lex};
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// Reads encounters.
pub(crate) struct CsvEncounters<R: BufRead> {
    reader: csv::Reader<Metered<R>>,
    since: Rc<Cell<usize>>,
    header: ByteRecord,
    separator: u8,
    /// Of each position: the columns it fills.
    targets: Vec<Vec<Target>>,
    unknown: Vec<String>,
    constants: Vec<(ColumnId, Text)>,
    defaults: Vec<(ColumnId, Text)>,
    key: ColumnId,
    /// Lines before those that the CSV reader counts: comments, and one where lines end in CR LF, whose LF it
    /// counts to the record behind.
    before: u64,
    /// The first row of the next encounter.
    next: Option<(Values, ByteRecord)>,
}

/// Counts bytes, and fails where one row is endless: a quotation mark that is never closed, say.
struct Metered<R> {
    inner: R,
    since: Rc<Cell<usize>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.since.set(self.since.get() + read);
        if self.since.get() > SIZE_LIMIT {
            return Err(io::Error::other("a row is longer than 4 MB: look for a quotation mark that is not closed"));
        }
        Ok(read)
    }
}

impl<R: BufRead> CsvEncounters<R> {
    /// Reads the header; the separator (comma, semicolon, tab or bar) is told by it.
    pub(crate) fn new(mut inner: R, mapping: &Mapping) -> Result<Self, EncounterError> {
        let comments = skip_comments(&mut inner).map_err(EncounterError::io("reading the encounters"))?;
        let window = inner.fill_buf().map_err(EncounterError::io("reading the encounters"))?;
        let head = window.split(|b| *b == b'\n').next().unwrap_or_default();
        let before = comments + u64::from(head.ends_with(b"\r"));
        let count = |by: u8| head.iter().filter(|b| **b == by).count();
        let separator = *b",;\t|".iter().max_by_key(|by| (count(**by), **by == b',')).unwrap_or(&b',');
        let since = Rc::new(Cell::new(0));
        let metered = Metered { inner, since: Rc::clone(&since) };
        let reader = ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(metered);
        let mut this = Self {
            reader,
            since,
            header: ByteRecord::new(),
            separator,
            targets: Vec::new(),
            unknown: Vec::new(),
            constants: mapping.constants.clone(),
            defaults: mapping.defaults.clone(),
            key: id("claim_id"),
            before,
            next: None,
        };
        this.read_header(mapping)?;
        this.next = this.read_row()?;
        Ok(this)
    }

    fn read_header(&mut self, mapping: &Mapping) -> Result<(), EncounterError> {
        self.header = self.reader.byte_headers().map_err(damaged)?.clone();
        for name in &self.header {
            let name = lex::text(name);
            let targets = mapping.targets(&name);
            if targets.is_none() {
                self.unknown.push(name.trim().to_owned());
            }
            self.targets.push(targets.unwrap_or_default());
        }
        let supplied = self.constants.iter().chain(&self.defaults).map(|(id, _)| *id);
        let there: Vec<ColumnId> = self.targets.iter().flatten().map(|t| t.column).chain(supplied).collect();
        // A patient who is the subscriber, and the place of a line, may say it as well.
        let instead =
            [("subscriber_last", "patient_last"), ("pos", "line_pos")].map(|(one, other)| (id(one), id(other)));
        let given = |column: ColumnId| {
            there.contains(&column) || instead.iter().any(|(one, other)| *one == column && there.contains(other))
        };
        let table = columns();
        let missing = table.required(false).chain(table.required(true));
        let unconditional = missing.filter(|id| table.get(*id).is_some_and(|c| c.with.is_none()));
        let missing: Vec<&str> =
            unconditional.filter(|id| !given(*id)).filter_map(|id| table.get(id)).map(|c| c.name.as_str()).collect();
        match missing.is_empty() {
            true => Ok(()),
            false => Err(EncounterError::Header { missing: missing.join(", ") }),
        }
    }

    /// Columns of the file that are none of ours.
    pub(crate) fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// The header and the separator, for a file of the same form.
    pub(crate) fn form(&self) -> (ByteRecord, u8) {
        (self.header.clone(), self.separator)
    }

    /// How the file names a column.
    pub(crate) fn name_of(&self, id: ColumnId) -> Option<String> {
        let at = self.targets.iter().position(|t| t.iter().any(|t| t.column == id))?;
        self.header.get(at).map(|name| lex::text(name).trim().to_owned())
    }

    /// The next encounter: all rows up to one with another `claim_id`.
    pub(crate) fn next(&mut self) -> Result<Option<Encounter>, EncounterError> {
        let Some((values, record)) = self.next.take() else { return Ok(None) };
        let key = Text::new(values.get(self.key));
        let (claim, line) = values.split();
        let (mut lines, mut records, mut conflicts) = (vec![line], vec![record], Vec::new());
        while let Some((values, record)) = self.read_row()? {
            if values.get(self.key) != key || key.is_empty() {
                self.next = Some((values, record));
                break;
            }
            let (other, line) = values.split();
            let differs = |(id, value): &&(ColumnId, Text)| claim.get(*id) != value.as_str();
            conflicts.extend(other.cells().iter().filter(differs).map(|(id, v)| (other.row, *id, v.clone())));
            lines.push(line);
            records.push(record);
            if lines.len() > ROW_LIMIT {
                return Err(EncounterError::Limit { what: "the number of rows of one encounter", limit: ROW_LIMIT });
            }
        }
        Ok(Some(Encounter { claim, lines, conflicts, strange: Vec::new(), source: Source::Csv(records) }))
    }

    /// The next row that is not blank.
    fn read_row(&mut self) -> Result<Option<(Values, ByteRecord)>, EncounterError> {
        let mut record = ByteRecord::new();
        loop {
            self.since.set(0);
            if !self.reader.read_byte_record(&mut record).map_err(damaged)? {
                return Ok(None);
            }
            if record.iter().any(|field| !field.trim_ascii().is_empty()) {
                break;
            }
        }
        // The position of a record is that of the blank lines before it; its own line is told by its end.
        let breaks = record.as_slice().iter().filter(|b| **b == b'\n').count() as u64;
        let from_end = self.reader.position().line().saturating_sub(1 + breaks);
        let row = record.position().map_or(0, csv::Position::line).max(from_end) + self.before;
        let mut values = Values::at(row);
        for (field, targets) in record.iter().zip(&self.targets) {
            let value = lex::to_text(field.trim_ascii());
            for target in targets.iter().filter(|_| !value.is_empty()) {
                target.put(&mut values, &value);
            }
        }
        for (id, value) in &self.constants {
            values.set(*id, value.clone());
        }
        for (id, value) in &self.defaults {
            values.fill(*id, value);
        }
        Ok(Some((values, record)))
    }
}

/// Takes a byte order mark, and lines at the top that begin with `#`; gives their number.
fn skip_comments(inner: &mut impl BufRead) -> io::Result<u64> {
    if inner.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
        inner.consume(3);
    }
    let mut lines = 0;
    while inner.fill_buf()?.starts_with(b"#") {
        lines += 1;
        loop {
            let window = inner.fill_buf()?;
            let end = window.iter().position(|b| *b == b'\n');
            let taken = end.map_or(window.len(), |n| n + 1);
            let done = end.is_some() || window.is_empty();
            inner.consume(taken);
            if done {
                break;
            }
        }
    }
    Ok(lines)
}

fn damaged(error: csv::Error) -> EncounterError {
    let line = error.position().map_or(0, csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(source) => EncounterError::Io { what: "reading the encounters".to_owned(), source },
        _ => EncounterError::Format { line, reason: "the row cannot be read as CSV".to_owned() },
    }
}
