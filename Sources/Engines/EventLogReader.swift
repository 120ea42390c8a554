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

  public init(
    _ columns: Columns, timeZone: String = "UTC", options: TableOptions = TableOptions(), allowedBadRows: Double = 0
  ) {
    self.columns = columns
    self.timeZone = timeZone
    self.options = options
    self.allowedBadRows = allowedBadRows
  }

  /// - Throws: `TableFault` for the files, `EventLogFault` for the settings.
  public func read(_ paths: [String]) throws -> EventLog {
    let source = try TableSource(paths, options: options)
    let clock = try EventTime.clock(timeZone)
    if columns.startEvent != nil || columns.returnEvent != nil, columns.event == nil {
      throw EventLogFault(.eventColumnMissing)
    }
    let words = options.nullWords.map { Array($0.utf8) }
    let result = try source.scan(names, allowedBadRows: allowedBadRows) { part in
      EventConsumer(columns, base: UInt(bitPattern: part.file.text.baseAddress), clock: clock, nullWords: words)
    }
    var log = LogAssembly(columns)
    for consumer in result.consumers { log.append(consumer) }
    let files = CSVEngine.identities(source)
    return log.eventLog(files: files, unreadable: result.badRows)
  }

  private var names: [String] {
    var seen: Set<String> = []
    return [columns.unit, columns.time, columns.amount, columns.segment, columns.event].compactMap { $0 }
      .filter { seen.insert($0).inserted }
  }
}

/// Settings of an event log that do not fit together.
public struct EventLogFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case unknownTimeZone(String, nearest: String?)
    case eventColumnMissing
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
    case .eventColumnMissing: "a start or return event is named, but no column with events' names (--event)."
    }
  }
}

/// The events of one chunk.
private struct EventConsumer: RowConsumer, Sendable {
  private let columns: EventLogReader.Columns
  private let base: UInt
  private var clock: ZoneClock
  private let nullWords: [[UInt8]]
  private let slots: (unit: Int, time: Int, amount: Int?, segment: Int?, event: Int?)

  private(set) var units = Interner(expected: 1024)
  private(set) var unitCodes: [Int32] = []
  private(set) var times: [Int64] = []
  private(set) var amounts: [Double] = []
  private(set) var segments = Interner()
  private(set) var segmentCodes: [Int32] = []
  private(set) var events = Interner()
  private(set) var eventCodes: [Int32] = []

  init(_ columns: EventLogReader.Columns, base: UInt, clock: ZoneClock, nullWords: [[UInt8]]) {
    self.columns = columns
    self.base = base
    self.clock = clock
    self.nullWords = nullWords
    var names: [String] = []
    func slot(_ name: String) -> Int {
      if let known = names.firstIndex(of: name) { return known }
      names.append(name)
      return names.count - 1
    }
    slots = (
      slot(columns.unit), slot(columns.time), columns.amount.map(slot), columns.segment.map(slot),
      columns.event.map(slot)
    )
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let unit = fields[slots.unit]
    guard unit.count > 0 else { throw fault(.emptyCell(column: columns.unit), unit) }
    let written = fields[slots.time]
    guard let stamp = FieldParsing.timestamp(written.trimmed) else {
      if written.trimmed.isEmpty { throw fault(.emptyCell(column: columns.time), written) }
      throw fault(.notATime(column: columns.time, found: String(written.string.prefix(40))), written)
    }
    if let slot = slots.amount { amounts.append(try amount(fields[slot])) }
    unitCodes.append(Int32(truncatingIfNeeded: units.code(of: unit)))
    times.append(clock.seconds(of: stamp))
    if let slot = slots.segment { segmentCodes.append(Int32(truncatingIfNeeded: segments.code(of: fields[slot]))) }
    if let slot = slots.event { eventCodes.append(Int32(truncatingIfNeeded: events.code(of: fields[slot]))) }
  }

  private func amount(_ field: Field) throws(RowFault) -> Double {
    if field.trimmed.isMissing(nullWords) { return .nan }
    let column = columns.amount ?? ""
    switch field.number {
    case .value(let value): return value
    case .notANumber: throw fault(.notANumber(column: column, found: String(field.string.prefix(40))), field)
    case .tooLarge: throw fault(.numberTooLarge(column: column, found: String(field.string.prefix(40))), field)
    }
  }

  private func fault(_ kind: TableFault.Kind, _ field: Field) -> RowFault {
    RowFault(kind, offset: Int(UInt(bitPattern: field.start) - base))
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

  init(_ columns: EventLogReader.Columns) { self.columns = columns }

  mutating func append(_ chunk: EventConsumer) {
    Self.append(chunk.unitCodes, chunk.units, to: &unitCodes, &units)
    Self.append(chunk.segmentCodes, chunk.segments, to: &segmentCodes, &segments)
    Self.append(chunk.eventCodes, chunk.events, to: &eventCodes, &events)
    times.append(contentsOf: chunk.times)
    amounts.append(contentsOf: chunk.amounts)
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

  func eventLog(files: [InputFile], unreadable: Int) -> EventLog {
    EventLog(
      unitCount: units.count, units: unitCodes, times: times, amounts: columns.amount == nil ? nil : amounts,
      roles: roles, segments: columns.segment == nil ? nil : segmentCodes, segmentColumn: columns.segment,
      segmentNames: segments.strings, steps: columns.event == nil ? nil : eventCodes, stepNames: events.strings,
      files: files, unreadableRows: unreadable)
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
