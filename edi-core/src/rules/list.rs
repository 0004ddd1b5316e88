//! The rules of SNIP types 3 to 6, each with what it says, how to mend it, and its source.

use crate::finding::{ElementFault, Kind, SegmentFault, Severity};
use crate::guide::Rule;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A rule, how much it weighs, and what kind of fault it finds.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) rule: Rule,
    pub(super) severity: Severity,
    pub(super) kind: Kind,
}

/// The entry of an id.
pub(super) fn entry(id: &str) -> Option<&'static Entry> {
    static BY_ID: LazyLock<HashMap<&str, &Entry>> =
        LazyLock::new(|| ENTRIES.iter().map(|entry| (entry.rule.id, entry)).collect());
    BY_ID.get(id).copied()
}

const fn new(
    (id, snip): (&'static str, u8),
    severity: Severity,
    kind: Kind,
    title: &'static str,
    mend: &'static str,
    source: &'static str,
) -> Entry {
    Entry { rule: Rule { id, snip, title, mend, source }, severity, kind }
}

const E: Severity = Severity::Error;
const W: Severity = Severity::Warning;
const I: Severity = Severity::Info;

/// A rule of meaning that no acknowledgment code names.
const MEANING: Kind = Kind::Rule;
/// A segment is missing where its situation holds.
const NEEDS: Kind = Kind::Segment(SegmentFault::SituationalMissing);
/// An element is missing where its situation holds.
const NEEDS_ELEMENT: Kind = Kind::Element(ElementFault::ConditionalMissing);
const VALUE: Kind = Kind::Element(ElementFault::InvalidValue);
const CODE: Kind = Kind::Element(ElementFault::InvalidCode);
const DATE: Kind = Kind::Element(ElementFault::InvalidDate);
const PATTERN: Kind = Kind::Element(ElementFault::PatternMismatch);

const P: &str = "837P implementation guide (005010X222A1), situational rules and notes";
const R: &str = "835 implementation guide (005010X221A1), situational rules and notes";
const BALANCE: &str = "835 implementation guide, balancing";
const COB: &str = "837P implementation guide, coordination of benefits balancing";
const CARC: &str = "published list of claim adjustment reason codes";
const PAYERS: &str = "practice of most payers";

/// All rules, by transaction set and SNIP type.
#[rustfmt::skip]
pub(super) static ENTRIES: &[Entry] = &[
    // 837P, SNIP 3.
    new(("837-CHARGE-SUM", 3), E, MEANING, "The claim's charge is not the sum of its lines' charges.", "Correct CLM02, or the line whose SV102 is off.", "837P implementation guide, CLM02"),
    new(("837-COB-CLAIM", 3), E, MEANING, "What another payer paid and adjusted, on claim and lines, does not add up to the claim's charge.", "Take AMT*D and every CAS of that payer from its remittance.", COB),
    new(("837-COB-LINE", 3), E, MEANING, "What another payer paid and adjusted for a line does not add up to the line's charge.", "Take SVD02 and the line's CAS from that payer's remittance.", COB),
    new(("837-PATIENT-PAID", 3), W, MEANING, "The patient paid more than the claim's charge.", "Correct AMT*F5; it holds what the patient paid for this claim only.", "837P implementation guide, AMT*F5"),
    // 835, SNIP 3.
    new(("835-B1", 3), E, MEANING, "A line does not balance: its charge less its adjustments is not what was paid.", "Ask the payer for a corrected remittance; do not plug the difference.", BALANCE),
    new(("835-B2", 3), E, MEANING, "A claim does not balance: its charge less all its adjustments is not what was paid.", "Ask the payer for a corrected remittance; do not plug the difference.", BALANCE),
    new(("835-B2-LINES", 3), E, MEANING, "A claim does not balance with its lines: their payments less the claim's own adjustments are not what was paid.", "Ask the payer for a corrected remittance; a line may be missing.", BALANCE),
    new(("835-B3", 3), E, MEANING, "The remittance does not balance: the claims' payments less the provider adjustments are not the payment.", "Ask the payer for a corrected remittance; hold all of it meanwhile.", BALANCE),
    new(("835-B4", 3), W, MEANING, "The patient's responsibility is not the sum of the PR adjustments.", "Go by the PR adjustments; CLP05 is no part of the balance.", BALANCE),
    new(("835-PLB-ZERO", 3), E, VALUE, "A provider adjustment is zero.", "Leave the adjustment out.", BALANCE),
    new(("835-INTEREST", 3), W, MEANING, "The interest in the provider adjustments (L6) is not the interest of the claims (AMT*I).", "Compare each claim's AMT*I with the payer's statement of interest.", BALANCE),
    new(("835-TS3", 3), W, MEANING, "A provider summary (TS3) does not agree with the claims under it.", "Go by the claims; tell the payer.", R),
    // 837P, SNIP 4: levels, subscriber, patient, payers.
    new(("837-HL-NUMBER", 4), E, VALUE, "The levels are not numbered 1, 2, 3 and so on.", "Number HL01 anew in each transaction set.", P),
    new(("837-HL-PARENT", 4), E, VALUE, "The level does not hang under the one that HL02 names.", "Send the HL01 of the billing provider above a subscriber, and of the subscriber above a patient.", P),
    new(("837-HL-CHILD", 4), E, VALUE, "HL04 does not tell whether levels hang under this one.", "Send 1 where a patient level follows, 0 where none does.", P),
    new(("837-SELF", 4), E, NEEDS_ELEMENT, "A claim hangs under the subscriber, yet the subscriber is not told to be the patient.", "Send SBR02 as 18, or put the claim under a patient level.", P),
    new(("837-SELF-PATIENT", 4), W, VALUE, "The subscriber is told to be the patient, yet only a patient level has claims.", "Leave SBR02 empty, or put the claims under the subscriber.", P),
    new(("837-SELF-ADDRESS", 4), E, NEEDS, "The subscriber is the patient and has no address.", "Send N3 and N4 in loop 2010BA.", P),
    new(("837-SELF-DEMOGRAPHICS", 4), E, NEEDS, "The subscriber is the patient and has no date of birth and gender.", "Send DMG in loop 2010BA.", P),
    new(("837-SEQUENCE-TWICE", 4), E, VALUE, "Two payers of a claim stand in the same place of order.", "Give each payer of the claim its own SBR01; only U may repeat.", P),
    new(("837-OTHER-MISSING", 4), W, NEEDS, "The payer is not the first, and no other payer is told.", "Send a loop 2320 for each payer that comes before this one.", P),
    new(("837-MSP-TYPE", 4), W, NEEDS_ELEMENT, "Medicare is not the first payer, and it is not told why.", "Send the insurance type in SBR05.", P),
    new(("837-OTHER-PAYER-TWICE", 4), W, VALUE, "Two other payers of a claim have the same identifier.", "Give each payer of the claim its own identifier, since lines name payers by it.", P),
    new(("837-NEGATIVE", 4), E, VALUE, "A charge is negative.", "Send charges as zero or more; correct a claim by replacing it.", P),
    // 837P, SNIP 4: claim.
    new(("837-CLAIM-ID-LONG", 4), W, Kind::Element(ElementFault::TooLong), "The claim's number is longer than 20 characters.", "Shorten CLM01; payers need to return no more than 20 characters.", P),
    new(("837-CLAIM-ID-TWICE", 4), W, VALUE, "Another claim of the file has the same number.", "Give each claim its own CLM01, so that remittances find it.", P),
    new(("837-ACCIDENT-DATE", 4), E, NEEDS, "The claim is about an accident and has no accident date.", "Send DTP*439 in loop 2300.", P),
    new(("837-ACCIDENT-STATE", 4), E, NEEDS_ELEMENT, "The claim is about an automobile accident and names no state or country.", "Send the state in CLM11-4, or the country in CLM11-5.", P),
    new(("837-ACCIDENT-CAUSE", 4), W, NEEDS_ELEMENT, "The claim has an accident date and no accident cause.", "Send the cause in CLM11-1.", P),
    new(("837-REPLACES", 4), E, NEEDS, "The claim replaces or voids another, and does not name it.", "Send the payer's number of the first claim in REF*F8.", P),
    new(("837-REPLACES-NOTHING", 4), W, VALUE, "The claim names an earlier claim, and neither replaces nor voids it.", "Send 7 or 8 in CLM05-3, or leave REF*F8 out.", P),
    new(("837-ADMISSION-DATE", 4), W, NEEDS, "The place of service is an inpatient one, and there is no admission date.", "Send DTP*435 in loop 2300.", P),
    new(("837-DISCHARGE", 4), E, DATE, "The discharge is before the admission.", "Correct the date of admission or of discharge.", P),
    new(("837-DATE-ORDER", 4), W, DATE, "An event that comes before the service is dated after it.", "Correct the date of the event, or of the service.", P),
    new(("837-SERVICE-FUTURE", 4), W, DATE, "A service is dated after the day on which the file was written.", "Correct the date of service.", P),
    new(("837-BIRTH", 4), E, DATE, "The patient is born after the service.", "Correct the date of birth, or of the service.", P),
    new(("837-DEATH", 4), W, DATE, "The service is dated after the patient's death.", "Correct the date of death, or of the service.", P),
    new(("837-ICD-VERSION", 4), E, VALUE, "The diagnoses are not of the ICD version that was in force on the day of service.", "Send ICD-10-CM (ABK, ABF) for services from October 1st, 2015, ICD-9-CM (BK, BF) before.", "45 CFR 162.1002"),
    new(("837-ICD-MIXED", 4), E, VALUE, "The claim mixes diagnoses of two ICD versions.", "Split the claim by date of service, one ICD version each.", P),
    new(("837-DIAGNOSIS-TWICE", 4), W, VALUE, "A diagnosis stands twice on the claim.", "Send each diagnosis once, and point lines at it.", PAYERS),
    new(("837-EPSDT", 4), W, NEEDS, "The claim is of an EPSDT screening and has no referral condition.", "Send CRC*ZZ in loop 2300.", P),
    // 837P, SNIP 4: providers.
    new(("837-BILLING-NPI", 4), W, NEEDS_ELEMENT, "The billing provider has no NPI.", "Send NM108 as XX and the NPI, unless the provider is an atypical one.", P),
    new(("837-BILLING-ADDRESS", 4), W, VALUE, "The billing provider's address is a post office box.", "Send the street address; a box belongs into loop 2010AB.", P),
    new(("837-REFERRING-ORDER", 4), E, VALUE, "The referring providers are not DN, and then P3.", "Send the referring provider (DN) first; primary care (P3) only second.", P),
    new(("837-PERSON-NAME", 4), W, VALUE, "An organisation has a given name.", "Send NM102 as 1 for a person, or leave NM104 empty.", P),
    new(("837-RENDERING-SAME", 4), I, VALUE, "The rendering provider is the billing provider.", "Leave loop 2310B out: it is for another provider.", P),
    new(("837-LINE-RENDERING-SAME", 4), I, VALUE, "The line's rendering provider is the claim's.", "Leave loop 2420A out: it is for another provider.", P),
    new(("837-FACILITY-SAME", 4), I, VALUE, "The service facility is the billing provider.", "Leave loop 2310C out: it is for another place.", P),
    // 837P, SNIP 4: lines.
    new(("837-LX", 4), E, VALUE, "The lines are not numbered 1, 2, 3 and so on.", "Number LX01 anew in each claim.", P),
    new(("837-POINTER", 4), E, VALUE, "A line points at a diagnosis that the claim does not have.", "Correct SV107, or add the diagnosis.", P),
    new(("837-POINTER-TWICE", 4), W, VALUE, "A line points at the same diagnosis twice.", "Name each diagnosis once in SV107.", PAYERS),
    new(("837-LINE-CONTROL-TWICE", 4), E, VALUE, "Two lines of a claim have the same control number.", "Give each line its own REF*6R.", P),
    new(("837-UNITS", 4), W, VALUE, "A line has no units.", "Send the units or minutes in SV104; they are above zero.", P),
    new(("837-MODIFIER-TWICE", 4), W, VALUE, "A procedure has the same modifier twice.", "Send each modifier once.", PAYERS),
    new(("837-PURCHASED", 4), W, NEEDS, "A line has the charge of a purchased service and no provider that it was bought from.", "Send loop 2420B.", P),
    // 837P, SNIP 4: what other payers did.
    new(("837-SVD-PAYER", 4), E, VALUE, "A line was adjudicated by a payer that the claim does not have.", "Send in SVD01 the identifier of one of the claim's other payers (loop 2330B, NM109).", P),
    new(("837-COB-AMOUNT", 4), W, NEEDS, "A payer adjudicated lines, and what it paid for the claim is not told.", "Send AMT*D in that payer's loop 2320.", P),
    new(("837-COB-DATE", 4), W, NEEDS, "A payer adjudicated the claim, and it is not told when.", "Send DTP*573 in loop 2330B or in the lines.", P),
    new(("837-CAS-ZERO", 4), W, VALUE, "An adjustment is zero.", "Leave the adjustment out.", P),
    new(("837-CAS-TWICE", 4), W, VALUE, "An adjustment group stands twice though its first segment has room.", "Put all reasons of a group into one CAS, up to six.", P),
    // 837P, SNIP 5.
    new(("837-DIAGNOSIS", 5), W, CODE, "The diagnosis is not one to bill with on the day of service.", "Look the code up for that day (edi codes); use the most specific one.", "ICD-10-CM, edition by date of service"),
    new(("837-PROCEDURE", 5), W, CODE, "The procedure code is not one of the day of service.", "Look the code up for that day (edi codes).", "HCPCS level II, edition by date of service; CPT by its shape"),
    new(("837-MODIFIER", 5), W, CODE, "The list of modifiers does not have this one.", "Look the modifier up (edi codes).", "published modifiers"),
    new(("837-PLACE", 5), W, CODE, "The list of places of service does not have this one.", "Look the place up (edi codes).", "CMS places of service"),
    new(("837-TAXONOMY", 5), W, PATTERN, "The specialty is not shaped like a provider taxonomy code.", "Send ten characters, such as 207Q00000X.", "NUCC provider taxonomy"),
    new(("837-NDC", 5), E, PATTERN, "The drug code does not have eleven digits.", "Send the NDC as 5-4-2 digits, without hyphens.", P),
    new(("837-CLIA-NUMBER", 5), W, PATTERN, "The CLIA number is not two digits, D and seven characters.", "Send the number as the certificate has it.", "CLIA certificates"),
    new(("837-NPI", 5), W, PATTERN, "The NPI is no NPI: ten digits, the first 1 or 2, the last a check digit.", "Look the provider up in the NPI registry.", "45 CFR 162.406"),
    new(("837-TAX-ID", 5), W, PATTERN, "The tax number is no nine digits.", "Send nine digits without hyphen.", P),
    new(("837-MBI", 5), W, PATTERN, "The Medicare member number is not shaped like one.", "Send the eleven characters of the card, without hyphens.", "CMS, Medicare beneficiary identifier"),
    new(("837-STATE", 5), W, CODE, "There is no such state or province.", "Send the two letters of the postal service.", "US and Canadian postal codes"),
    new(("837-ZIP", 5), W, PATTERN, "The ZIP code is no five or nine digits.", "Send five or nine digits without hyphen.", P),
    new(("837-ZIP9", 5), W, PATTERN, "The ZIP code of a billing or service address has no nine digits.", "Send ZIP+4 for where the provider is.", P),
    new(("837-REASON", 5), W, CODE, "The adjustment reason is not one of the day on which the payer decided.", "Take the reason from the payer's remittance.", CARC),
    // 837P, SNIP 6.
    new(("837-ANESTHESIA", 6), W, VALUE, "Anaesthesia is not billed in minutes.", "Send MJ in SV103 and the minutes in SV104.", P),
    new(("837-MINUTES", 6), W, VALUE, "A service other than anaesthesia is billed in minutes.", "Send UN in SV103 and the units in SV104.", P),
    new(("837-AMBULANCE-TRANSPORT", 6), E, NEEDS, "The claim is of an ambulance transport and does not describe it.", "Send CR1 in loop 2300, or in the line's loop 2400.", P),
    new(("837-AMBULANCE-PLACES", 6), W, NEEDS, "The claim is of an ambulance transport and lacks where from or where to.", "Send the loops 2310E and 2310F.", P),
    new(("837-AMBULANCE-MODIFIER", 6), W, NEEDS_ELEMENT, "An ambulance service has no modifier of origin and destination.", "Send the letters of origin and destination as a modifier.", PAYERS),
    new(("837-AMBULANCE-MILES", 6), W, VALUE, "The miles billed are more than the transport's distance.", "Correct SV104 of the mileage, or CR106.", PAYERS),
    new(("837-DRUG-QUANTITY", 6), E, VALUE, "A drug has no quantity.", "Send the quantity in CTP04; it is above zero.", P),
    new(("837-DME-PROCEDURE", 6), W, VALUE, "The equipment's procedure is not the line's.", "Send the same code in SV501-2 as in SV101-2.", P),
    new(("837-DME-THERAPY", 6), W, NEEDS, "A certificate of medical necessity has no date on which the therapy began.", "Send DTP*463 in the line.", P),
    new(("837-DME-RECERTIFIED", 6), W, NEEDS, "A certificate was renewed or revised, and it is not told when.", "Send DTP*607 in the line.", P),
    new(("837-LAB-CLIA", 6), I, NEEDS, "A laboratory test is billed without a CLIA number.", "Send REF*X4 in the claim or the line, where the test asks for a certificate.", "42 CFR 493; 837P implementation guide, REF*X4"),
    new(("837-MAMMOGRAPHY", 6), W, NEEDS, "A mammography is billed without the certification number.", "Send REF*EW in the claim or the line.", P),
    // 835, SNIP 4: payment and provider adjustments.
    new(("835-PAYMENT-NEGATIVE", 4), E, VALUE, "The payment is negative.", "Carry a debt forward with PLB FB instead.", R),
    new(("835-PAYMENT-NON", 4), E, VALUE, "The method says that nothing is paid, yet an amount is.", "Correct BPR04, or BPR02.", R),
    new(("835-PAYMENT-ZERO", 4), W, VALUE, "Nothing is paid, yet the method is one of payment.", "Send NON in BPR04.", R),
    new(("835-PAYMENT-ACCOUNTS", 4), W, NEEDS_ELEMENT, "An electronic payment does not name both banks and accounts.", "Fill BPR06 to BPR09 and BPR12 to BPR15.", R),
    new(("835-TRACE-PAYER", 4), W, PATTERN, "The payer's number in the trace is not 1 and its nine-digit tax number.", "Send ten characters in TRN03; bank files repeat them.", R),
    new(("835-TRACE-COMPANY", 4), W, VALUE, "The trace and the payment name different payers.", "Send the same number in BPR10 and TRN03.", R),
    new(("835-PLB-REFERENCE", 4), W, NEEDS_ELEMENT, "A forwarded balance, recovery or refund names no reference.", "Send the reference in the second component of PLB03.", R),
    new(("835-FORWARD-TRACE", 4), W, VALUE, "A balance that is carried forward does not name this payment's trace number.", "Send TRN02 as the reference of a negative FB.", R),
    new(("835-FORWARD-PAID", 4), W, VALUE, "A balance is carried forward although something is paid.", "A negative FB brings the payment up to zero, not above.", R),
    // 835, SNIP 4: claims.
    new(("835-DENIED-PAID", 4), W, VALUE, "The claim is denied, yet paid.", "Go by the money; ask the payer for the right CLP02.", R),
    new(("835-DENIED-REASON", 4), W, NEEDS, "The claim is denied without a reason.", "Ask the payer why; hold the claim.", R),
    new(("835-NOT-PAYABLE", 4), W, VALUE, "The status says that nothing is paid here, yet something is.", "Hold the claim; ask the payer.", R),
    new(("835-REVERSAL-SIGN", 4), W, VALUE, "A reversal has a positive amount.", "A reversal negates every amount of the earlier payment.", R),
    new(("835-REVERSAL-PATIENT", 4), W, VALUE, "A reversal has a patient's responsibility.", "Leave CLP05 empty in a reversal.", R),
    new(("835-PRIMARY-EARLIER", 4), W, VALUE, "The claim was processed as primary, yet an earlier payer is accounted for (OA-23).", "Ask the payer for the right CLP02 or reason.", R),
    new(("835-FORWARDED", 4), W, NEEDS, "The claim was forwarded, and it is not told to whom.", "Ask the payer for NM1*TT before billing the next payer.", R),
    new(("835-REMARK-MISSING", 4), W, NEEDS, "The reason asks for a remark code, and there is none.", "Ask the payer what is meant.", CARC),
    new(("835-GROUP-REASON", 4), W, VALUE, "The reason may not stand with this group code.", "Ask the payer who bears the amount; hold it.", CARC),
    new(("835-PATIENT-CONTRACT", 4), W, VALUE, "The same reason makes the patient and the contract bear an amount at one place.", "Ask the payer who bears which amount.", PAYERS),
    new(("835-CONTRACT-SHARE", 4), W, VALUE, "A deductible, coinsurance or copayment is put on the contract.", "Ask the payer: these belong to the patient (PR).", PAYERS),
    new(("835-CAS-ZERO", 4), W, VALUE, "An adjustment is zero.", "Leave the adjustment out.", R),
    new(("835-CAS-TWICE", 4), W, VALUE, "A reason stands twice with the same group at one place.", "Add the two amounts up.", R),
    new(("835-SERVICE-DATE", 4), W, NEEDS, "A service has no date, nor has its claim.", "Ask for DTM*472, or for DTM*232 of the claim.", R),
    new(("835-DATE-ORDER", 4), E, DATE, "A period ends before it begins.", "Correct the dates.", R),
    new(("835-SERVICE-FUTURE", 4), W, DATE, "A service is dated after the payment.", "Correct the date of service.", R),
    new(("835-CLAIM-TWICE", 4), W, VALUE, "The payer's claim number stands twice, and neither claim is a reversal.", "Ask the payer whether the claim was paid twice.", R),
    new(("835-INPATIENT-OUTPATIENT", 4), W, VALUE, "A claim has both inpatient and outpatient remarks.", "Use MIA for inpatient claims, MOA for all others.", R),
    // 835, SNIP 5.
    new(("835-REASON", 5), W, CODE, "The adjustment reason is not one of the day of payment.", "Look the code up for that day (edi codes).", CARC),
    new(("835-REMARK", 5), W, CODE, "The remark code is not one of the day of payment.", "Look the code up for that day (edi codes).", "published list of remittance advice remark codes"),
    new(("835-PROCEDURE", 5), W, CODE, "The procedure code is not one of the day of service.", "Look the code up for that day (edi codes).", "HCPCS level II, edition by date of service; CPT by its shape"),
    new(("835-NPI", 5), W, PATTERN, "The NPI is no NPI: ten digits, the first 1 or 2, the last a check digit.", "Look the provider up in the NPI registry.", "45 CFR 162.406"),
    new(("835-STATE", 5), W, CODE, "There is no such state or province.", "Tell the payer; the address is not safe to use.", "US and Canadian postal codes"),
    // Limits.
    new(("CLAIM-TWICE-LIMIT", 4), I, MEANING, "There are more claims than are remembered; from here on those that stand twice are not found.", "Split the file to have all claims compared.", "this engine: limits hold memory flat"),
    new(("RULES-LIMIT", 4), W, MEANING, "There is more than the rules look at.", "Mend what is shown and check again; split very large claims.", "this engine: limits hold memory flat"),
];
