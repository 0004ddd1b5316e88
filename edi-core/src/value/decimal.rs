//! Money and quantities: exact decimals, read by hand.

use super::WireValue;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// An amount of US dollars, exact. A CAS amount is positive when it lowers the payment; a PLB amount too.
///
/// Read from type R: an optional sign, digits, an optional point. The scale is kept as it was read, so that
/// it is written the same way; values compare as numbers.
///
/// ```
/// use edi_core::Money;
/// let charge: Money = "125.5".parse().unwrap();
/// assert_eq!(charge - Money::from_cents(550), Money::from_cents(12_000));
/// assert_eq!(charge.to_string(), "125.50");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Money(Decimal);

/// A count of units, minutes, days or miles, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(Decimal);

/// The most digits, before and behind the point together, that an amount may have. Type R has 18 at most;
/// sums of any number of such amounts in one file stay inside what a decimal holds.
const MAX_DIGITS: usize = 18;

/// Reads an optional sign, digits, and an optional point with digits; nothing else.
fn decimal(bytes: &[u8]) -> Option<Decimal> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (mut mantissa, mut point) = (0i64, None);
    for (at, byte) in digits.iter().enumerate() {
        match byte {
            // It can overflow only past the digits that are allowed.
            b'0'..=b'9' => mantissa = mantissa.wrapping_mul(10).wrapping_add(i64::from(byte - b'0')),
            b'.' if point.is_none() => point = Some(at),
            _ => return None,
        }
    }
    let count = digits.len() - usize::from(point.is_some());
    let scale = point.map_or(0, |point| count - point);
    if !(1..=MAX_DIGITS).contains(&count) {
        return None;
    }
    Some(Decimal::new(if negative { -mantissa } else { mantissa }, u32::try_from(scale).ok()?))
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// This many cents.
    #[must_use]
    pub fn from_cents(cents: i64) -> Self {
        Self(Decimal::new(cents, 2))
    }

    /// The amount in cents; none where it has a fraction of a cent or is out of range: such an amount is
    /// held, never rounded.
    #[must_use]
    pub fn cents(self) -> Option<i64> {
        let normal = self.0.normalize();
        let factor = 2u32.checked_sub(normal.scale())?;
        i64::try_from(normal.mantissa()).ok()?.checked_mul(10i64.pow(factor))
    }

    /// Whether the amount is zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether the amount is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0 < Decimal::ZERO
    }

    /// The amount without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// The exact number.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        self.0
    }

    /// Without trailing zeros, as X12 wants decimals written (`125.5`, `100`).
    #[must_use]
    pub fn canonical(self) -> Self {
        Self(self.0.normalize())
    }
}

impl Quantity {
    /// This many whole units.
    #[must_use]
    pub fn new(units: i64) -> Self {
        Self(Decimal::new(units, 0))
    }

    /// The exact number.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        self.0
    }

    /// Without trailing zeros.
    #[must_use]
    pub fn canonical(self) -> Self {
        Self(self.0.normalize())
    }

    /// Whether there are no units.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl Hash for Money {
    /// By the digits without trailing zeros, which equal amounts share.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_i128(self.0.normalize().mantissa());
    }
}

impl From<Decimal> for Money {
    fn from(value: Decimal) -> Self {
        Self(value)
    }
}

impl From<Decimal> for Quantity {
    fn from(value: Decimal) -> Self {
        Self(value)
    }
}

impl WireValue for Money {
    fn read(bytes: &[u8]) -> Option<Self> {
        decimal(bytes).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.0.to_string().as_bytes());
    }
}

impl WireValue for Quantity {
    fn read(bytes: &[u8]) -> Option<Self> {
        decimal(bytes).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.0.to_string().as_bytes());
    }
}

/// The text was no decimal number of at most 18 digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a decimal number of at most 18 digits: write digits, an optional point and an optional sign, nothing else"
)]
pub struct NotANumber;

impl std::str::FromStr for Money {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        decimal(text.as_bytes()).map(Self).ok_or(NotANumber)
    }
}

impl std::str::FromStr for Quantity {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        decimal(text.as_bytes()).map(Self).ok_or(NotANumber)
    }
}

impl Add for Money {
    type Output = Self;

    /// Exact. A sum past what a decimal holds (28 digits, which amounts of 18 cannot reach in one file)
    /// stays at the largest amount rather than stopping the program.
    #[inline]
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;

    #[inline]
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Money {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl Add for Quantity {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Money {
    /// With two decimals at least: `100.00`, `12.345`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut value = self.0;
        if value.scale() < 2 {
            value.rescale(2);
        } else if value.scale() > 2 {
            value = value.normalize();
            if value.scale() < 2 {
                value.rescale(2);
            }
        }
        let text = if value.is_zero() { "0.00".to_owned() } else { value.to_string() };
        f.pad(&text)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.normalize().to_string())
    }
}

impl Serialize for Money {
    /// A string with two decimals at least, so that no reader takes it for a float.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    /// From a string; other forms are not exact.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    fn wire(text: &str) -> Option<String> {
        let mut out = Vec::new();
        Money::read(text.as_bytes())?.write(&mut out);
        String::from_utf8(out).ok()
    }

    #[test]
    fn amounts_are_read_exactly_or_not_at_all() {
        for (text, again) in [
            ("100", "100"),
            ("100.00", "100.00"),
            (".5", "0.5"),
            ("-.05", "-0.05"),
            ("+7", "7"),
            ("5.", "5"),
            ("0", "0"),
        ] {
            assert_eq!(wire(text).as_deref(), Some(again));
        }
        for text in ["", "-", ".", "1,000", "1.2.3", "1e5", " 1", "$1", "1234567890123456789", "--1"] {
            assert_eq!(wire(text), None, "{text}");
        }
    }

    #[test]
    fn cents_are_whole_or_none() {
        assert_eq!(Money::from_cents(-5).cents(), Some(-5));
        assert_eq!("12.340".parse::<Money>().unwrap().cents(), Some(1234));
        assert_eq!("12.345".parse::<Money>().unwrap().cents(), None);
        assert_eq!("123456789012345678".parse::<Money>().unwrap().cents(), None);
    }

    #[test]
    fn money_is_shown_with_two_decimals() {
        for (text, shown) in [("1", "1.00"), ("1.5", "1.50"), ("1.500", "1.50"), ("1.005", "1.005"), ("-0", "0.00")] {
            assert_eq!(text.parse::<Money>().unwrap().to_string(), shown);
        }
    }

    proptest! {
        #[test]
        fn cents_survive_the_wire(cents in any::<i32>(), other in any::<i32>()) {
            let money = Money::from_cents(cents.into());
            let mut out = Vec::new();
            money.write(&mut out);
            prop_assert_eq!(Money::read(&out).and_then(Money::cents), Some(cents.into()));
            let sum = money + Money::from_cents(other.into());
            prop_assert_eq!(sum.cents(), Some(i64::from(cents) + i64::from(other)));
        }
    }
}
