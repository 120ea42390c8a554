import Basics
import Cohorts
import Experiments

/// Hand-built values: plausible, not computed; the reports are views and do not judge numbers.
enum Samples {
  static let analysis: Analysis = {
    let effect = comparison(
      "one-page", control: (0.1204, 0.0014, 50_123), treatment: (0.1266, 0.0015, 49_877),
      lift: (0.0515, 0.0184, 0.0858),
      p: 0.0023, adjusted: 0.0046, reduction: nil)
    var germany = effect
    germany.segment = Segment(column: "country", value: "DE")
    germany.lift = .init(estimate: 0.081, lower: -0.021, upper: 0.189, method: "delta")
    germany.pValue = 0.1213
    germany.adjustedPValue = nil
    var japan = germany
    japan.segment = Segment(column: "country", value: "日本")
    japan.lift = .init(estimate: -0.012, lower: -0.31, upper: 0.42, method: "delta")
    japan.difference = .init(estimate: -0.0014, standardError: 0.021, lower: -0.043, upper: 0.04)
    japan.pValue = 0.9471
    let revenue = comparison(
      "one-page", control: (24.318, 0.4213, 50_123), treatment: (24.903, 0.4307, 49_877),
      lift: (0.0241, -0.0102, 0.0589),
      p: 0.1702, adjusted: 0.1702, reduction: 0.413)
    var latency = comparison(
      "one-page", control: (812.4, 3.1, 50_123), treatment: (861.9, 3.4, 49_877), lift: (0.0609, 0.0496, 0.0723),
      p: 3.2e-26, adjusted: nil, reduction: nil)
    latency.test = "quantile difference, order statistics"
    latency.guardrail = .init(margin: 16.248, outcome: .crossed)
    var refunds = comparison(
      "one-page", control: (0, 0, 50_123), treatment: (0.0002, 0.0001, 49_877), lift: (nil, nil, nil), p: 0.0455,
      adjusted: nil, reduction: nil)
    refunds.lift.method = "undefined"
    refunds.difference = .init(estimate: 0.0002, standardError: 0.0001, lower: 0.000004, upper: 0.000396)
    refunds.notes = ["The control's value is 0, so there is no lift; see the difference."]
    return Analysis(
      input: .init(
        files: [InputFile(name: "checkout.csv", bytes: 4_812_345, fingerprint: "xxh64:44bc2cf5ad770999")],
        rows: 100_004,
        units: 100_000, unreadableRows: 4), control: "control",
      variants: [.init(name: "control", units: 50_123), .init(name: "one-page", units: 49_877)], alpha: 0.05,
      correction: "holm", method: "fixed",
      checks: [
        .init(
          name: "sample-ratio", outcome: .pass, pValue: 0.4367,
          detail: "50.12% and 49.88% of 100,000 units, planned 50 and 50."),
        .init(
          name: "unreadable-rows", outcome: .warn, pValue: nil,
          detail: "4 of 100,004 rows could not be read and are left out."),
      ],
      metrics: [
        .init(
          name: "conversion", kind: "proportion", role: .goal, direction: .up, comparisons: [effect, germany, japan]),
        .init(name: "revenue per user", kind: "mean", role: .goal, direction: .up, comparisons: [revenue]),
        .init(name: "latency p95 (ms)", kind: "quantile", role: .guardrail, direction: .down, comparisons: [latency]),
        .init(name: "refunds", kind: "proportion", role: .guardrail, direction: .down, comparisons: [refunds]),
      ],
      decision: .init(
        outcome: .keep, variant: "control",
        reasons: [
          "The guardrail latency p95 (ms) is crossed: +49.5, margin 16.25.",
          "conversion is better by 5.15% (adjusted p = 0.005).",
        ]),
      provenance: .init(version: "0.1.0", seed: 20_261_123, specHash: "xxh64:0123456789abcdef"))
  }()

  static func comparison(
    _ variant: String, control: (Double, Double, Int), treatment: (Double, Double, Int),
    lift: (Double?, Double?, Double?), p: Double?, adjusted: Double?, reduction: Double?
  ) -> Analysis.Comparison {
    let estimate = treatment.0 - control.0
    let error = (control.1 * control.1 + treatment.1 * treatment.1).squareRoot()
    return Analysis.Comparison(
      variant: variant, control: .init(value: control.0, standardError: control.1, units: control.2),
      treatment: .init(value: treatment.0, standardError: treatment.1, units: treatment.2),
      difference: .init(
        estimate: estimate, standardError: error, lower: estimate - 1.96 * error, upper: estimate + 1.96 * error),
      lift: .init(estimate: lift.0, lower: lift.1, upper: lift.2, method: "delta"), test: "Welch two-sample t-test",
      statistic: estimate == 0 ? 0 : 2.5, degreesOfFreedom: 99_812.7, pValue: p, adjustedPValue: adjusted,
      varianceReduction: reduction)
  }

  /// The same analysis whose labels want to be markup, a formula, or an escape sequence.
  static let hostile: Analysis = {
    var value = analysis
    let label = "<script>alert(\"1\")</script> & 'x' | `y` \u{1B}[31m\u{202E}"
    value.control = label
    value.variants[0].name = label
    value.decision.reasons = [label]
    value.checks[0].detail = label
    value.input.files[0].name = label
    for index in value.metrics.indices {
      value.metrics[index].name = label
      for other in value.metrics[index].comparisons.indices {
        value.metrics[index].comparisons[other].variant = label
        value.metrics[index].comparisons[other].notes = [label]
        value.metrics[index].comparisons[other].test = label
      }
    }
    return value
  }()

  static let cohorts: CohortReport = {
    let sizes = [1203, 1310, 1187, 1422, 1509, 1465]
    let days = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01"]
    let ages = (0..<6).map { RetentionTable.Age(from: $0, to: $0) }
    let base = [1, 0.42, 0.31, 0.262, 0.241, 0.23]
    let cohorts = sizes.indices.map { row in
      RetentionTable.Cohort(
        cohort: days[row], size: sizes[row],
        cells: ages.indices.map { age in
          guard age < sizes.count - row else {
            return .init(age: age, observed: 0, retained: nil, rate: nil, lower: nil, upper: nil)
          }
          let retained = Int((Double(sizes[row]) * (base[age] + (age == 0 ? 0 : 0.01 * Double(row)))).rounded())
          let rate = Double(retained) / Double(sizes[row])
          return .init(
            age: age, observed: sizes[row], retained: retained, rate: rate, lower: max(rate - 0.026, 0),
            upper: min(rate + 0.026, 1))
        })
    }
    let overall = ages.indices.map { age in
      let cells = cohorts.map { $0.cells[age] }.filter { $0.retained != nil }
      let observed = cells.reduce(0) { $0 + $1.observed }
      let retained = cells.reduce(0) { $0 + ($1.retained ?? 0) }
      let rate = Double(retained) / Double(observed)
      return RetentionTable.Overall(
        age: age, cohorts: cells.count, observed: observed, retained: retained, weightedMean: rate,
        lower: max(rate - 0.012, 0), upper: min(rate + 0.012, 1),
        simpleMean: cells.reduce(0) { $0 + ($1.rate ?? 0) } / Double(cells.count))
    }
    let times: [Double] = [1, 3, 7, 14, 21, 30, 45, 60, 90, 120]
    let survival: [Double] = [0.93, 0.84, 0.75, 0.66, 0.6, 0.55, 0.49, 0.45, 0.39, 0.36]
    let curve = SurvivalCurve(
      timeUnit: "day", definition: "Churn: 30 days without activity; units active later are censored.", units: 8096,
      events: 4712,
      points: times.indices.map {
        .init(
          time: times[$0], survival: survival[$0], lower: survival[$0] - 0.01 - 0.002 * Double($0),
          upper: survival[$0] + 0.01 + 0.002 * Double($0), atRisk: 8096 - 600 * $0, events: 400)
      }, median: 43, medianLower: 40, medianUpper: nil, restrictedMean: .init(estimate: 61.2, lower: 59.8, upper: 62.6),
      restrictedTo: 120)
    return CohortReport(
      input: .init(
        files: [.init(name: "events.csv", bytes: 1_234_567, fingerprint: "xxh64:44bc2cf5ad770999")], events: 41_022,
        units: 8096, eventsAfterAsOf: 12),
      settings: .init(
        period: "month", retention: "on", window: "calendar", timeZone: "UTC", weekStart: "monday",
        asOf: "2026-07-01T00:00:00Z", level: 0.95),
      retention: .init(ages: ages, cohorts: cohorts, overall: overall), survival: curve, lifetimeValue: lifetime,
      patterns: [
        .init(
          kind: "age-drop", sentence: "The largest drop is from month 0 to month 1: 56.6 points [55.2, 58.0].",
          estimate: 0.566, lower: 0.552, upper: 0.58, pValue: 1e-30, adjustedPValue: 4e-30)
      ], notes: ["A unit's cohort is the period of its first event."], provenance: .init(version: "0.1.0"))
  }()

  private static var lifetime: LifetimeValue {
    let fit = LifetimeValue.Fit(
      timeUnit: "week",
      parameters: [
        .init(name: "r", estimate: 0.2426, standardError: 0.0126),
        .init(name: "alpha", estimate: 4.4136, standardError: nil),
      ], logLikelihood: -9582.4292, customers: 2357, converged: true, iterations: 31)
    func estimate(_ middle: Double, _ lower: Double, _ upper: Double, _ times: Double) -> CohortEstimate {
      CohortEstimate(estimate: middle * times, lower: lower * times, upper: upper * times)
    }
    func observed(_ cohort: String, _ size: Int, _ values: [Double]) -> LifetimeValue.ObservedCohort {
      let points = values.enumerated().map { age, value in
        LifetimeValue.ObservedCohort.Point(age: age, valuePerUnit: .init(estimate: value, lower: nil, upper: nil))
      }
      return LifetimeValue.ObservedCohort(cohort: cohort, size: size, points: points)
    }
    var points: [LifetimeValue.Projection.Point] = []
    for period in 1...12 {
      let times = Double(period)
      points.append(
        .init(
          period: period, purchases: estimate(310, 280, 345, times), value: estimate(9100, 7800, 10_650, times)))
    }
    return LifetimeValue(
      model: "bg-nbd", purchases: fit,
      holdout: .init(
        calibrationEnd: "2026-04-01", customers: 2357,
        expectedPurchases: .init(estimate: 4021.4, lower: 3805, upper: 4240), observedPurchases: 4113,
        correlation: 0.63,
        groups: [.init(frequency: 0, customers: 1411, expected: 0.22, observed: 0.24)], passed: true,
        detail: "Observed lies within the interval of the expected."),
      observed: [
        observed("2026-01-01", 1203, [21, 27.5, 34, 40.5, 47]), observed("2026-02-01", 1310, [24, 31, 38, 45]),
      ],
      projection: .init(
        periods: 12, periodDays: 30.4375, discountRate: 0.01, intervalCovers: "parameter and sampling uncertainty.",
        overall: points,
        cohorts: [
          .init(cohort: "2026-01-01", size: 1203, observedPurchases: 2210, observedValue: 64_213.5, points: points)
        ]))
  }
}
