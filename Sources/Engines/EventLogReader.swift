import Basics
import Cohorts
import Experiments
import Foundation
import Tables

/// Reads CSV files of events into the columns of an event log, unit ids interned.
public struct EventLogReader: Sendable {
  /// Which columns hold what.
  public struct Columns: Sendable, Hashable {
    public var unit: String
    public var time: String
    public var amount: String?
    /// The column by whose value the cohorts are split.
    public var segment: String?
    /// The column with an event's name.
    public var event: String?
    /// The event that starts a unit's life; nil: any event.
    public var startEvent: String?
    /// The event that counts as activity; nil: any event.
    public var returnEvent: String?
    /// The column of the unit's start, the same in each of its rows; of different ones the earliest counts.
    public var start: String?
    /// Also keep the ids as they are written, for results by customer.
    public var keepsNames = false

    public init(unit: String, time: String) {
      self.unit = unit
      self.time = time
    }
  }

  public var columns: Columns
  /// The zone of times that are written without one, an IANA name.
  public var timeZone: String
  public var options: TableOptions
  public var allowedBadRows: Double
  /// A table of starts, one row a unit.
  public var starts: StartTable?

  /// Where units' starts are, if not among the events.
  public struct StartTable: Sendable, Hashable {
    public var files: [String]
    public var unit: String
    public var time: String
    /// The column by whose value the cohorts are split, if it is in this table.
    public var segment: String?
    public init(files: [String], unit: String, time: String, segment: String? = nil) {
      (self.files, self.unit, self.time, self.segment) = (files, unit, time, segment)
    }
  }

  public init(
    _ columns: Columns, timeZone: String = "UTC", options: TableOptions = TableOptions(), allowedBadRows: Double = 0
  ) {
    self.columns = columns
    self.timeZone = timeZone
    self.options = options
    self.allowedBadRows = allowedBadRows
  }

  /// The log in the form that the definitions need: of each unit if that is enough, else every event.
  ///
  /// - Throws: `TableFault` for the files, `EventLogFault` for the settings, `CohortFault`.
  public func read(_ paths: [String], for settings: CohortSettings) throws -> CohortData {
    try settings.validate()
    let source = try TableSource(paths, options: options)
    guard isEnoughByUnit(settings) else { return .log(try read(source)) }
    let reader = ActivityReader(
      columns: columns, clock: try ZoneClock.named(timeZone), source: source, allowedBadRows: allowedBadRows,
      nulls: NullWords(options.nullWords))
    if let index = try reader.read(settings) { return .activity(index) }
    return .log(try read(source))
  }

  /// Every event starts a unit and is activity, ages are calendar periods, and no event is looked at again.
  private func isEnoughByUnit(_ settings: CohortSettings) -> Bool {
    columns.startEvent == nil && columns.returnEvent == nil && columns.start == nil && starts == nil
      && settings.window == .calendar && !settings.recurring && settings.lifetimeValue == nil
      && settings.behaviour == BehaviourSettings()
  }

  /// - Throws: `TableFault` for the files, `EventLogFault` for the settings.
  public func read(_ paths: [String]) throws -> EventLog { try read(TableSource(paths, options: options)) }

  private func read(_ source: TableSource) throws -> EventLog {
    let clock = try ZoneClock.named(timeZone)
    if columns.startEvent != nil || columns.returnEvent != nil, columns.event == nil {
      throw EventLogFault(.eventColumnMissing)
    }
    if starts != nil, columns.start != nil || columns.startEvent != nil { throw EventLogFault(.twoStarts) }
    if columns.start != nil, columns.startEvent != nil { throw EventLogFault(.twoStarts) }
    var log = LogAssembly(columns, startsBy: starts?.segment)
    let count = try scan(columns, source, clock) { log.append($0) }
    var files = FileIdentities(source).files
    if let starts {
      let table = try TableSource(starts.files, options: options)
      var own = Columns(unit: starts.unit, time: starts.time)
      own.segment = starts.segment
      _ = try scan(own, table, clock) { log.declare($0) }
      files += FileIdentities(table).files
    }
    for name in [columns.startEvent, columns.returnEvent].compactMap({ $0 }) { try log.requireEvent(name) }
    return log.eventLog(files: files, unreadable: count.badRows)
  }

  private func scan(
    _ columns: Columns, _ source: TableSource, _ clock: ZoneClock, _ take: (EventConsumer) -> Void
  ) throws -> ScanCount {
    let nulls = NullWords(options.nullWords)
    return try source.scan(Self.names(columns), allowedBadRows: allowedBadRows) { chunk in
      EventConsumer(columns, base: chunk.origin, clock: clock, nulls: nulls)
    } deliver: { batch in
      for consumer in batch.consumers { take(consumer) }
      return nil
    }
  }

  private static func names(_ columns: Columns) -> [String] {
    var seen: Set<String> = []
    return [columns.unit, columns.time, columns.amount, columns.segment, columns.event, columns.start]
      .compactMap { $0 }.filter { seen.insert($0).inserted }
  }
}

/// Settings of an event log that do not fit together.
public struct EventLogFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case unknownTimeZone(String, nearest: String?)
    case eventColumnMissing
    case unknownEvent(String, nearest: String?)
    case twoStarts
    case notATime(String)
  }
  public let kind: Kind
  init(_ kind: Kind) { self.kind = kind }
  public var position: SourcePosition? { nil }
  public var sentence: String {
    switch kind {
    case .unknownTimeZone(let name, let nearest):
      "no time zone '\(name)'."
        + (nearest.map { " Did you mean '\($0)'?" } ?? " Use an IANA name such as Europe/Berlin.")
    case .notATime(let text):
      "expected a date or time such as 2026-11-23 or 2026-11-23T14:05:00Z, found '\(text)'."
        + FieldParsing.whyNotATime(text)
    case .twoStarts:
      "a unit's start is given in two ways; choose one of a start event, a start column and a table of starts."
    case .unknownEvent(let name, let nearest):
      "no event is a '\(name)'." + (nearest.map { " Did you mean '\($0)'?" } ?? "")
    case .eventColumnMissing: "a start or return event is named, but no column with events' names (--event)."
    }
  }
}

/// The two fields that every event has.
struct EventFields {
  private let columns: EventLogReader.Columns
  /// The address that the file's first byte would have beside those that are read.
  var base: UInt
  let nulls: NullWords

  init(_ columns: EventLogReader.Columns, base: UInt, nulls: NullWords) {
    self.columns = columns
    self.base = base
    self.nulls = nulls
  }

  func isMissing(_ field: Field) -> Bool { field.trimmed.isMissing(nulls.words) }

  func unit(_ field: Field) throws(RowFault) -> Field {
    guard !nulls.contains(field) else { throw fault(.emptyCell(column: columns.unit), field) }
    return field
  }

  func time(_ field: Field, _ clock: inout ZoneClock, column: String? = nil) throws(RowFault) -> Int64 {
    let column = column ?? columns.time
    if isMissing(field) { throw fault(.emptyCell(column: column), field) }
    if let stamp = FieldParsing.timestamp(field.trimmed) { return clock.seconds(of: stamp) }
    throw fault(.notATime(column: column, found: String(field.string.prefix(40))), field)
  }

  func fault(_ kind: TableFault.Kind, _ field: Field) -> RowFault {
    RowFault(kind, offset: Int(UInt(bitPattern: field.start) - base))
  }
}

/// The events of one chunk.
private struct EventConsumer: RowConsumer, Sendable {
  private let columns: EventLogReader.Columns
  private let reader: EventFields
  private var clock: ZoneClock
  private let slots: (unit: Int, time: Int, amount: Int?, segment: Int?, event: Int?, start: Int?)

  private(set) var units = Interner(expected: 1024)
  private(set) var unitCodes: [Int32] = []
  private(set) var times: [Int64] = []
  private(set) var amounts: [Double] = []
  private(set) var segments = Interner()
  private(set) var segmentCodes: [Int32] = []
  private(set) var events = Interner()
  private(set) var eventCodes: [Int32] = []
  /// `Int64.max` where the start is empty.
  private(set) var starts: [Int64] = []

  init(_ columns: EventLogReader.Columns, base: UInt, clock: ZoneClock, nulls: NullWords) {
    self.columns = columns
    reader = EventFields(columns, base: base, nulls: nulls)
    self.clock = clock
    var names: [String] = []
    func slot(_ name: String) -> Int {
      if let known = names.firstIndex(of: name) { return known }
      names.append(name)
      return names.count - 1
    }
    slots = (
      slot(columns.unit), slot(columns.time), columns.amount.map(slot), columns.segment.map(slot),
      columns.event.map(slot), columns.start.map(slot)
    )
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let unit = try reader.unit(fields[slots.unit])
    let time = try reader.time(fields[slots.time], &clock)
    let amount = try slots.amount.map { slot throws(RowFault) in try self.amount(fields[slot]) }
    if let slot = slots.start { starts.append(try start(fields[slot])) }
    if let amount { amounts.append(amount) }
    unitCodes.append(Int32(truncatingIfNeeded: units.code(of: unit)))
    times.append(time)
    if let slot = slots.segment { segmentCodes.append(reader.nulls.code(of: fields[slot], in: &segments)) }
    if let slot = slots.event { eventCodes.append(Int32(truncatingIfNeeded: events.code(of: fields[slot]))) }
  }

  private mutating func start(_ field: Field) throws(RowFault) -> Int64 {
    if reader.isMissing(field) { return .max }
    return try reader.time(field, &clock, column: columns.start)
  }

  private func amount(_ field: Field) throws(RowFault) -> Double {
    if reader.isMissing(field) { return .nan }
    let column = columns.amount ?? ""
    switch field.number {
    case .value(let value): return value
    case .notANumber: throw reader.fault(.notANumber(column: column, found: String(field.string.prefix(40))), field)
    case .tooLarge: throw reader.fault(.numberTooLarge(column: column, found: String(field.string.prefix(40))), field)
    }
  }
}

/// Joins the chunks in file order, with one numbering of units, segments and events.
private struct LogAssembly {
  private let columns: EventLogReader.Columns
  private var units = Interner(expected: 1 << 16)
  private var segments = Interner()
  private var events = Interner()
  private var unitCodes: [Int32] = []
  private var times: [Int64] = []
  private var amounts: [Double] = []
  private var segmentCodes: [Int32] = []
  private var eventCodes: [Int32] = []
  private var declared: EventLog.DeclaredStarts?
  private let startsBy: String?

  /// - Parameter startsBy: the column of segments in the table of starts.
  init(_ columns: EventLogReader.Columns, startsBy: String?) {
    self.columns = columns
    self.startsBy = startsBy
  }

  mutating func append(_ chunk: EventConsumer) {
    Self.append(chunk.unitCodes, chunk.units, to: &unitCodes, &units)
    Self.append(chunk.segmentCodes, chunk.segments, to: &segmentCodes, &segments)
    Self.append(chunk.eventCodes, chunk.events, to: &eventCodes, &events)
    if columns.start != nil {
      for (unit, start) in zip(unitCodes.suffix(chunk.times.count), chunk.starts) { declare(Int(unit), start, nil) }
    }
    times.append(contentsOf: chunk.times)
    amounts.append(contentsOf: chunk.amounts)
  }

  /// Rows of the table of starts. A unit that comes twice keeps the earlier start.
  mutating func declare(_ chunk: EventConsumer) {
    var (codes, segmentsOfRows): ([Int32], [Int32]) = ([], [])
    Self.append(chunk.unitCodes, chunk.units, to: &codes, &units)
    Self.append(chunk.segmentCodes, chunk.segments, to: &segmentsOfRows, &segments)
    if startsBy != nil, declared == nil { declared = EventLog.DeclaredStarts(times: [], segments: []) }
    for (row, unit) in codes.enumerated() {
      declare(Int(unit), chunk.times[row], startsBy == nil ? nil : segmentsOfRows[row])
    }
  }

  private mutating func declare(_ unit: Int, _ start: Int64, _ segment: Int32?) {
    var all = declared ?? EventLog.DeclaredStarts(times: [])
    declared = nil
    while all.times.count <= unit {
      all.times.append(.max)
      all.segments?.append(0)
    }
    if start < all.times[unit] {
      all.times[unit] = start
      if let segment { all.segments?[unit] = segment }
    }
    declared = all
  }

  /// One entry for each unit, also for those of the events that declare nothing.
  private var completeStarts: EventLog.DeclaredStarts? {
    declared.map { declared in
      let missing = units.count - declared.times.count
      return EventLog.DeclaredStarts(
        times: declared.times + [Int64](repeating: .max, count: missing),
        segments: declared.segments.map { $0 + [Int32](repeating: 0, count: missing) })
    }
  }

  private static func append(
    _ codes: [Int32], _ local: Interner, to all: inout [Int32], _ global: inout Interner
  ) {
    let map = (0..<local.count).map { code in
      local.bytes(of: code).withUnsafeBufferPointer { Int32(truncatingIfNeeded: global.code(of: $0)) }
    }
    all.reserveCapacity(all.count + codes.count)
    for code in codes { all.append(map[Int(code)]) }
  }

  /// - Throws: `EventLogFault` if no event has the name, which is rather misspelt than never done.
  func requireEvent(_ name: String) throws(EventLogFault) {
    let known = events.strings
    guard !known.contains(name) else { return }
    throw EventLogFault(.unknownEvent(name, nearest: nearestName(to: name, among: known)))
  }

  func eventLog(files: [InputFile], unreadable: Int) -> EventLog {
    EventLog(
      unitCount: units.count, units: unitCodes, times: times, amounts: columns.amount == nil ? nil : amounts,
      roles: roles, segments: columns.segment == nil ? nil : segmentCodes,
      segmentColumn: columns.segment ?? startsBy, segmentNames: segments.strings,
      steps: columns.event == nil ? nil : eventCodes, stepNames: events.strings, declaredStarts: completeStarts,
      unitNames: columns.keepsNames ? units.strings : [], files: files, unreadableRows: unreadable)
  }

  private var roles: [EventRole]? {
    guard columns.startEvent != nil || columns.returnEvent != nil else { return nil }
    let byName = events.strings.map { name -> EventRole in
      var role: EventRole = []
      if columns.startEvent.map({ $0 == name }) ?? true { role.insert(.start) }
      if columns.returnEvent.map({ $0 == name }) ?? true { role.insert(.activity) }
      return role
    }
    return eventCodes.map { byName[Int($0)] }
  }
}
