//! A professional claim with all its context, and the loops that it is made of.
//!
//! A [`Claim`] owns everything; what it shares with the claims beside it (transaction, billing provider,
//! subscriber, patient) is shared, not copied. Every loop is declared once, in the guide's order, and that
//! declaration reads and writes it. All NM1 loops are a [`Party`]: their role is NM101, and which loop they are
//! is where they stand. What has no field is kept raw, in its place ([`Extra`]).

mod loops;
mod submission;

pub use loops::{Extra, Loop};
pub(crate) use loops::{LoopWriter, Slot, fits, loops, number};

use crate::segment::{Bht, Clm, Cn1, Cr1, Cr2, Cr3, Crc, Ctp, Cur, Dmg, Frm, Hcp, Hi, HiCode, K3, Lin, Mea, Nte, Oi};
use crate::segment::{Pat, Prv, Ps1, Pwk, Sbr, Sv1, Sv5, Svd};
use edi_core::Text;
use edi_core::segment::{Amt, Cas, Dtp, Lq, Lx, Moa, N3, N4, Nm1, Per, Qty, Ref};
use edi_core::value::{Period, period};
use serde::Serialize;
use std::sync::Arc;

/// A claim (loop 2300) and everything around it that it needs to be understood alone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Claim {
    /// Transaction, submitter and receiver.
    pub header: Arc<Header>,
    /// Billing provider (2000A).
    pub billing: Arc<BillingProvider>,
    /// Subscriber and the payer that the claim is sent to (2000B).
    pub subscriber: Arc<Subscriber>,
    /// Patient (2000C), where it is not the subscriber.
    pub patient: Option<Arc<Patient>>,
    /// The claim itself (2300 to 2440).
    pub information: ClaimInformation,
}

loops! {
    /// Head of the transaction: BHT, and who sends it to whom (1000A, 1000B).
    pub struct Header {
        start {
            /// BHT.
            pub beginning: Bht,
        }
        segments {
            /// REF of the head; 004010 named its guide there (`87`).
            pub references: Vec<Ref>,
        }
        loops {
            /// Submitter (`41`) and receiver (`40`).
            pub parties: Vec<Party>,
        }
    }

    /// Billing provider (2000A).
    pub struct BillingProvider {
        segments {
            /// Specialty (`BI`).
            pub specialty: Option<Prv>,
            /// Currency.
            pub currency: Option<Cur>,
        }
        loops {
            /// Billing provider (`85`, 2010AA), pay-to address (`87`, 2010AB), pay-to plan (`PE`, 2010AC).
            pub parties: Vec<Party>,
        }
    }

    /// Subscriber (2000B).
    pub struct Subscriber {
        segments {
            /// Coverage by the payer that the claim is sent to.
            pub coverage: Option<Sbr>,
            /// The patient's death, weight or pregnancy, where the subscriber is the patient.
            pub patient: Option<Pat>,
        }
        loops {
            /// Subscriber (`IL`, 2010BA) and payer (`PR`, 2010BB); 004010 has responsible party (`QD`) and card
            /// holder (`AO`) too.
            pub parties: Vec<Party>,
        }
    }

    /// Patient who is not the subscriber (2000C).
    pub struct Patient {
        segments {
            /// Relation to the subscriber, death, weight, pregnancy.
            pub patient: Option<Pat>,
        }
        loops {
            /// Patient (`QC`, 2010CA); 004010 has a responsible party (`QD`) too.
            pub parties: Vec<Party>,
        }
    }

    /// Anyone with a name: all loops that begin with NM1.
    pub struct Party {
        start {
            /// Role, name and identifier.
            pub name: Nm1,
        }
        segments {
            /// Specialty of a rendering provider.
            pub specialty: Option<Prv>,
            /// Street.
            pub address: Option<N3>,
            /// City, state, ZIP code.
            pub city: Option<N4>,
            /// Birth and sex.
            pub demographics: Option<Dmg>,
            /// When another payer adjudicated the claim (2330B, `573`).
            pub dates: Vec<Dtp>,
            /// Secondary identifiers.
            pub references: Vec<Ref>,
            /// Contacts.
            pub contacts: Vec<Per>,
        }
        loops {}
    }

    /// The claim itself (2300).
    pub struct ClaimInformation {
        start {
            /// Number, charge, place, frequency, signatures.
            pub claim: Clm,
        }
        segments {
            /// Onset (`431`), accident (`439`), admission (`435`), discharge (`096`), ...
            pub dates: Vec<Dtp>,
            /// Attachments.
            pub attachments: Vec<Pwk>,
            /// Contract.
            pub contract: Option<Box<Cn1>>,
            /// What the patient paid (`F5`).
            pub amounts: Vec<Amt>,
            /// Authorization (`G1`), referral (`9F`), payer's claim number (`F8`), CLIA (`X4`), ...
            pub references: Vec<Ref>,
            /// Data of fixed format.
            pub file_information: Vec<K3>,
            /// Notes.
            pub notes: Vec<Nte>,
            /// Ambulance transport.
            pub ambulance: Option<Box<Cr1>>,
            /// Spinal manipulation.
            pub spinal: Option<Box<Cr2>>,
            /// Conditions: ambulance (`07`), vision (`E1`-`E3`), homebound (`75`), EPSDT (`ZZ`).
            pub conditions: Vec<Crc>,
            /// Diagnoses (`ABK`, `ABF`), anaesthesia procedures (`BP`, `BO`), condition codes (`BG`).
            pub codes: Vec<Hi>,
            /// Repricing.
            pub pricing: Option<Box<Hcp>>,
        }
        loops {
            /// Referring (`DN`, `P3`), rendering (`82`), service facility (`77`), supervising (`DQ`), ambulance
            /// pick-up and drop-off (`PW`, `45`): 2310A to 2310F.
            pub providers: Vec<Party>,
            /// Other payers (2320).
            pub other_payers: Vec<OtherPayer>,
            /// Service lines (2400).
            pub lines: Vec<ServiceLine>,
        }
    }

    /// Another payer of the claim, and what it answered (2320).
    pub struct OtherPayer {
        start {
            /// Coverage by this payer.
            pub coverage: Sbr,
        }
        segments {
            /// What it did not pay, and why.
            pub adjustments: Vec<Cas>,
            /// Paid (`D`), not covered (`A8`), remaining liability of the patient (`EAF`).
            pub amounts: Vec<Amt>,
            /// Birth and sex of its subscriber; 004010 only.
            pub demographics: Option<Dmg>,
            /// Assignment and release.
            pub insurance: Option<Oi>,
            /// Remarks on the outpatient adjudication.
            pub outpatient: Option<Box<Moa>>,
        }
        loops {
            /// Its subscriber (`IL`, 2330A), itself (`PR`, 2330B), providers as it knows them (2330C to 2330G).
            pub parties: Vec<Party>,
        }
    }

    /// Service line (2400).
    pub struct ServiceLine {
        start {
            /// Ordinal.
            pub number: Lx,
        }
        segments {
            /// Procedure, charge, units, pointers; absent in dental and institutional claims.
            pub service: Option<Sv1>,
            /// Durable medical equipment.
            pub equipment: Option<Box<Sv5>>,
            /// Attachments and certificates.
            pub attachments: Vec<Pwk>,
            /// Ambulance transport.
            pub ambulance: Option<Box<Cr1>>,
            /// Certification of equipment.
            pub certification: Option<Box<Cr3>>,
            /// Conditions: ambulance (`07`), hospice (`70`), equipment (`09`).
            pub conditions: Vec<Crc>,
            /// Service (`472`), prescription (`471`), certification (`607`, `461`), ...
            pub dates: Vec<Dtp>,
            /// Ambulance patients (`PT`), obstetric anaesthesia units (`FL`).
            pub quantities: Vec<Qty>,
            /// Test results.
            pub measurements: Vec<Mea>,
            /// Contract.
            pub contract: Option<Box<Cn1>>,
            /// Line control number (`6R`), authorization (`G1`), CLIA (`X4`), immunization batch (`BT`), ...
            pub references: Vec<Ref>,
            /// Sales tax (`T`), postage (`F4`).
            pub amounts: Vec<Amt>,
            /// Data of fixed format.
            pub file_information: Vec<K3>,
            /// Notes.
            pub notes: Vec<Nte>,
            /// Purchased service.
            pub purchased: Option<Box<Ps1>>,
            /// Repricing.
            pub pricing: Option<Box<Hcp>>,
        }
        loops {
            /// Drugs (2410).
            pub drugs: Vec<Drug>,
            /// Rendering (`82`), purchased (`QB`), facility (`77`), supervising (`DQ`), ordering (`DK`), referring
            /// (`DN`, `P3`), ambulance (`PW`, `45`): 2420A to 2420H.
            pub providers: Vec<Party>,
            /// What other payers answered (2430).
            pub adjudications: Vec<LineAdjudication>,
            /// Forms (2440).
            pub forms: Vec<Form>,
        }
    }

    /// Drug (2410).
    pub struct Drug {
        start {
            /// National drug code.
            pub identification: Lin,
        }
        segments {
            /// How much.
            pub quantity: Option<Ctp>,
            /// Prescription (`XZ`) or compound (`VY`) number.
            pub references: Vec<Ref>,
        }
        loops {}
    }

    /// What another payer answered on a line (2430).
    pub struct LineAdjudication {
        start {
            /// Payer, payment, procedure, units.
            pub payment: Svd,
        }
        segments {
            /// What it did not pay, and why.
            pub adjustments: Vec<Cas>,
            /// When (`573`).
            pub dates: Vec<Dtp>,
            /// Remaining liability of the patient (`EAF`).
            pub amounts: Vec<Amt>,
        }
        loops {}
    }

    /// Form (2440).
    pub struct Form {
        start {
            /// Which form.
            pub form: Lq,
        }
        segments {
            /// Its answers.
            pub answers: Vec<Frm>,
        }
        loops {}
    }
}

/// The party with this role (NM101).
fn party<'a>(parties: &'a [Party], role: &str) -> Option<&'a Party> {
    parties.iter().find(|p| p.name.entity == role)
}

/// The first reference with this qualifier (REF01); empty where there is none.
fn reference<'a>(references: &'a [Ref], qualifier: &str) -> &'a str {
    references.iter().find(|r| r.qualifier == qualifier).map_or("", |r| r.value.as_str())
}

/// The day or period with this qualifier (DTP01), where it can be read.
fn date(dates: &[Dtp], qualifier: &str) -> Option<Period> {
    dates.iter().find(|d| d.qualifier == qualifier).and_then(|d| period(d.value.as_bytes()))
}

impl Claim {
    /// CLM01, our number of the claim.
    #[must_use]
    pub fn number(&self) -> &Text {
        &self.information.claim.number
    }

    /// Whoever sends the file (1000A).
    #[must_use]
    pub fn submitter(&self) -> Option<&Party> {
        party(&self.header.parties, "41")
    }

    /// Whoever receives the file (1000B).
    #[must_use]
    pub fn receiver(&self) -> Option<&Party> {
        party(&self.header.parties, "40")
    }

    /// Billing provider (2010AA).
    #[must_use]
    pub fn billing_provider(&self) -> Option<&Party> {
        party(&self.billing.parties, "85")
    }

    /// Where payments go, if not to the billing provider's address (2010AB).
    #[must_use]
    pub fn pay_to_address(&self) -> Option<&Party> {
        party(&self.billing.parties, "87")
    }

    /// Subscriber (2010BA).
    #[must_use]
    pub fn insured(&self) -> Option<&Party> {
        party(&self.subscriber.parties, "IL")
    }

    /// Payer that the claim is sent to (2010BB).
    #[must_use]
    pub fn payer(&self) -> Option<&Party> {
        party(&self.subscriber.parties, "PR")
    }

    /// Whoever was treated: 2010CA, or the subscriber.
    #[must_use]
    pub fn patient_name(&self) -> Option<&Party> {
        self.patient.as_ref().map_or_else(|| self.insured(), |p| party(&p.parties, "QC"))
    }

    /// The diagnoses, in order; pointers count from the first.
    pub fn diagnoses(&self) -> impl Iterator<Item = &HiCode> {
        self.information.codes.iter().flat_map(|hi| &hi.codes).filter(|c| c.is_diagnosis())
    }
}

impl ClaimInformation {
    /// CLM05-1, place of service.
    #[must_use]
    pub fn place_of_service(&self) -> &str {
        self.claim.place.component(1)
    }

    /// CLM05-3, claim frequency: `1` original, `7` replacement, `8` void.
    #[must_use]
    pub fn frequency(&self) -> &str {
        self.claim.place.component(3)
    }

    /// The reference with this qualifier (REF01); empty where there is none.
    #[must_use]
    pub fn reference(&self, qualifier: &str) -> &str {
        reference(&self.references, qualifier)
    }

    /// The day or period with this qualifier (DTP01), where it can be read.
    #[must_use]
    pub fn date(&self, qualifier: &str) -> Option<Period> {
        date(&self.dates, qualifier)
    }

    /// The provider with this role (NM101: `82` rendering, `DN` referring, `77` facility, ...).
    #[must_use]
    pub fn provider(&self, role: &str) -> Option<&Party> {
        party(&self.providers, role)
    }
}

impl OtherPayer {
    /// The payer itself (2330B).
    #[must_use]
    pub fn payer(&self) -> Option<&Party> {
        party(&self.parties, "PR")
    }
}

impl ServiceLine {
    /// DTP*472, day or days of service.
    #[must_use]
    pub fn service_date(&self) -> Option<Period> {
        date(&self.dates, "472")
    }

    /// REF*6R, line item control number; empty where there is none.
    #[must_use]
    pub fn control(&self) -> &str {
        reference(&self.references, "6R")
    }

    /// The provider with this role (NM101), where the line names one.
    #[must_use]
    pub fn provider(&self, role: &str) -> Option<&Party> {
        party(&self.providers, role)
    }
}

impl Party {
    /// The reference with this qualifier (REF01); empty where there is none.
    #[must_use]
    pub fn reference(&self, qualifier: &str) -> &str {
        reference(&self.references, qualifier)
    }
}
