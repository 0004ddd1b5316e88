//! SNIP type 6: what certain kinds of service ask for.

use super::{Claim, Line};
use crate::rules::found::Found;
use crate::value::{Quantity, WireValue};

/// Ambulance transports, but not their miles (A0425, A0435, A0436).
fn is_transport(line: &Line<'_>) -> bool {
    line.is_ambulance() && !is_mileage(line)
}

fn is_mileage(line: &Line<'_>) -> bool {
    matches!(line.procedure, b"A0425" | b"A0435" | b"A0436")
}

pub(super) fn check_claim(claim: &Claim<'_>, found: &mut Found) {
    let cr1 = claim.own.first("2300", "CR1");
    for line in claim.lines().filter(is_transport).take(1) {
        let described = cr1.or(line.part.first("2400", "CR1"));
        if described.is_none() {
            found.missing("837-AMBULANCE-TRANSPORT", line.sv1, "CR1");
        }
        let from = claim.own.first("2310E", "NM1").or(line.part.first("2420G", "NM1"));
        let to = claim.own.first("2310F", "NM1").or(line.part.first("2420H", "NM1"));
        if from.is_none() || to.is_none() {
            found.missing("837-AMBULANCE-PLACES", claim.clm, "NM1 of loops 2310E and 2310F");
        }
    }
}

pub(super) fn check_line(claim: &Claim<'_>, line: &Line<'_>, found: &mut Found) {
    minutes(line, found);
    if line.is_ambulance() {
        ambulance(claim, line, found);
    }
    equipment(line, found);
    certificates(claim, line, found);
}

/// Anaesthesia is timed: CPT 00100 to 01999.
fn minutes(line: &Line<'_>, found: &mut Found) {
    let timed = line.sv1.is(3, "MJ");
    if line.is_anesthesia() && line.sv1.is(3, "UN") {
        found.at("837-ANESTHESIA", line.sv1, 3, "MJ");
    }
    if timed && line.cpt.is_some_and(|code| code > 1999) {
        found.at("837-MINUTES", line.sv1, 3, "UN");
    }
}

/// Origins and destinations of ambulance transports, as modifiers have them.
const PLACES: &[u8] = b"DEGHIJNPRSX";

/// Whether a modifier tells origin and destination.
pub(super) fn is_route(code: &[u8]) -> bool {
    code.len() == 2 && code.iter().all(|byte| PLACES.contains(byte))
}

fn ambulance(claim: &Claim<'_>, line: &Line<'_>, found: &mut Found) {
    if !line.modifiers().any(|(_, code)| is_route(code)) {
        found.at("837-AMBULANCE-MODIFIER", line.sv1, 1, "a modifier of two letters");
    }
    let cr1 = line.part.first("2400", "CR1").or(claim.own.first("2300", "CR1"));
    let distance = cr1.filter(|cr1| cr1.has(6)).and_then(|cr1| Quantity::read(cr1.at(6)));
    let billed = Quantity::read(line.sv1.at(4));
    if let (true, Some(distance), Some(billed)) = (is_mileage(line), distance, billed)
        && billed.decimal() > distance.decimal().ceil()
    {
        found.at("837-AMBULANCE-MILES", line.sv1, 4, format!("at most {distance}"));
    }
}

/// Durable medical equipment and its certificates.
fn equipment(line: &Line<'_>, found: &mut Found) {
    if let Some(sv5) = line.part.first("2400", "SV5").filter(|sv5| sv5.part(1, 2) != line.procedure) {
        found.at_part("837-DME-PROCEDURE", sv5, (1, 2), "the code of SV101-2");
    }
    let Some(cr3) = line.part.first("2400", "CR3") else { return };
    if line.part.with("2400", "DTP", "463").is_none() {
        found.missing("837-DME-THERAPY", cr3, "DTP*463");
    }
    if matches!(cr3.at(1), b"R" | b"S") && line.part.with("2400", "DTP", "607").is_none() {
        found.missing("837-DME-RECERTIFIED", cr3, "DTP*607");
    }
}

/// Laboratory tests (CPT 80047 to 89398) and mammographies (CPT 77065 to 77067) name a certificate. A test that
/// another laboratory did is billed with modifier 90 and the other's number.
fn certificates(claim: &Claim<'_>, line: &Line<'_>, found: &mut Found) {
    let Some(code) = line.cpt else { return };
    let has = |qualifier: &str| {
        claim.own.with("2300", "REF", qualifier).or(line.part.with("2400", "REF", qualifier)).is_some()
    };
    if (80047..=89398).contains(&code) && !has("X4") && !has("F4") {
        found.missing("837-LAB-CLIA", line.sv1, "REF*X4");
    }
    if (77065..=77067).contains(&code) && !has("EW") {
        found.missing("837-MAMMOGRAPHY", line.sv1, "REF*EW");
    }
}
