//! Rules of a remittance: its payment, its claims, its provider adjustments.

mod balance;
mod claim;
mod codes;
mod payment;

pub(super) use balance::Totals;
pub(super) use payment::{check_adjustment, check_header};

use super::found::Found;
use super::kept::{Part, Placed};
use chrono::NaiveDate;

/// A claim payment with the header it stands under.
#[derive(Debug, Clone)]
pub(super) struct Payment<'a> {
    pub(super) clp: Placed<'a>,
    /// Loop 2100 without its services.
    pub(super) own: Part<'a>,
    /// The loops 2110, from the first on.
    pub(super) services: Part<'a>,
    /// Each service: its SVC and its loop 2110.
    each_service: Vec<(Placed<'a>, Part<'a>)>,
    /// BPR16, the day of payment.
    pub(super) paid_on: Option<NaiveDate>,
}

impl<'a> Payment<'a> {
    /// The claim of a part that begins with CLP.
    pub(super) fn of(header: Part<'a>, all: Part<'a>) -> Option<Self> {
        let clp = all.first("2100", "CLP")?;
        let own = all.before(["2110", "2110"]);
        let paid_on = header.first("", "BPR").and_then(|bpr| bpr.day(16));
        let services = all.behind(own);
        let each_service = services.each("2110", "SVC").filter_map(|part| Some((part.first("2110", "SVC")?, part)));
        Some(Self { clp, own, services, each_service: each_service.collect(), paid_on })
    }

    /// The services, each a part that begins with SVC.
    pub(super) fn services(&self) -> impl Iterator<Item = (Placed<'a>, Part<'a>)> + use<'a, '_> {
        self.each_service.iter().copied()
    }

    /// CLP02 is 22.
    pub(super) fn is_reversal(&self) -> bool {
        self.clp.is(2, "22")
    }
}

/// Runs every rule on a claim payment, and adds it to the totals.
pub(super) fn check(payment: &Payment<'_>, totals: &mut Totals, found: &mut Found) {
    balance::check(payment, found);
    totals.add(payment);
    claim::check(payment, found);
    codes::check(payment, found);
}
