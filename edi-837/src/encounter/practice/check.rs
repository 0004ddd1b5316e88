//! What a practice file may say.

use super::{Address, File};
use edi_core::codes::{CodeSet, is_taxonomy};
use edi_core::lex::Delimiters;
use edi_core::value::{is_ein, is_npi, is_zip};
use std::collections::HashSet;

/// Everything that is wrong with a practice file.
pub(super) fn faults(file: &File, delimiters: Delimiters) -> Vec<String> {
    let mut faults = Vec::new();
    let mut need = |right: bool, what: String| {
        if !right {
            faults.push(what);
        }
    };
    let plain = |text: &str, longest: usize| {
        !text.is_empty()
            && text.len() <= longest
            && text.bytes().all(|b| (b' '..=b'~').contains(&b) && !delimiters.contains(b))
    };
    need(matches!(file.usage.as_str(), "T" | "P"), "usage: write T for tests or P for production".to_owned());
    let sender = &file.submitter;
    need(
        plain(&sender.name, 60) && plain(&sender.contact, 60),
        "submitter: name and contact have 1 to 60 plain characters".to_owned(),
    );
    need(
        plain(sender.isa(), 15) && plain(sender.gs(), 15),
        "submitter: ids of ISA and GS have at most 15 characters".to_owned(),
    );
    need(plain(&sender.id, 80), "submitter: id has 1 to 80 characters".to_owned());
    need(!sender.phone.is_empty() || !sender.email.is_empty(), "submitter: phone or email is missing".to_owned());
    need(!file.receivers.is_empty(), "receivers: one at least is needed".to_owned());
    need(!file.providers.is_empty(), "providers: one at least is needed".to_owned());
    let mut keys = HashSet::new();
    for receiver in &file.receivers {
        let key = &receiver.key;
        need(keys.insert(key.as_str()), format!("receivers: the key {key:?} stands twice"));
        need(
            plain(receiver.isa(), 15) && plain(receiver.gs(), 15),
            format!("receiver {key:?}: ids of ISA and GS have at most 15 characters"),
        );
        need(
            plain(&receiver.name, 60) && plain(&receiver.id, 80),
            format!("receiver {key:?}: name or id is empty or too long"),
        );
        let in_file_name = key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        need(in_file_name && !key.is_empty(), format!("receiver {key:?}: a key has letters, digits, - and _ only"));
    }
    let mut npis = HashSet::new();
    for provider in &file.providers {
        let of = format!("provider {}", provider.npi);
        need(is_npi(&provider.npi), format!("{of}: the NPI is wrong (ten digits with a check digit)"));
        need(npis.insert(provider.npi.as_str()), format!("{of}: the NPI stands twice"));
        need(plain(&provider.name, 60), format!("{of}: name needs 1 to 60 plain characters"));
        need(is_ein(&provider.tax_id), format!("{of}: tax_id must have nine digits, without hyphen"));
        need(matches!(provider.tax_id_type.as_str(), "EI" | "SY"), format!("{of}: tax_id_type is EI or SY"));
        need(
            provider.taxonomy.is_empty() || is_taxonomy(&provider.taxonomy),
            format!("{of}: taxonomy is no taxonomy code"),
        );
        let pay_to = provider.pay_to.iter().flat_map(|a| a.faults(&of, false));
        let own = provider.own_address().faults(&of, true);
        own.into_iter().chain(pay_to).for_each(|fault| need(false, fault));
    }
    for payer in &file.payers {
        let of = format!("payer {}", payer.id);
        need(plain(&payer.id, 80) && plain(&payer.name, 60), format!("{of}: name or id is empty or too long"));
        let receiver = payer.receiver.is_empty() || file.receivers.iter().any(|r| r.key == payer.receiver);
        need(receiver, format!("{of}: there is no receiver {:?}", payer.receiver));
        need(
            CodeSet::FilingIndicator.lookup(&payer.filing).is_some(),
            format!("{of}: filing is no claim filing indicator"),
        );
    }
    faults
}

impl Address {
    fn faults(&self, of: &str, zip: bool) -> Vec<String> {
        let right = if zip { self.zip.len() == 9 && is_zip(&self.zip) } else { is_zip(&self.zip) };
        let mut faults = Vec::new();
        if !right {
            faults.push(format!(
                "{of}: zip must have {} digits, without hyphen",
                if zip { "nine" } else { "five or nine" }
            ));
        }
        if CodeSet::State.lookup(&self.state).is_none() {
            faults.push(format!("{of}: state must be the two letters of a state"));
        }
        if self.address.is_empty() || self.address.len() > 55 || !(2..=30).contains(&self.city.len()) {
            faults.push(format!("{of}: address needs 1 to 55 characters, city 2 to 30"));
        }
        faults
    }
}
