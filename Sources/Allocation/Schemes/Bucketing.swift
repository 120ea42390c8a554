import Hashing

/// A scheme with its salt and shares: who is enrolled, and which draws belong to which arm.
///
/// Platforms that compare doubles do so on a number that grows with the integer drawn. The integer at which their comparison
/// flips is found once, with their own arithmetic; from then on only integers are compared.
package struct Bucketing: Sendable {
  /// A draw of its own that decides on enrolment: in if below the limit.
  package struct Gate: Sendable {
    package let draw: Draw
    package let limit: UInt64
  }

  package let gate: Gate?
  package let draw: Draw
  /// By arm; the first that holds the draw. A draw in none is not enrolled.
  package let ranges: [Range<UInt64>]
  /// What the platform calls the lowest draw.
  package let lowest: Int

  package init(_ draw: Draw, ranges: [Range<UInt64>], gate: Gate? = nil, lowest: Int = 0) {
    self.draw = draw
    self.ranges = ranges
    self.gate = gate
    self.lowest = lowest
  }

  @inline(__always)
  package func arm(of value: UInt64) -> Int? {
    var place = 0
    while place < ranges.count {
      if value < ranges[place].upperBound, value >= ranges[place].lowerBound { return place }
      place &+= 1
    }
    return nil
  }

  @inline(__always)
  package func assign(_ id: UnsafeRawBufferPointer, scheme: SchemeName) -> Assignment {
    let value = draw.value(id)
    let bucket = Int(truncatingIfNeeded: value) &+ lowest
    guard let gate else {
      return Assignment(arm: arm(of: value), bucket: bucket, enrolmentBucket: nil, scheme: scheme)
    }
    let enrolment = gate.draw.value(id)
    return Assignment(
      arm: enrolment < gate.limit ? arm(of: value) : nil, bucket: bucket,
      enrolmentBucket: Int(truncatingIfNeeded: enrolment) &+ lowest, scheme: scheme)
  }

  /// The smallest integer in 0...limit of which `isAbove` holds; `limit` if it holds of none. `isAbove` is monotone.
  static func threshold(_ limit: UInt64, where isAbove: (UInt64) -> Bool) -> UInt64 {
    var (low, high) = (UInt64(0), limit)
    while low < high {
      let middle = low + (high - low) / 2
      if isAbove(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Ranges that follow each other, from their upper ends.
  static func consecutive(_ ends: [UInt64]) -> [Range<UInt64>] {
    var start = UInt64(0)
    return ends.map { end in
      defer { start = max(start, end) }
      return start..<max(start, end)
    }
  }
}
