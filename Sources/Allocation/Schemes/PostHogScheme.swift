/// PostHog: the first 15 hexadecimal digits of SHA-1 of flag ‖ "." ‖ id ‖ salt over 2⁶⁰; the salt is empty for the rollout
/// and "variant" for the variants.
extension Scheme {
  private static let postHogProvenance =
    "PostHog/posthog-python posthog/feature_flags.py; checked against PyPI posthog 6 and its 2,000 fixed results"

  static let postHog = Scheme(
    .posthog, formula: "sha1(flag.id‖variant) 60 bits / 2^60 in [S, S + w); rollout as below", salt: "the flag's key",
    provenance: postHogProvenance
  ) { (shares) throws(AllocationFault) in
    var sum = 0.0
    let ends = shares.weights.map { weight in
      // Percentages are what the platform stores.
      sum += Shares.percentage(weight, of: shares.total) / 100
      return Bucketing.threshold(1 << 60) { Double($0) / 0x1p60 >= sum }
    }
    let coverage = Shares.percentage(shares.coverage, of: FixedPoint.unit)
    return Bucketing(
      Draw(.sha1(bits: 60), prefix: shares.salt + ".", suffix: "variant"), ranges: Bucketing.consecutive(ends),
      gate: shares.isEverybody ? nil : .init(draw: rollout(shares), limit: edge(percentage: coverage)))
  }

  static let postHogRollout = Scheme(
    .posthogRollout, formula: "the second arm unless sha1(flag.id) 60 bits / 2^60 > its share", salt: "the flag's key",
    provenance: postHogProvenance
  ) { (shares) throws(AllocationFault) in
    let edge = edge(percentage: Shares.percentage(try shares.yesOrNo(), of: shares.total))
    return Bucketing(rollout(shares), ranges: [edge..<1 << 60, 0..<edge])
  }

  private static func rollout(_ shares: Shares) -> Draw { Draw(.sha1(bits: 60), prefix: shares.salt + ".") }

  private static func edge(percentage: Double) -> UInt64 {
    Bucketing.threshold(1 << 60) { Double($0) / 0x1p60 > percentage / 100 }
  }
}
