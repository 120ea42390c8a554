import Hashing
import TestSupport
import Testing

@Suite struct HashTests {
  /// The bytes 0, 1, …, 250, 0, 1, …
  static func ramp(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 251) } }

  @Test(
    "Python xxhash 3.x, xxh64(bytes(i % 251 for i in range(n)), seed).hexdigest()",
    arguments: [
      (0, 0xef46_db37_51d8_e999, 0xac75_fda2_929b_17ef), (1, 0xe934_a84a_db05_2768, 0x5014_6076_43a9_b4c3),
      (4, 0xffce_d860_4453_cc1e, 0xb8f1_a518_93fa_14e6), (31, 0xc346_d2b5_9b4d_8ee1, 0x7196_9c89_a30a_986a),
      (32, 0xcbf5_9c51_16ff_32b4, 0x7181_3547_74e0_d600), (33, 0x0c53_5d1a_cafb_8ead, 0x57bd_8ad0_a039_0e6d),
      (100, 0x6ac1_e580_3216_6597, 0x8832_442a_8828_4f11),
    ] as [(Int, UInt64, UInt64)])
  func xxh64(_ count: Int, _ unseeded: UInt64, _ seeded: UInt64) {
    Self.ramp(count).withUnsafeBytes {
      #expect(XXH64.hash($0) == unseeded)
      #expect(XXH64.hash($0, seed: 2_654_435_761) == seeded)
    }
  }

  @Test(
    "FIPS 180-4 examples; a million would be slow in debug, so a thousand by Python hashlib",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (String(repeating: "a", count: 1000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
    ])
  func sha256(_ text: String, _ hex: String) {
    #expect(SHA256.hex(of: Array(text.utf8)) == hex)
  }

  /// The processor's instructions, where it has them, do what the standard writes.
  @Test func compressionAgreesWithItsDefinition() {
    var generator = SeededGenerator(seed: 180)
    var (fast, defined) = (SHA256.initialState, SHA256.initialState)
    for _ in 0..<1000 {
      let block = (0..<65).map { _ in UInt8.random(in: 0...255, using: &generator) }
      block.withUnsafeBytes {
        SHA256.compress(&fast, $0.baseAddress! + 1)
        SHA256.compressByDefinition(&defined, $0.baseAddress! + 1)
      }
      #expect(fast == defined)
    }
  }

  @Test("the digest does not depend on how the bytes are cut", arguments: [1, 3, 31, 32, 33, 63, 64, 65, 200])
  func cuts(_ piece: Int) {
    let bytes = Self.ramp(1000)
    var xx = XXH64()
    var sha = SHA256()
    for start in stride(from: 0, to: bytes.count, by: piece) {
      let part = Array(bytes[start..<min(start + piece, bytes.count)])
      part.withUnsafeBytes { xx.update($0) }
      sha.update(part)
    }
    bytes.withUnsafeBytes { #expect(xx.digest == XXH64.hash($0)) }
    #expect(sha.hex == SHA256.hex(of: bytes))
  }

  @Test(
    "Python hashlib and zlib; Java's from the definition: 'ab' = 97 * 31 + 98",
    arguments: [
      ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "d41d8cd98f00b204e9800998ecf8427e", 0),
      ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d", "900150983cd24fb0d6963f7d28e17f72", 0x3524_41c2),
      (
        String(repeating: "a", count: 1000), "291e9a6c66994949b57ba5e650361e98fc36b1ba",
        "cabe45dcc9ae5b66ba86600cca6b8ba8", 0x9a38_da03
      ),
    ] as [(String, String, String, UInt32)])
  func others(_ text: String, _ sha1: String, _ md5: String, _ crc: UInt32) {
    func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
    let bytes = Array(text.utf8)
    #expect(hex(SHA1.digest(bytes)) == sha1)
    #expect(hex(MD5.digest(bytes)) == md5)
    #expect(CRC32.hash(bytes) == crc)
    #expect(JavaHash.hash("ab") == 97 * 31 + 98)
  }

  @Test func fingerprintHasSixteenDigits() {
    #expect(CRC64.fingerprint(0xabc) == "crc64:0000000000000abc")
  }
}
