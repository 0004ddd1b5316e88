//! The columns of a remittance advice: what was charged, where it went, what was paid.

use edi_835::denial::{Meaning, classify};
use edi_835::model::{ClaimPayment, Details, ServiceLine};
use edi_core::Money;
use serde::Serialize;

/// The columns of a remittance advice. `charge` less `contractual`, `deductible`, `coinsurance`, `copay` and
/// `other` is `paid`, wherever the payer's amounts add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Columns {
    /// CLP03, SVC02.
    pub charge: Money,
    /// AMT*B6, where the payer states it; of a claim, the sum of its lines.
    pub allowed: Option<Money>,
    /// Adjustments that a contract, sequestration or withholding takes.
    pub contractual: Money,
    /// PR-1.
    pub deductible: Money,
    /// PR-2.
    pub coinsurance: Money,
    /// PR-3.
    pub copay: Money,
    /// Every other adjustment: denials, earlier payers, other patient responsibility.
    pub other: Money,
    /// CLP04, SVC03.
    pub paid: Money,
    /// All PR: what the patient, or the next payer, owes. It is a part of the columns before it.
    pub patient_owes: Money,
}

impl Columns {
    /// Names of the columns, as they are printed.
    pub const NAMES: [&'static str; 9] =
        ["Charge", "Allowed", "Contract", "Deduct", "Coins", "Copay", "Other", "Paid", "Owes"];

    /// The columns in order.
    pub fn values(&self) -> [Option<Money>; 9] {
        let all = [self.contractual, self.deductible, self.coinsurance, self.copay, self.other, self.paid];
        let [contractual, deductible, coinsurance, copay, other, paid] = all.map(Some);
        let (charge, owes) = (Some(self.charge), Some(self.patient_owes));
        [charge, self.allowed, contractual, deductible, coinsurance, copay, other, paid, owes]
    }

    /// What the adjustments leave unexplained: zero where the amounts add up.
    pub fn unexplained(&self) -> Money {
        self.charge - self.contractual - self.deductible - self.coinsurance - self.copay - self.other - self.paid
    }

    /// Takes the adjustments of a loop in.
    fn adjust(&mut self, details: &Details) {
        for (group, entry) in details.triplets() {
            let amount = entry.amount.or_zero();
            let column = match (group.as_str(), entry.reason.as_str()) {
                ("PR", "1") => &mut self.deductible,
                ("PR", "2") => &mut self.coinsurance,
                ("PR", "3") => &mut self.copay,
                (group, reason) => match classify(&group.into(), reason).and_then(|class| class.meaning()) {
                    Some(Meaning::Contractual) => &mut self.contractual,
                    Some(Meaning::Patient | Meaning::Information | Meaning::Denial) | None => &mut self.other,
                },
            };
            *column += amount;
            if group == "PR" {
                self.patient_owes += amount;
            }
        }
    }

    /// The columns of a line.
    pub fn of_line(line: &ServiceLine) -> Self {
        let mut columns = Self { charge: line.charge(), paid: line.paid(), allowed: line.allowed(), ..Self::default() };
        columns.adjust(&line.details);
        columns
    }

    /// The columns of a claim: its own adjustments and those of its lines.
    pub fn of_claim(claim: &ClaimPayment) -> Self {
        let mut columns = Self { charge: claim.charge(), paid: claim.paid(), ..Self::default() };
        let allowed = claim.lines.iter().filter_map(ServiceLine::allowed);
        columns.allowed = allowed.reduce(|a, b| a + b);
        columns.adjust(&claim.details);
        claim.lines.iter().for_each(|line| columns.adjust(&line.details));
        columns
    }

    /// Adds another row.
    pub fn add(&mut self, other: &Self) {
        self.charge += other.charge;
        self.allowed = match (self.allowed, other.allowed) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
        self.contractual += other.contractual;
        self.deductible += other.deductible;
        self.coinsurance += other.coinsurance;
        self.copay += other.copay;
        self.other += other.other;
        self.paid += other.paid;
        self.patient_owes += other.patient_owes;
    }
}
