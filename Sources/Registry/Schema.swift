import GRDB

/// The tables of `.verdict/registry.sqlite`.
///
/// `ledger` is the truth, append-only and chained by hashes; the other columns of a record live in its JSON payload. A
/// partial unique index makes a record that is written again (after a crash, with the same key) the same record.
enum Schema {
  static let version = 1

  static func migrate(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS ledger (
          sequence INTEGER PRIMARY KEY,
          kind TEXT NOT NULL CHECK (kind IN ('experiment', 'run', 'look', 'decision', 'deployment')),
          key TEXT NOT NULL,
          run TEXT NOT NULL,
          at INTEGER NOT NULL,
          payload TEXT NOT NULL CHECK (json_valid(payload)),
          previous_hash TEXT NOT NULL,
          hash TEXT NOT NULL,
          UNIQUE (kind, key)
        ) STRICT;
        CREATE INDEX IF NOT EXISTS ledger_by_run ON ledger (run, kind, sequence);
        CREATE TRIGGER IF NOT EXISTS ledger_never_changes BEFORE UPDATE ON ledger
          BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
        CREATE TRIGGER IF NOT EXISTS ledger_never_forgets BEFORE DELETE ON ledger
          BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
        PRAGMA user_version = \(version);
        """)
  }
}
