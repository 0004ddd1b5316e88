//! `edi remit show`: a remittance advice as a biller reads it.

use super::remit::{self, Held};
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::input;
use crate::render::remit_columns::Columns;
use crate::render::remit_filter::Filter;
use crate::render::remit_header::RemittanceView;
use crate::render::remit_page::Page;
use crate::render::remit_tables::Table;
use crate::render::remit_view::{ClaimView, EndView};
use edi_835::balance::TransactionBalance;
use edi_835::read::RemittanceEvent;
use std::path::PathBuf;

/// Arguments of `edi remit show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi remit show testdata/remits/clean.835                     text, 100 columns wide
  edi remit show --format html era.835 > era.html              one file, no script, prints well
  edi remit show --format csv --table lines era.835            one table
  edi remit show --format csv --output DIR era.835             all tables, with keys
  edi remit show --denied --payer aetna downloads/*.835        what was denied

Names, member ids and numbers of persons are masked; --phi shows them.
Exit status: 0 clean, 1 a shown remittance does not balance or the file has faults, 2 a file could not be read.")]
pub struct Args {
    /// 835 files, `-` for stdin; .gz and .zip are opened
    #[arg(required_unless_present = "schema")]
    files: Vec<PathBuf>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Which table, with --format csv
    #[arg(long, value_enum, default_value_t = Table::Claims)]
    table: Table,
    /// Write all tables into this folder, with --format csv
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// A page for each claim, with --format html
    #[arg(long)]
    page_breaks: bool,
    /// Print the JSON Schema of --format json and ndjson, and stop
    #[arg(long)]
    schema: bool,
    #[command(flatten)]
    filter: Filter,
}

/// Forms of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A page to read, 100 columns wide
    Text,
    /// One array of remittances
    Json,
    /// One object a line: a remittance, its claims, its end
    Ndjson,
    /// A table of remittances, claims, lines, adjustments, remarks or PLB
    Csv,
    /// One file, no script
    Html,
}

/// What is gathered of the remittance that is being read.
struct Current {
    header: RemittanceView,
    /// The payer filter holds.
    wanted: bool,
    printed: bool,
    balance: TransactionBalance,
    shown: u64,
    sums: Columns,
}

/// The remittance that is being read, and whether those before it balance.
struct Shown {
    current: Option<Current>,
    balanced: bool,
}

/// Shows each remittance of each file.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let mut page = Page::new(args.format, args.table, args.output.as_deref(), args.page_breaks)?;
    if args.schema {
        page.schema()?;
        return Ok(Outcome::Clean);
    }
    page.begin()?;
    let mut shown = Shown { current: None, balanced: true };
    let outcome = context.for_each(input::sources(&args.files), |source| {
        let source = source?;
        shown.current = None;
        remit::read(&source, context, |event| show(event, &source.name, args, &mut shown, &mut page, context))
    })?;
    page.finish()?;
    Ok(if shown.balanced { outcome } else { outcome.max(Outcome::Findings) })
}

fn show(
    event: &RemittanceEvent,
    file: &str,
    args: &Args,
    shown: &mut Shown,
    page: &mut Page,
    context: &Context,
) -> Result<Held, Failure> {
    match event {
        RemittanceEvent::Header(remittance) => {
            let header = RemittanceView::of(file, remittance);
            let wanted = args.filter.takes_remittance(&header);
            let balance = TransactionBalance::new(remittance);
            let mut begun = Current { header, wanted, printed: false, balance, shown: 0, sums: Columns::default() };
            // With a filter, a remittance is shown once a claim of it is.
            if wanted && !args.filter.is_of_claims() {
                begun.print(page)?;
            }
            shown.current = Some(begun);
            Ok(Held::Out)
        }
        RemittanceEvent::Claim(claim) => {
            let Some(current) = &mut shown.current else { return Ok(Held::Back) };
            let balanced = current.balance.push(claim).is_some();
            if !current.wanted || !args.filter.takes_claim(claim) {
                return Ok(Held::Back);
            }
            current.print(page)?;
            let view = ClaimView::of(current.header.remittance, claim, balanced, context);
            current.shown += 1;
            current.sums.add(&view.columns);
            page.claim(&view)?;
            Ok(Held::Out)
        }
        RemittanceEvent::End(totals) => {
            if let Some(ended) = shown.current.take().filter(|c| c.printed) {
                let outcome = ended.balance.finish(totals);
                shown.balanced &= outcome.balanced();
                page.end(&EndView::of(totals, &outcome, ended.shown, ended.sums))?;
            }
            Ok(Held::Out)
        }
    }
}

impl Current {
    fn print(&mut self, page: &mut Page) -> Result<(), Failure> {
        if !std::mem::replace(&mut self.printed, true) {
            page.remittance(&self.header)?;
        }
        Ok(())
    }
}
