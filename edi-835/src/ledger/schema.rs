//! Schema versions: each is applied once, in order, in one transaction.

use super::chart::{Account, Nature};
use super::error::{Error, Result};
use super::sqlite::Sqlite;
use super::store::{Store, Value};
use super::tables::ACCOUNT;

/// `ediL`: marks the file as one of our ledgers.
const APPLICATION_ID: i64 = 0x6564_694C;

/// The statements of each version; a version that was released is never edited.
const MIGRATIONS: [&str; 2] = [include_str!("schema/0001.sql"), include_str!("schema/0002.sql")];

/// Brings a database to the latest version.
pub(super) fn migrate(store: &mut Sqlite) -> Result<()> {
    let known = MIGRATIONS.len() as i64;
    if version(store)? == known {
        return Ok(());
    }
    store.begin()?;
    let result = apply(store);
    if result.is_ok() {
        store.commit()?
    } else {
        store.rollback()?
    }
    result
}

/// The version, after a check that the file is a ledger or empty.
fn version(store: &mut Sqlite) -> Result<i64> {
    let number = |pragma| store.connection().pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let (version, application) = (number("user_version")?, number("application_id")?);
    let tables: i64 = store.connection().query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (version != 0 || tables != 0) {
        return Err(Error::NotALedger);
    }
    let known = MIGRATIONS.len() as i64;
    if version > known { Err(Error::NewerSchema { found: version, known }) } else { Ok(version) }
}

fn apply(store: &mut Sqlite) -> Result<()> {
    let from = version(store)?; // again: another process may have been faster
    for (sql, version) in MIGRATIONS.iter().zip(1i64..).filter(|(_, version)| *version > from) {
        store.connection().execute_batch(sql)?;
        store.connection().pragma_update(None, "user_version", version)?;
    }
    store.connection().pragma_update(None, "application_id", APPLICATION_ID)?;
    let mut known = 0;
    store.query("SELECT count(*) FROM account", &[], &mut |row| {
        known = row[0].int();
        Ok(())
    })?;
    for account in Account::ALL.into_iter().filter(|account| account.id() > known) {
        let nature = match account.nature() {
            Nature::Asset => "asset",
            Nature::Liability => "liability",
            Nature::Income => "income",
            Nature::Expense => "expense",
        };
        store.append(&ACCOUNT, &[account.id().into(), account.name().into(), Value::Text(nature)])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tables::TABLES;
    use pretty_assertions::assert_eq;

    #[test]
    fn the_list_of_tables_is_the_schema() {
        let mut store = Sqlite::in_memory().unwrap();
        migrate(&mut store).unwrap();
        let mut names = Vec::new();
        let list = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid";
        store
            .query(list, &[], &mut |row| {
                let _: () = names.push(row[0].text().to_owned());
                Ok(())
            })
            .unwrap();
        assert_eq!(names, TABLES.map(|table| table.name.to_owned()));
        for table in TABLES {
            let mut columns = Vec::new();
            let info = "SELECT name FROM pragma_table_info(?1) ORDER BY cid";
            store
                .query(info, &[table.name.into()], &mut |row| {
                    let _: () = columns.push(row[0].text().to_owned());
                    Ok(())
                })
                .unwrap();
            assert_eq!(columns, table.columns, "{}", table.name);
        }
    }

    #[test]
    fn migrations_run_once_and_never_backwards() {
        let mut store = Sqlite::in_memory().unwrap();
        migrate(&mut store).unwrap();
        migrate(&mut store).unwrap();
        store.connection().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut store), Err(Error::NewerSchema { found: 99, .. })));
    }

    #[test]
    fn a_database_of_another_kind_is_refused() {
        let mut store = Sqlite::in_memory().unwrap();
        store.connection().execute_batch("CREATE TABLE mine (x)").unwrap();
        assert!(matches!(migrate(&mut store), Err(Error::NotALedger)));
    }
}
