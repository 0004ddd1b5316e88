//! A backup that is taken while the ledger is open is a ledger of its own, and takes its place.

use edi_835::ledger::{Ledger, Run};
use edi_835::posting::Rules;
use edi_837::encounter::{Mapping, Practice};
use edi_837::{BuildOptions, Sequence, Verdict};
use pretty_assertions::assert_eq;
use rusqlite::Connection;
use std::path::Path;

/// Books the demo's encounters; the ledger stays open.
fn booked(path: &Path) -> Ledger {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
    let rules = Rules::shipped().unwrap();
    let run = Run { actor: "test".into(), day, rules: rules.version.clone() };
    let mut ledger = Ledger::open(path).unwrap();
    let mut booking = ledger.booking(&run, None, &rules).unwrap();
    let practice = Practice::parse(include_str!("../../testdata/demo/practice.toml")).unwrap();
    let (folder, mapping) = (tempfile::tempdir().unwrap(), Mapping::default());
    let options = BuildOptions::new(day.into());
    let input = (&include_bytes!("../../testdata/demo/encounters.csv")[..], "encounters.csv");
    let book = |claim: &edi_837::ReadyClaim<'_>| {
        booking.book(&claim.claim()?.submission(false))?;
        Ok(Verdict::Take)
    };
    let built = edi_837::build(input, &practice, &mapping, &options, &mut Sequence(1), folder.path(), book).unwrap();
    assert!(built.report().written > 0);
    booking.commit().unwrap();
    ledger
}

#[test]
fn a_backup_is_restored() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("office.db"), folder.path().join("office-copy.db"));
    let mut ledger = booked(&path);
    let whole = ledger.check().unwrap();
    assert!(whole.claims > 0 && whole.breaches.is_empty());
    let reader = Connection::open(&path).unwrap();
    reader.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
    drop((reader, ledger));
    for name in ["office.db", "office.db-wal", "office.db-shm"] {
        let _ = std::fs::remove_file(folder.path().join(name)); // the disk that was lost
    }
    std::fs::rename(&copy, &path).unwrap();
    let mut restored = Ledger::open(&path).unwrap();
    let report = restored.check().unwrap();
    assert_eq!((report.claims, report.entries), (whole.claims, whole.entries));
    assert!(report.breaches.is_empty());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
