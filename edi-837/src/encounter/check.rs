//! Checks between the values of an encounter: what one value alone cannot tell.

use super::columns::{columns, id};
use super::draft::{Desk, missing};
use super::error::Weight;
use super::rows::Values;
use super::value::fault;
use chrono::NaiveDate;
use edi_core::Money;
use edi_core::codes::{Coverage, icd10cm};
use edi_core::value::{Period, period};

/// The most lines of a claim.
const LINES: usize = 50;

/// Charges, patient, dates, pointers, and what one value makes another one necessary. Puts the total charge in.
pub(crate) fn whole(claim: &mut Values, lines: &[Values], dependent: bool, desk: &mut Desk<'_>) {
    if lines.is_empty() || lines.len() > LINES {
        let fault = fault(
            format!("has {} service lines", lines.len()),
            "give a claim 1 to 50 lines; cut a longer one into several",
        );
        desk.error("ENC-LINES", claim, id("claim_id"), fault);
    }
    charges(claim, lines, desk);
    patient(claim, dependent, desk);
    needed(claim, desk);
    dates(claim, lines, dependent, desk);
    pointers(claim, lines, desk);
    let mut controls = std::collections::HashSet::new();
    for line in lines {
        if !controls.insert(line.get(id("line_control"))) {
            desk.error(
                "ENC-CONTROL",
                line,
                id("line_control"),
                fault("stands on two lines", "give every line of a claim its own number"),
            );
        }
    }
}

fn charges(claim: &mut Values, lines: &[Values], desk: &mut Desk<'_>) {
    let amounts = lines.iter().map(|line| line.get(id("charge")).parse::<Money>());
    let Ok(amounts) = amounts.collect::<Result<Vec<_>, _>>() else { return }; // named already
    let sum: Money = amounts.into_iter().sum();
    let total = claim.get(id("claim_charge")).parse::<Money>();
    if total.is_ok_and(|total| total != sum) {
        desk.error(
            "ENC-CHARGE",
            claim,
            id("claim_charge"),
            fault(format!("is not the sum of the lines, {sum}"), "correct the total or a line, or leave the total out"),
        );
    }
    claim.set(id("claim_charge"), sum.canonical().decimal().to_string().into());
}

/// The patient needs a name, an address, a day of birth and a sex: a subscriber who is the patient, in the
/// subscriber's columns.
fn patient(claim: &Values, dependent: bool, desk: &mut Desk<'_>) {
    let (who, parts): (_, &[&str]) = match dependent {
        true => ("patient", &["last", "address", "city", "dob", "sex"]),
        false => ("subscriber", &["address", "city", "dob", "sex"]),
    };
    // A subscriber that is an organization is never the patient.
    if claim.get(id("subscriber_entity")) == "2" && !dependent {
        desk.error(
            "ENC-PATIENT",
            claim,
            id("subscriber_entity"),
            fault("is an organization, which cannot be the patient", "give the patient's columns and the relationship"),
        );
        return;
    }
    let home = !claim.has(id(&format!("{who}_country")));
    let address: &[&str] = if home { &["state", "zip"] } else { &[] };
    for part in parts.iter().chain(address) {
        let column = id(&format!("{who}_{part}"));
        if let Some(row) = columns().get(column).filter(|_| !claim.has(column)) {
            desk.error("ENC-MISSING", claim, column, missing(row));
        }
    }
    if !claim.has(id("payer_name")) {
        desk.error(
            "ENC-PAYER",
            claim,
            id("payer_name"),
            fault(
                "is missing, and the practice file does not have the payer",
                "give the name, or add the payer to the practice file",
            ),
        );
    }
}

/// Values that others make necessary.
fn needed(claim: &Values, desk: &mut Desk<'_>) {
    let mut need = |column: &str, because: &str, fix: &'static str| {
        if !claim.has(id(column)) {
            desk.error("ENC-NEEDED", claim, id(column), fault(format!("is missing, {because}"), fix));
        }
    };
    if matches!(claim.get(id("frequency")), "7" | "8") {
        need(
            "original_reference",
            "though the claim replaces or voids another one",
            "give the payer's number of that claim, from its remittance",
        );
    }
    let causes = [claim.get(id("related_cause1")), claim.get(id("related_cause2"))];
    if causes.contains(&"AA") || causes.contains(&"OA") {
        need("accident_date", "though the claim is related to an accident", "give the day of the accident");
    }
    if causes.contains(&"AA") && !claim.has(id("accident_country")) {
        need("accident_state", "though the claim is related to an auto accident", "give the state where it happened");
    }
    if claim.get(id("pos")) == "21" {
        need("admission_date", "though the place of service is an inpatient hospital", "give the day of admission");
    }
}

/// Dates that must follow one another.
fn dates(claim: &Values, lines: &[Values], dependent: bool, desk: &mut Desk<'_>) {
    let at = |values: &Values, column: &str| period(values.get(id(column)).as_bytes());
    let born = at(claim, if dependent { "patient_dob" } else { "subscriber_dob" }).map(|p| p.from);
    for line in lines {
        let Some(service) = at(line, "dos") else { continue };
        if born.is_some_and(|born| service.from < born) {
            desk.error(
                "ENC-DATES",
                line,
                id("dos"),
                fault("is before the patient's day of birth", "correct one of the two days"),
            );
        }
        for column in ["onset_date", "accident_date", "initial_treatment_date", "lmp_date"] {
            if at(claim, column).is_some_and(|p: Period| p.from > service.to) {
                desk.error(
                    "ENC-DATES",
                    claim,
                    id(column),
                    fault("is behind a day of service", "correct one of the two days"),
                );
            }
        }
    }
    let ordered: [(&str, &str); 3] = [
        ("admission_date", "discharge_date"),
        ("assumed_care_date", "relinquished_care_date"),
        ("last_worked_date", "return_to_work_date"),
    ];
    for (first, second) in ordered {
        let days: (Option<NaiveDate>, Option<NaiveDate>) =
            (at(claim, first).map(|p| p.from), at(claim, second).map(|p| p.from));
        if let (Some(from), Some(to)) = days
            && from > to
        {
            desk.error(
                "ENC-DATES",
                claim,
                id(second),
                fault(format!("is before {}", (desk.name_of)(id(first))), "exchange the two days, or correct one"),
            );
        }
    }
}

/// Diagnoses without a gap, and pointers that point at one.
fn pointers(claim: &Values, lines: &[Values], desk: &mut Desk<'_>) {
    let given: Vec<bool> = (1..=12).map(|n| claim.has(id(&format!("dx{n}")))).collect();
    let count = given.iter().take_while(|g| **g).count();
    if let Some(gap) = given.iter().skip(count).position(|g| *g) {
        let empty = id(&format!("dx{}", count + 1));
        let behind = id(&format!("dx{}", count + 1 + gap));
        let reason = format!("is missing, though {} is given", (desk.name_of)(behind));
        desk.error("ENC-DIAGNOSIS", claim, empty, fault(reason, "move the diagnoses up, and correct the pointers"));
    }
    for line in lines {
        let pointers: Vec<usize> = line.get(id("pointers")).split(' ').filter_map(|p| p.parse().ok()).collect();
        if let Some(pointer) = pointers.iter().find(|p| !given.get(**p - 1).copied().unwrap_or_default()) {
            let reason = format!("points at diagnosis {pointer}, and the claim has {count}");
            desk.error("ENC-POINTER", line, id("pointers"), fault(reason, "point at diagnoses that the claim has"));
        }
        let mut once = std::collections::HashSet::new();
        if !pointers.iter().all(|p| once.insert(p)) {
            desk.error(
                "ENC-POINTER",
                line,
                id("pointers"),
                fault("points twice at one diagnosis", "name each diagnosis once"),
            );
        }
    }
}

/// Diagnoses that are headers or unknown on the day of service: a warning, or a rejection where that is asked.
pub(crate) fn diagnoses(claim: &Values, lines: &[Values], reject: bool, desk: &mut Desk<'_>) {
    let days = lines.iter().filter_map(|line| period(line.get(id("dos")).as_bytes())).map(|p| p.from);
    let Some(day) = days.min() else { return };
    let weight = if reject { Weight::Error } else { Weight::Warning };
    for n in 1..=12 {
        let column = id(&format!("dx{n}"));
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
