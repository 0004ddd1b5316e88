//! Posting a file: read it twice, plan each remittance, write it in one database transaction.

use super::find;
use super::outcome::{Fate, PostEvent, RemittanceOutcome};
use super::poster::Poster;
use super::proof::{Hashing, Proven, drain, prove};
use super::reason::{Cause, Reason};
use super::release::Touched;
use super::rules::Rules;
use super::waiting;
use super::write::reason_rows;
use crate::ledger::{Error, HoldRow, Ledger, Origin, RemittanceRow, Result, Run, Source, Store, Writing};
use crate::model::Remittance;
use crate::read::{RemittanceEvent, RemittanceReader};
use edi_core::{Money, Text};
use std::collections::BTreeMap;
use std::io::{self, BufRead};

/// How a file is posted.
#[derive(Debug, Clone)]
pub struct PostOptions<'a> {
    /// Who posts, and when.
    pub run: Run,
    /// The office's rules.
    pub rules: &'a Rules,
    /// Plan and write everything, and take it back.
    pub dry_run: bool,
    /// Name of the file.
    pub file: Text,
}

/// Posts every remittance of a file; each stands alone, in a database transaction of its own.
///
/// `open` opens the file, twice: the first reading proves every remittance, the second posts. `tell` hears of each
/// claim as it is planned.
///
/// # Errors
/// Where the file cannot be read to its end, or the database fails. Remittances that were posted before that stay
/// posted; the one in work leaves nothing. A file that changed between the readings is an error.
pub fn post<R: BufRead, S: Store>(
    open: impl Fn() -> io::Result<R>,
    ledger: &mut Ledger<S>,
    options: &PostOptions<'_>,
    tell: &mut dyn FnMut(PostEvent<'_>),
) -> Result<Vec<RemittanceOutcome>> {
    run(open, ledger, options, false, tell)
}

/// Posts a file as [`post`] would if it had not been posted, and takes everything back: what other rules would have
/// done with past remittances. Later remittances that depend on one are taken back before it; where a person's entry or
/// a booking depends on it, it is told as it stands.
///
/// # Errors
/// As [`post`].
pub fn replay<R: BufRead, S: Store>(
    open: impl Fn() -> io::Result<R>,
    ledger: &mut Ledger<S>,
    options: &PostOptions<'_>,
    tell: &mut dyn FnMut(PostEvent<'_>),
) -> Result<Vec<RemittanceOutcome>> {
    run(open, ledger, &PostOptions { dry_run: true, ..options.clone() }, true, tell)
}

fn run<R: BufRead, S: Store>(
    open: impl Fn() -> io::Result<R>,
    ledger: &mut Ledger<S>,
    options: &PostOptions<'_>,
    again: bool,
    tell: &mut dyn FnMut(PostEvent<'_>),
) -> Result<Vec<RemittanceOutcome>> {
    let (proven, hash) = prove(open()?)?;
    let file = File { options, source: Source { name: options.file.clone(), hash }, again };
    let input = Hashing::new(open()?);
    if options.dry_run {
        let mut writing = ledger.begin(&options.run)?;
        let outcomes = read(input, proven, &file, |work, reader| work.run(&mut writing, reader, tell))?;
        writing.roll_back()?;
        return Ok(outcomes);
    }
    read(input, proven, &file, |work, reader| {
        let mut writing = ledger.begin(&options.run)?;
        let outcome = work.run(&mut writing, reader, tell)?;
        writing.commit()?;
        Ok(outcome)
    })
}

/// The second reading: `run` takes each remittance from its header to its end.
fn read<R: BufRead>(
    mut input: Hashing<R>,
    proven: Vec<Proven>,
    file: &File<'_>,
    mut run: impl FnMut(&Work<'_>, &mut RemittanceReader<&mut Hashing<R>>) -> Result<RemittanceOutcome>,
) -> Result<Vec<RemittanceOutcome>> {
    let mut outcomes = Vec::with_capacity(proven.len());
    let mut proven = proven.into_iter();
    let mut reader = RemittanceReader::new(&mut input)?;
    while let Some(event) = reader.next() {
        let RemittanceEvent::Header(remittance) = event? else { continue };
        let proof = proven.next().ok_or(Error::InputChanged)?;
        let work = Work { file, remittance: &remittance, proof: &proof };
        outcomes.push(run(&work, &mut reader)?);
    }
    drop(reader);
    drain(&mut input)?;
    if input.finish() == file.source.hash && proven.next().is_none() { Ok(outcomes) } else { Err(Error::InputChanged) }
}

/// The file in work.
pub(super) struct File<'a> {
    pub options: &'a PostOptions<'a>,
    source: Source,
    /// What was posted is undone first.
    again: bool,
}

/// One remittance on its way: what is read of it, and what was proved.
pub(super) struct Work<'a> {
    pub file: &'a File<'a>,
    pub remittance: &'a Remittance,
    pub proof: &'a Proven,
}

impl Work<'_> {
    fn run<R: BufRead, S: Store>(
        &self,
        writing: &mut Writing<'_, S>,
        reader: &mut RemittanceReader<R>,
        tell: &mut dyn FnMut(PostEvent<'_>),
    ) -> Result<RemittanceOutcome> {
        let source = writing.source(&self.file.source)?;
        let origin = Origin { source: Some(source), segments: self.proof.segments };
        let (row, faults) = self.row(writing, origin)?;
        let mut outcome = self.outcome();
        let mut known = writing.known_remittances(&row.identity)?;
        if let Some(i) = known.iter().position(|known| !known.held).filter(|_| self.file.again) {
            match writing.undo_with_later(known[i].id) {
                Ok(()) => drop(known.remove(i)),
                Err(Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if known.iter().any(|known| !known.held && known.content == row.content) {
            outcome.fate = Fate::AlreadyPosted;
            return self.skip(reader, outcome);
        }
        let reasons = if known.iter().any(|known| !known.held) { vec![self.other_content()] } else { faults };
        let held_before = known.iter().find(|known| known.held && known.content == row.content);
        if !reasons.is_empty() {
            match held_before {
                Some(known) => (outcome.id, outcome.fate) = (Some(known.id), Fate::AlreadyHeld),
                None => {
                    let body = waiting::body(self, &reasons)?;
                    outcome.id = Some(hold_whole(writing, &row, &reasons, &body)?);
                    outcome.fate = Fate::Held(reasons);
                    if !body.is_empty() {
                        return waiting::keep(self, writing, reader, &row, outcome);
                    }
                }
            }
            return self.skip(reader, outcome);
        }
        if let Some(known) = held_before {
            writing.end_remittance_hold(known.id)?;
        }
        let id = writing.remittance(&row, false)?;
        let day = row.date.unwrap_or(writing.day());
        writing.payment(id, &row, day)?;
        let posting = Poster { work: self, writing, tell, id, row: &row, day, outcome, touched: Touched::default() };
        posting.run(reader)
    }

    fn outcome(&self) -> RemittanceOutcome {
        RemittanceOutcome {
            ordinal: self.remittance.ordinal,
            id: None,
            trace: self.remittance.trace_number().into(),
            originator: self.remittance.trace().map(|trn| trn.originator.clone()).unwrap_or_default(),
            payer: self.remittance.payer_name().into(),
            date: self.remittance.payment_date(),
            amount: self.remittance.amount(),
            fate: Fate::Posted,
            claims: 0,
            posted: 0,
            held: 0,
            posted_amount: Money::ZERO,
            held_amount: Money::ZERO,
            provider_posted: 0,
            provider_held: 0,
            released: 0,
            moved: BTreeMap::new(),
            warnings: self.proof.warnings.clone(),
        }
    }

    /// Reads to the end of a remittance that does not post.
    fn skip<R: BufRead>(
        &self,
        reader: &mut RemittanceReader<R>,
        mut outcome: RemittanceOutcome,
    ) -> Result<RemittanceOutcome> {
        for event in reader {
            match event? {
                RemittanceEvent::Claim(_) => outcome.claims += 1,
                RemittanceEvent::End(_) => break,
                RemittanceEvent::Header(_) => return Err(Error::InputChanged),
            }
        }
        Ok(outcome)
    }

    /// The remittance as the ledger keeps it, and what holds it as a whole.
    fn row<S: Store>(&self, writing: &mut Writing<'_, S>, origin: Origin) -> Result<(RemittanceRow, Vec<Reason>)> {
        let remittance = self.remittance;
        let mut faults: Vec<Reason> = self.proof.proof.as_ref().err().cloned().into_iter().collect();
        let amount = super::amounts::cents(remittance.amount());
        if amount.is_none() {
            let words = "BPR02 has a fraction of a cent or is out of range";
            faults.push(Reason::new("B5", Cause::AmountUnusable, words));
        }
        let ids = find::payee_ids(remittance);
        let payee = find::payee(writing, self.file.options.rules, &ids)?;
        if payee.is_none() {
            let words =
                format!("the payee {} is none of ours: name it under payees in the rules if it is", ids.join(", "));
            faults.push(Reason::new("HELD", Cause::PayeeNotOurs, words));
        }
        let originator = remittance.trace().map(|trn| trn.originator.clone()).unwrap_or_default();
        let date = remittance.payment_date();
        let cents = amount.unwrap_or_default();
        let mut identity = format!(
            "{originator}|{}|{}|{cents}|{}",
            remittance.trace_number(),
            date.map(|date| date.to_string()).unwrap_or_default(),
            ids.first().map_or("", |id| id.as_str())
        );
        if cents == 0 {
            identity = format!("{identity}|{}", self.proof.content); // payers reuse trace numbers at zero pay (E3)
        }
        let payment = remittance.payment();
        let envelope = remittance.envelope.as_ref();
        let row = RemittanceRow {
            identity: identity.into(),
            content: self.proof.content.clone(),
            originator,
            trace: remittance.trace_number().into(),
            date,
            amount: cents,
            method: payment.map(|bpr| bpr.method.clone()).unwrap_or_default(),
            payer: find::payer(writing, self.file.options.rules, &remittance.payer_ids())?,
            payer_name: remittance.payer_name().into(),
            payee,
            control: envelope.map(|envelope| envelope.transaction.control.clone()).unwrap_or_default(),
            origin,
        };
        Ok((row, faults))
    }

    fn other_content(&self) -> Reason {
        let words = "a remittance with this trace, date, amount and payee is posted, and its content is another: \
            undo that one first if this one is right";
        Reason::new("HELD", Cause::OtherContent, words)
    }
}

fn hold_whole<S: Store>(
    writing: &mut Writing<'_, S>,
    row: &RemittanceRow,
    reasons: &[Reason],
    body: &str,
) -> Result<i64> {
    let id = writing.remittance(row, true)?;
    let hold = HoldRow {
        kind: "remittance",
        remittance: Some(id),
        ordinal: 0,
        claim: None,
        payer: row.payer,
        claim_key: "",
        number: "",
        original_reference: "",
        amount: row.amount,
        content: &row.content,
        body,
        origin: row.origin,
    };
    let day = writing.day();
    writing.hold(&hold, &reason_rows(reasons), day)?;
    Ok(id)
}
