//! A mapping file: other people's column names, formats, constants and defaults.
//!
//! ```toml
//! [columns]              # their name = ours, or several of ours
//! PatientAcct = "claim_id"
//! Addr = ["patient_address", "subscriber_address"]
//! InternalNote = ""      # known, and left out
//!
//! [constants]            # ours = value, in every row
//! pos = "11"
//!
//! [defaults]             # ours = value, where the file leaves it empty
//! units = "1"
//!
//! [formats]
//! dates = ["%d.%m.%Y"]   # tried in order; see chrono's strftime
//! decimal = ","          # decimal mark; the other mark groups thousands
//! ```

use super::boxes::{self, Target};
use super::columns::{ColumnId, columns};
use super::error::EncounterError;
use edi_core::Text;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How the columns of a file become ours. The default takes our own names.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    /// Their name, in lower case, and the columns it fills.
    columns: BTreeMap<String, Vec<Target>>,
    /// Columns with one value throughout.
    pub(crate) constants: Vec<(ColumnId, Text)>,
    /// Columns with a value where the file has none.
    pub(crate) defaults: Vec<(ColumnId, Text)>,
    /// Formats of dates and numbers.
    pub formats: Formats,
}

/// Formats of dates and numbers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Formats {
    dates: Vec<String>,
    decimal: Option<char>,
}

/// Formats that cannot be mistaken for one another; day before month must be named in a mapping file.
const DATES: [&str; 3] = ["%Y%m%d", "%Y-%m-%d", "%m/%d/%Y"];

impl Formats {
    /// The formats of dates, in the order in which they are tried.
    pub fn dates(&self) -> impl Iterator<Item = &str> {
        let own = self.dates.iter().map(String::as_str);
        own.chain(DATES.into_iter().filter(|_| self.dates.is_empty()))
    }

    /// A number with a decimal point and without marks between thousands; none where the marks stand wrong.
    #[must_use]
    pub fn number<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        let decimal = self.decimal.unwrap_or('.');
        let group = if decimal == ',' { '.' } else { ',' };
        if decimal == '.' && !text.contains(group) {
            return Some(Cow::Borrowed(text));
        }
        let (whole, fraction) = text.split_once(decimal).map_or((text, None), |(w, f)| (w, Some(f)));
        let groups: Vec<&str> = whole.split(group).collect();
        if groups.len() > 1 && (groups[0].is_empty() || groups[1..].iter().any(|g| g.len() != 3)) {
            return None;
        }
        let whole = groups.concat();
        Some(Cow::Owned(fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}"))))
    }
}

/// A mapping file as it stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    columns: BTreeMap<String, Names>,
    #[serde(default)]
    constants: BTreeMap<String, toml::Value>,
    #[serde(default)]
    defaults: BTreeMap<String, toml::Value>,
    #[serde(default)]
    formats: Formats,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Several(Vec<String>),
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// Where it is no TOML, or names a column that we do not have.
    pub fn parse(text: &str) -> Result<Self, EncounterError> {
        let file: File = toml::from_str(text).map_err(|e| EncounterError::Mapping(e.to_string()))?;
        let mut mapping = Self { formats: file.formats, ..Self::default() };
        for (theirs, ours) in file.columns {
            let names = match ours {
                Names::One(name) => vec![name],
                Names::Several(names) => names,
            };
            let mut targets = Vec::new();
            for name in names.iter().filter(|n| !n.is_empty()) {
                targets.extend(own_targets(name).ok_or_else(|| unknown(name))?);
            }
            mapping.columns.insert(theirs.trim().to_lowercase(), targets);
        }
        mapping.constants = values(file.constants)?;
        mapping.defaults = values(file.defaults)?;
        Ok(mapping)
    }

    /// The columns that this name of a file fills; none where it is unknown, an empty list where it is known and
    /// left out. Case, and whether words are joined by spaces, hyphens or underscores, do not count.
    pub(crate) fn targets(&self, name: &str) -> Option<Vec<Target>> {
        let theirs = self.columns.get(&name.trim().to_lowercase());
        theirs.cloned().or_else(|| own_targets(name))
    }
}

/// What one of our own names, or a box of the CMS-1500, fills.
fn own_targets(name: &str) -> Option<Vec<Target>> {
    let plain: String =
        name.trim().to_lowercase().chars().map(|c| if matches!(c, ' ' | '-' | '.') { '_' } else { c }).collect();
    given(&plain).map(|id| vec![Target::column(id)]).or_else(|| boxes::targets(name))
}

/// A column that a file may give.
fn given(name: &str) -> Option<ColumnId> {
    let table = columns();
    table.find(name).filter(|id| table.get(*id).is_some_and(|c| c.is_given()))
}

fn known(name: &str) -> Result<ColumnId, EncounterError> {
    given(name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> EncounterError {
    EncounterError::Mapping(format!("there is no column {name:?}; `edi claims template` lists all"))
}

fn values(table: BTreeMap<String, toml::Value>) -> Result<Vec<(ColumnId, Text)>, EncounterError> {
    let value = |name: String, value: toml::Value| match value {
        toml::Value::String(text) => Ok((known(&name)?, Text::new(text))),
        toml::Value::Integer(number) => Ok((known(&name)?, Text::new(number.to_string()))),
        toml::Value::Boolean(yes) => Ok((known(&name)?, Text::new(yes.to_string()))),
        _ => Err(EncounterError::Mapping(format!("the value of {name:?} must stand in quotes"))),
    };
    table.into_iter().map(|(n, v)| value(n, v)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn numbers_in_other_writings() {
        let formats = |decimal| Formats { decimal, ..Formats::default() };
        for (decimal, text, plain) in [
            (None, "1,234.50", Some("1234.50")),
            (None, "12", Some("12")),
            (None, "1,23", None),
            (Some(','), "1.234,50", Some("1234.50")),
            (Some(','), "12,5", Some("12.5")),
        ] {
            assert_eq!(formats(decimal).number(text).as_deref(), plain);
        }
    }

    #[test]
    fn names_are_mapped() {
        let mapping = Mapping::parse("[columns]\nAcct = \"claim_id\"\nX = \"\"\nA = [\"dx1\", \"dx2\"]").unwrap();
        let id = |name| Target::column(columns().find(name).unwrap());
        assert_eq!(mapping.targets(" acct "), Some(vec![id("claim_id")]));
        assert_eq!(mapping.targets("X"), Some(vec![]));
        assert_eq!(mapping.targets("a"), Some(vec![id("dx1"), id("dx2")]));
        assert_eq!(mapping.targets("Payer ID"), Some(vec![id("payer_id")]));
        assert_eq!(mapping.targets("*self"), None);
        assert_eq!(mapping.targets("nonsense"), None);
        for bad in ["[columns]\na = \"nope\"", "[constants]\npos = 1.5", "[colums]\n", "x"] {
            assert!(Mapping::parse(bad).is_err(), "{bad}");
        }
    }
}
