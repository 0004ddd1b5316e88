//! The model out: what was read is written element for element, in the order in which it stood.
//!
//! The envelope is the [`SegmentWriter`]'s: ST before [`Remittance::write`], SE behind [`Totals::write`]. What
//! changes is only form: numbers are written canonically (`.5` as `0.5`, `00` as `0`), empty elements at the end
//! of a segment are left out, text that was no UTF-8 becomes it, and PLBs stand behind the last claim.
//!
//! ```
//! use edi_835::read::{RemittanceEvent, RemittanceReader};
//! use edi_core::{lex::Delimiters, writer::SegmentWriter};
//! let file = "ST*835*1~BPR*I*.5*C*CHK~N1*PR*PLAN~LX*1~CLP*A1*1*1*.50*.5~SVC*HC:99213*1*.5~CAS*PR*2*.5~SE*9*1~";
//! let mut writer = SegmentWriter::new(Vec::new(), Delimiters { element: b'|', ..Delimiters::default() });
//! for event in RemittanceReader::new(file.as_bytes())? {
//!     event?.write(&mut writer)?;
//! }
//! let out = String::from_utf8_lossy(&writer.into_inner()?).into_owned();
//! assert_eq!(out, "BPR|I|0.5|C|CHK~N1|PR|PLAN~LX|1~CLP|A1|1|1|0.50|0.5~SVC|HC:99213|1|0.5~CAS|PR|2|0.5~");
//! # Ok::<(), edi_core::Error>(())
//! ```

use crate::model::{ClaimPayment, Remittance, Totals};
use crate::read::RemittanceEvent;
use edi_core::error::Result;
use edi_core::writer::SegmentWriter;
use std::io::Write;

impl RemittanceEvent {
    /// Writes its segments.
    ///
    /// # Errors
    /// Where one holds a delimiter of this writer, or the output fails.
    pub fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> Result<()> {
        match self {
            Self::Header(remittance) => remittance.write(writer),
            Self::Claim(claim) => claim.write(writer),
            Self::End(totals) => totals.write(writer),
        }
    }
}

impl Remittance {
    /// Writes what stands between ST and the first claim.
    ///
    /// # Errors
    /// Where a segment holds a delimiter of this writer, or the output fails.
    pub fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> Result<()> {
        self.details.write(writer)?;
        for party in &self.parties {
            party.n1.write(writer)?;
            party.details.write(writer)?;
        }
        Ok(())
    }
}

impl ClaimPayment {
    /// Writes the claim, after the LX that stands before it.
    ///
    /// # Errors
    /// Where a segment holds a delimiter of this writer, or the output fails.
    pub fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> Result<()> {
        self.before.write(writer)?;
        self.clp.write(writer)?;
        self.details.write(writer)?;
        for line in &self.lines {
            line.svc.write(writer)?;
            line.details.write(writer)?;
        }
        Ok(())
    }
}

impl Totals {
    /// Writes the PLBs and what else stands behind the last claim.
    ///
    /// # Errors
    /// Where a segment holds a delimiter of this writer, or the output fails.
    pub fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> Result<()> {
        self.details.write(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Bpr, Clp, ContentHash, Detail, Details, Kept, Party, Plb, PlbEntry, ServiceLine, Span, Svc};
    use crate::read::RemittanceReader;
    use edi_core::lex::Delimiters;
    use edi_core::segment::{Amt, Cas, CasEntry, Dtm, Lq, Lx, Moa, N1, Nm1, RawSegment, Ref, Trn};
    use edi_core::value::Procedure;
    use edi_core::{Money, Quantity, Text, Wire};
    use pretty_assertions::assert_eq;
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = Text> {
        "[A-Z0-9][A-Z0-9 .]{0,12}[A-Z0-9]".prop_map(Into::into)
    }

    fn money() -> impl Strategy<Value = Wire<Money>> {
        prop_oneof![
            (-10_000_000i64..10_000_000).prop_map(|cents| Money::from_cents(cents).into()),
            Just(Wire::Absent),
            "[A-Z]{1,8}".prop_map(|raw| Wire::Raw(raw.into())),
        ]
    }

    fn date() -> impl Strategy<Value = Wire<chrono::NaiveDate>> {
        (0i32..20_000).prop_map(|days| chrono::NaiveDate::from_num_days_from_ce_opt(735_000 + days).into())
    }

    fn detail() -> impl Strategy<Value = Detail> {
        let entry = (text(), money(), option::of(0i64..99)).prop_map(|(reason, amount, q)| CasEntry {
            reason,
            amount,
            quantity: q.map(Quantity::new).into(),
        });
        prop_oneof![
            (text(), vec(entry, 1..7)).prop_map(|(group, entries)| Detail::Cas(Cas { group, entries }.into())),
            (text(), text()).prop_map(|(q, value)| Detail::Ref(Ref { qualifier: q, value, ..Ref::default() }.into())),
            (text(), date()).prop_map(|(q, date)| Detail::Dtm(Dtm { qualifier: q, date, ..Dtm::default() }.into())),
            (text(), text(), text()).prop_map(|(entity, last, id)| {
                Detail::Nm1(Box::new(Nm1 { entity, last, id, ..Nm1::default() }.into()))
            }),
            (text(), money())
                .prop_map(|(q, amount)| Detail::Amt(Amt { qualifier: q, amount, ..Amt::default() }.into())),
            (text(), text()).prop_map(|(qualifier, code)| Detail::Lq(Lq { qualifier, code }.into())),
            text().prop_map(|remark1| Detail::Moa(Box::new(Moa { remark1, ..Moa::default() }.into()))),
            (vec(vec(vec(text(), 1..4), 1..3), 1..4))
                .prop_map(|elements| Detail::Other(RawSegment { id: "ZZZ".into(), elements })),
        ]
    }

    fn details() -> impl Strategy<Value = Details> {
        vec(detail(), 0..5).prop_map(Details)
    }

    fn header() -> impl Strategy<Value = Remittance> {
        (money(), text(), details(), text(), details(), text()).prop_map(|(amount, number, more, payer, of, payee)| {
            let bpr = Bpr { handling: "I".into(), amount, ..Bpr::default() };
            let trn = Trn { kind: "1".into(), number, ..Trn::default() };
            let mut all = vec![Detail::Bpr(Box::new(bpr.into())), Detail::Trn(trn.into())];
            all.extend(more.0);
            let party = |entity: &str, name| Kept::from(N1 { entity: entity.into(), name, ..N1::default() });
            let parties = vec![
                Party { n1: party("PR", payer), details: of },
                Party { n1: party("PE", payee), details: Details::default() },
            ];
            Remittance { ordinal: 1, envelope: None, details: Details(all), parties }
        })
    }

    fn line() -> impl Strategy<Value = ServiceLine> {
        (text(), vec(text(), 0..4), money(), money(), details()).prop_map(|(code, modifiers, charge, paid, details)| {
            let svc = Svc { procedure: Procedure::hcpcs(code, modifiers), charge, paid, ..Svc::default() };
            ServiceLine { ordinal: 0, svc: svc.into(), details }
        })
    }

    fn claim() -> impl Strategy<Value = ClaimPayment> {
        (any::<bool>(), text(), money(), money(), details(), vec(line(), 0..4)).prop_map(
            |(lx, key, charge, paid, details, mut lines)| {
                lines.iter_mut().zip(1..).for_each(|(line, n)| line.ordinal = n);
                let before = lx.then(|| Detail::Lx(Lx { number: "1".into() }.into())).into_iter().collect();
                let clp = Clp { key, status: "1".into(), charge, paid, ..Clp::default() };
                ClaimPayment { before, clp: clp.into(), details, lines, ..ClaimPayment::default() }
            },
        )
    }

    fn summary() -> impl Strategy<Value = Totals> {
        let entry =
            (text(), text(), money()).prop_map(|(reason, reference, amount)| PlbEntry { reason, reference, amount });
        vec((text(), date(), vec(entry, 1..7)), 0..3).prop_map(|plbs| Totals {
            details: plbs
                .into_iter()
                .map(|(provider, fiscal_period, entries)| Detail::Plb(Plb { provider, fiscal_period, entries }.into()))
                .collect(),
            ..Totals::default()
        })
    }

    fn delimiters() -> impl Strategy<Value = Delimiters> {
        Just(b"*|:>^}~!+;&".to_vec()).prop_shuffle().prop_map(|bytes| Delimiters {
            element: bytes[0],
            component: bytes[1],
            repetition: Some(bytes[2]),
            segment: bytes[3],
        })
    }

    /// What was written, framed by an interchange in these delimiters, and read again.
    fn read_again(events: &[RemittanceEvent], delimiters: Delimiters) -> Vec<RemittanceEvent> {
        let mut body = SegmentWriter::new(Vec::new(), delimiters);
        events.iter().try_for_each(|e| e.write(&mut body)).unwrap();
        let count = body.segments() + 2;
        let isa = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260105*1200*^*00501*000000001*0*P*:~";
        let frame = |text: String| -> Vec<u8> {
            let own = |b| match b {
                b'*' => delimiters.element,
                b':' => delimiters.component,
                b'^' => delimiters.repetition.unwrap_or(b'U'),
                b'~' => delimiters.segment,
                b => b,
            };
            text.bytes().map(own).collect()
        };
        let mut file = frame(format!("{isa}GS*HP*A*B*20260105*1200*1*X*005010X221A1~ST*835*1~"));
        file.extend(body.into_inner().unwrap());
        file.extend(frame(format!("SE*{count}*1~GE*1*1~IEA*1*000000001~")));
        RemittanceReader::new(&file[..]).unwrap().map(|e| bare(e.unwrap())).collect()
    }

    /// Without what tells where it was read.
    fn bare(event: RemittanceEvent) -> RemittanceEvent {
        match event {
            RemittanceEvent::Header(mut header) => {
                header.envelope = None;
                RemittanceEvent::Header(header)
            }
            RemittanceEvent::Claim(mut claim) => {
                (claim.ordinal, claim.span, claim.hash) = (0, Span::default(), ContentHash::default());
                RemittanceEvent::Claim(claim)
            }
            RemittanceEvent::End(totals) => {
                assert!(totals.is_sound());
                RemittanceEvent::End(Box::new(Totals { details: totals.details, ..Totals::default() }))
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_written_is_read_the_same(
            header in header(),
            claims in vec(claim(), 0..4),
            summary in summary(),
            delimiters in delimiters(),
        ) {
            let mut events = vec![RemittanceEvent::Header(Box::new(header))];
            events.extend(claims.into_iter().map(|claim| RemittanceEvent::Claim(Box::new(claim))));
            events.push(RemittanceEvent::End(Box::new(summary)));
            prop_assert_eq!(read_again(&events, delimiters), events);
        }
    }

    #[test]
    fn segments_larger_than_their_types_are_kept_whole() {
        let file = "ST*835*1~N1*PR*PLAN:SUB*X*Y*Z*W*V*U~CLP*A*1*1*1*******1*1*1*Y*EXTRA~REF*6R*A:B~REF*X*Y**G1:2:3^E:4~\
                    SVC*HC:1:2:3:4:5:6:7:8:9*1*1*****8*9~CAS*CO*1*1*1*2*2*2*3*3*3*4*4*4*5*5*5*6*6*6*7*7~ZZZ*1*A:B^C~PLB*1*20261231*WO:A:B*1~SE*10*1~";
        let mut writer = SegmentWriter::new(Vec::new(), Delimiters::default());
        for event in RemittanceReader::new(file.as_bytes()).unwrap() {
            event.unwrap().write(&mut writer).unwrap();
        }
        let written = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        assert_eq!(format!("ST*835*1~{written}SE*10*1~"), file);
    }

    #[test]
    fn a_delimiter_in_the_data_is_refused() {
        let reference = Ref { qualifier: "6R".into(), value: "A*B".into(), ..Ref::default() };
        let claim = ClaimPayment { details: Details(vec![Detail::Ref(reference.into())]), ..ClaimPayment::default() };
        assert!(claim.write(&mut SegmentWriter::new(Vec::new(), Delimiters::default())).is_err());
    }
}
