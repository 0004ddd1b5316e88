//! Encounters out of JSON: an array of objects, or one object a line (NDJSON). The names are those of the
//! columns; `lines` holds an object for each service line. Nested names are joined: `{"rendering": {"npi": ..}}`
//! is `rendering_npi`, `{"dx": ["J02.9", "I10"]}` is `dx1` and `dx2`, `{"other": [{"payer_id": ..}]}` is
//! `other1_payer_id`. Numbers are taken as they stand, digit by digit.

use super::boxes::Target;
use super::columns::{ColumnId, Kind, columns};
use super::error::EncounterError;
use super::mapping::Mapping;
use super::rows::{Encounter, ROW_LIMIT, SIZE_LIMIT, Source, Values};
use edi_core::Text;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::BufRead;

/// Deepest nesting of names.
const DEPTH: usize = 8;

/// Reads encounters.
pub(crate) struct JsonEncounters<R: BufRead> {
    inner: R,
    line: u64,
    array: bool,
    mapping: Mapping,
    /// An object stood on a line of its own: the file is NDJSON, and a line that is damaged is one encounter.
    by_line: bool,
}

impl<R: BufRead> JsonEncounters<R> {
    /// Reads up to the first object, and tells whether they stand in an array.
    pub(crate) fn new(mut inner: R, mapping: &Mapping) -> Result<Self, EncounterError> {
        let window = inner.fill_buf().map_err(EncounterError::io("reading the encounters"))?;
        if window.starts_with(b"\xEF\xBB\xBF") {
            inner.consume(3);
        }
        let mut this = Self { inner, line: 1, array: false, mapping: mapping.clone(), by_line: false };
        this.array = this.peek_sign()? == Some(b'[');
        if this.array {
            this.inner.consume(1);
        }
        Ok(this)
    }

    /// Whether the objects stand in an array.
    pub(crate) fn is_array(&self) -> bool {
        self.array
    }

    /// Reads the next encounter; false at the end.
    pub(crate) fn next(&mut self, into: &mut Encounter) -> Result<bool, EncounterError> {
        Ok(self.next_object()?.map(|next| *into = next).is_some())
    }

    fn next_object(&mut self) -> Result<Option<Encounter>, EncounterError> {
        loop {
            match self.peek_sign()? {
                None if self.array => return Err(self.damaged("the array has no end: the file may be cut")),
                None => return Ok(None),
                Some(b',') if self.array => self.inner.consume(1),
                Some(b']') if self.array => {
                    self.inner.consume(1);
                    return match self.peek_sign()? {
                        None => Ok(None),
                        Some(_) => Err(self.damaged("something stands behind the end of the array")),
                    };
                }
                Some(b'{') if self.array => break,
                Some(_) if self.array => return Err(self.damaged("an object { } was expected here")),
                Some(_) => return self.next_line().map(Some),
            }
        }
        let row = self.line;
        let mut text = Vec::new();
        self.object(&mut text)?;
        self.encounter(self.utf8(text)?, row).map(Some)
    }

    /// The next object of a file without an array: a line, or several where it is written over several.
    ///
    /// A line that is no object is an encounter of its own, to be rejected, where the file is NDJSON: what stands
    /// behind it is read.
    fn next_line(&mut self) -> Result<Encounter, EncounterError> {
        let row = self.line;
        let mut text = Vec::new();
        self.line_of(&mut text)?;
        let whole = serde_json::from_slice::<&RawValue>(&text).is_ok() && text.starts_with(b"{");
        self.by_line |= whole;
        if !whole && !self.by_line && text.starts_with(b"{") {
            self.object(&mut text)?;
        }
        let text = self.utf8(text)?;
        match self.encounter(text.clone(), row) {
            Err(_) if self.by_line => Ok(Encounter {
                claim: Values::at(row),
                lines: Vec::new(),
                conflicts: Vec::new(),
                strange: vec![(row, String::new(), "the line cannot be read as a JSON object")],
                source: Source::Json(text),
            }),
            read => read,
        }
    }

    /// Appends the rest of this line.
    fn line_of(&mut self, text: &mut Vec<u8>) -> Result<(), EncounterError> {
        loop {
            let window = self.inner.fill_buf().map_err(EncounterError::io("reading the encounters"))?;
            let end = window.iter().position(|b| *b == b'\n');
            text.extend(&window[..end.unwrap_or(window.len())]);
            let (taken, done) = (end.map_or(window.len(), |n| n + 1), end.is_some() || window.is_empty());
            self.inner.consume(taken);
            self.line += u64::from(end.is_some());
            if text.len() > SIZE_LIMIT {
                return Err(EncounterError::Limit { what: "the size of one encounter in bytes", limit: SIZE_LIMIT });
            }
            if done {
                text.truncate(text.trim_ascii_end().len());
                return Ok(());
            }
        }
    }

    fn utf8(&self, bytes: Vec<u8>) -> Result<String, EncounterError> {
        String::from_utf8(bytes).map_err(|_| self.damaged("the object is not UTF-8"))
    }

    fn encounter(&self, text: String, row: u64) -> Result<Encounter, EncounterError> {
        let mut flat = Flat { mapping: &self.mapping, strange: Vec::new(), row };
        let damaged = |_| EncounterError::Format { line: row, reason: "the object cannot be read as JSON".to_owned() };
        let object: BTreeMap<String, &RawValue> = serde_json::from_str(&text).map_err(damaged)?;
        let (mut claim, mut lines) = (Values::at(row), Vec::new());
        for (name, value) in &object {
            match name.as_str() {
                "lines" => lines = serde_json::from_str::<Vec<&RawValue>>(value.get()).map_err(damaged)?,
                name => flat.put(&mut claim, name, value, 0),
            }
        }
        if lines.len() > ROW_LIMIT {
            return Err(EncounterError::Limit { what: "the number of lines of one encounter", limit: ROW_LIMIT });
        }
        let mut of_lines = Vec::with_capacity(lines.len());
        for line in lines {
            let mut values = Values::at(row);
            match serde_json::from_str::<BTreeMap<String, &RawValue>>(line.get()) {
                Ok(names) => names.iter().for_each(|(name, value)| flat.put(&mut values, name, value, 0)),
                Err(_) => flat.strange.push((row, "lines".to_owned(), "is no object")),
            }
            let (of_claim, values) = values.split();
            let name = |id: ColumnId| columns().get(id).map(|c| c.name.clone()).unwrap_or_default();
            let misplaced = |(id, _): &(ColumnId, Text)| (row, name(*id), "belongs to the claim, not to a line");
            flat.strange.extend(of_claim.cells().iter().map(misplaced));
            of_lines.push(values);
        }
        let strange = flat.strange;
        // What a line may say, said once for the claim, is meant for every line.
        let (mut claim, common) = claim.split();
        for (id, value) in common.cells() {
            of_lines.iter_mut().for_each(|line| line.fill(*id, value));
        }
        self.complete(&mut claim, &mut of_lines);
        Ok(Encounter { claim, lines: of_lines, conflicts: Vec::new(), strange, source: Source::Json(text) })
    }

    /// Puts in the constants and defaults of the mapping file.
    fn complete(&self, claim: &mut Values, lines: &mut [Values]) {
        let mut each = |id: ColumnId, put: &dyn Fn(&mut Values)| match columns().get(id) {
            Some(column) if column.of_line => lines.iter_mut().for_each(put),
            _ => put(claim),
        };
        for (id, value) in &self.mapping.constants {
            each(*id, &|values| values.set(*id, value.clone()));
        }
        for (id, value) in &self.mapping.defaults {
            each(*id, &|values| values.fill(*id, value));
        }
    }

    /// The next sign that is no blank; it is not taken.
    fn peek_sign(&mut self) -> Result<Option<u8>, EncounterError> {
        loop {
            let window = self.inner.fill_buf().map_err(EncounterError::io("reading the encounters"))?;
            let Some(byte) = window.first().copied() else { return Ok(None) };
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.line += u64::from(byte == b'\n');
            self.inner.consume(1);
        }
    }

    /// Appends up to the end of the object that begins here, or that began in `bytes`.
    fn object(&mut self, bytes: &mut Vec<u8>) -> Result<(), EncounterError> {
        let mut nesting = Nesting::default();
        if bytes.iter().any(|byte| nesting.ends_at(*byte)) {
            return Ok(());
        }
        loop {
            let window = self.inner.fill_buf().map_err(EncounterError::io("reading the encounters"))?;
            if window.is_empty() {
                return Err(self.damaged("the object has no end: the file may be cut"));
            }
            let end = window.iter().position(|byte| nesting.ends_at(*byte));
            let taken = end.map_or(window.len(), |n| n + 1);
            self.line += window[..taken].iter().filter(|b| **b == b'\n').count() as u64;
            bytes.extend(&window[..taken]);
            self.inner.consume(taken);
            if end.is_some() {
                return Ok(());
            }
            if bytes.len() > SIZE_LIMIT {
                return Err(EncounterError::Limit { what: "the size of one encounter in bytes", limit: SIZE_LIMIT });
            }
        }
    }

    fn damaged(&self, reason: &str) -> EncounterError {
        EncounterError::Format { line: self.line, reason: reason.to_owned() }
    }
}

/// How deep in an object a byte stands.
#[derive(Default)]
struct Nesting {
    depth: usize,
    quoted: bool,
    escaped: bool,
}

impl Nesting {
    /// Takes the next byte; whether the object ends with it.
    fn ends_at(&mut self, byte: u8) -> bool {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.quoted => self.escaped = true,
            b'"' => self.quoted = !self.quoted,
            b'{' | b'[' if !self.quoted => self.depth += 1,
            b'}' | b']' if !self.quoted => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }
}

/// Puts nested values under their joined names.
struct Flat<'m> {
    mapping: &'m Mapping,
    strange: Vec<(u64, String, &'static str)>,
    row: u64,
}

impl Flat<'_> {
    fn put(&mut self, into: &mut Values, name: &str, value: &RawValue, depth: usize) {
        let text = value.get();
        match text.as_bytes().first() {
            _ if depth > DEPTH => self.strange.push((self.row, name.to_owned(), "is nested too deeply")),
            Some(b'{') => {
                let inner: BTreeMap<String, &RawValue> = serde_json::from_str(text).unwrap_or_default();
                inner.iter().for_each(|(key, v)| self.put(into, &format!("{name}_{key}"), v, depth + 1));
            }
            Some(b'[') => self.put_array(into, name, text, depth),
            Some(b'"') => match serde_json::from_str::<String>(text) {
                Ok(value) => self.set(into, name, value.trim()),
                Err(_) => self.strange.push((self.row, name.to_owned(), "is no text")),
            },
            _ if text == "null" => {}
            _ => self.set(into, name, text),
        }
    }

    fn put_array(&mut self, into: &mut Values, name: &str, text: &str, depth: usize) {
        let items: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
        let is_list = |target: &Target| {
            columns().get(target.column).is_some_and(|c| matches!(c.kind, Kind::Pointers | Kind::Adjustments))
        };
        if self.mapping.targets(name).is_some_and(|targets| targets.iter().any(is_list)) {
            let joined: Vec<&str> = items.iter().map(|i| i.get().trim_matches('"')).collect();
            return self.set(into, name, &joined.join(" "));
        }
        for (item, n) in items.into_iter().zip(1..) {
            self.put(into, &format!("{name}{n}"), item, depth + 1);
        }
    }

    fn set(&mut self, into: &mut Values, name: &str, value: &str) {
        let Some(targets) = self.mapping.targets(name) else {
            return self.strange.push((self.row, name.to_owned(), "is no known name"));
        };
        targets.into_iter().for_each(|target| target.put(into, value));
    }
}
