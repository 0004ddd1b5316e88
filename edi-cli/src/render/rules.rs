//! What other rules would have done: remittance by remittance, claim by claim.

use super::post::{Format, Told, What, because, decided, of_remittance, told_object};
use crate::context::stdout;
use crate::exit::Failure;
use edi_835::posting::{Fate, PlbDecision, RemittanceOutcome};
use edi_core::Text;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// Tells the names of a claim's lines.
pub type Lines<'a> = dyn FnMut(i64) -> Result<BTreeMap<i64, Text>, Failure> + 'a;

/// What differs, as it is told.
pub struct Report {
    format: Format,
    objects: Vec<Value>,
    remittances: u64,
    claims: u64,
    changed: u64,
    passed_over: u64,
}

impl Report {
    /// Nothing told yet.
    pub fn new(format: Format) -> Self {
        Self { format, objects: Vec::new(), remittances: 0, claims: 0, changed: 0, passed_over: 0 }
    }

    /// Tells what differs in a file; whether anything does.
    pub fn file(
        &mut self,
        file: &str,
        old: (&[RemittanceOutcome], &[Told]),
        new: (&[RemittanceOutcome], &[Told]),
        lines: &mut Lines<'_>,
    ) -> Result<bool, Failure> {
        let before = self.changed;
        for (then, now) in old.0.iter().zip(new.0) {
            self.remittances += 1;
            let passed_over = then.fate == Fate::AlreadyPosted && now.fate == Fate::AlreadyPosted;
            self.claims += if passed_over { 0 } else { now.claims };
            if passed_over {
                self.passed_over += 1;
                let words = ["it stays as it is: an entry of a person or a booking depends on it".to_owned()];
                let object = json!({ "file": file, "trace": now.trace, "replayed": false });
                self.tell(format!("{file}: trace {}: not replayed", now.trace), &[], &words, object)?;
            }
            if then.fate != now.fate {
                self.fate(file, then, now)?;
            }
            let then_told = of_remittance(old.1, now.ordinal).iter().map(|told| (place(told), told));
            let then_told: BTreeMap<_, &Told> = then_told.collect();
            for told in of_remittance(new.1, now.ordinal) {
                if let Some(then) = then_told.get(&place(told)).filter(|then| **then != told) {
                    self.claim((file, now), then, told, lines)?;
                }
            }
        }
        Ok(self.changed > before)
    }

    /// A remittance that would be held as a whole, or no longer.
    fn fate(&mut self, file: &str, then: &RemittanceOutcome, now: &RemittanceOutcome) -> Result<(), Failure> {
        self.changed += now.claims.max(1);
        let words = |fate: &Fate| match fate {
            Fate::Posted => vec!["it posts".to_owned()],
            Fate::AlreadyPosted | Fate::AlreadyHeld => vec!["it stays as it is".to_owned()],
            Fate::Held(reasons) => because(reasons).collect(),
        };
        let (then, now_words) = (words(&then.fate), words(&now.fate));
        let object = json!({ "file": file, "trace": now.trace, "before": then, "after": now_words });
        self.tell(format!("{file}: trace {}: the whole remittance", now.trace), &then, &now_words, object)
    }

    fn claim(
        &mut self,
        (file, remittance): (&str, &RemittanceOutcome),
        then: &Told,
        now: &Told,
        lines: &mut Lines<'_>,
    ) -> Result<(), Failure> {
        let names = match &now.what {
            What::Claim(.., planned) => planned.claim.map(lines).transpose()?.unwrap_or_default(),
            What::ProviderLevel(..) => BTreeMap::new(),
        };
        let (old, new) = (words(then, &names), words(now, &names));
        if old == new {
            return Ok(());
        }
        self.changed += 1;
        let object = json!({
            "file": file, "payer": remittance.payer, "trace": remittance.trace, "what": now.name(),
            "before": told_object(then, &names), "after": told_object(now, &names),
        });
        let head = format!("{file}: {} trace {}: {}", remittance.payer, remittance.trace, now.name());
        self.tell(head, &old, &new, object)
    }

    /// A difference: lines that are no more, and lines that are new.
    fn tell(&mut self, head: String, old: &[String], new: &[String], object: Value) -> Result<(), Failure> {
        let mut out = stdout();
        match self.format {
            Format::Json => self.objects.push(object),
            Format::Ndjson => writeln!(out, "{object}")?,
            Format::Text => {
                writeln!(out, "{head}")?;
                for (sign, these, others) in [('-', old, new), ('+', new, old)] {
                    let differs = these.iter().filter(|line| !others.contains(line));
                    differs.into_iter().try_for_each(|line| writeln!(out, "  {sign} {line}"))?;
                }
            }
        }
        Ok(out.flush()?)
    }

    /// Closes the array, or sums up.
    pub fn end(self) -> Result<(), Failure> {
        let mut out = stdout();
        match self.format {
            Format::Json => writeln!(out, "{:#}", Value::Array(self.objects))?,
            Format::Ndjson => {}
            Format::Text => {
                let (remittances, passed_over) = (self.remittances - self.passed_over, self.passed_over);
                writeln!(
                    out,
                    "{remittances} remittances, {} claims replayed: {} would change; {passed_over} remittances not replayed",
                    self.claims, self.changed
                )?;
            }
        }
        Ok(out.flush()?)
    }
}

/// What tells which claim or adjustment of a remittance it is.
fn place(told: &Told) -> (bool, u64) {
    match &told.what {
        What::Claim(.., planned) => (false, planned.ordinal),
        What::ProviderLevel(item, _) => (true, item.ordinal),
    }
}

fn words(told: &Told, lines: &BTreeMap<i64, Text>) -> Vec<String> {
    match &told.what {
        What::Claim(.., planned) if planned.posting().is_none() => {
            decided(planned, lines).into_iter().map(|line| format!("held   {line}")).collect()
        }
        What::Claim(.., planned) => decided(planned, lines),
        What::ProviderLevel(_, PlbDecision::Post { account, rule, .. }) => vec![format!("{rule:<6} {account}")],
        What::ProviderLevel(_, PlbDecision::Hold(reasons)) => {
            because(reasons).map(|line| format!("held   {line}")).collect()
        }
    }
}
