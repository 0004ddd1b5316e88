//! Provider-level adjustments (rules P1 to P5): to which account each goes, and which open item it takes.

use super::coordination::money;
use super::reason::{Cause, Reason};
use crate::ledger::{Account, OpenItem};
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

/// Plans a provider-level adjustment against the open items of its payer and payee.
#[must_use]
pub fn plan_plb(item: &PlbInput, payer: Option<i64>, open: &[OpenItem]) -> PlbDecision {
    if payer.is_none() {
        let ids: Vec<&str> = item.payer_ids.iter().map(|id| id.as_str()).collect();
        let words = format!("no payer of ours has the identifier {}", ids.join(", "));
        return PlbDecision::Hold(vec![Reason::new("M1", Cause::PayerNotMapped, words)]);
    }
    match item.code.as_str() {
        "L6" => PlbDecision::Post { account: Account::Interest, rule: "P1", takes: Vec::new() },
        "FB" => recover(item, Account::ForwardBalance, "P2", open),
        "WO" | "72" => recover(item, Account::Overpayment, "P3", open),
        "IR" | "E3" => PlbDecision::Post { account: Account::Withholding, rule: "P4", takes: Vec::new() },
        "B2" => rebate(item, open),
        code if CodeSet::ProviderAdjustment.lookup(code).is_some() => PlbDecision::Post {
            account: Account::ProviderLevel,
            rule: "P4",
            takes: opposite(item, Account::ProviderLevel, open),
        },
        code => {
            let words = format!("PLB code {code} of {} is in no list: ask the payer what it means", money(item.amount));
            PlbDecision::Hold(vec![Reason::new("P4", Cause::UnknownProviderCode, words)])
        }
    }
}

/// P2, P3: a negative amount opens an item; a positive one takes open items, those that it names first.
fn recover(item: &PlbInput, account: Account, rule: &'static str, open: &[OpenItem]) -> PlbDecision {
    if item.amount <= 0 {
        return PlbDecision::Post { account, rule, takes: Vec::new() };
    }
    let mut candidates: Vec<&OpenItem> = open.iter().filter(|o| o.account == account && o.left > 0).collect();
    let named = |o: &OpenItem| !item.reference.is_empty() && [&o.reference, &o.trace].contains(&&item.reference);
    candidates.sort_by_key(|o| (!named(o), o.left != item.amount, o.id));
    let owed: i64 = candidates.iter().map(|o| o.left).sum();
    if owed < item.amount {
        let words = format!(
            "{} {} takes {} back, and the open items of this payer come to {}: waits for the one that opens it",
            item.code,
            item.reference,
            money(item.amount),
            money(owed)
        );
        return PlbDecision::Hold(vec![Reason::new(rule, Cause::NoOpenItem, words)]);
    }
    let mut wanted = item.amount;
    let take = |o: &OpenItem| {
        let taken = o.left.min(wanted);
        wanted -= taken;
        (o.id, taken)
    };
    let takes = candidates.into_iter().map(take).filter(|(_, taken)| *taken > 0).collect();
    PlbDecision::Post { account, rule, takes }
}

/// P3: a rebate may close a balance that was carried forward: the one that it names, to the cent.
fn rebate(item: &PlbInput, open: &[OpenItem]) -> PlbDecision {
    let closes = |o: &&OpenItem| {
        let named = [&o.reference, &o.trace].contains(&&item.reference);
        o.account == Account::ForwardBalance && named && o.left == item.amount && item.amount > 0
    };
    match open.iter().find(closes) {
        Some(o) => PlbDecision::Post { account: o.account, rule: "P3", takes: vec![(o.id, item.amount)] },
        None => PlbDecision::Post {
            account: Account::ProviderLevel,
            rule: "P4",
            takes: opposite(item, Account::ProviderLevel, open),
        },
    }
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
        PlbInput { ordinal: 1, provider: "".into(), code, reference, amount, payer_ids: Vec::new(), payee: 1 }
    }

    fn open(id: i64, account: Account, reference: &str, left: i64) -> OpenItem {
        OpenItem { id, account, code: "".into(), reference: reference.into(), trace: format!("T{id}").into(), left }
    }

    fn takes(decision: PlbDecision) -> Vec<(i64, i64)> {
        if let PlbDecision::Post { takes, .. } = decision { takes } else { panic!("{decision:?}") }
    }

    #[test]
    fn p2_a_negative_balance_is_carried_and_a_positive_one_wants_an_open_item() {
        assert_eq!(takes(plan_plb(&item("FB", "T1", -200), Some(1), &[])), []);
        let forward = [open(1, Account::ForwardBalance, "T1", 200)];
        assert_eq!(takes(plan_plb(&item("FB", "T1", 200), Some(1), &forward)), [(1, 200)]);
        assert_eq!(takes(plan_plb(&item("FB", "T1", 150), Some(1), &forward)), [(1, 150)]);
        for (amount, items) in [(201, &forward[..]), (1, &[])] {
            let PlbDecision::Hold(reasons) = plan_plb(&item("FB", "T1", amount), Some(1), items) else { panic!() };
            assert_eq!((reasons[0].cause, &*reasons[0].rule), (Cause::NoOpenItem, "P2"));
        }
    }

    #[test]
    fn p3_a_recovery_takes_the_item_that_it_names_first() {
        let items = [open(1, Account::Overpayment, "A", 50), open(2, Account::Overpayment, "B", 80)];
        assert_eq!(takes(plan_plb(&item("WO", "B", 100), Some(1), &items)), [(2, 80), (1, 20)]);
        assert_eq!(takes(plan_plb(&item("WO", "T1", 50), Some(1), &items)), [(1, 50)]);
        assert_eq!(takes(plan_plb(&item("WO", "?", 80), Some(1), &items)), [(2, 80)]);
        let forward = [open(1, Account::ForwardBalance, "A", 50)];
        assert!(matches!(plan_plb(&item("WO", "A", 50), Some(1), &forward), PlbDecision::Hold(_)));
    }

    #[test]
    fn p3_a_rebate_may_close_a_forward_balance() {
        let forward = [open(1, Account::ForwardBalance, "A", 50)];
        let closing = PlbDecision::Post { account: Account::ForwardBalance, rule: "P3", takes: vec![(1, 50)] };
        assert_eq!(plan_plb(&item("B2", "A", 50), Some(1), &forward), closing);
        let other = PlbDecision::Post { account: Account::ProviderLevel, rule: "P4", takes: Vec::new() };
        assert_eq!(plan_plb(&item("B2", "A", 49), Some(1), &forward), other);
    }

    #[test]
    fn p4_codes_of_the_list_post_and_others_are_held() {
        for code in ["CS", "J1", "90", "AP", "IS", "LE"] {
            let post = PlbDecision::Post { account: Account::ProviderLevel, rule: "P4", takes: Vec::new() };
            assert_eq!(plan_plb(&item(code, "", 5), Some(1), &[]), post, "{code}");
        }
        let PlbDecision::Post { account, .. } = plan_plb(&item("IR", "", 5), Some(1), &[]) else { panic!() };
        assert_eq!(account, Account::Withholding);
        let PlbDecision::Hold(reasons) = plan_plb(&item("ZZ", "", 5), Some(1), &[]) else { panic!() };
        assert_eq!(reasons[0].cause, Cause::UnknownProviderCode);
        let PlbDecision::Hold(reasons) = plan_plb(&item("CS", "", 5), None, &[]) else { panic!() };
        assert_eq!(reasons[0].cause, Cause::PayerNotMapped);
    }
}
