//! Peak memory rows: each in a process of its own, over a reader that repeats a few claims up to any size.

use crate::{Outcome, input, work};
use std::fmt;
use std::io::{BufReader, Read};
use std::process::Command;

pub const HEAD: &str = "| work | file | 1 MB | larger | largest | peak | must | |\n|---|---|---|---|---|---|---|---|";

/// The memory that reading may take, in MiB.
const MUST: f64 = 16.0;

/// One piece of work at three sizes.
pub struct Row {
    what: &'static str,
    shape: &'static str,
    sizes: [u64; 3],
    peaks: [f64; 3],
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, shape, sizes, peaks: [small, larger, largest] } = self;
        // A file ten times as large takes no more, but for a mebibyte.
        let flat = largest - larger <= 1.0;
        let verdict = if *largest <= MUST && flat { "met" } else { "not met" };
        let (middle, last) = (sizes[1] / 1_000_000, sizes[2] / 1_000_000);
        write!(
            f,
            "| memory to {what} | {shape} | {small:.1} MiB | {middle} MB: {larger:.1} MiB | {last} MB: {largest:.1} MiB \
             | {largest:.1} MiB | {MUST} MiB, flat | {verdict} |"
        )
    }
}

/// Measures each piece of work, with one transaction set and with many, at 1 MB, a tenth of the most, and the most.
pub fn rows(most: u64, tell: &mut dyn FnMut(Row)) -> Outcome<()> {
    let sizes = [1_000_000, most / 10, most];
    for what in ["read", "check", "validate"] {
        for shape in ["one", "many"] {
            let mut peaks = [0.0; 3];
            for (peak, size) in peaks.iter_mut().zip(sizes) {
                *peak = measured(what, shape, size)?;
            }
            let shape = if shape == "one" { "one ST" } else { "many STs" };
            tell(Row { what, shape, sizes, peaks });
        }
    }
    Ok(())
}

fn measured(what: &str, shape: &str, bytes: u64) -> Outcome<f64> {
    let bytes = bytes.to_string();
    let output = Command::new(std::env::current_exe()?).args(["--memory-child", what, shape, &bytes]).output()?;
    if !output.status.success() {
        return Err(format!("{what}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse::<f64>()? / 1024.0)
}

/// In its own process: does the work and prints the peak of its resident memory in KiB.
pub fn child(what: &str, shape: &str, bytes: u64) -> Outcome<()> {
    let input = BufReader::with_capacity(1 << 16, Repeated::new(shape, bytes)?);
    match what {
        "read" => work::read(input)?,
        "check" => work::check(input)?,
        _ => work::validate(input)?,
    };
    println!("{}", peak().ok_or("this system does not tell the peak of memory")?);
    Ok(())
}

/// Peak of the resident memory in KiB, as Linux tells it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
}

/// Head, a body again and again until so many bytes are given, tail.
pub struct Repeated {
    parts: [Vec<u8>; 3],
    left: u64,
    part: usize,
    at: usize,
}

impl Repeated {
    /// An 835: `one` repeats its claims, `many` its transaction sets.
    pub fn new(shape: &str, bytes: u64) -> Outcome<Self> {
        let file = String::from_utf8(input::remittances(1)?)?;
        let (from, to) = match shape {
            "one" => ("~LX*", "~SE*"),
            _ => ("~ST*", "~GE*"),
        };
        let place = |of: &str| file.find(of).map(|at| at + 1).ok_or("the sample is no 835");
        let (from, mut to) = (place(from)?, place(to)?);
        if shape == "one" {
            to = place("~PLB*").unwrap_or(to);
        }
        let part = |text: &str| text.as_bytes().to_vec();
        Ok(Self { parts: [part(&file[..from]), part(&file[from..to]), part(&file[to..])], left: bytes, part: 0, at: 0 })
    }
}

impl Read for Repeated {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let mut rest = &self.parts[self.part][self.at..];
        while rest.is_empty() {
            match self.part {
                1 if self.left > 0 => {}
                2 => return Ok(0),
                _ => self.part += 1,
            }
            self.at = 0;
            rest = &self.parts[self.part];
        }
        let read = rest.read(into)?;
        self.at += read;
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}
