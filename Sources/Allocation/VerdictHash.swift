import Hashing

/// The hash of `verdict/1`; see this folder's README.md, the published definition.
package struct VerdictHash: Sendable {
  package enum Purpose: String, Sendable { case enrol, arm }

  /// Everything before the id.
  private let prefix: [UInt8]

  package static let buckets = 1_000_000

  package init(salt: String, purpose: Purpose) {
    prefix = Array("verdict/1|\(purpose.rawValue)|\(salt.utf8.count)|\(salt)|".utf8)
  }

  /// In 0..<1,000,000.
  package func bucket(_ id: UnsafeRawBufferPointer) -> Int {
    let head = SHA256.leadingWord(prefix, id)
    return Int(((head &>> 24) &* UInt64(Self.buckets)) &>> 40)
  }
}
