//! The guide and the rules of meaning, applied to a claim before it is sent; what they find comes back in the
//! words of its encounter.

use super::columns::{Column, ColumnId, columns};
use super::draft::{Desk, Draft};
use super::error::{EncounterError, Problem, Weight};
use super::extract::Extracted;
use super::input::claim_id;
use super::practice::Practice;
use crate::write::GUIDE;
use crate::{Claim, ClaimWriter};
use edi_core::envelope::{End, Event, Group, Interchange, Transaction};
use edi_core::guide::{Checker, Guides, rule};
use edi_core::lex::{Delimiters, Segment};
use edi_core::rules::RuleChecker;
use edi_core::writer::SegmentWriter;
use edi_core::{Finding, Locus, Severity, Text};
use std::collections::HashSet;

/// Examines claims one by one, each as a transaction set of its own.
pub(crate) struct Examiner {
    delimiters: Delimiters,
    checker: Checker,
    rules: RuleChecker,
    transaction: Transaction,
    /// What the practice file has wrong, and was told already.
    told: HashSet<(String, usize)>,
}

impl Examiner {
    pub(crate) fn new(practice: &Practice) -> Self {
        let delimiters = practice.delimiters;
        let mut checker = Checker::new(Guides::built_in());
        checker.push(&Event::InterchangeStart(&interchange(delimiters), None));
        checker.push(&Event::GroupStart(&group(), None));
        let transaction = Transaction {
            ordinal: 1,
            set_id: Text::const_new("837"),
            control: Text::const_new("0001"),
            convention: Text::const_new(GUIDE),
            locus: Locus::default(),
        };
        Self { delimiters, checker, rules: RuleChecker::new(), transaction, told: HashSet::new() }
    }

    /// Puts on the desk what the guide and the rules find. What the encounter was told about a column already is
    /// not told again.
    pub(crate) fn examine(&mut self, claim: &Claim, draft: &Draft, desk: &mut Desk<'_>) -> Result<(), EncounterError> {
        let mut out = SegmentWriter::new(Vec::with_capacity(4096), self.delimiters);
        let mut writer = ClaimWriter::default();
        writer.header(&mut out, &claim.header)?;
        let head = usize::try_from(out.segments()).unwrap_or_default();
        writer.write(&mut out, claim)?;
        let segments = out.segments();
        let mut findings = self.check(&out.into_inner()?, segments);
        findings.retain(|finding| finding.severity > Severity::Info);
        if findings.is_empty() {
            return Ok(());
        }
        let places = Extracted::of(claim, true).places;
        for finding in findings {
            // The ST is the first segment; the head stands before the claim.
            let at = usize::try_from(finding.locus.segment).unwrap_or_default().checked_sub(head + 2);
            let (line, group) = at.and_then(|at| places.get(at)).copied().unwrap_or_default();
            self.report(&finding, line, group, draft, desk);
        }
        Ok(())
    }

    /// Runs the segments past the checkers, between an ST and an SE.
    fn check(&mut self, bytes: &[u8], segments: u64) -> Vec<Finding> {
        let d = self.delimiters;
        let end = End { count: segments + 2, declared: Some(segments + 2), trailer: true, control_matches: true };
        let sign = |b: u8| char::from(b);
        let (st, se) = (
            format!("ST{0}837{0}0001{0}{GUIDE}", sign(d.element)),
            format!("SE{0}{1}{0}0001", sign(d.element), segments + 2),
        );
        let mut ends = Vec::new();
        let body = bytes.split(|b| *b == d.segment).filter(|s| !s.is_empty());
        for (segment, n) in std::iter::once(st.as_bytes()).chain(body).chain([se.as_bytes()]).zip(1..) {
            ends.clear();
            let separators = segment.iter().zip(0u32..).filter(|(b, _)| **b == d.element).map(|(_, n)| n);
            ends.extend(separators);
            ends.push(u32::try_from(segment.len()).unwrap_or(u32::MAX));
            let locus = Locus { segment: n, transaction_segment: n, ..Locus::default() };
            let segment = Segment::alone(segment, &ends, d, locus);
            let event = match segment.id() {
                b"ST" => Event::TransactionStart(&self.transaction, segment),
                b"SE" => Event::TransactionEnd(end, Some(segment)),
                _ => Event::Segment(segment),
            };
            self.checker.push(&event);
            self.rules.push(&event, &self.checker);
        }
        let mut findings = self.checker.take_findings();
        findings.extend(self.rules.take_findings());
        findings
    }

    fn report(
        &mut self,
        finding: &Finding,
        line: Option<usize>,
        group: Option<usize>,
        draft: &Draft,
        desk: &mut Desk<'_>,
    ) {
        let column = group.map(|group| column_at(group, &finding.locus));
        let of_practice = column.is_none()
            && finding
                .loop_id
                .as_deref()
                .is_some_and(|id| id.starts_with("1000") || id.starts_with("2000A") || id.starts_with("2010A"));
        if of_practice && !self.told.insert((finding.rule.to_string(), draft.provider)) {
            return;
        }
        let values = line.and_then(|line| draft.lines.get(line)).unwrap_or(&draft.claim);
        let named = column.filter(|c| columns().get(*c).is_some_and(Column::is_given)).map(desk.name_of);
        let name = named.unwrap_or_else(|| if of_practice { String::new() } else { (desk.name_of)(claim_id()) });
        if desk.problems.iter().any(|p| p.row == values.row && p.column == name && !name.is_empty()) {
            return;
        }
        let place = finding.element.as_ref().or(finding.segment.as_ref()).map_or("", |p| p.as_str());
        let fix = rule(&finding.rule).map(|rule| rule.mend.to_owned());
        let expected = finding.expected.as_deref().filter(|e| !e.is_empty()).map(|e| format!("expected {e}"));
        desk.problems.push(Problem {
            rule: finding.rule.clone(),
            weight: if finding.severity == Severity::Error { Weight::Error } else { Weight::Warning },
            encounter: desk.encounter.clone(),
            row: values.row,
            column: name,
            value: finding.value.clone().unwrap_or_default(),
            reason: format!("{place}: {}", finding.message),
            fix: fix
                .or(expected)
                .unwrap_or_else(|| if of_practice { "mend the practice file".to_owned() } else { String::new() }),
        });
    }
}

/// The column of an element of a segment of the table; the segment's first where no element is meant.
fn column_at(group: usize, locus: &Locus) -> ColumnId {
    let rows = columns().rows().iter().enumerate().filter(|(_, c)| c.group == group);
    let given = |(id, c): (ColumnId, &Column)| c.is_given().then_some(id);
    let element = usize::from(locus.element.unwrap_or_default());
    let component = usize::from(locus.component.unwrap_or_default());
    let at = |c: &Column| c.element == element && (component == 0 || c.component == component);
    let exact = rows.clone().filter(|(_, c)| at(c)).find_map(given);
    exact.or_else(|| rows.clone().find_map(given)).unwrap_or_else(claim_id)
}

fn interchange(delimiters: Delimiters) -> Interchange {
    Interchange {
        ordinal: 1,
        control: Text::const_new("000000001"),
        sender_qualifier: Text::const_new("ZZ"),
        sender: Text::default(),
        receiver_qualifier: Text::const_new("ZZ"),
        receiver: Text::default(),
        date: Text::default(),
        time: Text::default(),
        version: Text::const_new("00501"),
        ack_requested: Text::const_new("0"),
        usage: Text::const_new("T"),
        delimiters,
        locus: Locus::default(),
        implied: true,
    }
}

fn group() -> Group {
    Group {
        ordinal: 1,
        functional_id: Text::const_new("HC"),
        sender: Text::default(),
        receiver: Text::default(),
        date: Text::default(),
        time: Text::default(),
        control: Text::const_new("1"),
        version: Text::const_new(GUIDE),
        locus: Locus::default(),
        implied: true,
    }
}
