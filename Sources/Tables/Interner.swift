/// Gives each distinct byte string a small number, in the order of first appearance. Equality is by bytes.
package struct Interner: Sendable {
  /// Open addressing; -1 is free.
  private var table: [Int32]
  private var hashes: [UInt64] = []
  private var ends: [Int] = [0]
  private var arena: [UInt8] = []
  /// The first words of at most 16 bytes: most columns that are interned have few.
  private var short: [(key: ShortKey, code: Int)] = []

  package init(expected: Int = 8) {
    var capacity = 16
    while capacity < expected * 2 { capacity *= 2 }
    table = [Int32](repeating: -1, count: capacity)
  }

  package var count: Int { hashes.count }

  package func bytes(of code: Int) -> ArraySlice<UInt8> { arena[ends[code]..<ends[code + 1]] }
  package func string(of code: Int) -> String { String(decoding: bytes(of: code), as: UTF8.self) }
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
    guard let key = ShortKey(bytes) else { return lookUp(bytes) }
    for (known, code) in short where known == key { return code }
    let code = lookUp(bytes)
    if short.count < 8 { short.append((key, code)) }
    return code
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

/// A word of at most 16 bytes in three numbers; equal exactly if the words are.
package struct ShortKey: Equatable {
  package let count: Int
  package let low: UInt64
  package let high: UInt64

  /// Nil if there are more than 16 bytes. Loads overlap rather than reach beyond the word.
  @inline(__always)
  package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    let raw = UnsafeRawBufferPointer(bytes)
    count = bytes.count
    switch count {
    case 8...16:
      low = raw.loadUnaligned(as: UInt64.self)
      high = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    case 4...7:
      low = UInt64(raw.loadUnaligned(as: UInt32.self))
      high = UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
    case 1...3:
      low = UInt64(raw[0]) | UInt64(raw[count &>> 1]) &<< 8
      high = UInt64(raw[count &- 1])
    case 0: (low, high) = (0, 0)
    default: return nil
    }
  }
}

/// A fast 64-bit hash of short byte strings, for tables in memory. Never stored, never an allocation.
package enum ByteHash {
  @inline(__always)
  package static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let raw = UnsafeRawBufferPointer(bytes)
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: bytes.count)
    var index = 0
    while index &+ 8 <= raw.count {
      state = fold(state ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index &+= 8
    }
    if index < raw.count {
      var tail: UInt64 = 0
      if raw.count >= 8 {
        // The last eight bytes, some of them for the second time.
        tail = raw.loadUnaligned(fromByteOffset: raw.count &- 8, as: UInt64.self)
      } else {
        while index < raw.count {
          tail = (tail &<< 8) | UInt64(raw[index])
          index &+= 1
        }
      }
      state = fold(state ^ tail ^ 0xD6E8_FEB8_6659_FD93)
    }
    return fold(state)
  }

  @inline(__always)
  private static func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }
}
