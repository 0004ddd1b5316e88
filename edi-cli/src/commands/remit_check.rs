//! `edi remit check`: the balance proof.

use super::remit::{self, Held};
use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::input;
use crate::render::remit_check::{Printer, Summary};
use edi_835::balance::TransactionBalance;
use edi_835::read::RemittanceEvent;
use std::path::PathBuf;

/// Arguments of `edi remit check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi remit check testdata/remits/clean.835               one line for each remittance, and a total
  edi remit check --format json downloads/*.835           what programs want
  zcat era.835.gz | edi remit check -                     from a pipe

Exit status: 0 all balance, 1 one does not or a file has faults, 2 a file could not be read or holds no 835.")]
pub struct Args {
    /// 835 files, `-` for stdin; .gz and .zip are opened
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Forms of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One line for each remittance, its differences below it, a total
    Text,
    /// One array
    Json,
    /// One object a line
    Ndjson,
}

/// Proves each remittance of each file.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let mut printer = Printer::new(stdout(), args.format);
    let mut summary = Summary::default();
    let read = context.for_each(input::sources(&args.files), |source| {
        let source = source?;
        let mut balance = None;
        remit::read(&source, context, |event| {
            match event {
                RemittanceEvent::Header(remittance) => balance = Some(TransactionBalance::new(remittance)),
                RemittanceEvent::Claim(claim) => {
                    balance.as_mut().map(|b| b.push(claim));
                }
                RemittanceEvent::End(totals) => {
                    if let Some(balance) = balance.take() {
                        let outcome = balance.finish(totals);
                        summary.add(&outcome);
                        printer.remittance(&source.name, &outcome)?;
                    }
                }
            }
            Ok(Held::Out)
        })
    })?;
    printer.finish(&summary)?;
    Ok(if summary.all_balanced() { read } else { read.max(Outcome::Findings) })
}
