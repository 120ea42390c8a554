import Basics
import Foundation
import TestSupport
import Testing

/// A run that is killed with SIGKILL at random moments ends as one that never was.
@Suite struct KillTests {
  private struct Ending: Equatable {
    var status: String
    var decisions: [String]
    var deployments: [String]
    var flag: String
    var completed: [String: Int]
  }

  private func ending(in folder: Folder, id: String) throws -> Ending {
    let status = try Program.run(["status", id], in: folder)
    let ledger = try Program.run(["history", "--json"], in: folder).output.split(separator: "\n")
      .map { try JSONValue(parsing: Array($0.utf8)) }.filter { $0["run"]?.string == id }
    func entries(_ kind: String) -> [JSONValue] {
      ledger.filter { $0["kind"]?.string == kind }.compactMap { $0["payload"] }
    }
    var completed: [String: Int] = [:]
    for line in try folder.text(".verdict/runs/\(id)/journal.jsonl").split(separator: "\n") {
      let record = try JSONValue(parsing: Array(line.utf8))
      guard record["event"]?.string == "completed" else { continue }
      completed["\(record["node"]?.string ?? "") \(record["visit"]?.int ?? 0)", default: 0] += 1
    }
    return Ending(
      status: status.output.replacing(id, with: "run"), decisions: entries("decision").map { $0.text() },
      deployments: entries("deployment").map {
        "\($0["stage"]?.int ?? -1) \($0["share"]?.double ?? -1) \($0["variant"]?.string ?? "")"
      },
      flag: try folder.text(".verdict/flags/first-line-treatment.flagd.json"), completed: completed)
  }

  /// The only run with a journal: a process that is killed before it has one leaves nothing to go on with.
  private func run(in folder: Folder) throws -> String? {
    let outcome = try Program.run(["status"], in: folder)
    guard outcome.exit == 0 else { return nil }
    return outcome.output.split(separator: ":").first.map(String.init).flatMap { $0.isEmpty ? nil : $0 }
  }

  private func journalBytes(in folder: Folder) -> Int {
    (try? folder.text(".verdict/runs/trial-1/journal.jsonl").utf8.count) ?? 0
  }

  @Test func fiftyRandomMoments() throws {
    let unbroken = try Folder()
    try unbroken.write(ExampleTrial.spec(), to: "trial.yaml")
    #expect(try Program.run(["run", "trial.yaml"], in: unbroken).exit == 0)
    let whole = journalBytes(in: unbroken)
    let expected = try ending(in: unbroken, id: "trial-1")
    #expect(expected.deployments == ["1 0.1 zdv_ddi", "2 0.5 zdv_ddi", "3 1.0 zdv_ddi"])
    #expect(expected.completed.values.allSatisfy { $0 == 1 })

    var generator = SeededGenerator(seed: 50)
    var (kills, interrupted) = (0, 0)
    while kills < 50 {
      let folder = try Folder()
      try folder.write(ExampleTrial.spec(), to: "trial.yaml")
      // Up to four kills of one run: at its start and as it goes on.
      var id: String?
      for _ in 0..<min(4, 50 - kills) {
        let process = try Program.start(id.map { ["resume", $0] } ?? ["run", "trial.yaml"], in: folder)
        // Moments are counted in what is written, which passes alike on idle and busy machines.
        let before = journalBytes(in: folder)
        let moment = before + Int(Double(whole - before) * generator.uniform())
        while process.isRunning, journalBytes(in: folder) <= moment { usleep(200) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        if process.terminationReason == .uncaughtSignal { interrupted += 1 }
        kills += 1
        id = try id ?? run(in: folder)
      }
      if let id {
        #expect(try Program.run(["resume", id], in: folder).exit == 0)
      } else {
        #expect(try Program.run(["run", "trial.yaml"], in: folder).exit == 0)
      }
      let name = try #require(try id ?? run(in: folder))
      #expect(try ending(in: folder, id: name) == expected)
      #expect(try Program.run(["verify", name], in: folder).exit == 0)
    }
    // A program may end between its last record and the signal.
    #expect(interrupted >= 25)
  }
}
