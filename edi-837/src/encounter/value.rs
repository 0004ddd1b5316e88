//! One value of an encounter: read as its column asks, checked, and turned into what the wire wants.

use super::columns::Kind;
use super::mapping::Formats;
use chrono::NaiveDate;
use edi_core::codes::{CodeSet, icd10cm, is_modifier, is_ndc, is_taxonomy, procedure_shape};
use edi_core::value::{WireValue, is_npi, is_ssn, is_zip};
use edi_core::{Money, Quantity, Text};
use std::borrow::Cow;

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
    /// Characters that separate segments, elements, ... in the file that is written.
    pub(crate) delimiters: edi_core::lex::Delimiters,
}

/// Reads a value that is not empty.
pub(crate) fn read(kind: &Kind, given: &str, context: Context<'_>) -> Result<Text, Fault> {
    let value = shape(kind, given.trim(), context)?;
    // The separators of these lists never reach the file.
    let is_list = matches!(kind, Kind::Pointers | Kind::Adjustments);
    if is_list { Ok(value) } else { sendable(&value, context).map(|()| value) }
}

fn shape(kind: &Kind, text: &str, context: Context<'_>) -> Result<Text, Fault> {
    let upper = || text.to_ascii_uppercase();
    match kind {
        Kind::Text(longest) | Kind::Id(longest) => of_length(text, *longest),
        Kind::Code(codes) => one_of(&upper(), codes),
        Kind::Npi => npi(text),
        Kind::Date(any) => date(text, *any, context).map(wire),
        Kind::Period(any) => period(text, *any, context),
        Kind::Money => money(text, context.formats),
        Kind::Quantity => quantity(text, context.formats),
        Kind::Number => match text.parse::<u32>() {
            Ok(number) => Ok(compact_str::format_compact!("{number}")),
            Err(_) => Err(fault("is no whole number", "write digits only")),
        },
        Kind::Zip => zip(text),
        Kind::State => known(CodeSet::State, &upper(), "is no state or province", "write its two letters (NY)"),
        Kind::Country => shaped(
            upper(),
            matches!(text.len(), 2 | 3) && letters(text),
            "is no country code",
            "write its two letters (CA)",
        ),
        Kind::Phone => phone(text),
        Kind::Flag => flag(text),
        Kind::Sex => sex(text),
        Kind::Ssn => {
            let number = digits(text);
            let right = is_ssn(&number);
            shaped(number, right, "is no social security number", "write nine digits")
        }
        Kind::Relationship => relationship(text),
        Kind::Taxonomy => shaped(
            upper(),
            is_taxonomy(&upper()),
            "is no taxonomy code",
            "write ten characters, the last an X (207Q00000X)",
        ),
        Kind::Diagnosis => diagnosis(&upper()),
        Kind::Procedure => shaped(
            upper(),
            procedure_shape(&upper()).is_some(),
            "is no CPT or HCPCS code",
            "write five characters without modifiers (99213, J1100)",
        ),
        Kind::Modifier => shaped(
            upper(),
            is_modifier(&upper()),
            "is no modifier",
            "write two characters (25, LT), one modifier a column",
        ),
        Kind::Place => place(text),
        Kind::Ndc => ndc(text),
        Kind::Pointers => pointers(&upper()),
        Kind::Adjustments => adjustments(&upper(), context.formats),
    }
}

/// A date as the wire has it.
pub(crate) fn wire(date: NaiveDate) -> Text {
    let mut bytes = Vec::with_capacity(8);
    date.write(&mut bytes);
    edi_core::lex::to_text(&bytes)
}

fn sendable(text: &str, context: Context<'_>) -> Result<(), Fault> {
    let bad = |c: &char| !matches!(c, ' '..='~') || u8::try_from(*c).is_ok_and(|b| context.delimiters.contains(b));
    match text.chars().find(bad) {
        None => Ok(()),
        Some(c @ ' '..='~') => Err(fault(
            format!("holds the character {c}, which separates the data of the file"),
            "leave it out, or choose other delimiters in the practice file",
        )),
        Some(c) if c.is_control() => Err(fault("holds a control character (a tab or line break)", "take it out")),
        Some(c) => Err(fault(
            format!("holds the character {c}, which X12 cannot carry"),
            "write it in plain letters (E for É)",
        )),
    }
}

fn of_length(text: &str, longest: usize) -> Result<Text, Fault> {
    if text.len() > longest {
        return Err(fault(format!("is longer than {longest} characters"), "shorten it"));
    }
    Ok(Text::new(text))
}

fn shaped(value: String, right: bool, reason: &'static str, fix: &'static str) -> Result<Text, Fault> {
    if right { Ok(value.into()) } else { Err(fault(reason, fix)) }
}

fn one_of(code: &str, codes: &[Text]) -> Result<Text, Fault> {
    let padded = format!("0{code}"); // spreadsheets drop the zero of 03
    let found = codes.iter().find(|c| **c == code).or_else(|| codes.iter().find(|c| **c == padded));
    let listed = || codes.iter().take(40).map(|c| c.as_str()).collect::<Vec<_>>().join(", ");
    found
        .cloned()
        .ok_or_else(|| fault("is none of the codes that are allowed here", format!("write one of {}", listed())))
}

fn known(set: CodeSet, code: &str, reason: &'static str, fix: &'static str) -> Result<Text, Fault> {
    if set.lookup(code).is_some() { Ok(Text::new(code)) } else { Err(fault(reason, fix)) }
}

fn letters(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphabetic())
}

fn digits(text: &str) -> String {
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
    // A time of day that a spreadsheet put behind the date is left out.
    let day = text.split_once(['T', ' ']).map_or(text, |(day, _)| day);
    let parse =
        |format: &str| NaiveDate::parse_from_str(text, format).or_else(|_| NaiveDate::parse_from_str(day, format)).ok();
    let read = context.formats.dates().find_map(parse);
    let Some(date) = read else {
        return Err(fault(
            "is no day of the calendar in a known format",
            "write 2026-01-31, 01/31/2026 or 20260131, or name the format in the mapping file",
        ));
    };
    let earliest = NaiveDate::from_ymd_opt(1880, 1, 1).unwrap_or_default();
    match () {
        () if date < earliest => Err(fault("is a day before 1880", "look for a year of two digits")),
        () if date > context.today && !any => {
            Err(fault("is a day in the future", "correct the date, or wait until it has come"))
        }
        () => Ok(date),
    }
}

fn period(text: &str, any: bool, context: Context<'_>) -> Result<Text, Fault> {
    let split = text.split_once(" - ").or_else(|| text.split_once("..")).or_else(|| match text.len() {
        17 => text.split_once('-'),
        _ => None,
    });
    let Some((from, to)) = split else { return date(text, any, context).map(wire) };
    span(date(from.trim(), any, context)?, date(to.trim(), any, context)?)
}

/// Two days as a period, one where they are the same.
pub(crate) fn span(from: NaiveDate, to: NaiveDate) -> Result<Text, Fault> {
    match from.cmp(&to) {
        std::cmp::Ordering::Equal => Ok(wire(from)),
        std::cmp::Ordering::Less => Ok(compact_str::format_compact!("{}-{}", wire(from), wire(to))),
        std::cmp::Ordering::Greater => Err(fault("ends before it begins", "exchange the two days, or correct one")),
    }
}

fn money(text: &str, formats: &Formats) -> Result<Text, Fault> {
    let plain = formats.number(text.trim_start_matches('$').trim());
    let no_amount = || fault("is no amount", "write digits and a point (125.50)");
    let amount: Money = plain.ok_or_else(no_amount)?.parse().map_err(|_| no_amount())?;
    match amount.cents() {
        Some(0..) => Ok(amount.canonical().decimal().to_string().into()),
        Some(_) => Err(fault("is below zero", "charges and payments are sent without a sign")),
        None => Err(fault(
            "has a fraction of a cent or more digits than an amount can have",
            "write two digits behind the point",
        )),
    }
}

fn quantity(text: &str, formats: &Formats) -> Result<Text, Fault> {
    let number = formats.number(text).and_then(|plain| plain.parse::<Quantity>().ok());
    match number {
        Some(quantity) if quantity.decimal().is_sign_positive() => Ok(quantity.to_string().into()),
        _ => Err(fault("is no quantity", "write digits and at most one point")),
    }
}

fn zip(text: &str) -> Result<Text, Fault> {
    let code: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    let foreign = code.bytes().any(|b| b.is_ascii_alphabetic()) && (3..=15).contains(&code.len());
    match is_zip(&code) || foreign {
        true => Ok(code.into()),
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
    let right = number.len() == 10;
    shaped(number, right, "is no telephone number", "write ten digits, area code first")
}

fn flag(text: &str) -> Result<Text, Fault> {
    match text.to_ascii_lowercase().as_str() {
        "y" | "yes" | "true" | "1" => Ok(Text::const_new("Y")),
        "n" | "no" | "false" | "0" => Ok(Text::default()),
        _ => Err(fault("is neither yes nor no", "write Y, or leave it empty for no")),
    }
}

fn sex(text: &str) -> Result<Text, Fault> {
    match text.to_ascii_lowercase().as_str() {
        "f" | "female" => Ok(Text::const_new("F")),
        "m" | "male" => Ok(Text::const_new("M")),
        "u" | "unknown" | "x" => Ok(Text::const_new("U")),
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
    let code = code.to_ascii_uppercase();
    let right = RELATIONSHIPS.contains(&code.as_str());
    shaped(
        code,
        right,
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
    let code = if text.len() == 1 { format!("0{text}") } else { text.to_owned() };
    known(
        CodeSet::PlaceOfService,
        &code,
        "is no place of service",
        "write its two digits (11 office, 10 telehealth at home)",
    )
}

/// A drug code of eleven digits; with hyphens, the short part is filled up (4-4-2, 5-3-2, 5-4-1).
fn ndc(text: &str) -> Result<Text, Fault> {
    let parts: Vec<&str> = text.split('-').collect();
    let code = match parts[..] {
        [labeler, product, package] => format!("{labeler:0>5}{product:0>4}{package:0>2}"),
        _ => text.to_owned(),
    };
    let right = is_ndc(&code);
    shaped(
        code,
        right,
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
    shaped(text, right, "does not point at diagnoses", "write at most four numbers (1,2) or letters (A,B)")
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
        let right = matches!(group, "CO" | "CR" | "OA" | "PI" | "PR") && !reason.is_empty() && reason.len() <= 5;
        if !right || amount.cents().is_none() || !units.is_empty() && units.parse::<Quantity>().is_err() {
            return Err(wrong());
        }
        out.push(format!("{group}:{reason}:{}:{units}", amount.canonical().decimal()));
    }
    shaped(out.join(" "), !out.is_empty(), "is no list of adjustments", "write GROUP:REASON:AMOUNT (CO:45:20.00)")
}
