import Basics
import Foundation

/// What came of checking reference files against this build.
package struct ConformanceReport: Sendable {
  package var outcomes: [Outcome] = []
  /// What each file says of where its numbers come from.
  package var sources: [String: String] = [:]

  package struct Outcome: Sendable {
    package enum Result: Sendable {
      case passed
      case failed([Disagreement])
      case threw(String)
      case uncovered
    }
    package let file: String
    package let kernel: String
    package let name: String
    package let result: Result
    /// The largest relative error of the case's numbers (`Disagreement`); nil where nothing was compared.
    package var worstError: Double?
    package var hasPassed: Bool { if case .passed = result { true } else { false } }
  }

  package var passed: Int { outcomes.count { $0.hasPassed } }
  package var failed: Int { outcomes.count - passed }
  package var allPassed: Bool { failed == 0 }

  /// Kernels that the files name and this build does not have, with their number of cases.
  package var uncovered: [(kernel: String, cases: Int)] {
    let missing = outcomes.filter { if case .uncovered = $0.result { true } else { false } }
    return Dictionary(grouping: missing, by: \.kernel).map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 }
  }

  /// The kernels that were evaluated: cases, the largest relative error, and where their expected numbers come from.
  package var evaluated: [(kernel: String, cases: Int, worstError: Double?, sources: [String])] {
    let done = outcomes.filter { if case .uncovered = $0.result { false } else { true } }
    return Dictionary(grouping: done, by: \.kernel).map { kernel, cases in
      var distinct: [String] = []
      for source in cases.compactMap({ sources[$0.file] }) where !distinct.contains(source) { distinct.append(source) }
      return (kernel, cases.count, cases.compactMap(\.worstError).max(), distinct)
    }.sorted { $0.0 < $1.0 }
  }

  /// Every case outside its tolerance with got, expected and relative error; then what is not covered; then the closing
  /// line `N passed, M failed`.
  package var text: String {
    var lines: [String] = []
    for outcome in outcomes {
      let head = "FAILED \(outcome.file): \(outcome.kernel): \(outcome.name)"
      switch outcome.result {
      case .passed, .uncovered: continue
      case .threw(let reason): lines.append("\(head): \(reason)")
      case .failed(let disagreements):
        lines.append(head)
        for one in disagreements {
          let error = one.relativeError.map { ", relative error \($0)" } ?? ""
          lines.append("  \(one.path): got \(one.got), expected \(one.expected)\(error)")
        }
      }
    }
    for (kernel, cases) in uncovered {
      lines.append("NOT COVERED \(kernel): \(cases) \(cases == 1 ? "case" : "cases"), no such kernel in this build")
    }
    for one in evaluated {
      let cases = "\(one.cases) \(one.cases == 1 ? "case" : "cases")"
      let error = one.worstError.map { $0 == 0 ? "exact" : "relative error at most \(Self.short($0))" } ?? "no number"
      lines.append("\(one.kernel): \(cases), \(error)" + (one.sources.map { "; \($0)" }.joined()))
    }
    lines.append("\(passed) passed, \(failed) failed")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func short(_ error: Double) -> String { String(format: "%.1e", error) }
}

extension KernelRegistry {
  /// Evaluates every case of the files, a file given twice once, with this build and the installed BLAS and LAPACK.
  package func check(_ files: [ReferenceFile]) -> ConformanceReport {
    var report = ConformanceReport()
    var seen: Set<JSONValue> = []
    for file in files where seen.insert(file.identity).inserted {
      report.sources[file.path] = file.source
      for one in file.cases {
        let (result, worst) = measure(one)
        report.outcomes.append(
          .init(file: file.path, kernel: one.kernel, name: one.name, result: result, worstError: worst))
      }
    }
    return report
  }

  package func evaluate(_ one: ReferenceFile.Case) -> ConformanceReport.Outcome.Result { measure(one).result }

  private func measure(_ one: ReferenceFile.Case) -> (result: ConformanceReport.Outcome.Result, worst: Double?) {
    guard let kernel = self[one.kernel] else { return (.uncovered, nil) }
    do {
      let got = try kernel(one.input)
      let found = Comparison.disagreements(
        got: got, expected: one.expected, tolerance: one.tolerance, absolute: one.absoluteTolerance)
      // With no tolerance at all, every number that is not the expected one shows its error. Numbers so small that the absolute
      // tolerance rules are measured against the size from which on the relative one does.
      let scale = one.tolerance > 0 ? (one.absoluteTolerance ?? 0) / one.tolerance : 0
      let errors = Comparison.disagreements(got: got, expected: one.expected, tolerance: 0, absolute: 0, scale: scale)
      return (found.isEmpty ? .passed : .failed(found), errors.compactMap(\.relativeError).max() ?? 0)
    } catch {
      return (.threw("\(error)"), nil)
    }
  }
}
