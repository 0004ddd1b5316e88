//! Holds the built-in code tables against the facts that they were made from. The facts are not part of the
//! project: where the variable `EDI_SHARED` names no folder that has them, the tests say so and pass.

// Clippy lets tests print and unwrap, but does not see that the functions beside them are of tests.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use edi_core::codes::{CodeSet, Entry, Life, carc, hcpcs, icd10cm, playbook, rarc};
use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::Read,
    path::PathBuf,
};

type Row = HashMap<String, String>;

/// The rows of a facts file; none where the facts are not there.
fn facts(name: &str) -> Option<Vec<Row>> {
    let Some(folder) = std::env::var_os("EDI_SHARED") else {
        println!("skipped: EDI_SHARED names no folder");
        return None;
    };
    let file = File::open(PathBuf::from(folder).join("codes").join(name)).unwrap();
    let text: Box<dyn Read> =
        if name.ends_with(".gz") { Box::new(flate2::read::GzDecoder::new(file)) } else { Box::new(file) };
    Some(csv::Reader::from_reader(text).deserialize().map(Result::unwrap).collect())
}

/// A life in the words of the facts: start or its window, last change, stop.
fn dates(life: &Life) -> [String; 3] {
    let text = |date: Option<chrono::NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
    let start = match life.start_by {
        Some(by) => format!("{}..{by}", text(life.start)),
        None => text(life.start),
    };
    [start, text(life.modified), text(life.stop)]
}

fn fact_dates(row: &Row) -> [String; 3] {
    let start = match row["start"].as_str() {
        "" => &row["start_window_if_unknown"],
        start => start,
    };
    [start.to_owned(), row["last_modified"].clone(), row["stop"].clone()]
}

fn yes(flag: bool) -> &'static str {
    if flag { "Y" } else { "N" }
}

/// The value of a named detail; empty where there is none.
fn detail<'a>(entry: &'a Entry<'_>, name: &str) -> &'a str {
    entry.details.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
}

#[test]
fn reason_codes_are_the_facts() {
    let Some(rows) = facts("carc.csv") else { return };
    assert_eq!(carc::all().len(), rows.len());
    for row in &rows {
        let ours = carc::lookup(&row["code"]).unwrap_or_else(|| panic!("{} is missing", row["code"]));
        assert_eq!(dates(&ours.life), fact_dates(row), "{}", ours.code);
        assert_eq!(!ours.life.ends(), row["status_2026_08"] == "current", "{}", ours.code);
        let got = [ours.groups, yes(ours.rarc_required), yes(ours.policy_ref), ours.scope, ours.category, ours.see];
        let names = [
            "group_restriction",
            "rarc_required",
            "policy_ref_hint",
            "scope",
            "category_own",
            "mentioned_codes_in_note",
        ];
        assert_eq!(got, names.map(|name| row[name].as_str()), "{}", ours.code);
        assert_eq!(ours.title.is_empty(), ours.life.ends(), "{}", ours.code);
    }
    assert_eq!(carc::all().iter().filter(|carc| !carc.title.is_empty()).count(), 297);
}

#[test]
fn remark_codes_are_the_facts() {
    let Some(rows) = facts("rarc.csv") else { return };
    assert_eq!(rarc::all().len(), rows.len());
    for row in &rows {
        let ours = rarc::lookup(&row["code"]).unwrap_or_else(|| panic!("{} is missing", row["code"]));
        assert_eq!(dates(&ours.life), fact_dates(row), "{}", ours.code);
        assert_eq!(!ours.life.ends(), row["status_2026_08"] == "current", "{}", ours.code);
        assert_eq!((yes(ours.alert), ours.kind), (&*row["alert"], &*row["kind"]), "{}", ours.code);
    }
    assert_eq!(rarc::all().iter().filter(|rarc| !rarc.life.ends() && !rarc.title.is_empty()).count(), 1137);
}

#[test]
fn the_playbook_is_the_facts() {
    let Some(rows) = facts("denial_playbook.csv") else { return };
    assert_eq!(playbook::all().len(), rows.len());
    for row in &rows {
        let ours = playbook::lookup(&row["code"]).unwrap();
        assert_eq!((ours.category, ours.preventable), (&*row["category"], row["preventable"] == "y"), "{}", ours.carc);
        let actions = (ours.action.as_str(), ours.fallback.map_or("", |action| action.as_str()));
        assert_eq!(actions, (&*row["typical_action"], &*row["fallback_action"]), "{}", ours.carc);
        assert_eq!(ours.tier.to_string(), row["frequency_tier"], "{}", ours.carc);
    }
}

#[test]
fn claim_status_codes_are_the_facts() {
    let Some(rows) = facts("claim_status_508.csv") else { return };
    assert_eq!(CodeSet::ClaimStatus.entries().count(), rows.len());
    for row in &rows {
        let ours = CodeSet::ClaimStatus.lookup(&row["code"]).unwrap();
        assert_eq!(
            dates(&ours.life),
            ["start", "last_modified", "stop"].map(|name| row[name].clone()),
            "{}",
            ours.code
        );
        assert_eq!(ours.title.is_empty(), ours.life.ends(), "{}", ours.code);
        assert_eq!(!detail(&ours, "entity").is_empty(), row["entity_code_required"] == "Y", "{}", ours.code);
    }
    let rows = facts("claim_status_category_507.csv").unwrap();
    assert_eq!(CodeSet::ClaimStatusCategory.entries().count(), rows.len());
    for row in &rows {
        let ours = CodeSet::ClaimStatusCategory.lookup(&row["code"]).unwrap();
        assert_eq!(dates(&ours.life), [row["start"].clone(), String::new(), row["stop"].clone()], "{}", ours.code);
        assert_eq!(detail(&ours, "family"), row["family"], "{}", ours.code);
    }
}

/// The facts name some sets otherwise, and put two frequencies into one.
fn small_set(row: &Row) -> CodeSet {
    let name = match (row["set"].as_str(), row["where"].starts_with("837I")) {
        ("claim_frequency", true) => "bill-frequency",
        ("claim_status", _) => "clp02",
        ("plb_adjustment", _) => "plb",
        ("claim_filing_indicator", _) => "filing-indicator",
        ("code_list_qualifier", _) => "remark-qualifier",
        ("yes_no_na", _) => "benefits-assignment",
        (name, _) => name,
    };
    CodeSet::from_name(name).unwrap_or_else(|| panic!("no set {name}"))
}

/// Every fact is in our set, and our set has nothing else.
fn assert_same_codes(facts: impl IntoIterator<Item = (CodeSet, String)>) {
    let mut sets: HashMap<CodeSet, HashSet<String>> = HashMap::new();
    for (set, code) in facts {
        sets.entry(set).or_default().insert(code);
    }
    for (set, codes) in sets {
        let ours: HashSet<String> = set.entries().map(|entry| entry.code.into_owned()).collect();
        assert_eq!(ours, codes, "{set}");
    }
}

#[test]
fn the_other_sets_are_the_facts() {
    let Some(rows) = facts("small_code_sets.csv") else { return };
    assert_same_codes(rows.iter().map(|row| (small_set(row), row["code"].clone())));
    let files = [
        ("claim_adjustment_group_codes.csv", CodeSet::Group),
        ("place_of_service.csv", CodeSet::PlaceOfService),
        ("modifiers.csv", CodeSet::Modifier),
        ("states.csv", CodeSet::State),
    ];
    for (file, set) in files {
        assert_same_codes(facts(file).unwrap().iter().map(|row| (set, row["code"].clone())));
    }
    assert_same_codes(facts("ack_codes.csv").unwrap().iter().map(|row| {
        let element = row["element"].split([' ', '/']).next().unwrap();
        (CodeSet::from_name(element).unwrap(), row["code"].clone())
    }));
    for row in facts("modifiers.csv").unwrap() {
        let ours = CodeSet::Modifier.lookup(&row["code"]).unwrap();
        assert_eq!((detail(&ours, "family"), detail(&ours, "group")), (&*row["family"], &*row["group"]));
    }
}

#[test]
fn diagnoses_and_hcpcs_are_the_facts() {
    let Some(rows) = facts("icd10cm_2026_apr.csv.gz") else { return };
    assert_eq!(icd10cm::all().count(), rows.len());
    let titles: HashMap<_, _> = CodeSet::Icd10Cm.entries().map(|entry| (entry.code.clone(), entry.title)).collect();
    for row in &rows {
        let ours = icd10cm::lookup(&row["code"]).unwrap_or_else(|| panic!("{} is missing", row["code"]));
        assert_eq!(yes(ours.billable), row["billable"], "{}", ours.code);
        assert_eq!(titles[ours.code], row["title"], "{}", ours.code);
    }
    let rows = facts("hcpcs_level2.csv.gz").unwrap();
    assert_eq!(hcpcs::all().count(), rows.len());
    for row in &rows {
        let ours = hcpcs::lookup(&row["code"]).unwrap_or_else(|| panic!("{} is missing", row["code"]));
        let text = |date: Option<chrono::NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
        assert_eq!((text(ours.added), text(ours.terminated)), (row["added"].clone(), row["terminated"].clone()));
        assert_eq!(ours.title(), row["short_description"], "{}", ours.code);
    }
}

/// Lower-case words without punctuation, and without the word that opens every alert.
fn normalized(text: &str) -> String {
    let words = text.to_lowercase();
    let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ").trim_start_matches("alert ").to_owned()
}

/// What is published is not ours to ship: no title of ours is a published text.
#[test]
fn no_title_is_a_published_text() {
    let Some(carcs) = facts("reference/carc_published_text.csv") else { return };
    let rarcs = facts("reference/rarc_published_text.csv").unwrap();
    let statuses = facts("reference/claim_status_508_published_text.csv").unwrap();
    let published: HashSet<String> = (carcs.iter().chain(&rarcs).map(|row| &row["published_description"]))
        .chain(statuses.iter().map(|row| &row["text"]))
        .map(|text| normalized(text))
        .collect();
    let sets = [CodeSet::Carc, CodeSet::Rarc, CodeSet::ClaimStatus, CodeSet::ClaimStatusCategory];
    let copied: Vec<_> = (sets.into_iter().flat_map(CodeSet::entries))
        .filter(|entry| !entry.title.is_empty() && published.contains(&normalized(&entry.title)))
        .map(|entry| (entry.set, entry.code, entry.title))
        .collect();
    assert!(copied.is_empty(), "{copied:?}");
}
