//! The chart of accounts.

use serde::Serialize;
use std::fmt;

/// What an account is in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// Owed to us, or ours.
    Asset,
    /// Owed by us.
    Liability,
    /// Earned.
    Income,
    /// Lost, or given up.
    Expense,
}

/// An account of the ledger. Debits are positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What payers owe, by payer, claim and line.
    InsuranceReceivable,
    /// What payers denied and nobody has given up, by payer, claim and line.
    DeniedReceivable,
    /// What patients owe, by claim and line.
    PatientReceivable,
    /// What a remittance has still to explain: zero once it is posted.
    Clearing,
    /// Payments announced (BPR02) and not yet seen in the bank.
    EftExpected,
    /// Money in the bank, and what patients paid at the visit.
    Bank,
    /// Debts that a payer carried forward (PLB FB), by payer and payee.
    ForwardBalance,
    /// Overpayments that a payer takes back, or that we sent back (PLB WO, 72), by payer and payee.
    Overpayment,
    /// Other provider-level adjustments, by code, payer and payee, until they are matched.
    ProviderLevel,
    /// What we owe a payer on a claim.
    PayerCredit,
    /// What we owe a patient, or have of one before anything is owed.
    PatientCredit,
    /// Money of held claims and held provider-level adjustments.
    Unapplied,
    /// Charges.
    Revenue,
    /// Charges given up under a contract.
    ContractualAllowance,
    /// Federal sequestration (CO-253).
    Sequestration,
    /// Denied charges that a person or a rule gave up, by reason.
    DenialWriteOff,
    /// Balances too small to collect.
    SmallBalance,
    /// Interest that payers paid (PLB L6).
    Interest,
    /// Withheld by a payer: tax, incentive pools.
    Withholding,
    /// Balances brought in from an earlier system.
    Opening,
}

impl Account {
    /// Every account, in the order of its row key.
    pub const ALL: [Self; 20] = [
        Self::InsuranceReceivable,
        Self::DeniedReceivable,
        Self::PatientReceivable,
        Self::Clearing,
        Self::EftExpected,
        Self::Bank,
        Self::ForwardBalance,
        Self::Overpayment,
        Self::ProviderLevel,
        Self::PayerCredit,
        Self::PatientCredit,
        Self::Unapplied,
        Self::Revenue,
        Self::ContractualAllowance,
        Self::Sequestration,
        Self::DenialWriteOff,
        Self::SmallBalance,
        Self::Interest,
        Self::Withholding,
        Self::Opening,
    ];

    /// Its row key.
    #[must_use]
    pub fn id(self) -> i64 {
        self as i64 + 1
    }

    /// The account of a row key.
    #[must_use]
    pub fn of_id(id: i64) -> Option<Self> {
        usize::try_from(id - 1).ok().and_then(|i| Self::ALL.get(i)).copied()
    }

    /// Its name (`insurance_receivable`).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InsuranceReceivable => "insurance_receivable",
            Self::DeniedReceivable => "denied_receivable",
            Self::PatientReceivable => "patient_receivable",
            Self::Clearing => "clearing",
            Self::EftExpected => "eft_expected",
            Self::Bank => "bank",
            Self::ForwardBalance => "forward_balance",
            Self::Overpayment => "overpayment",
            Self::ProviderLevel => "provider_level",
            Self::PayerCredit => "payer_credit",
            Self::PatientCredit => "patient_credit",
            Self::Unapplied => "unapplied",
            Self::Revenue => "revenue",
            Self::ContractualAllowance => "contractual_allowance",
            Self::Sequestration => "sequestration",
            Self::DenialWriteOff => "denial_write_off",
            Self::SmallBalance => "small_balance",
            Self::Interest => "interest",
            Self::Withholding => "withholding",
            Self::Opening => "opening",
        }
    }

    /// What it is in the books.
    #[must_use]
    pub fn nature(self) -> Nature {
        match self {
            Self::InsuranceReceivable
            | Self::DeniedReceivable
            | Self::PatientReceivable
            | Self::Clearing
            | Self::EftExpected
            | Self::Bank => Nature::Asset,
            Self::ForwardBalance
            | Self::Overpayment
            | Self::ProviderLevel
            | Self::PayerCredit
            | Self::PatientCredit
            | Self::Unapplied
            | Self::Opening => Nature::Liability,
            Self::Revenue | Self::Interest => Nature::Income,
            Self::ContractualAllowance
            | Self::Sequestration
            | Self::DenialWriteOff
            | Self::SmallBalance
            | Self::Withholding => Nature::Expense,
        }
    }

    /// Whether an amount here, on a claim, is still open: somebody owes it.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::InsuranceReceivable
                | Self::DeniedReceivable
                | Self::PatientReceivable
                | Self::PayerCredit
                | Self::PatientCredit
        )
    }

    /// Whether an amount here, on a claim, was given up.
    #[must_use]
    pub fn is_adjusted(self) -> bool {
        self.nature() == Nature::Expense
    }

    /// Whether an amount here, on a claim, is money that came for it.
    #[must_use]
    pub fn is_paid(self) -> bool {
        matches!(self, Self::Clearing | Self::Unapplied | Self::Bank)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_keys_and_names_are_one_to_one() {
        for account in Account::ALL {
            assert_eq!(Account::of_id(account.id()), Some(account));
            let parts = [account.is_open(), account.is_adjusted(), account.is_paid()];
            assert!(parts.iter().filter(|part| **part).count() <= 1, "{account}");
        }
        assert_eq!(Account::of_id(0), None);
        assert_eq!(Account::of_id(21), None);
        let mut names = Account::ALL.map(Account::name);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
