//! Claims as text and as JSON.

use crate::context::Context;
use edi_837::FoundClaim;
use edi_837::model::{Party, ServiceLine};
use edi_core::Wire;
use serde_json::{Value, json};
use std::io::{self, Write};

/// A claim as a block of lines.
pub fn text(out: &mut impl Write, found: &FoundClaim, context: &Context) -> io::Result<()> {
    let claim = &found.claim;
    let information = &claim.information;
    let cut = if found.complete { "" } else { "  INCOMPLETE: the transaction set has no SE" };
    writeln!(out, "claim {}  charge {}{cut}", claim.number(), amount(&information.claim.charge))?;
    writeln!(out, "  billing    {}", organization(claim.billing_provider()))?;
    writeln!(out, "  patient    {}", person(claim.patient_name(), context))?;
    if claim.patient.is_some() {
        writeln!(out, "  subscriber {}", person(claim.insured(), context))?;
    }
    let sequence = claim.subscriber.coverage.as_ref().map_or("", |c| c.sequence.as_str());
    writeln!(out, "  payer      {} ({sequence})", organization(claim.payer()))?;
    for other in &information.other_payers {
        writeln!(out, "  other      {} ({})", organization(other.payer()), other.coverage.sequence)?;
    }
    let codes: Vec<String> = claim.diagnoses().map(|code| code.code.to_string()).collect();
    writeln!(out, "  diagnoses  {}", codes.join(" "))?;
    writeln!(out, "  place {}, frequency {}", information.place_of_service(), information.frequency())?;
    for line in &information.lines {
        write_line(out, line)?;
    }
    writeln!(out)
}

fn write_line(out: &mut impl Write, line: &ServiceLine) -> io::Result<()> {
    let Some(service) = &line.service else {
        return writeln!(out, "  line {:<3} {}", line.number.number, line.control());
    };
    let days = line
        .service_date()
        .map_or_else(String::new, |p| if p.is_day() { p.from.to_string() } else { format!("{} to {}", p.from, p.to) });
    let units = service.units.value().map_or_else(String::new, ToString::to_string);
    writeln!(
        out,
        "  line {:<3} {:<12} {:>6} {:<2} {:>12}  dx {:<8} {days}  {}",
        line.number.number,
        service.procedure.to_string(),
        units,
        service.unit,
        amount(&service.charge),
        service.pointers.0.join(","),
        line.control(),
    )
}

fn amount(amount: &Wire<edi_core::Money>) -> String {
    match amount {
        Wire::Value(money) => money.to_string(),
        Wire::Absent => "none".to_owned(),
        Wire::Raw(_) => "unreadable".to_owned(),
    }
}

/// An organization is not private.
fn organization(party: Option<&Party>) -> String {
    party.map_or_else(|| "none".to_owned(), |p| format!("{} {}", p.name.last, p.name.id))
}

fn person(party: Option<&Party>, context: &Context) -> String {
    party.map_or_else(
        || "none".to_owned(),
        |p| format!("{}, {} {}", context.name(&p.name.last), context.name(&p.name.first), context.id(&p.name.id)),
    )
}

/// Boxes that hold who a person is.
const PRIVATE_BOXES: [&str; 14] = ["1a", "2", "3", "4", "5", "7", "9", "9a", "10d", "11", "11a", "11b", "11c", "19"];

/// A claim as it would stand on the CMS-1500.
pub fn boxes(out: &mut impl Write, found: &FoundClaim, context: &Context) -> io::Result<()> {
    writeln!(out, "claim {}", found.claim.number())?;
    for filled in edi_837::encounter::boxes(&found.claim) {
        let number = filled.field.split(' ').next().unwrap_or_default().to_lowercase();
        let private = PRIVATE_BOXES.contains(&number.as_str());
        let value = if private { context.id(&filled.value) } else { filled.value };
        let line = if filled.line > 0 { format!(" line {}", filled.line) } else { String::new() };
        writeln!(out, "  {:<10}{line:<8} {value:<40} {}", filled.field, filled.title)?;
    }
    writeln!(out)
}

/// A claim as JSON; private fields are masked.
pub fn json(found: &FoundClaim, context: &Context) -> Value {
    let mut value = json!(found);
    value["claim"] = edi_837::view::json(&found.claim);
    if !context.phi {
        mask(&mut value, false);
    }
    value
}

/// Fields that are private in a party that is a person of the claim.
const OF_PERSONS: [&str; 12] =
    ["last", "first", "middle", "id", "line1", "line2", "city", "zip", "number1", "number2", "number3", "value"];

/// Fields that are private wherever they stand: birth, group, notes in free text.
const ALWAYS: [&str; 4] = ["birth", "group_number", "text", "death_date"];

/// NM101 of the persons of a claim: insured, patient, responsible party, card holder.
const PERSONS: [&str; 4] = ["IL", "QC", "QD", "AO"];

fn mask(value: &mut Value, of_person: bool) {
    match value {
        Value::Object(fields) => {
            let role = fields.get("name").and_then(|name| name.get("entity")).and_then(Value::as_str);
            let of_person = of_person || role.is_some_and(|role| PERSONS.contains(&role));
            for (name, field) in fields {
                let private = ALWAYS.contains(&name.as_str()) || of_person && OF_PERSONS.contains(&name.as_str());
                match field {
                    Value::String(text) if private => {
                        *text = text.chars().map(|c| if c.is_alphanumeric() { 'x' } else { c }).collect();
                    }
                    field => mask(field, of_person),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, of_person)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
