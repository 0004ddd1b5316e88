//! The practice file: who sends, to whom, for which providers and payers.

mod check;

use super::error::EncounterError;
use crate::model::{BillingProvider, Header, Party};
use crate::segment::{Bht, Prv};
use chrono::NaiveDateTime;
use edi_core::Text;
use edi_core::lex::Delimiters;
use edi_core::segment::{N3, N4, Nm1, Per, Ref};
use serde::Deserialize;
use std::sync::Arc;

/// A practice file, checked.
#[derive(Debug, Clone)]
pub struct Practice {
    /// Whether files are tests (ISA15 `T`).
    pub test: bool,
    /// Delimiters of the files.
    pub delimiters: Delimiters,
    /// Whoever sends.
    pub submitter: Submitter,
    /// Clearinghouses and payers that files go to; one at least.
    pub receivers: Vec<Receiver>,
    /// Billing providers; one at least.
    pub providers: Vec<Provider>,
    /// Payers.
    pub payers: Vec<Payer>,
    billing: Vec<Arc<BillingProvider>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    usage: Text,
    #[serde(default)]
    delimiters: Option<String>,
    submitter: Submitter,
    receivers: Vec<Receiver>,
    providers: Vec<Provider>,
    #[serde(default)]
    payers: Vec<Payer>,
}

/// Whoever sends the files (1000A, ISA05-06, GS02).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submitter {
    /// NM103.
    pub name: Text,
    /// NM109, the id that the receiver gave us.
    pub id: Text,
    /// PER02, contact.
    pub contact: Text,
    /// PER04, its telephone.
    #[serde(default)]
    pub phone: Text,
    /// PER06, its e-mail.
    #[serde(default)]
    pub email: Text,
    /// ISA05; `ZZ` where it is left out.
    #[serde(default = "zz")]
    pub isa_qualifier: Text,
    /// ISA06; `id` where it is left out.
    #[serde(default)]
    pub isa_id: Text,
    /// GS02; `id` where it is left out.
    #[serde(default)]
    pub gs_id: Text,
}

/// Whoever gets the files (1000B, ISA07-08, GS03).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    /// Our name of it, for payers and file names.
    pub key: Text,
    /// NM103.
    pub name: Text,
    /// NM109.
    pub id: Text,
    /// ISA07; `ZZ` where it is left out.
    #[serde(default = "zz")]
    pub isa_qualifier: Text,
    /// ISA08; `id` where it is left out.
    #[serde(default)]
    pub isa_id: Text,
    /// GS03; `id` where it is left out.
    #[serde(default)]
    pub gs_id: Text,
}

/// A billing provider (2010AA).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// NM109.
    pub npi: Text,
    /// NM103, name of an organization, or last name.
    pub name: Text,
    /// NM104, of a person.
    #[serde(default)]
    pub first: Text,
    /// REF*EI, or REF*SY for a person without one: nine digits.
    pub tax_id: Text,
    /// `EI` employer number, `SY` social security number.
    #[serde(default = "ei")]
    pub tax_id_type: Text,
    /// PRV03, taxonomy code.
    #[serde(default)]
    pub taxonomy: Text,
    /// N301, street, never a post office box.
    pub address: Text,
    /// N302.
    #[serde(default)]
    pub address2: Text,
    /// N401.
    pub city: Text,
    /// N402.
    pub state: Text,
    /// N403, nine digits.
    pub zip: Text,
    /// PER02, contact.
    #[serde(default)]
    pub contact: Text,
    /// PER04, its telephone.
    #[serde(default)]
    pub phone: Text,
    /// Where payments go, if elsewhere (2010AB).
    pub pay_to: Option<Address>,
}

/// A postal address.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// N301.
    pub address: Text,
    /// N302.
    #[serde(default)]
    pub address2: Text,
    /// N401.
    pub city: Text,
    /// N402.
    pub state: Text,
    /// N403.
    pub zip: Text,
}

/// A payer (2010BB, 2330B).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payer {
    /// NM109.
    pub id: Text,
    /// NM103.
    pub name: Text,
    /// SBR09; `CI` where it is left out.
    #[serde(default = "ci")]
    pub filing: Text,
    /// Key of the receiver that takes its claims; the first one where it is left out.
    #[serde(default)]
    pub receiver: Text,
    /// Address, where the payer wants it.
    #[serde(default)]
    pub address: Text,
    /// N401.
    #[serde(default)]
    pub city: Text,
    /// N402.
    #[serde(default)]
    pub state: Text,
    /// N403.
    #[serde(default)]
    pub zip: Text,
}

fn zz() -> Text {
    Text::const_new("ZZ")
}

fn ei() -> Text {
    Text::const_new("EI")
}

fn ci() -> Text {
    Text::const_new("CI")
}

impl Practice {
    /// Reads a practice file and checks it.
    ///
    /// # Errors
    /// Where it is no TOML, lacks something, or an id, code or address is wrong; all faults are named.
    pub fn parse(text: &str) -> Result<Self, EncounterError> {
        let file: File = toml::from_str(text).map_err(|e| EncounterError::Practice(e.to_string()))?;
        let delimiters = delimiters(file.delimiters.as_deref());
        let mut faults = check::faults(&file, delimiters.unwrap_or_default());
        if delimiters.is_none() {
            faults.push(
                "delimiters: write four different signs (\"*:^~\"): element, component, repetition, segment".to_owned(),
            );
        }
        let delimiters = delimiters.unwrap_or_default();
        if !faults.is_empty() {
            return Err(EncounterError::Practice(faults.join("; ")));
        }
        Ok(Self {
            test: file.usage == "T",
            delimiters,
            billing: file.providers.iter().map(|p| Arc::new(p.billing())).collect(),
            submitter: file.submitter,
            receivers: file.receivers,
            providers: file.providers,
            payers: file.payers,
        })
    }

    /// The billing provider with this NPI, or the only one where it is empty.
    pub(crate) fn provider(&self, npi: &str) -> Option<usize> {
        match npi {
            "" => (self.providers.len() == 1).then_some(0),
            npi => self.providers.iter().position(|p| p.npi == npi),
        }
    }

    /// The loops of a billing provider.
    pub(crate) fn billing(&self, provider: usize) -> Arc<BillingProvider> {
        self.billing.get(provider).cloned().unwrap_or_default()
    }

    /// The payer with this id.
    pub(crate) fn payer(&self, id: &str) -> Option<&Payer> {
        self.payers.iter().find(|p| p.id == id)
    }

    /// The receiver of this payer's claims.
    pub(crate) fn receiver_of(&self, payer: &str) -> usize {
        let key = self.payer(payer).map(|p| &p.receiver).filter(|key| !key.is_empty());
        key.and_then(|key| self.receivers.iter().position(|r| r.key == *key)).unwrap_or_default()
    }

    /// Head of a transaction set (BHT, 1000A, 1000B).
    pub(crate) fn header(&self, receiver: usize, reference: Text, at: NaiveDateTime) -> Header {
        let submitter = &self.submitter;
        let contact = Per { function: Text::const_new("IC"), name: submitter.contact.clone(), ..Per::default() };
        let contact = contact.with("TE", &submitter.phone).with("EM", &submitter.email);
        let party = |entity, name: &Text, id: &Text| Party {
            name: Nm1 {
                entity: Text::const_new(entity),
                kind: Text::const_new("2"),
                last: name.clone(),
                id_qualifier: Text::const_new("46"),
                id: id.clone(),
                ..Nm1::default()
            },
            ..Party::default()
        };
        let from = Party { contacts: vec![contact], ..party("41", &submitter.name, &submitter.id) };
        let to = self.receivers.get(receiver).map(|r| party("40", &r.name, &r.id));
        let beginning = Bht {
            structure: Text::const_new("0019"),
            purpose: Text::const_new("00"),
            reference,
            date: at.date().into(),
            time: at.format("%H%M").to_string().into(),
            kind: Text::const_new("CH"),
        };
        Header { beginning, parties: std::iter::once(from).chain(to).collect(), ..Header::default() }
    }
}

/// A contact with one more number, at the next free place.
trait WithNumber {
    fn with(self, qualifier: &'static str, number: &Text) -> Self;
}

impl WithNumber for Per {
    fn with(mut self, qualifier: &'static str, number: &Text) -> Self {
        if !number.is_empty() {
            let first = self.number1.is_empty();
            let (at, value) = match first {
                true => (&mut self.qualifier1, &mut self.number1),
                false => (&mut self.qualifier2, &mut self.number2),
            };
            (*at, *value) = (Text::const_new(qualifier), number.clone());
        }
        self
    }
}

impl Provider {
    fn own_address(&self) -> Address {
        Address {
            address: self.address.clone(),
            address2: self.address2.clone(),
            city: self.city.clone(),
            state: self.state.clone(),
            zip: self.zip.clone(),
        }
    }

    fn billing(&self) -> BillingProvider {
        let person = !self.first.is_empty();
        let contact = Per { function: Text::const_new("IC"), name: self.contact.clone(), ..Per::default() };
        let party = Party {
            name: Nm1 {
                entity: Text::const_new("85"),
                kind: Text::const_new(if person { "1" } else { "2" }),
                last: self.name.clone(),
                first: self.first.clone(),
                id_qualifier: Text::const_new("XX"),
                id: self.npi.clone(),
                ..Nm1::default()
            },
            address: Some(self.own_address().street()),
            city: Some(self.own_address().city()),
            references: vec![Ref { qualifier: self.tax_id_type.clone(), value: self.tax_id.clone(), ..Ref::default() }],
            contacts: if self.phone.is_empty() { Vec::new() } else { vec![contact.with("TE", &self.phone)] },
            ..Party::default()
        };
        let pay_to = self.pay_to.as_ref().map(|address| Party {
            name: Nm1 { entity: Text::const_new("87"), kind: party.name.kind.clone(), ..Nm1::default() },
            address: Some(address.street()),
            city: Some(address.city()),
            ..Party::default()
        });
        let specialty = Prv {
            role: Text::const_new("BI"),
            qualifier: Text::const_new("PXC"),
            code: self.taxonomy.clone(),
            ..Prv::default()
        };
        BillingProvider {
            specialty: (!self.taxonomy.is_empty()).then_some(specialty),
            parties: std::iter::once(party).chain(pay_to).collect(),
            ..BillingProvider::default()
        }
    }
}

impl Address {
    fn street(&self) -> N3 {
        N3 { line1: self.address.clone(), line2: self.address2.clone() }
    }

    fn city(&self) -> N4 {
        N4 { city: self.city.clone(), state: self.state.clone(), zip: self.zip.clone(), ..N4::default() }
    }
}

/// The four signs as they stand in the practice file: element, component, repetition, segment.
fn delimiters(text: Option<&str>) -> Option<Delimiters> {
    let Some(text) = text else { return Some(Delimiters::default()) };
    let &[element, component, repetition, segment] = text.as_bytes() else { return None };
    let delimiters = Delimiters { element, component, repetition: Some(repetition), segment };
    delimiters.are_usable().then_some(delimiters)
}

impl Submitter {
    /// ISA06.
    #[must_use]
    pub fn isa(&self) -> &str {
        if self.isa_id.is_empty() { &self.id } else { &self.isa_id }
    }

    /// GS02.
    #[must_use]
    pub fn gs(&self) -> &str {
        if self.gs_id.is_empty() { &self.id } else { &self.gs_id }
    }
}

impl Receiver {
    /// ISA08.
    #[must_use]
    pub fn isa(&self) -> &str {
        if self.isa_id.is_empty() { &self.id } else { &self.isa_id }
    }

    /// GS03.
    #[must_use]
    pub fn gs(&self) -> &str {
        if self.gs_id.is_empty() { &self.id } else { &self.gs_id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) const PRACTICE: &str = include_str!("../../../../testdata/encounters/practice.toml");

    #[test]
    fn a_practice_file_is_read() {
        let practice = Practice::parse(PRACTICE).unwrap();
        assert_eq!(practice.provider(""), Some(0));
        assert_eq!(practice.provider("1234567893"), Some(0));
        assert_eq!(practice.provider("1999999999"), None);
    }

    #[test]
    fn faults_are_all_named() {
        let bad = PRACTICE.replace("1234567893", "1234567890").replace("usage = \"T\"", "usage = \"X\"");
        let message = Practice::parse(&bad).unwrap_err().to_string();
        assert!(message.contains("NPI is wrong") && message.contains("usage"), "{message}");
        for (from, to) in
            [("tax_id = \"123456789\"", "tax_id = \"12-3456789\""), ("delimiters = \"*:^~\"", "delimiters = \"**^~\"")]
        {
            let bad = PRACTICE.replace(from, to);
            assert!(bad != PRACTICE && Practice::parse(&bad).is_err(), "{to}");
        }
    }
}
