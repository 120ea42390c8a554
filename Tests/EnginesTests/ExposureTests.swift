import Engines
import Experiments
import Foundation
import Tables
import TestSupport
import Testing

@Suite struct ExposureTests {
  static func measure(
    exposures: String, events: String, _ metrics: [String], chunkBytes: Int = 1 << 20, threads: Int? = 1,
    nullWords: [String] = [], memory: Int? = nil, _ change: (inout MeasurementRequest) -> Void = { _ in }
  ) throws -> Measurements {
    let folder = FileManager.default.temporaryDirectory.appending(path: "exposures-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = ["exposures.csv", "events.csv"].map { folder.appending(path: $0).path }
    try Data(dated(exposures).utf8).write(to: URL(filePath: paths[0]))
    try Data(dated(events).utf8).write(to: URL(filePath: paths[1]))
    var options = TableOptions(nullWords: nullWords, threads: threads)
    (options.chunkBytes, options.memoryBytes) = (chunkBytes, memory)
    var request = MeasurementRequest(
      files: [paths[1]], unitColumn: "u", metrics: try metrics.map { text throws in try Metric(parsing: text) })
    request.exposures = ExposureSource(files: [paths[0]], timeColumn: "t", eventColumn: "e")
    change(&request)
    return try CSVEngine(options: options).measure(request)
  }

  /// 2026-01-01T00:00:00Z.
  static let start = 1_767_225_600

  /// `@100` is the Unix time a hundred seconds behind `start`.
  static func dated(_ text: String) -> String {
    text.replacing(/@(\d+)/) { "\(start + (Int($0.1) ?? 0))" }
  }

  /// a: exposed at 100, and again at 50 (the first); b at 100; c in both arms; d at 900.
  static let exposures = "u,variant,t,age\na,x,@100,30\nb,y,@100,40\nc,x,@100,50\nc,y,@200,50\na,x,@50,31\nd,y,@900,\n"
  static let events = """
    u,t,e,v
    a,@49,buy,7
    a,@50,buy,1
    a,@149,buy,2
    a,@150,buy,4
    a,@60,view,
    b,@99,buy,5
    b,@120,buy,-3
    b,@121,buy,-3
    c,@130,buy,100
    d,@950,buy,6
    z,@110,buy,1000
    b,@1000,view,8
    """

  /// A row that cannot be used is left out of a block of thousands, which is then read row by row, and of nothing else: with blocks
  /// before it in the same chunk, and with clusters, segments and words for missing values.
  @Test(arguments: ["soon", "", "NA"], [11_000, 0])
  func oneBadExposureIsLeftOut(_ time: String, row: Int) throws {
    let rows = (0..<14_000).map { number in
      "unit-number-\(number),\(number % 2 == 0 ? "x" : "y"),\(number == row ? time : "@\(100 + number)"),g\(number % 50),s\(number % 3)\n"
    }
    let events = "u,t,e,v\n" + (0..<14_000).map { "unit-number-\($0),@20000,buy,1\n" }.joined()
    let measured = try Self.measure(
      exposures: "u,variant,t,shop,country\n" + rows.joined(), events: events, ["m=mean(v)"], nullWords: ["NA"]
    ) {
      $0.allowedBadRows = 0.01
      $0.clusterColumn = "shop"
      $0.segmentColumns = ["country"]
      $0.exposures?.includesImmature = true
    }
    #expect(measured.unreadableRows == 1)
    let all = measured.cells.filter { $0.segment == nil }
    #expect(all.map(\.units) == (row % 2 == 0 ? [6999, 7000] : [7000, 6999]))
    #expect(measured.arms.map(\.clusters) == [25, 25])
    // Of 25 clusters each, whose mean is divided.
    for cell in all { #expect(abs(cell.metrics[0].moments.mean[0] * 25 - Double(cell.units)) < 1e-9) }
  }

  static func means(_ metric: String, _ change: (inout MeasurementRequest) -> Void = { _ in }) throws -> [[Double]] {
    try measure(exposures: exposures, events: events, [metric], change).cells.map { $0.metrics[0].moments.mean }
  }

  @Test(
    "by hand; windows of 100 s: a 50..<150, b 100..<200, d 900..<1000",
    arguments: [
      // x: a. y: b and d.
      ("m=mean(v) | event: buy | window: 100s", [[3.0], [0]]),
      ("m=mean(*) | event: buy | window: 100s", [[2], [1.5]]),
      ("m=mean(v) | event: buy", [[7], [0]]),
      ("m=mean(v) | event: buy | where: v > 0", [[7], [3]]),
      ("m=proportion(*) | where: e == \"view\" || v > 5", [[1], [1]]),
      ("m=mean(v) | aggregate: max | event: buy", [[4], [1.5]]),
      ("m=mean(v) | aggregate: min | event: buy", [[1], [1.5]]),
      ("m=mean(v) | aggregate: last", [[4], [7]]),
      ("m=mean(e) | aggregate: distinct", [[2], [1.5]]),
      ("m=mean(v) | aggregate: count", [[3], [2]]),
      ("m=proportion(v) | threshold: 6", [[1], [0.5]]),
      ("m=ratio(v, *) | event: buy", [[7, 3], [0, 1.5]]),
      // 50 to 150 s after exposure: a 100..<200, b 150..<250, d 950..<1050 (not over at 1000: d is left out).
      ("m=mean(v) | event: buy | delay: 50s | window: 100s", [[6], [0]]),
      // Covariates: from events before exposure, or a column of the exposures; d's age is missing.
      ("m=mean(v, covariates: v) | event: buy", [[7, 7], [0, 2.5]]),
      ("m=mean(v, covariates: v) | event: buy | lookback: 1s", [[7, 7], [0, 2.5]]),
      ("m=mean(v, covariates: age) | event: buy", [[7, 31], [-6, 40]]),
    ] as [(String, [[Double]])])
  func byHand(_ metric: String, _ means: [[Double]]) throws {
    #expect(try Self.means(metric) == means)
  }

  @Test func exposuresMayNameTheirTimesOtherwise() throws {
    let renamed = Self.exposures.replacing("u,variant,t,", with: "u,variant,seen,")
    let metric = "m=mean(v) | window: 200s"
    let found = try Self.measure(exposures: renamed, events: Self.events, [metric]) {
      $0.exposures?.exposureTimeColumn = "seen"
    }
    #expect(
      found.cells.map(\.metrics)
        == (try Self.measure(exposures: Self.exposures, events: Self.events, [metric])).cells.map(\.metrics))
  }

  @Test func theSummaryCounts() throws {
    let metric = "m=mean(v) | window: 200s"
    let measured = try Self.measure(exposures: Self.exposures, events: Self.events, [metric])
    #expect(
      measured.exposure
        == ExposureSummary(
          unitsInSeveralArms: 1, immatureUnits: 1, events: 12, eventsAsked: 12, eventsOfUnits: 11,
          unitsExposedLater: 0, longestObserved: 950))
    #expect(
      measured.observed == Measurements.Observed(from: Int64(Self.start) + 50, until: Int64(Self.start) + 1000))
    #expect(measured.arms.map(\.units) == [1, 2])
    #expect(measured.cells[1].metrics[0].missing == 1 && measured.cells[1].metrics[0].immature == 1)
    let included = try Self.measure(exposures: Self.exposures, events: Self.events, [metric]) {
      $0.exposures?.includesImmature = true
    }
    #expect(included.cells[1].metrics[0].missing == 0)
  }

  @Test func capsArePercentilesOfAllArms() throws {
    // Sums 7 (a), -6 (b), 6 (d): the median is 6.
    #expect(try Self.means("m=mean(v) | event: buy | cap: p50") == [[6], [0]])
  }

  /// Events that no metric asks for are read and checked, but not looked up.
  @Test func eventsAskedFor() throws {
    let measured = try Self.measure(exposures: Self.exposures, events: Self.events, ["m=mean(v) | event: view"])
    #expect(measured.exposure?.events == 12)
    #expect(measured.exposure?.eventsAsked == 2)
    #expect(measured.exposure?.eventsOfUnits == 2)
  }

  @Test func bothTailsAndGaps() throws {
    // Sums 7 (a), -6 (b), 6 (d): cut to [0, 6.5].
    #expect(try Self.means("m=mean(v) | event: buy | cap: 6.5 | floor: 0") == [[6.5], [3]])
    // d viewed nothing: without a largest value it is left out, or counts as zero.
    #expect(try Self.means("m=mean(v) | event: view | aggregate: max | missing: exclude")[1] == [8])
    #expect(try Self.means("m=mean(v) | event: view | aggregate: max | missing: zero")[1] == [4])
  }

  /// Thousands of random events against a plain definition, for any cut and threads.
  @Test func agreesWithAPlainDefinition() throws {
    var generator = SeededGenerator(seed: 77)
    var exposures = "u,variant,t,c\n"
    var first: [String: (arm: String, time: Int)] = [:]
    var several: Set<String> = []
    for _ in 0..<600 {
      let unit = "unit-\(Int.random(in: 0..<500, using: &generator))"
      let arm = (Int.random(in: 0..<50, using: &generator) == 0) != unit.hasSuffix("1") ? "x" : "y"
      let time = Int.random(in: 1000..<5000, using: &generator)
      exposures += "\(unit),\(arm),@\(time),c\(unit.count)\n"
      if let known = first[unit] {
        if known.arm != arm { several.insert(unit) }
        if time < known.time { first[unit] = (arm, time) }
      } else {
        first[unit] = (arm, time)
      }
    }
    var events = "v,u,e,t\n"
    var sums: [String: Double] = [:]
    for _ in 0..<5_000 {
      let unit = "unit-\(Int.random(in: 0..<550, using: &generator))"
      let time = Int.random(in: 0..<9000, using: &generator)
      let value = Double(Int.random(in: -500..<900, using: &generator)) / 8
      let event = Bool.random(using: &generator) ? "buy" : "\"vi\"\"ew\""
      events += "\(value),\(unit),\(event),@\(time)\n"
      if let known = first[unit], event == "buy", time >= known.time, time < known.time + 1000, value > 3 {
        sums[unit, default: 0] += value
      }
    }
    let kept = first.filter { !several.contains($0.key) }
    #expect(several.count >= 5)
    var results: [Measurements] = []
    for (chunkBytes, threads) in [(64, 1), (1000, nil), (1 << 20, 1), (4096, 2)] as [(Int, Int?)] {
      results.append(
        try Self.measure(
          exposures: exposures, events: events,
          ["m=mean(v) | event: buy | window: 1000s | where: v > 3", "d=mean(e, covariates: v) | aggregate: distinct"],
          chunkBytes: chunkBytes, threads: threads
        ) { $0.segmentColumns = ["c"] })
    }
    for arm in ["x", "y"] {
      let units = kept.filter { $0.value.arm == arm }.keys
      let mean = units.reduce(0) { $0 + (sums[$1] ?? 0) } / Double(units.count)
      let cell = try #require(results[0].cells.first { $0.arm == arm && $0.segment == nil })
      #expect(cell.units == units.count)
      expectClose(cell.metrics[0].moments.mean[0], mean, relative: 1e-12)
    }
    for result in results.dropFirst() {
      #expect(result.cells == results[0].cells)
      #expect(result.exposure == results[0].exposure)
    }
  }

  @Test func faults() {
    func sentence(_ metric: String, exposures: String = Self.exposures, events: String = Self.events) -> String {
      do {
        _ = try Self.measure(exposures: exposures, events: events, [metric])
        return "no fault"
      } catch { return "\(error)" }
    }
    #expect(sentence("m=mean(w)").hasSuffix("events.csv:1:1: no column 'w'. Did you mean 'u'?"))
    #expect(
      sentence("m=mean(v)", events: "u,t,e,v\na,soon,buy,1\n").hasSuffix(
        "events.csv:2:3: column 't' expects a date or time such as 2026-11-23 or 2026-11-23T14:05:00Z, found 'soon'."))
    #expect(
      sentence("m=mean(v)", events: "u,t,e,v\na,46082,buy,1\n").hasSuffix(
        "found '46082'. An integer is a date such as 20261123, or Unix time: from 100000000 (3 March 1973) on in seconds, "
          + "or in milli- or microseconds."))
    #expect(
      sentence("m=mean(v)", events: "u,t,e,v\na,0000046082,buy,1\n").contains("An integer is a date such as 20261123"))
    #expect(
      sentence("m=mean(v)", events: "u,t,e,v\na,2025-02-30,buy,1\n").hasSuffix(
        "found '2025-02-30'. There is no such day."))
    #expect(
      sentence("m=mean(v) | where: e > 1").contains("column 'e' expects a number, found 'buy'."))
    #expect(
      sentence("m=mean(v) | where: e").hasSuffix(
        "events.csv:3:14: the condition 'e' holds where the column is 1 or true and not where it is 0 or false; found "
          + "'buy'. Compare it with something: e == \"buy\""))
    #expect(
      sentence("m=mean(*) | aggregate: max")
        == "metric 'm': 'max' needs a column of the events; '*' can only be counted.")
    #expect(
      sentence("m=proportion(v) | aggregate: max")
        == "metric 'm': a proportion of 'max' needs a threshold, for example | threshold: 50")
    #expect(
      sentence("m=mean(v)", exposures: "u,variant,t\na,x,@1\na,y,@2\n")
        == "every exposed unit was in several arms: nothing is left to compare.")
  }

  @Test("events that nobody did, and events of others alone, are rather a slip")
  func eventsThatAreNotThere() {
    func sentence(_ metrics: [String], _ events: String = Self.events, chunkBytes: Int = 1 << 20) -> String {
      do {
        _ = try Self.measure(exposures: Self.exposures, events: events, metrics, chunkBytes: chunkBytes)
        return "no fault"
      } catch { return "\(error)" }
    }
    for bytes in [16, 1 << 20] {
      #expect(
        sentence(["n=mean(v) | event: buy", "m=mean(v) | event: veiw"], chunkBytes: bytes)
          == "metric 'm': no event 'veiw'. Did you mean 'view'?")
      #expect(
        sentence(["m=mean(v) | event: purchase, view"], chunkBytes: bytes)
          == "metric 'm': no event 'purchase, view'. The events are 'buy', 'view'.")
      let all = ["n=mean(v) | event: buy", "m=mean(v) | event: view", "o=mean(*)"]
      #expect(sentence(all, chunkBytes: bytes) == "no fault")
    }
    #expect(
      sentence(["m=mean(v)"], Self.events.replacing(/\n(.),/) { "\nx\($0.1)," })
        == "none of 12 events that metrics ask for is of an exposed unit. Are ids in 'u' written alike in exposures and "
        + "events? (--unit names the column.)")
  }

  /// Half a second matters: before exposure or after it, last or not, inside the window or not.
  @Test(
    "fractions of a second count, however they are written",
    arguments: [
      ("2026-01-01T10:00:00.900Z", "2026-01-01T10:00:00.200Z", "2026-01-01T10:00:01.300Z", "2026-01-01T10:00:01.200Z"),
      ("1767261600900", "1767261600200", "1767261601300", "1767261601200"),
      ("1767261600900000", "1767261600200000", "1767261601300000", "1767261601200000"),
    ])
  func fractionsOfSeconds(_ exposed: String, _ before: String, _ late: String, _ early: String) throws {
    let exposures = "u,variant,t\na,x,\(exposed)\nb,y,\(exposed)\nb,y,\(early)\n"
    let events = "u,t,v\n" + ["a", "b"].map { "\($0),\(before),64\n\($0),\(late),4\n\($0),\(early),2\n" }.joined()
    for (metric, mean) in [
      ("mean(v)", [6.0]), ("mean(v, covariates: v)", [6, 64]), ("mean(v) | aggregate: last", [4]),
      ("mean(v) | window: 0.35s", [2]), ("mean(v) | delay: 0.3s | window: 0.1s", [2]),
    ] {
      let cells = try Self.measure(exposures: exposures, events: events, ["m=" + metric]).cells
      #expect(cells.map { $0.metrics[0].moments.mean } == [mean, mean], "\(metric)")
    }
  }

  @Test("missing: refuse refuses units without a value, and events without one")
  func missingIsRefused() {
    func sentence(_ metric: String) -> String {
      do {
        _ = try Self.measure(exposures: Self.exposures, events: Self.events, [metric])
        return "no fault"
      } catch { return "\(error)" }
    }
    #expect(
      sentence("m=mean(v) | event: view | aggregate: max | where: v > 0 | missing: refuse")
        == "metric 'm': no event counts for 2 units, and missing: refuse allows no unit without a value. Choose missing: "
        + "zero or exclude.")
    #expect(
      sentence("m=mean(v) | event: view | missing: refuse").hasSuffix(
        "events.csv:6:19: column 'v' is empty here; it needs a value in every row."))
    #expect(sentence("m=mean(v) | event: buy | missing: refuse") == "no fault")
    #expect(sentence("m=mean(v, covariates: v) | event: buy | aggregate: max | missing: refuse") == "no fault")
  }
}
