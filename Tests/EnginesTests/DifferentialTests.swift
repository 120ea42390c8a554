import Engines
import Experiments
import Foundation
import Tables
import TestSupport
import Testing

/// The same measurements, to the last bit and fault by fault, whatever finds the fields, however many threads there are and
/// wherever the file is cut. VERDICT_FUZZ_SECONDS sets for how long; by default some seconds.
@Suite struct DifferentialTests {
  /// A table of units, sometimes a damaged one.
  static func units(_ generator: inout SeededGenerator) -> [UInt8] {
    let end = Bool.random(using: &generator) ? "\n" : "\r\n"
    func pick(_ words: [String]) -> String { words.randomElement(using: &generator) ?? "" }
    var text = "u,variant,\"c,d\",x,y,b" + end
    for row in 0..<Int.random(in: 1...200, using: &generator) {
      let unit = Int.random(in: 0..<400, using: &generator) == 0 ? "same" : "unit-\(row)"
      let x = pick(["", "0", "1.5", "-2.25", "1e3", "123456789.125", "\"7\"", "NA", " 3 "])
      let y = pick(["1", "2", "0.1", "99999.99", "3"])
      text += "\(unit),\(pick(["a", "b", "\"a\"", "a variant with a long name"])),"
      text += "\(pick(["de", "fr", "", "\"é, 😀\"", "\"say \"\"no\"\"\"", "\"two\(end)lines\""])),\(x),\(y),"
      text += pick(["0", "1", "true", "0", "1", "no"]) + end
    }
    var bytes = Array(text.utf8)
    if Int.random(in: 0..<3, using: &generator) == 0 {
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
          [0x22, 0x2C, 0x0A, 0x0D, 0, 0xFF, 0x41].randomElement(using: &generator) ?? 0
      }
    }
    return bytes
  }

  static func outcome(
    _ bytes: [UInt8], _ kernel: ScanKernel, chunkBytes: Int, threads: Int?, _ change: (inout MeasurementRequest) -> Void
  ) -> String {
    var options = TableOptions(nullWords: ["NA"], threads: threads)
    options.kernel = kernel
    options.chunkBytes = chunkBytes
    do {
      let texts = [
        "m=mean(x, covariates: y)", "p=proportion(b)", "q=quantile(y, 0.5)", "r=ratio(x, y) | cap: p90 | floor: -1",
      ]
      let metrics = try texts.map { text throws in try Metric(parsing: text) }
      var request = MeasurementRequest(files: ["t.csv"], unitColumn: "u", segmentColumns: ["c,d"], metrics: metrics)
      change(&request)
      let source = try TableSource(files: [TableFile(name: "t.csv", bytes: bytes)], options: options)
      return "\(try CSVEngine(options: options).measure(request, source))"
    } catch {
      return "\(error)"
    }
  }

  @Test func everyWayGivesTheSame() {
    var generator = SeededGenerator(seed: 2026)
    var budget = FuzzBudget(rounds: 40)
    while budget.goesOn() {
      let bytes = Self.units(&generator)
      let changes: [(inout MeasurementRequest) -> Void] = [
        { _ in }, { $0.clusterColumn = "c,d" }, { $0.allowedBadRows = 1 },
      ]
      for change in changes {
        let plain = Self.outcome(bytes, .definition, chunkBytes: 1 << 20, threads: 1, change)
        for kernel in ScanKernel.allCases {
          for (size, threads) in [(64, 1), (64, 2), (257, nil), (4096, 1), (1 << 20, 2)] as [(Int, Int?)] {
            let found = Self.outcome(bytes, kernel, chunkBytes: size, threads: threads, change)
            #expect(found == plain, "\(kernel), chunks of \(size), threads \(threads ?? 0)")
          }
        }
      }
    }
  }
}
