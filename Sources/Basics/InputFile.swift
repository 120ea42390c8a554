/// One input, identified by its bytes.
public struct InputFile: Sendable, Codable, Hashable {
  public var name: String
  public var bytes: Int
  /// `algorithm:hex`, for example `xxh64:44bc2cf5ad770999`.
  public var fingerprint: String
  public init(name: String, bytes: Int, fingerprint: String) {
    self.name = name
    self.bytes = bytes
    self.fingerprint = fingerprint
  }
}
