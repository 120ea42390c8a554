import Cohorts
import Engines
import Foundation
import Experiments
import Statistics
import Tables

extension CohortSettings {
  /// The definitions of a cohort spec.
  ///
  /// - Throws: an `InputFault` if a time or level cannot be used.
  init(_ spec: CohortSpec) throws {
    self.init()
    period = CohortPeriod(rawValue: spec.cohorts.period.rawValue) ?? .week
    weekStart = Weekday(rawValue: spec.cohorts.weekStart.rawValue) ?? .monday
    timeZone = spec.cohorts.timezone
    switch spec.cohorts.retention {
    case .on: retention = .on
    case .onOrAfter: retention = .onOrAfter
    case .bracket: retention = .bracket(spec.cohorts.brackets)
    }
    maximumAge = spec.cohorts.maximumAge
    level = try ConfidenceLevel(alpha: spec.cohorts.alpha)
    asOf = try spec.cohorts.asOf.map { try EventTime.seconds($0, timeZone: spec.cohorts.timezone) }
    if spec.cohorts.window == .rolling { window = .rolling(seconds: period.rollingSeconds) }
    recurring = spec.cohorts.isRecurring
    control = spec.cohorts.control
    if case .arms = spec.cohorts.split { groupsAreArms = true }
    inactivityDays = spec.cohorts.inactivityDays
    behaviour = BehaviourSettings(spec.behaviour)
    if let value = spec.ltv {
      let days = period.averageDays
      let yearly = value.discount
      // A year's discount as that of one period: (1 + d)^(days / 365.25) - 1.
      lifetimeValue = LifetimeValueSettings(
        model: LifetimeValueSettings.Model(rawValue: value.model.rawValue) ?? .bgNBD,
        horizon: max(1, Int((value.horizon / 86_400 / days).rounded())),
        discountRate: Self.perPeriod(yearly, days: days))
      lifetimeValue?.holdoutDays = value.holdout.map { Int(($0 / 86_400).rounded()) }
    }
  }

  /// The rate of a period that compounds to a yearly one.
  public static func perPeriod(_ yearly: Double, days: Double) -> Double { expm1(days / 365.25 * log1p(yearly)) }
}

extension BehaviourSettings {
  fileprivate init(_ spec: CohortSpec.Behaviour) {
    self.init()
    earlyDays = spec.earlyDays
    habits = spec.habits
    funnel = spec.funnel.map { funnel in
      FunnelDefinition(
        steps: funnel.steps.map(FunnelDefinition.Step.init(text:)),
        windowSeconds: funnel.window.map { Int64($0.rounded()) })
    }
    rfm = spec.rfm.map { scale in
      RFMScale(
        levels: scale.levels, recencyCuts: scale.recencyCuts, frequencyCuts: scale.frequencyCuts,
        monetaryCuts: scale.monetaryCuts)
    }
    pathLength = spec.pathLength
    clusterDays = spec.clusterDays
    if let share = spec.sequenceShare {
      var wanted = SequenceSettings()
      wanted.minimumSupport = share
      sequences = wanted
    }
  }
}
