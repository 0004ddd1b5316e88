//! A claim payment as the neutral answer that the ledger and the next payer's claim want.

use super::claim::{ClaimPayment, ServiceLine, full_name};
use super::remittance::Remittance;
use edi_core::Quantity;
use edi_core::account::{AdjudicatedLine, Adjudication};

impl ClaimPayment {
    /// What this payer answered. Amounts that are absent or cannot be read are zero here, so only a claim
    /// that was proved ([`prove_claim`](crate::balance::prove_claim)) should be posted.
    #[must_use]
    pub fn adjudication(&self, remittance: &Remittance) -> Adjudication {
        let reference = |q| self.details.reference(q).cloned().unwrap_or_default();
        Adjudication {
            key: self.key(),
            payer_claim_number: self.clp.payer_claim_number.clone(),
            original_reference: reference("F8"),
            status: self.clp.status.clone(),
            payer_ids: remittance.payer_ids(),
            payer_name: remittance.payer_name().into(),
            charge: self.charge(),
            paid: self.paid(),
            patient_responsibility: self.clp.patient_responsibility.value().copied(),
            adjustments: self.details.adjustments().collect(),
            interest: self.interest(),
            remarks: self.details.remarks().cloned().collect(),
            patient: self.patient().map(full_name).unwrap_or_default(),
            lines: self.lines.iter().map(ServiceLine::adjudicated).collect(),
        }
    }
}

impl ServiceLine {
    /// What this payer answered on this line.
    #[must_use]
    pub fn adjudicated(&self) -> AdjudicatedLine {
        let submitted = &self.svc.submitted_procedure;
        AdjudicatedLine {
            ordinal: self.ordinal,
            control: self.control().into(),
            procedure: self.svc.procedure.clone(),
            submitted_procedure: (!submitted.is_absent()).then(|| submitted.clone()),
            service: self.service(),
            units: self.svc.units.value().copied().unwrap_or(Quantity::new(1)),
            submitted_units: self.svc.submitted_units.value().copied(),
            charge: self.charge(),
            paid: self.paid(),
            allowed: self.allowed(),
            adjustments: self.details.adjustments().collect(),
            remarks: self.details.remarks().cloned().collect(),
        }
    }
}
