/// Eppo: the first 8 hexadecimal digits of MD5 of salt ‖ "-" ‖ subject, modulo 10,000 shards; ranges are half-open.
extension Scheme {
  static let eppo = Scheme(
    .eppo, formula: "md5(salt-subject) first 32 bits mod 10000 in a half-open range", salt: "the shard's salt",
    provenance: "Eppo-exp/eppo-ios-sdk Sources/eppo/Sharder.swift; checked against PyPI eppo-server-sdk 4",
    emptyID: .notEnrolled
  ) { (shares) throws(AllocationFault) in
    Bucketing(
      Draw(.md5Head, prefix: shares.salt + "-", .modulo(10_000)), ranges: shares.anchored(10_000))
  }
}
