/// What a plan asks of a scheme: a salt, weights and a coverage.
package struct Shares: Sendable {
  package let scheme: SchemeName
  package let salt: String
  /// By arm, in millionths of the unit in which they were written.
  package let weights: [Int]
  package let total: Int
  /// In millionths.
  package let coverage: Int

  package init(scheme: SchemeName, salt: String, weights: [Int], coverage: Int) throws(AllocationFault) {
    var total = 0
    for weight in weights {
      let (next, overflow) = total.addingReportingOverflow(weight)
      guard !overflow, next < 1 << 53 else { throw AllocationFault(.weightsTooFine) }
      total = next
    }
    guard total > 0 else { throw AllocationFault(.noWeight) }
    self.scheme = scheme
    self.salt = salt
    self.weights = weights
    self.total = total
    self.coverage = coverage
  }

  var isEverybody: Bool { coverage == FixedPoint.unit }

  /// Sums of the weights up to and with each arm.
  var running: [Int] {
    var sum = 0
    return weights.map { weight in
      sum += weight
      return sum
    }
  }

  /// Shares in [0, 1] as doubles.
  var fractions: [Double] { weights.map { Double($0) / Double(total) } }

  /// A share as the percentage that a person writes and a platform stores: the double nearest to the decimal, where it has one of
  /// at most 6 places. 0.333 · 100 is another double than 33.3.
  static func percentage(_ part: Int, of whole: Int) -> Double {
    let (quotient, remainder) = whole.dividingFullWidth(part.multipliedFullWidth(by: 100_000_000))
    return remainder == 0 ? Double(quotient) / 1_000_000 : Double(part) / Double(whole) * 100
  }

  /// floor(buckets · S_i / W), exactly.
  func cuts(of buckets: Int) -> [UInt64] {
    running.map { UInt64(total.dividingFullWidth($0.multipliedFullWidth(by: buckets)).quotient) }
  }

  /// Each arm keeps the place that it has at full coverage and takes the coverage's share of it from its lower end: raising
  /// the coverage adds units and moves nobody.
  func anchored(_ buckets: Int) -> [Range<UInt64>] {
    var start = UInt64(0)
    return cuts(of: buckets).map { end in
      defer { start = end }
      let width = (end - start) * UInt64(coverage) / UInt64(FixedPoint.unit)
      return start..<start + width
    }
  }

  // MARK: - What a platform asks for

  /// Weights as whole numbers as written.
  func wholeWeights() throws(AllocationFault) -> [Int] {
    guard weights.allSatisfy({ $0 % FixedPoint.unit == 0 }) else { throw AllocationFault(.wholeWeights(scheme)) }
    return weights.map { $0 / FixedPoint.unit }
  }

  func requireEverybody(_ instead: String) throws(AllocationFault) {
    guard isEverybody else { throw AllocationFault(.noCoverage(scheme, instead: instead)) }
  }

  /// The share of the last of two arms, as `numerator` out of `total`: platforms whose answer is yes or no.
  func yesOrNo() throws(AllocationFault) -> Int {
    guard weights.count == 2 else { throw AllocationFault(.twoArmsOnly(scheme)) }
    try requireEverybody("it answers yes or no: give the second arm the share")
    return weights[1]
  }

  /// The salt as a whole number.
  func number<Value: FixedWidthInteger>(_ text: Substring, as type: Value.Type) throws(AllocationFault) -> Value {
    guard let value = Value(text) else { throw AllocationFault(.saltIsNoNumber(scheme)) }
    return value
  }
}
