import Engines
import Experiments
import Foundation
import Hashing
import Statistics
import Tables
import TestSupport
import Testing

@Suite struct CSVEngineTests {
  static func measure(
    _ text: String, _ metrics: [String], chunkBytes: Int = 1 << 20, threads: Int? = nil,
    _ change: (inout MeasurementRequest) -> Void = { _ in }
  ) throws -> Measurements {
    var options = TableOptions(threads: threads)
    options.chunkBytes = chunkBytes
    let file = TableFile(name: "t.csv", bytes: Array(text.utf8))
    let source = try TableSource(files: [file], options: options)
    var request = MeasurementRequest(
      files: ["t.csv"], metrics: try metrics.map { text throws in try Metric(parsing: text) })
    request.unitColumn = source.columns.contains("user_id") ? "user_id" : nil
    change(&request)
    return try CSVEngine(options: options).measure(request, source)
  }

  static func moments(_ measured: Measurements, _ arm: String, _ metric: Int = 0, segment: Segment? = nil) throws
    -> Moments
  {
    try #require(measured.cells.first { $0.arm == arm && $0.segment == segment }).metrics[metric].moments
  }

  static func expectSame(_ a: Moments, _ b: Moments, relative: Double = 1e-12) {
    #expect(a.count == b.count)
    for (x, y) in zip(a.mean, b.mean) { expectClose(x, y, relative: relative, absolute: 1e-12) }
    for (x, y) in zip(a.crossProducts, b.crossProducts) { expectClose(x, y, relative: relative, absolute: 1e-9) }
  }

  /// 5,000 made-up units with gaps.
  static let table: (text: String, rows: [(arm: String, y: Double?, x: Double?, n: Double)]) = {
    var generator = SeededGenerator(seed: 5)
    var text = "user_id,variant,y,x,n,country\n"
    var rows: [(arm: String, y: Double?, x: Double?, n: Double)] = []
    for unit in 0..<5_000 {
      let arm = Bool.random(using: &generator) ? "control" : "treatment"
      let y = unit % 97 == 0 ? nil : (generator.uniform() * 1000).rounded() / 10
      let x = unit % 89 == 0 ? nil : (generator.uniform() * 1000).rounded() / 8
      let n = Double(Int.random(in: 1...9, using: &generator))
      rows.append((arm, y, x, n))
      text += "u\(unit),\(arm),\(y.map { "\($0)" } ?? ""),\(x.map { "\($0)" } ?? ""),\(n),c\(unit % 30)\n"
    }
    return (text, rows)
  }()

  @Test("equal to the two-pass definition, whatever the chunks and threads", arguments: [64, 1000, 1 << 20], [1, 2])
  func agreesWithTheDefinition(_ chunkBytes: Int, _ threads: Int) throws {
    let metrics = ["m=mean(y, covariates: x)", "r=ratio(y, n)", "s=mean(n)"]
    let measured = try Self.measure(Self.table.text, metrics, chunkBytes: chunkBytes, threads: threads)
    for arm in ["control", "treatment"] {
      let rows = Self.table.rows.filter { $0.arm == arm }
      let both = rows.compactMap { row in row.y.flatMap { y in row.x.map { (y, $0) } } }
      Self.expectSame(
        try Self.moments(measured, arm, 0), MomentsKernel.reference([both.map(\.0), both.map(\.1)]))
      let ratio = rows.compactMap { row in row.y.map { ($0, row.n) } }
      Self.expectSame(
        try Self.moments(measured, arm, 1), MomentsKernel.reference([ratio.map(\.0), ratio.map(\.1)]))
      Self.expectSame(try Self.moments(measured, arm, 2), MomentsKernel.reference([rows.map(\.n)]))
      let cell = try #require(measured.cells.first { $0.arm == arm })
      #expect(cell.metrics[0].missing == rows.count { $0.y == nil || $0.x == nil })
      #expect(cell.units == rows.count)
    }
  }

  @Test("the same bits for any threads and cut", arguments: [64, 777, 4096, 1 << 20], [1, 2])
  func resultsDoNotDependOnCuts(_ chunkBytes: Int, _ threads: Int) throws {
    let metrics = ["m=mean(y, covariates: x)", "r=ratio(y, n)", "q=quantile(n, 0.5)"]
    let whole = try Self.measure(Self.table.text, metrics, threads: 1) { $0.segmentColumns = ["country"] }
    let cut = try Self.measure(Self.table.text, metrics, chunkBytes: chunkBytes, threads: threads) {
      $0.segmentColumns = ["country"]
    }
    #expect(cut == whole)
  }

  @Test func theSameRowsInMoreFilesGiveTheSameBits() throws {
    let lines = Self.table.text.split(separator: "\n")
    var request = MeasurementRequest(
      files: [], unitColumn: "user_id", metrics: [try Metric(parsing: "m=mean(y, covariates: x)")])
    request.segmentColumns = ["country"]
    func cells(_ cuts: [Int], _ options: TableOptions = TableOptions()) throws -> [Measurements.Cell] {
      let files = zip(cuts, cuts.dropFirst()).map { low, high in
        TableFile(name: "\(low).csv", bytes: Array((lines[0] + "\n" + lines[low..<high].joined(separator: "\n")).utf8))
      }
      return try CSVEngine(options: options).measure(request, try TableSource(files: files, options: options)).cells
    }
    let whole = try cells([1, lines.count])
    #expect(try cells([1, 2, 1_700, 1_701, lines.count]) == whole)
    // Many batches a file.
    for threads in [1, 2, 3] {
      var options = TableOptions(threads: threads)
      options.chunkBytes = 64
      #expect(try cells([1, 2, 1_700, 1_701, lines.count], options) == whole)
    }
  }

  /// Fields that are no plain decimals send a block another way, and give the same numbers.
  @Test func unusualFieldsGiveTheSameNumbers() throws {
    let plain = "variant,y,p\na,1.5,1\nb,-2,0\na,,1\nb,12345678901234567890,0\nb,0.25,1\n"
    let unusual =
      "variant,y,p\r\n\"a\",\"1.5\",true\r\nb, -2e0 ,no\r\na,NA,\"1\"\r\nb,12345678901234567890,0\r\nb,+.25,1.0\r\n"
    let metrics = ["m=mean(y)", "c=proportion(p)"]
    let options = TableOptions(nullWords: ["NA"])
    let read = try [plain, unusual].map { text throws in
      let source = try TableSource(files: [TableFile(name: "t.csv", bytes: Array(text.utf8))], options: options)
      let request = MeasurementRequest(files: [], metrics: try metrics.map { text throws in try Metric(parsing: text) })
      return try CSVEngine(options: options).measure(request, source).cells
    }
    #expect(read[0] == read[1])
  }

  /// Clusters c0 … c3; c3 has a row in each arm.
  @Test func clustersAreCounted() throws {
    let text = "variant,shop,y\na,c0,1\na,c1,2\na,c1,3\nb,c2,4\nb,c3,5\na,c3,6\n"
    let measured = try Self.measure(text, ["m=mean(y)"]) { $0.clusterColumn = "shop" }
    #expect(measured.arms.map(\.clusters) == [3, 2])
    #expect(measured.clustersInSeveralArms == 1)
    let plain = try Self.measure(text, ["m=mean(y)"])
    #expect(plain.arms.map(\.clusters) == [nil, nil] && plain.clustersInSeveralArms == nil)
  }

  /// "é" as one character and as two: two arms, and two segments, as for any other program that compares bytes.
  @Test func columnsAreComparedByTheirBytes() throws {
    let text = "variant,\u{E9},e\u{301}\na,1,10\na,3,30\nb,5,50\n"
    let measured = try Self.measure(text, ["m=mean(\u{E9})", "n=mean(e\u{301})"])
    #expect(measured.cells[0].metrics.map { $0.moments.mean[0] } == [2, 20])
  }

  @Test func namesAreComparedByTheirBytes() throws {
    let text = "variant,place,y\n\u{E9},x\u{E9},1\ne\u{301},xe\u{301},2\n\u{E9},x\u{E9},3\n"
    let measured = try Self.measure(text, ["m=mean(y)"]) { $0.segmentColumns = ["place"] }
    #expect(measured.arms.map(\.units) == [1, 2])
    #expect(measured.cells.count == 4)
  }

  /// A value that is called as the rest is, among more than twenty.
  @Test func aSegmentNamedOtherStaysApart() throws {
    var text = "variant,city,y\n"
    for row in 0..<300 { text += "\(row % 2 == 0 ? "a" : "b"),\(row % 3 == 0 ? "(other)" : "c\(row % 40)"),\(row)\n" }
    let measured = try Self.measure(text, ["m=mean(y)"]) {
      $0.segmentColumns = ["city"]
      $0.keepsRareSegments = true
    }
    let real = measured.cells.filter { $0.segment == Segment(column: "city", value: "(other)") }
    #expect(real.reduce(0) { $0 + $1.units } == 100)
    let rest = measured.cells.filter { $0.segment?.rest != nil }
    #expect(rest.allSatisfy { $0.segment?.rest == 21 })
    let rare = try #require(measured.rareCells)
    #expect(Set(rare.compactMap(\.segment)).count == 21)
    #expect(rare.reduce(0) { $0 + $1.units } == rest.reduce(0) { $0 + $1.units })
  }

  @Test func segmentsBeyondTwentyAreOther() throws {
    let measured = try Self.measure(Self.table.text, ["s=mean(n)"]) { $0.segmentColumns = ["country"] }
    let segments = measured.cells.compactMap(\.segment).filter { $0.column == "country" }
    #expect(Set(segments).count == 21 && segments.last?.rest ?? 0 > 0 && segments.last?.value == "(other)")
    for arm in ["control", "treatment"] {
      let parts = measured.cells.filter { $0.arm == arm && $0.segment != nil }
      let whole = try #require(measured.cells.first { $0.arm == arm && $0.segment == nil })
      #expect(parts.reduce(0) { $0 + $1.units } == whole.units)
      var merged = Moments(columns: 1)
      for part in parts { merged.merge(part.metrics[0].moments) }
      Self.expectSame(merged, whole.metrics[0].moments, relative: 1e-10)
    }
  }

  @Test func capsComeFromAllArmsPooled() throws {
    // 0...9 in each arm: the 90th percentile (type 7) of the 20 pooled values lies at place 17.1, between 8 and 9: 8.1.
    var text = "variant,y\n"
    for arm in ["control", "treatment"] { for y in 0..<10 { text += "\(arm),\(y)\n" } }
    let percentile = try Self.measure(text, ["m=mean(y) | cap: p90"])
    expectClose(try #require(percentile.cells.first).metrics[0].cuts.first?.high ?? .nan, 8.1)
    expectClose(try Self.moments(percentile, "control").mean[0], (36 + 8.1) / 10, relative: 1e-14)
    let absolute = try Self.measure(text, ["m=mean(y) | cap: 5"])
    expectClose(try Self.moments(absolute, "treatment").mean[0], 3.5, relative: 1e-14)
  }

  /// Both columns of a ratio are cut at their own percentile over the same units, all arms pooled, before products are taken;
  /// values are pulled in, not dropped.
  @Test func bothColumnsOfARatioAreCut() throws {
    // y 0...9 and n 1...10 in each arm: 90th percentiles of 20 pooled values 8.1 and 9.1.
    var text = "variant,y,n\n"
    for arm in ["control", "treatment"] { for y in 0..<10 { text += "\(arm),\(y),\(10 - y)\n" } }
    let measured = try Self.measure(text, ["r=ratio(y, n) | cap: p90"])
    let y = (0..<10).map { min(Double($0), 8.1) }
    let n = (0..<10).map { min(Double(10 - $0), 9.1) }
    for arm in ["control", "treatment"] {
      Self.expectSame(try Self.moments(measured, arm), MomentsKernel.reference([y, n]))
    }
  }

  /// Of values that are mostly 0 the 90th percentile is 0: a cap there would make them all 0.
  @Test(arguments: ["cap: p90", "floor: p10"]) func aCutThatLeavesOneValueIsAFault(cut: String) throws {
    let rest = cut.hasPrefix("cap") ? 7.0 : -7
    var text = "variant,y\n"
    for arm in ["control", "treatment"] { for y in 0..<20 { text += "\(arm),\(y == 0 ? rest : 0)\n" } }
    let fault = #expect(throws: EngineFault.self) { try Self.measure(text, ["m=mean(y) | \(cut)"]) }
    #expect(
      fault?.sentence
        == "metric 'm' is cut at percentile \(cut.hasPrefix("cap") ? 90.0 : 10.0), which is 0.0, the value that nearly "
        + "all units have: nothing else would be left. Cut further out, or at a number such as cap: 500.")
  }

  @Test func clustersBecomeTotals() throws {
    // Clusters a (2 rows), b (1) in control; c (3) in treatment: totals of y and rows.
    let text = "variant,y,k\ncontrol,1,a\ncontrol,2,b\ncontrol,3,a\ntreatment,4,c\ntreatment,5,c\ntreatment,6,c\n"
    let measured = try Self.measure(text, ["m=mean(y)"]) { $0.clusterColumn = "k" }
    Self.expectSame(try Self.moments(measured, "control"), MomentsKernel.reference([[4, 2], [2, 1]]))
    Self.expectSame(try Self.moments(measured, "treatment"), MomentsKernel.reference([[15], [3]]))
  }

  @Test func quantilesKeepSortedValues() throws {
    let text = "variant,y\na,3\na,1\na,\na,2\nb,5\nb,4\n"
    let measured = try Self.measure(text, ["q=quantile(y, 0.5)"])
    #expect(measured.cells.map { $0.metrics[0].sortedValues } == [[1, 2, 3], [4, 5]])
  }

  @Test(
    "faults",
    arguments: [
      (
        "user_id,variant,y\nu1,a,1\nu2,b,2\nu1,b,3\n",
        "t.csv:4:1: this user_id is in the arm 'b' here and in 'a' at t.csv:2. A unit belongs to one arm; find out why, and leave such units out."
      ),
      (
        "user_id,variant,y\nu1,a,1\nu1,a,2\nu2,b,3\n",
        "t.csv:3:1: this user_id stands at t.csv:2 already. One row a unit is expected: add up a unit's rows first, or pass --cluster user_id to analyse rows with the unit as their cluster."
      ),
      ("variant,y\na,1\n,2\n", "t.csv:3:1: column 'variant' is empty here; it needs a value in every row."),
      (
        "variant,y\na,\"12,5\"\nb,1\n",
        "t.csv:2:4: column 'y' expects a number, found '12,5'. Numbers are written with a decimal point and without thousands separators."
      ),
      (
        "variant,y\na,NA\nb,1\n",
        "t.csv:2:3: column 'y' expects a number, found 'NA'. If it stands for a missing value, pass --null 'NA'."
      ),
      (
        "variant,y\na,1e999\nb,1\n",
        "t.csv:2:3: column 'y': '1e999' is too large for a double. Correct it, or allow a share of such rows with "
          + "--allow-bad-rows."
      ),
    ])
  func faults(_ text: String, _ sentence: String) {
    do {
      _ = try Self.measure(text, ["m=mean(y)"])
      Issue.record("no fault")
    } catch { #expect("\(error)" == sentence) }
  }

  @Test func aProportionOfOtherNumbersIsAFault() {
    do {
      _ = try Self.measure("variant,y\na,1\nb,7\n", ["p=proportion(y)"])
      Issue.record("no fault")
    } catch {
      #expect(
        "\(error)"
          == "t.csv:3:3: column 'y' expects 0 or 1, true or false, found '7'. Is it a mean rather than a proportion?")
    }
  }

  @Test func filesAreIdentifiedByTheirBytes() throws {
    let path = Repository.datasets.appending(path: "actg175/actg175.csv").path
    let measured = try CSVEngine().measure(
      MeasurementRequest(files: [path], unitColumn: "patient_id", metrics: [try Metric(parsing: "m=mean(cd420)")]))
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    #expect(measured.files.first?.bytes == bytes.count)
    #expect(measured.files.first?.fingerprint == bytes.withUnsafeBytes { CRC64.fingerprint(of: $0) })
    // Counts of arms as Datasets/actg175/SOURCE.md's package gives them.
    #expect(measured.arms.map(\.units) == [532, 561, 522, 524])
    // Mean of the control arm by Python's statistics.mean.
    expectClose(try Self.moments(measured, "control").mean[0], 336.13909774436086, relative: 1e-14)
  }
}

@Suite struct EventLogReaderTests {
  static func read(_ text: String, _ change: (inout EventLogReader.Columns) -> Void = { _ in }, zone: String = "UTC")
    throws
    -> (units: [Int32], times: [Int64], amounts: [Double]?, roles: [UInt8]?)
  {
    let path = FileManager.default.temporaryDirectory.appending(path: "events-\(UUID().uuidString).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(filePath: path))
    var columns = EventLogReader.Columns(unit: "u", time: "t")
    change(&columns)
    let log = try EventLogReader(columns, timeZone: zone).read([path])
    try log.validate()
    return (log.units, log.times, log.amounts, log.roles?.map(\.rawValue))
  }

  @Test func internsUnitsAndReadsTimes() throws {
    let log = try Self.read("u,t\nx,1970-01-02\ny,1970-01-01T00:00:05Z\nx,100000007\n")
    #expect(log.units == [0, 1, 0])
    #expect(log.times == [86_400, 5, 100_000_007])
    #expect(log.amounts == nil && log.roles == nil)
  }

  @Test func naiveTimesFollowTheZone() throws {
    #expect(try Self.read("u,t\nx,1970-01-01 01:00\n", zone: "Europe/Berlin").times == [0])
  }

  @Test func rolesComeFromEventNames() throws {
    let log = try Self.read("u,t,e,a\nx,20260101,signup,\nx,20260102,buy,9.5\nx,20260103,view,\n") { columns in
      columns.event = "e"
      columns.startEvent = "signup"
      columns.returnEvent = "buy"
      columns.amount = "a"
    }
    #expect(log.roles == [1, 2, 0])
    #expect(log.amounts?[1] == 9.5 && log.amounts?[0].isNaN == true)
  }

  @Test func faults() {
    do {
      _ = try Self.read("u,t\nx,soon\n")
      Issue.record("no fault")
    } catch {
      #expect(
        "\(error)".hasSuffix(
          ":2:3: column 't' expects a date or time such as 2026-11-23 or 2026-11-23T14:05:00Z, found 'soon'."))
    }
    #expect(throws: EventLogFault.self) { try Self.read("u,t\nx,1\n", zone: "Europe/Berlim") }
  }

  /// A field of blanks is a missing value like an empty one, whichever way numbers are read.
  @Test(arguments: [" ", "\t", "\" \"", ""])
  func blanksAreMissing(_ blank: String) throws {
    let rows = (0..<200).map { "u\($0),\($0 % 2 == 0 ? "a" : "b"),\($0 == 77 ? blank : "\($0 % 7).5")\n" }
    for kernel in ScanKernel.allCases {
      var options = TableOptions()
      options.kernel = kernel
      let file = TableFile(name: "t.csv", bytes: Array(("u,variant,y\n" + rows.joined()).utf8))
      let request = MeasurementRequest(files: ["t.csv"], unitColumn: "u", metrics: [try Metric(parsing: "m=mean(y)")])
      let measured = try CSVEngine(options: options).measure(request, TableSource(files: [file], options: options))
      let data = measured.cells.map { $0.metrics[0] }
      #expect(data.map(\.missing) == [0, 1] && data.map(\.moments.count) == [100, 99])
      #expect(data.allSatisfy { $0.moments.mean[0].isFinite })
    }
  }

  /// When a row was seen counts only if the row does.
  @Test func timesOfRefusedRowsDoNotCount() throws {
    let rows = (0..<300).map { row in
      "u\(row),\(row % 2 == 0 ? "a" : "b"),\(row == 150 ? "oops" : "1"),\(row == 150 ? 631_152_000 : 1_767_225_600 + row)\n"
    }
    for kernel in ScanKernel.allCases {
      var options = TableOptions()
      options.kernel = kernel
      let file = TableFile(name: "t.csv", bytes: Array(("u,variant,y,t\n" + rows.joined()).utf8))
      var request = MeasurementRequest(files: ["t.csv"], unitColumn: "u", metrics: [try Metric(parsing: "m=mean(y)")])
      (request.timeColumn, request.allowedBadRows) = ("t", 0.1)
      let measured = try CSVEngine(options: options).measure(request, TableSource(files: [file], options: options))
      #expect(measured.observed?.from == 1_767_225_600 && measured.unreadableRows == 1)
    }
  }
}
