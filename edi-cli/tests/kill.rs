//! A poster that is killed at any moment and started again loses nothing and posts nothing twice.
//!
//! `EDI_KILLS` says how many times it is killed; 5 where it is not given.

#![cfg(unix)]

mod support;

use pretty_assertions::assert_eq;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::{edi_in, root};

/// A repeatable sequence of numbers (Knuth's multiplier).
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

/// Encounters of 600 claims, by the columns of the demo.
fn encounters() -> String {
    let demo = fs::read_to_string(root().join("testdata/demo/encounters.csv")).unwrap();
    let mut lines = demo.lines();
    let (head, row) = (lines.next().unwrap(), lines.next().unwrap());
    let rows = (0..600).map(|n| row.replace("E-1001", &format!("K-{n:04}")).replace("E1001L1", &format!("K{n:04}L1")));
    std::iter::once(head.to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
}

fn ok(folder: &Path, words: &[&str]) -> String {
    let run = edi_in(folder, words, b"");
    assert!(run.code < 2, "{words:?}: {}", run.stderr);
    run.stdout
}

fn poster(folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_edi"))
        .current_dir(folder)
        .args(["--clock", "2026-02-02", "-q", "remit", "post", "--ledger", "office.db", "era.835"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What the ledger says that must not depend on how often the poster was started.
fn state(folder: &Path) -> [String; 3] {
    [
        ok(folder, &["ledger", "balances", "--by-payer", "--ledger", "office.db"]),
        ok(folder, &["denials", "--ledger", "office.db", "--format", "csv"]),
        ok(folder, &["holds", "--ledger", "office.db", "--format", "csv"]),
    ]
}

fn is_sound(folder: &Path) {
    let check = edi_in(folder, &["ledger", "check", "--ledger", "office.db"], b"");
    assert_eq!(check.code, 0, "{}{}", check.stdout, check.stderr);
}

/// A fresh ledger with the claims booked and nothing posted.
fn restore(folder: &Path) {
    for name in ["office.db-wal", "office.db-shm"] {
        let _ = fs::remove_file(folder.join(name));
    }
    fs::copy(folder.join("booked.db"), folder.join("office.db")).unwrap();
}

#[test]
fn a_killed_poster_loses_nothing_and_posts_nothing_twice() {
    let kills: u32 = std::env::var("EDI_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(5);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("encounters.csv"), encounters()).unwrap();
    fs::copy(root().join("testdata/demo/practice.toml"), folder.join("practice.toml")).unwrap();
    ok(
        folder,
        &["claims", "build", "encounters.csv", "--practice", "practice.toml", "--ledger", "office.db", "-o", "out"],
    );
    let era = ok(folder, &["remit", "make", "--production", "--each", "20", "--answer", "out/hub-000000001.837"]);
    fs::write(folder.join("era.835"), era).unwrap();
    fs::copy(folder.join("office.db"), folder.join("booked.db")).unwrap();

    let begun = Instant::now();
    assert!(poster(folder).wait().unwrap().code().is_some_and(|code| code < 2));
    let whole = u64::try_from(begun.elapsed().as_micros()).unwrap();
    let undisturbed = state(folder);
    is_sound(folder);

    let mut draw = Draw(u64::from(kills));
    let (mut killed, mut rounds) = (0, 0);
    while killed < kills {
        restore(folder);
        rounds += 1;
        // Each round is killed a few times on its way and then let run to its end.
        for _ in 0..4.min(kills - killed) {
            let mut child = poster(folder);
            std::thread::sleep(Duration::from_micros(draw.below(whole)));
            child.kill().unwrap();
            killed += u32::from(child.wait().unwrap().code().is_none());
            is_sound(folder);
        }
        assert!(poster(folder).wait().unwrap().code().is_some_and(|code| code < 2));
        is_sound(folder);
        assert_eq!(state(folder), undisturbed, "round {rounds}");
        assert!(rounds < 4 * kills + 4, "the poster ends before it can be killed");
    }
    println!("killed {killed} times in {rounds} rounds");
}
