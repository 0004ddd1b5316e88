//! Lists with commas, tabs, semicolons or bars between their fields.

use super::{LoadError, Loaded, load::one_line};
use crate::codes::{CodeSet, Life, is_modifier};
use chrono::{Datelike, NaiveDate};
use csv::StringRecord;

/// What a column holds, and what published lists call it, in lower case without other signs.
const COLUMNS: [(Column, &[&str]); 10] = [
    (
        Column::Code,
        &[
            "code",
            "carc",
            "rarc",
            "reason code",
            "remark code",
            "hcpc",
            "hcpcs",
            "hcpcs code",
            "hcpc code",
            "cpt",
            "cpt code",
            "icd 10 cm code",
            "icd10 code",
            "icd 10 code",
            "diagnosis code",
            "taxonomy code",
        ],
    ),
    (Column::DisplayName, &["display name"]),
    (
        Column::Title,
        &["description", "long description", "title", "text", "name", "full description", "code description"],
    ),
    (Column::Short, &["short description", "short desc", "short title", "medium description"]),
    (Column::Classification, &["classification"]),
    (Column::Specialization, &["specialization"]),
    (
        Column::Start,
        &["start", "start date", "added", "date added", "add date", "add dt", "effective date", "effective"],
    ),
    (Column::Modified, &["modified", "last modified", "last modified date", "last modification date", "modified date"]),
    (
        Column::Stop,
        &[
            "stop",
            "stop date",
            "end date",
            "deactivated",
            "deactivation date",
            "terminated",
            "termination date",
            "term date",
            "term dt",
        ],
    ),
    (Column::Billable, &["billable", "valid", "valid flag"]),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Code,
    DisplayName,
    Title,
    Short,
    Classification,
    Specialization,
    Start,
    Modified,
    Stop,
    Billable,
}

/// The columns by their place.
enum Head {
    /// As the head line names them.
    Named(Vec<Option<Column>>),
    /// No head line: a code, and all that follows is its text.
    Plain,
}

impl Head {
    /// Of a head line; none where it names no code or no text.
    fn of(record: &StringRecord) -> Option<Self> {
        let head = Self::Named(record.iter().map(column_of).collect());
        let texts = [Column::Title, Column::Short, Column::DisplayName, Column::Classification];
        (head.has(Column::Code) && texts.iter().any(|column| head.has(*column))).then_some(head)
    }

    fn has(&self, column: Column) -> bool {
        match self {
            Self::Named(columns) => columns.contains(&Some(column)),
            Self::Plain => column == Column::Code,
        }
    }

    fn field<'r>(&self, record: &'r StringRecord, column: Column) -> &'r str {
        let at = match self {
            Self::Named(columns) => columns.iter().position(|name| *name == Some(column)),
            Self::Plain => (column == Column::Code).then_some(0),
        };
        at.and_then(|at| record.get(at)).unwrap_or_default().trim()
    }

    /// The fullest text that the list gives. NUCC's display name comes first, for its description is a page.
    fn title(&self, record: &StringRecord) -> String {
        if matches!(self, Self::Plain) {
            return one_line(&record.iter().skip(1).collect::<Vec<_>>().join(","));
        }
        let of = |column| one_line(self.field(record, column));
        let specialty = [of(Column::Classification), of(Column::Specialization)];
        let specialty = specialty.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ");
        let texts = [of(Column::DisplayName), specialty, of(Column::Title), of(Column::Short)];
        texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
    }
}

fn column_of(name: &str) -> Option<Column> {
    let signs = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
    let name = one_line(&name.chars().map(signs).collect::<String>());
    let known = COLUMNS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(column, _)| *column);
    known.or_else(|| name.ends_with(" description").then_some(Column::Title))
}

/// Reads the list, and finds out which it is where nobody said so.
pub(super) fn read(text: &str, file: &str, set: Option<CodeSet>) -> Result<(CodeSet, Vec<Loaded>), LoadError> {
    let unrecognized = || LoadError::Unrecognized { file: file.to_owned() };
    let records = records(text, file)?;
    let first = records.first().ok_or_else(|| LoadError::Empty { file: file.to_owned() })?;
    let (head, rows) = match Head::of(first) {
        Some(head) => (head, records.get(1..).unwrap_or_default()),
        // Without a head line only a list of procedures can be told from any other text.
        None if set.is_some() || first.get(0).is_some_and(|code| CodeSet::Cpt.is_shape(code)) => {
            (Head::Plain, records.as_slice())
        }
        None => return Err(unrecognized()),
    };
    let set = set.or_else(|| set_of(&head, rows)).ok_or_else(unrecognized)?;
    let mut entries: Vec<Loaded> = Vec::with_capacity(rows.len());
    for record in rows {
        if set == CodeSet::Hcpcs && is_modifier(head.field(record, Column::Code)) {
            // CMS keeps modifiers in the same file; they are another set.
            continue;
        }
        let entry = entry(&head, record, set, file)?;
        match entries.last_mut().filter(|last| set == CodeSet::Hcpcs && last.code == entry.code) {
            // There a long text goes on in further lines of the same code.
            Some(last) => last.title = format!("{} {}", last.title, entry.title),
            None => entries.push(entry),
        }
    }
    Ok((set, entries))
}

/// All records; the sign between the fields is the one that the first line has most of.
fn records(text: &str, file: &str) -> Result<Vec<StringRecord>, LoadError> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let signs = [b'|', b';', b',', b'\t'];
    let by = signs.into_iter().max_by_key(|sign| first.bytes().filter(|byte| byte == sign).count());
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(by.unwrap_or(b','))
        .from_reader(text.as_bytes());
    let blank = |record: &StringRecord| record.iter().all(|field| field.trim().is_empty());
    let records = reader.records().filter(|record| !record.as_ref().is_ok_and(blank));
    records
        .map(|record| {
            record.map_err(|error| {
                let line = error.position().map_or(0, csv::Position::line);
                LoadError::line(file, line, error.to_string(), "fields with one sign between them")
            })
        })
        .collect()
}

/// Which list it is, by its columns or by the look of its codes; none where two would fit.
fn set_of(head: &Head, rows: &[StringRecord]) -> Option<CodeSet> {
    if head.has(Column::Classification) {
        return Some(CodeSet::Taxonomy);
    }
    let codes: Vec<&str> = rows.iter().map(|row| head.field(row, Column::Code)).collect();
    let all = |looks: fn(&str) -> bool| !codes.is_empty() && codes.iter().all(|code| looks(code));
    if head.has(Column::Billable) && all(|code| CodeSet::Icd10Cm.is_shape(&code.replace('.', ""))) {
        Some(CodeSet::Icd10Cm)
    } else if all(|code| CodeSet::Cpt.is_shape(code)) {
        Some(CodeSet::Cpt)
    } else if all(|code| CodeSet::Taxonomy.is_shape(code)) {
        Some(CodeSet::Taxonomy)
    } else if all(|code| CodeSet::Hcpcs.is_shape(code) || is_modifier(code))
        && codes.iter().any(|code| !is_modifier(code))
    {
        Some(CodeSet::Hcpcs)
    } else if all(is_remark) {
        Some(CodeSet::Rarc)
    } else if all(is_reason) && codes.contains(&"45") && codes.iter().any(|code| code.starts_with('B')) {
        // Numbers alone could be claim status codes as well.
        Some(CodeSet::Carc)
    } else {
        None
    }
}

fn split_letters(code: &str) -> (&str, &str) {
    code.split_at(code.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(code.len()))
}

fn is_number(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_remark(code: &str) -> bool {
    let (letters, number) = split_letters(code);
    matches!(letters, "M" | "MA" | "N") && is_number(number, 4)
}

fn is_reason(code: &str) -> bool {
    let (letters, number) = split_letters(code);
    letters.len() <= 1 && is_number(number, 3)
}

fn entry(head: &Head, record: &StringRecord, set: CodeSet, file: &str) -> Result<Loaded, LoadError> {
    let line = record.position().map_or(0, csv::Position::line);
    let code = set.canonical(head.field(record, Column::Code));
    if code.is_empty() || code.contains(char::is_whitespace) || !set.is_shape(&code) {
        return Err(LoadError::line(file, line, format!("'{code}'"), format!("a code of the set {set}")));
    }
    let date = |column, name| match head.field(record, column) {
        "" => Ok(None),
        text => date(text).map(Some).ok_or_else(|| {
            let expected = format!("a {name} date such as 2026-07-01 or 7/1/2026");
            LoadError::line(file, line, format!("'{text}'"), expected)
        }),
    };
    let stop = date(Column::Stop, "stop")?;
    // HCPCS publishes the last day of use, the other lists the first day without it.
    let stop = if set == CodeSet::Hcpcs { stop.and_then(|last| last.succ_opt()) } else { stop };
    let (start, modified) = (date(Column::Start, "start")?, date(Column::Modified, "last modified")?);
    let billable = match head.field(record, Column::Billable) {
        "" => None,
        flag => Some(matches!(flag, "1" | "Y" | "y" | "yes" | "true" | "TRUE")),
    };
    // A list of diagnoses that marks no headers is a list of billable ones.
    let billable = if set == CodeSet::Icd10Cm { billable.or(Some(true)) } else { None };
    Ok(Loaded { code, title: head.title(record), life: Life { start, modified, stop, ..Life::default() }, billable })
}

/// A date as published lists write it. Two digits of a year are refused, rather than taken for the first century.
fn date(text: &str) -> Option<NaiveDate> {
    let dates = ["%Y-%m-%d", "%Y%m%d", "%m/%d/%Y"].iter().filter_map(|form| NaiveDate::parse_from_str(text, form).ok());
    dates.into_iter().find(|date| date.year() >= 1900)
}
