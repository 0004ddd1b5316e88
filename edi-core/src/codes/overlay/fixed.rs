//! Lists of fixed columns, as CMS publishes them. Columns are counted in characters, from 1 in the layouts.

use super::{LoadError, Loaded, load::one_line};
use crate::codes::{Life, ProcedureShape, icd10cm, is_modifier, procedure_shape};
use chrono::NaiveDate;

/// Columns `from` to `to`, both counted, from 1; shorter where the line is.
fn columns(line: &str, from: usize, to: usize) -> &str {
    let mut ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
    let start = ends.nth(from - 1).unwrap_or(line.len());
    let end = ends.nth(to - from).unwrap_or(line.len());
    line.get(start..end).unwrap_or_default()
}

fn numbered(text: &str) -> impl Iterator<Item = (u64, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty())
}

/// Whether it is a line of the ICD-10-CM order file: order number in 1-5, code in 7-13, validity in 15, short
/// text in 17-76, long text from 78 on.
pub(super) fn is_order_line(line: &str) -> bool {
    let number = columns(line, 1, 5);
    number.len() == 5
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && columns(line, 6, 6) == " "
        && icd10cm::is_shape(columns(line, 7, 13).trim_end())
        && matches!(columns(line, 15, 15), "0" | "1")
}

/// The order file: every code, with its validity: 1 is billable, 0 a header.
pub(super) fn order_file(text: &str, file: &str) -> Result<Vec<Loaded>, LoadError> {
    let entry = |(number, line)| {
        if !is_order_line(line) {
            let expected = "an order number in columns 1-5, a code in 7-13 and 0 or 1 in 15";
            return Err(LoadError::line(file, number, format!("'{}'", columns(line, 1, 20)), expected));
        }
        let long = columns(line, 78, usize::MAX).trim();
        let title = if long.is_empty() { columns(line, 17, 76) } else { long };
        Ok(Loaded {
            code: columns(line, 7, 13).trim_end().to_owned(),
            title: one_line(title),
            billable: Some(columns(line, 15, 15) == "1"),
            life: Life::default(),
        })
    };
    numbered(text).map(entry).collect()
}

/// Whether it is a line of the plain ICD-10-CM code file: code in 1-7, a space, text.
pub(super) fn is_code_line(line: &str) -> bool {
    icd10cm::is_shape(columns(line, 1, 7).trim_end())
        && columns(line, 8, 8) == " "
        && !columns(line, 9, 9).trim().is_empty()
}

/// Whether it is such a line, and its code cannot be one of HCPCS.
pub(super) fn is_short_code_line(line: &str) -> bool {
    is_code_line(line) && columns(line, 1, 5).trim_end().len() < 5
}

/// The plain code file: billable codes only.
pub(super) fn code_file(text: &str, file: &str) -> Result<Vec<Loaded>, LoadError> {
    let entry = |(number, line)| {
        if !is_code_line(line) {
            let expected = "a diagnosis code in columns 1-7 and its text from 9 on";
            return Err(LoadError::line(file, number, format!("'{}'", columns(line, 1, 20)), expected));
        }
        Ok(Loaded {
            code: columns(line, 1, 7).trim_end().to_owned(),
            title: one_line(columns(line, 9, usize::MAX)),
            billable: Some(true),
            life: Life::default(),
        })
    };
    numbered(text).map(entry).collect()
}

/// Whether it is a line of the HCPCS file: code in 1-5, sequence in 6-10, kind of record in 11 (3 a code, 7 a
/// modifier, 4 and 8 more of the text before them).
pub(super) fn is_hcpcs_line(line: &str) -> bool {
    let sequence = columns(line, 6, 10);
    let code = columns(line, 1, 5).trim();
    sequence.len() == 5
        && sequence.bytes().all(|byte| byte.is_ascii_digit())
        && match columns(line, 11, 11) {
            "3" | "4" => procedure_shape(code) == Some(ProcedureShape::Hcpcs),
            "7" | "8" => is_modifier(code),
            _ => false,
        }
}

/// The HCPCS file: long text in 12-91, short text in 92-119, day added in 269-276, last day in 285-292. Its
/// modifiers are left out, for they are another set; continued texts are joined.
pub(super) fn hcpcs_file(text: &str, file: &str) -> Result<Vec<Loaded>, LoadError> {
    let mut entries: Vec<Loaded> = Vec::new();
    for (number, line) in numbered(text) {
        let shown = || format!("'{}'", columns(line, 1, 20));
        if !is_hcpcs_line(line) {
            let expected = "a code in columns 1-5, a sequence number in 6-10 and 3, 4, 7 or 8 in 11";
            return Err(LoadError::line(file, number, shown(), expected));
        }
        let code = columns(line, 1, 5).trim();
        let long = columns(line, 12, 91).trim();
        match (columns(line, 11, 11), entries.last_mut()) {
            ("3", _) => entries.push(Loaded {
                code: code.to_owned(),
                title: one_line(long),
                life: hcpcs_life(line, number, file)?,
                billable: None,
            }),
            ("4", Some(entry)) if entry.code == code => entry.title = one_line(&format!("{} {long}", entry.title)),
            ("4", _) => return Err(LoadError::line(file, number, shown(), "the first line of this code before it")),
            _ => {}
        }
    }
    Ok(entries)
}

fn hcpcs_life(line: &str, number: u64, file: &str) -> Result<Life, LoadError> {
    let date = |from, to| match columns(line, from, to).trim() {
        "" => Ok(None),
        text => NaiveDate::parse_from_str(text, "%Y%m%d")
            .map(Some)
            .map_err(|_| LoadError::line(file, number, format!("'{text}'"), format!("a date in columns {from}-{to}"))),
    };
    let last = date(285, 292)?;
    Ok(Life { start: date(269, 276)?, stop: last.and_then(|last| last.succ_opt()), ..Life::default() })
}
