//! A remittance as it is shown: one view, computed once, for text, HTML, JSON and CSV. Private fields are masked
//! here, so that no form of output can forget it.

use crate::context::Context;
use chrono::NaiveDate;
use edi_835::balance::RemittanceBalance;
use edi_835::denial::{Meaning, classify};
use edi_835::model::{ClaimPayment, Details, Party, Remittance, ServiceLine, Totals};
use edi_core::codes::{CodeSet, carc, rarc};
use edi_core::segment::{Nm1, Per};
use edi_core::value::Period;
use edi_core::{Money, Text};
use serde::Serialize;

/// The columns of a remittance advice. `charge` less `contractual`, `deductible`, `coinsurance`, `copay` and
/// `other` is `paid`, wherever the payer's amounts add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Columns {
    /// CLP03, SVC02.
    pub charge: Money,
    /// AMT*B6, where the payer states it; of a claim, the sum of its lines.
    pub allowed: Option<Money>,
    /// Adjustments that a contract, sequestration or withholding takes.
    pub contractual: Money,
    /// PR-1.
    pub deductible: Money,
    /// PR-2.
    pub coinsurance: Money,
    /// PR-3.
    pub copay: Money,
    /// Every other adjustment: denials, earlier payers, other patient responsibility.
    pub other: Money,
    /// CLP04, SVC03.
    pub paid: Money,
    /// All PR: what the patient, or the next payer, owes. It is a part of the columns before it.
    pub patient_owes: Money,
}

impl Columns {
    /// Names of the columns, as they are printed.
    pub const NAMES: [&'static str; 9] =
        ["Charge", "Allowed", "Contract", "Deduct", "Coins", "Copay", "Other", "Paid", "Owes"];

    /// The columns in order.
    pub fn values(&self) -> [Option<Money>; 9] {
        let all = [self.contractual, self.deductible, self.coinsurance, self.copay, self.other, self.paid];
        let [contractual, deductible, coinsurance, copay, other, paid] = all.map(Some);
        let (charge, owes) = (Some(self.charge), Some(self.patient_owes));
        [charge, self.allowed, contractual, deductible, coinsurance, copay, other, paid, owes]
    }

    /// What the adjustments leave unexplained: zero where the amounts add up.
    pub fn unexplained(&self) -> Money {
        self.charge - self.contractual - self.deductible - self.coinsurance - self.copay - self.other - self.paid
    }

    /// Takes the adjustments of a loop in.
    fn adjust(&mut self, details: &Details) {
        for (group, entry) in details.triplets() {
            let amount = entry.amount.or_zero();
            let column = match (group.as_str(), entry.reason.as_str()) {
                ("PR", "1") => &mut self.deductible,
                ("PR", "2") => &mut self.coinsurance,
                ("PR", "3") => &mut self.copay,
                (group, reason) => match classify(&group.into(), reason).and_then(|class| class.meaning()) {
                    Some(Meaning::Contractual) => &mut self.contractual,
                    Some(Meaning::Patient | Meaning::Information | Meaning::Denial) | None => &mut self.other,
                },
            };
            *column += amount;
            if group == "PR" {
                self.patient_owes += amount;
            }
        }
    }

    fn of_line(line: &ServiceLine) -> Self {
        let mut columns = Self { charge: line.charge(), paid: line.paid(), allowed: line.allowed(), ..Self::default() };
        columns.adjust(&line.details);
        columns
    }

    fn of_claim(claim: &ClaimPayment) -> Self {
        let mut columns = Self { charge: claim.charge(), paid: claim.paid(), ..Self::default() };
        let allowed = claim.lines.iter().filter_map(ServiceLine::allowed);
        columns.allowed = allowed.reduce(|a, b| a + b);
        columns.adjust(&claim.details);
        claim.lines.iter().for_each(|line| columns.adjust(&line.details));
        columns
    }

    /// Adds another row.
    pub fn add(&mut self, other: &Self) {
        self.charge += other.charge;
        self.allowed = match (self.allowed, other.allowed) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
        self.contractual += other.contractual;
        self.deductible += other.deductible;
        self.coinsurance += other.coinsurance;
        self.copay += other.copay;
        self.other += other.other;
        self.paid += other.paid;
        self.patient_owes += other.patient_owes;
    }
}

/// A qualifier and what it qualifies, with its name where the model knows one.
#[derive(Debug, Clone, Serialize)]
pub struct Qualified<T> {
    /// The qualifier, as on the wire.
    pub qualifier: Text,
    /// The value.
    pub value: T,
}

/// A contact of the payer or of a claim.
#[derive(Debug, Clone, Serialize)]
pub struct Contact {
    /// PER01: `CX` claims, `BL` technical, `IC` web site.
    pub function: Text,
    /// PER02.
    pub name: Text,
    /// Numbers and addresses, each with its qualifier (`TE`, `EM`, `FX`, `UR`, `EX`).
    pub numbers: Vec<Qualified<Text>>,
}

impl Contact {
    fn of(per: &Per) -> Self {
        let pairs = [(&per.qualifier1, &per.number1), (&per.qualifier2, &per.number2), (&per.qualifier3, &per.number3)];
        let given = pairs.into_iter().filter(|(_, number)| !number.is_empty());
        let numbers = given.map(|(q, n)| Qualified { qualifier: q.clone(), value: n.clone() }).collect();
        Self { function: per.function.clone(), name: per.name.clone(), numbers }
    }
}

/// Payer or payee.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PartyView {
    /// N102.
    pub name: Text,
    /// N103.
    pub id_qualifier: Text,
    /// N104.
    pub id: Text,
    /// N3 and N4, one line each.
    pub address: Vec<String>,
    /// REF.
    pub references: Vec<Qualified<Text>>,
    /// PER.
    pub contacts: Vec<Contact>,
}

impl PartyView {
    fn of(party: &Party) -> Self {
        let street = party.details.n3().map(|n3| join(&[&n3.line1, &n3.line2], ", "));
        let place = party.details.n4().map(|n4| join(&[&n4.city, &n4.state, &n4.zip, &n4.country], " "));
        Self {
            name: party.n1.name.clone(),
            id_qualifier: party.n1.id_qualifier.clone(),
            id: party.n1.id.clone(),
            address: street.into_iter().chain(place).filter(|line| !line.is_empty()).collect(),
            references: references(&party.details),
            contacts: party.details.contacts().map(Contact::of).collect(),
        }
    }
}

/// The header of a remittance.
#[derive(Debug, Clone, Serialize)]
pub struct RemittanceView {
    /// The file.
    pub file: String,
    /// Ordinal of the remittance in the file.
    pub remittance: u64,
    /// TRN02.
    pub trace: Text,
    /// TRN03.
    pub originator: Text,
    /// BPR02; none where it cannot be read.
    pub payment: Option<Money>,
    /// BPR01.
    pub handling: Text,
    /// BPR03.
    pub credit_debit: Text,
    /// BPR04.
    pub method: Text,
    /// BPR04 in words.
    pub method_title: String,
    /// BPR16.
    pub payment_date: Option<NaiveDate>,
    /// DTM*405.
    pub production_date: Option<NaiveDate>,
    /// CUR02.
    pub currency: Option<Text>,
    /// ISA15 is `T`.
    pub test: bool,
    /// REF of the header.
    pub references: Vec<Qualified<Text>>,
    /// Loop 1000A.
    pub payer: PartyView,
    /// Loop 1000B.
    pub payee: PartyView,
}

impl RemittanceView {
    /// The view of a header.
    pub fn of(file: &str, remittance: &Remittance) -> Self {
        let bpr = remittance.payment();
        let text = |of: fn(&edi_835::model::Bpr) -> &Text| bpr.map(of).cloned().unwrap_or_default();
        let party = |party: Option<&Party>, name: &str| PartyView {
            name: name.into(),
            ..party.map(PartyView::of).unwrap_or_default()
        };
        let method = text(|b| &b.method);
        Self {
            file: file.to_owned(),
            remittance: remittance.ordinal,
            trace: remittance.trace_number().into(),
            originator: remittance.trace().map(|trn| trn.originator.clone()).unwrap_or_default(),
            payment: bpr.and_then(|bpr| bpr.amount.value().copied()),
            handling: text(|b| &b.handling),
            credit_debit: text(|b| &b.flag),
            method_title: title(CodeSet::PaymentMethod, &method),
            method,
            payment_date: remittance.payment_date(),
            production_date: remittance.production_date(),
            currency: remittance.details.cur().map(|cur| cur.currency.clone()),
            test: remittance.is_test(),
            references: references(&remittance.details),
            payer: party(remittance.payer(), remittance.payer_name()),
            payee: party(remittance.payee(), remittance.payee_name()),
        }
    }
}

impl RemittanceView {
    /// How it is paid, in words, with the code.
    pub fn method_words(&self) -> String {
        match (self.method.as_str(), self.method_title.as_str()) {
            (code, "") => code.to_owned(),
            (code, title) => format!("{title} ({code})"),
        }
    }
}

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

fn join(parts: &[&Text], by: &str) -> String {
    parts.iter().map(|p| p.as_str()).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(by)
}

fn title(set: CodeSet, code: &str) -> String {
    set.lookup(code).map(|entry| entry.title.into_owned()).unwrap_or_default()
}

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

fn references(details: &Details) -> Vec<Qualified<Text>> {
    details.references().map(|r| Qualified { qualifier: r.qualifier.clone(), value: r.value.clone() }).collect()
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
