//! SNIP type 4: levels (HL), each looked at once.

use crate::rules::found::Found;
use crate::rules::kept::{Part, Placed};

/// Where we are among the levels of a transaction set: the numbers that the open ones have.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::rules) struct Levels {
    count: u64,
    billing: Option<u64>,
    subscriber: Option<u64>,
}

impl Levels {
    /// Looks at a level that begins.
    pub(in crate::rules) fn enter(&mut self, hl: Placed<'_>, found: &mut Found) {
        self.count += 1;
        let number = number(hl.at(1));
        if number != Some(self.count) {
            found.at("837-HL-NUMBER", hl, 1, self.count.to_string());
        }
        let parent = match hl.at(3) {
            b"20" => {
                (self.billing, self.subscriber) = (number, None);
                return;
            }
            b"22" => {
                self.subscriber = number;
                self.billing
            }
            b"23" => self.subscriber,
            _ => return,
        };
        if parent.is_some() && self::number(hl.at(2)) != parent {
            found.at("837-HL-PARENT", hl, 2, parent.unwrap_or_default().to_string());
        }
    }
}

fn number(bytes: &[u8]) -> Option<u64> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

/// Looks at a subscriber level that ends: how many claims and patient levels hung under it.
pub(in crate::rules) fn subscriber_ends(subscriber: Part<'_>, claims: u64, patients: u64, found: &mut Found) {
    let Some(hl) = subscriber.first("2000B", "HL") else { return };
    let expected = if patients > 0 { "1" } else { "0" };
    if matches!(hl.at(4), b"0" | b"1") && !hl.is(4, expected) {
        found.at("837-HL-CHILD", hl, 4, expected);
    }
    let Some(sbr) = subscriber.first("2000B", "SBR") else { return };
    if sbr.is(2, "18") && patients > 0 && claims == 0 {
        found.at("837-SELF-PATIENT", sbr, 2, "nothing");
    }
}

/// Looks at a subscriber level whose own segments have come.
pub(in crate::rules) fn check_subscriber(subscriber: Part<'_>, found: &mut Found) {
    let Some(sbr) = subscriber.first("2000B", "SBR") else { return };
    if sbr.is(9, "MB") && !sbr.is(1, "P") && !sbr.has(5) {
        found.at("837-MSP-TYPE", sbr, 5, "an insurance type");
    }
}
