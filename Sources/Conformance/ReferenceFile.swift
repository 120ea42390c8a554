import Basics
import Foundation

/// A file of reference numbers, schema `verdict.reference/1`.
package struct ReferenceFile: Sendable {
  package let path: String
  package let kernel: String
  /// Where the expected numbers come from, as the file says it.
  package let source: String?
  package let cases: [Case]
  /// Equal for copies of one file.
  package let identity: JSONValue

  package struct Case: Sendable {
    package let name: String
    /// The kernel this case belongs to: `kernel`, or `kernel.function`.
    package let kernel: String
    package let input: JSONValue
    package let expected: JSONValue
    package let tolerance: Double
    package let absoluteTolerance: Double?

    package init(
      name: String, kernel: String, input: JSONValue, expected: JSONValue, tolerance: Double = 0,
      absoluteTolerance: Double? = nil
    ) {
      self.name = name
      self.kernel = kernel
      self.input = input
      self.expected = expected
      self.tolerance = tolerance
      self.absoluteTolerance = absoluteTolerance
    }
  }

  /// Cases that were read from another form, such as a table of golden vectors.
  package init(path: String, kernel: String, source: String? = nil, cases: [Case]) {
    self.path = path
    self.kernel = kernel
    self.source = source
    self.cases = cases
    identity = .array(cases.map { [.string($0.kernel), $0.input, $0.expected] })
  }

  /// Reads a file of cases, or a table of golden vectors if the name ends with `.csv`.
  ///
  /// - Throws: `ReferenceFault`, `JSONFault` or `TableFault` if the file cannot be read or does not have the schema.
  package init(path: String) throws {
    guard !path.hasSuffix(".csv") else {
      try self.init(vectors: path)
      return
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ReferenceFault(kind: .unreadable, position: SourcePosition(file: path))
    }
    try self.init(JSONValue(parsing: data, file: path), path: path)
  }

  package init(_ document: JSONValue, path: String) throws(ReferenceFault) {
    func fault(_ kind: ReferenceFault.Kind) -> ReferenceFault {
      ReferenceFault(kind: kind, position: SourcePosition(file: path))
    }
    guard let schema = document["schema"]?.string, schema == "verdict.reference/1" else {
      throw fault(.wrongSchema(found: document["schema"]?.string))
    }
    guard let kernel = document["kernel"]?.string else { throw fault(.missing("kernel", inCase: nil)) }
    guard let entries = document["cases"]?.array else { throw fault(.missing("cases", inCase: nil)) }
    self.path = path
    self.kernel = kernel
    identity = document
    source = document["source"]?.string
    var cases: [Case] = []
    for (index, entry) in entries.enumerated() {
      let name = entry["name"]?.string ?? "case \(index + 1)"
      guard let input = entry["input"].map({ Self.locatingData($0, beside: path) }) else {
        throw fault(.missing("input", inCase: name))
      }
      guard let expected = entry["expected"] else { throw fault(.missing("expected", inCase: name)) }
      guard let tolerance = entry["tolerance"]?.double else { throw fault(.missing("tolerance", inCase: name)) }
      cases.append(
        Case(
          name: name, kernel: kernel + (entry["function"]?.string.map { ".\($0)" } ?? ""), input: input,
          expected: expected, tolerance: tolerance, absoluteTolerance: entry["absoluteTolerance"]?.double))
    }
    self.cases = cases
  }

  /// `"data": "name.csv"` means the file of this name in the folder `data` beside the reference file.
  private static func locatingData(_ input: JSONValue, beside path: String) -> JSONValue {
    guard case .object(var object) = input, let name = object["data"]?.string else { return input }
    let folder = URL(filePath: path).deletingLastPathComponent().appending(path: "data")
    object["data"] = .string(folder.appending(path: name).path)
    return .object(object)
  }
}

/// What is wrong with a reference file.
package struct ReferenceFault: InputFault, Hashable {
  package enum Kind: Sendable, Hashable {
    case unreadable
    case wrongSchema(found: String?)
    case missing(String, inCase: String?)
  }
  package let kind: Kind
  package let position: SourcePosition?

  package var sentence: String {
    switch kind {
    case .unreadable: "cannot be read. Is the path right?"
    case .wrongSchema(let found):
      "expected \"schema\": \"verdict.reference/1\", found \(found.map { "\"\($0)\"" } ?? "no schema")."
    case .missing(let key, let name): "no \"\(key)\"" + (name.map { " in the case '\($0)'." } ?? ".")
    }
  }
}
