import CScan

/// Gives each distinct byte string a small number, in the order of first appearance. Equality is by bytes.
package struct Interner: Sendable {
  /// Open addressing; -1 is free.
  private var table: [Int32]
  private var hashes: [UInt64] = []
  private var ends: [Int] = [0]
  private var arena: [UInt8] = []
  /// Words of at most 16 bytes, for a look at their bytes alone: most columns that are interned have few. The very first
  /// ones, and a small table.
  package private(set) var first = [cscan_word](repeating: free, count: CSCAN_PROBES)
  package private(set) var frequent = [cscan_word](
    repeating: free, count: CSCAN_WORDS)

  private static let free = cscan_word(key: cscan_key(low: .max, high: .max), code: -1)

  package init(expected: Int = 8) {
    var capacity = 16
    while capacity < expected * 2 { capacity *= 2 }
    table = [Int32](repeating: -1, count: capacity)
    hashes.reserveCapacity(expected)
    ends.reserveCapacity(expected + 1)
  }

  package var count: Int { hashes.count }

  package func bytes(of code: Int) -> ArraySlice<UInt8> { arena[ends[code]..<ends[code + 1]] }
  package func string(of code: Int) -> String { String(decoding: bytes(of: code), as: UTF8.self) }

  /// Of `ByteHash`.
  @inline(__always)
  func hash(of code: Int) -> UInt64 { hashes[code] }

  /// The bytes of all words, and where those of each one are among them.
  @inline(__always)
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>, (_ code: Int) -> Range<Int>) -> Result) -> Result {
    arena.withUnsafeBufferPointer { arena in body(arena) { ends[$0]..<ends[$0 + 1] } }
  }

  package var strings: [String] { (0..<count).map(string) }

  @inline(__always)
  package mutating func code(of field: Field) -> Int {
    guard !field.hasDoubledQuotes else {
      return Array(field.string.utf8).withUnsafeBufferPointer { code(of: $0) }
    }
    return code(of: field.bytes)
  }

  @inline(__always)
  package mutating func code(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var key = cscan_key()
    guard let start = bytes.baseAddress, cscan_short_key(start, bytes.count, &key) != 0 else { return lookUp(bytes) }
    let place = cscan_place(key)
    for probe in 0..<CSCAN_PROBES {
      let index = (place &+ probe) & (CSCAN_WORDS - 1)
      let word = frequent[index]
      if word.code >= 0, word.key.low == key.low, word.key.high == key.high { return Int(word.code) }
      if word.code < 0 {
        let code = lookUp(bytes)
        frequent[index] = cscan_word(key: key, code: Int64(code))
        if let free = first.firstIndex(where: { $0.code < 0 }) { first[free] = frequent[index] }
        return code
      }
    }
    return lookUp(bytes)
  }

  private mutating func lookUp(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    let hash = ByteHash.hash(bytes)
    var slot = Int(truncatingIfNeeded: hash) & (table.count - 1)
    while table[slot] >= 0 {
      let code = Int(table[slot])
      if hashes[code] == hash, equals(code, bytes) { return code }
      slot = (slot + 1) & (table.count - 1)
    }
    table[slot] = Int32(hashes.count)
    hashes.append(hash)
    arena.append(contentsOf: bytes)
    ends.append(arena.count)
    if hashes.count * 2 > table.count { grow() }
    return hashes.count - 1
  }

  private mutating func grow() {
    table = [Int32](repeating: -1, count: table.count * 2)
    for (code, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (table.count - 1)
      while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
      table[slot] = Int32(code)
    }
  }

  @inline(__always)
  private func equals(_ code: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = ends[code]
    guard ends[code + 1] - start == bytes.count else { return false }
    for i in 0..<bytes.count where arena[start &+ i] != bytes[i] { return false }
    return true
  }
}

/// A fast 64-bit hash of short byte strings, for tables in memory. Never stored, never an allocation.
package enum ByteHash {
  @inline(__always)
  package static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    bytes.baseAddress.map { cscan_hash($0, bytes.count) } ?? 0
  }
}
