//! Claim accounts by their keys, a batch at a time: a handful of statements whatever the number of claims.

use super::account::{
    Answer, AnsweredAdjustment, AnsweredLine, BilledLine, ChainPayer, ClaimAccount, HeldAnswer, PostedEntry,
};
use super::chart::Account;
use super::error::{Error, Result};
use super::journal::{Entry, Place};
use super::store::{Keys, Store, Value};
use super::text::{date, period, procedure_from};
use edi_core::account::ClaimKey;

const CLAIMS: &str = "SELECT c.id, s.id, s.ordinal, s.frequency, s.destination, s.charge, s.patient_paid, s.content,
        c.claim_key, c.payee_id, c.patient, c.member_id
    FROM claim c LEFT JOIN submission s ON s.claim_id = c.id WHERE c.id IN {keys} ORDER BY c.id, s.ordinal";
const PAYERS: &str = "SELECT s.submission_id, s.payer_id, p.code, s.filing_indicator
    FROM submission_payer s JOIN payer p ON p.id = s.payer_id
    WHERE s.submission_id IN {keys} ORDER BY s.submission_id, s.position";
const LINES: &str = "SELECT s.submission_id, s.line_id, s.ordinal, l.control, s.procedure_code, s.from_day, s.to_day,
        s.units, s.charge
    FROM submission_line s JOIN line l ON l.id = s.line_id
    WHERE s.submission_id IN {keys} ORDER BY s.submission_id, s.ordinal";
/// What an undone remittance wrote and its mirror entries are nothing together: both are left out.
const ENTRIES: &str = "SELECT j.claim_id, e.journal_id, e.seq, j.adjudication_id, e.account_id, e.amount, e.payer_id,
        e.line_id, e.remittance_id, e.hold_id, e.reason, e.rule, e.reverses_journal, e.reverses_seq
    FROM journal j JOIN entry e ON e.journal_id = j.id LEFT JOIN remittance r ON r.id = j.remittance_id
    WHERE j.claim_id IN {keys} AND coalesce(r.state, '') <> 'undone'";
const ANSWERS: &str = "SELECT a.claim_id, a.id, a.remittance_id, a.payer_id, a.position, a.number, a.status, a.charge,
        a.paid, a.forwarded, a.reverses
    FROM adjudication a JOIN remittance r ON r.id = a.remittance_id
    WHERE a.claim_id IN {keys} AND r.state = 'posted' ORDER BY a.claim_id, a.id";
const ANSWERED_LINES: &str = "SELECT adjudication_id, ordinal, line_id, charge, paid
    FROM adjudicated_line WHERE adjudication_id IN {keys} ORDER BY adjudication_id, ordinal";
const ADJUSTMENTS: &str = "SELECT adjudication_id, line_ordinal, group_code, reason, amount
    FROM adjustment WHERE adjudication_id IN {keys} ORDER BY adjudication_id, line_ordinal, seq";
const HELD: &str = "SELECT h.claim_id, h.id, h.remittance_id, h.ordinal, h.payer_id, r.paid_on, h.body
    FROM hold h JOIN remittance r ON r.id = h.remittance_id
    WHERE h.claim_id IN {keys} AND h.state = 'open' AND h.kind = 'claim' ORDER BY h.claim_id, h.id";

/// Loads the accounts of these claims, in the order of their row keys. The keys are sorted and distinct.
pub(super) fn accounts<S: Store>(store: &mut S, ids: &[i64]) -> Result<Vec<ClaimAccount>> {
    let mut accounts = Batch::default();
    submissions(store, ids, &mut accounts)?;
    store.load(ENTRIES, Keys::Int(ids), &mut |row| {
        let entry = posted(row)?;
        accounts.of(row[0])?.1.entries.push(entry);
        Ok(())
    })?;
    for account in &mut accounts.list {
        account.entries.sort_unstable_by_key(|posted| posted.id); // a few each: the database would sort them all
    }
    answers(store, ids, &mut accounts)?;
    store.load(HELD, Keys::Int(ids), &mut |row| {
        let held = HeldAnswer {
            hold: row[1].int(),
            remittance: row[2].int(),
            ordinal: u64::try_from(row[3].int()).unwrap_or_default(),
            payer: row[4].key(),
            effective: date(row[5].text()),
            adjudication: serde_json::from_str(row[6].text()).map_err(|_| Error::Damaged("a held claim"))?,
        };
        accounts.of(row[0])?.1.held.push(held);
        Ok(())
    })?;
    Ok(accounts.list)
}

/// Accounts in the order of their row keys.
#[derive(Default)]
struct Batch {
    list: Vec<ClaimAccount>,
}

/// Where rows belong, by the key of the row above them, in the order of the keys: so few are found sooner than hashed.
struct Owners<T>(Vec<(i64, T)>);

impl<T: Copy> Owners<T> {
    fn new(mut owners: Vec<(i64, T)>) -> Self {
        owners.sort_unstable_by_key(|(key, _)| *key);
        Self(owners)
    }

    fn keys(&self) -> Vec<i64> {
        self.0.iter().map(|(key, _)| *key).collect()
    }

    fn of(&self, key: Value<'_>) -> Result<T> {
        let place = self.0.binary_search_by_key(&key.int(), |(key, _)| *key);
        place.map(|i| self.0[i].1).map_err(|_| Error::Damaged("a row that belongs to none that is there"))
    }
}

impl Batch {
    fn add(&mut self, row: &[Value<'_>]) {
        self.list.push(ClaimAccount {
            id: row[0].int(),
            key: ClaimKey(row[8].text().into()),
            payee: row[9].int(),
            patient: row[10].text().into(),
            member_id: row[11].text().into(),
            submissions: 0,
            contents: Vec::new(),
            frequency: Default::default(),
            destination: 0,
            charge: 0,
            patient_paid: 0,
            payers: Vec::new(),
            lines: Vec::new(),
            former_lines: Vec::new(),
            entries: Vec::new(),
            answers: Vec::new(),
            held: Vec::new(),
        });
    }

    fn of(&mut self, claim: Value<'_>) -> Result<(usize, &mut ClaimAccount)> {
        let place = self.list.binary_search_by_key(&claim.int(), |account| account.id);
        let index = place.map_err(|_| Error::Damaged("a row of a claim that is not there"))?;
        Ok((index, &mut self.list[index]))
    }
}

/// Claims with their submissions, and of these payers and lines: those of the latest, and lines that only earlier ones
/// had.
fn submissions<S: Store>(store: &mut S, ids: &[i64], accounts: &mut Batch) -> Result<()> {
    let mut owners = Vec::new();
    store.load(CLAIMS, Keys::Int(ids), &mut |row| {
        if accounts.list.last().is_none_or(|last| last.id != row[0].int()) {
            accounts.add(row);
        }
        if let Some(id) = row[1].key() {
            let (index, account) = accounts.of(row[0])?;
            owners.push((id, (index, row[2].int())));
            submission(account, row);
        }
        Ok(())
    })?;
    let owners = Owners::new(owners);
    let keys = owners.keys();
    let is_latest = |account: &ClaimAccount, ordinal: i64| account.submissions == ordinal;
    store.load(PAYERS, Keys::Int(&keys), &mut |row| {
        let (index, ordinal) = owners.of(row[0])?;
        let account = &mut accounts.list[index];
        if is_latest(account, ordinal) {
            let (code, filing_indicator) = (row[2].text().into(), row[3].text().into());
            account.payers.push(ChainPayer { payer: row[1].int(), code, filing_indicator });
        }
        Ok(())
    })?;
    store.load(LINES, Keys::Int(&keys), &mut |row| {
        let (index, ordinal) = owners.of(row[0])?;
        let account = &mut accounts.list[index];
        let line = line(row);
        account.former_lines.retain(|former| former.id != line.id);
        if is_latest(account, ordinal) {
            account.lines.push(line)
        } else {
            account.former_lines.push(line)
        }
        Ok(())
    })
}

fn submission(account: &mut ClaimAccount, row: &[Value<'_>]) {
    account.submissions = row[2].int();
    account.frequency = row[3].text().into();
    account.destination = usize::try_from(row[4].int()).unwrap_or_default();
    account.charge = row[5].int();
    account.patient_paid = row[6].int();
    account.contents.push(row[7].text().into());
}

fn line(row: &[Value<'_>]) -> BilledLine {
    BilledLine {
        id: row[1].int(),
        ordinal: u32::try_from(row[2].int()).unwrap_or_default(),
        control: row[3].text().into(),
        procedure: procedure_from(row[4].text()),
        service: period(row[5].text(), row[6].text()),
        units: row[7].text().parse().unwrap_or_default(),
        charge: row[8].int(),
    }
}

fn posted(row: &[Value<'_>]) -> Result<PostedEntry> {
    let place = Place {
        claim: row[0].key(),
        payer: row[6].key(),
        line: row[7].key(),
        remittance: row[8].key(),
        hold: row[9].key(),
        payee: None,
    };
    let entry = Entry {
        account: Account::of_id(row[4].int()).ok_or(Error::Damaged("an entry of an unknown account"))?,
        amount: row[5].int(),
        place,
        reason: row[10].text().into(),
        rule: row[11].text().into(),
        reverses: row[12].key().zip(row[13].key()),
    };
    Ok(PostedEntry { id: (row[1].int(), row[2].int()), adjudication: row[3].key(), entry })
}

/// Answers that were posted and not undone, with their lines and adjustments.
fn answers<S: Store>(store: &mut S, ids: &[i64], accounts: &mut Batch) -> Result<()> {
    let mut place = Vec::new();
    store.load(ANSWERS, Keys::Int(ids), &mut |row| {
        let (index, account) = accounts.of(row[0])?;
        place.push((row[1].int(), (index, account.answers.len())));
        account.answers.push(answer(row));
        Ok(())
    })?;
    let place = Owners::new(place);
    let keys = place.keys();
    store.load(ANSWERED_LINES, Keys::Int(&keys), &mut |row| {
        let (claim, answer) = place.of(row[0])?;
        let ordinal = u32::try_from(row[1].int()).unwrap_or_default();
        let line = AnsweredLine { ordinal, line: row[2].int(), charge: row[3].int(), paid: row[4].int() };
        accounts.list[claim].answers[answer].lines.push(line);
        Ok(())
    })?;
    store.load(ADJUSTMENTS, Keys::Int(&keys), &mut |row| {
        let (claim, answer) = place.of(row[0])?;
        accounts.list[claim].answers[answer].adjustments.push(AnsweredAdjustment {
            line: u32::try_from(row[1].int()).unwrap_or_default(),
            group: row[2].text().into(),
            reason: row[3].text().into(),
            amount: row[4].int(),
        });
        Ok(())
    })?;
    for account in &mut accounts.list {
        account.mark_denied();
    }
    Ok(())
}

fn answer(row: &[Value<'_>]) -> Answer {
    Answer {
        id: row[1].int(),
        remittance: row[2].int(),
        payer: row[3].int(),
        position: usize::try_from(row[4].int()).unwrap_or_default(),
        number: row[5].text().into(),
        status: row[6].text().into(),
        charge: row[7].int(),
        paid: row[8].int(),
        forwarded: row[9].int() != 0,
        reverses: row[10].key(),
        lines: Vec::new(),
        adjustments: Vec::new(),
        wholly_denied: false,
    }
}

impl ClaimAccount {
    /// An answer is wholly denied where it paid nothing and its denials make its whole charge.
    fn mark_denied(&mut self) {
        let denied = |id: i64| -> i64 {
            let of_it = |p: &&PostedEntry| p.adjudication == Some(id) && p.entry.account == Account::DeniedReceivable;
            self.entries.iter().filter(of_it).filter(|p| p.entry.amount > 0).map(|p| p.entry.amount).sum()
        };
        let whole: Vec<bool> =
            self.answers.iter().map(|a| a.paid == 0 && a.charge != 0 && denied(a.id) == a.charge).collect();
        for (answer, whole) in self.answers.iter_mut().zip(whole) {
            answer.wholly_denied = whole;
        }
    }
}
