//! CAS, claim adjustment: a group code and up to six triplets of reason, amount and quantity.

use super::TypedSegment;
use crate::Text;
use crate::error::Result;
use crate::lex::Segment;
use crate::value::{Money, Quantity, Wire};
use crate::writer::SegmentWriter;
use serde::Serialize;
use std::io::Write;

/// Claim adjustment (CAS): what the payer did not pay, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Cas {
    /// CAS01, group code (`CO`, `PR`, `OA`, `PI`).
    pub group: Text,
    /// The triplets, in order; an empty one between others is kept.
    pub entries: Vec<CasEntry>,
}

/// One triplet of a CAS.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CasEntry {
    /// CAS02, claim adjustment reason code (CARC).
    pub reason: Text,
    /// CAS03, amount: positive lowers the payment.
    pub amount: Wire<Money>,
    /// CAS04, units that were adjusted.
    pub quantity: Wire<Quantity>,
}

impl TypedSegment for Cas {
    const ID: &'static str = "CAS";
    const ELEMENTS: usize = 19;

    fn read(segment: &Segment<'_>) -> Self {
        // Every triplet that is there is read, past the sixth too: no money may vanish.
        let mut triplets = segment.len().saturating_sub(1).div_ceil(3);
        while triplets > 0 && (3 * triplets - 1..3 * triplets + 2).all(|n| segment.element(n).is_empty()) {
            triplets -= 1;
        }
        let entry = |i| CasEntry {
            reason: segment.element(2 + 3 * i).to_text(),
            amount: segment.element(3 + 3 * i).wire(),
            quantity: segment.element(4 + 3 * i).wire(),
        };
        let entries = (0..triplets).map(entry).collect();
        Self { group: segment.element(1).to_text(), entries }
    }

    fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> Result<()> {
        let mut builder = writer.segment("CAS").text(&self.group);
        for entry in &self.entries {
            builder = builder.text(&entry.reason).wire(&entry.amount).wire(&entry.quantity);
        }
        builder.finish()
    }

    fn unreadable(&self) -> Vec<usize> {
        let amounts = self.entries.iter().enumerate().filter(|(_, e)| e.amount.is_raw()).map(|(i, _)| 3 + 3 * i);
        let quantities = self.entries.iter().enumerate().filter(|(_, e)| e.quantity.is_raw()).map(|(i, _)| 4 + 3 * i);
        amounts.chain(quantities).collect()
    }

    fn holds(_: &Segment<'_>) -> bool {
        true
    }
}
