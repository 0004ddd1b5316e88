//! Claims into files: one interchange for each receiver, transaction sets of one billing provider each.
//!
//! Claims come in any order of providers and memory stays flat: each is written at once, behind the ones of its
//! receiver and provider, into a spool; at the end spools become files. Files appear under their name only when
//! they are published, whole, and never over another one.

use crate::encounter::{BoxError, Draft, EncounterError, Practice, Rendered, hl};
use crate::model::{Header, Loop};
use crate::write::GUIDE;
use chrono::NaiveDateTime;
use edi_core::writer::{GroupHeader, InterchangeHeader, SegmentWriter};
use edi_core::{Money, Text};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::{NamedTempFile, TempDir};

/// Which control number is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlKind {
    /// ISA13, nine digits.
    Interchange,
    /// GS06, nine digits.
    Group,
}

/// Where control numbers come from. A number is committed before it is given, and never given again; gaps are
/// allowed. ST02 is the ordinal in the group and needs no source.
pub trait ControlNumbers {
    /// The next number for files to this receiver, 1 to 999,999,999.
    ///
    /// # Errors
    /// Where it could not be committed.
    fn next(&mut self, kind: ControlKind, receiver: &str) -> Result<u32, BoxError>;
}

/// Numbers in order from a first one: for tests and for runs that publish nothing.
#[derive(Debug, Clone, Copy)]
pub struct Sequence(pub u32);

impl ControlNumbers for Sequence {
    fn next(&mut self, _: ControlKind, _: &str) -> Result<u32, BoxError> {
        let number = self.0;
        self.0 = number.checked_add(1).filter(|n| *n <= 999_999_999).ok_or("the control numbers are used up")?;
        Ok(number)
    }
}

/// One file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManifestEntry {
    /// Name in the output folder.
    pub file: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Key of the receiver.
    pub receiver: Text,
    /// ISA13.
    pub interchange: u32,
    /// GS06.
    pub group: u32,
    /// Transaction sets.
    pub transactions: usize,
    /// Claims.
    pub claims: u64,
    /// Service lines.
    pub lines: u64,
    /// Sum of CLM02.
    pub charge: Money,
    /// Bytes.
    pub bytes: u64,
}

/// How claims are put into files.
#[derive(Debug, Clone)]
pub struct BatchOptions {
    /// ISA09-10, GS04-05 and BHT04-05.
    pub clock: NaiveDateTime,
    /// The most claims in a transaction set; the guide says 5,000.
    pub claims_per_transaction: u64,
    /// Name of a file; `{receiver}`, `{control}`, `{date}`, `{time}` and `{usage}` are put in.
    pub file_name: String,
    /// A line feed behind each segment.
    pub line_breaks: bool,
}

impl BatchOptions {
    /// The guide's limit, and the default file name `837P-{receiver}-{control}.edi`.
    #[must_use]
    pub fn new(clock: NaiveDateTime) -> Self {
        let file_name = "837P-{receiver}-{control}.edi".to_owned();
        Self { clock, claims_per_transaction: 5_000, file_name, line_breaks: false }
    }
}

/// HL01 of the billing provider in its transaction set.
const BILLING: u64 = 1;

/// How much is held in memory of a spool.
const SPOOL: usize = 64 * 1024;

/// The claims of one receiver and billing provider.
struct Spool {
    path: PathBuf,
    buffer: Vec<u8>,
    /// Bytes in the file and the buffer.
    length: u64,
    open: Option<Part>,
}

/// A transaction set in a spool.
#[derive(Debug, Clone)]
struct Part {
    ordinal: usize,
    header: Arc<Header>,
    /// HL01 of the last HL; the first one is the billing provider's.
    levels: u64,
    offset: u64,
    bytes: u64,
    segments: u64,
    claims: u64,
    lines: u64,
    charge: Money,
}

/// One receiver's file.
struct Outgoing {
    interchange: u32,
    group: u32,
    /// Transaction sets begun.
    begun: usize,
    /// Transaction sets that are whole, with their provider.
    parts: Vec<(usize, Part)>,
}

/// Claims on their way into files.
pub(crate) struct Batch<'a> {
    practice: &'a Practice,
    options: &'a BatchOptions,
    spools: BTreeMap<(usize, usize), Spool>,
    outgoing: Vec<Outgoing>,
    folder: TempDir,
    out: PathBuf,
}

impl<'a> Batch<'a> {
    /// Takes the control numbers of every receiver: they are committed before any claim is.
    pub(crate) fn new(
        practice: &'a Practice,
        options: &'a BatchOptions,
        numbers: &mut dyn ControlNumbers,
        out: &Path,
    ) -> Result<Self, EncounterError> {
        std::fs::create_dir_all(out).map_err(EncounterError::io("making the output folder"))?;
        let folder = tempfile::Builder::new().prefix(".837-").tempdir_in(out);
        let folder = folder.map_err(EncounterError::io("making a folder for claims in progress"))?;
        let mut outgoing = Vec::new();
        for receiver in &practice.receivers {
            let mut next = |kind| numbers.next(kind, &receiver.key).map_err(EncounterError::Caller);
            let (interchange, group) = (next(ControlKind::Interchange)?, next(ControlKind::Group)?);
            outgoing.push(Outgoing { interchange, group, begun: 0, parts: Vec::new() });
        }
        Ok(Self { practice, options, spools: BTreeMap::new(), outgoing, folder, out: out.to_owned() })
    }

    /// ISA13 of the first receiver: what names the run.
    pub(crate) fn run(&self) -> u32 {
        self.outgoing.first().map_or(0, |o| o.interchange)
    }

    /// The head of the transaction set that takes the next claim; a full one is closed before.
    pub(crate) fn header(&mut self, receiver: usize, provider: usize) -> Arc<Header> {
        let spool = self.spools.entry((receiver, provider)).or_insert_with(|| Spool {
            path: self.folder.path().join(format!("{receiver}-{provider}")),
            buffer: Vec::new(),
            length: 0,
            open: None,
        });
        let outgoing = &mut self.outgoing[receiver];
        if let Some(full) = spool.open.take_if(|part| part.claims >= self.options.claims_per_transaction) {
            outgoing.parts.push((provider, full));
        }
        let part = spool.open.get_or_insert_with(|| {
            outgoing.begun += 1;
            let reference = compact_str::format_compact!("{:09}{:04}", outgoing.interchange, outgoing.begun);
            Part {
                ordinal: outgoing.begun,
                header: Arc::new(self.practice.header(receiver, reference, self.options.clock)),
                levels: 0,
                offset: spool.length,
                bytes: 0,
                segments: 0,
                claims: 0,
                lines: 0,
                charge: Money::ZERO,
            }
        });
        Arc::clone(&part.header)
    }

    /// Writes a claim behind those of its receiver and billing provider.
    pub(crate) fn put(&mut self, draft: &Draft, claim: &Rendered, lines: usize) -> Result<(), EncounterError> {
        let Some(spool) = self.spools.get_mut(&(draft.receiver, draft.provider)) else { return Ok(()) };
        let Some(part) = &mut spool.open else { return Ok(()) };
        let (before, mut billing) = (spool.buffer.len(), 0);
        let mut level = |buffer: &mut Vec<u8>, parent, code, children| {
            part.levels += 1;
            part.segments += 1;
            hl(buffer, self.practice.delimiters, (part.levels, parent), code, children);
            buffer.push(self.practice.delimiters.segment);
            if self.options.line_breaks {
                buffer.push(b'\n');
            }
            part.levels
        };
        if part.claims == 0 {
            level(&mut spool.buffer, None, "20", true);
            let out = SegmentWriter::new(&mut spool.buffer, self.practice.delimiters);
            let mut out = out.with_line_breaks(self.options.line_breaks);
            self.practice.billing(draft.provider).write(&mut out)?;
            billing = out.segments();
        }
        let (subscriber, rest) = claim.bytes();
        let number = level(&mut spool.buffer, Some(BILLING), "22", claim.dependent);
        spool.buffer.extend_from_slice(subscriber);
        if claim.dependent {
            level(&mut spool.buffer, Some(number), "23", false);
        }
        spool.buffer.extend_from_slice(rest);
        let bytes = (spool.buffer.len() - before) as u64;
        part.bytes += bytes;
        part.segments += claim.places().len() as u64 + billing;
        part.claims += 1;
        part.lines += lines as u64;
        part.charge += draft.charge;
        spool.length += bytes;
        if spool.buffer.len() > SPOOL { spool.flush() } else { Ok(()) }
    }

    /// Closes all transaction sets and writes the files, still under names that nobody reads.
    pub(crate) fn finish(mut self) -> Result<Vec<(NamedTempFile, ManifestEntry)>, EncounterError> {
        for ((receiver, provider), spool) in &mut self.spools {
            if let Some(part) = spool.open.take_if(|part| part.claims > 0) {
                self.outgoing[*receiver].parts.push((*provider, part));
            }
            spool.flush()?;
        }
        let mut files = Vec::new();
        for receiver in 0..self.outgoing.len() {
            self.outgoing[receiver].parts.sort_by_key(|(_, part)| part.ordinal);
            if !self.outgoing[receiver].parts.is_empty() {
                files.push(self.assemble(receiver)?);
            }
        }
        Ok(files)
    }

    fn assemble(&self, receiver: usize) -> Result<(NamedTempFile, ManifestEntry), EncounterError> {
        let (outgoing, to) = (&self.outgoing[receiver], &self.practice.receivers[receiver]);
        let file = NamedTempFile::new_in(&self.out).map_err(EncounterError::io("making an output file"))?;
        let hashing = Hashing { out: BufWriter::new(file), hash: Sha256::new() };
        let mut out = SegmentWriter::new(hashing, self.practice.delimiters).with_line_breaks(self.options.line_breaks);
        out.begin_interchange(&self.isa(receiver))?;
        out.begin_group(&GroupHeader {
            functional_id: Text::const_new("HC"),
            sender: self.practice.submitter.gs().into(),
            receiver: to.gs().into(),
            at: self.options.clock,
            control: outgoing.group,
            version: Text::const_new(GUIDE),
        })?;
        for (provider, part) in &outgoing.parts {
            out.begin_transaction_as("837", &format!("{:04}", part.ordinal), GUIDE)?;
            part.header.write(&mut out)?;
            if let Some(spool) = self.spools.get(&(receiver, *provider)) {
                let mut claims = spool.read(part).map_err(EncounterError::io("reading claims in progress"))?;
                out.append(&mut claims, part.segments)?;
            }
            out.end_transaction()?;
        }
        out.end_group()?;
        out.end_interchange()?;
        let bytes = out.bytes();
        let Hashing { out, hash } = out.into_inner()?;
        let written = out.into_inner().map_err(io::IntoInnerError::into_error);
        let file = written.map_err(EncounterError::io("writing an output file"))?;
        file.as_file().sync_all().map_err(EncounterError::io("writing an output file"))?;
        let sum = |of: fn(&Part) -> u64| outgoing.parts.iter().map(|(_, part)| of(part)).sum();
        let entry = ManifestEntry {
            file: self.file_name(receiver),
            sha256: hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
            receiver: to.key.clone(),
            interchange: outgoing.interchange,
            group: outgoing.group,
            transactions: outgoing.parts.len(),
            claims: sum(|part| part.claims),
            lines: sum(|part| part.lines),
            charge: outgoing.parts.iter().map(|(_, part)| part.charge).sum(),
            bytes,
        };
        Ok((file, entry))
    }

    fn isa(&self, receiver: usize) -> InterchangeHeader {
        let (from, to) = (&self.practice.submitter, &self.practice.receivers[receiver]);
        InterchangeHeader {
            sender_qualifier: from.isa_qualifier.clone(),
            sender: from.isa().into(),
            receiver_qualifier: to.isa_qualifier.clone(),
            receiver: to.isa().into(),
            at: self.options.clock,
            control: self.outgoing[receiver].interchange,
            ack_requested: false,
            usage: Text::const_new(if self.practice.test { "T" } else { "P" }),
        }
    }

    fn file_name(&self, receiver: usize) -> String {
        let control = format!("{:09}", self.outgoing[receiver].interchange);
        let name = self.options.file_name.replace("{receiver}", &self.practice.receivers[receiver].key);
        let name = name.replace("{control}", &control).replace("{usage}", if self.practice.test { "T" } else { "P" });
        let clock = self.options.clock;
        let name = name.replace("{date}", &clock.format("%Y%m%d").to_string());
        let name = name.replace("{time}", &clock.format("%H%M").to_string());
        // A template may not lead out of the folder.
        name.chars().map(|c| if matches!(c, '/' | '\\' | '\0') { '_' } else { c }).collect()
    }
}

impl Spool {
    fn flush(&mut self) -> Result<(), EncounterError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let append = || OpenOptions::new().create(true).append(true).open(&self.path)?.write_all(&self.buffer);
        append().map_err(EncounterError::io("keeping claims in progress"))?;
        self.buffer.clear();
        Ok(())
    }

    fn read(&self, part: &Part) -> io::Result<impl Read + use<>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(part.offset))?;
        Ok(file.take(part.bytes))
    }
}

/// Writes, and hashes what is written.
struct Hashing<W: Write> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
