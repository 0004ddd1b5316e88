//! Which of our lines each line of an answer belongs to (rules M2 to M4).

use super::amounts::Amounts;
use super::reason::{Cause, Reason};
use crate::ledger::BilledLine;
use edi_core::Text;
use edi_core::account::{AdjudicatedLine, Adjudication};
use edi_core::value::Procedure;

/// One line of an answer and ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineMatch {
    /// Index of the line in the answer.
    pub index: usize,
    /// Index among our lines.
    pub ours: usize,
    /// How sure it is, of 100.
    pub score: u8,
    /// What it rests on.
    pub why: Text,
}

/// Matches the lines of an answer: by control number first, the rest by procedure, modifiers, day and charge.
///
/// # Errors
/// Where a line is none of ours, or could be several.
pub fn lines(answer: &Adjudication, amounts: &Amounts, billed: &[BilledLine]) -> Result<Vec<LineMatch>, Reason> {
    let mut matches: Vec<Option<LineMatch>> =
        answer.lines.iter().enumerate().map(|(i, line)| by_control(i, line, billed)).collect();
    // What each of our lines has still to explain: a line that is explained takes no further one (one to one).
    let mut open: Vec<i64> = billed.iter().map(|line| line.charge).collect();
    for found in matches.iter().flatten() {
        open[found.ours] -= amounts.lines[found.index].charge.abs();
    }
    for (i, line) in answer.lines.iter().enumerate() {
        if matches[i].is_none() {
            let found = by_content(i, line, amounts.lines[i].charge.abs(), billed, &open)?;
            open[found.ours] -= amounts.lines[i].charge.abs();
            matches[i] = Some(found);
        }
    }
    Ok(matches.into_iter().flatten().collect())
}

/// M2: our control number, backed by the procedure; or the ordinal of our line in its place.
fn by_control(index: usize, line: &AdjudicatedLine, billed: &[BilledLine]) -> Option<LineMatch> {
    let backed = |ours: &&BilledLine| likeness(line, &ours.procedure).is_some();
    let position = |ours: &BilledLine| billed.iter().position(|other| other.id == ours.id);
    let control = line.control.as_str();
    if control.is_empty() {
        return None;
    }
    if let Some(ours) = billed.iter().filter(|ours| ours.control == control).find(backed) {
        return Some(LineMatch { index, ours: position(ours)?, score: 100, why: Text::const_new("M2 control number") });
    }
    let ordinal: u32 = control.parse().ok()?;
    let ours = billed.iter().filter(|ours| ours.ordinal == ordinal).find(backed)?;
    let why = Text::const_new("M2 ordinal in place of the control number");
    Some(LineMatch { index, ours: position(ours)?, score: 90, why })
}

/// How much a line's procedure is like ours: 3 with the same modifiers, 2 where some were dropped or added, 1
/// where only what was submitted is the same. None where it is another procedure.
fn likeness(line: &AdjudicatedLine, ours: &Procedure) -> Option<u8> {
    let named = line.submitted_procedure.iter().chain([&line.procedure]);
    let same = named.filter(|procedure| procedure.code == ours.code && !ours.code.is_empty());
    same.map(|procedure| modifiers(&procedure.modifiers, &ours.modifiers)).max()
}

fn modifiers(theirs: &[Text], ours: &[Text]) -> u8 {
    let within = |all: &[Text], part: &[Text]| part.iter().all(|modifier| all.contains(modifier));
    match (within(theirs, ours), within(ours, theirs)) {
        (true, true) => 3,
        (true, false) | (false, true) => 2,
        (false, false) => 1,
    }
}

/// M3: procedure, modifiers, day and charge.
fn by_content(
    index: usize,
    line: &AdjudicatedLine,
    charge: i64,
    all: &[BilledLine],
    open: &[i64],
) -> Result<LineMatch, Reason> {
    let mut found: Vec<(u8, usize)> = Vec::new();
    for (ours, billed) in all.iter().enumerate() {
        let Some(procedure) = likeness(line, &billed.procedure) else { continue };
        if open[ours] < charge && open[ours] != billed.charge {
            continue; // explained already
        }
        let day = match (line.service, billed.service) {
            (Some(theirs), Some(ours)) if theirs == ours => 20,
            (Some(theirs), Some(ours)) if theirs.from >= ours.from && theirs.to <= ours.to => 15,
            (None, _) | (_, None) => 10,
            _ => 0,
        };
        let money = if charge == open[ours] { 30 } else { 0 };
        found.push((procedure * 10 + day + money, ours));
    }
    let best = found.iter().map(|(score, _)| *score).max().ok_or_else(|| unmatched(line, all))?;
    let mut at_best = found.iter().filter(|(score, _)| *score == best).map(|(_, ours)| *ours);
    let first = at_best.next().unwrap_or_default();
    if at_best.any(|other| !alike(&all[first], &all[other])) {
        let words = format!(
            "line {} ({}) could be several of ours and brings no control number: match it by hand",
            line.ordinal, line.procedure
        );
        return Err(Reason::new("M3", Cause::LineAmbiguous, words));
    }
    Ok(LineMatch { index, ours: first, score: best, why: Text::const_new("M3 procedure, day and charge") })
}

/// Whether two of our lines differ in nothing that an answer could tell.
fn alike(one: &BilledLine, other: &BilledLine) -> bool {
    (&one.procedure, one.service, one.units, one.charge) == (&other.procedure, other.service, other.units, other.charge)
}

fn unmatched(line: &AdjudicatedLine, all: &[BilledLine]) -> Reason {
    let billed = all.iter().any(|ours| likeness(line, &ours.procedure).is_some());
    let control = all.iter().any(|ours| ours.control == line.control);
    let procedure = line.submitted_procedure.as_ref().unwrap_or(&line.procedure);
    let (cause, words) = match (billed, control) {
        (true, _) => {
            (Cause::LineUnmatched, format!("line {} ({procedure}) is more than was billed of it", line.ordinal))
        }
        (false, true) => (
            Cause::ProcedureNotBilled,
            format!("line {} names our line {}, on which {procedure} was not billed", line.ordinal, line.control),
        ),
        (false, false) => {
            (Cause::ProcedureNotBilled, format!("line {}: procedure {procedure} was not billed", line.ordinal))
        }
    };
    Reason::new("M3", cause, words)
}
