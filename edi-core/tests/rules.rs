//! The rules of meaning, proved by mutation: `testdata/rules/*.mutations` says how to break clean files, and what
//! must be found where. Each rule is named there with at least one fault and one boundary that is clean.

use edi_core::Finding;
use edi_core::ack::{AckCode, code_of};
use edi_core::envelope::EnvelopeReader;
use edi_core::finding::Kind;
use edi_core::guide::{Checker, Guides};
use edi_core::reader::Reader;
use edi_core::rules::{self, RuleChecker, RuleOptions};
use pretty_assertions::assert_eq;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/rules")
}

/// All findings of SNIP types 1 to 6.
fn check(text: &str) -> Vec<Finding> {
    check_with(text, RuleOptions::default())
}

fn check_with(text: &str, options: RuleOptions) -> Vec<Finding> {
    let mut reader = EnvelopeReader::new(Reader::new(text.as_bytes()).unwrap());
    let (mut guide, mut rules) = (Checker::new(Guides::built_in()), RuleChecker::with_options(options));
    let mut found = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        guide.push(&event);
        rules.push(&event, &guide);
        found.extend(guide.take_findings());
        found.extend(rules.take_findings());
    }
    found.extend(reader.take_findings());
    found
}

/// One mutation: a rule, whether it is broken, edits of a clean file, and what must be found.
#[derive(Debug, Default)]
struct Mutation {
    rule: String,
    base: String,
    title: String,
    edits: Vec<(char, String, String)>,
    /// The segment (by how it begins) and the element (`02`, `07-2`, `00` for the segment).
    at: Option<(String, String)>,
    /// What a 999 says: the code, and for a segment that is missing its id.
    code: String,
    /// Rules that this mutation breaks too.
    companions: BTreeSet<String>,
}

/// The mutations of a file. `[RULE] base` begins a rule, `x words` a fault, `o words` a boundary; then edits, each
/// of one segment that is named by how it begins (`#2`: the second such): `old => new`, `- gone`, `+ before => added`; `@ segment element`
/// and `999 code` say what is found, `& RULE` what is found beside it.
fn mutations(text: &str) -> Vec<Mutation> {
    let (mut all, mut rule, mut base) = (Vec::<Mutation>::new(), String::new(), String::new());
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some((id, file)) = line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
            (rule, base) = (id.to_owned(), file.to_owned());
            continue;
        }
        if let Some(title) = line.strip_prefix("x ").or(line.strip_prefix("o ")) {
            let (rule, base) = (rule.clone(), base.clone());
            all.push(Mutation { rule, base, title: format!("{} {title}", &line[..1]), ..Mutation::default() });
            continue;
        }
        let it = all.last_mut().unwrap();
        let line = line.trim_start();
        if let Some(place) = line.strip_prefix("@ ") {
            let (segment, element) = place.rsplit_once(' ').unwrap();
            it.at = Some((segment.to_owned(), element.to_owned()));
        } else if let Some(code) = line.strip_prefix("999 ") {
            code.clone_into(&mut it.code);
        } else if let Some(other) = line.strip_prefix("& ") {
            it.companions.insert(other.to_owned());
        } else if let Some(gone) = line.strip_prefix("- ") {
            it.edits.push(('-', gone.to_owned(), String::new()));
        } else {
            let (kind, rest) = line.strip_prefix("+ ").map_or(('=', line), |rest| ('+', rest));
            let (old, new) = rest.split_once(" => ").unwrap_or_else(|| panic!("{line}"));
            it.edits.push((kind, old.to_owned(), new.to_owned()));
        }
    }
    all
}

/// The segment that begins so; `#2` behind it means the second such.
fn only(segments: &[String], start: &str) -> Result<usize, String> {
    let (start, nth) = start.rsplit_once('#').map_or((start, 0), |(start, nth)| (start, nth.parse().unwrap()));
    let hits: Vec<usize> = (0..segments.len()).filter(|i| segments[*i].starts_with(start)).collect();
    let hit = if nth > 0 || hits.len() == 1 { hits.get(usize::max(nth, 1) - 1) } else { None };
    hit.copied().ok_or_else(|| format!("{} segments begin with {start}", hits.len()))
}

/// The file after the edits, with SE01 counted anew.
fn mutated(mutation: &Mutation) -> Result<Vec<String>, String> {
    let text = std::fs::read_to_string(folder().join(&mutation.base)).unwrap();
    let mut segments: Vec<String> = text.split_terminator("~\n").map(str::to_owned).collect();
    for (kind, old, new) in &mutation.edits {
        let at = only(&segments, old)?;
        match kind {
            '-' => drop(segments.remove(at)),
            '+' => drop(segments.splice(at + 1..at + 1, new.split('~').map(str::to_owned))),
            _ => {
                let old = old.rsplit_once('#').map_or(old.as_str(), |(old, _)| old);
                segments[at] = segments[at].replacen(old, new, 1);
            }
        }
    }
    let count = segments.len() - 4;
    let trailer = segments.iter_mut().find(|it| it.starts_with("SE*")).unwrap();
    *trailer = format!("SE*{count}*0001");
    Ok(segments)
}

/// A finding as the mutation files write it: the segment's ordinal, the element, what a 999 says.
fn place(finding: &Finding) -> (u64, String, String) {
    let element = finding.element.as_ref().map_or("00".to_owned(), |element| {
        let id = finding.segment.as_ref().map_or(0, |id| id.len());
        element[id..].to_owned()
    });
    let code = match code_of(finding.kind) {
        AckCode::None => "-".to_owned(),
        AckCode::Segment(code) => format!("{code} {}", finding.segment.as_deref().unwrap_or_default()),
        AckCode::Element(code) => code.to_owned(),
        other => format!("{other:?}"),
    };
    (finding.locus.segment, element, code)
}

/// Whether it is found as the mutation says; otherwise what is wrong.
fn prove(mutation: &Mutation) -> Result<(), String> {
    let name = format!("[{}] {}", mutation.rule, mutation.title);
    let segments = mutated(mutation).map_err(|wrong| format!("{name}: {wrong}"))?;
    let found = check(&(segments.join("~\n") + "~\n"));
    let (own, others): (Vec<_>, Vec<_>) = found.iter().partition(|finding| finding.rule == mutation.rule.as_str());
    let others: BTreeSet<String> = others.iter().map(|finding| finding.rule.to_string()).collect();
    let mut expected = Vec::new();
    if let Some((segment, element)) = &mutation.at {
        let at = only(&segments, segment).map_err(|wrong| format!("{name}: {wrong}"))?;
        expected.push((at as u64 + 1, element.clone(), mutation.code.clone()));
    }
    assert_eq!(expected.is_empty(), mutation.title.starts_with("o "), "{name}: a fault says where it is found");
    let places: Vec<_> = own.iter().map(|finding| place(finding)).collect();
    let told = |finding: &&Finding| {
        finding.value.as_ref().is_some_and(|it| it.len() > 2 && finding.message.contains(it.as_str()))
    };
    assert!(!own.iter().any(told), "{name}: a value in a message");
    let sound = places == expected && others == mutation.companions;
    let wrong = || {
        format!(
            "{name}\n   found {places:?}, expected {expected:?}\n   beside it {others:?}, expected {:?}",
            mutation.companions
        )
    };
    if sound { Ok(()) } else { Err(wrong()) }
}

fn all_mutations() -> Vec<Mutation> {
    let files = ["snip3", "snip4-claim", "snip4-remit", "snip5", "snip6"];
    let read = |name: &str| std::fs::read_to_string(folder().join(format!("{name}.mutations"))).unwrap();
    files.iter().flat_map(|name| mutations(&read(name))).collect()
}

#[test]
fn the_bases_are_clean() {
    for base in ["claim.837", "cob.837", "services.837", "remit.835", "zero.835"] {
        let text = std::fs::read_to_string(folder().join(base)).unwrap();
        assert_eq!(check(&text), [], "{base}");
    }
}

#[test]
fn every_mutation_is_found_where_it_is_and_nothing_else() {
    let mutations = all_mutations();
    assert!(mutations.len() >= 150, "only {} mutations", mutations.len());
    let wrong: Vec<String> = mutations.iter().filter_map(|it| prove(it).err()).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), mutations.len(), wrong.join("\n"));
}

/// Each rule names its tests: a fault that finds it, and a boundary where it finds nothing.
#[test]
fn every_rule_has_both_sides() {
    let mut sides: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    for mutation in all_mutations() {
        sides.entry(mutation.rule).or_default().insert(mutation.at.is_some());
    }
    // The limits are proved by tests of their own.
    let rules: Vec<&str> = rules::all().map(|rule| rule.id).filter(|id| !id.ends_with("-LIMIT")).collect();
    let without: Vec<_> = rules.iter().filter(|id| sides.get(**id).is_none_or(|sides| sides.len() < 2)).collect();
    assert!(without.is_empty(), "no fault or no boundary for {without:?}");
    let unknown: Vec<_> = sides.keys().filter(|id| !rules.contains(&id.as_str())).collect();
    assert!(unknown.is_empty(), "no such rules: {unknown:?}");
}

#[test]
fn a_rule_says_what_it_is_and_how_to_mend_it() {
    let mut ids = BTreeSet::new();
    for rule in rules::all() {
        assert!(ids.insert(rule.id), "{} stands twice", rule.id);
        assert!((3..=6).contains(&rule.snip), "{}", rule.id);
        for sentence in [rule.title, rule.mend] {
            assert!(
                sentence.ends_with('.') && sentence.len() > 15 && !sentence.contains('\n'),
                "{}: {sentence}",
                rule.id
            );
        }
        assert!(!rule.source.is_empty() && rules::severity(rule.id).is_some(), "{}", rule.id);
    }
}

/// A claim that is too long for the rules is told, and the next is checked as ever.
#[test]
fn memory_is_one_claim() {
    let text = std::fs::read_to_string(folder().join("claim.837")).unwrap();
    let line = "REF*EA*1~\n";
    let long = text.replace("REF*D9*CLEAR100~\n", &format!("REF*D9*CLEAR100~\n{}", line.repeat(200_001)));
    let long = long.replace("CLM*A101*80*", "CLM*A101*81*");
    let found = check(&long);
    let rules: Vec<&str> =
        found.iter().map(|it| &*it.rule).filter(|it| it.starts_with("RULES") || it.starts_with("837")).collect();
    assert_eq!(rules, ["RULES-LIMIT", "837-CHARGE-SUM"]);
    assert_eq!(found.iter().find(|it| it.rule == "RULES-LIMIT").map(|it| it.kind), Some(Kind::Rule));
}

/// A claim stands twice in a file though in two transaction sets; past a limit that is no longer seen, and told.
#[test]
fn claims_are_remembered_over_the_file_up_to_a_limit() {
    let text = std::fs::read_to_string(folder().join("claim.837")).unwrap();
    let claims = text.matches("CLM*").count();
    let from = text.find("ST*").unwrap();
    let end = text.find("GE*").unwrap();
    let twice = format!("{}{}{}", &text[..end], &text[from..end], &text[end..]);
    let count = |limit: usize, rule: &str| {
        let options = RuleOptions { claims_limit: limit, ..RuleOptions::default() };
        check_with(&twice, options).iter().filter(|it| it.rule == rule).count()
    };
    assert_eq!((count(claims + 1, "837-CLAIM-ID-TWICE"), count(claims + 1, "CLAIM-TWICE-LIMIT")), (claims, 0));
    assert_eq!((count(1, "837-CLAIM-ID-TWICE"), count(1, "CLAIM-TWICE-LIMIT")), (1, 1));
}
