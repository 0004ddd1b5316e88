//! The ledger in one SQLite file.

use super::error::{Error, Result};
use super::store::{Each, Keys, Store, Table, Value};
use super::tables::TABLES;
use edi_core::Text;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement, ToSql};
use std::collections::HashMap;
use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

/// The most columns of a row.
const COLUMNS: usize = 24;

/// How many cells wait to be written at most.
const WAITING: usize = 1 << 16;

/// How many rows one statement writes: the most first.
const ROWS: [usize; 4] = [128, 32, 8, 1];

/// A ledger database of SQLite.
///
/// Rows wait in memory and are written many at a time, parents before children, when something is read or changed,
/// and before the transaction ends.
pub struct Sqlite {
    connection: Connection,
    /// Cells of rows that wait, for each table in the order of the list of tables.
    waiting: Vec<Vec<Cell>>,
    cells: usize,
    inserts: HashMap<(&'static str, usize), String>,
    loads: HashMap<&'static str, String>,
}

/// A cell that waits.
enum Cell {
    Null,
    Int(i64),
    Text(Text),
}

impl From<&Value<'_>> for Cell {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(n) => Self::Int(*n),
            Value::Text(text) => Self::Text(Text::new(text)),
        }
    }
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
        // 32 MiB of pages: posting stays below 64 MiB.
        connection.pragma_update(None, "cache_size", -32_768)?;
        // 16 MiB of log before it is copied into the file: a page that many remittances write is copied once.
        connection.pragma_update(None, "wal_autocheckpoint", 4096)?;
        connection.set_prepared_statement_cache_capacity(128);
        let waiting = TABLES.iter().map(|_| Vec::new()).collect();
        Ok(Self { connection, waiting, cells: 0, inserts: HashMap::new(), loads: HashMap::new() })
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Writes the rows that wait.
    fn flush(&mut self) -> Result<()> {
        if self.cells == 0 {
            return Ok(());
        }
        for (table, waiting) in TABLES.iter().zip(&mut self.waiting) {
            let mut cells = waiting.as_slice();
            let columns = table.columns.len();
            for rows in ROWS {
                while cells.len() >= rows * columns {
                    let sql = self.inserts.entry((table.name, rows)).or_insert_with(|| insert(table, rows));
                    let mut statement = self.connection.prepare_cached(sql)?;
                    let (now, later) = cells.split_at(rows * columns);
                    cells = later;
                    for (i, cell) in now.iter().enumerate() {
                        statement.raw_bind_parameter(i + 1, cell)?;
                    }
                    statement.raw_execute()?;
                }
            }
            waiting.clear();
        }
        self.cells = 0; // where a row was refused they wait still, so that a commit is refused too
        Ok(())
    }

    fn forget(&mut self) {
        self.cells = 0;
        self.waiting.iter_mut().for_each(Vec::clear);
    }
}

/// A statement that writes this many rows. FAIL: a row that is refused ends the transaction, so that SQLite need not
/// be able to take back the statement alone.
fn insert(table: &Table, rows: usize) -> String {
    let row = format!("({})", vec!["?"; table.columns.len()].join(","));
    format!("INSERT OR FAIL INTO {} VALUES {}", table.name, vec![row.as_str(); rows].join(","))
}

/// Creates the file for its owner only.
fn private_file(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let file = options.mode(0o600).open(path)?;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
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

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
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
        self.flush()?;
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    fn rollback(&mut self) -> Result<()> {
        self.forget();
        if self.connection.is_autocommit() {
            return Ok(()); // SQLite has rolled back already
        }
        Ok(self.connection.execute_batch("ROLLBACK")?)
    }

    fn load(&mut self, select: &'static str, keys: Keys<'_>, each: &mut Each<'_>) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        self.flush()?;
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
        if row.len() != table.columns.len() {
            return Err(Error::Damaged("a row has not the columns of its table"));
        }
        let place = TABLES.iter().position(|known| std::ptr::eq(*known, table));
        if let Some(waiting) = place.and_then(|place| self.waiting.get_mut(place)) {
            waiting.extend(row.iter().map(Cell::from));
        }
        self.cells += row.len();
        if self.cells >= WAITING { self.flush() } else { Ok(()) }
    }

    fn query(&mut self, sql: &str, arguments: &[Value<'_>], each: &mut Each<'_>) -> Result<()> {
        self.flush()?;
        let mut statement = self.connection.prepare_cached(sql)?;
        bind(&mut statement, arguments)?;
        rows(&mut statement, each)
    }

    fn change(&mut self, sql: &'static str, arguments: &[Value<'_>]) -> Result<usize> {
        self.flush()?;
        let mut statement = self.connection.prepare_cached(sql)?;
        bind(&mut statement, arguments)?;
        Ok(statement.raw_execute()?)
    }
}
