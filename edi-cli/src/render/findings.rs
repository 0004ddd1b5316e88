//! Findings and conservation as words and as JSON.

use crate::context::Context;
use crate::exit::{Failure, Outcome};
use edi_core::envelope::{Counts, EnvelopeReader};
use edi_core::reader::Accounting;
use edi_core::{Finding, Severity};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::BufRead;

/// How a severity is named.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// One finding as one line: `file:line: severity[RULE] message; CLP04, found "x", expected y [where]`.
pub fn line(file: &str, finding: &Finding, context: &Context) -> String {
    format!("{file}:{}: {} [{}]", finding.locus.line, words(finding, context), finding.locus)
}

/// A finding without its place: `severity[RULE] message; CLP04, found "x", expected y`.
pub fn words(finding: &Finding, context: &Context) -> String {
    let mut text = format!("{}[{}] {}", severity(finding.severity), finding.rule, finding.message);
    if let Some(place) = finding.element.as_ref().or(finding.segment.as_ref()) {
        let _ = write!(text, "; {place}");
    }
    if let Some(loop_id) = &finding.loop_id {
        let _ = write!(text, " in loop {loop_id}");
    }
    if let Some(value) = context.found(finding) {
        let _ = write!(text, ", found {value:?}");
    }
    if let Some(expected) = &finding.expected {
        let _ = write!(text, ", expected {expected}");
    }
    if finding.count > 1 {
        let _ = write!(text, " ({} times)", finding.count);
    }
    text
}

/// A finding as JSON; private values are masked.
pub fn json(finding: &Finding, context: &Context) -> Value {
    let mut value = json!({
        "rule": finding.rule,
        "snip": finding.snip,
        "severity": severity(finding.severity),
        "loop": finding.loop_id,
        "segment": finding.segment,
        "element": finding.element,
        "value": context.found(finding),
        "expected": finding.expected,
        "message": finding.message,
        "locus": {
            "byte": finding.locus.byte,
            "line": finding.locus.line,
            "segment": finding.locus.segment,
            "transaction_segment": finding.locus.transaction_segment,
            "element": finding.locus.element,
            "component": finding.locus.component,
        },
    });
    if let Some(repetition) = finding.locus.repetition {
        value["locus"]["repetition"] = json!(repetition);
    }
    value
}

/// A repair as JSON: a finding with its number and how often the repair was made.
pub fn repair_json(number: usize, repair: &Finding, context: &Context) -> Value {
    let mut value = json(repair, context);
    value["number"] = json!(number);
    value["count"] = json!(repair.count);
    value
}

/// The outcome that a finding calls for.
pub fn outcome(finding: &Finding) -> Outcome {
    if finding.severity > Severity::Info { Outcome::Findings } else { Outcome::Clean }
}

/// Says every finding and repair, and gives the outcome that they call for.
pub fn say<'f>(file: &str, findings: impl IntoIterator<Item = &'f Finding>, context: &Context) -> Outcome {
    let mut worst = Outcome::Clean;
    for finding in findings {
        context.say(line(file, finding, context));
        worst = worst.max(outcome(finding));
    }
    worst
}

/// The conservation of a file that was read to its end: bytes, segments, transactions, claims.
pub struct Conservation {
    /// Claims found.
    pub claims_in: u64,
    /// Claims shown, written or posted.
    pub claims_out: u64,
    /// Claims held back, each with its reason.
    pub claims_held: u64,
}

impl Conservation {
    /// Says it and enforces it.
    ///
    /// # Errors
    /// Where a byte or a claim is not accounted for.
    pub fn prove<R: BufRead>(&self, file: &str, read: &EnvelopeReader<R>, context: &Context) -> Result<(), Failure> {
        self.prove_counts(file, read.reader().accounting(), read.counts(), context)
    }

    /// [`prove`](Self::prove), of a reader that gives its counts only.
    pub fn prove_counts(
        &self,
        file: &str,
        bytes: Accounting,
        counts: Counts,
        context: &Context,
    ) -> Result<(), Failure> {
        context.say(format_args!(
            "{file}: {} bytes = {} in {} segments + {} between; {} interchanges, {} groups, {} transactions; claims {} in = {} out + {} held",
            bytes.bytes, bytes.segment_bytes, bytes.segments, bytes.trivia_bytes, counts.interchanges, counts.groups,
            counts.transactions, self.claims_in, self.claims_out, self.claims_held,
        ));
        if bytes.is_conserved() && self.claims_in == self.claims_out + self.claims_held {
            Ok(())
        } else {
            Err(Failure::Usage(format!(
                "{file}: not every byte and claim is accounted for: this is a defect of edi, please report it"
            )))
        }
    }
}
