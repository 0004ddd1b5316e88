//! Dates of the wire as chrono dates: `D8` (CCYYMMDD), `D6` (YYMMDD) and `RD8` (a period).

use super::WireValue;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// Reads `CCYYMMDD`.
#[must_use]
pub fn date8(bytes: &[u8]) -> Option<NaiveDate> {
    if bytes.len() != 8 {
        return None;
    }
    let number = digits(bytes)?;
    NaiveDate::from_ymd_opt(i32::try_from(number / 10_000).ok()?, number / 100 % 100, number % 100)
}

/// Reads `YYMMDD` in the years 1970 to 2069.
#[must_use]
pub fn date6(bytes: &[u8]) -> Option<NaiveDate> {
    if bytes.len() != 6 {
        return None;
    }
    let number = digits(bytes)?;
    let year = i32::try_from(number / 10_000).ok()?;
    let century = if year < 70 { 2000 } else { 1900 };
    NaiveDate::from_ymd_opt(century + year, number / 100 % 100, number % 100)
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0u32, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

impl WireValue for NaiveDate {
    /// `CCYYMMDD`.
    fn read(bytes: &[u8]) -> Option<Self> {
        date8(bytes)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(format!("{:04}{:02}{:02}", self.year(), self.month(), self.day()).as_bytes());
    }
}

/// A day or a span of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day; the first again where it is one day.
    pub to: NaiveDate,
}

impl Period {
    /// One day.
    #[must_use]
    pub fn day(day: NaiveDate) -> Self {
        Self { from: day, to: day }
    }

    /// Whether it is one day.
    #[must_use]
    pub fn is_day(&self) -> bool {
        self.from == self.to
    }
}

/// Reads `CCYYMMDD-CCYYMMDD`, or one day.
#[must_use]
pub fn period(bytes: &[u8]) -> Option<Period> {
    match bytes.len() {
        17 if bytes[8] == b'-' => Some(Period { from: date8(&bytes[..8])?, to: date8(&bytes[9..])? }),
        _ => date8(bytes).map(Period::day),
    }
}

impl WireValue for Period {
    fn read(bytes: &[u8]) -> Option<Self> {
        period(bytes)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.from.write(out);
        if !self.is_day() {
            out.push(b'-');
            self.to.write(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn dates_are_real_days() {
        assert_eq!(date8(b"20240229"), NaiveDate::from_ymd_opt(2024, 2, 29));
        for bad in [&b"20230229"[..], b"2024022", b"2024-2-9", b"00000000", b"20241301", b"202402290"] {
            assert_eq!(date8(bad), None);
        }
        assert_eq!(date6(b"991231"), NaiveDate::from_ymd_opt(1999, 12, 31));
        assert_eq!(date6(b"260105"), NaiveDate::from_ymd_opt(2026, 1, 5));
    }

    #[test]
    fn periods_write_as_they_read() {
        for text in ["20260105", "20260105-20260107"] {
            let mut out = Vec::new();
            period(text.as_bytes()).unwrap().write(&mut out);
            assert_eq!(out, text.as_bytes());
        }
        assert_eq!(period(b"20260105-2026010"), None);
    }
}
