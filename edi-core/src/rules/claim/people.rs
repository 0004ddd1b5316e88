//! SNIP type 4: subscriber, patient and providers.

use super::Claim;
use crate::rules::found::Found;
use crate::rules::kept::{Part, Placed};

pub(super) fn check(claim: &Claim<'_>, found: &mut Found) {
    subscriber(claim, found);
    referring(claim.own.all("2310A", "NM1"), found);
    let billing = npi(claim.billing.first("2010AA", "NM1"));
    same("837-RENDERING-SAME", claim.own.first("2310B", "NM1"), billing, found);
    same("837-FACILITY-SAME", claim.own.first("2310C", "NM1"), billing, found);
    let rendering = npi(claim.own.first("2310B", "NM1"));
    for line in claim.lines() {
        same("837-LINE-RENDERING-SAME", line.part.first("2420A", "NM1"), rendering, found);
        referring(line.part.all("2420F", "NM1"), found);
    }
}

/// Rules of the subscriber that hold where a claim hangs under it.
fn subscriber(claim: &Claim<'_>, found: &mut Found) {
    let Some(sbr) = claim.subscriber.first("2000B", "SBR") else { return };
    if !matches!(sbr.at(1), b"" | b"P" | b"U") && claim.others().next().is_none() {
        found.missing("837-OTHER-MISSING", claim.clm, "SBR of loop 2320");
    }
    if claim.is_dependent() || !claim.first {
        return;
    }
    if !sbr.is(2, "18") {
        found.at("837-SELF", sbr, 2, "18");
        return;
    }
    let Some(name) = claim.subscriber.first("2010BA", "NM1") else { return };
    let has = |id| claim.subscriber.first("2010BA", id).is_some();
    if !has("N3") || !has("N4") {
        found.missing("837-SELF-ADDRESS", name, "N3 and N4");
    }
    // An organisation (workers' compensation) was not born.
    if !has("DMG") && name.is(2, "1") {
        found.missing("837-SELF-DEMOGRAPHICS", name, "DMG");
    }
}

/// The first referring provider is DN; a second one is P3.
fn referring<'a>(names: impl Iterator<Item = Placed<'a>>, found: &mut Found) {
    for (name, expected) in names.zip(["DN", "P3"]) {
        if !name.is(1, expected) {
            found.at("837-REFERRING-ORDER", name, 1, expected);
        }
    }
}

fn npi(name: Option<Placed<'_>>) -> Option<&[u8]> {
    name.filter(|name| name.is(8, "XX") && name.has(9)).map(|name| name.at(9))
}

fn same(rule: &'static str, name: Option<Placed<'_>>, other: Option<&[u8]>, found: &mut Found) {
    if let Some(name) = name
        && npi(Some(name)).is_some_and(|it| Some(it) == other)
    {
        found.at(rule, name, 9, "another provider");
    }
}

/// Rules of the billing provider, looked at once and not with each claim.
pub(in crate::rules) fn check_billing(billing: Part<'_>, found: &mut Found) {
    if let Some(name) = billing.first("2010AA", "NM1").filter(|name| npi(Some(*name)).is_none()) {
        found.at("837-BILLING-NPI", name, 9, "an NPI");
    }
    if let Some(street) = billing.first("2010AA", "N3").filter(|n3| is_box(n3.at(1))) {
        found.at("837-BILLING-ADDRESS", street, 1, "a street");
    }
}

/// Whether it begins like a post office box.
fn is_box(street: &[u8]) -> bool {
    let letters = street.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_uppercase);
    let start: Vec<u8> = letters.take(13).collect();
    start.starts_with(b"POBOX") || start.starts_with(b"POSTOFFICEBOX") || start.starts_with(b"LOCKBOX")
}

/// An organisation has no given name.
pub(in crate::rules) fn check_name(name: Placed<'_>, found: &mut Found) {
    if name.is(2, "2") && name.has(4) {
        found.at("837-PERSON-NAME", name, 4, "no given name");
    }
}
