import Cohorts
import Engines
import Foundation
import Tables
import TestSupport
import Testing

/// What is kept of each unit gives the report that the events one by one give.
@Suite struct ActivityReaderTests {
  private func withFile<R>(_ text: String, _ body: (String) throws -> R) throws -> R {
    let file = URL.temporaryDirectory.appending(path: "activity-\(UUID().uuidString).csv")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
  }

  /// 200 days around two clock changes, out of order, ids of different lengths, some of them quoted.
  private static func text(seed: UInt64, rows: Int, quotes: Bool = false) -> String {
    var generator = SeededGenerator(seed: seed)
    var text = "id,note,at,plan\n"
    for row in 0..<rows {
      let unit = Int(generator.uniform() * 900)
      let id =
        quotes && unit % 50 == 0 ? "\"u \"\"\(unit)\"\"\"" : String(repeating: "u", count: 1 + unit % 20) + "\(unit)"
      let time = 1_700_000_000 + Int64(generator.uniform() * 200 * 86_400)
      let date = Date(timeIntervalSince1970: TimeInterval(time)).formatted(.iso8601)
      let written =
        row % 3 == 0 ? "\(time)" : row % 3 == 1 ? date : date.replacing("T", with: " ").replacing("Z", with: "")
      text += "\(id),x,\(written),p\(row % 3)\n"
    }
    return text
  }

  @Test(
    "an event that nobody did is rather misspelt",
    arguments: [
      ("singup", "buy", "no event is a 'singup'. Did you mean 'signup'?"), ("signup", "zz", "no event is a 'zz'."),
    ])
  func unknownEvents(_ start: String, _ comeback: String, _ sentence: String) throws {
    try withFile("id,at,what\na,2026-01-01,signup\na,2026-01-02,buy\n") { path in
      var columns = EventLogReader.Columns(unit: "id", time: "at")
      (columns.event, columns.startEvent, columns.returnEvent) = ("what", start, comeback)
      let error = #expect(throws: EventLogFault.self) { try EventLogReader(columns).read([path]) }
      #expect(error?.sentence == sentence)
    }
  }

  private func reader(chunkBytes: Int, threads: Int?, segment: Bool) -> EventLogReader {
    var options = TableOptions(threads: threads)
    options.chunkBytes = chunkBytes
    var columns = EventLogReader.Columns(unit: "id", time: "at")
    if segment { columns.segment = "plan" }
    return EventLogReader(columns, options: options)
  }

  @Test(
    arguments: ["UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"],
    [CohortSettings.Retention.on, .onOrAfter, .bracket([0...0, 1...2, 3...9])])
  func equalsTheLog(_ zone: String, _ retention: CohortSettings.Retention) throws {
    try withFile(Self.text(seed: 5, rows: 6_000)) { path in
      for period in CohortPeriod.allCases {
        for segment in [false, true] {
          let settings = CohortSettings(period: period, retention: retention, timeZone: zone)
          let reader = reader(chunkBytes: 4_096, threads: nil, segment: segment)
          let data = try reader.read([path], for: settings)
          guard case .activity = data else {
            Issue.record("the events were kept one by one")
            continue
          }
          let expected = try Cohorts.analyze(log: reader.read([path]), settings: settings)
          #expect(try Cohorts.analyze(data, settings: settings) == expected)
        }
      }
    }
  }

  @Test func doesNotDependOnThreadsOrCuts() throws {
    try withFile(Self.text(seed: 6, rows: 5_000)) { path in
      let settings = CohortSettings(period: .day, asOf: 1_700_000_000 + 150 * 86_400)
      let reports = try [(1, 1 << 20), (2, 700), (4, 9_000)].map { threads, bytes in
        try Cohorts.analyze(
          reader(chunkBytes: bytes, threads: threads, segment: true).read([path], for: settings), settings: settings)
      }
      #expect(reports[0] == reports[1] && reports[0] == reports[2])
      #expect(reports[0].input.eventsAfterAsOf > 0)
    }
  }

  @Test func idsWithQuotesAndFarYearsGoThroughTheLog() throws {
    for text in [Self.text(seed: 7, rows: 500, quotes: true), "id,note,at,plan\na,x,1912-02-29,p\na,x,1912-03-01,p\n"] {
      try withFile(text) { path in
        let data = try reader(chunkBytes: 4_096, threads: nil, segment: false).read([path], for: CohortSettings())
        guard case .log = data else {
          Issue.record("kept by unit")
          return
        }
        #expect(try Cohorts.analyze(data, settings: CohortSettings()).input.units > 0)
      }
    }
  }

  @Test(
    arguments: [
      ("id,at\n,2024-01-01\n", ":2:1: column 'id' is empty here"),
      ("id,at\na,2024-02-30\n", ":2:3: column 'at' expects a date or time"),
      ("id,at\na,\n", ":2:3: column 'at' is empty here"),
      ("id,at\n", "there is a header but no row."), ("id,when\na,2024-01-01\n", "column"),
    ])
  func badRowsAreNamed(_ text: String, _ part: String) throws {
    try withFile(text) { path in
      let error = #expect(throws: TableFault.self) {
        try reader(chunkBytes: 4_096, threads: nil, segment: false).read([path], for: CohortSettings())
      }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains(part), "\(text)")
    }
  }

  @Test func onlyEventsBehindTheEndOfObservation() throws {
    try withFile("id,at\na,2024-01-05\n") { path in
      let settings = CohortSettings(asOf: 1_700_000_000)
      let error = #expect(throws: CohortFault.self) {
        try reader(chunkBytes: 4_096, threads: nil, segment: false).read([path], for: settings)
      }
      #expect(error?.sentence == "every event is later than the end of observation; choose a later one.")
    }
  }

  @Test("words for a missing value are empty cells, and in a segment the empty one", arguments: [false, true])
  func nullWords(_ byUnit: Bool) throws {
    func read(_ rows: String, allowing bad: Double = 0) throws -> CohortReport {
      try withFile("id,at,plan\na,2024-01-05,p\n" + rows) { path in
        var reader = reader(chunkBytes: 4_096, threads: nil, segment: true)
        reader.options.nullWords = ["NA"]
        reader.allowedBadRows = bad
        let settings = CohortSettings()
        return try Cohorts.analyze(
          byUnit ? reader.read([path], for: settings) : .log(reader.read([path])), settings: settings)
      }
    }
    for (row, part) in [
      ("NA,2024-01-06,p\n", ":3:1: column 'id' is empty"), ("b,NA,p\n", ":3:3: column 'at' is empty"),
    ] {
      let error = #expect(throws: TableFault.self) { try read(row) }
      #expect(error.map { "\($0)" }?.contains(part) == true)
    }
    let report = try read("b,2024-01-05,NA\nc,2024-01-05,\nNA,2024-01-05,p\n", allowing: 0.5)
    #expect(report.segments.map { "\($0.value) \($0.units)" } == [" 2", "p 1"])
  }

  @Test func startsFromATableOfTheirOwn() throws {
    try withFile("id,note,at,plan\na,x,2024-01-09,p\nb,x,2024-01-02,p\nc,x,2024-01-03,p\n") { events in
      try withFile("id,signed_up,arm\na,2024-01-01,new\nb,2024-01-02,old\nd,2024-01-02,new\na,2024-01-04,old\n") {
        table in
        var reader = reader(chunkBytes: 4_096, threads: nil, segment: false)
        reader.starts = .init(files: [table], unit: "id", time: "signed_up", segment: "arm")
        let settings = CohortSettings(period: .week, asOf: 1_704_067_200 + 20 * 86_400)
        let report = try Cohorts.analyze(reader.read([events], for: settings), settings: settings)
        // d signed up and never came; c came and never signed up.
        #expect(report.input.units == 3 && report.input.unitsWithoutStart == 1)
        #expect(report.segments.map { "\($0.column) \($0.value) \($0.units)" } == ["arm new 2", "arm old 1"])
        #expect(report.retention.cohorts.map { $0.cells.map(\.retained) } == [[1, 1]])
      }
    }
  }

  @Test func startsFromAColumn() throws {
    try withFile("id,at,joined\na,2024-01-09,2024-01-01\nb,2024-01-02,\nc,2024-01-03,2024-01-03\n") { path in
      var columns = EventLogReader.Columns(unit: "id", time: "at")
      columns.start = "joined"
      let settings = CohortSettings(period: .week, asOf: 1_704_067_200 + 20 * 86_400)
      let report = try Cohorts.analyze(EventLogReader(columns).read([path], for: settings), settings: settings)
      #expect(report.input.units == 2 && report.input.unitsWithoutStart == 1)
      columns.event = "at"
      columns.startEvent = "signup"
      let fault = #expect(throws: EventLogFault.self) { try EventLogReader(columns).read([path]) }
      #expect(fault?.sentence.hasPrefix("a unit's start is given in two ways") == true)
    }
  }
}
