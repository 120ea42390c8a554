import Basics
import Cohorts
import TestSupport
import Testing

@Suite struct ClusterTests {
  @Test func silhouetteByHand() {
    // Two pairs on a line: 0, 1 and 10, 11. a = 1; b = 10.5 for the outer points, 9.5 for the inner ones.
    var generator = SplitMix64(seed: 1)
    let points: [Double] = [0, 1, 10, 11]
    let model = KMeans(points, dimension: 1, k: 2, using: &generator)
    #expect(model.inertia == 1)
    expectClose(model.silhouette(points), ((9.5 / 10.5) * 2 + (8.5 / 9.5) * 2) / 4, relative: 1e-12)
  }

  @Test func distantCloudsAreFound() {
    var generator = SplitMix64(seed: 7)
    var noise = SeededGenerator(seed: 8)
    let centers = [(0.0, 0.0), (20.0, 0.0), (0.0, 20.0)]
    let points = (0..<300).flatMap { i in
      [
        centers[i % 3].0 + Double.random(in: -1...1, using: &noise),
        centers[i % 3].1 + Double.random(in: -1...1, using: &noise),
      ]
    }
    let model = KMeans(points, dimension: 2, k: 3, using: &generator)
    let own = (0..<300).map { model.cluster(of: points[2 * $0..<2 * $0 + 2]) }
    for cloud in 0..<3 { #expect(Set((0..<100).map { own[3 * $0 + cloud] }).count == 1) }
    #expect(Set(own).count == 3)
  }

  /// 60 units with one event, 60 with twenty events on ten days: two groups, and in words.
  @Test func groupsAreDescribed() throws {
    var log = EventLog(unitCount: 120, units: [], times: [], steps: [], stepNames: ["open", "share"])
    for unit in 0..<120 {
      for event in 0..<(unit < 60 ? 1 : 20 + unit % 3) {
        log.units.append(Int32(unit))
        log.times.append(1_704_067_200 + Int64(event) * 43_200)
        log.steps?.append(event % 4 == 3 ? 1 : 0)
      }
    }
    var settings = CohortSettings(asOf: 1_704_067_200 + 100 * 86_400)
    settings.behaviour.clusterDays = 14
    let report = try #require(try Cohorts.analyze(log: log, settings: settings).behaviour?.clusters)
    #expect(report.clusters.map(\.units).reduce(0, +) == 120)
    #expect(report.silhouette > 0.7)
    #expect(report.clusters.contains { $0.description.contains("fewer events (1.0 against") })
    #expect(report.clusters.contains { $0.description.contains("more active days") })
  }

  @Test func tooFewUnitsMakeNoGroups() throws {
    var settings = CohortSettings(asOf: 1_704_067_200 + 100 * 86_400)
    settings.behaviour.clusterDays = 14
    let log = EventLog(unitCount: 2, units: [0, 1], times: [1_704_067_200, 1_704_067_200])
    #expect(try Cohorts.analyze(log: log, settings: settings).behaviour?.clusters == nil)
  }
}
