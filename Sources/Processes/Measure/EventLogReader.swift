import Basics
import Foundation
import Hashing
import Tables

/// Reads event logs (CSV, also several files and .gz) in one pass on all cores.
package struct EventLogReader {
  private let plan: MeasurePlan
  private let options: TableOptions

  package init(_ plan: MeasurePlan, options: TableOptions = TableOptions()) {
    self.plan = plan
    self.options = options
  }

  /// - Throws: `TableFault` if a file or a row cannot be read, `ProcessFault` for an unknown time zone.
  package func read(_ paths: [String]) throws -> EventLog { try read(TableSource(paths, options: options)) }

  package func read(_ source: TableSource) throws -> EventLog {
    guard let clock = EventTimeReader(timeZone: plan.timeZone) else {
      throw ProcessFault.badSetting(
        name: "time zone", expected: "an IANA name such as Europe/Berlin", found: plan.timeZone)
    }
    let layout = try layout(of: source)
    let scan = try source.scan(layout.names, allowedBadRows: plan.allowedBadRows) { chunk in
      EventRows(layout, clock, base: chunk.origin)
    }
    var log = gather(scan.consumers, layout)
    log.quality.rows = scan.rows
    log.quality.badRows = scan.badRows
    log.files = source.files.map { file in
      InputFile(
        name: file.name, bytes: file.original.count, fingerprint: CRC64.fingerprint(of: file.original))
    }
    log.settle(threads: threads)
    try cohorts(&log)
    return log
  }

  private var threads: Int { plan.threads ?? options.threads ?? ProcessInfo.processInfo.activeProcessorCount }

  private func layout(of source: TableSource) throws(TableFault) -> EventRows.Layout {
    let columns = plan.columns
    var layout = EventRows.Layout(
      names: [columns.caseID, columns.event, columns.time], timeColumn: columns.time, caseColumn: columns.caseID,
      eventColumn: columns.event)
    /// A column asked for must be there; one of the usual name is used if it is.
    func place(_ asked: String?, usual: String) throws(TableFault) -> Int? {
      let name = asked ?? usual
      if asked != nil { try source.requireColumn(name) }
      guard source.columns.contains(name) else { return nil }
      if let known = layout.names.firstIndex(of: name) { return known }
      layout.names.append(name)
      return layout.names.count - 1
    }
    layout.unit = try place(columns.unit, usual: "unit_id")
    layout.variant = try place(columns.variant, usual: "variant")
    layout.lifecycle = try place(columns.lifecycle, usual: "lifecycle")
    switch plan.match {
    case .event: break
    case .node: layout.node = try place(columns.node ?? "node", usual: "node")
    case .auto: layout.node = try place(columns.node, usual: "node")
    }
    if case .column(let name) = plan.cohort { layout.cohort = try place(name, usual: name) }
    return layout
  }

  // MARK: - Chunks to one log

  private func gather(_ chunks: [EventRows], _ layout: EventRows.Layout) -> EventLog {
    var log = EventLog()
    var merged = Names()
    var unit: [Int32] = []
    var codes: [(cases: [Int32], names: [Int32])] = []
    for chunk in chunks {
      let units = Names.merge(chunk.units, into: &log.unitNames)
      let variants = Names.merge(chunk.variants, into: &merged.variants)
      let cohorts = Names.merge(chunk.cohorts, into: &merged.cohorts)
      let cases = Names.merge(chunk.cases, into: &log.caseNames)
      for (local, number) in cases.enumerated() {
        if Int(number) == log.variant.count {
          unit.append(-1)
          log.variant.append(-1)
          log.cohort.append(-1)
        }
        let number = Int(number)
        if unit[number] < 0, chunk.unitOf[local] >= 0 { unit[number] = units[Int(chunk.unitOf[local])] }
        if chunk.variantOf[local] >= 0 {
          let own = variants[Int(chunk.variantOf[local])]
          if log.variant[number] < 0 {
            log.variant[number] = own
          } else if log.variant[number] != own {
            log.quality.mixedVariants += 1
          }
        }
        if log.cohort[number] < 0, chunk.cohortOf[local] >= 0 {
          log.cohort[number] = cohorts[Int(chunk.cohortOf[local])]
        }
      }
      codes.append((cases, merged.codes(of: chunk)))
      log.quality.otherLifecycle += chunk.otherLifecycle
      log.quality.mixedVariants += chunk.mixedVariants
    }
    log.names = merged.names
    (log.variants, log.cohorts) = (merged.variants.strings, merged.cohorts.strings)
    if layout.unit != nil { number(units: unit, of: &log) }
    scatter(chunks, codes, into: &log, hasSteps: layout.lifecycle != nil)
    return log
  }

  /// A case without a unit is a unit of its own.
  private func number(units: [Int32], of log: inout EventLog) {
    var next = log.unitNames.count
    log.unit = units.map { unit in
      guard unit < 0 else { return unit }
      next += 1
      return Int32(next - 1)
    }
    log.units = next
  }

  /// A counting sort by case; the rows of a case keep the file's order.
  private func scatter(
    _ chunks: [EventRows], _ codes: [(cases: [Int32], names: [Int32])], into log: inout EventLog, hasSteps: Bool
  ) {
    let rows = chunks.reduce(0) { $0 + $1.times.count }
    var free = [Int](repeating: 0, count: log.variant.count + 1)
    for (chunk, code) in zip(chunks, codes) {
      for local in chunk.caseOf { free[Int(code.cases[Int(local)]) &+ 1] &+= 1 }
    }
    for number in 0..<log.variant.count { free[number + 1] += free[number] }
    log.starts = free
    log.events = [Int32](repeating: 0, count: rows)
    log.times = [Int64](repeating: 0, count: rows)
    if hasSteps { log.steps = [EventLog.Step](repeating: .complete, count: rows) }
    for (chunk, code) in zip(chunks, codes) {
      for row in chunk.times.indices {
        let number = Int(code.cases[Int(chunk.caseOf[row])])
        let place = free[number]
        free[number] = place &+ 1
        log.events[place] = code.names[Int(chunk.nameOf[row])]
        log.times[place] = chunk.times[row]
        if hasSteps { log.steps[place] = chunk.steps[row] }
      }
    }
  }

  /// Names over all chunks, in the order of first appearance.
  private struct Names {
    var events = Interner()
    var nodes = Interner()
    var variants = Interner()
    var cohorts = Interner()
    var names: [EventLog.Name] = []
    private var eventCodes: [Int32] = []
    private var nodeCodes: [Int32] = []

    static func merge(_ local: Interner, into all: inout Interner) -> [Int32] {
      (0..<local.count).map { code in
        local.bytes(of: code).withUnsafeBufferPointer { Int32(truncatingIfNeeded: all.code(of: $0)) }
      }
    }

    /// By a chunk's number of a name: the number in `names`. Even numbers are events, odd ones nodes.
    mutating func codes(of chunk: EventRows) -> [Int32] {
      var codes = [Int32](repeating: 0, count: 2 * max(chunk.events.count, chunk.nodes.count))
      for (local, code) in Self.merge(chunk.events, into: &events).enumerated() {
        if Int(code) == eventCodes.count {
          eventCodes.append(Int32(names.count))
          names.append(.init(text: events.string(of: Int(code)), isNode: false))
        }
        codes[2 * local] = eventCodes[Int(code)]
      }
      for (local, code) in Self.merge(chunk.nodes, into: &nodes).enumerated() {
        if Int(code) == nodeCodes.count {
          nodeCodes.append(Int32(names.count))
          names.append(.init(text: nodes.string(of: Int(code)), isNode: true))
        }
        codes[2 * local + 1] = nodeCodes[Int(code)]
      }
      return codes
    }
  }

  // MARK: - Cohorts

  /// The period in which each case began, named by its first day.
  private func cohorts(_ log: inout EventLog) throws {
    guard case .start(let period) = plan.cohort, let zone = TimeZone(identifier: plan.timeZone) else { return }
    var days: [Int64: Int32] = [:]
    var firsts: [Int64] = []
    for number in 0..<log.cases {
      let time = log.times[log.starts[number]]
      let seconds = (time - (time < 0 ? 999 : 0)) / 1000
      let local = seconds + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
      let day = CohortDay.first(of: period, containing: (local - (local < 0 ? 86_399 : 0)) / 86_400)
      if days[day] == nil {
        days[day] = Int32(firsts.count)
        firsts.append(day)
      }
      log.cohort[number] = days[day] ?? -1
    }
    // In the order of time.
    let order = firsts.indices.sorted { firsts[$0] < firsts[$1] }
    var place = [Int32](repeating: 0, count: firsts.count)
    for (new, old) in order.enumerated() { place[old] = Int32(new) }
    for number in 0..<log.cases { log.cohort[number] = place[Int(log.cohort[number])] }
    log.cohorts = order.map { CalendarDay.text(firsts[$0]) }
  }
}

/// First days of periods; weeks begin on Monday.
enum CohortDay {
  static func first(of period: MeasurePlan.Period, containing day: Int64) -> Int64 {
    let (year, month, _) = CalendarDay.civil(day)
    switch period {
    case .day: return day
    // 1970-01-01 was a Thursday.
    case .week: return day - ((day + 3) % 7 + 7) % 7
    case .month: return CalendarDay.day(year, month, 1)
    case .quarter: return CalendarDay.day(year, (month - 1) / 3 * 3 + 1, 1)
    }
  }
}
