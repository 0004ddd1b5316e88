//! SNIP type 4: claim payments.

use super::Payment;
use crate::Money;
use crate::codes::Carc;
use crate::rules::found::Found;
use crate::rules::kept::{Part, Placed};
use crate::value::date8;

pub(super) fn check(payment: &Payment<'_>, found: &mut Found) {
    status(payment, found);
    if let (Some(mia), Some(_)) = (payment.own.first("2100", "MIA"), payment.own.first("2100", "MOA")) {
        found.at("835-INPATIENT-OUTPATIENT", mia, 0, "MIA or MOA");
    }
    let claim_remarks = || remarks(payment.own);
    check_adjustments(payment.own, claim_remarks, found);
    dates(payment, found);
    for (svc, part) in payment.services() {
        check_adjustments(part, || claim_remarks() || remarks(part), found);
        service_dates(payment, svc, part, found);
    }
}

/// CLP02 against the money and the reasons.
fn status(payment: &Payment<'_>, found: &mut Found) {
    let clp = payment.clp;
    let paid = clp.amount(4).unwrap_or_default();
    let mut all = payment.own.of_id("CAS").chain(payment.services.of_id("CAS"));
    match clp.at(2) {
        b"4" if !paid.is_zero() => found.at("835-DENIED-PAID", clp, 4, "0"),
        b"4" if all.next().is_none() => found.missing("835-DENIED-REASON", clp, "CAS"),
        b"23" | b"25" if !paid.is_zero() => found.at("835-NOT-PAYABLE", clp, 4, "0"),
        b"22" => reversal(payment, found),
        b"1" => {
            let earlier = |cas: &Placed<'_>| {
                cas.is(1, "OA")
                    && cas.reasons().any(|(n, reason)| reason == b"23" && cas.amount(n + 1) != Some(Money::ZERO))
            };
            if let Some(cas) = all.find(earlier) {
                found.at("835-PRIMARY-EARLIER", cas, 2, "no OA-23 for a primary payer");
            }
        }
        b"19" | b"20" | b"21" if payment.own.with("2100", "NM1", "TT").is_none() => {
            found.missing("835-FORWARDED", clp, "NM1*TT");
        }
        _ => {}
    }
}

fn reversal(payment: &Payment<'_>, found: &mut Found) {
    for n in [3, 4] {
        if payment.clp.amount(n).is_some_and(|amount| amount > Money::ZERO) {
            found.at("835-REVERSAL-SIGN", payment.clp, n, "zero or less");
        }
    }
    if payment.clp.has(5) {
        found.at("835-REVERSAL-PATIENT", payment.clp, 5, "nothing");
    }
}

/// Whether there are remark codes: MOA03 to 07, MIA05 and 20 to 23, LQ*HE.
fn remarks(part: Part<'_>) -> bool {
    let moa = |it: Placed<'_>| (3..=7).any(|n| it.has(n));
    let mia = |it: Placed<'_>| it.has(5) || (20..=23).any(|n| it.has(n));
    part.of_id("MOA").any(moa) || part.of_id("MIA").any(mia) || part.of_id("LQ").any(|lq| lq.is(1, "HE"))
}

/// How many adjustments at one place are compared with one another.
const COMPARED: usize = 64;

/// The adjustments at one place: a claim's own, or a service's.
fn check_adjustments(part: Part<'_>, remarked: impl Fn() -> bool, found: &mut Found) {
    let mut seen = 0;
    for cas in part.of_id("CAS") {
        for (n, reason) in cas.reasons() {
            check_reason(cas, n, reason, &remarked, found);
            let all = || part.of_id("CAS").flat_map(|cas| cas.reasons().map(move |(_, reason)| (cas, reason)));
            let earlier = || all().take(COMPARED.min(seen)).filter(|(_, it)| *it == reason);
            if earlier().any(|(it, _)| it.at(1) == cas.at(1)) {
                found.at("835-CAS-TWICE", cas, n, "each reason once a group");
            }
            let borne = |group: &str| cas.is(1, group);
            if earlier().any(|(it, _)| borne("PR") && it.is(1, "CO") || borne("CO") && it.is(1, "PR")) {
                found.at("835-PATIENT-CONTRACT", cas, 1, "one group for the reason");
            }
            seen += 1;
        }
    }
}

/// One adjustment: the element of its reason, and the reason.
fn check_reason(cas: Placed<'_>, n: usize, reason: &[u8], remarked: &impl Fn() -> bool, found: &mut Found) {
    if cas.is_zero(n + 1) {
        found.at("835-CAS-ZERO", cas, n + 1, "another amount than zero");
    }
    let known = found.codes.reason(reason);
    if known.is_some_and(|it| it.rarc_required) && !remarked() {
        found.missing("835-REMARK-MISSING", cas, "LQ*HE, or MOA and MIA of the claim");
    }
    let allows = |known: &Carc| known.groups.split('|').any(|group| cas.is(1, group));
    if let Some(known) = known.filter(|it| !it.groups.is_empty() && !allows(it)) {
        found.at("835-GROUP-REASON", cas, 1, known.groups.replace('|', " or "));
    }
    if cas.is(1, "CO") && matches!(reason, b"1" | b"2" | b"3") {
        found.at("835-CONTRACT-SHARE", cas, 1, "PR");
    }
}

/// The claim's own period.
fn dates(payment: &Payment<'_>, found: &mut Found) {
    let from = payment.own.with("2100", "DTM", "232");
    let to = payment.own.with("2100", "DTM", "233");
    in_order(from, to, found);
    for date in from.into_iter().chain(to) {
        not_after_payment(payment, date, found);
    }
}

fn service_dates(payment: &Payment<'_>, svc: Placed<'_>, part: Part<'_>, found: &mut Found) {
    let of = |qualifier| part.with("2110", "DTM", qualifier);
    let (day, from, to) = (of("472"), of("150"), of("151"));
    if day.or(from).is_none() && payment.own.with("2100", "DTM", "232").is_none() {
        found.missing("835-SERVICE-DATE", svc, "DTM*472");
    }
    in_order(from, to, found);
    for date in [day, from, to].into_iter().flatten() {
        not_after_payment(payment, date, found);
    }
}

fn in_order(from: Option<Placed<'_>>, to: Option<Placed<'_>>, found: &mut Found) {
    if let (Some(from), Some(to)) = (from, to)
        && from.day(2).zip(to.day(2)).is_some_and(|(from, to)| to < from)
    {
        found.at("835-DATE-ORDER", to, 2, "the first day, or later");
    }
}

fn not_after_payment(payment: &Payment<'_>, date: Placed<'_>, found: &mut Found) {
    if payment.paid_on.zip(date8(date.at(2))).is_some_and(|(paid, day)| day > paid) {
        found.at("835-SERVICE-FUTURE", date, 2, "the day of payment, or earlier");
    }
}
