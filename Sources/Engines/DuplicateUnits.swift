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

  /// - Throws: `EngineFault` for the earliest row whose unit has a row before it.
  func check() throws(EngineFault) {
    let partitions = 16
    let found = Slots<(chunk: Int, row: Int, first: Reference)?>(partitions, nil)
    DispatchQueue.concurrentPerform(iterations: partitions) { found[$0] = firstDuplicate(in: $0, of: partitions) }
    let earliest = (0..<partitions).compactMap { found[$0] }.min { ($0.chunk, $0.row) < ($1.chunk, $1.row) }
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

  struct Reference {
    var chunk: Int
    var row: Int
  }

  /// One partition holds the ids whose hash begins with its number, so that threads share nothing.
  private func firstDuplicate(in partition: Int, of count: Int) -> (Int, Int, Reference)? {
    let shift = UInt64(64 - count.trailingZeroBitCount)
    let total = chunks.reduce(0) { $0 + $1.rows.hashes.count }
    var capacity = 64
    while capacity < total / count * 2 + 16 { capacity *= 2 }
    var table = [Reference](repeating: Reference(chunk: -1, row: 0), count: capacity)
    var filled = 0
    for (chunk, part) in chunks.enumerated() {
      let rows = part.rows
      for row in rows.hashes.indices where Int(truncatingIfNeeded: rows.hashes[row] &>> shift) == partition {
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
        if filled * 4 > capacity * 3 { grow(&table, &capacity) }
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
