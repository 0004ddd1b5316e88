//! From the kind of a finding to the code of an acknowledgment. No wildcard stands in these matches, so that
//! a new kind cannot be forgotten.

use crate::finding::{ElementFault, GroupFault, InterchangeFault, Kind, SegmentFault, TransactionFault};

/// A code of a TA1 or 999, and the element that it goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AckCode {
    /// TA105, interchange note.
    Interchange(&'static str),
    /// AK905, group error.
    Group(&'static str),
    /// IK502, transaction set error.
    Transaction(&'static str),
    /// IK304, segment error.
    Segment(&'static str),
    /// IK403, element error.
    Element(&'static str),
    /// No acknowledgment tells of it.
    None,
}

/// The code for a kind of finding. Source: the code lists of TA1 and 005010X231A1.
#[must_use]
pub fn code_of(kind: Kind) -> AckCode {
    match kind {
        Kind::Repair(_) | Kind::Rule => AckCode::None,
        Kind::Interchange(fault) => AckCode::Interchange(of_interchange(fault)),
        Kind::Group(fault) => of_group(fault),
        Kind::Transaction(fault) => AckCode::Transaction(of_transaction(fault)),
        Kind::Segment(fault) => AckCode::Segment(of_segment(fault)),
        Kind::Element(fault) => AckCode::Element(of_element(fault)),
    }
}

fn of_interchange(fault: InterchangeFault) -> &'static str {
    match fault {
        InterchangeFault::ControlNumberMismatch => "001",
        InterchangeFault::BadControlNumber => "018",
        InterchangeFault::GroupCount => "021",
        InterchangeFault::Structure => "022",
        InterchangeFault::MissingTrailer => "023",
        InterchangeFault::DuplicateControlNumber => "025",
        InterchangeFault::BadElement(element) => of_isa_element(element),
    }
}

/// The note for a bad ISA01 to ISA16.
fn of_isa_element(element: u8) -> &'static str {
    match element {
        1 => "010",
        2 => "011",
        3 => "012",
        4 => "013",
        5 => "005",
        6 => "006",
        7 => "007",
        8 => "008",
        9 => "014",
        10 => "015",
        11 => "016",
        12 => "017",
        13 => "018",
        14 => "019",
        15 => "020",
        16 => "027",
        0 | 17.. => "022",
    }
}

fn of_group(fault: GroupFault) -> AckCode {
    match fault {
        GroupFault::NotSupported => AckCode::Group("1"),
        GroupFault::UnsupportedVersion => AckCode::Group("2"),
        GroupFault::MissingTrailer => AckCode::Group("3"),
        GroupFault::ControlNumberMismatch => AckCode::Group("4"),
        GroupFault::TransactionCount => AckCode::Group("5"),
        GroupFault::BadControlNumber => AckCode::Group("6"),
        GroupFault::DuplicateControlNumber => AckCode::Group("19"),
        // A 999 has no code for these; a TA1 has one for the content of an interchange.
        GroupFault::BadElement | GroupFault::Structure => AckCode::Interchange("024"),
    }
}

fn of_transaction(fault: TransactionFault) -> &'static str {
    match fault {
        TransactionFault::NotSupported => "1",
        TransactionFault::MissingTrailer => "2",
        TransactionFault::ControlNumberMismatch => "3",
        TransactionFault::SegmentCount => "4",
        TransactionFault::BadIdentifier => "6",
        TransactionFault::BadControlNumber => "7",
        TransactionFault::NotInGroup => "18",
        TransactionFault::ConventionMismatch => "19",
        TransactionFault::DuplicateControlNumber => "23",
    }
}

fn of_segment(fault: SegmentFault) -> &'static str {
    match fault {
        SegmentFault::UnrecognizedId => "1",
        SegmentFault::Unexpected => "2",
        SegmentFault::RequiredMissing => "3",
        SegmentFault::LoopTooMany => "4",
        SegmentFault::TooMany => "5",
        SegmentFault::NotInTransaction => "6",
        SegmentFault::OutOfOrder => "7",
        SegmentFault::HasElementErrors => "8",
        SegmentFault::NotUsed => "I4",
        SegmentFault::SituationalMissing => "I6",
    }
}

fn of_element(fault: ElementFault) -> &'static str {
    match fault {
        ElementFault::RequiredMissing => "1",
        ElementFault::ConditionalMissing => "2",
        ElementFault::TooMany => "3",
        ElementFault::TooShort => "4",
        ElementFault::TooLong => "5",
        ElementFault::InvalidCharacter => "6",
        ElementFault::InvalidCode => "7",
        ElementFault::InvalidDate => "8",
        ElementFault::InvalidTime => "9",
        ElementFault::Exclusion => "10",
        ElementFault::TooManyRepetitions => "12",
        ElementFault::TooManyComponents => "13",
        ElementFault::PatternMismatch | ElementFault::InvalidValue => "I12",
        ElementFault::NotUsed => "I10",
    }
}
