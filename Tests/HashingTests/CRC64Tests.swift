import CHash
import Hashing
import TestSupport
import Testing

@Suite struct CRC64Tests {
  static func random(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  static func digest(_ bytes: some Collection<UInt8>) -> UInt64 {
    var crc = CRC64()
    Array(bytes).withUnsafeBytes { crc.update($0) }
    return crc.digest
  }

  /// The check value of CRC-64/XZ in the catalogue of CRC algorithms (Greg Cook, reveng.sourceforge.io), and nothing.
  @Test func checkValue() {
    #expect(Self.digest("123456789".utf8) == 0x995D_C9BB_DF19_39FA)
    #expect(CRC64.definition("123456789".utf8) == 0x995D_C9BB_DF19_39FA)
    #expect(CRC64().digest == 0)
  }

  /// Lengths around those at which products, tables and single bytes take over.
  @Test func everyWayGivesTheDefinition() {
    var generator = SeededGenerator(seed: 64)
    for count in Array(0..<40) + [127, 128, 129, 511, 512, 513, 767, 768, 1023, 5000] {
      let bytes = Self.random(count, &generator)
      let expected = CRC64.definition(bytes)
      #expect(Self.digest(bytes) == expected, "\(count) bytes")
      #expect(bytes.withUnsafeBufferPointer { chash_crc64_portable(0, $0.baseAddress, count) } == expected)
    }
  }

  @Test func partsMakeTheWhole() {
    var generator = SeededGenerator(seed: 65)
    let bytes = Self.random(3000, &generator)
    for cut in [0, 1, 8, 700, 2999, 3000] {
      let (first, second) = (bytes[..<cut], bytes[cut...])
      var joined = CRC64()
      joined.join(Self.digest(first), count: first.count)
      joined.join(Self.digest(second), count: second.count)
      var continued = CRC64()
      Array(first).withUnsafeBytes { continued.update($0) }
      Array(second).withUnsafeBytes { continued.update($0) }
      #expect(joined.digest == CRC64.definition(bytes))
      #expect(continued == joined)
    }
  }

  @Test func aChangedBitIsSeen() {
    var generator = SeededGenerator(seed: 66)
    var bytes = Self.random(2000, &generator)
    let before = Self.digest(bytes)
    for place in [0, 7, 511, 1024, 1999] {
      bytes[place] ^= 0x10
      #expect(Self.digest(bytes) != before)
      bytes[place] ^= 0x10
    }
  }
}
