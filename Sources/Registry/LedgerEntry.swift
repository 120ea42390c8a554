import Basics
import Hashing

/// One record of the append-only audit chain.
///
/// `hash` = SHA-256 of `previous | sequence | kind | key | at | payload`, each part preceded by its length in bytes, so that
/// an entry cannot be altered, removed or reordered without breaking the chain after it.
public struct LedgerEntry: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case experiment, run, look, decision, deployment
  }

  /// 1, 2, 3, …
  public var sequence: Int
  public var kind: Kind
  /// What makes the record the same record when it is written again (a step's idempotency key).
  public var key: String
  public var run: String
  /// Seconds since 1970-01-01T00:00:00Z.
  public var at: Int
  public var payload: JSONValue
  public var previousHash: String
  public var hash: String

  static let genesis = String(repeating: "0", count: 64)

  static func hash(
    previous: String, sequence: Int, kind: Kind, key: String, run: String, at: Int, payload: String
  ) -> String {
    let parts = [previous, String(sequence), kind.rawValue, key, run, String(at), payload]
    return SHA256.hex(of: Array(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8))
  }
}
