//! Time and its table. What is measured is the processor time of the thread, where the system tells it.

use crate::Outcome;
use std::fmt;
use std::time::Instant;

/// How often a piece of work is measured; the median counts.
const ROUNDS: usize = 5;

/// A measurement takes so many seconds at least: the system tells processor time in ticks.
const LEAST: f64 = 0.2;

/// Processor seconds of this thread so far; wall seconds where the system does not tell them.
fn seconds(start: Instant) -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = stat.and_then(|stat| stat.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// Seconds of one piece of work.
pub fn once<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<(f64, T)> {
    let start = Instant::now();
    let before = seconds(start);
    let result = std::hint::black_box(work()?);
    Ok((seconds(start) - before, result))
}

/// Median seconds of a yardstick and of our work, done in turns so that both meet the same weather.
pub fn beside(
    mut yardstick: impl FnMut() -> Outcome<u64>,
    mut ours: impl FnMut() -> Outcome<u64>,
) -> Outcome<(f64, f64)> {
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        times.0.push(each(&mut yardstick)?);
        times.1.push(each(&mut ours)?);
    }
    Ok((median(times.0), median(times.1)))
}

/// Seconds of one piece of work, which is repeated where it is short.
fn each(work: &mut impl FnMut() -> Outcome<u64>) -> Outcome<f64> {
    let (mut seconds, mut times) = (0.0, 0.0);
    while seconds < LEAST {
        seconds += once(&mut *work)?.0;
        times += 1.0;
    }
    Ok(seconds / times)
}

pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// A row of the table.
pub struct Row {
    pub work: &'static str,
    pub yardstick: String,
    pub ours: String,
    pub ratio: f64,
    pub must: f64,
    pub reach: f64,
}

impl Row {
    pub const HEAD: &'static str =
        "| work | yardstick | ours | ratio | must | reach | |\n|---|---|---|---|---|---|---|";
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { work, yardstick, ours, ratio, must, reach } = self;
        let verdict = match () {
            () if ratio >= reach => "reached",
            () if ratio >= must => "met",
            () => "not met",
        };
        write!(f, "| {work} | {yardstick} | {ours} | {ratio:.2} | {must} | {reach} | {verdict} |")
    }
}
