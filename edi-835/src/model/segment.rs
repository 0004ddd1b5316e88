//! Segments that only an 835 has. PLB, whose pairs repeat, is written by hand in [`plb`](super::plb).

use chrono::NaiveDate;
use edi_core::segment::Composite;
use edi_core::value::{Procedure, Rare};
use edi_core::{Money, Quantity, Text, Wire, segments};

segments! {
    /// Financial information (BPR): what was paid, how and when.
    pub struct Bpr = "BPR" {
        /// BPR01, handling (`I` payment with this remittance, `H` information only, `C`, `D`, `P`, `U`, `X`).
        pub handling: Text,
        /// BPR02, total payment; zero where nothing is paid.
        pub amount: Wire<Money>,
        /// BPR03, `C` credit or `D` debit.
        pub flag: Text,
        /// BPR04, method (`ACH`, `CHK`, `NON`, `FWT`, `BOP`).
        pub method: Text,
        /// BPR05, format of the ACH payment (`CCP`, `CTX`).
        pub format: Text,
        /// BPR06, qualifier of the payer's bank.
        pub sender_bank_qualifier: Text,
        /// BPR07, payer's bank.
        pub sender_bank: Text,
        /// BPR08, qualifier of the payer's account.
        pub sender_account_qualifier: Text,
        /// BPR09, payer's account.
        pub sender_account: Text,
        /// BPR10, payer identifier.
        pub payer_id: Text,
        /// BPR11, originating company's supplemental code.
        pub supplemental: Text,
        /// BPR12, qualifier of the payee's bank.
        pub receiver_bank_qualifier: Text,
        /// BPR13, payee's bank.
        pub receiver_bank: Text,
        /// BPR14, qualifier of the payee's account.
        pub receiver_account_qualifier: Text,
        /// BPR15, payee's account.
        pub receiver_account: Text,
        /// BPR16, date of the cheque, or day on which the EFT takes effect.
        pub date: Wire<NaiveDate>,
        /// BPR17, business function; not used by the guide.
        pub function: Rare,
        /// BPR18, third bank's qualifier; not used by the guide.
        pub third_bank_qualifier: Rare,
        /// BPR19, third bank; not used by the guide.
        pub third_bank: Rare,
        /// BPR20, third account's qualifier; not used by the guide.
        pub third_account_qualifier: Rare,
        /// BPR21, third account; not used by the guide.
        pub third_account: Rare,
    }

    /// Foreign currency (CUR).
    pub struct Cur = "CUR" {
        /// CUR01, whose currency (`PR` payer).
        pub entity: Text,
        /// CUR02, currency (`USD`).
        pub currency: Text,
        /// CUR03, exchange rate; of 004010.
        pub rate: Wire<Quantity>,
    }

    /// Remittance delivery method (RDM).
    pub struct Rdm = "RDM" {
        /// RDM01, how (`BM` mail, `EM` e-mail, `FT` file transfer, `OL` online).
        pub method: Text,
        /// RDM02, name.
        pub name: Text,
        /// RDM03, address or number.
        pub number: Text,
        /// RDM04, reference; not used by the guide.
        pub reference1: Composite,
        /// RDM05, reference; not used by the guide.
        pub reference2: Composite,
    }

    /// Provider summary (TS3): totals of the claims under one LX.
    pub struct Ts3 = "TS3" {
        /// TS301, provider identifier.
        pub provider: Text,
        /// TS302, facility type.
        pub facility_type: Text,
        /// TS303, last day of the fiscal period.
        pub fiscal_period: Wire<NaiveDate>,
        /// TS304, count of claims.
        pub claims: Wire<Quantity>,
        /// TS305, charges.
        pub charge: Wire<Money>,
        /// TS306, an amount of 004010.
        pub amount06: Wire<Money>,
        /// TS307, an amount of 004010.
        pub amount07: Wire<Money>,
        /// TS308, an amount of 004010.
        pub amount08: Wire<Money>,
        /// TS309, an amount of 004010.
        pub amount09: Wire<Money>,
        /// TS310, an amount of 004010.
        pub amount10: Wire<Money>,
        /// TS311, an amount of 004010.
        pub amount11: Wire<Money>,
        /// TS312, an amount of 004010.
        pub amount12: Wire<Money>,
        /// TS313, paid by payers before Medicare.
        pub msp_payer: Wire<Money>,
        /// TS314, an amount of 004010.
        pub amount14: Wire<Money>,
        /// TS315, charges other than laboratory.
        pub non_lab_charge: Wire<Money>,
        /// TS316, an amount of 004010.
        pub amount16: Wire<Money>,
        /// TS317, HCPCS charges reported.
        pub hcpcs_charge: Wire<Money>,
        /// TS318, HCPCS amount payable.
        pub hcpcs_payable: Wire<Money>,
        /// TS319, an amount of 004010.
        pub amount19: Wire<Money>,
        /// TS320, professional component.
        pub professional_component: Wire<Money>,
        /// TS321, patient liability met by payers before Medicare.
        pub msp_patient_liability: Wire<Money>,
        /// TS322, reimbursed to patients.
        pub patient_reimbursement: Wire<Money>,
        /// TS323, count of claims under periodic interim payment.
        pub pip_claims: Wire<Quantity>,
        /// TS324, adjustment for periodic interim payment.
        pub pip_adjustment: Wire<Money>,
    }

    /// Provider supplemental summary (TS2): totals of inpatient claims.
    pub struct Ts2 = "TS2" {
        /// TS201, DRG amount.
        pub drg: Wire<Money>,
        /// TS202, federal specific amount.
        pub federal_specific: Wire<Money>,
        /// TS203, hospital specific amount.
        pub hospital_specific: Wire<Money>,
        /// TS204, disproportionate share.
        pub disproportionate_share: Wire<Money>,
        /// TS205, capital.
        pub capital: Wire<Money>,
        /// TS206, indirect medical education.
        pub indirect_education: Wire<Money>,
        /// TS207, outlier days.
        pub outlier_days: Wire<Quantity>,
        /// TS208, day outlier amount.
        pub day_outlier: Wire<Money>,
        /// TS209, cost outlier amount.
        pub cost_outlier: Wire<Money>,
        /// TS210, average length of stay of the DRG.
        pub average_stay: Wire<Quantity>,
        /// TS211, discharges.
        pub discharges: Wire<Quantity>,
        /// TS212, cost report days.
        pub cost_report_days: Wire<Quantity>,
        /// TS213, covered days.
        pub covered_days: Wire<Quantity>,
        /// TS214, days not covered.
        pub noncovered_days: Wire<Quantity>,
        /// TS215, MSP pass-through amount.
        pub msp_pass_through: Wire<Money>,
        /// TS216, average DRG weight.
        pub average_weight: Wire<Quantity>,
        /// TS217, PPS capital, federal specific portion.
        pub capital_federal: Wire<Money>,
        /// TS218, PPS capital, hospital specific portion.
        pub capital_hospital: Wire<Money>,
        /// TS219, PPS disproportionate share of the DRG.
        pub capital_share: Wire<Money>,
    }

    /// Claim payment (CLP): the claim, its status, what was charged, paid and left to the patient.
    pub struct Clp = "CLP" {
        /// CLP01, our claim number (CLM01), as the payer returns it; `0` where none was sent.
        pub key: Text,
        /// CLP02, status (`1` primary, `2` secondary, `3` tertiary, `4` denied, `22` reversal, ...).
        pub status: Text,
        /// CLP03, total charge.
        pub charge: Wire<Money>,
        /// CLP04, payment.
        pub paid: Wire<Money>,
        /// CLP05, what the patient owes; absent on reversals.
        pub patient_responsibility: Wire<Money>,
        /// CLP06, claim filing indicator (`12` PPO, `MB` Medicare B, `MC` Medicaid, ...).
        pub filing_indicator: Text,
        /// CLP07, the payer's number of the claim.
        pub payer_claim_number: Text,
        /// CLP08, facility type.
        pub facility_type: Text,
        /// CLP09, claim frequency (`1` original, `7` replacement, `8` void).
        pub frequency: Text,
        /// CLP10, patient status; not used by the guide.
        pub patient_status: Rare,
        /// CLP11, DRG.
        pub drg: Text,
        /// CLP12, weight of the DRG.
        pub drg_weight: Wire<Quantity>,
        /// CLP13, discharge fraction.
        pub discharge_fraction: Wire<Quantity>,
        /// CLP14, condition or response; not used by the guide.
        pub response: Rare,
    }

    /// Inpatient adjudication (MIA).
    pub struct Mia = "MIA" {
        /// MIA01, covered days or visits.
        pub covered_days: Wire<Quantity>,
        /// MIA02, operating outlier amount.
        pub operating_outlier: Wire<Money>,
        /// MIA03, lifetime psychiatric days.
        pub psychiatric_days: Wire<Quantity>,
        /// MIA04, DRG amount.
        pub drg: Wire<Money>,
        /// MIA05, remark code.
        pub remark1: Text,
        /// MIA06, disproportionate share.
        pub disproportionate_share: Wire<Money>,
        /// MIA07, MSP pass-through amount.
        pub msp_pass_through: Wire<Money>,
        /// MIA08, PPS capital amount.
        pub capital: Wire<Money>,
        /// MIA09, PPS capital, federal specific portion.
        pub capital_federal: Wire<Money>,
        /// MIA10, PPS capital, hospital specific portion.
        pub capital_hospital: Wire<Money>,
        /// MIA11, PPS capital, disproportionate share.
        pub capital_share: Wire<Money>,
        /// MIA12, old capital amount.
        pub old_capital: Wire<Money>,
        /// MIA13, PPS capital, indirect medical education.
        pub capital_education: Wire<Money>,
        /// MIA14, operating amount, hospital specific.
        pub operating_hospital: Wire<Money>,
        /// MIA15, cost report days.
        pub cost_report_days: Wire<Quantity>,
        /// MIA16, operating amount, federal specific.
        pub operating_federal: Wire<Money>,
        /// MIA17, PPS capital outlier amount.
        pub capital_outlier: Wire<Money>,
        /// MIA18, indirect teaching amount.
        pub indirect_teaching: Wire<Money>,
        /// MIA19, professional component that is not payable.
        pub professional_component: Wire<Money>,
        /// MIA20, remark code.
        pub remark2: Text,
        /// MIA21, remark code.
        pub remark3: Text,
        /// MIA22, remark code.
        pub remark4: Text,
        /// MIA23, remark code.
        pub remark5: Text,
        /// MIA24, PPS capital exception amount.
        pub capital_exception: Wire<Money>,
    }

    /// Service payment (SVC): one line of a claim payment.
    pub struct Svc = "SVC" {
        /// SVC01, procedure that was adjudicated.
        pub procedure: Procedure,
        /// SVC02, charge.
        pub charge: Wire<Money>,
        /// SVC03, payment.
        pub paid: Wire<Money>,
        /// SVC04, revenue code.
        pub revenue_code: Text,
        /// SVC05, units paid; 1 where absent.
        pub units: Wire<Quantity>,
        /// SVC06, procedure that was submitted, where it differs.
        pub submitted_procedure: Procedure,
        /// SVC07, units submitted, where they differ.
        pub submitted_units: Wire<Quantity>,
    }
}

impl Mia {
    /// The remark codes, in order.
    pub fn remarks(&self) -> impl Iterator<Item = &Text> {
        [&self.remark1, &self.remark2, &self.remark3, &self.remark4, &self.remark5]
            .into_iter()
            .filter(|r| !r.is_empty())
    }
}
