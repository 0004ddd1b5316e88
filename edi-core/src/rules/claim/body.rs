//! SNIP type 4: the claim itself and its diagnoses.

use super::{Claim, Diagnosis};
use crate::rules::found::Found;
use crate::rules::kept::{Part, Placed};
use crate::value::date8;
use chrono::NaiveDate;

/// The longest number that payers must return.
const CLAIM_ID: usize = 20;

/// The last diagnosis that HI can hold.
const HI_ELEMENTS: usize = 12;

pub(super) fn check(claim: &Claim<'_>, found: &mut Found) {
    let clm = claim.clm;
    if clm.at(1).len() > CLAIM_ID {
        found.at("837-CLAIM-ID-LONG", clm, 1, "at most 20 characters");
    }
    if clm.at(2).starts_with(b"-") {
        found.at("837-NEGATIVE", clm, 2, "zero or more");
    }
    accident(claim, found);
    replaced(claim, found);
    if matches!(clm.part(5, 1), b"21" | b"51" | b"61") && claim.own.with("2300", "DTP", "435").is_none() {
        found.missing("837-ADMISSION-DATE", clm, "DTP*435");
    }
    diagnoses(claim, found);
}

fn accident(claim: &Claim<'_>, found: &mut Found) {
    let clm = claim.clm;
    let has = |cause: &[u8]| clm.part(11, 1) == cause || clm.part(11, 2) == cause;
    let date = claim.own.with("2300", "DTP", "439");
    if date.is_none() && (has(b"AA") || has(b"OA")) {
        found.missing("837-ACCIDENT-DATE", clm, "DTP*439");
    }
    if has(b"AA") && clm.part(11, 4).is_empty() && clm.part(11, 5).is_empty() {
        found.at_part("837-ACCIDENT-STATE", clm, (11, 4), "a state");
    }
    if let Some(date) = date.filter(|_| !clm.has(11)) {
        found.at("837-ACCIDENT-CAUSE", date, 1, "a cause in CLM11-1");
    }
}

fn replaced(claim: &Claim<'_>, found: &mut Found) {
    let frequency = claim.clm.part(5, 3);
    let replaces = matches!(frequency, b"7" | b"8");
    match claim.own.with("2300", "REF", "F8") {
        None if replaces => found.missing("837-REPLACES", claim.clm, "REF*F8"),
        Some(reference) if frequency == b"1" => found.at("837-REPLACES-NOTHING", reference, 1, "7 or 8 in CLM05-3"),
        _ => {}
    }
}

/// The HI of the diagnoses, and those that it holds.
pub(super) fn diagnoses_of(own: Part<'_>) -> Option<(Placed<'_>, Vec<Diagnosis<'_>>)> {
    let hi = own.all("2300", "HI").find(|hi| matches!(hi.part(1, 1), b"ABK" | b"BK" | b"ABF" | b"BF"))?;
    let all = (1..=hi.len().min(HI_ELEMENTS)).map(|n| Diagnosis { n, qualifier: hi.part(n, 1), code: hi.part(n, 2) });
    Some((hi, all.filter(|it| !it.code.is_empty()).collect()))
}

/// How many diagnoses a line can point at; none where there is an HI and it cannot be read.
pub(super) fn diagnosis_count(claim: &Claim<'_>) -> Option<usize> {
    match &claim.diagnoses {
        Some((_, all)) => all.last().map(|it| it.n),
        None => claim.own.first("2300", "HI").is_none().then_some(0),
    }
}

/// The first day of ICD-10 (45 CFR 162.1002).
const ICD10: &[u8] = b"20151001";

fn diagnoses(claim: &Claim<'_>, found: &mut Found) {
    let Some((hi, all)) = &claim.diagnoses else { return };
    let tenth = |qualifier: &[u8]| qualifier.starts_with(b"A");
    let first = tenth(hi.part(1, 1));
    let in_force = claim.service.map(|(_, to)| date8(ICD10).is_some_and(|start: NaiveDate| to >= start));
    if in_force.is_some_and(|icd10| icd10 != first) {
        let expected = if first { "BK before October 1st, 2015" } else { "ABK from October 1st, 2015" };
        found.at_part("837-ICD-VERSION", *hi, (1, 1), expected);
    }
    let mut seen = [&[][..]; HI_ELEMENTS];
    for (Diagnosis { n, qualifier, code }, i) in all.iter().copied().zip(0..) {
        if tenth(qualifier) != first {
            found.at_part("837-ICD-MIXED", *hi, (n, 1), "the version of the first diagnosis");
        }
        if seen[..i].contains(&code) {
            found.at_part("837-DIAGNOSIS-TWICE", *hi, (n, 2), "each diagnosis once");
        }
        seen[i] = code;
    }
}
