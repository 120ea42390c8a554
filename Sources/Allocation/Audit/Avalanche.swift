/// How often each bit of a hash flips when one bit of the id does; 0.5 is ideal.
public struct Avalanche: Sendable, Encodable {
  /// The lowest and highest rate over the hash's bits, all bytes of the ids flipped in turn.
  public let lowest: Double
  public let highest: Double
  /// The same with only the last byte flipped: ids that differ in their last digit.
  public let lowestOfLastByte: Double
  public let highestOfLastByte: Double

  /// Ids that are tried.
  static let unitLimit = 2000
  /// Bits of ASCII that are flipped: a digit becomes another digit or a near character.
  private static let flips: [UInt8] = [1, 2, 4]

  public init(_ plan: AllocationPlan, ids: UnitIDs) {
    let draw = plan.bucketing.draw
    var (all, last) = (Tally(bits: draw.bits), Tally(bits: draw.bits))
    ids.forEach(first: Self.unitLimit) { id in
      guard !id.isEmpty, TextUnits.isASCII(id) else { return }
      var copy = Array(id)
      let original = draw.hashed(id)
      for place in copy.indices.suffix(16) {
        for flip in Self.flips {
          copy[place] ^= flip
          let changed = original ^ copy.withUnsafeBytes { draw.hashed($0) }
          copy[place] ^= flip
          all.add(changed)
          if place == copy.count - 1 { last.add(changed) }
        }
      }
    }
    (lowest, highest) = all.extremes
    (lowestOfLastByte, highestOfLastByte) = last.extremes
  }

  private struct Tally {
    private var flipped: [Int]
    private var count = 0

    init(bits: Int) { flipped = [Int](repeating: 0, count: bits) }

    mutating func add(_ difference: UInt64) {
      count += 1
      for bit in flipped.indices where difference >> UInt64(bit) & 1 == 1 { flipped[bit] += 1 }
    }

    /// 0.5 where nothing was tried.
    var extremes: (Double, Double) {
      guard count > 0 else { return (0.5, 0.5) }
      let rates = flipped.map { Double($0) / Double(count) }
      return (rates.min() ?? 0.5, rates.max() ?? 0.5)
    }
  }
}

extension Draw {
  /// Bits of the hash before its reduction.
  var bits: Int {
    switch hash {
    case .sha1(let bits), .sha256(let bits): bits
    default: 32
    }
  }
}
