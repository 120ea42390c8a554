import Basics
import Foundation
import Testing

/// One case of a reference file: numbers computed by other software, with their tolerance.
package struct ReferenceCase: Sendable, CustomTestStringConvertible, CustomStringConvertible {
  package let kernel: String
  package let name: String
  package let function: String?
  package let input: JSONValue
  package let expected: JSONValue
  package let tolerance: Double
  package let absoluteTolerance: Double
  package let source: String

  package var description: String { "\(kernel)\(function.map { ".\($0)" } ?? ""): \(name)" }
  package var testDescription: String { description }
}

/// Reads Datasets/References (schema `verdict.reference/1`).
package enum References {
  package static func cases(_ kernel: String, function: String? = nil) throws -> [ReferenceCase] {
    let url = Repository.references.appending(path: "\(kernel).json")
    let file = try JSONValue(parsing: try Data(contentsOf: url), file: url.lastPathComponent)
    let all = (file["cases"]?.array ?? []).map { entry in
      ReferenceCase(
        kernel: kernel, name: entry["name"]?.string ?? "", function: entry["function"]?.string,
        input: entry["input"] ?? nil, expected: entry["expected"] ?? nil,
        tolerance: entry["tolerance"]?.double ?? 0, absoluteTolerance: entry["absoluteTolerance"]?.double ?? 0,
        source: file["source"]?.text() ?? "")
    }
    return function.map { wanted in all.filter { $0.function == wanted } } ?? all
  }
}
