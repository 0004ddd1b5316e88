//! What posting did, or would do: by remittance, claim by claim, with the rule behind each entry.

use crate::exit::Failure;
use edi_835::denial::{WorkItem, WorkKind};
use edi_835::ledger::{Account, Entry, Standing};
use edi_835::posting::{
    Decision, Fate, PlannedClaim, PlbDecision, PlbInput, PostEvent, Posting, Reason, RemittanceOutcome,
};
use edi_core::{Money, Text};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// Form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Lines for people
    Text,
    /// One array
    Json,
    /// One object a line
    Ndjson,
}

/// The most claims whose plans are kept for one file's output; the others are counted.
pub const LIMIT: usize = 100_000;

/// What was planned, as it is told.
pub struct Plan {
    format: Format,
    dry_run: bool,
    told: Vec<Told>,
    dropped: u64,
}

/// A claim or a provider-level adjustment that was planned.
#[derive(Clone, PartialEq)]
pub struct Told {
    /// Ordinal of its remittance in the file.
    pub remittance: u64,
    /// What was planned.
    pub what: What,
}

/// What was planned.
#[derive(Clone, PartialEq)]
pub enum What {
    /// CLP01, CLP04 and the plan of a claim.
    Claim(Text, Money, PlannedClaim),
    /// A provider-level adjustment and its plan.
    ProviderLevel(PlbInput, PlbDecision),
}

impl Told {
    /// Keeps what posting tells.
    pub fn of(event: PostEvent<'_>) -> Self {
        match event {
            PostEvent::Claim { remittance, key, paid, planned } => {
                Self { remittance, what: What::Claim(key.0.clone(), paid, planned.clone()) }
            }
            PostEvent::ProviderLevel { remittance, item, decision } => {
                Self { remittance, what: What::ProviderLevel(item.clone(), decision.clone()) }
            }
        }
    }

    /// What it is about.
    pub fn name(&self) -> String {
        match &self.what {
            What::Claim(key, paid, _) => format!("claim {key}, paid {paid}"),
            What::ProviderLevel(item, _) => {
                format!("provider-level {} {} {}", item.code, item.reference, Money::from_cents(item.amount))
            }
        }
    }

    fn reasons(&self) -> &[Reason] {
        match &self.what {
            What::Claim(_, _, planned) => planned.reasons(),
            What::ProviderLevel(_, PlbDecision::Hold(reasons)) => reasons,
            What::ProviderLevel(_, PlbDecision::Post { .. }) => &[],
        }
    }
}

impl Plan {
    /// Nothing told yet.
    pub fn new(format: Format, dry_run: bool) -> Self {
        Self { format, dry_run, told: Vec::new(), dropped: 0 }
    }

    /// Hears of a claim or a provider-level adjustment. In text, a claim that simply posts is told in a dry run only.
    pub fn tell(&mut self, event: PostEvent<'_>) {
        let posts = matches!(event, PostEvent::Claim { planned, .. } if planned.posting().is_some());
        if posts && self.format == Format::Text && !self.dry_run {
            return;
        }
        if self.told.len() >= LIMIT {
            self.dropped += 1;
            return;
        }
        self.told.push(Told::of(event));
    }

    /// Writes what was told, remittance by remittance. A dry run shows what each claim's accounts come to: `standing`
    /// tells what they come to now.
    pub fn write(
        &self,
        out: &mut impl Write,
        file: &str,
        outcomes: &[RemittanceOutcome],
        standing: impl FnMut(i64) -> Result<Standing, Failure>,
    ) -> Result<(), Failure> {
        let mut balances = Balances { standing, claims: BTreeMap::new() };
        let mut objects = Vec::new();
        for outcome in outcomes {
            let told = of_remittance(&self.told, outcome.ordinal);
            match self.format {
                Format::Text => self.write_text(out, file, outcome, told, &mut balances)?,
                Format::Json => objects.push(self.object(file, outcome, told, &mut balances)?),
                Format::Ndjson => writeln!(out, "{}", self.object(file, outcome, told, &mut balances)?)?,
            }
        }
        match self.format {
            Format::Json => writeln!(out, "{:#}", Value::Array(objects))?,
            Format::Text if self.dropped > 0 => writeln!(out, "  {} more claims are not shown", self.dropped)?,
            _ => {}
        }
        Ok(())
    }

    fn write_text(
        &self,
        out: &mut impl Write,
        file: &str,
        remittance: &RemittanceOutcome,
        told: &[Told],
        balances: &mut Balances<impl FnMut(i64) -> Result<Standing, Failure>>,
    ) -> Result<(), Failure> {
        writeln!(out, "{}", head(file, remittance, if self.dry_run { "would be posted" } else { "posted" }))?;
        for told in told {
            let to = match &told.what {
                What::ProviderLevel(_, PlbDecision::Post { account, rule, .. }) => format!(" to {account} ({rule})"),
                _ => String::new(),
            };
            writeln!(out, "  {}   {}{to}", if told.reasons().is_empty() { "posts" } else { "held " }, told.name())?;
            match &told.what {
                What::Claim(_, _, planned) if self.dry_run => {
                    let (lines, moved) = balances.take(planned)?;
                    decided(planned, &lines).iter().try_for_each(|line| writeln!(out, "          {line}"))?;
                    moved.iter().try_for_each(|line| writeln!(out, "            {line}"))?;
                }
                What::Claim(..) | What::ProviderLevel(..) => {
                    because(told.reasons()).try_for_each(|line| writeln!(out, "          {line}"))?;
                }
            }
        }
        if self.dry_run && !remittance.moved.is_empty() {
            writeln!(out, "  the remittance moves")?;
            for (account, moved) in &remittance.moved {
                writeln!(out, "          {account:<40} {moved:>14}")?;
            }
        }
        for warning in &remittance.warnings {
            writeln!(out, "  warning {warning}")?;
        }
        if remittance.released > 0 {
            let verb = if self.dry_run { "would be" } else { "were" };
            writeln!(out, "  {} earlier holds {verb} released by it", remittance.released)?;
        }
        Ok(())
    }

    fn object(
        &self,
        file: &str,
        remittance: &RemittanceOutcome,
        told: &[Told],
        balances: &mut Balances<impl FnMut(i64) -> Result<Standing, Failure>>,
    ) -> Result<Value, Failure> {
        let mut object = json!(remittance);
        let mut plans = Vec::new();
        for told in told {
            let planned = if let What::Claim(_, _, planned) = &told.what { Some(planned) } else { None };
            let (lines, moved) = planned.map(|planned| balances.take(planned)).transpose()?.unwrap_or_default();
            let mut plan = told_object(told, &lines);
            if self.dry_run && planned.is_some() {
                plan["balances"] = moved.iter().map(Moved::object).collect();
            }
            plans.push(plan);
        }
        object["file"] = json!(file);
        object["dry_run"] = json!(self.dry_run);
        object["plans"] = Value::Array(plans);
        Ok(object)
    }
}

/// What was told of one remittance; remittances are told in their order.
pub fn of_remittance(told: &[Told], ordinal: u64) -> &[Told] {
    let from = told.partition_point(|told| told.remittance < ordinal);
    let to = told.partition_point(|told| told.remittance <= ordinal);
    &told[from..to]
}

fn head(file: &str, remittance: &RemittanceOutcome, verb: &str) -> String {
    let head = format!("{file}: {} trace {}, payment {}", remittance.payer, remittance.trace, remittance.amount);
    match &remittance.fate {
        Fate::Posted => format!(
            "{head}: {verb}: {} claims = {} posted {} + {} held {}",
            remittance.claims, remittance.posted, remittance.posted_amount, remittance.held, remittance.held_amount
        ),
        Fate::AlreadyPosted => format!("{head}: posted before: nothing to do"),
        Fate::AlreadyHeld => format!("{head}: held before: nothing to do"),
        Fate::Held(reasons) => {
            let lines: String = because(reasons).map(|line| format!("\n          {line}")).collect();
            format!("{head}: HELD as a whole{lines}")
        }
    }
}

/// What claims' accounts come to, plan after plan.
struct Balances<F> {
    standing: F,
    claims: BTreeMap<i64, Standing>,
}

/// An account of a claim before and after a plan.
struct Moved {
    account: Account,
    before: Money,
    after: Money,
}

impl std::fmt::Display for Moved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:<22} {:>12} -> {:>12}", self.account, self.before.to_string(), self.after.to_string())
    }
}

impl Moved {
    fn object(&self) -> Value {
        json!({ "account": self.account.name(), "before": self.before, "after": self.after })
    }
}

impl<F: FnMut(i64) -> Result<Standing, Failure>> Balances<F> {
    /// The names of the claim's lines, and how a plan moves its accounts.
    fn take(&mut self, planned: &PlannedClaim) -> Result<(BTreeMap<i64, Text>, Vec<Moved>), Failure> {
        let (Some(claim), Some(posting)) = (planned.claim, planned.posting()) else { return Ok(Default::default()) };
        if !self.claims.contains_key(&claim) {
            let now = (self.standing)(claim)?;
            self.claims.insert(claim, now);
        }
        let standing = self.claims.entry(claim).or_default();
        let mut changes: BTreeMap<Account, Money> = BTreeMap::new();
        for entry in posting.entries.iter().filter(|entry| entry.place.claim.is_some()) {
            *changes.entry(entry.account).or_default() += entry.money();
        }
        let moved = changes.into_iter().filter(|(_, change)| !change.is_zero()).map(|(account, change)| {
            let balance = standing.balances.entry(account).or_default();
            let before = *balance;
            *balance += change;
            Moved { account, before, after: *balance }
        });
        let moved = moved.collect();
        Ok((standing.lines.clone(), moved))
    }
}

/// What a plan does, line by line: entries with their rules and the work that they make, or the reasons of the hold.
pub fn decided(planned: &PlannedClaim, lines: &BTreeMap<i64, Text>) -> Vec<String> {
    match &planned.decision {
        Decision::Hold(reasons) => because(reasons).collect(),
        Decision::Post(posting) => {
            let entries = entries_of(posting).map(|entry| {
                let line = line_of(entry, lines);
                let (rule, account, reason, amount) = (&entry.rule, entry.account, &entry.reason, entry.money());
                format!("{rule:<6} {account:<22} {line:<12} {reason:<8} {:>12}", amount.to_string())
            });
            let warnings =
                planned.warnings.iter().map(|warning| format!("{:<6} warning: {}", warning.rule, warning.words));
            entries.chain(posting.work.iter().map(work)).chain(warnings).collect()
        }
    }
}

/// Entries that are written: those of nothing are left out.
fn entries_of(posting: &Posting) -> impl Iterator<Item = &Entry> {
    posting.entries.iter().filter(|entry| entry.amount != 0)
}

fn work(item: &WorkItem) -> String {
    let kind = if item.kind == WorkKind::Denial { "denial" } else { "task" };
    let code = if item.group.is_empty() { String::new() } else { format!(" {}-{}", item.group, item.reason) };
    let amount = Money::from_cents(item.amount);
    format!("K2     {kind}{code} {amount}: {} until {}", item.action.as_str(), item.due)
}

fn line_of<'a>(entry: &Entry, lines: &'a BTreeMap<i64, Text>) -> &'a str {
    entry.place.line.and_then(|line| lines.get(&line)).map_or("", |line| line.as_str())
}

/// Reasons in words.
pub fn because(reasons: &[Reason]) -> impl Iterator<Item = String> + '_ {
    reasons.iter().map(|reason| {
        let proposal =
            if reason.proposal.is_empty() { String::new() } else { format!(" (proposed: {})", reason.proposal) };
        format!("{} {}: {}{proposal}", reason.rule, reason.cause.name(), reason.words)
    })
}

/// What was planned as JSON; the names of a claim's lines where they are known.
pub fn told_object(told: &Told, lines: &BTreeMap<i64, Text>) -> Value {
    match &told.what {
        What::Claim(key, paid, planned) => {
            let entries = planned.posting().into_iter().flat_map(entries_of).map(|entry| {
                json!({
                    "account": entry.account.name(), "line": line_of(entry, lines), "reason": entry.reason,
                    "amount": entry.money(), "rule": entry.rule,
                })
            });
            let decision = if planned.posting().is_some() { "post" } else { "hold" };
            let work = planned.posting().map_or(&[][..], |posting: &Posting| &posting.work);
            let work = work.iter().map(|item| {
                json!({
                    "kind": item.kind, "group": item.group, "reason": item.reason, "amount": Money::from_cents(item.amount),
                    "category": item.category, "action": item.action.as_str(), "due": item.due,
                })
            });
            json!({
                "claim": key, "paid": paid, "decision": decision, "entries": entries.collect::<Vec<_>>(),
                "work": work.collect::<Vec<_>>(), "reasons": planned.reasons(), "warnings": planned.warnings,
            })
        }
        What::ProviderLevel(item, decision) => {
            let (decision, account, reasons) = match decision {
                PlbDecision::Post { account, .. } => ("post", Some(account.name()), &[][..]),
                PlbDecision::Hold(reasons) => ("hold", None, reasons.as_slice()),
            };
            json!({
                "provider_level": item.code, "reference": item.reference, "amount": Money::from_cents(item.amount),
                "decision": decision, "account": account, "reasons": reasons,
            })
        }
    }
}
