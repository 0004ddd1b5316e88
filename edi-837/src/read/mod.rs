//! Claims out of 837 files, one by one.
//!
//! [`ClaimReader`] is tolerant: it reads 005010X222A1 and its predecessors, takes loops in any order, and keeps
//! raw what it has no field for. Institutional and dental claims are found too, with their service segments
//! raw. A claim whose transaction set has no SE is yielded and marked.
//!
//! ```
//! use edi_837::ClaimReader;
//! let file: &[u8] = b"ST*837*0001*005010X222A1~HL*1**20*1~NM1*85*2*EXAMPLE CLINIC*****XX*1234567893~\
//! HL*2*1*22*0~CLM*26403774*100***11:B:1*Y*A*Y*I~LX*1~SV1*HC:99213*100*UN*1***1~SE*8*0001~";
//! let claims: Vec<_> = ClaimReader::new(file)?.collect::<Result<_, _>>()?;
//! assert_eq!(claims[0].claim.number(), "26403774");
//! assert!(claims[0].complete);
//! # Ok::<(), edi_core::Error>(())
//! ```

mod place;
#[cfg(test)]
mod tests;

use crate::model::Claim;
use edi_core::envelope::{Counts, EnvelopeReader, Event};
use edi_core::error::{Error, ErrorKind, Result};
use edi_core::finding::{ElementFault, Findings, Kind, SegmentFault, Severity, TransactionFault};
use edi_core::lex::Segment;
use edi_core::reader::{Accounting, Reader};
use edi_core::{Finding, Locus, Text};
pub(crate) use place::{Placed, Placer};
use std::io::BufRead;

/// The most segments of one claim, and of one billing provider, subscriber or patient.
const SEGMENT_LIMIT: usize = 1 << 17;

/// Which guide a claim follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClaimKind {
    /// 837P (X222, X098): typed whole.
    #[default]
    Professional,
    /// 837I (X223, X096): service lines are kept raw.
    Institutional,
    /// 837D (X224, X097): service lines are kept raw.
    Dental,
}

impl ClaimKind {
    fn of(convention: &str) -> Option<Self> {
        let named = |ids: [&str; 2]| ids.iter().any(|id| convention.contains(id));
        match () {
            () if named(["X222", "X098"]) => Some(Self::Professional),
            () if named(["X223", "X096"]) => Some(Self::Institutional),
            () if named(["X224", "X097"]) => Some(Self::Dental),
            () => None,
        }
    }
}

/// A claim, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FoundClaim {
    /// The claim.
    pub claim: Claim,
    /// Which guide it follows.
    pub kind: ClaimKind,
    /// ST03 or GS08, the guide as the file names it; empty where it does not.
    pub version: Text,
    /// Where its CLM stands.
    pub locus: Locus,
    /// Ordinal of its transaction set in the file, from 1.
    pub transaction: u64,
    /// ISA15 is `T`: the file is a test.
    pub test: bool,
    /// Whether all of it was there; false for the last claim of a transaction set without SE, which may be cut.
    pub complete: bool,
}

/// Reads claims. See the [module](self).
pub struct ClaimReader<R: BufRead> {
    events: EnvelopeReader<R>,
    placer: Placer,
    findings: Findings,
    /// The transaction set that is open is an 837.
    inside: bool,
    version: Text,
    locus: Locus,
    segments: usize,
    claims: u64,
}

impl<R: BufRead> ClaimReader<R> {
    /// Claims of this stream.
    ///
    /// # Errors
    /// Where the first bytes cannot be read.
    pub fn new(inner: R) -> Result<Self> {
        Ok(Self::over(Reader::new(inner)?))
    }

    /// Claims over a reader with options of its own.
    #[must_use]
    pub fn over(reader: Reader<R>) -> Self {
        Self {
            events: EnvelopeReader::new(reader),
            placer: Placer::new(),
            findings: Findings::default(),
            inside: false,
            version: Text::default(),
            locus: Locus::default(),
            segments: 0,
            claims: 0,
        }
    }

    /// The findings since the last call: envelope first, then claims. Repairs are not among them.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        let mut findings = self.events.take_findings();
        findings.extend(self.findings.drain());
        findings
    }

    /// What the reader had to mend in the stream.
    #[must_use]
    pub fn repairs(&self) -> &[Finding] {
        self.events.reader().repairs()
    }

    /// Where the bytes went.
    #[must_use]
    pub fn accounting(&self) -> Accounting {
        self.events.reader().accounting()
    }

    /// Interchanges, groups and transaction sets so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.events.counts()
    }

    /// Claims so far.
    #[must_use]
    pub fn claims(&self) -> u64 {
        self.claims
    }

    fn advance(&mut self) -> Result<Option<FoundClaim>> {
        loop {
            if self.inside
                && let Some(segment) = self.events.next_inside()?
            {
                let claim = if self.placer.ends_claim(&segment) { self.placer.take_claim() } else { None };
                let locus = self.locus;
                if matches!(segment.id(), b"HL" | b"CLM") {
                    self.segments = 0;
                    self.locus = segment.locus();
                }
                self.segments += 1;
                if self.segments > SEGMENT_LIMIT {
                    let kind = ErrorKind::Limit { what: "the segments of one claim", limit: SEGMENT_LIMIT };
                    return Err(Error::new(kind, segment.locus()));
                }
                let placed = self.placer.place(&segment);
                if let Some(finding) = misplaced(placed, &segment) {
                    self.findings.push(finding);
                }
                match claim {
                    Some(claim) => return Ok(Some(self.found(claim, true, locus))),
                    None => continue,
                }
            }
            let Some(event) = self.events.next()? else { return Ok(None) };
            match event {
                Event::TransactionStart(transaction, _) => {
                    self.inside = transaction.set_id == "837";
                    if !self.inside {
                        self.findings.push(not_837(transaction.locus));
                    }
                    self.version = transaction.convention.clone();
                    self.placer = Placer::new();
                    self.segments = 0;
                }
                Event::TransactionEnd(end, _) => {
                    if let Some(claim) = self.placer.take_claim() {
                        return Ok(Some(self.found(claim, end.trailer, self.locus)));
                    }
                }
                _ => {}
            }
        }
    }

    fn found(&mut self, claim: Claim, complete: bool, locus: Locus) -> FoundClaim {
        self.claims += 1;
        let interchange = self.events.interchange();
        let group = self.events.group().map(|g| g.version.clone());
        let version = if self.version.is_empty() { group.unwrap_or_default() } else { self.version.clone() };
        let headed = || claim.header.references.iter().find_map(|r| ClaimKind::of(&r.value));
        let kind = ClaimKind::of(&version).or_else(headed).unwrap_or_default();
        let test = interchange.is_some_and(|i| i.usage == "T");
        self.check(&claim, kind, locus);
        FoundClaim { kind, version, locus, transaction: self.events.counts().transactions, test, complete, claim }
    }

    /// Amounts that could not be read are told at once: sums would leave them out.
    fn check(&mut self, claim: &Claim, kind: ClaimKind, locus: Locus) {
        let mut unreadable = |segment: &str, message: &'static str, found: String| {
            let kind = Kind::Element(ElementFault::InvalidCharacter);
            let finding = Finding::new("837-AMOUNT", kind, message, locus).with_snip(2).on_element(segment, 2);
            self.findings.push(finding.found(found, "digits and at most one point"));
        };
        if let edi_core::Wire::Raw(text) = &claim.information.claim.charge {
            unreadable("CLM", "the charge of the claim is no amount", text.to_string());
        }
        for line in claim.information.lines.iter().filter(|_| kind == ClaimKind::Professional) {
            if let Some(edi_core::Wire::Raw(text)) = line.service.as_ref().map(|s| &s.charge) {
                unreadable("SV1", "the charge of a service line is no amount", text.to_string());
            }
        }
    }
}

/// What there is to say of how a segment was placed.
fn misplaced(placed: Placed, segment: &Segment<'_>) -> Option<Finding> {
    let finding = match placed {
        Placed::Kept => return None,
        Placed::Shortened => {
            let kind = Kind::Segment(SegmentFault::HasElementErrors);
            let message = "the segment has more elements or components than X12 gives it; what is too much is not kept";
            Finding::new("837-LONG-SEGMENT", kind, message, segment.locus()).with_severity(Severity::Warning)
        }
        Placed::UnknownLevel => {
            let kind = Kind::Segment(SegmentFault::Unexpected);
            let message = "HL03 is none of 20, 22 and 23: the segments behind it count to the level before";
            Finding::new("837-HL-LEVEL", kind, message, segment.locus()).with_snip(2)
        }
    };
    Some(finding.on_segment(segment.id_text()))
}

fn not_837(locus: Locus) -> Finding {
    let kind = Kind::Transaction(TransactionFault::NotSupported);
    let message = "the transaction set is no 837: it holds no claims and was passed over";
    Finding::new("837-OTHER-SET", kind, message, locus).with_severity(Severity::Warning).on_element("ST", 1)
}

impl<R: BufRead> Iterator for ClaimReader<R> {
    type Item = Result<FoundClaim>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}
