//! `edi codes`: look codes up, search them, load published lists.

use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use edi_core::codes::overlay::{self, LoadOptions};
use edi_core::codes::{CodeBook, CodeSet, CodeState, Entry};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `edi codes`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  edi codes carc 197                 one code, or several
  edi codes icd10cm M54.5            a header, and what is billable below it
  edi codes search deductible        every set whose titles hold the word
  edi codes list pos                 a whole set
  edi codes load CARC.csv            lay a published list over the built-in one")]
pub struct Args {
    /// Folder of the loaded lists
    #[arg(long, global = true, env = "EDI_CODES", value_name = "DIR")]
    codes: Option<PathBuf>,
    /// How to print
    #[arg(long, global = true, default_value = "text")]
    format: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Lines for people
    Text,
    /// One JSON object a line
    Ndjson,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The codes whose titles hold all these words
    Search {
        /// Words
        #[arg(required = true)]
        words: Vec<String>,
        /// Only in this set
        #[arg(long)]
        set: Option<String>,
    },
    /// The sets, or all codes of one
    List {
        /// The set
        set: Option<String>,
    },
    /// Lay an officially published list over the built-in one
    Load {
        /// The list as it was published
        file: PathBuf,
        /// Which set it is of, where the file does not tell
        #[arg(long)]
        set: Option<String>,
        /// Its version
        #[arg(long)]
        version: Option<String>,
    },
    /// A set and its codes: `edi codes carc 197`
    #[command(external_subcommand)]
    Lookup(Vec<String>),
}

/// The folder of loaded lists: as given, or the user's data folder.
pub fn folder(given: Option<&Path>) -> Option<PathBuf> {
    let data = || {
        let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
        std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).or_else(home)
    };
    given.map(Path::to_path_buf).or_else(|| data().map(|data| data.join("edi").join("codes")))
}

/// The built-in code sets with the loaded lists laid over.
pub fn book(given: Option<&Path>) -> Result<CodeBook, Failure> {
    match folder(given) {
        Some(folder) if folder.is_dir() => CodeBook::with_folder(&folder).map_err(|e| Failure::Usage(e.to_string())),
        Some(folder) if given.is_some() => Err(Failure::Usage(format!("{}: no such folder", folder.display()))),
        _ => Ok(CodeBook::new()),
    }
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    if let Command::Load { file, set, version } = &args.command {
        return load(args, file, set.as_deref(), version.clone(), context);
    }
    let book = book(args.codes.as_deref().filter(|folder| folder.is_dir()))?;
    match &args.command {
        Command::Search { words, set } => {
            let set = set.as_deref().map(named).transpose()?;
            print(book.search(set, &words.join(" ")), args.format, context)
        }
        Command::List { set: None } => list_sets(),
        Command::List { set: Some(set) } => print(book.entries(named(set)?), args.format, context),
        Command::Lookup(words) => lookup(&book, words, args.format, context),
        Command::Load { .. } => Ok(Outcome::Clean),
    }
}

fn named(set: &str) -> Result<CodeSet, Failure> {
    let known = || CodeSet::all().map(CodeSet::id).collect::<Vec<_>>().join(", ");
    CodeSet::from_name(set).ok_or_else(|| Failure::Usage(format!("no code set {set:?}; there are {}", known())))
}

fn lookup(book: &CodeBook, words: &[String], format: Format, context: &Context) -> Result<Outcome, Failure> {
    let [set, codes @ ..] = words else { return Err(Failure::Usage("name a set and a code".into())) };
    let set = named(set)?;
    if codes.is_empty() {
        return Err(Failure::Usage(format!(
            "name a code, as in: edi codes {set} CODE; all of them: edi codes list {set}"
        )));
    }
    let mut outcome = Outcome::Clean;
    let mut found = Vec::new();
    for code in codes {
        match book.lookup(set, code, None) {
            Some(entry) => found.push(entry),
            None => {
                context.say(format_args!("{code} is not in {} ({})", set.name(), set.edition()));
                outcome = Outcome::Findings;
            }
        }
    }
    print(found.into_iter(), format, context)?;
    for code in codes.iter().filter(|_| set == CodeSet::Icd10Cm) {
        if let Some(advice) = book.advice(code, context.clock.date()) {
            context.say(advice);
        }
    }
    Ok(outcome)
}

fn print<'a>(entries: impl Iterator<Item = Entry<'a>>, format: Format, context: &Context) -> Result<Outcome, Failure> {
    let mut out = stdout();
    let mut count = 0;
    for entry in entries {
        count += 1;
        match format {
            Format::Ndjson => {
                serde_json::to_writer(&mut out, &entry).map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
            Format::Text => write_entry(&mut out, &entry, context)?,
        }
    }
    out.flush()?;
    Ok(if count == 0 { Outcome::Findings } else { Outcome::Clean })
}

fn write_entry(out: &mut impl Write, entry: &Entry<'_>, context: &Context) -> std::io::Result<()> {
    write!(out, "{} {}  {}", entry.set, entry.code, entry.title)?;
    if entry.billable == Some(false) {
        write!(out, " [not billable]")?;
    }
    match (entry.life.state_on(context.clock.date()), entry.life.stop, entry.life.start) {
        (CodeState::Stopped, Some(stop), _) => write!(out, " [stopped {stop}]")?,
        (CodeState::Stopped, None, _) => write!(out, " [stopped]")?,
        (CodeState::NotYet, _, Some(start)) => write!(out, " [from {start}]")?,
        _ => {}
    }
    for (name, value) in &entry.details {
        write!(out, "\n    {name}: {value}")?;
    }
    if let Some(list) = &entry.loaded {
        write!(out, "\n    from: {list}")?;
    }
    writeln!(out)
}

fn list_sets() -> Result<Outcome, Failure> {
    let mut out = stdout();
    for set in CodeSet::all() {
        writeln!(out, "{:<22} {:<38} {:<28} {}", set.id(), set.name(), set.place(), set.edition())?;
    }
    out.flush()?;
    Ok(Outcome::Clean)
}

fn load(
    args: &Args,
    file: &Path,
    set: Option<&str>,
    version: Option<String>,
    context: &Context,
) -> Result<Outcome, Failure> {
    let folder = folder(args.codes.as_deref())
        .ok_or_else(|| Failure::Usage("there is no home folder to keep the list in; give --codes DIR".into()))?;
    let bytes = std::fs::read(file).map_err(Failure::at(file))?;
    let options = LoadOptions { set: set.map(named).transpose()?, version, ..LoadOptions::default() };
    let usage = |error: overlay::LoadError| Failure::Usage(error.to_string());
    let list = overlay::load(&bytes, &file.display().to_string(), options).map_err(usage)?;
    let path = list.save(&folder).map_err(usage)?;
    context.say(format_args!(
        "{}: {} codes of {}, version {}, kept in {}",
        file.display(),
        list.entries().len(),
        list.set.name(),
        list.version,
        path.display()
    ));
    Ok(Outcome::Clean)
}
