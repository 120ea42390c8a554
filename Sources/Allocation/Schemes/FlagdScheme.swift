/// flagd's `fractional`, whose three generations map a unit to different variants.
///
/// The key that is hashed is salt ‖ id, as `{"cat": [salt, {"var": "targetingKey"}]}` makes it; without a first argument flagd
/// takes its flag key for the salt, which in generation 3 is the form of its own, `flagd/3-shorthand`.
extension Scheme {
  private static let flagdSalt = "the text put before the targeting key; flagd's own default is the flag key"
  private static let flagdProvenance = "open-feature/flagd core/pkg/evaluator/fractional.go; "
  private static let noCoverage = "give those outside a variant and a weight of their own"

  static let flagd1 = Scheme(
    .flagd1, formula: "|int32 murmur3(salt ‖ id)| / 2147483647 · 100 < cumulative percentage", salt: flagdSalt,
    provenance: flagdProvenance + "checked against the tables of open-feature/flagd-testbed (@fractional-v1)"
  ) { (shares) throws(AllocationFault) in
    try shares.requireEverybody(noCoverage)
    let weights = try shares.wholeWeights()
    let total = Double(weights.reduce(0, +))
    var sum = 0.0
    let ends = weights.map { weight in
      sum += 100 * Double(weight) / total
      return Bucketing.threshold((1 << 31) + 1) { Double($0) / 2_147_483_647 * 100 >= sum }
    }
    return Bucketing(
      Draw(.murmur3(seed: 0), prefix: shares.salt, .magnitude), ranges: Bucketing.consecutive(ends))
  }

  static let flagd2 = Scheme(
    .flagd2, formula: "murmur3(salt ‖ id) · Σw >> 32 < cumulative weight", salt: flagdSalt,
    provenance: flagdProvenance + "checked against the tables of open-feature/flagd-testbed (@fractional-v2)"
  ) { (shares) throws(AllocationFault) in try flagd(shares, .utf8) }

  /// Generation 3 hashes the deterministic CBOR of the value.
  static func flagd3(_ name: SchemeName, _ units: Draw.Units) -> Scheme {
    Scheme(
      name,
      formula: units == .cborText
        ? "murmur3(cbor(salt ‖ id)) · Σw >> 32 < cumulative weight"
        : "murmur3(cbor([flagKey, id])) · Σw >> 32 < cumulative weight",
      salt: units == .cborText ? flagdSalt : "the flag's key",
      provenance: flagdProvenance + "checked against PyPI openfeature-provider-flagd 0.6.1"
    ) { (shares) throws(AllocationFault) in try flagd(shares, units) }
  }

  private static func flagd(_ shares: Shares, _ units: Draw.Units) throws(AllocationFault) -> Bucketing {
    try shares.requireEverybody(noCoverage)
    let weights = try shares.wholeWeights()
    let total = weights.reduce(0, +)
    guard total <= Int(Int32.max) else { throw AllocationFault(.weightsTooFine) }
    var sum = UInt64(0)
    let ends = weights.map { weight in
      sum += UInt64(weight)
      return sum
    }
    return Bucketing(
      Draw(
        .murmur3(seed: 0), units: units, prefix: shares.salt, .multiplyShift(buckets: UInt64(total), bits: 32)),
      ranges: Bucketing.consecutive(ends))
  }
}
