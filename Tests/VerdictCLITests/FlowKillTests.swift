import Basics
import Foundation
import TestSupport
import Testing
import Workflow

/// The seven models as runs of real commands, killed with SIGKILL at random moments: they end as runs that never were, and no
/// recorded step is run again.
@Suite struct FlowKillTests {
  /// One command for all steps: notes who called it, and at a decision takes the branches in turn.
  private func script(_ model: Model) -> String {
    let decisions = model.nodes.filter { $0.shape == .diamond }.map { node in
      let labels = model.edges.filter { $0.source.node == node.id }.compactMap(\.label)
      let cases = labels.enumerated().map { "\($0)) echo '\($1)';;" }.joined(separator: " ")
      return "\(node.id)) case $(( (VERDICT_VISIT - 1) % \(labels.count) )) in \(cases) esac;;"
    }
    return "cat > /dev/null\necho \"$VERDICT_KEY\" >> ledger\ncase $VERDICT_NODE in\n"
      + decisions.joined(separator: "\n") + "\n*) echo '{\"done\": true}';;\nesac\n"
  }

  /// Every node that does something has a step.
  private func text(_ name: String, _ model: Model) throws -> String {
    let circles = Set(model.nodes.filter { $0.shape == .circle }.map(\.id))
    return try #require(BuiltInModels.text(named: name)).split(separator: "\n", omittingEmptySubsequences: false).map {
      line in
      let id = line.prefix { $0 != ":" && $0 != " " && $0 != "." && $0 != "{" }
      guard line.dropFirst(id.count).hasPrefix(": "), !circles.contains(String(id)), !line.contains("step=") else {
        return String(line)
      }
      return line + " [step=work]"
    }.joined(separator: "\n")
  }

  /// Everything of the journal but times and checksums.
  private func records(_ folder: Folder) throws -> [String] {
    try folder.text("run/journal.jsonl").split(separator: "\n").map { line in
      let record = try JSONValue(parsing: Array(line.utf8))
      return ["event", "node", "visit", "step", "result", "choice", "next"].map { record[$0]?.text() ?? "-" }
        .joined(separator: " ")
    }
  }

  @Test("killed at random moments", .timeLimit(.minutes(5)), arguments: BuiltInModels.names.filter { $0 != "oauth" })
  func killed(name: String) throws {
    let model = try #require(BuiltInModels.model(named: name))
    let text = try text(name, model)
    let steps = Set(try #require(Notation.parse(text).model).nodes.compactMap { $0.attributes["step"] }).sorted()
      .flatMap { ["--step", "\($0)=sh ./step"] }
    func prepared() throws -> Folder {
      let folder = try Folder()
      try folder.write(text, to: "m.flow")
      try folder.write(script(model), to: "step")
      return folder
    }
    let unbroken = try prepared()
    let begin = ["flow", "run", "m.flow", "--into", "run"] + steps
    let start = ContinuousClock.now
    let outcome = try Program.run(begin, in: unbroken)
    #expect(outcome.exit == 0, "\(outcome.errors.suffix(300))")
    let total = ContinuousClock.now - start
    let expected = try records(unbroken)
    let calls = try unbroken.text("ledger").split(separator: "\n")
    #expect(Set(calls).count == calls.count)

    var generator = SeededGenerator(seed: 6)
    for _ in 0..<4 {
      let folder = try prepared()
      var kills = 0
      for _ in 0..<40 {
        let hasBegun = FileManager.default.fileExists(atPath: folder.file("run/journal.jsonl"))
        let process = try Program.start(hasBegun ? ["flow", "resume", "run"] + steps : begin, in: folder)
        let moment = ContinuousClock.now + total * generator.uniform()
        while process.isRunning, kills < 3, ContinuousClock.now < moment { usleep(200) }
        if process.isRunning, kills < 3 {
          kill(process.processIdentifier, SIGKILL)
          kills += 1
        }
        process.waitUntilExit()
        if process.terminationReason == .exit, process.terminationStatus == 0 { break }
      }
      #expect(try records(folder) == expected)
      // Every call has the key of an unbroken run's; only what was under way at a kill was called twice.
      let ledger = try folder.text("ledger").split(separator: "\n")
      #expect(Set(ledger) == Set(calls))
      #expect(ledger.count <= calls.count + kills)
    }
  }
}
