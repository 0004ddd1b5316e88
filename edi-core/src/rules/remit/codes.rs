//! SNIP type 5: the claim's codes on the day of payment, and of service.

use super::Payment;
use crate::codes::CodeSet;
use crate::rules::codes;
use crate::rules::found::Found;
use crate::rules::kept::{Part, Placed};
use chrono::NaiveDate;

pub(super) fn check(payment: &Payment<'_>, found: &mut Found) {
    let Some(paid_on) = payment.paid_on else { return };
    check_part(payment.own, paid_on, found);
    let claim_day = payment.own.with("2100", "DTM", "232").and_then(|dtm| dtm.day(2));
    for (svc, part) in payment.services() {
        check_part(part, paid_on, found);
        let day = ["472", "150"].into_iter().find_map(|it| part.with("2110", "DTM", it)).and_then(|dtm| dtm.day(2));
        let day = day.or(claim_day).unwrap_or(paid_on);
        codes::procedure("835-PROCEDURE", svc, 1, day, found);
        codes::procedure("835-PROCEDURE", svc, 6, day, found);
    }
}

/// Reasons and remarks of a claim or of a service.
fn check_part(part: Part<'_>, day: NaiveDate, found: &mut Found) {
    part.of_id("CAS").for_each(|cas| codes::reasons("835-REASON", cas, day, found));
    let mut remark = |it: Placed<'_>, n: usize| codes::check("835-REMARK", CodeSet::Rarc, it, (n, 0), day, found);
    for it in part.of_id("LQ").filter(|lq| lq.is(1, "HE")) {
        remark(it, 2);
    }
    for it in part.of_id("MOA") {
        (3..=7).for_each(|n| remark(it, n));
    }
    for it in part.of_id("MIA") {
        [5, 20, 21, 22, 23].into_iter().for_each(|n| remark(it, n));
    }
}
