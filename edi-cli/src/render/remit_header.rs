//! The header of a remittance as it is shown: payment, payer, payee.

use chrono::NaiveDate;
use edi_835::model::{Details, Party, Remittance};
use edi_core::codes::CodeSet;
use edi_core::segment::Per;
use edi_core::{Money, Text};
use serde::Serialize;

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
    /// The view of a PER.
    pub fn of(per: &Per) -> Self {
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

fn join(parts: &[&Text], by: &str) -> String {
    parts.iter().map(|p| p.as_str()).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(by)
}

/// Our short title of a code; empty where the list does not have it.
pub fn title(set: CodeSet, code: &str) -> String {
    set.lookup(code).map(|entry| entry.title.into_owned()).unwrap_or_default()
}

/// REF segments.
pub fn references(details: &Details) -> Vec<Qualified<Text>> {
    details.references().map(|r| Qualified { qualifier: r.qualifier.clone(), value: r.value.clone() }).collect()
}
