//! The acknowledgments that `edi validate --ack DIR` writes: a TA1 for each interchange, a 999 for each group.

use crate::context::Context;
use crate::exit::Failure;
use edi_core::Finding;
use edi_core::ack::{AckKind, Acknowledger, Options, Written};
use edi_core::envelope::Event;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

type Open = Box<dyn FnMut(AckKind, u32) -> io::Result<BufWriter<File>>>;

/// Acknowledgments on their way into a folder.
pub struct Acknowledgments {
    writer: Acknowledger<BufWriter<File>, Open>,
    folder: PathBuf,
    source: String,
}

impl Acknowledgments {
    /// Acknowledgments of this source, in this folder.
    pub fn new(folder: &Path, source: &str, context: &Context) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(Failure::at(folder))?;
        let stem: String = source.rsplit(['/', '\\']).next().unwrap_or(source).chars().map(plain).collect();
        let place = folder.to_path_buf();
        let open: Open = Box::new(move |kind, control| create(&place, &stem, kind, control));
        let writer = Acknowledger::new(Options::new(context.clock), open);
        Ok(Self { writer, folder: folder.to_path_buf(), source: source.to_owned() })
    }

    /// Takes the next event.
    pub fn event(&mut self, event: &Event<'_>, context: &Context) -> Result<(), Failure> {
        self.writer.event(event).map_err(Failure::edi(&self.source))?;
        let written = self.writer.take_written();
        self.say(&written, context);
        Ok(())
    }

    /// Takes the findings of the last event.
    pub fn findings(&mut self, findings: &[Finding]) {
        self.writer.findings(findings);
    }

    /// Writes what is still open.
    pub fn finish(mut self, context: &Context) -> Result<(), Failure> {
        let earlier = self.writer.take_written();
        self.say(&earlier, context);
        let Self { writer, folder, source } = self;
        let written = writer.finish().map_err(Failure::edi(&source))?;
        written.iter().for_each(|ack| context.say(words(&folder, &source, ack)));
        Ok(())
    }

    fn say(&self, written: &[Written<BufWriter<File>>], context: &Context) {
        written.iter().for_each(|ack| context.say(words(&self.folder, &self.source, ack)));
    }
}

fn words(folder: &Path, source: &str, ack: &Written<BufWriter<File>>) -> String {
    let kind = match ack.kind {
        AckKind::Ta1 => "TA1",
        AckKind::Implementation => "999",
    };
    let group = ack.group.as_ref().map_or_else(String::new, |group| format!(" group {group}"));
    let (received, accepted) = ack.transactions;
    let counts = if received > 0 { format!(", {accepted} of {received} transactions accepted") } else { String::new() };
    let folder = folder.display();
    format!("{source}: {kind} for interchange {}{group}: {}{counts}; in {folder}", ack.interchange, ack.status.code())
}

fn plain(c: char) -> char {
    if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }
}

/// A new file; one that is there is never written over.
fn create(folder: &Path, stem: &str, kind: AckKind, control: u32) -> io::Result<BufWriter<File>> {
    let kind = match kind {
        AckKind::Ta1 => "ta1",
        AckKind::Implementation => "999",
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let names = (1..10_000).map(|n| match n {
        1 => format!("{stem}.{control:04}.{kind}"),
        n => format!("{stem}.{control:04}-{n}.{kind}"),
    });
    for name in names {
        match options.open(folder.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(BufWriter::new),
        }
    }
    Err(io::Error::other("there are too many acknowledgments of this name in the folder"))
}
