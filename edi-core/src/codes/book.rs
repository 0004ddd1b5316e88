//! All code sets, with the loaded lists laid over the built-in ones.

use super::{
    CodeSet, CodeState, Coverage, Entry, Life, Overlay, carc,
    entry::lower_words,
    hcpcs, icd10cm, natural, overlay,
    overlay::{LoadError, Loaded},
    rarc, simple,
};
use chrono::NaiveDate;
use serde::Serialize;
use std::{borrow::Cow, path::Path};

/// What the lists say about a code on a day of service. Nothing of it is a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// It may be used.
    Valid,
    /// It is a header: more specific codes exist.
    NotBillable,
    /// It starts later.
    NotYet,
    /// It had ended.
    Stopped,
    /// The list that speaks for the day does not have it.
    Unknown,
    /// No list speaks for the day: its shape is right, and that is all that was checked.
    NotCovered,
    /// It cannot be a code of the set.
    Malformed,
}

/// What a list knows of a code, whatever the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// It cannot be a code of the set.
    Malformed,
    /// Its dates, and whether it is billable, where the list has it; and whether it lies past the end of our list.
    Code { facts: Option<(Life, Option<bool>)>, past: bool },
}

/// All code sets, with the loaded lists laid over the built-in ones: text and dates of a loaded list win.
#[derive(Debug, Clone, Default)]
pub struct CodeBook {
    overlays: Vec<Overlay>,
}

impl CodeBook {
    /// The built-in lists alone.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The built-in lists, and over them those that a folder keeps.
    ///
    /// # Errors
    /// As [`overlay::read_folder`].
    pub fn with_folder(folder: &Path) -> Result<Self, LoadError> {
        Ok(Self { overlays: overlay::read_folder(folder)? })
    }

    /// With one more list, which wins over those before it.
    #[must_use]
    pub fn with(mut self, overlay: Overlay) -> Self {
        self.overlays.push(overlay);
        self
    }

    /// The loaded lists.
    #[must_use]
    pub fn overlays(&self) -> &[Overlay] {
        &self.overlays
    }

    /// The loaded list that speaks for a day, or any of the set where no day is given: the one that begins
    /// latest, and of those the one that was added last.
    fn overlay(&self, set: CodeSet, day: Option<NaiveDate>) -> Option<&Overlay> {
        let speaks = |list: &&Overlay| list.set == set && day.is_none_or(|day| list.covers(day));
        self.overlays.iter().filter(speaks).max_by_key(|list| list.from)
    }

    /// How far our lists speak for a day of service.
    #[must_use]
    pub fn coverage(&self, set: CodeSet, day: NaiveDate) -> Coverage {
        match set {
            _ if self.overlay(set, Some(day)).is_some() => Coverage::Whole,
            CodeSet::Icd10Cm => icd10cm::coverage(day),
            CodeSet::Hcpcs => hcpcs::coverage(day),
            CodeSet::Taxonomy | CodeSet::Cpt => Coverage::Outside,
            _ => Coverage::Whole,
        }
    }

    /// Checks a code of the wire, as it stands, on a day of service. Cheap: no title is looked at.
    ///
    /// Where [`coverage`](Self::coverage) is only partly, the answer is likely, not sure.
    #[must_use]
    pub fn check(&self, set: CodeSet, code: &str, day: NaiveDate) -> Check {
        self.judge(set, self.known(set, code, day), day)
    }

    /// What the list that speaks for a day knows of a code. Where no list of the set was loaded, it is the same on
    /// all days.
    pub(crate) fn known(&self, set: CodeSet, code: &str, day: NaiveDate) -> Known {
        match set.is_shape(code) {
            true => Known::Code { facts: self.facts(set, code, day), past: is_past_the_list(set, code) },
            false => Known::Malformed,
        }
    }

    /// Whether a list of the set was loaded.
    pub(crate) fn has_loaded(&self, set: CodeSet) -> bool {
        self.overlays.iter().any(|list| list.set == set)
    }

    /// Checks what is known of a code on a day of service.
    pub(crate) fn judge(&self, set: CodeSet, known: Known, day: NaiveDate) -> Check {
        let Known::Code { facts, past } = known else { return Check::Malformed };
        let state = facts.map(|(life, _)| life.state_on(day));
        match (state, facts) {
            // A list knows that a code has ended even for days after it.
            (Some(CodeState::Stopped), _) => Check::Stopped,
            _ if past || self.coverage(set, day) == Coverage::Outside => Check::NotCovered,
            (Some(CodeState::NotYet), _) => Check::NotYet,
            (_, Some((_, Some(false)))) => Check::NotBillable,
            (Some(CodeState::Current), _) => Check::Valid,
            (None, _) => Check::Unknown,
        }
    }

    /// Dates of a code, and whether it is billable, by the list that speaks for the day.
    fn facts(&self, set: CodeSet, code: &str, day: NaiveDate) -> Option<(Life, Option<bool>)> {
        let overlay = self.overlay(set, Some(day));
        let loaded = overlay.and_then(|list| list.lookup(code)).map(|entry| (entry.life, entry.billable));
        match overlay {
            Some(_) if is_edition(set) => loaded,
            _ => loaded.or_else(|| built_in(set, code)),
        }
    }

    /// The code, by the list that speaks for the day, or by any where no day is given. Case and outer spaces
    /// do not count, nor does the dot of a diagnosis.
    #[must_use]
    pub fn lookup(&self, set: CodeSet, code: &str, day: Option<NaiveDate>) -> Option<Entry<'_>> {
        let overlay = self.overlay(set, day);
        match overlay.and_then(|list| Some((list, list.lookup(&set.canonical(code))?))) {
            Some((list, loaded)) => Some(laid_over(list, loaded)),
            None if day.is_some() && overlay.is_some() && is_edition(set) => None,
            None => set.lookup(code),
        }
    }

    /// All codes of a set, in order. A loaded edition of diagnoses or procedures takes the place of the
    /// built-in one; other lists are laid over it.
    #[must_use]
    pub fn entries(&self, set: CodeSet) -> Box<dyn Iterator<Item = Entry<'_>> + '_> {
        let Some(list) = self.overlay(set, None) else { return Box::new(set.entries().map(shorter)) };
        let loaded = list.entries().iter().map(move |entry| laid_over(list, entry));
        if is_edition(set) {
            return Box::new(loaded);
        }
        let rest = set.entries().filter(|entry| list.lookup(&entry.code).is_none()).map(shorter);
        let mut all: Vec<Entry<'_>> = loaded.chain(rest).collect();
        all.sort_by(|a, b| natural(&a.code, &b.code));
        Box::new(all.into_iter())
    }

    /// Every code whose title holds all of these words, or is one of them; in one set, or in all.
    pub fn search(&self, set: Option<CodeSet>, words: &str) -> impl Iterator<Item = Entry<'_>> {
        let words = lower_words(words);
        let sets = CodeSet::all().filter(move |one| set.is_none_or(|set| set == *one));
        let sets = sets.take(if words.is_empty() { 0 } else { usize::MAX });
        sets.flat_map(|set| self.entries(set)).filter(move |entry| entry.matches(&words))
    }

    /// What to use instead of a header of ICD-10-CM on that day; none for other codes. See [`icd10cm::advice`].
    #[must_use]
    pub fn advice(&self, code: &str, day: NaiveDate) -> Option<String> {
        let Some(list) = self.overlay(CodeSet::Icd10Cm, Some(day)) else { return icd10cm::advice(code) };
        let header = list.lookup(&icd10cm::undotted(code)).filter(|entry| entry.billable == Some(false))?;
        let codes: Vec<&str> = (list.with_prefix(&header.code))
            .filter(|entry| entry.billable == Some(true))
            .map(|entry| entry.code.as_str())
            .collect();
        Some(icd10cm::advise(&header.code, &codes))
    }
}

/// Whether a set is published whole, edition by edition, so that a loaded list takes the place of ours.
fn is_edition(set: CodeSet) -> bool {
    matches!(set, CodeSet::Icd10Cm | CodeSet::Hcpcs | CodeSet::Taxonomy | CodeSet::Cpt)
}

/// Our list of claim status codes ends at 799, while the published one goes on.
fn is_past_the_list(set: CodeSet, code: &str) -> bool {
    set == CodeSet::ClaimStatus && code.parse::<u32>().is_ok_and(|number| number > 799)
}

fn built_in(set: CodeSet, code: &str) -> Option<(Life, Option<bool>)> {
    match set {
        CodeSet::Carc => carc::lookup(code).map(|entry| (entry.life, None)),
        CodeSet::Rarc => rarc::lookup(code).map(|entry| (entry.life, None)),
        CodeSet::Icd10Cm => icd10cm::lookup(code).map(|entry| (Life::default(), Some(entry.billable))),
        CodeSet::Hcpcs => hcpcs::lookup(code).map(|entry| (entry.life(), None)),
        _ => simple::find(set, code).map(|row| (row.life, None)),
    }
}

/// A built-in entry beside loaded ones: an iterator's items have one lifetime, and it does not shrink by itself.
fn shorter<'a>(entry: Entry<'static>) -> Entry<'a> {
    entry
}

/// The built-in code with text and dates of a loaded list; what that list does not say stays.
fn laid_over<'a>(list: &'a Overlay, loaded: &'a Loaded) -> Entry<'a> {
    let blank = || Entry::new(list.set, loaded.code.as_str(), "", Life::default());
    let base: Entry<'a> = list.set.lookup(&loaded.code).unwrap_or_else(blank);
    let says_dates = loaded.life != Life::default();
    Entry {
        title: if loaded.title.is_empty() { base.title } else { Cow::Borrowed(&loaded.title) },
        life: if says_dates { loaded.life } else { base.life },
        billable: loaded.billable.or(base.billable),
        loaded: Some(Cow::Borrowed(&list.version)),
        ..base
    }
}

#[cfg(test)]
mod tests;
