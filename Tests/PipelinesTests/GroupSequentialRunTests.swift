import Basics
import Foundation
import Pipelines
import Registry
import Testing
import Workflow

/// Group-sequential runs: what the recorded looks have spent is not there for the later ones.
@Suite struct GroupSequentialRunTests {
  private static let method = "{ name: group-sequential, planned_units: 4000, looks: [25%, 50%, 100%] }"

  @Test func looksAreRecordedAndSpend() throws {
    let project = try Project()
    try project.writeSpec(final: false, method: Self.method)
    try project.writeUnits(control: .init(units: 300), treatment: .init(units: 300))
    let id = try project.begin()
    #expect(project.end(try project.runner.advance(id)).hasPrefix("waiting for data"))
    let first = try project.runner.storedAnalysis(of: id)
    #expect(first.groupSequential?.look == 1 && first.groupSequential?.nextUnits == 1_000)
    #expect(
      first.decision.reasons == [
        "No goal metric has changed significantly after 600 of the planned 4,000 units; keep collecting.",
        "The next look is planned at 1,000 units.",
      ])
    // Seen again without new data, it is no look.
    #expect(project.end(try project.runner.advance(id)).hasPrefix("waiting for data"))
    try project.writeUnits(treatment: .init(converted: 3))
    #expect(project.end(try project.runner.advance(id)) == "finished: Winner deployed")
    #expect(try project.entries(.look, of: id).map { $0["units"]?.int } == [600, 2_000])
    let second = try project.runner.storedAnalysis(of: id)
    #expect(second.groupSequential?.look == 2 && second.groupSequential?.informationFractions == [0.15, 0.5])
    #expect(try Verification(run: id, project.runner).passed)
  }

  /// The planned units are in: alpha is spent, and the run ends without the word that the data are final.
  @Test func thePlannedUnitsEndIt() throws {
    let project = try Project()
    try project.writeSpec(
      final: false, method: "{ name: group-sequential, planned_units: 2000, spending: pocock, looks: 2 }")
    try project.writeUnits()
    let id = try project.begin()
    #expect(project.end(try project.runner.advance(id)) == "finished: Control kept")
    let state = try project.runner.storedAnalysis(of: id).groupSequential
    #expect(state?.isFinal == true && state?.alphaSpent == 0.05 && state?.nextUnits == nil)
  }
}
