import Basics
import Foundation
import Synchronization
import Testing
import Workflow

/// A folder that goes with the test; in memory where there is such a place, for a run syncs every record.
final class RunFolder {
  let path: String
  init() {
    let base = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    path = base + "/run-\(UUID().uuidString)"
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }
  var journal: String { path + "/journal.jsonl" }
  func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: journal))) }
  func write(_ bytes: some Collection<UInt8>) throws { try Data(bytes).write(to: URL(filePath: journal)) }
}

/// A clock that only moves when it is told to.
final class TestClock: Sendable {
  private let seconds = Mutex(1_800_000_000.0)
  func advance(by time: Double) { seconds.withLock { $0 += time } }
  var now: @Sendable () -> Date { { [self] in Date(timeIntervalSince1970: seconds.withLock { $0 }) } }
}

private func model(_ lines: String) -> String { "L { # L\n" + lines + "\n}\n" }

@Suite struct RetryTests {
  static let text = model(
    """
    n1: circle label:"Start"
    n2: rectangle label:"Call" [step=call retry="3 exp(1s,2,1m)"]
    n3: circle label:"End"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left)
    """)

  /// Fails three times, then succeeds: pauses of 1, 2 and 4 seconds, each kept across a restart.
  @Test func pausesGrowAndSurviveRestarts() throws {
    struct Down: Error {}
    let (folder, clock) = (RunFolder(), TestClock())
    let calls = Mutex(0)
    var library = StepLibrary()
    library.register("call") { _ in
      let number = calls.withLock { count in
        count += 1
        return count
      }
      if number <= 3 { throw Down() }
      return .completed(["calls": .integer(number)])
    }
    _ = try WorkflowRun.create(id: "r", directory: folder.path, model: Self.text, clock: clock.now)
    for pause in [1.0, 2, 4] {
      let run = try WorkflowRun.open(directory: folder.path, clock: clock.now)
      guard case .waiting(let node, .time(let until, let what)) = try run.advance(library: library) else {
        Issue.record("does not wait")
        return
      }
      #expect(node.id == "n2" && what.hasPrefix("retry "))
      #expect(Double(until) == clock.now().timeIntervalSince1970 + pause)
      // Too early: nothing is tried.
      let before = calls.withLock { $0 }
      _ = try run.advance(library: library)
      #expect(calls.withLock { $0 } == before)
      clock.advance(by: pause)
    }
    let run = try WorkflowRun.open(directory: folder.path, clock: clock.now)
    guard case .finished = try run.advance(library: library) else {
      Issue.record("not finished")
      return
    }
    #expect(calls.withLock { $0 } == 4)
  }

  @Test func afterTheLastRetryTheRunStands() throws {
    struct Down: Error {}
    let folder = RunFolder()
    var library = StepLibrary()
    library.register("call") { _ in throw Down() }
    let text = Self.text.replacingOccurrences(of: "3 exp(1s,2,1m)", with: "2")
    let run = try WorkflowRun.create(id: "r", directory: folder.path, model: text)
    guard case .failed(let node, _) = try run.advance(library: library) else {
      Issue.record("does not stand")
      return
    }
    #expect(node.id == "n2")
    #expect(run.history.count { if case .failed = $0.event { true } else { false } } == 3)
  }

  @Test(
    "attributes that cannot be read are refused",
    arguments: [
      (
        "retry=many",
        "node 'n2': retry= expects a number of retries and a pause, such as 3, 5 10s or 5 exp(1s,2,1m), found 'many'."
      ),
      ("retry=\"3 exp(2s,1,1s)\"", "node 'n2': retry= expects a number of retries"),
      (
        "timeout=soon",
        "node 'n2': timeout= expects a time such as 30s or 2h, on a decision with the branch to take: 2d No, found 'soon'."
      ),
    ])
  func badAttributes(_ attribute: String, _ begins: String) {
    let text = Self.text.replacingOccurrences(of: "retry=\"3 exp(1s,2,1m)\"", with: attribute)
    do throws(RunFault) {
      try WorkflowRun.validate(model: text, file: "m.flow")
      Issue.record("accepted")
    } catch { #expect(error.sentence.contains(begins.dropFirst(11)), "\(error.sentence)") }
  }
}

@Suite struct DeadlineTests {
  static let text = model(
    """
    n1: circle label:"Start"
    n2: diamond label:"Approve?" [human=owner timeout="2d No"]
    n3: circle label:"Approved"
    n4: circle label:"Refused"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left) [label="Yes"]
    n2.handle(bottom) -> n4.handle(left) [label="No"]
    """)

  @Test func theBranchIsTakenWhenNobodyAnswers() throws {
    let (folder, clock) = (RunFolder(), TestClock())
    let run = try WorkflowRun.create(id: "r", directory: folder.path, model: Self.text, clock: clock.now)
    guard case .waiting(_, .approval) = try run.advance(library: StepLibrary()) else {
      Issue.record("does not wait")
      return
    }
    clock.advance(by: 2 * 86_400 - 1)
    guard case .waiting = try run.advance(library: StepLibrary()) else {
      Issue.record("too early")
      return
    }
    clock.advance(by: 1)
    guard case .finished(let end) = try run.advance(library: StepLibrary()) else {
      Issue.record("not finished")
      return
    }
    #expect(end.label == "Refused")
    #expect(run.explanation().map(\.why) == ["Nobody answered within timeout=."])
  }

  @Test func anAnswerInTimeCounts() throws {
    let (folder, clock) = (RunFolder(), TestClock())
    let run = try WorkflowRun.create(id: "r", directory: folder.path, model: Self.text, clock: clock.now)
    _ = try run.advance(library: StepLibrary())
    clock.advance(by: 86_400)
    try run.answer(node: "n2", Answer(choice: "Yes", by: "Ada", comment: "fine"))
    clock.advance(by: 10 * 86_400)
    guard case .finished(let end) = try run.advance(library: StepLibrary()) else {
      Issue.record("not finished")
      return
    }
    #expect(end.label == "Approved")
    #expect(run.explanation().map(\.sentence) == ["n2 “Approve?”: Yes. Ada answered 'Yes': fine."])
  }
}

@Suite struct AbortTests {
  static let text = model(
    """
    n1: circle label:"Start"
    n2: rectangle label:"Book" [step=book undo=cancel]
    n3: rectangle label:"Pay" [step=pay undo=refund]
    n4: rectangle label:"Sign" [human=owner]
    n5: circle label:"End"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left)
    n3.handle(right) -> n4.handle(left)
    n4.handle(right) -> n5.handle(left)
    """)

  /// The payment's refund fails once; the booking is cancelled only behind it, and each is undone once.
  @Test func undoesInReverseOrder() throws {
    struct Down: Error {}
    let folder = RunFolder()
    let calls = Mutex<[String]>([])
    var library = StepLibrary()
    for name in ["book", "pay", "cancel", "refund"] {
      library.register(name) { context in
        let isFirst = calls.withLock { list in
          list.append("\(name) \(context.visit)")
          return list.count { $0 == "\(name) \(context.visit)" } == 1
        }
        if name == "refund", isFirst { throw Down() }
        return .completed([:])
      }
    }
    _ = try WorkflowRun.create(id: "r", directory: folder.path, model: Self.text).advance(library: library)
    do {
      let run = try WorkflowRun.open(directory: folder.path)
      try run.abort(by: "Ada", reason: "the customer left")
      guard case .failed(let node, let message) = try run.advance(library: library) else {
        Issue.record("did not stand")
        return
      }
      #expect(node.id == "n3" && message.hasPrefix("undo failed: "))
    }
    let run = try WorkflowRun.open(directory: folder.path)
    guard case .failed(_, let message) = try run.advance(library: library) else {
      Issue.record("did not end")
      return
    }
    #expect(message == "aborted by Ada: the customer left; what can be undone is undone")
    #expect(calls.withLock { $0 } == ["book 1", "pay 1", "refund 1", "refund 1", "cancel 1"])
    #expect(throws: RunFault.cannotAbort(status: "aborted already")) { try run.abort(by: "Ada", reason: "again") }
  }
}

@Suite struct MigrationTests {
  static let text = model(
    """
    n1: circle label:"Start"
    n2: rectangle label:"Sign" [human=owner]
    n3: circle label:"End"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left)
    """)
  static let longer = model(
    """
    n1: circle label:"Start"
    n5: rectangle label:"Sign" [human=owner]
    n6: rectangle label:"File" [step=file]
    n3: circle label:"End"
    n1.handle(right) -> n5.handle(left)
    n5.handle(right) -> n6.handle(left)
    n6.handle(right) -> n3.handle(left)
    """)

  @Test func goesOnWithTheNewModel() throws {
    let folder = RunFolder()
    _ = try WorkflowRun.create(id: "r", directory: folder.path, model: Self.text).advance(library: StepLibrary())
    #expect(
      throws: RunFault.cannotMigrate(reason: "it has no node 'n2', at which the run stands; say where it went")
    ) { try WorkflowRun.migrate(directory: folder.path, to: Self.longer) }
    #expect(throws: RunFault.cannotMigrate(reason: "the run's model has no node 'n9'")) {
      try WorkflowRun.migrate(directory: folder.path, to: Self.longer, map: ["n9": "n5"])
    }
    _ = try WorkflowRun.migrate(directory: folder.path, to: Self.longer, map: ["n2": "n5"])
    var library = StepLibrary()
    library.register("file") { _ in .completed(["filed": true]) }
    let run = try WorkflowRun.open(directory: folder.path)
    guard case .waiting(let node, .approval) = try run.advance(library: library) else {
      Issue.record("does not wait")
      return
    }
    #expect(node.id == "n5")
    try run.answer(node: "n5", Answer(by: "Ada"))
    guard case .finished = try run.advance(library: library) else {
      Issue.record("not finished")
      return
    }
    // The kept model is pinned too.
    try Data((Self.longer + "\n").utf8).write(to: URL(filePath: folder.path + "/model-1.flow"))
    #expect(throws: RunFault.self) { try WorkflowRun.open(directory: folder.path) }
  }
}

@Suite struct ShellStepTests {
  private func run(_ command: String, _ attributes: String = "", inputs: JSONValue = .null) throws -> (
    RunStatus, [JournalRecord]
  ) {
    let folder = RunFolder()
    let text = model(
      """
      n1: circle label:"Start"
      n2: rectangle label:"Do" [step=do \(attributes)]
      n3: circle label:"End"
      n1.handle(right) -> n2.handle(left)
      n2.handle(right) -> n3.handle(left)
      """)
    var library = StepLibrary()
    library.register("do", shell: command)
    let run = try WorkflowRun.create(id: "r", directory: folder.path, model: text, inputs: inputs)
    return (try run.advance(library: library), run.history)
  }

  private func result(_ history: [JournalRecord]) -> JSONValue? {
    history.compactMap { record -> JSONValue? in
      if case .completed("n2", _, _, let result, _, _) = record.event { result } else { nil }
    }.first
  }

  private func message(_ status: RunStatus) -> String {
    if case .failed(_, let message) = status { message } else { "\(status)" }
  }

  @Test func outputIsTheResult() throws {
    #expect(result(try run("echo '{\"built\": 3}'").1) == ["built": 3])
    #expect(result(try run("echo plain words").1) == ["output": "plain words\n"])
    #expect(result(try run("cat", inputs: ["a": 1]).1)?["inputs"] == ["a": 1])
    let key = try #require(result(try run("printf \"$VERDICT_RUN $VERDICT_NODE $VERDICT_VISIT\"").1)?["output"]?.string)
    #expect(key == "r n2 1")
  }

  @Test func failuresAreAttempts() throws {
    #expect(message(try run("echo broken >&2; exit 3").0) == "the command ended with 3: broken")
    #expect(message(try run("kill -9 $$").0) == "the command was ended by signal 9.")
    #expect(message(try run("printf '\\377'").0) == "the command wrote what is not UTF-8 text.")
  }

  /// What never ends is ended, with everything that it started.
  @Test func aHangingCommandIsEnded() throws {
    let start = ContinuousClock.now
    #expect(
      message(try run("sleep 300 & sleep 300", "timeout=1s").0)
        == "the command took longer than 1 s and was ended; timeout= says how long it may.")
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test func endlessOutputIsEnded() throws {
    #expect(
      message(try run("yes").0) == "the command wrote more than 1048576 bytes and was ended; let it write to a file.")
  }

  @Test func aCommandThatReadsNothingIsNoFault() throws {
    let big = JSONValue.array((0..<100_000).map { .integer($0) })
    #expect(result(try run("echo '{}'", inputs: big).1) == [:])
  }

  @Test func theLastLineNamesABranch() throws {
    let folder = RunFolder()
    let text = model(
      """
      n1: circle label:"Start"
      n2: diamond label:"Tests pass?" [step="sh: echo running; echo No"]
      n3: circle label:"Ship"
      n4: circle label:"Stop"
      n1.handle(right) -> n2.handle(left)
      n2.handle(right) -> n3.handle(left) [label="Yes"]
      n2.handle(top) -> n4.handle(left) [label="No"]
      """)
    let run = try WorkflowRun.create(id: "r", directory: folder.path, model: text)
    guard case .finished(let end) = try run.advance(library: StepLibrary()) else {
      Issue.record("not finished")
      return
    }
    #expect(end.label == "Stop")
  }
}

@Suite struct ReplayTests {
  static let text = model(
    """
    n1: circle label:"Start"
    n2: rectangle label:"Count" [step=count]
    n3: diamond label:"Many?"
    n4: circle label:"Many"
    n5: circle label:"Few"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left)
    n3.handle(right) -> n4.handle(left) [label="Yes"] [when="count >= 3"]
    n3.handle(top) -> n5.handle(left) [label="No"] [when=else]
    """)

  private func library(_ count: @escaping @Sendable () -> Int) -> StepLibrary {
    var library = StepLibrary()
    library.register("count") { _ in .completed(["count": .integer(count())]) }
    return library
  }

  @Test func todaysStepsAreHeldToTheRecord() throws {
    let folder = RunFolder()
    let run = try WorkflowRun.create(id: "r", directory: folder.path, model: Self.text)
    _ = try run.advance(library: library { 4 })
    let same = try ReplayCheck(run, library: library { 4 })
    #expect(same.steps == 1 && same.divergences.isEmpty)
    let other = try ReplayCheck(run, library: library { 5 })
    #expect(other.divergences.map(\.sentence) == ["n2, visit 1: recorded {\"count\":4}, now {\"count\":5}"])
    #expect(
      run.explanation().map(\.sentence) == [
        "n3 “Many?”: Yes. By the result that came: count >= 3 holds; else is 'No'. The result was {\"count\":4}"
      ])
  }
}

/// What a SIGKILL leaves is a prefix of the journal, for records are only appended. So every prefix of the journals of the seven
/// models is opened; and from every record on the run goes on to the same bytes and the same files.
@Suite struct EveryOffsetTests {
  static let clock: @Sendable () -> Date = { Date(timeIntervalSince1970: 1_800_000_000) }

  /// Steps that write a file each; decisions take their branches in turn.
  private static func library(_ model: Model, _ outputs: String) -> StepLibrary {
    var library = StepLibrary()
    for step in Set(model.nodes.compactMap { $0.attributes["step"] }) {
      library.register(step) { context in
        let name = "\(outputs)/\(context.node.id)-\(context.visit)"
        try AtomicFile.write(Array(context.idempotencyKey.utf8), to: name)
        let choice = context.labels.isEmpty ? nil : context.labels[(context.visit - 1) % context.labels.count]
        return .completed(["visit": .integer(context.visit)], choice: choice)
      }
    }
    return library
  }

  private static func finish(_ folder: RunFolder) throws -> String {
    let outputs = folder.path + "/outputs"
    try FileManager.default.createDirectory(atPath: outputs, withIntermediateDirectories: true)
    let run = try WorkflowRun.open(directory: folder.path, clock: clock)
    let library = library(run.model, outputs)
    while true {
      switch try run.advance(library: library) {
      case .finished(let end): return end.label
      case .waiting(let node, .approval):
        let labels = run.model.edges.filter { $0.source.node == node.id }.compactMap(\.label)
        let visit =
          1 + run.history.count { if case .completed(node.id, _, _, _, _, _) = $0.event { true } else { false } }
        let choice = node.shape == .diamond ? labels[(visit - 1) % labels.count] : nil
        try run.answer(node: node.id, Answer(choice: choice, by: "test"))
      case let status: return "\(status)"
      }
    }
  }

  private static func files(_ folder: RunFolder) throws -> [String: Data] {
    let outputs = folder.path + "/outputs"
    return try FileManager.default.contentsOfDirectory(atPath: outputs).reduce(into: [:]) { files, name in
      files[name] = try Data(contentsOf: URL(filePath: outputs + "/" + name))
    }
  }

  @Test("of the seven models", arguments: BuiltInModels.names.filter { $0 != "oauth" })
  func resumes(_ name: String) throws {
    let text = try #require(BuiltInModels.text(named: name))
    func begin() throws -> RunFolder {
      let folder = RunFolder()
      _ = try WorkflowRun.create(id: "r", directory: folder.path, model: text, clock: Self.clock)
      return folder
    }
    let whole = try begin()
    let end = try Self.finish(whole)
    let (bytes, outputs) = (try whole.bytes(), try Self.files(whole))
    let ends = bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }
    #expect(ends.count > 8)
    // Every prefix opens, and is cut back to its last whole record; one that lacks only its line end is completed.
    let scratch = try begin()
    for cut in ends[0]...bytes.count {
      try scratch.write(bytes[..<cut])
      let run = try WorkflowRun.open(directory: scratch.path, clock: Self.clock)
      let kept = ends.last { $0 <= cut + 1 && $0 <= bytes.count } ?? 0
      #expect(try scratch.bytes() == Array(bytes[..<kept]), "cut at \(cut)")
      #expect(run.history.count == ends.count { $0 <= kept })
    }
    // From every record, whole or half, the run goes on to the same end.
    for (index, boundary) in ends.enumerated() {
      let next = index + 1 < ends.count ? ends[index + 1] : bytes.count
      for cut in Set([boundary, (boundary + next) / 2]) {
        let folder = try begin()
        try folder.write(bytes[..<cut])
        #expect(try Self.finish(folder) == end)
        #expect(try folder.bytes() == bytes, "resumed from \(cut)")
        // A resumed run writes the files of the steps that were not recorded; they are the unbroken run's.
        #expect(try Self.files(folder).allSatisfy { outputs[$0.key] == $0.value })
      }
    }
  }
}
