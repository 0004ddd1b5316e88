//! Rules that see one segment: identifiers, addresses, names, drugs.

use super::claim;
use super::found::Found;
use super::kept::Placed;
use crate::codes::{is_ndc, is_taxonomy};
use crate::guide::Name;
use crate::lex::text;
use crate::value::{Quantity, WireValue, is_ein, is_npi, is_zip};

/// Loops whose address is where a provider is, so that nine digits of ZIP are asked for.
const NINE_DIGITS: [Name; 3] = [Name::of(b"2010AA"), Name::of(b"2310C"), Name::of(b"2420C")];

const NM1: Name = Name::of(b"NM1");
const N1: Name = Name::of(b"N1");
const N4: Name = Name::of(b"N4");
const PRV: Name = Name::of(b"PRV");
const REF: Name = Name::of(b"REF");
const LIN: Name = Name::of(b"LIN");
const CTP: Name = Name::of(b"CTP");

/// Of a claim.
pub(super) fn check_837(it: Placed<'_>, found: &mut Found) {
    match it.id {
        NM1 => {
            npi("837-NPI", it, 8, 9, found);
            claim::check_name(it, found);
        }
        N4 => address(it, found),
        PRV if it.is(2, "PXC") && !is_taxonomy(&text(it.at(3))) => {
            found.at("837-TAXONOMY", it, 3, "ten characters, three digits first and X last");
        }
        REF => reference(it, found),
        LIN if it.is(2, "N4") && !is_ndc(&text(it.at(3))) => found.at("837-NDC", it, 3, "eleven digits"),
        CTP if Quantity::read(it.at(4)).is_some_and(Quantity::is_zero) => {
            found.at("837-DRUG-QUANTITY", it, 4, "more than zero");
        }
        _ => {}
    }
}

/// Of a remittance.
pub(super) fn check_835(it: Placed<'_>, found: &mut Found) {
    match it.id {
        NM1 => npi("835-NPI", it, 8, 9, found),
        N1 => npi("835-NPI", it, 3, 4, found),
        N4 => state("835-STATE", it, found),
        _ => {}
    }
}

fn npi(rule: &'static str, it: Placed<'_>, qualifier: usize, element: usize, found: &mut Found) {
    if it.is(qualifier, "XX") && it.has(element) && !is_npi(&text(it.at(element))) {
        found.at(rule, it, element, "ten digits with a check digit");
    }
}

fn state(rule: &'static str, it: Placed<'_>, found: &mut Found) {
    let domestic = matches!(it.at(4), b"" | b"US" | b"CA");
    if domestic && it.has(2) && !found.codes.is_state(it.at(2)) {
        found.at(rule, it, 2, "a state or province");
    }
}

fn address(n4: Placed<'_>, found: &mut Found) {
    state("837-STATE", n4, found);
    if !matches!(n4.at(4), b"" | b"US") || !n4.has(3) {
        return;
    }
    let zip = n4.at(3);
    let canadian = n4.at(4).is_empty() && zip.first().is_some_and(u8::is_ascii_alphabetic);
    if canadian {
        return;
    }
    if !is_zip(&text(zip)) {
        found.at("837-ZIP", n4, 3, "five or nine digits");
    } else if zip.len() != 9 && NINE_DIGITS.contains(&n4.in_loop) {
        found.at("837-ZIP9", n4, 3, "nine digits");
    }
}

fn reference(it: Placed<'_>, found: &mut Found) {
    let value = it.at(2);
    match it.at(1) {
        b"EI" | b"SY" if !is_ein(&text(value)) => found.at("837-TAX-ID", it, 2, "nine digits"),
        b"X4" | b"F4" if !is_clia(value) => found.at("837-CLIA-NUMBER", it, 2, "such as 11D1111111"),
        _ => {}
    }
}

/// Two digits, `D`, seven digits or letters.
fn is_clia(value: &[u8]) -> bool {
    match value {
        [a, b, b'D', rest @ ..] => {
            a.is_ascii_digit() && b.is_ascii_digit() && rest.len() == 7 && rest.iter().all(u8::is_ascii_alphanumeric)
        }
        _ => false,
    }
}
