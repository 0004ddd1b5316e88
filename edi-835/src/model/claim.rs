//! Claim payments and their service lines.

use super::detail::Details;
use super::kept::Kept;
use super::segment::{Clp, Svc};
use super::source::{ContentHash, Span};
use edi_core::account::ClaimKey;
use edi_core::codes::ClaimStatusCode;
use edi_core::segment::Nm1;
use edi_core::value::Period;
use edi_core::{Money, Text, Wire};
use serde::Serialize;

/// A claim payment (loop 2100): CLP, what stands below it, and its service lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ClaimPayment {
    /// Ordinal in its remittance, from 1.
    pub ordinal: u64,
    /// LX, TS3 and TS2 of loop 2000, and what else stands between the claim before and this one; empty where
    /// the claim follows another under the same LX.
    pub before: Details,
    /// CLP.
    pub clp: Kept<Clp>,
    /// CAS, NM1, MIA, MOA, REF, DTM, PER, AMT, QTY.
    pub details: Details,
    /// Service lines (loop 2110), in order.
    pub lines: Vec<ServiceLine>,
    /// From CLP to the last segment of the claim.
    pub span: Span,
    /// Hash over those segments in canonical delimiters.
    pub hash: ContentHash,
    /// The file ended inside the transaction while this claim was read: lines may be missing.
    pub cut: bool,
}

/// A service line (loop 2110): SVC and what stands below it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ServiceLine {
    /// Ordinal in the claim, from 1.
    pub ordinal: u32,
    /// SVC.
    pub svc: Kept<Svc>,
    /// DTM, CAS, REF, AMT, QTY, LQ.
    pub details: Details,
}

impl ClaimPayment {
    /// CLP01, our claim number as the payer returns it.
    #[must_use]
    pub fn key(&self) -> ClaimKey {
        ClaimKey(self.clp.key.clone())
    }

    /// CLP02, status.
    #[must_use]
    pub fn status(&self) -> ClaimStatusCode {
        self.clp.status.as_str().into()
    }

    /// Whether it takes an earlier payment back (CLP02 `22`).
    #[must_use]
    pub fn is_reversal(&self) -> bool {
        self.status().is_reversal()
    }

    /// CLP03; zero where it cannot be read.
    #[must_use]
    pub fn charge(&self) -> Money {
        self.clp.charge.or_zero()
    }

    /// CLP04; zero where it cannot be read.
    #[must_use]
    pub fn paid(&self) -> Money {
        self.clp.paid.or_zero()
    }

    /// NM1*QC, the patient.
    #[must_use]
    pub fn patient(&self) -> Option<&Nm1> {
        self.details.name("QC")
    }

    /// The patient as `LAST, FIRST`; empty where there is none. Private.
    #[must_use]
    pub fn patient_name(&self) -> Text {
        self.patient().map(full_name).unwrap_or_default()
    }

    /// AMT*I, interest; it is paid by a PLB L6 and is no part of CLP04.
    #[must_use]
    pub fn interest(&self) -> Money {
        self.details.amount("I").unwrap_or_default()
    }

    /// Days of the claim: DTM*232 to DTM*233, or from the first to the last day of its lines.
    #[must_use]
    pub fn service(&self) -> Option<Period> {
        self.details.period("232", "233").or_else(|| {
            let lines = || self.lines.iter().filter_map(ServiceLine::service);
            Some(Period { from: lines().map(|p| p.from).min()?, to: lines().map(|p| p.to).max()? })
        })
    }

    /// All CAS amounts, of the claim and of its lines, whose group code is this one.
    #[must_use]
    pub fn adjusted_as(&self, group: &str) -> Money {
        let details = std::iter::once(&self.details).chain(self.lines.iter().map(|l| &l.details));
        details.flat_map(|d| d.triplets()).filter(|(g, _)| *g == group).map(|(_, e)| e.amount.or_zero()).sum()
    }

    /// Elements of this claim that should hold money and hold something that cannot be read, each with its
    /// line; none is the claim itself.
    pub fn unreadable_amounts(&self) -> impl Iterator<Item = (Option<u32>, Text)> {
        let clp = [("CLP03", &self.clp.charge), ("CLP04", &self.clp.paid), ("CLP05", &self.clp.patient_responsibility)];
        let own = unreadable(clp).chain(unreadable_adjustments(&self.details)).map(|element| (None, element));
        let lines = self.lines.iter().flat_map(|line| {
            let svc = [("SVC02", &line.svc.charge), ("SVC03", &line.svc.paid)];
            let all = unreadable(svc).chain(unreadable_adjustments(&line.details));
            all.map(|element| (Some(line.ordinal), element))
        });
        own.chain(lines)
    }
}

fn unreadable<'a, const N: usize>(
    elements: [(&'static str, &'a Wire<Money>); N],
) -> impl Iterator<Item = Text> + use<'a, N> {
    elements.into_iter().filter(|(_, amount)| amount.is_raw()).map(|(element, _)| Text::const_new(element))
}

/// CAS amounts that cannot be read: `CAS03`, `CAS06`, ...
fn unreadable_adjustments(details: &Details) -> impl Iterator<Item = Text> {
    details.cas().flat_map(|cas| {
        let raw = cas.entries.iter().enumerate().filter(|(_, entry)| entry.amount.is_raw());
        raw.map(|(i, _)| format!("CAS{:02}", 3 + 3 * i).into())
    })
}

/// A name as `LAST, FIRST`.
pub(crate) fn full_name(name: &Nm1) -> Text {
    match (name.last.as_str(), name.first.as_str()) {
        (last, "") => last.into(),
        ("", first) => first.into(),
        (last, first) => format!("{last}, {first}").into(),
    }
}

impl ServiceLine {
    /// SVC02; zero where it cannot be read.
    #[must_use]
    pub fn charge(&self) -> Money {
        self.svc.charge.or_zero()
    }

    /// SVC03; zero where it cannot be read.
    #[must_use]
    pub fn paid(&self) -> Money {
        self.svc.paid.or_zero()
    }

    /// DTM*472, or DTM*150 to DTM*151.
    #[must_use]
    pub fn service(&self) -> Option<Period> {
        self.details.period("472", "472").or_else(|| self.details.period("150", "151"))
    }

    /// AMT*B6, the allowed amount, where the payer states it.
    #[must_use]
    pub fn allowed(&self) -> Option<Money> {
        self.details.amount("B6")
    }

    /// REF*6R, our line item control number; empty where the payer did not return it.
    #[must_use]
    pub fn control(&self) -> &str {
        self.details.reference("6R").map_or("", |r| r.as_str())
    }
}
