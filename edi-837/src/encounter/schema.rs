//! The JSON Schema of an encounter, made of the table of columns.

use super::columns::{Column, Kind, columns};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The JSON Schema (2020-12) of one encounter in JSON.
///
/// Columns of a block are a list (`other`, `dx`); their joined names (`other1_payer_id`) are allowed as well, and
/// so are objects in place of a common beginning (`{"rendering": {"npi": ..}}`).
#[must_use]
pub fn schema() -> Value {
    let mut claim = object(false);
    let mut line = object(true);
    line["required"] = names(true);
    let mut lines = json!({ "type": "array", "minItems": 1, "maxItems": 50, "description": "Service lines" });
    lines["items"] = line;
    claim["properties"]["lines"] = lines;
    claim["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    claim["title"] = json!("Encounter");
    claim["description"] = json!("What becomes one professional claim (837P, 005010X222A1)");
    claim
}

/// Columns that must be given and are neither in a block nor part of an object that could be written instead.
fn names(of_line: bool) -> Value {
    let required = columns().given().filter(|c| c.of_line == of_line && c.required && c.with.is_none());
    let plain = required.filter(|c| c.default.is_none() && !c.name.contains('_') && c.name != "dx1");
    plain.map(|c| c.name.clone()).collect::<Vec<_>>().into()
}

fn object(of_line: bool) -> Value {
    let mut properties = Map::new();
    let mut blocks: BTreeMap<&str, (u32, Map<String, Value>)> = BTreeMap::new();
    for column in columns().given().filter(|c| c.of_line == of_line) {
        if column.block.is_empty() {
            properties.insert(column.name.clone(), property(column));
            continue;
        }
        let (most, inner) = blocks.entry(&column.block).or_default();
        *most = (*most).max(column.number);
        inner.entry(column.name_in_block()).or_insert_with(|| property(column));
    }
    let mut patterns = Map::new();
    for (block, (most, mut inner)) in blocks {
        patterns.insert(format!("^{block}[0-9]+(_.+)?$"), json!({ "type": ["string", "number"] }));
        let items = inner.remove("").unwrap_or_else(|| {
            nest(&mut inner);
            json!({ "type": "object", "properties": inner, "additionalProperties": false })
        });
        put(&mut properties, block, json!({ "type": "array", "maxItems": most, "items": items }));
    }
    nest(&mut properties);
    json!({
        "type": "object",
        "properties": properties,
        "patternProperties": patterns,
        "additionalProperties": false,
        "required": names(of_line),
    })
}

/// Adds an object for names that begin alike: `rendering` of `rendering_last` and `rendering_npi`.
fn nest(properties: &mut Map<String, Value>) {
    let mut prefixes: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for (name, value) in properties.iter() {
        for (at, _) in name.match_indices('_') {
            let (prefix, rest) = (name[..at].to_owned(), name[at + 1..].to_owned());
            prefixes.entry(prefix).or_default().insert(rest, value.clone());
        }
    }
    for (prefix, inner) in prefixes.into_iter().filter(|(_, inner)| inner.len() > 1) {
        put(properties, &prefix, json!({ "type": "object", "properties": inner, "additionalProperties": false }));
    }
}

/// Adds a property; where its name is one already, either form is allowed.
fn put(properties: &mut Map<String, Value>, name: &str, value: Value) {
    let value = match properties.remove(name) {
        Some(other) => json!({ "anyOf": [other, value] }),
        None => value,
    };
    properties.insert(name.to_owned(), value);
}

fn property(column: &Column) -> Value {
    let mut property = json!({ "type": "string" });
    match &column.kind {
        Kind::Money | Kind::Quantity | Kind::Number => property["type"] = json!(["string", "number"]),
        Kind::Pointers | Kind::Adjustments => property["type"] = json!(["string", "array"]),
        Kind::Flag => property["type"] = json!(["string", "boolean"]),
        Kind::Code(codes) => property["enum"] = codes.iter().map(|c| c.as_str()).collect::<Vec<_>>().into(),
        Kind::Sex => property["enum"] = json!(["F", "M", "U"]),
        Kind::Text(longest) | Kind::Id(longest) => property["maxLength"] = json!(longest),
        _ => {}
    }
    property["description"] = json!(format!("{} ({})", column.doc, place(column)));
    if let Some(default) = &column.default {
        property["default"] = json!(default.as_str());
    }
    property
}

/// Where a column stands: `2310B NM109`.
#[must_use]
pub fn place(column: &Column) -> String {
    let component = if column.component > 0 { format!("-{}", column.component) } else { String::new() };
    let element = if column.element > 0 { format!("{:02}{component}", column.element) } else { String::new() };
    let qualifier = if column.qualifier.is_empty() { String::new() } else { format!("*{}", column.qualifier) };
    format!("{} {}{qualifier} {}{element}", column.loop_id, column.segment, column.segment)
}
