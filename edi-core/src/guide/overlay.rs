//! Partner overlays: a companion guide as a small file, applied to a guide.
//!
//! ```text
//! overlay ACME-837P
//! base 005010X222A1
//! title Acme Health Plan, professional claims
//!
//! require 2300 REF*G1              # a segment, by loop, id and qualifier
//! require 2010BA N301              # an element
//! forbid 2010AB                    # a loop
//! loosen 2010AA REF*EI             # required becomes situational
//! codes 2000B SBR09 CI 16          # narrows, or gives codes where the guide lists none
//! max 2400 40                      # lowers how often a loop or segment may occur
//! max 2300 CLM01 20                # lowers the longest length of an element
//! waive SEG-ORDER in 2300: their system sorts the dates
//! severity ELE-BLANKS error: they reject blanks
//! ```

use super::codes::CodeList;
use super::parse::{GuideError, Line, lines, number, token};
use super::states::States;
use super::table::{Guide, SegmentUse, Usage};
use crate::Text;
use crate::finding::{Finding, Severity};
use nom::{
    IResult, Parser,
    branch::alt,
    bytes::complete::{tag, take_till1, take_while_m_n},
    character::complete::{char, digit1, space0, space1},
    combinator::{map, map_res, opt, recognize, rest, value},
    multi::many1,
    sequence::{preceded, terminated},
};

/// The most bytes, and the most changes, in an overlay.
const SIZE_LIMIT: usize = 1 << 20;
const CHANGE_LIMIT: usize = 10_000;

/// A partner's companion guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// Its name.
    pub name: Text,
    /// The guide that it changes.
    pub base: Text,
    /// What it is, in a few words.
    pub title: Text,
    changes: Vec<(usize, Change)>,
    waivers: Vec<Waiver>,
}

/// A finding that a partner weighs otherwise, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The rule (`SEG-ORDER`).
    pub rule: Text,
    /// Only in this loop.
    pub in_loop: Option<Text>,
    /// What its findings weigh; `Info` where they are waived.
    pub severity: Severity,
    /// Why.
    pub reason: Text,
}

impl Waiver {
    pub(crate) fn covers(&self, finding: &Finding) -> bool {
        finding.rule == self.rule.as_str() && (self.in_loop.is_none() || finding.loop_id == self.in_loop)
    }

    pub(crate) fn apply(&self, finding: &mut Finding) {
        finding.severity = self.severity;
        if self.severity == Severity::Info {
            finding.message = format!("{} (waived: {})", finding.message, self.reason).into();
        }
    }
}

/// A loop, a segment in it, an element of that.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    in_loop: Text,
    segment: Option<Text>,
    qualifier: Option<Text>,
    element: Option<(u16, Option<u16>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    Use(Target, Usage),
    Codes(Target, Vec<Text>),
    Max(Target, u16),
}

enum Entry {
    Header(&'static str, Text),
    Change(Change),
    Waiver(Waiver),
}

impl Overlay {
    /// Parses an overlay file; the syntax stands above.
    ///
    /// # Errors
    /// Names the line that is not understood; or the file is over 1 MiB or 10,000 changes.
    pub fn parse(text: &str) -> Result<Self, GuideError> {
        if text.len() > SIZE_LIMIT {
            return Err(GuideError::new(1, format!("an overlay is at most {SIZE_LIMIT} bytes long")));
        }
        let empty = Text::default();
        let mut overlay =
            Self { name: empty.clone(), base: empty.clone(), title: empty, changes: Vec::new(), waivers: Vec::new() };
        for line in lines(text) {
            let line = Line { text: line.text.split(" #").next().unwrap_or_default().trim_end(), ..line };
            match line.parse(entry)? {
                Entry::Header("overlay", value) => overlay.name = value,
                Entry::Header("base", value) => overlay.base = value,
                Entry::Header(_, value) => overlay.title = value,
                Entry::Change(change) => overlay.changes.push((line.number, change)),
                Entry::Waiver(waiver) if super::rule(&waiver.rule).is_none() => {
                    return Err(line.error(format!("there is no rule {}", waiver.rule)));
                }
                Entry::Waiver(waiver) => overlay.waivers.push(waiver),
            }
            if overlay.changes.len() + overlay.waivers.len() > CHANGE_LIMIT {
                return Err(line.error(format!("an overlay holds at most {CHANGE_LIMIT} changes")));
            }
        }
        match overlay.name.is_empty() || overlay.base.is_empty() {
            true => Err(GuideError::new(1, "an overlay needs the lines `overlay NAME` and `base GUIDE`")),
            false => Ok(overlay),
        }
    }

    /// The guide with this overlay's changes. It keeps the guide's id.
    ///
    /// # Errors
    /// Names the line whose loop, segment or element the guide does not have, or that widens what it should narrow.
    pub fn apply(&self, base: &Guide) -> Result<Guide, GuideError> {
        let mut guide = base.clone();
        for (line, change) in &self.changes {
            let error = |message: String| GuideError::new(*line, message);
            match change {
                Change::Use(target, usage) => target.set_usage(&mut guide, *usage),
                Change::Codes(target, codes) => target.narrow(&mut guide, codes),
                Change::Max(target, max) => target.lower(&mut guide, *max),
            }
            .map_err(error)?;
        }
        guide.waivers.extend(self.waivers.iter().cloned());
        guide.states = States::compile(&guide)?;
        Ok(guide)
    }
}

impl Target {
    /// The segment uses that are meant. Loops that stand twice in a guide (2300) are both meant.
    fn uses<'g>(&self, guide: &'g mut Guide) -> Result<Vec<&'g mut SegmentUse>, String> {
        let Guide { loops, uses, .. } = guide;
        let found = uses.iter_mut().filter(|u| {
            let in_loop =
                loops[usize::from(u.in_loop.0)].id == self.in_loop || self.in_loop == "ST" && u.in_loop.0 == 0;
            let qualified =
                self.qualifier.as_ref().is_none_or(|q| u.key_codes().is_some_and(|codes| codes.contains(q.as_bytes())));
            in_loop && self.segment.as_ref() == Some(&u.id) && qualified
        });
        let found = found.collect::<Vec<_>>();
        match found.is_empty() {
            true => Err(format!("the guide has no such segment: {self}")),
            false => Ok(found),
        }
    }

    /// Changes each element that is meant.
    fn each_element(
        &self,
        guide: &mut Guide,
        mut change: impl FnMut(&mut super::ElementUse) -> Result<(), String>,
    ) -> Result<(), String> {
        let (element, component) = self.element.ok_or_else(|| format!("an element is needed: {self}"))?;
        for segment in self.uses(guide)? {
            let element = usize::from(element).checked_sub(1).and_then(|i| segment.elements.get_mut(i));
            let spec = match (element, component) {
                (Some(element), Some(n)) => usize::from(n).checked_sub(1).and_then(|i| element.components.get_mut(i)),
                (element, _) => element,
            };
            change(spec.ok_or_else(|| format!("the segment has no such element: {self}"))?)?;
        }
        Ok(())
    }

    /// Changes the loop's own usage and count; loops that stand twice are both changed.
    fn each_loop(
        &self,
        guide: &mut Guide,
        mut change: impl FnMut(&mut super::Loop) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut found = guide.loops.iter_mut().filter(|l| l.id == self.in_loop && !l.id.is_empty()).peekable();
        if found.peek().is_none() {
            return Err(format!("the guide has no loop {}", self.in_loop));
        }
        found.try_for_each(&mut change)
    }

    fn set_usage(&self, guide: &mut Guide, usage: Usage) -> Result<(), String> {
        match (&self.segment, self.element) {
            (None, _) => self.each_loop(guide, |l| {
                l.usage = usage;
                Ok(())
            }),
            (Some(_), None) => {
                self.uses(guide)?.into_iter().for_each(|u| u.usage = usage);
                Ok(())
            }
            (Some(_), Some(_)) => self.each_element(guide, |e| {
                e.usage = usage;
                Ok(())
            }),
        }
    }

    fn narrow(&self, guide: &mut Guide, codes: &[Text]) -> Result<(), String> {
        self.each_element(guide, |e| {
            let foreign = codes.iter().find(|code| !e.codes.is_empty() && !e.codes.contains(code.as_bytes()));
            if let Some(code) = foreign {
                return Err(format!("the guide does not list the code {code}, and an overlay can only narrow: {self}"));
            }
            e.codes = CodeList::new(codes.to_vec());
            Ok(())
        })
    }

    fn lower(&self, guide: &mut Guide, max: u16) -> Result<(), String> {
        let checked = |now: u32| match now != 0 && u32::from(max) > now || max == 0 {
            true => Err(format!("{max} is no lower maximum than {now}: {self}")),
            false => Ok(()),
        };
        match (&self.segment, self.element) {
            (None, _) => self.each_loop(guide, |l| {
                checked(l.max)?;
                l.max = max.into();
                Ok(())
            }),
            (Some(_), None) => self.uses(guide)?.into_iter().try_for_each(|u| {
                checked(u.max)?;
                u.max = max.into();
                Ok(())
            }),
            (Some(_), Some(_)) => self.each_element(guide, |e| {
                checked(e.max.into())?;
                e.max = max;
                e.min = e.min.min(max);
                Ok(())
            }),
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.in_loop)?;
        if let Some(segment) = &self.segment {
            write!(f, " {segment}")?;
        }
        if let Some((element, component)) = self.element {
            write!(f, "{element:02}")?;
            if let Some(component) = component {
                write!(f, "-{component}")?;
            }
        }
        if let Some(qualifier) = &self.qualifier {
            write!(f, "*{qualifier}")?;
        }
        Ok(())
    }
}

fn entry(input: &str) -> IResult<&str, Entry> {
    let key = alt((value("overlay", tag("overlay")), value("base", tag("base")), value("title", tag("title"))));
    let header =
        map((terminated(key, space1), rest), |(key, value): (&'static str, &str)| Entry::Header(key, Text::new(value)));
    let verb = alt((
        value(Usage::Required, tag("require")),
        value(Usage::NotUsed, tag("forbid")),
        value(Usage::Situational, tag("loosen")),
    ));
    let used = map((terminated(verb, space1), target), |(usage, target)| Change::Use(target, usage));
    let codes = preceded((tag("codes"), space1), (target, many1(map(token, Text::new))));
    let codes = map(codes, |(target, codes)| Change::Codes(target, codes));
    let max = map(preceded((tag("max"), space1), (target, number)), |(target, max)| Change::Max(target, max));
    let change = map(alt((used, codes, max)), Entry::Change);
    alt((header, change, map(alt((waived, weighed)), Entry::Waiver))).parse(input)
}

/// `waive RULE [in LOOP]: REASON`
fn waived(input: &str) -> IResult<&str, Waiver> {
    let parser =
        (preceded((tag("waive"), space1), rule_name), opt(preceded((space1, tag("in"), space1), rule_name)), reason);
    map(parser, |(rule, in_loop, reason)| Waiver { rule, in_loop, severity: Severity::Info, reason }).parse(input)
}

/// `severity RULE SEVERITY [in LOOP]: REASON`
fn weighed(input: &str) -> IResult<&str, Waiver> {
    let severity = alt((
        value(Severity::Error, tag("error")),
        value(Severity::Warning, tag("warning")),
        value(Severity::Info, tag("info")),
    ));
    let in_loop = opt(preceded((space1, tag("in"), space1), rule_name));
    let parser = (preceded((tag("severity"), space1), rule_name), preceded(space1, severity), in_loop, reason);
    map(parser, |(rule, severity, in_loop, reason)| Waiver { rule, in_loop, severity, reason }).parse(input)
}

fn rule_name(input: &str) -> IResult<&str, Text> {
    map(take_till1(|c: char| c == ':' || c == ' '), Text::new).parse(input)
}

fn reason(input: &str) -> IResult<&str, Text> {
    map(preceded((char(':'), space0), rest), Text::new).parse(input)
}

/// `2300`, `2300 REF*G1`, `2300 CLM05-1`, `2300 REF02*G1`.
fn target(input: &str) -> IResult<&str, Target> {
    let (input, in_loop) = preceded(space0, token).parse(input)?;
    let (input, segment) = opt(terminated(segment_target, space0)).parse(input)?;
    let (segment, element, qualifier) = segment.map_or((None, None, None), |(s, e, q)| (Some(s), e, q));
    Ok((input, Target { in_loop: Text::new(in_loop), segment, qualifier, element }))
}

type SegmentTarget = (Text, Option<(u16, Option<u16>)>, Option<Text>);

/// A segment id and what follows it at once: `REF`, `REF*G1`, `CLM05-1`, `N301`.
fn segment_target(input: &str) -> IResult<&str, SegmentTarget> {
    let small = || map_res(digit1, str::parse::<u16>);
    let two = || map_res(take_while_m_n(2, 2, |c: char| c.is_ascii_digit()), str::parse::<u16>);
    let upper = |n| {
        recognize((
            take_while_m_n(1, 1, |c: char| c.is_ascii_uppercase()),
            take_while_m_n(n, n, |c: char| c.is_ascii_alphanumeric()),
        ))
    };
    let tail = |input| {
        let element = opt((two(), opt(preceded(char('-'), small()))));
        let qualifier = opt(preceded(char('*'), take_till1(|c: char| c == ' ')));
        let end = nom::combinator::peek(alt((space1, nom::combinator::eof)));
        let (input, parts) = terminated((element, qualifier), end).parse(input)?;
        Ok((input, parts))
    };
    // Ids have three characters, or two: `N301` is N3 and element 01.
    let of = |n| (upper(n), tail);
    let (input, (id, (element, qualifier))) = alt((of(2), of(1))).parse(input)?;
    Ok((input, (Text::new(id), element, qualifier.map(Text::new))))
}

/// For tests: whether a target is written so.
#[cfg(test)]
pub(super) fn is_target(text: &str) -> bool {
    nom::combinator::all_consuming(target).parse(text).is_ok()
}
