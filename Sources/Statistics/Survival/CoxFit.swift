import LinearAlgebra

/// Newton's method on the partial log-likelihood, which is concave: steps are halved only against overshooting.
struct CoxFit {
  var beta: [Double]
  var iterations = 0
  let null: CoxLikelihood.Value
  var optimum: CoxLikelihood.Value
  /// Of the information at the optimum.
  let inverse: Matrix
  let scoreStatistic: Double
  let waldStatistic: Double

  private static let maximumIterations = 60

  init(_ likelihood: CoxLikelihood) throws(DomainError) {
    let p = likelihood.sample.p
    let start = [Double](repeating: 0, count: p)
    let null = likelihood.value(at: start)
    self.null = null
    let first = try Self.factor(null.information, p)
    try Self.checkDependence(first, null.information, p)
    scoreStatistic = Self.dot(try Self.solve(first, null.score), null.score)
    (beta, optimum, iterations) = try Self.climb(likelihood, from: start, null)
    let last = try Self.factor(optimum.information, p)
    guard let inverse = try? last.inverse() else { throw Self.flat }
    self.inverse = inverse
    waldStatistic = Self.quadraticForm(optimum.information, beta)
  }

  private static func climb(
    _ likelihood: CoxLikelihood, from start: [Double], _ null: CoxLikelihood.Value
  ) throws(DomainError) -> ([Double], CoxLikelihood.Value, Int) {
    var (beta, current) = (start, null)
    for iteration in 1...maximumIterations {
      let step = try solve(factor(current.information, start.count), current.score)
      let decrement = dot(step, current.score)
      // Newton's method doubles the digits: after this step the rest is rounding.
      let isLast = decrement <= 1e-14 * (1 + abs(current.logLikelihood))
      if !isLast, decrement < 1e-7 { try checkSeparation(likelihood.sample, step) }
      var share = 1.0
      var (next, value) = (beta, current)
      repeat {
        next = zip(beta, step).map { $0 + share * $1 }
        value = likelihood.value(at: next)
        share /= 2
      } while !(value.logLikelihood >= current.logLikelihood - 1e-12 * abs(current.logLikelihood)) && share > 1e-6
      guard value.logLikelihood.isFinite else { throw flat }
      (beta, current) = (next, value)
      if isLast { return (beta, current, iteration) }
    }
    throw flat
  }

  /// The likelihood hardly rises, yet the step still moves units apart by half a unit of log-hazard or more: along the step the
  /// curvature is below 1e-6, so the coefficient goes to infinity.
  private static func checkSeparation(_ sample: CoxSample, _ step: [Double]) throws(DomainError) {
    let p = sample.p
    var (low, high) = (Double.infinity, -Double.infinity)
    var spans = [(Double, Double)](repeating: (.infinity, -.infinity), count: p)
    for unit in 0..<sample.units {
      var sum = 0.0
      for j in 0..<p {
        let part = step[j] * sample.rows[unit * p + j]
        sum += part
        spans[j] = (min(spans[j].0, part), max(spans[j].1, part))
      }
      (low, high) = (min(low, sum), max(high, sum))
    }
    guard high - low > 0.5 else { return }
    let widths = spans.map { $0.1 - $0.0 }
    let worst = widths.indices.max { widths[$0] < widths[$1] } ?? 0
    throw DomainError(
      "coefficient of covariate \(worst + 1)", .nan,
      "has no finite estimate, the covariates tell without error who has the event first (separation); join its levels or "
        + "leave it out")
  }

  /// The last pivot is the share of a covariate's information that the earlier ones leave.
  private static func checkDependence(_ factor: Cholesky, _ information: [Double], _ p: Int) throws(DomainError) {
    for j in 0..<p where !(factor.lower[j, j] * factor.lower[j, j] > 1e-9 * information[j + j * p]) {
      throw dependent(j)
    }
  }

  private static func factor(_ information: [Double], _ p: Int) throws(DomainError) -> Cholesky {
    do {
      return try Cholesky(Matrix(rows: p, columns: p, storage: information))
    } catch {
      if case .notPositiveDefinite(let minor) = error.kind { throw dependent(minor - 1) }
      throw flat
    }
  }

  private static func solve(_ factor: Cholesky, _ right: [Double]) throws(DomainError) -> [Double] {
    guard let solution = try? factor.solve(right) else { throw flat }
    return solution
  }

  private static func dependent(_ j: Int) -> DomainError {
    DomainError(
      "coefficient of covariate \(j + 1)", .nan,
      "cannot be told from those of the covariates before it among the units at risk; leave one of them out")
  }

  private static var flat: DomainError {
    DomainError("partial likelihood", .nan, "has no maximum that can be found; look for covariates with extreme values")
  }

  static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  private static func quadraticForm(_ lower: [Double], _ x: [Double]) -> Double {
    let p = x.count
    var sum = 0.0
    for j in 0..<p { for i in j..<p { sum += (i == j ? 1 : 2) * lower[i + j * p] * x[i] * x[j] } }
    return sum
  }
}
