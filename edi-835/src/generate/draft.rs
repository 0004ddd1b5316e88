//! Drafts: what a payer decides; every sum follows from it.

use super::draw::Draw;
use super::pieces::{address, amount, cas, date, nm1, reference};
use crate::model::{
    Bpr, ClaimPayment, Clp, Detail, Details, Party, Plb, PlbEntry, Remittance, ServiceLine, Svc, Totals,
};
use chrono::{Days, NaiveDate};
use edi_core::segment::{Lq, Lx, Moa, N1, Nm1, Per, Trn};
use edi_core::value::{Period, Procedure, npi_from};
use edi_core::{Money, Quantity, Text};

/// A payer or a payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyDraft {
    /// N102.
    pub name: Text,
    /// REF*2U of a payer, NPI (N104) of a payee.
    pub id: Text,
    /// Tax id: TRN03 of a payer, REF*TJ of a payee.
    pub tax_id: Text,
}

/// A patient: synthetic, or one of a claim that was submitted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonDraft {
    /// NM103.
    pub last: Text,
    /// NM104.
    pub first: Text,
    /// NM109, member id.
    pub id: Text,
}

/// A remittance without its claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemittanceDraft {
    /// N1*PR.
    pub payer: PartyDraft,
    /// N1*PE.
    pub payee: PartyDraft,
    /// TRN02.
    pub trace: Text,
    /// BPR16.
    pub date: NaiveDate,
    /// PLB pairs: reason, reference, amount; positive lowers the payment.
    pub provider_adjustments: Vec<(Text, Text, Money)>,
}

/// A claim payment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClaimDraft {
    /// CLP01.
    pub key: Text,
    /// CLP02.
    pub status: Text,
    /// CLP06.
    pub filing_indicator: Text,
    /// CLP07.
    pub payer_claim_number: Text,
    /// REF*F8, the adjudication that this one corrects; empty where there is none.
    pub original_reference: Text,
    /// NM1*QC.
    pub patient: PersonDraft,
    /// NPI of NM1*82; empty where it is not sent.
    pub rendering_npi: Text,
    /// CAS of the claim: group, reason, amount.
    pub adjustments: Vec<(Text, Text, Money)>,
    /// MOA remark codes, five at most.
    pub remarks: Vec<Text>,
    /// AMT*I.
    pub interest: Money,
    /// SVC; the charge is theirs.
    pub lines: Vec<LineDraft>,
}

/// A service line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineDraft {
    /// SVC01.
    pub procedure: Procedure,
    /// SVC02.
    pub charge: Money,
    /// SVC05.
    pub units: Quantity,
    /// DTM*472, or DTM*150 and DTM*151.
    pub service: Option<Period>,
    /// REF*6R; empty where it is not sent.
    pub control: Text,
    /// CAS: group, reason, amount.
    pub adjustments: Vec<(Text, Text, Money)>,
    /// AMT*B6.
    pub allowed: Option<Money>,
    /// LQ*HE.
    pub remarks: Vec<Text>,
}

/// Sum of the adjustments of a group, or of all.
fn sum(adjustments: &[(Text, Text, Money)], group: Option<&str>) -> Money {
    let wanted = adjustments.iter().filter(|(g, ..)| group.is_none_or(|group| g == group));
    wanted.map(|(.., amount)| *amount).sum()
}

impl LineDraft {
    /// Adds an adjustment; one of nothing is left out.
    pub fn adjust(&mut self, group: &str, reason: &str, amount: Money) {
        if !amount.is_zero() {
            self.adjustments.push((group.into(), reason.into(), amount));
        }
    }

    /// SVC03.
    #[must_use]
    pub fn paid(&self) -> Money {
        self.charge - sum(&self.adjustments, None)
    }

    fn build(&self, ordinal: u32) -> ServiceLine {
        let svc = Svc {
            procedure: self.procedure.clone(),
            charge: self.charge.canonical().into(),
            paid: self.paid().canonical().into(),
            units: self.units.canonical().into(),
            ..Svc::default()
        };
        let mut details = Details::default();
        match self.service {
            Some(period) if period.is_day() => details.push(date("472", period.from)),
            Some(period) => details.extend([date("150", period.from), date("151", period.to)]),
            None => {}
        }
        details.extend(cas(&self.adjustments));
        details.extend((!self.control.is_empty()).then(|| reference("6R", &self.control)));
        details.extend(self.allowed.map(|allowed| amount("B6", allowed)));
        details.extend(
            self.remarks.iter().map(|code| Detail::Lq(Lq { qualifier: "HE".into(), code: code.clone() }.into())),
        );
        ServiceLine { ordinal, svc: svc.into(), details }
    }

    fn negated(&self) -> Self {
        let quantity = Quantity::from(-self.units.decimal());
        Self {
            charge: -self.charge,
            units: quantity,
            adjustments: negated(&self.adjustments),
            allowed: self.allowed.map(|allowed| -allowed),
            ..self.clone()
        }
    }
}

impl ClaimDraft {
    /// CLP03.
    #[must_use]
    pub fn charge(&self) -> Money {
        self.lines.iter().map(|line| line.charge).sum()
    }

    /// CLP04.
    #[must_use]
    pub fn paid(&self) -> Money {
        let lines: Money = self.lines.iter().map(LineDraft::paid).sum();
        lines - sum(&self.adjustments, None)
    }

    /// CLP05: all PR.
    #[must_use]
    pub fn patient_responsibility(&self) -> Money {
        let lines: Money = self.lines.iter().map(|line| sum(&line.adjustments, Some("PR"))).sum();
        lines + sum(&self.adjustments, Some("PR"))
    }

    /// The reversal of this adjudication (CLP02 `22`): every amount negated, the groups kept (rule V1).
    #[must_use]
    pub fn reversal(&self) -> Self {
        Self {
            status: "22".into(),
            adjustments: negated(&self.adjustments),
            interest: -self.interest,
            lines: self.lines.iter().map(LineDraft::negated).collect(),
            ..self.clone()
        }
    }

    /// The claim payment; the first of a remittance begins loop 2000 with an LX.
    #[must_use]
    pub fn build(&self, ordinal: u64) -> ClaimPayment {
        let owed = self.patient_responsibility();
        let stated = self.status != "22" && !owed.is_zero();
        let clp = Clp {
            key: self.key.clone(),
            status: self.status.clone(),
            charge: self.charge().canonical().into(),
            paid: self.paid().canonical().into(),
            patient_responsibility: stated.then(|| owed.canonical()).into(),
            filing_indicator: self.filing_indicator.clone(),
            payer_claim_number: self.payer_claim_number.clone(),
            facility_type: "11".into(),
            frequency: "1".into(),
            ..Clp::default()
        };
        let before = (ordinal == 1).then(|| Detail::Lx(Lx { number: "1".into() }.into()));
        ClaimPayment {
            ordinal,
            before: before.into_iter().collect(),
            clp: clp.into(),
            details: self.details(),
            lines: (1..).zip(&self.lines).map(|(n, line)| line.build(n)).collect(),
            ..ClaimPayment::default()
        }
    }

    fn details(&self) -> Details {
        let mut details: Details = cas(&self.adjustments).collect();
        let person = &self.patient;
        let name = |entity: &str, kind: &str| Nm1 { entity: entity.into(), kind: kind.into(), ..Nm1::default() };
        details.push(nm1(Nm1 {
            last: person.last.clone(),
            first: person.first.clone(),
            id_qualifier: if person.id.is_empty() { Text::default() } else { "MI".into() },
            id: person.id.clone(),
            ..name("QC", "1")
        }));
        if !self.rendering_npi.is_empty() {
            details.push(nm1(Nm1 { id_qualifier: "XX".into(), id: self.rendering_npi.clone(), ..name("82", "1") }));
        }
        if !self.remarks.is_empty() {
            let remark = |i: usize| self.remarks.get(i).cloned().unwrap_or_default();
            let moa = Moa {
                remark1: remark(0),
                remark2: remark(1),
                remark3: remark(2),
                remark4: remark(3),
                remark5: remark(4),
                ..Moa::default()
            };
            details.push(Detail::Moa(Box::new(moa.into())));
        }
        if !self.original_reference.is_empty() {
            details.push(reference("F8", &self.original_reference));
        }
        let days = self.lines.iter().filter_map(|line| line.service);
        if let Some((from, to)) = days.map(|p| (p.from, p.to)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) {
            details.extend([date("232", from), date("233", to)]);
        }
        if !self.interest.is_zero() {
            details.push(amount("I", self.interest));
        }
        details
    }
}

impl RemittanceDraft {
    /// A payer, a payee and a trace number that are drawn by seed.
    #[must_use]
    pub fn synthetic(seed: u64, date: NaiveDate) -> Self {
        let mut draw = Draw::new(seed);
        let nine = |draw: &mut Draw| format!("{:09}", 100_000_000 + draw.below(800_000_000));
        let payer = draw.pick(["EXAMPLE HEALTH PLAN", "SAMPLE MUTUAL", "SYNTHETIC BENEFIT TRUST"]);
        let payee = draw.pick(["EXAMPLE MEDICAL GROUP", "SAMPLE FAMILY PRACTICE", "TEST VALLEY CLINIC"]);
        Self {
            payer: PartyDraft { name: payer.into(), id: "99999".into(), tax_id: nine(&mut draw).into() },
            payee: PartyDraft {
                name: payee.into(),
                id: npi_from(100_000_000 + draw.below(100_000_000)).into(),
                tax_id: nine(&mut draw).into(),
            },
            trace: format!("EFT{:010}", draw.below(u32::MAX)).into(),
            date,
            provider_adjustments: Vec::new(),
        }
    }

    /// With the PLB L6 that pays the claims' interest (rule P1).
    #[must_use]
    pub fn with_interest(&self, interest: Money) -> Self {
        let mut draft = self.clone();
        if !interest.is_zero() {
            draft.provider_adjustments.push(("L6".into(), "INTEREST".into(), -interest));
        }
        draft
    }

    /// BPR02 with claims of this payment.
    #[must_use]
    pub fn payment(&self, paid: Money) -> Money {
        paid - self.provider_adjustments.iter().map(|(.., amount)| *amount).sum::<Money>()
    }

    /// What stands before the first claim.
    #[must_use]
    pub fn header(&self, paid: Money) -> Remittance {
        let payment = self.payment(paid);
        let payer_id: Text = format!("1{}", self.payer.tax_id).into();
        let bpr = Bpr {
            handling: if payment.is_zero() { "H".into() } else { "I".into() },
            amount: payment.canonical().into(),
            flag: "C".into(),
            method: if payment.is_zero() { "NON".into() } else { "CHK".into() },
            date: self.date.into(),
            ..Bpr::default()
        };
        let trn = Trn { kind: "1".into(), number: self.trace.clone(), originator: payer_id, ..Trn::default() };
        let produced = self.date.checked_sub_days(Days::new(1)).unwrap_or(self.date);
        Remittance {
            ordinal: 1,
            envelope: None,
            details: Details(vec![Detail::Bpr(Box::new(bpr.into())), Detail::Trn(trn.into()), date("405", produced)]),
            parties: vec![self.payer_loop(), self.payee_loop()],
        }
    }

    fn payer_loop(&self) -> Party {
        let n1 = N1 { entity: "PR".into(), name: self.payer.name.clone(), ..N1::default() };
        let per = Per {
            function: "BL".into(),
            name: "EDI DESK".into(),
            qualifier1: "TE".into(),
            number1: "8005550101".into(),
            ..Per::default()
        };
        let mut details = address("1 PLAN PLAZA", "HARTFORD", "CT", "061030001");
        details.push(reference("2U", &self.payer.id));
        details.push(Detail::Per(Box::new(per.into())));
        Party { n1: n1.into(), details }
    }

    fn payee_loop(&self) -> Party {
        let n1 = N1 {
            entity: "PE".into(),
            name: self.payee.name.clone(),
            id_qualifier: "XX".into(),
            id: self.payee.id.clone(),
            ..N1::default()
        };
        let mut details = address("2 CLINIC WAY", "SPRINGFIELD", "IL", "627010001");
        details.push(reference("TJ", &self.payee.tax_id));
        Party { n1: n1.into(), details }
    }

    /// What stands behind the last claim: PLBs of six pairs at most, none of zero (rule B3).
    #[must_use]
    pub fn summary(&self) -> Totals {
        const PAIRS: usize = 6;
        let pairs: Vec<PlbEntry> = self
            .provider_adjustments
            .iter()
            .filter(|(.., amount)| !amount.is_zero())
            .map(|(reason, reference, amount)| PlbEntry {
                reason: reason.clone(),
                reference: reference.clone(),
                amount: amount.canonical().into(),
            })
            .collect();
        let period = NaiveDate::from_ymd_opt(chrono::Datelike::year(&self.date), 12, 31).unwrap_or(self.date);
        let plb = |entries: &[PlbEntry]| Plb {
            provider: self.payee.id.clone(),
            fiscal_period: period.into(),
            entries: entries.to_vec(),
        };
        let details = pairs.chunks(PAIRS).map(|entries| Detail::Plb(plb(entries).into())).collect();
        Totals { details, ..Totals::default() }
    }
}

fn negated(adjustments: &[(Text, Text, Money)]) -> Vec<(Text, Text, Money)> {
    adjustments.iter().map(|(group, reason, amount)| (group.clone(), reason.clone(), -*amount)).collect()
}
