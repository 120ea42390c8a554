import Basics
import Foundation
import Statistics

/// The conditions under which the numbers may be trusted.
struct Checks {
  let measurements: Measurements
  let plan: AnalysisPlan

  /// p below which the sample ratio fails; the field's usual threshold.
  static let sampleRatioAlpha = 0.001

  func all() throws -> [Analysis.Check] {
    [try sampleRatio(), unitsPerArm(), unreadableRows()] + missingValues() + exposures() + endOfObservation()
      + clusters()
  }

  /// Units in several arms are left out: more than one in a hundred of them may bias what is left.
  private func exposures() -> [Analysis.Check] {
    guard let exposure = measurements.exposure else { return [] }
    let several = exposure.unitsInSeveralArms
    let units = measurements.arms.reduce(several) { $0 + $1.units }
    return [
      Analysis.Check(
        name: "exposures", outcome: Double(several) > 0.01 * Double(units) ? .warn : .pass, pValue: nil,
        detail: "\(several.grouped) of \(units.grouped) units were in several arms and are left out; "
          + "\(exposure.immatureUnits.grouped) were not observed for long enough; \(exposure.eventsOfUnits.grouped) of "
          + "\(exposure.eventsAsked.grouped) events that metrics ask for, at any time, are of exposed units.")
    ]
  }

  /// Whether the data leave a doubt about when the observation ended, on which it depends whose windows are over.
  private func endOfObservation() -> [Analysis.Check] {
    guard let exposure = measurements.exposure, let observed = measurements.observed else { return [] }
    func day(_ seconds: Int64) -> String {
      Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601.year().month().day())
    }
    if let quiet = exposure.quietSeconds, quiet > 86_400 {
      return [
        Analysis.Check(
          name: "observation", outcome: .warn, pValue: nil,
          detail:
            "the observation is said to end on \(day(observed.until)), \(Durations.text(quiet.rounded())) after the latest "
            + "event: units count as observed, and without events, until then. Is the log whole?")
      ]
    }
    var doubts: [String] = []
    if let strays = exposure.strays {
      let one = strays.events == 1
      doubts.append(
        "\(strays.events.grouped) \(one ? "event" : "events") of \(day(strays.from)) or later \(one ? "is" : "are") far behind "
          + "all others and \(one ? "does" : "do") not count for that")
    }
    if let later = exposure.unitsExposedLater, later > 0 {
      doubts.append("\(later.grouped) \(later == 1 ? "unit was" : "units were") first exposed after it")
    }
    guard !doubts.isEmpty else { return [] }
    return [
      Analysis.Check(
        name: "observation", outcome: .warn, pValue: nil,
        detail: "the observation ended on \(day(observed.until)), the latest event; " + doubts.joined(separator: "; ")
          + ". If that is wrong, say when it ended (--as-of, in a spec data.as_of).")
    ]
  }

  private func sampleRatio() throws -> Analysis.Check {
    let (names, weights) = try plannedWeights()
    let (counts, word, test) = try assigned(names, weights)
    let failed = test.pValue < Self.sampleRatioAlpha
    let dead = zip(names, zip(counts, weights)).filter { $0.1.0 == 0 && $0.1.1 > 0 }.map(\.0)
    var detail = zip(names, counts).map { "\($0) \($1.grouped)" }.joined(separator: ", ")
    detail += " \(word) against weights " + weights.map(Self.short).joined(separator: ":")
    if !dead.isEmpty { detail += "; no \(word) in \(dead.joined(separator: ", "))" }
    if failed { detail += ". The arms are not comparable: find the cause before reading any effect" }
    return Analysis.Check(
      name: "sample-ratio", outcome: failed ? .fail : .pass, pValue: test.pValue, detail: detail + ".")
  }

  /// What was assigned, by arm: units; of clustered rows the clusters, as rows that go to one arm together are no independent
  /// draws, by which a healthy experiment would often fail. Where clusters have rows in several arms it may have been either:
  /// then what speaks for the arms counts, and the rows alone if that is so of more than half.
  private func assigned(
    _ names: [String], _ weights: [Double]
  ) throws -> (counts: [Int], word: String, test: SampleRatioTest) {
    let arms = names.map { name in measurements.arms.first { $0.name.isExactly(name) } }
    let rows = arms.map { $0?.units ?? 0 }
    let byRows = (rows, "units", try SampleRatioTest(counts: rows, weights: weights))
    guard let several = measurements.clustersInSeveralArms else { return byRows }
    let clusters = arms.map { $0?.clusters ?? 0 }
    // One in all arms was counted as often as there are arms.
    let distinct = clusters.reduce(0, +) - several * (clusters.count { $0 > 0 } - 1)
    guard 2 * several <= distinct else { return byRows }
    let byClusters = (clusters, "clusters", try SampleRatioTest(counts: clusters, weights: weights))
    return several > 0 && byRows.2.pValue > byClusters.2.pValue ? byRows : byClusters
  }

  /// Arms that are there or planned, with their weights; equal weights if none are given.
  private func plannedWeights() throws -> ([String], [Double]) {
    let present = measurements.arms.map(\.name)
    guard let planned = plan.weights else { return (present, present.map { _ in 1 }) }
    for (arm, weight) in planned.sorted(by: { $0.key < $1.key }) where !(weight >= 0 && weight.isFinite) {
      throw AnalysisFault(.badWeight(arm, weight))
    }
    for arm in present where planned[arm] == nil {
      if let stranger = planned.keys.sorted().first(where: { !present.contains($0) }) {
        throw AnalysisFault(.unknownWeight(stranger, arms: present))
      }
      throw AnalysisFault(.missingWeight(arm))
    }
    let names = present + planned.keys.filter { !present.contains($0) }.sorted()
    return (names, names.map { planned[$0] ?? 0 })
  }

  /// Of clusters, where rows are clustered: they are what is independent.
  private func unitsPerArm() -> Analysis.Check {
    let counts = measurements.arms.map { ($0.name, count: $0.clusters ?? $0.units, isClustered: $0.clusters != nil) }
    let smallest = counts.min { $0.count < $1.count }
    let enough = (smallest?.count ?? 0) >= plan.minimumUnits
    let detail = smallest.map { name, count, isClustered in
      "the smallest arm, \(name), has \(count.grouped) \(isClustered ? "clusters" : "units"); the minimum is "
        + "\(plan.minimumUnits.grouped)."
    }
    return Analysis.Check(name: "units", outcome: enough ? .pass : .warn, pValue: nil, detail: detail ?? "no units.")
  }

  /// Clusters are taken as independent, each in its arm.
  private func clusters() -> [Analysis.Check] {
    guard let several = measurements.clustersInSeveralArms else { return [] }
    let counts = measurements.arms.map { "\($0.name) \(($0.clusters ?? 0).grouped)" }.joined(separator: ", ")
    return [
      Analysis.Check(
        name: "clusters", outcome: several == 0 ? .pass : .warn, pValue: nil,
        detail: "clusters: \(counts). "
          + (several == 0
            ? "Each is in one arm."
            : "\(several.grouped) have rows in several arms, where they are taken as independent: if whole clusters were "
              + "assigned, find out why; if not, cluster by what was."))
    ]
  }

  private func unreadableRows() -> Analysis.Check {
    let bad = measurements.unreadableRows
    return Analysis.Check(
      name: "unreadable-rows", outcome: bad == 0 ? .pass : .warn, pValue: nil,
      detail: bad == 0
        ? "every row was read."
        : "\(bad.grouped) of \(measurements.rows.grouped) rows could not be read and are left out.")
  }

  /// Whether values are missing more often in one arm than in another, per metric that has any missing.
  private func missingValues() -> [Analysis.Check] {
    plan.metrics.indices.compactMap { index in
      let cells = measurements.cells.filter { $0.segment == nil }
      let missing = cells.map { $0.metrics[index].missing - ($0.metrics[index].immature ?? 0) }
      let total = missing.reduce(0, +)
      guard total > 0 else { return nil }
      let test = try? SampleRatioTest(counts: missing, weights: cells.map { Double($0.units) })
      let skewed = (test?.pValue ?? 1) < Self.sampleRatioAlpha
      let hangsOnEvents = measurements.exposure != nil && plan.metrics[index].valueNeedsEvents
      let counts = zip(cells, missing).map { "\($0.arm) \($1.grouped)" }.joined(separator: ", ")
      return Analysis.Check(
        name: "missing-values", outcome: skewed || hangsOnEvents ? .warn : .pass, pValue: test?.pValue,
        detail: "\(plan.metrics[index].name): units without a value: \(counts)."
          + (skewed ? " They differ between arms, so the arms that are left may not be comparable." : "")
          + (hangsOnEvents
            ? " Who has an event is known only after exposure, and may depend on the arm; missing: zero counts everybody."
            : ""))
    }
  }

  private static func short(_ weight: Double) -> String {
    weight == weight.rounded() && abs(weight) < 1e15 ? "\(Int(weight))" : "\(weight)"
  }
}
