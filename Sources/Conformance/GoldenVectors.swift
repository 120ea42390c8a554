import Basics
import Tables

extension ReferenceFile {
  /// A table of golden vectors of allocation, one case a row: `platform,key,salt,parameters,hash_or_bucket,assignment`.
  ///
  /// Each platform is a kernel, `allocation.PLATFORM`; everything must be exact.
  init(vectors path: String) throws {
    let source = try TableSource([path], options: TableOptions(delimiter: UInt8(ascii: ",")))
    let rows = try source.scan(VectorReader.columns) { _ in VectorReader() }.consumers.flatMap(\.rows)
    let cases = rows.map { row -> Case in
      var expected: JSONObject = ["bucket": Self.word(row[4])]
      if !row[5].isEmpty { expected["assignment"] = Self.word(row[5]) }
      return Case(
        name: "key '\(row[1])', salt '\(row[2])'", kernel: "allocation.\(row[0])",
        input: ["key": .string(row[1]), "salt": .string(row[2]), "parameters": .string(row[3])],
        expected: .object(expected))
    }
    self.init(path: path, kernel: "allocation", cases: cases)
  }

  /// A number where the text is one.
  private static func word(_ text: String) -> JSONValue {
    if let integer = Int(text) { return .integer(integer) }
    return Double(text).map { .number($0) } ?? .string(text)
  }
}

private struct VectorReader: RowConsumer, Sendable {
  static let columns = ["platform", "key", "salt", "parameters", "hash_or_bucket", "assignment"]
  private(set) var rows: [[String]] = []

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    rows.append(fields.map(\.string))
  }
}
