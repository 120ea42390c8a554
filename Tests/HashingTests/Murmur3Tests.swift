import Hashing
import Testing

@Suite struct Murmur3Tests {
  @Test(
    "Python mmh3 5.3.1, mmh3.hash(text, seed, signed=False); every length of the last block",
    arguments: [
      ("", 0, 0xebb6_c228), ("a", 0x3c25_69b2, 0x7fa0_9ea6), ("ab", 0x9bbf_d75f, 0x7487_5592),
      ("abc", 0xb3dd_93fa, 0xc84a_62dd), ("abcd", 0x43ed_676a, 0xf047_8627), ("hello", 0x248b_fa47, 0x5d7f_56e8),
      ("The quick brown fox jumps over the lazy dog", 0x2e4f_f723, 0x2fa8_26cd),
    ] as [(String, UInt32, UInt32)])
  func x86(_ text: String, _ unseeded: UInt32, _ seeded: UInt32) {
    #expect(Murmur3.x86(Array(text.utf8)) == unseeded)
    #expect(Murmur3.x86(Array(text.utf8), seed: 0x9747_b28c) == seeded)
  }

  /// SMHasher's verification: the hashes of the first n bytes 0, 1, …, n - 1 under the seed 256 - n, hashed again.
  @Test func verificationValue() {
    var hashes: [UInt8] = []
    for count in 0..<256 {
      let hash = Murmur3.x86((0..<count).map { UInt8($0) }, seed: UInt32(256 - count))
      hashes += (0..<4).map { UInt8(truncatingIfNeeded: hash >> (8 * UInt32($0))) }
    }
    #expect(Murmur3.x86(hashes) == 0xB0F5_7EE3)
  }
}
