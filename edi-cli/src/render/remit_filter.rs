//! Which remittances and claims are shown.

use super::remit_header::RemittanceView;
use chrono::NaiveDate;
use edi_835::denial::{Meaning, classify};
use edi_835::model::{ClaimPayment, Details};
use edi_core::Money;
use std::str::FromStr;

/// Filters: a claim must pass all that are given.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Filters")]
pub struct Filter {
    /// Claims whose patient's name or id holds this
    #[arg(long, value_name = "TEXT")]
    patient: Option<String>,
    /// Claims with this number: ours (CLP01) or the payer's (CLP07)
    #[arg(long, value_name = "NUMBER")]
    claim: Option<String>,
    /// Remittances whose payer's name or identifier holds this
    #[arg(long, value_name = "TEXT")]
    payer: Option<String>,
    /// Claims with a denied amount
    #[arg(long)]
    denied: bool,
    /// Claims with this remark code (RARC), at claim or line
    #[arg(long, value_name = "CODE")]
    remark: Option<String>,
    /// Claims with a service in these days: 2026-01-05 or 2026-01-01..2026-01-31
    #[arg(long, value_name = "DAYS", value_parser = range::<NaiveDate>)]
    date: Option<Range<NaiveDate>>,
    /// Claims that charge or pay this: 125.00 or 100..200
    #[arg(long, value_name = "AMOUNT", value_parser = range::<Money>)]
    amount: Option<Range<Money>>,
}

/// A first and a last value, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range<T> {
    from: T,
    to: T,
}

impl<T: PartialOrd> Range<T> {
    fn holds(&self, value: &T) -> bool {
        *value >= self.from && *value <= self.to
    }
}

fn range<T: FromStr + Clone>(text: &str) -> Result<Range<T>, String> {
    let value = |text: &str| text.trim().parse::<T>().map_err(|_| format!("{text:?} is not understood"));
    match text.split_once("..") {
        Some((from, to)) => Ok(Range { from: value(from)?, to: value(to)? }),
        None => value(text).map(|value| Range { from: value.clone(), to: value }),
    }
}

impl Filter {
    /// Whether a filter looks at claims.
    pub fn is_of_claims(&self) -> bool {
        let Self { patient, claim, payer: _, denied, remark, date, amount } = self;
        patient.is_some() || claim.is_some() || *denied || remark.is_some() || date.is_some() || amount.is_some()
    }

    /// Whether a remittance is shown.
    pub fn takes_remittance(&self, view: &RemittanceView) -> bool {
        let Some(payer) = &self.payer else { return true };
        let ids = view.payer.references.iter().map(|r| &r.value).chain([&view.payer.id, &view.originator]);
        holds(&view.payer.name, payer) || ids.into_iter().any(|id| holds(id, payer))
    }

    /// Whether a claim is shown.
    pub fn takes_claim(&self, claim: &ClaimPayment) -> bool {
        let loops = || std::iter::once(&claim.details).chain(claim.lines.iter().map(|line| &line.details));
        let patient = |wanted: &str| {
            let people = claim.details.names().filter(|n| matches!(n.entity.as_str(), "QC" | "IL" | "74"));
            people.into_iter().any(|n| {
                let name = [n.last.as_str(), n.first.as_str()].join(", ");
                holds(&name, wanted) || holds(&n.id, wanted)
            })
        };
        let is_claim = |wanted: &str| {
            [&claim.clp.key, &claim.clp.payer_claim_number].iter().any(|n| n.eq_ignore_ascii_case(wanted))
        };
        let remark = |wanted: &str| loops().any(|d| d.remarks().any(|code| code.eq_ignore_ascii_case(wanted)));
        let date = |days: &Range<NaiveDate>| {
            let periods = claim.lines.iter().filter_map(|line| line.service()).chain(claim.service());
            periods.into_iter().any(|p| p.from <= days.to && p.to >= days.from)
        };
        let amount = |wanted: &Range<Money>| {
            let of_lines = claim.lines.iter().flat_map(|line| [line.charge(), line.paid()]);
            of_lines.chain([claim.charge(), claim.paid()]).any(|amount| wanted.holds(&amount))
        };
        self.patient.as_deref().is_none_or(patient)
            && self.claim.as_deref().is_none_or(is_claim)
            && (!self.denied || loops().any(has_denial))
            && self.remark.as_deref().is_none_or(remark)
            && self.date.as_ref().is_none_or(date)
            && self.amount.as_ref().is_none_or(amount)
    }
}

fn has_denial(details: &Details) -> bool {
    details.triplets().any(|(group, entry)| {
        let meaning = classify(&group.as_str().into(), &entry.reason).and_then(|class| class.meaning());
        meaning == Some(Meaning::Denial) && !entry.amount.or_zero().is_zero()
    })
}

/// Whether a text holds another, whatever their case.
fn holds(text: &str, wanted: &str) -> bool {
    text.to_lowercase().contains(&wanted.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_one_value_or_two() {
        let days = range::<NaiveDate>("2026-01-01..2026-01-31").unwrap();
        assert!(days.holds(&"2026-01-31".parse().unwrap()) && !days.holds(&"2026-02-01".parse().unwrap()));
        let amount = range::<Money>("125.5").unwrap();
        assert!(amount.holds(&"125.50".parse().unwrap()) && !amount.holds(&"125.51".parse().unwrap()));
        assert!(range::<Money>("1..x").is_err() && range::<Money>("").is_err());
    }
}
