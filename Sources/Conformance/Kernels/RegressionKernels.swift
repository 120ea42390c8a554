import Basics
import Statistics

extension KernelRegistry {
  mutating func registerRegression() {
    register("ols") { try summary(LeastSquares(columns: $0.transposed("design"), response: $0.numbers("response"))) }
    register("regression-nist-py") {
      try summary(
        LeastSquares(columns: $0.transposed("design"), response: $0.numbers("response"), tolerance: steepDesigns))
    }
    register("regression-nist") { input in
      try summary(
        LeastSquares(
          columns: input.transposed("design"), response: input.numbers("response"),
          hasIntercept: input["intercept"]?.bool ?? true, tolerance: steepDesigns))
    }
    register("least-squares.polynomialFit", polynomial)
    register("least-squares.multipleFit") { input in
      let columns = try input.transposed("X")
      let response = try input.numbers("y")
      return try summary(LeastSquares(columns: [response.map { _ in 1 }] + columns, response: response))
    }
    register("regression-adjustment.olsRobust", robust)
    register("regression-adjustment.linAdjusted", lin)
    register("cluster-robust.clustered", clustered)
    register("stratified.stratifiedDifference") { input in
      let test = try stratified(input, weights: nil)
      let interval = test.interval(try input.confidence())
      return [
        "estimate": Reading.value(test.estimate), "standardError": Reading.value(test.standardError),
        "lower": Reading.value(interval.lower), "upper": Reading.value(interval.upper),
      ]
    }
    register("stratified.postStratified") { input in
      let test = try stratified(input, weights: input.numbers("weights"))
      let (t, c) = (test.treatment, test.control)
      return [
        "meanT": Reading.value(t.value), "varianceT": Reading.value(t.standardError * t.standardError),
        "meanC": Reading.value(c.value), "varianceC": Reading.value(c.standardError * c.standardError),
        "difference": Reading.value(test.estimate), "standardError": Reading.value(test.standardError),
      ]
    }
    for name in ["anova-nist", "anova-nist-scipy", "least-squares.oneWayAnova"] { register(name, analysisOfVariance) }
  }
}

/// Polynomials of degree 10 (NIST's Filip) are independent by less than the usual tolerance.
private let steepDesigns = 1e-14

private func summary(_ fit: LeastSquares) -> JSONValue {
  let errors = fit.standardErrors()
  let statistics = zip(fit.coefficients, errors).map { value, error in value.flatMap { v in error.map { v / $0 } } }
  return [
    "coefficients": .array(fit.coefficients.map { Reading.value($0) }),
    "standardErrors": .array(errors.map { Reading.value($0) }),
    "tStatistics": .array(statistics.map { Reading.value($0) }),
    "pValues": .array(fit.pValues().map { Reading.value($0) }), "rank": .integer(fit.rank),
    "aliased": .array(fit.aliased.map { .integer($0) }), "residualDegreesOfFreedom": .integer(fit.degreesOfFreedom),
    "degreesOfFreedom": .integer(fit.degreesOfFreedom),
    "residualStandardDeviation": Reading.value(fit.residualStandardDeviation),
    "residualStandardError": Reading.value(fit.residualStandardDeviation),
    "residualSumOfSquares": Reading.value(fit.residualSumOfSquares), "rSquared": Reading.value(fit.rSquared),
    "adjustedRSquared": Reading.value(fit.adjustedRSquared), "fStatistic": Reading.value(fit.fStatistic),
    "fDegreesOfFreedom": .array([.integer(fit.modelDegreesOfFreedom), .integer(fit.degreesOfFreedom)]),
    "fPValue": Reading.value(fit.fPValue),
  ]
}

private func polynomial(_ input: JSONValue) throws -> JSONValue {
  let (x, degree) = (try input.numbers("x"), try input.integer("degree"))
  guard (0...50).contains(degree) else { throw KernelInputFault(key: "degree", expected: "a degree from 0 to 50") }
  return try summary(
    LeastSquares.polynomial(
      x, degree: degree, response: input.numbers("y"), hasIntercept: input["intercept"]?.bool ?? true,
      tolerance: steepDesigns))
}

/// The columns that a design names, the constant first; `a:b` is a product.
private func named(_ input: JSONValue) throws -> (columns: [[Double]], response: [Double]) {
  let names = input["design"]?.array?.compactMap(\.string) ?? []
  var columns: [[Double]] = []
  for name in names {
    let parts = name.split(separator: ":").map(String.init)
    let factors = try input.table(parts)
    columns.append(factors.dropFirst().reduce(factors.first ?? []) { zip($0, $1).map(*) })
  }
  let response = try input.table(["y"])[0]
  return ([response.map { _ in 1 }] + columns, response)
}

private func robust(_ input: JSONValue) throws -> JSONValue {
  let (columns, response) = try named(input)
  let weights = try input["weights"]?.string.map { try input.table([$0])[0] }
  let fit = try LeastSquares(columns: columns, response: response, weights: weights)
  guard case .object(var object) = summary(fit) else { return .null }
  let kinds: [(String, LeastSquares.CovarianceKind)] = [("HC0", .hc0), ("HC1", .hc1), ("HC2", .hc2), ("HC3", .hc3)]
  for (name, kind) in kinds { object[name] = .array(fit.standardErrors(kind).map { Reading.value($0) }) }
  return .object(object)
}

private func lin(_ input: JSONValue) throws -> JSONValue {
  let names = input["covariates"]?.array?.compactMap(\.string) ?? []
  let columns = try input.table(["y", "arm"] + names)
  let test = try RegressionAdjustment(
    response: columns[0], treated: columns[1].map { $0 == 1 }, covariates: Array(columns.dropFirst(2)))
  let interval = test.interval(try input.confidence())
  func error(_ kind: LeastSquares.CovarianceKind) -> JSONValue { Reading.value(test.fit.standardErrors(kind)[1]) }
  return [
    "estimate": Reading.value(test.estimate), "degreesOfFreedom": Reading.value(test.degreesOfFreedom),
    "HC0": error(.hc0), "HC1": error(.hc1), "HC2": error(.hc2), "HC3": error(.hc3),
    "HC2lower": Reading.value(interval.lower), "HC2upper": Reading.value(interval.upper),
    "HC2p": Reading.value(test.pValue()),
  ]
}

private func clustered(_ input: JSONValue) throws -> JSONValue {
  let (columns, response) = try named(input)
  let labels = try input.table([input.word("cluster")])[0].map { try JSONValue.count($0) }
  let weights = try input["weights"]?.string.map { try input.table([$0])[0] }
  let fit = try LeastSquares(columns: columns, response: response, weights: weights)
  func errors(_ kind: LeastSquares.ClusterKind) throws -> [Double?] {
    try fit.standardErrors(clusters: labels, kind)
  }
  let (cr2, degrees) = (try errors(.cr2), try fit.clusterDegreesOfFreedom(clusters: labels))
  let values = try zip(zip(fit.coefficients, cr2), degrees).map { pair, degrees -> Double? in
    guard let value = pair.0, let error = pair.1, let degrees else { return nil }
    return min(1, 2 * (try StudentT(degreesOfFreedom: degrees).survival(abs(value / error))))
  }
  func list(_ values: [Double?]) -> JSONValue { .array(values.map { Reading.value($0) }) }
  return [
    "coefficients": list(fit.coefficients), "CR0": list(try errors(.cr0)), "CR1": list(try errors(.cr1)),
    "CR1S": list(try errors(.cr1s)), "CR2": list(cr2), "CR2df": list(degrees), "CR2p": list(values),
    "clusters": .integer(Set(labels).count),
  ]
}

private func stratified(_ input: JSONValue, weights: [Double]?) throws -> StratifiedTest {
  let columns = try input.table(["y", "arm", "stratum"])
  let strata = Set(columns[2]).sorted()
  func moments(_ arm: Double) -> [Moments] {
    strata.map { stratum in
      let rows = columns[0].indices.filter { columns[1][$0] == arm && columns[2][$0] == stratum }
      return Moments(columns: [rows.map { columns[0][$0] }])
    }
  }
  return try StratifiedTest(treatment: moments(1), control: moments(0), weights: weights)
}

private func analysisOfVariance(_ input: JSONValue) throws -> JSONValue {
  let groups = try input["pattern"].map(patternedGroups) ?? input.rows("groups")
  let test = try OneWayANOVA(groups: groups.map { Moments(columns: [$0]) })
  return [
    "betweenSumOfSquares": Reading.value(test.betweenSumOfSquares),
    "sumOfSquaresBetween": Reading.value(test.betweenSumOfSquares),
    "withinSumOfSquares": Reading.value(test.withinSumOfSquares),
    "sumOfSquaresWithin": Reading.value(test.withinSumOfSquares),
    "betweenDegreesOfFreedom": .integer(test.betweenDegreesOfFreedom),
    "dfBetween": .integer(test.betweenDegreesOfFreedom),
    "withinDegreesOfFreedom": .integer(test.withinDegreesOfFreedom), "dfWithin": .integer(test.withinDegreesOfFreedom),
    "fStatistic": Reading.value(test.fStatistic), "rSquared": Reading.value(test.rSquared),
    "residualStandardDeviation": Reading.value(test.residualStandardDeviation), "pValue": Reading.value(test.pValue),
  ]
}

/// Group i is `centre[i]`, then the pair `low[i], high[i]` repeated.
private func patternedGroups(_ pattern: JSONValue) throws -> [[Double]] {
  let columns = try pattern.equalColumns(["centre", "low", "high"])
  let repeats = try pattern.integer("repeats")
  guard (0...1_000_000).contains(repeats) else { throw KernelInputFault(key: "repeats", expected: "0 to a million") }
  return columns[0].indices.map { i in
    [columns[0][i]] + (0..<repeats).flatMap { _ in [columns[1][i], columns[2][i]] }
  }
}
