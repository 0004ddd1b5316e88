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
    of_claim: Fills,
    of_line: Fills,
    unknown: Vec<String>,
    /// Lines before those that the CSV reader counts: comments, and one where lines end in CR LF, whose LF it
    /// counts to the record behind.
    before: u64,
    /// The first row of the next encounter; none at the end.
    next: Row,
    is_next: bool,
    /// Lines and records of encounters that are done, to be filled again.
    spare: (Vec<Values>, Vec<ByteRecord>),
}

/// What fills the columns of claims, or those of lines.
#[derive(Default)]
struct Fills {
    /// Positions of a row and what each fills, in the order of the columns.
    fields: Vec<(usize, Target)>,
    constants: Vec<(ColumnId, Text)>,
    defaults: Vec<(ColumnId, Text)>,
}

impl Fills {
    /// Those of a mapping, without fields yet.
    fn of(mapping: &Mapping, of_line: bool) -> Self {
        let ours = |values: &[(ColumnId, Text)]| {
            values.iter().filter(|(id, _)| is_of_line(*id) == of_line).cloned().collect::<Vec<_>>()
        };
        Self { fields: Vec::new(), constants: ours(&mapping.constants), defaults: ours(&mapping.defaults) }
    }

    /// The columns that are filled.
    fn columns(&self) -> impl Iterator<Item = ColumnId> {
        let supplied = self.constants.iter().chain(&self.defaults).map(|(id, _)| *id);
        self.fields.iter().map(|(_, target)| target.column).chain(supplied)
    }

    /// Whether two rows have the same text in all fields.
    fn are_same(&self, one: &ByteRecord, other: &ByteRecord) -> bool {
        self.fields.iter().all(|(at, _)| one.get(*at) == other.get(*at))
    }

    /// Puts the values of a row in place of others; `whole` is its text, where it is one.
    fn fill(&self, (record, whole): (&ByteRecord, Option<&str>), row: u64, values: &mut Values) {
        values.clear(row);
        for (at, target) in &self.fields {
            let Some(range) = record.range(*at) else { continue };
            match whole.and_then(|whole| whole.get(range)).map(str::trim_ascii) {
                Some("") => {}
                Some(text) => target.put(values, text),
                None => target.put(values, &lex::text(record.get(*at).unwrap_or_default().trim_ascii())),
            }
        }
        for (id, value) in &self.constants {
            values.set(*id, value.clone());
        }
        for (id, value) in &self.defaults {
            values.fill(*id, value);
        }
    }
}

fn is_of_line(column: ColumnId) -> bool {
    columns().get(column).is_some_and(|c| c.of_line)
}

/// A row: what it says of the claim and of its line, and itself.
#[derive(Default)]
struct Row {
    claim: Values,
    line: Values,
    record: ByteRecord,
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
            of_claim: Fills::of(mapping, false),
            of_line: Fills::of(mapping, true),
            unknown: Vec::new(),
            before,
            next: Row::default(),
            is_next: false,
            spare: Default::default(),
        };
        this.read_header(mapping)?;
        this.read_row(None)?;
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
            for target in targets.into_iter().flatten() {
                let fills = if is_of_line(target.column) { &mut self.of_line } else { &mut self.of_claim };
                fills.fields.push((at, target));
            }
        }
        for fills in [&mut self.of_claim, &mut self.of_line] {
            // Values are put in one behind the other.
            fills.fields.sort_by_key(|(_, target)| target.column);
        }
        let there: Vec<ColumnId> = self.of_claim.columns().chain(self.of_line.columns()).collect();
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
        let fields = self.of_claim.fields.iter().chain(&self.of_line.fields);
        let at = fields.filter(|(_, target)| target.column == id).map(|(at, _)| *at).min()?;
        self.header.get(at).map(|name| lex::text(name).trim().to_owned())
    }

    /// Reads the next encounter: all rows up to one with another `claim_id`. False at the end.
    pub(crate) fn next(&mut self, into: &mut Encounter) -> Result<bool, EncounterError> {
        self.recycle(into);
        if !self.is_next {
            return Ok(false);
        }
        std::mem::swap(&mut into.claim, &mut self.next.claim);
        let key = Text::new(into.claim.get(*CLAIM_ID));
        loop {
            into.lines.push(std::mem::replace(&mut self.next.line, self.spare.0.pop().unwrap_or_default()));
            let record = std::mem::replace(&mut self.next.record, self.spare.1.pop().unwrap_or_default());
            let Source::Csv(records) = &mut into.source else { return Ok(true) };
            records.push(record);
            if into.lines.len() > ROW_LIMIT {
                return Err(EncounterError::Limit { what: "the number of rows of one encounter", limit: ROW_LIMIT });
            }
            let says_the_same = self.read_row(records.first().filter(|_| !key.is_empty()))?;
            if says_the_same {
                continue;
            }
            if !self.is_next || key.is_empty() || self.next.claim.get(*CLAIM_ID) != key {
                return Ok(true);
            }
            let differs = |(id, value): &&(ColumnId, Text)| into.claim.get(*id) != value.as_str();
            let (row, cells) = (self.next.claim.row, self.next.claim.cells().iter());
            into.conflicts.extend(cells.filter(differs).map(|(id, v)| (row, *id, v.clone())));
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

    /// Reads the next row that is not blank. True where it says the same of the claim as the first row of its
    /// encounter; the values of the claim are not read then.
    fn read_row(&mut self, first: Option<&ByteRecord>) -> Result<bool, EncounterError> {
        let record = &mut self.next.record;
        loop {
            self.since.set(0);
            self.is_next = self.reader.read_byte_record(record).map_err(damaged)?;
            if !self.is_next {
                return Ok(false);
            }
            if record.iter().any(|field| !field.trim_ascii().is_empty()) {
                break;
            }
        }
        let mut row = record.position().map_or(0, csv::Position::line);
        let end = self.reader.position().line();
        if end > row + 1 {
            // The position of a record is that of the blank lines before it; its own line is told by its end.
            let breaks = record.as_slice().iter().filter(|b| **b == b'\n').count() as u64;
            row = row.max(end.saturating_sub(1 + breaks));
        }
        let row = row + self.before;
        let same = first.is_some_and(|first| self.of_claim.are_same(first, record));
        let record = (&*record, std::str::from_utf8(record.as_slice()).ok());
        self.of_line.fill(record, row, &mut self.next.line);
        if !same {
            self.of_claim.fill(record, row, &mut self.next.claim);
        }
        Ok(same)
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
