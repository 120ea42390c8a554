import Basics

/// A log in the form in which a cohort analysis reads it: every event, or what is kept of each unit.
public enum CohortData: Sendable {
  case log(EventLog)
  case activity(ActivityIndex)

  public var files: [InputFile] {
    switch self {
    case .log(let log): log.files
    case .activity(let index): index.files
    }
  }
  var events: Int {
    switch self {
    case .log(let log): log.count
    case .activity(let index): index.events
    }
  }
  public var unreadableRows: Int {
    switch self {
    case .log(let log): log.unreadableRows
    case .activity(let index): index.unreadableRows
    }
  }
  var segmentColumn: String? {
    switch self {
    case .log(let log): log.segmentColumn
    case .activity(let index): index.segmentColumn
    }
  }
  var segmentNames: [String] {
    switch self {
    case .log(let log): log.segmentNames
    case .activity(let index): index.segmentNames
    }
  }
  /// Whether a unit's first event is both its start and activity.
  var startsWithActivity: Bool {
    if case .log(let log) = self { log.roles == nil && log.declaredStarts == nil } else { true }
  }

  /// - Throws: `CohortFault` as `CohortAssignment`.
  public func assignment(_ settings: CohortSettings) throws(CohortFault) -> CohortAssignment {
    switch self {
    case .log(let log): try CohortAssignment(log: log, settings: settings)
    case .activity(let index): try CohortAssignment(activity: index, settings: settings)
    }
  }
}
