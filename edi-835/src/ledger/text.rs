//! How values stand in text columns.

use chrono::NaiveDate;
use edi_core::Text;
use edi_core::value::{Period, Procedure};

/// A date as `2026-01-31`.
pub(super) fn day(date: NaiveDate) -> String {
    date.to_string()
}

/// A date of a column; none where it is empty. Every line that is loaded has two, and a general parser would be felt.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    match text.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', _, _] => {
            NaiveDate::from_ymd_opt(i32::try_from(number(0..4)?).ok()?, number(5..7)?, number(8..10)?)
        }
        _ => text.parse().ok(),
    }
}

/// A period of two columns.
pub(super) fn period(from: &str, to: &str) -> Option<Period> {
    Some(Period { from: date(from)?, to: date(to)? })
}

/// A procedure with its qualifier: `HC:99213::25`, each part with `%` and `:` escaped.
pub(super) fn procedure_text(procedure: &Procedure) -> String {
    let mut text = String::with_capacity(24);
    let parts = [&*procedure.qualifier, &*procedure.code, &*procedure.description, &*procedure.last_code];
    for (i, part) in parts.into_iter().chain(procedure.modifiers.iter().map(|m| m.as_str())).enumerate() {
        if i > 0 {
            text.push(':');
        }
        match part.contains(['%', ':']) {
            true => text.push_str(&part.replace('%', "%25").replace(':', "%3A")),
            false => text.push_str(part),
        }
    }
    text
}

/// The procedure of such a text.
pub(super) fn procedure_from(text: &str) -> Procedure {
    let plain = |part: &str| match part.contains('%') {
        true => Text::from(part.replace("%3A", ":").replace("%25", "%")),
        false => Text::new(part),
    };
    let mut parts = text.split(':').map(plain);
    let mut next = || parts.next().unwrap_or_default();
    let (qualifier, code, description, last_code) = (next(), next(), next(), next());
    Procedure {
        qualifier,
        code,
        modifiers: parts.collect(),
        description: description.into(),
        last_code: last_code.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_date_comes_back_from_its_column() {
        for date in [NaiveDate::MIN, NaiveDate::MAX, NaiveDate::from_ymd_opt(2026, 1, 31).unwrap()] {
            assert_eq!(super::date(&day(date)), Some(date));
        }
        for text in ["", "2026-02-30", "2026/01/31", "2026-1-311", "20é6-1-31"] {
            assert_eq!(super::date(text), None, "{text}");
        }
    }

    #[test]
    fn a_procedure_comes_back_from_its_column() {
        let mut procedure = Procedure::hcpcs("99213", ["25", "59"]);
        procedure.description = "10% : of it".into();
        assert_eq!(procedure_from(&procedure_text(&procedure)), procedure);
        assert_eq!(procedure_from(&procedure_text(&Procedure::default())), Procedure::default());
    }
}
