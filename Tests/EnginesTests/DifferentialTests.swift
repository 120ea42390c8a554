import Engines
import Experiments
import Foundation
import Tables
import TestSupport
import Testing

/// The same measurements, to the last bit and fault by fault, whatever finds the fields, however many threads there are and
/// wherever the file is cut. VERDICT_FUZZ_SEED sets what is made.
@Suite struct DifferentialTests {
  /// A time as Unix time, or as logs write it.
  static func written(_ seconds: Int, _ form: Int) -> String {
    guard form > 0 else { return "\(seconds)" }
    let text = Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
    return form == 1 ? text : text.replacing("T", with: " ").replacing("Z", with: form == 2 ? ".250" : "+01:00")
  }

  /// A table of units, sometimes a damaged one; every other one has neither quotes nor anything missing.
  static func units(_ generator: inout SeededGenerator) -> [UInt8] {
    let isPlain = Bool.random(using: &generator)
    let end = isPlain || Bool.random(using: &generator) ? "\n" : "\r\n"
    func pick(_ words: [String]) -> String { words.randomElement(using: &generator) ?? "" }
    let columns = isPlain ? "u,variant,c,x,y,b,t" : "u,variant,\"c\",x,y,b,t"
    // Without a word for a missing value numbers are read another way.
    let missing = Bool.random(using: &generator) ? "NA" : " "
    var text = columns + end
    let count = Int.random(in: 1...200, using: &generator)
    // In order, in order up to some row, and not.
    let ordered = [count, count / 2, 0].randomElement(using: &generator) ?? 0
    var arms =
      [
        ["control"], ["control", "treatment"], ["a", "b"], ["a", "sixteen-letters-", "seventeen-letters"],
        ["a", "b", "c", "d"],
        ["a", "b", "c", "d", "e", "a variant with a long name"],
      ].randomElement(using: &generator) ?? []
    let truths =
      [["0", "1"], ["true", "false"], ["TRUE", "False", "true"], ["t", "F", "y", "n"], ["0", "1", "true", "no"]]
      .randomElement(using: &generator) ?? []
    // Few words and many are numbered in different ways.
    let countries =
      ["de", "fr", "é"]
      + (Bool.random(using: &generator)
        ? ["nl", "be", "Danmark", "Österreich", "United Kingdom", "United States", "United States of America"] : [])
    let form = Int.random(in: 0...3, using: &generator)
    if !isPlain { arms += arms.map { "\"\($0)\"" } }
    for row in 0..<count {
      let id = row < ordered ? row : (row * 77) % 1000
      let odd = isPlain ? 2 : Int.random(in: 0..<400, using: &generator)
      text += (odd < 2 ? ["same", missing][odd] : "unit-\(id)") + "," + pick(arms) + ","
      if isPlain {
        text += "\(pick(countries)),\(pick(["0", "1.5", "-2.25", "1e3", "123456789.125"])),"
      } else {
        let segments = [
          "de", "fr", "", missing, "\"\(missing)\"", "\"é, 😀\"", "\"say \"\"no\"\"\"", "\"two\(end)lines\"",
          // What a cut inside quotes would take for a row.
          "\"a\(end)unit-1,ghost,gh,1,1,1,1767225000\(end)b\"",
        ]
        text += "\(pick(segments)),\(pick(["", "0", "1", "1.5", "-2.25", "1e3", "\"7\"", missing, " 3 ", " "])),"
      }
      let time = Int.random(in: 0..<300, using: &generator) == 0 ? 631_152_000 : 1_767_225_000 + row
      text += "\(pick(["1", "2", "0.1", "99999.99", "3"])),\(pick(truths)),\(written(time, form))" + end
    }
    return damaged(text, &generator)
  }

  /// A log of the units' events, sometimes a damaged one.
  static func events(_ generator: inout SeededGenerator) -> [UInt8] {
    func pick(_ words: [String]) -> String { words.randomElement(using: &generator) ?? "" }
    var text = "u,t,e,v\n"
    let missing = Bool.random(using: &generator) ? "NA" : ""
    var names = [["buy", "view", "\"buy\""], ["view"], ["buy"]].randomElement(using: &generator) ?? []
    names += ["", missing]
    // What a cut inside quotes would take for rows.
    let ghosts = "\"a\nunit-1,1767225100,buy,1\nunit-2,1767225200,sell,2\nb\""
    if Bool.random(using: &generator) { names.append(ghosts) }
    // Of many kinds, or of one.
    let form = Int.random(in: -1...3, using: &generator)
    for _ in 0..<Int.random(in: 1...300, using: &generator) {
      let unit = "unit-\(Int.random(in: 0..<60, using: &generator))"
      let time = Int.random(in: 1_767_225_000...1_767_226_000, using: &generator)
      let odd = Int.random(in: 0..<900, using: &generator) == 0 ? missing : "2026-01-01T00:00:05.25Z"
      text += "\(unit),\(form >= 0 ? written(time, form) : pick(["\(time)", "\(time)", "\(time)500", odd])),"
      text += "\(pick(names)),\(pick(["", "1", "2.5", "-3", missing, "12345678.5"]))\n"
    }
    return damaged(text, &generator)
  }

  static func damaged(_ text: String, _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = Array(text.utf8)
    guard Int.random(in: 0..<3, using: &generator) == 0 else { return bytes }
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
        [0x22, 0x2C, 0x0A, 0x0D, 0, 0xFF, 0x41].randomElement(using: &generator) ?? 0
    }
    return bytes
  }

  static func outcome(
    _ bytes: [UInt8], _ kernel: ScanKernel, chunkBytes: Int, threads: Int?, _ metrics: [String],
    _ change: (inout MeasurementRequest) -> Void
  ) -> String {
    let hasMissing = bytes.indices.dropLast().contains { bytes[$0] == 0x4E && bytes[$0 + 1] == 0x41 }
    var options = TableOptions(nullWords: hasMissing ? ["NA"] : [], threads: threads)
    options.copiesText = threads != 1
    options.kernel = kernel
    options.chunkBytes = chunkBytes
    // A file is cut and read another way than bytes in memory.
    let path =
      threads == nil ? FileManager.default.temporaryDirectory.appending(path: "t-\(UUID().uuidString).csv").path : nil
    defer { if let path { try? FileManager.default.removeItem(atPath: path) } }
    do {
      let metrics = try metrics.map { text throws in try Metric(parsing: text) }
      var request = MeasurementRequest(files: ["t.csv"], unitColumn: "u", metrics: metrics)
      change(&request)
      if let path { try Data(bytes).write(to: URL(filePath: path)) }
      let file = try path.map { path throws in try TableFile(path) } ?? TableFile(name: "t.csv", bytes: bytes)
      let source = try TableSource(files: [file], options: options)
      return "\(try CSVEngine(options: options).measure(request, source))".replacing(path ?? "t.csv", with: "t.csv")
    } catch {
      return "\(error)".replacing(path ?? "t.csv", with: "t.csv")
    }
  }

  /// Every way to read against the definition on one thread, again and again with new bytes.
  static func run(
    _ what: String, _ metrics: [String], make: (inout SeededGenerator) -> [UInt8],
    changes: [(inout MeasurementRequest) -> Void]
  ) {
    let seed = UInt64(ProcessInfo.processInfo.environment["VERDICT_FUZZ_SEED"] ?? "") ?? 2026
    var generator = SeededGenerator(seed: seed)
    var budget = FuzzBudget(rounds: 30)
    var (tables, comparisons) = (0, 0)
    while budget.goesOn() {
      tables += 1
      let bytes = make(&generator)
      for change in changes {
        let plain = outcome(bytes, .definition, chunkBytes: 1 << 20, threads: 1, metrics, change)
        for kernel in ScanKernel.allCases {
          for (size, threads) in [(64, 1), (64, 2), (257, nil), (4096, 1), (1 << 20, 2)] as [(Int, Int?)] {
            let found = outcome(bytes, kernel, chunkBytes: size, threads: threads, metrics, change)
            comparisons += 1
            #expect(
              found == plain, "table \(tables) of seed \(seed), \(kernel), chunks of \(size), threads \(threads ?? 0)")
          }
        }
      }
    }
    print("\(what): \(tables) tables of seed \(seed) read in every way, \(comparisons) comparisons")
  }

  @Test func everyWayToReadUnitsGivesTheSame() {
    Self.run(
      "units",
      ["m=mean(x, covariates: y)", "p=proportion(b)", "q=quantile(y, 0.5)", "r=ratio(x, y) | cap: p90 | floor: -1"],
      make: Self.units,
      changes: [
        { $0.segmentColumns = ["c"] },
        {
          $0.segmentColumns = ["c"]
          $0.clusterColumn = "c"
        },
        // Nearly as many clusters as rows.
        {
          $0.segmentColumns = ["c"]
          $0.clusterColumn = "u"
          $0.allowedBadRows = 1
        },
        {
          $0.allowedBadRows = 1
          $0.timeColumn = "t"
        },
      ])
  }

  @Test func everyWayToReadEventsGivesTheSame() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "exposures-\(UUID().uuidString).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var text = "u,variant,t,age\n"
    for row in 0..<80 {
      text +=
        "unit-\((row * 7) % 50),\(row % 7 == 0 || row % 2 == 0 ? "a" : "b"),\(1_767_225_000 + row * 11 % 600),\(row)\n"
    }
    try Data(text.utf8).write(to: URL(filePath: path))
    let exposures = ExposureSource(files: [path], timeColumn: "t", eventColumn: "e")
    Self.run(
      "events",
      [
        "m=mean(v) | event: buy | window: 300s", "n=mean(*)", "l=mean(v) | aggregate: last",
        "d=mean(e) | aggregate: distinct",
        "w=proportion(*) | where: v > 2 || e != 'view'",
      ],
      make: Self.events,
      changes: [
        { $0.exposures = exposures },
        {
          $0.exposures = exposures
          $0.allowedBadRows = 1
        },
      ])
  }
}
