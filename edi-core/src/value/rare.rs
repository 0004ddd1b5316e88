//! Text that next to never stands in its element.

use crate::Text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::Deref;

/// Text of an element that the guides do not use, or hardly ever: it takes the room of a pointer while it is empty, so
/// that a segment is small to move although its struct loses nothing.
#[derive(Clone, PartialEq, Eq, Default, Hash)]
pub struct Rare(Option<Box<Text>>);

impl From<Text> for Rare {
    fn from(text: Text) -> Self {
        Self(if text.is_empty() { None } else { Some(Box::new(text)) })
    }
}

impl From<&str> for Rare {
    fn from(text: &str) -> Self {
        Text::new(text).into()
    }
}

impl Deref for Rare {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.as_ref().map_or("", |text| text.as_str())
    }
}

impl PartialEq<&str> for Rare {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Rare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl Serialize for Rare {
    /// As the text that it is.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Rare {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn it_is_its_text_to_everyone() {
        assert_eq!(size_of::<Rare>(), size_of::<usize>());
        assert_eq!(Rare::from(""), Rare::default());
        let held = Rare::from("A1");
        assert_eq!((held.len(), format!("{held:?}")), (2, "\"A1\"".to_owned()));
    }
}
