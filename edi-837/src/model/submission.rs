//! A claim as the ledger wants it.

use super::{Claim, Party, ServiceLine};
use crate::segment::Sbr;
use edi_core::account::{ClaimKey, PayerOnClaim, Submission, SubmittedLine};
use edi_core::{Quantity, Text};

impl Claim {
    /// What was billed. `test` says whether the file is a test (ISA15 `T`): then the claim is never booked.
    ///
    /// Amounts that could not be read count as zero; a claim that [`encounter`](crate::encounter) built has none.
    #[must_use]
    pub fn submission(&self, test: bool) -> Submission {
        let information = &self.information;
        let billing = self.billing_provider();
        let (payers, destination) = self.payers();
        let paid = information.amounts.iter().filter(|a| a.qualifier == "F5").map(|a| a.amount.or_zero()).sum();
        Submission {
            key: ClaimKey(self.number().clone()),
            frequency: information.frequency().into(),
            original_reference: information.reference("F8").into(),
            provider: billing.map(|b| b.name.id.clone()).unwrap_or_default(),
            provider_tax_id: billing.map(tax_id).unwrap_or_default(),
            payers,
            destination,
            patient: self.patient_name().map(full_name).unwrap_or_default(),
            member_id: self.insured().map(|i| i.name.id.clone()).unwrap_or_default(),
            charge: information.claim.charge.or_zero(),
            lines: information.lines.iter().zip(1..).map(|(line, n)| submitted(line, n)).collect(),
            patient_paid: paid,
            test,
        }
    }

    /// The payers in the order in which they pay, and which of them gets the claim.
    fn payers(&self) -> (Vec<PayerOnClaim>, usize) {
        let own = self.subscriber.coverage.clone().unwrap_or_default();
        let others = self.information.other_payers.iter().map(|o| (on_claim(&o.coverage, o.payer()), false));
        let mut all: Vec<_> = std::iter::once((on_claim(&own, self.payer()), true)).chain(others).collect();
        all.sort_by_key(|(payer, _)| rank(&payer.sequence));
        let destination = all.iter().position(|(_, sent)| *sent).unwrap_or_default();
        (all.into_iter().map(|(payer, _)| payer).collect(), destination)
    }
}

fn on_claim(coverage: &Sbr, payer: Option<&Party>) -> PayerOnClaim {
    PayerOnClaim {
        id: payer.map(|p| p.name.id.clone()).unwrap_or_default(),
        name: payer.map(|p| p.name.last.clone()).unwrap_or_default(),
        filing_indicator: coverage.filing_indicator.clone(),
        sequence: coverage.sequence.clone(),
    }
}

/// Order of payment of SBR01: P, S, T, A to H, and last the unknown ones.
fn rank(sequence: &str) -> u8 {
    match sequence.as_bytes() {
        b"P" => 0,
        b"S" => 1,
        b"T" => 2,
        [letter @ b'A'..=b'H'] => 3 + letter - b'A',
        _ => u8::MAX,
    }
}

fn tax_id(billing: &Party) -> Text {
    let references = &billing.references;
    let tax = references.iter().find(|r| matches!(r.qualifier.as_str(), "EI" | "SY"));
    tax.map(|r| r.value.clone()).unwrap_or_default()
}

fn full_name(party: &Party) -> Text {
    match party.name.first.is_empty() {
        true => party.name.last.clone(),
        false => compact_str::format_compact!("{}, {}", party.name.last, party.name.first),
    }
}

fn submitted(line: &ServiceLine, ordinal: u32) -> SubmittedLine {
    let service = line.service.clone().unwrap_or_default();
    SubmittedLine {
        ordinal,
        control: line.control().into(),
        procedure: service.procedure,
        service: line.service_date(),
        units: service.units.value().copied().unwrap_or(Quantity::new(1)),
        charge: service.charge.or_zero(),
    }
}
