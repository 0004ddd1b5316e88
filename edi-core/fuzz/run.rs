//! A fuzz runner for stable Rust: mutates inputs, keeps those that lead somewhere new, stops at a panic.
//!
//! ```text
//! cargo run --release -p edi-cli --example fuzz -- all 60         each target for a minute
//! cargo run --release -p edi-cli --example fuzz -- reader 600 7   one for ten minutes, from seed 7
//! ```
//!
//! An input that breaks a target is written to `edi-core/fuzz/found/TARGET/`, where `cargo test` replays it.

#![allow(clippy::print_stdout)] // a program for the terminal

#[path = "seeds.rs"]
mod seeds;
#[path = "targets.rs"]
mod targets;

use std::collections::HashSet;
use std::error::Error;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::catch_unwind;
use std::time::{Duration, Instant};
use targets::{TARGETS, Target};

/// The largest input.
const LARGEST: usize = 1 << 16;

/// What is put into inputs beside their own bytes.
const WORDS: [&[u8]; 40] = [
    b"~",
    b"*",
    b":",
    b"^",
    b"\r\n",
    b"\n",
    b"\0",
    b" ",
    b"\"",
    b",",
    b";",
    b"-",
    b".",
    b"+",
    b"0",
    b"9",
    b"\xFF",
    b"\xEF\xBB\xBF",
    b"\x1A",
    b"ISA*",
    b"GS*HP*",
    b"ST*835*1~",
    b"ST*837*1~",
    b"SE*1*1~",
    b"GE*1*1~",
    b"IEA*1*1~",
    b"CLP*A*1*10*10~",
    b"CAS*CO*45*1~",
    b"SVC*HC:1*1*1~",
    b"PLB*1*20261231*WO:A*1~",
    b"HL*1**20*1~",
    b"CLM*A*1~",
    b"NM1*85*2*A~",
    b"LX*1~",
    b"SV1*HC:1*1~",
    b"999999999999999999",
    b"-9999999999999999.99",
    b"00000000",
    b"*****",
    b"\xC3\xA9",
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, seconds, rest @ ..] = &arguments[..] else { return Err("fuzz TARGET|all SECONDS [SEED]".into()) };
    let time = Duration::from_secs(seconds.parse()?);
    let seed = rest.first().map_or(Ok(1), |seed| seed.parse())?;
    let mut broken = 0;
    for target in TARGETS.iter().filter(|target| name == "all" || target.name == name) {
        broken += u32::from(!fuzz(target, time, seed)?);
    }
    if broken > 0 { Err(format!("{broken} targets broke").into()) } else { Ok(()) }
}

/// Runs one target for a time; false where an input broke it.
fn fuzz(target: &Target, time: Duration, seed: u64) -> Result<bool, Box<dyn Error>> {
    let mut draw = Draw(seed | 1);
    let mut known = HashSet::new();
    let mut inputs: Vec<Vec<u8>> =
        seeds::seeds(target.name, target.seeds).into_iter().map(|(_, bytes)| bytes).collect();
    for input in &inputs {
        known.extend((target.run)(input));
    }
    let (start, mut runs, mut slowest) = (Instant::now(), 0u64, Duration::ZERO);
    while start.elapsed() < time {
        let input = mutated(&inputs, &mut draw);
        let before = Instant::now();
        let Ok(traits) = catch_unwind(|| (target.run)(&input)) else {
            let path = keep(target, &input)?;
            println!("{}: BROKEN by {path}", target.name);
            return Ok(false);
        };
        slowest = slowest.max(before.elapsed());
        runs += 1;
        let size = known.len();
        known.extend(traits);
        if known.len() > size && inputs.len() < 10_000 {
            inputs.push(input);
        }
    }
    let (name, traits) = (target.name, known.len());
    println!(
        "{name}: {runs} runs in {} s, {} inputs, {traits} traits, slowest {slowest:?}: whole",
        time.as_secs(),
        inputs.len()
    );
    Ok(true)
}

/// Keeps an input that broke a target.
fn keep(target: &Target, input: &[u8]) -> Result<String, Box<dyn Error>> {
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    let folder = seeds::found(target.name);
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{:016x}", hasher.finish()));
    fs::write(&path, smallest(target, input))?;
    Ok(path.display().to_string())
}

/// Takes pieces out as long as the input still breaks the target.
fn smallest(target: &Target, input: &[u8]) -> Vec<u8> {
    let mut input = input.to_vec();
    let mut piece = input.len() / 2;
    while piece > 0 {
        let mut at = 0;
        while at < input.len() {
            let shorter = [&input[..at], &input[(at + piece).min(input.len())..]].concat();
            if catch_unwind(|| (target.run)(&shorter)).is_err() { input = shorter } else { at += piece }
        }
        piece /= 2;
    }
    input
}

/// One of the inputs, changed in one to four places.
fn mutated(inputs: &[Vec<u8>], draw: &mut Draw) -> Vec<u8> {
    let mut input = inputs[draw.below(inputs.len())].clone();
    for _ in 0..=draw.below(4) {
        let longest = 1 << draw.below(10);
        let (at, length) = (draw.below(input.len() + 1), 1 + draw.below(longest));
        let end = (at + length).min(input.len());
        match draw.below(8) {
            0 => drop(input.drain(at..end)),
            1 => input[at..end].iter_mut().take(4).for_each(|byte| *byte ^= 1 << draw.below(8)),
            2 | 3 => drop(input.splice(at..at, WORDS[draw.below(WORDS.len())].iter().copied())),
            4 => drop(input.splice(at..(at + 1).min(end).max(at), WORDS[draw.below(WORDS.len())].iter().copied())),
            5 => {
                let piece = input[at..end].to_vec();
                let to = draw.below(input.len() + 1);
                input.splice(to..to, piece);
            }
            6 => {
                let other = &inputs[draw.below(inputs.len())];
                let from = draw.below(other.len() + 1);
                let to = (from + length).min(other.len());
                input.splice(at..end, other[from..to].iter().copied());
            }
            _ => input.truncate(at),
        }
        input.truncate(LARGEST);
    }
    input
}

/// A small generator of numbers (xorshift).
struct Draw(u64);

impl Draw {
    /// A number below this one, which is not zero.
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or_default()
    }
}
