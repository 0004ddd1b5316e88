//! The rules that encounters are turned into claims by, and that claims are read by: what each id says, and what to do.

use edi_core::guide::Rule;

const ENCOUNTER: &str = "this engine: encounters in (edi claims template lists every column)";
const READING: &str = "this engine: claims read off a stream";

const fn encounter(id: &'static str, title: &'static str, mend: &'static str) -> Rule {
    Rule { id, snip: 0, title, mend, source: ENCOUNTER }
}

const fn reading(id: &'static str, title: &'static str, mend: &'static str) -> Rule {
    Rule { id, snip: 0, title, mend, source: READING }
}

/// All rules of this crate.
#[rustfmt::skip]
pub static RULES: &[Rule] = &[
    encounter("ENC-ADJUSTMENTS", "What another payer adjusted is not written as group, reason and amount.", "Write adjustments as the template shows."),
    encounter("ENC-CHARGE", "The claim's charge is not the sum of its lines.", "Correct the charge, or leave it out to have it summed."),
    encounter("ENC-CODE", "The value is none of the codes that the column takes.", "Use one of the codes that are named."),
    encounter("ENC-CONFLICT", "Two rows of an encounter say different things of the claim.", "Give every row of an encounter the same value."),
    encounter("ENC-CONTROL", "Two lines have the same control number.", "Number the lines anew, or leave the column empty."),
    encounter("ENC-DATE", "The value is no date.", "Write dates as 2026-01-31."),
    encounter("ENC-DATES", "Dates are in an order that cannot be.", "Correct the earlier or the later date."),
    encounter("ENC-DIAGNOSIS", "A diagnosis code cannot be one, or is missing before others.", "Correct the code; fill the diagnoses from the first on."),
    encounter("ENC-FLAG", "The value is neither yes nor no.", "Write Y or N."),
    encounter("ENC-ID", "The identifier is too long, or holds a character that cannot be sent.", "Correct or shorten it."),
    encounter("ENC-LINES", "The encounter has no line, or more than a claim may have.", "Add a line, or split the encounter."),
    encounter("ENC-MISSING", "A column without which no claim can be made is empty.", "Fill it in."),
    encounter("ENC-MODIFIER", "The modifier is not two letters or digits.", "Correct it."),
    encounter("ENC-MONEY", "The value is no amount of dollars and cents.", "Write amounts as 1234.50, without currency signs or commas."),
    encounter("ENC-NAME", "A column was passed over: nothing here has that name.", "Rename the column, or map it in the mapping file."),
    encounter("ENC-NDC", "The drug code is not in the form 5-4-2.", "Write eleven digits, with the zeros."),
    encounter("ENC-NEEDED", "A column is empty that another column makes necessary.", "Fill it in, or empty the other."),
    encounter("ENC-NPI", "The value is no NPI: ten digits, of which the last is a check digit.", "Look the provider up in the NPI registry."),
    encounter("ENC-NUMBER", "The value is no number of the kind that the column takes.", "Write digits, with a point where parts are meant."),
    encounter("ENC-PATIENT", "Patient and subscriber do not agree, or one of them is not told.", "Fill in the subscriber, or make the relationship `self`."),
    encounter("ENC-PAYER", "The payers of the claim are not told in order.", "Fill in the first payer before the second."),
    encounter("ENC-PHONE", "The value is no telephone number of ten digits.", "Write ten digits."),
    encounter("ENC-PLACE", "The value is no place of service.", "Use a code of two digits (edi codes)."),
    encounter("ENC-POINTER", "A line points at a diagnosis that the claim does not have.", "Point at diagnoses that the claim has, the most important first."),
    encounter("ENC-PROCEDURE", "The value cannot be a procedure code.", "Write five characters of CPT or HCPCS."),
    encounter("ENC-PROVIDER", "A provider is neither in the practice file nor told whole.", "Add the provider to the practice file, or fill in its columns."),
    encounter("ENC-REFUSED", "The value cannot be written into a claim.", "See the reason that is given."),
    encounter("ENC-RELATIONSHIP", "The relationship to the subscriber is not one of the list.", "Use a word or code that the template lists."),
    encounter("ENC-SEX", "The value is none of F, M and U.", "Write F, M or U."),
    encounter("ENC-SSN", "The value is no social security number.", "Write nine digits."),
    encounter("ENC-STATE", "There is no such state, province or country.", "Write its code of two letters."),
    encounter("ENC-TAXONOMY", "The value cannot be a provider taxonomy code.", "Write ten characters, the last an X."),
    encounter("ENC-TEXT", "The text is too long, or holds a character that cannot be sent.", "Shorten it, or take the character out."),
    encounter("ENC-ZIP", "The value is no ZIP code.", "Write five or nine digits."),
    reading("837-AMOUNT", "An amount of a claim cannot be read; it is kept as it stands.", "Correct the amount where the claim was made."),
    reading("837-HL-LEVEL", "An HL names a level that claims do not have.", "Look at HL03: 20, 22 or 23."),
    reading("837-LONG-SEGMENT", "A segment has more elements than its type; all of them are kept.", "Look for a separator inside a value."),
    reading("837-OTHER-SET", "The transaction set is no 837P and was passed over.", "Read it with a command for its kind."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Texts between quotation marks in the code that is no test.
    fn words(folder: &Path, into: &mut BTreeSet<String>) {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            let rulebook_or_test = path.file_stem().is_some_and(|stem| stem == "tests" || stem == "rulebook");
            if path.is_dir() {
                words(&path, into);
            } else if path.extension().is_some_and(|e| e == "rs") && !rulebook_or_test {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("mod tests {").next().unwrap();
                into.extend(code.split('"').map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_rule_id_in_the_sources_is_explained_and_no_other() {
        let mut found = BTreeSet::new();
        words(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        let is_id = |w: &str| {
            let letters = |b: u8| b.is_ascii_uppercase() || b == b'-';
            w.strip_prefix("ENC-")
                .or(w.strip_prefix("837-"))
                .is_some_and(|rest| rest.len() > 1 && rest.bytes().all(letters))
        };
        let used: BTreeSet<&str> = found.iter().map(String::as_str).filter(|w| is_id(w)).collect();
        assert_eq!(used, RULES.iter().map(|rule| rule.id).collect());
    }
}
