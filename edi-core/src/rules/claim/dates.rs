//! SNIP type 4: dates in order, and not in the future.

use super::Claim;
use crate::rules::found::Found;
use chrono::NaiveDate;

/// Events of loop 2300 that come before the service, or on its last day.
const BEFORE: [&str; 7] = ["431", "454", "304", "453", "439", "484", "455"];

pub(super) fn check(claim: &Claim<'_>, found: &mut Found) {
    let admission = claim.own.with("2300", "DTP", "435");
    let discharge = claim.own.with("2300", "DTP", "096");
    if let (Some(from), Some(to)) = (admission, discharge)
        && from.day(3).zip(to.day(3)).is_some_and(|(from, to)| to < from)
    {
        found.at("837-DISCHARGE", to, 3, "the day of admission, or later");
    }
    let Some((first, last)) = claim.service else { return };
    for date in claim.own.all("2300", "DTP") {
        let before = BEFORE.iter().any(|event| date.is(1, event));
        if before && date.day(3).is_some_and(|day| day > last) {
            found.at("837-DATE-ORDER", date, 3, "the day of service, or earlier");
        }
    }
    born_and_died(claim, first, last, found);
    let Some(written) = claim.written.filter(|written| last > *written) else { return };
    for line in claim.lines().filter(|line| line.days.is_some_and(|(_, to)| to > written)) {
        if let Some(date) = line.part.with("2400", "DTP", "472") {
            found.at("837-SERVICE-FUTURE", date, 3, "the day on which the file was written, or earlier");
        }
    }
}

fn born_and_died(claim: &Claim<'_>, first: NaiveDate, last: NaiveDate, found: &mut Found) {
    let (born, died) = match claim.is_dependent() {
        true => (claim.patient.first("2010CA", "DMG"), claim.patient.first("2000C", "PAT")),
        false => (claim.subscriber.first("2010BA", "DMG"), claim.subscriber.first("2000B", "PAT")),
    };
    if let Some(born) = born.filter(|dmg| dmg.day(2).is_some_and(|day| day > first)) {
        found.at("837-BIRTH", born, 2, "the first day of service, or earlier");
    }
    if let Some(died) = died.filter(|pat| pat.day(6).is_some_and(|day| day < last)) {
        found.at("837-DEATH", died, 6, "the last day of service, or later");
    }
}
