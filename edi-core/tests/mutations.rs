//! Mutations of valid files, generated over the guide tables: each states the finding that it must bring, where,
//! and the code of the 999, which stands in this file and is not asked of the checker. Any other finding must
//! stand in its kind's table of companions.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use edi_core::ack::{Acknowledger, Options};
use edi_core::envelope::{EnvelopeReader, Event};
use edi_core::finding::Finding;
use edi_core::guide::{
    Checker, DataType, ElementUse, Guide, Guides, LoopIndex, NoteKind, SegmentUse, Status, Tracker, Usage, UseIndex,
};
use edi_core::reader::Reader;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A kind of mutation: the rule that it must bring, the code of IK304 or IK403, and what else it may bring.
struct Kind {
    name: &'static str,
    rules: &'static [&'static str],
    code: &'static str,
    companions: &'static [&'static str],
}

const NOTES: &[&str] = &["ELE-CONDITION", "ELE-EXCLUSION"];

const KINDS: &[Kind] = &[
    Kind { name: "element missing", rules: &["ELE-MISSING"], code: "1", companions: NOTES },
    Kind { name: "component missing", rules: &["ELE-MISSING"], code: "1", companions: &[] },
    Kind { name: "segment missing", rules: &["SEG-MISSING"], code: "3", companions: &[] },
    Kind { name: "loop missing", rules: &["LOOP-MISSING"], code: "3", companions: &[] },
    // The start of a loop is gone; its other segments have no place, or are taken for the loop before.
    Kind {
        name: "loop start missing",
        rules: &["LOOP-MISSING", "SEG-MISSING"],
        code: "3",
        companions: &[
            "SEG-UNEXPECTED",
            "SEG-ORDER",
            "SEG-REPEATS",
            "SEG-MISSING",
            "SEG-QUALIFIER",
            "LOOP-MISSING",
            "ELE-CODE",
        ],
    },
    Kind { name: "segment too many", rules: &["SEG-REPEATS"], code: "5", companions: &[] },
    Kind { name: "loop too many", rules: &["LOOP-REPEATS"], code: "4", companions: &[] },
    Kind { name: "bad code", rules: &["ELE-CODE"], code: "7", companions: &[] },
    Kind { name: "too short", rules: &["ELE-SHORT"], code: "4", companions: &[] },
    Kind { name: "too long", rules: &["ELE-LONG"], code: "5", companions: &[] },
    Kind { name: "no number", rules: &["ELE-CHARACTER"], code: "6", companions: &[] },
    Kind { name: "control character", rules: &["ELE-CHARACTER"], code: "6", companions: &[] },
    Kind { name: "no date", rules: &["ELE-DATE"], code: "8", companions: &[] },
    Kind { name: "no time", rules: &["ELE-TIME"], code: "9", companions: &[] },
    Kind { name: "too many elements", rules: &["ELE-TOO-MANY"], code: "3", companions: &[] },
    Kind { name: "too many components", rules: &["ELE-COMPONENTS"], code: "13", companions: &[] },
    Kind { name: "too many repetitions", rules: &["ELE-REPEATS"], code: "12", companions: &[] },
    Kind { name: "element not used", rules: &["ELE-NOT-USED"], code: "I10", companions: NOTES },
    // A required segment that comes late was missing where it should have stood.
    Kind { name: "wrong order", rules: &["SEG-ORDER"], code: "7", companions: &["SEG-MISSING"] },
    // Its place is empty then, and what follows the start of an unknown loop is not looked at.
    Kind {
        name: "wrong qualifier",
        rules: &["SEG-QUALIFIER"],
        code: "2",
        companions: &["SEG-MISSING", "LOOP-MISSING"],
    },
    Kind { name: "wrong only qualifier", rules: &["ELE-CODE"], code: "7", companions: &[] },
    Kind { name: "unknown segment", rules: &["SEG-UNKNOWN"], code: "1", companions: &[] },
    Kind { name: "foreign segment", rules: &["SEG-NOT-IN-GUIDE"], code: "6", companions: &[] },
    Kind { name: "condition", rules: &["ELE-CONDITION"], code: "2", companions: NOTES },
    Kind { name: "exclusion", rules: &["ELE-EXCLUSION"], code: "10", companions: NOTES },
    Kind { name: "trailing separator", rules: &["SEG-TRAILING"], code: "6", companions: &[] },
    Kind { name: "blanks", rules: &["ELE-BLANKS"], code: "6", companions: &[] },
];

/// The least mutations of each base file, and of all together.
const LEAST: usize = 300;

#[derive(Clone)]
struct Placed {
    segment: UseIndex,
    /// The loops that are open, each with a number that tells its occurrence.
    open: Vec<(LoopIndex, u32)>,
}

/// A base file: its segments as lists of elements, the id first.
struct Base {
    guide: Arc<Guide>,
    head: Vec<String>,
    body: Vec<Vec<String>>,
    places: Vec<Placed>,
    tail: Vec<String>,
}

impl Base {
    fn read(name: &str, version: &str, transaction: &str) -> Self {
        let path = format!("{}/../testdata/guide/{name}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let all: Vec<String> = text.split("~\n").filter(|s| !s.is_empty()).map(String::from).collect();
        let end = all.iter().position(|s| s.starts_with("SE*")).unwrap();
        let body: Vec<Vec<String>> = all[2..end].iter().map(|s| s.split('*').map(String::from).collect()).collect();
        let guide = Guides::built_in().find(version, transaction).unwrap().clone();
        let mut base = Self { guide, head: all[..2].to_vec(), body, places: Vec::new(), tail: all[end + 1..].to_vec() };
        base.place();
        base
    }

    fn place(&mut self) {
        let text = self.render(&self.body);
        let mut reader = EnvelopeReader::new(Reader::new(text.as_bytes()).unwrap());
        let mut tracker = Tracker::new(self.guide.clone());
        let mut open: Vec<(LoopIndex, u32)> = Vec::new();
        let mut serial = 0;
        while let Some(event) = reader.next().unwrap() {
            let (Event::TransactionStart(_, segment) | Event::Segment(segment)) = event else { continue };
            let placement = tracker.place(&segment);
            assert_eq!(placement.status, Status::Placed);
            open.truncate(tracker.open().len() - usize::from(placement.starts));
            for o in &tracker.open()[open.len()..] {
                serial += 1;
                open.push((o.index, serial));
            }
            self.places.push(Placed { segment: placement.segment.unwrap(), open: open.clone() });
        }
        assert_eq!(self.places.len(), self.body.len());
    }

    fn render(&self, body: &[Vec<String>]) -> String {
        let mut all = self.head.clone();
        all.extend(body.iter().map(|s| s.join("*")));
        all.push(format!("SE*{}*{}", body.len() + 1, self.body[0][2]));
        all.extend(self.tail.iter().cloned());
        all.join("~") + "~"
    }

    fn use_at(&self, i: usize) -> &SegmentUse {
        self.guide.segment_use(self.places[i].segment)
    }

    fn starts(&self, i: usize) -> bool {
        let u = self.use_at(i);
        self.guide.loop_at(u.in_loop).start == self.places[i].segment && !self.guide.loop_at(u.in_loop).id.is_empty()
    }

    /// The segments of the loop occurrence that begins at `i`.
    fn block(&self, i: usize) -> usize {
        let depth = self.places[i].open.len();
        let own = self.places[i].open[depth - 1];
        (i..self.body.len()).find(|j| self.places[*j].open.get(depth - 1) != Some(&own)).unwrap_or(self.body.len())
    }

    /// Where it shows that a child of the occurrence at `depth` with this position is missing: the first segment
    /// from `from` on that leaves the occurrence, or stands at another position in it.
    fn shows(&self, from: usize, owner: &[(LoopIndex, u32)], position: u16) -> usize {
        let differs = |j: &usize| {
            let open = &self.places[*j].open;
            if open.len() < owner.len() || open[..owner.len()] != *owner {
                return true;
            }
            let at = match open.get(owner.len()) {
                Some((inner, _)) => self.guide.segment_use(self.guide.loop_at(*inner).start).position,
                None => self.use_at(*j).position,
            };
            at != position
        };
        (from..self.body.len()).find(differs).unwrap_or(self.body.len())
    }
}

/// A mutation of a base file, and what it must bring.
struct Mutation {
    kind: &'static str,
    what: String,
    body: Vec<Vec<String>>,
    /// Segment id, its ordinal from 1, element, component.
    at: (String, usize, Option<usize>, Option<usize>),
}

struct Generator<'b> {
    base: &'b Base,
    list: Vec<Mutation>,
}

impl Generator<'_> {
    #[allow(clippy::too_many_arguments)]
    fn add(
        &mut self,
        kind: &'static str,
        what: &str,
        body: Vec<Vec<String>>,
        segment: usize,
        id: &str,
        element: Option<usize>,
        component: Option<usize>,
    ) {
        let what = format!("{what} {id}{element:?}{component:?} at {segment}");
        self.list.push(Mutation { kind, what, body, at: (id.to_string(), segment, element, component) });
    }

    /// With one element changed.
    fn element(&mut self, kind: &'static str, i: usize, n: usize, component: Option<usize>, value: &str) {
        let mut body = self.base.body.clone();
        let segment = &mut body[i];
        while segment.len() <= n {
            segment.push(String::new());
        }
        segment[n] = match component {
            None => value.to_string(),
            Some(c) => {
                let mut parts: Vec<String> = segment[n].split(':').map(String::from).collect();
                while parts.len() < c {
                    parts.push(String::new());
                }
                parts[c - 1] = value.to_string();
                while parts.len() > 1 && parts.last().is_some_and(String::is_empty) {
                    parts.pop();
                }
                parts.join(":")
            }
        };
        while segment.len() > 1 && segment.last().is_some_and(String::is_empty) {
            segment.pop();
        }
        let id = self.base.body[i][0].clone();
        self.add(kind, "element", body, i + 1, &id, Some(n), component);
    }

    fn run(&mut self) {
        for i in 1..self.base.body.len() {
            self.elements(i);
            self.notes(i);
            self.qualifier(i);
            self.around(i);
            self.structure(i);
        }
    }

    fn elements(&mut self, i: usize) {
        let u = self.base.use_at(i).clone();
        let given = self.base.body[i].clone();
        for n in 1..=u.elements.len() {
            let spec = &u.elements[n - 1];
            let value = given.get(n).cloned().unwrap_or_default();
            let is_key = u.key.iter().any(|(element, _)| usize::from(*element) == n);
            match (value.is_empty(), spec.usage) {
                (true, Usage::NotUsed) => self.element("element not used", i, n, None, "X"),
                (true, _) => {}
                (false, usage) => {
                    if usage == Usage::Required && !is_key && given.len() > 2 {
                        self.element("element missing", i, n, None, "");
                    }
                    let before = given[n - 1].clone();
                    if spec.data_type.is_some() {
                        self.value(i, n, None, spec, &value, &before, is_key);
                    } else {
                        self.components(i, n, spec, &value, &u);
                    }
                    if spec.repeats == 1 && spec.codes.is_empty() {
                        self.element("too many repetitions", i, n, None, &format!("{value}^{value}"));
                    }
                }
            }
        }
    }

    fn components(&mut self, i: usize, n: usize, spec: &ElementUse, value: &str, u: &SegmentUse) {
        let parts: Vec<&str> = value.split('^').next().unwrap().split(':').collect();
        if value.contains('^') {
            return;
        }
        let long = format!("{value}{}:X", ":".repeat(spec.components.len() - parts.len()));
        self.element("too many components", i, n, None, &long);
        self.list.last_mut().unwrap().at.3 = Some(spec.components.len() + 1);
        for (c, spec) in spec.components.iter().enumerate().map(|(c, s)| (c + 1, s)) {
            let part = parts.get(c - 1).copied().unwrap_or_default();
            let is_key = u.key.contains(&(u16::try_from(n).unwrap(), u16::try_from(c).ok()));
            match (part.is_empty(), spec.usage) {
                (true, Usage::NotUsed) => self.element("element not used", i, n, Some(c), "X"),
                (false, usage) => {
                    if usage == Usage::Required && !is_key && parts.iter().filter(|p| !p.is_empty()).count() > 1 {
                        self.element("component missing", i, n, Some(c), "");
                    }
                    let before = if c > 1 { parts[c - 2] } else { "" };
                    self.value(i, n, Some(c), spec, part, before, is_key);
                }
                _ => {}
            }
        }
    }

    /// Values that break their type.
    #[allow(clippy::too_many_arguments)]
    fn value(
        &mut self,
        i: usize,
        n: usize,
        c: Option<usize>,
        spec: &ElementUse,
        value: &str,
        before: &str,
        is_key: bool,
    ) {
        if is_key {
            return;
        }
        if !spec.codes.is_empty() {
            return self.element("bad code", i, n, c, "@@");
        }
        let (min, max) = (usize::from(spec.min), usize::from(spec.max));
        let letter = match spec.data_type.unwrap() {
            DataType::Text | DataType::Code => "A",
            _ => "2",
        };
        self.element("too long", i, n, c, &letter.repeat(max + 1));
        if min > 1 {
            self.element("too short", i, n, c, letter);
        }
        match spec.data_type.unwrap() {
            DataType::Integer(_) => self.element("no number", i, n, c, "1.5"),
            DataType::Decimal => self.element("no number", i, n, c, "1,5"),
            DataType::Date => self.element("no date", i, n, c, "20260231"),
            DataType::Time => self.element("no time", i, n, c, "2561"),
            DataType::Text | DataType::Code => {
                self.element("control character", i, n, c, &"\u{1}A".repeat(min).chars().take(max).collect::<String>());
                if spec.data_type == Some(DataType::Text) && max > value.len() && min < max && !spec.by_previous {
                    self.element("blanks", i, n, c, &format!(" {value}"));
                }
            }
        }
        if spec.by_previous && before == "D8" {
            self.element("no date", i, n, c, "20260231");
        }
        if spec.by_previous && before == "RD8" {
            self.element("no date", i, n, c, "20260102-20260101");
        }
    }

    fn notes(&mut self, i: usize) {
        let u = self.base.use_at(i).clone();
        let given = |n: usize| self.base.body[i].get(n).is_some_and(|v| !v.is_empty());
        let usage = |n: usize| u.elements.get(n - 1).map(|e| e.usage);
        let bits = |mask: u64| (1..64usize).filter(|n| mask >> n & 1 == 1).collect::<Vec<_>>();
        let mut made = Vec::new();
        for note in u.notes {
            let (first, rest) = (bits(note.first), bits(note.rest));
            let all = [first.clone(), rest.clone()].concat();
            let situational = |n: &&usize| usage(**n) == Some(Usage::Situational);
            match note.kind {
                NoteKind::Paired if all.iter().all(|n| given(*n)) => {
                    made.extend(all.iter().filter(situational).map(|n| ("condition", *n, String::new())));
                }
                NoteKind::Conditional if given(first[0]) => {
                    made.extend(
                        rest.iter()
                            .filter(situational)
                            .filter(|n| given(**n))
                            .map(|n| ("condition", *n, String::new())),
                    );
                }
                NoteKind::ListConditional if given(first[0]) => {
                    let here = rest.iter().filter(|n| given(**n)).collect::<Vec<_>>();
                    if let [only] = here[..] {
                        let blamed = rest.iter().find(situational);
                        made.extend(blamed.map(|b| ("condition", *only, b.to_string())));
                    }
                }
                NoteKind::Exclusive => {
                    let here = all.iter().filter(|n| given(**n)).count();
                    let free = all.iter().find(|n| !given(**n) && usage(**n) == Some(Usage::Situational));
                    if let (1, Some(free)) = (here, free) {
                        made.push(("exclusion", *free, all.iter().max().unwrap().to_string()));
                    }
                }
                _ => {}
            }
        }
        for (kind, n, blamed) in made {
            self.element(kind, i, n, None, if kind == "exclusion" { "AA" } else { "" });
            if let Ok(blamed) = blamed.parse() {
                self.list.last_mut().unwrap().at.2 = Some(blamed);
            }
        }
    }

    /// A qualifier that no twin has: an unexpected segment, or a bad code where there is only one such segment.
    fn qualifier(&mut self, i: usize) {
        let u = self.base.use_at(i).clone();
        let Some((n, c)) = u.key.first().copied() else { return };
        if u.key_codes().is_none() {
            return;
        }
        let starts = self.base.starts(i);
        let here = self.base.guide.loop_at(u.in_loop);
        let parent = if starts { self.base.guide.loop_at(here.parent) } else { here };
        let twins = parent.children.iter().filter_map(|child| match child {
            edi_core::guide::Child::Use(other) if parent.start != *other || parent.id.is_empty() => {
                Some(self.base.guide.segment_use(*other))
            }
            edi_core::guide::Child::Use(_) => None,
            edi_core::guide::Child::Loop(other) => {
                Some(self.base.guide.segment_use(self.base.guide.loop_at(*other).start))
            }
        });
        // Only twins that may still come count; those of the loops further in do not.
        let twins = twins.filter(|t| t.id == u.id && t.position >= u.position).count();
        let ambiguous = u.id == "HL" || u.id == "CTX" || self.base.body[i][0] == "NM1" && starts && twins == 1;
        if ambiguous {
            return; // where it goes depends on what is open: told by hand elsewhere
        }
        let kind = if twins > 1 { "wrong qualifier" } else { "wrong only qualifier" };
        self.element(kind, i, n.into(), c.map(usize::from), "@@");
    }

    /// Segments that do not belong there, and separators with nothing behind them.
    fn around(&mut self, i: usize) {
        for (kind, segment) in [("unknown segment", "QQQ"), ("foreign segment", "EB")] {
            let mut body = self.base.body.clone();
            body.insert(i + 1, vec![segment.into(), "1".into()]);
            self.add(kind, "inserted", body, i + 2, segment, None, None);
        }
        let id = self.base.body[i][0].clone();
        let defined = self.base.use_at(i).elements.len();
        let mut body = self.base.body.clone();
        body[i].resize(defined + 1, String::new());
        body[i].push("X".into());
        self.add("too many elements", "behind", body, i + 1, &id, Some(defined + 1), None);
        let mut body = self.base.body.clone();
        body[i].push(String::new());
        let n = body[i].len() - 1;
        if n <= defined {
            self.add("trailing separator", "behind", body, i + 1, &id, Some(n), None);
        }
    }

    fn structure(&mut self, i: usize) {
        let base = self.base;
        let u = base.use_at(i);
        let id = base.body[i][0].clone();
        let owner = base.places[i].open.clone();
        let alone = |j: usize| base.places[j].segment == base.places[i].segment && base.places[j].open == owner;
        let first = !(0..i).any(alone);
        if base.starts(i) {
            return self.loops(i);
        }
        let more = (i + 1..base.body.len()).filter(|j| alone(*j)).count();
        if u.usage == Usage::Required && first && more == 0 {
            let mut body = base.body.clone();
            body.remove(i);
            let shows = base.shows(i + 1, &owner, u.position);
            self.add("segment missing", "removed", body, shows, &id, None, None);
        }
        if (1..=10).contains(&u.max) && first && more == 0 {
            let mut body = base.body.clone();
            for _ in 0..u.max {
                body.insert(i, base.body[i].clone());
            }
            self.add("segment too many", "repeated", body, i + 1 + u.max as usize, &id, None, None);
        }
        let next = i + 1;
        if next < base.body.len()
            && base.places[next].open == owner
            && !base.starts(next)
            && base.use_at(next).position > u.position
            && i > 0
        {
            let mut body = base.body.clone();
            body.swap(i, next);
            self.add("wrong order", "swapped", body, next + 1, &id, None, None);
        }
    }

    fn loops(&mut self, i: usize) {
        let base = self.base;
        let id = base.body[i][0].clone();
        let open = &base.places[i].open;
        let (index, _) = open[open.len() - 1];
        let owner = &open[..open.len() - 1];
        let it = base.guide.loop_at(index);
        let position = base.guide.segment_use(it.start).position;
        let end = base.block(i);
        let same = |j: &usize| {
            base.places[*j].segment == base.places[i].segment && base.places[*j].open[..owner.len()] == *owner
        };
        let others =
            (1..base.body.len()).filter(|j| *j != i && base.places[*j].open.len() >= owner.len()).filter(same).count();
        if it.usage == Usage::Required && others == 0 && owner.len() > 1
            || it.usage == Usage::Required && others == 0 && owner.len() == 1 && id != "HL"
        {
            let mut body = base.body.clone();
            body.drain(i..end);
            let shows = base.shows(end, owner, position);
            self.add("loop missing", "removed", body, shows + 1 - (end - i), &id, None, None);
        }
        if id == "LX" && others == 0 {
            // Its segments are found all the same, by what stands only there.
            let mut body = base.body.clone();
            body.remove(i);
            self.add("loop start missing", "removed", body, i + 1, &id, None, None);
        }
        if (1..=5).contains(&it.max) && others == 0 {
            let mut body = base.body.clone();
            for _ in 0..it.max {
                let block = base.body[i..end].to_vec();
                body.splice(i..i, block);
            }
            self.add("loop too many", "repeated", body, i + 1 + (end - i) * it.max as usize, &id, None, None);
        }
    }
}

/// The findings of a file, and its 999.
fn answer(text: &str) -> (Vec<Finding>, String) {
    let at = chrono::NaiveDate::from_ymd_opt(2026, 1, 6).unwrap().and_hms_opt(9, 30, 0).unwrap();
    let mut ack = Acknowledger::new(Options::new(at), |_, _| Ok(Vec::new()));
    let mut reader = EnvelopeReader::new(Reader::new(text.as_bytes()).unwrap());
    let mut checker = Checker::new(Guides::built_in());
    let mut findings = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        checker.push(&event);
        ack.event(&event).unwrap();
        let mut new = checker.take_findings();
        new.extend(reader.take_findings());
        ack.findings(&new);
        findings.extend(new);
    }
    let written = ack.finish().unwrap();
    let answer = written.into_iter().find(|w| w.group.is_some()).map(|w| String::from_utf8(w.out).unwrap());
    (findings, answer.unwrap_or_default())
}

/// All acknowledgments of a file.
fn answers(text: &str) -> Vec<String> {
    let at = chrono::NaiveDate::from_ymd_opt(2026, 1, 6).unwrap().and_hms_opt(9, 30, 0).unwrap();
    let mut ack = Acknowledger::new(Options::new(at), |_, _| Ok(Vec::new()));
    let mut reader = EnvelopeReader::new(Reader::new(text.as_bytes()).unwrap());
    let mut checker = Checker::new(Guides::built_in());
    while let Some(event) = reader.next().unwrap() {
        checker.push(&event);
        ack.event(&event).unwrap();
        ack.findings(&checker.take_findings());
        ack.findings(&reader.take_findings());
    }
    ack.finish().unwrap().into_iter().map(|w| String::from_utf8(w.out).unwrap()).collect()
}

/// Why a mutation did not bring what it states; none where it did.
fn fault_of(base: &Base, mutation: &Mutation) -> Option<String> {
    let kind = KINDS.iter().find(|k| k.name == mutation.kind).unwrap();
    let (findings, ack) = answer(&base.render(&mutation.body));
    let (id, segment, element, component) = &mutation.at;
    let small = |n: &Option<usize>| n.map(|n| u16::try_from(n).unwrap());
    let stands = |f: &&Finding| {
        kind.rules.contains(&f.rule.as_ref())
            && f.segment.as_deref() == Some(id)
            && f.locus.transaction_segment == *segment as u64
            && (element.is_none() || f.locus.element == small(element))
            && (component.is_none() || f.locus.component == small(component))
    };
    let told = || findings.iter().map(|f| format!("{} {:?} {}", f.rule, f.element, f.locus)).collect::<Vec<_>>();
    if !findings.iter().any(|f| stands(&f)) {
        return Some(format!("did not bring {:?}, but {:#?}", kind.rules, told()));
    }
    let foreign = findings.iter().find(|f| !stands(f) && !kind.companions.contains(&f.rule.as_ref()));
    if let Some(f) = foreign {
        return Some(format!("also brought {} {:?} {}: {}", f.rule, f.element, f.locus, f.message));
    }
    // The groups that hold acknowledgments are not answered.
    if base.guide.transaction != "999" && !is_answered(&ack, kind, &mutation.at) {
        return Some(format!("the 999 does not tell it by code {}: {ack}", kind.code));
    }
    None
}

fn is_answered(
    ack: &str,
    kind: &Kind,
    (id, segment, element, component): &(String, usize, Option<usize>, Option<usize>),
) -> bool {
    let by_segment =
        kind.rules.iter().all(|r| r.starts_with("SEG-") || r.starts_with("LOOP-")) && kind.rules != ["SEG-TRAILING"];
    let mut inside = false;
    ack.split('~').map(|s| s.split('*').collect::<Vec<_>>()).any(|s| {
        if s[0] == "IK3" {
            inside = s[1] == id && s[2] == segment.to_string();
            return inside && by_segment && s.get(4) == Some(&kind.code);
        }
        let place = component.map_or(format!("{}", element.unwrap_or(0)), |c| format!("{}:{c}", element.unwrap_or(0)));
        let here = |at: &str| at == place || at.starts_with(&format!("{place}:"));
        inside && !by_segment && s[0] == "IK4" && here(s[1]) && s.get(3) == Some(&kind.code)
    })
}

/// Validates a folder of files with pyx12 and prints the names of those that it refuses.
const PYX12: &str = "
import io, logging, os, sys
import pyx12.params, pyx12.x12n_document
logging.disable(logging.CRITICAL)
for name in sorted(os.listdir(sys.argv[1])):
    ok = pyx12.x12n_document.x12n_document(pyx12.params.ParamsBase(), os.path.join(sys.argv[1], name), io.StringIO(), None, None)
    if not ok:
        print(name)
";

/// Each 999 of the mutations is clean by our own guide; and by pyx12, where `EDI_PYX12` names a python that has it.
#[test]
fn mutations_are_answered_by_valid_999s() {
    let mut acks = std::collections::BTreeSet::new();
    for (name, version, transaction) in
        [("837p.edi", "005010X222A1", "837"), ("835.edi", "005010X221A1", "835"), ("277ca.edi", "005010X214", "277")]
    {
        let base = Base::read(name, version, transaction);
        let mut generator = Generator { base: &base, list: Vec::new() };
        generator.run();
        acks.extend(generator.list.iter().step_by(3).map(|mutation| answer(&base.render(&mutation.body)).1));
        acks.insert(answer(&base.render(&base.body)).1);
    }
    for ack in &acks {
        let (findings, again) = answer(ack);
        assert!(findings.is_empty(), "{findings:#?}\n{ack}");
        assert!(again.is_empty(), "a 999 is not answered by another");
    }
    let Some(python) = std::env::var_os("EDI_PYX12") else { return };
    let folder = std::env::temp_dir().join(format!("edi-999-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (i, ack) in acks.iter().enumerate() {
        std::fs::write(folder.join(format!("{i:05}.edi")), ack).unwrap();
    }
    let output = std::process::Command::new(python).args(["-c", PYX12]).arg(&folder).output().unwrap();
    let refused = String::from_utf8_lossy(&output.stdout).into_owned();
    let first = refused.lines().next().map(|name| std::fs::read_to_string(folder.join(name)).unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
    println!("{} files read by pyx12", acks.len());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(refused.is_empty(), "pyx12 refuses {} of {}: {first:?}", refused.lines().count(), acks.len());
}

#[test]
fn mutations_bring_what_they_state() {
    let mut total = 0;
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for (name, version, transaction) in [
        ("837p.edi", "005010X222A1", "837"),
        ("835.edi", "005010X221A1", "835"),
        ("999.edi", "005010X231A1", "999"),
        ("277ca.edi", "005010X214", "277"),
    ] {
        let base = Base::read(name, version, transaction);
        let (clean, _) = answer(&base.render(&base.body));
        assert!(clean.is_empty(), "{name} is not clean: {clean:#?}");
        let mut generator = Generator { base: &base, list: Vec::new() };
        generator.run();
        total += generator.list.len();
        for mutation in &generator.list {
            *kinds.entry(mutation.kind).or_default() += 1;
            if let Some(fault) = fault_of(&base, mutation) {
                faults.push(format!("{name}: {} ({}) {fault}", mutation.kind, mutation.what));
            }
        }
    }
    println!("{total} mutations: {kinds:?}");
    assert!(
        faults.is_empty(),
        "{} of {total} mutations failed:\n{}",
        faults.len(),
        faults.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
    );
    assert!(total >= LEAST);
    let unused = KINDS.iter().filter(|k| !kinds.contains_key(k.name)).map(|k| k.name).collect::<Vec<_>>();
    assert!(unused.is_empty(), "no mutation of {unused:?}");
}

/// What is changed in a file, the rule that tells of it, and where its code stands in the 999 or TA1.
const ENVELOPE: &[(&str, &str, &str, &str)] = &[
    ("ISA*00*", "ISA*99*", "ELE-CODE ISA01", "TA1*000000101*260105*1200*E*010~"),
    ("*00*          *ZZ*SENDER", "*77*          *ZZ*SENDER", "ELE-CODE ISA03", "TA1*000000101*260105*1200*E*012~"),
    ("*ZZ*SENDER", "*QQ*SENDER", "ELE-CODE ISA05", "TA1*000000101*260105*1200*E*005~"),
    ("*ZZ*RECEIVER", "*QQ*RECEIVER", "ELE-CODE ISA07", "TA1*000000101*260105*1200*E*007~"),
    ("*260105*1200*^", "*260199*1200*^", "ELE-DATE ISA09", "TA1*000000101*260199*1200*E*014~"),
    ("*260105*1200*^", "*260105*2500*^", "ELE-TIME ISA10", "TA1*000000101*260105*2500*E*015~"),
    ("*00501*", "*00401*", "ELE-CODE ISA12", "TA1*000000101*260105*1200*E*017~"),
    ("*000000101*0*T", "*00000010A*0*T", "ISA-CONTROL ISA13", "*R*018~"),
    ("*000000101*0*T", "*000000101*7*T", "ELE-CODE ISA14", "*E*019~"),
    ("*000000101*0*T", "*000000101*0*Q", "ELE-CODE ISA15", "*E*020~"),
    ("IEA*1*", "IEA*2*", "IEA-COUNT IEA01", "*E*021~"),
    ("IEA*1*000000101", "IEA*1*000000102", "IEA-CONTROL IEA02", "*E*001~"),
    ("IEA*1*000000101~", "", "IEA-MISSING IEA", "*E*023~"),
    ("GE*1*", "XX*1~GE*1*", "STRAY-SEGMENT XX", "*E*024~"),
    ("GS*HP*", "XX*1~GS*HP*", "STRAY-SEGMENT XX", "*E*022~"),
    ("GS*HP*", "GS*HC*", "ST-GROUP ST01", "IK5*R*18~"),
    ("GS*HP*SENDER01", "GS*HP*S", "ELE-SHORT GS02", "*E*024~"),
    ("*20260105*1200*101", "*20261305*1200*101", "ELE-DATE GS04", "*E*024~"),
    ("*20260105*1200*101", "*20260105*12*101", "ELE-SHORT GS05", "*E*024~"),
    ("*101*X*", "*101*T*", "ELE-CODE GS07", "*E*024~"),
    ("*X*005010X221A1", "*X*005010X999", "GS-VERSION GS08", "AK9*R*1*1*0*2~"),
    ("*X*005010X221A1", "*X*005010X999", "ST-SUPPORT ST01", "IK5*R*1~"),
    ("GE*1*101", "GE*2*101", "GE-COUNT GE01", "AK9*E*2*1*1*5~"),
    ("GE*1*101", "GE*1*102", "GE-CONTROL GE02", "AK9*E*1*1*1*4~"),
    ("GE*1*101~", "", "GE-MISSING GE", "AK9*E*1*1*1*3~"),
    ("ST*835*0001", "ST*835*0001*005010X222A1", "ST-CONVENTION ST03", "IK5*R*19"),
    ("SE*55*", "SE*60*", "SE-COUNT SE01", "IK5*R*4~"),
    ("*0001~GE", "*0002~GE", "SE-CONTROL SE02", "IK5*R*3~"),
    ("SE*55*0001~", "", "SE-MISSING SE", "IK5*R*2~"),
    ("ST*835*0001~", "ST*836*0001~", "ST-IDENTIFIER ST01", "AK9*R*1*1*0~"),
];

#[test]
fn mutations_of_the_envelope_bring_what_they_state() {
    let base = Base::read("835.edi", "005010X221A1", "835");
    let clean = base.render(&base.body);
    for (from, to, told, code) in ENVELOPE {
        assert!(clean.contains(from), "{from}");
        let changed = clean.replacen(from, to, 1);
        let (findings, _) = answer(&changed);
        let names = findings
            .iter()
            .map(|f| format!("{} {}", f.rule, f.element.as_ref().or(f.segment.as_ref()).unwrap()))
            .collect::<Vec<_>>();
        assert!(names.iter().any(|name| name == told), "{to}: {names:?}");
        let acks = answers(&changed);
        assert!(acks.iter().any(|ack| ack.contains(code)), "{to}: {code} {acks:#?}");
    }
}
