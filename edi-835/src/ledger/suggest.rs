//! Claims that a held answer may be about (rule M6): they are only ever suggested, for a person to confirm.

use super::Ledger;
use super::error::{Error, Result};
use super::query::rows;
use super::store::{Store, Value};
use super::views::Suggestion;
use edi_core::Text;
use edi_core::account::Adjudication;

/// How many claims are suggested.
const MOST: usize = 5;

impl<S: Store> Ledger<S> {
    /// The claims that a held answer may be about, the likeliest first.
    ///
    /// # Errors
    /// Where there is no such hold of a claim, or the database fails.
    pub fn suggest(&mut self, hold: i64) -> Result<Vec<Suggestion>> {
        let find = "SELECT body FROM hold WHERE id = ?1 AND kind = 'claim'";
        let body = rows(&mut self.store, find, &[hold.into()], |row| Some(row[0].text().to_owned()))?.pop();
        let body = body.ok_or_else(|| Error::Refused(format!("there is no held claim {hold}")))?;
        let answer: Adjudication = serde_json::from_str(&body).map_err(|_| Error::Damaged("a held claim"))?;
        let charge = answer.charge.abs().cents().unwrap_or_default();
        let day = answer.lines.iter().find_map(|line| line.service).map(|period| period.from.to_string());
        let sql = "SELECT c.claim_key, c.patient = ?1 AND ?1 <> '', s.charge = ?2,
                EXISTS (SELECT 1 FROM submission_line l WHERE l.submission_id = s.id AND l.from_day = ?3)
            FROM claim c JOIN submission s ON s.claim_id = c.id
            WHERE s.ordinal = (SELECT max(t.ordinal) FROM submission t WHERE t.claim_id = c.id)
                AND (c.patient = ?1 OR s.charge = ?2 OR replace(upper(c.claim_key), '-', '') LIKE ?4)";
        let like = format!("%{}%", plain(&answer.key.0));
        let like = if plain(&answer.key.0).len() < 3 { String::new() } else { like };
        let day = day.as_deref().map_or(Value::Null, Value::Text);
        let arguments = [(&answer.patient).into(), charge.into(), day, (&like).into()];
        let mut found = rows(&mut self.store, sql, &arguments, |row| {
            let claim: Text = row[0].text().into();
            let alike = [
                (plain(&claim) == plain(&answer.key.0), 40, "number alike"),
                (row[1].int() == 1, 25, "same patient"),
                (row[2].int() == 1, 20, "same charge"),
                (row[3].int() == 1, 15, "same day"),
            ];
            let score = alike.iter().filter(|(is, ..)| *is).map(|(_, score, _)| score).sum();
            let why = alike.iter().filter(|(is, ..)| *is).map(|(.., why)| *why).collect();
            Some(Suggestion { claim, score, why })
        })?;
        found.retain(|suggestion| suggestion.score >= 25);
        found.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.claim.cmp(&b.claim)));
        found.truncate(MOST);
        Ok(found)
    }
}

/// A claim number as people retype it: without leading zeros, hyphens and spaces, in capitals.
fn plain(key: &str) -> String {
    let bare: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
    bare.trim_start_matches('0').to_ascii_uppercase()
}
