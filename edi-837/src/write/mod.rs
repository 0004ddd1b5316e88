//! Claims as an 837P (005010X222A1): the hierarchy, its numbers and flags.
//!
//! Claims that share their billing provider, subscriber or patient (the same `Arc`) share those loops. What
//! was read and is written again is the same, but for what the canonical form changes:
//!
//! - HL01, HL02 and HL04 are numbered anew; an element of an HL past the fourth is left out.
//! - A subscriber with claims of its own and of dependents gets an HL for each of the two.
//! - Segments of one loop stand in the guide's order; those that it gives one position (all DTP, all REF, all
//!   NM1 loops of a claim, ...) stay in the order in which they were.
//! - Empty elements, components and repetitions at the end are left out; numbers lose a plus sign and get a
//!   digit before their point.
//! - GS08 and ST03 become 005010X222A1.

use crate::model::{BillingProvider, Claim, Header, Loop, Patient, Subscriber};
use edi_core::error::Result;
use edi_core::writer::SegmentWriter;
use std::io::Write;
use std::sync::Arc;

/// ST03 and GS08 of what is written.
pub const GUIDE: &str = "005010X222A1";

/// The most claims of one subscriber or patient (the guide's limit of loop 2300).
const CLAIMS_OF_PATIENT: u32 = 100;

/// Writes claims into one transaction set.
///
/// ```
/// # use edi_837::{ClaimReader, ClaimWriter};
/// # use edi_core::{lex::Delimiters, writer::SegmentWriter};
/// # let file: &[u8] = b"ST*837*0001*005010X222A1~HL*9**20*1~NM1*85*2*CLINIC~HL*7*9*22*0~CLM*1*1~SE*5*1~";
/// let mut out = SegmentWriter::new(Vec::new(), Delimiters::default());
/// let mut claims = ClaimWriter::default();
/// for found in ClaimReader::new(file)? {
///     claims.write(&mut out, &found?.claim)?;
/// }
/// assert_eq!(out.into_inner()?, b"HL*1**20*1~NM1*85*2*CLINIC~HL*2*1*22*0~CLM*1*1~");
/// # Ok::<(), edi_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ClaimWriter {
    /// HL01 of the last HL.
    last: u64,
    billing: Option<(Arc<BillingProvider>, u64)>,
    subscriber: Option<(Arc<Subscriber>, bool, u64)>,
    patient: Option<Arc<Patient>>,
    claims_here: u32,
}

impl ClaimWriter {
    /// Writes BHT and the loops 1000A and 1000B.
    ///
    /// # Errors
    /// Where data holds a delimiter of the writer, or the output fails.
    pub fn header<W: Write>(&self, writer: &mut SegmentWriter<W>, header: &Header) -> Result<()> {
        header.write(writer)
    }

    /// Writes a claim, and before it the loops of its context that are not those of the claim before.
    ///
    /// # Errors
    /// As [`header`](Self::header).
    pub fn write<W: Write>(&mut self, writer: &mut SegmentWriter<W>, claim: &Claim) -> Result<()> {
        let billing = self.billing(writer, &claim.billing)?;
        let dependent = claim.patient.is_some();
        let full = self.claims_here == CLAIMS_OF_PATIENT;
        let open = self.subscriber.as_ref();
        let open = open.filter(|(s, d, _)| Arc::ptr_eq(s, &claim.subscriber) && *d == dependent);
        let subscriber = match open.map(|(_, _, number)| *number).filter(|_| dependent || !full) {
            Some(number) => number,
            None => self.subscriber(writer, claim, billing)?,
        };
        if let Some(patient) = &claim.patient {
            let same = self.patient.as_ref().is_some_and(|p| Arc::ptr_eq(p, patient));
            if !same || self.claims_here == CLAIMS_OF_PATIENT {
                self.level(writer, Some(subscriber), "23", false)?;
                patient.write(writer)?;
                self.patient = Some(Arc::clone(patient));
                self.claims_here = 0;
            }
        }
        self.claims_here += 1;
        claim.information.write(writer)
    }

    fn billing<W: Write>(&mut self, writer: &mut SegmentWriter<W>, billing: &Arc<BillingProvider>) -> Result<u64> {
        if let Some((open, number)) = &self.billing
            && Arc::ptr_eq(open, billing)
        {
            return Ok(*number);
        }
        let number = self.level(writer, None, "20", true)?;
        billing.write(writer)?;
        self.billing = Some((Arc::clone(billing), number));
        self.subscriber = None;
        Ok(number)
    }

    fn subscriber<W: Write>(&mut self, writer: &mut SegmentWriter<W>, claim: &Claim, billing: u64) -> Result<u64> {
        let dependent = claim.patient.is_some();
        let number = self.level(writer, Some(billing), "22", dependent)?;
        claim.subscriber.write(writer)?;
        self.subscriber = Some((Arc::clone(&claim.subscriber), dependent, number));
        self.patient = None;
        self.claims_here = 0;
        Ok(number)
    }

    /// Writes an HL and gives its number.
    fn level<W: Write>(
        &mut self,
        writer: &mut SegmentWriter<W>,
        parent: Option<u64>,
        code: &str,
        children: bool,
    ) -> Result<u64> {
        self.last += 1;
        let parent = parent.map(|p| p.to_string()).unwrap_or_default();
        let children = if children { "1" } else { "0" };
        writer.segment("HL").text(&self.last.to_string()).text(&parent).text(code).text(children).finish()?;
        Ok(self.last)
    }
}

#[cfg(test)]
mod tests;
