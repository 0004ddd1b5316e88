//! The ledger in one SQLite file.

use super::error::{Error, Result};
use super::store::{Each, Keys, Store, Table, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement, ToSql};
use std::collections::HashMap;
use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

/// The most columns of a row.
const COLUMNS: usize = 24;

/// A ledger database of SQLite.
pub struct Sqlite {
    connection: Connection,
    inserts: HashMap<&'static str, String>,
    loads: HashMap<&'static str, String>,
}

impl Sqlite {
    /// Opens the file, and creates it where it is not there; it is for its owner only (0600), as the files
    /// beside it (`-wal`, `-shm`) are, which SQLite creates with the same rights.
    ///
    /// # Errors
    /// Where the file cannot be opened or is no database.
    pub fn open(path: &Path) -> Result<Self> {
        private_file(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::prepare(Connection::open_with_flags(path, flags)?)
    }

    /// A ledger that lives in memory: for tests and trials.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn in_memory() -> Result<Self> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(connection: Connection) -> Result<Self> {
        connection.busy_timeout(Duration::from_secs(30))?;
        // WAL: readers do not wait for the poster. FULL: a commit is on the disk before it is told.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // Without it, INSERT OR REPLACE would pass by the triggers that refuse deletion.
        connection.pragma_update(None, "recursive_triggers", true)?;
        connection.pragma_update(None, "cache_size", -65_536)?;
        connection.set_prepared_statement_cache_capacity(128);
        Ok(Self { connection, inserts: HashMap::new(), loads: HashMap::new() })
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// Creates the file for its owner only.
fn private_file(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let file = options.mode(0o600).open(path)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    #[cfg(not(unix))]
    options.open(path)?;
    Ok(())
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(n) => ValueRef::Integer(*n),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

fn bind(statement: &mut Statement<'_>, arguments: &[Value<'_>]) -> Result<()> {
    for (i, argument) in arguments.iter().enumerate() {
        statement.raw_bind_parameter(i + 1, argument)?;
    }
    Ok(())
}

/// Hands out the rows of a statement whose arguments are bound.
fn rows(statement: &mut Statement<'_>, each: &mut Each<'_>) -> Result<()> {
    let columns = statement.column_count().min(COLUMNS);
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let mut cells = [Value::Null; COLUMNS];
        for (i, cell) in cells.iter_mut().enumerate().take(columns) {
            *cell = match row.get_ref(i)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(n) => Value::Int(n),
                ValueRef::Text(bytes) => {
                    Value::Text(std::str::from_utf8(bytes).map_err(|_| Error::Damaged("a text is not UTF-8"))?)
                }
                ValueRef::Real(_) | ValueRef::Blob(_) => return Err(Error::Damaged("a cell is no number and no text")),
            };
        }
        each(&cells[..columns])?;
    }
    Ok(())
}

impl Store for Sqlite {
    fn begin(&mut self) -> Result<()> {
        Ok(self.connection.execute_batch("BEGIN IMMEDIATE")?)
    }

    fn begin_read(&mut self) -> Result<()> {
        Ok(self.connection.execute_batch("BEGIN")?)
    }

    fn verify(&mut self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        self.query("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check", &[], &mut |row| {
            found.push(format!("a row of {} refers to no {}", row[0].text(), row[2].text()));
            Ok(())
        })?;
        self.query("SELECT quick_check FROM pragma_quick_check WHERE quick_check <> 'ok'", &[], &mut |row| {
            found.push(row[0].text().to_owned());
            Ok(())
        })?;
        Ok(found)
    }

    fn commit(&mut self) -> Result<()> {
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    fn rollback(&mut self) -> Result<()> {
        if self.connection.is_autocommit() {
            return Ok(()); // SQLite has rolled back already
        }
        Ok(self.connection.execute_batch("ROLLBACK")?)
    }

    fn load(&mut self, select: &'static str, keys: Keys<'_>, each: &mut Each<'_>) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let sql =
            self.loads.entry(select).or_insert_with(|| select.replace("{keys}", "(SELECT value FROM json_each(?1))"));
        let keys = match keys {
            Keys::Int(keys) => serde_json::to_string(keys),
            Keys::Text(keys) => serde_json::to_string(keys),
        };
        let keys = keys.map_err(|error| Error::Database(Box::new(error)))?;
        let mut statement = self.connection.prepare_cached(sql)?;
        bind(&mut statement, &[Value::Text(&keys)])?;
        rows(&mut statement, each)
    }

    fn append(&mut self, table: &'static Table, row: &[Value<'_>]) -> Result<()> {
        let sql = self.inserts.entry(table.name).or_insert_with(|| {
            let marks = vec!["?"; table.columns.len()].join(", ");
            format!("INSERT INTO {} ({}) VALUES ({marks})", table.name, table.columns.join(", "))
        });
        let mut statement = self.connection.prepare_cached(sql)?;
        bind(&mut statement, row)?;
        statement.raw_execute()?;
        Ok(())
    }

    fn query(&mut self, sql: &str, arguments: &[Value<'_>], each: &mut Each<'_>) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        bind(&mut statement, arguments)?;
        rows(&mut statement, each)
    }

    fn change(&mut self, sql: &'static str, arguments: &[Value<'_>]) -> Result<usize> {
        let mut statement = self.connection.prepare_cached(sql)?;
        bind(&mut statement, arguments)?;
        Ok(statement.raw_execute()?)
    }
}
