//! Checks between the values of an encounter: what one value alone cannot tell.

use super::columns::{ColumnId, columns};
use super::draft::{Desk, missing};
use super::error::Weight;
use super::names::SUBSCRIBER_ENTITY;
use super::names::{ACCIDENT_COUNTRY, ACCIDENT_DATE, ACCIDENT_STATE, ADMISSION_DATE, BEFORE_SERVICE, CAUSES, CHARGE};
use super::names::{CLAIM_CHARGE, CLAIM_ID, DEPENDENT, DIAGNOSES, DOS, FREQUENCY, LINE_CONTROL, ORDERED};
use super::names::{ORIGINAL_REFERENCE, PATIENT_DOB, PAYER_NAME, POINTERS, POS, SUBSCRIBER, SUBSCRIBER_DOB};
use super::rows::Values;
use super::value::fault;
use super::wire::dollars;
use chrono::NaiveDate;
use edi_core::Money;
use edi_core::codes::{Coverage, icd10cm};
use edi_core::value::{Period, period};

/// The most lines of a claim.
const LINES: usize = 50;

/// Charges, patient, dates, pointers, and what one value makes another one necessary. Puts the total charge in, and
/// gives it.
pub(crate) fn whole(claim: &mut Values, lines: &[Values], dependent: bool, desk: &mut Desk<'_>) -> Money {
    if lines.is_empty() || lines.len() > LINES {
        let fault = fault(
            format!("has {} service lines", lines.len()),
            "give a claim 1 to 50 lines; cut a longer one into several",
        );
        desk.error("ENC-LINES", claim, *CLAIM_ID, fault);
    }
    let charge = charges(claim, lines, desk);
    patient(claim, dependent, desk);
    needed(claim, desk);
    dates(claim, lines, dependent, desk);
    pointers(claim, lines, desk);
    for (line, n) in lines.iter().zip(0..) {
        // A claim of more lines is rejected anyway.
        if lines[..n].iter().take(LINES).any(|before| before.get(*LINE_CONTROL) == line.get(*LINE_CONTROL)) {
            let fault = fault("stands on two lines", "give every line of a claim its own number");
            desk.error("ENC-CONTROL", line, *LINE_CONTROL, fault);
        }
    }
    charge
}

/// The sum of the lines; nothing where the charge of one cannot be read, which is named already.
fn charges(claim: &mut Values, lines: &[Values], desk: &mut Desk<'_>) -> Money {
    let mut amounts = lines.iter().map(|line| line.get(*CHARGE).parse::<Money>());
    let Ok(sum) = amounts.try_fold(Money::ZERO, |sum, amount| amount.map(|amount| sum + amount)) else {
        return Money::ZERO;
    };
    let total = claim.get(*CLAIM_CHARGE).parse::<Money>();
    if total.is_ok_and(|total| total != sum) {
        desk.error(
            "ENC-CHARGE",
            claim,
            *CLAIM_CHARGE,
            fault(format!("is not the sum of the lines, {sum}"), "correct the total or a line, or leave the total out"),
        );
    }
    let cents = sum.cents().filter(|cents| *cents >= 0);
    claim.set(*CLAIM_CHARGE, cents.map_or_else(|| sum.canonical().decimal().to_string().into(), dollars));
    sum
}

/// The patient needs a name, an address, a day of birth and a sex: a subscriber who is the patient, in the
/// subscriber's columns.
fn patient(claim: &Values, dependent: bool, desk: &mut Desk<'_>) {
    // A subscriber that is an organization is never the patient.
    if claim.get(*SUBSCRIBER_ENTITY) == "2" && !dependent {
        desk.error(
            "ENC-PATIENT",
            claim,
            *SUBSCRIBER_ENTITY,
            fault("is an organization, which cannot be the patient", "give the patient's columns and the relationship"),
        );
        return;
    }
    let person = if dependent { &DEPENDENT } else { &SUBSCRIBER };
    let at_home = if claim.has(person.country) { &[][..] } else { &person.at_home };
    for column in person.needed.iter().chain(at_home) {
        if let Some(row) = columns().get(*column).filter(|_| !claim.has(*column)) {
            desk.error("ENC-MISSING", claim, *column, missing(row));
        }
    }
    if !claim.has(*PAYER_NAME) {
        desk.error(
            "ENC-PAYER",
            claim,
            *PAYER_NAME,
            fault(
                "is missing, and the practice file does not have the payer",
                "give the name, or add the payer to the practice file",
            ),
        );
    }
}

/// Values that others make necessary.
fn needed(claim: &Values, desk: &mut Desk<'_>) {
    let mut need = |column: ColumnId, because: &str, fix: &'static str| {
        if !claim.has(column) {
            desk.error("ENC-NEEDED", claim, column, fault(format!("is missing, {because}"), fix));
        }
    };
    if matches!(claim.get(*FREQUENCY), "7" | "8") {
        need(
            *ORIGINAL_REFERENCE,
            "though the claim replaces or voids another one",
            "give the payer's number of that claim, from its remittance",
        );
    }
    let causes = CAUSES.map(|column| claim.get(column));
    if causes.contains(&"AA") || causes.contains(&"OA") {
        need(*ACCIDENT_DATE, "though the claim is related to an accident", "give the day of the accident");
    }
    if causes.contains(&"AA") && !claim.has(*ACCIDENT_COUNTRY) {
        need(*ACCIDENT_STATE, "though the claim is related to an auto accident", "give the state where it happened");
    }
    if claim.get(*POS) == "21" {
        need(*ADMISSION_DATE, "though the place of service is an inpatient hospital", "give the day of admission");
    }
}

/// Dates that must follow one another.
fn dates(claim: &Values, lines: &[Values], dependent: bool, desk: &mut Desk<'_>) {
    let at = |values: &Values, column: ColumnId| period(values.get(column).as_bytes());
    let born = at(claim, if dependent { *PATIENT_DOB } else { *SUBSCRIBER_DOB }).map(|p| p.from);
    let events = BEFORE_SERVICE.map(|column| (column, at(claim, column)));
    for line in lines {
        let Some(service) = at(line, *DOS) else { continue };
        if born.is_some_and(|born| service.from < born) {
            desk.error(
                "ENC-DATES",
                line,
                *DOS,
                fault("is before the patient's day of birth", "correct one of the two days"),
            );
        }
        for (column, event) in events {
            if event.is_some_and(|p: Period| p.from > service.to) {
                desk.error(
                    "ENC-DATES",
                    claim,
                    column,
                    fault("is behind a day of service", "correct one of the two days"),
                );
            }
        }
    }
    for (first, second) in *ORDERED {
        let days: (Option<NaiveDate>, Option<NaiveDate>) =
            (at(claim, first).map(|p| p.from), at(claim, second).map(|p| p.from));
        if let (Some(from), Some(to)) = days
            && from > to
        {
            desk.error(
                "ENC-DATES",
                claim,
                second,
                fault(format!("is before {}", (desk.name_of)(first)), "exchange the two days, or correct one"),
            );
        }
    }
}

/// Pointers at the first diagnoses, one to four.
const CONSECUTIVE: [&str; 4] = ["1", "1 2", "1 2 3", "1 2 3 4"];

/// Diagnoses without a gap, and pointers that point at one.
fn pointers(claim: &Values, lines: &[Values], desk: &mut Desk<'_>) {
    let given = DIAGNOSES.map(|column| claim.has(column));
    let count = given.iter().take_while(|g| **g).count();
    if let Some(gap) = given.iter().skip(count).position(|g| *g) {
        let (empty, behind) = (DIAGNOSES[count], DIAGNOSES[count + gap]);
        let reason = format!("is missing, though {} is given", (desk.name_of)(behind));
        desk.error("ENC-DIAGNOSIS", claim, empty, fault(reason, "move the diagnoses up, and correct the pointers"));
    }
    for line in lines {
        let text = line.get(*POINTERS);
        if let Some(list) = CONSECUTIVE.iter().position(|list| *list == text)
            && list < count
        {
            continue; // what is put in where pointers are left out
        }
        let pointers = || text.split(' ').filter_map(|p| p.parse::<usize>().ok()).take(DIAGNOSES.len());
        let points = |pointer: usize| pointer.checked_sub(1).and_then(|n| given.get(n)).is_some_and(|given| *given);
        if let Some(pointer) = pointers().find(|pointer| !points(*pointer)) {
            let reason = format!("points at diagnosis {pointer}, and the claim has {count}");
            desk.error("ENC-POINTER", line, *POINTERS, fault(reason, "point at diagnoses that the claim has"));
        }
        if pointers().zip(0..).any(|(pointer, n)| pointers().take(n).any(|before| before == pointer)) {
            desk.error(
                "ENC-POINTER",
                line,
                *POINTERS,
                fault("points twice at one diagnosis", "name each diagnosis once"),
            );
        }
    }
}

/// Diagnoses that are headers or unknown on the day of service: a warning, or a rejection where that is asked.
pub(crate) fn diagnoses(claim: &Values, lines: &[Values], reject: bool, desk: &mut Desk<'_>) {
    let days = lines.iter().filter_map(|line| period(line.get(*DOS).as_bytes())).map(|p| p.from);
    let Some(day) = days.min() else { return };
    if icd10cm::coverage(day) == Coverage::Outside {
        return;
    }
    let weight = if reject { Weight::Error } else { Weight::Warning };
    for column in *DIAGNOSES {
        let code = claim.get(column);
        if code.is_empty() || !icd10cm::is_shape(code) {
            continue;
        }
        let Some(reason) = unbillable(code, day) else { continue };
        let fix = icd10cm::advice(code).unwrap_or_else(|| "look the code up in the edition of that day".to_owned());
        desk.note("ENC-DIAGNOSIS", weight, claim, column, fault(reason, fix));
    }
}

/// Why a code cannot be billed on a day; none where it can, or where our list does not speak for the day.
fn unbillable(code: &str, day: NaiveDate) -> Option<String> {
    match (icd10cm::lookup(code), icd10cm::coverage(day)) {
        (_, Coverage::Outside) | (None, Coverage::Partly) => None,
        (Some(found), _) if found.billable => None,
        (Some(_), _) => Some(format!("is not billable on {day}: it is a header of more specific codes")),
        (None, Coverage::Whole) => Some(format!("is not in ICD-10-CM on {day}")),
    }
}
