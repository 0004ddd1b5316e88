//! Segments of a remittance, from the values that matter.

use crate::model::{Detail, Details, Kept};
use chrono::NaiveDate;
use edi_core::segment::{Amt, Cas, CasEntry, Dtm, N3, N4, Nm1, Ref};
use edi_core::{Money, Text, Wire};

/// CAS segments: one for each group and six triplets, in the order of the groups' first adjustments.
pub(super) fn cas(adjustments: &[(Text, Text, Money)]) -> impl Iterator<Item = Detail> {
    const TRIPLETS: usize = 6;
    let mut segments: Vec<Cas> = Vec::new();
    for (group, reason, amount) in adjustments {
        let entry = CasEntry { reason: reason.clone(), amount: amount.canonical().into(), quantity: Wire::Absent };
        match segments.iter_mut().rfind(|cas| cas.group == *group && cas.entries.len() < TRIPLETS) {
            Some(cas) => cas.entries.push(entry),
            None => segments.push(Cas { group: group.clone(), entries: vec![entry] }),
        }
    }
    segments.into_iter().map(|cas| Detail::Cas(cas.into()))
}

pub(super) fn nm1(name: Nm1) -> Detail {
    Detail::Nm1(Box::new(Kept::from(name)))
}

pub(super) fn reference(qualifier: &str, value: &Text) -> Detail {
    Detail::Ref(Ref { qualifier: qualifier.into(), value: value.clone(), ..Ref::default() }.into())
}

pub(super) fn date(qualifier: &str, date: NaiveDate) -> Detail {
    Detail::Dtm(Dtm { qualifier: qualifier.into(), date: date.into(), ..Dtm::default() }.into())
}

pub(super) fn amount(qualifier: &str, amount: Money) -> Detail {
    let amt = Amt { qualifier: qualifier.into(), amount: amount.canonical().into(), ..Amt::default() };
    Detail::Amt(amt.into())
}

pub(super) fn address(line: &str, city: &str, state: &str, zip: &str) -> Details {
    let n3 = N3 { line1: line.into(), ..N3::default() };
    let n4 = N4 { city: city.into(), state: state.into(), zip: zip.into(), ..N4::default() };
    Details(vec![Detail::N3(n3.into()), Detail::N4(Box::new(n4.into()))])
}
