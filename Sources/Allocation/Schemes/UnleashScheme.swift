/// Unleash: murmur3(group ‖ ":" ‖ id, seed) mod N + 1, with another seed for variants.
extension Scheme {
  private static let variantSeed: UInt32 = 86_028_157
  private static let unleashProvenance =
    "Unleash/yggdrasil unleash-yggdrasil/src/lib.rs; checked against PyPI UnleashClient 6 and yggdrasil-engine"

  /// Variants by weight; the coverage is the strategy's rollout.
  static let unleash = Scheme(
    .unleash, formula: "first cumulative weight >= murmur3(group:id, \(variantSeed)) mod Σw + 1; rollout as below",
    salt: "the group id, by default the flag's name", provenance: unleashProvenance
  ) { (shares) throws(AllocationFault) in
    let weights = try shares.wholeWeights()
    let total = UInt64(weights.reduce(0, +))
    let limit = try wholePercent(shares.coverage, of: FixedPoint.unit, shares.scheme)
    var sum = UInt64(0)
    let ends = weights.map { weight in
      sum += UInt64(weight)
      return sum
    }
    return Bucketing(
      Draw(.murmur3(seed: variantSeed), prefix: shares.salt + ":", .modulo(total)),
      ranges: Bucketing.consecutive(ends), gate: shares.isEverybody ? nil : .init(draw: rollout(shares), limit: limit),
      lowest: 1)
  }

  static let unleashRollout = Scheme(
    .unleashRollout, formula: "the second arm if murmur3(group:id, 0) mod 100 + 1 <= its percentage",
    salt: "the group id, by default the flag's name", provenance: unleashProvenance
  ) { (shares) throws(AllocationFault) in
    let limit = try wholePercent(shares.yesOrNo(), of: shares.total, shares.scheme)
    return Bucketing(rollout(shares), ranges: [limit..<100, 0..<limit], lowest: 1)
  }

  private static func rollout(_ shares: Shares) -> Draw {
    Draw(.murmur3(seed: 0), prefix: shares.salt + ":", .modulo(100))
  }

  static func wholePercent(_ part: Int, of whole: Int, _ scheme: SchemeName) throws(AllocationFault) -> UInt64 {
    let product = part.multipliedFullWidth(by: 100)
    let (quotient, remainder) = whole.dividingFullWidth(product)
    guard remainder == 0 else { throw AllocationFault(.wholePercent(scheme)) }
    return UInt64(quotient)
  }
}
