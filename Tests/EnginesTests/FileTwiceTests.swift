import Engines
import Experiments
import Foundation
import Tables
import TestSupport
import Testing

/// Rows of a file that is named twice, or of its copy, would count twice.
@Suite struct FileTwiceTests {
  static func outcome(_ texts: [String]) throws -> String {
    let files = texts.enumerated().map { TableFile(name: "\($0).csv", bytes: Array($1.utf8)) }
    let request = MeasurementRequest(files: files.map(\.name), metrics: [try Metric(parsing: "m=mean(x)")])
    do {
      return "\(try CSVEngine().measure(request, TableSource(files: files)).rows) rows"
    } catch {
      return "\(error)"
    }
  }

  @Test func sameBytesAreRefused() throws {
    let (one, two) = ("variant,x\na,1\nb,2\n", "variant,x\na,1\nb,3\n")
    #expect(try Self.outcome([one, two]) == "4 rows")
    #expect(
      try Self.outcome([one, two, one])
        == "2.csv: has the same bytes as 0.csv: its rows would count twice. Name it once.")
    // Days without rows are alike.
    #expect(try Self.outcome([one, "variant,x\n", "variant,x\n"]) == "2 rows")
  }
}
