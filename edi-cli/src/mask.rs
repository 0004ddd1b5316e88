//! Private data on its way to a screen: masked unless `--phi` is given.

use crate::context::Context;
use edi_core::Finding;
use edi_core::guide::Dictionary;
use edi_core::lex::Segment;

/// Elements that hold names, addresses, identifiers, dates of birth or free text of a person.
const PRIVATE: [(&str, &[usize]); 15] = [
    ("NM1", &[3, 4, 5, 7, 9]),
    ("N1", &[2, 4]),
    ("N2", &[1, 2]),
    ("N3", &[1, 2]),
    ("N4", &[1, 3]),
    ("PER", &[2, 4, 6, 8]),
    ("DMG", &[2]),
    ("REF", &[2, 3, 4]),
    ("SBR", &[3, 4]),
    ("PAT", &[6]),
    ("INS", &[12]),
    ("NTE", &[2]),
    ("MSG", &[1]),
    ("K3", &[1]),
    ("BPR", &[9, 15]),
];

/// Whether an element of a segment is private.
pub fn is_private(segment: &str, element: usize) -> bool {
    PRIVATE.iter().any(|(id, elements)| *id == segment && elements.contains(&element))
}

/// Whether a value may be shown: its place is not private, and it is of the kind that belongs there.
fn is_plain(segment: &str, element: usize, component: Option<usize>, value: &str) -> bool {
    !is_private(segment, element) && Dictionary::x12().could_hold(segment, element, component, value)
}

impl Context {
    /// A person's name, or its first letter.
    pub fn name(&self, name: &str) -> String {
        if self.phi || name.is_empty() { name.to_owned() } else { first_letter(name) }
    }

    /// A member id or other identifier of a person, or its last two characters.
    pub fn id(&self, id: &str) -> String {
        if self.phi || id.is_empty() { id.to_owned() } else { last_two(id) }
    }

    /// The value that a finding found, unless it is private.
    pub fn found(&self, finding: &Finding) -> Option<String> {
        let value = finding.value.as_ref()?;
        let element = finding.locus.element.map_or(0, usize::from);
        let component = finding.locus.component.map(usize::from);
        let private = finding.segment.as_ref().is_none_or(|id| !is_plain(id, element, component, value));
        Some(if private && !self.phi { shape(value) } else { value.to_string() })
    }

    /// A segment's text, its private elements as rows of `x` of the same length. So is an id that X12 does not
    /// have: it may be the rest of a name.
    pub fn segment(&self, segment: &Segment<'_>) -> String {
        let id = segment.id_text();
        let delimiters = segment.delimiters();
        let known = self.phi || Dictionary::x12().knows(&id);
        let mut text = if known { id.clone().into_owned() } else { shape(&id) };
        for (element, n) in segment.elements().zip(1..) {
            text.push(char::from(delimiters.element));
            let value = element.text();
            if self.phi || is_plain(&id, n, None, &value) {
                text.push_str(&value);
            } else {
                text.push_str(&shape(&value));
            }
        }
        text
    }
}

/// Letters and digits as `x`; the rest, which shows the structure, as it is.
fn shape(value: &str) -> String {
    value.chars().map(|c| if c.is_alphanumeric() { 'x' } else { c }).collect()
}

fn first_letter(name: &str) -> String {
    let first: String = name.chars().take(1).collect();
    format!("{first}***")
}

fn last_two(id: &str) -> String {
    let count = id.chars().count();
    let last: String = id.chars().skip(count.saturating_sub(2)).collect();
    if count > 4 { format!("***{last}") } else { "***".to_owned() }
}
