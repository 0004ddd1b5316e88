//! The rows that read, prove, validate and build, each beside its yardstick.

use crate::input::{Inputs, clock};
use crate::measure::{Row, beside};
use crate::{Outcome, yardstick};
use edi_835::balance::TransactionBalance;
use edi_835::read::{RemittanceEvent, RemittanceReader};
use edi_837::ClaimReader;
use edi_core::ack::{self, Acknowledger};
use edi_core::envelope::EnvelopeReader;
use edi_core::guide::{Checker, Guides};
use edi_core::reader::Reader;
use edi_core::rules::RuleChecker;
use std::io::{BufRead, sink};

/// Reads segments with their elements and their places.
pub fn read(input: impl BufRead) -> Outcome<u64> {
    let mut reader = Reader::new(input)?;
    let mut seen = 0u64;
    while let Some(segment) = reader.next()? {
        seen = seen.wrapping_add(segment.len() as u64 + segment.locus().line);
    }
    Ok(seen)
}

/// Remittances as owned claims, proved at line, claim and transaction.
pub fn check(input: impl BufRead) -> Outcome<u64> {
    let (mut balanced, mut balance) = (0, None);
    for event in RemittanceReader::new(input)?.without_hashes() {
        match event? {
            RemittanceEvent::Header(remittance) => balance = Some(TransactionBalance::new(&remittance)),
            RemittanceEvent::Claim(claim) => {
                if let Some(balance) = &mut balance {
                    balanced += u64::from(balance.push(&claim).is_some());
                }
            }
            RemittanceEvent::End(totals) => {
                let proved = balance.take().map(|balance| balance.finish(&totals));
                balanced += u64::from(proved.is_some_and(|proved| proved.proof.is_some()));
            }
        }
    }
    Ok(balanced)
}

/// Claims of an 837P, owned.
pub fn claims(input: impl BufRead) -> Outcome<u64> {
    let mut lines = 0;
    for found in ClaimReader::new(input)? {
        lines += found?.claim.information.lines.len() as u64;
    }
    Ok(lines)
}

/// Guide and rules, with the 999s.
pub fn validate(input: impl BufRead) -> Outcome<u64> {
    let mut found = 0;
    let mut envelope = EnvelopeReader::new(Reader::new(input)?);
    let mut checker = Checker::new(Guides::built_in());
    let mut rules = RuleChecker::new();
    let mut ack = Acknowledger::new(ack::Options::new(clock()), |_, _| Ok(sink()));
    while let Some(event) = envelope.next()? {
        checker.push(&event);
        ack.event(&event)?;
        rules.push(&event, &checker);
        if checker.has_findings() {
            let findings = checker.take_findings();
            found += findings.len() as u64;
            ack.findings(&findings);
        }
        if rules.has_findings() {
            let findings = rules.take_findings();
            found += findings.len() as u64;
            ack.findings(&findings);
        }
        if envelope.has_findings() {
            let findings = envelope.take_findings();
            found += findings.len() as u64;
            ack.findings(&findings);
        }
    }
    Ok(found + ack.finish()?.len() as u64)
}

/// Encounters into 837P files, all checks; every one must have been written.
fn build(inputs: &Inputs, encounters: &[u8], count: usize) -> Outcome<u64> {
    let folder = tempfile::tempdir()?;
    match inputs.build(encounters, folder.path(), &mut |_| Ok(()))? {
        written if written == count as u64 => Ok(written),
        written => Err(format!("{written} of {count} encounters were written").into()),
    }
}

/// The rows that are wanted.
pub fn rows(inputs: &Inputs, wanted: &dyn Fn(&str) -> bool) -> Outcome<Vec<Row>> {
    type Work = fn(&[u8]) -> Outcome<u64>;
    let of_remittances: [(&str, Work, f64, f64); 3] = [
        ("read segments, elements, locus: 835", |b| read(b), 1.1, 2.0),
        ("835 to typed claims, balance proved", |b| check(b), 0.3, 0.6),
        ("validate 835, SNIP 1-5, with 999", |b| validate(b), 0.12, 0.25),
    ];
    let of_claims: [(&str, Work, f64, f64); 3] = [
        ("read segments, elements, locus: 837P", |b| read(b), 1.1, 2.0),
        ("837P to typed claims", |b| claims(b), 0.25, 0.5),
        ("validate 837P, SNIP 1-5, with 999", |b| validate(b), 0.12, 0.25),
    ];
    let mut rows = Vec::new();
    let mut speed = 600.0;
    for (file, works) in [(inputs.remittances()?, of_remittances), (inputs.claims()?, of_claims)] {
        for (name, work, must, reach) in works.into_iter().filter(|(name, ..)| wanted(name)) {
            let (split, ours) = beside(|| Ok(yardstick::split(&file)), || work(&file))?;
            let rate = |seconds: f64| file.len() as f64 / 1e6 / seconds;
            speed = rate(split);
            let ours_text = format!("{:.0} MB/s", rate(ours));
            let ratio = split / ours;
            rows.push(Row { work: name, yardstick: format!("T {speed:.0} MB/s"), ours: ours_text, ratio, must, reach });
        }
    }
    if wanted("encounters to 837P") {
        rows.extend(encounters(inputs, speed)?);
    }
    Ok(rows)
}

/// Encounters: beside the csv crate, and in claims a second on a machine where T is 600 MB/s.
fn encounters(inputs: &Inputs, speed: f64) -> Outcome<[Row; 2]> {
    let (file, count) = inputs.encounters()?;
    let (csv, ours) = beside(|| yardstick::csv(&file), || build(inputs, &file, count))?;
    let rate = count as f64 / ours;
    let scaled = rate * 600.0 / speed;
    let by_csv = Row {
        work: "encounters to 837P, all checks",
        yardstick: format!("csv {:.0} claims/s", count as f64 / csv),
        ours: format!("{rate:.0} claims/s"),
        ratio: csv / ours,
        must: 0.2,
        reach: 0.4,
    };
    let by_rate = Row {
        work: "the same, where T is 600 MB/s",
        yardstick: "150,000 claims/s".to_owned(),
        ours: format!("{scaled:.0} claims/s"),
        ratio: scaled / 150_000.0,
        must: 1.0,
        reach: 2.0,
    };
    Ok([by_csv, by_rate])
}

/// One piece of work, so often, for a profiler.
pub fn profile(what: &str, times: usize, inputs: &Inputs) -> Outcome<()> {
    if what == "encounters" {
        let (file, count) = inputs.encounters()?;
        return (0..times).try_for_each(|_| build(inputs, &file, count).map(drop));
    }
    if what == "post" {
        return crate::posting::profile(times, inputs);
    }
    let file = if what.ends_with("837") || what == "claims" { inputs.claims()? } else { inputs.remittances()? };
    (0..times).try_for_each(|_| {
        match what.trim_end_matches("837") {
            "read" => read(&file[..]),
            "check" => check(&file[..]),
            "claims" => claims(&file[..]),
            "validate" => validate(&file[..]),
            other => Err(format!("{other} is no piece of work").into()),
        }
        .map(drop)
    })
}
