import Basics
import Foundation
import Pipelines
import Registry
import Testing
import Workflow

/// What was recorded is not believed once it was altered.
@Suite struct DamageTests {
  private func shipped() throws -> (Project, String) {
    let project = try Project()
    try project.writeSpec()
    try project.writeUnits(treatment: .init(converted: 3))
    let id = try project.begin()
    _ = try project.runner.advance(id)
    return (project, id)
  }

  private func replace(_ old: String, by new: String, in path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try #require(text.contains(old))
    try text.replacing(old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
  }

  @Test("verify names what was altered", arguments: ["look-1.json", "analysis-1.json"])
  func alteredFile(name: String) throws {
    let (project, id) = try shipped()
    let path = project.path(".verdict/runs/\(id)/\(name)")
    try replace("1000", by: "1001", in: path)
    let failed = try Verification(run: id, project.runner).items.filter { !$0.passed }
    #expect(failed.map(\.subject) == ["look 1"])
    #expect(
      failed.first?.detail
        == "\(path): is not what the run wrote (its hash differs from the journal's). Restore it from a copy.")
  }

  @Test func anAlteredFlagFile() throws {
    let (project, id) = try shipped()
    let path = project.path(".verdict/flags/one-page.flagd.json")
    try replace("ENABLED", by: "DISABLED", in: path)
    let failed = try Verification(run: id, project.runner).items.filter { !$0.passed }
    #expect(failed.map(\.subject) == ["deployment, stage 2"])
    #expect(failed.first?.detail == "\(path) is not the flag file that was deployed")
    // A rollback by hand deploys another file; the older deployments have nothing to answer for any more.
    _ = try ManualDeployment(project.runner).rollback(run: id, by: "Ada")
    #expect(try Verification(run: id, project.runner).passed)
  }

  @Test func aRunDoesNotGoOnFromAnAlteredLook() throws {
    let project = try Project()
    try project.writeSpec(stages: "{ share: 100%, approval: true }")
    try project.writeUnits(treatment: .init(converted: 3))
    let id = try project.begin()
    _ = try project.runner.advance(id)
    try replace("1000", by: "1001", in: project.path(".verdict/runs/\(id)/analysis-1.json"))
    try project.runner.answer(id, Answer(choice: "yes", by: "Ada"))
    #expect(project.end(try project.runner.advance(id)).contains("its hash differs from the journal's"))
  }

  @Test func aSpecThatWasEditedAfterTheStartIsRefused() throws {
    let (project, id) = try shipped()
    let path = project.path(".verdict/runs/\(id)/spec.yaml")
    try replace("share: 10%", by: "share: 90%", in: path)
    do {
      _ = try project.runner.advance(id)
      Issue.record("the edited spec was used")
    } catch {
      #expect(
        "\(error)"
          == "\(path): is not what the run wrote (the spec was changed after the run began). Restore it from a copy.")
    }
  }

  @Test func theUsersOwnSpecMayChange() throws {
    let (project, id) = try shipped()
    try replace("share: 10%", by: "share: 90%", in: project.path("experiment.yaml"))
    #expect(project.end(try project.runner.advance(id)) == "finished: Winner deployed")
  }

  @Test func aCorruptJournalIsRefusedWithItsPlace() throws {
    let (project, id) = try shipped()
    try replace("\"decided\":true", by: "\"decided\":null", in: project.path(".verdict/runs/\(id)/journal.jsonl"))
    do {
      _ = try project.runner.open(id)
      Issue.record("the corrupt journal was read")
    } catch {
      #expect(error.position?.line == 12)
      #expect(error.sentence.hasPrefix("the journal is damaged at byte "))
    }
  }

  @Test func aRunWhoseProcessDiedBeforeItWasListedIsFound() throws {
    let (project, id) = try shipped()
    // As the crash leaves it: the journal is begun, and the registry has no entry.
    for name in ["registry.sqlite", "registry.sqlite-journal"] {
      try? FileManager.default.removeItem(atPath: project.path(".verdict/\(name)"))
    }
    let runner = PipelineRunner(try Workspace(directory: project.path(".verdict")))
    #expect(try runner.resolve(run: nil) == id)
    #expect(try runner.runs() == [id])
  }

  @Test func aModelThatIsNotSoundBeginsNoRun() throws {
    let project = try Project()
    try project.writeSpec()
    let spec = try String(contentsOfFile: project.path("experiment.yaml"), encoding: .utf8)
    try project.write(spec + "\nmodel: mine.flow\n", to: "experiment.yaml")
    try project.write(try #require(BuiltInModels.text(named: "oauth")), to: "mine.flow")
    #expect(throws: RunFault.self) { try project.begin() }
    #expect(try project.runner.runs().isEmpty)
  }
}
