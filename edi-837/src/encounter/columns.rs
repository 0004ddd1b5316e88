//! The one table of columns: it serves import, checks, schema, template and boxes, and leads from an element
//! back to the column it came from.

use super::set::Set;
use edi_core::Text;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Number of a row in the table; rows stand in the order in which their elements are written.
pub type ColumnId = usize;

/// How a value is read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Any text of at most so many characters.
    Text(usize),
    /// An identifier of at most so many characters.
    Id(usize),
    /// One of these codes.
    Code(Vec<Text>),
    /// A national provider identifier.
    Npi,
    /// A day; one that may lie in the future where the flag is set.
    Date(bool),
    /// A day or two days; as [`Kind::Date`].
    Period(bool),
    /// An amount of at most two decimals.
    Money,
    /// A quantity.
    Quantity,
    /// A whole number.
    Number,
    /// A ZIP code, or a postal code of another country.
    Zip,
    /// A state or province.
    State,
    /// A country of two or three letters.
    Country,
    /// A telephone number.
    Phone,
    /// `Y`, or nothing for no.
    Flag,
    /// `F`, `M` or `U`.
    Sex,
    /// A social security number.
    Ssn,
    /// Relation to the subscriber.
    Relationship,
    /// A provider taxonomy code.
    Taxonomy,
    /// An ICD-10-CM code.
    Diagnosis,
    /// A CPT or HCPCS code.
    Procedure,
    /// A procedure modifier.
    Modifier,
    /// A place of service.
    Place,
    /// A national drug code.
    Ndc,
    /// Pointers to diagnoses.
    Pointers,
    /// Adjustments of another payer.
    Adjustments,
}

impl Kind {
    /// Id of the rule that a value breaks which cannot be read.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Text(_) => "ENC-TEXT",
            Self::Id(_) => "ENC-ID",
            Self::Code(_) => "ENC-CODE",
            Self::Npi => "ENC-NPI",
            Self::Date(_) | Self::Period(_) => "ENC-DATE",
            Self::Money => "ENC-MONEY",
            Self::Quantity | Self::Number => "ENC-NUMBER",
            Self::Zip => "ENC-ZIP",
            Self::State | Self::Country => "ENC-STATE",
            Self::Phone => "ENC-PHONE",
            Self::Flag => "ENC-FLAG",
            Self::Sex => "ENC-SEX",
            Self::Ssn => "ENC-SSN",
            Self::Relationship => "ENC-RELATIONSHIP",
            Self::Taxonomy => "ENC-TAXONOMY",
            Self::Diagnosis => "ENC-DIAGNOSIS",
            Self::Procedure => "ENC-PROCEDURE",
            Self::Modifier => "ENC-MODIFIER",
            Self::Place => "ENC-PLACE",
            Self::Ndc => "ENC-NDC",
            Self::Pointers => "ENC-POINTER",
            Self::Adjustments => "ENC-ADJUSTMENTS",
        }
    }
}

/// A column, or a constant that stands beside columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name; of a constant, its value behind a `=`.
    pub name: String,
    /// Loop (`2310B`).
    pub loop_id: String,
    /// Segment id.
    pub segment: String,
    /// First element of the segment, where that tells it apart (`82` of NM1, `G1` of REF); empty otherwise.
    pub qualifier: String,
    /// Element, from 1; 0 where the column only completes another one.
    pub element: usize,
    /// Component, from 1; 0 where the element is no composite.
    pub component: usize,
    /// How it is read.
    pub kind: Kind,
    /// It must be given, unless it has a default.
    pub required: bool,
    /// What stands there where it is not given.
    pub default: Option<Text>,
    /// It counts only where this column is given.
    pub with: Option<ColumnId>,
    /// Field of the CMS-1500; empty where it has none.
    pub field: String,
    /// What it is.
    pub doc: String,
    /// Number of the segment that it stands in.
    pub group: usize,
    /// It belongs to a service line.
    pub of_line: bool,
    /// Name of its block, where it is one of several (`other` of `other2_payer_id`); empty otherwise.
    pub block: String,
    /// Number in its block, from 1; 0 outside a block.
    pub number: u32,
}

impl Column {
    /// Whether it is a constant, not a column.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.name.starts_with('=')
    }

    /// Whether a file may give it.
    #[must_use]
    pub fn is_given(&self) -> bool {
        !self.is_constant() && !self.name.starts_with('*')
    }

    /// Its name in its block (`payer_id` of `other2_payer_id`); empty where the block is all of the name (`dx2`).
    #[must_use]
    pub fn name_in_block(&self) -> &str {
        let rest = self.name.strip_prefix(&self.block).unwrap_or(&self.name);
        rest.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('_')
    }

    /// The constant's value, or the default.
    pub(crate) fn fallback(&self) -> Option<Text> {
        self.name.strip_prefix('=').map(Text::new).or_else(|| self.default.clone())
    }
}

/// The table.
#[derive(Debug, Default)]
pub struct Columns {
    rows: Vec<Column>,
    by_name: HashMap<String, ColumnId>,
    /// Of each segment: constants and defaults that stand in it whenever it stands.
    companions: Vec<Vec<ColumnId>>,
    /// Of each column: constants and defaults that stand where it is given.
    followers: Vec<Vec<ColumnId>>,
    /// Rows that stand in every claim, or in every line.
    always: Vec<ColumnId>,
    /// Rows that must be given: in every claim, in every line.
    required: [Required; 2],
    /// Of each column: columns that must be given where it is.
    wants: Vec<Vec<ColumnId>>,
}

/// Rows of claims or lines that must be given.
#[derive(Debug, Default)]
struct Required {
    /// All of them, in order.
    rows: Vec<ColumnId>,
    /// Those that no other column makes necessary.
    always: Set,
}

/// The table of columns.
#[must_use]
pub fn columns() -> &'static Columns {
    static TABLE: OnceLock<Columns> = OnceLock::new();
    TABLE.get_or_init(|| Columns::parse(include_str!("columns.txt")))
}

/// The number of a column that the code names; a test holds that each one is in the table.
pub(crate) fn id(name: &str) -> ColumnId {
    columns().find(name).unwrap_or(ColumnId::MAX)
}

impl Columns {
    /// All rows, constants too, in order.
    #[must_use]
    pub fn rows(&self) -> &[Column] {
        &self.rows
    }

    /// The row with this number.
    #[must_use]
    pub fn get(&self, id: ColumnId) -> Option<&Column> {
        self.rows.get(id)
    }

    /// The column of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<ColumnId> {
        self.by_name.get(name).copied()
    }

    /// The columns that a file may give.
    pub fn given(&self) -> impl Iterator<Item = &Column> {
        self.rows.iter().filter(|c| c.is_given())
    }

    /// Constants and defaults of a segment.
    pub(crate) fn companions(&self, group: usize) -> &[ColumnId] {
        self.companions.get(group).map_or(&[], Vec::as_slice)
    }

    /// Constants and defaults that stand where a column is given.
    pub(crate) fn followers(&self, id: ColumnId) -> &[ColumnId] {
        self.followers.get(id).map_or(&[], Vec::as_slice)
    }

    /// Defaults that stand in every claim (`of_line` false) or every line.
    pub(crate) fn always(&self, of_line: bool) -> impl Iterator<Item = ColumnId> {
        self.always.iter().copied().filter(move |id| self.rows[*id].of_line == of_line)
    }

    /// Columns that must be given in every claim or line, or where another one is.
    pub(crate) fn required(&self, of_line: bool) -> impl Iterator<Item = ColumnId> {
        self.required[usize::from(of_line)].rows.iter().copied()
    }

    /// Whether all is given that must be, for a claim or line with these columns.
    pub(crate) fn is_complete(&self, there: &Set, given: impl Iterator<Item = ColumnId>, of_line: bool) -> bool {
        let wanted = |id: ColumnId| self.wants.get(id).is_none_or(|wants| wants.iter().all(|want| there.has(*want)));
        there.has_all(&self.required[usize::from(of_line)].always) && given.into_iter().all(wanted)
    }

    /// Parses the table. A line that is none is left out; a test holds that there is no such line.
    fn parse(text: &str) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        let mut block: Option<Block<'_>> = None;
        for line in text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
            match (line.strip_prefix('[').and_then(|l| l.strip_suffix(']')), &mut block) {
                (Some(""), _) => rows.extend(block.take().unwrap_or_default().rows()),
                (Some(head), _) => block = Some(Block::begin(head)),
                (None, Some(block)) => block.lines.push(line),
                (None, None) => rows.extend(Row::parse(line, "", 0)),
            }
        }
        Self::link(rows)
    }

    /// Numbers segments, and links rows to the columns that they name.
    fn link(rows: Vec<Row>) -> Self {
        let none = || vec![Vec::new(); rows.len()];
        let mut table = Self { followers: none(), wants: none(), ..Self::default() };
        let mut segment = String::new();
        let mut withs = Vec::with_capacity(rows.len());
        for (id, mut row) in rows.into_iter().enumerate() {
            if row.key != segment {
                segment = row.key;
                table.companions.push(Vec::new());
            }
            row.column.group = table.companions.len() - 1;
            if !row.column.is_constant() {
                table.by_name.insert(row.column.name.clone(), id);
            }
            withs.push(row.with);
            table.rows.push(row.column);
        }
        // A name behind `with=` may stand further down.
        for (id, with) in withs.into_iter().enumerate() {
            let with = table.by_name.get(&with).copied();
            table.link_row(id, with);
        }
        table
    }

    fn link_row(&mut self, id: ColumnId, with: Option<ColumnId>) {
        let row = &mut self.rows[id];
        row.with = with;
        let stands = row.fallback().is_some();
        match with {
            Some(with) if stands => self.followers[with].push(id),
            None if stands && row.required => self.always.push(id),
            None if stands => self.companions[row.group].push(id),
            with if row.required => {
                let required = &mut self.required[usize::from(row.of_line)];
                required.rows.push(id);
                match with {
                    Some(with) => self.wants[with].push(id),
                    None => required.always.put(id),
                }
            }
            _ => {}
        }
    }
}

/// Rows that stand several times, with their number.
#[derive(Default)]
struct Block<'t> {
    name: &'t str,
    from: u32,
    to: u32,
    lines: Vec<&'t str>,
}

impl<'t> Block<'t> {
    /// `other 1-10`
    fn begin(head: &'t str) -> Self {
        let (name, range) = head.split_once(' ').unwrap_or((head, ""));
        let (from, to) = range.split_once('-').unwrap_or_default();
        Self { name, from: from.parse().unwrap_or(1), to: to.parse().unwrap_or(0), lines: Vec::new() }
    }

    fn rows(self) -> impl Iterator<Item = Row> {
        (self.from..=self.to)
            .flat_map(move |n| self.lines.iter().filter_map(|l| Row::parse(l, self.name, n)).collect::<Vec<_>>())
    }
}

/// A line of the table.
struct Row {
    column: Column,
    /// Loop, segment and qualifier with their numbers: what rows of one segment have in common.
    key: String,
    /// Name of the column behind `with=`.
    with: String,
}

impl Row {
    /// Parses a line, the number of its block put in.
    fn parse(line: &str, block: &str, n: u32) -> Option<Self> {
        let line = line.replace("#+2", &(n + 2).to_string()).replace('#', &n.to_string());
        let mut fields = line.split('|').map(str::trim);
        let (name, place, kind, need) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let (field, doc) = (fields.next()?, fields.next()?);
        let mut words = place.split(' ');
        let (at, segment, qualifier, element) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let (element, component) = element.split_once('.').unwrap_or((element, "0"));
        let option = |key: &str| need.split(' ').find_map(|word| word.strip_prefix(key));
        let column = Column {
            name: name.to_owned(),
            loop_id: loop_name(at).to_owned(),
            segment: segment.to_owned(),
            qualifier: if qualifier.starts_with('-') { String::new() } else { qualifier.to_owned() },
            element: element.parse().ok()?,
            component: component.parse().ok()?,
            kind: kind_of(kind)?,
            required: need.split(' ').any(|word| word == "required"),
            default: option("default=").map(Text::new),
            with: None,
            field: box_name(field, n),
            doc: doc.to_owned(),
            group: 0,
            of_line: at.starts_with("24"),
            block: block.to_owned(),
            number: n,
        };
        let key = format!("{at} {segment} {qualifier}");
        Some(Self { column, key, with: option("with=").unwrap_or_default().to_owned() })
    }
}

/// `23203` is loop 2320, third time; `2330A3` loop 2330A.
fn loop_name(at: &str) -> &str {
    let end = if at.as_bytes().get(4).is_some_and(u8::is_ascii_alphabetic) {
        at.bytes().skip(4).take_while(u8::is_ascii_alphabetic).count() + 4
    } else {
        4
    };
    at.get(..end).unwrap_or(at)
}

/// Diagnoses stand in boxes 21A to 21L.
fn box_name(field: &str, n: u32) -> String {
    match field.strip_prefix("21") {
        Some(rest) if !rest.is_empty() && n > 0 => {
            format!("21{}", char::from_u32(u32::from(b'A') + n - 1).unwrap_or_default())
        }
        _ => field.to_owned(),
    }
}

fn kind_of(text: &str) -> Option<Kind> {
    let (name, detail) = text.split_once(':').unwrap_or((text, ""));
    let any = detail == "any";
    Some(match name {
        "text" => Kind::Text(detail.parse().unwrap_or(usize::MAX)),
        "id" => Kind::Id(detail.parse().unwrap_or(usize::MAX)),
        "code" => Kind::Code(detail.split(' ').map(Text::new).collect()),
        "npi" => Kind::Npi,
        "date" => Kind::Date(any),
        "period" => Kind::Period(any),
        "money" => Kind::Money,
        "quantity" => Kind::Quantity,
        "number" => Kind::Number,
        "zip" => Kind::Zip,
        "state" => Kind::State,
        "country" => Kind::Country,
        "phone" => Kind::Phone,
        "flag" => Kind::Flag,
        "sex" => Kind::Sex,
        "ssn" => Kind::Ssn,
        "relationship" => Kind::Relationship,
        "taxonomy" => Kind::Taxonomy,
        "diagnosis" => Kind::Diagnosis,
        "procedure" => Kind::Procedure,
        "modifier" => Kind::Modifier,
        "pos" => Kind::Place,
        "ndc" => Kind::Ndc,
        "pointers" => Kind::Pointers,
        "adjustments" => Kind::Adjustments,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn every_row_is_read() {
        let text = include_str!("columns.txt");
        let (mut expected, mut times, mut inside) = (0, 1, 0);
        for line in text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
            match line.strip_prefix('[') {
                Some("]") => {
                    expected += times * inside;
                    (times, inside) = (1, 0);
                }
                Some(head) => {
                    let (from, to) = head.trim_end_matches(']').rsplit(' ').next().unwrap().split_once('-').unwrap();
                    expected += inside;
                    times = to.parse::<usize>().unwrap() - from.parse::<usize>().unwrap() + 1;
                    inside = 0;
                }
                None => inside += 1,
            }
        }
        assert_eq!(columns().rows().len(), expected + inside);
        assert!(columns().rows().len() <= Set::COLUMNS);
        let names: Vec<&Column> = columns().rows().iter().filter(|c| !c.is_constant()).collect();
        assert_eq!(columns().by_name.len(), names.len(), "a name stands twice");
        let named = text.matches(" with=").count();
        assert!(columns().rows().iter().filter(|c| c.with.is_some()).count() >= named);
        assert!(columns().rows().iter().all(|c| c.is_constant() == c.doc.is_empty() || c.name.starts_with('*')));
    }

    #[test]
    fn rows_know_their_place() {
        let at = |name: &str| &columns().rows()[id(name)];
        assert_eq!((at("dx3").element, at("dx3").component, at("dx3").field.as_str()), (3, 2, "21C"));
        assert_eq!((at("other2_payer_id").loop_id.as_str(), at("other2_payer_id").qualifier.as_str()), ("2330B", "PR"));
        assert_eq!(at("line_other10_paid").loop_id, "2430");
        assert!(at("line_other10_paid").of_line && !at("other2_payer_id").of_line);
        assert_ne!(at("other1_paid").group, at("other2_paid").group);
        assert_eq!(at("epsdt_condition3").element, 5);
        assert_eq!(at("other1_paid").with, None);
        assert_eq!(at("other3_subscriber_id").with, Some(id("other3_payer_id")));
    }
}
