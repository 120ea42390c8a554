import Basics
import Engines
import Experiments
import Foundation
import Statistics
import Tables
import TestSupport
import Testing

@Suite struct HistoryReaderTests {
  private func read(
    _ text: String, _ metric: String, chunkBytes: Int = 1 << 20, _ change: (inout HistoryReader) -> Void = { _ in }
  ) throws -> History {
    let folder = URL.temporaryDirectory.appending(path: "history-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "h.csv")
    try Data(text.utf8).write(to: file)
    var options = TableOptions()
    options.chunkBytes = chunkBytes
    var reader = HistoryReader(try Metric(parsing: metric), options: options)
    change(&reader)
    return try reader.read([file.path])
  }

  private static let table: String = {
    var generator = SeededGenerator(seed: 137)
    var text = "id,seen,shop,y,x\n"
    for unit in 0..<3000 {
      let y = (generator.uniform() * 1000).rounded() / 10
      let gap = unit % 100 == 7
      let day = 1 + unit * unit / 500_000
      text += "\(unit),2026-03-\(day < 10 ? "0" : "")\(day)T10:00:00Z,s\(unit % 40),\(gap ? "" : "\(y)"),\(unit % 13)\n"
    }
    return text
  }()

  @Test func optionsOfEventsAreRefused() throws {
    let fault = #expect(throws: MetricSpecFault.self) { try read(Self.table, "m=mean(y) | window: 7d") }
    #expect(
      fault?.sentence
        == "the option 'window' of the metric 'm' chooses among events, and past data have a row a unit. Make that row of the "
        + "events that the option means, and leave it out here.")
  }

  @Test(arguments: [200, 5000, 1 << 20]) func measures(chunkBytes: Int) throws {
    let history = try read(Self.table, "m=mean(y, covariates: x)", chunkBytes: chunkBytes) {
      $0.clusterColumn = "shop"
      $0.timeColumn = "seen"
    }
    let rows = Self.table.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let complete = rows.filter { !$0[3].isEmpty }
    let expected = Moments(columns: [complete.map { Double($0[3]) ?? .nan }, complete.map { Double($0[4]) ?? .nan }])
    #expect(history.rows == 3000 && history.missing == 30 && history.moments.count == 2970)
    for (a, b) in zip(history.moments.crossProducts, expected.crossProducts) { expectClose(a, b, relative: 1e-11) }
    let days = Dictionary(grouping: rows) { $0[1].prefix(10) }.sorted { $0.key < $1.key }.map { Double($0.value.count) }
    #expect(history.newUnits == days && history.firstDay == "2026-03-01")
    let shops = Dictionary(grouping: complete) { $0[2] }.values
    let estimate = try IntraclassCorrelation(
      sizes: shops.map { Double($0.count) }, sums: shops.map { $0.reduce(0) { $0 + (Double($1[3]) ?? .nan) } },
      totalSquares: expected.crossProduct(0, 0))
    expectClose(
      history.clusters?.intraclassCorrelation ?? .nan, estimate.value, relative: 1e-9, absolute: 1e-12)
    #expect(history.clusters?.count == 40)
  }

  @Test func proportionsCapsAndRatios() throws {
    let text = "a,b,c\n1,2,true\n3,4,false\n100,6,true\n"
    #expect(try read(text, "p=proportion(c)").moments.mean == [2.0 / 3])
    let capped = try read(text, "m=mean(a) | cap: 10")
    #expect(capped.moments.mean[0] == 14.0 / 3 && capped.capValue == 10)
    // The median of 1, 3, 100.
    #expect(try read(text, "m=mean(a) | cap: p50").capValue == 3)
    let ratio = try read(text, "r=ratio(a, b)").moments.mean
    expectClose(ratio[0], 104.0 / 3, relative: 1e-15)
    expectClose(ratio[1], 4, relative: 1e-15)
  }

  @Test func refusals() throws {
    func sentence(_ text: String, _ metric: String, _ change: (inout HistoryReader) -> Void = { _ in }) -> String {
      do { _ = try read(text, metric, change) } catch { return (error as? any InputFault)?.sentence ?? "\(error)" }
      return "nothing thrown"
    }
    let text = "a,day,shop\n1,2026-01-01,x\n2,soon,\n"
    #expect(sentence(text, "m=mean(b)").hasPrefix("no column 'b'."))
    #expect(sentence("a\n1\nx\n", "m=mean(a)").hasPrefix("column 'a' expects a number, found 'x'"))
    #expect(sentence(text, "m=mean(a)") { $0.timeColumn = "day" }.hasPrefix("column 'day' expects a date or time"))
    #expect(sentence(text, "m=mean(a)") { $0.clusterColumn = "shop" }.hasPrefix("column 'shop' is empty here"))
    #expect(
      sentence("a,day\n1,0001-01-01\n2,9999-01-01\n", "m=mean(a)") { $0.timeColumn = "day" }
        .hasPrefix("days between the first and the last unit"))
  }

  private func read(_ text: String, _ metric: String, _ change: (inout HistoryReader) -> Void) throws -> History {
    try read(text, metric, chunkBytes: 1 << 20, change)
  }
}
