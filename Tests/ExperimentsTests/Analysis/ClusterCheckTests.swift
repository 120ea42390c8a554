import Basics
import Experiments
import Statistics
import TestSupport
import Testing

/// Of clustered rows the clusters are what is independent: they are counted, shown and held against the minimum.
@Suite struct ClusterCheckTests {
  private static func analysis(clusters: Int, several: Int) throws -> Analysis {
    let rows = (0..<clusters).map { [Double($0 % 5) + 1, 10] }
    var measurements = measured([("control", rows), ("treatment", rows.map { [$0[0] + 1, $0[1]] })])
    for index in measurements.cells.indices { measurements.cells[index].units = 10 * clusters }
    measurements.arms = measurements.cells.arms(isClustered: true)
    measurements.clustersInSeveralArms = several
    let plan = AnalysisPlan(metrics: [try Metric(parsing: "m=mean(x)")], control: "control")
    return try Analysis(measurements, plan: plan, isClustered: true)
  }

  @Test func theMinimumIsOfClusters() throws {
    let few = try Self.analysis(clusters: 12, several: 0)
    #expect(few.variants.map(\.clusters) == [12, 12])
    #expect(few.checks[1].outcome == .warn)
    #expect(few.checks[1].detail == "the smallest arm, control, has 12 clusters; the minimum is 50.")
    #expect(few.decision.reasons == ["control has 12 clusters; the plan wants at least 50 in each arm."])
    #expect(try Self.analysis(clusters: 60, several: 0).checks[1].outcome == .pass)
  }

  @Test func clustersInSeveralArmsAreAWarning() throws {
    let none = try #require(try Self.analysis(clusters: 60, several: 0).checks.first { $0.name == "clusters" })
    #expect(none.outcome == .pass && none.detail == "clusters: control 60, treatment 60. Each is in one arm.")
    let some = try #require(try Self.analysis(clusters: 60, several: 3).checks.first { $0.name == "clusters" })
    #expect(some.outcome == .warn)
    #expect(
      some.detail
        == "clusters: control 60, treatment 60. 3 have rows in several arms, where they are taken as independent: "
        + "if whole clusters were assigned, find out why; if not, cluster by what was.")
  }

  /// Rows of 400 clusters, a fair coin for each: by clusters 1 in 1,000 fails, by rows more than 1 in 5 would.
  @Test func theSampleRatioIsOfWhatWasAssigned() throws {
    var random = SeededGenerator(seed: 11)
    let rounds = 400
    var failures = (clusters: 0, rows: 0)
    for _ in 0..<rounds {
      var (clusters, rows) = ([0, 0], [0, 0])
      for _ in 0..<400 {
        let arm = Int.random(in: 0...1, using: &random)
        clusters[arm] += 1
        rows[arm] += [1, 2, 5, 20].randomElement(using: &random) ?? 1
      }
      if try Self.sampleRatio(clusters, rows, several: 0).outcome == .fail { failures.clusters += 1 }
      // Most clusters in several arms: the rows are what was assigned.
      if try Self.sampleRatio(clusters, rows, several: 300).outcome == .fail { failures.rows += 1 }
    }
    // Binomial(400, 0.001) exceeds 4 once in 10,000 times.
    #expect(failures.clusters <= 4)
    #expect(failures.rows > rounds / 5)
  }

  @Test func theSampleRatioNamesWhatItCounts() throws {
    let healthy = try Self.sampleRatio([60, 62], [600, 1200], several: 0)
    #expect(healthy.outcome == .pass && healthy.detail == "control 60, treatment 62 clusters against weights 1:1.")
    let broken = try Self.sampleRatio([60, 62], [600, 1200], several: 60)
    #expect(
      broken.outcome == .fail && broken.detail.hasPrefix("control 600, treatment 1,200 units against weights 1:1. "))
  }

  /// 3 arms that all have all clusters, and rows of one lost; 9:1 by row, two rows a cluster.
  @Test func rowsThatWereAssignedAreCounted() throws {
    let lossy = try Self.sampleRatio([100, 100, 100], [2000, 2000, 1200], several: 100)
    #expect(lossy.outcome == .fail && lossy.detail.hasPrefix("control 2,000, treatment 2,000, other 1,200 units "))
    let healthy = try Self.sampleRatio([2969, 557], [5412, 588], several: 526, weights: [9, 1])
    #expect(healthy.outcome == .pass && healthy.detail == "control 5,412, treatment 588 units against weights 9:1.")
    let contaminated = try Self.sampleRatio([1010, 1020], [10_000, 12_000], several: 30)
    #expect(contaminated.outcome == .pass && contaminated.detail.contains("1,020 clusters"))
  }

  private static func sampleRatio(
    _ clusters: [Int], _ rows: [Int], several: Int, weights: [Double]? = nil
  ) throws -> Analysis.Check {
    let names = Array(["control", "treatment", "other"].prefix(clusters.count))
    let totals = clusters.map { count in (0..<count).map { [Double($0 % 5), 10] } }
    var measurements = measured(Array(zip(names, totals)))
    measurements.arms = zip(names, zip(rows, clusters)).map {
      Measurements.Arm(name: $0, units: $1.0, clusters: $1.1)
    }
    measurements.clustersInSeveralArms = several
    var plan = AnalysisPlan(metrics: [try Metric(parsing: "m=mean(x)")], control: "control")
    plan.weights = weights.map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
    let analysis = try Analysis(measurements, plan: plan, isClustered: true)
    return try #require(analysis.checks.first { $0.name == "sample-ratio" })
  }
}
