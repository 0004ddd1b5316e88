//! The TA1 for one interchange.

use super::group::clean;
use super::{Options, Status, mirrored};
use crate::envelope::Interchange;
use crate::error::Result;
use crate::finding::{Finding, InterchangeFault, Kind, Severity};
use crate::writer::SegmentWriter;
use compact_str::format_compact;
use std::io::Write;

/// What was found of an interchange so far.
#[derive(Debug, Default)]
pub(super) struct Notes {
    code: Option<(&'static str, Severity)>,
    refused: bool,
}

impl Notes {
    /// Keeps the first and gravest note: a TA1 has room for one.
    pub(super) fn add(&mut self, code: &'static str, finding: &Finding) {
        if self.code.is_none_or(|(_, severity)| severity < finding.severity) {
            self.code = Some((code, finding.severity));
        }
        self.refused |= refuses(finding);
    }

    /// Whether the interchange is refused as a whole: then its groups get no 999.
    pub(super) fn refused(&self) -> bool {
        self.refused
    }

    pub(super) fn status(&self) -> Status {
        match self.code {
            _ if self.refused => Status::Rejected,
            Some(_) => Status::WithErrors,
            None => Status::Accepted,
        }
    }
}

/// An interchange that came before, or that cannot be told by its number, is refused; other faults are told.
fn refuses(finding: &Finding) -> bool {
    let grave = matches!(
        finding.kind,
        Kind::Interchange(InterchangeFault::DuplicateControlNumber | InterchangeFault::BadControlNumber)
    );
    grave && finding.severity == Severity::Error
}

/// Writes the interchange with the TA1.
pub(super) fn write<W: Write>(
    out: W,
    interchange: &Interchange,
    notes: &Notes,
    options: &Options,
    control: u32,
) -> Result<W> {
    let mut writer = SegmentWriter::new(out, options.delimiters).with_line_breaks(options.line_breaks);
    writer.begin_interchange(&mirrored(interchange, options, control))?;
    let digits = |value: &str, length: usize| value.len() == length && value.bytes().all(|b| b.is_ascii_digit());
    let number = clean(&interchange.control, 9, options.delimiters);
    let number = if digits(&number, 9) { number } else { format_compact!("{:09}", number.parse::<u32>().unwrap_or(0)) };
    let date = if digits(&interchange.date, 6) {
        interchange.date.clone()
    } else {
        options.at.format("%y%m%d").to_string().into()
    };
    let time = if digits(&interchange.time, 4) {
        interchange.time.clone()
    } else {
        options.at.format("%H%M").to_string().into()
    };
    let code = notes.code.map_or("000", |(code, _)| code);
    writer.segment("TA1").text(&number).text(&date).text(&time).text(notes.status().code()).text(code).finish()?;
    writer.end_interchange()?;
    writer.into_inner()
}
