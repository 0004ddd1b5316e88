//! The journal for other programs: CSV, hledger, beancount.

use crate::context::stdout;
use edi_835::ledger::{EntryView, Error, Ledger};
use std::io::{self, Write};

/// Form of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// One entry a row, with its provenance
    Csv,
    /// hledger's journal
    Hledger,
    /// beancount's ledger
    Beancount,
}

/// Why an export stopped.
pub enum ExportError {
    /// The ledger could not be read.
    Ledger(Error),
    /// The output could not be written.
    Output(io::Error),
}

/// Columns of the CSV.
const HEAD: [&str; 19] = [
    "journal",
    "entry",
    "kind",
    "effective",
    "posted",
    "period",
    "account",
    "payer",
    "claim",
    "line",
    "amount",
    "reason",
    "rule",
    "trace",
    "file",
    "first_segment",
    "last_segment",
    "actor",
    "rules",
];

/// Writes every entry on stdout, in order. Journals are transactions; patients are not named.
pub fn journal(ledger: &mut Ledger, form: Form) -> Result<(), ExportError> {
    let mut out = stdout();
    let mut failed = None;
    let mut open = None;
    let mut csv = csv::WriterBuilder::new().from_writer(Vec::new());
    let head = match form {
        Form::Csv => csv.write_record(HEAD).map_err(io::Error::from),
        Form::Hledger => Ok(()),
        Form::Beancount => write_accounts(&mut out),
    };
    head.map_err(ExportError::Output)?;
    let read = ledger.each_entry(|entry| {
        if failed.is_none() {
            let new = open.replace(entry.journal) != Some(entry.journal);
            let written = match form {
                Form::Csv => row(&mut csv, &mut out, &entry),
                Form::Hledger => hledger(&mut out, &entry, new),
                Form::Beancount => beancount(&mut out, &entry, new),
            };
            failed = written.err();
        }
        Ok(())
    });
    read.map_err(ExportError::Ledger)?;
    failed
        .map_or(Ok(()), Err)
        .and_then(|()| drain(&mut csv, &mut out))
        .and_then(|()| out.flush())
        .map_err(ExportError::Output)
}

fn row(csv: &mut csv::Writer<Vec<u8>>, out: &mut impl Write, entry: &EntryView) -> io::Result<()> {
    csv.write_record([
        entry.journal.to_string(),
        entry.seq.to_string(),
        entry.kind.to_string(),
        day(entry.effective),
        day(entry.posted),
        entry.period.to_string(),
        entry.account.to_string(),
        entry.payer.to_string(),
        entry.claim.to_string(),
        entry.line.to_string(),
        entry.amount.to_string(),
        entry.reason.to_string(),
        entry.rule.to_string(),
        entry.trace.to_string(),
        entry.file.to_string(),
        entry.segments.0.to_string(),
        entry.segments.1.to_string(),
        entry.actor.to_string(),
        entry.rules.to_string(),
    ])?;
    if csv.get_ref().len() > 64 * 1024 { drain(csv, out) } else { Ok(()) }
}

/// Moves what the CSV writer holds to the output.
fn drain(csv: &mut csv::Writer<Vec<u8>>, out: &mut impl Write) -> io::Result<()> {
    csv.flush()?;
    let full = std::mem::replace(csv, csv::WriterBuilder::new().from_writer(Vec::new()));
    let bytes = full.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    out.write_all(&bytes)
}

fn hledger(out: &mut impl Write, entry: &EntryView, new: bool) -> io::Result<()> {
    if new {
        let about = description(entry);
        writeln!(out, "\n{} ({}) {about}", day(entry.effective), entry.journal)?;
    }
    let account = path(entry, &entry.account.to_string());
    writeln!(out, "    {account}  USD {}  ; {} {}", entry.amount, entry.rule, entry.reason)
}

fn beancount(out: &mut impl Write, entry: &EntryView, new: bool) -> io::Result<()> {
    if new {
        writeln!(out, "\n{} * \"{}\"", day(entry.effective), description(entry))?;
        writeln!(out, "  journal: \"{}\"", entry.journal)?;
    }
    writeln!(out, "  {}  {} USD", bean_account(&entry.account.to_string()), entry.amount)
}

/// beancount wants every account opened, under one of its five roots.
fn write_accounts(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "option \"operating_currency\" \"USD\"")?;
    writeln!(out, "plugin \"beancount.plugins.auto_accounts\"")
}

fn bean_account(account: &str) -> String {
    let words: String = account.split('_').map(capital).collect::<Vec<_>>().join("-");
    let root = match account {
        "revenue" => "Income",
        "contractual_allowance"
        | "sequestration"
        | "denial_write_off"
        | "small_balance"
        | "interest"
        | "withholding" => "Expenses",
        "unapplied" | "forward_balance" | "overpayment" | "payer_credit" | "patient_credit" | "provider_level" => {
            "Liabilities"
        }
        _ => "Assets",
    };
    format!("{root}:{words}")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn path(entry: &EntryView, account: &str) -> String {
    if entry.payer.is_empty() { account.to_owned() } else { format!("{account}:{}", plain(&entry.payer)) }
}

fn description(entry: &EntryView) -> String {
    let parts = [entry.kind.as_str(), entry.claim.as_str(), entry.trace.as_str()];
    plain(&parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
}

/// Without the characters that structure a journal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if matches!(c, ':' | ';' | '|' | '"' | '\n' | '\r' | '\t') { '_' } else { c }).collect()
}

fn day(day: Option<chrono::NaiveDate>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}
