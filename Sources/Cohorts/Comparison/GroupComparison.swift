import Basics
import Statistics

/// The groups of a segment column, or the arms of an experiment, against one of them.
public struct GroupComparison: Sendable, Codable, Equatable {
  public var column: String
  /// Whom the others are compared with: the one that was named, or the largest.
  public var control: String
  /// Units by group; of arms, whether their numbers fit equal weights.
  public var sampleRatioPValue: Double?
  /// Equality of all survival curves; nil if there was no churn to compare.
  public var logRank: LogRankResult?
  public var groups: [Group]

  public struct LogRankResult: Sendable, Codable, Equatable {
    public var statistic: Double
    public var degreesOfFreedom: Int
    public var pValue: Double
  }

  /// One group against the control.
  public struct Group: Sendable, Codable, Equatable {
    public var value: String
    public var units: Int
    public var controlUnits: Int
    public var retention: [AtAge]
    /// Difference of the mean time to churn within `restrictedTo` days, the longest time that all groups were observed for.
    public var restrictedMean: Difference?
    public var restrictedTo: Double?
  }

  /// A difference with its own interval; p-values are adjusted by Holm's method over everything in the comparison.
  public struct Difference: Sendable, Codable, Equatable {
    public var control: Double
    public var treatment: Double
    public var estimate: Double
    public var lower: Double
    public var upper: Double
    public var pValue: Double
    public var adjustedPValue: Double
  }

  public struct AtAge: Sendable, Codable, Equatable {
    /// `from` of the age.
    public var age: Int
    public var label: String
    public var difference: Difference
  }
}

/// Makes the comparison of the groups that a column splits the units into.
struct GroupComparer {
  let data: CohortData
  let assignment: CohortAssignment
  let settings: CohortSettings
  let column: String

  /// - Returns: nil with fewer than two groups that have units.
  /// - Throws: `CohortFault` if the control that the settings name is no group.
  func compare(_ segments: [CohortReport.Segment]) throws(CohortFault) -> GroupComparison? {
    if let name = settings.control, !segments.contains(where: { $0.value == name }) {
      throw CohortFault(.unknownControl(name, groups: segments.map(\.value)))
    }
    guard segments.count > 1 else { return nil }
    let largest = segments.max { ($0.units, $1.value) < ($1.units, $0.value) }
    guard let control = segments.first(where: { $0.value == settings.control }) ?? largest else { return nil }
    let observed = segments.map { segment in
      ChurnCurve.observations(
        data, assignment: assignment, settings: settings, segment: data.segmentNames.firstIndex(of: segment.value))
    }
    let means = restrictedMeans(observed)
    let controlPlace = segments.firstIndex { $0.value == control.value } ?? 0
    var groups: [GroupComparison.Group] = []
    for (place, segment) in segments.enumerated() where segment.value != control.value {
      groups.append(
        GroupComparison.Group(
          value: segment.value, units: segment.units, controlUnits: control.units,
          retention: retention(segment.retention, against: control.retention),
          restrictedMean: means.flatMap { difference($0.means[place], from: $0.means[controlPlace]) },
          restrictedTo: means?.horizon))
    }
    adjust(&groups)
    return GroupComparison(
      column: column, control: control.value, sampleRatioPValue: sampleRatio(segments),
      logRank: logRank(observed), groups: groups)
  }

  private func sampleRatio(_ segments: [CohortReport.Segment]) -> Double? {
    guard settings.groupsAreArms else { return nil }
    return try? SampleRatioTest(counts: segments.map(\.units), weights: segments.map { _ in 1 }).pValue
  }

  private func logRank(_ observed: [[ChurnCurve.Observation]]) -> GroupComparison.LogRankResult? {
    let used = observed.filter { !$0.isEmpty }
    let all = used.enumerated().flatMap { group, units in units.map { (group, $0) } }
    let hasEntries = all.contains { $0.1.entry > 0 }
    guard
      let test = try? LogRank(
        time: all.map(\.1.time), event: all.map(\.1.churned), group: all.map(\.0), groups: used.count,
        entry: hasEntries ? all.map(\.1.entry) : nil)
    else { return nil }
    return GroupComparison.LogRankResult(
      statistic: test.statistic, degreesOfFreedom: test.degreesOfFreedom, pValue: test.pValue)
  }

  private func restrictedMeans(
    _ observed: [[ChurnCurve.Observation]]
  ) -> (means: [RestrictedMean?], horizon: Double)? {
    let curves = observed.map { units in ChurnCurve.kaplanMeier(units, settings.level) }
    guard let horizon = curves.compactMap({ $0?.data.times.last }).min(), horizon > 0 else { return nil }
    return (curves.map { curve in curve.flatMap { try? RestrictedMean($0, horizon: horizon) } }, horizon)
  }

  private func difference(_ own: RestrictedMean?, from control: RestrictedMean?) -> GroupComparison.Difference? {
    guard let own, let control, let difference = try? own.difference(from: control) else { return nil }
    let interval = difference.interval(settings.level)
    return GroupComparison.Difference(
      control: control.estimate, treatment: own.estimate, estimate: difference.estimate, lower: interval.lower,
      upper: interval.upper, pValue: difference.pValue, adjustedPValue: difference.pValue)
  }

  /// Ages after 0 that both have completed, all cohorts together.
  private func retention(_ own: RetentionTable, against control: RetentionTable) -> [GroupComparison.AtAge] {
    own.overall.compactMap { point in
      guard let base = control.overall.first(where: { $0.age == point.age }),
        let pair = try? TwoProportions(
          treatment: (successes: point.retained, trials: point.observed),
          control: (successes: base.retained, trials: base.observed)),
        let p = pair.equalityPValue
      else { return nil }
      let interval = pair.newcombe(settings.level)
      return GroupComparison.AtAge(
        age: point.age, label: own.ages.first { $0.from == point.age }?.label ?? "\(point.age)",
        difference: GroupComparison.Difference(
          control: pair.controlRate, treatment: pair.treatmentRate, estimate: pair.difference, lower: interval.lower,
          upper: interval.upper, pValue: p, adjustedPValue: p))
    }
  }

  private func adjust(_ groups: inout [GroupComparison.Group]) {
    let all = groups.flatMap { group in
      group.retention.map(\.difference.pValue) + [group.restrictedMean?.pValue].compactMap { $0 }
    }
    var adjusted = Multiplicity.adjust(all, by: .holm)[...]
    for place in groups.indices {
      for age in groups[place].retention.indices {
        groups[place].retention[age].difference.adjustedPValue = adjusted.removeFirst()
      }
      if groups[place].restrictedMean != nil { groups[place].restrictedMean?.adjustedPValue = adjusted.removeFirst() }
    }
  }
}
