import Cohorts
import Foundation
import Statistics
import TestSupport
import Testing

/// Logs drawn from the BG/NBD and Gamma-Gamma models themselves, so that the truth is known.
struct SimulatedShop {
  var log: EventLog
  /// Purchase days and their total value after the end of observation, within the horizon.
  var futurePurchases = 0
  var futureValue = 0.0

  /// - Parameters: weeks of acquisition and of observation after it, weeks of future.
  init(customers: Int, acquisition: Int = 8, weeks: Int, future: Int, using generator: inout SeededGenerator) {
    log = EventLog(unitCount: customers, units: [], times: [], amounts: [])
    let end = (acquisition + weeks) * 7 - 1
    let horizon = end + future * 7
    for unit in 0..<customers {
      let rate = Self.gamma(0.8, using: &generator) / 10 / 7
      let (a, b) = (Self.gamma(1.5, using: &generator), Self.gamma(4, using: &generator))
      let leaving = a / (a + b)
      let scale = Self.gamma(6, using: &generator) / 20
      var day = Double.random(in: 0..<Double(acquisition * 7), using: &generator)
      var last = -1
      while Int(day) <= horizon {
        let value = Self.gamma(4, using: &generator) / scale
        if Int(day) > last || last < 0 { record(unit, Int(day), value, last != Int(day), end) }
        let isRepeat = last >= 0
        last = Int(day)
        if isRepeat, Double.random(in: 0..<1, using: &generator) < leaving { break }
        day += max(1, -log1p(-Double.random(in: 0..<1, using: &generator)) / rate)
      }
    }
  }

  private mutating func record(_ unit: Int, _ day: Int, _ value: Double, _ isNew: Bool, _ end: Int) {
    if day > end {
      futurePurchases += isNew ? 1 : 0
      futureValue += value
    } else {
      log.units.append(Int32(unit))
      log.times.append(Int64(day) * 86_400 + 43_200)
      log.amounts?.append(value)
    }
  }

  /// Marsaglia & Tsang (2000), "A simple method for generating gamma variables".
  static func gamma(_ shape: Double, using generator: inout SeededGenerator) -> Double {
    guard shape >= 1 else {
      return gamma(shape + 1, using: &generator) * pow(Double.random(in: .ulpOfOne..<1, using: &generator), 1 / shape)
    }
    let d = shape - 1.0 / 3
    while true {
      let z = Normal.standard.quantile(Double.random(in: .ulpOfOne..<1, using: &generator))
      let v = pow(1 + z / (9 * d).squareRoot(), 3)
      let u = Double.random(in: .ulpOfOne..<1, using: &generator)
      if v > 0, Foundation.log(u) < 0.5 * z * z + d - d * v + d * Foundation.log(v) { return d * v }
    }
  }
}

@Suite struct LifetimeTests {
  static func settings(_ end: Int) -> CohortSettings {
    CohortSettings(
      period: .week, asOf: Int64(end) * 86_400 + 86_399, lifetimeValue: LifetimeValueSettings(horizon: 13))
  }

  @Test func projectionIntervalsCover() throws {
    // 95 % intervals of purchases and value over 13 weeks, the model being true; 120 logs of 600 customers. A coverage of 95 %
    // gives fewer than 104 of 120 with probability below 0.001, as the binomial law says.
    let replicates = 120
    var generator = SeededGenerator(seed: 20_240_607)
    var (purchases, value, fitted) = (0, 0, 0)
    for _ in 0..<replicates {
      let shop = SimulatedShop(customers: 600, weeks: 44, future: 13, using: &generator)
      let settings = Self.settings(52 * 7 - 1)
      let assignment = try CohortAssignment(log: shop.log, settings: settings)
      let purchaseLog = PurchaseLog(log: shop.log, assignment: assignment)
      let fit = try LifetimeAnalysis.fit(purchaseLog, model: .bgNBD)
      let projection = try LifetimeAnalysis.project(
        fit, purchaseLog, assignment, settings: settings, lifetimeValue: LifetimeValueSettings(horizon: 13))
      guard let last = projection.overall.last, let lower = last.purchases.lower, let upper = last.purchases.upper
      else { continue }
      fitted += 1
      purchases += (lower...upper).contains(Double(shop.futurePurchases)) ? 1 : 0
      if let money = last.value, let low = money.lower, let high = money.upper {
        value += (low...high).contains(shop.futureValue) ? 1 : 0
      }
    }
    #expect(fitted == replicates)
    #expect(purchases >= 104 && value >= 104, "purchases \(purchases), value \(value) of \(replicates)")
  }

  /// What is printed of one customer is an expectation: its interval is for what the true parameters would expect of a customer
  /// with this history. 100 logs; of 95 % intervals fewer than 87 cover with probability below 0.001.
  @Test func intervalsOfOneCustomerCover() throws {
    var generator = SeededGenerator(seed: 20_240_608)
    let truth = try BGNBD(parameters: [0.8, 10, 1.5, 4])
    var (covered, seen) = (0, 0)
    for _ in 0..<100 {
      let shop = SimulatedShop(customers: 400, weeks: 44, future: 0, using: &generator)
      let customers = try CustomerValue.all(log: shop.log, settings: Self.settings(52 * 7 - 1))
      guard let one = customers.first(where: { $0.frequency >= 2 }), let lower = one.purchases.lower,
        let upper = one.purchases.upper
      else { continue }
      seen += 1
      let row = CustomerHistory.Row(frequency: one.frequency, recency: one.recency, age: one.age)
      // 13 weeks, as the settings say.
      covered += (lower...upper).contains(truth.futurePurchases(row, horizon: 13).mean) ? 1 : 0
    }
    #expect(seen == 100 && covered >= 87, "covered \(covered) of \(seen)")
  }

  @Test func theLastDaysThatAreAskedForAreHeldOut() throws {
    var generator = SeededGenerator(seed: 3)
    let shop = SimulatedShop(customers: 300, weeks: 44, future: 0, using: &generator)
    var settings = Self.settings(52 * 7 - 1)
    settings.lifetimeValue?.holdoutDays = 56
    let holdout = try #require(Cohorts.analyze(log: shop.log, settings: settings).lifetimeValue?.holdout)
    // The last of 52 weeks of 1970 is day 363; 56 days before it is day 307, counted from 0.
    #expect(holdout.calibrationEnd == "1970-11-04")
    settings.lifetimeValue?.holdoutDays = 400
    let withheld = try Cohorts.analyze(log: shop.log, settings: settings).lifetimeValue?.withheld
    #expect(withheld?.contains("days held out") == true)
    settings.lifetimeValue?.holdoutDays = 0
    #expect(throws: CohortFault.self) { try Cohorts.analyze(log: shop.log, settings: settings) }
  }

  /// The spend model's mean order and Fisher's interval of a correlation that is 0, the model being true.
  @Test func spendIntervalsCover() throws {
    var generator = SeededGenerator(seed: 77)
    let (p, q, gamma) = (6.0, 4.0, 15.0)
    var (mean, correlation) = (0, 0)
    for _ in 0..<400 {
      var log = EventLog(unitCount: 150, units: [], times: [], amounts: [])
      for unit in 0..<150 {
        let rate = SimulatedShop.gamma(q, using: &generator) / gamma
        let orders = 2 + Int.random(in: 0..<6, using: &generator)
        for order in 0..<orders {
          log.units.append(Int32(unit))
          log.times.append(Int64(order) * 7 * 86_400)
          log.amounts?.append(SimulatedShop.gamma(p, using: &generator) / rate)
        }
      }
      let settings = Self.settings(20 * 7)
      let purchases = PurchaseLog(log: log, assignment: try CohortAssignment(log: log, settings: settings))
      let spend = try #require(LifetimeAnalysis.fit(purchases, model: .bgNBD).summary.spend)
      let truth = p * gamma / (q - 1)
      if let one = spend.populationMean, let low = one.lower, let high = one.upper {
        mean += (low...high) ~= truth ? 1 : 0
      }
      if let one = spend.frequencyCorrelation, let low = one.lower, let high = one.upper {
        correlation += (low...high) ~= 0 ? 1 : 0
      }
    }
    // 380 ± 3.5 standard errors of 4.4; Fisher's interval is of normal values, these are skewed.
    #expect((364...395).contains(mean) && (358...397).contains(correlation), "mean \(mean), correlation \(correlation)")
  }

  @Test func aReportOfALogWithAmounts() throws {
    var generator = SeededGenerator(seed: 3)
    let shop = SimulatedShop(customers: 800, weeks: 44, future: 0, using: &generator)
    let report = try Cohorts.analyze(log: shop.log, settings: Self.settings(52 * 7 - 1))
    #expect(report.input.units == 800)
    let value = try #require(report.lifetimeValue)
    #expect(value.withheld == nil)
    #expect(value.holdout?.passed == true)
    let projection = try #require(value.projection)
    #expect(projection.overall.count == 13 && projection.cohorts.count == report.retention.cohorts.count)
    // Cohorts add up to the whole.
    let sum = projection.cohorts.compactMap { $0.points.last?.purchases.estimate }.reduce(0, +)
    expectClose(sum, projection.overall.last?.purchases.estimate ?? .nan, relative: 1e-10)
    // Written and read back.
    let bytes = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(CohortReport.self, from: bytes) == report)
  }

  @Test func ordersOfADayAreOneAndRefundsAreNone() throws {
    let day: Int64 = 86_400
    // Unit 0: two orders on day 0, a refund on day 3, an order on day 7. Unit 1: an order and its refund on day 1.
    let log = EventLog(
      unitCount: 2, units: [0, 0, 0, 0, 1, 1], times: [0, 100, 3 * day, 7 * day, day, day + 5],
      amounts: [10, 20, -20, 5, 8, -8])
    let assignment = try CohortAssignment(log: log, settings: CohortSettings(period: .day))
    let purchases = PurchaseLog(log: log, assignment: assignment)
    #expect(purchases.offsets == [0, 2, 3])
    #expect(purchases.days == [0, 7, 1])
    #expect(purchases.values == [30, 5, 0])
    #expect(purchases.refundDays == 1)
  }

  @Test func tooLittleDataGivesObservedValuesAndSaysWhy() throws {
    let log = EventLog(unitCount: 2, units: [0, 1, 0], times: [0, 10, 30 * 86_400], amounts: [5, 6, 7])
    let report = try Cohorts.analyze(
      log: log, settings: CohortSettings(period: .week, lifetimeValue: LifetimeValueSettings()))
    #expect(report.lifetimeValue?.model == nil)
    #expect(report.lifetimeValue?.withheld == "customers who came back: 1; a model needs 30.")
    #expect(report.lifetimeValue?.observed.first?.points.first?.valuePerUnit.estimate == 5.5)
  }
}
