//! An answer's money in whole cents, and the spreading of claim-level adjustments.

use super::reason::{Cause, Reason};
use crate::ledger::AnsweredAdjustment;
use edi_core::account::{Adjudication, Adjustment};
use edi_core::{Money, Text};

/// The largest amount that is posted without a person: a billion dollars. Sums of such amounts stay far inside
/// what a database holds.
const LARGEST: i64 = 100_000_000_000;

/// An adjustment in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// CAS01.
    pub group: Text,
    /// CARC.
    pub reason: Text,
    /// Positive lowers the payment.
    pub amount: i64,
}

/// A line's money in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineAmounts {
    /// SVC02.
    pub charge: i64,
    /// SVC03.
    pub paid: i64,
    /// CAS of the line.
    pub cuts: Vec<Cut>,
}

/// An answer's money in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amounts {
    /// CLP03.
    pub charge: i64,
    /// CLP04.
    pub paid: i64,
    /// AMT*I.
    pub interest: i64,
    /// CAS of the claim.
    pub cuts: Vec<Cut>,
    /// Lines in order.
    pub lines: Vec<LineAmounts>,
}

/// An amount in cents; none where it has a fraction of a cent or is out of range.
#[must_use]
pub fn cents(amount: Money) -> Option<i64> {
    amount.cents().filter(|cents| cents.unsigned_abs() <= LARGEST.unsigned_abs())
}

impl Amounts {
    /// The amounts of an answer.
    ///
    /// # Errors
    /// Where one has more than two decimals or is out of range: it is held, never rounded.
    pub fn of(answer: &Adjudication) -> Result<Self, Reason> {
        let exact = |amount: Money, element: &str| {
            cents(amount).ok_or_else(|| {
                let words = format!("{element} is {amount}: it has a fraction of a cent or is out of range");
                Reason::new("B5", Cause::AmountUnusable, words)
            })
        };
        let cut = |adjustment: &Adjustment| {
            let Adjustment { group, reason, amount, .. } = adjustment;
            Ok(Cut { group: group.clone(), reason: reason.clone(), amount: exact(*amount, "a CAS amount")? })
        };
        let cuts = |all: &[Adjustment]| all.iter().map(cut).collect::<Result<Vec<Cut>, Reason>>();
        let line = |line: &edi_core::account::AdjudicatedLine| {
            let (charge, paid) = (exact(line.charge, "SVC02")?, exact(line.paid, "SVC03")?);
            Ok(LineAmounts { charge, paid, cuts: cuts(&line.adjustments)? })
        };
        Ok(Self {
            charge: exact(answer.charge, "CLP03")?,
            paid: exact(answer.paid, "CLP04")?,
            interest: exact(answer.interest, "AMT02 of the interest")?,
            cuts: cuts(&answer.adjustments)?,
            lines: answer.lines.iter().map(line).collect::<Result<_, Reason>>()?,
        })
    }

    /// Every adjustment of an answer with the ordinal of its line, as the ledger keeps them.
    pub(super) fn answered(&self, answer: &Adjudication) -> Vec<AnsweredAdjustment> {
        let of_lines = answer.lines.iter().zip(&self.lines).flat_map(|(line, amounts)| {
            let ordinal = line.ordinal;
            amounts.cuts.iter().map(move |cut| (ordinal, cut))
        });
        let of_claim = self.cuts.iter().map(|cut| (0, cut));
        let adjustment = |(line, cut): (u32, &Cut)| AnsweredAdjustment {
            line,
            group: cut.group.clone(),
            reason: cut.reason.clone(),
            amount: cut.amount,
        };
        of_claim.chain(of_lines).map(adjustment).collect()
    }

    /// Every adjustment, of the claim and of its lines.
    pub fn all_cuts(&self) -> impl Iterator<Item = &Cut> {
        self.cuts.iter().chain(self.lines.iter().flat_map(|line| &line.cuts))
    }

    /// Sum of the adjustments of a group and reason.
    #[must_use]
    pub fn adjusted(&self, group: &str, reason: &str) -> i64 {
        self.all_cuts().filter(|cut| cut.group == group && cut.reason == reason).map(|cut| cut.amount).sum()
    }
}

/// Spreads an amount by weights; the parts sum to it to the cent, the largest remainders take what is left over.
/// Where there is no weight, the first part takes all.
#[must_use]
pub fn spread(amount: i64, weights: &[i64]) -> Vec<i64> {
    let total: u128 = weights.iter().map(|weight| u128::from(weight.unsigned_abs())).sum();
    if total == 0 {
        return weights.iter().enumerate().map(|(i, _)| if i == 0 { amount } else { 0 }).collect();
    }
    let whole = u128::from(amount.unsigned_abs());
    let scaled = |weight: &i64| whole * u128::from(weight.unsigned_abs());
    // A part is at most the amount, so that it fits.
    let mut parts: Vec<i64> = weights.iter().map(|w| i64::try_from(scaled(w) / total).unwrap_or(i64::MAX)).collect();
    let left = amount.unsigned_abs() - parts.iter().map(|part| part.unsigned_abs()).sum::<u64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(scaled(&weights[*i]) % total));
    for i in order.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        parts[i] += 1;
    }
    parts.into_iter().map(|part| if amount < 0 { -part } else { part }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    #[test]
    fn largest_remainders_keep_the_cents() {
        assert_eq!(spread(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(spread(-100, &[1, 1, 1]), [-34, -33, -33]);
        assert_eq!(spread(5, &[0, 300, 100]), [0, 4, 1]);
        assert_eq!(spread(7, &[0, 0]), [7, 0]);
        assert_eq!(spread(7, &[]), Vec::<i64>::new());
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_amount(amount in -10_000_000i64..10_000_000, weights in prop::collection::vec(-100_000i64..100_000, 1..9)) {
            let parts = spread(amount, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            prop_assert!(parts.iter().all(|part| part.signum() * amount.signum() >= 0));
        }
    }
}
