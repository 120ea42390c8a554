import Basics

/// What came of checking reference files against this build.
package struct ConformanceReport: Sendable {
  package var outcomes: [Outcome] = []

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
    lines.append("\(passed) passed, \(failed) failed")
    return lines.joined(separator: "\n") + "\n"
  }
}

extension KernelRegistry {
  /// Evaluates every case of the files with this build and the installed BLAS and LAPACK.
  package func check(_ files: [ReferenceFile]) -> ConformanceReport {
    ConformanceReport(
      outcomes: files.flatMap { file in
        file.cases.map { one in
          ConformanceReport.Outcome(file: file.path, kernel: one.kernel, name: one.name, result: evaluate(one))
        }
      })
  }

  package func evaluate(_ one: ReferenceFile.Case) -> ConformanceReport.Outcome.Result {
    guard let kernel = self[one.kernel] else { return .uncovered }
    do {
      let found = Comparison.disagreements(
        got: try kernel(one.input), expected: one.expected, tolerance: one.tolerance, absolute: one.absoluteTolerance)
      return found.isEmpty ? .passed : .failed(found)
    } catch {
      return .threw("\(error)")
    }
  }
}
