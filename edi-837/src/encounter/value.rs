//! One value of an encounter: read as its column asks, checked, and turned into what the wire wants.

use super::columns::Kind;
use super::mapping::Formats;
use super::wire::{Carried, dollars, span, wire};
use chrono::{Datelike, NaiveDate};
use compact_str::format_compact;
use edi_core::codes::{CodeSet, icd10cm, is_modifier, is_ndc, is_taxonomy, procedure_shape};
use edi_core::value::{date8, is_npi, is_ssn, is_zip};
use edi_core::{Money, Quantity, Text};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Why a value cannot be sent, and what to do about it. Neither holds the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) reason: Cow<'static, str>,
    pub(crate) fix: Cow<'static, str>,
}

/// A fault in two sentences.
pub(crate) fn fault(reason: impl Into<Cow<'static, str>>, fix: impl Into<Cow<'static, str>>) -> Fault {
    Fault { reason: reason.into(), fix: fix.into() }
}

/// What values are read with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) formats: &'a Formats,
    pub(crate) today: NaiveDate,
    /// What the file that is written can carry.
    pub(crate) carried: &'a Carried,
}

/// Reads a value that is not empty, and puts what the wire wants in its place; one that is wrong stays as it is.
pub(crate) fn read(kind: &Kind, value: &mut Text, context: Context<'_>) -> Result<(), Fault> {
    let given = trimmed(value);
    if let Kind::Text(longest) | Kind::Id(longest) = kind {
        if given.len() > *longest {
            return Err(fault(format!("is longer than {longest} characters"), "shorten it"));
        }
        context.carried.check(given)?;
        if given.len() < value.len() {
            *value = Text::new(given);
        }
        return Ok(());
    }
    let wire = shape(kind, given, context)?;
    // The separators of these lists never reach the file.
    if !matches!(kind, Kind::Pointers | Kind::Adjustments) {
        context.carried.check(&wire)?;
    }
    *value = wire;
    Ok(())
}

/// Without white space around it; most values have none, which is seen at once.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~', .., b'!'..=b'~'] | [b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

fn shape(kind: &Kind, text: &str, context: Context<'_>) -> Result<Text, Fault> {
    let upper = || upper(text);
    match kind {
        Kind::Text(_) | Kind::Id(_) => Ok(Text::new(text)),
        Kind::Code(codes) => one_of(&upper(), codes),
        Kind::Npi => npi(text),
        Kind::Date(any) => date(text, *any, context).map(wire),
        Kind::Period(any) => period(text, *any, context),
        Kind::Money => money(text, context.formats),
        Kind::Quantity => quantity(text, context.formats),
        Kind::Number if is_small(text) => Ok(Text::new(text)),
        Kind::Number => match text.parse::<u32>() {
            Ok(number) => Ok(format_compact!("{number}")),
            Err(_) => Err(fault("is no whole number", "write digits only")),
        },
        Kind::Zip => zip(text),
        Kind::State => known(&STATES, upper(), "is no state or province", "write its two letters (NY)"),
        Kind::Country => shaped(
            upper(),
            |code| matches!(code.len(), 2 | 3) && letters(code),
            "is no country code",
            "write its two letters (CA)",
        ),
        Kind::Phone => phone(text),
        Kind::Flag => flag(text),
        Kind::Sex => sex(text),
        Kind::Ssn => shaped(digits(text), is_ssn, "is no social security number", "write nine digits"),
        Kind::Relationship => relationship(text),
        Kind::Taxonomy => {
            shaped(upper(), is_taxonomy, "is no taxonomy code", "write ten characters, the last an X (207Q00000X)")
        }
        Kind::Diagnosis => diagnosis(&upper()),
        Kind::Procedure => shaped(
            upper(),
            |code| procedure_shape(code).is_some(),
            "is no CPT or HCPCS code",
            "write five characters without modifiers (99213, J1100)",
        ),
        Kind::Modifier => {
            shaped(upper(), is_modifier, "is no modifier", "write two characters (25, LT), one modifier a column")
        }
        Kind::Place => place(text),
        Kind::Ndc => ndc(text),
        Kind::Pointers => pointers(&upper()),
        Kind::Adjustments => adjustments(&upper(), context.formats),
    }
}

/// In capitals.
fn upper(text: &str) -> Text {
    let mut upper = Text::new(text);
    upper.make_ascii_uppercase();
    upper
}

fn shaped(value: Text, is: impl Fn(&str) -> bool, reason: &'static str, fix: &'static str) -> Result<Text, Fault> {
    if is(&value) { Ok(value) } else { Err(fault(reason, fix)) }
}

fn one_of(code: &str, codes: &[Text]) -> Result<Text, Fault> {
    let padded = |c: &&Text| c.strip_prefix('0') == Some(code); // spreadsheets drop the zero of 03
    let found = codes.iter().find(|c| **c == code).or_else(|| codes.iter().find(padded));
    let listed = || codes.iter().take(40).map(|c| c.as_str()).collect::<Vec<_>>().join(", ");
    found
        .cloned()
        .ok_or_else(|| fault("is none of the codes that are allowed here", format!("write one of {}", listed())))
}

static STATES: LazyLock<Vec<[u8; 2]>> = LazyLock::new(|| codes(CodeSet::State));
static PLACES: LazyLock<Vec<[u8; 2]>> = LazyLock::new(|| codes(CodeSet::PlaceOfService));

/// The codes of a set of which all have two characters, to be searched; a test holds that they do.
fn codes(set: CodeSet) -> Vec<[u8; 2]> {
    let mut codes: Vec<_> = set.entries().filter_map(|entry| entry.code.as_bytes().try_into().ok()).collect();
    codes.sort_unstable();
    codes
}

fn known(codes: &[[u8; 2]], code: Text, reason: &'static str, fix: &'static str) -> Result<Text, Fault> {
    let found = code.as_bytes().try_into().is_ok_and(|code| codes.binary_search(&code).is_ok());
    if found { Ok(code) } else { Err(fault(reason, fix)) }
}

fn letters(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphabetic())
}

fn digits(text: &str) -> Text {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn npi(text: &str) -> Result<Text, Fault> {
    match () {
        () if is_npi(text) => Ok(Text::new(text)),
        () if text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit()) => Err(fault(
            "is no NPI: its check digit is wrong",
            "look for a mistyped digit; the NPPES registry lists every NPI",
        )),
        () => Err(fault("is no NPI", "write ten digits, the first a 1 or 2")),
    }
}

/// Reads a day in one of the formats.
fn date(text: &str, any: bool, context: Context<'_>) -> Result<NaiveDate, Fault> {
    let parse = |format: &str| plain_day(text, format).or_else(|| any_day(text, format));
    let read = context.formats.dates().find_map(parse);
    let unknown = || {
        fault(
            "is no day of the calendar in a known format",
            "write 2026-01-31, 01/31/2026 or 20260131, or name the format in the mapping file",
        )
    };
    let date = read.ok_or_else(unknown)?;
    let earliest = NaiveDate::from_ymd_opt(1880, 1, 1).unwrap_or_default();
    match () {
        () if date < earliest => Err(fault("is a day before 1880", "look for a year of two digits")),
        () if date > context.today && !any => {
            Err(fault("is a day in the future", "correct the date, or wait until it has come"))
        }
        () if date.year() > 9999 => Err(unknown()), // the wire has four digits
        () => Ok(date),
    }
}

/// A day in any writing of a format. A time of day that a spreadsheet put behind the date is left out.
fn any_day(text: &str, format: &str) -> Option<NaiveDate> {
    let day = text.split_once(['T', ' ']).map_or(text, |(day, _)| day);
    NaiveDate::parse_from_str(text, format).or_else(|_| NaiveDate::parse_from_str(day, format)).ok()
}

/// A day of which every digit is there, in one of the formats that need no asking.
fn plain_day(text: &str, format: &str) -> Option<NaiveDate> {
    let (year, month, day) = match (format, text.as_bytes()) {
        ("%Y%m%d", [y1, y2, y3, y4, m1, m2, d1, d2])
        | ("%Y-%m-%d", [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2])
        | ("%m/%d/%Y", [m1, m2, b'/', d1, d2, b'/', y1, y2, y3, y4]) => ([y1, y2, y3, y4], [m1, m2], [d1, d2]),
        _ => return None,
    };
    let [y1, y2, y3, y4] = year.map(|digit| *digit);
    date8(&[y1, y2, y3, y4, *month[0], *month[1], *day[0], *day[1]])
}

fn period(text: &str, any: bool, context: Context<'_>) -> Result<Text, Fault> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return date(text, any, context).map(wire);
    }
    let split = text.split_once(" - ").or_else(|| text.split_once("..")).or_else(|| match text.len() {
        17 => text.split_once('-'),
        _ => None,
    });
    let Some((from, to)) = split else { return date(text, any, context).map(wire) };
    span(date(from.trim(), any, context)?, date(to.trim(), any, context)?)
}

fn money(text: &str, formats: &Formats) -> Result<Text, Fault> {
    let plain = formats.number(text.trim_start_matches('$').trim());
    let no_amount = || fault("is no amount", "write digits and a point (125.50)");
    let amount: Money = plain.ok_or_else(no_amount)?.parse().map_err(|_| no_amount())?;
    match amount.cents() {
        Some(cents @ 0..) => Ok(dollars(cents)),
        Some(_) => Err(fault("is below zero", "charges and payments are sent without a sign")),
        None => Err(fault(
            "has a fraction of a cent or more digits than an amount can have",
            "write two digits behind the point",
        )),
    }
}

/// Whether it is a number below a hundred, as the wire has it.
fn is_small(text: &str) -> bool {
    matches!(text.as_bytes(), [b'0'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'])
}

fn quantity(text: &str, formats: &Formats) -> Result<Text, Fault> {
    if is_small(text) {
        return Ok(Text::new(text));
    }
    let number = formats.number(text).and_then(|plain| plain.parse::<Quantity>().ok());
    match number {
        Some(quantity) if quantity.decimal().is_sign_positive() => Ok(quantity.to_string().into()),
        _ => Err(fault("is no quantity", "write digits and at most one point")),
    }
}

fn zip(text: &str) -> Result<Text, Fault> {
    let code: Text = match text.contains(['-', ' ']) {
        false => Text::new(text),
        true => text.chars().filter(|c| !matches!(c, '-' | ' ')).collect(),
    };
    let foreign = code.bytes().any(|b| b.is_ascii_alphabetic()) && (3..=15).contains(&code.len());
    match is_zip(&code) || foreign {
        true => Ok(code),
        false => Err(fault(
            "is no ZIP code",
            "write five or nine digits; a spreadsheet may have dropped a zero at the front",
        )),
    }
}

fn phone(text: &str) -> Result<Text, Fault> {
    let mut number = digits(text);
    if number.len() == 11 && number.starts_with('1') {
        number.remove(0);
    }
    shaped(number, |number| number.len() == 10, "is no telephone number", "write ten digits, area code first")
}

fn flag(text: &str) -> Result<Text, Fault> {
    match upper(text).as_str() {
        "Y" | "YES" | "TRUE" | "1" => Ok(Text::const_new("Y")),
        "N" | "NO" | "FALSE" | "0" => Ok(Text::default()),
        _ => Err(fault("is neither yes nor no", "write Y, or leave it empty for no")),
    }
}

fn sex(text: &str) -> Result<Text, Fault> {
    match upper(text).as_str() {
        "F" | "FEMALE" => Ok(Text::const_new("F")),
        "M" | "MALE" => Ok(Text::const_new("M")),
        "U" | "UNKNOWN" | "X" => Ok(Text::const_new("U")),
        _ => Err(fault("is none of F, M and U", "write F, M, or U where it is not known")),
    }
}

/// Codes of SBR02 and PAT01 that the guide allows.
const RELATIONSHIPS: [&str; 9] = ["01", "18", "19", "20", "21", "39", "40", "53", "G8"];

fn relationship(text: &str) -> Result<Text, Fault> {
    let code = match text.to_ascii_lowercase().as_str() {
        "self" => "18",
        "spouse" | "1" => "01",
        "child" => "19",
        "employee" => "20",
        "unknown" => "21",
        "life partner" | "partner" => "53",
        "other" => "G8",
        _ => text,
    };
    shaped(
        upper(code),
        |code| RELATIONSHIPS.contains(&code),
        "is no relation to the subscriber",
        "write self, spouse, child, other, or one of 01, 18, 19, 20, 21, 39, 40, 53, G8",
    )
}

fn diagnosis(code: &str) -> Result<Text, Fault> {
    let code = icd10cm::undotted(code);
    match icd10cm::is_shape(&code) {
        true => Ok(Text::new(code)),
        false => Err(fault(
            "is no ICD-10-CM code",
            "write a letter, two characters, and up to four more behind the dot (M54.50)",
        )),
    }
}

fn place(text: &str) -> Result<Text, Fault> {
    let code = if text.len() == 1 { format_compact!("0{text}") } else { Text::new(text) };
    known(&PLACES, code, "is no place of service", "write its two digits (11 office, 10 telehealth at home)")
}

/// A drug code of eleven digits; with hyphens, the short part is filled up (4-4-2, 5-3-2, 5-4-1).
fn ndc(text: &str) -> Result<Text, Fault> {
    let parts: Vec<&str> = text.split('-').collect();
    let code = match parts[..] {
        [labeler, product, package] => format_compact!("{labeler:0>5}{product:0>4}{package:0>2}"),
        _ => Text::new(text),
    };
    shaped(
        code,
        is_ndc,
        "is no national drug code",
        "write eleven digits, or the parts with their hyphens (0002-1407-01)",
    )
}

/// Pointers as numbers with spaces between: `1,2`, `A B`, `AB`, `1:2` are read.
fn pointers(text: &str) -> Result<Text, Fault> {
    let mut out = Vec::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
        match word.parse::<u32>() {
            Ok(number @ 1..=12) => out.push(number),
            Ok(_) => out.extend(word.bytes().map(|b| u32::from(b - b'0'))),
            Err(_) => out.extend(word.bytes().map(|b| u32::from(b).saturating_sub(u32::from(b'A')) + 1)),
        }
    }
    let right = !out.is_empty() && out.len() <= 4 && out.iter().all(|n| (1..=12).contains(n));
    let text = out.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    shaped(text.into(), |_| right, "does not point at diagnoses", "write at most four numbers (1,2) or letters (A,B)")
}

/// Adjustments `GROUP:REASON:AMOUNT[:UNITS]` with spaces, commas or semicolons between; kept in that form.
/// A colon is a separator of most files; in the value it separates as well.
fn adjustments(text: &str, formats: &Formats) -> Result<Text, Fault> {
    let wrong = || {
        fault(
            "is no list of adjustments",
            "write GROUP:REASON:AMOUNT, several with spaces between (CO:45:20.00 PR:1:15.00)",
        )
    };
    let mut out = Vec::new();
    for word in text.split([' ', ';', ',']).filter(|w| !w.is_empty()) {
        let parts: Vec<&str> = word.split([':', '/', '|']).collect();
        let ([group, reason, amount] | [group, reason, amount, _]) = parts[..] else { return Err(wrong()) };
        let units = parts.get(3).copied().unwrap_or_default();
        let amount: Money = formats.number(amount).and_then(|a| a.parse().ok()).ok_or_else(wrong)?;
        let code = (1..=5).contains(&reason.len()) && reason.bytes().all(|b| b.is_ascii_alphanumeric());
        let right = matches!(group, "CO" | "CR" | "OA" | "PI" | "PR") && code;
        if !right || amount.cents().is_none() {
            return Err(wrong());
        }
        let units = match units {
            "" => String::new(),
            units => units.parse::<Quantity>().map_err(|_| wrong())?.decimal().to_string(),
        };
        out.push(format!("{group}:{reason}:{}:{units}", amount.canonical().decimal()));
    }
    shaped(
        out.join(" ").into(),
        |list| !list.is_empty(),
        "is no list of adjustments",
        "write GROUP:REASON:AMOUNT (CO:45:20.00)",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn dollars_and_days_are_as_the_wire_has_them() {
        for cents in [0, 1, 10, 99, 100, 105, 110, 12_345, 1_000_000, i64::MAX] {
            assert_eq!(dollars(cents), Money::from_cents(cents).canonical().decimal().to_string());
        }
        for day in ["18800101", "20240229", "99991231"] {
            assert_eq!(wire(date8(day.as_bytes()).unwrap()), day);
        }
    }

    #[test]
    fn states_and_places_are_all_known() {
        for (set, codes) in [(CodeSet::State, &STATES), (CodeSet::PlaceOfService, &PLACES)] {
            assert_eq!(codes.len(), set.entries().count());
        }
        assert!(known(&STATES, "NY".into(), "", "").is_ok() && known(&STATES, "NYC".into(), "", "").is_err());
    }

    #[test]
    fn days_read_at_once_are_those_that_their_format_reads() {
        for format in ["%Y%m%d", "%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y"] {
            for text in ["20260131", "2026-01-31", "01/31/2026", "20260231", "2026-1-31", "0001/01/1", "31012026"] {
                if let Some(day) = plain_day(text, format) {
                    assert_eq!(Some(day), any_day(text, format), "{text} {format}");
                }
            }
        }
        assert!(plain_day("20260131", "%Y%m%d").is_some() && plain_day("01/31/2026", "%m/%d/%Y").is_some());
    }

    #[test]
    fn a_reason_of_an_adjustment_is_letters_and_digits() {
        let formats = Formats::default();
        assert_eq!(adjustments("CO:45:20 PR:1:15.50:+1", &formats).unwrap(), "CO:45:20: PR:1:15.5:1");
        for bad in ["CO:4*:20", "CO:4~:20", "CO:É:20", "XX:45:20", "CO::20", "CO:45:20:x"] {
            assert!(adjustments(bad, &formats).is_err(), "{bad}");
        }
    }
}
