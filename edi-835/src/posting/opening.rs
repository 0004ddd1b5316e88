//! Opening balances: claims that an earlier system sent, with what is still owed on them.

use super::amounts::cents;
use super::book::{Booked, Booking, content};
use super::reason::{Cause, Reason};
use crate::ledger::{Account, Entry, Place, Store};
use chrono::NaiveDate;
use edi_core::account::{ClaimKey, PayerOnClaim, Submission, SubmittedLine};
use edi_core::value::{Period, Procedure};
use edi_core::{Money, Quantity, Text};
use std::collections::VecDeque;
use std::io::Read;
use std::str::FromStr;

/// A claim of an earlier system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningClaim {
    /// The claim as it was sent.
    pub submission: Submission,
    /// What is still owed on each line, in cents: by the payer, and by the patient.
    pub owed: Vec<(i64, i64)>,
}

/// A row of the file: one service line. Amounts in cents are what payer and patient owe.
struct Row {
    claim_id: Text,
    provider_npi: Text,
    provider_tax_id: Text,
    payer_id: Text,
    payer_name: Text,
    secondary_payer_id: Text,
    patient: Text,
    member_id: Text,
    line: u32,
    control_number: Text,
    procedure: Text,
    modifiers: Text,
    service_date: Option<NaiveDate>,
    units: Option<Quantity>,
    charge: Money,
    owed: (i64, i64),
}

/// A column of opening balances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpeningColumn {
    /// Name in the header.
    pub name: &'static str,
    /// Every row has a value.
    pub required: bool,
    /// What the value is.
    pub holds: &'static str,
}

const fn column(name: &'static str, required: bool, holds: &'static str) -> OpeningColumn {
    OpeningColumn { name, required, holds }
}

/// The columns of opening balances.
#[rustfmt::skip]
pub static OPENING_COLUMNS: &[OpeningColumn] = &[
    column("claim_id", true, "the number under which the claim was sent (CLM01)"),
    column("provider_npi", true, "NPI of the billing provider"),
    column("provider_tax_id", false, "tax id of the billing provider"),
    column("payer_id", true, "the payer that owes (NM109)"),
    column("payer_name", false, "its name"),
    column("secondary_payer_id", false, "the payer behind it"),
    column("patient", false, "name of the patient"),
    column("member_id", false, "member id"),
    column("line", true, "a whole number, from 1, once in its claim"),
    column("control_number", false, "line item control number (REF*6R)"),
    column("procedure", true, "procedure code"),
    column("modifiers", false, "modifiers with : between them"),
    column("service_date", false, "a date such as 2025-12-01"),
    column("units", false, "a number; 1 where it is empty"),
    column("charge", true, "an amount in whole cents such as 150.00, not below zero"),
    column("payer_owes", true, "an amount in whole cents such as 150.00, not below zero, of the charge"),
    column("patient_owes", false, "an amount in whole cents such as 20.00, not below zero, of the charge"),
];

/// Why something of a file of opening balances was not read. It never holds a value of the file.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// A row is not a row of such a file: its claim is left out as a whole.
    #[error("line {line}{}: {words}", column.map(|name| format!(", column {name}")).unwrap_or_default())]
    Row {
        /// Line of the file.
        line: u64,
        /// Column, where one is to blame.
        column: Option<&'static str>,
        /// What is expected.
        words: String,
    },
    /// The header lacks a column, or names one that there is not: nothing is read.
    #[error("the header {0}")]
    Header(String),
    /// The file cannot be read to its end.
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

/// Opening balances, claim by claim.
pub struct OpeningClaims<R> {
    rows: csv::ByteRecordsIntoIter<R>,
    header: csv::StringRecord,
    /// The claim in work; none while its rows are left out.
    claim: Option<OpeningClaim>,
    /// The number of the claim in work.
    key: Option<String>,
    /// What is told before the next row is read.
    told: VecDeque<Result<OpeningClaim, OpeningError>>,
    ended: bool,
}

/// Reads opening balances: a CSV with a row for each service line, the lines of a claim together, and the columns of
/// [`OPENING_COLUMNS`]. A row that cannot be read or does not add up is an error and leaves its claim out, and the
/// next claim is read: nothing is guessed.
///
/// ```
/// let csv = "claim_id,provider_npi,payer_id,line,procedure,charge,payer_owes\n\
///     A,1234567893,11111,1,99213,150.00,150.00\nB,1234567893,11111,1,99213,80.00,a few\n";
/// let claims: Vec<_> = edi_835::posting::read_opening(csv.as_bytes()).unwrap().collect();
/// assert_eq!(claims[0].as_ref().unwrap().owed, [(15_000, 0)]);
/// assert!(claims[1].as_ref().unwrap_err().to_string().starts_with("line 3, column payer_owes: "));
/// ```
///
/// # Errors
/// Where the header lacks a column, or has one that there is not.
pub fn read_opening<R: Read>(input: R) -> Result<OpeningClaims<R>, OpeningError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(input);
    let header = reader.headers()?.clone();
    let known = |name: &str| OPENING_COLUMNS.iter().any(|column| column.name == name);
    if let Some(at) = header.iter().position(|name| !known(name)) {
        let names: Vec<&str> = OPENING_COLUMNS.iter().map(|column| column.name).collect();
        return Err(OpeningError::Header(format!(
            "has another column {}: the columns are {}",
            at + 1,
            names.join(", ")
        )));
    }
    let missing =
        OPENING_COLUMNS.iter().find(|column| column.required && !header.iter().any(|name| name == column.name));
    if let Some(column) = missing {
        return Err(OpeningError::Header(format!("lacks the column {}: {}", column.name, column.holds)));
    }
    let rows = reader.into_byte_records();
    Ok(OpeningClaims { rows, header, claim: None, key: None, told: VecDeque::new(), ended: false })
}

impl<R: Read> Iterator for OpeningClaims<R> {
    type Item = Result<OpeningClaim, OpeningError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.told.is_empty() && !self.ended {
            match self.rows.next() {
                Some(Ok(row)) => self.row(row),
                Some(Err(error)) => {
                    self.ended = true;
                    self.told.push_back(Err(error.into()));
                }
                None => {
                    self.ended = true;
                    self.told.extend(self.claim.take().map(Ok));
                }
            }
        }
        self.told.pop_front()
    }
}

impl<R: Read> OpeningClaims<R> {
    fn row(&mut self, row: csv::ByteRecord) {
        let at = self.header.iter().position(|name| name == "claim_id");
        let key = String::from_utf8_lossy(at.and_then(|at| row.get(at)).unwrap_or_default()).into_owned();
        let opens = self.key.as_ref() != Some(&key);
        if opens {
            self.told.extend(self.claim.take().map(Ok));
            self.key = Some(key);
        }
        let line = row.position().map_or(0, csv::Position::line);
        match parse(row, &self.header) {
            Ok(row) if !opens && self.claim.as_ref().is_some_and(|claim| !of_claim(&row, &claim.submission)) => {
                self.claim = None;
                let words = "its provider, payer, patient or member id is another than on the claim's first line";
                self.told.push_back(Err(OpeningError::Row { line, column: None, words: words.to_owned() }));
            }
            Ok(row) => {
                if opens {
                    self.claim = Some(OpeningClaim { submission: claim_of(&row), owed: Vec::new() });
                }
                if let Some(claim) = &mut self.claim {
                    claim.submission.charge += row.charge;
                    claim.owed.push(row.owed);
                    claim.submission.lines.push(line_of(row));
                }
            }
            Err(error) => {
                self.claim = None;
                self.told.push_back(Err(error));
            }
        }
    }
}

fn parse(record: csv::ByteRecord, header: &csv::StringRecord) -> Result<Row, OpeningError> {
    let line = record.position().map_or(0, csv::Position::line);
    let whole = |words: String| OpeningError::Row { line, column: None, words };
    if record.len() != header.len() {
        let (found, named) = (record.len(), header.len());
        return Err(whole(format!("it has {found} values, and the header names {named} columns")));
    }
    let record = csv::StringRecord::from_byte_record(record)
        .map_err(|_| whole("it is no UTF-8: save the file as UTF-8".to_owned()))?;
    let cells = Cells { record, header, line };
    if let Some(column) = OPENING_COLUMNS.iter().find(|column| column.required && cells.text(column.name).is_empty()) {
        return Err(cells.wrong(column.name));
    }
    let (charge, owed) = (cells.cents("charge")?, (cells.cents("payer_owes")?, cells.cents("patient_owes")?));
    if owed.0.saturating_add(owed.1) > charge {
        let words = "payer and patient owe more than was charged".to_owned();
        return Err(OpeningError::Row { line, column: Some("payer_owes"), words });
    }
    Ok(Row {
        claim_id: cells.text("claim_id").into(),
        provider_npi: cells.text("provider_npi").into(),
        provider_tax_id: cells.text("provider_tax_id").into(),
        payer_id: cells.text("payer_id").into(),
        payer_name: cells.text("payer_name").into(),
        secondary_payer_id: cells.text("secondary_payer_id").into(),
        patient: cells.text("patient").into(),
        member_id: cells.text("member_id").into(),
        line: cells.value("line")?.unwrap_or_default(),
        control_number: cells.text("control_number").into(),
        procedure: cells.text("procedure").into(),
        modifiers: cells.text("modifiers").into(),
        service_date: cells.value("service_date")?,
        units: cells.value("units")?,
        charge: Money::from_cents(charge),
        owed,
    })
}

/// The cells of a row by the names of their columns.
struct Cells<'a> {
    record: csv::StringRecord,
    header: &'a csv::StringRecord,
    line: u64,
}

impl Cells<'_> {
    /// The text; empty where the column is not there.
    fn text(&self, name: &str) -> &str {
        self.header.iter().position(|known| known == name).and_then(|at| self.record.get(at)).unwrap_or_default()
    }

    /// The value; none where the cell is empty.
    fn value<T: FromStr>(&self, name: &str) -> Result<Option<T>, OpeningError> {
        match self.text(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| self.wrong(name)),
        }
    }

    /// An amount in cents; nothing where the cell is empty.
    fn cents(&self, name: &str) -> Result<i64, OpeningError> {
        let amount: Money = self.value(name)?.unwrap_or_default();
        cents(amount).filter(|cents| *cents >= 0).ok_or_else(|| self.wrong(name))
    }

    fn wrong(&self, name: &str) -> OpeningError {
        let column = OPENING_COLUMNS.iter().find(|column| column.name == name);
        let words = format!("expected {}", column.map_or("", |column| column.holds));
        OpeningError::Row { line: self.line, column: column.map(|column| column.name), words }
    }
}

/// Whether a row has what its claim's first row had.
fn of_claim(row: &Row, claim: &Submission) -> bool {
    let header = claim_of(row);
    (&header.provider, &header.provider_tax_id, &header.payers)
        == (&claim.provider, &claim.provider_tax_id, &claim.payers)
        && (&header.patient, &header.member_id) == (&claim.patient, &claim.member_id)
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
    /// Where the database fails; a claim that is there already is left as it is, and what cannot be booked is not.
    pub fn open(&mut self, claim: &OpeningClaim) -> crate::ledger::Result<Booked> {
        let key = claim.submission.key.0.as_str();
        if let Some(known) = self.writing.claim_by_key(key)? {
            let same = self.writing.account(known)?.contents.contains(&content(&claim.submission)?.into());
            let words =
                format!("claim {key} is in the ledger already, with other content: its balance is left as it is");
            return Ok(if same {
                Booked::Again
            } else {
                Booked::Held(vec![Reason::new("C7", Cause::ClaimNumberTaken, words)])
            });
        }
        self.book_once(&claim.submission, |mut entries| {
            for entry in entries.iter_mut().filter(|entry| entry.account == Account::Revenue) {
                entry.account = Account::Opening;
            }
            let charged: Vec<Entry> =
                entries.iter().filter(|e| e.account == Account::InsuranceReceivable).cloned().collect();
            for (charge, (payer, patient)) in charged.iter().zip(&claim.owed) {
                let of_patient = Place { payer: None, ..charge.place };
                let settled = charge.amount - payer - patient;
                entries.push(Entry::new(Account::InsuranceReceivable, -(settled + patient), charge.place, "", "OPEN"));
                entries.push(Entry::new(Account::Opening, settled, of_patient, "settled", "OPEN"));
                entries.push(Entry::new(Account::PatientReceivable, *patient, of_patient, "", "OPEN"));
            }
            entries
        })
    }
}
