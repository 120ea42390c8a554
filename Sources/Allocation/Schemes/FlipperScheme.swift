/// Flipper: CRC-32 of feature ‖ actor, modulo 100,000. Its answer is yes or no.
extension Scheme {
  static let flipper = Scheme(
    .flipper, formula: "the second arm if crc32(feature ‖ id) mod 100000 < its percentage · 1000",
    salt: "the feature's name",
    provenance: "flippercloud/flipper lib/flipper/gates/percentage_of_actors.rb; read, no client to check against"
  ) { (shares) throws(AllocationFault) in
    let percentage = Shares.percentage(try shares.yesOrNo(), of: shares.total)
    let edge = Bucketing.threshold(100_000) { Double($0) >= percentage * 1000 }
    return Bucketing(
      Draw(.crc32, prefix: shares.salt, .modulo(100_000)), ranges: [edge..<100_000, 0..<edge])
  }
}
