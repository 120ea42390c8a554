import Basics
import Foundation
import Pipelines
import Registry
import Testing
import Workflow

/// Whole runs of the A/B model on small exact data, with a clock that the test sets.
@Suite struct ExperimentRunTests {
  @Test func aWinnerIsShippedStageByStage() throws {
    let project = try Project()
    try project.writeSpec()
    try project.writeUnits(treatment: .init(converted: 3))
    let id = try project.begin()
    #expect(project.end(try project.runner.advance(id)) == "finished: Winner deployed")
    #expect(try project.entries(.decision, of: id).map { $0["outcome"]?.string } == ["ship"])
    #expect(try project.entries(.decision, of: id).first?["variant"]?.string == "treatment")
    let deployments = try project.entries(.deployment, of: id)
    #expect(deployments.map { $0["stage"]?.int } == [1, 2])
    #expect(deployments.map { $0["share"]?.double } == [0.1, 1])
    #expect(project.flag?["defaultVariant"]?.string == "treatment")
    #expect(FileManager.default.fileExists(atPath: project.path(".verdict/runs/\(id)/report.html")))
    #expect(try Verification(run: id, project.runner).passed)
  }

  /// Words for a missing value are the spec's: without them the same data is refused.
  @Test func nullWordsOfTheSpecHold() throws {
    for (data, isRead) in [("user_id, null_words: [NA, -99]", true), ("user_id", false)] {
      let project = try Project()
      try project.writeSpec()
      let spec = try String(contentsOfFile: project.path("experiment.yaml"), encoding: .utf8)
      try project.write(spec.replacing("unit: user_id", with: "unit: \(data)"), to: "experiment.yaml")
      try project.writeUnits(treatment: .init(converted: 3))
      let units = try String(contentsOfFile: project.path("units.csv"), encoding: .utf8)
      try project.write(units + "more-1,control,NA,0\nmore-2,treatment,-99,0\n", to: "units.csv")
      let id = try project.begin()
      let end = try? project.end(project.runner.advance(id))
      #expect((end == "finished: Winner deployed") == isRead, "\(end ?? "")")
    }
  }

  @Test func withoutAnEffectTheControlIsKept() throws {
    let project = try Project()
    try project.writeSpec()
    try project.writeUnits()
    let id = try project.begin()
    #expect(project.end(try project.runner.advance(id)) == "finished: Control kept")
    #expect(try project.entries(.decision, of: id).map { $0["outcome"]?.string } == ["keep"])
    #expect(project.flag?["defaultVariant"]?.string == "control")
    #expect(project.flag?["targeting"] == nil)
  }

  @Test func aBrokenSampleRatioMakesTheRunInvalid() throws {
    let project = try Project()
    try project.writeSpec()
    try project.writeUnits(control: .init(units: 1000), treatment: .init(units: 700, converted: 9))
    let id = try project.begin()
    #expect(project.end(try project.runner.advance(id)) == "finished: Control kept")
    let decisions = try project.entries(.decision, of: id)
    #expect(decisions.map { $0["outcome"]?.string } == ["invalid"])
    #expect(decisions.first?["reasons"]?.array?.first?.string?.hasPrefix("The check sample-ratio fails: ") == true)
    #expect(try project.results("effect.compute", of: id).isEmpty)
  }

  @Test func aCrossedGuardrailRollsBack() throws {
    let project = try Project()
    try project.writeSpec()
    try project.writeUnits(treatment: .init(converted: 3, errors: 10))
    let id = try project.begin()
    #expect(project.end(try project.runner.advance(id)) == "finished: Control kept")
    #expect(try project.entries(.decision, of: id).map { $0["outcome"]?.string } == ["rollback"])
    #expect(try project.results("guardrails.decide", of: id).map { $0["held"]?.bool } == [false])
    #expect(project.flag?["defaultVariant"]?.string == "control")
  }

  @Test func anUndecidedRunWaitsForNewDataAndThenShips() throws {
    let project = try Project()
    try project.writeSpec(final: false)
    try project.writeUnits(control: .init(units: 150), treatment: .init(units: 150))
    let id = try project.begin()
    #expect(
      project.end(try project.runner.advance(id))
        == "waiting for data at Expose users and log exposures: the data have not changed since look 1")
    #expect(project.end(try project.runner.advance(id)).hasPrefix("waiting for data"))
    #expect(try project.entries(.look, of: id).count == 1)
    #expect(try project.entries(.decision, of: id).isEmpty)
    try project.writeUnits(treatment: .init(converted: 3))
    #expect(project.end(try project.runner.advance(id)) == "finished: Winner deployed")
    #expect(try project.entries(.look, of: id).map { $0["look"]?.int } == [1, 2])
    #expect(try project.entries(.decision, of: id).count == 1)
    #expect(try Verification(run: id, project.runner).passed)
  }

  @Test func aMissingFileIsWaitedFor() throws {
    let project = try Project()
    try project.writeSpec()
    let id = try project.begin()
    let status = project.end(try project.runner.advance(id))
    #expect(status == "waiting for data at Expose users and log exposures: units.csv is not there yet")
    try project.writeUnits(treatment: .init(converted: 3))
    #expect(project.end(try project.runner.advance(id)) == "finished: Winner deployed")
  }

  @Test func anUnreadableFileFailsTheStepUntilItIsRepaired() throws {
    let project = try Project()
    try project.writeSpec()
    try project.write("user_id,variant,converted,error\na,control,1\n", to: "units.csv")
    let id = try project.begin()
    guard case .failed(let node, let message) = try project.runner.advance(id) else {
      Issue.record("the step did not fail")
      return
    }
    #expect(node.id == "n11")
    #expect(
      message.hasSuffix("units.csv:2:12: the row has 3 fields, the header 4. Is a line break or a separator lost?"))
    try project.writeUnits(treatment: .init(converted: 3))
    #expect(project.end(try project.runner.advance(id)) == "finished: Winner deployed")
  }
}
