/// LaunchDarkly: the first 15 hexadecimal digits of SHA-1 over 2⁶⁰, against cumulative weights out of 100,000.
///
/// The last variation takes what rounding leaves over. Coverage is written as `untracked` weights that follow each arm's.
extension Scheme {
  static func launchDarkly(_ name: SchemeName, seeded: Bool) -> Scheme {
    Scheme(
      name, formula: "sha1(\(seeded ? "seed" : "flagKey.salt").id) 60 bits / 2^60 < cumulative weight / 100000",
      salt: seeded ? "the rollout's seed, a whole number" : "flag key and salt, joined by a dot",
      provenance: "launchdarkly/python-server-sdk ldclient/impl/evaluator_common.py; checked against PyPI 9.18",
      emptyID: .notEnrolled
    ) { (shares) throws(AllocationFault) in
      if seeded { _ = try shares.number(shares.salt[...], as: Int.self) }
      let ranges = shares.anchored(100_000)
      // Weights in the order of the file: each arm's, then the rest of its place, untracked.
      var (sum, start) = (0.0, UInt64(0))
      let whole = shares.cuts(of: 100_000)
      var placed: [Range<UInt64>] = []
      for (range, end) in zip(ranges, whole) {
        sum += Double(range.count) / 100_000
        let edge = threshold(sum)
        placed.append(start..<max(start, edge))
        let rest = end - range.upperBound
        if rest > 0 { sum += Double(rest) / 100_000 }
        start = threshold(sum)
      }
      if shares.isEverybody, let last = placed.popLast() { placed.append(last.lowerBound..<(1 << 60) + 1) }
      return Bucketing(Draw(.sha1(bits: 60), prefix: shares.salt + "."), ranges: placed)
    }
  }

  private static func threshold(_ sum: Double) -> UInt64 {
    Bucketing.threshold(1 << 60) { Double($0) / 0x1p60 >= sum }
  }
}
