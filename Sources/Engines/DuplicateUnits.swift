import Basics
import Foundation
import Tables

/// Finds a unit that has two rows, by exact bytes.
struct DuplicateUnits: @unchecked Sendable {
  /// The rows of one chunk with the file that they stand in and the names of their arms.
  struct Chunk {
    let rows: UnitRows
    let file: TableFile
    let arms: [String]
  }
  let chunks: [Chunk]
  let column: String
  let source: TableSource

  /// - Throws: `EngineFault` for the earliest row whose unit has a row before it.
  func check() throws(EngineFault) {
    let repeated = partitionsWithRepeatedHash()
    guard !repeated.isEmpty else { return }
    let earliest = repeated.compactMap { firstDuplicate(in: $0) }.min { ($0.chunk, $0.row) < ($1.chunk, $1.row) }
    guard let earliest else { return }
    let (chunk, first) = (chunks[earliest.chunk], chunks[earliest.first.chunk])
    let here = chunk.file.position(of: chunk.rows.offsets[earliest.row])
    let there = first.file.position(of: first.rows.offsets[earliest.first.row])
    let arms = [
      first.arms[Int(first.rows.arms[earliest.first.row])], chunk.arms[Int(chunk.rows.arms[earliest.row])],
    ]
    let (line, file) = (there.line ?? 0, there.file)
    throw EngineFault(
      kind: arms[0] == arms[1]
        ? .unitTwice(column: column, firstLine: line, firstFile: file)
        : .unitInTwoArms(column: column, firstLine: line, firstFile: file, arms: arms), position: here)
  }

  /// Ids are parted by the first bits of their hashes, so that threads share nothing and a part's table fits the cache.
  private static let partitionBits = 10
  private static let partitions = 1 << partitionBits

  private static func partition(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash &>> UInt64(64 - partitionBits))
  }

  /// The partitions in which two rows have the same 64-bit hash: nearly always because they have the same id.
  private func partitionsWithRepeatedHash() -> [Int] {
    let parted = Slots<(hashes: [UInt64], starts: [Int])>(chunks.count, ([], []))
    source.parallel(chunks.count) { parted[$0] = Self.parted(chunks[$0].rows.hashes) }
    let isRepeated = Slots<Bool>(Self.partitions, false)
    let group = 64
    source.parallel(Self.partitions / group) { block in
      var set = HashSet()
      for partition in block * group..<(block + 1) * group {
        let total = (0..<parted.count).reduce(0) { sum, chunk in
          sum + parted[chunk].starts[partition + 1] - parted[chunk].starts[partition]
        }
        set.clear(expecting: total)
        for chunk in 0..<parted.count {
          let (hashes, starts) = parted[chunk]
          for index in starts[partition]..<starts[partition + 1] where !set.insert(hashes[index]) {
            isRepeated[partition] = true
          }
        }
      }
    }
    return (0..<Self.partitions).filter { isRepeated[$0] }
  }

  /// The hashes in the order of their partitions, and where each partition starts.
  private static func parted(_ hashes: [UInt64]) -> (hashes: [UInt64], starts: [Int]) {
    var starts = [Int](repeating: 0, count: partitions + 1)
    for hash in hashes { starts[partition(hash) + 1] += 1 }
    for index in 0..<partitions { starts[index + 1] += starts[index] }
    var next = starts
    let sorted = [UInt64](unsafeUninitializedCapacity: hashes.count) { buffer, count in
      for hash in hashes {
        let partition = partition(hash)
        buffer[next[partition]] = hash
        next[partition] += 1
      }
      count = hashes.count
    }
    return (sorted, starts)
  }

  struct Reference {
    var chunk: Int
    var row: Int
  }

  /// The first row of a partition whose id, byte by byte, stands before it.
  private func firstDuplicate(in partition: Int) -> (chunk: Int, row: Int, first: Reference)? {
    var capacity = 64
    var table = [Reference](repeating: Reference(chunk: -1, row: 0), count: capacity)
    var filled = 0
    for (chunk, part) in chunks.enumerated() {
      let rows = part.rows
      for row in rows.hashes.indices where Self.partition(rows.hashes[row]) == partition {
        let hash = rows.hashes[row]
        var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
        while table[slot].chunk >= 0 {
          let known = table[slot]
          if chunks[known.chunk].rows.hashes[known.row] == hash, same(known, Reference(chunk: chunk, row: row)) {
            return (chunk, row, known)
          }
          slot = (slot &+ 1) & (capacity - 1)
        }
        table[slot] = Reference(chunk: chunk, row: row)
        filled += 1
        if filled * 2 > capacity { grow(&table, &capacity) }
      }
    }
    return nil
  }

  private func grow(_ table: inout [Reference], _ capacity: inout Int) {
    let old = table
    capacity *= 2
    table = [Reference](repeating: Reference(chunk: -1, row: 0), count: capacity)
    for reference in old where reference.chunk >= 0 {
      var slot = Int(truncatingIfNeeded: chunks[reference.chunk].rows.hashes[reference.row]) & (capacity - 1)
      while table[slot].chunk >= 0 { slot = (slot &+ 1) & (capacity - 1) }
      table[slot] = reference
    }
  }

  private func same(_ a: Reference, _ b: Reference) -> Bool {
    let (x, y) = (chunks[a.chunk], chunks[b.chunk])
    let count = Int(x.rows.counts[a.row])
    guard count == Int(y.rows.counts[b.row]), let p = x.file.text.baseAddress, let q = y.file.text.baseAddress else {
      return false
    }
    return memcmp(p + x.rows.offsets[a.row], q + y.rows.offsets[b.row], count) == 0
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
    var slot = Int(truncatingIfNeeded: hash) & mask
    while table[slot] != 0 {
      if table[slot] == value { return false }
      slot = (slot &+ 1) & mask
    }
    table[slot] = value
    return true
  }
}
