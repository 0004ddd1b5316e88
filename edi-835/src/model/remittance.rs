//! The header and the end of a remittance.

use super::detail::Details;
use super::kept::Kept;
use super::plb::{Plb, PlbEntry};
use super::segment::Bpr;
use super::source::{ContentHash, Span};
use chrono::NaiveDate;
use edi_core::envelope::{End, Group, Interchange, Transaction};
use edi_core::segment::{N1, Trn};
use edi_core::{Money, Text};
use serde::Serialize;

/// The envelope that a remittance came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// ISA.
    pub interchange: Interchange,
    /// GS.
    pub group: Group,
    /// ST.
    pub transaction: Transaction,
}

/// A remittance before its first claim: payment, payer, payee.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Remittance {
    /// Ordinal among the remittances of the file, from 1.
    pub ordinal: u64,
    /// Its ISA, GS and ST; none where it was made and not read.
    #[serde(skip)]
    pub envelope: Option<Box<Envelope>>,
    /// BPR, TRN, CUR, REF and DTM, and what else stands before the first N1.
    pub details: Details,
    /// Loops 1000A (payer) and 1000B (payee), in order.
    pub parties: Vec<Party>,
}

/// A party: N1 and what stands below it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Party {
    /// N1.
    pub n1: Kept<N1>,
    /// N3, N4, REF, PER, RDM.
    pub details: Details,
}

impl Remittance {
    /// BPR.
    #[must_use]
    pub fn payment(&self) -> Option<&Bpr> {
        self.details.bpr()
    }

    /// BPR02, the payment; zero where it is absent or cannot be read.
    #[must_use]
    pub fn amount(&self) -> Money {
        self.payment().map_or(Money::ZERO, |bpr| bpr.amount.or_zero())
    }

    /// BPR16, date of the cheque or day on which the EFT takes effect.
    #[must_use]
    pub fn payment_date(&self) -> Option<NaiveDate> {
        self.payment().and_then(|bpr| bpr.date.value().copied())
    }

    /// TRN.
    #[must_use]
    pub fn trace(&self) -> Option<&Trn> {
        self.details.trn()
    }

    /// TRN02, the number of the cheque or EFT; empty where there is none.
    #[must_use]
    pub fn trace_number(&self) -> &str {
        self.trace().map_or("", |trn| trn.number.as_str())
    }

    /// DTM*405, end of the adjudication cycle.
    #[must_use]
    pub fn production_date(&self) -> Option<NaiveDate> {
        self.details.date("405")
    }

    /// Loop 1000A, the payer.
    #[must_use]
    pub fn payer(&self) -> Option<&Party> {
        self.parties.iter().find(|p| p.n1.entity == "PR")
    }

    /// Loop 1000B, the payee.
    #[must_use]
    pub fn payee(&self) -> Option<&Party> {
        self.parties.iter().find(|p| p.n1.entity == "PE")
    }

    /// N102 of the payer, or NM103 where a payer writes NM1 instead; empty where there is none.
    #[must_use]
    pub fn payer_name(&self) -> &str {
        self.party_name("PR")
    }

    /// N102 of the payee, or NM103 where a payer writes NM1 instead; empty where there is none.
    #[must_use]
    pub fn payee_name(&self) -> &str {
        self.party_name("PE")
    }

    fn party_name(&self, entity: &str) -> &str {
        let n1 = self.parties.iter().find(|p| p.n1.entity == entity).map(|p| &p.n1.name);
        n1.or_else(|| self.details.name(entity).map(|nm1| &nm1.last)).map_or("", |name| name.as_str())
    }

    /// The payer's identifiers, most specific first: N104, REF*2U, TRN03.
    #[must_use]
    pub fn payer_ids(&self) -> Vec<Text> {
        let n104 = self.payer().map(|p| &p.n1.id);
        let ref_2u = self.payer().and_then(|p| p.details.reference("2U"));
        let trn03 = self.trace().map(|t| &t.originator);
        let mut ids: Vec<Text> = Vec::new();
        for id in [n104, ref_2u, trn03].into_iter().flatten() {
            if !id.is_empty() && !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        ids
    }

    /// ISA15 is `T`: a test, which is never posted.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.envelope.as_ref().is_some_and(|e| e.interchange.usage == "T")
    }

    /// The guide: ST03, or GS08 before 005010; empty where neither is there.
    #[must_use]
    pub fn guide(&self) -> &str {
        self.envelope.as_ref().map_or("", |e| match e.transaction.convention.is_empty() {
            true => e.group.version.as_str(),
            false => e.transaction.convention.as_str(),
        })
    }
}

/// The end of a remittance: PLB, and what was counted on the way.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Totals {
    /// PLB segments and what else stands behind the last claim.
    pub details: Details,
    /// Claims that were read.
    pub claims: u64,
    /// Service lines that were read.
    pub lines: u64,
    /// Sum of CLP03.
    pub charge: Money,
    /// Sum of CLP04.
    pub paid: Money,
    /// Claims with an amount in CLP03 or CLP04 that cannot be read: it is not in the sums.
    pub unreadable: u64,
    /// Segments between ST and SE that the model has no type for.
    pub untyped: u64,
    /// Hash over the segments between ST and SE, exclusive, in canonical delimiters.
    pub hash: ContentHash,
    /// From ST to SE.
    pub span: Span,
    /// What SE says and what was counted; none where the remittance was made and not read.
    #[serde(skip)]
    pub end: Option<End>,
}

impl Totals {
    /// All PLB pairs, each with the segment it stands in.
    pub fn provider_adjustments(&self) -> impl Iterator<Item = (&Plb, &PlbEntry)> {
        self.details.provider_adjustments()
    }

    /// Whether the SE is there: without it the transaction was cut, and claims may be missing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.end.is_none_or(|end| end.trailer)
    }

    /// Whether the SE is there and agrees in count and control number.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.end.is_none_or(|end| end.is_sound())
    }
}
