//! What explains a difference to the cent.

use edi_core::account::ClaimKey;
use edi_core::{Money, Text};
use serde::{Serialize, Serializer};
use std::fmt;

/// A likely cause: only what arithmetic shows. More than one may fit; the first of the search is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// An amount that cannot be read, or is missing, by its element (`CLP04`).
    Unreadable(Text),
    /// There are so many BPR: no one says which payment is meant.
    SeveralPayments(usize),
    /// The file ended inside the transaction.
    Cut,
    /// There is no claim, and a payment all the same.
    NoClaims,
    /// One of the claim's lines is off by the same amount.
    Line(u32),
    /// A claim of the transaction is off by the same amount.
    Claim(ClaimKey, u64),
    /// The same adjustment stands at claim and at line level.
    BothLevels(Text, Money),
    /// What was adjusted at claim level was taken off the lines' payments already.
    ClaimAdjustmentsInLines,
    /// An adjustment stands twice in one place.
    Repeated(Text, Money),
    /// An adjustment's sign is turned.
    SignTurned(Text, Money),
    /// An adjustment is not needed: it explains nothing.
    Superfluous(Text, Money),
    /// No adjustment says why this much was not paid.
    Unadjusted(Money),
    /// A later payer repeated the patient's part of an earlier one.
    PatientRepeated(Money),
    /// CLP05 states a patient's part that no adjustment names.
    PatientMissing(Money),
    /// Interest was counted into the payment.
    InterestIncluded(Money),
    /// Interest of the claims (AMT*I) is paid and no PLB L6 says so.
    InterestWithoutPlb(Money),
    /// Interest was left out of the payment.
    InterestLeftOut(Money),
    /// The lines' charges are less than the claim's: a line is missing.
    LineMissing(Money),
    /// The lines' charges are more than the claim's.
    LineExtra(Money),
    /// The payment has the other sign.
    PaymentSignTurned,
    /// The payment's decimal point is off by two places.
    DecimalPoint,
    /// All PLB amounts have the other sign.
    PlbSignsTurned,
    /// The payment leaves all PLB amounts out.
    PlbLeftOut,
    /// One PLB amount has the other sign, by its reason.
    OnePlbSignTurned(Text, Money),
    /// The payment leaves one PLB amount out, by its reason.
    OnePlbLeftOut(Text, Money),
    /// TS3 counts more claims than there are.
    ClaimsMissing(u64),
    /// The payment leaves one claim out.
    ClaimLeftOut(ClaimKey, u64),
    /// The payment leaves one reversal out: the earlier payment was not taken back.
    ReversalLeftOut(ClaimKey, u64),
    /// The payment takes one reversal back twice.
    ReversalTwice(ClaimKey, u64),
    /// The payment counts one claim twice, or its twin is missing.
    ClaimTwice(ClaimKey, u64),
    /// A reversal that states a patient's part (CLP05).
    ReversalWithPatient,
}

impl Cause {
    /// A stable id, for programs.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::SeveralPayments(_) => "several-payments",
            Self::Cut => "cut",
            Self::NoClaims => "no-claims",
            Self::Line(_) => "line-off",
            Self::Claim(..) => "claim-off",
            Self::BothLevels(..) => "both-levels",
            Self::ClaimAdjustmentsInLines => "claim-adjustments-in-lines",
            Self::Repeated(..) => "adjustment-repeated",
            Self::SignTurned(..) => "adjustment-sign",
            Self::Superfluous(..) => "adjustment-superfluous",
            Self::Unadjusted(_) => "unadjusted",
            Self::PatientRepeated(_) => "patient-repeated",
            Self::PatientMissing(_) => "patient-missing",
            Self::InterestIncluded(_) => "interest-included",
            Self::InterestWithoutPlb(_) => "interest-without-plb",
            Self::InterestLeftOut(_) => "interest-left-out",
            Self::LineMissing(_) => "line-missing",
            Self::LineExtra(_) => "line-extra",
            Self::PaymentSignTurned => "payment-sign",
            Self::DecimalPoint => "decimal-point",
            Self::PlbSignsTurned => "plb-signs",
            Self::PlbLeftOut => "plb-left-out",
            Self::OnePlbSignTurned(..) => "plb-sign",
            Self::OnePlbLeftOut(..) => "one-plb-left-out",
            Self::ClaimsMissing(_) => "claims-missing",
            Self::ClaimLeftOut(..) => "claim-left-out",
            Self::ReversalLeftOut(..) => "reversal-left-out",
            Self::ReversalTwice(..) => "reversal-twice",
            Self::ClaimTwice(..) => "claim-twice",
            Self::ReversalWithPatient => "reversal-with-patient",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(element) => write!(f, "{element} is missing or no amount"),
            Self::SeveralPayments(count) => {
                write!(f, "there are {count} BPR, each with a payment: transactions may have run together")
            }
            Self::Cut => f.write_str("the file ends inside the transaction: ask the payer for the whole file"),
            Self::NoClaims => f.write_str("there is a payment but no claim: the claims may come in another file"),
            Self::Line(line) => write!(f, "line {line} is off by the same amount"),
            Self::Claim(claim, n) => write!(f, "claim {claim} (number {n}) is off by the same amount"),
            Self::BothLevels(code, amount) => {
                write!(f, "the adjustment {code} of {amount} stands at claim and at line level")
            }
            Self::ClaimAdjustmentsInLines => {
                f.write_str("what is adjusted at claim level was already taken off the lines' payments")
            }
            Self::Repeated(code, amount) => write!(f, "the adjustment {code} of {amount} stands twice"),
            Self::SignTurned(code, amount) => write!(f, "the adjustment {code} of {amount} has its sign turned"),
            Self::Superfluous(code, amount) => write!(f, "without the adjustment {code} of {amount} it would balance"),
            Self::Unadjusted(amount) => write!(f, "no adjustment says why {amount} was not paid"),
            Self::PatientRepeated(amount) => {
                write!(f, "this later payer repeats {amount} of patient responsibility that the payer before it set")
            }
            Self::PatientMissing(amount) => {
                write!(f, "CLP05 states {amount} of patient responsibility that no PR adjustment names")
            }
            Self::InterestIncluded(amount) => {
                write!(f, "the payment includes {amount} of interest, which belongs in a PLB L6")
            }
            Self::InterestWithoutPlb(amount) => write!(f, "{amount} of interest (AMT*I) is paid without a PLB L6"),
            Self::InterestLeftOut(amount) => write!(f, "{amount} of interest (PLB L6) is left out of the payment"),
            Self::LineMissing(charge) => write!(f, "a service line with a charge of {charge} is missing"),
            Self::LineExtra(charge) => write!(f, "the service lines charge {charge} more than the claim"),
            Self::PaymentSignTurned => f.write_str("the payment has its sign turned"),
            Self::DecimalPoint => f.write_str("the decimal point is off by two places"),
            Self::PlbSignsTurned => f.write_str("the PLB amounts have their sign turned: positive lowers the payment"),
            Self::PlbLeftOut => f.write_str("the payment leaves the PLB amounts out"),
            Self::OnePlbSignTurned(reason, amount) => {
                write!(f, "the PLB {reason} of {amount} has its sign turned: positive lowers the payment")
            }
            Self::OnePlbLeftOut(reason, amount) => write!(f, "the payment leaves the PLB {reason} of {amount} out"),
            Self::ClaimsMissing(count) => {
                write!(f, "TS3 counts {count} claims more than there are: claims are missing")
            }
            Self::ClaimLeftOut(claim, n) => write!(f, "the payment leaves claim {claim} (number {n}) out"),
            Self::ReversalLeftOut(claim, n) => write!(f, "the payment leaves the reversal {claim} (number {n}) out"),
            Self::ReversalTwice(claim, n) => {
                write!(f, "the payment takes the reversal {claim} (number {n}) back twice")
            }
            Self::ClaimTwice(claim, n) => {
                write!(
                    f,
                    "the payment counts claim {claim} (number {n}) twice, or a claim of the same amount is missing"
                )
            }
            Self::ReversalWithPatient => f.write_str("a reversal carries no CLP05"),
        }
    }
}

impl Serialize for Cause {
    /// Its words.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
