import Basics
import Foundation
import TestSupport
import Testing
import Workflow

/// Models, logs, journals and steps that are broken in every way: a sentence, exit 2 (or 1), never a crash.
@Suite struct FlowBadInputTests {
  static let small = """
    L { # L
    n1: circle label:"Start"
    n2: rectangle label:"Work" [step=work]
    n3: circle label:"Done"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left)
    }

    """

  private func folder(_ model: String = small) throws -> Folder {
    let folder = try Folder()
    try folder.write(model, to: "m.flow")
    return folder
  }

  // MARK: - Models

  @Test("any bytes as a model", arguments: ["check", "format", "draw", "simulate", "run", "export"])
  func anyBytes(command: String) throws {
    var generator = SeededGenerator(seed: 77)
    let folder = try Folder()
    let extra = ["run": ["--into", "run"], "export": ["--bpmn"], "format": ["-o", "out.flow"]][command] ?? []
    for _ in 0..<12 {
      let length = Int.random(in: 0...2_000, using: &generator)
      try folder.write((0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }, to: "m.flow")
      let outcome = try Program.run(["flow", command, "m.flow"] + extra, in: folder)
      #expect(outcome.exit == (command == "format" ? 0 : 2), "\(outcome.errors)")
      if command != "format" { #expect(outcome.errors.hasPrefix("verdict: m.flow")) }
    }
  }

  @Test func everyErrorAtOnceWithItsPlaceAndFixIt() throws {
    let folder = try folder(
      "L { # L\nn1: circel label:\"S\"\nn2: circle label:\"E\"\nn1.handle(rihgt) -> M.n2.handle(left)\n}\n")
    let table = try Program.run(["flow", "check", "m.flow"], in: folder)
    #expect(table.exit == 2)
    #expect(table.errors.contains("m.flow:2:5: "))
    #expect(table.errors.contains("Did you mean 'circle'?"))
    #expect(table.errors.contains("m.flow:4:11: "))
    let json = try Program.run(["flow", "check", "m.flow", "--format", "json"], in: folder)
    #expect(json.exit == 2)
    let first = try #require(try JSONValue(parsing: json.output)["diagnostics"]?[0])
    #expect(first["code"]?.string == "unknown-shape")
    #expect(first["start"]?.text() == #"{"line":2,"column":5,"byte":12}"#)
    #expect(first["end"]?.text() == #"{"line":2,"column":11,"byte":18}"#)
  }

  @Test func fixesAreMade() throws {
    let folder = try folder(Self.small.replacing("n1.handle(right) -> n2", with: "n1 -> n2"))
    #expect(try Program.run(["flow", "check", "m.flow"], in: folder).exit == 2)
    let outcome = try Program.run(["flow", "format", "m.flow", "--fix", "-o", "m.flow"], in: folder)
    #expect(outcome.errors.hasPrefix("verdict: 1 fix\n"))
    #expect(try Program.run(["flow", "check", "m.flow"], in: folder).exit == 0)
  }

  @Test func findingsHaveTheirPlaceToo() throws {
    let outcome = try Program.run(["flow", "check", "oauth", "--format", "json", "--suggest"], in: try Folder())
    #expect(outcome.exit == 1)
    let report = try #require(try JSONValue(parsing: outcome.output)["models"]?[0])
    let text = try #require(BuiltInModels.text(named: "oauth"))
    let source = try #require(report["findings"]?.array?.first { $0["code"]?.string == "second-source" })
    let start = try #require(source["start"]?["byte"]?.int)
    #expect(Array(text.utf8)[start...].starts(with: Array("n14: diamond".utf8)))
    #expect(report["repairs"]?.array?.count == 1)
    let repair = try #require(report["repairs"]?[0]?["start"]?["byte"]?.int)
    #expect(Array(text.utf8)[repair...].starts(with: Array("n12.handle(right) -> n13".utf8)))
  }

  @Test("a model of 100,000 nodes", .timeLimit(.minutes(3)), arguments: ["check", "format", "export", "simulate"])
  func largeModel(command: String) throws {
    let count = 100_000
    var text = "L { # L\nn1: circle label:\"Start\"\n"
    for index in 2..<count { text += "n\(index): rectangle label:\"Step \(index)\"\n" }
    text += "n\(count): circle label:\"End\"\n"
    for index in 1..<count { text += "n\(index).handle(right) -> n\(index + 1).handle(left)\n" }
    let folder = try folder(text + "}\n")
    let extra = ["export": ["--asl", "-o", "m.json"], "simulate": ["--cases", "2", "-o", "r.json"]][command] ?? []
    let outcome = try Program.run(["flow", command, "m.flow"] + extra, in: folder)
    #expect(outcome.exit == 0, "\(outcome.errors.suffix(400))")
  }

  // MARK: - Logs

  private static let header = "case_id,event,timestamp\n"

  private func measured(_ rows: String, header: String = header) throws -> JSONValue {
    let folder = try folder()
    try folder.write(header + rows, to: "log.csv")
    let outcome = try Program.run(["flow", "measure", "m.flow", "log.csv", "--format", "json"], in: folder)
    #expect(outcome.exit == 0, "\(outcome.errors)")
    return try JSONValue(parsing: outcome.output)
  }

  @Test func rowsOutOfOrderAndClocksThatGoBackwards() throws {
    let found = try measured(
      "a,work,2026-01-01T10:00:00Z\na,start,2026-01-01T09:00:00Z\na,done,2026-01-01T11:00:00Z\n")
    #expect(found["conformance"]?["fittingCases"]?.int == 1)
    #expect(found.text().contains("\"outOfOrder\":1"))
  }

  @Test func repeatedRows() throws {
    let row = "a,work,2026-01-01T10:00:00Z\n"
    let found = try measured("a,start,2026-01-01T09:00:00Z\n\(row)\(row)a,done,2026-01-01T11:00:00Z\n")
    #expect(found["conformance"]?["fittingCases"]?.int == 1)
    #expect(found["conformance"]?["duplicates"]?.int == 1)
  }

  @Test func eventsAndCasesThatTheModelDoesNotKnow() throws {
    let found = try measured(
      "a,start,2026-01-01T09:00:00Z\na,lunch,2026-01-01T10:00:00Z\nb,nonsense,2026-01-01T10:00:00Z\n")
    let deviations = found["conformance"]?["deviations"]?.array ?? []
    #expect(deviations.filter { $0["kind"]?.string == "unknown-event" }.count == 2)
    #expect(found["conformance"]?["fittingCases"]?.int == 0)
  }

  @Test(
    "a broken log",
    arguments: [
      ("a,start\n", "log.csv:2"), ("a,start,yesterday\n", "log.csv:2:9: "), (",start,2026-01-01\n", "log.csv:2:1: "),
    ])
  func brokenLog(rows: String, place: String) throws {
    let folder = try folder()
    try folder.write(Self.header + rows, to: "log.csv")
    let outcome = try Program.run(["flow", "measure", "m.flow", "log.csv"], in: folder)
    #expect(outcome.exit == 2)
    #expect(outcome.errors.hasPrefix("verdict: \(place)"), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test func aMissingColumn() throws {
    let folder = try folder()
    try folder.write("case_id,evnt,timestamp\na,b,2026-01-01\n", to: "log.csv")
    let outcome = try Program.run(["flow", "measure", "m.flow", "log.csv"], in: folder)
    #expect(outcome.exit == 2)
    #expect(outcome.errors == "verdict: log.csv:1:1: no column 'event'. Did you mean 'evnt'?\n")
  }

  // MARK: - Runs

  private func journal(_ folder: Folder) -> String { folder.file("run/journal.jsonl") }

  @Test func aHalfWrittenJournalGoesOn() throws {
    let folder = try folder()
    let step = ["--step", "work=echo done"]
    #expect(try Program.run(["flow", "run", "m.flow", "--into", "run"] + step, in: folder).exit == 0)
    let whole = try Data(contentsOf: URL(filePath: journal(folder)))
    try whole.dropLast(30).write(to: URL(filePath: journal(folder)))
    let resumed = try Program.run(["flow", "resume", "run"] + step, in: folder)
    #expect(resumed.exit == 0)
    #expect(resumed.output == "run: finished at Done\n")
    #expect(resumed.errors.contains("dropped"))
  }

  @Test func aDamagedJournalIsRefused() throws {
    let folder = try folder()
    #expect(
      try Program.run(["flow", "run", "m.flow", "--into", "run", "--step", "work=true"], in: folder).exit == 0)
    var bytes = try Data(contentsOf: URL(filePath: journal(folder)))
    bytes[bytes.count / 3] ^= 1
    try bytes.write(to: URL(filePath: journal(folder)))
    let outcome = try Program.run(["flow", "resume", "run", "--step", "work=true"], in: folder)
    #expect(outcome.exit == 2)
    #expect(outcome.errors.contains("the journal is damaged at byte "))
    #expect(try Data(contentsOf: URL(filePath: journal(folder))) == bytes)
  }

  @Test func twoProcessesAtOnce() throws {
    let folder = try folder()
    // The first process is in its step until the file appears.
    let step = ["--step", "work=until [ -e go ]; do sleep 0.02; done"]
    let first = try Program.start(["flow", "run", "m.flow", "--into", "run"] + step, in: folder)
    defer {
      try? folder.write("", to: "go")
      first.waitUntilExit()
    }
    let deadline = ContinuousClock.now + .seconds(20)
    while !FileManager.default.fileExists(atPath: journal(folder)), ContinuousClock.now < deadline { usleep(5_000) }
    let second = try Program.run(["flow", "resume", "run"] + step, in: folder)
    #expect(second.exit == 2)
    #expect(second.errors == "verdict: another process works on the run in run; wait for it, or end it first.\n")
    try folder.write("", to: "go")
    first.waitUntilExit()
    #expect(first.terminationStatus == 0)
  }

  @Test func aFullDiskKeepsWhatWasRecorded() throws {
    let folder = try folder()
    // No file may grow beyond one block of 512 bytes: the first record fits, the next does not.
    let outcome = try Program.run(
      ["flow", "run", "m.flow", "--into", "run", "--step", "work=echo x"], in: folder,
      limits: "ulimit -f 1; trap '' XFSZ")
    #expect(outcome.exit == 2)
    #expect(outcome.errors.contains("cannot be written: File too large"), "\(outcome.errors)")
    let resumed = try Program.run(["flow", "resume", "run", "--step", "work=echo x"], in: folder)
    #expect(resumed.exit == 0, "\(resumed.errors)")
    #expect(resumed.output == "run: finished at Done\n")
  }

  @Test(
    "steps that misbehave",
    arguments: [
      ("sleep 60", "the command took longer than 1 s and was ended; timeout= says how long it may."),
      (
        "yes 0123456789012345678901234567890123456789",
        "the command wrote more than 1048576 bytes and was ended; let it write to a file."
      ),
      ("kill -9 $$", "the command was ended by signal 9."), ("exit 3", "the command ended with 3."),
      ("printf '\\377\\376'", "the command wrote what is not UTF-8 text."),
      ("/no/such/program", "the command ended with 127: /bin/sh: 1: /no/such/program: not found"),
    ])
  func steps(command: String, sentence: String) throws {
    let folder = try folder(Self.small.replacing("[step=work]", with: "[step=work timeout=1s]"))
    let begun = ContinuousClock.now
    let outcome = try Program.run(
      ["flow", "run", "m.flow", "--into", "run", "--step", "work=\(command)"], in: folder)
    #expect(outcome.exit == 1)
    #expect(outcome.output == "run: stands at Work (n2): \(sentence)\n")
    #expect(ContinuousClock.now - begun < .seconds(30))
    // A failed attempt is no end: a step that behaves lets the run go on.
    #expect(try Program.run(["flow", "resume", "run", "--step", "work=true"], in: folder).exit == 0)
  }

  @Test func aStepThatNobodyKnows() throws {
    let folder = try folder()
    let outcome = try Program.run(["flow", "run", "m.flow", "--into", "run", "--step", "wrok=true"], in: folder)
    #expect(outcome.exit == 2)
    #expect(
      outcome.errors == "verdict: node 'n2' names the step 'work', which is not known. Did you mean 'wrok'?\n")
  }
}
