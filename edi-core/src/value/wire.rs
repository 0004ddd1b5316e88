//! A value of the wire, or what stood in its place.

use crate::{Text, lex};
use serde::{Serialize, Serializer};

/// How a value stands in an element. Reading is a hand-written parser for each type, and never fails
/// loudly: what does not parse is kept by [`Wire`].
pub trait WireValue: Sized {
    /// Reads the bytes of an element or component.
    fn read(bytes: &[u8]) -> Option<Self>;
    /// Appends the bytes.
    fn write(&self, out: &mut Vec<u8>);
}

/// An element that holds a value, nothing, or something that is no such value and is kept as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Wire<T> {
    /// The element is not there, or empty.
    #[default]
    Absent,
    /// A value.
    Value(T),
    /// What stood there and could not be read as a value.
    Raw(Text),
}

impl<T: WireValue> Wire<T> {
    /// Reads the bytes of an element.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [] => Self::Absent,
            _ => T::read(bytes).map_or_else(|| Self::Raw(lex::to_text(bytes)), Self::Value),
        }
    }

    /// Appends the bytes of an element.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Absent => {}
            Self::Value(value) => value.write(out),
            Self::Raw(text) => out.extend(text.as_bytes()),
        }
    }
}

impl<T> Wire<T> {
    /// The value, where there is one.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Raw(_) => None,
        }
    }

    /// Whether nothing stands there.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether something stands there that could not be read.
    #[must_use]
    pub fn is_raw(&self) -> bool {
        matches!(self, Self::Raw(_))
    }
}

impl<T: Copy + Default> Wire<T> {
    /// The value; its default (zero) where it is absent or could not be read. Sums may use it only beside a
    /// check of [`is_raw`](Self::is_raw).
    #[must_use]
    pub fn or_zero(&self) -> T {
        self.value().copied().unwrap_or_default()
    }
}

impl<T> From<T> for Wire<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<Option<T>> for Wire<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

impl<T: Serialize> Serialize for Wire<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_none(),
            Self::Value(value) => value.serialize(serializer),
            Self::Raw(text) => serializer.serialize_str(text),
        }
    }
}
