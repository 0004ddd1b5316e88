//! Whether the value of an element fits its type: characters, lengths, numbers, dates, times.

use super::Charset;
use crate::guide::DataType;
use crate::guide::table::{ElementUse, Usage};
use crate::lex::Delimiters;

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    Short(usize),
    Long(usize),
    /// A character that the type or the character set does not have.
    Character,
    /// A character outside ASCII: partners must have agreed on it.
    NonAscii,
    Code,
    Date,
    Time,
    /// Leading or trailing blanks.
    Blanks,
}

/// Classes of bytes, as bits, for one look-up a byte.
pub(super) const COMPONENT: u8 = 1;
pub(super) const REPETITION: u8 = 2;
const BAD: u8 = 4;
const NON_ASCII: u8 = 8;

/// What each byte is in this interchange.
#[derive(Debug, Clone)]
pub(super) struct Alphabet([u8; 256]);

impl Alphabet {
    pub(super) fn new(charset: Charset, delimiters: Option<Delimiters>) -> Self {
        let mut classes = [0u8; 256];
        for (byte, class) in (0u8..=255).zip(classes.iter_mut()) {
            *class = match byte {
                0x80.. => NON_ASCII,
                b'A'..=b'Z' | b'0'..=b'9' => 0,
                _ if b" !\"&'()*+,-./:;?=".contains(&byte) => 0,
                0..0x20 | 0x7F => BAD,
                _ if charset == Charset::Basic => BAD,
                _ => 0,
            };
        }
        if let Some(delimiters) = delimiters {
            classes[usize::from(delimiters.component)] = COMPONENT;
            if let Some(repetition) = delimiters.repetition {
                classes[usize::from(repetition)] = REPETITION;
            }
        }
        Self(classes)
    }

    /// The classes of all bytes of a value, or-ed.
    pub(super) fn classes(&self, value: &[u8]) -> u8 {
        value.iter().fold(0, |all, byte| all | self.0[usize::from(*byte)])
    }
}

/// Checks a simple value, which is not empty; `before` is the element before it.
pub(super) fn check(spec: &ElementUse, value: &[u8], before: &[u8], alphabet: &Alphabet, mut found: impl FnMut(Flaw)) {
    if !spec.codes.is_empty() {
        if !spec.codes.contains(value) {
            found(Flaw::Code);
        }
        return;
    }
    let Some(data_type) = spec.data_type else { return };
    debug_assert!(spec.usage != Usage::NotUsed || !value.is_empty());
    let mut readable = true;
    let length = match data_type {
        DataType::Text | DataType::Code => text(spec, value, alphabet, |flaw| {
            readable &= flaw != Flaw::Character;
            found(flaw);
        }),
        DataType::Integer(_) | DataType::Decimal => match number(value, data_type == DataType::Decimal) {
            Some(digits) => digits,
            None => return found(Flaw::Character),
        },
        DataType::Date | DataType::Time => value.len(),
    };
    if length < usize::from(spec.min) {
        return found(Flaw::Short(length));
    }
    if length > usize::from(spec.max) {
        return found(Flaw::Long(length));
    }
    match data_type {
        DataType::Date if !is_date(value) => found(Flaw::Date),
        DataType::Time if !is_time(value) => found(Flaw::Time),
        DataType::Text if spec.by_previous && readable => {
            if let Some(flaw) = period(before, value) {
                found(flaw);
            }
        }
        _ => {}
    }
}

/// Characters and blanks of a text; its length.
fn text(spec: &ElementUse, value: &[u8], alphabet: &Alphabet, mut found: impl FnMut(Flaw)) -> usize {
    let classes = alphabet.classes(value);
    let mut length = value.len();
    if classes & BAD != 0 {
        found(Flaw::Character);
    } else if classes & NON_ASCII != 0 {
        found(Flaw::NonAscii);
        length = crate::lex::text(value).chars().count();
    }
    if is_padded(value) && spec.min != spec.max {
        let blank = value.iter().all(|b| *b == b' ');
        found(if blank { Flaw::Character } else { Flaw::Blanks });
    }
    length
}

/// Whether it begins or ends with blanks.
pub(super) fn is_padded(value: &[u8]) -> bool {
    value.first() == Some(&b' ') || value.last() == Some(&b' ')
}

/// How many digits a number has: a sign, digits, and for `R` a decimal point; none where it is no number.
pub(super) fn number(value: &[u8], decimal: bool) -> Option<usize> {
    let unsigned = value.strip_prefix(b"-").unwrap_or(value);
    let (mut digits, mut points) = (0, 0);
    for byte in unsigned {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' => points += 1,
            _ => return None,
        }
    }
    (digits > 0 && points <= usize::from(decimal)).then_some(digits)
}

/// The number that so many digits make; none where one is no digit.
fn digits(value: &[u8]) -> Option<u32> {
    value.iter().try_fold(0u32, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit <= 9).then(|| number * 10 + u32::from(digit))
    })
}

/// YYMMDD or CCYYMMDD, a day that exists.
pub(super) fn is_date(value: &[u8]) -> bool {
    let (year, rest) = match value.len() {
        6 => (digits(&value[..2]).map(|year| 2000 + year), &value[2..]),
        8 => (digits(&value[..4]), &value[4..]),
        _ => return false,
    };
    let (Some(year), Some(month), Some(day)) = (year, digits(&rest[..2]), digits(&rest[2..])) else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    year >= 1000 && (1..=days).contains(&day)
}

/// HHMM, HHMMSS, and tenths or hundredths behind them.
pub(super) fn is_time(value: &[u8]) -> bool {
    let below = |at: usize, limit| value.get(at..at + 2).and_then(digits).is_some_and(|n| n < limit);
    let seconds = value.len() < 6 || below(4, 60);
    matches!(value.len(), 4 | 6..=8) && below(0, 24) && below(2, 60) && seconds && digits(value).is_some()
}

/// A value in the format that the element before it names: X12 element 1250.
pub(super) fn period(format: &[u8], value: &[u8]) -> Option<Flaw> {
    let range = |length: usize, each: fn(&[u8]) -> bool| {
        let two = value.len() == 2 * length + 1 && value[length] == b'-';
        two && each(&value[..length]) && each(&value[length + 1..]) && value[..length] <= value[length + 1..]
    };
    let (good, flaw) = match format {
        b"D8" => (value.len() == 8 && is_date(value), Flaw::Date),
        b"D6" => (value.len() == 6 && is_date(value), Flaw::Date),
        b"RD8" => (range(8, is_date), Flaw::Date),
        b"DT" => (is_date_time(value), Flaw::Date),
        b"RDT" => (range(12, is_date_time), Flaw::Date),
        b"TM" => (value.len() == 4 && is_time(value), Flaw::Time),
        b"TS" => (value.len() == 6 && is_time(value), Flaw::Time),
        _ => return None,
    };
    (!good).then_some(flaw)
}

/// CCYYMMDDHHMM.
fn is_date_time(value: &[u8]) -> bool {
    value.len() == 12 && is_date(&value[..8]) && is_time(&value[8..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times() {
        for good in ["20240229", "20260131", "260105", "20000229"] {
            assert!(is_date(good.as_bytes()), "{good}");
        }
        for bad in ["20230229", "20261301", "20260100", "2026010", "2026-1-1", "19000229", "00000101"] {
            assert!(!is_date(bad.as_bytes()), "{bad}");
        }
        for good in ["0000", "2359", "235959", "23595999", "2359591"] {
            assert!(is_time(good.as_bytes()), "{good}");
        }
        for bad in ["2400", "1260", "12", "125960", "1200A"] {
            assert!(!is_time(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn numbers() {
        for good in ["0", "-1", "12.50", ".5", "5.", "-0.01"] {
            assert!(number(good.as_bytes(), true).is_some(), "{good}");
        }
        for bad in ["", "-", ".", "1.2.3", "1,2", "+1", "1E3", "1-", "$5"] {
            assert!(number(bad.as_bytes(), true).is_none(), "{bad}");
        }
        assert!(number(b"1.5", false).is_none());
        assert_eq!(number(b"-12.50", true), Some(4));
    }

    #[test]
    fn periods() {
        assert_eq!(period(b"D8", b"20260105"), None);
        assert_eq!(period(b"D8", b"20260105-20260106"), Some(Flaw::Date));
        assert_eq!(period(b"RD8", b"20260105-20260106"), None);
        assert_eq!(period(b"RD8", b"20260106-20260105"), Some(Flaw::Date));
        assert_eq!(period(b"DT", b"202601051259"), None);
        assert_eq!(period(b"TM", b"2561"), Some(Flaw::Time));
        assert_eq!(period(b"??", b"anything"), None);
    }
}
