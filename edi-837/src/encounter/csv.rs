//! Encounters out of a CSV file: one row a service line, rows of one encounter adjacent.

use super::boxes::Target;
use super::columns::{ColumnId, columns, id};
use super::error::EncounterError;
use super::mapping::Mapping;
use super::names::CLAIM_ID;
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
    /// Positions of a row, and what each fills, in the order of the columns.
    fills: Vec<(usize, Fill)>,
    unknown: Vec<String>,
    constants: Vec<(Fill, Text)>,
    defaults: Vec<(Fill, Text)>,
    /// Lines before those that the CSV reader counts: comments, and one where lines end in CR LF, whose LF it
    /// counts to the record behind.
    before: u64,
    /// The first row of the next encounter; none at the end.
    next: Row,
    is_next: bool,
    /// Lines and records of encounters that are done, to be filled again.
    spare: (Vec<Values>, Vec<ByteRecord>),
}

/// A column of a row.
#[derive(Debug, Clone, Copy)]
struct Fill {
    target: Target,
    of_line: bool,
}

impl Fill {
    fn of(target: Target) -> Self {
        Self { target, of_line: columns().get(target.column).is_some_and(|c| c.of_line) }
    }
}

/// A row: what it says of the claim and of its line, and itself.
#[derive(Default)]
struct Row {
    claim: Values,
    line: Values,
    record: ByteRecord,
}

impl Row {
    fn values(&mut self, of: Fill) -> &mut Values {
        if of.of_line { &mut self.line } else { &mut self.claim }
    }
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
            fills: Vec::new(),
            unknown: Vec::new(),
            constants: of_mapping(&mapping.constants),
            defaults: of_mapping(&mapping.defaults),
            before,
            next: Row::default(),
            is_next: false,
            spare: Default::default(),
        };
        this.read_header(mapping)?;
        this.read_row()?;
        Ok(this)
    }

    fn read_header(&mut self, mapping: &Mapping) -> Result<(), EncounterError> {
        self.header = self.reader.byte_headers().map_err(damaged)?.clone();
        for (at, name) in self.header.iter().enumerate() {
            let name = lex::text(name);
            let targets = mapping.targets(&name);
            if targets.is_none() {
                self.unknown.push(name.trim().to_owned());
            }
            self.fills.extend(targets.into_iter().flatten().map(|target| (at, Fill::of(target))));
        }
        // Values are put in one behind the other.
        self.fills.sort_by_key(|(_, fill)| fill.target.column);
        let supplied = self.constants.iter().chain(&self.defaults).map(|(fill, _)| fill);
        let there: Vec<ColumnId> =
            self.fills.iter().map(|(_, fill)| fill).chain(supplied).map(|fill| fill.target.column).collect();
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
        let at = self.fills.iter().filter(|(_, fill)| fill.target.column == id).map(|(at, _)| *at).min()?;
        self.header.get(at).map(|name| lex::text(name).trim().to_owned())
    }

    /// Reads the next encounter: all rows up to one with another `claim_id`. False at the end.
    pub(crate) fn next(&mut self, into: &mut Encounter) -> Result<bool, EncounterError> {
        self.recycle(into);
        if !self.is_next {
            return Ok(false);
        }
        std::mem::swap(&mut into.claim, &mut self.next.claim);
        loop {
            into.lines.push(std::mem::replace(&mut self.next.line, self.spare.0.pop().unwrap_or_default()));
            let record = std::mem::replace(&mut self.next.record, self.spare.1.pop().unwrap_or_default());
            if let Source::Csv(records) = &mut into.source {
                records.push(record);
            }
            if into.lines.len() > ROW_LIMIT {
                return Err(EncounterError::Limit { what: "the number of rows of one encounter", limit: ROW_LIMIT });
            }
            self.read_row()?;
            let key = into.claim.get(*CLAIM_ID);
            if !self.is_next || key.is_empty() || self.next.claim.get(*CLAIM_ID) != key {
                return Ok(true);
            }
            if self.next.claim.cells() != into.claim.cells() {
                let differs = |(id, value): &&(ColumnId, Text)| into.claim.get(*id) != value.as_str();
                let (row, cells) = (self.next.claim.row, self.next.claim.cells().iter());
                into.conflicts.extend(cells.filter(differs).map(|(id, v)| (row, *id, v.clone())));
            }
        }
    }

    /// Takes the room of an encounter that is done.
    fn recycle(&mut self, done: &mut Encounter) {
        done.conflicts.clear();
        done.strange.clear();
        self.spare.0.append(&mut done.lines);
        if let Source::Csv(records) = &mut done.source {
            self.spare.1.append(records);
        }
    }

    /// Reads the next row that is not blank.
    fn read_row(&mut self) -> Result<(), EncounterError> {
        let record = &mut self.next.record;
        loop {
            self.since.set(0);
            self.is_next = self.reader.read_byte_record(record).map_err(damaged)?;
            if !self.is_next {
                return Ok(());
            }
            if record.iter().any(|field| !field.trim_ascii().is_empty()) {
                break;
            }
        }
        // The position of a record is that of the blank lines before it; its own line is told by its end.
        let breaks = record.as_slice().iter().filter(|b| **b == b'\n').count() as u64;
        let from_end = self.reader.position().line().saturating_sub(1 + breaks);
        let row = record.position().map_or(0, csv::Position::line).max(from_end) + self.before;
        self.next.claim.clear(row);
        self.next.line.clear(row);
        for (at, fill) in &self.fills {
            let field = self.next.record.get(*at).unwrap_or_default().trim_ascii();
            if !field.is_empty() {
                let values = if fill.of_line { &mut self.next.line } else { &mut self.next.claim };
                fill.target.put(values, &lex::text(field));
            }
        }
        for (fill, value) in &self.constants {
            self.next.values(*fill).set(fill.target.column, value.clone());
        }
        for (fill, value) in &self.defaults {
            self.next.values(*fill).fill(fill.target.column, value);
        }
        Ok(())
    }
}

fn of_mapping(values: &[(ColumnId, Text)]) -> Vec<(Fill, Text)> {
    values.iter().map(|(id, value)| (Fill::of(Target::column(*id)), value.clone())).collect()
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
