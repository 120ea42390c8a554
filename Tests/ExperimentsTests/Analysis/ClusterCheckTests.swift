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
}
