//! What the wire wants: its characters, days, periods, numbers and amounts.

use super::value::{Fault, fault};
use chrono::{Datelike, NaiveDate};
use compact_str::format_compact;
use edi_core::Text;
use edi_core::lex::{self, Delimiters};

/// The characters that a file can carry as data: what X12 has, without the separators of the file.
#[derive(Debug, Clone)]
pub(crate) struct Carried([bool; 256]);

impl Carried {
    pub(crate) fn new(delimiters: Delimiters) -> Self {
        let mut carried = [false; 256];
        (b' '..=b'~').for_each(|byte| carried[usize::from(byte)] = !delimiters.contains(byte));
        Self(carried)
    }

    /// What is wrong with a text that cannot be sent.
    pub(crate) fn check(&self, text: &str) -> Result<(), Fault> {
        let all = text.bytes().fold(true, |all, byte| all & self.0[usize::from(byte)]);
        if all { Ok(()) } else { Err(self.fault(text)) }
    }

    #[cold]
    fn fault(&self, text: &str) -> Fault {
        let held = text.chars().find(|c| u8::try_from(*c).map_or(true, |byte| !self.0[usize::from(byte)]));
        match held.unwrap_or_default() {
            c @ ' '..='~' => fault(
                format!("holds the character {c}, which separates the data of the file"),
                "leave it out, or choose other delimiters in the practice file",
            ),
            c if c.is_control() => fault("holds a control character (a tab or line break)", "take it out"),
            c => {
                fault(format!("holds the character {c}, which X12 cannot carry"), "write it in plain letters (E for É)")
            }
        }
    }
}

/// A date as the wire has it.
pub(crate) fn wire(date: NaiveDate) -> Text {
    let (Ok(year @ ..10_000), month, day) = (u32::try_from(date.year()), date.month(), date.day()) else {
        return format_compact!("{}", date.format("%Y%m%d"));
    };
    let mut rest = (year * 100 + month) * 100 + day;
    let mut bytes = [b'0'; 8];
    for byte in bytes.iter_mut().rev() {
        *byte += u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    lex::to_text(&bytes)
}

/// Two days as a period, one where they are the same.
pub(crate) fn span(from: NaiveDate, to: NaiveDate) -> Result<Text, Fault> {
    match from.cmp(&to) {
        std::cmp::Ordering::Equal => Ok(wire(from)),
        std::cmp::Ordering::Less => Ok(format_compact!("{}-{}", wire(from), wire(to))),
        std::cmp::Ordering::Greater => Err(fault("ends before it begins", "exchange the two days, or correct one")),
    }
}

/// A number as the wire has it.
pub(crate) fn number(number: usize) -> Text {
    match u8::try_from(number) {
        Ok(digit @ ..10) => lex::to_text(&[b'0' + digit]),
        _ => format_compact!("{number}"),
    }
}

/// Cents, not below zero, as the wire has dollars: without zeros at the end.
pub(crate) fn dollars(cents: i64) -> Text {
    let (mut bytes, mut at, mut rest) = ([b'0'; 24], 24, cents.unsigned_abs());
    while rest > 0 || at > 20 {
        at -= 1;
        if at == 21 {
            bytes[at] = b'.';
            continue;
        }
        bytes[at] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    let text = lex::to_text(&bytes[at..]);
    Text::new(text.trim_end_matches('0').trim_end_matches('.'))
}
