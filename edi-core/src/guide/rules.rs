//! The list of rules: what each finding means, how to mend it, where the rule comes from.

/// A rule that findings are reported under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its id, stable across releases.
    pub id: &'static str,
    /// SNIP type, 1 to 7; 0 for repairs of the stream.
    pub snip: u8,
    /// What it says, in one sentence.
    pub title: &'static str,
    /// What to do about it.
    pub mend: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

/// The rule of an id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    all_rules().find(|rule| rule.id == id)
}

/// The rules of this room, and those of [`rules`](crate::rules).
pub fn all_rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().chain(crate::rules::all())
}

const fn rule_of(id: &'static str, snip: u8, title: &'static str, mend: &'static str, source: &'static str) -> Rule {
    Rule { id, snip, title, mend, source }
}

const X12: &str = "X12.5 and X12.6, interchange control and application syntax";
const GUIDE: &str = "the implementation guide of the transaction set";
const STREAM: &str = "this reader: a dirty form of the stream, read in full and told";

/// All rules of the reader, of the envelope and of the guides.
pub static RULES: &[Rule] = &[
    // Segments and loops.
    rule_of(
        "SEG-UNKNOWN",
        1,
        "X12 has no segment of this id.",
        "Look for a wrong segment terminator or element separator before it, or take the segment out.",
        X12,
    ),
    rule_of(
        "SEG-NOT-IN-GUIDE",
        2,
        "The guide has no segment of this id.",
        "Take the segment out, or name the right guide in GS08 and ST03.",
        GUIDE,
    ),
    rule_of(
        "SEG-UNEXPECTED",
        2,
        "The segment may not stand here, since the loop that it belongs to is not open.",
        "Put the segment that starts its loop before it, or move it.",
        GUIDE,
    ),
    rule_of(
        "SEG-QUALIFIER",
        2,
        "Segments of this id may stand here, but none with this qualifier.",
        "Correct the qualifier, or move the segment to the loop that has it.",
        GUIDE,
    ),
    rule_of(
        "SEG-ORDER",
        1,
        "The segment stands behind one that should follow it.",
        "Put the segments into the order of the guide.",
        GUIDE,
    ),
    rule_of(
        "SEG-MISSING",
        2,
        "A required segment is missing.",
        "Add the segment before the place that is named.",
        GUIDE,
    ),
    rule_of(
        "SEG-REPEATS",
        2,
        "A segment occurs more often than it may.",
        "Take the surplus segments out, or start a new loop.",
        GUIDE,
    ),
    rule_of(
        "SEG-NOT-USED",
        2,
        "The guide, or a partner's overlay, does not use this segment.",
        "Take the segment out.",
        "the partner's companion guide",
    ),
    rule_of(
        "SEG-TRAILING",
        1,
        "Separators stand at the end of a segment or composite with nothing behind them.",
        "Leave the separators at the end out.",
        X12,
    ),
    rule_of("LOOP-MISSING", 2, "A required loop is missing.", "Add the loop before the place that is named.", GUIDE),
    rule_of(
        "LOOP-REPEATS",
        2,
        "A loop occurs more often than it may.",
        "Split the claim, or take the surplus loops out.",
        GUIDE,
    ),
    rule_of(
        "LOOP-NOT-USED",
        2,
        "The guide, or a partner's overlay, does not use this loop.",
        "Take the loop out.",
        "the partner's companion guide",
    ),
    // Elements.
    rule_of("ELE-MISSING", 2, "A required element or component is missing.", "Fill it in.", GUIDE),
    rule_of("ELE-NOT-USED", 2, "The guide does not use this element or component.", "Leave it empty.", GUIDE),
    rule_of(
        "ELE-TOO-MANY",
        1,
        "The segment has more elements than X12 gives it.",
        "Take the surplus elements out; look for an element separator inside a value.",
        X12,
    ),
    rule_of(
        "ELE-COMPONENTS",
        1,
        "The element has more components than X12 gives it.",
        "Take the surplus components out; look for a component separator inside a value.",
        X12,
    ),
    rule_of(
        "ELE-REPEATS",
        1,
        "The element repeats more often than it may.",
        "Take the surplus repetitions out; look for a repetition separator inside a value.",
        X12,
    ),
    rule_of(
        "ELE-SHORT",
        1,
        "The value is shorter than its minimum.",
        "Send the whole value; numbers count digits only.",
        X12,
    ),
    rule_of(
        "ELE-LONG",
        1,
        "The value is longer than its maximum.",
        "Shorten the value; signs and decimal points do not count.",
        X12,
    ),
    rule_of(
        "ELE-CHARACTER",
        1,
        "The value holds a character that its type or the character set does not have.",
        "Take the character out: numbers hold digits, a point and a minus sign, texts printable characters.",
        X12,
    ),
    rule_of(
        "ELE-NON-ASCII",
        1,
        "The value holds a character outside ASCII.",
        "Write it without accents, unless the partner agreed to them.",
        X12,
    ),
    rule_of("ELE-BLANKS", 1, "The value begins or ends with blanks.", "Take the blanks out.", X12),
    rule_of(
        "ELE-CODE",
        2,
        "The value is none of the codes that the guide lists for this place.",
        "Use one of the listed codes.",
        GUIDE,
    ),
    rule_of(
        "ELE-DATE",
        1,
        "The value is no date, or not in the format that its qualifier names.",
        "Send a date that exists, in that format; in a range the first date comes first.",
        X12,
    ),
    rule_of(
        "ELE-TIME",
        1,
        "The value is no time, or not in the format that its qualifier names.",
        "Send HHMM, or HHMMSS where it is finer.",
        X12,
    ),
    rule_of(
        "ELE-CONDITION",
        1,
        "A syntax note asks for an element because of what else is there.",
        "Fill the element in, or leave the others out.",
        "X12 dictionary, syntax notes P, R, C and L",
    ),
    rule_of(
        "ELE-EXCLUSION",
        1,
        "A syntax note forbids two elements together.",
        "Keep one of them.",
        "X12 dictionary, syntax note E",
    ),
    rule_of(
        "FINDINGS-LIMIT",
        2,
        "The transaction set has more findings than are kept.",
        "Mend what is shown and check again, or raise the limit.",
        "this engine: limits hold memory flat",
    ),
    // Transaction sets and groups.
    rule_of(
        "ST-DUPLICATE",
        1,
        "Two transaction sets of a group have the same control number.",
        "Number transaction sets anew in each group.",
        X12,
    ),
    rule_of("ST-CONVENTION", 2, "ST03 is not the guide that GS08 names.", "Send the same guide id in both.", GUIDE),
    rule_of(
        "ST-IDENTIFIER",
        1,
        "ST01 is no transaction set that health care uses.",
        "Correct ST01.",
        "X12 data element 143",
    ),
    rule_of(
        "ST-GROUP",
        1,
        "The transaction set does not belong into a group of this GS01.",
        "Put it into a group of its own kind.",
        "X12 data element 479",
    ),
    rule_of(
        "ST-SUPPORT",
        2,
        "There is no guide for this transaction set here.",
        "Correct GS08, or send it to a system that has its guide.",
        "this engine: the guides that it has",
    ),
    rule_of("SE-MISSING", 1, "The SE is missing.", "Ask for the file again: it may be cut.", X12),
    rule_of(
        "SE-COUNT",
        1,
        "SE01 is not the number of segments from ST to SE.",
        "Recount; if the file is cut, ask for it again.",
        X12,
    ),
    rule_of("SE-CONTROL", 1, "SE02 is not the control number of the ST.", "Send the number of ST02 in SE02.", X12),
    rule_of(
        "GS-DUPLICATE",
        1,
        "Two groups of an interchange have the same control number.",
        "Number groups anew in each interchange.",
        X12,
    ),
    rule_of(
        "GS-VERSION",
        2,
        "There is no guide of the version that GS08 names.",
        "Correct GS08, or send the group to a system that has its guide.",
        "this engine: the guides that it has",
    ),
    rule_of(
        "GS-VERSION-OLDER",
        2,
        "GS08 names a guide by an older name.",
        "Send the guide's current name, with its addendum.",
        GUIDE,
    ),
    rule_of("GE-MISSING", 1, "The GE is missing.", "Ask for the file again: it may be cut.", X12),
    rule_of(
        "GE-COUNT",
        1,
        "GE01 is not the number of transaction sets in the group.",
        "Recount; if the file is cut, ask for it again.",
        X12,
    ),
    rule_of("GE-CONTROL", 1, "GE02 is not the control number of the GS.", "Send the number of GS06 in GE02.", X12),
    // Interchanges.
    rule_of(
        "ISA-CONTROL",
        1,
        "The interchange control number is not nine digits.",
        "Send nine digits, with leading zeros.",
        X12,
    ),
    rule_of(
        "ISA-DUPLICATE",
        1,
        "Two interchanges have the same sender, receiver and control number.",
        "Number interchanges anew; do not send a file twice.",
        X12,
    ),
    rule_of("IEA-MISSING", 1, "The IEA is missing.", "Ask for the file again: it may be cut.", X12),
    rule_of(
        "IEA-COUNT",
        1,
        "IEA01 is not the number of groups in the interchange.",
        "Recount; if the file is cut, ask for it again.",
        X12,
    ),
    rule_of("IEA-CONTROL", 1, "IEA02 is not the control number of the ISA.", "Send the number of ISA13 in IEA02.", X12),
    rule_of(
        "CONTROL-LIMIT",
        1,
        "There are more control numbers than are remembered; duplicates among the others are not found.",
        "Split the file to have all control numbers compared.",
        "this engine: limits hold memory flat",
    ),
    rule_of(
        "STRAY-SEGMENT",
        1,
        "A segment stands outside any transaction set.",
        "Look for a missing ST or a surplus SE before it.",
        X12,
    ),
    // Repairs of the stream.
    rule_of("REPAIR-BOM", 0, "A UTF-8 byte order mark stands before the ISA.", "Save the file without it.", STREAM),
    rule_of("REPAIR-UTF16", 0, "The file is UTF-16.", "Send one byte a character.", STREAM),
    rule_of(
        "REPAIR-NON-ASCII",
        0,
        "The file holds bytes outside ASCII.",
        "Write names without accents, unless the partner agreed to them.",
        STREAM,
    ),
    rule_of(
        "REPAIR-LEADING-JUNK",
        0,
        "Bytes stand before the interchange.",
        "Take mail headers and log lines out.",
        STREAM,
    ),
    rule_of("REPAIR-TRAILING-JUNK", 0, "Bytes stand behind the last segment.", "Take them out.", STREAM),
    rule_of(
        "REPAIR-INDENT",
        0,
        "Segments are indented.",
        "Begin each segment at once behind the terminator, or on its own line.",
        STREAM,
    ),
    rule_of("REPAIR-TRAILING-SPACE", 0, "Blanks or padding stand behind terminators.", "Take them out.", STREAM),
    rule_of("REPAIR-BLANK-LINE", 0, "Blank lines stand between segments.", "Take them out.", STREAM),
    rule_of("REPAIR-WRAP", 0, "Line breaks stand inside segments.", "Do not wrap the file at a fixed width.", STREAM),
    rule_of(
        "REPAIR-ISA-PADDING",
        0,
        "The ISA is not 106 bytes long.",
        "Pad its elements to their fixed widths.",
        STREAM,
    ),
    rule_of("REPAIR-EMPTY-SEGMENT", 0, "Terminators stand without a segment.", "Take them out.", STREAM),
    rule_of(
        "REPAIR-TERMINATOR",
        0,
        "A segment ends without its terminator.",
        "End each segment with the terminator that the ISA names.",
        STREAM,
    ),
    rule_of("REPAIR-LOWER-CASE", 0, "Segment ids are in lower case.", "Send capitals.", STREAM),
    rule_of("REPAIR-NO-ISA", 0, "The file has no ISA.", "Send the whole interchange.", STREAM),
    rule_of("REPAIR-NO-GS", 0, "A transaction set stands outside a group.", "Put it into a functional group.", STREAM),
    rule_of("REPAIR-NO-IEA", 0, "The IEA is missing.", "Ask for the file again: it may be cut.", STREAM),
    rule_of("REPAIR-NO-GE", 0, "The GE is missing.", "Ask for the file again: it may be cut.", STREAM),
    rule_of("REPAIR-NO-SE", 0, "The SE is missing.", "Ask for the file again: it may be cut.", STREAM),
    rule_of("REPAIR-TRUNCATED", 0, "The file ends inside a segment.", "Ask for the file again: it is cut.", STREAM),
    rule_of("REPAIR-BROKEN-OFF", 0, "The compressed file is cut.", "Ask for the file again.", STREAM),
];
