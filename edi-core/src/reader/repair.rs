//! The names of repairs, and the small decisions that they need.

use crate::finding::{Finding, Kind, RepairKind, Severity};
use crate::lex::Delimiters;
use crate::locus::Locus;

/// A finding that tells of a repair.
pub(super) fn finding(kind: RepairKind, locus: Locus) -> Finding {
    use RepairKind::*;
    let (rule, severity, message) = match kind {
        ByteOrderMark => ("REPAIR-BOM", Severity::Info, "a UTF-8 byte order mark before the ISA was skipped"),
        Utf16 => (
            "REPAIR-UTF16",
            Severity::Warning,
            "the file is UTF-16 and was read as UTF-8; X12 is sent one byte a character",
        ),
        NonAscii => ("REPAIR-NON-ASCII", Severity::Info, "bytes outside ASCII were kept as they are"),
        LeadingJunk => {
            ("REPAIR-LEADING-JUNK", Severity::Warning, "bytes before the start of an interchange were skipped")
        }
        TrailingJunk => ("REPAIR-TRAILING-JUNK", Severity::Warning, "bytes behind the last segment were skipped"),
        Indent => ("REPAIR-INDENT", Severity::Info, "blanks before segments were skipped"),
        SpaceAfterTerminator => {
            ("REPAIR-TRAILING-SPACE", Severity::Info, "blanks or padding behind terminators were skipped")
        }
        BlankLine => ("REPAIR-BLANK-LINE", Severity::Info, "blank lines between segments were skipped"),
        Wrap => ("REPAIR-WRAP", Severity::Warning, "line breaks inside segments were taken out"),
        IsaPadding => (
            "REPAIR-ISA-PADDING",
            Severity::Warning,
            "the ISA is not 106 bytes long; its elements were told apart by their separators",
        ),
        EmptySegment => ("REPAIR-EMPTY-SEGMENT", Severity::Warning, "terminators without a segment were skipped"),
        MissingTerminator => ("REPAIR-TERMINATOR", Severity::Warning, "a segment ended without its terminator"),
        LowerCaseId => ("REPAIR-LOWER-CASE", Severity::Warning, "segment ids in lower case were read as upper case"),
        NoInterchangeHeader => {
            ("REPAIR-NO-ISA", Severity::Warning, "there is no ISA: the delimiters were found from the data")
        }
        NoGroupHeader => {
            ("REPAIR-NO-GS", Severity::Warning, "a transaction set stands outside a functional group; one was assumed")
        }
        MissingIea => (
            "REPAIR-NO-IEA",
            Severity::Error,
            "the IEA is missing; the interchange was ended where the next began or the file stopped",
        ),
        MissingGe => (
            "REPAIR-NO-GE",
            Severity::Error,
            "the GE is missing; the group was ended where the next began or the interchange stopped",
        ),
        MissingSe => (
            "REPAIR-NO-SE",
            Severity::Error,
            "the SE is missing; the transaction set was ended where the next began or the group stopped",
        ),
        Truncated => (
            "REPAIR-TRUNCATED",
            Severity::Error,
            "the file ends inside a segment; that segment was set aside and what stands before it kept",
        ),
        BrokenOff => (
            "REPAIR-BROKEN-OFF",
            Severity::Error,
            "the compressed file is cut: what could be unpacked of it was read; ask for the file again",
        ),
    };
    Finding::new(rule, Kind::Repair(kind), message, locus).with_snip(0).with_severity(severity)
}

/// What stands between two segments, classified byte by byte.
pub(super) struct Trivia {
    terminator: Option<u8>,
    behind_segment: bool,
    breaks: u64,
    last_was_cr: bool,
    spaces_at_line_start: u64,
    spaces_behind_terminator: u64,
    padding: u64,
    empty_segments: u64,
}

impl Trivia {
    pub(super) fn new(terminator: Option<u8>, behind_segment: bool) -> Self {
        Self {
            terminator,
            behind_segment,
            breaks: 0,
            last_was_cr: false,
            spaces_at_line_start: 0,
            spaces_behind_terminator: 0,
            padding: 0,
            empty_segments: 0,
        }
    }

    /// Whether the byte is trivia; if so it is counted.
    pub(super) fn takes(&mut self, byte: u8) -> bool {
        let after_cr = std::mem::take(&mut self.last_was_cr);
        match byte {
            b'\n' if after_cr => {}
            b'\n' | b'\r' => {
                self.breaks += 1;
                self.last_was_cr = byte == b'\r';
                self.spaces_behind_terminator += std::mem::take(&mut self.spaces_at_line_start);
            }
            b' ' | b'\t' => self.spaces_at_line_start += 1,
            0 | 0x1A => self.padding += 1,
            _ if Some(byte) == self.terminator && self.behind_segment => self.empty_segments += 1,
            _ => return false,
        }
        true
    }

    pub(super) fn has_line_break(&self) -> bool {
        self.breaks > 0
    }

    /// What is worth a finding: one line break behind a segment is not.
    pub(super) fn repairs(&self, at_end: bool) -> impl Iterator<Item = (RepairKind, u64)> {
        let newline_ends = matches!(self.terminator, Some(b'\r' | b'\n')) && self.behind_segment;
        // With CR LF as the line's end and CR as the terminator, the LF is no blank line.
        let allowed = if newline_ends { u64::from(self.terminator == Some(b'\r')) } else { 1 };
        let blank_lines = if at_end { 0 } else { self.breaks.saturating_sub(allowed) };
        let own_line = self.breaks > 0 || newline_ends;
        let indent = if own_line && !at_end { self.spaces_at_line_start } else { 0 };
        let behind = self.spaces_behind_terminator + self.spaces_at_line_start - indent;
        let padding = if at_end { self.padding } else { 0 };
        let stray_padding = self.padding - padding;
        [
            (RepairKind::BlankLine, blank_lines),
            (RepairKind::Indent, u64::from(indent > 0)),
            (RepairKind::SpaceAfterTerminator, u64::from(behind > 0) + stray_padding),
            (RepairKind::TrailingJunk, padding),
            (RepairKind::EmptySegment, self.empty_segments),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
    }
}

/// Ids behind which a line break is taken for a lost terminator rather than for a wrap.
const COMMON_IDS: [&[u8]; 31] = [
    b"ISA", b"GS", b"ST", b"SE", b"GE", b"IEA", b"BHT", b"BPR", b"TRN", b"HL", b"NM1", b"N1", b"N3", b"N4", b"PER",
    b"REF", b"SBR", b"CLM", b"CLP", b"CAS", b"SVC", b"SV1", b"DTM", b"DTP", b"LX", b"AMT", b"PLB", b"TA1", b"LQ",
    b"DMG", b"MOA",
];

/// Whether a line break inside a segment stands where its terminator was lost: the line behind begins with
/// an ISA after an IEA, or with a well-known id in a file that breaks the line behind each segment.
pub(super) fn terminator_is_lost(
    before: &[u8],
    behind: &[u8],
    line_style: bool,
    delimiters: Option<Delimiters>,
) -> bool {
    let start = behind.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
    let next = &behind[start..];
    if before.starts_with(b"IEA") && super::start::is_isa(next) {
        return true;
    }
    let Some(element) = delimiters.map(|d| d.element) else { return false };
    let id = next.iter().take(4).take_while(|b| b.is_ascii_alphanumeric()).count();
    line_style && next.get(id) == Some(&element) && COMMON_IDS.contains(&&next[..id])
}
