//! Puts the segments of a transaction set into loops: a small state machine over HL03 and the segments that
//! begin a loop. It takes what comes, in whatever order; what fits nowhere is kept raw where it stands.

use crate::model::{BillingProvider, Claim, ClaimInformation, Drug, Form, Header, LineAdjudication};
use crate::model::{Loop, OtherPayer, Party, Patient, ServiceLine, Subscriber, fits};
use crate::segment::{Bht, Clm, Lin, Sbr, Svd};
use edi_core::lex::Segment;
use edi_core::segment::{Lq, Lx, Nm1, TypedSegment};
use std::sync::Arc;

/// The loop that takes the next segment: a leaf, or the loop that carries leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cursor {
    Header,
    HeaderParty,
    Billing,
    BillingParty,
    Subscriber,
    SubscriberParty,
    Patient,
    PatientParty,
    Claim,
    Provider,
    Other,
    OtherParty,
    Line,
    LineProvider,
    Drug,
    Adjudication,
    Form,
}

impl Cursor {
    /// The loop around a leaf; a carrier is its own.
    fn carrier(self) -> Self {
        match self {
            Self::Header | Self::HeaderParty => Self::Header,
            Self::Billing | Self::BillingParty => Self::Billing,
            Self::Subscriber | Self::SubscriberParty => Self::Subscriber,
            Self::Patient | Self::PatientParty => Self::Patient,
            Self::Claim | Self::Provider => Self::Claim,
            Self::Other | Self::OtherParty => Self::Other,
            Self::Line | Self::LineProvider | Self::Drug | Self::Adjudication | Self::Form => Self::Line,
        }
    }
}

/// What became of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placed {
    /// It stands in a field, or is kept raw.
    Kept,
    /// It began a loop, and holds more than its struct does: the rest is lost.
    Shortened,
    /// An HL of a level that no 837 has; kept raw.
    UnknownLevel,
}

/// The loops that are being read.
#[derive(Debug, Clone)]
pub(crate) struct Placer {
    header: Arc<Header>,
    billing: Arc<BillingProvider>,
    subscriber: Arc<Subscriber>,
    patient: Option<Arc<Patient>>,
    claim: Option<ClaimInformation>,
    cursor: Cursor,
}

impl Placer {
    /// At the start of a transaction set.
    pub(crate) fn new() -> Self {
        Self {
            header: Arc::default(),
            billing: Arc::default(),
            subscriber: Arc::default(),
            patient: None,
            claim: None,
            cursor: Cursor::Header,
        }
    }

    /// Behind a billing provider that is known.
    pub(crate) fn within(header: Arc<Header>, billing: Arc<BillingProvider>) -> Self {
        Self { header, billing, cursor: Cursor::Billing, ..Self::new() }
    }

    /// Whether this segment ends the claim before it.
    pub(crate) fn ends_claim(&self, segment: &Segment<'_>) -> bool {
        self.claim.is_some() && matches!(segment.id(), b"HL" | b"CLM")
    }

    /// The claim that was read, with its context. What comes now, and begins no other, belongs to its patient.
    pub(crate) fn take_claim(&mut self) -> Option<Claim> {
        let information = self.claim.take()?;
        self.cursor = if self.patient.is_some() { Cursor::Patient } else { Cursor::Subscriber };
        Some(Claim {
            information,
            header: Arc::clone(&self.header),
            billing: Arc::clone(&self.billing),
            subscriber: Arc::clone(&self.subscriber),
            patient: self.patient.clone(),
        })
    }

    /// Takes the next segment. What [`ends_claim`](Self::ends_claim) comes after
    /// [`take_claim`](Self::take_claim).
    pub(crate) fn place(&mut self, segment: &Segment<'_>) -> Placed {
        match segment.id() {
            b"HL" => self.level(segment),
            b"BHT" if self.cursor == Cursor::Header && *self.header == Header::default() => {
                self.header = Arc::new(Header::begin(segment));
                whole::<Bht>(segment)
            }
            b"CLM" => {
                self.claim = Some(ClaimInformation::begin(segment));
                self.cursor = Cursor::Claim;
                whole::<Clm>(segment)
            }
            b"NM1" => self.party(segment),
            b"SBR" | b"LX" if self.claim.is_some() => self.within_claim(segment),
            b"LIN" | b"SVD" | b"LQ" if self.cursor.carrier() == Cursor::Line => self.within_line(segment),
            b"SV1" | b"SV2" | b"SV3" if self.claim.is_some() && self.cursor.carrier() != Cursor::Line => {
                // The LX before it is missing: the line is there all the same.
                self.claim.get_or_insert_default().lines.push(ServiceLine::default());
                self.cursor = Cursor::Line;
                self.fill(segment);
                Placed::Kept
            }
            _ => {
                self.fill(segment);
                Placed::Kept
            }
        }
    }

    fn level(&mut self, hl: &Segment<'_>) -> Placed {
        match hl.element(3).bytes() {
            b"20" => {
                self.billing = Arc::default();
                self.subscriber = Arc::default();
                self.patient = None;
                self.cursor = Cursor::Billing;
            }
            b"22" => {
                self.subscriber = Arc::default();
                self.patient = None;
                self.cursor = Cursor::Subscriber;
            }
            b"23" => {
                self.patient = Some(Arc::default());
                self.cursor = Cursor::Patient;
            }
            _ => {
                self.fill(hl);
                return Placed::UnknownLevel;
            }
        }
        Placed::Kept
    }

    fn party(&mut self, nm1: &Segment<'_>) -> Placed {
        let party = Party::begin(nm1);
        self.cursor = match self.cursor.carrier() {
            Cursor::Billing => {
                Arc::make_mut(&mut self.billing).parties.push(party);
                Cursor::BillingParty
            }
            Cursor::Subscriber => {
                Arc::make_mut(&mut self.subscriber).parties.push(party);
                Cursor::SubscriberParty
            }
            Cursor::Patient => {
                Arc::make_mut(self.patient.get_or_insert_default()).parties.push(party);
                Cursor::PatientParty
            }
            Cursor::Claim => {
                self.claim.get_or_insert_default().providers.push(party);
                Cursor::Provider
            }
            Cursor::Other => {
                self.last_other().parties.push(party);
                Cursor::OtherParty
            }
            Cursor::Line => {
                self.last_line().providers.push(party);
                Cursor::LineProvider
            }
            _ => {
                Arc::make_mut(&mut self.header).parties.push(party);
                Cursor::HeaderParty
            }
        };
        whole::<Nm1>(nm1)
    }

    fn within_claim(&mut self, segment: &Segment<'_>) -> Placed {
        let claim = self.claim.get_or_insert_default();
        if segment.id() == b"LX" {
            claim.lines.push(ServiceLine::begin(segment));
            self.cursor = Cursor::Line;
            whole::<Lx>(segment)
        } else {
            claim.other_payers.push(OtherPayer::begin(segment));
            self.cursor = Cursor::Other;
            whole::<Sbr>(segment)
        }
    }

    fn within_line(&mut self, segment: &Segment<'_>) -> Placed {
        let line = self.last_line();
        match segment.id() {
            b"LIN" => {
                line.drugs.push(Drug::begin(segment));
                self.cursor = Cursor::Drug;
                whole::<Lin>(segment)
            }
            b"SVD" => {
                line.adjudications.push(LineAdjudication::begin(segment));
                self.cursor = Cursor::Adjudication;
                whole::<Svd>(segment)
            }
            _ => {
                line.forms.push(Form::begin(segment));
                self.cursor = Cursor::Form;
                whole::<Lq>(segment)
            }
        }
    }

    /// Gives the segment to the loop at the cursor, or, where that has no field for it, to a loop around; when
    /// none has, the loop at the cursor keeps it raw.
    fn fill(&mut self, segment: &Segment<'_>) {
        let (leaf, carrier) = (self.cursor, self.cursor.carrier());
        // A provider of a claim or line has no dates: a date behind it is the claim's or line's.
        let strayed = segment.id() == b"DTP" && matches!(leaf, Cursor::Provider | Cursor::LineProvider);
        let around = if carrier == Cursor::Other { Cursor::Claim } else { carrier };
        let accepted = !strayed && self.at(leaf).accept(segment)
            || carrier != leaf && self.at(carrier).accept(segment)
            || around != carrier && self.at(around).accept(segment);
        if !accepted {
            self.at(leaf).keep(segment);
        }
    }

    fn at(&mut self, cursor: Cursor) -> &mut dyn Loop {
        match cursor {
            Cursor::Header => shared(&mut self.header),
            Cursor::HeaderParty => last_loop(&mut Arc::make_mut(&mut self.header).parties),
            Cursor::Billing => shared(&mut self.billing),
            Cursor::BillingParty => last_loop(&mut Arc::make_mut(&mut self.billing).parties),
            Cursor::Subscriber => shared(&mut self.subscriber),
            Cursor::SubscriberParty => last_loop(&mut Arc::make_mut(&mut self.subscriber).parties),
            Cursor::Patient => shared(self.patient.get_or_insert_default()),
            Cursor::PatientParty => last_loop(&mut Arc::make_mut(self.patient.get_or_insert_default()).parties),
            Cursor::Claim => self.claim.get_or_insert_default(),
            Cursor::Provider => last_loop(&mut self.claim.get_or_insert_default().providers),
            Cursor::Other => self.last_other(),
            Cursor::OtherParty => last_loop(&mut self.last_other().parties),
            Cursor::Line => self.last_line(),
            Cursor::LineProvider => last_loop(&mut self.last_line().providers),
            Cursor::Drug => last_loop(&mut self.last_line().drugs),
            Cursor::Adjudication => last_loop(&mut self.last_line().adjudications),
            Cursor::Form => last_loop(&mut self.last_line().forms),
        }
    }

    fn last_other(&mut self) -> &mut OtherPayer {
        last(&mut self.claim.get_or_insert_default().other_payers)
    }

    fn last_line(&mut self) -> &mut ServiceLine {
        last(&mut self.claim.get_or_insert_default().lines)
    }
}

/// The last loop; the cursor stands in it, so that there always is one.
fn last<T: Default>(loops: &mut Vec<T>) -> &mut T {
    if loops.is_empty() {
        loops.push(T::default());
    }
    let last = loops.len() - 1;
    &mut loops[last]
}

fn last_loop<T: Loop + Default>(loops: &mut Vec<T>) -> &mut dyn Loop {
    last::<T>(loops)
}

fn shared<T: Loop + Clone>(shared: &mut Arc<T>) -> &mut dyn Loop {
    Arc::<T>::make_mut(shared)
}

fn whole<T: TypedSegment>(segment: &Segment<'_>) -> Placed {
    if fits::<T>(segment) { Placed::Kept } else { Placed::Shortened }
}
