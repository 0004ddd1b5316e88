//! From the lines of a guide file to a [`Guide`].

use super::codes::CodeList;
use super::dictionary::{DataElement, Dictionary, Part, PartKind};
use super::parse::{GuideError, Item, Line, item, lines};
use super::states::States;
use super::table::{Child, ElementUse, Guide, Loop, LoopIndex, SegmentUse, Usage, UseIndex};
use crate::Text;

/// The most loops, and the most segment uses, in a guide.
const TABLE_LIMIT: usize = 4096;
/// The most loops inside one another.
const DEPTH_LIMIT: usize = 16;

impl Guide {
    /// Parses a guide file. The syntax is that of the built-in files: see `data/005010X222A1.guide`.
    ///
    /// # Errors
    /// Names the line that is not understood, or whose segment or element the dictionary does not have.
    pub fn parse(text: &str) -> Result<Self, GuideError> {
        let mut builder = Builder::new();
        for line in lines(text) {
            builder.add(line)?;
        }
        builder.finish()
    }
}

/// What is open while the lines are read.
struct Builder {
    guide: Guide,
    /// Loops that are open, with the indentation of what stands in them.
    open: Vec<(LoopIndex, usize)>,
    /// Indentation of the last element line; deeper ones are its components.
    element_indent: Option<usize>,
    /// The elements that the last element line spoke of.
    last: (u16, u16),
    /// The line of each loop.
    loop_lines: Vec<usize>,
}

impl Builder {
    fn new() -> Self {
        let root = Loop {
            id: Text::default(),
            title: Text::new("transaction set"),
            usage: Usage::Required,
            max: 0,
            parent: LoopIndex(0),
            depth: 0,
            start: UseIndex(0),
            children: Vec::new(),
        };
        let guide = Guide {
            id: Text::default(),
            title: Text::default(),
            transaction: Text::default(),
            functional_id: Text::default(),
            also: Vec::new(),
            loops: vec![root],
            uses: Vec::new(),
            waivers: Vec::new(),
            states: States::default(),
        };
        Self { guide, open: vec![(LoopIndex(0), 0)], element_indent: None, last: (0, 0), loop_lines: vec![1] }
    }

    fn add(&mut self, line: Line<'_>) -> Result<(), GuideError> {
        match line.parse(item)? {
            Item::Header { key, value } => self.header(key, value),
            Item::Element { from, to, usage, codes, external } => {
                let codes = CodeList::new(codes.into_iter().map(Text::new).collect());
                let told = Told { usage, codes, external: external.map(Text::new) };
                return self.element(line, (from, to), &told);
            }
            Item::Loop { id, usage, repeats, title } => {
                let parent = self.enclosing(line)?;
                let index = self.open_loop(parent, id, usage, repeats, title);
                self.open.push((index, line.indent + 2));
                if self.open.len() > DEPTH_LIMIT {
                    return Err(line.error(format!("more than {DEPTH_LIMIT} loops inside one another")));
                }
            }
            Item::Same { id, usage, repeats } => {
                let parent = self.enclosing(line)?;
                let found = self.guide.loops.iter().position(|l| l.id == id);
                let original = found.ok_or_else(|| line.error(format!("loop {id} is not above")))?;
                let original = LoopIndex(u16::try_from(original).unwrap_or(u16::MAX));
                if self.open.iter().any(|(open, _)| *open == original) {
                    return Err(line.error(format!("loop {id} cannot hold itself")));
                }
                let copy = self.copy_loop(original, parent);
                let copy = &mut self.guide.loops[usize::from(copy.0)];
                (copy.usage, copy.max) = (usage, repeats);
            }
            Item::Segment { id, position, usage, max, title } => {
                let parent = self.enclosing(line)?;
                let shape = Dictionary::x12().segment(id);
                let shape = shape.ok_or_else(|| line.error(format!("the dictionary has no segment {id}")))?;
                let elements = shape.parts.iter().map(unlisted).collect();
                let segment = SegmentUse {
                    id: Text::new(id),
                    title: Text::new(title),
                    position,
                    usage,
                    max,
                    in_loop: parent,
                    elements,
                    notes: &shape.notes,
                    key: &shape.key,
                };
                self.push_use(segment);
                self.element_indent = None;
            }
        }
        self.loop_lines.resize(self.guide.loops.len(), line.number);
        match self.guide.loops.len().max(self.guide.uses.len()) > TABLE_LIMIT {
            true => Err(line.error(format!("more than {TABLE_LIMIT} loops or segments"))),
            false => Ok(()),
        }
    }

    fn header(&mut self, key: &str, value: &str) {
        let value = Text::new(value);
        match key {
            "guide" => self.guide.id = value,
            "title" => self.guide.title = value,
            "transaction" => self.guide.transaction = value,
            "group" => self.guide.functional_id = value,
            _ => self.guide.also.push(value),
        }
    }

    /// The loop that a line of this indentation stands in; deeper ones are closed.
    fn enclosing(&mut self, line: Line<'_>) -> Result<LoopIndex, GuideError> {
        self.open.retain(|(_, indent)| *indent <= line.indent);
        match self.open.last() {
            Some((index, indent)) if *indent == line.indent => Ok(*index),
            _ => Err(line.error("the indentation fits no loop")),
        }
    }

    fn open_loop(&mut self, parent: LoopIndex, id: &str, usage: Usage, max: u32, title: &str) -> LoopIndex {
        let index = LoopIndex(u16::try_from(self.guide.loops.len()).unwrap_or(u16::MAX));
        let depth = self.guide.loop_at(parent).depth.saturating_add(1);
        let start = UseIndex(u16::try_from(self.guide.uses.len()).unwrap_or(u16::MAX));
        let (id, title) = (Text::new(id), Text::new(title));
        self.guide.loops.push(Loop { id, title, usage, max, parent, depth, start, children: Vec::new() });
        self.guide.loops[usize::from(parent.0)].children.push(Child::Loop(index));
        index
    }

    fn push_use(&mut self, segment: SegmentUse) {
        let index = UseIndex(u16::try_from(self.guide.uses.len()).unwrap_or(u16::MAX));
        self.guide.loops[usize::from(segment.in_loop.0)].children.push(Child::Use(index));
        self.guide.uses.push(segment);
    }

    /// Copies a loop with all that it holds, under another parent.
    fn copy_loop(&mut self, original: LoopIndex, parent: LoopIndex) -> LoopIndex {
        let Loop { id, title, usage, max, children, .. } = self.guide.loop_at(original).clone();
        let copy = self.open_loop(parent, &id, usage, max, &title);
        for child in children {
            match child {
                Child::Use(index) => {
                    let segment = SegmentUse { in_loop: copy, ..self.guide.segment_use(index).clone() };
                    self.push_use(segment);
                }
                Child::Loop(index) => {
                    self.copy_loop(index, copy);
                }
            }
        }
        copy
    }

    /// An element line, or a component line under one.
    fn element(&mut self, line: Line<'_>, (from, to): (u16, u16), told: &Told) -> Result<(), GuideError> {
        let segment = self.guide.uses.last_mut().ok_or_else(|| line.error("an element before any segment"))?;
        let under = self.element_indent.is_some_and(|indent| line.indent > indent);
        let missing = || line.error(format!("{} has no element or component {to}", segment.id));
        let range = usize::from(from).checked_sub(1).filter(|_| from <= to).ok_or_else(missing)?..usize::from(to);
        if !under {
            self.element_indent = Some(line.indent);
            self.last = (from, to);
            let missing = line.error(format!("{} has no element {to}", segment.id));
            segment.elements.get_mut(range).ok_or(missing)?.iter_mut().for_each(|e| told.write_to(e));
            return Ok(());
        }
        let missing = line.error(format!("{} has no component {to} there", segment.id));
        let elements = usize::from(self.last.0).saturating_sub(1)..usize::from(self.last.1);
        for element in segment.elements.get_mut(elements).unwrap_or_default() {
            let components = element.components.get_mut(range.clone()).ok_or_else(|| missing.clone())?;
            components.iter_mut().for_each(|component| told.write_to(component));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Guide, GuideError> {
        if self.guide.id.is_empty() || self.guide.uses.is_empty() {
            return Err(GuideError::new(1, "a guide needs a line `guide ID` and segments"));
        }
        for (l, line) in self.guide.loops.iter().zip(&self.loop_lines).skip(1) {
            if l.children.first() != Some(&Child::Use(l.start)) {
                return Err(GuideError::new(*line, format!("loop {} does not begin with a segment", l.id)));
            }
            if usize::from(l.depth) > DEPTH_LIMIT {
                return Err(GuideError::new(*line, format!("more than {DEPTH_LIMIT} loops inside one another")));
            }
        }
        self.guide.states = States::compile(&self.guide)?;
        Ok(self.guide)
    }
}

/// What a line tells of an element.
struct Told {
    usage: Usage,
    codes: CodeList,
    external: Option<Text>,
}

impl Told {
    fn write_to(&self, element: &mut ElementUse) {
        element.usage = self.usage;
        element.codes = self.codes.clone();
        element.external.clone_from(&self.external);
        element.listed = true;
    }
}

/// An element as the dictionary has it, not yet listed by the guide.
fn unlisted(part: &Part) -> ElementUse {
    match &part.what {
        PartKind::Simple(element) => simple(element, part.repeats),
        PartKind::Composite { number, name, parts } => ElementUse {
            number,
            name,
            data_type: None,
            components: parts.iter().map(|part| simple(part, 1)).collect(),
            ..simple(
                &DataElement { number, name, data_type: super::DataType::Text, min: 0, max: 0, by_previous: false },
                part.repeats,
            )
        },
    }
}

fn simple(element: &DataElement, repeats: u16) -> ElementUse {
    ElementUse {
        number: element.number,
        name: element.name,
        usage: Usage::NotUsed,
        repeats,
        data_type: Some(element.data_type),
        min: element.min,
        max: element.max,
        codes: CodeList::default(),
        external: None,
        by_previous: element.by_previous,
        components: Vec::new(),
        listed: false,
    }
}
