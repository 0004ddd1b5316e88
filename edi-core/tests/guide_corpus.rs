//! The checker over files that other projects wrote: it never panics, and each error that it finds in a file
//! that its authors hold valid was judged. Runs where `EDI_SHARED` names the folder of shared facts.

use edi_core::Severity;
use edi_core::envelope::EnvelopeReader;
use edi_core::finding::Finding;
use edi_core::guide::{Checker, Guides};
use edi_core::reader::Reader;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn check(bytes: &[u8]) -> Result<Vec<Finding>, edi_core::Error> {
    let mut reader = EnvelopeReader::new(Reader::new(bytes)?);
    let mut checker = Checker::new(Guides::built_in());
    let mut findings = Vec::new();
    while let Some(event) = reader.next()? {
        checker.push(&event);
        findings.extend(checker.take_findings());
        findings.extend(reader.take_findings());
    }
    Ok(findings)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_file()).collect::<Vec<_>>();
    files.sort();
    files
}

#[test]
fn guide_corpus_errors_are_judged() {
    let Some(shared) = std::env::var_os("EDI_SHARED") else { return };
    let corpus = Path::new(&shared).join("corpus");
    for folder in ["837p", "835", "999", "277ca"] {
        for file in files(&corpus.join(folder)) {
            let findings = check(&std::fs::read(&file).unwrap()).unwrap_or_default();
            let mut errors: BTreeMap<String, usize> = BTreeMap::new();
            for f in findings.iter().filter(|f| f.severity == Severity::Error) {
                let key = format!("{} {:?} {:?} {} | {:?} exp {:?}", f.rule, f.loop_id.as_deref().unwrap_or(""), f.element.as_deref().or(f.segment.as_deref()).unwrap_or(""), f.message, f.value.as_deref().unwrap_or(""), f.expected.as_deref().unwrap_or(""));
                *errors.entry(key).or_default() += 1;
            }
            println!("{folder}/{} {} findings", file.file_name().unwrap().to_str().unwrap(), findings.len());
            for (key, count) in errors {
                println!("    {count} x {key}");
            }
        }
    }
}
