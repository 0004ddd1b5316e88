//! Opening balances: claims that an earlier system sent, with what is still owed on them.

use super::amounts::cents;
use super::book::{Booked, Booking};
use crate::ledger::{Account, Entry, Result, Store};
use chrono::NaiveDate;
use edi_core::account::{ClaimKey, PayerOnClaim, Submission, SubmittedLine};
use edi_core::value::{Period, Procedure};
use edi_core::{Money, Quantity, Text};
use serde::Deserialize;
use std::io::Read;

/// A claim of an earlier system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningClaim {
    /// The claim as it was sent.
    pub submission: Submission,
    /// What is still owed on each line, in cents: by the payer, and by the patient.
    pub owed: Vec<(i64, i64)>,
}

/// A row of the file: one service line.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    claim_id: Text,
    provider_npi: Text,
    #[serde(default)]
    provider_tax_id: Text,
    payer_id: Text,
    #[serde(default)]
    payer_name: Text,
    #[serde(default)]
    secondary_payer_id: Text,
    #[serde(default)]
    patient: Text,
    #[serde(default)]
    member_id: Text,
    line: u32,
    #[serde(default)]
    control_number: Text,
    procedure: Text,
    #[serde(default)]
    modifiers: String,
    #[serde(default)]
    service_date: Option<NaiveDate>,
    #[serde(default)]
    units: Option<Quantity>,
    charge: Money,
    payer_owes: Money,
    #[serde(default)]
    patient_owes: Option<Money>,
}

/// Why opening balances were not read.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// A row is no row.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// An amount is no whole cents, or more is owed than was charged.
    #[error("row {row}: {words}")]
    Row {
        /// Row of the file, the header being row 1.
        row: u64,
        /// What is wrong with it.
        words: &'static str,
    },
}

/// Reads opening balances: a CSV with a row for each service line, the lines of a claim together, and the columns
/// `claim_id`, `provider_npi`, `provider_tax_id`, `payer_id`, `payer_name`, `secondary_payer_id`, `patient`,
/// `member_id`, `line`, `control_number`, `procedure`, `modifiers` (with `:` between them), `service_date`, `units`,
/// `charge`, `payer_owes`, `patient_owes`. Names, dates, units, control number and what the patient owes may be empty.
///
/// # Errors
/// Where a row cannot be read or does not add up: nothing is guessed.
pub fn read_opening(input: impl Read) -> std::result::Result<Vec<OpeningClaim>, OpeningError> {
    let mut claims: Vec<OpeningClaim> = Vec::new();
    for (row, number) in csv::Reader::from_reader(input).deserialize().zip(2u64..) {
        let row: Row = row?;
        let wrong = |words| OpeningError::Row { row: number, words };
        let exact = |amount: Money| cents(amount).ok_or_else(|| wrong("an amount is no whole cents"));
        let (charge, payer) = (exact(row.charge)?, exact(row.payer_owes)?);
        let patient = exact(row.patient_owes.unwrap_or_default())?;
        if charge < 0 || payer < 0 || patient < 0 || payer + patient > charge {
            return Err(wrong("more is owed than was charged, or an amount is below zero"));
        }
        if claims.last().is_none_or(|claim| claim.submission.key.0 != row.claim_id) {
            claims.push(OpeningClaim { submission: claim_of(&row), owed: Vec::new() });
        }
        if let Some(claim) = claims.last_mut() {
            claim.submission.charge += row.charge;
            claim.submission.lines.push(line_of(row));
            claim.owed.push((payer, patient));
        }
    }
    Ok(claims)
}

fn claim_of(row: &Row) -> Submission {
    let payer = |id: &Text, name: &Text, sequence: &'static str| PayerOnClaim {
        id: id.clone(),
        name: name.clone(),
        filing_indicator: Text::default(),
        sequence: sequence.into(),
    };
    let mut payers = vec![payer(&row.payer_id, &row.payer_name, "P")];
    if !row.secondary_payer_id.is_empty() {
        payers.push(payer(&row.secondary_payer_id, &Text::default(), "S"));
    }
    Submission {
        key: ClaimKey(row.claim_id.clone()),
        frequency: "1".into(),
        original_reference: Text::default(),
        provider: row.provider_npi.clone(),
        provider_tax_id: row.provider_tax_id.clone(),
        payers,
        destination: 0,
        patient: row.patient.clone(),
        member_id: row.member_id.clone(),
        charge: Money::ZERO,
        lines: Vec::new(),
        patient_paid: Money::ZERO,
        test: false,
    }
}

fn line_of(row: Row) -> SubmittedLine {
    SubmittedLine {
        ordinal: row.line,
        control: row.control_number,
        procedure: Procedure::hcpcs(row.procedure, row.modifiers.split(':').filter(|m| !m.is_empty())),
        service: row.service_date.map(Period::day),
        units: row.units.unwrap_or(Quantity::new(1)),
        charge: row.charge,
    }
}

impl<S: Store> Booking<'_, S> {
    /// Books a claim of an earlier system: what is still owed on it, against the opening account, so that its charge
    /// is no revenue of this ledger. What was paid or given up before stands there as well.
    ///
    /// # Errors
    /// Where the database fails; a claim that is there already is left as it is.
    pub fn open(&mut self, claim: &OpeningClaim) -> Result<Booked> {
        if self.writing.claim_by_key(&claim.submission.key.0)?.is_some() {
            return Ok(Booked::Again);
        }
        self.book_with(&claim.submission, |mut entries| {
            for entry in entries.iter_mut().filter(|entry| entry.account == Account::Revenue) {
                entry.account = Account::Opening;
            }
            let charged: Vec<Entry> =
                entries.iter().filter(|e| e.account == Account::InsuranceReceivable).cloned().collect();
            for (charge, (payer, patient)) in charged.iter().zip(&claim.owed) {
                let of_patient = crate::ledger::Place { payer: None, ..charge.place };
                let settled = charge.amount - payer - patient;
                entries.push(Entry::new(Account::InsuranceReceivable, -(settled + patient), charge.place, "", "OPEN"));
                entries.push(Entry::new(Account::Opening, settled, of_patient, "settled", "OPEN"));
                entries.push(Entry::new(Account::PatientReceivable, *patient, of_patient, "", "OPEN"));
            }
            entries
        })
    }
}
