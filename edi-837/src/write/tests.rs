//! Random claims over the whole model are read back as they were written, with any delimiters.

use super::*;
use crate::model::{ClaimInformation, Drug, Extra, Form, LineAdjudication, OtherPayer, Party, ServiceLine};
use crate::segment::is_composite;
use crate::{ClaimReader, FoundClaim};
use edi_core::Locus;
use edi_core::lex::{Delimiters, Segment};
use edi_core::segment::{RawSegment, TypedSegment};
use edi_core::writer::{GroupHeader, InterchangeHeader};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

const INSIDE: Delimiters = Delimiters { element: 0x1D, component: 0x1F, repetition: Some(0x1E), segment: 0x1C };

/// Bytes that decide what is built; at their end everything is small and empty, so that a shorter tape is a
/// smaller claim.
struct Tape<'a>(&'a [u8]);

impl Tape<'_> {
    fn next(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().map_or((0, &[][..]), |(first, rest)| (*first, rest));
        self.0 = rest;
        first
    }

    fn up_to(&mut self, most: u8) -> u8 {
        self.next() % (most + 1)
    }

    fn text(&mut self) -> String {
        const SIGNS: &[u8] = b"AB12 Zaz09.-";
        let most = SIGNS.len() as u8 - 1;
        (0..self.up_to(6)).map(|_| char::from(SIGNS[usize::from(self.up_to(most))])).collect()
    }

    fn element(&mut self, composite: bool) -> String {
        match composite {
            false => self.text(),
            true => (0..self.up_to(9)).map(|_| self.text()).collect::<Vec<_>>().join("\u{1F}"),
        }
    }

    fn segment<T: TypedSegment>(&mut self) -> T {
        let mut bytes = T::ID.as_bytes().to_vec();
        let mut ends = Vec::new();
        let most = u8::try_from(T::ELEMENTS).unwrap();
        for n in 1..=usize::from(self.up_to(most)) {
            ends.push(bytes.len() as u32);
            bytes.push(INSIDE.element);
            bytes.extend(self.element(is_composite(T::ID.as_bytes(), n)).bytes());
        }
        ends.push(bytes.len() as u32);
        T::read(&Segment::alone(&bytes, &ends, INSIDE, Locus::default()))
    }

    fn some<T: TypedSegment>(&mut self) -> Option<T> {
        (self.up_to(2) > 0).then(|| self.segment())
    }

    fn many<T>(&mut self, most: u8, one: impl Fn(&mut Self) -> T) -> Vec<T> {
        (0..self.up_to(most)).map(|_| one(self)).collect()
    }

    fn segments<T: TypedSegment>(&mut self) -> Vec<T> {
        self.many(3, Self::segment)
    }

    /// Segments without a field, at places that the loop has.
    fn put_extra<T: Loop + Default>(&mut self, into: &mut T) {
        // Nothing stands before the segment that begins a loop.
        let (least, held) = (T::default().held(), u8::try_from(into.held()).unwrap_or(u8::MAX));
        let mut places = self.many(2, |tape| usize::from(tape.up_to(held)).max(least));
        places.sort_unstable();
        for behind in places {
            let bytes = format!("ZZ{}\u{1D}{}\u{1D}{}\u{1E}B", self.up_to(9), self.element(true), self.text());
            let ends: Vec<u32> = bytes.bytes().zip(0..).filter(|(b, _)| *b == 0x1D).map(|(_, n)| n).collect();
            let ends = [ends, vec![bytes.len() as u32]].concat();
            let segment = RawSegment::of(&Segment::alone(bytes.as_bytes(), &ends, INSIDE, Locus::default()));
            into.extra().push(Extra { behind, segment });
        }
    }

    fn with_extra<T: Loop + Default>(&mut self, mut inner: T) -> T {
        self.put_extra(&mut inner);
        inner
    }

    /// `dated`: of a loop in which parties have dates.
    fn party(&mut self, dated: bool) -> Party {
        let party = Party {
            name: self.segment(),
            specialty: self.some(),
            address: self.some(),
            city: self.some(),
            demographics: self.some(),
            dates: if dated { self.segments() } else { Vec::new() },
            references: self.segments(),
            contacts: self.segments(),
            extra: Vec::new(),
        };
        self.with_extra(party)
    }

    fn other_payer(&mut self) -> OtherPayer {
        let other = OtherPayer {
            coverage: self.segment(),
            adjustments: self.segments(),
            amounts: self.segments(),
            demographics: self.some(),
            insurance: self.some(),
            outpatient: self.some(),
            extra: Vec::new(),
            parties: self.many(3, |tape| tape.party(true)),
        };
        self.with_extra(other)
    }

    fn line(&mut self) -> ServiceLine {
        let line = ServiceLine {
            number: self.segment(),
            service: self.some(),
            equipment: self.some(),
            attachments: self.segments(),
            ambulance: self.some(),
            certification: self.some(),
            conditions: self.segments(),
            dates: self.segments(),
            quantities: self.segments(),
            measurements: self.segments(),
            contract: self.some(),
            references: self.segments(),
            amounts: self.segments(),
            file_information: self.segments(),
            notes: self.segments(),
            purchased: self.some(),
            pricing: self.some(),
            extra: Vec::new(),
            drugs: self.many(2, |tape| {
                let (identification, quantity, references) = (tape.segment(), tape.some(), tape.segments());
                tape.with_extra(Drug { identification, quantity, references, extra: Vec::new() })
            }),
            providers: self.many(3, |tape| tape.party(false)),
            adjudications: self.many(2, |tape| {
                let (payment, adjustments) = (tape.segment(), tape.segments());
                let (dates, amounts) = (tape.segments(), tape.segments());
                tape.with_extra(LineAdjudication { payment, adjustments, dates, amounts, extra: Vec::new() })
            }),
            forms: self.many(2, |tape| {
                let (form, answers) = (tape.segment(), tape.segments());
                tape.with_extra(Form { form, answers, extra: Vec::new() })
            }),
        };
        self.with_extra(line)
    }

    fn information(&mut self) -> ClaimInformation {
        let claim = ClaimInformation {
            claim: self.segment(),
            dates: self.segments(),
            attachments: self.segments(),
            contract: self.some(),
            amounts: self.segments(),
            references: self.segments(),
            file_information: self.segments(),
            notes: self.segments(),
            ambulance: self.some(),
            spinal: self.some(),
            conditions: self.segments(),
            codes: self.segments(),
            pricing: self.some(),
            extra: Vec::new(),
            providers: self.many(3, |tape| tape.party(false)),
            other_payers: self.many(2, Self::other_payer),
            lines: self.many(3, Self::line),
        };
        self.with_extra(claim)
    }

    fn claims(&mut self) -> Vec<Claim> {
        let (beginning, references) = (self.segment(), self.segments());
        let parties = self.many(2, |tape| tape.party(true));
        let header = self.with_extra(Header { beginning, references, parties, extra: Vec::new() });
        let mut claim = Claim { header: Arc::new(header), ..Claim::default() };
        let mut claims = Vec::new();
        for n in 0..=self.up_to(3) {
            if n == 0 || self.up_to(3) == 0 {
                let (specialty, currency) = (self.some(), self.some());
                let parties = self.many(2, |tape| tape.party(true));
                let billing = BillingProvider { specialty, currency, parties, extra: Vec::new() };
                claim.billing = Arc::new(self.with_extra(billing));
            }
            let (coverage, patient) = (self.some(), self.some());
            let parties = self.many(2, |tape| tape.party(true));
            claim.subscriber = Arc::new(self.with_extra(Subscriber { coverage, patient, parties, extra: Vec::new() }));
            claim.patient = (self.up_to(1) > 0).then(|| {
                let (patient, parties) = (self.some(), self.many(1, |tape| tape.party(true)));
                Arc::new(self.with_extra(Patient { patient, parties, extra: Vec::new() }))
            });
            for _ in 0..=self.up_to(1) {
                claim.information = self.information();
                claims.push(claim.clone());
            }
        }
        claims
    }
}

/// A whole file of the claims.
fn file(claims: &[Claim], delimiters: Delimiters) -> Vec<u8> {
    let at = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap().and_hms_opt(12, 0, 0).unwrap();
    let mut out = SegmentWriter::new(Vec::new(), delimiters);
    out.begin_interchange(&InterchangeHeader {
        sender_qualifier: "ZZ".into(),
        sender: "A".into(),
        receiver_qualifier: "ZZ".into(),
        receiver: "B".into(),
        at,
        control: 1,
        ack_requested: false,
        usage: "T".into(),
    })
    .unwrap();
    out.begin_group(&GroupHeader {
        functional_id: "HC".into(),
        sender: "A".into(),
        receiver: "B".into(),
        at,
        control: 1,
        version: GUIDE.into(),
    })
    .unwrap();
    out.begin_transaction("837", GUIDE).unwrap();
    let mut writer = ClaimWriter::default();
    writer.header(&mut out, &claims[0].header).unwrap();
    claims.iter().for_each(|claim| writer.write(&mut out, claim).unwrap());
    out.end_transaction().unwrap();
    out.end_group().unwrap();
    out.end_interchange().unwrap();
    out.into_inner().unwrap()
}

/// The claims, and the rules of findings and repairs, but for unreadable amounts, which tapes hold in plenty.
fn read(bytes: &[u8]) -> (Vec<FoundClaim>, Vec<String>) {
    let mut reader = ClaimReader::new(bytes).unwrap();
    let claims: Vec<FoundClaim> = reader.by_ref().collect::<Result<_>>().unwrap();
    let findings = reader.take_findings();
    let told = findings.iter().chain(reader.repairs()).map(|f| f.rule.to_string()).filter(|rule| rule != "837-AMOUNT");
    (claims, told.collect())
}

/// Where two texts part.
fn difference(left: &str, right: &str) -> String {
    let at = left.bytes().zip(right.bytes()).take_while(|(l, r)| l == r).count();
    let around =
        |text: &str| text.get(at.saturating_sub(120)..(at + 120).min(text.len())).unwrap_or_default().to_owned();
    format!("wrote {}\nread  {}", around(left), around(right))
}

fn delimiters() -> impl Strategy<Value = Delimiters> {
    let signs = b"*:^~|>!+`'?&%#;<@\x1c\x1d\x1e\x1f".to_vec();
    (Just(signs).prop_shuffle(), any::<bool>()).prop_map(|(signs, lines)| {
        let mut signs = signs.into_iter();
        let mut next = || signs.next().unwrap_or_default();
        let (element, component, repetition) = (next(), next(), Some(next()));
        // Nothing but a terminator can be a line feed.
        Delimiters { element, component, repetition, segment: if lines { b'\n' } else { next() } }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn what_is_written_is_read_back(tape in prop::collection::vec(any::<u8>(), 0..6000), delimiters in delimiters()) {
        let claims = Tape(&tape).claims();
        let (found, told) = read(&file(&claims, delimiters));
        prop_assert_eq!(told, Vec::<String>::new());
        let again: Vec<Claim> = found.into_iter().map(|f| f.claim).collect();
        prop_assert!(again == claims, "{}", difference(&format!("{claims:?}"), &format!("{again:?}")));
    }
}

#[test]
fn a_long_tape_reaches_every_loop() {
    let tape: Vec<u8> = (0..20_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let claims = Tape(&tape).claims();
    let lines: Vec<&ServiceLine> = claims.iter().flat_map(|c| &c.information.lines).collect();
    assert!(claims.iter().any(|c| c.patient.is_some()) && claims.iter().any(|c| c.patient.is_none()));
    assert!(claims.iter().any(|c| !c.information.other_payers.is_empty() && !c.information.providers.is_empty()));
    assert!(lines.iter().any(|l| !l.drugs.is_empty() && !l.adjudications.is_empty()));
    assert!(lines.iter().any(|l| !l.forms.is_empty()) && lines.iter().any(|l| !l.providers.is_empty()));
}

#[test]
fn no_patient_has_more_than_a_hundred_claims_in_one_loop() {
    let claims = vec![Claim::default(); 250];
    let bytes = file(&claims, Delimiters::default());
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.matches("*22*0~").count(), 3);
    let patient = Some(Arc::default());
    let claims = vec![Claim { patient, ..Claim::default() }; 250];
    let text = String::from_utf8(file(&claims, Delimiters::default())).unwrap();
    assert_eq!((text.matches("*22*1~").count(), text.matches("*23*0~").count()), (1, 3));
}
