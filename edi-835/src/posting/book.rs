//! Booking claims: charges go to the ledger once, whatever is sent again (rule C7).

use super::amounts::cents;
use super::coordination::money;
use super::entries::{self, View};
use super::reason::{Cause, Reason};
use super::release::{Touched, replan};
use super::rules::Rules;
use super::write::reason_rows;
use crate::ledger::{
    About, Account, ClaimAccount, Entry, Error, HoldRow, Journal, JournalKind, Ledger, OpenHold, Origin, Place, Result,
    Run, Source, Store, SubmissionRow, Writing,
};
use edi_core::Money;
use edi_core::account::{Submission, SubmittedLine};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashSet};

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Booked {
    /// A new claim: its charge is owed by the payer.
    New(Money),
    /// A claim that is there: only the difference of the charge was booked, which may be nothing.
    Difference(Money),
    /// The same submission was booked before: nothing was done.
    Again,
    /// A test claim: never booked.
    Test,
    /// It waits for a person, or for the claim that it replaces.
    Held(Vec<Reason>),
}

/// A batch of submissions that is booked in one database transaction. Dropped without
/// [`commit`](Self::commit), nothing of it lasts.
pub struct Booking<'l, S: Store> {
    pub(super) writing: Writing<'l, S>,
    rules: &'l Rules,
    origin: Origin,
    touched: Touched,
}

impl<S: Store> Ledger<S> {
    /// Begins to book submissions.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn booking<'l>(&'l mut self, run: &Run, source: Option<&Source>, rules: &'l Rules) -> Result<Booking<'l, S>> {
        let mut writing = self.begin(run)?;
        let source = source.map(|source| writing.source(source)).transpose()?;
        let origin = Origin { source, segments: (0, 0) };
        Ok(Booking { writing, rules, origin, touched: Touched::default() })
    }

    /// Books one submission; the holds that it released.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn book(&mut self, submission: &Submission, run: &Run, rules: &Rules) -> Result<Booked> {
        let mut booking = self.booking(run, None, rules)?;
        let booked = booking.book(submission)?;
        booking.commit()?;
        Ok(booked)
    }
}

impl<S: Store> Booking<'_, S> {
    /// Books a submission: insurance receivable to revenue, line by line.
    ///
    /// # Errors
    /// Where the database fails; a submission that cannot be booked is held.
    pub fn book(&mut self, submission: &Submission) -> Result<Booked> {
        let booked = self.book_once(submission, |entries| entries)?;
        if let Booked::Held(reasons) = &booked {
            hold(&mut self.writing, submission, self.origin, reasons)?;
        }
        Ok(booked)
    }

    /// Books a submission, or says why it cannot be; `change` has the last word on the entries of a new claim.
    pub(super) fn book_once(
        &mut self,
        submission: &Submission,
        change: impl FnOnce(Vec<Entry>) -> Vec<Entry>,
    ) -> Result<Booked> {
        if submission.test {
            return Ok(Booked::Test);
        }
        book(&mut self.writing, submission, self.origin, &mut self.touched, change)
    }

    /// Makes the batch last, after the holds that waited for it were planned again: how many were released.
    ///
    /// # Errors
    /// Where the database fails; then nothing of the batch lasts.
    pub fn commit(mut self) -> Result<usize> {
        let released = replan(&mut self.writing, self.rules, self.touched)?;
        self.writing.commit()?;
        Ok(released.len())
    }
}

/// Plans a held booking again.
pub(super) fn again<S: Store>(
    writing: &mut Writing<'_, S>,
    hold: &OpenHold,
    touched: &mut Touched,
) -> Result<Option<i64>> {
    let submission: Submission = serde_json::from_str(&hold.body).map_err(|_| Error::Damaged("a held submission"))?;
    match book(writing, &submission, hold.origin, touched, |entries| entries)? {
        Booked::Held(reasons) => {
            writing.still_held(hold, None, None, &reason_rows(&reasons))?;
            Ok(None)
        }
        _ => {
            writing.end_hold(hold.id, "released")?;
            Ok(Some(hold.id))
        }
    }
}

fn hold<S: Store>(
    writing: &mut Writing<'_, S>,
    submission: &Submission,
    origin: Origin,
    reasons: &[Reason],
) -> Result<()> {
    let content = content(submission)?;
    if writing.booking_is_held(&content)? {
        return Ok(());
    }
    let body = serde_json::to_string(submission).map_err(|error| Error::Database(Box::new(error)))?;
    let row = HoldRow {
        kind: "booking",
        remittance: None,
        ordinal: 0,
        claim: None,
        payer: None,
        claim_key: &submission.key.0,
        number: "",
        original_reference: &submission.original_reference,
        amount: cents(submission.charge).unwrap_or_default(),
        content: &content,
        body: &body,
        origin,
    };
    let day = writing.day();
    writing.hold(&row, &reason_rows(reasons), day)?;
    Ok(())
}

/// Hash of a submission.
pub(super) fn content(submission: &Submission) -> Result<String> {
    let json = serde_json::to_vec(submission).map_err(|error| Error::Database(Box::new(error)))?;
    Ok(Sha256::digest(json).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn book<S: Store>(
    writing: &mut Writing<'_, S>,
    submission: &Submission,
    origin: Origin,
    touched: &mut Touched,
    change: impl FnOnce(Vec<Entry>) -> Vec<Entry>,
) -> Result<Booked> {
    let charges = match charges(submission) {
        Ok(charges) => charges,
        Err(reason) => return Ok(Booked::Held(vec![reason])),
    };
    let content = content(submission)?;
    let account = match find(writing, submission)? {
        Ok(account) => account,
        Err(reason) => return Ok(Booked::Held(vec![reason])),
    };
    if account.as_ref().is_some_and(|account| account.contents.iter().any(|known| *known == content)) {
        return Ok(Booked::Again);
    }
    let known = writing.find_payer(&submission.payers[submission.destination].id)?.is_some();
    let ours = writing.find_payee(&submission.provider)?.is_some()
        && (submission.provider_tax_id.is_empty() || writing.find_payee(&submission.provider_tax_id)?.is_some());
    let row = SubmissionRow { submission, charges: &charges, content: &content, account: account.as_ref() };
    let placed = writing.submission(&row)?;
    let entries = match &account {
        None => change(new_charges(placed.claim, &placed.charged, placed.payer)),
        Some(account) => differences(account, submission, &placed.charged, placed.payer, &placed.payers),
    };
    let before = account.as_ref().map_or(0, |account| account.charge);
    let paid_before = account.as_ref().map_or(0, |account| account.patient_paid);
    let entries = with_patient_paid(entries, placed.claim, placed.patient_paid - paid_before, account.as_ref());
    let about = About { submission: Some(placed.submission), ..About::default() };
    let again: Vec<i64> =
        entries.iter().filter(|e| e.account == Account::DeniedReceivable).filter_map(|e| e.place.line).collect();
    writing.close_work(placed.claim, &again, "resubmitted")?;
    let day = writing.day();
    writing.journal(&Journal::new(JournalKind::Booking, entries)?, about, day, origin)?;
    touched.claims.insert(placed.claim);
    touched.mapped |= !known;
    touched.payee |= !ours;
    let charge: i64 = charges.iter().sum();
    Ok(match account {
        None => Booked::New(money(charge)),
        Some(_) => Booked::Difference(money(charge - before)),
    })
}

/// Charges of the lines in cents, all zero for a void (frequency 8), after a check that the submission is whole.
fn charges(submission: &Submission) -> std::result::Result<Vec<i64>, Reason> {
    let refuse = |words: String| Reason::new("C7", Cause::LinesDiffer, words);
    let unusable = || Reason::new("B5", Cause::AmountUnusable, "an amount has a fraction of a cent or is out of range");
    let total = cents(submission.charge).ok_or_else(unusable)?;
    cents(submission.patient_paid).ok_or_else(unusable)?;
    let charges = submission.lines.iter().map(|line| cents(line.charge).ok_or_else(unusable));
    let charges: Vec<i64> = charges.collect::<std::result::Result<_, Reason>>()?;
    let sum: i64 = charges.iter().sum();
    if sum != total || submission.lines.is_empty() {
        return Err(refuse(format!("the lines charge {}, and the claim {}", money(sum), money(total))));
    }
    let unnamed = submission.provider.is_empty() || submission.payers.iter().any(|payer| payer.id.is_empty());
    if unnamed || submission.payers.get(submission.destination).is_none() {
        let words = "the billing provider, the payer that it is sent to, or the id of a payer is not named";
        return Err(Reason::new("C7", Cause::PartyMissing, words));
    }
    let (mut controls, mut ordinals) = (HashSet::new(), HashSet::new());
    for SubmittedLine { ordinal, control, .. } in &submission.lines {
        if !ordinals.insert(*ordinal) || !(control.is_empty() || controls.insert(control.as_str())) {
            return Err(refuse(format!("two lines have the control number or the ordinal of line {ordinal}")));
        }
    }
    Ok(if submission.frequency == "8" { vec![0; charges.len()] } else { charges })
}

/// The claim that a submission is about: by its own number, or by the payer's number of the one it replaces.
fn find<S: Store>(
    writing: &mut Writing<'_, S>,
    submission: &Submission,
) -> Result<std::result::Result<Option<ClaimAccount>, Reason>> {
    let key = submission.key.0.as_str();
    let replaces = matches!(submission.frequency.as_str(), "7" | "8");
    if let Some(id) = writing.claim_by_key(key)? {
        let account = writing.account(id)?;
        let same = account.patient == submission.patient || account.member_id == submission.member_id;
        let words =
            || format!("claim number {key} belongs to another patient's claim: give this one a number of its own");
        return Ok(if same { Ok(Some(account)) } else { Err(Reason::new("M1", Cause::ClaimNumberTaken, words())) });
    }
    if !replaces {
        return Ok(Ok(None));
    }
    let reference = submission.original_reference.as_str();
    let mut found = BTreeSet::new();
    for payer in &submission.payers {
        if let Some(payer) = writing.find_payer(&payer.id)? {
            found.extend(writing.claims_by_number(payer, &[reference])?.into_values().flatten());
        }
    }
    if let (1, Some(id)) = (found.len(), found.first()) {
        return Ok(Ok(Some(writing.account(*id)?)));
    }
    let words = format!("it replaces or voids the payer's claim {reference}, which is not here: waits for it");
    Ok(Err(Reason::new("C7", Cause::OriginalClaimUnknown, words)))
}

fn new_charges(claim: i64, charged: &[(i64, i64)], payer: i64) -> Vec<Entry> {
    let pair = |(line, charge): &(i64, i64)| charge_pair(claim, *line, *charge, payer, "BOOK");
    charged.iter().flat_map(pair).collect()
}

fn charge_pair(claim: i64, line: i64, amount: i64, payer: i64, rule: &'static str) -> [Entry; 2] {
    let place = Place { claim: Some(claim), line: Some(line), payer: Some(payer), ..Place::default() };
    [
        Entry::new(Account::InsuranceReceivable, amount, place, "", rule),
        Entry::new(Account::Revenue, -amount, Place { payer: None, ..place }, "", rule),
    ]
}

/// C7: the difference of each line's charge; what was denied, or owed by a payer that is no longer on the claim, or
/// by the patient where a further payer is billed, becomes this payer's to answer.
fn differences(
    account: &ClaimAccount,
    submission: &Submission,
    charged: &[(i64, i64)],
    payer: i64,
    payers: &[i64],
) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut lines = account.line_ids();
    lines.extend(charged.iter().map(|(line, _)| *line));
    lines.sort_unstable();
    lines.dedup();
    let further = submission.destination > 0
        && account.standing().all(|answer| answer.payer != payer)
        && account.standing().any(|answer| answer.position < submission.destination);
    for line in lines {
        let new = charged.iter().find(|(id, _)| *id == line).map_or(0, |(_, charge)| *charge);
        let old = account.lines.iter().find(|billed| billed.id == line).map_or(0, |billed| billed.charge);
        entries.extend(charge_pair(account.id, line, new - old, payer, "C7"));
        entries.extend(moves(account, line, payer, payers, further));
    }
    let moves = entries::settle(&View { account, more: &entries });
    entries.extend(moves);
    entries
}

fn moves(account: &ClaimAccount, line: i64, payer: i64, payers: &[i64], further: bool) -> Vec<Entry> {
    let place = Place { claim: Some(account.id), line: Some(line), payer: Some(payer), ..Place::default() };
    let mut entries = Vec::new();
    let mut take = |from: Account, owner: Option<i64>, amount: i64| {
        if amount != 0 {
            entries.push(Entry::new(Account::InsuranceReceivable, amount, place, "", "C7"));
            entries.push(Entry::new(from, -amount, Place { payer: owner, ..place }, "", "C7"));
        }
    };
    for owner in account.payers.iter().map(|owner| owner.payer) {
        let gone = !payers.contains(&owner);
        if gone || owner == payer {
            let denied = account.on_line(Account::DeniedReceivable, Some(owner), line);
            take(Account::DeniedReceivable, Some(owner), denied);
        }
        if gone {
            let owed = account.on_line(Account::InsuranceReceivable, Some(owner), line);
            take(Account::InsuranceReceivable, Some(owner), owed);
        }
    }
    if further {
        take(Account::PatientReceivable, None, account.on_line(Account::PatientReceivable, None, line));
    }
    entries
}

/// What the patient paid at the visit: the patient's credit until something is owed.
fn with_patient_paid(mut entries: Vec<Entry>, claim: i64, amount: i64, account: Option<&ClaimAccount>) -> Vec<Entry> {
    let place = Place { claim: Some(claim), ..Place::default() };
    entries.extend([
        Entry::new(Account::Bank, amount, place, "", "BOOK"),
        Entry::new(Account::PatientCredit, -amount, place, "", "BOOK"),
    ]);
    if let Some(account) = account.filter(|_| amount != 0) {
        let moves = entries::settle(&View { account, more: &entries });
        entries.extend(moves);
    }
    entries
}
