//! `edi split`, `edi mask`, `edi diff` and `edi validate --format sarif` as a person runs them: on testdata, and over
//! a corpus where there is one (`EDI_SHARED` names the folder that holds it).

mod support;

use pretty_assertions::assert_eq;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use support::{Run, edi, edi_with, root};

/// A folder of its own for each test, empty at its start.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).map_or(Vec::new(), |all| all.map(|it| it.unwrap().path()).collect());
    files.sort();
    files
}

/// The claim and remittance files of testdata/rules, and those of the corpus.
fn subjects() -> Vec<PathBuf> {
    let mut folders = vec![root().join("testdata/rules")];
    match std::env::var_os("EDI_SHARED") {
        Some(shared) => folders.extend(["837p", "835"].map(|it| Path::new(&shared).join("corpus").join(it))),
        None => eprintln!("EDI_SHARED is not set: the corpus was not read"),
    }
    let is_subject = |path: &PathBuf| path.extension().is_none_or(|it| it != "mutations");
    folders.iter().flat_map(|folder| files_in(folder)).filter(is_subject).collect()
}

/// Claims, and charge, paid and payment in cents, that `edi inspect` shows.
fn totals(paths: &[PathBuf]) -> [i64; 4] {
    let mut sums = [0; 4];
    for paths in paths.chunks(100) {
        let all: Vec<&str> = ["-q", "inspect"].into_iter().chain(paths.iter().map(|it| it.to_str().unwrap())).collect();
        let shown = edi(&all).stdout;
        for line in shown.lines().filter(|line| line.trim_start().starts_with("transaction ")) {
            for part in line.split(", ") {
                let words: Vec<&str> = part.split(' ').collect();
                let cents = |text: &str| text.replace('.', "").parse::<i64>().unwrap_or(0);
                match words[..] {
                    [count, "claims"] => sums[0] += count.parse::<i64>().unwrap(),
                    ["charge", amount] => sums[1] += cents(amount),
                    ["paid", amount] => sums[2] += cents(amount),
                    ["payment", amount] => sums[3] += cents(amount),
                    _ => {}
                }
            }
        }
    }
    sums
}

fn lines(run: &Run) -> impl Iterator<Item = Value> + '_ {
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap())
}

/// What `edi validate` finds, but for repairs and for what is of the envelope, which a split builds anew.
fn findings(paths: &[PathBuf]) -> BTreeSet<String> {
    let rebuilt = ["SE", "GE", "IEA", "ISA", "GS", "ST", "HL"];
    let mut found = BTreeSet::new();
    for paths in paths.chunks(100) {
        let options = ["-q", "validate", "--format", "ndjson"].into_iter();
        let run = edi(&options.chain(paths.iter().map(|it| it.to_str().unwrap())).collect::<Vec<_>>());
        for it in lines(&run).filter(|it| !rebuilt.contains(&it["segment"].as_str().unwrap_or("SE"))) {
            found.insert(format!("{} {} {} {}", it["rule"], it["loop"], it["element"], it["value"]));
        }
    }
    found
}

#[test]
fn a_split_conserves_claims_and_money_and_findings() {
    for (path, n) in subjects().into_iter().zip(0..) {
        let whole = std::slice::from_ref(&path);
        let (sums, found) = (totals(whole), findings(whole));
        for by in ["transaction", "claims", "payer", "provider"] {
            let folder = scratch(&format!("split-{n}-{by}"));
            let to = folder.to_str().unwrap();
            let run = edi(&["-q", "split", "--by", by, "--size", "1", "--to", to, path.to_str().unwrap()]);
            assert_ne!(run.code, 2, "{}: {}", path.display(), run.stderr);
            let parts = files_in(&folder);
            assert_eq!(totals(&parts), sums, "{} by {by}", path.display());
            // A number that stands twice in the whole stands once in each part.
            let split: BTreeSet<String> = findings(&parts);
            let lost: Vec<_> = found.symmetric_difference(&split).filter(|it| !it.contains("CLAIM-ID-TWICE")).collect();
            assert_eq!(lost, [""; 0], "{} by {by}", path.display());
            std::fs::remove_dir_all(&folder).unwrap();
        }
    }
}

#[test]
fn a_part_has_the_claims_that_were_asked_for() {
    let folder = scratch("split-size");
    let run = edi(&[
        "-q",
        "split",
        "--by",
        "claims",
        "--size",
        "2",
        "--to",
        folder.to_str().unwrap(),
        "testdata/rules/claim.837",
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let parts = files_in(&folder);
    let claims: Vec<i64> = parts.iter().map(|part| totals(std::slice::from_ref(part))[0]).collect();
    assert_eq!(claims, [2, 2]);
    let text = std::fs::read_to_string(&parts[1]).unwrap();
    let levels: Vec<&str> = text.lines().filter(|line| line.starts_with("HL*")).collect();
    assert_eq!(levels, ["HL*1**20*1~", "HL*2*1*22*1~", "HL*3*2*23*0~", "HL*4*1*22*0~"]);
    assert!(text.contains("*000000002*0*P*:~"), "an interchange has a number of its own");
    let again = edi(&["-q", "split", "--by", "claims", "--to", folder.to_str().unwrap(), "testdata/rules/claim.837"]);
    assert_eq!(again.code, 2, "a file that is there is not written over");
}

/// A subscriber with a claim of its own and a patient, cut between the two.
#[test]
fn a_cut_between_subscriber_and_patient_stays_clean() {
    let text = std::fs::read_to_string(root().join("testdata/rules/claim.837")).unwrap();
    let own = "CLM*A150*60***11:B:1*Y*A*Y*Y~\nHI*ABK:I10~\nLX*1~\nSV1*HC:99212*60*UN*1***1~\nDTP*472*D8*20260512~\n";
    let home = "N3*3 PINE STREET~\nN4*ALBANY*NY*12207~\nDMG*D8*19850101*M~\n";
    let text =
        text.replace("SBR*P********CI", "SBR*P*18*******CI").replace("HL*4*3*23*0", &format!("{own}HL*4*3*23*0"));
    let text = text.replace("****MI*W100000002~\n", &format!("****MI*W100000002~\n{home}")).replace("SE*76*", "SE*84*");
    let folder = scratch("split-cut");
    let run = edi_with(
        &["-q", "split", "--by", "claims", "--size", "1", "--to", folder.to_str().unwrap(), "-"],
        text.as_bytes(),
    );
    assert_ne!(run.code, 2, "{}", run.stderr);
    assert_eq!(findings(&files_in(&folder)), BTreeSet::new());
}

/// Findings of a file, each with its place, and how often.
fn places(path: &Path) -> BTreeMap<String, u64> {
    let run = edi(&["-q", "validate", "--format", "ndjson", path.to_str().unwrap()]);
    let mut found = BTreeMap::new();
    // Bytes before the first segment are no part of what is masked.
    for it in lines(&run).filter(|it| it["rule"] != "REPAIR-BOM" && it["rule"] != "REPAIR-LEADING-JUNK") {
        *found
            .entry(format!("{} {} {} {}", it["rule"], it["severity"], it["element"], it["locus"]["segment"]))
            .or_default() += 1;
    }
    found
}

/// Elements of a text, by segment; delimiters are told by its ISA.
fn elements(text: &[u8]) -> Vec<Vec<String>> {
    let text: String = text.iter().copied().map(char::from).collect();
    let Some(start) = text.find("ISA") else { return Vec::new() };
    let text = &text[start..];
    let by = text.chars().nth(3).unwrap();
    let end = text.splitn(17, by).nth(16).and_then(|it| it.chars().nth(1)).unwrap_or('~');
    text.split(end).map(|it| it.trim().split(by).map(str::to_owned).collect()).collect()
}

#[test]
fn a_masked_file_is_the_same_to_a_check_and_holds_nobody() {
    for path in subjects() {
        let original = std::fs::read(&path).unwrap();
        let run = edi(&["-q", "mask", "--key", "secret", path.to_str().unwrap()]);
        assert_ne!(run.code, 2, "{}: {}", path.display(), run.stderr);
        let masked = scratch("masked").with_extension("edi");
        std::fs::write(&masked, &run.stdout).unwrap();
        assert_eq!(places(&masked), places(&path), "{}", path.display());
        let kept: BTreeSet<String> = elements(run.stdout.as_bytes()).into_iter().flatten().collect();
        for segment in elements(&original) {
            let person =
                segment[0] == "NM1" && segment.get(1).is_some_and(|it| ["IL", "QC", "74", "GB"].contains(&it.as_str()));
            let private: &[usize] = match segment[0].as_str() {
                "NM1" if person => &[3, 4, 9],
                "DMG" => &[2],
                _ => &[],
            };
            for value in private.iter().filter_map(|n| segment.get(*n)).filter(|it| it.len() > 3) {
                assert!(!kept.contains(value), "{}: a value of {} is still there", path.display(), segment[0]);
            }
        }
    }
}

#[test]
fn a_key_gives_the_same_replacements_and_another_key_others() {
    let masked = |key: &str| edi(&["-q", "mask", "--key", key, "testdata/rules/claim.837"]).stdout;
    assert_eq!(masked("one"), masked("one"));
    assert_ne!(masked("one"), masked("two"));
    let text = masked("one");
    let original = std::fs::read_to_string(root().join("testdata/rules/claim.837")).unwrap();
    assert_eq!(text.len(), original.len());
    let line = |text: &str, start: &str| text.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
    assert_eq!(line(&text, "SV1*"), line(&original, "SV1*"), "amounts and codes stay");
}

#[test]
fn a_diff_tells_elements_and_segments_by_loop() {
    let original = std::fs::read_to_string(root().join("testdata/rules/claim.837")).unwrap();
    let path = scratch("diff").with_extension("837");
    let changed = original
        .replace("SV1*HC:93000*50*UN*1***1~", "SV1*HC:93000*60*UN*1***1~")
        .replace("REF*D9*CLEAR100~\n", "")
        .replace("HI*ABK:J209~\n", "HI*ABK:J209~\nHI*BG:09~\n")
        .replace("~\n", "~");
    std::fs::write(&path, changed).unwrap();
    let run = edi(&["-q", "diff", "testdata/rules/claim.837", path.to_str().unwrap()]);
    let found: Vec<&str> = run.stdout.lines().map(|line| line.split(" (line").next().unwrap()).collect();
    let expected = [
        "- claim A100 loop 2300 REF: D9****00",
        "~ claim A100 loop 2400 SV102: \"50\" -> \"60\"",
        "+ claim A101 loop 2300 HI: BG:09",
    ];
    assert_eq!((found, run.code), (expected.to_vec(), 1));
    let same = edi(&["-q", "diff", "--envelope", "testdata/rules/claim.837", "testdata/rules/claim.837"]);
    assert_eq!((same.stdout.as_str(), same.code), ("", 0));
}

#[test]
fn a_claim_more_moves_nothing_else() {
    let original = std::fs::read_to_string(root().join("testdata/rules/claim.837")).unwrap();
    let (head, rest) = original.split_once("CLM*A101*").unwrap();
    let (_, tail) = rest.split_once("HL*3*").unwrap();
    let path = scratch("diff-claim").with_extension("837");
    std::fs::write(&path, format!("{head}HL*3*{tail}")).unwrap();
    let run = edi(&["-q", "diff", "--format", "json", "testdata/rules/claim.837", path.to_str().unwrap()]);
    let found: Vec<Value> = lines(&run).collect();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((&found[0]["change"], &found[0]["block"]), (&Value::from("-"), &Value::from("claim A101")));
}

#[test]
fn sarif_names_its_rules() {
    let text = std::fs::read_to_string(root().join("testdata/rules/claim.837")).unwrap();
    let run = edi_with(
        &["-q", "validate", "--format", "sarif", "-"],
        text.replace("CLM*A100*150*", "CLM*A100*151*").as_bytes(),
    );
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    let (driver, result) = (&log["runs"][0]["tool"]["driver"], &log["runs"][0]["results"][0]);
    assert_eq!((&log["version"], run.code), (&Value::from("2.1.0"), 1));
    assert_eq!((&result["ruleId"], &result["level"]), (&Value::from("837-CHARGE-SUM"), &Value::from("error")));
    assert_eq!(driver["rules"][0]["id"], "837-CHARGE-SUM");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 21);
}

#[test]
fn snip_types_choose_what_is_told() {
    let text = std::fs::read_to_string(root().join("testdata/rules/claim.837")).unwrap();
    let text = text
        .replace("CLM*A100*150*", "CLM*A100*151*")
        .replace("HI*ABK:J209", "HI*ABK:J299")
        .replace("REF*EI*123456789", "REF*EI*");
    let told = |types: &str| -> BTreeSet<u64> {
        let run = edi_with(&["-q", "validate", "--format", "ndjson", "--snip", types, "-"], text.as_bytes());
        lines(&run).map(|it| it["snip"].as_u64().unwrap()).collect()
    };
    assert_eq!(told("3"), BTreeSet::from([3]));
    assert_eq!(told("1-2"), BTreeSet::from([1, 2]));
    assert_eq!(told("1-7"), BTreeSet::from([1, 2, 3, 5]));
    assert_eq!(edi(&["validate", "--snip", "8", "testdata/rules/claim.837"]).code, 2);
}

/// The rule list in the documents is what the program has.
#[test]
fn the_rule_list_is_generated() {
    let run = edi(&["explain", "--markdown"]);
    support::golden("rules.md", &run.stdout);
    for rule in edi_core::guide::all_rules() {
        assert!(run.stdout.contains(&format!("| {} |", rule.id)), "{}", rule.id);
    }
}

/// What only the partner's overlay asks for is SNIP type 7; what the guide asks for too keeps its own type.
#[test]
fn what_an_overlay_adds_is_snip_type_7() {
    let validate = |more: &[&str]| -> Vec<(String, u64)> {
        let words = [&["-q", "validate", "--format", "ndjson", "testdata/rules/claim.837"], more].concat();
        let told = |it: Value| (it["rule"].as_str().unwrap().to_owned(), it["snip"].as_u64().unwrap());
        lines(&edi(&words)).map(told).collect()
    };
    let overlay = ["--overlay", "testdata/overlays/medicaid.overlay"];
    let added = validate(&[&overlay[..], &["--snip", "7"]].concat());
    assert!(!added.is_empty() && added.iter().all(|(_, snip)| *snip == 7), "{added:?}");
    assert!(validate(&["--snip", "7"]).is_empty());
    assert_eq!(validate(&[&overlay[..], &["--snip", "1-2"]].concat()), validate(&["--snip", "1-2"]));
}
