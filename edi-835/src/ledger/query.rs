//! What the ledger tells: balances, a claim's history, work, holds, open items. Totals are sums.

use super::error::Result;
use super::store::{Store, Value};
use super::text::date;
use super::views::{
    AnswerView, AuditView, Balance, ClaimHistory, EntryView, HoldView, OpenItemView, Owed, ReasonView, RemittanceView,
    Standing, SubmissionView, WorkView,
};
use super::{Account, Ledger, Writing};
use edi_core::{Money, Text};

const WORK: &str = "SELECT d.id, d.kind, c.claim_key, coalesce(l.control, ''),
        coalesce((SELECT s.procedure_code FROM submission_line s WHERE s.line_id = d.line_id
            ORDER BY s.submission_id DESC LIMIT 1), ''),
        p.code, q.code, d.group_code, d.reason, d.remarks, d.amount, d.line_denied, d.category, d.preventable, d.action,
        d.next_step, d.opened, d.due,
        CASE WHEN r.state = 'undone' THEN 'undone' ELSE coalesce((SELECT e.state FROM denial_event e
            WHERE e.denial_id = d.id ORDER BY e.seq DESC LIMIT 1), 'open') END,
        coalesce((SELECT e.owner FROM denial_event e WHERE e.denial_id = d.id AND e.owner <> ''
            ORDER BY e.seq DESC LIMIT 1), ''), d.expected
    FROM denial d JOIN claim c ON c.id = d.claim_id JOIN payer p ON p.id = d.payer_id JOIN payee q ON q.id = c.payee_id
        JOIN adjudication a ON a.id = d.adjudication_id JOIN remittance r ON r.id = a.remittance_id
        LEFT JOIN line l ON l.id = d.line_id";

const HOLDS: &str = "SELECT h.id, h.kind, h.state, coalesce(r.trace, ''), h.ordinal, h.claim_key, h.number,
        coalesce(c.claim_key, ''), coalesce(p.code, ''), h.amount, u.day, h.round
    FROM hold h JOIN run u ON u.id = h.run_id LEFT JOIN remittance r ON r.id = h.remittance_id
        LEFT JOIN claim c ON c.id = h.claim_id LEFT JOIN payer p ON p.id = h.payer_id";

const ENTRIES: &str = "SELECT e.journal_id, e.seq, j.kind, j.effective, j.posted, e.account_id, coalesce(p.code, ''),
        coalesce(c.claim_key, ''), coalesce(l.control, ''), e.amount, e.reason, e.rule, coalesce(r.trace, ''),
        coalesce(s.name, ''), coalesce(j.segment_from, 0), coalesce(j.segment_to, 0), u.actor, u.rules,
        e.reverses_journal, e.reverses_seq, j.period
    FROM entry e JOIN journal j ON j.id = e.journal_id JOIN run u ON u.id = j.run_id
        LEFT JOIN payer p ON p.id = e.payer_id LEFT JOIN claim c ON c.id = j.claim_id
        LEFT JOIN line l ON l.id = e.line_id LEFT JOIN remittance r ON r.id = j.remittance_id
        LEFT JOIN source s ON s.id = j.source_id";

impl<S: Store> Ledger<S> {
    /// Balances of all accounts that have entries; with `by_payer`, of each payer apart.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn balances(&mut self, by_payer: bool) -> Result<Vec<Balance>> {
        let payer = if by_payer { "coalesce(p.code, '')" } else { "''" };
        let sql = format!(
            "SELECT e.account_id, {payer}, sum(e.amount), count(*) FROM entry e LEFT JOIN payer p ON p.id = e.payer_id
            GROUP BY 1, 2 ORDER BY 1, 2"
        );
        rows(&mut self.store, &sql, &[], |row| {
            Some(Balance {
                account: Account::of_id(row[0].int())?,
                payer: row[1].text().into(),
                amount: money(&row[2]),
                entries: u64::try_from(row[3].int()).unwrap_or_default(),
            })
        })
    }

    /// The history of the claim that was sent under this CLM01; none where there is no such claim.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn claim(&mut self, key: &str) -> Result<Option<ClaimHistory>> {
        let find = "SELECT c.id, c.claim_key, c.patient FROM claim_key k JOIN claim c ON c.id = k.claim_id
            WHERE k.claim_key = ?1";
        let found = rows(&mut self.store, find, &[key.into()], |row| {
            Some((row[0].int(), Text::from(row[1].text()), Text::from(row[2].text())))
        })?;
        let Some((id, key, patient)) = found.into_iter().next() else { return Ok(None) };
        let entries = entries_where(&mut self.store, "j.claim_id = ?1", &[id.into()])?;
        let sum =
            |passes: fn(Account) -> bool| entries.iter().filter(|e| passes(e.account)).map(|e| e.amount).sum::<Money>();
        // What an earlier system charged is no revenue here; what was settled there counts as given up.
        let opening = |settled: bool| -> Money {
            let of_opening = entries.iter().filter(|e| e.account == Account::Opening && e.reason.is_empty() != settled);
            of_opening.map(|e| e.amount).sum()
        };
        let keys = "SELECT claim_key FROM claim_key WHERE claim_id = ?1 ORDER BY claim_key";
        Ok(Some(ClaimHistory {
            key,
            keys: rows(&mut self.store, keys, &[id.into()], |row| Some(row[0].text().into()))?,
            patient,
            charge: -sum(|account| account == Account::Revenue) - opening(false),
            paid: sum(Account::is_paid),
            adjusted: sum(Account::is_adjusted) + opening(true),
            open: sum(Account::is_open),
            owed: self.owed(id)?,
            submissions: self.submissions(id)?,
            answers: self.answers(id)?,
            work: self.work_where("WHERE d.claim_id = ?1 ORDER BY d.id", &[id.into()])?,
            holds: self.holds_where("WHERE h.claim_id = ?1 ORDER BY h.id", &[id.into()])?,
            entries,
        }))
    }

    /// Denials and tasks: those that are open, or all; by due date.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn work(&mut self, all: bool) -> Result<Vec<WorkView>> {
        let mut work = self.work_where("ORDER BY d.due, d.id", &[])?;
        if !all {
            work.retain(|item| matches!(item.state.as_str(), "open" | "appealed" | "corrected"));
        }
        Ok(work)
    }

    /// Holds: those that are open, or all; in the order in which they came.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn holds(&mut self, all: bool) -> Result<Vec<HoldView>> {
        self.holds_where(if all { "ORDER BY h.id" } else { "WHERE h.state = 'open' ORDER BY h.id" }, &[])
    }

    /// All remittances in the order in which they came.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn remittances(&mut self) -> Result<Vec<RemittanceView>> {
        let sql = "SELECT r.id, r.state, r.trace, r.originator, r.payer_name, r.paid_on, r.amount, s.name
            FROM remittance r JOIN source s ON s.id = r.source_id ORDER BY r.id";
        rows(&mut self.store, sql, &[], |row| {
            Some(RemittanceView {
                id: row[0].int(),
                state: row[1].text().into(),
                trace: row[2].text().into(),
                originator: row[3].text().into(),
                payer: row[4].text().into(),
                date: date(row[5].text()),
                amount: money(&row[6]),
                file: row[7].text().into(),
            })
        })
    }

    /// Provider-level amounts, and refunds of ours, that are not matched yet, the oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn open_provider_items(&mut self) -> Result<Vec<OpenItemView>> {
        let sql = "SELECT o.account_id, o.code, o.reference, y.code, q.code, o.trace, o.day, o.rest
            FROM open_item o JOIN payer y ON y.id = o.payer_id JOIN payee q ON q.id = o.payee_id
            WHERE o.account_id IN (?1, ?2, ?3) ORDER BY o.day, abs(o.id)";
        let accounts = [Account::ForwardBalance, Account::Overpayment, Account::ProviderLevel];
        let accounts = accounts.map(|account| Value::Int(account.id()));
        rows(&mut self.store, sql, &accounts, |row| {
            (row[7].int() != 0).then_some(OpenItemView {
                account: Account::of_id(row[0].int())?,
                code: row[1].text().into(),
                reference: row[2].text().into(),
                payer: row[3].text().into(),
                payee: row[4].text().into(),
                trace: row[5].text().into(),
                day: date(row[6].text()),
                left: money(&row[7]),
            })
        })
    }

    /// What the accounts of a claim come to, by its row key.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn standing(&mut self, claim: i64) -> Result<Standing> {
        let sums = "SELECT e.account_id, sum(e.amount) FROM journal j JOIN entry e ON e.journal_id = j.id
            WHERE j.claim_id = ?1 GROUP BY e.account_id HAVING sum(e.amount) <> 0";
        let lines = "SELECT id, control FROM line WHERE claim_id = ?1";
        let balances =
            rows(&mut self.store, sums, &[claim.into()], |row| Some((Account::of_id(row[0].int())?, money(&row[1]))))?;
        let lines = rows(&mut self.store, lines, &[claim.into()], |row| Some((row[0].int(), row[1].text().into())))?;
        Ok(Standing { balances: balances.into_iter().collect(), lines: lines.into_iter().collect() })
    }

    /// Who did what beside posting, in order: all of it, or only this done to that (`("resolve hold", "3")`).
    ///
    /// # Errors
    /// Where the database fails.
    pub fn audit_trail(&mut self, about: Option<(&str, &str)>) -> Result<Vec<AuditView>> {
        let sql = "SELECT a.id, u.day, u.actor, a.verb, a.subject, a.detail FROM audit a JOIN run u ON u.id = a.run_id
            WHERE ?1 = '' OR (a.verb = ?1 AND a.subject = ?2) ORDER BY a.id";
        let (verb, subject) = about.unwrap_or_default();
        rows(&mut self.store, sql, &[verb.into(), subject.into()], |row| {
            let [actor, verb, subject, detail] = [2, 3, 4, 5].map(|i: usize| Text::from(row[i].text()));
            Some(AuditView { id: row[0].int(), day: date(row[1].text()), actor, verb, subject, detail })
        })
    }

    /// Every entry, in order, one by one.
    ///
    /// # Errors
    /// Where the database fails, or `each` does.
    pub fn each_entry(&mut self, mut each: impl FnMut(EntryView) -> Result<()>) -> Result<()> {
        let sql = format!("{ENTRIES} ORDER BY e.journal_id, e.seq");
        self.store.query(&sql, &[], &mut |row| entry_view(row).map_or(Ok(()), &mut each))
    }

    fn owed(&mut self, claim: i64) -> Result<Vec<Owed>> {
        let sql = "SELECT e.account_id, coalesce(p.code, ''), coalesce(l.control, ''), sum(e.amount)
            FROM journal j JOIN entry e ON e.journal_id = j.id LEFT JOIN payer p ON p.id = e.payer_id
                LEFT JOIN line l ON l.id = e.line_id
            WHERE j.claim_id = ?1 GROUP BY e.account_id, e.payer_id, e.line_id HAVING sum(e.amount) <> 0
            ORDER BY e.account_id, p.id, l.id";
        rows(&mut self.store, sql, &[claim.into()], |row| {
            let account = Account::of_id(row[0].int()).filter(|account| account.is_open())?;
            Some(Owed { account, payer: row[1].text().into(), line: row[2].text().into(), amount: money(&row[3]) })
        })
    }

    fn submissions(&mut self, claim: i64) -> Result<Vec<SubmissionView>> {
        let sql = "SELECT s.ordinal, s.claim_key, s.frequency, p.code, s.charge, u.day
            FROM submission s JOIN run u ON u.id = s.run_id
                JOIN submission_payer t ON t.submission_id = s.id AND t.position = s.destination
                JOIN payer p ON p.id = t.payer_id
            WHERE s.claim_id = ?1 ORDER BY s.ordinal";
        rows(&mut self.store, sql, &[claim.into()], |row| {
            Some(SubmissionView {
                ordinal: row[0].int(),
                key: row[1].text().into(),
                frequency: row[2].text().into(),
                payer: row[3].text().into(),
                charge: money(&row[4]),
                day: date(row[5].text()),
            })
        })
    }

    fn answers(&mut self, claim: i64) -> Result<Vec<AnswerView>> {
        let sql =
            "SELECT a.id, r.trace, r.paid_on, p.code, a.number, a.status, a.forwarded, a.charge, a.paid, a.reverses,
                EXISTS (SELECT 1 FROM adjudication b JOIN remittance t ON t.id = b.remittance_id
                    WHERE b.claim_id = a.claim_id AND b.reverses = a.id AND t.state = 'posted'), r.state
            FROM adjudication a JOIN remittance r ON r.id = a.remittance_id JOIN payer p ON p.id = a.payer_id
            WHERE a.claim_id = ?1 ORDER BY a.id";
        let mut answers = rows(&mut self.store, sql, &[claim.into()], |row| Some((row[0].int(), answer_view(row))))?;
        for (id, answer) in &mut answers {
            let cuts = "SELECT line_ordinal, group_code || '-' || reason, amount FROM adjustment
                WHERE adjudication_id = ?1 ORDER BY line_ordinal, seq";
            let cut = |row: &[Value<'_>]| Some((row[0].int(), row[1].text().into(), money(&row[2])));
            answer.adjustments = rows(&mut self.store, cuts, &[(*id).into()], cut)?;
            let remarks = "SELECT line_ordinal, code FROM remark WHERE adjudication_id = ?1 ORDER BY line_ordinal, seq";
            answer.remarks =
                rows(&mut self.store, remarks, &[(*id).into()], |row| Some((row[0].int(), row[1].text().into())))?;
        }
        Ok(answers.into_iter().map(|(_, answer)| answer).collect())
    }

    fn work_where(&mut self, condition: &str, arguments: &[Value<'_>]) -> Result<Vec<WorkView>> {
        rows(&mut self.store, &format!("{WORK} {condition}"), arguments, |row| Some(work_view(row)))
    }

    fn holds_where(&mut self, condition: &str, arguments: &[Value<'_>]) -> Result<Vec<HoldView>> {
        let holds = rows(&mut self.store, &format!("{HOLDS} {condition}"), arguments, |row| {
            Some((hold_view(row), row[11].int()))
        })?;
        let mut all = Vec::with_capacity(holds.len());
        for (mut hold, round) in holds {
            let sql =
                "SELECT rule, code, words, proposal FROM hold_reason WHERE hold_id = ?1 AND round = ?2 ORDER BY seq";
            hold.reasons = rows(&mut self.store, sql, &[hold.id.into(), round.into()], |row| {
                let [rule, cause, words, proposal] = [0, 1, 2, 3].map(|i: usize| Text::from(row[i].text()));
                Some(ReasonView { rule, cause, words, proposal })
            })?;
            all.push(hold);
        }
        Ok(all)
    }
}

impl<S: Store> Writing<'_, S> {
    /// The entries that this transaction has written.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn entries_of_run(&mut self) -> Result<Vec<EntryView>> {
        let run = self.run_id();
        entries_where(self.store, "j.run_id = ?1", &[run.into()])
    }
}

/// Rows as values; a row that gives none is left out.
pub(super) fn rows<S: Store, T>(
    store: &mut S,
    sql: &str,
    arguments: &[Value<'_>],
    of: impl Fn(&[Value<'_>]) -> Option<T>,
) -> Result<Vec<T>> {
    let mut all = Vec::new();
    store.query(sql, arguments, &mut |row| {
        all.extend(of(row));
        Ok(())
    })?;
    Ok(all)
}

/// Entries that meet a condition, in order.
pub(super) fn entries_where<S: Store>(
    store: &mut S,
    condition: &str,
    arguments: &[Value<'_>],
) -> Result<Vec<EntryView>> {
    rows(store, &format!("{ENTRIES} WHERE {condition} ORDER BY e.journal_id, e.seq"), arguments, entry_view)
}

pub(super) fn money(value: &Value<'_>) -> Money {
    Money::from_cents(value.int())
}

fn entry_view(row: &[Value<'_>]) -> Option<EntryView> {
    Some(EntryView {
        journal: row[0].int(),
        seq: row[1].int(),
        kind: row[2].text().into(),
        effective: date(row[3].text()),
        posted: date(row[4].text()),
        account: Account::of_id(row[5].int())?,
        payer: row[6].text().into(),
        claim: row[7].text().into(),
        line: row[8].text().into(),
        amount: money(&row[9]),
        reason: row[10].text().into(),
        rule: row[11].text().into(),
        trace: row[12].text().into(),
        file: row[13].text().into(),
        segments: (row[14].int(), row[15].int()),
        actor: row[16].text().into(),
        rules: row[17].text().into(),
        reverses: row[18].key().zip(row[19].key()),
        period: row[20].text().into(),
    })
}

fn answer_view(row: &[Value<'_>]) -> AnswerView {
    AnswerView {
        trace: row[1].text().into(),
        day: date(row[2].text()),
        payer: row[3].text().into(),
        number: row[4].text().into(),
        status: row[5].text().into(),
        forwarded: row[6].int() != 0,
        charge: money(&row[7]),
        paid: money(&row[8]),
        adjustments: Vec::new(),
        remarks: Vec::new(),
        reverses: row[9].key().is_some(),
        reversed: row[10].int() != 0,
        undone: row[11].text() == "undone",
    }
}

fn work_view(row: &[Value<'_>]) -> WorkView {
    let reason = row[8].text();
    WorkView {
        id: row[0].int(),
        kind: row[1].text().into(),
        claim: row[2].text().into(),
        line: row[3].text().into(),
        procedure: super::text::procedure_from(row[4].text()).to_string().into(),
        payer: row[5].text().into(),
        provider: row[6].text().into(),
        group: row[7].text().into(),
        reason: reason.into(),
        title: edi_core::codes::carc::lookup(reason).map_or("", |carc| carc.title).into(),
        remarks: row[9].text().into(),
        amount: money(&row[10]),
        expected: money(&row[20]),
        line_denied: row[11].int() != 0,
        category: row[12].text().into(),
        preventable: row[13].int() != 0,
        action: row[14].text().into(),
        next_step: row[15].text().into(),
        opened: date(row[16].text()),
        due: date(row[17].text()),
        state: row[18].text().into(),
        owner: row[19].text().into(),
    }
}

fn hold_view(row: &[Value<'_>]) -> HoldView {
    HoldView {
        id: row[0].int(),
        kind: row[1].text().into(),
        state: row[2].text().into(),
        trace: row[3].text().into(),
        ordinal: row[4].int(),
        claim_key: row[5].text().into(),
        number: row[6].text().into(),
        claim: row[7].text().into(),
        payer: row[8].text().into(),
        amount: money(&row[9]),
        day: date(row[10].text()),
        reasons: Vec::new(),
    }
}
