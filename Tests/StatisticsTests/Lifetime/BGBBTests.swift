import Foundation
import Statistics
import TestSupport
import Testing

/// The BG/BB model against mpmath at 50 digits, and against itself.
@Suite struct BGBBTests {
  private static func rows(_ c: ReferenceCase) throws -> [BGBB.Row] {
    let columns = ["frequency", "recency", "opportunities"].map { LifetimeTests.numbers(c.input[$0]).map { Int($0) } }
    return try columns[0].indices.map {
      try BGBB.Row(frequency: columns[0][$0], recency: columns[1][$0], opportunities: columns[2][$0])
    }
  }

  @Test(arguments: try References.cases("bg-bb").filter { $0.input["parameters"] != nil })
  func histories(_ c: ReferenceCase) throws {
    let p = ["alpha", "beta", "gamma", "delta"].map { c.input["parameters"]?[$0]?.double ?? .nan }
    let model = try BGBB(alpha: p[0], beta: p[1], gamma: p[2], delta: p[3])
    let (rows, horizon) = (try Self.rows(c), try #require(c.input["horizon"]?.int))
    let discount = try #require(c.input["discount"]?.double)
    try LifetimeTests.compare(
      [
        "perCustomer": rows.map { model.logLikelihood($0) },
        "probabilityAlive": rows.map { model.probabilityAlive($0) },
        "expectedPurchases": rows.map { model.expectedPurchases($0, opportunities: horizon) },
        "discountedPurchases": try rows.map { try model.discountedPurchases($0, discount: discount) },
        "expectedPurchasesNewCustomer": [model.expectedPurchases(opportunities: horizon)],
      ], c)
  }

  /// Estimates for the 11,104 donors of the paper: 1.204, 0.750, 0.657, 2.783, log-likelihood -33,225.6.
  @Test(arguments: try References.cases("bg-bb").filter { $0.input["parameters"] == nil })
  func donors(_ c: ReferenceCase) throws {
    let counts = LifetimeTests.numbers(c.input["customers"]).map { Int($0) }
    let fit = try BGBBFit(zip(Self.rows(c), counts).flatMap { Array(repeating: $0, count: $1) })
    #expect(fit.converged && fit.customers == 11_104)
    let model = fit.model
    try LifetimeTests.compare(
      [
        "alpha": [model.alpha], "beta": [model.beta], "gamma": [model.gamma], "delta": [model.delta],
        "logLikelihood": [fit.logLikelihood],
      ], c)
    #expect(fit.standardErrors.allSatisfy { ($0 ?? .nan) > 0 && ($0 ?? .nan) < 1 })
  }

  /// x purchases of which the last is at t happen in C(t - 1, x - 1) orders; all histories of n opportunities have probability 1.
  @Test(arguments: [1, 2, 7])
  func historiesAreAllThereIs(_ n: Int) throws {
    let model = try BGBB(alpha: 0.7, beta: 1.9, gamma: 0.4, delta: 3)
    var total = exp(model.logLikelihood(try BGBB.Row(frequency: 0, recency: 0, opportunities: n)))
    for t in 1...n {
      var orders = 1.0
      for x in 1...t {
        total += orders * exp(model.logLikelihood(try BGBB.Row(frequency: x, recency: t, opportunities: n)))
        orders *= Double(t - x) / Double(x)
      }
    }
    expectClose(total, 1, relative: 1e-13)
  }

  /// A new customer's first opportunity: staying, δ/(γ+δ), times buying, α/(α+β).
  @Test func oneOpportunityByHand() throws {
    let model = try BGBB(alpha: 1, beta: 3, gamma: 2, delta: 6)
    expectClose(exp(model.logLikelihood(try BGBB.Row(frequency: 1, recency: 1, opportunities: 1))), 3.0 / 16)
    expectClose(model.expectedPurchases(opportunities: 1), 3.0 / 16)
  }

  @Test func faults() throws {
    expectSentence("parameter gamma = 0, must be positive and finite.") {
      _ = try BGBB(alpha: 1, beta: 1, gamma: 0, delta: 1)
    }
    expectSentence("recency = 3, must be from 0 to the number of opportunities, 2.") {
      _ = try BGBB.Row(frequency: 1, recency: 3, opportunities: 2)
    }
    expectSentence("frequency = 0, must be from 1 to the recency, 2, or 0 if that is 0.") {
      _ = try BGBB.Row(frequency: 0, recency: 2, opportunities: 2)
    }
    expectSentence("customers with a repeat purchase = 0, must be at least 1.") {
      _ = try BGBBFit([BGBB.Row(frequency: 0, recency: 0, opportunities: 4)])
    }
  }
}
