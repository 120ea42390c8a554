/// One input, identified by its bytes.
public struct InputFile: Sendable, Codable, Hashable {
  /// What a file holds where two kinds are joined.
  public enum Role: String, Sendable, Codable { case exposures, events, attributes }

  public var name: String
  public var bytes: Int
  /// `algorithm:hex`, for example `crc64:995dc9bbdf1939fa`.
  public var fingerprint: String
  public var role: Role?
  /// What divides a table's fields, if it is no comma.
  public var separator: String?

  public init(name: String, bytes: Int, fingerprint: String) {
    self.name = name
    self.bytes = bytes
    self.fingerprint = fingerprint
  }

  private enum CodingKeys: CodingKey { case name, bytes, fingerprint, role, separator }

  /// Without what is not known.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(bytes, forKey: .bytes)
    try container.encode(fingerprint, forKey: .fingerprint)
    if let role { try container.encode(role, forKey: .role) }
    if let separator { try container.encode(separator, forKey: .separator) }
  }
}

extension InputFile {
  /// What a separator is called: semicolons.
  public static func name(ofSeparator separator: String) -> String {
    switch separator {
    case ",": "commas"
    case ";": "semicolons"
    case "\t": "tabs"
    case "|": "bars"
    default: "'\(separator)'"
    }
  }
}
