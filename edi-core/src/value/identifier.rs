//! Shapes and check digits of identifiers. A shape that fails is a finding; the text is kept.

/// Whether this is an NPI: ten digits, the first 1 or 2, with a Luhn check digit over `80840` and the number
/// (45 CFR 162.406).
#[must_use]
pub fn is_npi(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.iter().all(u8::is_ascii_digit)
        && matches!(bytes[0], b'1' | b'2')
        && npi_check_digit(&bytes[..9]) == bytes[9]
}

/// The NPI that begins with these nine digits: for generators of synthetic data.
#[must_use]
pub fn npi_from(nine_digits: u32) -> String {
    let base = format!("{:09}", nine_digits % 1_000_000_000);
    let check = npi_check_digit(base.as_bytes());
    format!("{base}{}", char::from(check))
}

/// The Luhn digit of nine digits; the prefix `80840` adds 24 to the sum.
fn npi_check_digit(nine: &[u8]) -> u8 {
    let sum: u32 = nine
        .iter()
        .rev()
        .enumerate()
        .map(|(i, byte)| {
            let digit = u32::from(byte - b'0') * if i % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    #[allow(clippy::cast_possible_truncation)] // below ten
    let check = ((10 - (sum + 24) % 10) % 10) as u8;
    b'0' + check
}

/// Whether this is shaped like an employer identification number: nine digits, without hyphen.
#[must_use]
pub fn is_ein(text: &str) -> bool {
    text.len() == 9 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether this is shaped like a social security number: nine digits; area not 000, 666 or 9xx, group not
/// 00, serial not 0000.
#[must_use]
pub fn is_ssn(text: &str) -> bool {
    is_ein(text)
        && !matches!(&text[..3], "000" | "666")
        && !text.starts_with('9')
        && &text[3..5] != "00"
        && &text[5..] != "0000"
}

/// Whether this is shaped like an individual taxpayer number: 9xx with group 50-65, 70-88, 90-92, 94-99.
#[must_use]
pub fn is_itin(text: &str) -> bool {
    let group = || text[3..5].parse::<u8>().unwrap_or(0);
    is_ein(text) && text.starts_with('9') && matches!(group(), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

/// Whether this is shaped like a Medicare beneficiary identifier: eleven characters, letters without S, L, O,
/// I, B and Z.
#[must_use]
pub fn is_mbi(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_uppercase() && !b"SLOIBZ".contains(&b);
    text.len() == 11
        && text.bytes().zip(1..).all(|(byte, position)| match position {
            1 => matches!(byte, b'1'..=b'9'),
            2 | 5 | 8 | 9 => letter(byte),
            3 | 6 => letter(byte) || byte.is_ascii_digit(),
            _ => byte.is_ascii_digit(),
        })
}

/// Whether this is a US ZIP code: five or nine digits, without hyphen.
#[must_use]
pub fn is_zip(text: &str) -> bool {
    matches!(text.len(), 5 | 9) && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npi_check_digits() {
        assert!(is_npi("1234567893"));
        assert!(!is_npi("1234567890"));
        assert!(!is_npi("3234567893"));
        assert!(!is_npi("123456789"));
        assert!(!is_npi("12345678é3"));
        assert!(is_npi(&npi_from(123_456_789)));
    }

    #[test]
    fn shapes() {
        assert!(is_mbi("1EG4TE5MK73") && !is_mbi("1SG4TE5MK73") && !is_mbi("1EG4TE5MK7"));
        assert!(is_zip("62701") && is_zip("627010001") && !is_zip("62701-0001"));
        assert!(is_ssn("123456789") && !is_ssn("900456789") && !is_ssn("666456789"));
        assert!(is_itin("900701234") && !is_itin("900661234"));
    }
}
