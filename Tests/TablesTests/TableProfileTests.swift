import Foundation
import Tables
import TestSupport
import Testing

@Suite struct TableProfileTests {
  static func profile(
    _ text: String, chunkBytes: Int = 1 << 20, missing words: [String] = [], threads: Int? = nil
  ) throws -> TableProfile {
    var options = TableOptions(nullWords: words, threads: threads)
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
        == "verdict analyze t.csv --variant group --control A --null NA --segment country --metric 'paid=proportion(paid)' "
        + "--metric 'revenue=mean(revenue)' --metric 'orders=mean(orders)'")
  }

  /// What is known of a unit beside its exposure is no outcome.
  @Test(arguments: ["", ",age", ",revenue_before"]) func exposuresSuggestTheJoin(attribute: String) throws {
    var text = "user_id,variant,seen_at\(attribute)\n"
    for unit in 0..<60 {
      text += "u\(unit),\(unit % 2 == 0 ? "control" : "b"),2026-02-01T10:\(10 + unit % 50):00Z"
      text += attribute.isEmpty ? "\n" : ",\(unit)\n"
    }
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

  /// Covariates by their names, the arm that the others are compared with, clusters where units repeat, no constants.
  @Test func whatIsSuggestedIsNatural() throws {
    var text = "user_id,group,revenue,pre_revenue,orders,orders_before,pre,paid,constant\n"
    for row in 0..<300 {
      text +=
        "u\(row % 60),\(["holdout", "old", "new"][row % 3]),\(row % 7),\(row % 5),\(row % 3),\(row % 4),\(row % 9),"
      text += "\(row % 2),7\n"
    }
    #expect(
      try Self.profile(text).suggestion
        == "verdict analyze t.csv --variant group --control old --cluster user_id "
        + "--metric 'revenue=mean(revenue, covariates: pre_revenue+pre)' "
        + "--metric 'orders=mean(orders, covariates: orders_before+pre)' --metric 'paid=proportion(paid)'")
    let few = try Self.profile("user_id,variant,note\n1,a,x\n2,b,y\n")
    #expect(
      few.suggestion == "no column of numbers looks like a metric; name one with --metric." && !few.suggestsCommand)
  }

  /// Given words are missing values: they are counted as such, distinct from none.
  @Test func wordsForMissingValues() throws {
    let text =
      "user_id,variant,x\n"
      + (0..<40).map { "u\($0),\($0 % 2 == 0 ? "a" : "b"),\($0 % 4 == 0 ? "NA" : "\($0 % 3)")\n" }.joined()
    let column = try Self.profile(text, missing: ["NA"]).columns[2]
    #expect(column.missing == 10 && column.distinct == 3 && column.nullWords.isEmpty && column.kind == .integer)
    let bare = try Self.profile(text).columns[2]
    #expect(bare.missing == 0 && bare.distinct == 4 && bare.nullWords == ["NA"])
    #expect(try Self.profile(text, missing: ["NA"]).suggestion.contains(" --null NA "))
  }

  /// A value that is no number makes text of a column, and is named: with its line, in any chunk.
  @Test(arguments: [20, 1 << 20]) func misfitsAreNamed(chunkBytes: Int) throws {
    var text = "x,when,flag,word\n"
    for row in 0..<20 {
      text += "\(row == 7 || row == 9 ? "1e999" : "\(row).5"),\(row == 3 ? "soon" : "2026-01-\(10 + row)"),"
      text += "\(row == 5 ? "maybe" : "yes"),w\(row % 2)\n"
    }
    let columns = try Self.profile(text, chunkBytes: chunkBytes).columns
    #expect(columns.map(\.kind) == [.text, .text, .text, .text])
    #expect(columns.map { $0.misfits?.kind } == [.decimal, .time, .boolean, nil])
    #expect(columns.map { $0.misfits?.count } == [2, 1, 1, nil])
    #expect(
      columns.map { $0.misfits.map { "\($0.first) \($0.found)" } } == [
        "t.csv:9 1e999", "t.csv:5 soon", "t.csv:7 maybe", nil,
      ])
    #expect(columns.map(\.role) == [nil, nil, nil, .segment])
  }

  @Test func otherWaysToWriteNumbersAndDates() throws {
    let columns = try Self.profile("a;b;c\n1.234,5;01.03.2026;x\n7;3/4/2026;y\n").columns
    #expect(columns.map(\.form) == [.decimalComma, .localDate, nil])
    #expect(columns.allSatisfy { $0.misfits == nil })
  }

  /// Two marks in a row, one too many or none before the day are no date; a time may follow.
  @Test(
    arguments: [
      ("1.3.2026", true), ("01.03.2026 12:00", true), ("1-3-2026", true), ("1..3.2026", false), ("1.3.2026.", false),
      ("-1.3.2026", false), ("1.3.26", false), ("2026-03-01", false), ("1.3.20261", false), ("001.3.2026", false),
    ])
  func whatIsALocalDate(_ text: String, _ isOne: Bool) throws {
    let columns = try Self.profile("a;b\n\(text);x\n\(text);y\n").columns
    #expect((columns[0].form == .localDate) == isOne)
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
    for threads in [1, 2, 4] {
      #expect(try Self.profile(text, chunkBytes: 1000, threads: threads).columns == whole.columns)
    }
  }

  /// Columns that turn from few values to many, from small to huge and back: whatever is known of the chunks before changes how
  /// much is kept of the next ones, and nothing else.
  @Test func sketchesDoNotDependOnWhatCameBefore() throws {
    var generator = SeededGenerator(seed: 9)
    var text = "phase,size,few\n"
    var sizes: [Double] = []
    for row in 0..<24_000 {
      let phase = row / 6_000 % 2 == 0 ? row % 7 : Int.random(in: -9_000...9_000, using: &generator)
      let size = (row % 3 == 0 ? -1.0 : 1) * pow(10, Double(row % 600) - 300) * (1 + generator.uniform())
      sizes.append(size)
      text += "\(phase),\(size),\(row % 40)\n"
    }
    sizes.sort()
    let whole = try Self.profile(text, threads: 1)
    #expect(whole.columns[2].isDistinctExact && whole.columns[2].distinct == 40)
    let found = try #require(whole.columns[1].quantiles)
    for (index, p) in [0.25, 0.5, 0.75, 0.95].enumerated() {
      let exact = sizes[Int((p * 24_000).rounded(.up)) - 1]
      #expect(abs(found[index + 1] - exact) <= 0.0101 * abs(exact))
    }
    for chunkBytes in [500, 10_000, 100_000] {
      for threads in [1, 2, 4] {
        #expect(try Self.profile(text, chunkBytes: chunkBytes, threads: threads).columns == whole.columns)
      }
    }
  }
}
