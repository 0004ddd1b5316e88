use super::*;
use crate::codes::{
    life::date,
    overlay::{LoadOptions, load},
};

fn day(text: &str) -> NaiveDate {
    date(text).unwrap()
}

#[test]
fn built_in_lists_check_codes_by_day() {
    let book = CodeBook::new();
    let check = |set, code, on| book.check(set, code, day(on));
    assert_eq!(check(CodeSet::Icd10Cm, "M5450", "2026-06-01"), Check::Valid);
    assert_eq!(check(CodeSet::Icd10Cm, "M545", "2026-06-01"), Check::NotBillable);
    assert_eq!(check(CodeSet::Icd10Cm, "M5451X", "2026-06-01"), Check::Unknown);
    assert_eq!(check(CodeSet::Icd10Cm, "M54.50", "2026-06-01"), Check::Malformed);
    assert_eq!(check(CodeSet::Icd10Cm, "M545", "2020-06-01"), Check::NotCovered);
    assert_eq!(check(CodeSet::Icd10Cm, "M545", "2025-12-01"), Check::NotBillable);
    assert_eq!(book.coverage(CodeSet::Icd10Cm, day("2025-12-01")), Coverage::Partly);
    assert_eq!(check(CodeSet::Hcpcs, "C9113", "2024-07-01"), Check::Stopped);
    assert_eq!(check(CodeSet::Hcpcs, "C9113", "2026-07-01"), Check::Stopped);
    assert_eq!(check(CodeSet::Hcpcs, "A0021", "2026-07-01"), Check::NotCovered);
    assert_eq!(check(CodeSet::Hcpcs, "A0021", "2024-07-01"), Check::Valid);
    assert_eq!(check(CodeSet::Cpt, "99213", "2026-07-01"), Check::NotCovered);
    assert_eq!(check(CodeSet::Carc, "15", "2018-04-30"), Check::Valid);
    assert_eq!(check(CodeSet::Carc, "15", "2018-05-01"), Check::Stopped);
    assert_eq!(check(CodeSet::Carc, "306", "2020-01-01"), Check::NotYet);
    assert_eq!(check(CodeSet::Carc, "999", "2026-01-01"), Check::Unknown);
    assert_eq!(check(CodeSet::ClaimStatus, "812", "2026-01-01"), Check::NotCovered);
    assert_eq!(check(CodeSet::PlaceOfService, "", "2026-01-01"), Check::Malformed);
}

#[test]
fn a_loaded_edition_takes_the_place_of_ours_on_its_days() {
    let csv = "code,billable,description\nM54.5,Y,An older text\nM54,N,A header\n";
    let options = LoadOptions { from: Some(day("2020-10-01")), to: Some(day("2021-09-30")), ..LoadOptions::default() };
    let book = CodeBook::new().with(load(csv.as_bytes(), "icd 2021.csv", options).unwrap());
    assert_eq!(book.check(CodeSet::Icd10Cm, "M545", day("2021-01-01")), Check::Valid);
    assert_eq!(book.check(CodeSet::Icd10Cm, "M5450", day("2021-01-01")), Check::Unknown);
    assert_eq!(book.check(CodeSet::Icd10Cm, "M5450", day("2026-06-01")), Check::Valid);
    assert_eq!(book.advice("M54", day("2021-01-01")).unwrap(), "M54 is not billable: it needs a 4th character (M54.5)");
    let entry = book.lookup(CodeSet::Icd10Cm, "m54.5", Some(day("2021-01-01"))).unwrap();
    assert_eq!((&*entry.title, entry.loaded.as_deref()), ("An older text", Some("icd 2021")));
    assert!(book.lookup(CodeSet::Icd10Cm, "I10", Some(day("2021-01-01"))).is_none());
    assert!(book.lookup(CodeSet::Icd10Cm, "I10", None).is_some());
    assert_eq!(book.entries(CodeSet::Icd10Cm).count(), 2);
}

#[test]
fn a_loaded_list_of_reasons_is_laid_over_ours() {
    let csv =
        "Code,Description,Start,Last Modified,Stop\n197,Licensed text,1/1/2007,,12/31/2030\nB99,New one,,,\n45,,,,\n";
    let book = CodeBook::new().with(load(csv.as_bytes(), "carc.csv", LoadOptions::default()).unwrap());
    let entry = book.lookup(CodeSet::Carc, "197", None).unwrap();
    assert_eq!((&*entry.title, entry.life.stop), ("Licensed text", Some(day("2030-12-31"))));
    assert!(entry.details.iter().any(|(name, _)| *name == "next step"));
    assert!(
        book.lookup(CodeSet::Carc, "45", None)
            .is_some_and(|entry| !entry.title.is_empty() && entry.life.start.is_some())
    );
    assert_eq!(book.check(CodeSet::Carc, "197", day("2031-01-01")), Check::Stopped);
    assert_eq!(book.check(CodeSet::Carc, "16", day("2026-01-01")), Check::Valid);
    let ours = CodeSet::Carc.entries().count();
    let all: Vec<_> = book.entries(CodeSet::Carc).map(|entry| entry.code.into_owned()).collect();
    assert_eq!(all.len(), ours + 1);
    assert!(all.is_sorted_by(|a, b| natural(a, b).is_lt()));
    assert_eq!(book.search(Some(CodeSet::Carc), "licensed TEXT").count(), 1);
    assert_eq!(book.search(None, "").count(), 0);
}
