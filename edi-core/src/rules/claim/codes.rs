//! SNIP type 5: the claim's codes on its days of service.

use super::{Claim, Diagnosis, Line, service};
use crate::codes::CodeSet;
use crate::finding::Severity;
use crate::lex::text;
use crate::rules::codes;
use crate::rules::found::Found;
use crate::value::is_mbi;
use chrono::{Datelike, NaiveDate};

pub(super) fn check(claim: &Claim<'_>, found: &mut Found) {
    let Some(day) = claim.service.map(|(_, last)| last).or(claim.written) else { return };
    codes::check("837-PLACE", CodeSet::PlaceOfService, claim.clm, (5, 1), day, found);
    if let Some((hi, all)) = &claim.diagnoses {
        for Diagnosis { n, qualifier, code } in all.iter().copied() {
            match qualifier {
                b"ABK" | b"ABF" => codes::check("837-DIAGNOSIS", CodeSet::Icd10Cm, *hi, (n, 2), day, found),
                b"BK" | b"BF" if !is_icd9(code) => {
                    found.weighed("837-DIAGNOSIS", Severity::Error, *hi, (n, 2), "the shape of such a code");
                }
                _ => {}
            }
        }
    }
    member(claim, day, found);
    for other in claim.others() {
        let decided = other.part.with("2330B", "DTP", "573").and_then(|dtp| dtp.day(3)).or(claim.written);
        let Some(decided) = decided else { continue };
        other.part.all("2320", "CAS").for_each(|cas| codes::reasons("837-REASON", cas, decided, found));
    }
}

/// From 2020 on, Medicare takes its beneficiary identifier only.
fn member(claim: &Claim<'_>, day: NaiveDate, found: &mut Found) {
    if (claim.first || claim.is_dependent())
        && claim.is_medicare()
        && day.year() >= 2020
        && let Some(name) = claim.subscriber.first("2010BA", "NM1")
        && name.is(8, "MI")
        && !is_mbi(&text(name.at(9)))
    {
        found.at("837-MBI", name, 9, "eleven characters of an MBI");
    }
}

pub(super) fn check_line(claim: &Claim<'_>, line: &Line<'_>, found: &mut Found) {
    let Some(day) = line.days.map(|(_, last)| last).or(claim.written) else { return };
    codes::procedure("837-PROCEDURE", line.sv1, 1, day, found);
    // Origin and destination of an ambulance are pairs of letters, not codes of the list.
    let routed = line.procedure.starts_with(b"A0");
    for (component, _) in line.modifiers().filter(|(_, code)| !(routed && service::is_route(code))) {
        codes::check("837-MODIFIER", CodeSet::Modifier, line.sv1, (1, component), day, found);
    }
    codes::check("837-PLACE", CodeSet::PlaceOfService, line.sv1, (5, 0), day, found);
    for answer in line.part.each("2430", "SVD") {
        let decided = answer.with("2430", "DTP", "573").and_then(|dtp| dtp.day(3)).unwrap_or(day);
        answer.all("2430", "CAS").for_each(|cas| codes::reasons("837-REASON", cas, decided, found));
    }
}

/// ICD-9-CM, undotted: three to five characters; a digit, `V` or `E` first, then digits.
fn is_icd9(code: &[u8]) -> bool {
    match code {
        [first, rest @ ..] => {
            (first.is_ascii_digit() || matches!(first, b'V' | b'E'))
                && (2..=4).contains(&rest.len())
                && rest.iter().all(u8::is_ascii_digit)
        }
        [] => false,
    }
}
