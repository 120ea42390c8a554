import Allocation
import Basics
import Foundation
import Pipelines
import Testing
import Workflow

/// Approvals, hold times, and guardrails that are watched between the stages.
@Suite struct RolloutTests {
  private func begun(stages: String) throws -> (Project, String) {
    let project = try Project()
    try project.writeSpec(stages: stages)
    try project.writeUnits(treatment: .init(converted: 3))
    return (project, try project.begin())
  }

  @Test func aPersonSaysYes() throws {
    let (project, id) = try begun(stages: "{ share: 10%, approval: true }, { share: 100% }")
    #expect(
      project.end(try project.runner.advance(id)) == "waiting for the release owner at Ramp winner one stage: "
        + "Serve treatment to 10 % of users (stage 1 of 2)?")
    #expect(project.flag == nil)
    try project.runner.answer(id, Answer(choice: "yes", by: "Ada"))
    #expect(project.end(try project.runner.advance(id)) == "finished: Winner deployed")
  }

  @Test func aPersonSaysNo() throws {
    let (project, id) = try begun(stages: "{ share: 10% }, { share: 100%, approval: true }")
    #expect(project.end(try project.runner.advance(id)).hasPrefix("waiting for the release owner"))
    #expect(project.flag?["targeting"] != nil)
    try project.runner.answer(id, Answer(choice: "no", by: "Ada", comment: "support is not ready"))
    #expect(project.end(try project.runner.advance(id)) == "finished: Control kept")
    #expect(project.flag?["defaultVariant"]?.string == "control")
    #expect(project.flag?["targeting"] == nil)
    #expect(try project.entries(.deployment, of: id).map { $0["stage"]?.int } == [1, 0])
  }

  @Test func everyQuestionCanBeAnsweredInAdvance() throws {
    let (project, id) = try begun(
      stages: "{ share: 10%, approval: true }, { share: 100%, approval: true }")
    #expect(project.end(try project.runner.advance(id, approve: "Ada")) == "finished: Winner deployed")
  }

  @Test func aStageIsHeld() throws {
    let (project, id) = try begun(stages: "{ share: 10%, hold: 2d }, { share: 100% }")
    let status = project.end(try project.runner.advance(id))
    #expect(status == "waiting until 2026-01-03T00:00:00Z at Ramp healthy?: the stage of 10 % is held")
    project.clock.advance(by: 2 * 86_400 - 1)
    #expect(project.end(try project.runner.advance(id)).hasPrefix("waiting until 2026-01-03T00:00:00Z"))
    #expect(try project.entries(.deployment, of: id).count == 1)
    project.clock.advance(by: 1)
    #expect(project.end(try project.runner.advance(id)) == "finished: Winner deployed")
    #expect(try project.entries(.deployment, of: id).count == 2)
  }

  @Test func harmInTheDataOfAStageStopsTheRamp() throws {
    let (project, id) = try begun(stages: "{ share: 10%, hold: 1d }, { share: 100% }")
    _ = try project.runner.advance(id)
    try project.writeUnits(treatment: .init(converted: 3, errors: 10))
    project.clock.advance(by: 86_400)
    #expect(project.end(try project.runner.advance(id)) == "finished: Control kept")
    #expect(try project.results("rollout.decide", of: id).map { $0["healthy"]?.bool } == [false])
    #expect(project.flag?["defaultVariant"]?.string == "control")
  }

  @Test func anAnswerNeedsAQuestion() throws {
    let (project, id) = try begun(stages: "{ share: 100% }")
    _ = try project.runner.advance(id)
    #expect(throws: PipelineFault.self) { try project.runner.answer(id, Answer(choice: "yes", by: "Ada")) }
    #expect(throws: PipelineFault.self) { try project.runner.answer(id, node: "n99", Answer(choice: "yes", by: "Ada")) }
  }

  @Test func byHand() throws {
    let (project, id) = try begun(stages: "{ share: 10% }, { share: 100% }")
    let deployment = ManualDeployment(project.runner)
    #expect(throws: PipelineFault.self) { try deployment.file(run: id, target: nil, stage: nil) }
    _ = try project.runner.advance(id)
    let made = try deployment.file(run: id, target: .growthbook, stage: 1)
    #expect(made.state.share == 0.1)
    _ = try deployment.rollback(run: id, by: "Ada")
    #expect(project.flag?["defaultVariant"]?.string == "control")
    #expect(try project.entries(.deployment, of: id).map { $0["stage"]?.int } == [1, 2, 0])
  }

  @Test("what a deployment would take from users is counted against the flag's last deployment")
  func moves() throws {
    let (project, id) = try begun(stages: "{ share: 10% }, { share: 100% }")
    _ = try project.runner.advance(id)
    let deployment = ManualDeployment(project.runner)
    let (full, _, _) = try deployment.file(run: id, target: nil, stage: 2)
    let (tenth, _, _) = try deployment.file(run: id, target: nil, stage: 1)
    // The run has deployed to everyone: 90 % would lose it; four standard deviations are 380 of 100,000.
    let moves = try #require(try deployment.moves(to: tenth, .flagd))
    #expect(moves.exposed == 100_000 && abs(moves.moved - 90_000) < 380)
    #expect(try deployment.moves(to: full, .growthbook)?.moved == 0)
    let users = UnitIDs(["a", "b", "c"])
    #expect(try deployment.moves(to: tenth, .flagd, ids: users)?.users == 3)
    try deployment.record(tenth, .flagd, "by-hand.json", run: id, by: "Ada")
    #expect(try deployment.moves(to: full, .growthbook)?.moved == 0)
    #expect(try deployment.moves(to: tenth, .flagd)?.moved == 0)
    #expect(try (deployment.moves(to: tenth, .growthbook)?.moved ?? 0) > 8000)
  }
}
