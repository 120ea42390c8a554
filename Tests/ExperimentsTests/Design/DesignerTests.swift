import Basics
import Experiments
import Statistics
import TestSupport
import Testing

@Suite struct DesignerTests {
  private func spec(_ metric: String, _ change: (inout DesignSpec) throws -> Void = { _ in }) throws -> DesignSpec {
    var spec = DesignSpec(metric: try Metric(parsing: metric))
    try change(&spec)
    return spec
  }

  private func sentence(_ spec: DesignSpec) -> String {
    do {
      _ = try DesignResult(spec)
      return "nothing thrown"
    } catch { return "\(error)" }
  }

  /// R `power.t.test(delta = 0.5, sd = 1, power = 0.8)`: 64 an arm (Datasets/References/power.json).
  @Test func solvesForAnyOne() throws {
    let known = try spec("m=mean(x)") {
      $0.standardDeviation = 2
      $0.baseline = 20
      $0.effect = .absolute(1)
    }
    let units = try DesignResult(known)
    #expect(units.solved == "units" && units.test == "welch" && units.power == 0.8)
    #expect(units.units?.arms.map(\.units) == [64, 64])
    expectClose(units.units?.exact ?? .nan, 2 * 63.765610190952245, relative: 1e-8)
    expectClose(units.lift ?? .nan, 0.05, relative: 1e-15)

    var sized = known
    sized.units = units.units?.exact
    let power = try DesignResult(sized)
    #expect(power.solved == "power")
    expectClose(power.power, 0.8, relative: 1e-8)

    sized.effect = nil
    let effect = try DesignResult(sized)
    #expect(effect.solved == "effect")
    expectClose(effect.effect ?? .nan, 1, relative: 1e-8)

    sized.metric.options.direction = .down
    expectClose(try DesignResult(sized).effect ?? .nan, -1, relative: 1e-8, "the better direction")

    sized.units = nil
    sized.traffic = try .steady(unitsPerDay: 50)
    let schedule = try DesignResult(sized)
    #expect(schedule.solved == "schedule" && schedule.units == nil)
    #expect(schedule.schedule.map(\.days) == DesignSpec.usualDays)
  }

  @Test func relativeEffectsAndDays() throws {
    let result = try DesignResult(
      spec("c=proportion(x)") {
        $0.baseline = 0.1
        $0.effect = .relative(0.1)
        $0.traffic = try .steady(unitsPerDay: 1000)
        $0.coverage = 0.5
      })
    expectClose(result.effect ?? .nan, 0.01, relative: 1e-14)
    #expect(result.lift == 0.1)
    expectClose(result.days ?? .nan, (result.units?.exact ?? .nan) / 500, relative: 1e-12)
    #expect(result.schedule[0].units == 3500)
  }

  /// What `analyze` asks of a guardrail: the two-sided interval at 1 - alpha inside the margin, so alpha / 2 on its side.
  @Test func guardrails() throws {
    let result = try DesignResult(
      spec("e=proportion(x) | role: guardrail | direction: down | margin: 10%") { $0.baseline = 0.01 })
    #expect(result.hypothesis.name == "non-inferior" && result.hypothesis.sides == 1)
    expectClose(result.hypothesis.margin ?? .nan, 0.001, relative: 1e-14)
    #expect(result.alpha == 0.025 && result.effect == 0)
    let z = Normal.standard.inverseSurvival(0.025) + Normal.standard.inverseSurvival(0.2)
    expectClose((result.units?.exact ?? .nan) / 2, 2 * z * z * 0.0099 / 1e-6, relative: 1e-9)
  }

  @Test func severalArms() throws {
    let base = try spec("m=mean(x)") {
      $0.standardDeviation = 1
      $0.effect = .absolute(0.2)
      $0.arms = [.init(name: "control", weight: 2), .init(name: "a", weight: 1), .init(name: "b", weight: 1)]
    }
    let plain = try DesignResult(base)
    #expect(plain.units?.arms.map(\.name) == ["control", "a", "b"])
    #expect(plain.notes.contains("The power is that of each comparison with control alone."))
    #expect(plain.notes.contains { $0.hasPrefix("Several comparisons at alpha each, not corrected") })
    var corrected = base
    corrected.correction = .dunnett
    let dunnett = try DesignResult(corrected)
    #expect(dunnett.correction == "dunnett")
    #expect((dunnett.units?.total ?? 0) > (plain.units?.total ?? 0))
  }

  @Test func clusters() throws {
    let base = try spec("m=mean(x)") {
      $0.standardDeviation = 1
      $0.effect = .absolute(0.3)
      $0.clusters = try ClusterDesign(size: 25, intraclassCorrelation: 0.04)
    }
    let result = try DesignResult(base)
    #expect(result.clusters?.designEffect == 1.96)
    #expect(result.units?.arms[0].units == 25 * (result.units?.arms[0].clusters ?? 0))
    var fixed = base
    fixed.clusterCount = 40
    let sized = try DesignResult(fixed)
    #expect(sized.solved == "clusterSize" && sized.power >= 0.8)
    fixed.clusterCount = 8
    #expect(sentence(fixed).hasPrefix("8 clusters are too few, however many units each has: at least "))
  }

  @Test func looks() throws {
    let base = try spec("m=mean(x)") {
      $0.standardDeviation = 1
      $0.effect = .absolute(0.1)
      $0.test = .z
    }
    var staged = base
    staged.looks = .init(count: 4, bounds: .obrienFleming)
    let (single, result) = (try DesignResult(base), try DesignResult(staged))
    let design = try GroupSequentialDesign(looks: 4, alpha: 0.05, efficacy: .obrienFleming)
    let inflation = try design.inflation(power: 0.8)
    expectClose(result.units?.exact ?? .nan, inflation * (single.units?.exact ?? .nan), relative: 1e-9)
    #expect(result.looks?.criticalValues == design.boundary.upper)
    #expect((result.looks?.expectedShare ?? 1) < 1)
    staged.hypothesis = .equivalent
    staged.margin = .absolute(0.2)
    #expect(sentence(staged) == "planned looks (--looks) are not for equivalence.")
    staged.hypothesis = nil
    staged.margin = nil
    staged.monitoring = .alwaysValid
    #expect(sentence(staged).hasPrefix("planned looks and another way to look at the data are both given"))
  }

  /// Past data: the baseline, the spread, the covariate's share, clusters and traffic are measured.
  @Test func fromHistory() throws {
    var generator = SeededGenerator(seed: 127)
    let pre = (0..<4000).map { _ in generator.normal() }
    let post = pre.map { 10 + 0.6 * $0 + 0.8 * generator.normal() }
    let columns = Moments(columns: [post, pre])
    var history = History(files: [], rows: 4010, unreadableRows: 0, missing: 10, moments: columns)
    let estimate = try IntraclassCorrelation(sizes: [3, 3], sums: [1, 2], totalSquares: 4)
    history.clusters = History.Clusters(column: "shop", estimate)
    var past = try spec("m=mean(y, covariates: x)") {
      $0.history = history
      $0.effect = .relative(0.01)
    }
    let result = try DesignResult(past)
    #expect(result.metric.baseline == columns.mean[0])
    expectClose(result.metric.standardDeviation, columns.variance(0).squareRoot(), relative: 1e-14)
    let r = columns.covariance(0, 1) / (columns.variance(0) * columns.variance(1)).squareRoot()
    expectClose(result.metric.varianceExplained, r * r, relative: 1e-9)
    #expect(result.clusters?.size == 3)
    #expect(result.notes.contains("10 units of the past data have no value and are left out."))
    past.baseline = 5
    #expect(try DesignResult(past).metric.baseline == 5, "what is given goes before what is measured")
  }

  @Test func ratiosFromHistory() throws {
    let moments = Moments(columns: [[4, 6, 5, 9], [2, 2, 3, 3]])
    let result = try DesignResult(
      spec("r=ratio(a, b)") {
        $0.history = History(files: [], rows: 4, unreadableRows: 0, missing: 0, moments: moments)
        $0.effect = .absolute(0.5)
      })
    let unit = try RatioEstimate(moments, arm: "control")
    expectClose(result.metric.baseline ?? .nan, 2.4, relative: 1e-15)
    expectClose(result.metric.standardDeviation, 2 * unit.standardError, relative: 1e-12, "√4 units")
  }

  @Test func questionsThatDoNotFit() throws {
    #expect(sentence(try spec("q=quantile(x, 0.9)")).hasPrefix("a design for quantiles is not offered"))
    #expect(
      sentence(try spec("c=proportion(x)"))
        == "a proportion needs its expected value: give --baseline, or --from with past data.")
    #expect(
      sentence(try spec("m=mean(x)"))
        == "a mean needs the standard deviation per unit: give --sd, or --from with past data.")
    let mean = try spec("m=mean(x)") { $0.standardDeviation = 1 }
    #expect(sentence(mean).hasPrefix("nothing to solve for: give the effect"))
    var relative = mean
    relative.effect = .relative(0.1)
    #expect(sentence(relative).hasPrefix("a relative effect or margin needs a baseline other than 0"))
    var everything = mean
    (everything.effect, everything.units, everything.power) = (.absolute(1), 100, 0.8)
    #expect(sentence(everything).hasPrefix("units, effect and power are all given"))
    var margin = mean
    margin.hypothesis = .equivalent
    #expect(sentence(margin) == "the hypothesis 'equivalent' needs a margin: --margin 2% or in the metric's unit.")
    margin.hypothesis = .different
    margin.margin = .absolute(1)
    #expect(sentence(margin).hasPrefix("a margin is given, but the hypothesis 'different' has none."))
    var clusters = mean
    clusters.clusterCount = 10
    clusters.effect = .absolute(1)
    #expect(sentence(clusters) == "clusters need --cluster-size and --icc, or --from with --cluster COLUMN.")
    clusters.clusters = try ClusterDesign(size: 5, intraclassCorrelation: 0.1)
    clusters.effect = nil
    #expect(sentence(clusters).hasPrefix("with a fixed number of clusters the units of each are solved for"))
    var correlated = try spec("c=proportion(x)") { $0.baseline = 0.1 }
    correlated.correlation = 0.5
    #expect(sentence(correlated) == "--correlation is not for a proportion.")
    correlated.treatmentStandardDeviation = 2
    #expect(sentence(correlated) == "--treatment-sd is not for a proportion.")
  }
}
