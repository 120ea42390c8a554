/// An allocation as one SQL expression that gives the name of the arm, or NULL for units that are not enrolled.
///
/// Only whole numbers of 64 bits are used. An id that is NULL, or empty where the scheme does not take it, gives NULL.
public struct SQLAssignment: Sendable {
  public let text: String

  /// - Parameter column: of the ids; quoted as the dialect does it.
  /// - Throws: `AllocationFault` if the dialect lacks the scheme's hash.
  public init(_ plan: AllocationPlan, column: String, dialect: SQLDialect) throws(AllocationFault) {
    let writer = DrawWriter(dialect: dialect, id: dialect.text(dialect.column(column)), scheme: plan.scheme)
    let bucketing = plan.bucketing
    let value = try writer.value(bucketing.draw)
    let takesEmpty = plan.scheme.scheme.emptyID == .hashed
    var lines = ["CASE WHEN \(dialect.column(column)) IS NULL\(takesEmpty ? "" : " OR \(writer.id) = ''") THEN NULL"]
    if let gate = bucketing.gate { lines.append("WHEN \(try writer.value(gate.draw)) >= \(gate.limit) THEN NULL") }
    var reached = UInt64(0)
    for (arm, range) in zip(plan.arms, bucketing.ranges) where !range.isEmpty {
      let name = dialect.literal(arm.name)
      if range.lowerBound <= reached, range.upperBound >= bucketing.draw.limit {
        lines.append("ELSE \(name)")
        reached = range.upperBound
        break
      }
      // A range that begins where all below it is decided needs no lower bound.
      let lower = range.lowerBound <= reached ? "" : "\(value) >= \(range.lowerBound) AND "
      lines.append("WHEN \(lower)\(value) < \(range.upperBound) THEN \(name)")
      if range.lowerBound <= reached { reached = max(reached, range.upperBound) }
    }
    text = lines.joined(separator: "\n  ") + "\nEND"
  }
}

/// Writes draws in a dialect.
private struct DrawWriter {
  let dialect: SQLDialect
  let id: String
  let scheme: SchemeName

  func value(_ draw: Draw) throws(AllocationFault) -> String {
    switch draw.hash {
    case .md5Head: try reduced(word(draw, .md5, from: 1, count: 8), draw)
    case .md5Tail: "((\(try word(draw, .md5, from: 25, count: 8)) + 2147483648) % 4294967296)"
    case .sha1(let bits): try reduced(word(draw, .sha1, from: 1, count: bits / 4), draw)
    case .sha256(64): try remainder64(draw)
    case .sha256(let bits): try reduced(word(draw, .sha256, from: 1, count: bits / 4), draw)
    case .murmur3(0) where dialect == .clickhouse && draw.units == .utf8:
      try reduced("toInt64(murmurHash3_32(\(message(draw))))", draw)
    case .crc32 where dialect == .clickhouse: try reduced("toInt64(CRC32(\(message(draw))))", draw)
    case .crc32 where dialect == .spark: try reduced("crc32(\(message(draw)))", draw)
    default: throw missing(draw)
    }
  }

  private func missing(_ draw: Draw) -> AllocationFault {
    AllocationFault(.noSQL(scheme, dialect: dialect.rawValue, hash: draw.hash.name))
  }

  private func message(_ draw: Draw) -> String {
    var parts: [String] = []
    if !draw.prefix.isEmpty { parts.append(dialect.literal(draw.prefix)) }
    parts.append(id)
    if !draw.suffix.isEmpty { parts.append(dialect.literal(draw.suffix)) }
    return dialect.joined(parts)
  }

  private func word(
    _ draw: Draw, _ hash: SQLDialect.Digest, from first: Int, count: Int
  ) throws(AllocationFault) -> String {
    guard let digest = dialect.digest(hash, of: message(draw)) else { throw missing(draw) }
    return dialect.number(digest, from: first, count: count)
  }

  /// 64 bits modulo n from their halves, so that no number leaves the signed range.
  private func remainder64(_ draw: Draw) throws(AllocationFault) -> String {
    guard case .modulo(let n) = draw.reduction, n < 1 << 31 else { throw missing(draw) }
    let high = try word(draw, .sha256, from: 1, count: 8)
    let low = try word(draw, .sha256, from: 9, count: 8)
    return "((\(high) % \(n) * \((1 << 32) % n) + \(low) % \(n)) % \(n))"
  }

  private func reduced(_ hash: String, _ draw: Draw) throws(AllocationFault) -> String {
    switch draw.reduction {
    case .none: return hash
    case .modulo(let n): return "(\(hash) % \(n))"
    case .multiplyShift(let buckets, let bits): return dialect.divided("(\(hash) * \(buckets))", 1 << bits)
    // Signed: what lies above 2^31 stands for itself less 2^32.
    case .magnitude: return "least(\(hash), 4294967296 - \(hash))"
    case .magnitudeModulo(let n): return "(least(\(hash), 4294967296 - \(hash)) % \(n))"
    }
  }
}
