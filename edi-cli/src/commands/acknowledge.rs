//! The acknowledgments that `edi validate --ack DIR` writes: a TA1 for each interchange, a 999 for each group.

use crate::context::Context;
use crate::exit::Failure;
use edi_core::Finding;
use edi_core::ack::{AckKind, Acknowledger, Options, Written};
use edi_core::envelope::Event;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

type Open = Box<dyn FnMut(AckKind, u32) -> io::Result<BufWriter<File>>>;

/// Acknowledgments on their way into a folder. One that was begun when reading stopped is removed.
pub struct Acknowledgments {
    writer: Acknowledger<BufWriter<File>, Open>,
    folder: PathBuf,
    source: String,
    /// The files that were opened and are not whole yet, in order: they are finished in that order too.
    open: Rc<RefCell<VecDeque<PathBuf>>>,
}

impl Acknowledgments {
    /// Acknowledgments of this source, in this folder; the first has this control number.
    pub fn new(folder: &Path, source: &str, control: u32, context: &Context) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(Failure::at(folder))?;
        let stem: String = source.rsplit(['/', '\\']).next().unwrap_or(source).chars().map(plain).collect();
        let place = folder.to_path_buf();
        let open = Rc::new(RefCell::new(VecDeque::new()));
        let opened = Rc::clone(&open);
        let create: Open = Box::new(move |kind, control| {
            let (path, file) = create(&place, &stem, kind, control)?;
            opened.borrow_mut().push_back(path);
            Ok(file)
        });
        let writer = Acknowledger::new(Options { control, ..Options::new(context.clock) }, create);
        Ok(Self { writer, folder: folder.to_path_buf(), source: source.to_owned(), open })
    }

    /// The control number of the next acknowledgment.
    pub fn next_control(&self) -> u32 {
        self.writer.next_control()
    }

    /// Takes the next event.
    pub fn event(&mut self, event: &Event<'_>, context: &Context) -> Result<(), Failure> {
        self.writer.event(event).map_err(Failure::edi(&self.source))?;
        let written = self.writer.take_written();
        self.close(written, context)
    }

    /// Takes the findings of the last event.
    pub fn findings(&mut self, findings: &[Finding]) {
        self.writer.findings(findings);
    }

    /// Writes what is still open.
    pub fn finish(&mut self, context: &Context) -> Result<(), Failure> {
        let written = self.writer.finish().map_err(Failure::edi(&self.source))?;
        self.close(written, context)
    }

    fn close(&mut self, written: Vec<Written<BufWriter<File>>>, context: &Context) -> Result<(), Failure> {
        for mut ack in written {
            ack.out.flush().map_err(Failure::at(&self.folder))?;
            self.open.borrow_mut().pop_front();
            context.say(words(&self.folder, &self.source, &ack));
        }
        Ok(())
    }
}

impl Drop for Acknowledgments {
    fn drop(&mut self) {
        for unfinished in self.open.borrow().iter() {
            let _ = fs::remove_file(unfinished);
        }
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
fn create(folder: &Path, stem: &str, kind: AckKind, control: u32) -> io::Result<(PathBuf, BufWriter<File>)> {
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
        let path = folder.join(name);
        match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (path, BufWriter::new(file))),
        }
    }
    Err(io::Error::other("there are too many acknowledgments of this name in the folder"))
}
