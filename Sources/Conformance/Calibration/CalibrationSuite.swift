import Foundation
import Statistics

/// Every procedure that gives a p-value or an interval, on the populations that experiments meet.
package enum CalibrationSuite {
  package static let standard: [CalibrationCase] =
    means + proportions + ratios + adjusted + lifts + ranks + counts + regressions + families + sequences + survival
    + beliefs

  // MARK: - Means

  private static var means: [CalibrationCase] {
    [
      welch(.normal, 10, 20, spread: 3), welch(.normal, 500, 500, spread: 1), welch(.logNormal, 50, 50, spread: 1),
      welch(.logNormal, 2000, 2000, spread: 1), welch(.zeroInflated, 2000, 2000, spread: 1),
      CalibrationCase("pooled t-test", "normal", "10 + 20") { draws in
        try PooledTTest(moments(draws.normals(10)), against: moments(draws.normals(20))).pValue() < 0.05
      },
      CalibrationCase("paired t-test", "normal, correlation 1/2", "15 pairs") { draws in
        let pairs = (0..<15).map { _ in
          let shared = draws.normal()
          return (shared + draws.normal(), shared + draws.normal())
        }
        return try PairedTTest(pairs: Moments(columns: [pairs.map(\.0), pairs.map(\.1)])).pValue() < 0.05
      },
      CalibrationCase("Welch t-test, difference", "log-normal, effect 10%", "1000 + 1000", event: "misses") { draws in
        let treatment = Population.logNormal.values(1000, &draws).map { $0 * 1.1 }
        let test = try WelchTTest(moments(treatment), against: moments(Population.logNormal.values(1000, &draws)))
        return !test.interval().contains(0.1 * Population.logNormal.mean)
      },
      CalibrationCase("equivalence (two one-sided tests)", "normal, at the margin", "60 + 60") { draws in
        let treatment = draws.normals(60).map { $0 + 0.5 }
        return try WelchTTest(moments(treatment), against: moments(draws.normals(60))).equivalencePValue(-2...0.5)
          < 0.05
      },
      CalibrationCase("permutation test, 199 relabellings", "log-normal", "8 + 12") { draws in
        let (a, b) = (Population.logNormal.values(8, &draws), Population.logNormal.values(12, &draws))
        return try draws.randomised { generator in
          try PermutationTest(treatment: a, control: b, permutations: 199, using: &generator).pValue() <= 0.05
        }
      },
      CalibrationCase("one-way analysis of variance", "normal, 4 arms", "15 each") { draws in
        try OneWayANOVA(groups: (0..<4).map { _ in moments(draws.normals(15)) }).pValue < 0.05
      },
    ]
  }

  private static func welch(_ population: Population, _ n: Int, _ m: Int, spread: Double) -> CalibrationCase {
    let shape = spread == 1 ? population.rawValue : "\(population.rawValue), deviations 1:\(Int(spread))"
    return CalibrationCase("Welch t-test", shape, "\(n) + \(m)") { draws in
      let control = population.values(m, &draws)
      let treatment = population.values(n, &draws).map { ($0 - population.mean) * spread + population.mean }
      return try WelchTTest(moments(treatment), against: moments(control)).pValue() < 0.05
    }
  }

  private static func moments(_ values: [Double]) -> Moments { Moments(columns: [values]) }

  // MARK: - Proportions

  private static var proportions: [CalibrationCase] {
    [
      twoRates("proportion z-test, pooled", 0.1, 0, 1000) { table, _ in
        try arms(table, .pooled).pValue() < 0.05
      },
      twoRates("proportion z-test", 0.1, 0, 1000) { table, _ in try arms(table, .unpooled).pValue() < 0.05 },
      twoRates("proportion z-test", 0.001, 0, 50_000) { table, _ in try arms(table, .unpooled).pValue() < 0.05 },
      twoRates("score test (Miettinen-Nurminen)", 0.1, 0, 500) { table, _ in try ScoreTest(table).pValue() < 0.05 },
      twoRates("score interval (Miettinen-Nurminen)", 0.2, 0.05, 150, event: "misses") { table, truth in
        try !ScoreTest(table).interval().contains(truth)
      },
      twoRates("Newcombe interval", 0.2, 0.05, 150, event: "misses") { table, truth in
        !table.newcombe().contains(truth)
      },
      twoRates("Agresti-Caffo interval", 0.2, 0.05, 150, event: "misses") { table, truth in
        !table.agrestiCaffo().contains(truth)
      },
      twoRates("Fisher's exact test", 0.3, 0, 25, .atMost) { table, _ in FisherExactTest(table).pValue() <= 0.05 },
      oneRate("Wilson interval", 0.1, 400) { !SingleProportion.wilson($0, of: $1).contains($2) },
      oneRate("Clopper-Pearson interval", 0.1, 60, .atMost) {
        !SingleProportion.clopperPearson($0, of: $1).contains($2)
      },
      oneRate("Jeffreys interval", 0.1, 400) { !SingleProportion.jeffreys($0, of: $1).contains($2) },
    ]
  }

  private static func arms(
    _ table: TwoProportions, _ kind: ProportionZTest.StandardErrorKind
  ) throws -> ProportionZTest {
    func zeroOne(_ successes: Int, _ trials: Int) -> Moments {
      let (x, n) = (Double(successes), Double(trials))
      return Moments(count: trials, mean: [x / n], crossProducts: [x * (n - x) / n])
    }
    return try ProportionZTest(
      treatment: zeroOne(table.treatmentSuccesses, table.treatmentTrials),
      control: zeroOne(table.controlSuccesses, table.controlTrials), standardError: kind)
  }

  private static func twoRates(
    _ name: String, _ rate: Double, _ effect: Double, _ units: Int, event: String = "rejects",
    _ promise: CalibrationCase.Promise = .nominal,
    _ errs: @escaping @Sendable (TwoProportions, Double) throws -> Bool
  ) -> CalibrationCase {
    let population = effect == 0 ? "Bernoulli \(rate)" : "Bernoulli \(rate), effect \(effect)"
    return CalibrationCase(name, population, "\(units) + \(units)", event: event, promise) { draws in
      let table = try TwoProportions(
        treatment: (draws.successes(units, rate: rate + effect), units),
        control: (draws.successes(units, rate: rate), units))
      return try errs(table, effect)
    }
  }

  /// Coverage of one rate wavers with n; the true rate is drawn around the nominal one to average that out.
  private static func oneRate(
    _ name: String, _ rate: Double, _ units: Int, _ promise: CalibrationCase.Promise = .nominal,
    _ misses: @escaping @Sendable (Int, Int, Double) -> Bool
  ) -> CalibrationCase {
    CalibrationCase(name, "Bernoulli \(rate) ± 20%", "\(units)", event: "misses", promise) { draws in
      let truth = rate * (0.8 + 0.4 * draws.uniform())
      return misses(draws.successes(units, rate: truth), units, truth)
    }
  }

  // MARK: - Ratios, quantiles

  private static var ratios: [CalibrationCase] {
    [
      CalibrationCase("ratio z-test (delta method)", "orders and value, correlated", "500 + 500", event: "misses") {
        draws in
        try !RatioTest(treatment: orders(500, 1.1, &draws), control: orders(500, 1, &draws)).interval().contains(2)
      },
      CalibrationCase("ratio z-test on cluster totals", "rows within users, 1 to 20 a user", "200 + 200 users") {
        draws in
        try RatioTest(treatment: users(200, &draws), control: users(200, &draws)).pValue() < 0.05
      },
      CalibrationCase("quantile difference, 50%", "log-normal", "1000 + 1000", .atMost) { draws in
        try quantile(0.5, 1000, &draws)
      },
      CalibrationCase("quantile difference, 95%", "log-normal", "4000 + 4000", .atMost) { draws in
        try quantile(0.95, 4000, &draws)
      },
      CalibrationCase("exact interval of the median", "log-normal", "101", event: "misses", .atMost) { draws in
        let ranks = try QuantileRanks(exact: 101, probability: 0.5)
        return !ranks.interval(Population.logNormal.values(101, &draws).sorted()).contains(1)
      },
    ]
  }

  /// Two columns a unit: value and orders; value per order is 20 times `factor`.
  private static func orders(_ count: Int, _ factor: Double, _ draws: inout Draws) -> Moments {
    let rows = (0..<count).map { _ -> (Double, Double) in
      let orders = Double(1 + draws.index(below: 4))
      return (orders * (20 * factor + 4 * draws.normal()), orders)
    }
    return Moments(columns: [rows.map(\.0), rows.map(\.1)])
  }

  /// Totals a user of rows that share the user's level: value and rows.
  private static func users(_ count: Int, _ draws: inout Draws) -> Moments {
    let rows = (0..<count).map { _ -> (Double, Double) in
      let (size, level) = (1 + draws.index(below: 20), draws.normal())
      return ((0..<size).reduce(0.0) { sum, _ in sum + level + draws.normal() }, Double(size))
    }
    return Moments(columns: [rows.map(\.0), rows.map(\.1)])
  }

  private static func quantile(_ p: Double, _ units: Int, _ draws: inout Draws) throws -> Bool {
    let (a, b) = (Population.logNormal.values(units, &draws), Population.logNormal.values(units, &draws))
    return try QuantileDifference(
      treatment: QuantileEstimate(sorted: a.sorted(), probability: p),
      control: QuantileEstimate(sorted: b.sorted(), probability: p)
    ).pValue() < 0.05
  }

  // MARK: - Adjusted

  private static var adjusted: [CalibrationCase] {
    [
      CalibrationCase("CUPED, two covariates", "log-normal, correlated before", "300 + 300", event: "misses") { draws in
        let (a, b) = (history(300, 0.2, &draws), history(300, 0, &draws))
        return try !CUPED.mean(treatment: a, control: b, covariates: [1, 2]).interval().contains(0.2)
      },
      CalibrationCase("CUPED of a ratio", "orders, correlated before", "500 + 500") { draws in
        func arm(_ draws: inout Draws) -> Moments {
          let rows = (0..<500).map { _ -> (Double, Double, Double) in
            let (level, size) = (draws.normal(), Double(1 + draws.index(below: 4)))
            return (size * (5 + level + draws.normal()), size, level)
          }
          return Moments(columns: [rows.map(\.0), rows.map(\.1), rows.map(\.2)])
        }
        return try CUPED.ratio(treatment: arm(&draws), control: arm(&draws), covariates: [2]).pValue() < 0.05
      },
      CalibrationCase("regression adjustment (Lin), HC2", "heteroscedastic", "100 + 100", event: "misses") { draws in
        let x = draws.normals(200)
        let treated = x.indices.map { $0 % 2 == 0 }
        let y = x.indices.map { x[$0] + (treated[$0] ? 0.3 + (1 + 0.5 * x[$0]) * draws.normal() : draws.normal()) }
        return try !RegressionAdjustment(response: y, treated: treated, covariates: [x]).interval().contains(0.3)
      },
    ]
  }

  /// Outcome and two covariates of units with a lasting level.
  private static func history(_ count: Int, _ effect: Double, _ draws: inout Draws) -> Moments {
    let rows = (0..<count).map { _ -> (Double, Double, Double) in
      let level = draws.normal()
      return (exp(0.3 * level) + effect + 0.3 * draws.normal(), level + draws.normal(), exp(0.5 * level))
    }
    return Moments(columns: [rows.map(\.0), rows.map(\.1), rows.map(\.2)])
  }

  // MARK: - Lifts

  private static var lifts: [CalibrationCase] {
    [
      CalibrationCase("lift, delta method", "normal, mean 10, lift 5%", "200 + 200", event: "misses") { draws in
        let (t, c) = (estimate(200, 10.5, &draws), estimate(200, 10, &draws))
        return try !Lift.delta(treatment: t, control: c).contains(0.05)
      },
      CalibrationCase("lift, Fieller", "normal, control 4 standard errors from 0", "16 + 16", event: "misses") {
        draws in
        // Known variances, so that the set is exact: the mean of 16 standard normals around 1 has standard error 1/4.
        let t = Estimate(1.3 + draws.normal() / 4, standardError: 0.25)
        let c = Estimate(1 + draws.normal() / 4, standardError: 0.25)
        switch Lift.fieller(treatment: t, control: c) {
        case .interval(let interval): return !interval.contains(0.3)
        case .complement(let excluded): return excluded.lower < 0.3 && 0.3 < excluded.upper
        case .everything: return false
        }
      },
    ]
  }

  private static func estimate(_ count: Int, _ mean: Double, _ draws: inout Draws) -> Estimate {
    let arm = moments(draws.normals(count).map { $0 + mean })
    return Estimate(arm.mean[0], standardError: (arm.variance() / Double(count)).squareRoot())
  }

  // MARK: - Ranks

  private static var ranks: [CalibrationCase] {
    [
      CalibrationCase("Mann-Whitney, exact", "log-normal", "12 + 15", .atMost) { draws in
        let (a, b) = (Population.logNormal.values(12, &draws), Population.logNormal.values(15, &draws))
        return try MannWhitneyTest(treatment: a, control: b).pValue() <= 0.05
      },
      CalibrationCase("Mann-Whitney, normal", "zero-inflated", "400 + 400") { draws in
        let (a, b) = (Population.zeroInflated.values(400, &draws), Population.zeroInflated.values(400, &draws))
        return try MannWhitneyTest(treatment: a, control: b, method: .normal(continuity: false)).pValue() < 0.05
      },
      CalibrationCase("Brunner-Munzel", "normal, deviations 1:3", "50 + 50") { draws in
        try ProbabilityOfSuperiority(treatment: draws.normals(50).map { 3 * $0 }, control: draws.normals(50)).pValue()
          < 0.05
      },
      CalibrationCase("Wilcoxon signed rank, exact", "normal", "20 pairs", .atMost) { draws in
        try SignedRankTest(differences: draws.normals(20)).pValue() <= 0.05
      },
      CalibrationCase("Kolmogorov-Smirnov, exact", "normal", "30 + 40", .atMost) { draws in
        try KolmogorovSmirnovTest(treatment: draws.normals(30), control: draws.normals(40)).exactPValue <= 0.05
      },
    ]
  }

  // MARK: - Counts

  private static var counts: [CalibrationCase] {
    [
      CalibrationCase("sample ratio, chi-squared", "3 arms, 5:3:2", "10000") { draws in
        let first = draws.successes(10_000, rate: 0.5)
        let second = draws.successes(10_000 - first, rate: 0.6)
        let counts = [first, second, 10_000 - first - second]
        return try SampleRatioTest(counts: counts, weights: [5, 3, 2]).pValue < 0.05
      },
      table("chi-squared of a table") { $0.chiSquared().pValue < 0.05 },
      table("G test of a table") { $0.likelihoodRatio().pValue < 0.05 },
    ]
  }

  private static func table(_ name: String, _ errs: @escaping @Sendable (ContingencyTable) -> Bool) -> CalibrationCase {
    CalibrationCase(name, "2 x 3, independent", "1000") { draws in
      var counts = [[0, 0, 0], [0, 0, 0]]
      for _ in 0..<1000 {
        let column = draws.uniform() < 0.5 ? 0 : draws.uniform() < 0.6 ? 1 : 2
        counts[draws.uniform() < 0.4 ? 0 : 1][column] += 1
      }
      return errs(try ContingencyTable(counts))
    }
  }

  // MARK: - Regression

  private static var regressions: [CalibrationCase] {
    [
      CalibrationCase("least squares, HC3", "heteroscedastic", "100", .atMost) { draws in
        let x = draws.normals(100)
        let y = x.map { $0 + (0.5 + abs($0)) * draws.normal() }
        let fit = try LeastSquares(columns: [[Double](repeating: 1, count: 100), x], response: y)
        return rejects(fit.coefficients[1], fit.standardErrors(.hc3)[1], truth: 1, df: Double(fit.degreesOfFreedom))
      },
      CalibrationCase("least squares, CR2 with Satterthwaite", "20 clusters of 5 to 14", "treatment by cluster") {
        draws in
        var (x, y, clusters) = ([Double](), [Double](), [Int]())
        for cluster in 0..<20 {
          let level = draws.normal()
          for _ in 0..<(5 + draws.index(below: 10)) {
            x.append(cluster < 10 ? 1 : 0)
            y.append(level + draws.normal())
            clusters.append(cluster)
          }
        }
        let fit = try LeastSquares(columns: [x.map { _ in 1 }, x], response: y)
        let df = try fit.clusterDegreesOfFreedom(clusters: clusters)[1] ?? 0
        return rejects(fit.coefficients[1], try fit.standardErrors(clusters: clusters)[1], truth: 0, df: df)
      },
    ]
  }

  private static func rejects(_ value: Double?, _ error: Double?, truth: Double, df: Double) -> Bool {
    guard let value, let error else { return false }
    return abs(value - truth) > ReferenceLaw.studentT(degreesOfFreedom: df).inverseSurvival(0.025) * error
  }

  // MARK: - Families

  private static var families: [CalibrationCase] {
    [
      CalibrationCase("Holm, any false rejection", "4 metrics, correlation 1/2", "200 + 200", .atMost) { draws in
        let shared = draws.normal()
        let pValues = (0..<4).map { _ in
          2 * Normal.standard.survival(abs((shared + draws.normal()) / 2.0.squareRoot()))
        }
        return Multiplicity.adjust(pValues, by: .holm).contains { $0 < 0.05 }
      },
      CalibrationCase("Dunnett, any false rejection", "normal, 3 arms against a control", "20 each") { draws in
        let arms = (0..<3).map { _ in moments(draws.normals(20)) }
        let test = try DunnettTest(treatments: arms, control: moments(draws.normals(20)))
        return test.adjustedPValues().contains { $0 < 0.05 }
      },
    ]
  }

  // MARK: - Sequential

  private static var sequences: [CalibrationCase] {
    [
      CalibrationCase(
        "asymptotic confidence sequence", "log-normal, 100 looks", "100 to 10000", event: "ever misses", .atMost
      ) { draws in
        let sequence = try AsymptoticConfidenceSequence(alpha: 0.05, optimisedFor: 5000)
        var arm = Moments(columns: 1)
        for _ in 0..<100 {
          arm.merge(moments(Population.logNormal.values(100, &draws)))
          let error = (arm.variance() / Double(arm.count)).squareRoot()
          let interval = sequence.interval(
            estimate: arm.mean[0], standardError: error, units: Double(arm.count))
          if !interval.contains(Population.logNormal.mean) { return true }
        }
        return false
      },
      CalibrationCase("mixture SPRT", "normal, known variance, 200 looks", "1 to 200", event: "ever rejects", .atMost) {
        draws in
        let test = try MixtureSPRT(alpha: 0.05, mixtureVariance: 0.1)
        var sum = 0.0
        for n in 1...200 {
          sum += draws.normal()
          let look = MixtureSPRT.Look(estimate: sum / Double(n), variance: 1 / Double(n))
          if test.logLikelihoodRatio(look) >= log(1 / 0.05) { return true }
        }
        return false
      },
      CalibrationCase(
        "empirical Bernstein sequence", "Beta(2, 8), 300 looks", "1 to 300", event: "ever misses", .atMost
      ) { draws in
        var sequence = try EmpiricalBernsteinSequence(alpha: 0.05)
        for _ in 0..<300 {
          // A gamma of a whole shape is a sum of exponentials.
          let a = (0..<2).reduce(0.0) { sum, _ in sum + draws.exponential() }
          let b = (0..<8).reduce(0.0) { sum, _ in sum + draws.exponential() }
          try sequence.take(a / (a + b))
          if !sequence.interval.contains(0.2) { return true }
        }
        return false
      },
      CalibrationCase("sequential sample ratio", "2 arms, 100 looks", "50 to 5000", event: "ever rejects", .atMost) {
        draws in
        let test = try SequentialSampleRatioTest(weights: [1, 1], concentration: 1000)
        var first = 0
        for look in 1...100 {
          first += draws.successes(50, rate: 0.5)
          if try test.logBayesFactor(counts: [first, 50 * look - first]) >= log(1 / 0.05) { return true }
        }
        return false
      },
      groupSequential("O'Brien-Fleming, 5 looks", .obrienFleming), groupSequential("Pocock, 5 looks", .pocock),
    ]
  }

  private static func groupSequential(_ name: String, _ efficacy: GroupSequentialDesign.Efficacy) -> CalibrationCase {
    let design = Result { try GroupSequentialDesign(looks: 5, alpha: 0.05, efficacy: efficacy) }
    return CalibrationCase(name, "normal increments", "5 equal steps", event: "ever rejects") { draws in
      let bounds = try design.get().boundary
      var sum = 0.0
      for look in 1...5 {
        sum += draws.normal()
        let z = sum / Double(look).squareRoot()
        if z >= bounds.upper[look - 1] || z <= bounds.lower[look - 1] { return true }
      }
      return false
    }
  }

  // MARK: - Survival

  private static var survival: [CalibrationCase] {
    [
      CalibrationCase(
        "Kaplan-Meier, log-log interval at the median", "exponential, 1/4 censored", "100", event: "misses"
      ) { draws in
        let sample = lifetimes(100, &draws)
        let curve = KaplanMeier(try SurvivalData(time: sample.time, event: sample.event))
        let median = log(2.0)
        guard let place = curve.data.times.lastIndex(where: { $0 <= median }), let lower = curve.lower[place],
          let upper = curve.upper[place]
        else { return true }
        return !(lower...max(lower, upper)).contains(0.5)
      },
      CalibrationCase("log-rank test", "exponential, 1/4 censored", "100 + 100") { draws in
        let sample = lifetimes(200, &draws)
        return try LogRank(
          time: sample.time, event: sample.event, group: (0..<200).map { $0 % 2 }, groups: 2
        ).pValue < 0.05
      },
      CalibrationCase("restricted mean, difference", "exponential, 1/4 censored", "300 + 300") { draws in
        let (a, b) = (lifetimes(300, &draws), lifetimes(300, &draws))
        let t = try RestrictedMean(KaplanMeier(SurvivalData(time: a.time, event: a.event)), horizon: 1)
        let c = try RestrictedMean(KaplanMeier(SurvivalData(time: b.time, event: b.event)), horizon: 1)
        return try t.difference(from: c).pValue < 0.05
      },
    ]
  }

  /// Exponential with mean 1, censored by an exponential with mean 3.
  private static func lifetimes(_ count: Int, _ draws: inout Draws) -> (time: [Double], event: [Bool]) {
    let pairs = (0..<count).map { _ in (draws.exponential(), 3 * draws.exponential()) }
    return (pairs.map { min($0.0, $0.1) }, pairs.map { $0.0 <= $0.1 })
  }

  // MARK: - Beliefs

  private static var beliefs: [CalibrationCase] {
    [
      CalibrationCase("beta-binomial credible interval", "rate drawn from its prior, Beta(2, 8)", "50", event: "misses")
      { draws in
        let a = (0..<2).reduce(0.0) { sum, _ in sum + draws.exponential() }
        let b = (0..<8).reduce(0.0) { sum, _ in sum + draws.exponential() }
        let rate = a / (a + b)
        let posterior = try BetaPosterior(
          successes: draws.successes(50, rate: rate), trials: 50, prior: .init(alpha: 2, beta: 8))
        return rate < posterior.law.quantile(0.025) || rate > posterior.law.inverseSurvival(0.025)
      }
    ]
  }
}
