import Foundation
import GRDB
import Registry
import Testing

@Suite struct RegistryTests {
  /// A folder that goes with the test.
  final class Scratch {
    let path = FileManager.default.temporaryDirectory.appending(path: "registry-\(UUID().uuidString)").path
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  let scratch = Scratch()

  @Test func aRecordIsWrittenOnce() throws {
    let registry = try Registry(directory: scratch.path)
    let first = try registry.record(.run, key: "k", run: "r-1", at: 10, payload: ["a": 1])
    let again = try registry.record(.run, key: "k", run: "r-1", at: 99, payload: ["a": 2])
    #expect(first.isNew && !again.isNew)
    #expect(again.entry == first.entry)
    #expect(try registry.entries().count == 1)
  }

  @Test func survivesReopeningAndVerifies() throws {
    for round in 1...3 {
      let registry = try Registry(directory: scratch.path)
      try registry.record(.deployment, key: "d\(round)", run: "r-1", at: round, payload: ["share": 0.5])
      #expect(try registry.verifyChain() == round)
    }
  }

  @Test func resolvesRuns() throws {
    let registry = try Registry(directory: scratch.path)
    #expect(throws: RegistryFault.self) { try registry.resolve(run: nil) }
    for name in ["checkout-1", "checkout-2", "search-1"] {
      try registry.record(.run, key: name, run: name, at: 0, payload: [:])
    }
    #expect(try registry.resolve(run: nil) == "search-1")
    #expect(try registry.resolve(run: "sea") == "search-1")
    do {
      _ = try registry.resolve(run: "chekout-1")
      Issue.record("no fault")
    } catch { #expect(error.sentence == "no run 'chekout-1'. Did you mean 'checkout-1'?") }
  }

  @Test func theLedgerCannotBeChanged() throws {
    let registry = try Registry(directory: scratch.path)
    try registry.record(.look, key: "1", run: "r", at: 0, payload: ["p": 0.04])
    let queue = try DatabaseQueue(path: registry.file)
    #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: "DELETE FROM ledger") } }
    try queue.write {
      try $0.execute(sql: "DROP TRIGGER ledger_never_changes")
      try $0.execute(sql: "UPDATE ledger SET payload = '{\"p\":0.06}'")
    }
    #expect(throws: RegistryFault(kind: .chainBroken(entry: 1), file: registry.file)) { try registry.verifyChain() }
  }

  @Test func aDamagedFileIsAClearFault() throws {
    try FileManager.default.createDirectory(atPath: scratch.path, withIntermediateDirectories: true)
    let file = scratch.path + "/registry.sqlite"
    try Data("this is no database, but it is long enough to be read as one".utf8).write(to: URL(filePath: file))
    #expect(throws: RegistryFault(kind: .notADatabase, file: file)) { try Registry(directory: scratch.path) }
  }

  @Test func aNewerFileIsRefused() throws {
    _ = try Registry(directory: scratch.path)
    let file = scratch.path + "/registry.sqlite"
    try DatabaseQueue(path: file).write { try $0.execute(sql: "PRAGMA user_version = 7") }
    #expect(throws: RegistryFault(kind: .newer(found: 7, known: 1), file: file)) {
      try Registry(directory: scratch.path)
    }
  }

  @Test func aFileInTheWayIsAClearFault() throws {
    try Data().write(to: URL(filePath: scratch.path))
    #expect(throws: RegistryFault.self) { try Registry(directory: scratch.path) }
  }
}
