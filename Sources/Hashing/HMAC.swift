/// HMAC-SHA-256: a code of a message that only who has the key can make or check.
///
/// - Source: Krawczyk, H., Bellare, M. and Canetti, R. (1997), RFC 2104, section 2.
/// - Checked against: Nystrom, M. (2005), RFC 4231, test cases 1 to 4, 6 and 7.
public enum HMAC {
  private static let block = 64

  /// The 32 bytes of the code.
  public static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    let short = key.count > block ? digest(key) : key
    let padded = short + [UInt8](repeating: 0, count: block - short.count)
    let inner = digest(padded.map { $0 ^ 0x36 } + message)
    return digest(padded.map { $0 ^ 0x5C } + inner)
  }

  /// Whether two codes are equal, in a time that does not tell where they differ.
  public static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.digest
  }
}
