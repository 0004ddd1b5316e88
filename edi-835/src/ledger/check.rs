//! The invariants of the ledger, and what breaks them.

use super::error::Result;
use super::store::{Each, Store};
use super::{Account, Ledger};
use edi_core::Money;
use serde::Serialize;

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// The invariant.
    pub invariant: &'static str,
    /// Where it breaks: a journal, a remittance, a claim, an account.
    pub place: String,
    /// What it should be.
    pub expected: Money,
    /// What it is.
    pub found: Money,
}

/// What a check looked at, and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CheckReport {
    /// Journals.
    pub journals: u64,
    /// Entries.
    pub entries: u64,
    /// Claims.
    pub claims: u64,
    /// Remittances that are posted.
    pub remittances: u64,
    /// What breaks.
    pub breaches: Vec<Breach>,
}

/// Journals that do not sum to zero: place, expected, found.
const JOURNALS: &str =
    "SELECT 'journal ' || journal_id, 0, sum(amount) FROM entry GROUP BY journal_id HAVING sum(amount) <> 0";

/// Clearing of a remittance that is not zero.
const CLEARING: &str = "SELECT 'remittance ' || coalesce(r.trace, 'of no number'), 0, sum(e.amount)
    FROM entry e LEFT JOIN remittance r ON r.id = e.remittance_id
    WHERE e.account_id = ?1 GROUP BY e.remittance_id HAVING sum(e.amount) <> 0";

/// An account against the sum of its sub-accounts.
const SUBLEDGERS: [(&str, &[Account], &str); 4] = [
    (
        "each subledger is its control account (claims and lines)",
        &[Account::InsuranceReceivable, Account::DeniedReceivable, Account::PatientReceivable],
        "JOIN journal j ON j.id = e.journal_id JOIN line l ON l.id = e.line_id AND l.claim_id = j.claim_id",
    ),
    (
        "each subledger is its control account (payers)",
        &[Account::InsuranceReceivable, Account::DeniedReceivable],
        "JOIN payer p ON p.id = e.payer_id",
    ),
    ("each subledger is its control account (holds)", &[Account::Unapplied], "JOIN hold h ON h.id = e.hold_id"),
    (
        "each subledger is its control account (payers and payees)",
        &[Account::ForwardBalance, Account::Overpayment, Account::ProviderLevel],
        "JOIN payer p ON p.id = e.payer_id JOIN payee q ON q.id = e.payee_id",
    ),
];

/// Unapplied money of a hold: its amount while it is open or rejected, nothing after.
const UNAPPLIED: &str = "SELECT 'hold ' || h.id,
        CASE WHEN h.state IN ('open', 'rejected') AND h.kind = 'claim' THEN -h.amount
             WHEN h.state IN ('open', 'rejected') AND h.kind = 'plb' THEN h.amount ELSE 0 END AS expected,
        coalesce(sum(e.amount), 0) AS found
    FROM hold h LEFT JOIN entry e ON e.hold_id = h.id AND e.account_id = ?1
    GROUP BY h.id HAVING expected <> found";

/// Provider-level accounts against the adjustments that were posted to them.
const PROVIDER: &str = "SELECT 'account ' || a.name,
        coalesce((SELECT sum(p.amount) FROM plb p JOIN remittance r ON r.id = p.remittance_id
            WHERE p.account_id = a.id AND r.state = 'posted'), 0) AS expected,
        coalesce((SELECT sum(e.amount) FROM entry e JOIN journal j ON j.id = e.journal_id
            JOIN remittance r ON r.id = j.remittance_id
            WHERE e.account_id = a.id AND j.plb_id IS NOT NULL AND r.state = 'posted'), 0) AS found
    FROM account a WHERE a.name IN ('forward_balance', 'overpayment', 'provider_level') AND expected <> found";

/// Sums of a claim: what was billed, paid, given up, is open.
const CLAIMS: &str = "SELECT c.claim_key,
        coalesce((SELECT s.charge FROM submission s WHERE s.claim_id = c.id ORDER BY s.ordinal DESC LIMIT 1), 0),
        coalesce((SELECT sum(a.paid) FROM adjudication a JOIN remittance r ON r.id = a.remittance_id
            WHERE a.claim_id = c.id AND r.state = 'posted'), 0),
        coalesce(e.revenue, 0), coalesce(e.cash, 0), coalesce(e.patient, 0), coalesce(e.adjusted, 0), coalesce(e.open, 0)
    FROM claim c LEFT JOIN (
        SELECT j.claim_id,
            sum(CASE WHEN a.name = 'revenue' OR (a.name = 'opening' AND reason = '') THEN -amount ELSE 0 END) AS revenue,
            sum(CASE WHEN a.name IN ('clearing', 'unapplied') THEN amount ELSE 0 END) AS cash,
            sum(CASE WHEN a.name = 'bank' THEN amount ELSE 0 END) AS patient,
            sum(CASE WHEN a.nature = 'expense' OR (a.name = 'opening' AND reason <> '') THEN amount ELSE 0 END) AS adjusted,
            sum(CASE WHEN a.name IN ('insurance_receivable', 'denied_receivable', 'patient_receivable',
                'payer_credit', 'patient_credit') THEN amount ELSE 0 END) AS open
        FROM journal j JOIN entry x ON x.journal_id = j.id JOIN account a ON a.id = x.account_id
        WHERE j.claim_id IS NOT NULL GROUP BY j.claim_id
    ) e ON e.claim_id = c.id";

impl<S: Store> Ledger<S> {
    /// Checks every invariant, on one state of the ledger: every journal sums to zero, clearing is zero, each
    /// subledger is its control account, and for each claim charge = paid + adjusted + open.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn check(&mut self) -> Result<CheckReport> {
        self.store.begin_read()?;
        let report = self.check_all();
        self.store.rollback()?;
        report
    }

    fn check_all(&mut self) -> Result<CheckReport> {
        let mut report = CheckReport::default();
        let counts =
            "SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM entry), (SELECT count(*) FROM claim),
            (SELECT count(*) FROM remittance WHERE state = 'posted')";
        self.store.query(counts, &[], &mut |row| {
            let count = |i: usize| u64::try_from(row[i].int()).unwrap_or_default();
            (report.journals, report.entries, report.claims, report.remittances) =
                (count(0), count(1), count(2), count(3));
            Ok(())
        })?;
        let breaches = &mut report.breaches;
        self.store.query(JOURNALS, &[], &mut of_row("every journal sums to zero", breaches))?;
        self.store.query(CLEARING, &[Account::Clearing.id().into()], &mut of_row("clearing is zero", breaches))?;
        for (invariant, accounts, join) in SUBLEDGERS {
            for account in accounts {
                let sql = format!(
                    "SELECT 'account {account}', coalesce(sum(amount), 0) AS expected,
                        (SELECT coalesce(sum(e.amount), 0) FROM entry e {join} WHERE e.account_id = ?1) AS found
                    FROM entry WHERE account_id = ?1 HAVING expected <> found"
                );
                self.store.query(&sql, &[account.id().into()], &mut of_row(invariant, breaches))?;
            }
        }
        let unapplied = "unapplied is what is held";
        self.store.query(UNAPPLIED, &[Account::Unapplied.id().into()], &mut of_row(unapplied, breaches))?;
        let provider = "provider-level accounts are what was posted to them";
        self.store.query(PROVIDER, &[], &mut of_row(provider, breaches))?;
        self.store.query(CLAIMS, &[], &mut |row| {
            of_claim(row, breaches);
            Ok(())
        })?;
        breaches.extend(self.store.verify()?.into_iter().map(|place| Breach {
            invariant: "the database is whole",
            place,
            expected: Money::ZERO,
            found: Money::ZERO,
        }));
        Ok(report)
    }
}

/// Takes rows of place, expected and found.
fn of_row<'b>(invariant: &'static str, breaches: &'b mut Vec<Breach>) -> Box<Each<'b>> {
    Box::new(move |row| {
        let (expected, found) = (Money::from_cents(row[1].int()), Money::from_cents(row[2].int()));
        breaches.push(Breach { invariant, place: row[0].text().to_owned(), expected, found });
        Ok(())
    })
}

fn of_claim(row: &[super::store::Value<'_>], breaches: &mut Vec<Breach>) {
    let [charge, answered, revenue, cash, patient, adjusted, open] = [1, 2, 3, 4, 5, 6, 7].map(|i: usize| row[i].int());
    let mut check = |invariant, expected: i64, found: i64| {
        if expected != found {
            let place = format!("claim {}", row[0].text());
            let (expected, found) = (Money::from_cents(expected), Money::from_cents(found));
            breaches.push(Breach { invariant, place, expected, found });
        }
    };
    check("the charge is booked once", charge, revenue);
    check("what was paid is what the answers say", answered, cash);
    check("charge = paid + adjusted + open", charge, cash + patient + adjusted + open);
}
