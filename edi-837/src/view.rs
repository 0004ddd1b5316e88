//! A claim for people and programs to look at.

use crate::Claim;
use serde_json::Value;

/// The claim as JSON: the loops of the model, names of its fields, amounts as strings; what is empty is left
/// out. The form follows the model and grows with it: names stay, new ones may come.
#[must_use]
pub fn json(claim: &Claim) -> Value {
    let mut value = serde_json::to_value(claim).unwrap_or_default();
    prune(&mut value);
    value
}

/// Takes out what is empty, from the inside out; places in lists stay.
fn prune(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(prune);
            fields.retain(|_, field| !is_empty(field));
        }
        Value::Array(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClaimReader;
    use pretty_assertions::assert_eq;

    #[test]
    fn what_is_empty_is_left_out() {
        let file: &[u8] = b"ST*837*1~HL*1**20*1~NM1*85*2*CLINIC~HL*2*1*22*0~CLM*C1*12.5***11:B:1~HI*ABK:J029~\
LX*1~SV1*HC:99213*12.5*UN*1***1:2~SE*9*1~";
        let found = ClaimReader::new(file).unwrap().next().unwrap().unwrap();
        let expected = serde_json::json!({
            "header": {},
            "billing": { "parties": [{ "name": { "entity": "85", "kind": "2", "last": "CLINIC" } }] },
            "subscriber": {},
            "information": {
                "claim": { "number": "C1", "charge": "12.50", "place": ["11", "B", "1"] },
                "codes": [[{ "qualifier": "ABK", "code": "J029" }]],
                "lines": [{
                    "number": { "number": "1" },
                    "service": {
                        "procedure": { "qualifier": "HC", "code": "99213" },
                        "charge": "12.50", "unit": "UN", "units": "1", "pointers": ["1", "2"]
                    }
                }]
            }
        });
        let mut expected = expected;
        prune(&mut expected);
        assert_eq!(json(&found.claim), expected);
    }
}
