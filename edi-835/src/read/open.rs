//! The remittance that is being read: which loop is open, and what it holds so far.

use super::RemittanceEvent;
use crate::model::{
    ClaimPayment, ContentHasher, Detail, Details, Envelope, Kept, Party, Remittance, ServiceLine, Span, Totals,
    canonical,
};
use edi_core::envelope::End;
use edi_core::error::{Error, ErrorKind, Result};
use edi_core::lex::Segment;
use std::collections::VecDeque;

/// The most segments in a header, in a claim, or behind the last claim: memory has a bound on any input.
const SEGMENT_LIMIT: usize = 100_000;

/// Segments of a claim, or of a line, that there is room for at once.
const USUAL: usize = 8;

/// Which loop takes the next segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Header, loops 1000A and 1000B.
    Header,
    /// Loop 2000 before its first claim: LX, TS3, TS2.
    Before,
    /// Loops 2100 and 2110.
    Claim,
    /// Behind the first PLB.
    Summary,
}

/// A transaction between ST and SE.
pub(super) struct Open {
    /// Taken when it is handed out.
    header: Option<Box<Remittance>>,
    before: Details,
    claim: Option<Box<ClaimPayment>>,
    totals: Box<Totals>,
    /// Of the remittance and of the claim, where hashes are wanted.
    hashers: Option<[ContentHasher; 2]>,
    place: Place,
    /// Segments in the current header, claim or summary.
    held: usize,
    canonical: Vec<u8>,
}

impl Open {
    pub(super) fn new(ordinal: u64, envelope: Option<Box<Envelope>>, st: &Segment<'_>, hashed: bool) -> Self {
        Self {
            header: Some(Box::new(Remittance { ordinal, envelope, ..Remittance::default() })),
            before: Details::default(),
            claim: None,
            totals: Box::new(Totals { span: Span::of(st), ..Totals::default() }),
            hashers: hashed.then(Default::default),
            place: Place::Header,
            held: 0,
            canonical: Vec::with_capacity(128),
        }
    }

    /// Takes a segment in; what it completes becomes ready.
    pub(super) fn take(&mut self, segment: &Segment<'_>, ready: &mut VecDeque<RemittanceEvent>) -> Result<()> {
        if let Some([whole, _]) = &mut self.hashers {
            canonical(segment, &mut self.canonical);
            whole.push(&self.canonical);
        }
        self.totals.span.extend(segment);
        match segment.id() {
            b"CLP" => {
                self.close(false, ready);
                self.begin_claim(segment);
            }
            b"LX" => {
                self.close(false, ready);
                self.enter(Place::Before);
                self.before.push(Detail::read(segment));
            }
            b"PLB" => {
                self.close(false, ready);
                self.enter(Place::Summary);
                self.totals.details.push(Detail::read(segment));
            }
            _ => self.take_inside(segment),
        }
        self.held += 1;
        if self.held > SEGMENT_LIMIT {
            let what = "the number of segments in one header, claim or summary";
            return Err(Error::new(ErrorKind::Limit { what, limit: SEGMENT_LIMIT }, segment.locus()));
        }
        Ok(())
    }

    /// Ends the transaction: hands out what is open, then the totals.
    pub(super) fn finish(mut self, end: End, se: Option<&Segment<'_>>, ready: &mut VecDeque<RemittanceEvent>) {
        self.close(!end.trailer, ready);
        // An LX without a claim stands behind the last claim; it is kept before the PLBs.
        self.totals.details.splice(0..0, self.before.drain(..));
        if let Some(se) = se {
            self.totals.span.extend(se);
        }
        self.totals.untyped += self.totals.details.others().count() as u64;
        self.totals.end = Some(end);
        if let Some([whole, _]) = &mut self.hashers {
            self.totals.hash = whole.finish();
        }
        ready.push_back(RemittanceEvent::End(self.totals));
    }

    fn enter(&mut self, place: Place) {
        if self.place != place {
            self.place = place;
            // What stands before a claim, or behind the last, is held as long as nothing closes it.
            self.held = match place {
                Place::Before => self.before.len(),
                Place::Summary => self.totals.details.len(),
                Place::Header | Place::Claim => 0,
            };
        }
    }

    fn begin_claim(&mut self, segment: &Segment<'_>) {
        self.totals.claims += 1;
        let claim = ClaimPayment {
            ordinal: self.totals.claims,
            before: std::mem::take(&mut self.before),
            clp: Kept::read(segment),
            details: Details(Vec::with_capacity(USUAL)),
            span: Span::of(segment),
            ..ClaimPayment::default()
        };
        self.place = Place::Claim;
        self.held = claim.before.len();
        if let Some([_, of_claim]) = &mut self.hashers {
            of_claim.push(&self.canonical);
        }
        self.claim = Some(Box::new(claim));
    }

    fn take_inside(&mut self, segment: &Segment<'_>) {
        match (self.place, &mut self.claim) {
            (Place::Claim, Some(claim)) => {
                if let Some([_, of_claim]) = &mut self.hashers {
                    of_claim.push(&self.canonical);
                }
                claim.span.extend(segment);
                take_in_claim(claim, segment);
            }
            (Place::Summary, _) => self.totals.details.push(Detail::read(segment)),
            (Place::Header, _) => match &mut self.header {
                Some(header) => take_in_header(header, segment),
                None => self.before.push(Detail::read(segment)),
            },
            (Place::Before | Place::Claim, _) => self.before.push(Detail::read(segment)),
        }
    }

    /// Hands out the header and the claim that are open.
    fn close(&mut self, cut: bool, ready: &mut VecDeque<RemittanceEvent>) {
        if let Some(header) = self.header.take() {
            let untyped = header.details.others().count()
                + header.parties.iter().map(|p| p.details.others().count()).sum::<usize>();
            self.totals.untyped += untyped as u64;
            ready.push_back(RemittanceEvent::Header(header));
        }
        let Some(mut claim) = self.claim.take() else { return };
        if let Some([_, of_claim]) = &mut self.hashers {
            claim.hash = of_claim.finish();
        }
        claim.cut = cut;
        self.count(&claim);
        ready.push_back(RemittanceEvent::Claim(claim));
    }

    fn count(&mut self, claim: &ClaimPayment) {
        let totals = &mut self.totals;
        totals.lines += claim.lines.len() as u64;
        totals.charge += claim.charge();
        totals.paid += claim.paid();
        totals.unreadable += u64::from(claim.clp.charge.is_raw() || claim.clp.paid.is_raw());
        let of_lines: usize = claim.lines.iter().map(|l| l.details.others().count()).sum();
        totals.untyped += (claim.before.others().count() + claim.details.others().count() + of_lines) as u64;
    }
}

fn take_in_header(header: &mut Remittance, segment: &Segment<'_>) {
    if segment.id() == b"N1" {
        header.parties.push(Party { n1: Kept::read(segment), details: Details::default() });
        return;
    }
    let details = header.parties.last_mut().map_or(&mut header.details, |party| &mut party.details);
    details.push(Detail::read(segment));
}

fn take_in_claim(claim: &mut ClaimPayment, segment: &Segment<'_>) {
    if segment.id() == b"SVC" {
        let ordinal = u32::try_from(claim.lines.len() + 1).unwrap_or(u32::MAX);
        claim.lines.push(ServiceLine {
            ordinal,
            svc: Kept::read(segment),
            details: Details(Vec::with_capacity(USUAL)),
        });
        return;
    }
    let details = claim.lines.last_mut().map_or(&mut claim.details, |line| &mut line.details);
    details.push(Detail::read(segment));
}
