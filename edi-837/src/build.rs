//! From a file of encounters to 837P files: the whole run.

use crate::Claim;
use crate::batch::{Batch, BatchOptions, ControlNumbers, ManifestEntry};
use crate::encounter::{BoxError, CLAIM_ID, Desk, Draft, Drafter, Encounter, EncounterError, Encounters, Examiner};
use crate::encounter::{Mapping, Practice, Problem, Rejects, Rendered, Renderer, Weight, with_head};
use crate::model::{BillingProvider, Header};
use edi_core::lex::Delimiters;
use edi_core::{Money, Text};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;
use tempfile::NamedTempFile;

/// The most encounters of one run; of each a hash of eight bytes is kept, so that none comes twice.
const ENCOUNTERS: usize = 8_000_000;

/// How a run is done.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// Clock, transaction sets and file names.
    pub batch: BatchOptions,
    /// A diagnosis that cannot be billed rejects its encounter; else it is a warning.
    pub reject_unbillable: bool,
    /// The most problems kept for the report; all are counted.
    pub problem_limit: usize,
}

impl BuildOptions {
    /// Warnings for unbillable diagnoses, 10,000 problems.
    #[must_use]
    pub fn new(clock: chrono::NaiveDateTime) -> Self {
        Self { batch: BatchOptions::new(clock), reject_unbillable: false, problem_limit: 10_000 }
    }
}

/// What the caller says to a claim that is about to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It goes out.
    Take,
    /// Its encounter is rejected: it was sent before, say.
    Refuse {
        /// What is wrong, without private data.
        reason: String,
        /// What to do about it.
        fix: String,
    },
}

/// A claim that is about to go out: its segments are written and checked.
pub struct ReadyClaim<'a> {
    encounter: &'a Encounter,
    rendered: &'a Rendered,
    delimiters: Delimiters,
    header: &'a Arc<Header>,
    billing: &'a Arc<BillingProvider>,
}

impl ReadyClaim<'_> {
    /// CLM01, our number of the claim.
    #[must_use]
    pub fn number(&self) -> &str {
        self.encounter.claim.get(*CLAIM_ID)
    }

    /// The claim, read from its segments; each call reads it anew.
    ///
    /// # Errors
    /// Where no claim stands in them, which is a defect: then nothing must be sent or booked.
    pub fn claim(&self) -> Result<Claim, BoxError> {
        let (header, billing) = (Arc::clone(self.header), Arc::clone(self.billing));
        let claim = self.rendered.claim(self.delimiters, header, billing);
        claim.ok_or_else(|| "what was rendered holds no claim: this is a defect of edi, please report it".into())
    }
}

/// What a run did: encounters in are written or rejected.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BuildReport {
    /// Encounters in.
    pub encounters: u64,
    /// Encounters that are claims in a file.
    pub written: u64,
    /// Encounters in the file of rejects.
    pub rejected: u64,
    /// Sum of the charges that were written.
    pub charge: Money,
    /// Columns of the input that are none of ours.
    pub unknown_columns: Vec<String>,
    /// Encounters without any problem, not even a warning.
    pub clean: u64,
    /// Problems, up to the limit.
    pub problems: Vec<Problem>,
    /// How often each rule was broken.
    pub by_rule: BTreeMap<Cow<'static, str>, u64>,
    /// Encounters of each payer (`payer_id`).
    pub by_payer: BTreeMap<Text, Tally>,
    /// Encounters of each billing provider (NPI).
    pub by_provider: BTreeMap<Text, Tally>,
    /// Problems that reject, in all.
    pub errors: u64,
    /// Problems that do not, in all.
    pub warnings: u64,
    /// Files that were written.
    pub files: Vec<ManifestEntry>,
    /// Name of the file of rejects, where there are any.
    pub rejects: Option<String>,
    /// ISA15 is `T`.
    pub test: bool,
}

/// Encounters of one payer or provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Encounters in.
    pub encounters: u64,
    /// Encounters that were rejected.
    pub rejected: u64,
    /// Problems, warnings too.
    pub problems: u64,
}

/// The most payers and providers that are told apart; the others count as one without a name.
const TOLD_APART: usize = 10_000;

impl BuildReport {
    /// Counts the problems of an encounter, and keeps them up to the limit.
    fn count(&mut self, problems: Vec<Problem>, payer: Text, provider: Text, limit: usize) {
        let rejected = u64::from(problems.iter().any(|p| p.weight == Weight::Error));
        self.clean += u64::from(problems.is_empty());
        for (tallies, name) in [(&mut self.by_payer, payer), (&mut self.by_provider, provider)] {
            let full = tallies.len() >= TOLD_APART && !tallies.contains_key(&name);
            let tally = tallies.entry(if full { Text::default() } else { name }).or_default();
            tally.encounters += 1;
            tally.rejected += rejected;
            tally.problems += problems.len() as u64;
        }
        for problem in problems {
            *(if problem.weight == Weight::Error { &mut self.errors } else { &mut self.warnings }) += 1;
            *self.by_rule.entry(problem.rule.clone()).or_default() += 1;
            if self.problems.len() < limit {
                self.problems.push(problem);
            }
        }
    }

    /// Whether every encounter is accounted for.
    #[must_use]
    pub fn is_conserved(&self) -> bool {
        let in_files: u64 = self.files.iter().map(|f| f.claims).sum();
        self.encounters == self.written + self.rejected && self.written == in_files
    }
}

/// Files that are written, but not yet under their names. Dropped, they are gone.
#[must_use = "files appear when they are published"]
pub struct Built {
    files: Vec<(NamedTempFile, String)>,
    report: BuildReport,
}

impl Built {
    /// What the run did.
    #[must_use]
    pub fn report(&self) -> &BuildReport {
        &self.report
    }

    /// Gives the files their names in the folder.
    ///
    /// # Errors
    /// Where a file of that name is there: nothing is ever written over.
    pub fn publish(self, out: &Path) -> Result<BuildReport, EncounterError> {
        for (file, name) in self.files {
            let named = file.persist_noclobber(out.join(&name)).map_err(|e| e.error);
            named.map_err(EncounterError::io(format!("giving {name} its name")))?;
        }
        Ok(self.report)
    }
}

/// Builds the files of a run: every encounter is read, checked, made a claim, shown to `on_claim`, and written;
/// or it is rejected. Control numbers are taken before the first claim is shown, so that the caller may book
/// all claims in one transaction, commit it, and [`publish`](Built::publish) then.
///
/// `name` is the name of the input, for the file of rejects.
///
/// # Errors
/// Where the input is damaged, a file cannot be written, or the caller's own code fails.
pub fn build<R: BufRead>(
    (input, name): (R, &str),
    practice: &Practice,
    mapping: &Mapping,
    options: &BuildOptions,
    numbers: &mut dyn ControlNumbers,
    out: &Path,
    on_claim: impl FnMut(&ReadyClaim<'_>) -> Result<Verdict, BoxError>,
) -> Result<Built, EncounterError> {
    let input = with_head(input).map_err(EncounterError::io("reading the encounters"))?;
    let mut encounters = Encounters::new(input, mapping)?;
    let today = options.batch.clock.date();
    let drafter = Drafter::new(practice, &mapping.formats, today, options.reject_unbillable);
    let batch = Batch::new(practice, &options.batch, numbers, out)?;
    let report = BuildReport { test: practice.test, ..BuildReport::default() };
    let rejects = Rejects::new(out, name, batch.run());
    let examiner = Examiner::new(practice);
    let renderer = Renderer::new(practice.delimiters, options.batch.line_breaks);
    let (rendered, seen) = (Rendered::default(), Seen::default());
    let mut run =
        Run { practice, drafter, renderer, rendered, examiner, options, batch, rejects, seen, report, on_claim };
    let mut encounter = Encounter::default();
    while encounters.next(&mut encounter)? {
        run.take(&mut encounter, &encounters)?;
    }
    run.report.unknown_columns = encounters.unknown();
    run.finish()
}

/// Hashes of the encounters that came, with a hasher that is the same in every run.
type Seen = HashSet<u64, BuildHasherDefault<DefaultHasher>>;

struct Run<'a, F> {
    practice: &'a Practice,
    drafter: Drafter<'a>,
    renderer: Renderer,
    rendered: Rendered,
    examiner: Examiner,
    options: &'a BuildOptions,
    batch: Batch<'a>,
    rejects: Rejects,
    seen: Seen,
    report: BuildReport,
    on_claim: F,
}

impl<F: FnMut(&ReadyClaim<'_>) -> Result<Verdict, BoxError>> Run<'_, F> {
    fn take<R: BufRead>(&mut self, encounter: &mut Encounter, from: &Encounters<R>) -> Result<(), EncounterError> {
        self.report.encounters += 1;
        let name_of = |column| from.name_of(column);
        let mut desk = Desk { encounter: encounter.key(), name_of: &name_of, problems: Vec::new() };
        self.once(encounter, &mut desk)?;
        let draft = self.drafter.draft(encounter, &mut desk);
        if !desk.is_rejected() {
            self.write(&draft, encounter, &mut desk)?;
        }
        if desk.is_rejected() {
            self.report.rejected += 1;
            self.rejects.push(encounter, from)?;
        }
        let provider = self.practice.providers.get(draft.provider).map(|p| p.npi.clone());
        let (payer, provider) = (encounter.payer(), provider.unwrap_or_default());
        self.report.count(desk.problems, payer, provider, self.options.problem_limit);
        Ok(())
    }

    /// Rows of one encounter are adjacent; one that comes again is not the same claim twice.
    fn once(&mut self, encounter: &Encounter, desk: &mut Desk<'_>) -> Result<(), EncounterError> {
        let key = encounter.key();
        if key.is_empty() {
            return Ok(());
        }
        if self.seen.len() >= ENCOUNTERS {
            return Err(EncounterError::Limit { what: "the number of encounters in one run", limit: ENCOUNTERS });
        }
        let hash = self.seen.hasher().hash_one(key.as_str());
        if !self.seen.insert(hash) {
            desk.refuse(
                &encounter.claim,
                *CLAIM_ID,
                "came before in this file".to_owned(),
                "put the rows of one encounter together, or give it another number".to_owned(),
            );
        }
        Ok(())
    }

    /// Writes the claim as segments, has them examined and shown to the caller, and puts them into a file.
    fn write(&mut self, draft: &Draft, encounter: &Encounter, desk: &mut Desk<'_>) -> Result<(), EncounterError> {
        if let Err((line, column)) = self.renderer.render(encounter, draft.dependent, &mut self.rendered) {
            let values = line.and_then(|line| encounter.lines.get(line)).unwrap_or(&encounter.claim);
            let reason = "holds a character that separates the data of the file".to_owned();
            let fix = "mend it in the practice file, or choose other delimiters there".to_owned();
            desk.refuse(values, column, reason, fix);
            return Ok(());
        }
        let header = self.batch.header(draft.receiver, draft.provider);
        let billing = self.practice.billing(draft.provider);
        let (at, around) = ((draft.receiver, draft.provider), (&*header, &*billing));
        if self.examiner.examine(&self.rendered, at, around, encounter, desk)? {
            self.renderer.learn(encounter);
        }
        if desk.is_rejected() {
            return Ok(());
        }
        let delimiters = self.practice.delimiters;
        let ready = ReadyClaim { encounter, rendered: &self.rendered, delimiters, header: &header, billing: &billing };
        match (self.on_claim)(&ready).map_err(EncounterError::Caller)? {
            Verdict::Refuse { reason, fix } => desk.refuse(&encounter.claim, *CLAIM_ID, reason, fix),
            Verdict::Take => {
                self.batch.put(draft, &self.rendered, encounter.lines.len())?;
                self.report.written += 1;
                self.report.charge += draft.charge;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Built, EncounterError> {
        let mut files = Vec::new();
        for (file, entry) in self.batch.finish()? {
            files.push((file, entry.file.clone()));
            self.report.files.push(entry);
        }
        if let Some((file, name)) = self.rejects.finish()? {
            self.report.rejects = Some(name.clone());
            files.push((file, name));
        }
        Ok(Built { files, report: self.report })
    }
}
