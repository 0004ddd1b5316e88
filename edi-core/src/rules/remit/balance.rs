//! SNIP type 3: line (B1), claim (B2), remittance (B3), and what lies beside them.

use super::Payment;
use crate::Money;
use crate::rules::found::Found;
use crate::rules::kept::{Part, Placed, adjusted};

/// Rules of one claim. An amount that is no number is the guide's finding: no sum is made of it.
pub(super) fn check(payment: &Payment<'_>, found: &mut Found) {
    let clp = payment.clp;
    let (Some(charge), Some(paid)) = (clp.amount(3), clp.amount(4)) else { return };
    let Some(own) = adjusted(payment.own.all("2100", "CAS")) else { return };
    let (mut off, mut line_paid, mut sound) = (own, Money::ZERO, true);
    for (svc, part) in payment.services() {
        let (Some(billed), Some(line)) = (svc.amount(2), svc.amount(3)) else { return };
        let Some(line_off) = adjusted(part.all("2110", "CAS")) else { return };
        if billed - line_off != line {
            sound = false;
            found.at("835-B1", svc, 3, (billed - line_off).to_string());
        }
        off += line_off;
        line_paid += line;
    }
    if charge - off != paid {
        found.at("835-B2", clp, 4, (charge - off).to_string());
    } else if sound && !payment.services.is_empty() && line_paid - own != paid {
        found.at("835-B2-LINES", clp, 4, (line_paid - own).to_string());
    }
    check_patient(payment, found);
}

/// B4: CLP05 is the sum of the PR adjustments.
fn check_patient(payment: &Payment<'_>, found: &mut Found) {
    if payment.is_reversal() {
        return;
    }
    let patient = |part: Part<'_>| adjusted(part.of_id("CAS").filter(|cas| cas.is(1, "PR")));
    let sum = patient(payment.own).zip(patient(payment.services)).map(|(own, lines)| own + lines);
    if let (Some(sum), Some(stated)) = (sum, payment.clp.amount(5))
        && sum != stated
    {
        found.at("835-B4", payment.clp, 5, sum.to_string());
    }
}

/// What a remittance adds up to; none once an amount was no number.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Totals {
    paid: Option<Money>,
    adjusted: Option<Money>,
    /// The claims' AMT*I.
    interest: Option<Money>,
    /// The provider adjustments L6.
    interest_adjusted: Option<Money>,
    /// Claims and their charge under the LX that is open.
    summary: (u64, Option<Money>),
}

impl Default for Totals {
    fn default() -> Self {
        let zero = Some(Money::ZERO);
        Self { paid: zero, adjusted: zero, interest: zero, interest_adjusted: zero, summary: (0, zero) }
    }
}

fn plus(sum: Option<Money>, amount: Option<Money>) -> Option<Money> {
    sum.zip(amount).map(|(sum, amount)| sum + amount)
}

impl Totals {
    pub(super) fn add(&mut self, payment: &Payment<'_>) {
        self.paid = plus(self.paid, payment.clp.amount(4));
        if let Some(interest) = payment.own.with("2100", "AMT", "I") {
            self.interest = plus(self.interest, interest.amount(2));
        }
        self.summary = (self.summary.0 + 1, plus(self.summary.1, payment.clp.amount(3)));
    }

    /// A claim could not be read: nothing adds up any more.
    pub(in crate::rules) fn lose(&mut self) {
        *self = Self {
            paid: None,
            adjusted: None,
            interest: None,
            interest_adjusted: None,
            summary: (self.summary.0 + 1, None),
        };
    }

    /// Adds the adjustments of a PLB.
    pub(in crate::rules) fn adjust(&mut self, plb: Placed<'_>, found: &mut Found) {
        for n in (3..=13).step_by(2).filter(|n| plb.has(*n) || plb.has(n + 1)) {
            let amount = plb.amount(n + 1);
            self.adjusted = plus(self.adjusted, amount);
            if plb.part(n, 1) == b"L6" {
                self.interest_adjusted = plus(self.interest_adjusted, amount);
            }
            if amount.is_some_and(Money::is_zero) {
                found.at("835-PLB-ZERO", plb, n + 1, "another amount than zero");
            }
        }
    }

    /// Ends a loop 2000: compares its TS3 with the claims under it.
    pub(in crate::rules) fn end_summary(&mut self, ts3: Option<Placed<'_>>, found: &mut Found) {
        let (claims, charge) = std::mem::replace(&mut self.summary, (0, Some(Money::ZERO)));
        let Some(ts3) = ts3 else { return };
        if ts3.amount(4).is_some_and(|count| count != Money::from(rust_decimal::Decimal::from(claims))) {
            found.at("835-TS3", ts3, 4, claims.to_string());
        }
        if let (Some(charge), Some(stated)) = (charge, ts3.amount(5))
            && charge != stated
        {
            found.at("835-TS3", ts3, 5, charge.to_string());
        }
    }

    /// Ends the remittance: B3, and the interest.
    pub(in crate::rules) fn end(&self, header: Part<'_>, found: &mut Found) {
        let Some(bpr) = header.first("", "BPR") else { return };
        if let (Some(paid), Some(adjusted), Some(stated)) = (self.paid, self.adjusted, bpr.amount(2))
            && paid - adjusted != stated
        {
            found.at("835-B3", bpr, 2, format!("{}: {paid} of claims less {adjusted} of adjustments", paid - adjusted));
        }
        if let (Some(interest), Some(given)) = (self.interest, self.interest_adjusted)
            && -interest != given
        {
            found.at("835-INTEREST", bpr, 0, format!("L6 of {}, not {given}", -interest));
        }
    }
}
