//! Values as the segments of their loops, in the guide's order, and so as a claim.

use super::columns::{Column, ColumnId, Kind, columns};
use super::rows::Values;
use crate::model::{BillingProvider, Claim, Header};
use crate::read::Placer;
use edi_core::lex::{Delimiters, Segment};
use edi_core::{Locus, Text};
use std::sync::Arc;

/// Separators inside: no value that was checked holds one.
const INSIDE: Delimiters = Delimiters { element: 0x1D, component: 0x1F, repetition: Some(0x1E), segment: 0x1C };

/// Triplets of a CAS.
const TRIPLETS: usize = 6;

/// The claim of checked values. `dependent` says that the patient is not the subscriber.
pub(crate) fn claim(
    header: Arc<Header>,
    billing: Arc<BillingProvider>,
    values: &Values,
    lines: &[Values],
    dependent: bool,
) -> Option<Claim> {
    let mut out = Out { placer: Placer::within(header, billing), bytes: Vec::new(), ends: Vec::new() };
    let cells = completed(values, false);
    let level = |column: &Column| match column.loop_id.get(..5) {
        Some("2000B" | "2010B") => 0,
        Some("2000C" | "2010C") => 1,
        Some("2010A") => 3, // the billing provider is the practice file's
        _ => 2,
    };
    let of_level = |wanted: u8| cells.iter().filter(move |(c, _)| level(c) == wanted);
    out.put("HL", [(3, 0, "22")]);
    out.groups(of_level(0));
    if dependent {
        out.put("HL", [(3, 0, "23")]);
        out.groups(of_level(1));
    }
    out.groups(of_level(2));
    for line in lines {
        out.groups(completed(line, true).iter());
    }
    out.placer.take_claim()
}

/// A column, or constant, and what stands there.
type Cell = (&'static Column, Text);

/// The cells, and the constants and defaults that stand beside them, in the order of the table.
fn completed(values: &Values, of_line: bool) -> Vec<Cell> {
    let table = columns();
    let mut all: Vec<(ColumnId, Text)> = Vec::with_capacity(2 * values.cells().len());
    let mut add = |id: ColumnId| {
        if let Some(value) = table.get(id).filter(|_| !values.has(id)).and_then(Column::fallback) {
            all.push((id, value));
        }
    };
    table.always(of_line).for_each(&mut add);
    values.cells().iter().flat_map(|(id, _)| table.followers(*id)).copied().for_each(&mut add);
    all.extend(values.cells().iter().cloned());
    all.sort_unstable_by_key(|(id, _)| *id);
    all.dedup_by_key(|(id, _)| *id);
    // Segments that stand now get their constants and defaults.
    let mut groups: Vec<usize> = all.iter().filter_map(|(id, _)| table.get(*id)).map(|c| c.group).collect();
    groups.dedup();
    let mut add = |id: ColumnId| {
        if let Some(value) = table.get(id).filter(|_| !values.has(id)).and_then(Column::fallback) {
            all.push((id, value));
        }
    };
    groups.iter().flat_map(|group| table.companions(*group)).copied().for_each(&mut add);
    all.sort_unstable_by_key(|(id, _)| *id);
    all.into_iter().filter_map(|(id, value)| Some((table.get(id)?, value))).collect()
}

/// Segments on their way into a claim.
struct Out {
    placer: Placer,
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Out {
    /// One segment for each group of cells.
    fn groups<'c>(&mut self, cells: impl Iterator<Item = &'c Cell>) {
        let mut group: Vec<&Cell> = Vec::new();
        for cell in cells.filter(|(column, _)| column.element > 0) {
            if group.first().is_some_and(|first| first.0.group != cell.0.group) {
                self.group(&group);
                group.clear();
            }
            group.push(cell);
        }
        self.group(&group);
    }

    fn group(&mut self, cells: &[&Cell]) {
        let Some((first, value)) = cells.first() else { return };
        if first.kind == Kind::Adjustments {
            return self.adjustments(value);
        }
        let mut elements: Vec<(usize, usize, &str)> = Vec::with_capacity(cells.len() + 2);
        if !first.qualifier.is_empty() {
            elements.push((1, 0, &first.qualifier));
        }
        for (column, value) in cells {
            match column.kind {
                Kind::Pointers => elements.extend(value.split(' ').zip(1..).map(|(v, n)| (column.element, n, v))),
                _ => elements.push((column.element, column.component, value)),
            }
            if first.segment == "DTP" {
                elements.push((2, 0, if value.contains('-') { "RD8" } else { "D8" }));
            }
        }
        elements.sort_unstable_by_key(|(element, component, _)| (*element, *component));
        self.put(&first.segment, elements);
    }

    /// Adjustments as they were checked, `GROUP:REASON:AMOUNT:UNITS`: a CAS for each group, six triplets each.
    fn adjustments(&mut self, list: &str) {
        let entries: Vec<Vec<&str>> = list.split(' ').map(|entry| entry.split(':').collect()).collect();
        let mut groups: Vec<&str> = entries.iter().filter_map(|e| e.first().copied()).collect();
        let mut seen = std::collections::HashSet::new();
        groups.retain(|group| seen.insert(*group));
        for group in groups {
            let of_group: Vec<&Vec<&str>> = entries.iter().filter(|e| e[0] == group).collect();
            for triplets in of_group.chunks(TRIPLETS) {
                let values = triplets.iter().flat_map(|entry| entry[1..].iter().copied()).zip(2..);
                let elements = values.map(|(value, n)| (n, 0, value));
                self.put("CAS", std::iter::once((1, 0, group)).chain(elements));
            }
        }
    }

    /// Places a segment of these elements (element, component, value), which are in order.
    fn put<'e>(&mut self, id: &str, elements: impl IntoIterator<Item = (usize, usize, &'e str)>) {
        self.bytes.clear();
        self.ends.clear();
        self.bytes.extend(id.as_bytes());
        let (mut at, mut component_at) = (0, 1);
        for (element, component, value) in elements.into_iter().filter(|(.., value)| !value.is_empty()) {
            while at < element {
                self.end();
                self.bytes.push(INSIDE.element);
                at += 1;
                component_at = 1;
            }
            while component_at < component {
                self.bytes.push(INSIDE.component);
                component_at += 1;
            }
            self.bytes.extend(value.as_bytes());
        }
        self.end();
        self.placer.place(&Segment::alone(&self.bytes, &self.ends, INSIDE, Locus::default()));
    }

    fn end(&mut self) {
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }
}
