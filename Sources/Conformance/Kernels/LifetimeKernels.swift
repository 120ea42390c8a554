import Basics
import Foundation
import Statistics

extension KernelRegistry {
  mutating func registerLifetime() {
    register("bg-nbd") { try purchaseModel($0, BGNBD.self) }
    register("pareto-nbd") { try purchaseModel($0, ParetoNBD.self) }
    register("bg-bb", betaBinomial)
    register("gamma-gamma", gammaGamma)
    register("shifted-beta-geometric", shiftedBetaGeometric)
  }
}

private struct Customer {
  let row: CustomerHistory.Row
  let value: Double
}

/// The case's rows; or those of the data file beside it with `customer_id % idModulo == idRemainder`, whose columns are
/// customer, frequency, recency, T, mean value.
private func customers(_ input: JSONValue) throws -> [Customer] {
  guard let path = input["data"]?.string else {
    let columns = try input.equalColumns(["frequency", "recency", "T"])
    return try columns[0].indices.map { i in
      let row = CustomerHistory.Row(
        frequency: try JSONValue.count(columns[0][i]), recency: columns[1][i], age: columns[2][i])
      return Customer(row: row, value: 0)
    }
  }
  guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
    throw KernelInputFault(key: "data", expected: "the name of a file in the folder 'data' beside the reference file")
  }
  let (modulo, remainder) = (input["idModulo"]?.int ?? 1, input["idRemainder"]?.int ?? 0)
  guard modulo > 0 else { throw KernelInputFault(key: "idModulo", expected: "a positive integer") }
  let all = try text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line -> Customer? in
    let fields = line.split(separator: ",").compactMap { Double($0) }
    guard fields.count == 5 else { throw KernelInputFault(key: "data", expected: "a file of five columns of numbers") }
    guard try JSONValue.count(fields[0]) % modulo == remainder else { return nil }
    let row = CustomerHistory.Row(frequency: try JSONValue.count(fields[1]), recency: fields[2], age: fields[3])
    return Customer(row: row, value: fields[4])
  }
  return Array(all.prefix(max(0, input["firstRows"]?.int ?? all.count)))
}

private func purchaseModel<Model: PurchaseModel>(_ input: JSONValue, _ model: Model.Type) throws -> JSONValue {
  input["monthlyDiscount"] == nil ? try purchases(input, model) : try lifetimeValue(input, model)
}

private func purchases<Model: PurchaseModel>(_ input: JSONValue, _: Model.Type) throws -> JSONValue {
  let rows = try customers(input).map(\.row)
  let history = try CustomerHistory(rows)
  let model: Model
  if let parameters = input["parameters"] {
    model = try Model(parameters: try Model.parameterNames.map { try parameters.number($0) })
  } else {
    model = try PurchaseFit<Model>(history).model
  }
  var result: JSONObject = [
    "logLikelihood": Reading.value(model.logLikelihood(history)),
    "perCustomer": Reading.value(rows.map { model.logLikelihood($0) }), "customers": .integer(rows.count),
  ]
  for (name, value) in zip(Model.parameterNames, model.parameters) { result[name] = Reading.value(value) }
  result["probabilityAlive"] = Reading.value(rows.map { model.probabilityAlive($0) })
  if input["horizon"] != nil {
    let horizon = try input.number("horizon")
    let expected = rows.map { model.expectedPurchases($0, horizon: horizon) }
    result["expectedPurchases"] = Reading.value(expected)
    result["totalExpectedPurchases"] = Reading.value(expected.reduce(0, +))
    result["expectedPurchasesNewCustomer"] = Reading.value(model.expectedPurchases(horizon: horizon))
  }
  return .object(result)
}

private func spendModel(_ parameters: JSONValue?) throws -> GammaGamma {
  guard let parameters else { throw KernelInputFault(key: "gammaGamma", expected: "parameters p, q and gamma") }
  return try GammaGamma(
    p: parameters.number("p"), q: parameters.number("q"), gamma: parameters.number("gamma"))
}

private func lifetimeValue<Model: PurchaseModel>(_ input: JSONValue, _: Model.Type) throws -> JSONValue {
  guard let parameters = input["parameters"] else {
    throw KernelInputFault(key: "parameters", expected: "the model's parameters")
  }
  let model = try Model(parameters: try Model.parameterNames.map { try parameters.number($0) })
  let spend = try spendModel(input["gammaGamma"])
  guard try (1...12_000).contains(input.integer("months")) else {
    throw KernelInputFault(key: "months", expected: "1 to 12,000 months")
  }
  let discount = try DiscountedPurchases(
    periods: input.integer("months"), periodLength: input.number("monthLength"), rate: input.number("monthlyDiscount"))
  let rows = try customers(input).map(\.row)
  let values = zip(rows, try input.numbers("monetaryValue")).map { row, value in
    spend.expectedSpend(GammaGamma.Spend(frequency: row.frequency, meanValue: value)) ?? .nan
  }
  return [
    "expectedSpend": Reading.value(values),
    "lifetimeValue": Reading.value(zip(rows, values).map { row, value in value * discount.expected(model, row) }),
  ]
}

private func gammaGamma(_ input: JSONValue) throws -> JSONValue {
  let spends: [GammaGamma.Spend]
  if input["data"] != nil {
    spends = try customers(input).filter { $0.row.frequency > 0 }.map {
      GammaGamma.Spend(frequency: $0.row.frequency, meanValue: $0.value)
    }
  } else {
    spends = try zip(input.integers("frequency"), input.numbers("monetaryValue")).map {
      GammaGamma.Spend(frequency: $0, meanValue: $1)
    }
  }
  let model = input["parameters"] == nil ? try GammaGammaFit(spends).model : try spendModel(input["parameters"])
  return [
    "p": Reading.value(model.p), "q": Reading.value(model.q), "gamma": Reading.value(model.gamma),
    "logLikelihood": Reading.value(model.logLikelihood(spends)), "customers": .integer(spends.count),
    "expectedSpend": Reading.value(spends.map { model.expectedSpend($0) }),
    "populationMean": Reading.value(model.populationMean),
  ]
}

private func shiftedBetaGeometric(_ input: JSONValue) throws -> JSONValue {
  let active = input["active"] == nil ? [] : try input.integers("active")
  let model =
    input["alpha"] == nil
    ? try ShiftedBetaGeometricFit([active]).model
    : try ShiftedBetaGeometric(alpha: input.number("alpha"), beta: input.number("beta"))
  var result: JSONObject = ["alpha": Reading.value(model.alpha), "beta": Reading.value(model.beta)]
  if !active.isEmpty { result["logLikelihood"] = Reading.value(model.logLikelihood([active])) }
  if let periods = input["periods"]?.int, periods >= 1 {
    guard periods <= 12_000 else { throw KernelInputFault(key: "periods", expected: "1 to 12,000 periods") }
    result["survival"] = Reading.value(model.survival(periods: periods))
    result["retentionRate"] = Reading.value((1...periods).map { model.retentionRate(period: $0) })
  }
  if input["renewals"] != nil {
    result["discountedExpectedResidualLifetime"] = Reading.value(
      try model.discountedExpectedResidualLifetime(
        renewals: input.integer("renewals"), discount: input.number("discount"))
    )
  }
  return .object(result)
}

/// Rows of opportunities; `customers` says how many have each, 1 where it is not given.
private func betaBinomial(_ input: JSONValue) throws -> JSONValue {
  let columns = try input.equalColumns(["frequency", "recency", "opportunities"])
  let rows = try columns[0].indices.map { i in
    try BGBB.Row(
      frequency: JSONValue.count(columns[0][i]), recency: JSONValue.count(columns[1][i]),
      opportunities: JSONValue.count(columns[2][i]))
  }
  let counts = input["customers"] == nil ? rows.map { _ in 1 } : try input.integers("customers")
  guard counts.count == rows.count, counts.allSatisfy({ (0...10_000_000).contains($0) }) else {
    throw KernelInputFault(key: "customers", expected: "a count for each row, at most ten million")
  }
  let model: BGBB
  if let given = input["parameters"] {
    model = try BGBB(
      alpha: given.number("alpha"), beta: given.number("beta"), gamma: given.number("gamma"),
      delta: given.number("delta"))
  } else {
    model = try BGBBFit(zip(rows, counts).flatMap { Array(repeating: $0, count: $1) }).model
  }
  let each = rows.map { model.logLikelihood($0) }
  var result: JSONObject = [
    "alpha": Reading.value(model.alpha), "beta": Reading.value(model.beta), "gamma": Reading.value(model.gamma),
    "delta": Reading.value(model.delta), "perCustomer": Reading.value(each),
    "logLikelihood": Reading.value(zip(each, counts).reduce(0) { $0 + $1.0 * Double($1.1) }),
    "probabilityAlive": Reading.value(rows.map { model.probabilityAlive($0) }),
  ]
  if let horizon = input["horizon"]?.int {
    result["expectedPurchases"] = Reading.value(rows.map { model.expectedPurchases($0, opportunities: horizon) })
    result["expectedPurchasesNewCustomer"] = Reading.value(model.expectedPurchases(opportunities: horizon))
  }
  if input["discount"] != nil {
    let discount = try input.number("discount")
    result["discountedPurchases"] = Reading.value(
      try rows.map { try model.discountedPurchases($0, discount: discount) })
  }
  return .object(result)
}
