//! An encounter on its way to a claim: values read, completed and checked; what is wrong is named.

use super::check;
use super::columns::{Column, ColumnId, Kind, columns};
use super::error::{Problem, Weight};
use super::mapping::Formats;
use super::names::{BILLING_NPI, DIAGNOSES, DISABILITY_END, DISABILITY_PERIOD, DISABILITY_START, DME_DAYS};
use super::names::{
    DME_PROCEDURE, DME_PROCEDURE_TYPE, DOS, DOS_TO, FILING, LINE, LINE_CONTROL, LINE_POS, OF_PATIENT, OF_SELF,
};
use super::names::{OTHERS, Other, PAYER_ADDRESS, PAYER_ID, PAYER_NAME, POINTERS, POS, PROCEDURE, PROCEDURE_TYPE};
use super::names::{RELATIONSHIP, SELF, UNITS};
use super::practice::Practice;
use super::rows::{Encounter, Values};
use super::value::{Context, Fault, fault, read};
use super::wire::{Carried, number, span};
use chrono::NaiveDate;
use edi_core::value::date8;
use edi_core::{Money, Text};

/// What makes claims of encounters.
pub(crate) struct Drafter<'a> {
    practice: &'a Practice,
    formats: &'a Formats,
    today: NaiveDate,
    /// A diagnosis that cannot be billed rejects its encounter.
    reject_unbillable: bool,
    carried: Carried,
}

/// What a checked encounter is to become.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draft {
    /// The patient is not the subscriber.
    pub(crate) dependent: bool,
    /// Billing provider, an index in the practice file.
    pub(crate) provider: usize,
    /// Receiver, an index in the practice file.
    pub(crate) receiver: usize,
    /// CLM02, the sum of the lines.
    pub(crate) charge: Money,
}

/// The problems of one encounter; columns are named as the file names them.
pub(crate) struct Desk<'a> {
    pub(crate) encounter: Text,
    pub(crate) name_of: &'a dyn Fn(ColumnId) -> String,
    pub(crate) problems: Vec<Problem>,
}

impl Desk<'_> {
    pub(crate) fn error(&mut self, rule: &'static str, values: &Values, column: ColumnId, fault: Fault) {
        self.note(rule, Weight::Error, values, column, fault);
    }

    /// Rejects the encounter for a reason that comes from elsewhere.
    pub(crate) fn refuse(&mut self, values: &Values, column: ColumnId, reason: String, fix: String) {
        self.error("ENC-REFUSED", values, column, fault(reason, fix));
    }

    pub(crate) fn note(&mut self, rule: &'static str, weight: Weight, values: &Values, column: ColumnId, fault: Fault) {
        self.problems.push(Problem {
            rule: rule.into(),
            weight,
            encounter: self.encounter.clone(),
            row: values.row,
            column: (self.name_of)(column),
            value: values.get(column).into(),
            reason: fault.reason.into_owned(),
            fix: fault.fix.into_owned(),
        });
    }

    pub(crate) fn is_rejected(&self) -> bool {
        self.problems.iter().any(|p| p.weight == Weight::Error)
    }
}

impl<'a> Drafter<'a> {
    pub(crate) fn new(practice: &'a Practice, formats: &'a Formats, today: NaiveDate, reject_unbillable: bool) -> Self {
        Self { practice, formats, today, reject_unbillable, carried: Carried::new(practice.delimiters) }
    }

    /// Reads, completes and checks the values of an encounter. What is wrong stands on the desk; the draft is good
    /// where nothing rejects it.
    pub(crate) fn draft(&self, encounter: &mut Encounter, desk: &mut Desk<'_>) -> Draft {
        let Encounter { claim, lines, conflicts, strange, .. } = encounter;
        for (row, column, value) in conflicts.iter() {
            let mut at = Values::at(*row);
            at.set(*column, value.clone());
            let reason = format!("is not what row {} of the same encounter says", claim.row);
            desk.error("ENC-CONFLICT", &at, *column, fault(reason, "give every row of an encounter the same value"));
        }
        for (row, name, what) in strange.iter() {
            desk.problems.push(Problem {
                rule: "ENC-NAME".into(),
                weight: Weight::Error,
                encounter: desk.encounter.clone(),
                row: *row,
                column: name.clone(),
                value: Text::default(),
                reason: (*what).to_owned(),
                fix: "use the names of `edi claims template`".to_owned(),
            });
        }
        self.read_values(claim, desk);
        lines.iter_mut().for_each(|line| self.read_values(line, desk));
        let provider = self.provider(claim, desk);
        self.complete_payers(claim);
        let dependent = self.patient(claim, desk);
        disability(claim, desk);
        place_of_service(claim, lines);
        for (line, n) in lines.iter_mut().zip(1..) {
            complete_line(line, claim, n, desk);
        }
        require(claim, false, desk);
        lines.iter().for_each(|line| require(line, true, desk));
        let charge = check::whole(claim, lines, dependent, desk);
        check::diagnoses(claim, lines, self.reject_unbillable, desk);
        let receiver = self.practice.receiver_of(claim.get(*PAYER_ID));
        Draft { dependent, provider: provider.unwrap_or_default(), receiver, charge }
    }

    /// Reads every value as its column asks. One that is wrong stays as it is: its encounter is rejected.
    fn read_values(&self, values: &mut Values, desk: &mut Desk<'_>) {
        let context = Context { formats: self.formats, today: self.today, carried: &self.carried };
        let (table, mut faults, mut emptied) = (columns(), Vec::new(), false);
        for (column, value) in values.cells_mut() {
            let Some(row) = table.get(*column) else { continue };
            if let Err(fault) = read(&row.kind, value, context) {
                faults.push((row.kind.rule(), *column, fault));
            }
            emptied |= value.is_empty();
        }
        for (rule, column, fault) in faults {
            desk.error(rule, values, column, fault);
        }
        if emptied {
            values.retain(|_| true);
        }
    }

    fn provider(&self, claim: &Values, desk: &mut Desk<'_>) -> Option<usize> {
        let column = *BILLING_NPI;
        let found = self.practice.provider(claim.get(column));
        if found.is_none() {
            let fault = match claim.has(column) {
                true => fault(
                    "is no billing provider of the practice file",
                    "add the provider to the practice file, or correct the NPI",
                ),
                false => fault(
                    "is missing, and the practice file has several billing providers",
                    "give the NPI of one of them",
                ),
            };
            desk.error("ENC-PROVIDER", claim, column, fault);
        }
        found
    }

    /// Names and filing indicators of payers come from the practice file where the encounter has none.
    fn complete_payers(&self, claim: &mut Values) {
        if let Some(payer) = self.practice.payer(claim.get(*PAYER_ID)) {
            claim.fill(*PAYER_NAME, &payer.name);
            claim.fill(*FILING, &payer.filing);
            let address = [&payer.address, &payer.city, &payer.state, &payer.zip];
            PAYER_ADDRESS.iter().zip(address).for_each(|(column, value)| claim.fill(*column, value));
        }
        claim.fill(*FILING, "CI");
        for other in OTHERS.iter() {
            let id = claim.get(other.payer_id);
            if let Some(payer) = self.practice.payer(id).filter(|_| !id.is_empty()) {
                claim.fill(other.payer_name, &payer.name);
                claim.fill(other.filing, &payer.filing);
            }
        }
    }

    /// Who the patient is; true where it is not the subscriber.
    fn patient(&self, claim: &mut Values, desk: &mut Desk<'_>) -> bool {
        let names = &OF_SELF[..2]; // last and first
        let other = names.iter().any(|(p, s)| claim.has(*p) && !claim.get(*p).eq_ignore_ascii_case(claim.get(*s)));
        match claim.get(*RELATIONSHIP) {
            "" if other => {
                let fault = fault(
                    "is missing, though patient and subscriber have different names",
                    "say what the patient is to the subscriber (spouse, child, other, self)",
                );
                desk.error("ENC-PATIENT", claim, *RELATIONSHIP, fault);
                true
            }
            "" | "18" => {
                self_patient(claim);
                false
            }
            _ => true,
        }
    }
}

/// Where only the lines say a place, the first one is the claim's; a line says no more what its claim says.
fn place_of_service(claim: &mut Values, lines: &mut [Values]) {
    let (pos, line_pos) = (*POS, *LINE_POS);
    if let Some(first) = lines.first() {
        claim.fill(pos, first.get(line_pos));
    }
    for line in lines.iter_mut().filter(|line| line.get(line_pos) == claim.get(pos)) {
        line.take(line_pos);
    }
}

/// A disability whose start and end are known is sent as one period.
fn disability(claim: &mut Values, desk: &mut Desk<'_>) {
    let day = |column: ColumnId| date8(claim.get(column).as_bytes());
    if let (Some(start), Some(end)) = (day(*DISABILITY_START), day(*DISABILITY_END)) {
        match span(start, end) {
            Ok(period) => {
                claim.set(*DISABILITY_PERIOD, period);
                claim.take(*DISABILITY_START);
                claim.take(*DISABILITY_END);
            }
            Err(fault) => desk.error("ENC-DATES", claim, *DISABILITY_END, fault),
        }
    }
}

/// What the patient's columns say of a subscriber who is the patient.
fn self_patient(claim: &mut Values) {
    for (from, to) in OF_SELF.iter() {
        let value = claim.take(*from);
        claim.fill(*to, &value);
    }
    claim.set(*SELF, Text::const_new("18"));
    claim.retain(|column| !OF_PATIENT.has(column));
}

/// What a line takes from its claim, from its place, or from its other columns.
fn complete_line(line: &mut Values, claim: &Values, ordinal: usize, desk: &mut Desk<'_>) {
    let number = number(ordinal);
    line.fill(*LINE_CONTROL, &number);
    line.set(*LINE, number);
    if !line.has(*POINTERS) {
        let mut all = Text::default();
        for (_, pointer) in DIAGNOSES.iter().zip(["1", "2", "3", "4"]).filter(|(column, _)| claim.has(**column)) {
            all.push_str(if all.is_empty() { "" } else { " " });
            all.push_str(pointer);
        }
        line.set(*POINTERS, all);
    }
    if line.has(*DOS_TO) {
        let (from, to) = (line.get(*DOS), line.get(*DOS_TO));
        if let (Some(from), Some(to)) = (date8(from.as_bytes()), date8(to.as_bytes())) {
            match span(from, to) {
                Ok(period) => line.set(*DOS, period),
                Err(fault) => desk.error("ENC-DATES", line, *DOS_TO, fault),
            }
        }
    }
    if line.has(*DME_DAYS) {
        line.set(*DME_PROCEDURE, Text::new(line.get(*PROCEDURE)));
        let kind = if line.has(*PROCEDURE_TYPE) { line.get(*PROCEDURE_TYPE) } else { "HC" };
        line.set(*DME_PROCEDURE_TYPE, Text::new(kind));
    }
    OTHERS.iter().for_each(|other| complete_adjudication(line, claim, other));
}

/// What another payer paid, completed from the other payer and the line.
fn complete_adjudication(line: &mut Values, claim: &Values, other: &Other) {
    if !line.has(other.line_paid) {
        return;
    }
    line.fill(other.line_payer_id, claim.get(other.payer_id));
    let [(_, procedure), ..] = other.line_procedure;
    if !line.has(procedure) {
        for (ours, theirs) in other.line_procedure {
            let value = Text::new(line.get(ours));
            line.fill(theirs, &value);
        }
    }
    let units = Text::new(if line.has(*UNITS) { line.get(*UNITS) } else { "1" });
    line.fill(other.line_units, &units);
}

/// Names the columns that must be given and are not.
fn require(values: &Values, of_line: bool, desk: &mut Desk<'_>) {
    let table = columns();
    if table.is_complete(values.there(), values.cells().iter().map(|cell| cell.0), of_line) {
        return;
    }
    for column in table.required(of_line) {
        let Some(row) = table.get(column) else { continue };
        let wanted = row.with.is_none_or(|with| values.has(with));
        if wanted && !values.has(column) {
            desk.error("ENC-MISSING", values, column, missing(row));
        }
    }
}

/// A value that is not there, and what it is.
pub(crate) fn missing(row: &Column) -> Fault {
    let fix = match &row.kind {
        Kind::Code(codes) if codes.len() <= 12 => {
            format!("{} ({})", row.doc, codes.iter().map(|c| c.as_str()).collect::<Vec<_>>().join(", "))
        }
        _ => row.doc.clone(),
    };
    fault("is missing", fix)
}
