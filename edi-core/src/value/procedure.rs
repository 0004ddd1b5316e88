//! A procedure: the composite of SV101, SVC01, SVC06 and SVD03.

use super::Rare;
use crate::Text;
use crate::lex::Element;
use serde::{Deserialize, Serialize};

/// A medical procedure (composite C003): qualifier, code, up to four modifiers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub struct Procedure {
    /// Component 1: `HC` for CPT and HCPCS, `AD` dental, `N4` drug, ...
    pub qualifier: Text,
    /// Component 2: the code.
    pub code: Text,
    /// Components 3 to 6, without empty ones at the end.
    pub modifiers: Vec<Text>,
    /// Component 7: a description.
    pub description: Rare,
    /// Component 8: the last code of a range.
    pub last_code: Rare,
}

impl Procedure {
    /// A CPT or HCPCS procedure (`HC`).
    #[must_use]
    pub fn hcpcs(code: impl Into<Text>, modifiers: impl IntoIterator<Item = impl Into<Text>>) -> Self {
        Self {
            qualifier: Text::const_new("HC"),
            code: code.into(),
            modifiers: modifiers.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Whether nothing stands there.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn read(element: Element<'_>) -> Self {
        if element.is_empty() {
            return Self::default();
        }
        let mut parts = element.components().map(|c| c.to_text());
        let (qualifier, code) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let mut modifiers: Vec<Text> = parts.by_ref().take(4).collect();
        modifiers.truncate(modifiers.iter().rposition(|m| !m.is_empty()).map_or(0, |last| last + 1));
        let mut rare = || parts.next().map(Rare::from).unwrap_or_default();
        let (description, last_code) = (rare(), rare());
        Self { qualifier, code, modifiers, description, last_code }
    }

    /// All eight components in order; empty ones too.
    pub(crate) fn components(&self) -> impl Iterator<Item = &str> {
        let modifier = |i: usize| self.modifiers.get(i).map_or("", |m| m.as_str());
        [
            &*self.qualifier,
            &*self.code,
            modifier(0),
            modifier(1),
            modifier(2),
            modifier(3),
            &*self.description,
            &*self.last_code,
        ]
        .into_iter()
    }
}

impl std::fmt::Display for Procedure {
    /// The code and its modifiers: `99213-25`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = self.code.to_string();
        for modifier in self.modifiers.iter().filter(|m| !m.is_empty()) {
            text.push('-');
            text.push_str(modifier);
        }
        f.pad(&text)
    }
}
