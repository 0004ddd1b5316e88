//! The bench table: what the engine does beside the yardsticks that it must be measured by, in one run.
//!
//! ```text
//! cargo bench -p edi-cli --bench table                          20 MB of each, 10,000 claims to post
//! cargo bench -p edi-cli --bench table -- --megabytes 1000
//! cargo bench -p edi-cli --bench table -- --only read --only post
//! cargo bench -p edi-cli --bench table -- --memory 10000        peak memory up to so many megabytes
//! cargo bench -p edi-cli --bench table -- --profile validate 10   one piece of work, ten times, for a profiler
//! ```
//!
//! Inputs are drawn by seed. Where `EDI_SHARED` names a folder with `bench/gen.py`, its files are read; else the
//! engine makes its own. Ratios hold within one run on one machine only.

#![allow(clippy::print_stdout)] // a program for the terminal

mod input;
mod measure;
mod memory;
mod posting;
mod work;
mod yardstick;

use measure::Row;
use std::error::Error;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What the command line asked for.
struct Asked {
    megabytes: usize,
    claims: usize,
    memory: Option<u64>,
    only: Vec<String>,
    profile: Option<(String, usize)>,
    /// Set by the bench itself: one memory row in a process of its own.
    child: Option<(String, String, u64)>,
}

fn main() -> Outcome<()> {
    let asked = asked(std::env::args().skip(1))?;
    if let Some((what, shape, bytes)) = &asked.child {
        return memory::child(what, shape, *bytes);
    }
    let inputs = input::Inputs::new(asked.megabytes * 1_000_000, asked.claims)?;
    if let Some((what, times)) = &asked.profile {
        return work::profile(what, *times, &inputs);
    }
    let wanted = |name: &str| asked.only.is_empty() || asked.only.iter().any(|only| name.contains(only.as_str()));
    println!(
        "{} MB of 835 and of 837P ({}), {} claims to post, one thread",
        asked.megabytes, inputs.origin, asked.claims
    );
    println!("{}", Row::HEAD);
    for row in work::rows(&inputs, &wanted)? {
        println!("{row}");
    }
    if wanted("post") {
        for row in posting::rows(&inputs)? {
            println!("{row}");
        }
    }
    if wanted("memory") {
        let most = asked.memory.unwrap_or(100);
        println!("\n{}", memory::HEAD);
        memory::rows(most * 1_000_000, &mut |row| println!("{row}"))?;
        memory::posting_rows(asked.claims, &mut |row| println!("{row}"))?;
    }
    Ok(())
}

fn asked(mut arguments: impl Iterator<Item = String>) -> Outcome<Asked> {
    let mut asked = Asked { megabytes: 20, claims: 10_000, memory: None, only: Vec::new(), profile: None, child: None };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} wants a value"));
        match argument.as_str() {
            "--bench" => {} // cargo adds it
            "--megabytes" => asked.megabytes = value()?.parse()?,
            "--claims" => asked.claims = value()?.parse()?,
            "--memory" => asked.memory = Some(value()?.parse()?),
            "--only" => asked.only.push(value()?),
            "--profile" => asked.profile = Some((value()?, value()?.parse()?)),
            "--memory-child" => asked.child = Some((value()?, value()?, value()?.parse()?)),
            other => return Err(format!("{other} is no option of the bench").into()),
        }
    }
    Ok(asked)
}
