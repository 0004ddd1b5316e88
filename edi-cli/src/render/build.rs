//! What a run of `edi claims build` did, as words and as JSON; and its manifest.

use crate::context::{Context, stdout};
use crate::exit::Failure;
use edi_837::BuildReport;
use edi_837::encounter::{Problem, Weight};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

/// Form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Lines for people
    Text,
    /// One object
    Json,
}

/// Prints the report: each problem, each file, and where every encounter went.
pub fn report(report: &BuildReport, input: &str, format: Format, context: &Context) -> Result<(), Failure> {
    let mut out = stdout();
    match format {
        Format::Json => {
            let mut value = json!(report);
            if let Some(problems) = value["problems"].as_array_mut() {
                for (shown, problem) in problems.iter_mut().zip(&report.problems) {
                    shown["value"] = json!(value_of(problem, context));
                }
            }
            writeln!(out, "{value:#}")?;
        }
        Format::Text => {
            for column in &report.unknown_columns {
                writeln!(out, "{input}: column {column:?} is none of ours and was left out")?;
            }
            for problem in &report.problems {
                writeln!(out, "{}", line(input, problem, context))?;
            }
            for file in &report.files {
                writeln!(
                    out,
                    "{}: {} claims, {} lines, charge {}, {} transactions, interchange {:09}",
                    file.file, file.claims, file.lines, file.charge, file.transactions, file.interchange
                )?;
            }
            if let Some(rejects) = &report.rejects {
                writeln!(out, "{rejects}: {} encounters to be mended and run again", report.rejected)?;
            }
            tallies(&mut out, report)?;
            let clean = report.clean.saturating_mul(1000).checked_div(report.encounters).unwrap_or(1000);
            writeln!(
                out,
                "{} in = {} written + {} rejected; charge {}; clean-claim rate {}.{} %{}",
                report.encounters,
                report.written,
                report.rejected,
                report.charge,
                clean / 10,
                clean % 10,
                if report.test { "; TEST files (ISA15 T): nothing was booked" } else { "" }
            )?;
        }
    }
    out.flush()?;
    Ok(())
}

/// Findings by rule, and encounters by payer and provider, where there are findings.
fn tallies(out: &mut impl Write, report: &BuildReport) -> std::io::Result<()> {
    for (rule, count) in &report.by_rule {
        writeln!(out, "  rule {rule}: {count}")?;
    }
    let groups = [("payer", &report.by_payer), ("provider", &report.by_provider)];
    for (name, tallies) in groups.into_iter().filter(|_| !report.by_rule.is_empty()) {
        for (key, tally) in tallies {
            writeln!(out, "  {name} {key}: {} encounters, {} rejected", tally.encounters, tally.rejected)?;
        }
    }
    Ok(())
}

/// `file:row: encounter E-1: rendering_npi "...": reason: what to do`.
fn line(input: &str, problem: &Problem, context: &Context) -> String {
    let weight = if problem.weight == Weight::Error { "rejected" } else { "warning" };
    let column = if problem.column.is_empty() { String::new() } else { format!(" {}", problem.column) };
    let value = value_of(problem, context).map_or_else(String::new, |value| format!(" {value:?}"));
    format!(
        "{input}:{}: {weight}: encounter {},{column}{value}: {}: {}",
        problem.row, problem.encounter, problem.reason, problem.fix
    )
}

/// Columns whose values are private.
const PRIVATE: [&str; 12] = [
    "_last",
    "_first",
    "_middle",
    "_suffix",
    "_dob",
    "_ssn",
    "subscriber_id",
    "member_id",
    "_address",
    "_city",
    "_phone",
    "note",
];

/// The value, masked where its column is private.
fn value_of(problem: &Problem, context: &Context) -> Option<String> {
    if problem.value.is_empty() {
        return None;
    }
    let column = problem.column.to_lowercase();
    let of_provider =
        ["rendering", "referring", "supervising", "ordering", "billing", "payer"].iter().any(|p| column.contains(p));
    let private = !of_provider && PRIVATE.iter().any(|part| column.contains(part));
    Some(if private { context.id(&problem.value) } else { problem.value.to_string() })
}

/// Adds each file to `manifest.ndjson` in the output folder, one object a line.
pub fn manifest(report: &BuildReport, out: &Path, context: &Context) -> Result<(), Failure> {
    let path = out.join("manifest.ndjson");
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).map_err(Failure::at(&path))?;
    for entry in &report.files {
        let mut value = json!(entry);
        value["written"] = json!(context.clock.format("%Y-%m-%dT%H:%M:%S").to_string());
        writeln!(file, "{value}").map_err(Failure::at(&path))?;
    }
    Ok(())
}
