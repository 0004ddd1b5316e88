//! Findings and conservation as words.

use crate::context::Context;
use crate::exit::{Failure, Outcome};
use edi_core::envelope::EnvelopeReader;
use edi_core::{Finding, Severity};
use std::fmt::Write as _;
use std::io::BufRead;

/// One finding as one line: `file:line: severity[RULE] message (CLP04, found "x", expected y) [where]`.
pub fn line(file: &str, finding: &Finding, context: &Context) -> String {
    let severity = match finding.severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let mut text = format!("{file}:{}: {severity}[{}] {}", finding.locus.line, finding.rule, finding.message);
    if let Some(place) = finding.element.as_ref().or(finding.segment.as_ref()) {
        let _ = write!(text, "; {place}");
    }
    if let Some(value) = &finding.value {
        // What stands in a file may be private: shown only on request.
        let shown = if context.phi { format!("{value:?}") } else { format!("{} characters", value.chars().count()) };
        let _ = write!(text, ", found {shown}");
    }
    if let Some(expected) = &finding.expected {
        let _ = write!(text, ", expected {expected}");
    }
    if finding.count > 1 {
        let _ = write!(text, " ({} times)", finding.count);
    }
    let _ = write!(text, " [{}]", finding.locus);
    text
}

/// Says every finding and repair, and gives the outcome that they call for.
pub fn say<'f>(file: &str, findings: impl IntoIterator<Item = &'f Finding>, context: &Context) -> Outcome {
    let mut outcome = Outcome::Clean;
    for finding in findings {
        context.say(line(file, finding, context));
        if finding.severity > Severity::Info {
            outcome = Outcome::Findings;
        }
    }
    outcome
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
        let (bytes, counts) = (read.reader().accounting(), read.counts());
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
