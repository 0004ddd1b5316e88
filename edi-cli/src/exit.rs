//! How a command ends: 0 clean, 1 findings or holds, 2 failure.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

/// How a command that did its work ended. The larger one wins over several files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing to remark.
    Clean,
    /// There are findings, holds or rejects: see the output.
    Findings,
    /// A file could not be read; it was named on stderr and the others were done.
    Failed,
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Reading or writing X12 stopped.
    #[error("{file}: {source}")]
    Edi {
        /// The file, or `-`.
        file: String,
        /// What happened and where.
        source: edi_core::Error,
    },
    /// A file could not be opened, read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The output could not be written.
    #[error("the output could not be written: {0}")]
    Output(#[from] io::Error),
    /// Something that the user should do otherwise.
    #[error("{0}")]
    Usage(String),
}

impl Failure {
    /// For `map_err`: a failure of the file at this path.
    pub fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File { path: path.into(), source }
    }

    /// For `map_err`: an X12 error in this file.
    pub fn edi(file: impl Into<String>) -> impl FnOnce(edi_core::Error) -> Self {
        move |source| Self::Edi { file: file.into(), source }
    }

    fn is_broken_pipe(&self) -> bool {
        match self {
            Self::Output(error) => error.kind() == io::ErrorKind::BrokenPipe,
            _ => false,
        }
    }
}

/// The exit status; a failure is told on stderr. A reader of stdout that went away is no failure.
pub fn code(result: Result<Outcome, Failure>) -> ExitCode {
    match result {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Ok(Outcome::Failed) => ExitCode::from(2),
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            crate::context::complain(&failure);
            ExitCode::from(2)
        }
    }
}
