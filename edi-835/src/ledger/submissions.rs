//! Rows of submissions: the claim, its numbers, its payers, its lines.

use super::account::ClaimAccount;
use super::error::Result;
use super::store::{Store, Value};
use super::tables;
use super::text::{day, procedure_text};
use super::writing::Writing;
use edi_core::account::{Submission, SubmittedLine};

/// A submission that is booked.
#[derive(Debug, Clone, Copy)]
pub struct SubmissionRow<'a> {
    /// What was sent.
    pub submission: &'a Submission,
    /// Charges of its lines in cents.
    pub charges: &'a [i64],
    /// Content hash.
    pub content: &'a str,
    /// The claim, where it is there already.
    pub account: Option<&'a ClaimAccount>,
}

/// Where a submission was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Claim.
    pub claim: i64,
    /// Submission.
    pub submission: i64,
    /// Payer that it was sent to.
    pub payer: i64,
    /// All payers in order.
    pub payers: Vec<i64>,
    /// Lines and their charges in cents.
    pub charged: Vec<(i64, i64)>,
    /// What the patient paid, in cents.
    pub patient_paid: i64,
}

impl<S: Store> Writing<'_, S> {
    /// Writes a submission, and its claim where it is new.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn submission(&mut self, row: &SubmissionRow<'_>) -> Result<Placed> {
        let sent = row.submission;
        let claim = match row.account {
            Some(account) => account.id,
            None => self.new_claim(sent)?,
        };
        let key = sent.key.0.as_str();
        if row.account.is_none() || self.claim_by_key(key)?.is_none() {
            self.store.append(&tables::CLAIM_KEY, &[key.into(), claim.into()])?;
        }
        let id = self.key("submission");
        let ordinal = row.account.map_or(0, |account| account.submissions) + 1;
        let patient_paid = sent.patient_paid.cents().unwrap_or_default();
        let cells = [
            id.into(),
            claim.into(),
            ordinal.into(),
            key.into(),
            (&sent.frequency).into(),
            i64::try_from(sent.destination).unwrap_or_default().into(),
            (&sent.original_reference).into(),
            row.charges.iter().sum::<i64>().into(),
            patient_paid.into(),
            row.content.into(),
            self.run_id().into(),
        ];
        self.store.append(&tables::SUBMISSION, &cells)?;
        let payers = self.submission_payers(id, sent)?;
        let charged = self.submission_lines(id, claim, row)?;
        let payer = payers.get(sent.destination).copied().unwrap_or_default();
        Ok(Placed { claim, submission: id, payer, payers, charged, patient_paid })
    }

    fn new_claim(&mut self, sent: &Submission) -> Result<i64> {
        let payee = self.payee(&sent.provider, &[&sent.provider_tax_id])?;
        let id = self.key("claim");
        let (key, patient, member) = ((&sent.key.0).into(), (&sent.patient).into(), (&sent.member_id).into());
        self.store.append(&tables::CLAIM, &[id.into(), key, payee.into(), patient, member])?;
        Ok(id)
    }

    fn submission_payers(&mut self, submission: i64, sent: &Submission) -> Result<Vec<i64>> {
        let mut payers = Vec::with_capacity(sent.payers.len());
        for (payer, position) in sent.payers.iter().zip(0i64..) {
            let id = self.payer(&payer.id, &payer.name)?;
            let (filing, sequence) = ((&payer.filing_indicator).into(), (&payer.sequence).into());
            let cells = [submission.into(), position.into(), id.into(), filing, sequence];
            self.store.append(&tables::SUBMISSION_PAYER, &cells)?;
            payers.push(id);
        }
        Ok(payers)
    }

    fn submission_lines(&mut self, submission: i64, claim: i64, row: &SubmissionRow<'_>) -> Result<Vec<(i64, i64)>> {
        let mut charged = Vec::with_capacity(row.charges.len());
        for (line, charge) in row.submission.lines.iter().zip(row.charges) {
            let id = self.line(claim, line, row.account.is_some())?;
            let procedure = procedure_text(&line.procedure);
            let days = line.service.map(|period| (day(period.from), day(period.to)));
            let units = line.units.to_string();
            let cells = [
                submission.into(),
                i64::from(line.ordinal).into(),
                id.into(),
                (&procedure).into(),
                days.as_ref().map_or(Value::Null, |(from, _)| from.into()),
                days.as_ref().map_or(Value::Null, |(_, to)| to.into()),
                (&units).into(),
                (*charge).into(),
            ];
            self.store.append(&tables::SUBMISSION_LINE, &cells)?;
            charged.push((id, *charge));
        }
        Ok(charged)
    }

    /// Row key of a line by its control number, or by its ordinal where it has none.
    fn line(&mut self, claim: i64, line: &SubmittedLine, known_claim: bool) -> Result<i64> {
        let ordinal = line.ordinal.to_string();
        let control = if line.control.is_empty() { ordinal.as_str() } else { line.control.as_str() };
        if known_claim {
            let find = "SELECT id FROM line WHERE claim_id = ?1 AND control = ?2";
            if let Some(id) = self.number(find, &[claim.into(), control.into()])? {
                return Ok(id);
            }
        }
        let id = self.key("line");
        self.store.append(&tables::LINE, &[id.into(), claim.into(), control.into()])?;
        Ok(id)
    }

    /// Whether this submission is held already.
    pub(crate) fn booking_is_held(&mut self, content: &str) -> Result<bool> {
        let find = "SELECT 1 FROM hold WHERE kind = 'booking' AND state = 'open' AND content = ?1";
        Ok(self.number(find, &[content.into()])?.is_some())
    }
}
