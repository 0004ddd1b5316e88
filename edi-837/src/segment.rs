//! The segments of an 837P that no other transaction shares.

use chrono::NaiveDate;
use edi_core::segment::{Composite, TypedSegment};
use edi_core::value::{Procedure, Rare, Wire};
use edi_core::writer::SegmentWriter;
use edi_core::{Money, Quantity, Text, lex, segments};
use serde::Serialize;
use std::io::Write;

segments! {
    /// Beginning of the transaction (BHT).
    pub struct Bht = "BHT" {
        /// BHT01, structure: `0019`.
        pub structure: Text,
        /// BHT02, purpose: `00` original, `18` sent again.
        pub purpose: Text,
        /// BHT03, the submitter's number of this batch.
        pub reference: Text,
        /// BHT04, date on which it was made.
        pub date: Wire<NaiveDate>,
        /// BHT05, time at which it was made.
        pub time: Text,
        /// BHT06, `CH` claims, `RP` encounters that are only reported, `31` subrogation.
        pub kind: Text,
    }

    /// Provider's specialty (PRV).
    pub struct Prv = "PRV" {
        /// PRV01, role: `BI` billing, `PE` performing.
        pub role: Text,
        /// PRV02, qualifier of the code: `PXC` taxonomy.
        pub qualifier: Text,
        /// PRV03, taxonomy code.
        pub code: Text,
        /// PRV04, state; not used by the guide.
        pub state: Rare,
        /// PRV05, specialty; not used by the guide.
        pub specialty: Composite,
        /// PRV06, organization; not used by the guide.
        pub organization: Rare,
    }

    /// Currency (CUR).
    pub struct Cur = "CUR" {
        /// CUR01, whose currency: `85` billing provider.
        pub entity: Text,
        /// CUR02, currency: `CAD`.
        pub currency: Text,
        /// CUR03, exchange rate; not used by the guide.
        pub rate: Wire<Quantity>,
    }

    /// Subscriber's coverage (SBR), of the payer that the claim is sent to or of another one.
    pub struct Sbr = "SBR" {
        /// SBR01, place among the payers: `P` primary, `S` secondary, `T` tertiary, `A`-`H`, `U` unknown.
        pub sequence: Text,
        /// SBR02, relation to the subscriber: `18` self; empty in 2000B where the patient is someone else.
        pub relationship: Text,
        /// SBR03, group or policy number.
        pub group: Text,
        /// SBR04, name of the group.
        pub group_name: Text,
        /// SBR05, why Medicare is not the first payer (`12`, `13`, `47`, ...).
        pub insurance_type: Text,
        /// SBR06, coordination of benefits; not used by the guide.
        pub coordination: Rare,
        /// SBR07, yes or no; not used by the guide.
        pub condition: Rare,
        /// SBR08, employment; not used by the guide.
        pub employment: Rare,
        /// SBR09, claim filing indicator (`CI`, `MB`, `MC`, `WC`, ...).
        pub filing_indicator: Text,
    }

    /// Patient (PAT).
    pub struct Pat = "PAT" {
        /// PAT01, relation to the subscriber (`01` spouse, `19` child, ...); empty in 2000B.
        pub relationship: Text,
        /// PAT02, location; not used by the guide.
        pub location: Rare,
        /// PAT03, employment; not used by the guide.
        pub employment: Rare,
        /// PAT04, student; not used by the guide.
        pub student: Rare,
        /// PAT05, format of the date: `D8`.
        pub death_format: Text,
        /// PAT06, day of death.
        pub death: Text,
        /// PAT07, unit of the weight: `01` pounds.
        pub weight_unit: Text,
        /// PAT08, weight.
        pub weight: Wire<Quantity>,
        /// PAT09, `Y` where the patient is pregnant.
        pub pregnant: Text,
    }

    /// Birth and sex (DMG).
    pub struct Dmg = "DMG" {
        /// DMG01, format of the date: `D8`.
        pub format: Text,
        /// DMG02, day of birth.
        pub birth: Text,
        /// DMG03, `F`, `M` or `U`.
        pub sex: Text,
        /// DMG04, marital status; not used by the guide.
        pub marital: Rare,
        /// DMG05, race or ethnicity; not used by the guide.
        pub ethnicity: Composite,
        /// DMG06, citizenship; not used by the guide.
        pub citizenship: Rare,
        /// DMG07, country; not used by the guide.
        pub country: Rare,
        /// DMG08, verification; not used by the guide.
        pub verification: Rare,
        /// DMG09, quantity; not used by the guide.
        pub quantity: Wire<Quantity>,
        /// DMG10, code list; not used by the guide.
        pub list: Rare,
        /// DMG11, code; not used by the guide.
        pub code: Rare,
    }

    /// Claim (CLM).
    pub struct Clm = "CLM" {
        /// CLM01, our number of the claim, which the payer returns as CLP01; at most 20 characters.
        pub number: Text,
        /// CLM02, total charge: the sum of SV102.
        pub charge: Wire<Money>,
        /// CLM03, filing indicator; not used by the guide.
        pub filing_indicator: Rare,
        /// CLM04, type of claim; not used by the guide.
        pub kind: Rare,
        /// CLM05: place of service, its qualifier (`B`), claim frequency.
        pub place: Composite,
        /// CLM06, provider's signature on file.
        pub provider_signature: Text,
        /// CLM07, whether the provider accepts assignment (`A`, `B`, `C`).
        pub assignment: Text,
        /// CLM08, whether benefits are assigned to the provider (`Y`, `N`, `W`).
        pub benefits_assigned: Text,
        /// CLM09, release of information (`Y`, `I`).
        pub release: Text,
        /// CLM10, `P` where the provider signed for the patient.
        pub patient_signature: Text,
        /// CLM11, what the claim is related to (`AA`, `EM`, `OA`), state and country of an auto accident.
        pub related_causes: Composite,
        /// CLM12, special program (`02`, `03`, `05`, `09`).
        pub special_program: Text,
        /// CLM13; not used by the guide.
        pub condition13: Rare,
        /// CLM14, level of service; not used by the guide.
        pub level: Rare,
        /// CLM15; not used by the guide.
        pub condition15: Rare,
        /// CLM16, provider agreement; 004010 used it.
        pub agreement: Text,
        /// CLM17, status; not used by the guide.
        pub status: Rare,
        /// CLM18; not used by the guide.
        pub condition18: Rare,
        /// CLM19, reason of submission; not used by the guide.
        pub submission_reason: Rare,
        /// CLM20, why the claim comes late.
        pub delay_reason: Text,
    }

    /// Paperwork that supports the claim or line (PWK).
    pub struct Pwk = "PWK" {
        /// PWK01, type of report (`OZ`, `B4`, ...).
        pub kind: Text,
        /// PWK02, how it travels (`EL`, `FX`, `BM`, `AA`, ...).
        pub transmission: Text,
        /// PWK03, copies; not used by the guide.
        pub copies: Rare,
        /// PWK04, entity; not used by the guide.
        pub entity: Rare,
        /// PWK05, qualifier of the number: `AC`.
        pub qualifier: Text,
        /// PWK06, attachment control number.
        pub number: Text,
        /// PWK07, description; not used by the guide.
        pub description: Rare,
        /// PWK08, actions; not used by the guide.
        pub actions: Composite,
        /// PWK09, request category; not used by the guide.
        pub request: Rare,
    }

    /// Contract (CN1).
    pub struct Cn1 = "CN1" {
        /// CN101, type of contract.
        pub kind: Text,
        /// CN102, contract amount.
        pub amount: Wire<Money>,
        /// CN103, percentage of the charge.
        pub percentage: Wire<Quantity>,
        /// CN104, contract code.
        pub code: Text,
        /// CN105, discount in percent.
        pub discount: Wire<Quantity>,
        /// CN106, version of the contract.
        pub version: Text,
    }

    /// File information (K3).
    pub struct K3 = "K3" {
        /// K301, data of fixed format.
        pub text: Text,
        /// K302, format; not used by the guide.
        pub format: Rare,
        /// K303, unit; not used by the guide.
        pub unit: Composite,
    }

    /// Note (NTE).
    pub struct Nte = "NTE" {
        /// NTE01, what the note is about (`ADD`, `CER`, `DCP`, `DGN`, `TPO`).
        pub kind: Text,
        /// NTE02, text.
        pub text: Text,
    }

    /// Ambulance transport (CR1).
    pub struct Cr1 = "CR1" {
        /// CR101, unit of the weight: `LB`.
        pub weight_unit: Text,
        /// CR102, patient's weight.
        pub weight: Wire<Quantity>,
        /// CR103, transport code; 004010 used it.
        pub transport: Text,
        /// CR104, reason of the transport.
        pub reason: Text,
        /// CR105, unit of the distance: `DH` miles.
        pub distance_unit: Text,
        /// CR106, distance.
        pub distance: Wire<Quantity>,
        /// CR107, address; not used by the guide.
        pub address1: Rare,
        /// CR108, address; not used by the guide.
        pub address2: Rare,
        /// CR109, purpose of a round trip.
        pub round_trip: Text,
        /// CR110, purpose of a stretcher.
        pub stretcher: Text,
    }

    /// Spinal manipulation (CR2).
    pub struct Cr2 = "CR2" {
        /// CR201, treatment number; 004010 used it.
        pub treatment: Text,
        /// CR202, treatments in all; 004010 used it.
        pub treatments: Wire<Quantity>,
        /// CR203, subluxation level; 004010 used it.
        pub level_from: Text,
        /// CR204, subluxation level; 004010 used it.
        pub level_to: Text,
        /// CR205, unit of the period; 004010 used it.
        pub period_unit: Text,
        /// CR206, treatment period; 004010 used it.
        pub period: Wire<Quantity>,
        /// CR207, treatments a month; 004010 used it.
        pub monthly: Wire<Quantity>,
        /// CR208, condition of the patient (`A` acute, `C` chronic, ...).
        pub condition: Text,
        /// CR209, complication; 004010 used it.
        pub complication: Text,
        /// CR210, description of the condition.
        pub description1: Text,
        /// CR211, more of it.
        pub description2: Text,
        /// CR212, whether X-rays are available; 004010 used it.
        pub xray: Text,
    }

    /// Certification of durable medical equipment (CR3).
    pub struct Cr3 = "CR3" {
        /// CR301, `I` initial, `R` renewal, `S` revised.
        pub kind: Text,
        /// CR302, unit: `MO` months.
        pub unit: Text,
        /// CR303, for how long.
        pub duration: Wire<Quantity>,
        /// CR304, insulin; not used by the guide.
        pub insulin: Rare,
        /// CR305, description; not used by the guide.
        pub description: Rare,
    }

    /// Conditions (CRC): ambulance, vision, homebound, EPSDT, hospice, equipment.
    pub struct Crc = "CRC" {
        /// CRC01, what kind (`07`, `E1`, `75`, `ZZ`, `70`, `09`).
        pub category: Text,
        /// CRC02, whether the codes apply (`Y`, `N`).
        pub applies: Text,
        /// CRC03, condition.
        pub condition1: Text,
        /// CRC04, condition.
        pub condition2: Text,
        /// CRC05, condition.
        pub condition3: Text,
        /// CRC06, condition.
        pub condition4: Text,
        /// CRC07, condition.
        pub condition5: Text,
    }

    /// Pricing or repricing (HCP).
    pub struct Hcp = "HCP" {
        /// HCP01, method.
        pub method: Text,
        /// HCP02, allowed amount.
        pub allowed: Wire<Money>,
        /// HCP03, savings.
        pub savings: Wire<Money>,
        /// HCP04, repricing organization.
        pub organization: Text,
        /// HCP05, per diem or flat rate.
        pub rate: Wire<Money>,
        /// HCP06, approved group code.
        pub group: Text,
        /// HCP07, approved group amount.
        pub group_amount: Wire<Money>,
        /// HCP08, revenue code; not used by the guide.
        pub revenue: Rare,
        /// HCP09, qualifier of the procedure.
        pub procedure_qualifier: Text,
        /// HCP10, approved procedure.
        pub procedure: Text,
        /// HCP11, unit.
        pub unit: Text,
        /// HCP12, approved units.
        pub units: Wire<Quantity>,
        /// HCP13, why it was rejected.
        pub reject: Text,
        /// HCP14, whether the policy was complied with.
        pub compliance: Text,
        /// HCP15, exception.
        pub exception: Text,
    }

    /// Other insurance (OI).
    pub struct Oi = "OI" {
        /// OI01, filing indicator; not used by the guide.
        pub filing_indicator: Rare,
        /// OI02, reason of submission; not used by the guide.
        pub submission_reason: Rare,
        /// OI03, whether benefits are assigned.
        pub benefits_assigned: Text,
        /// OI04, `P` where the provider signed for the patient.
        pub patient_signature: Text,
        /// OI05, agreement; not used by the guide.
        pub agreement: Rare,
        /// OI06, release of information.
        pub release: Text,
    }

    /// Professional service (SV1).
    pub struct Sv1 = "SV1" {
        /// SV101, procedure and modifiers.
        pub procedure: Procedure,
        /// SV102, charge.
        pub charge: Wire<Money>,
        /// SV103, `UN` units or `MJ` minutes.
        pub unit: Text,
        /// SV104, how many.
        pub units: Wire<Quantity>,
        /// SV105, place of service, where it differs from CLM05-1.
        pub place: Text,
        /// SV106, type of service; not used by the guide.
        pub service_type: Rare,
        /// SV107, pointers to diagnoses, the most important first.
        pub pointers: Composite,
        /// SV108; not used by the guide.
        pub amount: Wire<Money>,
        /// SV109, `Y` in an emergency.
        pub emergency: Text,
        /// SV110; not used by the guide.
        pub multiple: Rare,
        /// SV111, `Y` where EPSDT.
        pub epsdt: Text,
        /// SV112, `Y` where family planning.
        pub family_planning: Text,
        /// SV113; not used by the guide.
        pub review: Rare,
        /// SV114; not used by the guide.
        pub review_value: Rare,
        /// SV115, `0` where there is no copay.
        pub copay: Text,
        /// SV116; not used by the guide.
        pub shortage_area: Rare,
        /// SV117; not used by the guide.
        pub reference: Rare,
        /// SV118; not used by the guide.
        pub postal_code: Rare,
        /// SV119; not used by the guide.
        pub amount2: Wire<Money>,
        /// SV120; not used by the guide.
        pub level_of_care: Rare,
        /// SV121; not used by the guide.
        pub agreement: Rare,
    }

    /// Durable medical equipment (SV5).
    pub struct Sv5 = "SV5" {
        /// SV501, procedure.
        pub procedure: Procedure,
        /// SV502, unit: `DA` days.
        pub unit: Text,
        /// SV503, for how long it is needed.
        pub length: Wire<Quantity>,
        /// SV504, rental price.
        pub rental: Wire<Money>,
        /// SV505, purchase price.
        pub purchase: Wire<Money>,
        /// SV506, rental unit (`1` week, `4` month, `6` day).
        pub rental_unit: Text,
        /// SV507, prognosis; not used by the guide.
        pub prognosis: Rare,
    }

    /// Test result (MEA).
    pub struct Mea = "MEA" {
        /// MEA01, `OG` starting dosage, `TR` test result.
        pub reference: Text,
        /// MEA02, what was measured (`HT`, `R1`-`R4`).
        pub qualifier: Text,
        /// MEA03, result.
        pub value: Wire<Quantity>,
        /// MEA04, unit; not used by the guide.
        pub unit: Composite,
        /// MEA05; not used by the guide.
        pub minimum: Wire<Quantity>,
        /// MEA06; not used by the guide.
        pub maximum: Wire<Quantity>,
        /// MEA07; not used by the guide.
        pub significance: Rare,
        /// MEA08; not used by the guide.
        pub attribute: Rare,
        /// MEA09; not used by the guide.
        pub position: Rare,
        /// MEA10; not used by the guide.
        pub method: Rare,
    }

    /// Purchased service (PS1).
    pub struct Ps1 = "PS1" {
        /// PS101, identifier of the provider it was bought from.
        pub provider: Text,
        /// PS102, what was paid for it.
        pub charge: Wire<Money>,
        /// PS103, state; not used by the guide.
        pub state: Rare,
    }

    /// Drug (LIN).
    pub struct Lin = "LIN" {
        /// LIN01, line; not used by the guide.
        pub line: Rare,
        /// LIN02, qualifier: `N4` national drug code.
        pub qualifier: Text,
        /// LIN03, national drug code of eleven digits.
        pub code: Text,
    }

    /// Quantity of a drug (CTP).
    pub struct Ctp = "CTP" {
        /// CTP01; not used by the guide.
        pub class: Rare,
        /// CTP02; not used by the guide.
        pub price_kind: Rare,
        /// CTP03, unit price; 004010 used it.
        pub price: Wire<Money>,
        /// CTP04, how much.
        pub quantity: Wire<Quantity>,
        /// CTP05, unit (`F2`, `GR`, `ME`, `ML`, `UN`).
        pub unit: Composite,
    }

    /// What another payer paid on a line (SVD).
    pub struct Svd = "SVD" {
        /// SVD01, identifier of the payer: NM109 of its 2330B.
        pub payer: Text,
        /// SVD02, payment.
        pub paid: Wire<Money>,
        /// SVD03, procedure that was paid.
        pub procedure: Procedure,
        /// SVD04, revenue code; not used by the guide.
        pub revenue: Rare,
        /// SVD05, units paid.
        pub units: Wire<Quantity>,
        /// SVD06, line that this one was bundled into.
        pub bundled_line: Text,
    }

    /// Answer to a question of a form (FRM).
    pub struct Frm = "FRM" {
        /// FRM01, question.
        pub question: Text,
        /// FRM02, yes, no or not applicable.
        pub answer: Text,
        /// FRM03, text.
        pub text: Text,
        /// FRM04, date.
        pub date: Wire<NaiveDate>,
        /// FRM05, percentage.
        pub percentage: Wire<Quantity>,
    }
}

/// Health care codes (HI): diagnoses, anaesthesia procedures, conditions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Hi {
    /// HI01 to HI12, without empty ones at the end.
    pub codes: Vec<HiCode>,
}

/// One code of an [`Hi`] (composite C022).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct HiCode {
    /// Component 1, code list: `ABK` principal diagnosis, `ABF` further one (ICD-9-CM `BK`, `BF`), `BP`, `BO`
    /// anaesthesia, `BG` condition.
    pub qualifier: Text,
    /// Component 2, the code; a diagnosis stands without its dot.
    pub code: Text,
    /// Components 3 to 9, which the guide does not use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rest: Vec<Text>,
}

impl HiCode {
    /// A code of a list.
    #[must_use]
    pub fn new(qualifier: impl Into<Text>, code: impl Into<Text>) -> Self {
        Self { qualifier: qualifier.into(), code: code.into(), rest: Vec::new() }
    }

    /// Whether it is a diagnosis, ICD-10-CM or the older ICD-9-CM.
    #[must_use]
    pub fn is_diagnosis(&self) -> bool {
        matches!(self.qualifier.as_str(), "ABK" | "ABF" | "BK" | "BF")
    }
}

impl TypedSegment for Hi {
    const ID: &'static str = "HI";
    const ELEMENTS: usize = 12;

    fn read(segment: &lex::Segment<'_>) -> Self {
        let mut codes: Vec<HiCode> = segment.elements().map(code).collect();
        codes.truncate(codes.iter().rposition(|c| *c != HiCode::default()).map_or(0, |last| last + 1));
        Self { codes }
    }

    fn write<W: Write>(&self, writer: &mut SegmentWriter<W>) -> edi_core::error::Result<()> {
        let mut builder = writer.segment("HI");
        for code in &self.codes {
            let first = [code.qualifier.as_str(), code.code.as_str()];
            builder = builder.composite(first.into_iter().chain(code.rest.iter().map(|c| c.as_str())));
        }
        builder.finish()
    }

    fn unreadable(&self) -> Vec<usize> {
        Vec::new()
    }

    fn holds(_: &lex::Segment<'_>) -> bool {
        true
    }
}

fn code(element: lex::Element<'_>) -> HiCode {
    let mut parts = element.components().map(|c| c.to_text());
    let (qualifier, code) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut rest: Vec<Text> = parts.collect();
    rest.truncate(rest.iter().rposition(|c| !c.is_empty()).map_or(0, |last| last + 1));
    HiCode { qualifier, code, rest }
}

/// Which elements of a segment are composites: in all others a component separator is a sign of damage, and
/// the segment is kept raw.
pub(crate) fn is_composite(id: &[u8], element: usize) -> bool {
    match id {
        b"HI" => true,
        b"CLM" => matches!(element, 5 | 11),
        b"SV1" => matches!(element, 1 | 7),
        b"SV5" => element == 1,
        b"SVD" | b"QTY" | b"K3" => element == 3,
        b"REF" | b"MEA" => element == 4,
        b"PRV" | b"DMG" | b"CTP" => element == 5,
        b"PWK" => element == 8,
        _ => false,
    }
}
