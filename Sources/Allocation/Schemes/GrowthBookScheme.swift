/// GrowthBook's bucketing, `hashVersion` 1 and 2, by family of SDKs.
///
/// Version 1: fnv1a(id ‖ seed) mod 1000 / 1000; version 2: fnv1a(decimal(fnv1a(seed ‖ id))) mod 10000 / 10000. JavaScript
/// and Python hash UTF-16 code units, Swift and other servers' SDKs bytes of UTF-8: only ids outside ASCII differ.
extension Scheme {
  static func growthBook(_ name: SchemeName, version: Int, _ units: Draw.Units) -> Scheme {
    growthBook(name, version, units, formula: "ranges [S, S + coverage · w) of fnv1a / \(buckets(version))") {
      (shares) throws(AllocationFault) in
      // Doubles in GrowthBook's order of operations, so that ranges end where its SDKs' do.
      let coverage = Double(shares.coverage) / Double(FixedPoint.unit)
      var start = 0.0
      return shares.fractions.map { width in
        defer { start += width }
        let (from, to) = (start, start + coverage * width)
        return first(version) { $0 >= from }..<max(first(version) { $0 >= from }, first(version) { $0 >= to })
      }
    }
  }

  /// A forced value with `coverage`: JavaScript, Swift and the written definition include the edge, Python (`below`) does not.
  static func growthBookRollout(
    _ name: SchemeName, version: Int, _ units: Draw.Units, includesEdge: Bool
  ) -> Scheme {
    growthBook(
      name, version, units,
      formula: "the second arm if fnv1a / \(buckets(version)) \(includesEdge ? "<=" : "<") its share"
    ) { (shares) throws(AllocationFault) in
      let share = Double(try shares.yesOrNo()) / Double(shares.total)
      let edge = first(version) { includesEdge ? $0 > share : $0 >= share }
      return [edge..<buckets(version), 0..<edge]
    }
  }

  /// Mutual exclusion: the second arm is a range from 0 of a namespace whose name is the salt.
  static let growthBookNamespace = Scheme(
    .growthbookNamespace, formula: "the second arm if fnv1a(id ‖ \"__\" ‖ namespace) mod 1000 / 1000 < its share",
    salt: "the namespace's name", provenance: growthBookProvenance, emptyID: .notEnrolled, alphabet: .text
  ) { (shares) throws(AllocationFault) in
    let share = Double(try shares.yesOrNo()) / Double(shares.total)
    let edge = first(1) { $0 >= share }
    return Bucketing(
      Draw(.fnv1a, units: .utf16, suffix: "__" + shares.salt, .modulo(1000)), ranges: [edge..<1000, 0..<edge])
  }

  private static let growthBookProvenance =
    "growthbook/growthbook docs/lib/build-your-own.mdx and packages/sdk-js/src/util.ts; checked against PyPI growthbook 4"

  private static func growthBook(
    _ name: SchemeName, _ version: Int, _ units: Draw.Units, formula: String,
    ranges: @escaping @Sendable (Shares) throws(AllocationFault) -> [Range<UInt64>]
  ) -> Scheme {
    Scheme(
      name, formula: formula, salt: "the seed, or the experiment's or feature's key", provenance: growthBookProvenance,
      emptyID: .notEnrolled, alphabet: units == .utf8 ? .bytes : .text
    ) { (shares) throws(AllocationFault) in
      let draw =
        version == 1
        ? Draw(.fnv1a, units: units, suffix: shares.salt, .modulo(buckets(1)))
        : Draw(.fnv1aTwice, units: units, prefix: shares.salt, .modulo(buckets(2)))
      return Bucketing(draw, ranges: try ranges(shares))
    }
  }

  private static func buckets(_ version: Int) -> UInt64 { version == 1 ? 1000 : 10_000 }

  /// The first bucket whose share of all satisfies a comparison of GrowthBook's.
  private static func first(_ version: Int, where isAbove: (Double) -> Bool) -> UInt64 {
    Bucketing.threshold(buckets(version)) { isAbove(Double($0) / Double(buckets(version))) }
  }
}
