//! Fields of the CMS-1500 by their number: a dialect of CSV, and a view of a claim. Billers think in boxes.

use super::columns::{ColumnId, Kind, columns, id};
use super::extract::Extracted;
use super::rows::Values;
use edi_core::codes::icd10cm;
use edi_core::value::date8;
use edi_core::{Money, Text};
use serde::Serialize;

/// Which part of a field a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// The piece between commas with this number, from 0: `DOE, ANN, M`.
    Name(usize),
    /// The word with this number, from 0.
    Word(usize),
    /// All words behind the first.
    Rest,
    /// The first day of two.
    From,
    /// The second day of two.
    To,
    /// This code where the field says yes.
    Yes(&'static str),
    /// One code where the field says yes, another where it says no.
    Either(&'static str, &'static str),
}

/// A field: its number, what it is called, and its columns.
type Field = (&'static str, &'static str, &'static [(&'static str, Part)]);

use Part::{Either, From, Name, Rest, To, Whole, Word, Yes};

/// The fields, in the order of the form. One without columns is known and left out: the practice file has it, or
/// the claim always says it.
const FIELDS: &[Field] = &[
    ("1", "Kind of insurance", &[("filing", Whole)]),
    ("1a", "Insured's number", &[("subscriber_id", Whole)]),
    ("2", "Patient's name", &[("patient_last", Name(0)), ("patient_first", Name(1)), ("patient_middle", Name(2))]),
    ("3", "Patient's birth and sex", &[("patient_dob", Word(0)), ("patient_sex", Word(1))]),
    (
        "4",
        "Insured's name",
        &[("subscriber_last", Name(0)), ("subscriber_first", Name(1)), ("subscriber_middle", Name(2))],
    ),
    ("5", "Patient's street", &[("patient_address", Whole)]),
    ("5city", "Patient's city", &[("patient_city", Whole)]),
    ("5state", "Patient's state", &[("patient_state", Whole)]),
    ("5zip", "Patient's ZIP code", &[("patient_zip", Whole)]),
    ("6", "Relation to the insured", &[("relationship", Whole)]),
    ("7", "Insured's street", &[("subscriber_address", Whole)]),
    ("7city", "Insured's city", &[("subscriber_city", Whole)]),
    ("7state", "Insured's state", &[("subscriber_state", Whole)]),
    ("7zip", "Insured's ZIP code", &[("subscriber_zip", Whole)]),
    (
        "9",
        "Other insured's name",
        &[
            ("other1_subscriber_last", Name(0)),
            ("other1_subscriber_first", Name(1)),
            ("other1_subscriber_middle", Name(2)),
        ],
    ),
    ("9a", "Other insured's policy", &[("other1_group_number", Whole)]),
    ("9d", "Other plan", &[("other1_payer_name", Whole)]),
    ("10a", "Employment", &[("related_cause1", Yes("EM"))]),
    ("10b", "Auto accident", &[("related_cause1", Yes("AA"))]),
    ("10bstate", "State of the accident", &[("accident_state", Whole)]),
    ("10c", "Other accident", &[("related_cause1", Yes("OA"))]),
    ("10d", "Claim codes", &[("condition_code1", Word(0)), ("condition_code2", Word(1)), ("condition_code3", Word(2))]),
    ("11", "Insured's group", &[("group_number", Whole)]),
    ("11a", "Insured's birth and sex", &[("subscriber_dob", Word(0)), ("subscriber_sex", Word(1))]),
    ("11b", "Other claim number", &[("property_casualty_claim", Whole)]),
    ("11c", "Plan", &[("group_name", Whole)]),
    ("11d", "Another plan", &[]),
    ("12", "Patient's signature", &[]),
    ("13", "Insured's signature", &[]),
    ("14", "Onset of the illness", &[("onset_date", Whole)]),
    ("15", "First treatment", &[("initial_treatment_date", Whole)]),
    ("16", "Unable to work", &[("last_worked_date", From), ("return_to_work_date", To)]),
    (
        "17",
        "Referring provider",
        &[("referring_last", Name(0)), ("referring_first", Name(1)), ("referring_middle", Name(2))],
    ),
    ("17a", "Its license", &[("referring_license", Whole)]),
    ("17b", "Its NPI", &[("referring_npi", Whole)]),
    ("18", "In hospital", &[("admission_date", From), ("discharge_date", To)]),
    ("19", "Note", &[("note", Whole)]),
    ("20", "Outside laboratory", &[]),
    ("21", "ICD indicator", &[]),
    ("21a", "Diagnosis", &[("dx1", Whole)]),
    ("21b", "Diagnosis", &[("dx2", Whole)]),
    ("21c", "Diagnosis", &[("dx3", Whole)]),
    ("21d", "Diagnosis", &[("dx4", Whole)]),
    ("21e", "Diagnosis", &[("dx5", Whole)]),
    ("21f", "Diagnosis", &[("dx6", Whole)]),
    ("21g", "Diagnosis", &[("dx7", Whole)]),
    ("21h", "Diagnosis", &[("dx8", Whole)]),
    ("21i", "Diagnosis", &[("dx9", Whole)]),
    ("21j", "Diagnosis", &[("dx10", Whole)]),
    ("21k", "Diagnosis", &[("dx11", Whole)]),
    ("21l", "Diagnosis", &[("dx12", Whole)]),
    ("22", "Resubmission", &[("frequency", Word(0)), ("original_reference", Rest)]),
    ("23", "Authorization", &[("authorization_number", Whole)]),
    ("24a", "Service", &[("dos", From), ("dos_to", To)]),
    ("24b", "Place", &[("line_pos", Whole)]),
    ("24c", "Emergency", &[("emergency", Whole)]),
    (
        "24d",
        "Procedure",
        &[("procedure", Word(0)), ("mod1", Word(1)), ("mod2", Word(2)), ("mod3", Word(3)), ("mod4", Word(4))],
    ),
    ("24e", "Pointers", &[("pointers", Whole)]),
    ("24f", "Charge", &[("charge", Whole)]),
    ("24g", "Units", &[("units", Whole)]),
    ("24h", "EPSDT", &[("epsdt", Whole)]),
    ("24i", "Qualifier", &[]),
    ("24j", "Rendering NPI", &[("rendering_npi", Whole)]),
    ("25", "Tax id", &[]),
    ("26", "Patient's account", &[("claim_id", Whole)]),
    ("27", "Accept assignment", &[("assignment", Either("A", "C"))]),
    ("28", "Total charge", &[("claim_charge", Whole)]),
    ("29", "Amount paid", &[("patient_paid", Whole)]),
    ("31", "Provider", &[("rendering_last", Name(0)), ("rendering_first", Name(1)), ("rendering_middle", Name(2))]),
    ("32", "Facility", &[("facility_name", Whole)]),
    ("32street", "Its street", &[("facility_address", Whole)]),
    ("32city", "Its city", &[("facility_city", Whole)]),
    ("32state", "Its state", &[("facility_state", Whole)]),
    ("32zip", "Its ZIP code", &[("facility_zip", Whole)]),
    ("32a", "Its NPI", &[("facility_npi", Whole)]),
    ("32b", "Its other id", &[("facility_payer_id", Whole)]),
    ("33", "Billing provider", &[]),
    ("33a", "Its NPI", &[("billing_npi", Whole)]),
    ("33b", "Its other id", &[("billing_payer_id", Whole)]),
];

/// Where a field of a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) column: ColumnId,
    part: Part,
    /// It is a box of the form, in which `SAME` and `NONE` say nothing.
    of_form: bool,
}

impl Target {
    /// A column of ours.
    pub(crate) fn column(column: ColumnId) -> Self {
        Self { column, part: Whole, of_form: false }
    }

    /// Puts what a field says into its column.
    #[inline]
    pub(crate) fn put(self, into: &mut Values, text: &str) {
        if self.of_form && (text.eq_ignore_ascii_case("SAME") || text.eq_ignore_ascii_case("NONE")) {
            return;
        }
        let value = if self.part == Whole { text } else { self.part.of(text) };
        // Boxes 10a to 10c share a column: the second yes takes the second one.
        let taken = matches!(self.part, Yes(_)) && into.has(self.column);
        if !value.is_empty() {
            into.set(self.column + usize::from(taken), Text::new(value));
        }
    }
}

impl Part {
    fn of(self, text: &str) -> &str {
        let is = |word: &str| text.eq_ignore_ascii_case(word) || text.eq_ignore_ascii_case(&word[..1]);
        let days = || text.split_once(" - ").or_else(|| text.split_once("..")).or_else(|| text.split_once(' '));
        match self {
            Whole => text,
            Name(n) => text.split(',').nth(n).unwrap_or_default().trim(),
            Word(n) => text.split_ascii_whitespace().nth(n).unwrap_or_default(),
            Rest => text.split_once(' ').map_or("", |(_, rest)| rest.trim()),
            From => days().map_or(text, |(from, _)| from.trim()),
            To => days().map_or("", |(_, to)| to.trim()),
            Yes(code) if is("YES") => code,
            Yes(_) if is("NO") => "",
            Either(code, _) if is("YES") => code,
            Either(_, code) if is("NO") => code,
            Yes(_) | Either(..) => text,
        }
    }
}

/// The columns of a box, by the name of a header (`24D`, `Box 24d`, `5 city`); none where it is no box.
pub(crate) fn targets(name: &str) -> Option<Vec<Target>> {
    let name = name.trim().to_lowercase();
    let name = name.strip_prefix("box").or_else(|| name.strip_prefix("item")).unwrap_or(&name);
    let name: String = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-' | '.')).collect();
    let (.., parts) = FIELDS.iter().find(|(field, ..)| *field == name)?;
    let target =
        |(column, part): &(&str, Part)| Some(Target { column: columns().find(column)?, part: *part, of_form: true });
    Some(parts.iter().filter_map(target).collect())
}

/// A box of the form, filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilledBox {
    /// Number of the box (`24D`); `24` boxes stand once for each line.
    #[serde(rename = "box")]
    pub field: String,
    /// What it is called, in our words.
    pub title: &'static str,
    /// Line of the claim, from 1; 0 outside the lines.
    pub line: usize,
    /// What stands in it.
    pub value: String,
}

/// The claim as it would stand on the form: filled boxes in the order of the form.
#[must_use]
pub fn boxes(claim: &crate::Claim) -> Vec<FilledBox> {
    let form = of_form(claim);
    let is_24 = |field: &&Field| field.0.starts_with("24");
    let fields = |of_line: bool| FIELDS.iter().filter(move |field| is_24(field) == of_line);
    let mut filled: Vec<FilledBox> =
        fields(false).take_while(|f| f.0 != "25").filter_map(|f| fill(f, &form.claim, 0)).collect();
    for (line, n) in form.lines.iter().zip(1..) {
        filled.extend(fields(true).filter_map(|field| fill(field, line, n)));
    }
    filled.extend(fields(false).skip_while(|f| f.0 != "25").filter_map(|f| fill(f, &form.claim, 0)));
    filled
}

/// Columns of a claim as the form wants them: said on every line, said twice, and written for people.
fn of_form(claim: &crate::Claim) -> Extracted {
    let mut form = Extracted::of(claim, true);
    if form.claim.get(id("relationship")) == "18" {
        for part in ["last", "first", "middle", "dob", "sex", "address", "city", "state", "zip"] {
            let value = Text::new(form.claim.get(id(&format!("subscriber_{part}"))));
            form.claim.fill(id(&format!("patient_{part}")), &value);
        }
    }
    if form.claim.get(id("frequency")) == "1" {
        form.claim.set(id("frequency"), Text::default());
    }
    for line in &mut form.lines {
        line.fill(id("line_pos"), form.claim.get(id("pos")));
        let rendering = [line.get(id("line_rendering_npi")), form.claim.get(id("rendering_npi"))];
        let rendering = Text::new(rendering.into_iter().find(|npi| !npi.is_empty()).unwrap_or_default());
        line.set(id("rendering_npi"), rendering);
    }
    form.lines.iter_mut().chain([&mut form.claim]).for_each(for_people);
    form
}

/// Dates with slashes, amounts with cents, diagnoses with dots, pointers as letters.
fn for_people(values: &mut Values) {
    for (column, value) in values.cells_mut() {
        let shown = match columns().get(*column).map(|c| &c.kind) {
            Some(Kind::Date(_) | Kind::Period(_)) => value.split('-').map(day).collect::<Vec<_>>().join(" - "),
            Some(Kind::Money) => value.parse::<Money>().map_or_else(|_| value.to_string(), |m| m.to_string()),
            Some(Kind::Diagnosis) => icd10cm::dotted(value).into_owned(),
            Some(Kind::Pointers) => {
                value.split(' ').filter_map(|p| p.parse::<u8>().ok()).map(|p| char::from(b'@' + p.min(26))).collect()
            }
            _ => continue,
        };
        *value = shown.into();
    }
}

/// `20260504` as `05/04/2026`.
fn day(wire: &str) -> String {
    date8(wire.as_bytes()).map_or_else(|| wire.to_owned(), |day| day.format("%m/%d/%Y").to_string())
}

fn fill((field, title, parts): &Field, values: &Values, line: usize) -> Option<FilledBox> {
    let of = |column: &str| columns().find(column).map_or("", |id| values.get(id));
    let given: Vec<&str> = parts.iter().map(|(column, _)| of(column)).filter(|v| !v.is_empty()).collect();
    let value = match parts.first()?.1 {
        Yes(code) => [of("related_cause1"), of("related_cause2")].contains(&code).then(|| "YES".to_owned())?,
        Either(yes, _) if given == [yes] => "YES".to_owned(),
        Either(..) if !given.is_empty() => "NO".to_owned(),
        Name(_) => given.join(", "),
        From => given.join(" - "),
        _ => given.join(" "),
    };
    let number = field.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let field = match field.len() - number.len() {
        0..=1 => field.to_uppercase(),
        _ if field.starts_with("10b") => "10b state".to_owned(),
        _ => format!("{number} {}", &field[number.len()..]),
    };
    (!value.is_empty()).then_some(FilledBox { field, title, line, value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn every_box_names_columns_that_exist() {
        for (field, _, parts) in FIELDS {
            assert_eq!(targets(field).unwrap().len(), parts.len(), "{field}");
        }
        assert!(targets("Box 24D").is_some() && targets("5 City").is_some() && targets("99").is_none());
    }

    #[test]
    fn fields_are_taken_apart() {
        let put = |field: &str, texts: &[&str]| {
            let mut values = Values::at(1);
            texts.iter().for_each(|text| targets(field).unwrap().into_iter().for_each(|t| t.put(&mut values, text)));
            values.cells().iter().map(|(_, v)| v.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(put("2", &["DOE, ANN, M"]), ["DOE", "ANN", "M"]);
        assert_eq!(put("24D", &["99213 25 LT"]), ["99213", "25", "LT"]);
        assert_eq!(put("24A", &["05/04/2026 - 05/06/2026"]), ["05/04/2026", "05/06/2026"]);
        assert_eq!(put("22", &["7 PCN 12"]), ["7", "PCN 12"]);
        assert_eq!(put("10b", &["YES"]), ["AA"]);
        assert_eq!(put("10b", &["n"]), [""; 0]);
        assert_eq!(put("27", &["NO"]), ["C"]);
        assert_eq!(put("4", &["SAME"]), [""; 0]);
    }
}
