//! The check of ISA, GS, TA1, and of how ST fits its group and its guide.

use super::{Alphabet, Charset, Checker, SegmentCheck};
use crate::envelope::{Group, Transaction};
use crate::finding::{Finding, GroupFault, InterchangeFault, Kind, Severity, TransactionFault};
use crate::guide::table::{Guide, UseIndex};
use crate::lex::Segment;
use crate::locus::Locus;
use std::sync::Arc;

/// GS01 of each transaction set that health care uses, by ST01. Source: X12 data element 479.
const GROUPS: [(&str, &str); 13] = [
    ("270", "HS"),
    ("271", "HB"),
    ("275", "PI"),
    ("276", "HR"),
    ("277", "HN"),
    ("278", "HI"),
    ("820", "RA"),
    ("824", "AG"),
    ("834", "BE"),
    ("835", "HP"),
    ("837", "HC"),
    ("997", "FA"),
    ("999", "FA"),
];

impl Checker {
    /// The elements of the ISA. ISA13 is checked where the interchange is opened.
    pub(super) fn check_isa(&mut self, isa: &Segment<'_>) {
        // Its delimiters are data here, and need not be of the basic set.
        let plain = Alphabet::new(Charset::Extended, None);
        for mut finding in self.check_envelope(isa, &plain) {
            let element = finding.locus.element.unwrap_or(0);
            if element != 13 {
                if matches!(finding.rule.as_ref(), "ELE-SHORT" | "ELE-LONG") {
                    finding.severity = Severity::Warning; // lost padding: the reader mended it
                }
                finding.kind =
                    Kind::Interchange(InterchangeFault::BadElement(u8::try_from(element).unwrap_or(u8::MAX)));
                self.findings.push(finding);
            }
        }
    }

    /// The elements of the GS.
    pub(super) fn check_gs(&mut self, _group: &Group, gs: &Segment<'_>) {
        let alphabet = self.alphabet.clone();
        for mut finding in self.check_envelope(gs, &alphabet) {
            finding.kind = Kind::Group(match finding.locus.element {
                Some(1) => GroupFault::NotSupported,
                Some(6) => GroupFault::BadControlNumber,
                Some(8) => GroupFault::UnsupportedVersion,
                _ => GroupFault::BadElement,
            });
            self.findings.push(finding);
        }
    }

    /// A TA1 between ISA and GS; anything else there is told by the envelope.
    pub(super) fn check_outside(&mut self, segment: &Segment<'_>) {
        if segment.id() == b"TA1" {
            let alphabet = self.alphabet.clone();
            let findings = self.check_envelope(segment, &alphabet);
            self.findings.extend(findings);
        }
    }

    fn check_envelope(&self, segment: &Segment<'_>, alphabet: &Alphabet) -> Vec<Finding> {
        let mut found = Vec::new();
        if let Some(guide) = self.envelope.as_deref()
            && let Some(index) = guide.uses().iter().position(|u| u.id.as_bytes() == segment.id())
        {
            let index = UseIndex(u16::try_from(index).unwrap_or(u16::MAX));
            SegmentCheck::new(guide, index, segment, alphabet, &mut found).run();
        }
        found
    }

    /// The guide of a transaction set: by GS08, or by ST03 where the GS names none.
    pub(super) fn guide_of(&mut self, st: &Transaction) -> Option<Arc<Guide>> {
        let first = std::mem::take(&mut self.first_in_group);
        let group = self.group.as_ref();
        let functional_id = group.map(|g| g.functional_id.clone()).unwrap_or_default();
        let version = group.map(|g| g.version.clone()).unwrap_or_default();
        let named = if version.is_empty() { st.convention.clone() } else { version.clone() };
        let group_locus = group.filter(|g| !g.implied && first).map(|g| g.locus);
        self.check_group(st, &functional_id);
        if !st.convention.is_empty() && !version.is_empty() && st.convention != version {
            let kind = Kind::Transaction(TransactionFault::ConventionMismatch);
            let message = "ST03 is not the guide that GS08 names";
            self.findings.push(
                Finding::new("ST-CONVENTION", kind, message, st.locus)
                    .with_snip(2)
                    .on_element("ST", 3)
                    .found(st.convention.clone(), version.to_string()),
            );
        }
        let found = match named.is_empty() {
            true => self.guides.only(&st.set_id).cloned(), // a file without GS names no guide
            false => self.guides.find(&named, &st.set_id).cloned(),
        };
        match &found {
            Some(guide) if guide.id != named && !named.is_empty() => self.older(&named, guide.id.to_string(), st.locus),
            Some(_) => {}
            None => self.unsupported(st, &named, group_locus),
        }
        found
    }

    /// ST01 is known, and fits GS01.
    fn check_group(&mut self, st: &Transaction, functional_id: &str) {
        match GROUPS.iter().find(|(set, _)| *set == st.set_id) {
            None => {
                let kind = Kind::Transaction(TransactionFault::BadIdentifier);
                let message = "ST01 is no transaction set that health care uses";
                self.findings.push(
                    Finding::new("ST-IDENTIFIER", kind, message, st.locus)
                        .on_element("ST", 1)
                        .found(st.set_id.clone(), "a transaction set id such as 837"),
                );
            }
            Some((_, expected)) if !functional_id.is_empty() && functional_id != *expected => {
                let kind = Kind::Transaction(TransactionFault::NotInGroup);
                let message = "the transaction set does not belong into a group of this GS01";
                self.findings.push(
                    Finding::new("ST-GROUP", kind, message, st.locus)
                        .on_element("ST", 1)
                        .found(st.set_id.clone(), format!("a group of GS01 {expected}, not {functional_id}")),
                );
            }
            Some(_) => {}
        }
    }

    fn older(&mut self, named: &str, guide: String, locus: Locus) {
        let kind = Kind::Group(GroupFault::UnsupportedVersion);
        let message = "an older name of a guide is read by the tables of the newer one";
        let finding = Finding::new("GS-VERSION-OLDER", kind, message, locus).with_snip(2).with_severity(Severity::Info);
        self.findings.push(finding.on_segment("GS").found(named, guide));
    }

    fn unsupported(&mut self, st: &Transaction, named: &str, group: Option<Locus>) {
        let supported = self.guides.iter().map(|g| g.id.as_str()).collect::<Vec<_>>().join(", ");
        let known = self.guides.iter().any(|g| g.id == named || g.also.iter().any(|a| a == named));
        if let Some(locus) = group.filter(|_| !known) {
            let kind = Kind::Group(GroupFault::UnsupportedVersion);
            let finding =
                Finding::new("GS-VERSION", kind, "there is no guide of this version here", locus).with_snip(2);
            self.findings.push(finding.on_element("GS", 8).found(named, format!("one of {supported}")));
        }
        let kind = Kind::Transaction(TransactionFault::NotSupported);
        let message = "there is no guide for this transaction set here: only its envelope was checked";
        let finding = Finding::new("ST-SUPPORT", kind, message, st.locus).with_snip(2);
        self.findings.push(finding.on_element("ST", 1).found(st.set_id.clone(), format!("a guide among {supported}")));
    }
}
