//! Overlays as files of our own: text, a head of named lines, then a code a line.

use super::{LoadError, Loaded, Overlay};
use crate::codes::{CodeSet, Life, life::date};
use chrono::NaiveDate;
use std::{
    fs,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// The first line of a file of ours, with the version of the form.
const FORM: &str = "# edi code list 1";
/// The line before the codes.
const COLUMNS: &str = "code\tstart\tmodified\tstop\tbillable\ttitle";
/// How the names of our files end.
const ENDING: &str = "codes.tsv";

impl Overlay {
    /// Writes it as text.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn write(&self, mut to: impl Write) -> io::Result<()> {
        let day = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
        writeln!(to, "{FORM}\nset\t{}\nversion\t{}\nsource\t{}", self.set, self.version, self.source)?;
        writeln!(to, "sha256\t{}\nfrom\t{}\nto\t{}\n{COLUMNS}", self.sha256, day(self.from), day(self.to))?;
        for Loaded { code, title, life, billable } in &self.entries {
            let flag = billable.map_or("", |billable| if billable { "Y" } else { "N" });
            let (start, modified, stop) = (day(life.start), day(life.modified), day(life.stop));
            writeln!(to, "{code}\t{start}\t{modified}\t{stop}\t{flag}\t{title}")?;
        }
        to.flush()
    }

    /// Reads what [`write`](Self::write) wrote; `file` is for messages.
    ///
    /// # Errors
    /// Where a line is not as we write it.
    pub fn read(text: &str, file: &str) -> Result<Self, LoadError> {
        let mut lines = (1..).zip(text.lines());
        if lines.next().map(|(_, line)| line) != Some(FORM) {
            return Err(LoadError::line(file, 1, "another text", format!("'{FORM}'")));
        }
        let mut head = |name: &str| match lines.next().map(|(n, line)| (n, line.split_once('\t'))) {
            Some((_, Some((found, value)))) if found == name => Ok(value.to_owned()),
            other => {
                let n = other.map_or(1, |(n, _)| n);
                Err(LoadError::line(file, n, "something else", format!("'{name}', a tab and its value")))
            }
        };
        let id = head("set")?;
        let unknown = || LoadError::line(file, 2, format!("'{id}'"), "a code set");
        let set = CodeSet::from_name(&id).ok_or_else(unknown)?;
        let (version, source, sha256) = (head("version")?, head("source")?, head("sha256")?);
        let (from, to) = (date(&head("from")?), date(&head("to")?));
        head("code")?;
        let mut entries = lines.map(|(n, line)| entry(line, n, file)).collect::<Result<Vec<_>, _>>()?;
        // It was written sorted; somebody may have edited it since.
        entries.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(Self { set, version, source, sha256, from, to, entries })
    }

    /// Keeps it in a folder, which is made where it is missing, and says in which file. The name holds set and
    /// hash: the same list is kept once.
    ///
    /// # Errors
    /// Where the folder or the file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<PathBuf, LoadError> {
        let hash = self.sha256.get(..12).unwrap_or(&self.sha256);
        let path = folder.join(format!("{}-{hash}.{ENDING}", self.set));
        let partial = path.with_extension("partial");
        let io = |path: &Path, source| LoadError::Io { path: path.to_owned(), source };
        fs::create_dir_all(folder).map_err(|error| io(folder, error))?;
        let file = fs::File::create(&partial).map_err(|error| io(&partial, error))?;
        self.write(BufWriter::new(file)).map_err(|error| io(&partial, error))?;
        // A list that was cut off while it was written must never be read: it takes its name when it is whole.
        fs::rename(&partial, &path).map_err(|error| io(&path, error))?;
        Ok(path)
    }
}

fn entry(line: &str, number: u64, file: &str) -> Result<Loaded, LoadError> {
    let mut fields = line.splitn(6, '\t');
    let [code, start, modified, stop, flag] = std::array::from_fn(|_| fields.next().unwrap_or_default());
    match fields.next() {
        Some(title) if !code.is_empty() => Ok(Loaded {
            code: code.to_owned(),
            title: title.to_owned(),
            life: Life::parse(start, modified, stop),
            billable: (!flag.is_empty()).then_some(flag == "Y"),
        }),
        _ => Err(LoadError::line(file, number, format!("'{line}'"), "six fields with tabs between them")),
    }
}

/// Reads the overlays that a folder keeps, in the order of their file names; none where there is no folder.
///
/// # Errors
/// Where the folder or a file in it cannot be read, or a line of one is not as we write it.
pub fn read_folder(folder: &Path) -> Result<Vec<Overlay>, LoadError> {
    let io = |path: &Path, source| LoadError::Io { path: path.to_owned(), source };
    let found = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        found => found.map_err(|error| io(folder, error))?,
    };
    let paths = found.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<Result<Vec<_>, _>>().map_err(|error| io(folder, error))?;
    paths.retain(|path| path.to_string_lossy().ends_with(ENDING));
    paths.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).map_err(|error| io(path, error))?;
        Overlay::read(&text, &path.to_string_lossy())
    };
    paths.iter().map(read).collect()
}
