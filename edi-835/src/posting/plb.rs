//! Provider-level adjustments (rules P1 to P5): to which account each goes, and which open item it takes.

use super::amounts::cents;
use super::coordination::money;
use super::planned::Consent;
use super::reason::{Cause, Reason};
use crate::ledger::{Account, Error, OpenItem, Result, Store, Writing};
use crate::model::{Plb, PlbEntry, Totals};
use edi_core::Text;
use edi_core::codes::CodeSet;
use serde::{Deserialize, Serialize};

/// A provider-level adjustment that is to be planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlbInput {
    /// Ordinal among those of its remittance, from 1.
    pub ordinal: u64,
    /// PLB01.
    pub provider: Text,
    /// PLB03-1.
    pub code: Text,
    /// PLB03-2.
    pub reference: Text,
    /// PLB04 in cents: positive lowers the payment.
    pub amount: i64,
    /// Identifiers of the payer, for a hold that waits for it to be mapped.
    pub payer_ids: Vec<Text>,
    /// Payee.
    pub payee: i64,
    /// Our claim that the reference names, as the ledger knows it when it is planned.
    #[serde(skip)]
    pub claim: Option<i64>,
}

/// What is done with a provider-level adjustment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlbDecision {
    /// It posts to this account by this rule, and takes these amounts of open items.
    Post {
        /// Account.
        account: Account,
        /// Rule.
        rule: &'static str,
        /// Row keys of open items, and how much of each.
        takes: Vec<(i64, i64)>,
    },
    /// It is held.
    Hold(Vec<Reason>),
}

/// Plans a provider-level adjustment against what the ledger has open with its payer and payee.
pub(super) fn decide<S: Store>(
    writing: &mut Writing<'_, S>,
    item: &mut PlbInput,
    payer: Option<i64>,
    consent: Consent,
) -> Result<PlbDecision> {
    let mut open = Vec::new();
    if let Some(payer) = payer {
        open = writing.open_items(payer, item.payee)?;
        item.claim = writing.claim_of_reference(payer, &item.reference)?;
        for other in open.iter_mut().filter(|_| item.claim.is_some()) {
            other.claim = writing.claim_of_reference(payer, &other.reference)?;
        }
    }
    Ok(plan_plb(item, payer, &open, consent))
}

/// Plans a provider-level adjustment against the open items of its payer and payee.
#[must_use]
pub fn plan_plb(item: &PlbInput, payer: Option<i64>, open: &[OpenItem], consent: Consent) -> PlbDecision {
    if payer.is_none() {
        let ids: Vec<&str> = item.payer_ids.iter().map(|id| id.as_str()).collect();
        let words = format!("no payer of ours has the identifier {}", ids.join(", "));
        return PlbDecision::Hold(vec![Reason::new("M1", Cause::PayerNotMapped, words)]);
    }
    let other = || PlbDecision::Post {
        account: Account::ProviderLevel,
        rule: "P4",
        takes: opposite(item, Account::ProviderLevel, open),
    };
    match item.code.as_str() {
        "L6" => PlbDecision::Post { account: Account::Interest, rule: "P1", takes: Vec::new() },
        "FB" => recover(item, Account::ForwardBalance, "P2", open, consent),
        "WO" | "72" => recover(item, Account::Overpayment, "P3", open, consent),
        "IR" | "E3" => PlbDecision::Post { account: Account::Withholding, rule: "P4", takes: Vec::new() },
        "B2" => rebate(item, open).unwrap_or_else(other),
        code if CodeSet::ProviderAdjustment.lookup(code).is_some() || consent != Consent::None => other(),
        code => {
            let words = format!("PLB code {code} of {} is in no list: ask the payer what it means", money(item.amount));
            PlbDecision::Hold(vec![Reason::new("P4", Cause::UnknownProviderCode, words)])
        }
    }
}

impl PlbInput {
    /// Those of a remittance; a zero is left out, which the proof has noted (B3).
    pub(super) fn all<'t>(
        totals: &'t Totals,
        payer_ids: &'t [Text],
        payee: i64,
    ) -> impl Iterator<Item = Result<Self>> + 't {
        let item = move |((plb, entry), ordinal): ((&Plb, &PlbEntry), u64)| {
            Ok(Self {
                ordinal,
                provider: plb.provider.clone(),
                code: entry.reason.clone(),
                reference: entry.reference.clone(),
                amount: cents(entry.amount.or_zero()).ok_or(Error::Damaged("a PLB amount"))?,
                payer_ids: payer_ids.to_vec(),
                payee,
                claim: None,
            })
        };
        let all = totals.provider_adjustments().zip(1u64..).map(item);
        all.filter(|item| item.as_ref().map_or(true, |item| item.amount != 0))
    }

    /// Whether it names an open item: by its reference, by the remittance that it came in, or by the same claim.
    fn names(&self, open: &OpenItem) -> bool {
        let said = !self.reference.is_empty() && [&open.reference, &open.trace].contains(&&self.reference);
        said || (self.claim.is_some() && self.claim == open.claim)
    }

    /// Whether it may take an open item: overpayments are one account for each payer and payee, and what carried a
    /// balance forward is named.
    fn may_take(&self, open: &OpenItem) -> bool {
        let meant = match self.code.as_str() {
            "72" if self.amount < 0 => open.id < 0, // what we sent is what has come
            _ if self.amount < 0 => open.id > 0 && self.names(open),
            "FB" => self.reference.is_empty() || self.names(open), // the remittance that carried the debt
            _ => true,
        };
        meant && open.left.signum() == self.amount.signum()
    }
}

/// P2, P3: a negative amount opens an item; a positive one takes open items, those that it names first.
fn recover(item: &PlbInput, account: Account, rule: &'static str, open: &[OpenItem], consent: Consent) -> PlbDecision {
    let mut candidates: Vec<&OpenItem> = open.iter().filter(|o| o.account == account && item.may_take(o)).collect();
    candidates.sort_by_key(|o| (!item.names(o), o.left != item.amount, o.id.abs()));
    let owed: i64 = candidates.iter().map(|o| o.left).sum();
    if owed < item.amount && item.amount > 0 && consent == Consent::None {
        let words = format!(
            "{} {} takes {} back, and the open items that it may mean come to {}: waits for the one that opens it",
            item.code,
            item.reference,
            money(item.amount),
            money(owed)
        );
        return PlbDecision::Hold(vec![Reason::new(rule, Cause::NoOpenItem, words)]);
    }
    let mut wanted = item.amount.abs();
    let take = |o: &OpenItem| {
        let taken = o.left.abs().min(wanted);
        wanted -= taken;
        (o.id, taken * item.amount.signum())
    };
    let takes = candidates.into_iter().map(take).filter(|(_, taken)| *taken != 0).collect();
    PlbDecision::Post { account, rule, takes }
}

/// P3: a rebate may close a balance that was carried forward: the one that it names, to the cent.
fn rebate(item: &PlbInput, open: &[OpenItem]) -> Option<PlbDecision> {
    let closes = |o: &&OpenItem| {
        o.account == Account::ForwardBalance && item.names(o) && o.left == item.amount && item.amount > 0
    };
    let closed = open.iter().find(closes)?;
    Some(PlbDecision::Post { account: closed.account, rule: "P3", takes: vec![(closed.id, item.amount)] })
}

/// P4: an open item of the same code and reference, and the opposite amount.
fn opposite(item: &PlbInput, account: Account, open: &[OpenItem]) -> Vec<(i64, i64)> {
    let same = |o: &&OpenItem| {
        o.account == account && o.code == item.code && o.reference == item.reference && o.left == item.amount
    };
    open.iter().find(same).map(|o| (o.id, item.amount)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn item(code: &str, reference: &str, amount: i64) -> PlbInput {
        let (code, reference) = (code.into(), reference.into());
        PlbInput {
            ordinal: 1,
            provider: "".into(),
            code,
            reference,
            amount,
            payer_ids: Vec::new(),
            payee: 1,
            claim: None,
        }
    }

    fn open(id: i64, account: Account, reference: &str, left: i64) -> OpenItem {
        let trace = format!("T{id}").into();
        OpenItem { id, account, code: "".into(), reference: reference.into(), trace, claim: None, left }
    }

    fn plan(item: &PlbInput, payer: Option<i64>, open: &[OpenItem]) -> PlbDecision {
        plan_plb(item, payer, open, Consent::None)
    }

    fn takes(decision: PlbDecision) -> Vec<(i64, i64)> {
        if let PlbDecision::Post { takes, .. } = decision { takes } else { panic!("{decision:?}") }
    }

    #[test]
    fn p2_a_negative_balance_is_carried_and_a_positive_one_wants_an_open_item() {
        assert_eq!(takes(plan(&item("FB", "T1", -200), Some(1), &[])), []);
        let forward = [open(1, Account::ForwardBalance, "T1", 200)];
        assert_eq!(takes(plan(&item("FB", "T1", 200), Some(1), &forward)), [(1, 200)]);
        assert_eq!(takes(plan(&item("FB", "T1", 150), Some(1), &forward)), [(1, 150)]);
        for (amount, items) in [(201, &forward[..]), (1, &[])] {
            let PlbDecision::Hold(reasons) = plan(&item("FB", "T1", amount), Some(1), items) else { panic!() };
            assert_eq!((reasons[0].cause, &*reasons[0].rule), (Cause::NoOpenItem, "P2"));
        }
    }

    #[test]
    fn p3_a_recovery_takes_the_item_that_it_names_first() {
        let items = [open(1, Account::Overpayment, "A", 50), open(2, Account::Overpayment, "B", 80)];
        assert_eq!(takes(plan(&item("WO", "B", 100), Some(1), &items)), [(2, 80), (1, 20)]);
        assert_eq!(takes(plan(&item("WO", "T1", 50), Some(1), &items)), [(1, 50)]);
        assert_eq!(takes(plan(&item("WO", "?", 80), Some(1), &items)), [(2, 80)]);
        let forward = [open(1, Account::ForwardBalance, "A", 50)];
        assert!(matches!(plan(&item("WO", "A", 50), Some(1), &forward), PlbDecision::Hold(_)));
    }

    #[test]
    fn p3_a_rebate_may_close_a_forward_balance() {
        let forward = [open(1, Account::ForwardBalance, "A", 50)];
        let closing = PlbDecision::Post { account: Account::ForwardBalance, rule: "P3", takes: vec![(1, 50)] };
        assert_eq!(plan(&item("B2", "A", 50), Some(1), &forward), closing);
        let other = PlbDecision::Post { account: Account::ProviderLevel, rule: "P4", takes: Vec::new() };
        assert_eq!(plan(&item("B2", "A", 49), Some(1), &forward), other);
    }

    #[test]
    fn p4_codes_of_the_list_post_and_others_are_held() {
        for code in ["CS", "J1", "90", "AP", "IS", "LE"] {
            let post = PlbDecision::Post { account: Account::ProviderLevel, rule: "P4", takes: Vec::new() };
            assert_eq!(plan(&item(code, "", 5), Some(1), &[]), post, "{code}");
        }
        let PlbDecision::Post { account, .. } = plan(&item("IR", "", 5), Some(1), &[]) else { panic!() };
        assert_eq!(account, Account::Withholding);
        let PlbDecision::Hold(reasons) = plan(&item("ZZ", "", 5), Some(1), &[]) else { panic!() };
        assert_eq!(reasons[0].cause, Cause::UnknownProviderCode);
        let PlbDecision::Hold(reasons) = plan(&item("CS", "", 5), None, &[]) else { panic!() };
        assert_eq!(reasons[0].cause, Cause::PayerNotMapped);
    }
}
