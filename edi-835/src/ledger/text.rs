//! How values stand in text columns.

use chrono::NaiveDate;
use edi_core::Text;
use edi_core::value::{Period, Procedure};

/// A date as `2026-01-31`.
pub(super) fn day(date: NaiveDate) -> String {
    date.to_string()
}

/// A date of a column; none where it is empty.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

/// A period of two columns.
pub(super) fn period(from: &str, to: &str) -> Option<Period> {
    Some(Period { from: date(from)?, to: date(to)? })
}

/// A procedure with its qualifier: `HC:99213:25`, each part with `%`, `:` and control characters escaped.
pub(super) fn procedure_text(procedure: &Procedure) -> String {
    let parts = [&procedure.qualifier, &procedure.code, &procedure.description, &procedure.last_code];
    let mut text: Vec<String> = parts.iter().map(|part| part.replace('%', "%25").replace(':', "%3A")).collect();
    text.extend(procedure.modifiers.iter().map(|part| part.replace('%', "%25").replace(':', "%3A")));
    text.join(":")
}

/// The procedure of such a text.
pub(super) fn procedure_from(text: &str) -> Procedure {
    let mut parts = text.split(':').map(|part| Text::from(part.replace("%3A", ":").replace("%25", "%")));
    let mut next = || parts.next().unwrap_or_default();
    let (qualifier, code, description, last_code) = (next(), next(), next(), next());
    Procedure { qualifier, code, modifiers: parts.collect(), description, last_code }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_procedure_comes_back_from_its_column() {
        let mut procedure = Procedure::hcpcs("99213", ["25", "59"]);
        procedure.description = "10% : of it".into();
        assert_eq!(procedure_from(&procedure_text(&procedure)), procedure);
        assert_eq!(procedure_from(&procedure_text(&Procedure::default())), Procedure::default());
    }
}
