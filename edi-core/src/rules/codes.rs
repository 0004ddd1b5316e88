//! SNIP type 5: codes by day, for claims and remittances alike.

use super::found::Found;
use super::kept::Placed;
use crate::codes::{Check, CodeSet, ProcedureShape, procedure_shape};
use crate::finding::Severity;
use crate::lex::text;
use chrono::NaiveDate;

/// Looks a code up and reports what is off: what cannot be a code is an error, all else is the rule's warning.
/// `place` is the element, and the component or 0.
pub(super) fn check(rule: &'static str, set: CodeSet, it: Placed<'_>, place: (usize, usize), day: NaiveDate, found: &mut Found) {
    let code = match place {
        (n, 0) => it.at(n),
        (n, c) => it.part(n, c),
    };
    if code.is_empty() {
        return;
    }
    let (severity, expected) = match found.codes.check(set, &text(code), day) {
        Check::Valid | Check::NotCovered => return,
        Check::NotBillable => (Severity::Warning, "a more specific code"),
        Check::NotYet => (Severity::Warning, "a code that had begun on that day"),
        Check::Stopped => (Severity::Warning, "a code that had not ended on that day"),
        Check::Unknown => (Severity::Warning, "a code of the list"),
        Check::Malformed => (Severity::Error, "the shape of such a code"),
    };
    found.weighed(rule, severity, it, place, expected);
}

/// A procedure composite with qualifier HC: CPT by its shape (or a loaded list), HCPCS level II by day.
pub(super) fn procedure(rule: &'static str, it: Placed<'_>, element: usize, day: NaiveDate, found: &mut Found) {
    if it.part(element, 1) != b"HC" {
        return;
    }
    let set = match procedure_shape(&text(it.part(element, 2))) {
        Some(ProcedureShape::Hcpcs) => CodeSet::Hcpcs,
        Some(ProcedureShape::Cdt) => return,
        Some(_) | None => CodeSet::Cpt,
    };
    check(rule, set, it, (element, 2), day, found);
}

/// The reasons of a CAS.
pub(super) fn reasons(rule: &'static str, cas: Placed<'_>, day: NaiveDate, found: &mut Found) {
    for (n, ..) in cas.adjustments() {
        check(rule, CodeSet::Carc, cas, (n, 0), day, found);
    }
}
