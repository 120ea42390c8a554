/// Split (Harness FME): buckets 1...100, algorithm 1 (Java's hashCode) and 2 (MurmurHash3).
///
/// The salt is the feature's seed; the coverage is its traffic allocation, which has a seed of its own: "SEED:TRAFFIC".
extension Scheme {
  private static let splitSalt = "the seed, or SEED:TRAFFICSEED with a coverage below 1"
  private static let splitProvenance =
    "splitio/javascript-commons src/utils/murmur3, src/evaluator; checked against PyPI splitio_client 10 and its vectors"

  /// Algorithm 1. JavaScript and Java hash UTF-16 code units, Python code points: only characters beyond U+FFFF differ.
  static func splitLegacy(_ name: SchemeName, _ units: Draw.Units) -> Scheme {
    Scheme(
      name, formula: "|(hashCode(id) ^ seed) rem 100| + 1 <= cumulative percentage", salt: splitSalt,
      provenance: splitProvenance, emptyID: .notEnrolled, alphabet: .text
    ) { (shares) throws(AllocationFault) in
      try split(shares) { (text) throws(AllocationFault) in
        let seed = try shares.number(text, as: Int64.self)
        return Draw(.javaHash(seed: Int32(truncatingIfNeeded: seed)), units: units, .magnitudeModulo(100))
      }
    }
  }

  static let splitMurmur = Scheme(
    .splitMurmur, formula: "murmur3(id, seed) mod 100 + 1 <= cumulative percentage", salt: splitSalt,
    provenance: splitProvenance, emptyID: .notEnrolled
  ) { (shares) throws(AllocationFault) in
    try split(shares) { (text) throws(AllocationFault) in
      let seed = try shares.number(text, as: Int64.self)
      return Draw(.murmur3(seed: UInt32(truncatingIfNeeded: seed)), .modulo(100))
    }
  }

  private static func split(
    _ shares: Shares, draw: (Substring) throws(AllocationFault) -> Draw
  ) throws(AllocationFault) -> Bucketing {
    let seeds = shares.salt.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    var ends: [UInt64] = []
    for sum in shares.running { ends.append(try wholePercent(sum, of: shares.total, shares.scheme)) }
    var gate: Bucketing.Gate?
    if !shares.isEverybody {
      guard seeds.count == 2 else {
        throw AllocationFault(.noCoverage(shares.scheme, instead: "give --salt SEED:TRAFFICSEED"))
      }
      gate = .init(
        draw: try draw(seeds[1]), limit: try wholePercent(shares.coverage, of: FixedPoint.unit, shares.scheme))
    }
    return Bucketing(try draw(seeds[0]), ranges: Bucketing.consecutive(ends), gate: gate, lowest: 1)
  }
}
