//! Files in: paths, `-` for stdin, `.gz`, and zip archives of several files.

use crate::exit::Failure;
use edi_835::ledger;
use flate2::bufread::GzDecoder;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

/// Something to read: a file, a member of an archive, or stdin.
#[derive(Debug)]
pub struct Source {
    /// What to call it: the path, `archive.zip:member`, or `-`.
    pub name: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Stdin,
    Path(PathBuf),
    /// An unnamed temporary file, readable by its owner only.
    Spooled(File),
}

/// The longest member of an archive, and the longest stdin, that is spooled to disk.
const SPOOL_LIMIT: u64 = 64 << 30;

/// The sources behind the arguments, in order. A zip archive gives one for each of its files.
pub fn sources(arguments: &[PathBuf]) -> Vec<Result<Source, Failure>> {
    arguments.iter().flat_map(|argument| expand(argument).unwrap_or_else(|failure| vec![Err(failure)])).collect()
}

/// The one source that an argument names, which can be opened more than once.
pub fn one(argument: &Path) -> Result<Source, Failure> {
    let mut sources = expand(argument)?;
    let one = sources.pop().filter(|_| sources.is_empty());
    one.unwrap_or_else(|| Err(Failure::Usage(format!("{}: name one file", argument.display()))))?.rereadable()
}

fn expand(path: &Path) -> Result<Vec<Result<Source, Failure>>, Failure> {
    let name = path.display().to_string();
    if name == "-" {
        return Ok(vec![Ok(Source { name, place: Place::Stdin })]);
    }
    let mut file = File::open(path).map_err(Failure::at(path))?;
    let mut magic = [0; 4];
    let is_zip = file.read_exact(&mut magic).is_ok() && magic == *b"PK\x03\x04";
    if !is_zip {
        return Ok(vec![Ok(Source { name, place: Place::Path(path.into()) })]);
    }
    file.rewind().map_err(Failure::at(path))?;
    let bad = |error: zip::result::ZipError| Failure::at(path)(io::Error::other(error));
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(bad)?;
    if archive.index_for_name("[Content_Types].xml").is_some() {
        let what = "this is an Office document (Word, Excel), not a zip archive of X12 files";
        return Err(Failure::at(path)(io::Error::other(what)));
    }
    if archive.is_empty() {
        return Err(Failure::at(path)(io::Error::other("the zip archive is empty")));
    }
    let members = (0..archive.len()).filter_map(|index| {
        let mut member = match archive.by_index(index) {
            Ok(member) if member.is_dir() => return None,
            Ok(member) => member,
            Err(error) => return Some(Err(bad(error))),
        };
        let name = format!("{name}:{}", member.name().unwrap_or_else(|_| index.to_string().into()));
        Some(spool(&mut member).map_err(Failure::at(&name)).map(|file| Source { name, place: Place::Spooled(file) }))
    });
    Ok(members.collect())
}

/// Copies a stream to an unnamed temporary file, which the system removes when it is closed.
fn spool(from: &mut impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    let copied = io::copy(&mut from.take(SPOOL_LIMIT), &mut file)?;
    if copied == SPOOL_LIMIT {
        return Err(io::Error::other("the input is too long to be kept while it is read"));
    }
    file.rewind()?;
    Ok(file)
}

impl Source {
    /// This source, in a form that can be opened more than once: stdin is spooled.
    pub fn rereadable(self) -> Result<Self, Failure> {
        let place = match self.place {
            Place::Stdin => Place::Spooled(spool(&mut io::stdin().lock()).map_err(Failure::at(&self.name))?),
            place => place,
        };
        Ok(Self { place, ..self })
    }

    /// Opens it from its first byte, decompressed. Stdin can be opened once.
    pub fn open(&self) -> io::Result<Box<dyn BufRead>> {
        let raw: Box<dyn Read> = match &self.place {
            Place::Stdin => Box::new(io::stdin()),
            Place::Path(path) => Box::new(File::open(path)?),
            Place::Spooled(file) => {
                let mut file = file.try_clone()?;
                file.rewind()?;
                Box::new(file)
            }
        };
        let mut reader = BufReader::with_capacity(256 * 1024, raw);
        // A pipe may give them one by one.
        let mut magic = Vec::with_capacity(2);
        reader.by_ref().take(2).read_to_end(&mut magic)?;
        let gzip = magic == [0x1F, 0x8B];
        let reader = Cursor::new(magic).chain(reader);
        Ok(if gzip {
            Box::new(BufReader::with_capacity(256 * 1024, Members { member: Some(GzDecoder::new(reader)) }))
        } else {
            Box::new(reader)
        })
    }

    /// Its name and the SHA-256 of its bytes, decompressed, as the ledger keeps them.
    pub fn provenance(&self) -> Result<ledger::Source, Failure> {
        let (mut reader, mut hash) = (self.reader()?, Sha256::new());
        loop {
            let bytes = reader.fill_buf().map_err(Failure::at(&self.name))?;
            if bytes.is_empty() {
                break;
            }
            hash.update(bytes);
            let read = bytes.len();
            reader.consume(read);
        }
        let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(ledger::Source { name: self.name.as_str().into(), hash: hash.into() })
    }

    /// [`open`](Self::open), with the source named in the failure.
    pub fn reader(&self) -> Result<Box<dyn BufRead>, Failure> {
        self.open().map_err(Failure::at(&self.name))
    }
}

/// The members of a gzip stream, one behind the other. Zeros behind the last one, which fill a block of a tape,
/// are no data.
struct Members<R: BufRead> {
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            self.member = match self.member.take() {
                Some(ended) => next_member(ended.into_inner())?,
                None => None,
            };
        }
        Ok(0)
    }
}

/// The member that begins here, behind zeros; none at the end.
fn next_member<R: BufRead>(mut reader: R) -> io::Result<Option<GzDecoder<R>>> {
    loop {
        let here = reader.fill_buf()?;
        match here.iter().position(|b| *b != 0) {
            Some(0) => return Ok(Some(GzDecoder::new(reader))),
            Some(zeros) => reader.consume(zeros),
            None if here.is_empty() => return Ok(None),
            None => {
                let zeros = here.len();
                reader.consume(zeros);
            }
        }
    }
}
