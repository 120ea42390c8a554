import Engines
import Experiments
import Tables
import Testing

/// Words for a missing value hold in every column that is read.
@Suite struct NullWordTests {
  static func units(
    _ text: String, chunkBytes: Int = 1 << 20, _ words: [String] = ["NA"],
    _ change: (inout MeasurementRequest) -> Void = { _ in }
  ) throws -> Measurements {
    var options = TableOptions(nullWords: words, threads: 1)
    options.chunkBytes = chunkBytes
    var request = MeasurementRequest(files: ["t.csv"], unitColumn: "u", metrics: [try Metric(parsing: "m=mean(x)")])
    change(&request)
    let source = try TableSource(files: [TableFile(name: "t.csv", bytes: Array(text.utf8))], options: options)
    return try CSVEngine(options: options).measure(request, source)
  }

  static func sentence(_ body: () throws -> Measurements) -> String {
    do {
      _ = try body()
      return "no fault"
    } catch { return "\(error)" }
  }

  static let table =
    "u,variant,x,s,t\n"
    + (0..<40).map { "u\($0),\($0 % 2 == 0 ? "a" : "b"),1,," }.map {
      $0 + "2026-01-01\n"
    }.joined()

  @Test(
    "ids, arms, clusters and times must not be empty",
    arguments: [
      ("NA,a,1,,2026-01-01", 1, "u"), ("v,NA,1,,2026-01-01", 3, "variant"), ("v,\"NA\",1,,2026-01-01", 4, "variant"),
      ("v,a,1,,NA", 8, "t"), ("v,a,1,, NA ", 8, "t"), ("v,a,1,,9999-12-31", 8, "t"), ("v,a,1,,9999999999", 8, "t"),
    ])
  func keys(_ row: String, _ column: Int, _ name: String) {
    for bytes in [32, 1 << 20] {
      let found = Self.sentence {
        try Self.units(Self.table + row + "\n", chunkBytes: bytes, ["NA", "9999-12-31", "9999999999"]) {
          $0.timeColumn = "t"
        }
      }
      #expect(found == "t.csv:42:\(column): column '\(name)' is empty here; it needs a value in every row.")
    }
    let cluster = Self.sentence {
      try Self.units(Self.table + "v,a,1,NA,2026-01-01\n") { $0.clusterColumn = "s" }
    }
    #expect(cluster.contains("column 's' is empty here"))
  }

  /// A word that could be read as a value is missing all the same, in whatever block it stands.
  @Test(arguments: [["-99"], ["no"], ["f"], ["TRUE", "1.0"]])
  func wordsThatCouldBeRead(_ words: [String]) throws {
    let text =
      "u,variant,x,b\n"
      + (0..<60).map { row in
        let known = [1, 2].contains(row % 3) || row < 6
        let truth = known ? ["0", "1", "yes"][row % 5 % 3] : words[row % 2 % words.count]
        return "unit-\(100 + row),\(row % 2 == 0 ? "a" : "b"),7,\(truth)\n"
      }.joined()
    let metric = try Metric(parsing: "p=proportion(b)")
    for bytes in [64, 500, 1 << 20] {
      let found = try Self.units(text, chunkBytes: bytes, words) { $0.metrics = [metric] }
      #expect(found.cells.reduce(0) { $0 + $1.metrics[0].moments.count } == 42)
    }
  }

  @Test func inSegmentsTheyAreTheEmptyOne() throws {
    let text =
      "u,variant,x,s\n"
      + (0..<60).map { "u\($0),\($0 % 2 == 0 ? "a" : "b"),\($0).1,\(["NA", "", "de", "n/a"][$0 / 2 % 4])\n" }.joined()
    let all = try [16, 200, 1 << 20].map { bytes in
      try Self.units(text, chunkBytes: bytes, ["NA", "n/a"]) { $0.segmentColumns = ["s"] }
    }
    #expect(all[0].cells.compactMap(\.segment?.value) == ["", "", "de", "de"])
    #expect(all[0].cells.map(\.units) == [30, 30, 23, 23, 7, 7])
    #expect(all[1].cells == all[0].cells && all[2].cells == all[0].cells)
  }

  @Test func inConditionsAndExposures() throws {
    let exposures = "u,variant,t,s\na,x,@100,NA\nb,y,@100,\nc,x,@100,de\nd,y,@100,de\n"
    let events =
      "u,t,e,v\na,@110,buy,NA\nb,@110,NA,4\nc,@110,buy,2\nd,@110,buy,3\nNA,@110,buy,9\na,NA,buy,9\n"
    func measure(_ metric: String, bytes: Int = 1 << 20) throws -> Measurements {
      try ExposureTests.measure(exposures: exposures, events: events, [metric], chunkBytes: bytes, nullWords: ["NA"]) {
        $0.segmentColumns = ["s"]
        $0.allowedBadRows = 0.5
      }
    }
    for bytes in [16, 1 << 20] {
      let measured = try measure("m=mean(*) | where: v > 0", bytes: bytes)
      #expect(measured.cells.map { $0.metrics[0].moments.mean } == [[0.5], [1], [0], [1], [1], [1]])
      #expect(measured.cells.compactMap(\.segment?.value) == ["", "", "de", "de"])
      #expect(measured.unreadableRows == 2)
      // NA compares false, by != too.
      let named = try measure("m=mean(*) | where: e != 'view' && !(v == 3)", bytes: bytes)
      #expect(named.cells.map { $0.metrics[0].moments.mean }.prefix(2) == [[1], [0]])
    }
  }
}
