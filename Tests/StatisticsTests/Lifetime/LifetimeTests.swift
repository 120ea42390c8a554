import Basics
import Foundation
import Statistics
import TestSupport
import Testing

/// Purchase models against numbers of mpmath at 50 digits.
@Suite struct LifetimeTests {
  static func numbers(_ value: JSONValue?) -> [Double] { (value?.array ?? []).map { $0.double ?? .nan } }

  /// Rows of the case, or of the published CDNOW summary: (frequency, recency, T, mean value).
  static func customers(_ input: JSONValue) throws -> [(row: CustomerHistory.Row, value: Double)] {
    guard input["data"] != nil else {
      let (x, t, age) = (numbers(input["frequency"]), numbers(input["recency"]), numbers(input["T"]))
      return x.indices.map { (CustomerHistory.Row(frequency: Int(x[$0]), recency: t[$0], age: age[$0]), 0) }
    }
    let text = try String(contentsOf: Repository.references.appending(path: "data/cdnow_summary.csv"), encoding: .utf8)
    let (modulo, remainder) = (input["idModulo"]?.int ?? 1, input["idRemainder"]?.int ?? 0)
    return text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
      let fields = line.split(separator: ",").compactMap { Double($0) }
      guard fields.count == 5, Int(fields[0]) % modulo == remainder else { return nil }
      return (CustomerHistory.Row(frequency: Int(fields[1]), recency: fields[2], age: fields[3]), fields[4])
    }
  }

  static func check<Model: PurchaseModel>(_ c: ReferenceCase, _: Model.Type) throws {
    var customers = try customers(c.input).map(\.row)
    if let first = c.input["firstRows"]?.int { customers = Array(customers.prefix(first)) }
    let history = try CustomerHistory(customers)
    let parameters = c.input["parameters"]
    let model: Model
    if parameters != nil {
      model = try Model(parameters: Model.parameterNames.map { parameters?[$0]?.double ?? .nan })
    } else {
      let fit = try PurchaseFit<Model>(history)
      #expect(fit.converged)
      model = fit.model
    }
    var got: [String: [Double]] = ["logLikelihood": [model.logLikelihood(history)]]
    got["perCustomer"] = customers.map { model.logLikelihood($0) }
    got["customers"] = [Double(history.customers)]
    for (name, value) in zip(Model.parameterNames, model.parameters) { got[name] = [value] }
    if let horizon = c.input["horizon"]?.double {
      got["probabilityAlive"] = customers.map { model.probabilityAlive($0) }
      got["expectedPurchases"] = customers.map { model.expectedPurchases($0, horizon: horizon) }
      got["totalExpectedPurchases"] = [got["expectedPurchases"]?.reduce(0, +) ?? .nan]
      got["expectedPurchasesNewCustomer"] = [model.expectedPurchases(horizon: horizon)]
    }
    try compare(got, c)
  }

  static func compare(_ got: [String: [Double]], _ c: ReferenceCase) throws {
    for (key, value) in c.expected.object?.members ?? [] {
      let expected = value.array.map { $0.map { $0.double ?? .nan } } ?? [value.double ?? .nan]
      let found = try #require(got[key], "\(key)")
      #expect(found.count >= expected.count)
      for (g, e) in zip(found, expected) {
        expectClose(g, e, relative: c.tolerance, absolute: c.absoluteTolerance, "\(key), \(c)")
      }
    }
  }

  @Test(arguments: try References.cases("bg-nbd").filter { $0.input["monthlyDiscount"] == nil })
  func bgNBD(_ c: ReferenceCase) throws { try Self.check(c, BGNBD.self) }

  @Test(arguments: try References.cases("pareto-nbd"))
  func paretoNBD(_ c: ReferenceCase) throws { try Self.check(c, ParetoNBD.self) }

  @Test(arguments: try References.cases("bg-nbd").filter { $0.input["monthlyDiscount"] != nil })
  func customerLifetimeValue(_ c: ReferenceCase) throws {
    let customers = try Self.customers(c.input).map(\.row)
    let parameters = c.input["parameters"]
    let model = try BGNBD(parameters: BGNBD.parameterNames.map { parameters?[$0]?.double ?? .nan })
    let gammaGamma = c.input["gammaGamma"]
    let spend = try GammaGamma(
      p: gammaGamma?["p"]?.double ?? .nan, q: gammaGamma?["q"]?.double ?? .nan,
      gamma: gammaGamma?["gamma"]?.double ?? .nan)
    let discount = try DiscountedPurchases(
      periods: try #require(c.input["months"]?.int), periodLength: try #require(c.input["monthLength"]?.double),
      rate: try #require(c.input["monthlyDiscount"]?.double))
    let values = zip(customers, Self.numbers(c.input["monetaryValue"])).map { row, value in
      spend.expectedSpend(GammaGamma.Spend(frequency: row.frequency, meanValue: value)) ?? .nan
    }
    let lifetime = zip(customers, values).map { row, value in value * discount.expected(model, row) }
    try Self.compare(["expectedSpend": values, "lifetimeValue": lifetime], c)
  }

  @Test(arguments: try References.cases("gamma-gamma"))
  func gammaGamma(_ c: ReferenceCase) throws {
    var spends: [GammaGamma.Spend]
    if c.input["data"] != nil {
      spends = try Self.customers(c.input).filter { $0.row.frequency > 0 }.map {
        GammaGamma.Spend(frequency: $0.row.frequency, meanValue: $0.value)
      }
    } else {
      spends = zip(Self.numbers(c.input["frequency"]), Self.numbers(c.input["monetaryValue"])).map {
        GammaGamma.Spend(frequency: Int($0), meanValue: $1)
      }
    }
    let model: GammaGamma
    if let parameters = c.input["parameters"] {
      model = try GammaGamma(
        p: parameters["p"]?.double ?? .nan, q: parameters["q"]?.double ?? .nan,
        gamma: parameters["gamma"]?.double ?? .nan)
    } else {
      let fit = try GammaGammaFit(spends)
      #expect(fit.converged)
      model = fit.model
    }
    try Self.compare(
      [
        "p": [model.p], "q": [model.q], "gamma": [model.gamma], "logLikelihood": [model.logLikelihood(spends)],
        "customers": [Double(spends.count)], "expectedSpend": spends.map { model.expectedSpend($0) ?? .nan },
        "populationMean": [model.populationMean ?? .nan],
      ], c)
  }

  @Test(arguments: try References.cases("shifted-beta-geometric"))
  func shiftedBetaGeometric(_ c: ReferenceCase) throws {
    let active = (c.input["active"]?.array ?? []).compactMap(\.int)
    let model: ShiftedBetaGeometric
    if let alpha = c.input["alpha"]?.double, let beta = c.input["beta"]?.double {
      model = try ShiftedBetaGeometric(alpha: alpha, beta: beta)
    } else {
      let fit = try ShiftedBetaGeometricFit([active])
      #expect(fit.converged)
      model = fit.model
    }
    var got = ["alpha": [model.alpha], "beta": [model.beta]]
    if !active.isEmpty { got["logLikelihood"] = [model.logLikelihood([active])] }
    if let periods = c.input["periods"]?.int {
      got["survival"] = model.survival(periods: periods)
      got["retentionRate"] = (1...periods).map { model.retentionRate(period: $0) }
    }
    if let renewals = c.input["renewals"]?.int, let discount = c.input["discount"]?.double {
      got["discountedExpectedResidualLifetime"] = [
        try model.discountedExpectedResidualLifetime(renewals: renewals, discount: discount)
      ]
    }
    try Self.compare(got, c)
  }

  @Test func theUnitOfTimeDoesNotMatter() throws {
    let weeks = try Self.customers(["data": "cdnow_summary.csv"]).map(\.row)
    let days = weeks.map { CustomerHistory.Row(frequency: $0.frequency, recency: $0.recency * 7, age: $0.age * 7) }
    let (a, b) = (try PurchaseFit<BGNBD>(CustomerHistory(weeks)), try PurchaseFit<BGNBD>(CustomerHistory(days)))
    for (i, factor) in [1.0, 7, 1, 1].enumerated() {
      expectClose(b.model.parameters[i], a.model.parameters[i] * factor, relative: 1e-6)
      expectClose(b.standardErrors[i] ?? .nan, (a.standardErrors[i] ?? .nan) * factor, relative: 1e-4)
    }
  }

  @Test func gradientsAreThoseOfTheLikelihood() throws {
    let history = try CustomerHistory([
      .init(frequency: 0, recency: 0, age: 12), .init(frequency: 3, recency: 7.5, age: 20),
      .init(frequency: 11, recency: 29, age: 30), .init(frequency: 1, recency: 0.2, age: 40),
    ])
    try Self.checkGradient(BGNBD(parameters: [0.6, 4, 0.8, 2.5]), history)
    try Self.checkGradient(MBGNBD(parameters: [0.6, 4, 0.8, 2.5]), history)
    try Self.checkGradient(ParetoNBD(parameters: [0.6, 10, 0.7, 9]), history)
  }

  static func checkGradient<Model: PurchaseModel>(_ model: Model, _ history: CustomerHistory) throws {
    let gradient = model.logLikelihoodAndGradient(history)
    expectClose(gradient.value, model.logLikelihood(history), relative: 1e-12)
    for i in model.parameters.indices {
      var (ahead, behind) = (model.parameters, model.parameters)
      let h = 1e-5
      ahead[i] *= exp(h)
      behind[i] *= exp(-h)
      let slope =
        (try Model(parameters: ahead).logLikelihood(history) - Model(parameters: behind).logLikelihood(history))
        / (2 * h)
      expectClose(gradient.gradient[i], slope, relative: 1e-6, absolute: 1e-8, "\(Model.name) \(i)")
    }
  }

  /// The exact second derivatives of BG/NBD and MBG/NBD beside differences of the exact first ones.
  @Test func informationIsThatOfTheGradient() throws {
    let history = try CustomerHistory([
      .init(frequency: 0, recency: 0, age: 12), .init(frequency: 3, recency: 7.5, age: 20),
      .init(frequency: 11, recency: 29, age: 30), .init(frequency: 1, recency: 0.2, age: 40),
    ])
    try Self.checkInformation(BGNBD(parameters: [0.6, 4, 0.8, 2.5]), history)
    try Self.checkInformation(MBGNBD(parameters: [0.6, 4, 0.8, 2.5]), history)
  }

  static func checkInformation<Model: PurchaseModel>(_ model: Model, _ history: CustomerHistory) throws {
    let gradient = model.logLikelihoodAndGradient(history).gradient
    let information = model.observedInformation(history, gradient: gradient)
    for j in model.parameters.indices {
      var (ahead, behind) = (model.parameters, model.parameters)
      let h = 1e-5
      ahead[j] *= exp(h)
      behind[j] *= exp(-h)
      let (a, b) = (
        try Model(parameters: ahead).logLikelihoodAndGradient(history).gradient,
        try Model(parameters: behind).logLikelihoodAndGradient(history).gradient
      )
      for i in model.parameters.indices {
        expectClose(
          information[i][j], (b[i] - a[i]) / (2 * h), relative: 1e-7, absolute: 1e-8, "\(Model.name) \(i) \(j)")
      }
    }
  }

  @Test func whereOtherProgramsOverflow() throws {
    // Heavy buyers: the direct form has ((α+T)/(α+t))^(r+x) = 10^400 and beyond.
    let model = try BGNBD(parameters: [0.24, 4.4, 0.79, 2.4])
    let row = CustomerHistory.Row(frequency: 1_000, recency: 100, age: 400)
    #expect(model.probabilityAlive(row) >= 0 && model.probabilityAlive(row) < 1e-100)
    #expect(model.logLikelihood(row).isFinite)
    #expect(model.expectedPurchases(row, horizon: 52).isFinite)
    // a = 1 is a pole of the published formula, not of the expectation: the neighbours on both sides agree.
    let horizon = 39.0
    let atOne = try BGNBD(parameters: [0.24, 4.4, 1, 2.4]).expectedPurchases(horizon: horizon)
    let above = try BGNBD(parameters: [0.24, 4.4, 1 + 1e-9, 2.4]).expectedPurchases(horizon: horizon)
    expectClose(atOne, above, relative: 1e-8)
  }

  @Test func modifiedModelByIntegration() throws {
    // L = ∫∫ over rate and leaving probability, midpoint rule on 400 x 4000 cells; x = 2, t = 5, T = 9 (by the definition).
    let (r, alpha, a, b) = (1.5, 4.0, 1.2, 2.5)
    let (x, t, age) = (2.0, 5.0, 9.0)
    var sum = 0.0
    let (cellsP, cellsRate, top) = (400, 4_000, 12.0)
    for i in 0..<cellsP {
      let p = (Double(i) + 0.5) / Double(cellsP)
      for j in 0..<cellsRate {
        let rate = (Double(j) + 0.5) / Double(cellsRate) * top
        // Chances to leave: after the first purchase and after each of the x repeats; the last one may have been taken.
        let path =
          pow(1 - p, x + 1) * pow(rate, x) * exp(-rate * age) + p * pow(1 - p, x) * pow(rate, x) * exp(-rate * t)
        let prior = pow(p, a - 1) * pow(1 - p, b - 1) * pow(rate, r - 1) * exp(-alpha * rate)
        sum += path * prior
      }
    }
    let constants = r * log(alpha) - Special.logGamma(r) - Special.lbeta(a, b)
    let direct = log(sum * top / Double(cellsP * cellsRate)) + constants
    let model = try MBGNBD(parameters: [r, alpha, a, b])
    expectClose(model.logLikelihood(.init(frequency: 2, recency: t, age: age)), direct, relative: 1e-4)
    // Never came back, no time passed: alive unless gone at once, b / (a + b).
    expectClose(model.probabilityAlive(.init(frequency: 0, recency: 0, age: 0)), b / (a + b), relative: 1e-14)
  }

  @Test func faults() throws {
    #expect(throws: DomainError("customers with a repeat purchase", 0, "must be at least 1")) {
      try PurchaseFit<BGNBD>(CustomerHistory([.init(frequency: 0, recency: 0, age: 3)]))
    }
    #expect(throws: DomainError("recency", 5, "must be between 0 and the age, 4.0")) {
      try CustomerHistory([.init(frequency: 1, recency: 5, age: 4)])
    }
    #expect(throws: DomainError("parameter alpha", 0, "must be positive and finite")) {
      try BGNBD(parameters: [1, 0, 1, 1])
    }
    #expect(throws: DomainError("mean value of the purchases", -3, "must be positive and finite")) {
      try GammaGammaFit([
        .init(frequency: 1, meanValue: -3), .init(frequency: 1, meanValue: 3), .init(frequency: 1, meanValue: 3),
      ])
    }
    #expect(throws: DomainError("customers lost", 0, "must be at least 1")) {
      try ShiftedBetaGeometricFit([[10, 10, 10]])
    }
  }
}
