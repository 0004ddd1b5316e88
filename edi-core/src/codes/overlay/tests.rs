use super::*;
use crate::codes::life::date;

fn load_text(text: &str, file: &str) -> Result<Overlay, LoadError> {
    load(text.as_bytes(), file, LoadOptions::default())
}

fn load_as(set: CodeSet, text: &str) -> Result<Overlay, LoadError> {
    load(text.as_bytes(), "list.csv", LoadOptions { set: Some(set), ..LoadOptions::default() })
}

#[test]
fn the_order_file_of_icd_10_cm() {
    let text = "00001 A00     0 Cholera                                                      Cholera\r\n\
                00002 A000    1 Cholera due to Vibrio cholerae 01, biovar cholerae           Cholera due to Vibrio cholerae 01\r\n";
    let list = load_text(text, "some/folder/icd10cm_order_2026.txt").unwrap();
    assert_eq!(
        (list.set, &*list.version, &*list.source),
        (CodeSet::Icd10Cm, "icd10cm_order_2026", "icd10cm_order_2026.txt")
    );
    assert_eq!((list.from, list.to), (date("2025-10-01"), date("2026-09-30")));
    assert_eq!(list.lookup("A00").unwrap().billable, Some(false));
    let code = list.lookup("A000").unwrap();
    assert_eq!((code.billable, &*code.title), (Some(true), "Cholera due to Vibrio cholerae 01"));
    assert_eq!(list.with_prefix("A00").count(), 2);
    let broken = load_text(&text.replace("00002 A000", "oh, A000"), "icd.txt").unwrap_err().to_string();
    assert!(broken.starts_with("icd.txt, line 2: found 'oh, A000"), "{broken}");
    let plain = load_text("A000    Cholera due to Vibrio\nA0100   Typhoid fever\n", "codes.txt").unwrap();
    assert_eq!(plain.lookup("A0100").unwrap().billable, Some(true));
}

/// A line of the HCPCS file, with the fields that we read.
fn hcpcs_line(code: &str, kind: char, long: &str, added: &str, last: &str) -> String {
    let mut line = format!("{code:<5}00100{kind}{long:<80}{:<28}", "Short");
    line = format!("{line:<268}{added:<8}{:<8}{last:<8}N", "20240101");
    format!("{line:<320}\n")
}

#[test]
fn the_fixed_file_of_hcpcs() {
    let text = hcpcs_line("A0021", '3', "Ambulance service,", "19850101", "")
        + &hcpcs_line("A0021", '4', "outside state", "", "")
        + &hcpcs_line("C9113", '3', "Injection", "20020101", "20240630")
        + &hcpcs_line("A1", '7', "Dressing", "19850101", "");
    let list = load_text(&text, "HCPC2024_JUL_ANWEB.txt").unwrap();
    assert_eq!((list.set, list.entries().len()), (CodeSet::Hcpcs, 2));
    assert_eq!((list.from, list.to), (date("2024-07-01"), date("2024-09-30")));
    assert_eq!(list.lookup("A0021").unwrap().title, "Ambulance service, outside state");
    assert_eq!(list.lookup("C9113").unwrap().life.stop, date("2024-07-01"));
    let broken = load_text(&text.replace("20240630", "2024063X"), "h.txt").unwrap_err().to_string();
    assert_eq!(broken, "h.txt, line 3: found '2024063X', expected a date in columns 285-292");
}

#[test]
fn delimited_lists_are_told_by_their_columns_and_codes() {
    let reasons = "Code\tDescription\tStart Date\tStop Date\n45\tFee\t1/1/1995\t\nB7\tNo\t01/01/1995\t\n";
    assert_eq!(load_text(reasons, "x.txt").unwrap().set, CodeSet::Carc);
    let remarks = "Code,Description,Start,Last Modified,Stop\nN130,\"Read, please\",2002-10-31,,\nMA01,Alert,,,\n";
    let remarks = load_text(remarks, "x.csv").unwrap();
    assert_eq!((remarks.set, &*remarks.lookup("N130").unwrap().title), (CodeSet::Rarc, "Read, please"));
    let hcpcs = "HCPC,RECID,LONG DESCRIPTION,SHORT DESCRIPTION,ADD DT,TERM DT\nA0021,3,One,S,19850101,20240630\n\
                 A0021,4,two,,,\nA1,7,Dressing,D,19950101,\n";
    let hcpcs = load_text(hcpcs, "x.csv").unwrap();
    let code = hcpcs.lookup("A0021").unwrap();
    assert_eq!((hcpcs.set, hcpcs.entries().len()), (CodeSet::Hcpcs, 1));
    assert_eq!((&*code.title, code.life.stop), ("One two", date("2024-07-01")));
    let taxonomy = "\u{feff}Code,Grouping,Classification,Specialization,Definition,Notes,Display Name,Section\n\
                    207QA0401X,Physicians,Family Medicine,Addiction Medicine,Long,,,Individual\n\
                    207Q00000X,Physicians,Family Medicine,,Long,,Family Medicine Physician,Individual\n";
    let taxonomy = load_text(taxonomy, "nucc_taxonomy_251.csv").unwrap();
    assert_eq!(taxonomy.set, CodeSet::Taxonomy);
    assert_eq!(taxonomy.lookup("207QA0401X").unwrap().title, "Family Medicine, Addiction Medicine");
    assert_eq!(taxonomy.lookup("207Q00000X").unwrap().title, "Family Medicine Physician");
}

#[test]
fn a_licensed_list_of_procedures() {
    let tabs = load_text("99213\tOffice visit\n0042T\tA trial\n", "cpt.txt").unwrap();
    assert_eq!((tabs.set, tabs.entries().len()), (CodeSet::Cpt, 2));
    let commas = load_text("99213,Office visit, established\n99214,\"Visit, longer\"\n", "cpt.csv").unwrap();
    assert_eq!(commas.lookup("99213").unwrap().title, "Office visit, established");
    assert_eq!(commas.lookup("99214").unwrap().title, "Visit, longer");
}

#[test]
fn refusals_say_file_line_and_what_was_expected() {
    let unknown = load_text("Dear Sir,\nno list\n", "letter.txt").unwrap_err().to_string();
    assert!(unknown.starts_with("letter.txt: cannot tell which list this is"), "{unknown}");
    let numbers = load_text("code,description\n1,a\n2,b\n", "n.csv").unwrap_err();
    assert!(matches!(numbers, LoadError::Unrecognized { .. }));
    let bad = load_as(CodeSet::Icd10Cm, "code,description\nA000,Fine\nhello,Bad\n").unwrap_err().to_string();
    assert_eq!(bad, "list.csv, line 3: found 'HELLO', expected a code of the set icd10cm");
    let bad = load_as(CodeSet::Carc, "code,description,start\n1,a,7/1/26\n").unwrap_err().to_string();
    assert_eq!(bad, "list.csv, line 2: found '7/1/26', expected a start date such as 2026-07-01 or 7/1/2026");
    assert!(matches!(load_text("", "empty"), Err(LoadError::Empty { .. })));
    assert!(matches!(load_as(CodeSet::Carc, "code,description\n"), Err(LoadError::Empty { .. })));
}

#[test]
fn an_overlay_is_kept_and_found_again() {
    let options =
        LoadOptions { version: Some("July\t2026".into()), from: date("2026-07-01"), ..LoadOptions::default() };
    let text = "code,description,start,modified,stop\n45,F\u{e9}e,1995-01-01,2017-11-01,\nB7,No,,,2030-01-01\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let list = load(&bytes, "carc.csv", options).unwrap();
    assert_eq!((&*list.version, &*list.lookup("45").unwrap().title), ("July 2026", "F\u{e9}e"));
    assert_eq!(list.sha256.len(), 64);
    let folder = std::env::temp_dir().join(format!("edi-codes-{}", std::process::id()));
    assert!(read_folder(&folder).unwrap().is_empty());
    let path = list.save(&folder).unwrap();
    assert_eq!(path, list.save(&folder).unwrap());
    assert_eq!(read_folder(&folder).unwrap(), std::slice::from_ref(&list));
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("set\tcarc", "set\tnone")).unwrap();
    let broken = read_folder(&folder).unwrap_err().to_string();
    assert!(broken.ends_with("line 2: found 'none', expected a code set"), "{broken}");
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(Overlay::read("something", "f").is_err() && Overlay::read(FIRST_LINES, "f").is_err());
}

/// A file that was cut off.
const FIRST_LINES: &str = "# edi code list 1\nset\tcarc\nversion\t1\n";
