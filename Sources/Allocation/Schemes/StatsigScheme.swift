/// Statsig: the first 8 bytes of SHA-256 of salt ‖ "." ‖ id. Empty ids are hashed too.
extension Scheme {
  private static let statsigProvenance =
    "PyPI statsig 0.72 evaluator.py; the draw checked against it, rule evaluation read only"

  /// A rule's pass percentage.
  static let statsig = Scheme(
    .statsig, formula: "the second arm if sha256(specSalt.ruleSalt.id) 64 bits mod 10000 < its percentage · 100",
    salt: "spec salt and rule salt, joined by a dot", provenance: statsigProvenance
  ) { (shares) throws(AllocationFault) in
    let percentage = Shares.percentage(try shares.yesOrNo(), of: shares.total)
    let edge = Bucketing.threshold(10_000) { Double($0) >= percentage * 100 }
    return Bucketing(statsigDraw(shares.salt, of: 10_000), ranges: [edge..<10_000, 0..<edge])
  }

  /// `user_bucket`, 1000 of a layer or experiment; groups are rules over it.
  static let statsigBucket = Scheme(
    .statsigBucket, formula: "sha256(salt.id) 64 bits mod 1000", salt: "the layer's or experiment's salt",
    provenance: statsigProvenance
  ) { (shares) throws(AllocationFault) in
    Bucketing(statsigDraw(shares.salt, of: 1000), ranges: shares.anchored(1000))
  }

  private static func statsigDraw(_ salt: String, of buckets: UInt64) -> Draw {
    Draw(.sha256(bits: 64), prefix: salt + ".", .modulo(buckets))
  }
}
