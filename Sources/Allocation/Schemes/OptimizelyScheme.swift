/// Optimizely: floor(murmur3(id ‖ parent, 1) / 2³² · 10000), the first allocation with bucket < endOfRange.
extension Scheme {
  static let optimizely = Scheme(
    .optimizely, formula: "murmur3(id ‖ parent, seed 1) · 10000 >> 32 < endOfRange; a gap is an empty entity",
    salt: "the parent's id: experiment, group, rollout rule or holdout",
    provenance: "optimizely/python-sdk optimizely/bucketer.py; checked against PyPI optimizely-sdk 5"
  ) { (shares) throws(AllocationFault) in
    Bucketing(
      Draw(.murmur3(seed: 1), suffix: shares.salt, .multiplyShift(buckets: 10_000, bits: 32)),
      ranges: shares.anchored(10_000))
  }
}
