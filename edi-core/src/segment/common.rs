//! Segments that claims and remittances share.

use crate::segment::Composite;
use crate::value::{Money, Quantity, Rare, Wire};
use crate::{Text, segments};
use chrono::NaiveDate;

segments! {
    /// Individual or organizational name (NM1).
    pub struct Nm1 = "NM1" {
        /// NM101, entity identifier (`85` billing provider, `IL` insured, `QC` patient, ...).
        pub entity: Text,
        /// NM102, `1` person or `2` organization.
        pub kind: Text,
        /// NM103, last name or organization name.
        pub last: Text,
        /// NM104, first name.
        pub first: Text,
        /// NM105, middle name.
        pub middle: Text,
        /// NM106, name prefix.
        pub prefix: Text,
        /// NM107, name suffix.
        pub suffix: Text,
        /// NM108, qualifier of the identifier (`XX` NPI, `MI` member id, `PI` payer id, ...).
        pub id_qualifier: Text,
        /// NM109, identifier.
        pub id: Text,
        /// NM110, entity relationship; not used by the guides.
        pub relationship: Rare,
        /// NM111, entity identifier; not used by the guides.
        pub related_entity: Rare,
        /// NM112, second last name or organization name; not used by the guides.
        pub second_name: Rare,
    }

    /// Party identification (N1): payer and payee of an 835.
    pub struct N1 = "N1" {
        /// N101, entity identifier (`PR` payer, `PE` payee).
        pub entity: Text,
        /// N102, name.
        pub name: Text,
        /// N103, qualifier of the identifier (`XX` NPI, `FI` tax id, `XV` plan id).
        pub id_qualifier: Text,
        /// N104, identifier.
        pub id: Text,
        /// N105, entity relationship; not used by the guides.
        pub relationship: Rare,
        /// N106, entity identifier; not used by the guides.
        pub related_entity: Rare,
    }

    /// Street address (N3).
    pub struct N3 = "N3" {
        /// N301, first line.
        pub line1: Text,
        /// N302, second line.
        pub line2: Text,
    }

    /// City, state, ZIP code (N4).
    pub struct N4 = "N4" {
        /// N401, city.
        pub city: Text,
        /// N402, state or province.
        pub state: Text,
        /// N403, postal code, without hyphen.
        pub zip: Text,
        /// N404, country, outside the USA.
        pub country: Text,
        /// N405, location qualifier; not used by the guides.
        pub location_qualifier: Rare,
        /// N406, location; not used by the guides.
        pub location: Rare,
        /// N407, country subdivision.
        pub subdivision: Text,
    }

    /// Contact (PER).
    pub struct Per = "PER" {
        /// PER01, function (`IC` information, `BL` technical, `CX` claims).
        pub function: Text,
        /// PER02, name.
        pub name: Text,
        /// PER03, qualifier of the first number (`TE`, `EM`, `FX`, `UR`).
        pub qualifier1: Text,
        /// PER04, first number.
        pub number1: Text,
        /// PER05, qualifier of the second number.
        pub qualifier2: Text,
        /// PER06, second number.
        pub number2: Text,
        /// PER07, qualifier of the third number.
        pub qualifier3: Text,
        /// PER08, third number.
        pub number3: Text,
        /// PER09, inquiry reference; not used by the guides.
        pub inquiry: Rare,
    }

    /// Reference (REF).
    pub struct Ref = "REF" {
        /// REF01, qualifier (`6R` line item control number, `EI` tax id, `F8` payer's claim number, ...).
        pub qualifier: Text,
        /// REF02, the reference.
        pub value: Text,
        /// REF03, description.
        pub description: Rare,
        /// REF04, a further qualifier and reference.
        pub related: Composite,
    }

    /// Date of an 835 (DTM).
    pub struct Dtm = "DTM" {
        /// DTM01, qualifier (`232` statement start, `472` service, `405` production, ...).
        pub qualifier: Text,
        /// DTM02, date.
        pub date: Wire<NaiveDate>,
        /// DTM03, time; not used by the guide.
        pub time: Rare,
        /// DTM04, time zone; not used by the guide.
        pub zone: Rare,
        /// DTM05, period format; not used by the guide.
        pub format: Rare,
        /// DTM06, period; not used by the guide.
        pub period: Rare,
    }

    /// Date or period of an 837 (DTP).
    pub struct Dtp = "DTP" {
        /// DTP01, qualifier (`472` service, `431` onset, `435` admission, ...).
        pub qualifier: Text,
        /// DTP02, format (`D8`, `RD8`, `DT`, `TM`).
        pub format: Text,
        /// DTP03, the date, period or time in that format.
        pub value: Text,
    }

    /// Monetary amount (AMT).
    pub struct Amt = "AMT" {
        /// AMT01, qualifier (`B6` allowed, `AU` coverage, `I` interest, `F5` patient paid, `D` payer paid).
        pub qualifier: Text,
        /// AMT02, amount.
        pub amount: Wire<Money>,
        /// AMT03, credit or debit; not used by the guides.
        pub flag: Rare,
    }

    /// Quantity (QTY).
    pub struct Qty = "QTY" {
        /// QTY01, qualifier.
        pub qualifier: Text,
        /// QTY02, quantity.
        pub quantity: Wire<Quantity>,
        /// QTY03, unit; not used by the guides.
        pub unit: Composite,
        /// QTY04, free form; not used by the guides.
        pub text: Rare,
    }

    /// Line number (LX).
    pub struct Lx = "LX" {
        /// LX01, ordinal.
        pub number: Text,
    }

    /// Remark code (LQ).
    pub struct Lq = "LQ" {
        /// LQ01, code list (`HE` RARC, `RX` NCPDP).
        pub qualifier: Text,
        /// LQ02, code.
        pub code: Text,
    }

    /// Trace number (TRN).
    pub struct Trn = "TRN" {
        /// TRN01, trace type.
        pub kind: Text,
        /// TRN02, check or EFT trace number.
        pub number: Text,
        /// TRN03, payer identifier: `1` and its tax id.
        pub originator: Text,
        /// TRN04, supplemental code.
        pub supplemental: Rare,
    }

    /// Outpatient adjudication (MOA).
    pub struct Moa = "MOA" {
        /// MOA01, reimbursement rate.
        pub rate: Wire<Quantity>,
        /// MOA02, HCPCS payable amount.
        pub hcpcs_payable: Wire<Money>,
        /// MOA03, remark code.
        pub remark1: Text,
        /// MOA04, remark code.
        pub remark2: Text,
        /// MOA05, remark code.
        pub remark3: Text,
        /// MOA06, remark code.
        pub remark4: Text,
        /// MOA07, remark code.
        pub remark5: Text,
        /// MOA08, end-stage renal disease payment amount.
        pub esrd_payment: Wire<Money>,
        /// MOA09, professional component that was billed but is not payable.
        pub professional_component: Wire<Money>,
    }
}

impl Moa {
    /// The remark codes, in order.
    pub fn remarks(&self) -> impl Iterator<Item = &Text> {
        [&self.remark1, &self.remark2, &self.remark3, &self.remark4, &self.remark5]
            .into_iter()
            .filter(|r| !r.is_empty())
    }
}
