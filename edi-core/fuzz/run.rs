//! A fuzz runner for stable Rust: mutates inputs, keeps those that lead somewhere new, stops at a panic or a hang.
//!
//! ```text
//! cargo run --profile fuzz -p edi-cli --example fuzz -- all 60         each target for a minute, as many at once as cores
//! cargo run --profile fuzz -p edi-cli --example fuzz -- reader 600 7   one for ten minutes, from seed 7
//! ```
//!
//! The first input that breaks a target ends the run: it is made small and written to `edi-core/fuzz/found/TARGET/`,
//! where `cargo test` replays it, and its path is told.

#![allow(clippy::print_stdout)] // a program for the terminal

#[path = "mutate.rs"]
mod mutate;
#[path = "seeds.rs"]
mod seeds;
#[path = "targets.rs"]
mod targets;

use mutate::Draw;
use std::collections::HashSet;
use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use std::{fs, io};
use targets::{TARGETS, Target};

/// The most inputs that are mutated further.
const MOST_INPUTS: usize = 10_000;

/// How long one input may take, on a machine that does much else. Most take microseconds.
const HANG: Duration = Duration::from_secs(60);

/// How long it is tried to make an input smaller.
const SHRINKING: Duration = Duration::from_secs(60);

/// What runs now: the target, its input, since when.
type Running = Mutex<Option<(&'static Target, Vec<u8>, Instant)>>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, seconds, rest @ ..] = &arguments[..] else { return Err("fuzz TARGET|all SECONDS [SEED]".into()) };
    let time = Duration::from_secs(seconds.parse()?);
    let seed = rest.first().map_or(Ok(1), |seed| seed.parse())?;
    let wanted: Vec<_> = TARGETS.iter().filter(|target| name == "all" || target.name == name).collect();
    if wanted.is_empty() {
        return Err(format!("there is no target {name}").into());
    }
    let workers = thread::available_parallelism().map_or(1, |cores| cores.get().min(wanted.len()));
    let (queue, broken) = (Mutex::new(wanted.into_iter()), AtomicBool::new(false));
    let running: Vec<Running> = (0..workers).map(|_| Mutex::new(None)).collect();
    thread::scope(|scope| {
        let work = |running| {
            while !broken.load(Ordering::Relaxed)
                && let Some(target) = queue.lock().ok().and_then(|mut queue| queue.next())
            {
                fuzz(target, time, seed, running, &broken)?;
            }
            Ok(())
        };
        let threads: Vec<_> = running.iter().map(|running| scope.spawn(move || work(running))).collect();
        while !threads.iter().all(thread::ScopedJoinHandle::is_finished) {
            thread::sleep(Duration::from_millis(100));
            running.iter().try_for_each(end_a_hang)?;
        }
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(io::Error::other("a worker"))))
    })?;
    if broken.into_inner() { Err("an input broke a target".into()) } else { Ok(()) }
}

/// Runs one target for a time, or until an input broke one.
fn fuzz(target: &'static Target, time: Duration, seed: u64, running: &Running, broken: &AtomicBool) -> io::Result<()> {
    let mut draw = Draw::new(seed);
    let (mut known, mut inputs) = (HashSet::new(), Vec::new());
    for (path, input) in seeds::seeds(target.name, target.seeds) {
        let Ok(traits) = catch_unwind(|| (target.run)(&input)) else {
            broken.store(true, Ordering::Relaxed);
            println!("{}: BROKEN by {}", target.name, path.display());
            return Ok(());
        };
        known.extend(traits);
        inputs.push(input);
    }
    let (start, mut runs, mut slowest) = (Instant::now(), 0u64, Duration::ZERO);
    while start.elapsed() < time && !broken.load(Ordering::Relaxed) {
        let input = mutate::mutated(&inputs, &mut draw);
        let before = Instant::now();
        set(running, Some((target, input.clone(), before)));
        let ended = catch_unwind(|| (target.run)(&input));
        set(running, None);
        let Ok(traits) = ended else {
            broken.store(true, Ordering::Relaxed);
            let path = keep(target, &smallest(target, &input))?;
            println!("{}: BROKEN by {}", target.name, path.display());
            return Ok(());
        };
        slowest = slowest.max(before.elapsed());
        runs += 1;
        let size = known.len();
        known.extend(traits);
        if known.len() > size && inputs.len() < MOST_INPUTS {
            inputs.push(input);
        }
    }
    let (name, traits, seconds) = (target.name, known.len(), start.elapsed().as_secs());
    println!(
        "{name}: {runs} runs in {seconds} s, {} inputs, {traits} traits, slowest {slowest:?}: whole",
        inputs.len()
    );
    Ok(())
}

fn set(running: &Running, now: Option<(&'static Target, Vec<u8>, Instant)>) {
    if let Ok(mut running) = running.lock() {
        *running = now;
    }
}

/// Ends the program where an input takes too long: its thread cannot be stopped.
fn end_a_hang(running: &Running) -> io::Result<()> {
    if let Ok(Some((target, input, since))) = running.lock().as_deref()
        && since.elapsed() > HANG
    {
        println!("{}: HANGS on {}", target.name, keep(target, input)?.display());
        std::process::exit(1);
    }
    Ok(())
}

/// Keeps an input that broke a target, for the tests to replay.
fn keep(target: &Target, input: &[u8]) -> io::Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    let folder = seeds::found(target.name);
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{:016x}", hasher.finish()));
    fs::write(&path, input)?;
    Ok(path)
}

/// Takes pieces out as long as the input still breaks the target.
fn smallest(target: &Target, input: &[u8]) -> Vec<u8> {
    let mut input = input.to_vec();
    let (mut piece, start) = (input.len() / 2, Instant::now());
    while piece > 0 {
        let mut at = 0;
        while at < input.len() && start.elapsed() < SHRINKING {
            let shorter = [&input[..at], &input[(at + piece).min(input.len())..]].concat();
            if catch_unwind(|| (target.run)(&shorter)).is_err() { input = shorter } else { at += piece }
        }
        piece /= 2;
    }
    input
}
