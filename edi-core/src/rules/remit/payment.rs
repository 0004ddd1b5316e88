//! SNIP type 4: the payment and the provider adjustments.

use crate::Money;
use crate::rules::found::Found;
use crate::rules::kept::{Part, Placed};

/// Rules of BPR and TRN, looked at once.
pub(in crate::rules) fn check_header(header: Part<'_>, found: &mut Found) {
    let Some(bpr) = header.first("", "BPR") else { return };
    let amount = bpr.amount(2).unwrap_or_default();
    let non = bpr.is(4, "NON");
    if amount.is_negative() {
        found.at("835-PAYMENT-NEGATIVE", bpr, 2, "zero or more");
    }
    if non && !amount.is_zero() {
        found.at("835-PAYMENT-NON", bpr, 2, "0");
    }
    if !non && bpr.has(2) && amount.is_zero() {
        found.at("835-PAYMENT-ZERO", bpr, 4, "NON");
    }
    if bpr.is(4, "ACH") && !(6..=9).chain(12..=15).all(|n| bpr.has(n)) {
        found.at("835-PAYMENT-ACCOUNTS", bpr, 0, "BPR06 to BPR09, BPR12 to BPR15");
    }
    let Some(trn) = header.first("", "TRN").filter(|trn| trn.has(3)) else { return };
    if bpr.has(10) && bpr.at(10) != trn.at(3) {
        found.at("835-TRACE-COMPANY", trn, 3, "the number of BPR10");
    }
    let is_payer = |number: &[u8]| number.len() == 10 && number[0] == b'1' && number.iter().all(u8::is_ascii_digit);
    if !is_payer(trn.at(3)) {
        found.at("835-TRACE-PAYER", trn, 3, "1 and nine digits");
    }
}

/// Rules of a PLB.
pub(in crate::rules) fn check_adjustment(plb: Placed<'_>, header: Part<'_>, found: &mut Found) {
    let paid = header.first("", "BPR").and_then(|bpr| bpr.amount(2)).unwrap_or_default();
    let trace = header.first("", "TRN").map_or(&[][..], |trn| trn.at(2));
    for n in (3..=13).step_by(2) {
        let (code, reference) = (plb.part(n, 1), plb.part(n, 2));
        if matches!(code, b"FB" | b"WO" | b"72") && reference.is_empty() {
            found.at_part("835-PLB-REFERENCE", plb, (n, 2), "a trace or claim number");
        }
        let forwards = code == b"FB" && plb.amount(n + 1).is_some_and(Money::is_negative);
        if forwards && !reference.is_empty() && reference != trace {
            found.at_part("835-FORWARD-TRACE", plb, (n, 2), "the number of TRN02");
        }
        if forwards && !paid.is_zero() {
            found.at("835-FORWARD-PAID", plb, n + 1, "a payment of zero");
        }
    }
}
