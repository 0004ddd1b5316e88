//! Where the rules report to.

use super::codes::Codes;
use super::kept::Placed;
use super::list::{Entry, entry};
use crate::codes::CodeBook;
use crate::finding::{Finding, Severity};
use crate::guide::{Name, Waiver};
use crate::lex::to_text;
use std::borrow::Cow;

/// The findings of a transaction set, up to a limit.
#[derive(Debug, Clone)]
pub(super) struct Found {
    list: Vec<Finding>,
    limit: usize,
    kept: usize,
    dropped: u64,
    waivers: Vec<Waiver>,
    /// The code sets by which codes are looked up.
    pub(super) codes: Codes,
}

impl Found {
    pub(super) fn new(limit: usize, codes: CodeBook) -> Self {
        Self { list: Vec::new(), limit, kept: 0, dropped: 0, waivers: Vec::new(), codes: Codes::new(codes) }
    }

    /// Begins a transaction set.
    pub(super) fn begin(&mut self, waivers: &[Waiver]) {
        (self.kept, self.dropped) = (0, 0);
        self.waivers = waivers.to_vec();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn take(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.list)
    }

    /// Reports under a rule: an element of a segment, or the whole segment (0).
    #[cold]
    pub(super) fn at(
        &mut self,
        rule: &'static str,
        it: Placed<'_>,
        element: usize,
        expected: impl Into<Cow<'static, str>>,
    ) {
        self.report(rule, None, it, (element, 0), expected.into());
    }

    /// Reports that a segment is missing beside this one; its id is what the expectation begins with.
    #[cold]
    pub(super) fn missing(&mut self, rule: &'static str, mut it: Placed<'_>, expected: &'static str) {
        let id = expected.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        it.id = Name::of(id.as_bytes());
        self.report(rule, None, it, (0, 0), expected.into());
    }

    /// Reports a component of an element.
    #[cold]
    pub(super) fn at_part(
        &mut self,
        rule: &'static str,
        it: Placed<'_>,
        place: (usize, usize),
        expected: impl Into<Cow<'static, str>>,
    ) {
        self.report(rule, None, it, place, expected.into());
    }

    /// Reports with another severity than the rule's own.
    #[cold]
    pub(super) fn weighed(
        &mut self,
        rule: &'static str,
        severity: Severity,
        it: Placed<'_>,
        place: (usize, usize),
        expected: impl Into<Cow<'static, str>>,
    ) {
        self.report(rule, Some(severity), it, place, expected.into());
    }

    fn report(
        &mut self,
        id: &'static str,
        severity: Option<Severity>,
        it: Placed<'_>,
        (element, component): (usize, usize),
        expected: Cow<'static, str>,
    ) {
        let Some(Entry { rule, severity: usual, kind }) = entry(id) else { return };
        let name = it.id.text();
        let mut finding = Finding::new(rule.id, *kind, rule.title.trim_end_matches('.'), *it.locus)
            .with_snip(rule.snip)
            .with_severity(severity.unwrap_or(*usual))
            .on_segment(name.clone());
        let in_loop = it.in_loop.text();
        if !in_loop.is_empty() {
            finding = finding.in_loop(in_loop);
        }
        if element > 0 {
            let value = match component {
                0 => it.at(element),
                n => it.part(element, n),
            };
            finding.locus = match component {
                0 => finding.locus.at_element(element),
                n => finding.locus.at_component(element, n),
            };
            finding = finding.on_element(&name, element);
            finding.value = (!value.is_empty()).then(|| to_text(value));
        }
        if component > 0 {
            finding.element = finding.element.map(|it| compact_str::format_compact!("{it}-{component}"));
        }
        finding.expected = (!expected.is_empty()).then_some(expected);
        if let Some(waiver) = self.waivers.iter().find(|it| it.covers(&finding)) {
            waiver.apply(&mut finding);
        }
        self.push(finding);
    }

    fn push(&mut self, finding: Finding) {
        if self.kept < self.limit {
            self.kept += 1;
            self.list.push(finding);
        } else {
            self.dropped += 1;
        }
    }

    /// Ends a transaction set: says how many findings were not kept.
    pub(super) fn end(&mut self, it: Placed<'_>) {
        if self.dropped > 0 {
            let expected = format!("{} more findings are not shown", self.dropped);
            (self.dropped, self.kept) = (0, 0);
            self.report("RULES-LIMIT", None, it, (0, 0), expected.into());
        }
    }
}
