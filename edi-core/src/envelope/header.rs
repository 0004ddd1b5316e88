//! What the headers ISA, GS and ST say, and how what they begin ended.

use crate::Text;
use crate::lex::{Delimiters, Segment};
use crate::locus::Locus;

/// An interchange: what its ISA says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interchange {
    /// Ordinal in the file, from 1.
    pub ordinal: u64,
    /// ISA13, interchange control number.
    pub control: Text,
    /// ISA05, sender qualifier.
    pub sender_qualifier: Text,
    /// ISA06, sender, without padding.
    pub sender: Text,
    /// ISA07, receiver qualifier.
    pub receiver_qualifier: Text,
    /// ISA08, receiver, without padding.
    pub receiver: Text,
    /// ISA09, date as YYMMDD.
    pub date: Text,
    /// ISA10, time as HHMM.
    pub time: Text,
    /// ISA12, version of the envelope.
    pub version: Text,
    /// ISA14, whether a TA1 is asked for (`1`).
    pub ack_requested: Text,
    /// ISA15, `P` production or `T` test.
    pub usage: Text,
    /// Delimiters of the interchange.
    pub delimiters: Delimiters,
    /// Where the ISA stands.
    pub locus: Locus,
    /// There was no ISA; the reader supplied the interchange.
    pub implied: bool,
}

/// A functional group: what its GS says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Ordinal in the interchange, from 1.
    pub ordinal: u64,
    /// GS01, functional identifier (`HC` claims, `HP` remittances).
    pub functional_id: Text,
    /// GS02, application sender.
    pub sender: Text,
    /// GS03, application receiver.
    pub receiver: Text,
    /// GS04, date as CCYYMMDD.
    pub date: Text,
    /// GS05, time.
    pub time: Text,
    /// GS06, group control number.
    pub control: Text,
    /// GS08, version and guide (`005010X221A1`).
    pub version: Text,
    /// Where the GS stands.
    pub locus: Locus,
    /// There was no GS; the reader supplied the group.
    pub implied: bool,
}

/// A transaction set: what its ST says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Ordinal in the file, from 1.
    pub ordinal: u64,
    /// ST01, transaction set identifier (`835`).
    pub set_id: Text,
    /// ST02, control number.
    pub control: Text,
    /// ST03, the guide it follows; empty before 005010.
    pub convention: Text,
    /// Where the ST stands.
    pub locus: Locus,
}

/// How an interchange, a group or a transaction set ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// Groups in the interchange, transaction sets in the group, or segments in the transaction set (ST and
    /// SE included).
    pub count: u64,
    /// What the trailer said of that count, where it is a number.
    pub declared: Option<u64>,
    /// Whether the trailer was there.
    pub trailer: bool,
    /// Whether the trailer's control number is the header's.
    pub control_matches: bool,
}

impl End {
    /// Whether the trailer was there and agreed with the header and the count.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.trailer && self.control_matches && self.declared == Some(self.count)
    }
}

impl Interchange {
    pub(super) fn of(isa: &Segment<'_>, ordinal: u64, implied: bool) -> Self {
        let element = |n: usize| if implied { Text::default() } else { isa.element(n).text().trim().into() };
        Self {
            ordinal,
            control: element(13),
            sender_qualifier: element(5),
            sender: element(6),
            receiver_qualifier: element(7),
            receiver: element(8),
            date: element(9),
            time: element(10),
            version: element(12),
            ack_requested: element(14),
            usage: element(15),
            delimiters: isa.delimiters(),
            locus: isa.locus(),
            implied,
        }
    }
}

impl Group {
    pub(super) fn of(gs: &Segment<'_>, ordinal: u64, implied: bool) -> Self {
        let element = |n: usize| if implied { Text::default() } else { gs.element(n).to_text() };
        Self {
            ordinal,
            functional_id: element(1),
            sender: element(2),
            receiver: element(3),
            date: element(4),
            time: element(5),
            control: element(6),
            version: element(8),
            locus: gs.locus(),
            implied,
        }
    }
}

impl Transaction {
    pub(super) fn of(st: &Segment<'_>, ordinal: u64) -> Self {
        Self {
            ordinal,
            set_id: st.element(1).to_text(),
            control: st.element(2).to_text(),
            convention: st.element(3).to_text(),
            locus: Locus { transaction_segment: 1, ..st.locus() },
        }
    }
}
