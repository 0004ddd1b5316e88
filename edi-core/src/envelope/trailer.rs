//! What is wrong with a trailer that does not agree: rule ids, kinds and words.

use crate::finding::{GroupFault, InterchangeFault, Kind, TransactionFault};

/// Rule ids, kinds and messages of a trailer.
pub(super) struct TrailerRules {
    pub(super) count_rule: &'static str,
    pub(super) count_kind: Kind,
    pub(super) count_message: &'static str,
    pub(super) control_rule: &'static str,
    pub(super) control_kind: Kind,
    pub(super) control_message: &'static str,
}

pub(super) fn trailer_rules(id: &str) -> TrailerRules {
    match id {
        "SE" => TrailerRules {
            count_rule: "SE-COUNT",
            count_kind: Kind::Transaction(TransactionFault::SegmentCount),
            count_message: "SE01 is not the number of segments from ST to SE",
            control_rule: "SE-CONTROL",
            control_kind: Kind::Transaction(TransactionFault::ControlNumberMismatch),
            control_message: "SE02 is not the control number of the ST",
        },
        "GE" => TrailerRules {
            count_rule: "GE-COUNT",
            count_kind: Kind::Group(GroupFault::TransactionCount),
            count_message: "GE01 is not the number of transaction sets in the group",
            control_rule: "GE-CONTROL",
            control_kind: Kind::Group(GroupFault::ControlNumberMismatch),
            control_message: "GE02 is not the control number of the GS",
        },
        _ => TrailerRules {
            count_rule: "IEA-COUNT",
            count_kind: Kind::Interchange(InterchangeFault::GroupCount),
            count_message: "IEA01 is not the number of groups in the interchange",
            control_rule: "IEA-CONTROL",
            control_kind: Kind::Interchange(InterchangeFault::ControlNumberMismatch),
            control_message: "IEA02 is not the control number of the ISA",
        },
    }
}
