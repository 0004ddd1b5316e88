//! PLB, provider adjustment: money that belongs to no claim.

use chrono::NaiveDate;
use edi_core::error::Result;
use edi_core::lex::Segment;
use edi_core::segment::TypedSegment;
use edi_core::writer::SegmentWriter;
use edi_core::{Money, Text, Wire};
use serde::Serialize;
use std::io::Write;

/// Provider adjustment (PLB): a provider, a fiscal period, and up to six pairs of reason and amount.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Plb {
    /// PLB01, provider identifier.
    pub provider: Text,
    /// PLB02, last day of the provider's fiscal year.
    pub fiscal_period: Wire<NaiveDate>,
    /// The pairs, in order; an empty one between others is kept.
    pub entries: Vec<PlbEntry>,
}

/// One pair of a PLB.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PlbEntry {
    /// PLB03-1, reason (`L6` interest, `WO` overpayment recovery, `FB` forwarding balance, ...).
    pub reason: Text,
    /// PLB03-2, the payer's reference of the adjustment.
    pub reference: Text,
    /// PLB04, amount: positive lowers the payment.
    pub amount: Wire<Money>,
}

impl TypedSegment for Plb {
    const ID: &'static str = "PLB";
    const ELEMENTS: usize = 14;

    fn read(segment: &Segment<'_>) -> Self {
        // Every pair that is there is read, past the sixth too: no money may vanish.
        let pairs = segment.len().saturating_sub(2).div_ceil(2);
        let mut entries: Vec<PlbEntry> = (0..pairs)
            .map(|i| {
                let identifier = segment.element(3 + 2 * i);
                PlbEntry {
                    reason: identifier.component(1).to_text(),
                    reference: identifier.component(2).to_text(),
                    amount: segment.element(4 + 2 * i).wire(),
                }
            })
            .collect();
        entries.truncate(entries.iter().rposition(|e| *e != PlbEntry::default()).map_or(0, |last| last + 1));
        Self { provider: segment.element(1).to_text(), fiscal_period: segment.element(2).wire(), entries }
    }

    fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> Result<()> {
        let mut builder = writer.segment("PLB").text(&self.provider).wire(&self.fiscal_period);
        for entry in &self.entries {
            builder = builder.composite([entry.reason.as_str(), entry.reference.as_str()]).wire(&entry.amount);
        }
        builder.finish()
    }

    fn unreadable(&self) -> Vec<usize> {
        let period = self.fiscal_period.is_raw().then_some(2);
        let amounts = self.entries.iter().enumerate().filter(|(_, e)| e.amount.is_raw()).map(|(i, _)| 4 + 2 * i);
        period.into_iter().chain(amounts).collect()
    }

    fn holds(_: &Segment<'_>) -> bool {
        true
    }
}
