//! The first reading of a file: each remittance's proof, and which of its claims belong together.

use super::amounts::cents;
use super::reason::{Cause, Reason};
use crate::balance::{RemittanceProof, TransactionBalance};
use crate::ledger::Result;
use crate::model::{ClaimPayment, Remittance, Totals};
use crate::read::{RemittanceEvent, RemittanceReader};
use edi_core::{Money, Text};
use sha2::{Digest, Sha256};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::{self, BufRead, Read};

/// How many claims of one remittance are remembered by their numbers.
const REMEMBERED: usize = 1 << 22;
/// How many claims of one remittance may belong to others of it: they are planned together, from memory.
const RELATED: usize = 50_000;

/// A reader that hashes what passes.
pub(super) struct Hashing<R> {
    inner: R,
    hash: Sha256,
}

impl<R: BufRead> Hashing<R> {
    pub fn new(inner: R) -> Self {
        Self { inner, hash: Sha256::new() }
    }

    /// The hash in hexadecimal.
    pub fn finish(self) -> Text {
        self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl<R: BufRead> Read for Hashing<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.hash.update(&out[..count]);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Hashing<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Ok(buffer) = self.inner.fill_buf() {
            self.hash.update(&buffer[..amount.min(buffer.len())]);
        }
        self.inner.consume(amount);
    }
}

/// What the first reading found of a remittance.
pub(super) struct Proven {
    /// Its proof, or why there is none.
    pub proof: std::result::Result<RemittanceProof, Reason>,
    /// Content hash.
    pub content: Text,
    /// How many claims it has.
    pub claims: u64,
    /// Each of its claims adds up (B1, B2).
    pub claims_balanced: bool,
    /// First and last segment.
    pub segments: (u64, u64),
    /// Which of its claims belong together.
    pub related: Related,
    /// Warnings about the whole.
    pub warnings: Vec<String>,
}

/// Claims of a remittance that belong together: reversals and what stands beside them, and claims that come in
/// several parts. By short hashes of their numbers, four bytes a claim: a collision only plans two claims together
/// that need not be.
#[derive(Default)]
pub(super) struct Related {
    /// Of CLP01, twice of a reversal: of all claims at first, then in order those that were there more than once.
    keys: Vec<u32>,
    /// Of CLP07 of the reversals.
    numbers: Vec<u32>,
    count: usize,
}

impl Related {
    fn push(&mut self, claim: &ClaimPayment) {
        let key = hash(&claim.clp.key);
        if claim.is_reversal() {
            self.keys.push(key);
            self.numbers.push(hash(&claim.clp.payer_claim_number));
        }
        if claim.is_reversal() || self.keys.len() < REMEMBERED {
            self.keys.push(key);
        }
    }

    /// Forgets the claims that stand alone.
    fn finish(&mut self) {
        let nothing = [hash(""), hash("0")];
        self.keys.sort_unstable();
        let again = self.keys.chunk_by(|one, other| one == other).filter(|same| same.len() > 1);
        let again: Vec<&[u32]> = again.filter(|same| !nothing.contains(&same[0])).collect();
        self.numbers.retain(|number| *number != nothing[0]);
        self.count = again.iter().map(|same| same.len()).sum::<usize>() + self.numbers.len();
        self.keys = again.into_iter().map(|same| same[0]).collect();
        self.numbers.sort_unstable();
    }

    /// Whether a claim has to be planned with others of its remittance.
    pub fn contains(&self, key: &str, numbers: [&str; 2]) -> bool {
        let within = |hashes: &[u32], text: &str| !hashes.is_empty() && hashes.binary_search(&hash(text)).is_ok();
        within(&self.keys, key) || numbers.iter().any(|number| within(&self.numbers, number))
    }
}

fn hash(text: &str) -> u32 {
    let long = BuildHasherDefault::<DefaultHasher>::default().hash_one(text);
    u32::try_from(long >> 32).unwrap_or_default()
}

/// Reads a file once: a proof, or the reason of its absence, for each remittance in order; and the file's hash.
pub(super) fn prove<R: BufRead>(input: R) -> Result<(Vec<Proven>, Text)> {
    let mut hashing = Hashing::new(input);
    let mut all = Vec::new();
    let mut open: Option<(TransactionBalance, Related, Option<Reason>)> = None; // of the remittance in work
    for event in RemittanceReader::new(&mut hashing)? {
        match event? {
            RemittanceEvent::Header(remittance) => {
                open = Some((TransactionBalance::new(&remittance), Related::default(), header_fault(&remittance)));
            }
            RemittanceEvent::Claim(claim) => {
                if let Some((balance, related, fault)) = &mut open {
                    balance.push(&claim);
                    related.push(&claim);
                    if fault.is_none() {
                        *fault = unusable("CLP04", claim.paid());
                    }
                }
            }
            RemittanceEvent::End(totals) => {
                if let Some((balance, related, fault)) = open.take() {
                    all.push(proven(balance, related, fault, &totals));
                }
            }
        }
    }
    drain(&mut hashing)?;
    Ok((all, hashing.finish()))
}

/// Reads what is behind the last segment, so that the hash is of the whole file, or of what there is of a cut one.
pub(super) fn drain<R: BufRead>(input: &mut R) -> Result<()> {
    match io::copy(input, &mut io::sink()) {
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(error.into()),
        _ => Ok(()),
    }
}

fn proven(balance: TransactionBalance, mut related: Related, fault: Option<Reason>, totals: &Totals) -> Proven {
    let balance = balance.finish(totals);
    related.finish();
    let too_many = (related.count > RELATED).then(|| {
        let words =
            format!("more than {RELATED} of its claims reverse or repeat one another: ask the payer to split it");
        Reason::new("V2", Cause::TooManyRelated, words)
    });
    let unproved = || {
        let words = balance.deltas.last().map_or_else(String::new, ToString::to_string);
        Reason::new("B3", Cause::RemittanceUnbalanced, words)
    };
    let plb = || totals.provider_adjustments().find_map(|(_, entry)| unusable("a PLB amount", entry.amount.or_zero()));
    let proof = match (fault.or(too_many).or_else(plb), balance.proof.clone()) {
        (Some(reason), _) => Err(reason),
        (None, Some(proof)) => Ok(proof),
        (None, None) => Err(unproved()),
    };
    Proven {
        proof,
        content: totals.hash.to_string().into(),
        claims: balance.claims,
        claims_balanced: balance.unbalanced_claims == 0,
        segments: (totals.span.first_segment, totals.span.last_segment),
        related,
        warnings: balance.warnings.iter().map(ToString::to_string).collect(),
    }
}

/// B5: what a claim was paid must be whole cents, or clearing could not come to zero.
fn unusable(element: &str, amount: Money) -> Option<Reason> {
    let words = || format!("{element} is {amount}: it has a fraction of a cent or is out of range");
    cents(amount).is_none().then(|| Reason::new("B5", Cause::AmountUnusable, words()))
}

/// What holds a remittance whatever it holds: a test, a debit.
fn header_fault(remittance: &Remittance) -> Option<Reason> {
    if remittance.is_test() {
        let words = "ISA15 is T: a test file is never posted";
        return Some(Reason::new("HELD", Cause::TestFile, words));
    }
    let debit = remittance.payment().is_some_and(|bpr| bpr.flag == "D");
    let words = "BPR03 is D: the payer takes money from us, it does not pay";
    debit.then(|| Reason::new("HELD", Cause::Debit, words))
}
