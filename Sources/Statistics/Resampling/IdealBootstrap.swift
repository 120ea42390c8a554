import Foundation

/// The bootstrap with all resamples: every multiset of n rows with its probability, no simulation error. For very small samples.
///
/// - Source: Fisher, N. I. and Hall, P. (1991), "Bootstrap algorithms for small samples", Journal of Statistical Planning and
///   Inference 27, 157-169.
/// - Checked against: enumeration in rational arithmetic, Datasets/References/bootstrap.json.
public struct IdealBootstrap: Sendable, Hashable {
  /// A value of the statistic, and the probability that a resample has it.
  public struct Atom: Sendable, Hashable {
    public let value: Double
    /// Of this value among all resamples.
    public let probability: Double
  }

  /// Multisets that are enumerated at most: 12 rows.
  public static let largestEnumeration = 2_000_000

  public let estimate: Double
  /// Ascending; values that differ by rounding only are one atom.
  public let atoms: [Atom]
  /// Of BCa, by the jackknife; nil where it is undefined.
  public let acceleration: Double?

  /// - Parameters:
  ///   - rows: n.
  ///   - statistic: of the places of n rows, ascending, with repeats; and of n - 1 rows, for the jackknife.
  /// - Throws: `DomainError` for no rows, too many resamples, or a statistic that is not finite.
  public init(rows n: Int, ofRows statistic: ([Int]) -> Double) throws(DomainError) {
    guard n >= 1 else { throw DomainError("rows of the sample", Double(n), "must be at least 1") }
    guard n <= 12 else {
      throw DomainError("rows of the sample", Double(n), "must be at most 12 to enumerate all resamples")
    }
    let whole = Array(0..<n)
    var found: [Atom] = []
    Self.enumerate(n) { rows, probability in found.append(Atom(value: statistic(rows), probability: probability)) }
    estimate = statistic(whole)
    guard estimate.isFinite, found.allSatisfy(\.value.isFinite) else {
      throw DomainError("statistic", .nan, "must be finite on every resample")
    }
    atoms = Self.merged(found)
    acceleration =
      n < 2
      ? nil
      : BiasCorrection.acceleration([
        whole.map { left in statistic(whole.filter { $0 != left }) }
      ])
  }

  private init(estimate: Double, atoms: [Atom]) {
    self.estimate = estimate
    self.atoms = atoms
    acceleration = nil
  }

  /// The difference from a statistic of another, independent sample.
  ///
  /// - Throws: `DomainError` if there are too many pairs of values.
  public func difference(from other: IdealBootstrap) throws(DomainError) -> IdealBootstrap {
    let pairs = Double(atoms.count) * Double(other.atoms.count)
    guard pairs <= 4 * Double(Self.largestEnumeration) else {
      throw DomainError("pairs of values", pairs, "are too many to enumerate")
    }
    let found = atoms.flatMap { a in
      other.atoms.map { Atom(value: a.value - $0.value, probability: a.probability * $0.probability) }
    }
    return IdealBootstrap(estimate: estimate - other.estimate, atoms: Self.merged(found))
  }

  public var mean: Double { atoms.reduce(0) { $0 + $1.probability * $1.value } }
  public var standardError: Double {
    let mean = mean
    return atoms.reduce(0) { $0 + $1.probability * ($1.value - mean) * ($1.value - mean) }.squareRoot()
  }

  /// The place of the smallest atom with P(statistic <= atom) >= q.
  package func place(_ q: Double) -> Int {
    var sum = 0.0
    for (place, atom) in atoms.enumerated() {
      sum += atom.probability
      if sum >= q - 1e-12 { return place }
    }
    return atoms.count - 1
  }

  /// The smallest atom with P(statistic <= atom) >= q.
  public func quantile(_ q: Double) -> Double { atoms[place(q)].value }

  public func interval(_ level: ConfidenceLevel = .ninetyFive) -> Interval {
    Interval(quantile(level.alpha / 2), quantile(1 - level.alpha / 2))
  }

  /// - Throws: `DomainError` for a difference, or if no resample lies on one side of the estimate.
  package func biasCorrection() throws(DomainError) -> BiasCorrection {
    guard let acceleration else {
      throw DomainError("acceleration", .nan, "is known for one sample of 2 rows or more only")
    }
    let tolerance = Self.tolerance(atoms)
    let below = atoms.reduce(0) { $0 + ($1.value < estimate - tolerance ? $1.probability : 0) }
    return try BiasCorrection(shareBelow: below, acceleration: acceleration)
  }

  /// Standard error and third central moment of the mean over all resamples, for samples of any size: √(m2 / n) and m3 / n², with
  /// m2 and m3 the central moments of the sample (divisor n).
  ///
  /// - Throws: `DomainError` for an empty sample.
  public static func momentsOfMean(_ values: [Double]) throws(DomainError) -> (standardError: Double, third: Double) {
    guard !values.isEmpty else { throw DomainError("values", 0, "must be at least 1") }
    let (n, mean) = (Double(values.count), Moments(columns: [values]).mean[0])
    let second = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    let third = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) } / n
    return ((second / n).squareRoot(), third / (n * n))
  }

  // MARK: - Enumeration

  /// Every multiset of n of the rows 0..<n, ascending, with its multinomial probability.
  private static func enumerate(_ n: Int, _ visit: ([Int], Double) -> Void) {
    var factorials = [1.0]
    for i in 1...n { factorials.append(factorials[i - 1] * Double(i)) }
    let all = factorials[n] / pow(Double(n), Double(n))
    var rows = [Int](repeating: 0, count: n)
    while true {
      var (divisor, run) = (1.0, 1)
      for i in 1..<max(1, n) {
        run = rows[i] == rows[i - 1] ? run + 1 : 1
        divisor *= Double(run)
      }
      visit(rows, all / divisor)
      guard let place = rows.lastIndex(where: { $0 < n - 1 }) else { return }
      let value = rows[place] + 1
      for i in place..<n { rows[i] = value }
    }
  }

  private static func tolerance(_ sorted: [Atom]) -> Double {
    guard let first = sorted.first, let last = sorted.last else { return 0 }
    return 1e-12 * max(abs(first.value), abs(last.value), last.value - first.value)
  }

  private static func merged(_ found: [Atom]) -> [Atom] {
    let sorted = found.sorted { $0.value < $1.value }
    let tolerance = tolerance(sorted)
    var atoms: [Atom] = []
    for atom in sorted {
      if let last = atoms.last, atom.value - last.value <= tolerance {
        atoms[atoms.count - 1] = Atom(value: last.value, probability: last.probability + atom.probability)
      } else {
        atoms.append(atom)
      }
    }
    return atoms
  }
}
