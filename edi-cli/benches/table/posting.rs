//! Posting, beside a bare loop that writes the same rows into the same schema.

use crate::Outcome;
use crate::input::{Inputs, answers, clock};
use crate::measure::{Row, median, once};
use edi_835::ledger::{Ledger, Run};
use edi_835::posting::{PostOptions, Rules, post};
use edi_core::account::Submission;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The ledger in which claims are booked, and the 835 that answers them.
const BOOKED: &str = "booked.db";
const REMITTANCES: &str = "answers.835";

/// The tables that an answer writes, each behind those that it refers to, with the condition that tells the answer.
const OF_AN_ANSWER: [(&str, &str); 7] = [
    ("adjudication", "SELECT t.id, t.* FROM adjudication t"),
    ("adjudicated_line", "SELECT t.adjudication_id, t.* FROM adjudicated_line t"),
    ("adjustment", "SELECT t.adjudication_id, t.* FROM adjustment t"),
    ("remark", "SELECT t.adjudication_id, t.* FROM remark t"),
    ("journal", "SELECT t.adjudication_id, t.* FROM journal t WHERE t.adjudication_id IS NOT NULL"),
    (
        "entry",
        "SELECT j.adjudication_id, t.* FROM entry t JOIN journal j ON j.id = t.journal_id \
         WHERE j.adjudication_id IS NOT NULL",
    ),
    ("denial", "SELECT t.adjudication_id, t.* FROM denial t"),
];

/// The tables of which posting writes a few rows for a file or a remittance.
const OF_A_FILE: [(&str, &str); 9] = [
    ("run", "SELECT 0, t.* FROM run t"),
    ("source", "SELECT 0, t.* FROM source t"),
    ("remittance", "SELECT 0, t.* FROM remittance t"),
    ("hold", "SELECT 0, t.* FROM hold t"),
    ("plb", "SELECT 0, t.* FROM plb t"),
    ("plb_match", "SELECT 0, t.* FROM plb_match t"),
    ("hold_reason", "SELECT 0, t.* FROM hold_reason t"),
    ("journal", "SELECT 0, t.* FROM journal t WHERE t.adjudication_id IS NULL"),
    ("entry", "SELECT 0, t.* FROM entry t JOIN journal j ON j.id = t.journal_id WHERE j.adjudication_id IS NULL"),
];

/// A row that is to be written: its table's ordinal and its cells.
type Written = (usize, Vec<Value>);

/// What posting wrote, in the order in which a bare loop writes it.
struct Rows {
    of_the_file: Vec<Written>,
    answers: Vec<(String, Vec<Written>)>,
}

/// How much larger the ledger is in which the cost of a claim is measured again.
const LARGER: usize = 20;

/// How many claims of a payer stand in a transaction set.
const TO_A_SET: usize = 1000;

/// A ledger in which claims are booked, and the 835 that answers them.
pub struct Booked {
    folder: TempDir,
    remittances: Vec<u8>,
    pub claims: usize,
    rules: Rules,
}

/// The rows of the table.
pub fn rows(inputs: &Inputs) -> Outcome<[Row; 2]> {
    let submissions = inputs.submissions(inputs.claims * LARGER)?;
    // The latest: what is answered together was billed at about the same time.
    let answered = &submissions[submissions.len().saturating_sub(inputs.claims)..];
    let small = Booked::new(answered, answered, TO_A_SET)?;
    let large = Booked::new(&submissions, answered, TO_A_SET)?;
    let (mut ours, mut bare, mut in_large) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..3 {
        let name = format!("ours-{round}.db");
        ours.push(small.post(&name)?);
        let rows = small.written(&name)?;
        let path = small.copy(&format!("bare-{round}.db"))?;
        bare.push(once(|| write(&path, &rows))?.0);
        in_large.push(large.post(&name)?);
    }
    let (ours, bare, in_large) = (median(ours), median(bare), median(in_large));
    let rate = |seconds: f64| format!("{:.0} claims/s", small.claims as f64 / seconds);
    let beside_bare = Row {
        work: "post an 835 into SQLite",
        yardstick: format!("bare loop {}", rate(bare)),
        ours: rate(ours),
        ratio: bare / ours,
        must: 0.6,
        reach: 0.85,
    };
    let by_size = Row {
        work: "the same, into a ledger 20 times as large",
        yardstick: format!("small ledger {}", rate(ours)),
        ours: rate(in_large),
        ratio: ours / in_large,
        must: 0.75,
        reach: 0.9,
    };
    Ok([beside_bare, by_size])
}

/// Posting and the bare loop alone, so often, for a profiler.
pub fn profile(times: usize, inputs: &Inputs) -> Outcome<()> {
    let submissions = inputs.submissions(inputs.claims)?;
    let booked = Booked::new(&submissions, &submissions, TO_A_SET)?;
    for round in 0..times {
        let name = format!("ours-{round}.db");
        let ours = booked.post(&name)?;
        let rows = booked.written(&name)?;
        let path = booked.copy(&format!("bare-{round}.db"))?;
        let bare = once(|| write(&path, &rows))?.0;
        println!("{:.3} of the bare loop", bare / ours);
    }
    Ok(())
}

impl Booked {
    /// Books claims, and answers some of them.
    pub fn new(submissions: &[Submission], answered: &[Submission], to_a_set: usize) -> Outcome<Self> {
        let (folder, rules) = (tempfile::tempdir()?, Rules::shipped()?);
        let path = folder.path().join(BOOKED);
        book(&path, submissions, &rules)?;
        let (remittances, claims) = answers(answered, to_a_set)?;
        Ok(Self { folder, remittances, claims, rules })
    }

    /// Where its files are, with the 835 among them: for a process of its own.
    pub fn files(&self) -> Outcome<&Path> {
        std::fs::write(self.folder.path().join(REMITTANCES), &self.remittances)?;
        Ok(self.folder.path())
    }

    fn copy(&self, name: &str) -> Outcome<PathBuf> {
        let path = self.folder.path().join(name);
        std::fs::copy(self.folder.path().join(BOOKED), &path)?;
        Ok(path)
    }

    /// Seconds of posting all into a copy of the ledger.
    fn post(&self, name: &str) -> Outcome<f64> {
        let path = self.copy(name)?;
        let (seconds, posted) = once(|| post_all(&path, || Ok(self.remittances.as_slice()), &self.rules))?;
        expect(posted, self.claims as u64)?;
        Ok(seconds)
    }

    fn written(&self, name: &str) -> Outcome<Rows> {
        written(&self.folder.path().join(name), &self.folder.path().join(BOOKED))
    }
}

/// All claims must have been posted, but for one of ten thousand: among so many, two may draw one payer's number.
pub fn expect(posted: u64, claims: u64) -> Outcome<()> {
    let most = (claims - posted.min(claims)) * 10_000 <= claims;
    if most { Ok(()) } else { Err(format!("{posted} of {claims} claims were posted").into()) }
}

/// In a process of its own: posts the 835 of this folder into the ledger beside it.
pub fn post_files(folder: &Path) -> Outcome<u64> {
    let remittances = folder.join(REMITTANCES);
    let open = || File::open(&remittances).map(BufReader::new);
    post_all(&folder.join(BOOKED), open, &Rules::shipped()?)
}

fn run(rules: &Rules) -> Run {
    Run { actor: "bench".into(), day: clock().date(), rules: rules.version.clone() }
}

fn book(path: &Path, submissions: &[Submission], rules: &Rules) -> Outcome<()> {
    let mut ledger = Ledger::open(path)?;
    let mut booking = ledger.booking(&run(rules), None, rules)?;
    for submission in submissions {
        booking.book(submission)?;
    }
    booking.commit()?;
    drop(ledger);
    // One file, without a log beside it, can be copied.
    Connection::open(path)?.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

/// Posts; how many claims were posted.
fn post_all<R: BufRead>(path: &Path, open: impl Fn() -> io::Result<R>, rules: &Rules) -> Outcome<u64> {
    let mut ledger = Ledger::open(path)?;
    let options = PostOptions { run: run(rules), rules, dry_run: false, file: "bench.835".into() };
    let outcomes = post(open, &mut ledger, &options, &mut |_| {})?;
    Ok(outcomes.iter().map(|outcome| outcome.posted).sum())
}

/// The rows that are in the posted ledger and were not in the booked one.
fn written(posted: &Path, booked: &Path) -> Outcome<Rows> {
    let (posted, booked) = (Connection::open(posted)?, Connection::open(booked)?);
    let mut of_the_file = Vec::new();
    for (n, (_, select)) in OF_A_FILE.iter().enumerate() {
        let before = select_all(&booked, select)?.len();
        of_the_file.extend(select_all(&posted, select)?.into_iter().skip(before).map(|(_, row)| (n, row)));
    }
    let keys: BTreeMap<i64, String> = posted
        .prepare("SELECT a.id, c.claim_key FROM adjudication a JOIN claim c ON c.id = a.claim_id")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut answers: BTreeMap<i64, Vec<Written>> = BTreeMap::new();
    for (n, (_, select)) in OF_AN_ANSWER.iter().enumerate() {
        for (answer, row) in select_all(&posted, select)? {
            answers.entry(answer).or_default().push((n, row));
        }
    }
    let answers = answers.into_iter().filter_map(|(id, rows)| Some((keys.get(&id)?.clone(), rows))).collect();
    Ok(Rows { of_the_file, answers })
}

fn select_all(connection: &Connection, select: &str) -> Outcome<Vec<(i64, Vec<Value>)>> {
    let mut statement = connection.prepare(&format!("{select} ORDER BY 1, 2, 3, 4"))?;
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let cells = (1..columns).map(|i| row.get(i)).collect::<Result<Vec<Value>, _>>()?;
        Ok((row.get(0)?, cells))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The bare loop: find the claim, update its balance, insert the rows; one transaction.
fn write(path: &Path, rows: &Rows) -> Outcome<u64> {
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "recursive_triggers", true)?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.execute_batch("CREATE TABLE bare_balance (claim_id INTEGER PRIMARY KEY, cents INTEGER NOT NULL)")?;
    let transaction = connection.transaction()?;
    {
        let insert = |(table, _): (&str, &str), row: &[Value]| {
            let marks = vec!["?"; row.len()].join(", ");
            transaction.prepare(&format!("INSERT INTO {table} VALUES ({marks})"))
        };
        let mut of_a_file = Vec::new();
        for (n, table) in OF_A_FILE.iter().enumerate() {
            let sample = rows.of_the_file.iter().find(|(table, _)| *table == n);
            of_a_file.push(sample.map(|(_, row)| insert(*table, row)).transpose()?);
        }
        for (table, row) in &rows.of_the_file {
            if let Some(statement) = &mut of_a_file[*table] {
                statement.execute(params_from_iter(row))?;
            }
        }
        let mut of_an_answer = Vec::new();
        for (n, table) in OF_AN_ANSWER.iter().enumerate() {
            let sample = rows.answers.iter().flat_map(|(_, rows)| rows).find(|(table, _)| *table == n);
            of_an_answer.push(sample.map(|(_, row)| insert(*table, row)).transpose()?);
        }
        let mut find = transaction.prepare("SELECT claim_id FROM claim_key WHERE claim_key = ?1")?;
        let mut update = transaction.prepare(
            "INSERT INTO bare_balance VALUES (?1, ?2) ON CONFLICT (claim_id) DO UPDATE SET cents = cents + excluded.cents",
        )?;
        for (key, rows) in &rows.answers {
            let claim: i64 = find.query_row([key], |row| row.get(0))?;
            update.execute([claim, 1])?;
            for (table, row) in rows {
                if let Some(statement) = &mut of_an_answer[*table] {
                    statement.execute(params_from_iter(row))?;
                }
            }
        }
    }
    transaction.commit()?;
    Ok(rows.answers.len() as u64)
}
