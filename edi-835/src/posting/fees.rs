//! The contract's fee schedule: what a payer should allow for a procedure, and whether it did.

use super::amounts::cents;
use super::portion::Portion;
use super::reason::{Cause, Reason};
use super::rules::Decision;
use crate::denial::Class;
use crate::ledger::BilledLine;
use chrono::NaiveDate;
use edi_core::value::Procedure;
use edi_core::{Money, Text};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::HashMap;
use std::io::Read;

/// What is done where a payer allowed another amount than the contract says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contract {
    /// How far a line may be off.
    pub tolerance: Money,
    /// Where less was allowed.
    pub under: Decision,
    /// Where more was allowed.
    pub over: Decision,
}

impl Default for Contract {
    fn default() -> Self {
        Self { tolerance: Money::ZERO, under: Decision::Task, over: Decision::Post }
    }
}

/// Allowed amounts by payer and procedure.
///
/// ```
/// let csv = "payer_id,procedure,modifiers,from,to,allowed\n12345,99213,,2026-01-01,,92.50\n12345,99213,25,2026-01-01,,80\n";
/// let fees = edi_835::posting::FeeSchedule::read(csv.as_bytes()).unwrap();
/// assert_eq!(fees.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeeSchedule {
    fees: HashMap<(Text, Text), Vec<Fee>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Fee {
    modifiers: Vec<Text>,
    from: NaiveDate,
    to: NaiveDate,
    /// Cents for one unit.
    allowed: i64,
}

/// A row of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    payer_id: Text,
    procedure: Text,
    #[serde(default)]
    modifiers: String,
    #[serde(default)]
    from: Option<NaiveDate>,
    #[serde(default)]
    to: Option<NaiveDate>,
    #[serde(deserialize_with = "whole_cents")]
    allowed: i64,
}

fn whole_cents<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    cents(Money::deserialize(deserializer)?).ok_or_else(|| serde::de::Error::custom("the amount is no whole cents"))
}

impl FeeSchedule {
    /// Reads a CSV with the columns `payer_id`, `procedure`, `modifiers` (with `:` between them), `from`, `to`
    /// (either may be empty) and `allowed`, for one unit.
    ///
    /// # Errors
    /// Where a row cannot be read, by its line; or an amount has a fraction of a cent.
    pub fn read(input: impl Read) -> Result<Self, csv::Error> {
        let mut fees: HashMap<(Text, Text), Vec<Fee>> = HashMap::new();
        for row in csv::Reader::from_reader(input).deserialize() {
            let row: Row = row?;
            let modifiers = row.modifiers.split(':').filter(|m| !m.is_empty()).map(Text::from).collect();
            let (from, to) = (row.from.unwrap_or(NaiveDate::MIN), row.to.unwrap_or(NaiveDate::MAX));
            fees.entry((row.payer_id, row.procedure)).or_default().push(Fee {
                modifiers,
                from,
                to,
                allowed: row.allowed,
            });
        }
        Ok(Self { fees })
    }

    /// How many fees there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fees.values().map(Vec::len).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fees.is_empty()
    }

    /// What a payer should allow for one unit, in cents: by the fee with the most of the line's modifiers.
    #[must_use]
    pub fn allowed(&self, payer: &str, procedure: &Procedure, day: NaiveDate) -> Option<i64> {
        let fees = self.fees.get(&(payer.into(), procedure.code.clone()))?;
        let fits = |fee: &&Fee| {
            fee.from <= day && day <= fee.to && fee.modifiers.iter().all(|m| procedure.modifiers.contains(m))
        };
        fees.iter().filter(fits).max_by_key(|fee| (fee.modifiers.len(), fee.from)).map(|fee| fee.allowed)
    }

    /// What a payer should allow for a line of ours, in cents.
    pub(super) fn expected(&self, payer: &str, line: &BilledLine) -> Option<i64> {
        let one = self.allowed(payer, &line.procedure, line.service?.from)?;
        let total = Money::from(Money::from_cents(one).decimal().saturating_mul(line.units.decimal()));
        cents(Money::from(total.decimal().round_dp(2)))
    }
}

/// A line on which a payer allowed another amount than its contract says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variance {
    /// Our line.
    pub line: i64,
    /// What is done about it.
    pub action: Decision,
    /// What is missing, in cents; negative where it is too much.
    pub missing: i64,
    /// In words.
    pub words: String,
}

/// Compares what was allowed (paid, patient's part, sequestration) with the contract, line by line. Lines with a
/// denial are not compared: they are work already.
pub(super) fn variances(
    fees: &FeeSchedule,
    contract: &Contract,
    payer: &str,
    portions: &[Portion],
    lines: &[BilledLine],
) -> Vec<Variance> {
    let tolerance = cents(contract.tolerance).unwrap_or_default();
    lines
        .iter()
        .filter_map(|line| {
            let expected = fees.expected(payer, line)?.min(line.charge);
            let of_line = || portions.iter().filter(|portion| portion.line == line.id);
            let parts = || of_line().flat_map(|portion| &portion.parts);
            if of_line().next().is_none() || parts().any(|part| part.class == Class::Denial && part.amount != 0) {
                return None;
            }
            let kept =
                |class| matches!(class, Class::Patient | Class::NextPayer | Class::Sequestration | Class::Withholding);
            let allowed: i64 = of_line().map(|portion| portion.payment).sum::<i64>()
                + parts().filter(|part| kept(part.class)).map(|part| part.amount).sum::<i64>();
            let missing = expected - allowed;
            let words = format!(
                "line {}: {} was allowed for {}, and the contract says {}",
                line.control,
                Money::from_cents(allowed),
                line.procedure,
                Money::from_cents(expected)
            );
            let action = if missing > 0 { contract.under } else { contract.over };
            (missing.abs() > tolerance).then_some(Variance { line: line.id, action, missing, words })
        })
        .collect()
}

/// The variances that hold a claim.
pub(super) fn holding(variances: &[Variance]) -> impl Iterator<Item = Reason> {
    let held = variances.iter().filter(|variance| variance.action == Decision::Hold);
    held.map(|variance| Reason::new("RULES", Cause::ContractDiffers, variance.words.clone()))
}
