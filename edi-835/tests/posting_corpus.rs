//! Files that other projects wrote: each posts or is held, and the books hold together. Runs where `EDI_SHARED` names
//! the folder that has them.

mod posting_support;

use edi_835::posting::Fate;
use edi_835::read::{RemittanceEvent, RemittanceReader};
use edi_core::account::{Adjudication, ClaimKey, PayerOnClaim, Submission, SubmittedLine};
use edi_core::{Money, Text};
use posting_support::*;
use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// What the clinic would have billed for an answer.
fn billed(answer: &Adjudication, payee: &Text) -> Submission {
    let line = |line: &edi_core::account::AdjudicatedLine| SubmittedLine {
        ordinal: line.ordinal,
        control: line.ordinal.to_string().into(),
        procedure: line.submitted_procedure.clone().unwrap_or_else(|| line.procedure.clone()),
        service: line.service,
        units: line.submitted_units.unwrap_or(line.units),
        charge: line.charge.abs(),
    };
    let mut lines: Vec<SubmittedLine> = answer.lines.iter().map(line).collect();
    if lines.is_empty() {
        let mut whole = submission("X", &["1"], &["1"]).lines.remove(0);
        whole.charge = answer.charge.abs();
        lines.push(whole);
    }
    let payer = PayerOnClaim {
        id: answer.payer_ids.first().cloned().unwrap_or_default(),
        name: answer.payer_name.clone(),
        filing_indicator: Text::default(),
        sequence: "P".into(),
    };
    Submission {
        key: ClaimKey(answer.key.0.clone()),
        provider: payee.clone(),
        payers: vec![payer],
        charge: lines.iter().map(|line| line.charge).sum(),
        lines,
        patient: answer.patient.clone(),
        patient_paid: Money::ZERO,
        ..submission("X", &["1"], &["1"])
    }
}

/// Posts a file into a clinic that had billed every claim of it; how many claims posted.
fn post_file(bytes: &[u8]) -> Option<u64> {
    let mut clinic = Clinic::new();
    let mut header = None;
    for event in RemittanceReader::new(bytes).ok()? {
        match event.ok()? {
            RemittanceEvent::Header(remittance) => header = Some(remittance),
            RemittanceEvent::Claim(claim) => {
                let remittance = header.as_ref()?;
                let payee = remittance.payee().map(|payee| payee.n1.id.clone()).unwrap_or_default();
                clinic.book(&billed(&claim.adjudication(remittance), &payee));
            }
            RemittanceEvent::End(_) => {}
        }
    }
    let options = edi_835::posting::PostOptions {
        run: clinic.run.clone(),
        rules: &clinic.rules,
        dry_run: false,
        file: "corpus".into(),
    };
    let outcomes = edi_835::posting::post(|| Ok(bytes), &mut clinic.ledger, &options, &mut |_| {}).ok()?;
    clinic.check();
    for outcome in &outcomes {
        let told = outcome.posted + outcome.held;
        assert!(outcome.fate != Fate::Posted || told == outcome.claims, "{outcome:?}");
    }
    Some(outcomes.iter().map(|outcome| outcome.posted).sum())
}

#[test]
fn every_file_posts_or_is_held_and_the_books_hold_together() {
    let Some(shared) = std::env::var_os("EDI_SHARED") else {
        println!("EDI_SHARED is not set: the corpus is not read");
        return;
    };
    let corpus = Path::new(&shared).join("corpus");
    let mut posted = 0;
    for path in files(&corpus.join("835")).into_iter().chain(files(&corpus.join("malformed"))) {
        let bytes = std::fs::read(&path).unwrap();
        // Samples are mostly marked as tests, which never post: this reads them as if they were not.
        let live = String::from_utf8_lossy(&bytes).replacen("*0*T*", "*0*P*", 1).replacen("*1*T*", "*1*P*", 1);
        post_file(&bytes);
        let claims = post_file(live.as_bytes());
        println!("{claims:?} {}", path.file_name().unwrap_or_default().display());
        posted += claims.unwrap_or_default();
    }
    assert!(posted > 20, "{posted}");
}
