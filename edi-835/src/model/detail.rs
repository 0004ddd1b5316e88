//! The segments of an 835 in the order in which they stand, each typed where it has a type.

use super::kept::Kept;
use super::plb::{Plb, PlbEntry};
use super::segment::{Bpr, Cur, Mia, Rdm, Ts2, Ts3};
use chrono::NaiveDate;
use edi_core::account::Adjustment;
use edi_core::error::Result;
use edi_core::lex::Segment;
use edi_core::segment::{
    Amt, Cas, CasEntry, Dtm, Lq, Lx, Moa, N3, N4, Nm1, Per, Qty, RawSegment, Ref, Trn, TypedSegment,
};
use edi_core::value::Period;
use edi_core::writer::SegmentWriter;
use edi_core::{Money, Text};
use serde::Serialize;
use std::io::Write;
use std::ops::{Deref, DerefMut};

/// A segment below a loop's first one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // each variant is the segment that its name says
pub enum Detail {
    Bpr(Box<Kept<Bpr>>),
    Trn(Kept<Trn>),
    Cur(Kept<Cur>),
    Ref(Kept<Ref>),
    Dtm(Kept<Dtm>),
    N3(Kept<N3>),
    N4(Box<Kept<N4>>),
    Per(Box<Kept<Per>>),
    Rdm(Box<Kept<Rdm>>),
    Lx(Kept<Lx>),
    Ts3(Box<Kept<Ts3>>),
    Ts2(Box<Kept<Ts2>>),
    Cas(Kept<Cas>),
    Nm1(Box<Kept<Nm1>>),
    Mia(Box<Kept<Mia>>),
    Moa(Box<Kept<Moa>>),
    Amt(Kept<Amt>),
    Qty(Kept<Qty>),
    Lq(Kept<Lq>),
    Plb(Kept<Plb>),
    /// A segment that the model has no type for, or that stands where its loop does not begin.
    Other(RawSegment),
}

fn keep<T: TypedSegment>(segment: &Segment<'_>) -> Kept<T> {
    Kept::read(segment)
}

fn boxed<T: TypedSegment>(segment: &Segment<'_>) -> Box<Kept<T>> {
    Box::new(Kept::read(segment))
}

impl Detail {
    /// Reads a segment. Nothing fails: what has no type is kept raw.
    #[must_use]
    pub fn read(segment: &Segment<'_>) -> Self {
        match segment.id() {
            b"BPR" => Self::Bpr(boxed(segment)),
            b"TRN" => Self::Trn(keep(segment)),
            b"CUR" => Self::Cur(keep(segment)),
            b"REF" => Self::Ref(keep(segment)),
            b"DTM" => Self::Dtm(keep(segment)),
            b"N3" => Self::N3(keep(segment)),
            b"N4" => Self::N4(boxed(segment)),
            b"PER" => Self::Per(boxed(segment)),
            b"RDM" => Self::Rdm(boxed(segment)),
            b"LX" => Self::Lx(keep(segment)),
            b"TS3" => Self::Ts3(boxed(segment)),
            b"TS2" => Self::Ts2(boxed(segment)),
            b"CAS" => Self::Cas(keep(segment)),
            b"NM1" => Self::Nm1(boxed(segment)),
            b"MIA" => Self::Mia(boxed(segment)),
            b"MOA" => Self::Moa(boxed(segment)),
            b"AMT" => Self::Amt(keep(segment)),
            b"QTY" => Self::Qty(keep(segment)),
            b"LQ" => Self::Lq(keep(segment)),
            b"PLB" => Self::Plb(keep(segment)),
            _ => Self::Other(RawSegment::of(segment)),
        }
    }

    /// Writes the segment.
    ///
    /// # Errors
    /// Where it holds a delimiter of this writer, or the output fails.
    pub fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> Result<()> {
        match self {
            Self::Bpr(s) => s.write(writer),
            Self::Trn(s) => s.write(writer),
            Self::Cur(s) => s.write(writer),
            Self::Ref(s) => s.write(writer),
            Self::Dtm(s) => s.write(writer),
            Self::N3(s) => s.write(writer),
            Self::N4(s) => s.write(writer),
            Self::Per(s) => s.write(writer),
            Self::Rdm(s) => s.write(writer),
            Self::Lx(s) => s.write(writer),
            Self::Ts3(s) => s.write(writer),
            Self::Ts2(s) => s.write(writer),
            Self::Cas(s) => s.write(writer),
            Self::Nm1(s) => s.write(writer),
            Self::Mia(s) => s.write(writer),
            Self::Moa(s) => s.write(writer),
            Self::Amt(s) => s.write(writer),
            Self::Qty(s) => s.write(writer),
            Self::Lq(s) => s.write(writer),
            Self::Plb(s) => s.write(writer),
            Self::Other(s) => s.write(writer),
        }
    }
}

/// The segments of a loop, in order, with a way to each kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Details(pub Vec<Detail>);

impl Details {
    /// BPR, the first where there are several.
    #[must_use]
    pub fn bpr(&self) -> Option<&Bpr> {
        self.iter().find_map(|d| if let Detail::Bpr(s) = d { Some(&***s) } else { None })
    }

    /// How many BPR there are.
    #[must_use]
    pub fn payments(&self) -> usize {
        self.iter().filter(|d| matches!(d, Detail::Bpr(_))).count()
    }

    /// TRN, the first where there are several.
    #[must_use]
    pub fn trn(&self) -> Option<&Trn> {
        self.iter().find_map(|d| if let Detail::Trn(s) = d { Some(&**s) } else { None })
    }

    /// CUR, currency.
    #[must_use]
    pub fn cur(&self) -> Option<&Cur> {
        self.iter().find_map(|d| if let Detail::Cur(s) = d { Some(&**s) } else { None })
    }

    /// RDM, delivery method.
    #[must_use]
    pub fn rdm(&self) -> Option<&Rdm> {
        self.iter().find_map(|d| if let Detail::Rdm(s) = d { Some(&***s) } else { None })
    }

    /// LX, header number.
    #[must_use]
    pub fn lx(&self) -> Option<&Lx> {
        self.iter().find_map(|d| if let Detail::Lx(s) = d { Some(&**s) } else { None })
    }

    /// TS3, provider summaries.
    pub fn ts3(&self) -> impl Iterator<Item = &Ts3> {
        self.iter().filter_map(|d| if let Detail::Ts3(s) = d { Some(&***s) } else { None })
    }

    /// N3, street address.
    #[must_use]
    pub fn n3(&self) -> Option<&N3> {
        self.iter().find_map(|d| if let Detail::N3(s) = d { Some(&**s) } else { None })
    }

    /// N4, city, state and ZIP code.
    #[must_use]
    pub fn n4(&self) -> Option<&N4> {
        self.iter().find_map(|d| if let Detail::N4(s) = d { Some(&***s) } else { None })
    }

    /// MIA, inpatient adjudication.
    #[must_use]
    pub fn mia(&self) -> Option<&Mia> {
        self.iter().find_map(|d| if let Detail::Mia(s) = d { Some(&***s) } else { None })
    }

    /// MOA, outpatient adjudication.
    #[must_use]
    pub fn moa(&self) -> Option<&Moa> {
        self.iter().find_map(|d| if let Detail::Moa(s) = d { Some(&***s) } else { None })
    }

    /// REF segments.
    pub fn references(&self) -> impl Iterator<Item = &Ref> {
        self.iter().filter_map(|d| if let Detail::Ref(s) = d { Some(&**s) } else { None })
    }

    /// REF02 of the first REF with this qualifier.
    #[must_use]
    pub fn reference(&self, qualifier: &str) -> Option<&Text> {
        self.references().find(|r| r.qualifier == qualifier).map(|r| &r.value)
    }

    /// PER segments.
    pub fn contacts(&self) -> impl Iterator<Item = &Per> {
        self.iter().filter_map(|d| if let Detail::Per(s) = d { Some(&***s) } else { None })
    }

    /// DTM segments.
    pub fn dates(&self) -> impl Iterator<Item = &Dtm> {
        self.iter().filter_map(|d| if let Detail::Dtm(s) = d { Some(&**s) } else { None })
    }

    /// The first date with this qualifier that can be read.
    #[must_use]
    pub fn date(&self, qualifier: &str) -> Option<NaiveDate> {
        self.dates().filter(|d| d.qualifier == qualifier).find_map(|d| d.date.value().copied())
    }

    /// The days between two qualifiers; one day where only one of them is there.
    #[must_use]
    pub fn period(&self, from: &str, to: &str) -> Option<Period> {
        let (from, to) = (self.date(from), self.date(to));
        Some(Period { from: from.or(to)?, to: to.or(from)? })
    }

    /// NM1 segments.
    pub fn names(&self) -> impl Iterator<Item = &Nm1> {
        self.iter().filter_map(|d| if let Detail::Nm1(s) = d { Some(&***s) } else { None })
    }

    /// The first NM1 with this entity (`QC` patient, `IL` insured, `74` corrected, `82` rendering, `TT`
    /// crossover carrier, `PR` corrected payer, `GB` other subscriber).
    #[must_use]
    pub fn name(&self, entity: &str) -> Option<&Nm1> {
        self.names().find(|n| n.entity == entity)
    }

    /// AMT segments.
    pub fn amounts(&self) -> impl Iterator<Item = &Amt> {
        self.iter().filter_map(|d| if let Detail::Amt(s) = d { Some(&**s) } else { None })
    }

    /// Sum of the readable amounts with this qualifier; none where there is none.
    #[must_use]
    pub fn amount(&self, qualifier: &str) -> Option<Money> {
        let amounts = self.amounts().filter(|a| a.qualifier == qualifier).filter_map(|a| a.amount.value().copied());
        amounts.reduce(|a, b| a + b)
    }

    /// QTY segments.
    pub fn quantities(&self) -> impl Iterator<Item = &Qty> {
        self.iter().filter_map(|d| if let Detail::Qty(s) = d { Some(&**s) } else { None })
    }

    /// CAS segments.
    pub fn cas(&self) -> impl Iterator<Item = &Cas> {
        self.iter().filter_map(|d| if let Detail::Cas(s) = d { Some(&**s) } else { None })
    }

    /// All CAS triplets, each with its group code.
    pub fn triplets(&self) -> impl Iterator<Item = (&Text, &CasEntry)> {
        self.cas().flat_map(|cas| cas.entries.iter().map(|entry| (&cas.group, entry)))
    }

    /// All CAS triplets as adjustments; an amount that is absent or cannot be read counts as zero, so look
    /// at the balance first.
    pub fn adjustments(&self) -> impl Iterator<Item = Adjustment> {
        self.triplets().map(|(group, entry)| Adjustment {
            group: group.clone(),
            reason: entry.reason.clone(),
            amount: entry.amount.or_zero(),
            quantity: entry.quantity.value().copied(),
        })
    }

    /// LQ segments.
    pub fn lq(&self) -> impl Iterator<Item = &Lq> {
        self.iter().filter_map(|d| if let Detail::Lq(s) = d { Some(&**s) } else { None })
    }

    /// Remark codes: LQ*HE, MIA and MOA, in order.
    pub fn remarks(&self) -> impl Iterator<Item = &Text> {
        self.iter().flat_map(|d| {
            let (lq, mia, moa) = match d {
                Detail::Lq(s) if s.qualifier == "HE" => (Some(&s.code), None, None),
                Detail::Mia(s) => (None, Some(s), None),
                Detail::Moa(s) => (None, None, Some(s)),
                _ => (None, None, None),
            };
            let mia = mia.into_iter().flat_map(|s| s.remarks());
            let moa = moa.into_iter().flat_map(|s| s.remarks());
            lq.into_iter().chain(mia).chain(moa)
        })
    }

    /// PLB segments.
    pub fn plb(&self) -> impl Iterator<Item = &Plb> {
        self.iter().filter_map(|d| if let Detail::Plb(s) = d { Some(&**s) } else { None })
    }

    /// All PLB pairs, each with the segment it stands in.
    pub fn provider_adjustments(&self) -> impl Iterator<Item = (&Plb, &PlbEntry)> {
        self.plb().flat_map(|plb| plb.entries.iter().map(move |entry| (plb, entry)))
    }

    /// Segments that have no type.
    pub fn others(&self) -> impl Iterator<Item = &RawSegment> {
        self.iter().filter_map(|d| if let Detail::Other(s) = d { Some(s) } else { None })
    }

    /// Sum of the CAS amounts.
    #[must_use]
    pub fn adjusted(&self) -> Money {
        self.triplets().map(|(_, entry)| entry.amount.or_zero()).sum()
    }

    /// Writes all of them.
    ///
    /// # Errors
    /// Where one holds a delimiter of this writer, or the output fails.
    pub fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> Result<()> {
        self.iter().try_for_each(|detail| detail.write(writer))
    }
}

impl Deref for Details {
    type Target = Vec<Detail>;

    fn deref(&self) -> &Vec<Detail> {
        &self.0
    }
}

impl DerefMut for Details {
    fn deref_mut(&mut self) -> &mut Vec<Detail> {
        &mut self.0
    }
}

impl FromIterator<Detail> for Details {
    fn from_iter<I: IntoIterator<Item = Detail>>(details: I) -> Self {
        Self(details.into_iter().collect())
    }
}
