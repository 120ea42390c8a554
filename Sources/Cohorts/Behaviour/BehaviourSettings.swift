/// Which views of behaviour an analysis also makes; those that are nil or false are left out.
public struct BehaviourSettings: Sendable, Hashable {
  /// Stickiness, lifecycle and half-life.
  public var habits = false
  public var funnel: FunnelDefinition?
  public var rfm: RFMScale?
  /// Steps of a path, from the unit's start.
  public var pathLength: Int?
  /// Days after the start whose events are early behaviour, and again as many in which returning counts.
  public var earlyDays: Int?
  public var sequences: SequenceSettings?
  /// Days after the start whose events describe a unit; nil: no clusters.
  public var clusterDays: Int?

  public init() {}

  var needsSteps: Bool { funnel != nil || pathLength != nil || earlyDays != nil || sequences != nil }

  /// - Throws: `CohortFault` if a number is outside its domain.
  public func validate() throws(CohortFault) {
    try funnel?.validate()
    try rfm?.validate()
    if let pathLength, !(1...20).contains(pathLength) { throw CohortFault(.badPathLength(pathLength)) }
    for days in [earlyDays, clusterDays] {
      if let days, !(1...3650).contains(days) { throw CohortFault(.badEarlyDays(days)) }
    }
    try sequences?.validate()
  }
}

/// Everything that was found out about behaviour; a view that was not asked for is nil.
public struct BehaviourReport: Sendable, Codable, Equatable {
  public var habits: Habits?
  public var funnels: [FunnelReport]?
  public var rfm: RFMReport?
  public var paths: PathReport?
  public var early: EarlyBehaviourReport?
  public var sequences: SequenceReport?
  public var clusters: ClusterReport?
  public init() {}
}
