import Foundation
import Statistics
import Synchronization

/// Simulates the suite: the same counts for any number of threads.
package enum Calibration {
  /// - Parameters:
  ///   - runs: simulated experiments a case.
  ///   - each: told of each result as it comes.
  /// - Throws: what a procedure throws on data that it should take.
  package static func run(
    _ cases: [CalibrationCase], runs: Int, seed: UInt64 = 1, threads: Int = 2,
    each: (CalibrationResult) -> Void = { _ in }
  ) throws -> [CalibrationResult] {
    var results: [CalibrationResult] = []
    for (place, subject) in cases.enumerated() {
      let errors = try count(subject, runs: runs, seed: seed &+ UInt64(place) << 40, threads: threads)
      let result = try CalibrationResult(subject, runs: runs, errors: errors)
      each(result)
      results.append(result)
    }
    return results
  }

  private static func count(_ subject: CalibrationCase, runs: Int, seed: UInt64, threads: Int) throws -> Int {
    let total = Mutex<Result<Int, any Error>>(.success(0))
    let threads = max(1, threads)
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      let part = Result {
        try stride(from: thread, to: runs, by: threads).reduce(0) { sum, run in
          // Each experiment has a stream of its own, whatever thread it falls to.
          var draws = Draws(seed: seed &+ UInt64(run) &* 0xD134_2543_DE82_EF95)
          return try subject.errs(&draws) ? sum + 1 : sum
        }
      }
      total.withLock { sum in
        sum = sum.flatMap { before in part.map { before + $0 } }
      }
    }
    return try total.withLock { try $0.get() }
  }

  /// A Markdown table of what was promised and what was seen.
  package static func table(_ results: [CalibrationResult]) -> String {
    func percent(_ share: Double) -> String { String(format: "%.2f%%", 100 * share) }
    let rows = results.map { result in
      let subject = result.subject
      let runs = Double(result.runs)
      let bounds =
        "\(percent(Double(result.band.lowerBound) / runs)) to \(percent(Double(result.band.upperBound) / runs))"
      let allowed =
        switch subject.promise {
        case .nominal: bounds
        case .approximate(_, let why): "\(bounds): \(why)"
        case .atMost: "at most \(percent(Double(result.band.upperBound) / runs))"
        }
      let mark = result.holds ? "" : " **outside**"
      return
        "| \(subject.procedure) | \(subject.population) | \(subject.units) | \(subject.event) | \(percent(result.share))\(mark) | \(allowed) |"
    }
    let head = "| procedure | population | units | error | seen | allowed |\n| --- | --- | --- | --- | ---: | --- |"
    return ([head] + rows).joined(separator: "\n") + "\n"
  }
}
