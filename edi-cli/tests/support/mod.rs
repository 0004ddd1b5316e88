//! Runs the built `edi` on files of testdata and holds what it prints against golden files.

#![allow(dead_code)] // each test binary uses its part

use pretty_assertions::assert_eq;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::time::Duration;

/// What a run gave.
#[derive(Debug)]
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

/// The project's folder, which runs start in, so that paths in the output are the same everywhere.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Runs `edi` in the project's folder, at a fixed time.
pub fn edi(arguments: &[&str]) -> Run {
    edi_with(arguments, b"")
}

/// Runs `edi` with this on stdin.
pub fn edi_with(arguments: &[&str], stdin: &[u8]) -> Run {
    edi_in(&root(), arguments, stdin)
}

/// Runs `edi` with this on stdin, which comes a byte at a time; slowly at first, so that `edi` sees it so.
pub fn edi_drip(arguments: &[&str], stdin: &[u8]) -> Run {
    run(&root(), arguments, |pipe| {
        stdin.iter().enumerate().try_for_each(|(at, byte)| {
            std::thread::sleep(Duration::from_millis(if at < 8 { 30 } else { 0 }));
            pipe.write_all(&[*byte])
        })
    })
}

/// Runs `edi` in a folder.
pub fn edi_in(folder: &Path, arguments: &[&str], stdin: &[u8]) -> Run {
    run(folder, arguments, |pipe| pipe.write_all(stdin))
}

fn run(folder: &Path, arguments: &[&str], feed: impl FnOnce(&mut ChildStdin) -> io::Result<()> + Send) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_edi"))
        .current_dir(folder)
        .env_remove("EDI_CODES")
        .env("XDG_DATA_HOME", root().join("target/no-such-folder"))
        .args(["--clock", "2026-02-02T09:00:00", "--seed", "7"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        // Beside the reading: neither side waits for the other where there is more than a pipe holds. `edi` need not
        // read to the end.
        scope.spawn(move || match feed(&mut pipe) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => panic!("stdin of edi: {error}"),
            _ => {}
        });
        child.wait_with_output().unwrap()
    });
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

/// Holds a text against testdata/golden/cli/NAME; with `UPDATE_GOLDEN=1` it is written anew, to be read and judged.
pub fn golden(name: &str, found: &str) {
    let path = root().join("testdata/golden/cli").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(found, expected, "{name}");
}
