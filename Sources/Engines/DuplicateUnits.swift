import Basics
import Experiments
import Foundation
import Tables

/// Finds a unit that has two rows, by exact bytes.
///
/// Ids that ascend from the first row to the last are different, and nothing is kept. Of others a 64-bit hash is kept, no
/// more; only if two are the same are the ids read again and compared.
final class DuplicateUnits {
  private let request: MeasurementRequest
  private let source: TableSource
  private let column: String
  /// By chunk.
  private var parted: [PartedHashes] = []
  private var areAscending = true
  /// Of some ids no hashes are kept, as they ascend.
  private var lackHashes = false
  /// The last id so far.
  private var last: [UInt8] = []

  /// Nil where a unit may have several rows.
  init?(_ request: MeasurementRequest, _ source: TableSource) {
    guard let column = request.unitColumn, request.clusterColumn == nil else { return nil }
    self.request = request
    self.source = source
    self.column = column
  }

  func take(_ consumers: [UnitRowConsumer]) {
    for units in consumers.lazy.map(\.units) {
      areAscending =
        areAscending && units.areAscending && (units.first.isEmpty || ChunkUnits.precedes(last, units.first))
      lackHashes = lackHashes || units.lackHashes
      if !units.last.isEmpty { last = units.last }
    }
    if areAscending {
      lackHashes = true
    } else if !lackHashes {
      // Those of some ids only are worth nothing.
      keep(consumers.map(\.units.hashes))
    }
  }

  private func keep(_ hashes: [[UInt64]]) {
    let found = Slots<PartedHashes?>(hashes.count, nil)
    source.parallel(hashes.count) { found[$0] = PartedHashes(hashes[$0]) }
    for index in 0..<found.count { if let hashes = found[index] { parted.append(hashes) } }
  }

  /// Reads the ids once more, for the hashes that are not there.
  private func readHashes() throws {
    parted = []
    _ = try source.scan([column]) { _ in
      HashConsumer()
    } deliver: { batch in
      keep(batch.consumers.map(\.hashes))
      return nil
    }
  }

  /// - Throws: `EngineFault` for the earliest row whose unit has a row before it.
  func check() throws {
    if areAscending { return }
    if lackHashes { try readHashes() }
    let repeated = repeatedHashes()
    guard !repeated.isEmpty else { return }
    let request = request
    let found = try source.scan(
      [column, request.variantColumn], allowedBadRows: request.allowedBadRows
    ) { chunk in
      RepeatedUnitConsumer(repeated, base: chunk.origin)
    }
    var first: [[UInt8]: (part: Int, offset: Int, arm: String)] = [:]
    for (consumer, part) in zip(found.consumers, found.partOfConsumer) {
      for row in consumer.rows {
        guard let known = first[row.unit] else {
          first[row.unit] = (part, row.offset, row.arm)
          continue
        }
        // Lines are counted for the error only.
        let earlier = (source.files[known.part].position(of: known.offset), known.arm)
        throw fault(source.files[part].position(of: row.offset), row.arm, first: earlier)
      }
    }
  }

  private func fault(
    _ position: SourcePosition, _ arm: String, first: (position: SourcePosition, arm: String)
  ) -> EngineFault {
    let (line, file) = (first.position.line ?? 0, first.position.file)
    return EngineFault(
      kind: first.arm == arm
        ? .unitTwice(column: column, firstLine: line, firstFile: file)
        : .unitInTwoArms(column: column, firstLine: line, firstFile: file, arms: [first.arm, arm]), position: position)
  }

  /// Hashes that occur twice: nearly always because their ids are the same.
  private func repeatedHashes() -> Set<UInt64> {
    let group = 16
    let found = Slots<[UInt64]>(PartedHashes.partitions / group, [])
    source.parallel(found.count) { [parted] block in
      var set = HashSet()
      for partition in block * group..<(block + 1) * group {
        set.clear(expecting: parted.reduce(0) { $0 + $1.count(partition) })
        for chunk in parted { chunk.forEach(partition) { if !set.insert($0) { found[block].append($0) } } }
      }
    }
    return Set((0..<found.count).flatMap { found[$0] })
  }
}

/// The hashes of a chunk, ordered by their first bits, so that threads share nothing and a partition's table fits the cache.
private struct PartedHashes: Sendable {
  private static let bits: UInt64 = 10
  static let partitions = 1 << Int(bits)
  private let hashes: [UInt64]
  private let starts: [UInt32]

  init(_ hashes: [UInt64]) {
    var starts = [UInt32](repeating: 0, count: Self.partitions + 1)
    for hash in hashes { starts[Int(truncatingIfNeeded: hash &>> (64 - Self.bits)) + 1] += 1 }
    for index in 0..<Self.partitions { starts[index + 1] += starts[index] }
    var next = starts
    self.hashes = [UInt64](unsafeUninitializedCapacity: hashes.count) { buffer, count in
      for hash in hashes {
        let partition = Int(truncatingIfNeeded: hash &>> (64 - Self.bits))
        buffer[Int(next[partition])] = hash
        next[partition] &+= 1
      }
      count = hashes.count
    }
    self.starts = starts
  }

  func count(_ partition: Int) -> Int { Int(starts[partition + 1] - starts[partition]) }

  @inline(__always)
  func forEach(_ partition: Int, _ body: (UInt64) -> Void) {
    hashes.withUnsafeBufferPointer { hashes in
      for index in Int(starts[partition])..<Int(starts[partition + 1]) { body(hashes[index]) }
    }
  }
}

/// The hashes of ids.
private struct HashConsumer: RowConsumer, Sendable {
  private(set) var hashes: [UInt64] = []

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    hashes.append(ByteHash.hash(fields[0].bytes))
  }

  mutating func consume(_ block: FieldBlock) -> Bool {
    let before = hashes.count
    if hashes.grow(by: block.rows, 0, { block.hashes(0, into: $0) }) { return true }
    hashes.removeLast(hashes.count - before)
    return false
  }

  mutating func clear(for chunk: TableChunk) -> Bool {
    hashes.removeAll(keepingCapacity: true)
    return true
  }
}

/// The rows whose ids have one of some hashes.
private struct RepeatedUnitConsumer: RowConsumer, Sendable {
  private let hashes: Set<UInt64>
  private let base: UInt
  private(set) var rows: [(unit: [UInt8], arm: String, offset: Int)] = []

  init(_ hashes: Set<UInt64>, base: UInt) {
    self.hashes = hashes
    self.base = base
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    guard hashes.contains(ByteHash.hash(fields[0].bytes)) else { return }
    rows.append((Array(fields[0].bytes), fields[1].string, Int(UInt(bitPattern: fields[0].start) - base)))
  }
}

/// A set of hashes that is filled again and again.
private struct HashSet {
  /// 0 is free; the hash 0 is held as 1.
  private var table: [UInt64] = []
  private var mask = 0

  mutating func clear(expecting count: Int) {
    var capacity = 64
    while capacity < count * 2 { capacity *= 2 }
    if table.count == capacity {
      table.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    } else {
      table = [UInt64](repeating: 0, count: capacity)
    }
    mask = capacity - 1
  }

  /// - Returns: false if it is there already.
  @inline(__always)
  mutating func insert(_ hash: UInt64) -> Bool {
    let value = max(hash, 1)
    return table.withUnsafeMutableBufferPointer { table in
      var slot = Int(truncatingIfNeeded: hash) & mask
      while table[slot] != 0 {
        if table[slot] == value { return false }
        slot = (slot &+ 1) & mask
      }
      table[slot] = value
      return true
    }
  }
}
