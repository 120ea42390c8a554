/// `verdict/1`; this folder's README.md is the published definition.
extension Scheme {
  static let verdict = Scheme(
    .verdict1, formula: "(first 40 bits of SHA-256) · 1,000,000 >> 40; separate messages for enrolment and arm",
    salt: "the experiment's own text", provenance: "Sources/Allocation/README.md; vectors by Python hashlib",
    emptyID: .refused
  ) { (shares) throws(AllocationFault) in
    func draw(_ purpose: String) -> Draw {
      Draw(
        .sha256(bits: 40), prefix: "verdict/1|\(purpose)|\(shares.salt.utf8.count)|\(shares.salt)|",
        .multiplyShift(buckets: UInt64(FixedPoint.unit), bits: 40))
    }
    let gate = Bucketing.Gate(draw: draw("enrol"), limit: UInt64(shares.coverage))
    return Bucketing(
      draw("arm"), ranges: Bucketing.consecutive(shares.cuts(of: FixedPoint.unit)),
      // With full coverage everyone is enrolled, and the second hash is not needed.
      gate: shares.isEverybody ? nil : gate)
  }
}
