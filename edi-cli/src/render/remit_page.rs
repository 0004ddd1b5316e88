//! The forms of `edi remit show`, one behind the other: header, claims, end.

use super::remit_header::RemittanceView;
use super::remit_tables::{Table, Tables};
use super::remit_view::{ClaimView, EndView};
use super::{remit_html, remit_text};
use crate::commands::remit_show::Format;
use crate::context::stdout;
use crate::exit::Failure;
use serde::Serialize;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::Path;

/// The JSON Schema of the JSON forms.
const SCHEMA: &str = include_str!("remit_show.schema.json");

/// An output in one form.
pub struct Page {
    out: BufWriter<StdoutLock<'static>>,
    form: Form,
    /// Remittances begun.
    remittances: u64,
    /// Claims of the remittance that is open.
    claims: u64,
    open: bool,
}

enum Form {
    Text,
    Json,
    Ndjson,
    Csv(Box<Tables>),
    Html { page_breaks: bool },
}

/// One line of NDJSON.
#[derive(Serialize)]
struct Typed<'a, T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    value: &'a T,
}

impl Page {
    /// An output in this form; CSV goes to one table on stdout, or to all of them in a folder.
    pub fn new(format: Format, table: Table, folder: Option<&Path>, page_breaks: bool) -> Result<Self, Failure> {
        if folder.is_some() && format != Format::Csv {
            return Err(Failure::Usage("--output is for --format csv: redirect the other forms".to_owned()));
        }
        let form = match format {
            Format::Text => Form::Text,
            Format::Json => Form::Json,
            Format::Ndjson => Form::Ndjson,
            Format::Html => Form::Html { page_breaks },
            Format::Csv => Form::Csv(Box::new(match folder {
                Some(folder) => Tables::in_folder(folder)?,
                None => Tables::on_stdout(table)?,
            })),
        };
        // CSV on stdout has a writer of its own.
        Ok(Self { out: stdout(), form, remittances: 0, claims: 0, open: false })
    }

    /// Prints the JSON Schema.
    pub fn schema(&mut self) -> io::Result<()> {
        self.out.write_all(SCHEMA.as_bytes())?;
        self.out.flush()
    }

    /// Prints what stands before the first remittance.
    pub fn begin(&mut self) -> io::Result<()> {
        match self.form {
            Form::Json => self.out.write_all(b"["),
            Form::Html { page_breaks } => remit_html::begin(&mut self.out, page_breaks),
            Form::Text | Form::Ndjson | Form::Csv(_) => Ok(()),
        }
    }

    /// Prints a header.
    pub fn remittance(&mut self, view: &RemittanceView) -> Result<(), Failure> {
        self.close()?;
        (self.open, self.claims) = (true, 0);
        self.remittances += 1;
        match &mut self.form {
            Form::Text => remit_text::remittance(&mut self.out, view)?,
            Form::Html { .. } => remit_html::remittance(&mut self.out, view)?,
            Form::Ndjson => line(&mut self.out, "remittance", view)?,
            Form::Csv(tables) => tables.remittance(view)?,
            Form::Json => {
                let header = serde_json::to_string(view).map_err(io::Error::from)?;
                let separator = if self.remittances > 1 { "," } else { "" };
                // The object stays open: its claims and its end follow.
                let header = header.strip_suffix('}').unwrap_or(&header);
                write!(self.out, "{separator}\n{header},\"claims\":[")?;
            }
        }
        Ok(())
    }

    /// Prints a claim.
    pub fn claim(&mut self, view: &ClaimView) -> Result<(), Failure> {
        self.claims += 1;
        match &mut self.form {
            Form::Text => remit_text::claim(&mut self.out, view)?,
            Form::Html { .. } => remit_html::claim(&mut self.out, view)?,
            Form::Ndjson => line(&mut self.out, "claim", view)?,
            Form::Csv(tables) => tables.claim(view)?,
            Form::Json => {
                self.out.write_all(if self.claims > 1 { b",\n" } else { b"\n" })?;
                serde_json::to_writer(&mut self.out, view).map_err(io::Error::from)?;
            }
        }
        Ok(())
    }

    /// Prints the end of a remittance.
    pub fn end(&mut self, view: &EndView) -> Result<(), Failure> {
        self.open = false;
        match &mut self.form {
            Form::Text => remit_text::end(&mut self.out, view)?,
            Form::Html { .. } => remit_html::end(&mut self.out, view)?,
            Form::Ndjson => line(&mut self.out, "end", view)?,
            Form::Csv(tables) => tables.end(view)?,
            Form::Json => {
                self.out.write_all(b"\n],\"end\":")?;
                serde_json::to_writer(&mut self.out, view).map_err(io::Error::from)?;
                self.out.write_all(b"}")?;
            }
        }
        Ok(())
    }

    /// Prints what stands behind the last remittance.
    pub fn finish(mut self) -> Result<(), Failure> {
        self.close()?;
        match &mut self.form {
            Form::Json => self.out.write_all(b"\n]\n")?,
            Form::Html { .. } => remit_html::finish(&mut self.out)?,
            Form::Csv(tables) => tables.finish()?,
            Form::Text | Form::Ndjson => {}
        }
        self.out.flush()?;
        Ok(())
    }

    /// Closes a remittance of which the reading stopped.
    fn close(&mut self) -> io::Result<()> {
        if !std::mem::take(&mut self.open) {
            return Ok(());
        }
        match &self.form {
            Form::Json => self.out.write_all(b"\n],\"end\":null}"),
            Form::Html { .. } => remit_html::cut(&mut self.out),
            Form::Text => writeln!(self.out, "THE READING STOPPED HERE"),
            Form::Ndjson | Form::Csv(_) => Ok(()),
        }
    }
}

fn line<T: Serialize>(out: &mut impl Write, kind: &'static str, value: &T) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &Typed { kind, value })?;
    out.write_all(b"\n")
}
