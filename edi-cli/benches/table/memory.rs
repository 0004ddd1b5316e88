//! Peak memory rows: each in a process of its own, over a reader that repeats a few claims up to any size.

use crate::measure::once;
use crate::posting::{self, Booked};
use crate::{Outcome, input, work};
use std::error::Error;
use std::ffi::OsStr;
use std::fmt;
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::Command;

pub const HEAD: &str = "| work | file | peak and cost by size | must | reach | |\n|---|---|---|---|---|---|";

/// How much dearer a unit of the largest size may be than one of a tenth of it: the noise of a shared machine.
const NOISE: f64 = 1.25;

/// One piece of work at several sizes.
pub struct Row {
    what: &'static str,
    shape: &'static str,
    /// Each size in words, and what was measured.
    sizes: Vec<(String, Measured)>,
    /// What it may take, and what it should take, in MiB.
    limits: [f64; 2],
    /// The largest file takes no more than one a tenth as large, but for a mebibyte and 16 bytes a claim, by whose
    /// hashes duplicates are found.
    flat: bool,
}

/// Peak memory in MiB, and what a byte or a claim costs in nanoseconds of the processor.
#[derive(Clone, Copy)]
struct Measured {
    /// Bytes that were read, or claims that were posted.
    size: f64,
    peak: f64,
    cost: f64,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, shape, sizes, limits: [must, reach], flat } = self;
        let [.., (_, larger), (_, largest)] = &sizes[..] else { return Err(fmt::Error) };
        let claims = (largest.size - larger.size) / input::BYTES_A_CLAIM.1 as f64;
        let growth = 1.0 + 16.0 * claims / f64::from(1 << 20);
        let peak = match () {
            () if *flat && largest.peak - larger.peak > growth => "not met",
            () if largest.peak <= *reach => "reached",
            () if largest.peak <= *must => "met",
            () => "not met",
        };
        let cost = if largest.cost <= larger.cost * NOISE { "cost constant" } else { "cost grows" };
        let unit = if *flat { "ns a byte" } else { "ns a claim" };
        let told = |(size, at): &(String, Measured)| format!("{size}: {:.1} MiB, {:.1} {unit}", at.peak, at.cost);
        let sizes: Vec<String> = sizes.iter().map(told).collect();
        let must = format!("{must} MiB{}", if *flat { ", flat" } else { "" });
        write!(f, "| memory to {what} | {shape} | {} | {must} | {reach} MiB | {peak}, {cost} |", sizes.join("; "))
    }
}

/// How many transaction sets a file has.
const SHAPES: [(&str, &str); 2] = [("one", "one ST"), ("many", "many STs")];

/// Measures each piece of work, with one transaction set and with many, at 1 MB, ten times as much, and so on.
pub fn rows(most: u64, tell: &mut dyn FnMut(Row)) -> Outcome<()> {
    for what in ["read", "check", "validate"] {
        for (name, shape) in SHAPES {
            let bytes = std::iter::successors(Some(1_000_000), |size| Some(size * 10)).take_while(|size| *size <= most);
            let sizes =
                bytes.map(|size| Ok((format!("{} MB", size / 1_000_000), measured(what, OsStr::new(name), size)?)));
            tell(Row { what, shape, sizes: sizes.collect::<Outcome<_>>()?, limits: [16.0, 8.0], flat: true });
        }
    }
    Ok(())
}

/// Measures posting, with the database's cache: a tenth of the claims, so many, and ten times as many.
pub fn posting_rows(claims: usize, tell: &mut dyn FnMut(Row)) -> Outcome<()> {
    let inputs = input::Inputs::own(claims)?;
    for ((_, shape), to_a_set) in SHAPES.into_iter().zip([usize::MAX, 1000]) {
        let sizes = [claims / 10, claims, claims * 10].into_iter().map(|count| {
            let submissions = inputs.submissions(count)?;
            let booked = Booked::new(&submissions, &submissions, to_a_set)?;
            let measured = measured("post", booked.files()?.as_os_str(), booked.claims as u64)?;
            Ok((format!("{count} claims"), measured))
        });
        let sizes = sizes.collect::<Outcome<_>>()?;
        tell(Row { what: "post", shape, sizes, limits: [100.0, 64.0], flat: false });
    }
    Ok(())
}

fn measured(what: &str, of: &OsStr, size: u64) -> Outcome<Measured> {
    let mut command = Command::new(std::env::current_exe()?);
    let output = command.args(["--memory-child", what]).arg(of).arg(size.to_string()).output()?;
    if !output.status.success() {
        return Err(format!("{what}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let told = String::from_utf8(output.stdout)?;
    let (peak, seconds) = told.trim().split_once(' ').ok_or("a child tells its peak and its seconds")?;
    let size = size as f64;
    Ok(Measured { size, peak: peak.parse::<f64>()? / 1024.0, cost: seconds.parse::<f64>()? * 1e9 / size })
}

/// In its own process: does the work and prints the peak of its resident memory in KiB and its processor seconds.
/// What is posted is of a folder with a ledger and so many claims; what is read has a shape, and so many bytes.
pub fn child(what: &str, of: &str, size: u64) -> Outcome<()> {
    let input = || Ok::<_, Box<dyn Error>>(BufReader::with_capacity(1 << 16, Repeated::new(of, size)?));
    let (seconds, done) = once(|| match what {
        "read" => work::read(input()?),
        "check" => work::check(input()?),
        "post" => posting::post_files(Path::new(of)),
        _ => work::validate(input()?),
    })?;
    if what == "post" {
        posting::expect(done, size)?;
    }
    println!("{} {seconds}", peak().ok_or("this system does not tell the peak of memory")?);
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
