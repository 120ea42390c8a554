/// Skewness and kurtosis of a sample: how far means of it are from normal.
///
/// - Source: Joanes, D. N. and Gill, C. A. (1998), "Comparing measures of sample skewness and kurtosis", The Statistician
///   47, section 2: g1, g2 (moments with divisor n) and G1, G2 (adjusted, as SAS and Excel print them).
/// - Checked against: Datasets/References/shape.json.
public struct Shape: Sendable, Hashable {
  /// g1 = m3 / m2^(3/2).
  public let skewness: Double
  /// G1 = g1 √(n(n-1)) / (n-2); nil below 3 values.
  public let adjustedSkewness: Double?
  /// g2 = m4 / m2² - 3.
  public let excessKurtosis: Double
  /// G2 = (n-1) ((n+1) g2 + 6) / ((n-2)(n-3)); nil below 4 values.
  public let adjustedExcessKurtosis: Double?

  /// - Parameter values: at least two different, finite ones.
  /// - Throws: `DomainError` if there are fewer, or one is not finite.
  public init(_ values: [Double]) throws(DomainError) {
    guard values.count >= 2 else { throw DomainError("values", Double(values.count), "at least 2 are needed") }
    guard values.allSatisfy(\.isFinite) else { throw DomainError("values", .nan, "must be finite") }
    // Powers of two change no digit: scaled, powers neither overflow nor vanish. Odd moments cancel, hence the double words.
    let centred = Self.centred(values)
    let largest = centred.reduce(0) { max($0, abs($1.value)) }
    guard values.contains(where: { $0 != values[0] }) else {
      throw DomainError("variance", 0, "must be positive and finite")
    }
    guard largest > 0, largest.isFinite else { throw DomainError("variance", largest, "must be positive and finite") }
    let unit = DoubleDouble(Double(sign: .plus, exponent: -largest.exponent, significand: 1))
    let (m2, m3, m4) = Self.powers(centred.map { $0 * unit })
    let n = Double(values.count)
    skewness = m3 / (m2 * m2.squareRoot())
    excessKurtosis = m4 / (m2 * m2) - 3
    adjustedSkewness = n > 2 ? skewness * (n * (n - 1)).squareRoot() / (n - 2) : nil
    adjustedExcessKurtosis = n > 3 ? (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excessKurtosis + 6) : nil
  }

  /// Deviations from the mean, to twice the digits of a double.
  private static func centred(_ values: [Double]) -> [DoubleDouble] {
    let n = Double(values.count)
    let mean = values.reduce(DoubleDouble(0)) { $0 + DoubleDouble($1 / n) }
    let first = values.map { DoubleDouble($0) - mean }
    let rest = first.reduce(DoubleDouble(0)) { $0 + $1 } / n
    return first.map { $0 - rest }
  }

  /// The second, third and fourth central moments.
  private static func powers(_ deviations: [DoubleDouble]) -> (Double, Double, Double) {
    var (second, third, fourth) = (DoubleDouble(0), DoubleDouble(0), DoubleDouble(0))
    for deviation in deviations {
      let square = deviation * deviation
      second = second + square
      third = third + square * deviation
      fourth = fourth + square * square
    }
    let n = Double(deviations.count)
    return (second.value / n, third.value / n, fourth.value / n)
  }
}
