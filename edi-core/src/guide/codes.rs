//! Lists of codes that an element may hold, compared as integers.

use crate::Text;

/// The codes that an element may hold. Codes of up to eight bytes are compared as one integer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeList {
    texts: Vec<Text>,
    packed: Vec<u64>,
}

/// Up to eight bytes as an integer; zero for none, and for longer ones.
pub(super) fn pack(code: &[u8]) -> u64 {
    if code.len() > 8 {
        return 0;
    }
    code.iter().fold(0, |packed, byte| packed << 8 | u64::from(*byte))
}

/// Whether a sorted list has this code.
pub(super) fn is_among(codes: &[u64], code: u64) -> bool {
    match codes.len() {
        0..=8 => codes.contains(&code),
        _ => codes.binary_search(&code).is_ok(),
    }
}

impl CodeList {
    /// A list of these codes, in this order.
    #[must_use]
    pub fn new(texts: Vec<Text>) -> Self {
        let mut packed: Vec<u64> = texts.iter().map(|code| pack(code.as_bytes())).filter(|code| *code != 0).collect();
        packed.sort_unstable();
        Self { texts, packed }
    }

    /// Whether there are no codes: then any value will do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether this value is one of the codes.
    #[must_use]
    pub fn contains(&self, value: &[u8]) -> bool {
        match pack(value) {
            0 => self.texts.iter().any(|code| code.as_bytes() == value),
            packed => is_among(&self.packed, packed),
        }
    }

    /// The codes, in the order of the table.
    #[must_use]
    pub fn as_slice(&self) -> &[Text] {
        &self.texts
    }

    /// The codes as integers; those of more than eight bytes are not among them.
    pub(super) fn packed(&self) -> &[u64] {
        &self.packed
    }

    /// The list in words, cut where it is long.
    #[must_use]
    pub fn words(&self) -> String {
        const SHOWN: usize = 20;
        let shown = self.texts.iter().take(SHOWN).map(Text::as_str).collect::<Vec<_>>().join(", ");
        match self.texts.len() {
            0 => String::from("any value"),
            1 => shown,
            n if n > SHOWN => format!("one of {shown} and {} more", n - SHOWN),
            _ => format!("one of {shown}"),
        }
    }
}
