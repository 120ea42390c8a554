import Hashing

extension AllocationPlan {
  /// The arms of many ids at once, as `assign` gives them one by one.
  ///
  /// What a hash needs is looked up once for all ids, so that its loop is as fast as one that is written for it alone.
  /// - Parameters:
  ///   - ids: the bytes of each id.
  ///   - arms: as many places as there are ids; gets the place of each one's arm, -1 for not enrolled.
  /// - Throws: `AllocationFault` as `assign`, of the first id that it refuses; what `arms` holds then is of no use.
  public func assign(
    _ ids: UnsafeBufferPointer<UnsafeRawBufferPointer>, arms: UnsafeMutableBufferPointer<Int32>
  ) throws(AllocationFault) {
    let count = min(ids.count, arms.count)
    if readsBytes, bucketing.gate == nil, ids.allSatisfy({ $0.count > 0 }), bucketing.assignAll(ids, count, arms) {
      return
    }
    for index in 0..<count { arms[index] = try assign(ids[index]).arm.map { Int32(truncatingIfNeeded: $0) } ?? -1 }
  }
}

extension Bucketing {
  /// - Returns: false if the draw has no loop of its own; nothing is written then.
  fileprivate func assignAll(
    _ ids: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ count: Int, _ arms: UnsafeMutableBufferPointer<Int32>
  ) -> Bool {
    guard draw.units == .utf8 else { return false }
    return ranges.withUnsafeBufferPointer { ranges in
      switch draw.hash {
      case .murmur3 where draw.suffix.isEmpty:
        let start = draw.murmur3Start
        assign(ids, count, arms, ranges) { id in
          var state = start
          state.update(id)
          return state.digest
        }
      case .fnv1a:
        let start = draw.fnv1aStart
        draw.suffixUnits.withUnsafeBufferPointer { suffix in
          assign(ids, count, arms, ranges) { id in
            var state = start
            state.update(id)
            for unit in suffix { state.update(unit: unit) }
            return state.digest
          }
        }
      default: return false
      }
      return true
    }
  }

  /// One loop for each way to reduce a hash of 32 bits.
  @inline(__always)
  private func assign(
    _ ids: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ count: Int, _ arms: UnsafeMutableBufferPointer<Int32>,
    _ ranges: UnsafeBufferPointer<Range<UInt64>>, hash: (UnsafeRawBufferPointer) -> UInt32
  ) {
    switch draw.reduction {
    case .modulo(let buckets):
      let buckets = UInt32(truncatingIfNeeded: buckets)
      for index in 0..<count { arms[index] = Self.place(UInt64(hash(ids[index]) % buckets), ranges) }
    case .multiplyShift(let buckets, let bits):
      for index in 0..<count { arms[index] = Self.place((UInt64(hash(ids[index])) &* buckets) &>> bits, ranges) }
    case .none, .magnitude, .magnitudeModulo:
      for index in 0..<count { arms[index] = Self.place(draw.reduced(UInt64(hash(ids[index]))), ranges) }
    }
  }

  /// The first range that holds the value. Without a branch on the value: arms are random, and a branch would be foretold wrongly
  /// for half of the ids.
  @inline(__always)
  private static func place(_ value: UInt64, _ ranges: UnsafeBufferPointer<Range<UInt64>>) -> Int32 {
    var found: Int32 = -1
    var place = ranges.count &- 1
    while place >= 0 {
      let range = ranges[place]
      let isInside = value &- range.lowerBound < range.upperBound &- range.lowerBound
      found = isInside ? Int32(truncatingIfNeeded: place) : found
      place &-= 1
    }
    return found
  }
}
