//! Rows of remittances, of answers and of holds.

use super::error::Result;
use super::journal::{About, Entry, Journal, JournalKind, Place};
use super::query::rows;
use super::store::{Store, Value};
use super::tables;
use super::text::{date, day, procedure_text};
use super::writing::{Origin, Writing};
use super::{Account, AnsweredAdjustment};
use chrono::NaiveDate;
use edi_core::Text;
use edi_core::account::Adjudication;

/// What the ledger keeps of a remittance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RemittanceRow {
    /// TRN03, TRN02, BPR16, BPR02 and payee; the content hash too where nothing is paid.
    pub identity: Text,
    /// Content hash, in hexadecimal.
    pub content: Text,
    /// TRN03.
    pub originator: Text,
    /// TRN02.
    pub trace: Text,
    /// BPR16.
    pub date: Option<NaiveDate>,
    /// BPR02 in cents.
    pub amount: i64,
    /// BPR04.
    pub method: Text,
    /// Payer, where it is mapped.
    pub payer: Option<i64>,
    /// N102 of the payer.
    pub payer_name: Text,
    /// Payee, where it is ours.
    pub payee: Option<i64>,
    /// ST02.
    pub control: Text,
    /// Where it stood.
    pub origin: Origin,
}

/// A remittance that is held as a whole, and keeps what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRemittance {
    /// Row key.
    pub id: i64,
    /// Row key of its hold.
    pub hold: i64,
    /// What the ledger keeps of it.
    pub row: RemittanceRow,
    /// What its hold keeps of the header, as JSON.
    pub body: Text,
}

/// What the ledger knows of a payment already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRemittance {
    /// Row key.
    pub id: i64,
    /// Content hash.
    pub content: Text,
    /// `posted` or `held`.
    pub held: bool,
}

/// What is written of an answer that posts, beside its journal.
#[derive(Debug, Clone, Copy)]
pub struct AnswerRow<'a> {
    /// Remittance.
    pub remittance: i64,
    /// Ordinal in it.
    pub ordinal: u64,
    /// Our claim.
    pub claim: i64,
    /// Payer.
    pub payer: i64,
    /// Its position on the claim.
    pub position: usize,
    /// The payer sent the claim on.
    pub forwarded: bool,
    /// CLP03, CLP04, AMT*I in cents.
    pub amounts: (i64, i64, i64),
    /// Content hash of the claim.
    pub content: &'a str,
    /// The answer that it takes back.
    pub reverses: Option<i64>,
    /// What the payer said.
    pub answer: &'a Adjudication,
    /// Its lines: ordinal, our line, what the match rests on, charge, payment, allowed.
    pub lines: &'a [LineRow],
    /// Its adjustments.
    pub adjustments: &'a [AnsweredAdjustment],
}

/// A line of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRow {
    /// Index in the answer.
    pub index: usize,
    /// Ordinal in the answer.
    pub ordinal: u32,
    /// Our line.
    pub line: i64,
    /// What the match rests on.
    pub matched_by: Text,
    /// SVC02 in cents.
    pub charge: i64,
    /// SVC03 in cents.
    pub paid: i64,
    /// AMT*B6 in cents.
    pub allowed: Option<i64>,
}

/// What is held.
#[derive(Debug, Clone, Copy)]
pub struct HoldRow<'a> {
    /// `claim`, `plb`, `booking` or `remittance`.
    pub kind: &'static str,
    /// Remittance; none for a booking.
    pub remittance: Option<i64>,
    /// Ordinal in it.
    pub ordinal: u64,
    /// Our claim, where it was found.
    pub claim: Option<i64>,
    /// Payer, where it is mapped.
    pub payer: Option<i64>,
    /// CLP01.
    pub claim_key: &'a str,
    /// CLP07.
    pub number: &'a str,
    /// REF*F8.
    pub original_reference: &'a str,
    /// Its money in cents.
    pub amount: i64,
    /// Content hash.
    pub content: &'a str,
    /// What it says, as JSON.
    pub body: &'a str,
    /// Where it stood.
    pub origin: Origin,
}

/// Why something is held: rule, name of the cause, words, proposal.
pub type ReasonRow<'a> = (&'a str, String, &'a str, &'a str);

fn ordinal(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl<S: Store> Writing<'_, S> {
    /// What is known of a payment: posted or held remittances with this identity.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn known_remittances(&mut self, identity: &str) -> Result<Vec<KnownRemittance>> {
        let mut known = Vec::new();
        let sql = "SELECT id, content, state FROM remittance WHERE identity = ?1 AND state = 'posted'
            UNION ALL SELECT id, content, state FROM remittance WHERE identity = ?1 AND state = 'held'";
        self.store.query(sql, &[identity.into()], &mut |row| {
            let held = row[2].text() == "held";
            known.push(KnownRemittance { id: row[0].int(), content: row[1].text().into(), held });
            Ok(())
        })?;
        Ok(known)
    }

    /// Writes a remittance; `held` where none of it posts.
    ///
    /// # Errors
    /// Where the database fails, or the payment is posted already.
    pub fn remittance(&mut self, row: &RemittanceRow, held: bool) -> Result<i64> {
        let id = self.key("remittance");
        let date = row.date.map(day);
        let cells = [
            id.into(),
            (&row.identity).into(),
            (&row.content).into(),
            if held { "held" } else { "posted" }.into(),
            (&row.originator).into(),
            (&row.trace).into(),
            date.as_ref().map_or(Value::Null, Value::from),
            row.amount.into(),
            (&row.method).into(),
            row.payer.into(),
            (&row.payer_name).into(),
            row.payee.into(),
            (&row.control).into(),
            row.origin.source.into(),
            ordinal(row.origin.segments.0).into(),
            ordinal(row.origin.segments.1).into(),
            self.run_id().into(),
        ];
        self.store.append(&tables::REMITTANCE, &cells)?;
        Ok(id)
    }

    /// Remittances that are held as a whole and keep what they say, in the order in which they came.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn held_remittances(&mut self) -> Result<Vec<HeldRemittance>> {
        let sql = "SELECT r.id, h.id, r.identity, r.content, r.originator, r.trace, r.paid_on, r.amount, r.method,
                r.payer_name, r.control, r.source_id, r.segment_from, r.segment_to, h.body
            FROM remittance r JOIN hold h ON h.remittance_id = r.id
            WHERE r.state = 'held' AND h.kind = 'remittance' AND h.state = 'open' AND h.body <> '' ORDER BY r.id";
        let segment = |value: &Value<'_>| u64::try_from(value.int()).unwrap_or_default();
        rows(self.store, sql, &[], |row| {
            let [identity, content, originator, trace] = [2, 3, 4, 5].map(|i: usize| Text::from(row[i].text()));
            let origin = Origin { source: row[11].key(), segments: (segment(&row[12]), segment(&row[13])) };
            let known = RemittanceRow {
                identity,
                content,
                originator,
                trace,
                date: date(row[6].text()),
                amount: row[7].int(),
                method: row[8].text().into(),
                payer: None,
                payer_name: row[9].text().into(),
                payee: None,
                control: row[10].text().into(),
                origin,
            };
            Some(HeldRemittance { id: row[0].int(), hold: row[1].int(), row: known, body: row[14].text().into() })
        })
    }

    /// Announces the payment: BPR02 is expected, and clearing has to explain it.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn payment(&mut self, id: i64, row: &RemittanceRow, effective: NaiveDate) -> Result<()> {
        let place = Place { remittance: Some(id), ..Place::default() };
        let entries = vec![
            Entry::new(Account::EftExpected, row.amount, place, "", "B3"),
            Entry::new(Account::Clearing, -row.amount, place, "", "B3"),
        ];
        let about = About { remittance: Some(id), ..About::default() };
        self.journal(&Journal::new(JournalKind::Payment, entries)?, about, effective, row.origin)?;
        Ok(())
    }

    /// Writes an answer; its row key.
    ///
    /// # Errors
    /// Where the database fails, or the answer is there already.
    pub fn answer(&mut self, row: &AnswerRow<'_>) -> Result<i64> {
        let id = self.key("adjudication");
        let (charge, paid, interest) = row.amounts;
        let cells = [
            id.into(),
            row.remittance.into(),
            ordinal(row.ordinal).into(),
            row.claim.into(),
            row.payer.into(),
            i64::try_from(row.position).unwrap_or(i64::MAX).into(),
            (&row.answer.payer_claim_number).into(),
            (&row.answer.original_reference).into(),
            (&row.answer.status).into(),
            i64::from(row.forwarded).into(),
            charge.into(),
            paid.into(),
            interest.into(),
            row.content.into(),
            row.reverses.into(),
        ];
        self.store.append(&tables::ADJUDICATION, &cells)?;
        for line in row.lines {
            let procedure = row.answer.lines.get(line.index).map(|line| procedure_text(&line.procedure));
            let cells = [
                id.into(),
                i64::from(line.ordinal).into(),
                line.line.into(),
                (&line.matched_by).into(),
                procedure.as_deref().unwrap_or_default().into(),
                line.charge.into(),
                line.paid.into(),
                line.allowed.into(),
            ];
            self.store.append(&tables::ADJUDICATED_LINE, &cells)?;
        }
        for (cut, seq) in row.adjustments.iter().zip(1i64..) {
            let (group, reason) = ((&cut.group).into(), (&cut.reason).into());
            let cells = [id.into(), i64::from(cut.line).into(), seq.into(), group, reason, cut.amount.into()];
            self.store.append(&tables::ADJUSTMENT, &cells)?;
        }
        self.remarks(id, row.answer)?;
        Ok(id)
    }

    /// K1: every remark, with the claim (line 0) or the line that it belongs to.
    fn remarks(&mut self, id: i64, answer: &Adjudication) -> Result<()> {
        let of_claim = answer.remarks.iter().map(|code| (0, code));
        let of_lines = answer.lines.iter().flat_map(|line| line.remarks.iter().map(|code| (line.ordinal, code)));
        for ((line, code), seq) in of_claim.chain(of_lines).zip(1i64..) {
            let cells = [id.into(), i64::from(line).into(), seq.into(), code.into()];
            self.store.append(&tables::REMARK, &cells)?;
        }
        Ok(())
    }

    /// Writes a hold with its reasons, and puts its money into unapplied.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn hold(&mut self, row: &HoldRow<'_>, reasons: &[ReasonRow<'_>], effective: NaiveDate) -> Result<i64> {
        let id = self.hold_row(row, "open", reasons)?;
        let clearing = Place { remittance: row.remittance, ..Place::default() };
        let unapplied = Place { hold: Some(id), ..clearing };
        // A claim's money comes from clearing, a provider-level amount is taken from it.
        let amount = if row.kind == "plb" { -row.amount } else { row.amount };
        let entries = vec![
            Entry::new(Account::Clearing, amount, clearing, "", "HOLD"),
            Entry::new(Account::Unapplied, -amount, unapplied, "", "HOLD"),
        ];
        let about = About { remittance: row.remittance, hold: Some(id), ..About::default() };
        if matches!(row.kind, "claim" | "plb") {
            self.journal(&Journal::new(JournalKind::Hold, entries)?, about, effective, row.origin)?;
        }
        Ok(id)
    }

    /// Writes what a remittance says that is held as a whole: its money is not in the books.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn keep(&mut self, row: &HoldRow<'_>, reasons: &[ReasonRow<'_>]) -> Result<()> {
        self.hold_row(row, "waiting", reasons).map(|_| ())
    }

    fn hold_row(&mut self, row: &HoldRow<'_>, state: &'static str, reasons: &[ReasonRow<'_>]) -> Result<i64> {
        let id = self.key("hold");
        let cells = [
            id.into(),
            row.kind.into(),
            state.into(),
            1.into(),
            row.remittance.into(),
            ordinal(row.ordinal).into(),
            row.claim.into(),
            row.payer.into(),
            row.claim_key.into(),
            row.number.into(),
            row.original_reference.into(),
            row.amount.into(),
            row.content.into(),
            row.body.into(),
            row.origin.source.into(),
            ordinal(row.origin.segments.0).into(),
            ordinal(row.origin.segments.1).into(),
            self.run_id().into(),
        ];
        self.store.append(&tables::HOLD, &cells)?;
        self.hold_reasons(id, 1, reasons)?;
        Ok(id)
    }

    /// Writes why something is held now; earlier reasons stay.
    pub(crate) fn hold_reasons(&mut self, hold: i64, round: i64, reasons: &[ReasonRow<'_>]) -> Result<()> {
        for ((rule, cause, words, proposal), seq) in reasons.iter().zip(1i64..) {
            let (rule, cause, words, proposal) = ((*rule).into(), cause.into(), (*words).into(), (*proposal).into());
            let cells = [hold.into(), round.into(), seq.into(), rule, cause, words, proposal];
            self.store.append(&tables::HOLD_REASON, &cells)?;
        }
        Ok(())
    }
}
