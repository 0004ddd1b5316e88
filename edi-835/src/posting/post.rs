//! Posting a file: read it twice, plan each remittance, write it in one database transaction.

use super::find;
use super::outcome::{Fate, PostEvent, RemittanceOutcome};
use super::planned::{Cash, Consent, Decision, Input, PlannedClaim, Setting};
use super::plan::plan;
use super::plb::{PlbDecision, PlbInput, plan_plb};
use super::proof::{Hashing, Proven, drain, prove};
use super::reason::{Cause, Reason};
use super::release::{Touched, replan};
use super::rules::Rules;
use super::write::{self, Pending, reason_rows};
use crate::balance::prove_claim;
use crate::ledger::{
    Error, HoldRow, Ledger, Origin, PlbRow, RemittanceRow, Result, Run, Source, Store, Writing,
};
use crate::model::{ClaimPayment, Remittance, Totals};
use crate::read::{RemittanceEvent, RemittanceReader};
use chrono::NaiveDate;
use edi_core::account::Adjudication;
use edi_core::{Money, Text};
use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead};

/// How many claims are planned at a time.
const BATCH: usize = 256;

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
    let (proven, hash) = prove(open()?)?;
    let source = Source { name: options.file.clone(), hash };
    let input = Hashing::new(open()?);
    if options.dry_run {
        let mut writing = ledger.begin(&options.run)?;
        let outcomes = read(input, proven, &source, options, |work, reader| work.run(&mut writing, reader, tell))?;
        writing.roll_back()?;
        return Ok(outcomes);
    }
    read(input, proven, &source, options, |work, reader| {
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
    source: &Source,
    options: &PostOptions<'_>,
    mut run: impl FnMut(&Work<'_>, &mut RemittanceReader<&mut Hashing<R>>) -> Result<RemittanceOutcome>,
) -> Result<Vec<RemittanceOutcome>> {
    let mut outcomes = Vec::with_capacity(proven.len());
    let mut proven = proven.into_iter();
    let mut reader = RemittanceReader::new(&mut input)?;
    while let Some(event) = reader.next() {
        let RemittanceEvent::Header(remittance) = event? else { continue };
        let proof = proven.next().ok_or(Error::InputChanged)?;
        let work = Work { options, source, remittance: &remittance, proof: &proof };
        outcomes.push(run(&work, &mut reader)?);
    }
    drop(reader);
    drain(&mut input)?;
    if input.finish() == source.hash && proven.next().is_none() { Ok(outcomes) } else { Err(Error::InputChanged) }
}

/// One remittance on its way: what is read of it, and what was proved.
struct Work<'a> {
    options: &'a PostOptions<'a>,
    source: &'a Source,
    remittance: &'a Remittance,
    proof: &'a Proven,
}

impl Work<'_> {
    fn run<R: BufRead, S: Store>(
        &self,
        writing: &mut Writing<'_, S>,
        reader: &mut RemittanceReader<R>,
        tell: &mut dyn FnMut(PostEvent<'_>),
    ) -> Result<RemittanceOutcome> {
        let source = writing.source(self.source)?;
        let origin = Origin { source: Some(source), segments: self.proof.segments };
        let (row, faults) = self.row(writing, origin)?;
        let mut outcome = self.outcome();
        let known = writing.known_remittances(&row.identity)?;
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
                    outcome.id = Some(hold_whole(writing, &row, &reasons)?);
                    outcome.fate = Fate::Held(reasons);
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
        let ids = payee_ids(remittance);
        let mut payee = None;
        for id in &ids {
            if payee.is_none() {
                payee = writing.find_payee(id)?;
            }
            if payee.is_none() && self.options.rules.payees.contains(id) {
                payee = Some(writing.payee(id, &[])?);
            }
        }
        if payee.is_none() {
            let words = format!("the payee {} is none of ours: name it under payees in the rules if it is", ids.join(", "));
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
            payer: find::payer(writing, self.options.rules, &remittance.payer_ids())?,
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

fn payee_ids(remittance: &Remittance) -> Vec<Text> {
    let Some(payee) = remittance.payee() else { return Vec::new() };
    let references = ["TJ", "PQ"].into_iter().filter_map(|q| payee.details.reference(q));
    let ids = std::iter::once(&payee.n1.id).chain(references);
    ids.filter(|id| !id.is_empty()).cloned().collect()
}

fn hold_whole<S: Store>(writing: &mut Writing<'_, S>, row: &RemittanceRow, reasons: &[Reason]) -> Result<i64> {
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
        body: "",
        origin: row.origin,
    };
    let day = writing.day();
    writing.hold(&hold, &reason_rows(reasons), day)?;
    Ok(id)
}

/// The claims of a batch by account; those without an account stand alone.
fn groups(batch: &[Pending], found: Vec<find::Found>) -> Vec<(Option<i64>, Vec<Input<'_>>)> {
    let mut groups: Vec<(Option<i64>, Vec<Input<'_>>)> = Vec::new();
    let mut place: HashMap<i64, usize> = HashMap::new();
    for (pending, found) in batch.iter().zip(found) {
        let mut input = pending.input();
        let claim = found.unwrap_or_else(|reason| {
            input.faults.push(reason);
            None
        });
        match claim.and_then(|claim| place.get(&claim)) {
            Some(i) => groups[*i].1.push(input),
            None => {
                claim.map(|claim| place.insert(claim, groups.len()));
                groups.push((claim, vec![input]));
            }
        }
    }
    groups
}

/// Posts one remittance.
struct Poster<'p, 'w, 'l, S: Store> {
    work: &'p Work<'p>,
    writing: &'w mut Writing<'l, S>,
    tell: &'w mut dyn FnMut(PostEvent<'_>),
    id: i64,
    row: &'p RemittanceRow,
    day: NaiveDate,
    outcome: RemittanceOutcome,
    touched: Touched,
}

impl<S: Store> Poster<'_, '_, '_, S> {
    fn run<R: BufRead>(mut self, reader: &mut RemittanceReader<R>) -> Result<RemittanceOutcome> {
        let mut batch = Vec::with_capacity(BATCH);
        let mut related = Vec::new();
        for event in reader {
            match event? {
                RemittanceEvent::Claim(claim) => {
                    self.outcome.claims += 1;
                    let pending = self.pending(&claim);
                    let answer = &pending.answer;
                    let numbers = [answer.payer_claim_number.as_str(), answer.original_reference.as_str()];
                    match self.work.proof.related.contains(&answer.key.0, numbers) {
                        true => related.push(pending),
                        false => batch.push(pending),
                    }
                    if batch.len() >= BATCH {
                        self.claims(&batch)?;
                        batch.clear();
                    }
                }
                RemittanceEvent::End(totals) => {
                    self.claims(&batch)?;
                    self.claims(&related)?;
                    return self.finish(&totals);
                }
                RemittanceEvent::Header(_) => break,
            }
        }
        Err(Error::InputChanged)
    }

    fn pending(&self, claim: &ClaimPayment) -> Pending {
        let fault = |delta: crate::balance::Delta| {
            let cause = if claim.cut { Cause::Cut } else { Cause::Unbalanced };
            Reason::new(delta.rule.id(), cause, delta.to_string())
        };
        let faults = prove_claim(claim).err().unwrap_or_default().into_iter().map(fault).collect();
        Pending {
            ordinal: claim.ordinal,
            answer: claim.adjudication(self.work.remittance),
            faults,
            content: claim.hash.to_string().into(),
            origin: Origin {
                source: self.row.origin.source,
                segments: (claim.span.first_segment, claim.span.last_segment),
            },
            cash: Cash { remittance: self.id, hold: None },
        }
    }

    /// Plans and writes a batch of claims, which are in the order of the file: those of one account together.
    fn claims(&mut self, batch: &[Pending]) -> Result<()> {
        let answers: Vec<&Adjudication> = batch.iter().map(|pending| &pending.answer).collect();
        let found = find::claims(self.writing, self.row.payer, &answers)?;
        for groups in groups(batch, found).chunks(BATCH) {
            let ids: Vec<i64> = groups.iter().filter_map(|(claim, _)| *claim).collect();
            let accounts = self.writing.accounts(&ids)?;
            let account = |claim: i64| accounts.binary_search_by_key(&claim, |account| account.id).ok().map(|i| &accounts[i]);
            let (rules, payer, day) = (self.work.options.rules, self.row.payer, self.day);
            let setting = Setting { rules, payer, day, consent: Consent::None };
            for (claim, inputs) in groups {
                for planned in plan(inputs, claim.and_then(account), &setting) {
                    let index = batch.binary_search_by_key(&planned.ordinal, |pending| pending.ordinal);
                    let index = index.map_err(|_| Error::Damaged("a plan of no claim"))?;
                    self.write(&batch[index], &planned)?;
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, pending: &Pending, planned: &PlannedClaim) -> Result<()> {
        let paid = pending.answer.paid;
        match &planned.decision {
            Decision::Post(posting) => {
                let claim = planned.claim.unwrap_or_default();
                write::posting(self.writing, pending, claim, posting, self.day)?;
                self.touched.claims.insert(claim);
                self.outcome.posted += 1;
                self.outcome.posted_amount += paid;
            }
            Decision::Hold(reasons) => {
                write::hold(self.writing, pending, planned.claim, self.row.payer, reasons, self.day)?;
                self.outcome.held += 1;
                self.outcome.held_amount += paid;
            }
        }
        (self.tell)(PostEvent::Claim {
            remittance: self.outcome.ordinal,
            key: &pending.answer.key,
            paid,
            planned,
        });
        Ok(())
    }

    fn finish(mut self, totals: &Totals) -> Result<RemittanceOutcome> {
        let proved = self.work.proof.proof.as_ref().is_ok_and(|proof| proof.hash() == totals.hash);
        if !proved {
            return Err(Error::InputChanged);
        }
        for (item, ordinal) in totals.provider_adjustments().zip(1u64..) {
            self.provider_level(&item.0.provider, item.1, ordinal)?;
        }
        match self.writing.clearing(self.id) {
            0 => {}
            rest => return Err(Error::ClearingNotZero(rest)),
        }
        let touched = std::mem::take(&mut self.touched);
        self.outcome.released = replan(self.writing, self.work.options.rules, touched)?.len() as u64;
        let moved = self.writing.take_moved().into_iter().filter(|(_, cents)| *cents != 0);
        self.outcome.moved = moved.map(|(account, cents)| (account, Money::from_cents(cents))).collect();
        self.outcome.id = (!self.work.options.dry_run).then_some(self.id);
        Ok(self.outcome)
    }

    fn provider_level(&mut self, provider: &Text, entry: &crate::model::PlbEntry, ordinal: u64) -> Result<()> {
        let amount = super::amounts::cents(entry.amount.or_zero()).ok_or(Error::Damaged("a PLB amount"))?;
        let payee = self.row.payee.unwrap_or_default();
        if amount == 0 {
            return Ok(()); // noted by the proof (B3)
        }
        let item = PlbInput {
            ordinal,
            provider: provider.clone(),
            code: entry.reason.clone(),
            reference: entry.reference.clone(),
            amount,
            payer_ids: self.work.remittance.payer_ids(),
            payee,
        };
        let open = match self.row.payer {
            Some(payer) => self.writing.open_items(payer, payee)?,
            None => Vec::new(),
        };
        let decision = plan_plb(&item, self.row.payer, &open);
        match (&decision, self.row.payer) {
            (PlbDecision::Post { account, rule, takes }, Some(payer)) => {
                let row = PlbRow {
                    remittance: self.id,
                    ordinal,
                    code: &item.code,
                    reference: &item.reference,
                    amount,
                    account: *account,
                    payer,
                    payee,
                    rule,
                    hold: None,
                    origin: self.row.origin,
                };
                self.writing.provider_level(&row, takes, self.day)?;
                if amount < 0 {
                    self.touched.payers.insert(payer);
                }
                self.outcome.provider_posted += 1;
            }
            (PlbDecision::Hold(reasons), payer) => {
                self.hold_provider_level(&item, payer, reasons)?;
                self.outcome.provider_held += 1;
            }
            (PlbDecision::Post { .. }, None) => return Err(Error::Damaged("a PLB without a payer")),
        }
        (self.tell)(PostEvent::ProviderLevel { remittance: self.outcome.ordinal, item: &item, decision: &decision });
        Ok(())
    }

    fn hold_provider_level(&mut self, item: &PlbInput, payer: Option<i64>, reasons: &[Reason]) -> Result<()> {
        let body = serde_json::to_string(item).map_err(|error| Error::Database(Box::new(error)))?;
        let hold = HoldRow {
            kind: "plb",
            remittance: Some(self.id),
            ordinal: item.ordinal,
            claim: None,
            payer,
            claim_key: "",
            number: "",
            original_reference: "",
            amount: item.amount,
            content: "",
            body: &body,
            origin: self.row.origin,
        };
        self.writing.hold(&hold, &reason_rows(reasons), self.day)?;
        Ok(())
    }
}
