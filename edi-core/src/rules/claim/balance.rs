//! SNIP type 3: the claim with its lines, and with what other payers did.

use super::{Claim, Line, Other};
use crate::Money;
use crate::finding::Severity;
use crate::rules::found::Found;
use crate::rules::kept::adjusted;

/// An amount that is no number is the guide's finding: no sum is made of it.
pub(super) fn check(claim: &Claim<'_>, found: &mut Found) {
    let Some(charge) = claim.clm.amount(2) else { return };
    let sum = claim.lines().try_fold(Money::ZERO, |sum, line| Some(sum + line.sv1.amount(2)?));
    if let Some(sum) = sum.filter(|sum| *sum != charge) {
        found.at("837-CHARGE-SUM", claim.clm, 2, format!("{sum}, the sum of the lines"));
    }
    if let Some(paid) = claim.own.with("2300", "AMT", "F5")
        && paid.amount(2).is_some_and(|amount| amount > charge)
    {
        found.at("837-PATIENT-PAID", paid, 2, format!("at most {charge}"));
    }
    for other in claim.others() {
        check_claim(claim, &other, charge, found);
        if let Some(payer) = other.payer {
            claim.lines().for_each(|line| check_line(&line, payer.at(9), found));
        }
    }
}

/// Claim level: charge = AMT*D + CAS of the claim + CAS of the payer's lines.
fn check_claim(claim: &Claim<'_>, other: &Other<'_>, charge: Money, found: &mut Found) {
    let Some(paid) = other.part.with("2320", "AMT", "D") else { return };
    let payer = other.payer.map_or(&[][..], |payer| payer.at(9));
    let mut itemised = other.part.first("2320", "CAS").is_some();
    let mut sum = paid.amount(2).zip(adjusted(other.part.all("2320", "CAS"))).map(|(paid, off)| paid + off);
    for line in claim.lines() {
        for answer in line.part.each("2430", "SVD") {
            if answer.first("2430", "SVD").is_none_or(|svd| svd.at(1) != payer) {
                continue;
            }
            itemised = true;
            sum = sum.zip(adjusted(answer.all("2430", "CAS"))).map(|(sum, off)| sum + off);
        }
    }
    if let Some(sum) = sum.filter(|sum| *sum != charge) {
        // Without any adjustment we cannot tell a wrong amount from details that were left out.
        let severity = if itemised { Severity::Error } else { Severity::Warning };
        found.weighed("837-COB-CLAIM", severity, paid, (2, 0), format!("{charge} in all, not {sum}"));
    }
}

/// Line level: charge = SVD02 + CAS, over all answers of the payer. A line that was bundled into another has its
/// money there.
fn check_line(line: &Line<'_>, payer: &[u8], found: &mut Found) {
    let mut first = None;
    let mut sum = Some(Money::ZERO);
    for answer in line.part.each("2430", "SVD") {
        let Some(svd) = answer.first("2430", "SVD").filter(|svd| svd.at(1) == payer) else { continue };
        if svd.has(6) {
            return;
        }
        first = first.or(Some(svd));
        let answered = svd.amount(2).zip(adjusted(answer.all("2430", "CAS"))).map(|(paid, off)| paid + off);
        sum = sum.zip(answered).map(|(sum, more)| sum + more);
    }
    if let (Some(svd), Some(sum), Some(charge)) = (first, sum, line.sv1.amount(2))
        && sum != charge
    {
        found.at("837-COB-LINE", svd, 2, format!("{charge} in all, not {sum}"));
    }
}
