import Basics
import Foundation
import Statistics

/// A job of a kernel that is timed beside peers: it writes what they read, so that both work on the same bytes.
package struct KernelBenchmark: Sendable {
  package let name: String
  /// The job in words.
  package let task: String
  /// How often it is timed; the best time counts.
  private let repeats: Int
  /// Writes the data to a folder and gives the work back, whose numbers peers must agree with.
  private let prepare: @Sendable (URL) throws -> Work

  typealias Work = () throws -> [Double]

  package struct Timing: Sendable {
    package let name: String
    package let task: String
    /// Seconds: wall clock, and processor time of all threads.
    package let wall: Double
    package let processor: Double
    package let numbers: [Double]

    package var json: JSONValue {
      [
        "name": .string(name), "task": .string(task), "wall": .number(wall), "processor": .number(processor),
        "numbers": .array(numbers.map { .number($0) }),
      ]
    }
  }

  /// - Throws: what the job throws, or an error of writing to the folder.
  package func run(in folder: URL) throws -> Timing {
    let work = try prepare(folder)
    var best: Timing?
    for _ in 0..<repeats {
      let (start, used) = (ContinuousClock.now, clock())
      let numbers = try work()
      let wall = (ContinuousClock.now - start) / .seconds(1)
      let timing = Timing(
        name: name, task: task, wall: wall, processor: Double(clock() - used) / Double(CLOCKS_PER_SEC), numbers: numbers
      )
      if wall < best?.wall ?? .infinity { best = timing }
    }
    guard let best else { throw KernelInputFault(key: "repeats", expected: "at least one") }
    return best
  }

  // MARK: - Jobs

  /// - Parameters:
  ///   - customers: the CDNOW summary: customer, frequency, recency, T, mean value.
  ///   - scale: 1 for the sizes that the jobs name; less for a trial.
  package static func standard(customers: String, scale: Double = 1) -> [KernelBenchmark] {
    func rows(_ full: Int) -> Int { max(1000, Int(Double(full) * scale)) }
    let (small, large) = (rows(1_000_000), rows(10_000_000))
    return [
      bootstrap(rows: small, replicates: max(100, Int(10_000 * scale))), leastSquares(rows: small),
      purchaseModel(customers), kaplanMeier(rows: large, distinct: false), kaplanMeier(rows: large, distinct: true),
    ]
  }

  private static func bootstrap(rows: Int, replicates: Int) -> KernelBenchmark {
    KernelBenchmark(
      name: "bootstrap", task: "\(replicates) replicates of a ratio on \(rows) rows x 4 columns", repeats: 1
    ) { folder in
      var draws = Draws(seed: 1)
      let columns = (0..<4).map { _ in (0..<rows).map { _ in draws.exponential() } }
      try write(columns, to: folder.appending(path: "bootstrap.f64"))
      let plan = try Bootstrap(replicates: replicates, weights: .poisson, seed: 1)
      return {
        let replicated = try plan.distribution(samples: [columns], acceleration: false) {
          $0[0].mean[0] / $0[0].mean[1]
        }
        return [replicated.estimate, replicated.standardError]
      }
    }
  }

  private static func leastSquares(rows: Int) -> KernelBenchmark {
    KernelBenchmark(
      name: "cluster-robust", task: "least squares of \(rows) rows x 10 columns, errors by clusters of 100", repeats: 3
    ) { folder in
      var draws = Draws(seed: 2)
      let covariates = (0..<9).map { _ in draws.normals(rows) }
      let response = (0..<rows).map { covariates[0][$0] + draws.normal() }
      try write(covariates + [response], to: folder.appending(path: "cluster-robust.f64"))
      let clusters = (0..<rows).map { $0 / 100 }
      return {
        let fit = try LeastSquares(columns: [[Double](repeating: 1, count: rows)] + covariates, response: response)
        return [fit.coefficients[1] ?? .nan, try fit.standardErrors(clusters: clusters, .cr1s)[1] ?? .nan]
      }
    }
  }

  private static func purchaseModel(_ path: String) -> KernelBenchmark {
    KernelBenchmark(name: "bg-nbd", task: "BG/NBD fitted to the CDNOW customers", repeats: 200) { folder in
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text.write(to: folder.appending(path: "bg-nbd.csv"), atomically: true, encoding: .utf8)
      let rows = text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line -> CustomerHistory.Row? in
        let fields = line.split(separator: ",").compactMap { Double($0) }
        guard fields.count == 5, let frequency = Int(exactly: fields[1]) else { return nil }
        return CustomerHistory.Row(frequency: frequency, recency: fields[2], age: fields[3])
      }
      return {
        let fit = try PurchaseFit<BGNBD>(CustomerHistory(rows))
        return [fit.logLikelihood] + fit.model.parameters
      }
    }
  }

  private static func kaplanMeier(rows: Int, distinct: Bool) -> KernelBenchmark {
    let name = distinct ? "kaplan-meier-distinct" : "kaplan-meier"
    return KernelBenchmark(
      name: name, task: "Kaplan-Meier with intervals, \(rows) rows, \(distinct ? "all times distinct" : "whole days")",
      repeats: 2
    ) { folder in
      var draws = Draws(seed: 3)
      let time = (0..<rows).map { _ in distinct ? draws.exponential() : (1 + 365 * draws.exponential()).rounded(.down) }
      let event = time.map { _ in draws.uniform() < 0.7 }
      try write([time, event.map { $0 ? 1 : 0 }], to: folder.appending(path: "\(name).f64"))
      return {
        let curve = KaplanMeier(try SurvivalData(time: time, event: event))
        let place = curve.survival.firstIndex { $0 <= 0.25 } ?? 0
        return [curve.median ?? .nan, curve.survival[place], curve.lower[place] ?? .nan, curve.upper[place] ?? .nan]
      }
    }
  }

  /// Columns one after another, doubles as they lie in memory.
  private static func write(_ columns: [[Double]], to file: URL) throws {
    try columns.reduce(into: Data()) { data, column in column.withUnsafeBytes { data.append(contentsOf: $0) } }
      .write(to: file)
  }
}
