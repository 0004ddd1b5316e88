//! inspect, fmt, validate, explain and codes, as a person or a program runs them.

mod support;

use pretty_assertions::assert_eq;
use serde_json::Value;
use std::io::Write as _;
use support::{edi, edi_drip, edi_with, golden, root};

#[test]
fn inspect_shows_the_tree() {
    let run = edi(&["inspect", "testdata/demo/02-partial.835", "testdata/dirty/two.zip", "testdata/dirty/base.835.gz"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    golden("inspect.txt", &run.stdout);
    assert!(run.stderr.contains("claims 2 in = 2 out + 0 held"));
}

#[test]
fn stdin_and_compressed_files_read_the_same() {
    let plain = edi(&["fmt", "-q", "testdata/dirty/base.835"]);
    let packed = edi(&["fmt", "-q", "testdata/dirty/base.835.gz"]);
    let piped = edi_with(&["fmt", "-q", "-"], &std::fs::read(root().join("testdata/dirty/base.835.gz")).unwrap());
    assert_eq!(plain.stdout, packed.stdout);
    assert_eq!(plain.stdout, piped.stdout);
    for name in ["base.835", "base.835.gz", "utf16le.835", "zeros-behind.835.gz"] {
        let bytes = std::fs::read(root().join("testdata/dirty").join(name)).unwrap();
        assert_eq!(edi_drip(&["fmt", "-q", "-"], &bytes).stdout, plain.stdout, "{name}");
    }
}

/// Neither side waits for the other where stdin and stdout are both more than a pipe holds.
#[test]
fn a_large_stdin_is_fed_while_stdout_is_read() {
    let base = std::fs::read(root().join("testdata/dirty/base.835")).unwrap();
    let large = base.repeat(1 + (1 << 19) / base.len());
    let run = edi_with(&["fmt", "-q", "--canonical", "-"], &large);
    assert!(run.code == 1 && run.stdout.len() > 1 << 18, "{} {}", run.code, run.stdout.len());
}

#[test]
fn zeros_behind_gzip_are_no_data_and_an_office_document_is_named() {
    let run = edi(&["inspect", "testdata/dirty/zeros-behind.835.gz"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("claims 2 in = 2 out + 0 held"));
    let run = edi(&["inspect", "testdata/dirty/letter.docx"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("an Office document"), "{}", run.stderr);
}

#[test]
fn every_reading_command_says_where_everything_went() {
    let page = ["remit", "show", "-q"];
    assert!(edi(&[&page[..], &["testdata/dirty/base.835"]].concat()).stderr.is_empty());
    for command in [&["inspect"][..], &["fmt"], &["validate"], &["remit", "check"], &["remit", "show"]] {
        for (name, claims) in [("base", 2), ("truncated", 2), ("two-fragments", 4), ("isa-stray", 2)] {
            let run = edi(&[command, &[&format!("testdata/dirty/{name}.835")]].concat());
            assert!(run.stderr.contains(&format!("claims {claims} in = {claims} out + 0 held")), "{command:?} {name}");
            assert_eq!(run.code, i32::from(name != "base" && !(name == "isa-stray" && command != ["validate"])));
        }
    }
    // A claim outside any transaction set is counted, and held.
    let stray = edi_with(&["inspect", "-"], b"ST*835*1~SE*2*1~CLP*A*1*1*1~");
    assert!(stray.stderr.contains("claims 1 in = 0 out + 1 held"), "{}", stray.stderr);
}

#[test]
fn fmt_gives_one_form_of_every_dirty_file() {
    let base = edi(&["fmt", "-q", "--canonical", "testdata/dirty/base.835"]).stdout;
    for name in ["bom", "utf16le", "lf-terminator", "cr-terminator", "wrap80", "indented", "lower-case", "isa-unpadded"]
    {
        let run = edi(&["fmt", "-q", "--canonical", &format!("testdata/dirty/{name}.835")]);
        assert_eq!(run.stdout, base, "{name}");
    }
}

#[test]
fn fmt_fix_recounts_and_supplies_trailers() {
    let base = edi(&["fmt", "-q", "testdata/dirty/base.835"]).stdout;
    for name in ["wrong-counts", "wrong-controls", "missing-se", "missing-ge", "missing-iea"] {
        let run = edi(&["fmt", "-q", "--fix", &format!("testdata/dirty/{name}.835")]);
        assert_eq!(run.stdout, base, "{name}");
        assert_eq!(run.code, 1, "{name}");
    }
}

#[test]
fn a_bad_file_does_not_stop_the_others() {
    let run = edi(&["inspect", "testdata/dirty/page.html", "no-such-file", "testdata/dirty/base.835"]);
    assert_eq!(run.code, 2);
    assert!(run.stdout.contains("transaction 835 0001: 25 segments, 2 claims"));
    assert!(run.stderr.contains("looks like HTML or XML"));
    assert!(run.stderr.contains("no-such-file"));
}

#[test]
fn strict_refuses_a_repair() {
    let run = edi(&["--strict", "inspect", "testdata/dirty/bom.835"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("repairs are not allowed"));
    assert_eq!(edi(&["--strict", "inspect", "testdata/dirty/base.835"]).code, 0);
}

#[test]
fn validate_gives_one_object_a_file() {
    let run = edi(&["validate", "-q", "--format", "json", "testdata/dirty/wrong-counts.835"]);
    assert_eq!(run.code, 1);
    let file: Value = serde_json::from_str(&run.stdout).unwrap();
    for (key, value) in [("interchanges", 1), ("groups", 1), ("transactions", 1), ("segments", 29), ("claims", 2)] {
        assert_eq!(file[key], value, "{key}");
    }
    assert_eq!(file["file"], "testdata/dirty/wrong-counts.835");
    let rules: Vec<&str> = file["findings"].as_array().unwrap().iter().map(|f| f["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["SE-COUNT", "GE-COUNT", "IEA-COUNT"]);
    let first = &file["findings"][0];
    assert_eq!((&first["element"], &first["value"], &first["expected"]), (&"SE01".into(), &"24".into(), &"25".into()));
    assert_eq!(first["locus"]["transaction_segment"], 25);
    let repaired = edi(&["validate", "-q", "--format", "json", "testdata/dirty/wrap80.835"]);
    let file: Value = serde_json::from_str(&repaired.stdout).unwrap();
    assert_eq!((&file["repairs"][0]["rule"], &file["repairs"][0]["number"]), (&"REPAIR-WRAP".into(), &1.into()));
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn validate_json_has_these_keys() {
    let run = edi(&["validate", "-q", "--format", "json", "testdata/dirty/truncated.835"]);
    let file: Value = serde_json::from_str(&run.stdout).unwrap();
    let of_file = "bytes claims file findings groups interchanges repairs segments transactions";
    assert_eq!(keys(&file).join(" "), of_file);
    let finding = &file["findings"][0];
    let of_finding = "element expected locus loop message rule segment severity snip value";
    assert_eq!(keys(finding).join(" "), of_finding);
    assert_eq!(keys(&finding["locus"]).join(" "), "byte component element line segment transaction_segment");
    assert_eq!(keys(&file["repairs"][0]).join(" "), format!("count {of_finding}").replace("rule", "number rule"));
}

#[test]
fn what_was_found_before_reading_failed_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let base = std::fs::read_to_string(root().join("testdata/dirty/wrong-counts.835")).unwrap();
    let file = folder.path().join("long.835").display().to_string();
    std::fs::write(&file, format!("{base}{}", base.replace("LX*1", &format!("LX*1*{}", "9".repeat(1 << 21))))).unwrap();
    let acks = folder.path().join("acks");
    let run = edi(&["validate", "--format", "json", "--ack", &acks.display().to_string(), &file]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("over the limit"), "{}", run.stderr);
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&object["claims"], &object["findings"][0]["rule"]), (&2.into(), &"SE-COUNT".into()));
    // The acknowledgments of the interchange that was read are there; the one that was begun is not.
    let mut names: Vec<String> =
        acks.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["long.835.0001.999", "long.835.0002.ta1"]);
}

#[test]
fn acknowledgments_of_one_run_have_numbers_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let acks = folder.path().display().to_string();
    let files = ["testdata/dirty/base.835", "testdata/dirty/two-delimiters.835", "testdata/remits/clean.835"];
    let run = edi(&[&["validate", "-q", "--ack", &acks, "--ack-control", "71"][..], &files].concat());
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let mut numbers = Vec::new();
    for entry in folder.path().read_dir().unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let isa13 = text.split('*').nth(13).unwrap().parse::<u32>().unwrap();
        assert!(text.contains(&format!("~IEA*{}*{isa13:09}~", u8::from(text.contains("~GS*")))), "{text}");
        numbers.push(isa13);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (71..79).collect::<Vec<u32>>());
    assert_eq!(edi(&["validate", "--ack-control", "2", files[0]]).code, 2);
}

#[test]
fn validate_annotates_the_file() {
    let run = edi(&["validate", "-q", "--format", "annotated", "testdata/dirty/wrong-controls.835"]);
    assert_eq!(run.code, 1);
    golden("annotated.txt", &run.stdout);
    assert!(!run.stdout.contains("ISAACS"), "names are masked");
    assert!(edi(&["--phi", "validate", "--format", "annotated", "testdata/dirty/base.835"]).stdout.contains("ISAACS"));
}

#[test]
fn private_values_stay_out_of_every_stream() {
    for command in ["inspect", "validate"] {
        for name in ["truncated", "wrong-counts", "lower-case", "shifted-names", "wrap105", "isa-stray"] {
            let mut run = edi(&[command, &format!("testdata/dirty/{name}.835")]);
            if command == "validate" {
                for format in ["json", "annotated"] {
                    let more = edi(&[command, "--format", format, &format!("testdata/dirty/{name}.835")]);
                    run.stdout.push_str(&more.stdout);
                    run.stderr.push_str(&more.stderr);
                }
            }
            for private in ["ISAACS", "NOEL", "W000000001"] {
                assert!(!run.stdout.contains(private) && !run.stderr.contains(private), "{command} {name} {private}");
            }
        }
    }
}

#[test]
fn explain_names_every_rule_of_a_finding() {
    let all = edi(&["explain"]).stdout;
    for rule in ["SE-COUNT", "REPAIR-WRAP", "ELE-CODE", "SEG-MISSING", "837-CHARGE-SUM", "B2", "M1", "ENC-NPI"] {
        assert!(all.contains(rule));
        assert!(edi(&["explain", rule]).stdout.contains("To mend it:"));
    }
    assert_eq!(edi(&["explain", "NO-SUCH-RULE"]).code, 2);
    let ids: Vec<&str> = all.lines().filter_map(|line| line.split(' ').next()).collect();
    let once: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), once.len(), "an id stands twice");
}

#[test]
fn codes_are_looked_up_and_searched() {
    let run = edi(&["codes", "carc", "197"]);
    assert_eq!(run.code, 0);
    golden("codes-carc-197.txt", &run.stdout);
    assert!(edi(&["codes", "search", "deductible"]).stdout.contains("carc 1 "));
    assert_eq!(edi(&["codes", "carc", "99999"]).code, 1);
    assert_eq!(edi(&["codes", "no-such-set", "1"]).code, 2);
    assert!(edi(&["codes", "icd10cm", "M54.5"]).stderr.contains("M54.50, M54.51, M54.59"));
}

#[test]
fn a_loaded_list_is_laid_over() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("carc.csv");
    std::fs::write(&list, "code,description,start,last modified,stop\n197,Our office's own words,2020-01-01,,\n")
        .unwrap();
    let codes = folder.path().join("codes").display().to_string();
    let load = edi(&["codes", "--codes", &codes, "load", &list.display().to_string(), "--set", "carc"]);
    assert_eq!(load.code, 0, "{}", load.stderr);
    assert!(edi(&["codes", "--codes", &codes, "carc", "197"]).stdout.contains("Our office's own words"));
}

/// What can be unpacked of a cut archive is read like the same bytes of a cut file, and the cut is told.
#[test]
fn a_cut_gzip_is_read_as_far_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.835.gz");
    let name = path.to_str().unwrap();
    let base = std::fs::read(root().join("testdata/remits/mixed.835")).unwrap();
    // Stored blocks: what stands before the cut can be unpacked to its last byte.
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    packed.write_all(&base).unwrap();
    let packed = packed.finish().unwrap();
    let whole = base.len() * 4 / 5;
    assert_eq!(base[..whole].windows(4).filter(|window| window == b"CLP*").count(), 2);
    // In the data; in the checksum behind it.
    for (cut, claims) in [(8 + base.len() - whole, 2), (1, 3)] {
        std::fs::write(&path, &packed[..packed.len() - cut]).unwrap();
        for command in [&["inspect"][..], &["fmt"], &["validate"], &["remit", "check"], &["remit", "show"]] {
            let run = edi(&[command, &[name]].concat());
            assert_eq!(run.code, 1, "{command:?} {}", run.stderr);
            let told = format!("{}{}", run.stdout, run.stderr);
            assert!(told.contains("REPAIR-BROKEN-OFF"), "{command:?} {told}");
            assert_eq!(told.contains("REPAIR-TRUNCATED"), claims == 2, "{command:?} {told}");
            assert!(told.contains(&format!("claims {claims} in = {claims} out + 0 held")), "{command:?} {told}");
            let strict = edi(&[&["--strict"], command, &[name]].concat());
            assert_eq!(strict.code, 2, "{command:?} {}", strict.stderr);
        }
    }
    std::fs::write(&path, &packed[..5]).unwrap();
    assert_eq!(edi(&["inspect", name]).code, 2);
}
