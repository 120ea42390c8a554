import Experiments
import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct AnalyzerTests {
  private static func plan(_ specs: String..., change: (inout AnalysisPlan) -> Void = { _ in }) throws -> AnalysisPlan {
    var plan = AnalysisPlan(metrics: try specs.map { try Metric(parsing: $0) }, minimumUnits: 2)
    change(&plan)
    return plan
  }

  private static let two = measured([("control", [[1], [2], [3], [4]]), ("treatment", [[2], [3], [5], [7]])])

  private static func sentence(_ measurements: Measurements, _ plan: AnalysisPlan) -> String {
    do {
      _ = try Analysis(measurements, plan: plan)
      return ""
    } catch { return (error as? AnalysisFault)?.sentence ?? "\(error)" }
  }

  @Test func whatCannotBeAnalysedSaysSo() throws {
    let mean = try Self.plan("m=mean(x)")
    #expect(
      Self.sentence(measured([]), mean) == "there are no units. Is the right column named with --variant?")
    #expect(
      Self.sentence(measured([("control", [[1], [2]])]), mean)
        == "all units are in the arm 'control'; a comparison needs at least two arms.")
    #expect(
      Self.sentence(measured([("A", [[1], [2]]), ("B", [[1], [2]])]), mean)
        == "no arm 'control' to compare with. The arms are A, B; name one with --control.")
    #expect(
      Self.sentence(Self.two, AnalysisPlan(metrics: []))
        == "no metric. Name at least one with --metric, for example --metric 'conversion=proportion(converted)'.")
    #expect(
      Self.sentence(Self.two, try Self.plan("m=mean(x)", "m=mean(y)"))
        == "two metrics are named 'm'. Give each its own name.")
    #expect(
      Self.sentence(measured([("control", [[1], [1]]), ("treatment", [[1], [1]])]), mean)
        == "no effect can be computed: m: variance of the difference = 0, must be positive: every unit has the same value."
    )
    #expect(
      Self.sentence(measured([("control", [[1]]), ("treatment", [[1], [2]])]), mean)
        == "no effect can be computed: m: units in the control arm = 1, must be at least 2.")
    #expect(
      Self.sentence(
        measured([("control", [[1, 1], [2, -1]]), ("treatment", [[1, 1], [2, 2]])]), try Self.plan("r=ratio(x, y)"))
        == "no effect can be computed: r: mean of the denominator in the control arm = 0, must not be 0.")
    #expect(
      Self.sentence(Self.two, try Self.plan("m=mean(x)") { $0.weights = ["control": 1, "treatmnt": 1] })
        == "a weight is given for 'treatmnt', which is no arm. Did you mean 'treatment'?")
    #expect(Self.sentence(Self.two, try Self.plan("m=mean(x)") { $0.alpha = 1 }).contains("must be in (0, 1)"))
  }

  /// Means 2.5 and 4.25, variances 5/3 and 59/12: t = 1.75 / √(5/12 + 59/48) = 1.75 / √(79/48).
  @Test func byHand() throws {
    let one = try #require(try Analysis(Self.two, plan: Self.plan("m=mean(x)")).metrics.first?.comparisons.first)
    expectClose(one.difference.estimate ?? .nan, 1.75)
    expectClose(one.statistic ?? .nan, 1.75 / (79.0 / 48).squareRoot())
    expectClose(one.lift.estimate ?? .nan, 0.7)
    #expect(one.test == WelchTTest.name)
  }

  /// A control value whose interval nearly reaches 0 gets Fieller's interval; one that holds 0 has no bounded one.
  @Test func liftNearZero() throws {
    let near = measured([("control", [[-1], [2], [1], [4]]), ("treatment", [[2], [3], [5], [7]])])
    let one = try #require(try Analysis(near, plan: Self.plan("m=mean(x)")).metrics.first?.comparisons.first)
    #expect(one.lift.method == "fieller-unbounded" && one.lift.lower == nil)
    #expect(one.notes.contains { $0.contains("unbounded") })
    let zero = measured([("control", [[-1], [1]]), ("treatment", [[2], [3]])])
    let other = try #require(try Analysis(zero, plan: Self.plan("m=mean(x)")).metrics.first?.comparisons.first)
    #expect(other.lift.method == "undefined" && other.lift.estimate == nil)
  }

  /// The adjusted p-value is below alpha exactly when the adjusted interval excludes 0, or no interval is given and a note
  /// says so; 300 seeded families of 3 treatments.
  @Test(arguments: Correction.allCases) func adjustedIntervalsAgree(correction: Correction) throws {
    var generator = SeededGenerator(seed: 11)
    var excluded = 0
    for _ in 0..<300 {
      let arms = ["control", "a", "b", "c"].enumerated().map { index, name in
        (name: name, rows: (0..<20).map { _ in [generator.normal() + Double(index) * 0.4] })
      }
      let plan = try Self.plan("m=mean(x)") { $0.correction = correction }
      for one in try Analysis(measured(arms), plan: plan).metrics[0].comparisons {
        let p = try #require(one.adjustedPValue)
        guard let interval = one.adjustedInterval, let lower = interval.lower, let upper = interval.upper else {
          #expect(one.notes.contains { $0.contains("No interval agrees") })
          continue
        }
        #expect((p < 0.05) == (lower > 0 || upper < 0), "\(correction) p \(p) [\(lower), \(upper)]")
        if p < 0.05 { excluded += 1 }
      }
    }
    if [.none, .bonferroni, .holm].contains(correction) { #expect(excluded > 100) }
  }

  /// Guardrails are no part of the family: one more does not change the goal's adjusted p-value.
  @Test func guardrailsAreNotCorrected() throws {
    let rows = [("control", [[1.0], [2], [3], [4]]), ("treatment", [[2.0], [3], [5], [7]])]
    var measurements = measured(rows)
    for index in measurements.cells.indices { measurements.cells[index].metrics += measurements.cells[index].metrics }
    let analysis = try Analysis(measurements, plan: Self.plan("m=mean(x)", "g=mean(y) | role: guardrail"))
    for metric in analysis.metrics { #expect(metric.comparisons[0].adjustedPValue == metric.comparisons[0].pValue) }
  }

  @Test func deadArmAndSkewFail() throws {
    let skewed = measured([
      ("control", (0..<700).map { [Double($0 % 7)] }), ("treatment", (0..<500).map { [Double($0 % 5)] }),
    ])
    let analysis = try Analysis(skewed, plan: Self.plan("m=mean(x)"))
    #expect(analysis.checks.first { $0.name == "sample-ratio" }?.outcome == .fail)
    #expect(analysis.decision.outcome == .invalid)
    let even = measured([
      ("a", (0..<600).map { [Double($0 % 7)] }), ("control", (0..<600).map { [Double($0 % 5)] }),
    ])
    let dead = try Analysis(
      even, plan: Self.plan("m=mean(x)") { $0.weights = ["control": 1, "a": 1, "lost": 1] })
    #expect(dead.decision.outcome == .invalid)
    #expect(dead.checks[0].detail.contains("no units in lost"))
  }

  /// Quantile metrics: type 7 between order statistics, by hand: 1…101 has median 51, ninth decile 91.
  @Test func quantiles() throws {
    let rows = (1...101).map { [Double($0)] }
    let shifted = rows.map { [$0[0] + 10] }
    let measurements = measured([("control", rows), ("treatment", shifted)], sorted: true)
    let one = try Analysis(measurements, plan: Self.plan("q=quantile(x, 0.9)")).metrics[0].comparisons[0]
    #expect(one.control.value == 91 && one.treatment.value == 101 && one.difference.estimate == 10)
    #expect(one.test == "quantile z-test (order statistics)")
  }

  /// Under the null hypothesis a peek after every 50 units, 40 times, crosses a confidence sequence in at most alpha of the
  /// runs (99.9 % binomial bound for 400 runs: 0.05 + 3.3 · √(0.05 · 0.95 / 400) = 0.086); a fixed test crosses far more.
  @Test func peeking() throws {
    var crossings: [AnalysisPlan.Method: Int] = [:]
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<400 {
      var arms = [Moments](repeating: Moments(columns: 1), count: 2)
      var crossed: Set<AnalysisPlan.Method> = []
      for _ in 0..<40 {
        for arm in 0..<2 { arms[arm].merge(moments((0..<50).map { _ in [generator.normal()] })) }
        let measurements = measured(moments: [("control", arms[0]), ("treatment", arms[1])])
        for method in [AnalysisPlan.Method.fixed, .sequential] where !crossed.contains(method) {
          let plan = try Self.plan("m=mean(x)") {
            $0.method = method
            $0.plannedUnits = 4_000
          }
          let one = try Analysis(measurements, plan: plan).metrics[0].comparisons[0]
          let (lower, upper) = (one.difference.lower ?? .nan, one.difference.upper ?? .nan)
          #expect(((one.pValue ?? 1) < 0.05) == (lower > 0 || upper < 0))
          if lower > 0 || upper < 0 { crossed.insert(method) }
        }
      }
      for method in crossed { crossings[method, default: 0] += 1 }
    }
    #expect(crossings[.sequential, default: 0] <= Int(0.086 * 400))
    #expect(crossings[.fixed, default: 0] > 80)
  }

  @Test func segmentsAreFamiliesOfTheirOwn() throws {
    var measurements = Self.two
    for cell in Self.two.cells {
      var part = cell
      part.segment = Segment(column: "country", value: "DE")
      measurements.cells.append(part)
    }
    let comparisons = try Analysis(measurements, plan: Self.plan("m=mean(x)")).metrics[0].comparisons
    #expect(comparisons.map(\.segment?.value) == [nil, "DE"])
    for one in comparisons { #expect(one.adjustedPValue == one.pValue) }
  }

  /// Differences 1.75 and 4 with variances 79/48 (`byHand`) and 5/12 + 5/12: Q = 2.25² / (119/48), of which the chi-squared law
  /// with one degree of freedom leaves erfc(√(Q/2)).
  @Test func segmentsAreTestedForEqualEffects() throws {
    var measurements = Self.two
    let other = measured([("control", [[1], [2], [3], [4]]), ("treatment", [[5], [6], [7], [8]])])
    for (country, source) in [("DE", Self.two), ("FR", other)] {
      for cell in source.cells {
        var part = cell
        part.segment = Segment(column: "country", value: country)
        measurements.cells.append(part)
      }
    }
    let metric = try Analysis(measurements, plan: Self.plan("m=mean(x)")).metrics[0]
    let test = try #require(metric.heterogeneity?.first)
    #expect(metric.heterogeneity?.count == 1)
    #expect(test.variant == "treatment" && test.column == "country" && test.segments == 2)
    let q = 2.25 * 2.25 / (119.0 / 48)
    expectClose(test.statistic, q)
    expectClose(test.pValue, erfc((q / 2).squareRoot()))
    expectClose(test.iSquared, (q - 1) / q)
    #expect(try Analysis(Self.two, plan: Self.plan("m=mean(x)")).metrics[0].heterogeneity == nil)
  }

  /// Codable as the contract has it: what is written is read back equal.
  @Test func codable() throws {
    let analysis = try Analysis(Self.two, plan: Self.plan("m=mean(x)") { $0.seed = .max })
    let data = try JSONEncoder().encode(analysis)
    #expect(try JSONDecoder().decode(Analysis.self, from: data) == analysis)
  }
}
