import Basics

/// What units did and when: the columns of an event log, in any order.
///
/// Unit ids are interned by the reader: a unit is an index below `unitCount`, so that nothing here holds a personal value.
/// 12 bytes an event without optional columns.
public struct EventLog: Sendable {
  /// Indices of units are in 0..<unitCount.
  public var unitCount: Int
  /// One per event.
  public var units: [Int32]
  /// Seconds since 1970-01-01T00:00:00Z, one per event.
  public var times: [Int64]
  /// Value of the event in currency, one per event; NaN where there is none.
  public var amounts: [Double]?
  /// Which events start a unit's life and which are activity; nil: every event is both.
  public var roles: [EventRole]?
  /// Index into `segmentNames` by event; a unit belongs to the segment of its start event.
  public var segments: [Int32]?
  public var segmentColumn: String?
  public var segmentNames: [String]
  /// Index into `stepNames` by event, for funnels and behaviour.
  public var steps: [Int32]?
  public var stepNames: [String]
  /// Starts that are known from elsewhere than the events: a table of signups, or a column.
  public var declaredStarts: DeclaredStarts?
  /// The ids as they are written, by unit; only where a result is asked for by customer.
  public var unitNames: [String]
  public var files: [InputFile]
  public var unreadableRows: Int

  /// One entry a unit.
  public struct DeclaredStarts: Sendable, Hashable {
    /// Seconds of 1970; `Int64.max` where a unit has none.
    public var times: [Int64]
    /// Index into the log's `segmentNames`; nil: the segment is that of the unit's first event.
    public var segments: [Int32]?
    public init(times: [Int64], segments: [Int32]? = nil) {
      self.times = times
      self.segments = segments
    }
  }

  public init(
    unitCount: Int, units: [Int32], times: [Int64], amounts: [Double]? = nil, roles: [EventRole]? = nil,
    segments: [Int32]? = nil, segmentColumn: String? = nil, segmentNames: [String] = [], steps: [Int32]? = nil,
    stepNames: [String] = [], declaredStarts: DeclaredStarts? = nil, unitNames: [String] = [],
    files: [InputFile] = [], unreadableRows: Int = 0
  ) {
    self.unitCount = unitCount
    self.units = units
    self.times = times
    self.amounts = amounts
    self.roles = roles
    self.segments = segments
    self.segmentColumn = segmentColumn
    self.segmentNames = segmentNames
    self.steps = steps
    self.stepNames = stepNames
    self.declaredStarts = declaredStarts
    self.unitNames = unitNames
    self.files = files
    self.unreadableRows = unreadableRows
  }

  public var count: Int { times.count }

  /// Checks once what every later step relies on: columns of one length, indices within their tables, times of years 1 to 9999.
  ///
  /// - Throws: `CohortFault`.
  public func validate() throws(CohortFault) {
    guard count > 0 else { throw CohortFault(.emptyLog) }
    try requireLength("units", units.count)
    try requireLength("amounts", amounts?.count ?? count)
    try requireLength("roles", roles?.count ?? count)
    try requireLength("segments", segments?.count ?? count)
    try requireLength("steps", steps?.count ?? count)
    guard unitCount >= 0, unitCount <= Int(Int32.max) else { throw CohortFault(.badIndex(column: "units")) }
    try requireIndices("units", units, below: unitCount)
    if let segments { try requireIndices("segments", segments, below: segmentNames.count) }
    if let steps { try requireIndices("steps", steps, below: stepNames.count) }
    if let declaredStarts {
      guard declaredStarts.times.count == unitCount else { throw CohortFault(.badIndex(column: "declared starts")) }
      if let own = declaredStarts.segments {
        guard own.count == unitCount else { throw CohortFault(.badIndex(column: "declared segments")) }
        try requireIndices("declared segments", own, below: segmentNames.count)
      }
    }
    var (least, greatest) = (Int64.max, Int64.min)
    for time in declaredStarts?.times ?? [] where time != .max {
      (least, greatest) = (min(least, time), max(greatest, time))
    }
    for time in times { (least, greatest) = (min(least, time), max(greatest, time)) }
    guard least >= CivilDay.earliestSecond, greatest <= CivilDay.latestSecond else {
      throw CohortFault(.timeOutOfRange)
    }
  }

  private func requireLength(_ column: String, _ found: Int) throws(CohortFault) {
    guard found == count else { throw CohortFault(.columnLength(column: column, found: found, expected: count)) }
  }

  private func requireIndices(_ column: String, _ indices: [Int32], below limit: Int) throws(CohortFault) {
    var (least, greatest) = (Int32(0), Int32(-1))
    for index in indices { (least, greatest) = (min(least, index), max(greatest, index)) }
    guard least >= 0, Int(greatest) < limit else { throw CohortFault(.badIndex(column: column)) }
  }
}

/// What an event means for a unit's life. One byte.
public struct EventRole: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// May be the unit's start: its signup, its first order.
  public static let start = EventRole(rawValue: 1)
  /// Counts as coming back.
  public static let activity = EventRole(rawValue: 2)
  public static let both: EventRole = [.start, .activity]
}
