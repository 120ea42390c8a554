/// Pseudorandom words of one replicate of one sample: four generators side by side, so that the processor's vector unit draws.
///
/// The state comes from `Philox4x32` at the counter (replicate, sample), so a replicate's draws do not depend on which thread makes
/// them or on what was drawn before.
/// - Source: Blackman, D. and Vigna, S. (2021), "Scrambled linear pseudorandom number generators", ACM TOMS 47:
///   xoshiro256++.
/// - Checked against: the scalar algorithm, lane by lane.
package struct ResamplingStream: Sendable {
  private var s0: SIMD4<UInt64>
  private var s1: SIMD4<UInt64>
  private var s2: SIMD4<UInt64>
  private var s3: SIMD4<UInt64>

  package init(seed: UInt64, replicate: Int, sample: Int) {
    let generator = Philox4x32(seed: seed)
    let (r, s) = (UInt64(replicate), UInt32(truncatingIfNeeded: sample))
    func state(_ place: UInt32) -> SIMD4<UInt64> {
      var lanes = SIMD4<UInt64>()
      for half in 0..<2 {
        let block = generator.block(
          SIMD4(UInt32(truncatingIfNeeded: r), UInt32(truncatingIfNeeded: r >> 32), s, 2 * place + UInt32(half)))
        lanes[2 * half] = UInt64(block.x) << 32 | UInt64(block.y)
        lanes[2 * half + 1] = UInt64(block.z) << 32 | UInt64(block.w)
      }
      return lanes
    }
    (s0, s1, s2, s3) = (state(0), state(1), state(2), state(3))
  }

  package init(state: (SIMD4<UInt64>, SIMD4<UInt64>, SIMD4<UInt64>, SIMD4<UInt64>)) { (s0, s1, s2, s3) = state }

  @inline(__always)
  package mutating func next() -> SIMD4<UInt64> {
    let sum = s0 &+ s3
    let result = ((sum &<< 23) | (sum &>> 41)) &+ s0
    let t = s1 &<< 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = (s3 &<< 45) | (s3 &>> 19)
    return result
  }

  // MARK: - Draws

  /// Of 65,536 equally likely words, how many give a weight of at least k = 1, 2, …, 8: Poisson's tail with mean 1, rounded. The
  /// weight's mean is exactly 1 and its variance 1 - 2^-15.
  private static let poissonTail: [Int16] = [41427, 17317, 5263, 1244, 240, 39, 5, 1].map { Int16($0 - 32_768) }

  /// Fills `weights` with Poisson weights of mean 1 and returns their sum. Takes one step for 16 weights.
  @inline(__always)
  package mutating func poisson(_ weights: UnsafeMutablePointer<Double>, count: Int) -> Int {
    let tail = Self.poissonTail
    let (t1, t2, t3, t4) = (
      SIMD8(repeating: tail[0]), SIMD8(repeating: tail[1]), SIMD8(repeating: tail[2]), SIMD8(repeating: tail[3])
    )
    let (t5, t6, t7, t8) = (
      SIMD8(repeating: tail[4]), SIMD8(repeating: tail[5]), SIMD8(repeating: tail[6]), SIMD8(repeating: tail[7])
    )
    @inline(__always) func weigh(_ u: SIMD8<Int16>) -> SIMD8<Int16> {
      let (zero, one) = (SIMD8<Int16>(repeating: 0), SIMD8<Int16>(repeating: 1))
      var w = zero.replacing(with: one, where: u .< t1)
      w &+= zero.replacing(with: one, where: u .< t2)
      w &+= zero.replacing(with: one, where: u .< t3)
      w &+= zero.replacing(with: one, where: u .< t4)
      w &+= zero.replacing(with: one, where: u .< t5)
      w &+= zero.replacing(with: one, where: u .< t6)
      w &+= zero.replacing(with: one, where: u .< t7)
      w &+= zero.replacing(with: one, where: u .< t8)
      return w
    }
    var (total, place) = (0, 0)
    while place < count {
      let words = unsafeBitCast(next(), to: SIMD16<Int16>.self)
      let halves = (weigh(words.lowHalf), weigh(words.highHalf))
      if place + 16 <= count {
        for i in 0..<8 { weights[place + i] = Double(halves.0[i]) }
        for i in 0..<8 { weights[place + 8 + i] = Double(halves.1[i]) }
        total += Int((halves.0 &+ halves.1).wrappedSum())
      } else {
        for i in 0..<(count - place) {
          let weight = i < 8 ? halves.0[i] : halves.1[i - 8]
          weights[place + i] = Double(weight)
          total += Int(weight)
        }
      }
      place += 16
    }
    return total
  }

  /// Draws `count` numbers of 0..<bound with equal probability (to within bound / 2^64) and hands each to `use`.
  @inline(__always)
  package mutating func indices(below bound: Int, count: Int, _ use: (Int) -> Void) {
    var drawn = 0
    while drawn < count {
      let words = next()
      for lane in 0..<min(4, count - drawn) { use(Int(words[lane].multipliedFullWidth(by: UInt64(bound)).high)) }
      drawn += 4
    }
  }
}
