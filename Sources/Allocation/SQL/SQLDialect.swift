import Basics

/// How an SQL engine writes text, whole numbers and hashes.
public enum SQLDialect: String, Sendable, Hashable, CaseIterable {
  case duckdb, postgres, clickhouse, spark

  func column(_ name: String) -> String {
    switch self {
    case .duckdb, .postgres: "\"" + name.replacing(scalar: "\"", with: "\"\"") + "\""
    case .clickhouse: "`" + name.replacing(scalar: "\\", with: "\\\\").replacing(scalar: "`", with: "\\`") + "`"
    case .spark: "`" + name.replacing(scalar: "`", with: "``") + "`"
    }
  }

  /// A string; ClickHouse and Spark read backslashes as escapes.
  func literal(_ text: String) -> String {
    switch self {
    case .duckdb, .postgres: "'" + text.replacing(scalar: "'", with: "''") + "'"
    case .clickhouse, .spark: "'" + text.replacing(scalar: "\\", with: "\\\\").replacing(scalar: "'", with: "\\'") + "'"
    }
  }

  func text(_ expression: String) -> String {
    switch self {
    case .duckdb: "CAST(\(expression) AS VARCHAR)"
    case .postgres: "CAST(\(expression) AS TEXT)"
    case .clickhouse: "toString(\(expression))"
    case .spark: "CAST(\(expression) AS STRING)"
    }
  }

  func joined(_ parts: [String]) -> String {
    if parts.count == 1 { return parts[0] }
    return self == .clickhouse || self == .spark
      ? "concat(\(parts.joined(separator: ", ")))" : "(" + parts.joined(separator: " || ") + ")"
  }

  /// `count` hexadecimal digits from the 1-based place `first` of a digest, as a whole number of 64 bits; at most 15 digits.
  func number(_ digest: String, from first: Int, count: Int) -> String {
    let digits = "substr(\(digest), \(first), \(count))"
    switch self {
    case .duckdb: return "CAST('0x' || \(digits) AS BIGINT)"
    case .postgres: return "CAST(CAST('x' || lpad(\(digits), 16, '0') AS BIT(64)) AS BIGINT)"
    case .clickhouse:
      let padded = "concat('\(String(repeating: "0", count: 16 - count))', \(digits))"
      return "toInt64(reinterpretAsUInt64(reverse(unhex(\(padded)))))"
    case .spark: return "CAST(conv(\(digits), 16, 10) AS BIGINT)"
    }
  }

  func divided(_ a: String, _ b: UInt64) -> String {
    switch self {
    case .duckdb: "(\(a) // \(b))"
    case .postgres: "(\(a) / \(b))"
    case .clickhouse: "intDiv(\(a), \(b))"
    case .spark: "(\(a) div \(b))"
    }
  }

  /// The hexadecimal digest, in lower case; nil where the engine has no such function.
  func digest(_ hash: Digest, of message: String) -> String? {
    switch (self, hash) {
    case (.duckdb, .md5): "md5(\(message))"
    case (.duckdb, .sha1): "sha1(\(message))"
    case (.duckdb, .sha256): "sha256(\(message))"
    case (.postgres, .md5): "md5(\(message))"
    // SHA-1 is in the extension pgcrypto, which not every server has.
    case (.postgres, .sha1): nil
    case (.postgres, .sha256): "encode(sha256(convert_to(\(message), 'UTF8')), 'hex')"
    case (.clickhouse, .md5): "lower(hex(MD5(\(message))))"
    case (.clickhouse, .sha1): "lower(hex(SHA1(\(message))))"
    case (.clickhouse, .sha256): "lower(hex(SHA256(\(message))))"
    case (.spark, .md5): "md5(\(message))"
    case (.spark, .sha1): "sha1(\(message))"
    case (.spark, .sha256): "sha2(\(message), 256)"
    }
  }

  enum Digest { case md5, sha1, sha256 }
}
