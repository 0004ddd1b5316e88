//! Remittances made, not read: balanced by construction, drawn by seed, of synthetic people only.
//!
//! A [`LineDraft`] holds a charge and its adjustments; what is paid follows. So do CLP03, CLP04, CLP05 of a
//! [`ClaimDraft`] and BPR02 of a [`RemittanceDraft`]: there is no way to state them wrongly. [`invent`] draws
//! claims out of nothing, [`answer`] answers claims that were submitted, and [`answer_as`] does so with the
//! [`Outcome`] that a test or a demonstration wants.
//!
//! ```
//! use edi_835::generate::{self, Draw, RemittanceDraft};
//! use edi_core::{lex::Delimiters, writer::SegmentWriter};
//! let date = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap_or_default();
//! let draft = RemittanceDraft::synthetic(7, date);
//! let mut writer = SegmentWriter::new(Vec::new(), Delimiters::default());
//! generate::begin(&mut writer, date.into(), 1, "T")?;
//! generate::remittance(&mut writer, &draft, || generate::invent(Draw::new(7), date).take(100))?;
//! generate::end(&mut writer)?;
//! # assert!(writer.into_inner()?.len() > 10_000);
//! # Ok::<(), edi_core::Error>(())
//! ```

mod answer;
mod draft;
mod draw;
mod invent;
mod pieces;
#[cfg(test)]
mod tests;

pub use answer::{Outcome, answer, answer_as};
pub use draft::{ClaimDraft, LineDraft, PartyDraft, PersonDraft, RemittanceDraft};
pub use draw::Draw;
pub use invent::invent;

use crate::model::ClaimPayment;
use crate::read::RemittanceEvent;
use edi_core::Money;
use edi_core::error::Result;
use edi_core::writer::{GroupHeader, InterchangeHeader, SegmentWriter};
use std::io::Write;

/// The guide that is written.
const GUIDE: &str = "005010X221A1";

/// Begins an interchange and a group of remittances. `usage` is ISA15: `P` or `T`.
///
/// # Errors
/// Where an interchange is open, or the output fails.
pub fn begin<W: Write>(
    writer: &mut SegmentWriter<W>,
    at: chrono::NaiveDateTime,
    control: u32,
    usage: &str,
) -> Result<()> {
    writer.begin_interchange(&InterchangeHeader {
        sender_qualifier: "ZZ".into(),
        sender: "PAYER0001".into(),
        receiver_qualifier: "ZZ".into(),
        receiver: "PROVIDER0001".into(),
        at,
        control,
        ack_requested: false,
        usage: usage.into(),
    })?;
    writer.begin_group(&GroupHeader {
        functional_id: "HP".into(),
        sender: "PAYER0001".into(),
        receiver: "PROVIDER0001".into(),
        at,
        control,
        version: GUIDE.into(),
    })
}

/// Ends the group and the interchange.
///
/// # Errors
/// Where none is open, or the output fails.
pub fn end<W: Write>(writer: &mut SegmentWriter<W>) -> Result<()> {
    writer.end_group()?;
    writer.end_interchange()
}

/// Writes one remittance from ST to SE. Its claims are asked for twice, since BPR02 stands before the first of
/// them: `claims` must give the same each time. Memory is one claim.
///
/// # Errors
/// Where data holds a delimiter of this writer, or the output fails.
pub fn remittance<W: Write, I: Iterator<Item = ClaimDraft>>(
    writer: &mut SegmentWriter<W>,
    draft: &RemittanceDraft,
    claims: impl Fn() -> I,
) -> Result<()> {
    let sums = |(paid, interest): (Money, Money), claim: ClaimDraft| (paid + claim.paid(), interest + claim.interest);
    let (paid, interest) = claims().fold((Money::ZERO, Money::ZERO), sums);
    let draft = draft.with_interest(interest);
    // 835s of 005010X221A1 carry no ST03.
    writer.begin_transaction("835", "")?;
    RemittanceEvent::Header(Box::new(draft.header(paid))).write(writer)?;
    for (ordinal, claim) in (1..).zip(claims()) {
        let payment: ClaimPayment = claim.build(ordinal);
        payment.write(writer)?;
    }
    draft.summary().write(writer)?;
    writer.end_transaction()
}
