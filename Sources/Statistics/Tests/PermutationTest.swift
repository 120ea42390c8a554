import Foundation

/// Whether the means of two arms differ, by relabelling the pooled units: valid for any law if the arms are exchangeable.
///
/// - Source: Fisher (1935), The Design of Experiments, section 21; for a sample of relabellings Phipson, B. and Smyth, G. K.
///   (2010), "Permutation p-values should never be zero", Statistical Applications in Genetics 9: (b + 1) / (m + 1).
/// - Checked against: enumeration in rational arithmetic, Datasets/References/permutation.json.
public struct PermutationTest: Sendable, Hashable {
  public static let name = "permutation test"

  /// The most relabellings that are enumerated.
  public static let largestEnumeration = 20_000_000

  /// Mean of the treatment less mean of the control.
  public let estimate: Double
  /// How many relabellings were looked at.
  public let permutations: Int
  /// Whether all relabellings were counted, or some drawn.
  public let isExact: Bool
  private let atLeast: Int
  private let atMost: Int
  private let asFar: Int

  public func pValue(_ alternative: Alternative = .twoSided) -> Double {
    let extreme =
      switch alternative {
      case .twoSided: asFar
      case .greater: atLeast
      case .less: atMost
      }
    return isExact ? Double(extreme) / Double(permutations) : Double(extreme + 1) / Double(permutations + 1)
  }

  /// Every relabelling.
  ///
  /// - Throws: `DomainError` if an arm is empty or holds a value that is not finite, or there are more than
  ///   `largestEnumeration` relabellings.
  public init(treatment: [Double], control: [Double]) throws(DomainError) {
    let sample = try PooledSample(treatment, control)
    let size = sample.choices
    guard size <= Double(Self.largestEnumeration) else {
      throw DomainError("relabellings", size, "are too many to enumerate; sample them with a generator")
    }
    var tally = Tally(sample)
    sample.enumerate { tally.add($0) }
    self.init(sample, tally, isExact: true)
  }

  /// A sample of relabellings.
  ///
  /// - Parameter permutations: how many; the smallest p-value possible is 1 / (permutations + 1).
  /// - Throws: `DomainError` if an arm is empty or holds a value that is not finite, or no permutation is asked for.
  public init(
    treatment: [Double], control: [Double], permutations: Int, using generator: inout some RandomNumberGenerator
  ) throws(DomainError) {
    guard permutations >= 1 else {
      throw DomainError("permutations", Double(permutations), "must be at least 1")
    }
    var sample = try PooledSample(treatment, control)
    var tally = Tally(sample)
    for _ in 0..<permutations { tally.add(sample.shuffledSum(using: &generator)) }
    self.init(sample, tally, isExact: false)
  }

  private init(_ sample: PooledSample, _ tally: Tally, isExact: Bool) {
    estimate = sample.difference(sample.observed)
    permutations = tally.count
    self.isExact = isExact
    (atLeast, atMost, asFar) = (tally.atLeast, tally.atMost, tally.asFar)
  }
}

/// All values less their mean, the treated ones first: then the arms' means are proportional to one sum.
private struct PooledSample {
  var values: [Double]
  let treated: Int

  init(_ treatment: [Double], _ control: [Double]) throws(DomainError) {
    for (values, arm) in [(treatment, "treatment"), (control, "control")] {
      try requireValues(values, atLeast: 1, "the \(arm) arm")
      guard values.allSatisfy(\.isFinite) else {
        throw DomainError("value of the \(arm) arm", .infinity, "must be finite")
      }
    }
    let all = treatment + control
    let mean = Moments(columns: [all]).mean[0]
    values = all.map { $0 - mean }
    treated = treatment.count
  }

  var observed: Double { values[..<treated].reduce(0, +) }

  /// Mean of the treated less mean of the others, from the sum of the treated; the sum of all is 0.
  func difference(_ sum: Double) -> Double {
    sum / Double(treated) + sum / Double(values.count - treated)
  }

  /// Two sums nearer than this are equal: their difference is rounding.
  var slack: Double { 1e-12 * values.reduce(0) { max($0, abs($1)) } * Double(values.count) }

  /// C(n, treated); infinity if too large for a double.
  var choices: Double {
    let k = min(treated, values.count - treated)
    return (0..<k).reduce(1.0) { ($0 * Double(values.count - $1) / Double($1 + 1)).rounded() }
  }

  /// The sum of the treated under every choice of them.
  func enumerate(_ visit: (Double) -> Void) {
    func choose(from start: Int, left: Int, sum: Double) {
      if left == 0 { return visit(sum) }
      for next in start...(values.count - left) { choose(from: next + 1, left: left - 1, sum: sum + values[next]) }
    }
    choose(from: 0, left: treated, sum: 0)
  }

  mutating func shuffledSum(using generator: inout some RandomNumberGenerator) -> Double {
    var sum = 0.0
    for place in 0..<treated {
      values.swapAt(place, Int.random(in: place..<values.count, using: &generator))
      sum += values[place]
    }
    return sum
  }
}

private struct Tally {
  let observed: Double
  let slack: Double
  var (count, atLeast, atMost, asFar) = (0, 0, 0, 0)

  init(_ sample: PooledSample) { (observed, slack) = (sample.observed, sample.slack) }

  mutating func add(_ sum: Double) {
    count += 1
    if sum >= observed - slack { atLeast += 1 }
    if sum <= observed + slack { atMost += 1 }
    if abs(sum) >= abs(observed) - slack { asFar += 1 }
  }
}
