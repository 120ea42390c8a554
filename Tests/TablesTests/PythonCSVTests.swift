import Basics
import Foundation
import Tables
import TestSupport
import Testing

/// Agreement with Python's csv module (version 3.11) on random valid files; Fixtures/make_csv_cases.py makes more of them.
@Suite struct PythonCSVTests {
  @Test func everyRowIsTheSame() throws {
    let usual = Repository.root.appending(path: "Tests/TablesTests/Fixtures/csv-cases.jsonl").path
    let path = ProcessInfo.processInfo.environment["VERDICT_CSV_CASES"] ?? usual
    let lines = try Data(contentsOf: URL(filePath: path)).split(separator: 0x0A)
    #expect(lines.count >= 100)
    for (number, line) in lines.enumerated() {
      let known = try JSONValue(parsing: Array(line))
      let text = Array(try #require(known["text"]?.string).utf8)
      let rows = known["rows"]?.array?.map { $0.array?.compactMap(\.string) ?? [] }
      for kernel in ScanKernel.allCases {
        var options = TableOptions(delimiter: known["delimiter"]?.string?.utf8.first, threads: 1)
        options.kernel = kernel
        options.chunkBytes = [64, 300, 1 << 20][number % 3]
        let source = try TableSource(files: [TableFile(name: "t.csv", bytes: text)], options: options)
        let found = try source.scan(source.columns) { _ in Rows() }.consumers.flatMap(\.rows)
        #expect(found == rows, "case \(number), \(kernel)")
      }
    }
  }
}
