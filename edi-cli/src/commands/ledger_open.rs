//! `edi ledger open`: opening balances of an earlier system.

use super::ledger_file;
use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::input;
use crate::render::table::Format;
use edi_835::ledger::Ledger;
use edi_835::posting::{Booked, OPENING_COLUMNS, OpeningError, read_opening};
use edi_core::Money;
use serde_json::json;
use std::io::Write;
use std::path::Path;

/// What became of the claims of a file.
#[derive(Debug, Default, serde::Serialize)]
struct Opened {
    file: String,
    opened: u64,
    there_already: u64,
    charge: Money,
    payers_owe: Money,
    patients_owe: Money,
    holds_released: usize,
    faults: Vec<String>,
}

/// Books the claims of a CSV with what is still owed on each, in one database transaction.
pub fn run(
    path: &Path,
    open: &mut Ledger,
    ledger: &Path,
    format: Format,
    context: &Context,
) -> Result<Outcome, Failure> {
    let source = input::one(path)?;
    let name = source.name.clone();
    let provenance = source.provenance()?;
    let usage = |error: OpeningError| Failure::Usage(format!("{name}: {error}"));
    let claims = read_opening(source.reader()?).map_err(usage)?;
    let rules = ledger_file::shipped_rules()?;
    let run = ledger_file::run(context, &rules);
    let fail = || ledger_file::failure(ledger);
    let mut booking = open.booking(&run, Some(&provenance), &rules).map_err(fail())?;
    let mut opened = Opened { file: name.clone(), ..Opened::default() };
    for claim in claims {
        let claim = match claim {
            Ok(claim) => claim,
            Err(error @ OpeningError::Row { .. }) => {
                opened.faults.push(error.to_string());
                continue;
            }
            Err(error) => return Err(Failure::Usage(format!("{name}: {error}; nothing was opened"))),
        };
        match booking.open(&claim).map_err(fail())? {
            Booked::Again => opened.there_already += 1,
            Booked::Held(reasons) => {
                let words: Vec<&str> = reasons.iter().map(|reason| reason.words.as_str()).collect();
                opened.faults.push(format!("claim {}: {}", claim.submission.key.0, words.join("; ")));
            }
            Booked::New(charge) | Booked::Difference(charge) => {
                opened.opened += 1;
                opened.charge += charge;
                opened.payers_owe += claim.owed.iter().map(|(payer, _)| Money::from_cents(*payer)).sum::<Money>();
                opened.patients_owe += claim.owed.iter().map(|(_, patient)| Money::from_cents(*patient)).sum::<Money>();
            }
            Booked::Test => {}
        }
    }
    opened.holds_released = booking.commit().map_err(fail())?;
    write(&opened, format)?;
    Ok(if opened.faults.is_empty() { Outcome::Clean } else { Outcome::Findings })
}

fn write(opened: &Opened, format: Format) -> Result<(), Failure> {
    let mut out = stdout();
    match format {
        Format::Text => {}
        Format::Ndjson => writeln!(out, "{}", json!(opened))?,
        Format::Json | Format::Csv => writeln!(out, "{:#}", json!(opened))?,
    }
    if format != Format::Text {
        return Ok(out.flush()?);
    }
    let file = &opened.file;
    for fault in &opened.faults {
        writeln!(out, "{file}: not opened: {fault}")?;
    }
    writeln!(
        out,
        "{file}: {} claims opened, {} there already, charge {}, payers owe {}, patients owe {}; {} faults",
        opened.opened,
        opened.there_already,
        opened.charge,
        opened.payers_owe,
        opened.patients_owe,
        opened.faults.len()
    )?;
    if opened.holds_released > 0 {
        writeln!(out, "  {} holds were released by it", opened.holds_released)?;
    }
    Ok(out.flush()?)
}

/// The columns, as `--help` tells them.
pub fn columns() -> String {
    let line = |column: &edi_835::posting::OpeningColumn| {
        let required = if column.required { "" } else { " (may be left out)" };
        format!("  {:<20} {}{required}\n", column.name, column.holds)
    };
    OPENING_COLUMNS.iter().map(line).collect()
}
