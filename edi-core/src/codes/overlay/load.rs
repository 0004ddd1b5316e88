//! Which list a file is, and the overlay made of it.

use super::{LoadError, Loaded, Overlay, delimited, fixed};
use crate::codes::CodeSet;
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// What the user says about a list; what is left out is found in the file or its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// Which set it is of.
    pub set: Option<CodeSet>,
    /// Which version it is.
    pub version: Option<String>,
    /// First day of service that it speaks for.
    pub from: Option<NaiveDate>,
    /// Last day of service that it speaks for.
    pub to: Option<NaiveDate>,
}

/// Reads a published list. Its bytes are UTF-8 or Windows-1252; `file` is its name, for messages and as the version.
///
/// | list | form |
/// |---|---|
/// | CARC, RARC, status codes, ... | CSV or tabs with a head line: code, description, start, last modified, stop |
/// | ICD-10-CM | the order file, or the plain code file, of CMS; or CSV with code, billable, description |
/// | HCPCS | the fixed-width file of CMS; or CSV with code, description, added, terminated |
/// | provider taxonomy | the CSV of NUCC |
/// | CPT | code and description with a tab or comma between them, with or without a head line |
///
/// The period it speaks for is taken from the file's name where that follows CMS (`icd10cm_order_2026.txt`,
/// `HCPC2026_APR_ANWEB.txt`). CMS gives the April release of ICD-10-CM the name of the October one: say `from`
/// to tell them apart. A list without a period speaks for every day.
///
/// # Errors
/// Where the list is not recognised, holds no code, or a line is not as its form says.
pub fn load(bytes: &[u8], file: &str, options: LoadOptions) -> Result<Overlay, LoadError> {
    let text = decode(bytes);
    let (set, mut entries) = read(&text, file, options.set)?;
    entries.sort_by(|a, b| a.code.cmp(&b.code));
    // A list may say a code twice, once for each text: the first one stands.
    entries.dedup_by(|later, first| later.code == first.code);
    if entries.is_empty() {
        return Err(LoadError::Empty { file: file.to_owned() });
    }
    let source = file.rsplit(['/', '\\']).next().unwrap_or(file).to_owned();
    let stem = source.split_once('.').map_or(source.as_str(), |(stem, _)| stem).to_owned();
    let (from, to) = period(set, &source).unzip();
    Ok(Overlay {
        set,
        version: one_line(&options.version.unwrap_or(stem)),
        source: one_line(&source),
        sha256: Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
        from: options.from.or(from),
        to: options.to.or(to),
        entries,
    })
}

/// The text of a file: published lists are UTF-8, with or without its mark, or Windows-1252.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

fn read(text: &str, file: &str, set: Option<CodeSet>) -> Result<(CodeSet, Vec<Loaded>), LoadError> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let may_be = |candidate| set.is_none_or(|set| set == candidate);
    if may_be(CodeSet::Icd10Cm) && fixed::is_order_line(first) {
        return Ok((CodeSet::Icd10Cm, fixed::order_file(text, file)?));
    }
    // Five characters could be HCPCS as well; the list of CMS begins with four.
    if set == Some(CodeSet::Icd10Cm) && fixed::is_code_line(first) || set.is_none() && fixed::is_short_code_line(first)
    {
        return Ok((CodeSet::Icd10Cm, fixed::code_file(text, file)?));
    }
    if may_be(CodeSet::Hcpcs) && fixed::is_hcpcs_line(first) {
        return Ok((CodeSet::Hcpcs, fixed::hcpcs_file(text, file)?));
    }
    delimited::read(text, file, set)
}

/// A text that fits into a field of ours.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The days that a list of CMS speaks for, by its name. A fiscal year of ICD-10-CM begins in October before it;
/// HCPCS comes by quarter.
fn period(set: CodeSet, name: &str) -> Option<(NaiveDate, NaiveDate)> {
    let name = name.to_ascii_lowercase();
    let digits = name.split(|c: char| !c.is_ascii_digit());
    let year: i32 = digits.filter(|part| part.len() == 4).find_map(|part| part.parse().ok())?;
    let day = NaiveDate::from_ymd_opt;
    match set {
        CodeSet::Icd10Cm => Some((day(year - 1, 10, 1)?, day(year, 9, 30)?)),
        CodeSet::Hcpcs => {
            let quarter = ["jan", "apr", "jul", "oct"].iter().position(|month| name.contains(month))?;
            let start = day(year, 3 * u32::try_from(quarter).ok()? + 1, 1)?;
            Some((start, start.checked_add_months(chrono::Months::new(3))?.pred_opt()?))
        }
        _ => None,
    }
}
