//! The entries of an answer, and the moves that follow from where a balance came to stand.

use super::coordination::money;
use super::planned::{Cash, Input};
use super::portion::{Part, Portion, remarks};
use super::reason::{Cause, Reason};
use crate::denial::Class;
use crate::ledger::{Account, ClaimAccount, Entry, Place};
use edi_core::Money;

/// Remarks that forbid billing the patient: qualified Medicare beneficiaries.
const PATIENT_BARRED: [&str; 3] = ["N781", "N782", "N783"];

/// The entries of an answer: what was denied before comes back, then payment and adjustments, line by line.
pub(super) fn of_answer(
    portions: &[Portion],
    account: &ClaimAccount,
    cash: Cash,
    (payer, position): (i64, usize),
) -> Vec<Entry> {
    let next = account.payers.get(position + 1).map(|next| next.payer);
    let mut entries = Vec::new();
    let mut seen = Vec::new();
    for portion in portions {
        let place = Place { claim: Some(account.id), line: Some(portion.line), payer: Some(payer), ..Place::default() };
        if !seen.contains(&portion.line) {
            seen.push(portion.line);
            entries.extend(denied_again(account, place));
        }
        let mut taken = portion.payment;
        entries.push(Entry::new(cash.account(), portion.payment, cash.place(place), "", "PAY"));
        for part in portion.parts.iter().filter(|part| part.class != Class::PriorPayer) {
            taken += part.amount;
            entries.push(of_part(part, place, next));
        }
        entries.push(Entry::new(Account::InsuranceReceivable, -taken, place, "", "PAY"));
    }
    let moves = settle(&View { account, more: &entries });
    entries.extend(moves);
    entries
}

/// Where an adjustment goes.
fn of_part(part: &Part, place: Place, next: Option<i64>) -> Entry {
    let on_next = || Place { payer: next, ..place };
    let patient = Place { payer: None, ..place };
    let (account, place, rule) = match part.class {
        _ if part.written_off => (Account::DenialWriteOff, place, "RULES"),
        Class::Information if part.group == "CO" => (Account::ContractualAllowance, place, "S2"),
        Class::Contractual | Class::Capitation => (Account::ContractualAllowance, place, "S2"),
        Class::Sequestration => (Account::Sequestration, place, "S2"),
        Class::Withholding => (Account::Withholding, place, "S2"),
        Class::Patient if next.is_none() => (Account::PatientReceivable, patient, "C5"),
        Class::Patient | Class::NextPayer => (Account::InsuranceReceivable, on_next(), "C5"),
        Class::Denial | Class::Hold | Class::Information | Class::Interest | Class::PriorPayer => {
            (Account::DeniedReceivable, place, "S2")
        }
    };
    Entry::new(account, part.amount, place, &part.code(), rule)
}

/// An amount that was denied before is answered again: it is the payer's to answer once more.
fn denied_again(account: &ClaimAccount, place: Place) -> Vec<Entry> {
    let mut entries = Vec::new();
    for denier in account.payers.iter().map(|payer| Some(payer.payer)) {
        let denied = account.on_line(Account::DeniedReceivable, denier, place.line.unwrap_or_default());
        if denied > 0 {
            let from = Place { payer: denier, ..place };
            entries.push(Entry::new(Account::InsuranceReceivable, denied, place, "", "C5"));
            entries.push(Entry::new(Account::DeniedReceivable, -denied, from, "", "C5"));
        }
    }
    entries
}

/// An account as it would be with further entries.
pub(super) struct View<'a> {
    pub account: &'a ClaimAccount,
    pub more: &'a [Entry],
}

impl View<'_> {
    fn sum(&self, passes: impl Fn(&Entry) -> bool) -> i64 {
        let more = self.more.iter().filter(|entry| passes(entry)).map(|entry| entry.amount).sum::<i64>();
        self.account.sum(&passes) + more
    }

    fn balance(&self, account: Account) -> i64 {
        self.sum(|entry| entry.account == account)
    }

    fn receivable(&self, payer: i64) -> i64 {
        self.sum(|entry| entry.account == Account::InsuranceReceivable && entry.place.payer == Some(payer))
    }

    fn on_line(&self, account: Account, payer: Option<i64>, line: i64) -> i64 {
        let of_payer = |entry: &Entry| payer.is_none() || entry.place.payer == payer;
        self.sum(|entry| entry.account == account && entry.place.line == Some(line) && of_payer(entry))
    }

    fn line_ids(&self) -> Vec<i64> {
        let mut ids = self.account.line_ids();
        for line in self.more.iter().filter_map(|entry| entry.place.line) {
            if let Err(place) = ids.binary_search(&line) {
                ids.insert(place, line);
            }
        }
        ids
    }

    /// Payers of the claim, in order.
    fn payers(&self) -> impl DoubleEndedIterator<Item = i64> + ExactSizeIterator + '_ {
        self.account.payers.iter().map(|payer| payer.payer)
    }
}

/// Moves that bring every balance to where it belongs: a denied receivable below zero back to its payer, a
/// patient's receivable below zero to the payer that has the patient's part now, or to the patient's credit; what a
/// payer answered on another line than it stood on; a credit of the patient pays what the patient owes.
pub(super) fn settle(view: &View<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let lines = view.line_ids();
    let mut owed = view.balance(Account::PatientReceivable);
    for line in lines.iter().copied() {
        let place = Place { claim: Some(view.account.id), line: Some(line), ..Place::default() };
        for payer in view.payers().map(Some) {
            let denied = view.on_line(Account::DeniedReceivable, payer, line);
            if denied < 0 {
                let place = Place { payer, ..place };
                entries.push(Entry::new(Account::DeniedReceivable, -denied, place, "", "V1"));
                entries.push(Entry::new(Account::InsuranceReceivable, denied, place, "", "V1"));
            }
        }
        let patient = view.on_line(Account::PatientReceivable, None, line);
        if patient < 0 {
            let back = patient_back(view, place, -patient);
            owed += back.iter().filter(|e| e.account == Account::PatientReceivable).map(|e| e.amount).sum::<i64>();
            entries.extend(back);
        }
    }
    for payer in view.payers() {
        entries.extend(even_out(view, payer, &lines));
    }
    let credit: i64 = entries.iter().filter(|e| e.account == Account::PatientCredit).map(|e| e.amount).sum();
    let credit = -(view.balance(Account::PatientCredit) + credit);
    entries.extend(use_credit(view, credit.min(owed), &lines));
    entries
}

/// A payer may answer for a claim as a whole (OA-23 on one line, say): lines below zero are made up for by lines that
/// are still open, so that no line is owed what another one is not.
fn even_out(view: &View<'_>, payer: i64, lines: &[i64]) -> Vec<Entry> {
    let owed = |line: &i64| (*line, view.on_line(Account::InsuranceReceivable, Some(payer), *line));
    let lines: Vec<(i64, i64)> = lines.iter().map(owed).collect();
    let over: i64 = lines.iter().map(|(_, owed)| (-owed).max(0)).sum();
    let open: i64 = lines.iter().map(|(_, owed)| (*owed).max(0)).sum();
    let (mut give, mut take) = (over.min(open), over.min(open));
    let mut entries = Vec::new();
    for (line, owed) in lines {
        let moved = if owed < 0 { (-owed).min(give) } else { -owed.min(take) };
        if owed < 0 {
            give -= moved
        } else {
            take += moved
        }
        let place = Place { claim: Some(view.account.id), line: Some(line), payer: Some(payer), ..Place::default() };
        entries.push(Entry::new(Account::InsuranceReceivable, moved, place, "", "C2"));
    }
    entries.retain(|entry| entry.amount != 0);
    entries
}

/// Takes a patient's part back that is below zero: from later payers that owe it, the rest as the patient's credit.
fn patient_back(view: &View<'_>, place: Place, mut amount: i64) -> Vec<Entry> {
    let mut entries = vec![Entry::new(Account::PatientReceivable, amount, place, "", "C5")];
    for payer in view.payers().skip(1).rev() {
        let owes = view.on_line(Account::InsuranceReceivable, Some(payer), place.line.unwrap_or_default());
        let taken = owes.clamp(0, amount);
        amount -= taken;
        entries.push(Entry::new(Account::InsuranceReceivable, -taken, Place { payer: Some(payer), ..place }, "", "C5"));
    }
    entries.push(Entry::new(Account::PatientCredit, -amount, Place { line: None, ..place }, "", "C5"));
    entries.retain(|entry| entry.amount != 0);
    entries
}

/// A patient's credit pays what the patient owes, line by line.
fn use_credit(view: &View<'_>, mut amount: i64, lines: &[i64]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for line in lines.iter().copied() {
        if amount <= 0 {
            break;
        }
        let owed = view.on_line(Account::PatientReceivable, None, line).clamp(0, amount);
        if owed > 0 {
            amount -= owed;
            let place = Place { claim: Some(view.account.id), line: Some(line), ..Place::default() };
            entries.push(Entry::new(Account::PatientCredit, owed, Place { line: None, ..place }, "", "C5"));
            entries.push(Entry::new(Account::PatientReceivable, -owed, place, "", "C5"));
        }
    }
    entries
}

/// The office's rule about balances too small to collect: what the patient owes, once nothing else is open.
pub(super) fn small_balance(view: &View<'_>, limit: Money) -> Vec<Entry> {
    if limit.is_zero() {
        return Vec::new();
    }
    let owed = view.balance(Account::PatientReceivable);
    let open = view.sum(|entry| entry.account.is_open());
    let elsewhere = view.sum(|entry| entry.account == Account::PatientCredit) != 0
        || view.line_ids().into_iter().any(|line| {
            [Account::InsuranceReceivable, Account::DeniedReceivable].iter().any(|a| view.on_line(*a, None, line) != 0)
        });
    if elsewhere || open != owed || money(owed) > limit {
        return Vec::new();
    }
    let give_up = |line: i64| {
        let amount = view.on_line(Account::PatientReceivable, None, line);
        let place = Place { claim: Some(view.account.id), line: Some(line), ..Place::default() };
        [
            Entry::new(Account::SmallBalance, amount, place, "", "RULES"),
            Entry::new(Account::PatientReceivable, -amount, place, "", "RULES"),
        ]
    };
    view.line_ids().into_iter().flat_map(give_up).filter(|entry| entry.amount != 0).collect()
}

/// A payer that would be owed money on the claim.
pub(super) fn payer_credit(view: &View<'_>) -> Option<Reason> {
    view.account.payers.iter().find_map(|payer| {
        let owed = view.receivable(payer.payer);
        let words = || format!("payer {} would be owed {}: more was answered than is open", payer.code, money(-owed));
        (owed < 0).then(|| Reason::new("V3", Cause::PayerCredit, words()))
    })
}

/// What a person accepted although a payer is owed money by it: the payer's credit, line by line.
pub(super) fn credit_payers(view: &View<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for payer in view.payers() {
        let mut credit = -view.receivable(payer);
        for line in view.line_ids() {
            let on_line = -view.on_line(Account::InsuranceReceivable, Some(payer), line);
            let moved = on_line.clamp(0, credit.max(0));
            credit -= moved;
            let place =
                Place { claim: Some(view.account.id), line: Some(line), payer: Some(payer), ..Place::default() };
            entries.push(Entry::new(Account::InsuranceReceivable, moved, place, "", "ACCEPT"));
            entries.push(Entry::new(Account::PayerCredit, -moved, place, "", "ACCEPT"));
        }
    }
    entries.retain(|entry| entry.amount != 0);
    entries
}

/// C5: the patient's part where the patient may not be billed, and OA-209 where there is no further payer.
pub(super) fn barred(
    input: &Input<'_>,
    portions: &[Portion],
    account: &ClaimAccount,
    position: usize,
) -> Option<Reason> {
    if account.payers.get(position + 1).is_some() {
        return None;
    }
    let of_class = |portion: &Portion, class| -> i64 {
        portion.parts.iter().filter(|part| part.class == class).map(|part| part.amount).sum()
    };
    let stuck: i64 = portions.iter().map(|portion| of_class(portion, Class::NextPayer)).sum();
    if stuck != 0 {
        let words = format!("OA-209 of {}: not the patient's, and no further payer is on the claim", money(stuck));
        return Some(Reason::new("C5", Cause::NoNextPayer, words));
    }
    let barred = |portion: &&Portion| {
        let remarks = remarks(input.answer, portion.index);
        of_class(portion, Class::Patient) != 0 && remarks.iter().any(|remark| PATIENT_BARRED.contains(remark))
    };
    let amount: i64 = portions.iter().filter(barred).map(|portion| of_class(portion, Class::Patient)).sum();
    let words = || format!("{} is the patient's, and a remark forbids billing the patient (QMB)", money(amount));
    (amount != 0).then(|| Reason::new("C5", Cause::PatientBarred, words()))
}
