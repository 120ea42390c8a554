/// `verdict/1`; this folder's README.md is the published definition.
extension Scheme {
  static let verdict = Scheme(
    .verdict1, formula: "(first 40 bits of SHA-256) · 1,000,000 >> 40; separate messages for enrolment and arm",
    salt: "the experiment's own text", provenance: "Sources/Allocation/README.md; vectors by Python hashlib",
    emptyID: .refused
  ) { (shares) throws(AllocationFault) in
    let gate = Bucketing.Gate(
      draw: .verdict(purpose: "enrol", salt: shares.salt), limit: UInt64(shares.coverage))
    return Bucketing(
      .verdict(purpose: "arm", salt: shares.salt), ranges: Bucketing.consecutive(shares.cuts(of: FixedPoint.unit)),
      // With full coverage everyone is enrolled, and the second hash is not needed.
      gate: shares.isEverybody ? nil : gate)
  }
}

extension Draw {
  /// Millionths under a purpose: draws of one salt for different purposes are independent.
  static func verdict(purpose: String, salt: String) -> Draw {
    Draw(
      .sha256(bits: 40), prefix: "verdict/1|\(purpose)|\(salt.utf8.count)|\(salt)|",
      .multiplyShift(buckets: UInt64(FixedPoint.unit), bits: 40))
  }
}
