/// How one unit came to its arm: the bytes that were hashed, the numbers drawn, and the range that holds them.
public struct Explanation: Sendable {
  public struct Step: Sendable {
    /// `enrolment` or `arm`.
    public let purpose: String
    public let hash: String
    /// What was hashed.
    public let message: [UInt8]
    public let hashed: UInt64
    /// The number that was compared, counted from 0.
    public let draw: UInt64
    /// The numbers that can be drawn are below this.
    public let limit: UInt64
  }

  public struct Place: Sendable {
    public let arm: String
    public let range: Range<UInt64>
    public let holdsTheDraw: Bool
  }

  public let scheme: Scheme
  public let salt: String
  public let steps: [Step]
  public let places: [Place]
  /// Enrolled are draws below this; nil where enrolment has no draw of its own.
  public let enrolmentLimit: UInt64?
  /// Nil: not enrolled.
  public let arm: String?

  /// - Throws: `AllocationFault` as `assign`.
  public init(_ id: [UInt8], plan: AllocationPlan) throws(AllocationFault) {
    let assignment = try plan.assign(bytes: id)
    let bucketing = plan.bucketing
    scheme = plan.scheme.scheme
    salt = plan.salt
    arm = assignment.arm.map { plan.arms[$0].name }
    let isHashed = !id.isEmpty || scheme.emptyID == .hashed
    let draws = [bucketing.gate.map { ("enrolment", $0.draw) }, ("arm", bucketing.draw)].compactMap { $0 }
    steps = isHashed ? draws.map { Step($0.0, $0.1, id) } : []
    enrolmentLimit = bucketing.gate?.limit
    let value = steps.last?.draw
    places = zip(plan.arms, bucketing.ranges).map { arm, range in
      Place(arm: arm.name, range: range, holdsTheDraw: value.map { range.contains($0) } ?? false)
    }
  }

  /// For people, one fact a line.
  public var text: String {
    var lines = ["scheme   \(scheme.name.rawValue): \(scheme.formula)", "salt     \(salt)"]
    for step in steps {
      lines.append("\(step.purpose):")
      lines.append("  bytes  \(Self.readable(step.message))")
      lines.append("  hex    \(Self.hex(step.message))")
      lines.append("  hash   \(step.hash) = \(step.hashed)")
      let limit = step.purpose == "enrolment" ? enrolmentLimit.map { "; enrolled if below \($0)" } ?? "" : ""
      lines.append("  draw   \(step.draw) of 0..<\(step.limit)\(limit)")
    }
    for place in places {
      let mark = place.holdsTheDraw ? "  <- holds the draw" : ""
      lines.append("  \(place.arm): \(place.range.lowerBound)..<\(place.range.upperBound)\(mark)")
    }
    lines.append("variant  \(arm ?? "none: the unit is not enrolled")")
    lines.append("source   \(scheme.provenance)")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func readable(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.prefix(400), as: UTF8.self).unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
    }
    return text.joined() + (bytes.count > 400 ? "… (\(bytes.count) bytes)" : "")
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    let digits = bytes.prefix(200).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    return digits.joined() + (bytes.count > 200 ? "…" : "")
  }
}

extension Explanation.Step {
  fileprivate init(_ purpose: String, _ draw: Draw, _ id: [UInt8]) {
    self.purpose = purpose
    hash = draw.hash.name
    message = draw.message(id)
    (hashed, self.draw) = id.withUnsafeBytes { (draw.hashed($0), draw.value($0)) }
    limit = draw.limit
  }
}

extension Draw.Hash {
  var name: String {
    switch self {
    case .fnv1a: "FNV-1a"
    case .fnv1aTwice: "FNV-1a of the decimal FNV-1a"
    case .murmur3(let seed): "MurmurHash3, seed \(seed)"
    case .crc32: "CRC-32"
    case .javaHash(let seed): "Java hashCode ^ \(seed)"
    case .md5Head: "MD5, first 32 bits"
    case .md5Tail: "MD5, last 32 bits + 2^31"
    case .sha1(let bits): "SHA-1, first \(bits) bits"
    case .sha256(let bits): "SHA-256, first \(bits) bits"
    }
  }
}
