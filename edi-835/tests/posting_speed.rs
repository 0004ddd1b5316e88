//! How fast posting is, against a bare loop on the same machine. Slow, and a measure rather than a test:
//! `cargo test --release -p edi-835 --test posting_speed -- --ignored --nocapture`

mod posting_support;

use edi_835::ledger::Ledger;
use edi_835::posting::{PostOptions, Rules, post};
use posting_support::*;
use rusqlite::Connection;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::time::Instant;

const CLAIMS: usize = 50_000;

/// CPU time of this thread where the system tells it, so that a busy machine does not count; wall time elsewhere.
struct Stopwatch {
    wall: Instant,
    cpu: Option<u64>,
}

impl Stopwatch {
    fn start() -> Self {
        Self { wall: Instant::now(), cpu: Self::cpu() }
    }

    fn cpu() -> Option<u64> {
        fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
    }

    /// Claims in a second.
    fn rate(&self) -> f64 {
        let cpu = self.cpu.zip(Self::cpu()).map(|(from, to)| (to - from) as f64 / 1e9);
        CLAIMS as f64 / cpu.unwrap_or_else(|| self.wall.elapsed().as_secs_f64())
    }
}

/// Claims of two lines: most are paid with a contractual part and a coinsurance, some are denied on one line.
fn answers(from: usize, to: usize) -> Vec<Clp> {
    let one = |n: usize| {
        let answer = clp(&format!("C{n:07}"), "1").line("183.50", "CO-45=61.25 PR-2=24.45");
        match n % 10 {
            0 => answer.line("92.75", "CO-97=92.75"),
            1 => answer.line("92.75", "CO-45=30").cas("CO-253=2.15"),
            _ => answer.line("92.75", "CO-45=30 PR-3=20").with("MOA***MA01~"),
        }
    };
    (from..to).map(one).collect()
}

/// Finds each claim, updates its balance and adds six rows with a unique key and an index: claims in a second.
fn bare_loop(path: &Path) -> f64 {
    let mut connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    let tables = "CREATE TABLE claim (id INTEGER PRIMARY KEY, claim_key TEXT UNIQUE, balance INTEGER);
        CREATE TABLE entry (id INTEGER PRIMARY KEY, claim_id INTEGER, seq INTEGER, kind TEXT, amount INTEGER,
            UNIQUE (claim_id, seq));
        CREATE INDEX entry_kind ON entry (kind, claim_id);";
    connection.execute_batch(tables).unwrap();
    let work = connection.transaction().unwrap();
    {
        let mut insert = work.prepare("INSERT INTO claim (claim_key, balance) VALUES (?1, 27625)").unwrap();
        for n in 0..CLAIMS {
            insert.execute([format!("C{n:07}")]).unwrap();
        }
    }
    work.commit().unwrap();
    let start = Stopwatch::start();
    let work = connection.transaction().unwrap();
    {
        let mut find = work.prepare("SELECT id FROM claim WHERE claim_key = ?1").unwrap();
        let mut update = work.prepare("UPDATE claim SET balance = balance - ?2 WHERE id = ?1").unwrap();
        let mut insert =
            work.prepare("INSERT INTO entry (claim_id, seq, kind, amount) VALUES (?1, ?2, ?3, ?4)").unwrap();
        for n in 0..CLAIMS {
            let id: i64 = find.query_row([format!("C{n:07}")], |row| row.get(0)).unwrap();
            update.execute([id, 27_625]).unwrap();
            for (seq, kind) in ["paid", "contractual", "patient", "paid", "contractual", "patient"].iter().enumerate() {
                insert.execute((id, seq as i64, kind, 100)).unwrap();
            }
        }
    }
    work.commit().unwrap();
    start.rate()
}

#[test]
#[ignore = "a measure: run it with --release"]
fn posting_against_a_bare_loop() {
    let folder = tempfile::tempdir().unwrap();
    let (rules, run) = (Rules::default(), Clinic::new().run);
    let mut ledger = Ledger::open(folder.path().join("books.db")).unwrap();
    let start = Stopwatch::start();
    let mut booking = ledger.booking(&run, None, &rules).unwrap();
    for n in 0..CLAIMS {
        booking.book(&submission(&format!("C{n:07}"), &["183.50", "92.75"], &["11111"])).unwrap();
    }
    booking.commit().unwrap();
    println!("book       {:>9.0} claims/s", start.rate());

    let path = folder.path().join("payments.835");
    let remits: Vec<Remit> =
        (0..CLAIMS / 5_000).map(|i| remit(&format!("T{i}"), &answers(i * 5_000, (i + 1) * 5_000))).collect();
    fs::write(&path, file(&remits)).unwrap();
    let options = PostOptions { run, rules: &rules, dry_run: false, file: "payments.835".into() };
    let start = Stopwatch::start();
    let open = || Ok(BufReader::with_capacity(1 << 18, File::open(&path)?));
    let outcomes = post(open, &mut ledger, &options, &mut |_| {}).unwrap();
    let posting = start.rate();
    assert_eq!(outcomes.iter().map(|outcome| outcome.posted).sum::<u64>(), CLAIMS as u64);
    let bare = bare_loop(&folder.path().join("bare.db"));
    println!("post       {posting:>9.0} claims/s");
    println!("bare loop  {bare:>9.0} claims/s; posting is {:.2} of it", posting / bare);
    let start = Stopwatch::start();
    let report = ledger.check().unwrap();
    assert_eq!(report.breaches, []);
    println!("check      {:>9.0} claims/s, {} entries", start.rate(), report.entries);
}
