//! A remittance as it is shown: one view, computed once, for text, HTML, JSON and CSV. Private fields are masked
//! here, so that no form of output can forget it.

use super::remit_columns::Columns;
use super::remit_header::{Contact, Qualified, references, title};
use crate::context::Context;
use chrono::NaiveDate;
use edi_835::balance::RemittanceBalance;
use edi_835::model::{ClaimPayment, Details, ServiceLine, Totals};
use edi_core::codes::{CodeSet, carc, rarc};
use edi_core::segment::Nm1;
use edi_core::value::Period;
use edi_core::{Money, Text};
use serde::Serialize;

/// An adjustment, spelled out.
#[derive(Debug, Clone, Serialize)]
pub struct AdjustmentView {
    /// CAS01.
    pub group: Text,
    /// CAS02.
    pub reason: Text,
    /// CAS03; none where it cannot be read.
    pub amount: Option<Money>,
    /// CAS04.
    pub quantity: Option<edi_core::Quantity>,
    /// Our short title of the reason.
    pub title: &'static str,
}

/// A remark, spelled out.
#[derive(Debug, Clone, Serialize)]
pub struct RemarkView {
    /// LQ02, MIA or MOA.
    pub code: Text,
    /// Our short title.
    pub title: &'static str,
}

/// A service line.
#[derive(Debug, Clone, Serialize)]
pub struct LineView {
    /// Ordinal in the claim.
    pub line: u32,
    /// REF*6R.
    pub control: Text,
    /// First day of service.
    pub service_from: Option<NaiveDate>,
    /// Last day of service.
    pub service_to: Option<NaiveDate>,
    /// SVC01-1.
    pub procedure_qualifier: Text,
    /// SVC01-2 and modifiers, as `99213-25`.
    pub procedure: String,
    /// SVC06, where it differs.
    pub submitted_procedure: Option<String>,
    /// SVC04.
    pub revenue_code: Text,
    /// SVC05.
    pub units: Option<edi_core::Quantity>,
    /// The columns.
    #[serde(flatten)]
    pub columns: Columns,
    /// CAS.
    pub adjustments: Vec<AdjustmentView>,
    /// LQ*HE.
    pub remarks: Vec<RemarkView>,
    /// REF.
    pub references: Vec<Qualified<Text>>,
    /// AMT.
    pub amounts: Vec<Qualified<Option<Money>>>,
}

impl LineView {
    fn of(line: &ServiceLine) -> Self {
        let service = line.service();
        let submitted = &line.svc.submitted_procedure;
        Self {
            line: line.ordinal,
            control: line.control().into(),
            service_from: service.map(|p| p.from),
            service_to: service.map(|p| p.to),
            procedure_qualifier: line.svc.procedure.qualifier.clone(),
            procedure: line.svc.procedure.to_string(),
            submitted_procedure: (!submitted.is_absent()).then(|| submitted.to_string()),
            revenue_code: line.svc.revenue_code.clone(),
            units: line.svc.units.value().copied(),
            columns: Columns::of_line(line),
            adjustments: adjustments(&line.details),
            remarks: remarks(&line.details),
            references: references(&line.details),
            amounts: amounts(&line.details),
        }
    }
}

/// A claim.
#[derive(Debug, Clone, Serialize)]
pub struct ClaimView {
    /// Ordinal of the remittance in the file.
    pub remittance: u64,
    /// Ordinal of the claim in the remittance.
    pub number: u64,
    /// CLP01.
    pub claim: Text,
    /// CLP02.
    pub status: Text,
    /// CLP02 in words.
    pub status_title: String,
    /// CLP06.
    pub filing_indicator: Text,
    /// CLP07.
    pub payer_claim_number: Text,
    /// NM1*QC: private.
    pub patient: String,
    /// NM109 of the patient, or of the insured: private.
    pub member_id: String,
    /// NM1*IL: private.
    pub insured: String,
    /// NM109 of NM1*82.
    pub rendering_provider: Text,
    /// NM103 of NM1*TT, to whom the claim was forwarded.
    pub crossover_carrier: Text,
    /// First day of service.
    pub service_from: Option<NaiveDate>,
    /// Last day of service.
    pub service_to: Option<NaiveDate>,
    /// DTM*050.
    pub received: Option<NaiveDate>,
    /// The columns of the claim.
    #[serde(flatten)]
    pub columns: Columns,
    /// CLP05.
    pub patient_responsibility: Option<Money>,
    /// AMT*I.
    pub interest: Money,
    /// Whether B1 and B2 hold.
    pub balanced: bool,
    /// The file ended inside this claim.
    pub cut: bool,
    /// CAS at claim level.
    pub adjustments: Vec<AdjustmentView>,
    /// MIA, MOA.
    pub remarks: Vec<RemarkView>,
    /// REF; those of persons are private.
    pub references: Vec<Qualified<Text>>,
    /// AMT.
    pub amounts: Vec<Qualified<Option<Money>>>,
    /// PER.
    pub contacts: Vec<Contact>,
    /// Service lines.
    pub lines: Vec<LineView>,
}

impl ClaimView {
    /// The view of a claim.
    pub fn of(remittance: u64, claim: &ClaimPayment, balanced: bool, context: &Context) -> Self {
        let service = claim.service();
        let name = |entity: &str| claim.details.name(entity);
        let private_name = |nm1: Option<&Nm1>| nm1.map(|n| person(n, context)).unwrap_or_default();
        let member = [name("QC"), name("IL")].into_iter().flatten().map(|n| &n.id).find(|id| !id.is_empty());
        let status = claim.status();
        Self {
            remittance,
            number: claim.ordinal,
            claim: claim.clp.key.clone(),
            status: claim.clp.status.clone(),
            status_title: title(CodeSet::ClaimPaymentStatus, status.as_str()),
            filing_indicator: claim.clp.filing_indicator.clone(),
            payer_claim_number: claim.clp.payer_claim_number.clone(),
            patient: private_name(name("QC")),
            member_id: member.map(|id| context.id(id)).unwrap_or_default(),
            insured: private_name(name("IL")),
            rendering_provider: name("82").map(|n| n.id.clone()).unwrap_or_default(),
            crossover_carrier: name("TT").map(|n| n.last.clone()).unwrap_or_default(),
            service_from: service.map(|p: Period| p.from),
            service_to: service.map(|p: Period| p.to),
            received: claim.details.date("050"),
            columns: Columns::of_claim(claim),
            patient_responsibility: claim.clp.patient_responsibility.value().copied(),
            interest: claim.interest(),
            balanced,
            cut: claim.cut,
            adjustments: adjustments(&claim.details),
            remarks: remarks(&claim.details),
            references: private_references(&claim.details, context),
            amounts: amounts(&claim.details),
            contacts: claim.details.contacts().map(Contact::of).collect(),
            lines: claim.lines.iter().map(LineView::of).collect(),
        }
    }
}

/// A PLB pair.
#[derive(Debug, Clone, Serialize)]
pub struct ProviderAdjustment {
    /// PLB01.
    pub provider: Text,
    /// PLB02.
    pub fiscal_period: Option<NaiveDate>,
    /// PLB03-1.
    pub reason: Text,
    /// The reason in words.
    pub title: String,
    /// PLB03-2.
    pub reference: Text,
    /// PLB04: positive lowers the payment; none where it cannot be read.
    pub amount: Option<Money>,
}

/// The end of a remittance.
#[derive(Debug, Clone, Serialize)]
pub struct EndView {
    /// Ordinal of the remittance in the file.
    pub remittance: u64,
    /// Claims in the remittance.
    pub claims: u64,
    /// Claims shown: fewer where a filter is given.
    pub shown: u64,
    /// Sums of the claims shown.
    pub totals: Columns,
    /// PLB.
    pub provider_adjustments: Vec<ProviderAdjustment>,
    /// Sum of the PLB amounts.
    pub provider_adjusted: Money,
    /// Sum of CLP04 of all claims.
    pub paid: Money,
    /// BPR02.
    pub payment: Option<Money>,
    /// Whether every line, every claim and the payment add up.
    pub balanced: bool,
    /// What does not, in words.
    pub deltas: Vec<String>,
    /// Segments that have no place in the model; they are kept, but not shown.
    pub untyped_segments: u64,
}

impl EndView {
    /// The view of an end. At most `deltas` differences are told.
    pub fn of(totals: &Totals, outcome: &RemittanceBalance, shown: u64, sums: Columns) -> Self {
        const TOLD: usize = 20;
        let entries = totals.provider_adjustments().map(|(plb, entry)| ProviderAdjustment {
            provider: plb.provider.clone(),
            fiscal_period: plb.fiscal_period.value().copied(),
            reason: entry.reason.clone(),
            title: title(CodeSet::ProviderAdjustment, &entry.reason),
            reference: entry.reference.clone(),
            amount: entry.amount.value().copied(),
        });
        Self {
            remittance: outcome.ordinal,
            claims: outcome.claims,
            shown,
            totals: sums,
            provider_adjustments: entries.collect(),
            provider_adjusted: outcome.provider_adjusted(),
            paid: outcome.paid,
            payment: outcome.payment,
            balanced: outcome.balanced(),
            deltas: outcome.deltas.iter().take(TOLD).map(ToString::to_string).collect(),
            untyped_segments: totals.untyped,
        }
    }
}

/// The title of a reason that is no longer in use, of which we have none.
const STOPPED: &str = "(a reason no longer in use)";

fn person(name: &Nm1, context: &Context) -> String {
    let parts = [&name.last, &name.first].map(|part| context.name(part));
    parts.iter().filter(|p| !p.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn adjustments(details: &Details) -> Vec<AdjustmentView> {
    let view = |(group, entry): (&Text, &edi_core::segment::CasEntry)| AdjustmentView {
        group: group.clone(),
        reason: entry.reason.clone(),
        amount: if entry.amount.is_raw() { None } else { Some(entry.amount.or_zero()) },
        quantity: entry.quantity.value().copied(),
        title: carc::lookup(&entry.reason).map_or("", |carc| if carc.title.is_empty() { STOPPED } else { carc.title }),
    };
    details.triplets().map(view).collect()
}

fn remarks(details: &Details) -> Vec<RemarkView> {
    let view = |code: &Text| RemarkView { code: code.clone(), title: rarc::lookup(code).map_or("", |rarc| rarc.title) };
    details.remarks().map(view).collect()
}

/// Member, group and medical record numbers and social security numbers tell who somebody is.
fn private_references(details: &Details, context: &Context) -> Vec<Qualified<Text>> {
    const PERSONAL: [&str; 5] = ["1L", "1W", "EA", "IG", "SY"];
    let mut all = references(details);
    for reference in all.iter_mut().filter(|r| PERSONAL.contains(&r.qualifier.as_str())) {
        reference.value = context.id(&reference.value).into();
    }
    all
}

fn amounts(details: &Details) -> Vec<Qualified<Option<Money>>> {
    let view = |amt: &edi_core::segment::Amt| Qualified {
        qualifier: amt.qualifier.clone(),
        value: amt.amount.value().copied(),
    };
    details.amounts().map(view).collect()
}
