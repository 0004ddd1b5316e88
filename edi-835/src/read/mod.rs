//! Remittances off a stream, claim by claim: memory is one claim, never a file.
//!
//! ```
//! use edi_835::read::{RemittanceEvent, RemittanceReader};
//! let file: &[u8] = b"ST*835*0001~BPR*I*80*C*CHK************20260105~TRN*1*C1*1999999999~N1*PR*PLAN~N1*PE*CLINIC*XX*1234567893~\
//! LX*1~CLP*A1*1*100*80*20*12*P1~CAS*PR*2*20~SE*9*0001~";
//! let mut paid = Vec::new();
//! for event in RemittanceReader::new(file)? {
//!     match event? {
//!         RemittanceEvent::Header(remittance) => assert_eq!(remittance.trace_number(), "C1"),
//!         RemittanceEvent::Claim(claim) => paid.push((claim.key().to_string(), claim.paid().to_string())),
//!         RemittanceEvent::End(totals) => assert!(totals.is_sound()),
//!     }
//! }
//! assert_eq!(paid, [("A1".to_owned(), "80.00".to_owned())]);
//! # Ok::<(), edi_core::Error>(())
//! ```

mod open;
#[cfg(test)]
mod tests;

use crate::model::{ClaimPayment, Envelope, Remittance, Totals};
use edi_core::Text;
use edi_core::envelope::{EnvelopeReader, Event, Group, Interchange};
use edi_core::error::Result;
use edi_core::finding::Finding;
use edi_core::reader::{Options, Reader};
use open::Open;
use serde::Serialize;
use std::collections::VecDeque;
use std::io::BufRead;

/// What a stream of remittances yields: for each a header, its claims in order, an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemittanceEvent {
    /// A remittance begins: everything before its first claim.
    Header(Box<Remittance>),
    /// One claim of it.
    Claim(Box<ClaimPayment>),
    /// It ends.
    End(Box<Totals>),
}

/// What was read so far, and what was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// 835 transactions begun.
    pub remittances: u64,
    /// Claims handed out.
    pub claims: u64,
    /// Transactions of other kinds, passed over: how many of each ST01. Past a few kinds, the rest is `other`.
    pub passed_over: Vec<(Text, u64)>,
    /// CLP segments outside of any 835 transaction: claims that no remittance accounts for.
    pub stray_claims: u64,
}

impl Counts {
    /// How many transactions of other kinds were passed over.
    #[must_use]
    pub fn passed_over_total(&self) -> u64 {
        self.passed_over.iter().map(|(_, count)| count).sum()
    }

    fn pass_over(&mut self, set_id: &Text) {
        const KINDS: usize = 16;
        let full = self.passed_over.len() >= KINDS;
        let known = self.passed_over.iter().any(|(kind, _)| kind == set_id);
        let name = if full && !known { Text::const_new("other") } else { set_id.clone() };
        match self.passed_over.iter_mut().find(|(kind, _)| *kind == name) {
            Some((_, count)) => *count += 1,
            None => self.passed_over.push((name, 1)),
        }
    }
}

/// Reads the remittances of a stream. See the [module](self).
///
/// A CLP in an 835 is a claim wherever it stands and whatever its amounts look like; a claim that the stream's
/// end cuts is handed out and says so. Transactions of other kinds are passed over and counted.
pub struct RemittanceReader<R: BufRead> {
    envelope: EnvelopeReader<R>,
    interchange: Option<Interchange>,
    group: Option<Group>,
    open: Option<Open>,
    ready: VecDeque<RemittanceEvent>,
    counts: Counts,
    failed: bool,
    hashed: bool,
}

impl<R: BufRead> RemittanceReader<R> {
    /// A tolerant reader with the default limits.
    ///
    /// # Errors
    /// Where the first bytes cannot be read.
    pub fn new(inner: R) -> Result<Self> {
        Self::with_options(inner, Options::default())
    }

    /// A reader with other limits, or a strict one.
    ///
    /// # Errors
    /// Where the first bytes cannot be read, or `strict` refuses their encoding.
    pub fn with_options(inner: R, options: Options) -> Result<Self> {
        Ok(Self::over(EnvelopeReader::new(Reader::with_options(inner, options)?)))
    }

    /// A reader over envelope events.
    #[must_use]
    pub fn over(envelope: EnvelopeReader<R>) -> Self {
        Self {
            envelope,
            interchange: None,
            group: None,
            open: None,
            ready: VecDeque::new(),
            counts: Counts::default(),
            failed: false,
            hashed: true,
        }
    }

    /// Without the hashes of claims and remittances, which stay zero: for those who show or check and post nothing.
    /// Posting reads with them.
    #[must_use]
    pub fn without_hashes(mut self) -> Self {
        self.hashed = false;
        self
    }

    /// The envelope reader below: its counts, and the reader with repairs and accounting.
    #[must_use]
    pub fn envelope(&self) -> &EnvelopeReader<R> {
        &self.envelope
    }

    /// What was read so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The findings about envelopes since the last call.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        self.envelope.take_findings()
    }

    /// Reads until something is ready; false at the end of the stream.
    fn advance(&mut self) -> Result<bool> {
        while self.ready.is_empty() {
            if let Some(open) = &mut self.open
                && let Some(segment) = self.envelope.next_inside()?
            {
                open.take(&segment, &mut self.ready)?;
                continue;
            }
            let Some(event) = self.envelope.next()? else { return Ok(false) };
            match event {
                Event::InterchangeStart(interchange, _) => self.interchange = Some(interchange.clone()),
                Event::GroupStart(group, _) => self.group = Some(group.clone()),
                Event::TransactionStart(transaction, st) if transaction.set_id == "835" => {
                    self.counts.remittances += 1;
                    let envelope = match (&self.interchange, &self.group) {
                        (Some(interchange), Some(group)) => Some(Box::new(Envelope {
                            interchange: interchange.clone(),
                            group: group.clone(),
                            transaction: transaction.clone(),
                        })),
                        _ => None,
                    };
                    self.open = Some(Open::new(self.counts.remittances, envelope, &st, self.hashed));
                }
                Event::TransactionStart(transaction, _) => self.counts.pass_over(&transaction.set_id),
                Event::Segment(segment) | Event::Outside(segment) => match &mut self.open {
                    Some(open) => open.take(&segment, &mut self.ready)?,
                    None => self.counts.stray_claims += u64::from(segment.id() == b"CLP"),
                },
                Event::TransactionEnd(end, se) => {
                    if let Some(open) = self.open.take() {
                        open.finish(end, se.as_ref(), &mut self.ready);
                    }
                }
                Event::GroupEnd(..) | Event::InterchangeEnd(..) => {}
            }
        }
        Ok(true)
    }
}

impl<R: BufRead> Iterator for RemittanceReader<R> {
    type Item = Result<RemittanceEvent>;

    /// The next event. An error ends the iteration.
    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        match self.advance() {
            Ok(true) => {
                let event = self.ready.pop_front()?;
                self.counts.claims += u64::from(matches!(event, RemittanceEvent::Claim(_)));
                Some(Ok(event))
            }
            Ok(false) => None,
            Err(error) => {
                self.failed = true;
                Some(Err(error))
            }
        }
    }
}
