//! Which columns are given: a set that is compared at a stroke.

use super::columns::ColumnId;

/// The most columns, in words of 64; a test holds that the table fits.
const WORDS: usize = 22;

/// Columns, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Set([u64; WORDS]);

impl Set {
    /// The most columns.
    #[cfg(test)]
    pub(super) const COLUMNS: usize = 64 * WORDS;

    pub(crate) fn has(&self, id: ColumnId) -> bool {
        self.0.get(id / 64).is_some_and(|word| word >> (id % 64) & 1 == 1)
    }

    pub(crate) fn put(&mut self, id: ColumnId) {
        if let Some(word) = self.0.get_mut(id / 64) {
            *word |= 1 << (id % 64);
        }
    }

    pub(crate) fn take(&mut self, id: ColumnId) {
        if let Some(word) = self.0.get_mut(id / 64) {
            *word &= !(1 << (id % 64));
        }
    }

    /// Whether it has all of these columns.
    pub(crate) fn has_all(&self, of: &Self) -> bool {
        self.0.iter().zip(of.0).all(|(here, wanted)| wanted & !here == 0)
    }

    /// A number that is the same for the same columns.
    pub(crate) fn mixed(&self) -> u64 {
        self.0.iter().fold(0, |mixed: u64, word| (mixed.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}

impl FromIterator<ColumnId> for Set {
    fn from_iter<I: IntoIterator<Item = ColumnId>>(columns: I) -> Self {
        let mut set = Self::default();
        columns.into_iter().for_each(|id| set.put(id));
        set
    }
}
