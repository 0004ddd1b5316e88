//! Control numbers: committed before they are used, never given twice; gaps are allowed.

use super::Ledger;
use super::error::{Error, Result};
use super::store::Store;
use std::ops::Range;

/// The largest control number: nine digits (ISA13, GS06, ST02).
const LARGEST: i64 = 999_999_999;

impl<S: Store> Ledger<S> {
    /// The next control number of a kind (`ISA13`, `GS06`, ...) for a receiver, from 1. It is on the disk before
    /// it is returned, so that no number is ever used twice, whatever happens after.
    ///
    /// # Errors
    /// Where the database fails, or all nine-digit numbers are used.
    pub fn next_control_number(&mut self, kind: &str, receiver: &str) -> Result<u32> {
        Ok(self.next_control_numbers(kind, receiver, 1)?.start)
    }

    /// As many control numbers as are asked for, in one commit.
    ///
    /// # Errors
    /// As [`next_control_number`](Self::next_control_number).
    pub fn next_control_numbers(&mut self, kind: &str, receiver: &str, count: u32) -> Result<Range<u32>> {
        self.store.begin()?;
        let result = self.take_numbers(kind, receiver, count);
        if result.is_ok() {
            self.store.commit()?;
        } else {
            self.store.rollback()?;
        }
        result
    }

    fn take_numbers(&mut self, kind: &str, receiver: &str, count: u32) -> Result<Range<u32>> {
        let take = "INSERT INTO control_number (kind, receiver, last) VALUES (?1, ?2, ?3)
            ON CONFLICT (kind, receiver) DO UPDATE SET last = last + ?3";
        self.store.change(take, &[kind.into(), receiver.into(), i64::from(count).into()])?;
        let mut last = 0;
        let find = "SELECT last FROM control_number WHERE kind = ?1 AND receiver = ?2";
        self.store.query(find, &[kind.into(), receiver.into()], &mut |row| {
            last = row[0].int();
            Ok(())
        })?;
        if last > LARGEST {
            return Err(Error::Refused(format!("every nine-digit {kind} for {receiver} has been used")));
        }
        let end = u32::try_from(last).map_err(|_| Error::Damaged("a control number"))?;
        Ok(end + 1 - count..end + 1)
    }
}
