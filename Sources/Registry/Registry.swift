import Basics
import Foundation
import GRDB

/// The memory of a project: experiments, runs, looks, decisions and deployments, in `.verdict/registry.sqlite`.
///
/// Every record is one entry of an append-only, hash-chained ledger, written in one transaction and synced to disk before
/// the call returns. Writing a record again under the same key changes nothing and returns the first one.
///
/// - Source: the chain is a linked timestamping scheme: Haber and Stornetta (1991), "How to time-stamp a digital document",
///   Journal of Cryptology 3, section 5.
public final class Registry: Sendable {
  /// The database file.
  public let file: String
  private let queue: DatabaseQueue

  /// Opens the registry of a directory such as `.verdict`, and creates both if need be.
  ///
  /// - Throws: `RegistryFault` if the file is not ours, is damaged, is newer than this program, or cannot be made.
  public init(directory: String) throws(RegistryFault) {
    file = directory + "/registry.sqlite"
    let existed = FileManager.default.fileExists(atPath: file)
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw RegistryFault(kind: .cannotCreate(reason: "'\(directory)' is not a writable directory"), file: file)
    }
    queue = try translating(file, creating: !existed) { [file] in
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA synchronous = FULL")
      }
      let queue = try DatabaseQueue(path: file, configuration: configuration)
      let version = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
      guard version <= Schema.version else {
        throw RegistryFault(kind: .newer(found: version, known: Schema.version), file: file)
      }
      if version < Schema.version { try queue.write(Schema.migrate) }
      return queue
    }
  }

  // MARK: - Writing

  /// Appends a record, or finds the one that was written before under the same kind and key.
  ///
  /// - Parameters:
  ///   - at: when it happened, in seconds since 1970 (UTC).
  ///   - payload: the record itself.
  /// - Returns: the entry as it stands in the ledger; `isNew` is false if it stood there already.
  @discardableResult
  public func record(
    _ kind: LedgerEntry.Kind, key: String, run: String, at: Int, payload: JSONValue
  ) throws(RegistryFault) -> (entry: LedgerEntry, isNew: Bool) {
    try translating(file) { [queue] in
      try queue.write { database in
        if let known = try Self.entry(kind, key: key, in: database) { return (known, false) }
        let last = try Row.fetchOne(database, sql: "SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1")
        let previous: String = last?["hash"] ?? LedgerEntry.genesis
        let sequence: Int = (last?["sequence"] ?? 0) + 1
        let text = payload.text()
        let hash = LedgerEntry.hash(
          previous: previous, sequence: sequence, kind: kind, key: key, run: run, at: at, payload: text)
        try database.execute(
          sql: "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          arguments: [sequence, kind.rawValue, key, run, at, text, previous, hash])
        let entry = LedgerEntry(
          sequence: sequence, kind: kind, key: key, run: run, at: at, payload: payload, previousHash: previous,
          hash: hash)
        return (entry, true)
      }
    }
  }

  // MARK: - Reading

  /// The entries in the order in which they were written, of one run or kind or of all.
  public func entries(run: String? = nil, kind: LedgerEntry.Kind? = nil) throws(RegistryFault) -> [LedgerEntry] {
    try translating(file) { [queue, file] in
      try queue.read { database in
        let rows = try Row.fetchAll(
          database,
          sql: """
            SELECT * FROM ledger WHERE (:run IS NULL OR run = :run) AND (:kind IS NULL OR kind = :kind)
            ORDER BY sequence
            """, arguments: ["run": run, "kind": kind?.rawValue])
        return try rows.map { try Self.decode($0, file: file) }
      }
    }
  }

  /// The names of all runs, oldest first.
  public func runs() throws(RegistryFault) -> [String] {
    try entries(kind: .run).map(\.run)
  }

  /// Resolves a run's name: the name itself, or the only run that begins with it; without a name, the latest run.
  public func resolve(run name: String?) throws(RegistryFault) -> String {
    let runs = try runs()
    guard let latest = runs.last else { throw RegistryFault(kind: .noRuns, file: file) }
    guard let name else { return latest }
    if runs.contains(name) { return name }
    let beginning = runs.filter { $0.hasPrefix(name) }
    if beginning.count == 1 { return beginning[0] }
    throw RegistryFault(kind: .unknownRun(name, nearest: nearestName(to: name, among: runs)), file: file)
  }

  /// Recomputes the whole chain.
  ///
  /// - Returns: the number of entries that were checked.
  /// - Throws: `RegistryFault` with the first entry that does not follow from the one before it.
  @discardableResult
  public func verifyChain() throws(RegistryFault) -> Int {
    var previous = LedgerEntry.genesis
    let entries = try entries()
    for (index, entry) in entries.enumerated() {
      let hash = LedgerEntry.hash(
        previous: previous, sequence: index + 1, kind: entry.kind, key: entry.key, run: entry.run, at: entry.at,
        payload: entry.payload.text())
      guard entry.sequence == index + 1, entry.previousHash == previous, entry.hash == hash else {
        throw RegistryFault(kind: .chainBroken(entry: index + 1), file: file)
      }
      previous = hash
    }
    return entries.count
  }

  // MARK: - Rows

  private static func entry(
    _ kind: LedgerEntry.Kind, key: String, in database: Database
  ) throws -> LedgerEntry? {
    let row = try Row.fetchOne(
      database, sql: "SELECT * FROM ledger WHERE kind = ? AND key = ?", arguments: [kind.rawValue, key])
    return try row.map { try decode($0, file: "") }
  }

  private static func decode(_ row: Row, file: String) throws -> LedgerEntry {
    guard let kind = LedgerEntry.Kind(rawValue: row["kind"]),
      let payload = try? JSONValue(parsing: row["payload"] as String)
    else { throw RegistryFault(kind: .corrupt(reason: "entry \(row["sequence"] as Int) cannot be read"), file: file) }
    return LedgerEntry(
      sequence: row["sequence"], kind: kind, key: row["key"], run: row["run"], at: row["at"], payload: payload,
      previousHash: row["previous_hash"], hash: row["hash"])
  }
}

/// Runs `body` and turns what SQLite says into a `RegistryFault`.
private func translating<Value>(
  _ file: String, creating: Bool = false, _ body: () throws -> Value
) throws(RegistryFault) -> Value {
  do {
    return try body()
  } catch let fault as RegistryFault {
    throw RegistryFault(kind: fault.kind, file: file)
  } catch let error as DatabaseError {
    let kind: RegistryFault.Kind =
      switch error.resultCode {
      case .SQLITE_NOTADB: .notADatabase
      case .SQLITE_CORRUPT: .corrupt(reason: error.message ?? "malformed")
      case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
      case .SQLITE_FULL, .SQLITE_IOERR: .full
      case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
        .cannotCreate(reason: error.message ?? "no permission")
      default: .other(reason: error.message ?? "\(error.resultCode)")
      }
    throw RegistryFault(kind: kind, file: file)
  } catch {
    throw RegistryFault(kind: .other(reason: "\(error)"), file: file)
  }
}
