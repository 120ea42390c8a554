/// Proctor: the last 4 bytes of MD5 of prefix ‖ id, signed, against cut-offs over the whole range of 32 bits.
extension Scheme {
  static let proctor = Scheme(
    .proctor, formula: "int32 of md5(prefix ‖ id) bytes 12-15 <= trunc(-2^31 + cumulative share · 4294967295)",
    salt: "the test's salt if it begins with &, else test name and salt, joined by |",
    provenance: "indeedeng/proctor StandardTestChooser.java; its own fold over ids 1...9,999,999 reproduced"
  ) { (shares) throws(AllocationFault) in
    let coverage = Double(shares.coverage) / Double(FixedPoint.unit)
    var (sum, start) = (0.0, UInt64(0))
    var ranges: [Range<UInt64>] = []
    for share in shares.fractions {
      // With a coverage below 1 an inactive bucket follows each arm and keeps its neighbour's place.
      ranges.append(start..<max(start, end(sum + share * coverage)))
      sum += share
      start = end(sum)
    }
    // The last bucket takes whatever is left.
    if shares.isEverybody, let last = ranges.popLast() { ranges.append(last.lowerBound..<1 << 32) }
    return Bucketing(Draw(.md5Tail, prefix: shares.salt), ranges: ranges, lowest: Int(Int32.min))
  }

  /// One past the cut-off, counted from the smallest 32-bit number.
  private static func end(_ cumulative: Double) -> UInt64 {
    let cut = min(max((-0x1p31 + cumulative * 4_294_967_295).rounded(.towardZero), -0x1p31), 0x1p31 - 1)
    return UInt64(Int(cut) - Int(Int32.min) + 1)
  }
}
