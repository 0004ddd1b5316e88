//! Findings of the structure: what the tracker saw.

use crate::Text;
use crate::finding::{Finding, Kind, SegmentFault};
use crate::guide::table::{Guide, LoopIndex, UseIndex};
use crate::guide::tracker::{Fault, Placement, Status, Tracker};
use crate::lex::{Segment, to_text};
use crate::locus::Locus;

/// Findings for a segment that was just placed, and for what its coming brought to light.
#[cold]
pub(super) fn report(tracker: &Tracker, placement: &Placement, segment: &Segment<'_>, found: &mut Vec<Finding>) {
    let guide = tracker.guide();
    for fault in tracker.faults() {
        found.push(of_fault(guide, *fault, segment.locus()));
    }
    found.extend(of_status(guide, placement, segment));
}

/// Findings for what was missing when the transaction set ended. A missing SE is told by the envelope.
pub(super) fn report_end(tracker: &Tracker, locus: Locus, trailer: bool, found: &mut Vec<Finding>) {
    let guide = tracker.guide();
    for fault in tracker.faults() {
        let trailer_missing = matches!(fault, Fault::SegmentMissing(index) if guide.segment_use(*index).id == "SE");
        if trailer || !trailer_missing {
            found.push(of_fault(guide, *fault, locus));
        }
    }
}

fn of_fault(guide: &Guide, fault: Fault, locus: Locus) -> Finding {
    let build = |rule, snip, kind, message: String, segment: UseIndex, in_loop: LoopIndex| {
        let it = guide.segment_use(segment);
        let finding = Finding::new(rule, Kind::Segment(kind), message, locus).with_snip(snip).on_segment(it.id.clone());
        with_loop(finding, guide, in_loop)
    };
    let name = |index: UseIndex| {
        let it = guide.segment_use(index);
        match it.key_codes().map(|codes| codes.as_slice()) {
            Some([code]) => format!("{}*{code} ({})", it.id, it.title),
            _ => format!("{} ({})", it.id, it.title),
        }
    };
    let own = |index: UseIndex| guide.segment_use(index).in_loop;
    let start = |index: LoopIndex| guide.loop_at(index).start;
    let looped = |index: LoopIndex| format!("loop {} ({})", guide.loop_at(index).id, guide.loop_at(index).title);
    match fault {
        Fault::SegmentMissing(i) => {
            let message = format!("the segment {} is required before here, and is missing", name(i));
            build("SEG-MISSING", 2, SegmentFault::RequiredMissing, message, i, own(i))
        }
        Fault::LoopMissing(i) => {
            let message = format!("the {} is required before here, and is missing", looped(i));
            build("LOOP-MISSING", 2, SegmentFault::RequiredMissing, message, start(i), i)
        }
        Fault::SegmentTooMany(i) => {
            let message = format!("the segment {} occurs more than {} times", name(i), guide.segment_use(i).max);
            build("SEG-REPEATS", 2, SegmentFault::TooMany, message, i, own(i))
        }
        Fault::LoopTooMany(i) => {
            let message = format!("the {} occurs more than {} times", looped(i), guide.loop_at(i).max);
            build("LOOP-REPEATS", 2, SegmentFault::LoopTooMany, message, start(i), i)
        }
        Fault::SegmentNotUsed(i) => {
            let message = format!("the segment {} is not used here", name(i));
            build("SEG-NOT-USED", 2, SegmentFault::NotUsed, message, i, own(i))
        }
        Fault::LoopNotUsed(i) => {
            let message = format!("the {} is not used here", looped(i));
            build("LOOP-NOT-USED", 2, SegmentFault::NotUsed, message, start(i), i)
        }
    }
}

fn of_status(guide: &Guide, placement: &Placement, segment: &Segment<'_>) -> Option<Finding> {
    let id: Text = segment.id_text().chars().take(3).collect();
    let named = placement.segment.map(|index| guide.segment_use(index).title.clone());
    let named = named.map_or_else(|| id.to_string(), |title| format!("{id} ({title})"));
    let (rule, snip, kind, message) = match placement.status {
        Status::Placed | Status::Follows => return None,
        Status::OutOfOrder | Status::LoopOutOfOrder => {
            let message = format!("the segment {named} stands behind what should follow it");
            ("SEG-ORDER", 1, SegmentFault::OutOfOrder, message)
        }
        Status::UnknownId => ("SEG-UNKNOWN", 1, SegmentFault::UnrecognizedId, String::from("X12 has no such segment")),
        Status::NotInGuide => (
            "SEG-NOT-IN-GUIDE",
            2,
            SegmentFault::NotInTransaction,
            format!("the guide {} has no segment {id}", guide.id),
        ),
        Status::Unexpected => {
            let message = format!("the segment {id} may not stand here: the loop that it belongs to is not open");
            ("SEG-UNEXPECTED", 2, SegmentFault::Unexpected, message)
        }
        Status::WrongQualifier => {
            let message = format!("no segment {id} with this qualifier may stand here");
            ("SEG-QUALIFIER", 2, SegmentFault::Unexpected, message)
        }
    };
    let mut finding = Finding::new(rule, Kind::Segment(kind), message, segment.locus()).with_snip(snip).on_segment(id);
    if placement.status == Status::WrongQualifier {
        finding = qualifier(guide, finding, segment);
    }
    Some(with_loop(finding, guide, placement.in_loop))
}

/// Adds which element is the qualifier, and what it holds.
fn qualifier(guide: &Guide, mut finding: Finding, segment: &Segment<'_>) -> Finding {
    let of_id = guide.uses().iter().find(|u| u.id.as_bytes() == segment.id());
    if let Some((element, component)) = of_id.and_then(|u| u.key.first().copied()) {
        let id = segment.id_text();
        let bytes = super::super::states::value(segment, (element, component));
        let reference = match component {
            Some(component) => compact_str::format_compact!("{id}{element:02}-{component}"),
            None => compact_str::format_compact!("{id}{element:02}"),
        };
        finding.element = Some(reference);
        finding.value = Some(to_text(bytes));
        finding.expected = Some("a qualifier that the guide lists for this place".into());
        finding.locus = Locus { element: Some(element), component, ..finding.locus };
    }
    finding
}

fn with_loop(finding: Finding, guide: &Guide, index: LoopIndex) -> Finding {
    match guide.loop_at(index).id.as_str() {
        "" => finding,
        id => finding.in_loop(id),
    }
}
