import Tables
import TestSupport
import Testing

@Suite struct TableProfileTests {
  static func profile(_ text: String, chunkBytes: Int = 1 << 20) throws -> TableProfile {
    var options = TableOptions()
    options.chunkBytes = chunkBytes
    return try TableProfile(
      try TableSource(files: [TableFile(name: "t.csv", bytes: Array(text.utf8))], options: options))
  }

  @Test func kindsRolesAndTheSuggestedLine() throws {
    var text = "user_id,group,country,paid,revenue,orders,signed_up,note\n"
    for unit in 0..<100 {
      text += "u\(unit),\(unit % 2 == 0 ? "A" : "B"),\(["DE", "FR"][unit % 2]),\(unit % 3 == 0),"
      text +=
        "\(unit % 10 == 0 ? "NA" : "\(Double(unit) / 4)"),\(unit % 7 == 0 ? "" : "\(unit)"),2026-01-\(10 + unit % 20),\n"
    }
    let profile = try Self.profile(text)
    #expect(profile.rows == 100)
    #expect(profile.columns.map(\.kind) == [.text, .text, .text, .boolean, .decimal, .integer, .time, .empty])
    #expect(profile.columns.map(\.role) == [.unit, .variant, .segment, .metric, .metric, .metric, .time, nil])
    #expect(profile.columns.map(\.missing) == [0, 0, 0, 0, 0, 15, 0, 100])
    #expect(profile.columns.map(\.distinct) == [100, 2, 2, 2, 91, 85, 20, 0])
    #expect(profile.columns[4].nullWords == ["NA"])
    #expect(
      profile.suggestion
        == "verdict analyze t.csv --variant group --control A --null NA --metric 'paid=proportion(paid)' "
        + "--metric 'revenue=mean(revenue)' --metric 'orders=mean(orders)'")
  }

  @Test func exposuresSuggestTheJoin() throws {
    var text = "user_id,variant,seen_at\n"
    for unit in 0..<60 { text += "u\(unit),\(unit % 2 == 0 ? "control" : "b"),2026-02-01T10:\(10 + unit % 50):00Z\n" }
    #expect(
      try Self.profile(text).suggestion
        == "verdict analyze EVENTS.csv --exposures t.csv --exposure-time seen_at "
        + "--metric 'buyers=proportion(*) | event: purchase | window: 7d'")
  }

  @Test func eventsSuggestCohorts() throws {
    var text = "customer,at,event name\n"
    for row in 0..<60 { text += "c\(row % 30),2026-02-0\(1 + row % 9),buy\n" }
    #expect(try Self.profile(text).suggestion == "verdict cohort t.csv --unit customer --time at")
  }

  /// Of 1,000 orders of 0 to 7 items the one of rank ⌈p n⌉, by counting: rank 250 is a 1, 500 a 3, 750 a 5, 950 a 7. A column
  /// with more than 1,024 different numbers goes to the sketch, in whatever chunks they come.
  @Test func quantilesOfFewNumbersAreExact() throws {
    var text = "items,price\n"
    for row in 0..<1_000 { text += "\(row % 8),\(row + 1)\n" }
    for chunkBytes in [100, 1 << 20] {
      let profile = try Self.profile(text, chunkBytes: chunkBytes)
      #expect(profile.columns[0].quantiles == [0, 1, 3, 5, 7, 7])
      #expect(profile.columns[1].quantiles == [1, 250, 500, 750, 950, 1000])
    }
    for row in 1_000..<1_100 { text += "2,\(row + 1)\n" }
    let whole = try Self.profile(text)
    #expect(whole.columns[1].quantiles != [1, 275, 550, 825, 1045, 1100])
    #expect(try Self.profile(text, chunkBytes: 100).columns == whole.columns)
  }

  /// 20,000 numbers and as many words: quantiles within one percent, distinct within three standard errors, for any cut.
  @Test func sketchesKeepTheirBounds() throws {
    var generator = SeededGenerator(seed: 8)
    var text = "x,word\n"
    var values: [Double] = []
    for row in 0..<20_000 {
      let value = (generator.uniform() * 2e6 - 4e5).rounded() / 100
      values.append(value)
      text += "\(value),w\(row % 12_000)\n"
    }
    values.sort()
    let whole = try Self.profile(text)
    let found = try #require(whole.columns[0].quantiles)
    #expect(found.first == values.first && found.last == values.last)
    for (index, p) in [0.25, 0.5, 0.75, 0.95].enumerated() {
      let exact = values[Int((p * 20_000).rounded(.up)) - 1]
      #expect(abs(found[index + 1] - exact) <= 0.0101 * abs(exact))
    }
    #expect(!whole.columns[1].isDistinctExact)
    #expect(abs(Double(whole.columns[1].distinct) / 12_000 - 1) < 3 / 4094.0.squareRoot())
    #expect(try Self.profile(text, chunkBytes: 1000).columns == whole.columns)
  }
}
