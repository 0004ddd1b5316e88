//! SNIP type 4: the claim's other payers, and what they did.

use super::{Claim, Line, Other};
use crate::rules::found::Found;
use crate::rules::kept::Placed;

/// How many other payers are compared with one another; the guide allows ten.
const COMPARED: usize = 20;

pub(super) fn check(claim: &Claim<'_>, found: &mut Found) {
    let own = claim.subscriber.first("2000B", "SBR").map_or(&[][..], |sbr| sbr.at(1));
    for (other, i) in claim.others().take(COMPARED).zip(0..) {
        let place = other.sbr.at(1);
        let earlier = || claim.others().take(i);
        if place != b"U" && !place.is_empty() && (place == own || earlier().any(|it| it.sbr.at(1) == place)) {
            found.at("837-SEQUENCE-TWICE", other.sbr, 1, "a place of its own");
        }
        if let Some(payer) = other.payer
            && earlier().filter_map(|it| it.payer).any(|it| it.at(9) == payer.at(9))
        {
            found.at("837-OTHER-PAYER-TWICE", payer, 9, "an identifier of its own");
        }
        paid(claim, &other, found);
        check_cas(other.part.all("2320", "CAS"), found);
    }
}

/// What an adjudicating payer must tell.
fn paid(claim: &Claim<'_>, other: &Other<'_>, found: &mut Found) {
    let payer = other.payer.map_or(&[][..], |payer| payer.at(9));
    let answers = || claim.lines.all("2430", "SVD").filter(|svd| svd.at(1) == payer);
    let amount = other.part.with("2320", "AMT", "D");
    if amount.is_none() && answers().next().is_some() {
        found.missing("837-COB-AMOUNT", other.sbr, "AMT*D");
    }
    if let Some(amount) = amount
        && other.part.with("2330B", "DTP", "573").is_none()
        && answers().next().is_none()
    {
        found.missing("837-COB-DATE", amount, "DTP*573");
    }
}

/// Rules of what payers did to a line.
pub(super) fn check_line(claim: &Claim<'_>, line: &Line<'_>, found: &mut Found) {
    for answer in line.part.each("2430", "SVD") {
        if let Some(svd) = answer.first("2430", "SVD")
            && !claim.others().filter_map(|other| other.payer).any(|payer| payer.at(9) == svd.at(1))
        {
            found.at("837-SVD-PAYER", svd, 1, "an identifier of loop 2330B");
        }
        check_cas(answer.all("2430", "CAS"), found);
    }
}

/// Zero adjustments, and groups that stand twice though the first segment has room.
fn check_cas<'a>(segments: impl Iterator<Item = Placed<'a>>, found: &mut Found) {
    let mut roomy: [&[u8]; 5] = [&[]; 5];
    for (cas, i) in segments.zip(0..5) {
        for (n, _) in cas.reasons() {
            if cas.is_zero(n + 1) {
                found.at("837-CAS-ZERO", cas, n + 1, "another amount than zero");
            }
        }
        if roomy[..i].contains(&cas.at(1)) {
            found.at("837-CAS-TWICE", cas, 1, "one segment a group");
        }
        if !cas.has(17) {
            roomy[i] = cas.at(1);
        }
    }
}
