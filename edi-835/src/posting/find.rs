//! Which of our claims an answer is about (rule M1), and who its payer is.

use super::reason::{Cause, Reason};
use super::rules::Rules;
use crate::ledger::{Result, Store, Writing};
use crate::model::Remittance;
use edi_core::Text;
use edi_core::account::Adjudication;
use std::collections::BTreeSet;

/// The payer of these identifiers: as claims name it, as the ledger maps it, or as the rules do.
pub(super) fn payer<S: Store>(writing: &mut Writing<'_, S>, rules: &Rules, ids: &[Text]) -> Result<Option<i64>> {
    for id in ids {
        if let Some(payer) = writing.find_payer(id)? {
            return Ok(Some(payer));
        }
        if let Some(code) = rules.payer_of(id)
            && let Some(payer) = writing.find_payer(code)?
        {
            return Ok(Some(payer));
        }
    }
    Ok(None)
}

/// Identifiers of a remittance's payee: N104, and its tax or payee number.
pub(super) fn payee_ids(remittance: &Remittance) -> Vec<Text> {
    let Some(payee) = remittance.payee() else { return Vec::new() };
    let references = ["TJ", "PQ"].into_iter().filter_map(|q| payee.details.reference(q));
    let ids = std::iter::once(&payee.n1.id).chain(references);
    ids.filter(|id| !id.is_empty()).cloned().collect()
}

/// The payee of ours that has one of these identifiers: by a claim, or by the rules.
pub(super) fn payee<S: Store>(writing: &mut Writing<'_, S>, rules: &Rules, ids: &[Text]) -> Result<Option<i64>> {
    for id in ids {
        if let Some(payee) = writing.find_payee(id)? {
            return Ok(Some(payee));
        }
        if rules.payees.contains(id) {
            return writing.payee(id, &[]).map(Some);
        }
    }
    Ok(None)
}

/// The claim of an answer: its row key, none, or a reason where the numbers disagree.
pub(super) type Found = std::result::Result<Option<i64>, Reason>;

/// Finds the claims of a batch of answers by CLP01, and by CLP07 or REF*F8 of an earlier answer of the same payer.
pub(super) fn claims<S: Store>(
    writing: &mut Writing<'_, S>,
    payer: Option<i64>,
    answers: &[&Adjudication],
) -> Result<Vec<Found>> {
    let keys: Vec<&str> = answers.iter().map(|answer| answer.key.0.as_str()).filter(|key| is_sent(key)).collect();
    let by_key = writing.claims_by_key(&keys)?;
    let mut numbers: Vec<&str> = answers.iter().flat_map(|answer| own_numbers(answer)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let by_number = match payer {
        Some(payer) => writing.claims_by_number(payer, &numbers)?,
        None => Default::default(),
    };
    let find = |answer: &&Adjudication| -> Found {
        let mut found: BTreeSet<i64> = BTreeSet::new();
        for number in own_numbers(answer) {
            found.extend(by_number.get(number).into_iter().flatten());
        }
        let key = by_key.get(&answer.key.0).filter(|_| is_sent(&answer.key.0)).copied();
        match (key, found.len()) {
            (None, 0) => Ok(None),
            (None, 1) => Ok(found.first().copied()),
            (Some(key), 0) => Ok(Some(key)),
            (Some(key), _) if found.iter().all(|other| *other == key) => Ok(Some(key)),
            _ => Err(ambiguous(answer)),
        }
    };
    Ok(answers.iter().map(find).collect())
}

/// Whether CLP01 is a number of ours: `0` says that none was sent.
fn is_sent(key: &str) -> bool {
    !key.is_empty() && key != "0"
}

fn own_numbers(answer: &Adjudication) -> impl Iterator<Item = &str> {
    let numbers = [&answer.payer_claim_number, &answer.original_reference];
    numbers.into_iter().map(|number| number.as_str()).filter(|number| !number.is_empty())
}

fn ambiguous(answer: &Adjudication) -> Reason {
    let words = format!(
        "claim number {} and the payer's number {} belong to different claims: match it by hand",
        answer.key, answer.payer_claim_number
    );
    Reason::new("M1", Cause::ClaimAmbiguous, words)
}
