//! B3: the proof of a remittance, gathered claim by claim in flat memory.

use super::cause::Cause;
use super::claim::{BalancedClaim, prove_claim};
use super::delta::{Delta, Level, Rule};
use super::search;
use crate::model::{ClaimPayment, ContentHash, Remittance, Totals};
use chrono::NaiveDate;
use edi_core::account::ClaimKey;
use edi_core::{Money, Text};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// How many differences are kept; beyond it they are counted.
const DELTA_LIMIT: usize = 1000;
/// How many different payments are remembered, to name the claim that a payment leaves out.
const REMEMBERED: usize = 1 << 16;
/// How many PLB reasons have a subtotal of their own; what comes after is `other`.
const KINDS: usize = 64;

/// The proof that a remittance was read whole and that its payment adds up (B3). Without it nothing of the
/// remittance is posted. It is made by [`TransactionBalance::finish`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemittanceProof {
    ordinal: u64,
    hash: ContentHash,
}

impl RemittanceProof {
    /// Ordinal of the remittance in its file.
    #[must_use]
    pub fn ordinal(&self) -> u64 {
        self.ordinal
    }

    /// Hash of the content that was proved: a second reading must give the same.
    #[must_use]
    pub fn hash(&self) -> ContentHash {
        self.hash
    }
}

/// What the proof of a remittance found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemittanceBalance {
    /// Ordinal of the remittance in its file.
    pub ordinal: u64,
    /// TRN02.
    pub trace: Text,
    /// N102 of the payer.
    pub payer: Text,
    /// N102 of the payee.
    pub payee: Text,
    /// BPR16.
    pub date: Option<NaiveDate>,
    /// BPR02; none where it is missing or cannot be read.
    pub payment: Option<Money>,
    /// Claims.
    pub claims: u64,
    /// Service lines.
    pub lines: u64,
    /// Sum of CLP03.
    pub charge: Money,
    /// Sum of CLP04.
    pub paid: Money,
    /// Sum of AMT*I.
    pub interest: Money,
    /// Sums of the PLB amounts by reason.
    pub provider_adjustments: BTreeMap<Text, Money>,
    /// Claims that do not add up, and the sum of their CLP04.
    pub unbalanced_claims: u64,
    /// Sum of CLP04 of the claims that do not add up: what is held.
    pub unbalanced_paid: Money,
    /// What does not add up, by the gates B1, B2 and B3.
    pub deltas: Vec<Delta>,
    /// What does not agree beside the gates.
    pub warnings: Vec<Delta>,
    /// Differences and warnings that were counted, but not kept.
    pub dropped: u64,
    /// That B3 holds and the remittance is whole.
    #[serde(skip)]
    pub proof: Option<RemittanceProof>,
}

impl RemittanceBalance {
    /// Whether every line, every claim and the transaction add up.
    #[must_use]
    pub fn balanced(&self) -> bool {
        self.proof.is_some() && self.unbalanced_claims == 0
    }

    /// Sum of the PLB amounts.
    #[must_use]
    pub fn provider_adjusted(&self) -> Money {
        self.provider_adjustments.values().copied().sum()
    }
}

/// A claim that is remembered by an amount.
#[derive(Debug, Clone)]
struct Remembered {
    key: ClaimKey,
    ordinal: u64,
    reversal: bool,
}

/// Gathers the proof of one remittance. See the [module](super).
#[derive(Debug, Clone)]
pub struct TransactionBalance {
    out: RemittanceBalance,
    unreadable_payment: bool,
    /// How many BPR there are, in the header and astray.
    payments: usize,
    /// Claims by what they were paid.
    by_paid: HashMap<Money, Remembered>,
    /// Claims by what they are off.
    by_delta: HashMap<Money, Remembered>,
    /// Claims that TS3 counts.
    declared_claims: Option<u64>,
}

impl TransactionBalance {
    /// Begins with the header.
    #[must_use]
    pub fn new(remittance: &Remittance) -> Self {
        let payment = remittance.payment().and_then(|bpr| bpr.amount.value().copied());
        let out = RemittanceBalance {
            ordinal: remittance.ordinal,
            trace: remittance.trace_number().into(),
            payer: remittance.payer_name().into(),
            payee: remittance.payee_name().into(),
            date: remittance.payment_date(),
            payment,
            claims: 0,
            lines: 0,
            charge: Money::ZERO,
            paid: Money::ZERO,
            interest: Money::ZERO,
            provider_adjustments: BTreeMap::new(),
            unbalanced_claims: 0,
            unbalanced_paid: Money::ZERO,
            deltas: Vec::new(),
            warnings: Vec::new(),
            dropped: 0,
            proof: None,
        };
        let (by_paid, by_delta) = (HashMap::new(), HashMap::new());
        let payments = remittance.details.payments();
        let payments = payments + remittance.parties.iter().map(|party| party.details.payments()).sum::<usize>();
        Self { out, unreadable_payment: payment.is_none(), payments, by_paid, by_delta, declared_claims: None }
    }

    /// Takes a claim in; gives its proof where it has one. What it lacks is noted.
    pub fn push<'c>(&mut self, claim: &'c ClaimPayment) -> Option<BalancedClaim<'c>> {
        self.out.claims += 1;
        self.out.lines += claim.lines.len() as u64;
        self.out.charge += claim.charge();
        self.out.paid += claim.paid();
        self.out.interest += claim.interest();
        self.payments += claim.before.payments() + claim.details.payments();
        self.payments += claim.lines.iter().map(|line| line.details.payments()).sum::<usize>();
        for ts3 in claim.before.ts3() {
            let count = ts3.claims.value().and_then(|q| u64::try_from(q.decimal()).ok());
            self.declared_claims = self.declared_claims.unwrap_or(0).checked_add(count.unwrap_or(0));
        }
        remember(&mut self.by_paid, claim.paid(), claim);
        match prove_claim(claim) {
            Ok(balanced) => {
                for warning in balanced.warnings() {
                    self.warn(warning.clone());
                }
                Some(balanced)
            }
            Err(deltas) => {
                self.out.unbalanced_claims += 1;
                self.out.unbalanced_paid += claim.paid();
                for delta in deltas {
                    if let Some(amount) = delta.delta.filter(|_| delta.level == Level::Claim) {
                        remember(&mut self.by_delta, amount, claim);
                    }
                    self.fail(delta);
                }
                None
            }
        }
    }

    /// Ends with the totals: B3.
    #[must_use]
    pub fn finish(mut self, totals: &Totals) -> RemittanceBalance {
        let mut unreadable: Option<Text> = self.unreadable_payment.then(|| "BPR02".into());
        unreadable = unreadable.or((totals.unreadable > 0).then(|| "CLP04".into()));
        for (_, entry) in totals.provider_adjustments() {
            let amount = entry.amount.or_zero();
            self.subtotal(&entry.reason, amount);
            if entry.amount.is_raw() {
                unreadable = unreadable.or(Some("a PLB amount".into()));
            } else if amount.is_zero() {
                let delta = Delta::new(Level::Transaction, Rule::ZeroPlb, None, Some(amount));
                self.warn(delta);
            }
        }
        self.check_interest();
        self.payments += totals.details.payments();
        let expected = self.out.paid - self.out.provider_adjusted();
        let delta = match (unreadable, self.out.payment) {
            (None, payment) if self.payments > 1 => {
                let cause = Cause::SeveralPayments(self.payments);
                Delta::new(Level::Transaction, Rule::Payment, Some(expected), payment).because(Some(cause))
            }
            (None, Some(payment)) if payment == expected && totals.is_complete() => {
                self.out.proof = Some(RemittanceProof { ordinal: self.out.ordinal, hash: totals.hash });
                return self.out;
            }
            (None, Some(payment)) => {
                let cause = if totals.is_complete() { self.cause(payment, expected, totals) } else { Some(Cause::Cut) };
                Delta::new(Level::Transaction, Rule::Payment, Some(expected), Some(payment)).because(cause)
            }
            (unreadable, payment) => {
                let expected = unreadable.as_deref().filter(|e| *e == "BPR02").map(|_| expected);
                Delta::new(Level::Transaction, Rule::Payment, expected, payment)
                    .because(unreadable.map(Cause::Unreadable))
            }
        };
        // The difference of the transaction is worth more than the last of a thousand of claims.
        self.out.dropped += u64::from(self.out.deltas.len() >= DELTA_LIMIT);
        self.out.deltas.truncate(DELTA_LIMIT - 1);
        self.out.deltas.push(delta);
        self.out
    }

    fn subtotal(&mut self, reason: &Text, amount: Money) {
        let kinds = &mut self.out.provider_adjustments;
        let own = kinds.len() < KINDS || kinds.contains_key(reason);
        let kind = if own { reason.clone() } else { Text::const_new("other") };
        *kinds.entry(kind).or_default() += amount;
    }

    /// P1: interest is paid by PLB L6, negative.
    fn check_interest(&mut self) {
        let expected = -self.out.interest;
        let found = self.out.provider_adjustments.get("L6").copied().unwrap_or_default();
        if expected != found {
            self.warn(Delta::new(Level::Transaction, Rule::Interest, Some(expected), Some(found)));
        }
    }

    /// Why BPR02 is not what claims and PLBs make.
    fn cause(&self, payment: Money, expected: Money, totals: &Totals) -> Option<Cause> {
        let delta = payment - expected;
        let paid_missing = || {
            let declared = self.declared_claims?.checked_sub(self.out.claims).filter(|missing| *missing > 0)?;
            Some(Cause::ClaimsMissing(declared))
        };
        let none = (self.out.claims == 0).then_some(Cause::NoClaims);
        none.or_else(|| self.interest_cause(delta))
            .or_else(|| self.plb_cause(delta, totals))
            .or_else(paid_missing)
            .or_else(|| self.by_delta.get(&-delta).map(|c| Cause::Claim(c.key.clone(), c.ordinal)))
            .or_else(|| self.claim_cause(delta))
            .or_else(|| search::payment(payment, expected))
    }

    /// Interest that only one of AMT*I, PLB L6 and BPR02 knows of.
    fn interest_cause(&self, delta: Money) -> Option<Cause> {
        let of_claims = self.out.interest;
        let of_plb = -self.out.provider_adjustments.get("L6").copied().unwrap_or_default();
        if !of_claims.is_zero() && of_plb.is_zero() && delta == of_claims {
            return Some(Cause::InterestWithoutPlb(of_claims));
        }
        (!of_plb.is_zero() && delta == -of_plb).then_some(Cause::InterestLeftOut(of_plb))
    }

    /// PLBs whose sign is turned, or that the payment leaves out.
    fn plb_cause(&self, delta: Money, totals: &Totals) -> Option<Cause> {
        let all = self.out.provider_adjusted();
        let one = |wanted: &dyn Fn(Money) -> bool| {
            let mut entries = totals.provider_adjustments().map(|(_, e)| (e.reason.clone(), e.amount.or_zero()));
            entries.find(|(_, amount)| !amount.is_zero() && wanted(*amount))
        };
        let several = totals.provider_adjustments().nth(1).is_some();
        if several && !all.is_zero() && delta == all + all {
            return Some(Cause::PlbSignsTurned);
        }
        if several && !all.is_zero() && delta == all {
            return Some(Cause::PlbLeftOut);
        }
        let turned = one(&|amount| amount + amount == delta).map(|(r, a)| Cause::OnePlbSignTurned(r, a));
        turned.or_else(|| one(&|amount| amount == delta).map(|(r, a)| Cause::OnePlbLeftOut(r, a)))
    }

    /// A claim that the payment leaves out or counts twice.
    fn claim_cause(&self, delta: Money) -> Option<Cause> {
        if let Some(c) = self.by_paid.get(&-delta) {
            let (key, ordinal) = (c.key.clone(), c.ordinal);
            let left_out = if c.reversal { Cause::ReversalLeftOut } else { Cause::ClaimLeftOut };
            return Some(left_out(key, ordinal));
        }
        let c = self.by_paid.get(&delta)?;
        let twice = if c.reversal { Cause::ReversalTwice } else { Cause::ClaimTwice };
        Some(twice(c.key.clone(), c.ordinal))
    }

    fn fail(&mut self, delta: Delta) {
        if self.out.deltas.len() < DELTA_LIMIT { self.out.deltas.push(delta) } else { self.out.dropped += 1 }
    }

    fn warn(&mut self, delta: Delta) {
        if self.out.warnings.len() < DELTA_LIMIT { self.out.warnings.push(delta) } else { self.out.dropped += 1 }
    }
}

/// Remembers the first claim of an amount, while there is room.
fn remember(map: &mut HashMap<Money, Remembered>, amount: Money, claim: &ClaimPayment) {
    if !amount.is_zero() && map.len() < REMEMBERED {
        let remembered = || Remembered { key: claim.key(), ordinal: claim.ordinal, reversal: claim.is_reversal() };
        map.entry(amount).or_insert_with(remembered);
    }
}
