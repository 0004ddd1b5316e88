//! SNIP type 4: service lines.

use super::{Claim, Line, body};
use crate::rules::found::Found;
use crate::value::{Quantity, WireValue};

/// How many lines are compared with one another; the guide allows 50.
const COMPARED: usize = 100;

/// Rules between the lines.
pub(super) fn check_all(claim: &Claim<'_>, found: &mut Found) {
    for (lx, ordinal) in claim.lines.all("2400", "LX").zip(1u32..) {
        let number = std::str::from_utf8(lx.at(1)).ok().and_then(|text| text.parse().ok());
        if number != Some(ordinal) {
            found.at("837-LX", lx, 1, ordinal.to_string());
        }
    }
    let controls = || claim.lines.all("2400", "REF").filter(|it| it.is(1, "6R") && it.has(2)).take(COMPARED);
    for (control, i) in controls().zip(0..) {
        if controls().take(i).any(|earlier| earlier.at(2) == control.at(2)) {
            found.at("837-LINE-CONTROL-TWICE", control, 2, "a number not used before");
        }
    }
}

/// Rules of one line.
pub(super) fn check(claim: &Claim<'_>, line: &Line<'_>, found: &mut Found) {
    let sv1 = line.sv1;
    if sv1.at(2).starts_with(b"-") {
        found.at("837-NEGATIVE", sv1, 2, "zero or more");
    }
    if Quantity::read(sv1.at(4)).is_some_and(Quantity::is_zero) {
        found.at("837-UNITS", sv1, 4, "more than zero");
    }
    if sv1.is(11, "Y") && claim.own.with("2300", "CRC", "ZZ").is_none() {
        found.missing("837-EPSDT", sv1, "CRC*ZZ");
    }
    pointers(claim, line, found);
    let modifiers = line.modifiers();
    let mut seen = [&[][..]; 4];
    for ((component, modifier), i) in modifiers.zip(0..) {
        if seen[..i].contains(&modifier) {
            found.at_part("837-MODIFIER-TWICE", sv1, (1, component), "each modifier once");
        }
        seen[i] = modifier;
    }
    if let Some(ps1) = line.part.first("2400", "PS1").filter(|_| line.part.first("2420B", "NM1").is_none()) {
        found.missing("837-PURCHASED", ps1, "NM1 of loop 2420B");
    }
}

fn pointers(claim: &Claim<'_>, line: &Line<'_>, found: &mut Found) {
    let Some(count) = body::diagnosis_count(claim) else { return };
    let mut seen = [0; 4];
    for ((component, n), i) in line.sv1.element(7).components().zip(1..).take(4).zip(0..) {
        let pointer = std::str::from_utf8(component.bytes()).ok().and_then(|text| text.parse::<usize>().ok());
        let Some(pointer) = pointer else { continue };
        if pointer == 0 || pointer > count {
            found.at_part("837-POINTER", line.sv1, (7, n), format!("1 to {count}"));
        } else if seen[..i].contains(&pointer) {
            found.at_part("837-POINTER-TWICE", line.sv1, (7, n), "each diagnosis once");
        }
        seen[i] = pointer;
    }
}
