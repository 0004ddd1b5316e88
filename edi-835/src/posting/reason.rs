//! Why an answer is held, and what is worth a warning.

use edi_core::Text;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What kind of reason holds an answer. Its name is stable, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// B1, B2: the claim does not add up.
    Unbalanced,
    /// B3: the remittance does not add up.
    RemittanceUnbalanced,
    /// An amount has a fraction of a cent or is out of range.
    AmountUnusable,
    /// The transaction was cut.
    Cut,
    /// ISA15 is T.
    TestFile,
    /// BPR03 is D.
    Debit,
    /// The payment is to somebody else.
    PayeeNotOurs,
    /// The same payment with other content.
    OtherContent,
    /// No payer of ours has these identifiers.
    PayerNotMapped,
    /// The payer is not on the claim.
    PayerNotOnClaim,
    /// No claim of ours has this number.
    ClaimUnmatched,
    /// The numbers point to different claims.
    ClaimAmbiguous,
    /// A line is none of ours.
    LineUnmatched,
    /// A line could be several of ours.
    LineAmbiguous,
    /// A procedure that we did not bill.
    ProcedureNotBilled,
    /// The charge is not what we billed.
    ChargeDiffers,
    /// The payer says another place in the order of payers than the claim does.
    StatusOutOfSequence,
    /// CLP02 5, or one that the guide does not list.
    StatusUnknown,
    /// CLP02 4 without a reason code.
    DenialWithoutReason,
    /// 23 or 25 with a payment.
    StatusWithMoney,
    /// A reason code that no list has.
    UnknownReason,
    /// A group code that no list has, or that the reason may not stand with.
    UnknownGroup,
    /// Nothing says how an adjustment posts.
    NoRule,
    /// CO-45 for the whole charge.
    FullChargeContractual,
    /// A later payer before an earlier one.
    BeforeEarlierPayer,
    /// OA-23 is not what earlier payers paid and what was written off for them.
    EarlierPayersDiffer,
    /// Answered already, without a reversal.
    Duplicate,
    /// A reversal of something that was not posted.
    ReversalWithoutOriginal,
    /// A reversal that is not the original with its signs turned.
    ReversalDiffers,
    /// A reversal after a later payer has paid.
    LaterPayerPaid,
    /// Its reversal or correction is held.
    PairHeld,
    /// A correction of an answer that is not here yet.
    CorrectionWithoutOriginal,
    /// A payer would be owed money.
    PayerCredit,
    /// The patient may not be billed for this.
    PatientBarred,
    /// OA-209, and no further payer.
    NoNextPayer,
    /// Interest among the adjustments.
    InterestAsAdjustment,
    /// A recovery without an open item.
    NoOpenItem,
    /// A provider-level code that the list does not have.
    UnknownProviderCode,
    /// A rule of the office.
    OfficeRule,
    /// A payer allowed another amount than its contract says.
    ContractDiffers,
    /// More claims of the remittance belong together than are planned together.
    TooManyRelated,
    /// A replacement or void of a claim that is not here.
    OriginalClaimUnknown,
    /// The claim number belongs to another patient's claim.
    ClaimNumberTaken,
    /// A submission names no billing provider, or a payer without an id.
    PartyMissing,
    /// The lines of a submission do not sum to its charge.
    LinesDiffer,
}

impl Cause {
    /// The stable name (`charge-differs`).
    #[must_use]
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Whether a person may post in spite of it: the money adds up and belongs to a known claim and payer.
    #[must_use]
    pub fn may_be_accepted(self) -> bool {
        matches!(
            self,
            Self::StatusOutOfSequence
                | Self::DenialWithoutReason
                | Self::NoRule
                | Self::UnknownReason
                | Self::FullChargeContractual
                | Self::BeforeEarlierPayer
                | Self::EarlierPayersDiffer
                | Self::Duplicate
                | Self::CorrectionWithoutOriginal
                | Self::LaterPayerPaid
                | Self::PayerCredit
                | Self::PatientBarred
                | Self::OfficeRule
                | Self::ContractDiffers
                | Self::PairHeld
                | Self::NoOpenItem
                | Self::UnknownProviderCode
        )
    }
}

/// One reason for a hold. Its words name claims and codes, never persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Rule of the rule book (`C2`).
    pub rule: Cow<'static, str>,
    /// Kind of the reason.
    pub cause: Cause,
    /// What is wrong, with both sides, and what to do.
    pub words: String,
    /// What would be posted instead, where the ledger tells (`CO-45 10.00`); empty otherwise.
    pub proposal: Text,
}

impl Reason {
    /// A reason.
    #[must_use]
    pub fn new(rule: &'static str, cause: Cause, words: impl Into<String>) -> Self {
        Self { rule: rule.into(), cause, words: words.into(), proposal: Text::default() }
    }

    /// With a proposal.
    #[must_use]
    pub fn proposing(mut self, proposal: impl Into<Text>) -> Self {
        self.proposal = proposal.into();
        self
    }
}

/// Something that is posted all the same, and worth a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Rule of the rule book.
    pub rule: &'static str,
    /// What is odd.
    pub words: String,
}

impl Warning {
    /// A warning.
    #[must_use]
    pub fn new(rule: &'static str, words: impl Into<String>) -> Self {
        Self { rule, words: words.into() }
    }
}
