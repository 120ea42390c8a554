import Basics
import Foundation
import TestSupport
import Testing
import Workflow

/// Answers that are signed elsewhere, exports, pictures with numbers, the matrix: as a user calls them.
@Suite struct FlowCommandTests {
  private static let asking = """
    L { # Desk
    n1: circle label:"Start"
    n2: diamond label:"Good?"
    n3: circle label:"Yes indeed"
    n4: circle label:"Refused"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left) [label="Yes"] [p=0.5]
    n2.handle(bottom) -> n4.handle(left) [label="No"] [p=0.5]
    }

    """

  private func waiting() throws -> Folder {
    let folder = try Folder()
    try folder.write(Self.asking, to: "m.flow")
    try folder.write("0123456789abcdef-a-key\n", to: "key")
    let begun = try Program.run(["flow", "run", "m.flow", "--into", "r1"], in: folder)
    #expect(begun.exit == 0)
    #expect(begun.output == "r1: waits at Good? (n2), for L: Good?\n")
    return folder
  }

  private func sign(_ folder: Folder, run: String = "r1", choice: String = "Yes", to file: String) throws {
    let outcome = try Program.run(
      [
        "flow", "sign", run, "--node", "n2", "--choice", choice, "--by", "ada", "--comment", "looked at it", "--key",
        "key",
        "-o", file,
      ], in: folder)
    #expect(outcome.exit == 0)
  }

  @Test func aSignedAnswerIsTakenAndExplained() throws {
    let folder = try waiting()
    try sign(folder, to: "a.json")
    #expect(try Program.run(["flow", "answer", "r1", "--file", "a.json", "--key", "key"], in: folder).exit == 0)
    #expect(try Program.run(["flow", "resume", "r1"], in: folder).output == "r1: finished at Yes indeed\n")
    #expect(
      try Program.run(["flow", "explain", "r1"], in: folder).output
        == "n2 “Good?”: Yes. ada answered, signed, 'Yes': looked at it.\n")
    #expect(try folder.text("r1/journal.jsonl").contains("\"signature\":\""))
  }

  @Test func answersArePlayedInOneGo() throws {
    let folder = try waiting()
    try sign(folder, run: "r2", choice: "No", to: "b.json")
    let outcome = try Program.run(
      ["flow", "run", "m.flow", "--into", "r2", "--answers", "b.json", "--key", "key"], in: folder)
    #expect(outcome.exit == 0)
    #expect(outcome.output == "r2: finished at Refused\n")
  }

  @Test func whatIsNotSignedForThisIsRefused() throws {
    let folder = try waiting()
    try sign(folder, to: "a.json")
    func refused(_ file: String, key: String = "key") throws -> String {
      let outcome = try Program.run(["flow", "answer", "r1", "--file", file, "--key", key], in: folder)
      #expect(outcome.exit == 2)
      return outcome.errors
    }
    let altered = "verdict: the answer to node 'n2' was altered, or signed with another key; it is not taken.\n"
    try folder.write(folder.text("a.json").replacing("\"Yes\"", with: "\"No\""), to: "altered.json")
    #expect(try refused("altered.json") == altered)
    try folder.write("another key of enough bytes", to: "other")
    #expect(try refused("a.json", key: "other") == altered)
    try sign(folder, run: "r9", to: "other.json")
    #expect(
      try refused("other.json")
        == "verdict: the answer is for visit 1 of node 'n2' of the run 'r9', which is not what is asked now.\n")
    try folder.write("short", to: "short")
    #expect(
      try refused("a.json", key: "short")
        == "verdict: expected a key of at least 16 bytes, found 5; make one: head -c 32 /dev/urandom > key\n")
    try folder.write("{}", to: "empty.json")
    #expect(
      try refused("empty.json") == "verdict: empty.json: answer 1 is not of the schema verdict.flow-answer/1 "
        + "with run, node, visit, by and signature.\n")
    #expect(try Program.run(["flow", "resume", "r1"], in: folder).output == "r1: waits at Good? (n2), for L: Good?\n")
  }

  @Test func exports() throws {
    let folder = try Folder()
    #expect(
      try Program.run(["flow", "simulate", "billing_dispute", "--cases", "50", "-o", "log.csv"], in: folder).exit == 0)
    for form in ["bpmn", "asl", "mermaid", "dot", "prosimos"] {
      let outcome = try Program.run(["flow", "export", "billing_dispute", "--\(form)"], in: folder)
      #expect(outcome.exit == 0 && !outcome.output.isEmpty)
      #expect(outcome.errors.hasPrefix("verdict: \(form): "), "what is lost is said")
    }
    for form in ["xes", "ocel"] {
      let outcome = try Program.run(
        ["flow", "export", "billing_dispute", "log.csv", "--\(form)", "-o", "log.out"], in: folder)
      #expect(outcome.exit == 0)
      #expect(outcome.errors == "verdict: wrote log.out\n")
    }
    let none = try Program.run(["flow", "export", "billing_dispute", "--xes"], in: folder)
    #expect(none.exit == 2)
    #expect(none.errors.contains("--xes hands over a log; name it behind the model."))
    #expect(folder.names == ["log.csv", "log.out"])
  }

  @Test("a log on its model's picture", arguments: ["counts", "times", "variants"])
  func picture(numbers: String) throws {
    let folder = try Folder()
    let simulate = [
      "flow", "simulate", "billing_dispute", "--cases", "2000", "--arm", "control", "--arm", "treatment:n4:Yes=0.9",
      "-o",
      "log.csv",
    ]
    #expect(try Program.run(simulate, in: folder).exit == 0)
    let outcome = try Program.run(
      ["flow", "draw", "billing_dispute", "--log", "log.csv", "--show", numbers], in: folder)
    #expect(outcome.exit == 0)
    let expected = ["counts": "2,000 cases", "times": "Median and 95 % quantile", "variants": "control and treatment:"]
    #expect(outcome.output.contains(try #require(expected[numbers])))
  }

  @Test func theMatrixHolds() throws {
    let outcome = try Program.run(["flow", "matrix", "--format", "csv"], in: try Folder())
    #expect(outcome.exit == 0)
    let rows = outcome.output.split(separator: "\n").dropFirst()
    #expect(rows.count == 42)
    #expect(rows.allSatisfy { $0.contains(",true,") })
  }

  @Test func plainFormatIsFlowZaps() throws {
    let plain = try Program.run(["flow", "format", "content_moderation", "--plain"], in: try Folder()).output
    #expect(!plain.contains("p=") && !plain.contains("duration=") && !plain.contains("#  "))
    #expect(plain.contains("[label=\"Yes\"]"))
  }
}
