import Basics
import Engines
import Experiments
import Foundation
import Tables
import TestSupport
import Testing

/// Exports as GA4, Amplitude, Mixpanel, PostHog, Stripe and Shopify write them: profiled, and joined with exposures.
/// Expected numbers: a plain definition in Fixtures/make_exports.py.
@Suite struct ExportTests {
  struct Export: Codable, Sendable, CustomTestStringConvertible {
    let name, unit, time, event, value, purchase: String
    let means: [Double]
    let units: [Int]
    var testDescription: String { name }

    static let folder = Repository.root.appending(path: "Tests/EnginesTests/Fixtures/Exports")
    static let all: [Export] =
      (try? JSONDecoder().decode([Export].self, from: Data(contentsOf: folder.appending(path: "expected.json")))) ?? []
    func path(_ rest: String = "") -> String { Self.folder.appending(path: "\(name)\(rest).csv").path }
  }

  @Test func sixOfThem() { #expect(Export.all.count == 6) }

  @Test(arguments: Export.all)
  func theProfileKnowsWhatColumnsAreFor(_ export: Export) throws {
    let profile = try TableProfile(TableSource([export.path()]))
    let roles = Dictionary(uniqueKeysWithValues: profile.columns.map { ($0.name, $0.role) })
    #expect(profile.rows == 200)
    #expect(roles[export.time] == .time)
    #expect(roles[export.unit] == .unit)
    #expect(roles[export.value] == .metric)
  }

  @Test(arguments: Export.all)
  func theJoinGivesThePlainNumbers(_ export: Export) throws {
    let metric = try Metric(parsing: "m=mean(\"\(export.value)\") | event: \(export.purchase) | window: 7d")
    var request = MeasurementRequest(files: [export.path()], unitColumn: export.unit, metrics: [metric])
    request.exposures = ExposureSource(
      files: [export.path("-exposures")], timeColumn: export.time, eventColumn: export.event, includesImmature: true)
    let measured = try CSVEngine().measure(request)
    #expect(measured.arms.map(\.units) == export.units)
    for (cell, mean) in zip(measured.cells, export.means) {
      expectClose(cell.metrics[0].moments.mean[0], mean, relative: 1e-12)
    }
  }
}
