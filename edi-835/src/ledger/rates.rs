//! How often answers are denied, by count and by amount (what rule S2 calls a denial).

use super::Ledger;
use super::error::Result;
use super::query::{money, rows};
use super::store::Store;
use super::text::procedure_from;
use super::views::DenialRate;

/// By what denials are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateBy {
    /// Reason code (CARC): every line counts as answered for every reason.
    Reason,
    /// Payer.
    Payer,
    /// Billing provider.
    Provider,
    /// Procedure as it was billed.
    Procedure,
    /// Month of the payment.
    Month,
}

impl RateBy {
    fn column(self) -> &'static str {
        match self {
            Self::Reason => "''",
            Self::Payer => "p.code",
            Self::Provider => "q.code",
            Self::Procedure => {
                "(SELECT s.procedure_code FROM submission_line s
                    WHERE s.line_id = x.line_id ORDER BY s.submission_id DESC LIMIT 1)"
            }
            Self::Month => "substr(r.paid_on, 1, 7)",
        }
    }
}

/// Answers that stand: posted, no reversals, not taken back.
const STANDING: &str = "FROM adjudication a JOIN remittance r ON r.id = a.remittance_id
        JOIN claim c ON c.id = a.claim_id JOIN payer p ON p.id = a.payer_id JOIN payee q ON q.id = c.payee_id";
const STANDS: &str = "r.state = 'posted' AND a.reverses IS NULL AND a.status NOT IN ('22', '23', '25')
        AND NOT EXISTS (SELECT 1 FROM adjudication b JOIN remittance t ON t.id = b.remittance_id
            WHERE b.reverses = a.id AND b.claim_id = a.claim_id AND t.state = 'posted')";

impl<S: Store> Ledger<S> {
    /// How often lines are denied, the most denied amount first.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn denial_rates(&mut self, by: RateBy) -> Result<Vec<DenialRate>> {
        let of = by.column();
        let lines = format!(
            "SELECT {of} AS dimension, count(*), sum(x.charge) {STANDING} JOIN adjudicated_line x ON x.adjudication_id = a.id
            WHERE {STANDS} GROUP BY 1"
        );
        let of = if by == RateBy::Reason { "x.reason" } else { of };
        let denials = format!(
            "SELECT {of} AS dimension, count(DISTINCT CASE WHEN x.line_denied = 1 THEN x.line_id END), sum(x.amount)
            {STANDING} JOIN denial x ON x.adjudication_id = a.id WHERE {STANDS} AND x.kind = 'denial' GROUP BY 1"
        );
        let count = |value: i64| u64::try_from(value).unwrap_or_default();
        let mut rates = rows(&mut self.store, &lines, &[], |row| {
            let (of, lines, charge) = (row[0].text().into(), count(row[1].int()), money(&row[2]));
            Some(DenialRate { of, lines, denied_lines: 0, charge, denied: edi_core::Money::ZERO })
        })?;
        let denied = rows(&mut self.store, &denials, &[], |row| {
            Some((edi_core::Text::from(row[0].text()), count(row[1].int()), money(&row[2])))
        })?;
        if by == RateBy::Reason {
            let all = rates.pop();
            rates = denied
                .iter()
                .filter_map(|(of, ..)| all.clone().map(|all| DenialRate { of: of.clone(), ..all }))
                .collect();
        }
        for rate in &mut rates {
            if let Some((_, lines, amount)) = denied.iter().find(|(of, ..)| *of == rate.of) {
                (rate.denied_lines, rate.denied) = (*lines, *amount);
            }
        }
        if by == RateBy::Procedure {
            rates.iter_mut().for_each(|rate| rate.of = procedure_from(&rate.of).to_string().into());
        }
        rates.sort_by(|a, b| b.denied.cmp(&a.denied).then_with(|| a.of.cmp(&b.of)));
        Ok(rates)
    }
}
