import Engines
import Experiments
import Foundation
import Tables
import Testing

/// Segments, clusters and covariates from a table of units, and ids in columns of other names.
@Suite struct UnitAttributesTests {
  static let exposures = "id,variant,t,device\na,x,@100,tv\nb,y,@100,pc\nc,x,@100,pc\nd,y,@100,\na,x,@200,pc\n"
  static let events = "u,t,v\na,@110,1\nb,@110,2\nc,@110,4\nd,@110,8\na,@50,16\n"
  static let table = "u,country,age,home,device\nd,se,40,h1,no\nz,fi,9,h9,no\na,no,20,h1,no\nb,NA,,h2,no\n"

  static func measure(
    _ metric: String = "m=mean(v)", table: String = table, bytes: Int = 1 << 20,
    _ change: (inout MeasurementRequest) -> Void = { _ in }
  ) throws -> Measurements {
    let path = FileManager.default.temporaryDirectory.appending(path: "units-\(UUID().uuidString).csv").path
    defer { unlink(path) }
    try Data(table.utf8).write(to: URL(filePath: path))
    return try ExposureTests.measure(
      exposures: exposures, events: events, [metric], chunkBytes: bytes, nullWords: ["NA"]
    ) { request in
      request.exposures?.unitColumn = "id"
      request.exposures?.attributeFiles = [path]
      change(&request)
    }
  }

  static func sentence(_ body: () throws -> Measurements) -> String {
    do {
      _ = try body()
      return "no fault"
    } catch { return "\(error)" }
  }

  /// c has no row, b's country is a word for nothing; the device is that of the exposures.
  @Test(arguments: [16, 1 << 20])
  func segments(_ bytes: Int) throws {
    let measured = try Self.measure(bytes: bytes) { $0.segmentColumns = ["country", "device"] }
    let found = measured.cells.compactMap { cell in
      cell.segment.map { "\(cell.arm) \($0.column)=\($0.value) \(cell.metrics[0].moments.mean)" }
    }
    #expect(
      found == [
        "x country= [4.0]", "y country= [2.0]", "x country=no [1.0]", "y country=se [8.0]", "x device=pc [4.0]",
        "y device=pc [2.0]", "y device= [8.0]", "x device=tv [1.0]",
      ])
    #expect(measured.rows == 14 && measured.files.count == 3)
  }

  @Test func covariates() throws {
    // b's age is empty and c has no row: one unit an arm is left.
    let ages = try Self.measure("m=mean(v, covariates: age)")
    #expect(ages.cells.map { $0.metrics[0].moments.mean } == [[1, 20], [8, 40]])
    #expect(ages.cells.map { $0.metrics[0].missing } == [1, 1])
    // What stands in no table is a sum of events from before exposure.
    let sums = try Self.measure("m=mean(v, covariates: v)")
    #expect(sums.cells.map { $0.metrics[0].moments.mean } == [[2.5, 8], [5, 0]])
  }

  @Test func clusters() throws {
    #expect(
      Self.sentence { try Self.measure { $0.clusterColumn = "home" } }
        == "1 exposed unit has no row in the table of units, which says 'home', their cluster. Every exposed unit needs one."
    )
    let whole = try Self.measure(table: Self.table + "c,no,1,h1,no\n") { $0.clusterColumn = "home" }
    // Of cluster totals: the sum of values, and rows. x: h1 has 5 of two units; y: h1 8, h2 2.
    #expect(whole.cells.map { $0.metrics[0].moments.mean } == [[5, 2], [5, 1]])
  }

  @Test func faults() {
    let twice = Self.sentence {
      try Self.measure(table: Self.table + "a,no,20,h1,no\n") { $0.segmentColumns = ["country"] }
    }
    #expect(twice.contains(".csv:6:1: column 'u': this unit stands at "))
    #expect(twice.hasSuffix(".csv:4 already; a table of units has one row of each."))
    #expect(
      Self.sentence { try Self.measure("m=mean(v, covariates: age)", table: "u,age\na,old\n") }.hasSuffix(
        ".csv:2:3: column 'age' expects a number, found 'old'. Correct it, or allow a share of such rows with --allow-bad-rows."
      ))
    #expect(
      Self.sentence { try Self.measure(table: "user,age\na,1\n") }.hasSuffix(
        ".csv:1:1: no column 'u'. The columns are 'user', 'age'."))
    #expect(Self.sentence { try Self.measure { $0.segmentColumns = ["nation"] } }.contains("no column 'nation'"))
  }

  @Test("the id's column may be named as in exposures") func named() throws {
    let renamed = Self.table.replacing("u,country", with: "id,country")
    let found = try Self.measure(table: renamed) { $0.segmentColumns = ["country"] }
    #expect(found.cells == (try Self.measure { $0.segmentColumns = ["country"] }).cells)
  }
}
