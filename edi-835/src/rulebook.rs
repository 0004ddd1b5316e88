//! The rule book of balance and posting: what each rule id says that deltas, entries and holds name, and what to do.

use edi_core::guide::Rule;

const fn rule(id: &'static str, title: &'static str, mend: &'static str) -> Rule {
    Rule { id, snip: 0, title, mend, source: "this engine: the rule book of balance and posting" }
}

/// All rules of this crate, by id.
#[rustfmt::skip]
pub static RULES: &[Rule] = &[
    rule("ACCEPT", "A person accepted what was held; what a payer would be owed goes to its credit.", "Refund the payer, or reverse the answer."),
    rule("ALLOWED", "AMT*B6 is the line's charge less what the contract takes off. A warning.", "Go by the CAS; ask the payer about the allowed amount."),
    rule("B1", "A line's charge less its adjustments is what was paid for it: SVC02 - CAS = SVC03.", "Ask the payer for a corrected remittance; the claim is held."),
    rule("B2", "A claim's charge less all adjustments is what was paid for it: CLP03 - CAS = CLP04, and its lines sum to that.", "Ask the payer for a corrected remittance; the claim is held."),
    rule("B3", "The payment is the sum of the claims less the provider adjustments: BPR02 = CLP04 - PLB; no PLB is zero.", "Ask the payer which claim or PLB is missing; the remittance is held."),
    rule("B4", "CLP05 is the sum of the PR adjustments; a reversal has none. A warning.", "Go by the adjustments, line by line."),
    rule("B5", "An amount that cannot be used is never guessed, rounded or made up for.", "Ask the payer for the amount; match by hand."),
    rule("BOOK", "A claim is booked as it was billed, or a deposit as it was seen.", "Correct by booking a replacement or void."),
    rule("C2", "What later payers say earlier payers took (OA-23) is what they paid and what was written off for them.", "Compare with the earlier remittance; ask the payer that is wrong."),
    rule("C4", "A later payer answered before an earlier one.", "Post the earlier payer's remittance; this one is then planned again."),
    rule("C5", "What the patient or a next payer owes moves to the next payer on file, else to the patient.", "Add the payer to the claim where one is missing."),
    rule("C6", "The same payer answered the same claim before, and did not reverse that.", "Ask the payer whether it paid twice; accept it only if both count."),
    rule("C7", "A replacement, a void or a claim to a further payer books only the difference of the charge.", "Give the number of the original claim (REF*F8)."),
    rule("HELD", "The remittance is never posted: a test, a debit, a payment to somebody else, or a trace with other content.", "Ask the payer for the right file, or add the payee to the office's own."),
    rule("HOLD", "What is held stands in unapplied until it is released.", "Resolve the hold: match, accept, or have the payer correct it."),
    rule("K1", "Some reasons mean nothing without a remark code.", "Ask the payer for the remark."),
    rule("M1", "A claim is found by our number (CLP01), else by the payer's number of an earlier answer.", "Book the claim, or match it by hand."),
    rule("M3", "A line is found by its control number, else by procedure, modifiers, date and charge, one to one.", "Match the line by hand; ask the payer for REF*6R."),
    rule("M4", "Lines that were split share one control number, and their units add up.", "Match the lines by hand."),
    rule("M7", "Several answers may belong to one claim; their charges together are its charge.", "Ask the payer for the answer that is missing."),
    rule("OPEN", "What a claim of an earlier system still owes is opened.", "Correct the opening list and load it again."),
    rule("P1", "Interest (PLB L6) is minus the sum of the claims' AMT*I.", "Go by the PLB; ask the payer which claims the interest is for."),
    rule("P2", "A balance is carried forward (FB) and used up by a later payment.", "Find the remittance that carried the balance."),
    rule("P3", "An overpayment is recovered (WO) or its return is noted (72); the reference names the claim.", "Find the reversal that opened the item, or open it."),
    rule("P4", "Every other provider adjustment goes to the account of its kind; an unknown code is held.", "Look the code up (edi codes), and ask the payer."),
    rule("PAY", "What was paid for a line is taken from what the payer owed.", "Reverse by the payer's reversal, or undo the remittance."),
    rule("PERSON", "A person gave the amount up.", "Add an entry that takes it back."),
    rule("RULES", "A rule of the office holds the answer or gives an amount up.", "See the office's rules file."),
    rule("S1", "The status says in which place the payer answered, not that it paid.", "Compare the order of payers on the claim."),
    rule("S2", "Denial is told by the money: by group and reason, never by the status.", "Work the denial (edi denials), or tell the table what the reason means."),
    rule("S4", "Estimates and claims that are not the payer's make no entry; with money they are held.", "Ask the payer what the status means."),
    rule("UNDO", "A whole remittance was taken back by mirror entries.", "Post it again when it is right."),
    rule("V1", "A reversal negates every amount of the earlier answer.", "Ask the payer for a reversal with every amount."),
    rule("V2", "Reversals are applied before the corrections that belong to them.", "Ask the payer for the reversal or correction that is missing."),
    rule("V3", "A reversal posts only where it is exactly what was posted, and no later payer has paid.", "Compare with the first answer; reverse the later payer first."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Capital words between quotation marks that stand in the sources but are no rule ids: codes of X12, and SQL.
    const NO_RULES: [&str; 9] = ["L6", "E3", "J1", "BEGIN", "CLEARINGHOUSE", "COMMIT", "FULL", "ROLLBACK", "WAL"];

    /// Texts between quotation marks in the code that is no test.
    fn words(folder: &Path, into: &mut BTreeSet<String>) {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                words(&path, into);
            } else if path.extension().is_some_and(|e| e == "rs") && path.file_stem().is_some_and(|s| s != "tests") {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("mod tests {").next().unwrap();
                into.extend(code.split('"').map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_rule_id_in_the_sources_is_explained() {
        let mut found = BTreeSet::new();
        for room in ["balance", "posting", "ledger"] {
            words(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room), &mut found);
        }
        let named = |w: &str| match w.as_bytes() {
            [letter, digit] => letter.is_ascii_uppercase() && digit.is_ascii_digit(),
            [_, _, _, ..] => w.bytes().all(|b| b.is_ascii_uppercase()),
            _ => false,
        };
        let used: BTreeSet<&str> = found.iter().map(String::as_str).filter(|w| named(w)).collect();
        let unknown: Vec<&&str> =
            used.iter().filter(|w| RULES.iter().all(|rule| rule.id != **w) && !NO_RULES.contains(w)).collect();
        assert_eq!(unknown, [&""; 0]);
        let unused: Vec<&str> = RULES.iter().map(|rule| rule.id).filter(|id| !found.contains(*id)).collect();
        assert_eq!(unused, [""; 0]);
    }
}
