//! An encounter on its way to a claim: values read, completed and checked; what is wrong is named.

use super::check;
use super::columns::{Column, ColumnId, Kind, columns, id};
use super::error::{Problem, Weight};
use super::mapping::Formats;
use super::practice::Practice;
use super::render;
use super::rows::{Encounter, Values};
use super::value::{Context, Fault, fault, read, span};
use crate::model::{Claim, Header};
use chrono::NaiveDate;
use edi_core::Text;
use edi_core::value::date8;
use std::sync::Arc;

/// What makes claims of encounters.
pub(crate) struct Drafter<'a> {
    pub(crate) practice: &'a Practice,
    pub(crate) formats: &'a Formats,
    pub(crate) today: NaiveDate,
    /// A diagnosis that cannot be billed rejects its encounter.
    pub(crate) reject_unbillable: bool,
}

/// A checked encounter, ready to become a claim.
pub(crate) struct Draft {
    pub(crate) claim: Values,
    pub(crate) lines: Vec<Values>,
    /// The patient is not the subscriber.
    pub(crate) dependent: bool,
    /// Billing provider, an index in the practice file.
    pub(crate) provider: usize,
    /// Receiver, an index in the practice file.
    pub(crate) receiver: usize,
}

/// The problems of one encounter; columns are named as the file names them.
pub(crate) struct Desk<'a> {
    pub(crate) encounter: Text,
    pub(crate) name_of: &'a dyn Fn(ColumnId) -> String,
    pub(crate) problems: Vec<Problem>,
}

impl Desk<'_> {
    pub(crate) fn error(&mut self, rule: &'static str, values: &Values, column: ColumnId, fault: Fault) {
        self.note(rule, Weight::Error, values, column, fault);
    }

    /// Rejects the encounter for a reason that comes from elsewhere.
    pub(crate) fn refuse(&mut self, values: &Values, column: ColumnId, reason: String, fix: String) {
        self.error("ENC-REFUSED", values, column, fault(reason, fix));
    }

    pub(crate) fn note(&mut self, rule: &'static str, weight: Weight, values: &Values, column: ColumnId, fault: Fault) {
        self.problems.push(Problem {
            rule: rule.into(),
            weight,
            encounter: self.encounter.clone(),
            row: values.row,
            column: (self.name_of)(column),
            value: values.get(column).into(),
            reason: fault.reason.into_owned(),
            fix: fault.fix.into_owned(),
        });
    }

    pub(crate) fn is_rejected(&self) -> bool {
        self.problems.iter().any(|p| p.weight == Weight::Error)
    }
}

impl Drafter<'_> {
    /// Checks an encounter. What is wrong stands on the desk; the draft is good where nothing rejects it.
    pub(crate) fn draft(&self, encounter: &Encounter, desk: &mut Desk<'_>) -> Draft {
        let (mut claim, mut lines) = (encounter.claim.clone(), encounter.lines.clone());
        for (row, column, value) in &encounter.conflicts {
            let mut at = Values::at(*row);
            at.set(*column, value.clone());
            let reason = format!("is not what row {} of the same encounter says", claim.row);
            desk.error("ENC-CONFLICT", &at, *column, fault(reason, "give every row of an encounter the same value"));
        }
        for (row, name, what) in &encounter.strange {
            desk.problems.push(Problem {
                rule: "ENC-NAME".into(),
                weight: Weight::Error,
                encounter: desk.encounter.clone(),
                row: *row,
                column: name.clone(),
                value: Text::default(),
                reason: (*what).to_owned(),
                fix: "use the names of `edi claims template`".to_owned(),
            });
        }
        self.read_values(&mut claim, desk);
        lines.iter_mut().for_each(|line| self.read_values(line, desk));
        let provider = self.provider(&claim, desk);
        self.complete_payers(&mut claim);
        let dependent = self.patient(&mut claim, desk);
        disability(&mut claim, desk);
        place_of_service(&mut claim, &mut lines);
        for (line, n) in lines.iter_mut().zip(1..) {
            complete_line(line, &claim, n, desk);
        }
        require(&claim, false, desk);
        lines.iter().for_each(|line| require(line, true, desk));
        check::whole(&mut claim, &lines, dependent, desk);
        check::diagnoses(&claim, &lines, self.reject_unbillable, desk);
        let receiver = self.practice.receiver_of(claim.get(id("payer_id")));
        Draft { claim, lines, dependent, provider: provider.unwrap_or_default(), receiver }
    }

    /// Reads every value as its column asks. One that is wrong stays as it is: its encounter is rejected.
    fn read_values(&self, values: &mut Values, desk: &mut Desk<'_>) {
        let context = Context { formats: self.formats, today: self.today, delimiters: self.practice.delimiters };
        let mut faults = Vec::new();
        for (column, value) in values.cells_mut() {
            let Some(row) = columns().get(*column) else { continue };
            match read(&row.kind, value, context) {
                Ok(wire) => *value = wire,
                Err(fault) => faults.push((row.kind.rule(), *column, fault)),
            }
        }
        for (rule, column, fault) in faults {
            desk.error(rule, values, column, fault);
        }
        values.prune();
    }

    fn provider(&self, claim: &Values, desk: &mut Desk<'_>) -> Option<usize> {
        let column = id("billing_npi");
        let found = self.practice.provider(claim.get(column));
        if found.is_none() {
            let fault = match claim.has(column) {
                true => fault(
                    "is no billing provider of the practice file",
                    "add the provider to the practice file, or correct the NPI",
                ),
                false => fault(
                    "is missing, and the practice file has several billing providers",
                    "give the NPI of one of them",
                ),
            };
            desk.error("ENC-PROVIDER", claim, column, fault);
        }
        found
    }

    /// Names and filing indicators of payers come from the practice file where the encounter has none.
    fn complete_payers(&self, claim: &mut Values) {
        if let Some(payer) = self.practice.payer(claim.get(id("payer_id"))) {
            for (name, value) in [("payer_name", &payer.name), ("filing", &payer.filing)] {
                claim.fill(id(name), value);
            }
            let street = [("payer_address", &payer.address), ("payer_city", &payer.city)];
            let place = [("payer_state", &payer.state), ("payer_zip", &payer.zip)];
            street.into_iter().chain(place).for_each(|(name, value)| claim.fill(id(name), value));
        }
        claim.fill(id("filing"), "CI");
        for n in 1..=10 {
            let column = |part: &str| id(&format!("other{n}_{part}"));
            if !claim.has(column("payer_id")) {
                continue;
            }
            if let Some(payer) = self.practice.payer(claim.get(column("payer_id"))) {
                claim.fill(column("payer_name"), &payer.name);
                claim.fill(column("filing"), &payer.filing);
            }
        }
    }

    /// Who the patient is; true where it is not the subscriber.
    fn patient(&self, claim: &mut Values, desk: &mut Desk<'_>) -> bool {
        let relationship = id("relationship");
        let names = ["last", "first"].map(|part| (id(&format!("patient_{part}")), id(&format!("subscriber_{part}"))));
        let other = names.iter().any(|(p, s)| claim.has(*p) && !claim.get(*p).eq_ignore_ascii_case(claim.get(*s)));
        match claim.get(relationship) {
            "" if other => {
                let fault = fault(
                    "is missing, though patient and subscriber have different names",
                    "say what the patient is to the subscriber (spouse, child, other, self)",
                );
                desk.error("ENC-PATIENT", claim, relationship, fault);
                true
            }
            "" | "18" => {
                self_patient(claim);
                false
            }
            _ => true,
        }
    }
}

/// Where only the lines say a place, the first one is the claim's; a line says no more what its claim says.
fn place_of_service(claim: &mut Values, lines: &mut [Values]) {
    let (pos, line_pos) = (id("pos"), id("line_pos"));
    if let Some(first) = lines.first() {
        claim.fill(pos, first.get(line_pos));
    }
    for line in lines.iter_mut().filter(|line| line.get(line_pos) == claim.get(pos)) {
        line.set(line_pos, Text::default());
    }
}

/// A disability whose start and end are known is sent as one period.
fn disability(claim: &mut Values, desk: &mut Desk<'_>) {
    let day = |claim: &Values, column: &str| date8(claim.get(id(column)).as_bytes());
    if let (Some(start), Some(end)) = (day(claim, "disability_start"), day(claim, "disability_end")) {
        match span(start, end) {
            Ok(period) => {
                claim.set(id("disability_period"), period);
                claim.set(id("disability_start"), Text::default());
                claim.set(id("disability_end"), Text::default());
            }
            Err(fault) => desk.error("ENC-DATES", claim, id("disability_end"), fault),
        }
    }
}

/// What the patient's columns say of a subscriber who is the patient.
fn self_patient(claim: &mut Values) {
    let moved = |claim: &mut Values, from: &str, to: &str| {
        let value = Text::new(claim.get(id(from)));
        claim.fill(id(to), &value);
    };
    for part in [
        "last",
        "first",
        "middle",
        "suffix",
        "address",
        "address2",
        "city",
        "state",
        "zip",
        "country",
        "subdivision",
        "dob",
        "sex",
        "ssn",
    ] {
        moved(claim, &format!("patient_{part}"), &format!("subscriber_{part}"));
    }
    for (from, to) in [
        ("patient_death_date", "*self_death_date"),
        ("patient_weight", "*self_weight"),
        ("patient_pregnant", "*self_pregnant"),
        ("property_casualty_claim", "*self_property_casualty_claim"),
    ] {
        moved(claim, from, to);
    }
    claim.set(id("*self"), Text::const_new("18"));
    let of_patient: Vec<ColumnId> = claim.cells().iter().map(|c| c.0).filter(|c| is_patient(*c)).collect();
    of_patient.into_iter().for_each(|column| claim.set(column, Text::default()));
}

fn is_patient(column: ColumnId) -> bool {
    columns().get(column).is_some_and(|c| matches!(c.loop_id.as_str(), "2000C" | "2010CA"))
}

/// What a line takes from its claim, from its place, or from its other columns.
fn complete_line(line: &mut Values, claim: &Values, ordinal: usize, desk: &mut Desk<'_>) {
    line.set(id("line"), ordinal.to_string().into());
    line.fill(id("line_control"), &ordinal.to_string());
    if !line.has(id("pointers")) {
        let diagnoses = (1..=4).filter(|n| claim.has(id(&format!("dx{n}"))));
        let all = diagnoses.map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
        line.set(id("pointers"), all.into());
    }
    let (from, to) = (line.get(id("dos")), line.get(id("dos_to")));
    if let (Some(from), Some(to)) = (date8(from.as_bytes()), date8(to.as_bytes())) {
        match span(from, to) {
            Ok(period) => line.set(id("dos"), period),
            Err(fault) => desk.error("ENC-DATES", line, id("dos_to"), fault),
        }
    }
    if line.has(id("dme_days")) {
        line.set(id("*dme_procedure"), Text::new(line.get(id("procedure"))));
        let kind = if line.has(id("procedure_type")) { line.get(id("procedure_type")) } else { "HC" };
        line.set(id("*dme_procedure_type"), Text::new(kind));
    }
    // Few lines were paid by another payer before.
    let of_other = |column: ColumnId| columns().get(column).is_some_and(|c| c.loop_id.starts_with("2430"));
    if line.cells().iter().any(|(column, _)| of_other(*column)) {
        (1..=10).for_each(|n| complete_adjudication(line, claim, n));
    }
}

/// What another payer paid, completed from the other payer and the line.
fn complete_adjudication(line: &mut Values, claim: &Values, n: usize) {
    let column = |part: &str| id(&format!("line_other{n}_{part}"));
    if !line.has(column("paid")) {
        return;
    }
    line.fill(column("payer_id"), claim.get(id(&format!("other{n}_payer_id"))));
    if !line.has(column("procedure")) {
        for (ours, theirs) in
            [("procedure", "procedure"), ("mod1", "mod1"), ("mod2", "mod2"), ("mod3", "mod3"), ("mod4", "mod4")]
        {
            let value = Text::new(line.get(id(ours)));
            line.fill(column(theirs), &value);
        }
    }
    let units = Text::new(if line.has(id("units")) { line.get(id("units")) } else { "1" });
    line.fill(column("units"), &units);
}

/// Names the columns that must be given and are not.
fn require(values: &Values, of_line: bool, desk: &mut Desk<'_>) {
    let table = columns();
    for column in table.required(of_line) {
        let Some(row) = table.get(column) else { continue };
        let wanted = row.with.is_none_or(|with| values.has(with));
        if wanted && !values.has(column) {
            desk.error("ENC-MISSING", values, column, missing(row));
        }
    }
}

/// A value that is not there, and what it is.
pub(crate) fn missing(row: &Column) -> Fault {
    let fix = match &row.kind {
        Kind::Code(codes) if codes.len() <= 12 => {
            format!("{} ({})", row.doc, codes.iter().map(|c| c.as_str()).collect::<Vec<_>>().join(", "))
        }
        _ => row.doc.clone(),
    };
    fault("is missing", fix)
}

impl Draft {
    /// Id of the payer.
    pub(crate) fn payer(&self) -> Text {
        self.claim.get(id("payer_id")).into()
    }

    /// The claim.
    pub(crate) fn claim(&self, practice: &Practice, header: Arc<Header>) -> Option<Claim> {
        render::claim(header, practice.billing(self.provider), &self.claim, &self.lines, self.dependent)
    }
}
