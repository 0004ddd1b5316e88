//! `edi claims template`: starters, commented; and the JSON Schema of encounters.

use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use edi_837::encounter::{Template, schema, template};
use std::io::Write;

/// Arguments of `edi claims template`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi claims template > encounters.csv               every column, with what it is
  edi claims template practice > practice.toml       who sends, to whom, for which providers and payers
  edi claims template boxes > boxes.csv              by the boxes of the CMS-1500
  edi claims template schema > encounter.schema.json")]
pub struct Args {
    /// Which starter
    #[arg(value_enum, default_value_t = Which::Csv)]
    which: Which,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// Encounters as CSV, one row a service line
    Csv,
    /// Encounters as CSV by the boxes of the CMS-1500
    Boxes,
    /// Encounters as JSON
    Json,
    /// The practice file (TOML)
    Practice,
    /// A mapping file (TOML) for other people's column names
    Mapping,
    /// The JSON Schema of an encounter
    Schema,
}

/// Writes the starter on stdout.
pub fn run(args: &Args, _: &Context) -> Result<Outcome, Failure> {
    let text = match args.which {
        Which::Csv => template(Template::Csv),
        Which::Boxes => template(Template::Boxes),
        Which::Json => template(Template::Json),
        Which::Practice => template(Template::Practice),
        Which::Mapping => template(Template::Mapping),
        Which::Schema => format!("{:#}\n", schema()),
    };
    let mut out = stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush().map(|()| Outcome::Clean)?)
}
