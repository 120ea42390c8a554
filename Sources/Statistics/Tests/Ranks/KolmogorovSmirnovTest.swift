import Foundation

/// Whether two samples come from one law, by the largest gap between their distribution functions.
///
/// - Source: Smirnov, N. (1939). Exact: all orders of the pooled sample being equally likely, given its ties, by the lattice
///   paths that reach the gap; Schröer, G. and Trenkler, D. (1995), Computational Statistics & Data Analysis 20. Large
///   samples: Kolmogorov's series.
/// - Checked against: R `ks.test` and scipy, Datasets/References/rank-tests.json.
public struct KolmogorovSmirnovTest: Sendable, Hashable {
  public static let name = "Kolmogorov-Smirnov test"
  /// max |F_treatment - F_control|, in [0, 1].
  public let statistic: Double
  private let treatmentCount: Int
  private let controlCount: Int
  /// n m D, an integer.
  private let scaledGap: Int
  /// After which places of the pooled order the distribution functions can be read: where its value changes.
  private let readable: [Bool]

  /// - Throws: `DomainError` if an arm is empty, holds NaN, or the pairs of units are 2^62 or more.
  public init(treatment: [Double], control: [Double]) throws(DomainError) {
    try requireValues(treatment, atLeast: 1, "the treatment arm")
    try requireValues(control, atLeast: 1, "the control arm")
    let pairs = Double(treatment.count) * Double(control.count)
    guard pairs < 0x1p62 else { throw DomainError("pairs of units", pairs, "must be below 2^62") }
    let pooled = (treatment.map { ($0, true) } + control.map { ($0, false) }).sorted { $0.0 < $1.0 }
    var (gap, i, j) = (0, 0, 0)
    var readable: [Bool] = []
    readable.reserveCapacity(pooled.count)
    for (place, entry) in pooled.enumerated() {
      if entry.1 { i += 1 } else { j += 1 }
      let last = place + 1 == pooled.count || pooled[place + 1].0 != entry.0
      readable.append(last)
      if last { gap = max(gap, abs(i * control.count - j * treatment.count)) }
    }
    treatmentCount = treatment.count
    controlCount = control.count
    scaledGap = gap
    self.readable = readable
    statistic = Double(gap) / pairs
  }

  /// Exact for at most 10 million pairs of units, else by the series.
  public var pValue: Double { treatmentCount * controlCount <= 10_000_000 ? exactPValue : asymptoticPValue }

  /// P(gap >= the observed one), summed without subtracting: each cell holds the share of paths to it that met the gap.
  public var exactPValue: Double {
    let (n, m) = (treatmentCount, controlCount)
    guard scaledGap > 0 else { return 1 }
    var met = [Double](repeating: 0, count: m + 1)
    for i in 0...n {
      for j in 0...m where i + j > 0 {
        if readable[i + j - 1], abs(i * m - j * n) >= scaledGap {
          met[j] = 1
        } else {
          let total = Double(i + j)
          let fromTreatment = i > 0 ? Double(i) / total * met[j] : 0
          let fromControl = j > 0 ? Double(j) / total * met[j - 1] : 0
          met[j] = fromTreatment + fromControl
        }
      }
    }
    return min(1, met[m])
  }

  /// By Kolmogorov's series at √(nm/(n+m)) D.
  public var asymptoticPValue: Double {
    let (n, m) = (Double(treatmentCount), Double(controlCount))
    return Self.survival((n * m / (n + m)).squareRoot() * statistic)
  }

  /// Kolmogorov's law: 2 Σ (-1)^(k-1) exp(-2 k² t²), or its dual series where that one is slow.
  static func survival(_ t: Double) -> Double {
    if t <= 0 { return 1 }
    var sum = 0.0
    if t < 1 {
      let step = Double.pi * Double.pi / (8 * t * t)
      for k in 0..<20 {
        let odd = Double(2 * k + 1)
        sum += exp(-odd * odd * step)
      }
      return 1 - (2 * Double.pi).squareRoot() / t * sum
    }
    for k in 1...20 {
      let term = exp(-2 * Double(k * k) * t * t)
      sum += k % 2 == 1 ? term : -term
    }
    return 2 * sum
  }
}
