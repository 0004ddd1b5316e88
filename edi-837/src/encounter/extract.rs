//! A claim back into the columns of an encounter: the table of columns, read the other way round.

use super::columns::{Column, ColumnId, Kind, columns, id};
use super::rows::Values;
use crate::{Claim, ClaimWriter};
use edi_core::Text;
use edi_core::lex::Delimiters;
use edi_core::writer::SegmentWriter;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Separators that no data holds.
const INSIDE: Delimiters = Delimiters { element: 0x1D, component: 0x1F, repetition: Some(0x1E), segment: 0x1C };

/// Columns of a claim and its lines.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extracted {
    pub(crate) claim: Values,
    pub(crate) lines: Vec<Values>,
    /// Segments that have no column, as `LOOP SEGMENT`.
    pub(crate) left: Vec<String>,
    defaults: bool,
}

/// Where the walk over the segments stands.
#[derive(Debug, Clone, Default)]
struct Walk {
    /// HL level, 2300, 2320 or 2400.
    carrier: &'static str,
    loop_id: &'static str,
    /// Number of the other payer.
    payer: u32,
    used: HashSet<usize>,
    /// Ids of the other payers, to find which of them adjudicated a line.
    payers: Vec<String>,
    adjudications: u32,
}

impl Extracted {
    /// The columns of this claim, those that hold their default only where `defaults` asks for them.
    pub(crate) fn of(claim: &Claim, defaults: bool) -> Self {
        let mut this = Self { defaults, ..Self::default() };
        let mut out = SegmentWriter::new(Vec::new(), INSIDE);
        // Data that holds a control character could not have been read; then nothing is extracted.
        let written = ClaimWriter::default().write(&mut out, claim).and_then(|()| out.into_inner());
        let bytes = written.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let mut walk = Walk::default();
        for segment in text.split_terminator('\u{1C}') {
            let elements: Vec<&str> = segment.split('\u{1D}').collect();
            this.take(&mut walk, &elements);
        }
        this
    }

    fn take(&mut self, walk: &mut Walk, segment: &[&str]) {
        let (name, first) = (segment[0], segment.get(1).copied().unwrap_or_default());
        walk.enter(name, segment);
        if name == "LX" {
            self.lines.push(Values::default());
            walk.used.retain(|group| columns().rows().iter().all(|c| c.group != *group || !c.of_line));
            walk.adjudications = 0;
        }
        if name == "HL" {
            return;
        }
        let table = columns();
        let here = |c: &&Column| c.loop_id == walk.loop_id && c.segment == name && walk.is_turn(c);
        let fits = |c: &Column| c.qualifier.is_empty() || c.qualifier == first;
        let candidates: Vec<&Column> = table.rows().iter().filter(here).filter(|c| fits(c)).collect();
        let mut groups: Vec<usize> = candidates.iter().map(|c| c.group).collect();
        groups.dedup();
        let several = name == "CAS"; // all CAS of a loop are one list
        let free = |group: &&usize| (several || !walk.used.contains(group)) && agrees(&candidates, **group, segment);
        let Some(group) = groups.iter().find(free).copied() else {
            if !walk.is_of_practice(name, first) {
                self.left.push(format!("{} {name}", walk.loop_id));
            }
            return;
        };
        walk.used.insert(group);
        for column in candidates.iter().filter(|c| c.group == group && !c.is_constant()) {
            self.put(column, segment);
        }
        if walk.loop_id == "2330B" && name == "NM1" {
            walk.payers.push(segment.get(9).copied().unwrap_or_default().to_owned());
        }
    }

    fn put(&mut self, column: &Column, segment: &[&str]) {
        let value = match column.kind {
            Kind::Adjustments => adjustments(segment),
            Kind::Pointers => at(segment, column.element, 0).replace('\u{1F}', " "),
            _ => at(segment, column.element, column.component).to_owned(),
        };
        let default = !self.defaults && column.default.as_deref() == Some(value.as_str());
        if value.is_empty() || default {
            return;
        }
        let target = match column.name.as_str() {
            "*self" => id("relationship"),
            "*self_death_date" => id("patient_death_date"),
            "*self_weight" => id("patient_weight"),
            "*self_pregnant" => id("patient_pregnant"),
            "*self_property_casualty_claim" => id("property_casualty_claim"),
            name if name.starts_with('*') => return,
            name => id(name),
        };
        let line = if column.of_line { self.lines.last_mut() } else { None };
        let values = line.unwrap_or(&mut self.claim);
        let before = values.get(target);
        let value = if before.is_empty() { value } else { format!("{before} {value}") };
        values.set(target, value.into());
    }
}

impl Walk {
    /// Moves to the loop that this segment stands in.
    fn enter(&mut self, name: &str, segment: &[&str]) {
        let element = |n: usize| segment.get(n).copied().unwrap_or_default();
        match name {
            "HL" => {
                self.carrier = match element(3) {
                    "20" => "2000A",
                    "22" => "2000B",
                    _ => "2000C",
                };
                self.loop_id = self.carrier;
            }
            "CLM" => (self.carrier, self.loop_id) = ("2300", "2300"),
            "SBR" if self.carrier == "2300" || self.carrier == "2320" => {
                (self.carrier, self.loop_id) = ("2320", "2320");
                self.payer += 1;
            }
            "LX" => (self.carrier, self.loop_id) = ("2400", "2400"),
            "LIN" => self.loop_id = "2410",
            "SVD" => {
                self.loop_id = "2430";
                self.adjudications += 1;
                let named = self.payers.iter().position(|p| p == element(1)).and_then(|n| u32::try_from(n + 1).ok());
                self.payer = named.unwrap_or(self.adjudications);
            }
            "LQ" => self.loop_id = "2440",
            "NM1" => self.loop_id = loop_of(self.carrier, element(1)),
            _ => {}
        }
    }

    /// Whether a column is of the other payer that the walk is at.
    fn is_turn(&self, column: &Column) -> bool {
        let repeated = self.loop_id.starts_with("232") || self.loop_id.starts_with("233") || self.loop_id == "2430";
        !repeated || column.number == self.payer
    }

    /// What the practice file says: it needs no column.
    fn is_of_practice(&self, name: &str, first: &str) -> bool {
        self.carrier == "2000A" && !(name == "NM1" && first == "85")
    }
}

/// The loop that a name begins, by the loop that carries it and NM101.
fn loop_of(carrier: &str, role: &str) -> &'static str {
    match (carrier, role) {
        ("2000A", "85") => "2010AA",
        ("2000A", "87") => "2010AB",
        ("2000A", "PE") => "2010AC",
        ("2000B", "IL") => "2010BA",
        ("2000B", "PR") => "2010BB",
        ("2000C", "QC") => "2010CA",
        ("2300", "DN" | "P3") => "2310A",
        ("2300", "82") => "2310B",
        ("2300", "77") => "2310C",
        ("2300", "DQ") => "2310D",
        ("2300", "PW") => "2310E",
        ("2300", "45") => "2310F",
        ("2320", "IL") => "2330A",
        ("2320", "PR") => "2330B",
        ("2320", "DN" | "P3") => "2330C",
        ("2320", "82") => "2330D",
        ("2320", "77") => "2330E",
        ("2320", "DQ") => "2330F",
        ("2320", "85") => "2330G",
        ("2400", "82") => "2420A",
        ("2400", "QB") => "2420B",
        ("2400", "77") => "2420C",
        ("2400", "DQ") => "2420D",
        ("2400", "DK") => "2420E",
        ("2400", "DN" | "P3") => "2420F",
        ("2400", "PW") => "2420G",
        ("2400", "45") => "2420H",
        _ => "",
    }
}

/// The element, or a component of it.
fn at<'s>(segment: &[&'s str], element: usize, component: usize) -> &'s str {
    let text = segment.get(element).copied().filter(|_| element > 0).unwrap_or_default();
    match component {
        0 => text,
        n => text.split('\u{1F}').nth(n - 1).unwrap_or_default(),
    }
}

/// Whether the constants and codes of a segment of the table allow this one.
fn agrees(candidates: &[&Column], group: usize, segment: &[&str]) -> bool {
    candidates.iter().filter(|c| c.group == group && c.element > 0).all(|column| {
        let value = at(segment, column.element, column.component);
        match (&column.kind, column.name.strip_prefix('=')) {
            _ if value.is_empty() => true,
            (_, Some(constant)) => value == constant || column.segment == "NM1" && column.element == 2,
            (Kind::Code(codes), None) => codes.iter().any(|c| c == value),
            _ => true,
        }
    })
}

/// A CAS as adjustments of a list.
fn adjustments(segment: &[&str]) -> String {
    let triplets = segment.get(2..).unwrap_or_default().chunks(3);
    let entry = |t: &[&str]| {
        let part = |n: usize| t.get(n).copied().unwrap_or_default();
        format!("{}:{}:{}:{}", at(segment, 1, 0), part(0), part(1), part(2)).trim_end_matches(':').to_owned()
    };
    triplets.map(entry).collect::<Vec<_>>().join(" ")
}

/// The claim as an encounter, in the names of the columns: to be corrected, say, and built again. Segments that
/// have no column are named in the second value.
#[must_use]
pub fn encounter(claim: &Claim) -> (Value, Vec<String>) {
    let extracted = Extracted::of(claim, false);
    let object = |values: &Values| {
        let named = |(column, value): &(ColumnId, Text)| {
            Some((columns().get(*column)?.name.clone(), Value::from(value.as_str())))
        };
        values.cells().iter().filter_map(named).collect::<Map<String, Value>>()
    };
    let lines: Vec<Value> = extracted.lines.iter().map(|line| Value::Object(object(line))).collect();
    let mut whole = object(&extracted.claim);
    whole.insert("lines".to_owned(), Value::Array(lines));
    (Value::Object(whole), extracted.left)
}
