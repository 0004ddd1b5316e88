//! The guide and the rules of meaning, applied to a claim before it is sent; what they find comes back in the
//! words of its encounter.

use super::columns::{Column, ColumnId, columns};
use super::draft::Desk;
use super::error::{EncounterError, Problem, Weight};
use super::names::{BILLING_NPI, CLAIM_ID};
use super::practice::Practice;
use super::render::{Rendered, Segments, hl};
use super::rows::Encounter;
use crate::model::{BillingProvider, Header, Loop};
use crate::write::GUIDE;
use edi_core::envelope::{Event, Group, Interchange, Transaction};
use edi_core::guide::{CheckOptions, Checker, Guides, rule};
use edi_core::lex::{Delimiters, Segment};
use edi_core::rules::{self, RuleChecker, RuleOptions};
use edi_core::writer::SegmentWriter;
use edi_core::{Finding, Locus, Severity, Text};
use std::collections::{BTreeMap, HashSet};

/// Depth of loop 2000A in the guide: what is deeper is closed with each claim.
const BILLING: usize = 1;

/// Examines claims one by one, as those of one transaction set: what stands around them is checked once.
pub(crate) struct Examiner {
    delimiters: Delimiters,
    checker: Checker,
    rules: RuleChecker,
    transaction: Transaction,
    /// What stands around the claims of a receiver and a billing provider.
    surroundings: BTreeMap<(usize, usize), Surroundings>,
    /// The receiver and the provider that the checkers are at.
    at: Option<(usize, usize)>,
    /// HL01 of the last HL, and of the last one of a billing provider.
    levels: (u64, u64),
    /// What the practice file has wrong, and was told already.
    told: HashSet<(String, usize)>,
    /// Room for an HL.
    hl: Vec<u8>,
}

/// What stands around the claims of a receiver and a billing provider.
struct Surroundings {
    /// As the rules keep it while they are elsewhere.
    kept: rules::Surroundings,
    /// HL01 of the last HL, and of the billing provider's.
    levels: (u64, u64),
    /// What the guide and the rules find there.
    guide: Vec<Finding>,
    rules: Vec<Finding>,
}

impl Examiner {
    pub(crate) fn new(practice: &Practice) -> Self {
        let delimiters = practice.delimiters;
        // A claim is judged alone: there is no end at which findings of a whole set could be counted.
        let options = CheckOptions { findings_limit: usize::MAX, ..CheckOptions::default() };
        let mut checker = Checker::with_options(Guides::built_in(), options);
        checker.push(&Event::InterchangeStart(&interchange(delimiters), None));
        checker.push(&Event::GroupStart(&group(), None));
        let transaction = Transaction {
            ordinal: 1,
            set_id: Text::const_new("837"),
            control: Text::const_new("0001"),
            convention: Text::const_new(GUIDE),
            locus: Locus::default(),
        };
        // Whether a number comes twice, the run looks for itself.
        let options = RuleOptions { findings_limit: usize::MAX, claims_limit: 0, ..RuleOptions::default() };
        Self {
            delimiters,
            checker,
            rules: RuleChecker::with_options(options),
            transaction,
            surroundings: BTreeMap::new(),
            at: None,
            levels: (0, 0),
            told: HashSet::new(),
            hl: Vec::new(),
        }
    }

    /// Puts on the desk what the guide and the rules find. What the encounter was told about a column already is
    /// not told again. True where the guide saw the claim and found it sound.
    pub(crate) fn examine(
        &mut self,
        claim: &Rendered,
        (receiver, provider): (usize, usize),
        around: (&Header, &BillingProvider),
        encounter: &Encounter,
        desk: &mut Desk<'_>,
    ) -> Result<bool, EncounterError> {
        self.surround((receiver, provider), around)?;
        let (subscriber, rest) = claim.segments(self.delimiters);
        let number = self.level("22", Some(self.levels.1), claim);
        let mut in_place = self.push_claim(subscriber, claim);
        if claim.dependent {
            self.level("23", Some(number), claim);
        }
        in_place &= self.push_claim(rest, claim);
        self.checker.close_to(BILLING, nowhere());
        self.rules.close();
        let found_sound = !claim.is_sound && in_place && !self.checker.has_findings();
        let known = self.surroundings.get(&(receiver, provider));
        let known = known.filter(|known| !known.guide.is_empty() || !known.rules.is_empty());
        if known.is_none() && !self.checker.has_findings() && !self.rules.has_findings() {
            return Ok(found_sound);
        }
        let (guide, rules) = known.map(|known| (known.guide.clone(), known.rules.clone())).unwrap_or_default();
        let guide = guide.into_iter().chain(self.checker.take_findings());
        let findings = guide.chain(rules).chain(self.rules.take_findings()).collect::<Vec<_>>();
        for finding in findings.iter().filter(|finding| finding.severity > Severity::Info) {
            self.report(finding, claim, provider, encounter, desk);
        }
        Ok(found_sound)
    }

    /// Goes to a receiver and a billing provider, which are checked when they come first; what is wrong there is kept,
    /// for each claim to be told.
    fn surround(&mut self, to: (usize, usize), around: (&Header, &BillingProvider)) -> Result<(), EncounterError> {
        if self.at == Some(to) {
            return Ok(());
        }
        if let Some(left) = self.at.replace(to).and_then(|left| self.surroundings.get_mut(&left)) {
            self.rules.exchange(&mut left.kept);
            left.levels = self.levels;
        }
        if let Some(known) = self.surroundings.get_mut(&to) {
            // The guide's checker stands in a loop 2000A already, and all of them are alike.
            self.rules.exchange(&mut known.kept);
            self.levels = known.levels;
            return Ok(());
        }
        let mut out = SegmentWriter::new(Vec::new(), self.delimiters);
        out.segment("ST").text("837").text("0001").text(GUIDE).finish()?;
        around.0.write(&mut out)?;
        self.push_all(&out.into_inner()?);
        self.levels = (0, 0);
        self.levels.1 = self.billing();
        let mut out = SegmentWriter::new(Vec::new(), self.delimiters);
        around.1.write(&mut out)?;
        self.push_all(&out.into_inner()?);
        self.checker.close_to(BILLING, nowhere());
        self.rules.close();
        let (guide, rules) = (self.checker.take_findings(), self.rules.take_findings());
        let (kept, levels) = (rules::Surroundings::default(), self.levels);
        self.surroundings.insert(to, Surroundings { kept, levels, guide, rules });
        Ok(())
    }

    /// Runs segments that stand around the claims past the checkers.
    fn push_all(&mut self, bytes: &[u8]) {
        let (d, mut ends) = (self.delimiters, Vec::new());
        for bytes in bytes.split(|b| *b == d.segment).filter(|s| !s.is_empty()) {
            ends.clear();
            ends.extend(bytes.iter().zip(0u32..).filter(|(b, _)| **b == d.element).map(|(_, n)| n));
            ends.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
            self.push(&Segment::alone(bytes, &ends, d, nowhere()));
        }
    }

    /// Runs segments of a claim past the checkers; past the rules only, where it is known to be sound. True where each
    /// stands in the loop that the table of columns tells.
    fn push_claim(&mut self, segments: Segments<'_>, claim: &Rendered) -> bool {
        let mut in_place = true;
        for segment in segments {
            let at = usize::try_from(segment.locus().segment).ok().and_then(|at| claim.places().get(at));
            let loop_id = at.map_or("", |place| place.loop_id);
            if claim.is_sound {
                self.rules.push_in(&segment, loop_id);
            } else {
                self.push(&segment);
                in_place &= self.checker.loop_id() == Some(loop_id);
            }
        }
        in_place
    }

    /// Runs the HL of a billing provider past the checkers, and gives its number.
    fn billing(&mut self) -> u64 {
        self.levels.0 += 1;
        let mut bytes = Vec::new();
        let ends = hl(&mut bytes, self.delimiters, (self.levels.0, None), "20", true);
        self.push(&Segment::alone(&bytes, &ends, self.delimiters, nowhere()));
        self.levels.0
    }

    /// Runs an HL of a claim past the checkers, and gives its number.
    fn level(&mut self, code: &str, parent: Option<u64>, claim: &Rendered) -> u64 {
        self.levels.0 += 1;
        let mut bytes = std::mem::take(&mut self.hl);
        bytes.clear();
        let (of_subscriber, children) = (code == "22", claim.dependent && code == "22");
        let ends = hl(&mut bytes, self.delimiters, (self.levels.0, parent), code, children);
        let segment = Segment::alone(&bytes, &ends, self.delimiters, nowhere()).with_divided(false);
        match claim.is_sound {
            true => self.rules.push_in(&segment, if of_subscriber { "2000B" } else { "2000C" }),
            false => self.push(&segment),
        }
        self.hl = bytes;
        self.levels.0
    }

    fn push(&mut self, segment: &Segment<'_>) {
        let event = match segment.id() {
            b"ST" => Event::TransactionStart(&self.transaction, *segment),
            _ => Event::Segment(*segment),
        };
        self.checker.push(&event);
        self.rules.push(&event, &self.checker);
    }

    fn report(
        &mut self,
        finding: &Finding,
        claim: &Rendered,
        provider: usize,
        encounter: &Encounter,
        desk: &mut Desk<'_>,
    ) {
        let place = usize::try_from(finding.locus.segment).ok().and_then(|at| claim.places().get(at));
        let billing = finding.loop_id.as_deref() == Some("2010AA") && finding.segment.as_deref() == Some("NM1");
        let column = place.map(|place| column_at(place.group, &finding.locus)).or(billing.then_some(*BILLING_NPI));
        let of_practice = column.is_none()
            && finding
                .loop_id
                .as_deref()
                .is_some_and(|id| id.starts_with("1000") || id.starts_with("2000A") || id.starts_with("2010A"));
        if of_practice && !self.told.insert((finding.rule.to_string(), provider)) {
            return;
        }
        let line = place.and_then(|place| place.line).and_then(|line| encounter.lines.get(line));
        let values = line.unwrap_or(&encounter.claim);
        let named = column.filter(|c| columns().get(*c).is_some_and(Column::is_given)).map(desk.name_of);
        let name = named.unwrap_or_else(|| if of_practice { String::new() } else { (desk.name_of)(*CLAIM_ID) });
        if desk.problems.iter().any(|p| p.row == values.row && p.column == name && !name.is_empty()) {
            return;
        }
        let element = finding.element.as_ref().or(finding.segment.as_ref()).map_or("", |p| p.as_str());
        let fix = rule(&finding.rule).map(|rule| rule.mend.to_owned());
        let expected = finding.expected.as_deref().filter(|e| !e.is_empty()).map(|e| format!("expected {e}"));
        desk.problems.push(Problem {
            rule: finding.rule.clone(),
            weight: if finding.severity == Severity::Error { Weight::Error } else { Weight::Warning },
            encounter: desk.encounter.clone(),
            row: values.row,
            column: name,
            value: finding.value.clone().unwrap_or_default(),
            reason: format!("{element}: {}", finding.message),
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
    exact.or_else(|| rows.clone().find_map(given)).unwrap_or(*CLAIM_ID)
}

/// The place of a segment that is no segment of a claim's own.
fn nowhere() -> Locus {
    Locus { segment: u64::MAX, ..Locus::default() }
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
