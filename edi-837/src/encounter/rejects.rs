//! The file of rejects: of the same form as the input, with everything that its encounters held.

use super::error::EncounterError;
use super::input::{Encounters, Form};
use super::rows::{Encounter, Source};
use std::io::{BufRead, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Writes rejected encounters; the file is made when the first one comes.
pub(crate) struct Rejects {
    folder: PathBuf,
    name: String,
    open: Option<Open>,
}

enum Open {
    Csv(Box<csv::Writer<NamedTempFile>>),
    /// The file, whether it is an array, and what stands before the next object.
    Json {
        out: BufWriter<NamedTempFile>,
        array: bool,
        before: &'static str,
    },
}

impl Rejects {
    /// Rejects of the input of this name, in a run that is known by a control number.
    pub(crate) fn new(folder: &Path, input: &str, run: u32) -> Self {
        let path = Path::new(input);
        let part = |p: Option<&std::ffi::OsStr>, other: &str| p.and_then(|p| p.to_str()).unwrap_or(other).to_owned();
        let (stem, extension) = (part(path.file_stem(), "encounters"), part(path.extension(), "csv"));
        // A file of rejects that was mended keeps its first name.
        let stem = stem.split(".rejects-").next().unwrap_or(&stem).to_owned();
        Self { folder: folder.to_owned(), name: format!("{stem}.rejects-{run:09}.{extension}"), open: None }
    }

    pub(crate) fn push<R: BufRead>(
        &mut self,
        encounter: &Encounter,
        from: &Encounters<R>,
    ) -> Result<(), EncounterError> {
        if self.open.is_none() {
            self.open = Some(self.begin(from)?);
        }
        let written = match (&mut self.open, &encounter.source) {
            (Some(Open::Csv(out)), Source::Csv(records)) => {
                records.iter().try_for_each(|record| out.write_byte_record(record)).map_err(io_of)
            }
            (Some(Open::Json { out, array: true, before }), Source::Json(text)) => {
                write!(out, "{}\n{text}", std::mem::replace(before, ","))
            }
            (Some(Open::Json { out, .. }), Source::Json(text)) => writeln!(out, "{}", one_line(text)),
            _ => Ok(()),
        };
        written.map_err(EncounterError::io("writing the rejects"))
    }

    fn begin<R: BufRead>(&self, from: &Encounters<R>) -> Result<Open, EncounterError> {
        let io = || EncounterError::io("writing the rejects");
        let file = NamedTempFile::new_in(&self.folder).map_err(io())?;
        Ok(match from.form() {
            Form::Csv { header, separator } => {
                // Rows may have more fields than the header, or fewer; they stay as they are.
                let mut out = csv::WriterBuilder::new().delimiter(separator).flexible(true).from_writer(file);
                out.write_byte_record(&header).map_err(io_of).map_err(io())?;
                Open::Csv(Box::new(out))
            }
            Form::Json { array } => Open::Json { out: BufWriter::new(file), array, before: "[" },
        })
    }

    /// The file and the name it gets; none where nothing was rejected.
    pub(crate) fn finish(self) -> Result<Option<(NamedTempFile, String)>, EncounterError> {
        let io = || EncounterError::io("writing the rejects");
        let file = match self.open {
            None => return Ok(None),
            Some(Open::Csv(out)) => out.into_inner().map_err(|e| io()(e.into_error()))?,
            Some(Open::Json { mut out, array, .. }) => {
                if array {
                    out.write_all(b"\n]\n").map_err(io())?;
                }
                out.into_inner().map_err(|e| io()(e.into_error()))?
            }
        };
        file.as_file().sync_all().map_err(io())?;
        Ok(Some((file, self.name)))
    }
}

/// JSON without line breaks between its signs; those inside texts are escaped anyway.
fn one_line(text: &str) -> String {
    text.split(['\r', '\n']).map(str::trim).collect()
}

fn io_of(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => std::io::Error::other("a row could not be written"),
    }
}
