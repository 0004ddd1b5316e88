//! Writes the large code lists of `edi_core::codes` from their CSV files:
//!
//! ```text
//! cargo run --example pack_codes -- ICD10CM.csv HCPCS.csv edi-core/src/codes/data
//! ```
//!
//! `ICD10CM.csv` has columns `code, billable (Y or N), title`; `HCPCS.csv` has `code, short_description, added,
//! terminated` among others, dates as `2024-06-30`. Two files come of each: `.codes`, sorted lines of one
//! width that are searched in place, and `.titles.bin`, their titles deflated in blocks with an index before them.

use flate2::{Compression, write::DeflateEncoder};
use std::{error::Error, fs, io::Write, path::Path};

/// Titles in a block: larger blocks pack better, smaller ones inflate faster.
const BLOCK: usize = 256;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [icd, hcpcs, folder] = args.as_slice() else {
        return Err("usage: pack_codes ICD10CM.csv HCPCS.csv FOLDER".into());
    };
    let folder = Path::new(folder);
    let icd = rows(icd, ["code", "billable", "title"])?;
    let lines = icd.iter().map(|[code, billable, title]| (format!("{code:<7}{billable}"), title.clone()));
    write(folder, "icd10cm", lines.collect())?;
    let hcpcs = rows(hcpcs, ["code", "short_description", "added", "terminated"])?;
    let lines = hcpcs.iter().map(|[code, title, added, terminated]| {
        let compact = |date: &String| date.replace('-', "");
        (format!("{code:<5} {:<8} {:<8}", compact(added), compact(terminated)), title.clone())
    });
    write(folder, "hcpcs", lines.collect())
}

/// The named columns of a CSV file.
fn rows<const N: usize>(path: &str, columns: [&str; N]) -> Outcome<Vec<[String; N]>> {
    let mut reader = csv::Reader::from_path(path)?;
    let headers = reader.headers()?.clone();
    let mut at = [0; N];
    for (at, name) in at.iter_mut().zip(columns) {
        *at = headers.iter().position(|header| header == name).ok_or_else(|| format!("{path}: no column {name}"))?;
    }
    let row = |record: csv::StringRecord| at.map(|at| record.get(at).unwrap_or_default().to_owned());
    reader.into_records().map(|record| Ok(row(record?))).collect()
}

/// Writes the lines, sorted, and beside them their titles.
fn write(folder: &Path, name: &str, mut lines: Vec<(String, String)>) -> Outcome<()> {
    lines.sort();
    let width = lines.first().map_or(0, |(line, _)| line.len());
    if lines.iter().any(|(line, title)| line.len() != width || title.contains('\n')) {
        return Err(format!("{name}: a code or date is too long, or a title has two lines").into());
    }
    let codes: String = lines.iter().map(|(line, _)| format!("{line}\n")).collect();
    fs::write(folder.join(format!("{name}.codes")), codes)?;
    let titles: Vec<&str> = lines.iter().map(|(_, title)| title.as_str()).collect();
    fs::write(folder.join(format!("{name}.titles.bin")), pack(&titles)?)?;
    Ok(())
}

/// Titles per block, number of blocks, where each starts and the last one ends, then the blocks.
fn pack(titles: &[&str]) -> Outcome<Vec<u8>> {
    let mut offsets = vec![0];
    let mut data = Vec::new();
    for block in titles.chunks(BLOCK) {
        let mut encoder = DeflateEncoder::new(&mut data, Compression::best());
        encoder.write_all(block.join("\n").as_bytes())?;
        encoder.finish()?;
        offsets.push(data.len());
    }
    let mut file = Vec::new();
    for number in [BLOCK, offsets.len() - 1].into_iter().chain(offsets) {
        file.extend(u32::try_from(number)?.to_le_bytes());
    }
    file.extend(data);
    Ok(file)
}
