//! One code of any set, so that all sets can be listed, shown and searched in one way.

use super::{Action, CodeSet, Life, carc, hcpcs, icd10cm, playbook, rarc, simple};
use serde::Serialize;
use std::borrow::Cow;

/// One code of any set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry<'a> {
    /// The set it is of.
    pub set: CodeSet,
    /// The code. ICD-10-CM stands without its dot, as on the wire.
    pub code: Cow<'a, str>,
    /// Its title; empty where we have none.
    pub title: Cow<'a, str>,
    /// When it may be used.
    pub life: Life,
    /// For diagnoses: whether it may be billed, or is only a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billable: Option<bool>,
    /// Further facts, named (`group`, `next step`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<(&'static str, Cow<'a, str>)>,
    /// The loaded list that it is of, or that its text and dates are of; none where it is built in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loaded: Option<Cow<'a, str>>,
}

impl<'a> Entry<'a> {
    pub(super) fn new(set: CodeSet, code: impl Into<Cow<'a, str>>, title: impl Into<Cow<'a, str>>, life: Life) -> Self {
        Self { set, code: code.into(), title: title.into(), life, billable: None, details: Vec::new(), loaded: None }
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        if !value.is_empty() {
            self.details.push((name, Cow::Borrowed(value)));
        }
        self
    }

    /// Whether every word, in lower case, stands in its title or code.
    pub(super) fn matches(&self, words: &[String]) -> bool {
        let title = self.title.to_lowercase();
        let code = self.code.to_lowercase();
        words.iter().all(|word| title.contains(word) || code == *word)
    }
}

impl CodeSet {
    /// The code of the built-in list. Case and outer spaces do not count, nor does the dot of a diagnosis.
    #[must_use]
    pub fn lookup(self, code: &str) -> Option<Entry<'static>> {
        let code = self.canonical(code);
        match self {
            Self::Carc => carc::lookup(&code).map(of_carc),
            Self::Rarc => rarc::lookup(&code).map(of_rarc),
            Self::Icd10Cm => icd10cm::lookup(&code).map(of_diagnosis),
            Self::Hcpcs => hcpcs::lookup(&code).map(of_hcpcs),
            _ => simple::find(self, &code).map(|row| of_simple(self, row)),
        }
    }

    /// All codes of the built-in list, stopped ones too, in order.
    #[must_use]
    pub fn entries(self) -> Box<dyn Iterator<Item = Entry<'static>>> {
        match self {
            Self::Carc => Box::new(carc::all().iter().map(of_carc)),
            Self::Rarc => Box::new(rarc::all().iter().map(of_rarc)),
            Self::Icd10Cm => Box::new(icd10cm::titled().map(|(code, title)| diagnosis(code, title))),
            Self::Hcpcs => Box::new(hcpcs::titled().map(|(code, title)| hcpcs_code(code, title))),
            _ => Box::new(simple::rows(self).iter().map(move |row| of_simple(self, row))),
        }
    }

    /// A code in the form that the lists have it.
    pub(super) fn canonical(self, code: &str) -> String {
        let code = code.trim().to_ascii_uppercase();
        if self == Self::Icd10Cm { icd10cm::undotted(&code).into_owned() } else { code }
    }
}

/// Every built-in code whose title holds all of these words, or is one of them; in one set, or in all.
/// Case does not count.
pub fn search(set: Option<CodeSet>, words: &str) -> impl Iterator<Item = Entry<'static>> {
    let words = lower_words(words);
    let sets: Vec<CodeSet> = set.map_or_else(|| CodeSet::all().collect(), |set| vec![set]);
    let none = words.is_empty();
    sets.into_iter().filter(move |_| !none).flat_map(CodeSet::entries).filter(move |entry| entry.matches(&words))
}

pub(super) fn lower_words(words: &str) -> Vec<String> {
    words.split_whitespace().map(str::to_lowercase).collect()
}

fn yes(flag: bool) -> &'static str {
    if flag { "yes" } else { "" }
}

fn of_carc(carc: &'static carc::Carc) -> Entry<'static> {
    let entry = Entry::new(CodeSet::Carc, carc.code, carc.title, carc.life)
        .with("only in groups", carc.groups)
        .with("remark code required", yes(carc.rarc_required))
        .with("policy reference", yes(carc.policy_ref))
        .with("scope", carc.scope)
        .with("category", carc.category)
        .with("see", carc.see);
    match playbook::lookup(carc.code) {
        Some(play) => entry
            .with("preventable", yes(play.preventable))
            .with("usual action", play.action.as_str())
            .with("otherwise", play.fallback.map_or("", Action::as_str))
            .with("next step", play.next_step),
        None => entry,
    }
}

fn of_rarc(rarc: &'static rarc::Rarc) -> Entry<'static> {
    Entry::new(CodeSet::Rarc, rarc.code, rarc.title, rarc.life).with("kind", rarc.kind)
}

fn of_simple(set: CodeSet, row: &'static simple::Simple) -> Entry<'static> {
    let entry = Entry::new(set, row.code, row.title, row.life);
    row.notes.iter().fold(entry, |entry, (name, value)| entry.with(name, value))
}

fn of_diagnosis(code: icd10cm::Diagnosis) -> Entry<'static> {
    let title = code.title();
    diagnosis(code, title)
}

fn diagnosis(code: icd10cm::Diagnosis, title: String) -> Entry<'static> {
    let mut entry = Entry::new(CodeSet::Icd10Cm, code.code, title, Life::default());
    entry.billable = Some(code.billable);
    entry
}

fn of_hcpcs(code: hcpcs::HcpcsCode) -> Entry<'static> {
    let title = code.title();
    hcpcs_code(code, title)
}

fn hcpcs_code(code: hcpcs::HcpcsCode, title: String) -> Entry<'static> {
    Entry::new(CodeSet::Hcpcs, code.code, title, code.life())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_is_listed_and_shown_in_one_way() {
        for set in CodeSet::all().filter(|set| !set.is_loaded_only()) {
            let first = set.entries().next().unwrap_or_else(|| panic!("{set} is empty"));
            assert_eq!(set.lookup(&first.code).as_ref(), Some(&first));
            assert!(set.lookup("no such code").is_none());
        }
        let home = CodeSet::PlaceOfService.lookup(" 12 ").unwrap();
        assert_eq!(home.title, "Home");
        assert_eq!(CodeSet::Rarc.lookup("n130").unwrap().code, "N130");
        assert_eq!(CodeSet::Icd10Cm.lookup("m54.50").unwrap().code, "M5450");
    }

    #[test]
    fn search_takes_all_words() {
        let found: Vec<_> = search(Some(CodeSet::Carc), "Authorization expired").collect();
        assert_eq!(found.iter().map(|entry| &*entry.code).collect::<Vec<_>>(), ["302"]);
        assert!(search(None, "deductible").any(|entry| entry.set == CodeSet::Carc && entry.code == "1"));
        assert!(search(None, "low back pain").any(|entry| entry.set == CodeSet::Icd10Cm));
        assert_eq!(search(None, "  ").count(), 0);
    }
}
