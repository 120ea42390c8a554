import Foundation
import Synchronization
import Tables
import TestSupport
import Testing

/// What a scan delivers, in which order, and how long it stays.
@Suite struct ScanDeliveryTests {
  /// Keeps its rows in memory that is used again for other chunks.
  private struct Kept: RowConsumer, Sendable {
    final class Memory: @unchecked Sendable {
      var rows: [String] = []
      /// Of all chunks that it was used for.
      var ever: Set<String> = []
    }
    let memory = Memory()

    mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
      if fields[0].string == "bad" { throw RowFault(.notANumber(column: "x", found: "bad"), offset: offset) }
      memory.rows.append(fields[0].string)
      memory.ever.insert(fields[0].string)
    }

    mutating func clear(for chunk: TableChunk) -> Bool {
      memory.rows = []
      return true
    }
  }

  private final class Log: Sendable {
    private let lock = NSLock()
    nonisolated(unsafe) private var words: [String] = []
    func add(_ more: [String]) { lock.withLock { words += more } }
    var all: [String] { lock.withLock { words } }
  }

  private static let rows = (0..<5_000).map { "row-\($0)" }

  private static func source(_ rows: [String], threads: Int) throws -> TableSource {
    var options = TableOptions(threads: threads)
    options.chunkBytes = 256
    let text = "x,y\n" + rows.map { "\($0),1\n" }.joined()
    return try TableSource(files: [TableFile(name: "t.csv", bytes: Array(text.utf8))], options: options)
  }

  @Test(arguments: [1, 2, 4])
  func workIsDoneBeforeTheNextDelivery(threads: Int) throws {
    let source = try Self.source(Self.rows, threads: threads)
    let log = Log()
    var (delivered, before): ([String], [Kept]) = ([], [])
    let count = try source.scan(["x"]) { _ in
      Kept()
    } deliver: { batch in
      #expect(log.all == delivered)
      // What was delivered last is still there, as its sums may have to be finished.
      #expect(before.flatMap(\.memory.rows) == delivered.suffix(before.reduce(0) { $0 + $1.memory.rows.count }))
      #expect(before.isEmpty || before.contains { !$0.memory.rows.isEmpty })
      before = batch.consumers
      delivered += batch.consumers.flatMap(\.memory.rows)
      return SharedWork(count: 1) { _ in log.add(batch.consumers.flatMap(\.memory.rows)) }
    }
    #expect(count.rows == Self.rows.count)
    #expect(delivered == Self.rows && log.all == Self.rows)
  }

  /// What is begun already ends quietly, and the table can be read again.
  @Test(arguments: [1, 2, 4])
  func aDeliveryMayEndTheScan(threads: Int) throws {
    let source = try Self.source(Self.rows, threads: threads)
    let scanned = Atomic(0)
    var batches = 0
    let error = #expect(throws: TableFault.self) {
      _ = try source.scan(["x"]) { _ in
        scanned.wrappingAdd(1, ordering: .relaxed)
        return Kept()
      } deliver: { batch throws(TableFault) in
        batches += 1
        if batches == 3 { throw TableFault(.headerOnly, at: nil) }
        return SharedWork(count: 2) { _ in _ = batch.consumers.count }
      }
    }
    #expect(error?.kind == .headerOnly && batches == 3)
    let after = scanned.load(ordering: .relaxed)
    #expect(try source.scan(["x"]) { _ in Kept() }.consumers.flatMap(\.memory.rows) == Self.rows)
    #expect(scanned.load(ordering: .relaxed) == after)
  }

  @Test(arguments: [1, 2, 4])
  func theFirstFaultInFileOrderIsTold(threads: Int) throws {
    for (first, second) in [(2_500, 2_501), (0, 4_999), (4_000, 4_600)] {
      var rows = Self.rows
      (rows[first], rows[second]) = ("bad", "bad")
      let source = try Self.source(rows, threads: threads)
      var delivered: [String] = []
      let error = #expect(throws: TableFault.self) {
        _ = try source.scan(["x"]) { _ in
          Kept()
        } deliver: { batch in
          delivered += batch.consumers.flatMap(\.memory.rows)
          return nil
        }
      }
      #expect(error?.position?.line == first + 2)
      #expect(delivered == Array(rows.prefix(delivered.count)) && delivered.count <= first)
    }
  }

  /// Its map must not be looked at behind the new end, which would be a signal. Where line breaks lie inside quotes all quotes are
  /// counted, and what ends records is looked for behind each cut.
  @Test(arguments: [1, 2, 4], ["1", "\"said \"\"yes\"\",\nthen no\""])
  func aFileThatBecomesShorterIsAFault(threads: Int, cell: String) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("shorter-\(UUID()).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = "x,y\n" + (0..<200_000).map { "row-\($0),\(cell)\n" }.joined()
    for size in [0, 5, 100_000, 1_000_000] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      var options = TableOptions(threads: threads)
      options.chunkBytes = 10_000
      let source = try TableSource([path], options: options)
      var isShorter = false
      let error = #expect(throws: TableFault.self) {
        _ = try source.scan(["x"]) { _ in
          Kept()
        } deliver: { _ in
          if !isShorter { isShorter = truncate(path, off_t(size)) == 0 }
          return nil
        }
      }
      #expect(error?.kind == .changed(from: text.utf8.count, to: size))
      #expect(error?.position?.file == path)
    }
  }

  /// A range of more bytes than are copied would be looked at in the map.
  @Test func aLongFileThatBecomesShorterIsAFault() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("shorter-\(UUID()).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let rows = String(repeating: "some text,1\n", count: 100_000)
    let bytes = Data("x,y\n".utf8) + (0..<80).reduce(into: Data()) { all, _ in all.append(contentsOf: rows.utf8) }
    try bytes.write(to: URL(fileURLWithPath: path))
    let source = try TableSource([path], options: TableOptions(threads: 2))
    var isShorter = false
    let error = #expect(throws: TableFault.self) {
      _ = try source.scan(["y"]) { _ in
        Kept()
      } deliver: { _ in
        if !isShorter { isShorter = truncate(path, 2_000_000) == 0 }
        return nil
      }
    }
    #expect(error?.kind == .changed(from: bytes.count, to: 2_000_000))
  }

  private struct NoRoom: Error {}

  @Test(arguments: [1, 2, 4])
  func nothingIsTakenBehindAFailure(threads: Int) throws {
    let source = try Self.source(Self.rows, threads: threads)
    let log = Log()
    #expect(throws: NoRoom.self) {
      _ = try source.stream(["x"]) { _ in
        Kept()
      } take: { chunk in
        if log.all.count > 1_000 { throw NoRoom() }
        log.add(chunk.memory.rows)
      }
    }
    #expect(log.all.count > 1_000 && log.all == Array(Self.rows.prefix(log.all.count)))
    let all = Log()
    #expect(
      try source.stream(["x"]) { _ in
        Kept()
      } take: {
        all.add($0.memory.rows)
      } == Self.rows.count)
    #expect(all.all == Self.rows)
  }

  /// Chunks that begin inside quotes, where others would have records, leave nothing to those that are read instead.
  @Test(arguments: [1, 2, 4])
  func wrongCutsLeaveNothing(threads: Int) throws {
    var options = TableOptions(threads: threads)
    options.chunkBytes = 256
    let ghosts = String(repeating: "ghost,1\n", count: 40)
    func lines(_ rows: ArraySlice<String>) -> String { rows.map { "\($0),1\n" }.joined() }
    // Wherever in a batch the cut is.
    for before in stride(from: 0, to: 200, by: 25) {
      let text = "x,y\n" + lines(Self.rows[..<before]) + "\"\(ghosts)\",1\n" + lines(Self.rows[before..<1_000])
      let source = try TableSource(files: [TableFile(name: "t.csv", bytes: Array(text.utf8))], options: options)
      var ever: Set<String> = []
      _ = try source.scan(["x"]) { _ in
        Kept()
      } deliver: { batch in
        for consumer in batch.consumers { ever.formUnion(consumer.memory.ever) }
        return nil
      }
      #expect(ever == Set(Self.rows.prefix(1_000) + [ghosts]))
    }
  }

  /// A field has one place among those asked for.
  @Test func aColumnIsAskedForOnce() throws {
    let source = try Self.source(Self.rows, threads: 1)
    let error = #expect(throws: TableFault.self) { _ = try source.scan(["x", "y", "x"]) { _ in Kept() } }
    #expect(error?.sentence == "column 'x': it is named for two different things")
  }
}
