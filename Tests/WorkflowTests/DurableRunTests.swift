import Basics
import Foundation
import Testing
import Workflow

/// A run in a folder that goes with the test.
private final class Scratch {
  let path = FileManager.default.temporaryDirectory.appending(path: "run-\(UUID().uuidString)").path
  deinit { try? FileManager.default.removeItem(atPath: path) }
  var journal: String { path + "/journal.jsonl" }
  func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: journal))) }
  func write(_ bytes: some Collection<UInt8>) throws { try Data(bytes).write(to: URL(filePath: journal)) }
}

@Suite struct DurableRunTests {
  /// A loop that is left at the third visit, then a person, then the end.
  static let model = """
    L { # L
    n1: circle label:"Start"
    n2: rectangle label:"Count" [step=count]
    n3: diamond label:"Enough?" [step=enough]
    n4: rectangle label:"Sign" [human=owner]
    n5: circle label:"End"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left)
    n3.handle(right) -> n4.handle(left) [label="Yes - Go on"]
    n3.handle(top) -> n2.handle(top) [label="No"]
    n4.handle(right) -> n5.handle(left)
    }
    """

  /// Counts how often each step is really run.
  final class Calls: @unchecked Sendable {
    private let lock = NSLock()
    private var keys: [String] = []
    func add(_ key: String) { lock.withLock { keys.append(key) } }
    var all: [String] { lock.withLock { keys } }
  }

  static func library(_ calls: Calls = Calls()) -> StepLibrary {
    var library = StepLibrary()
    library.register("count") { context in
      calls.add(context.idempotencyKey)
      return .completed(["count": .integer((context.results["count"]?["count"]?.int ?? 0) + 1)])
    }
    library.register("enough") { context in
      calls.add(context.idempotencyKey)
      let count = context.results["count"]?["count"]?.int ?? 0
      return .completed(["count": .integer(count)], choice: count >= 3 ? "Yes" : "No")
    }
    return library
  }

  static let clock: @Sendable () -> Date = { Date(timeIntervalSince1970: 1_800_000_000) }

  /// Runs to the end, answering the person's question.
  static func finish(_ path: String, _ calls: Calls = Calls()) throws -> RunStatus {
    let run = try WorkflowRun.open(directory: path, clock: clock)
    var status = try run.advance(library: library(calls))
    if case .waiting(let node, .approval) = status {
      try run.answer(node: node.id, Answer(by: "Ada"))
      status = try run.advance(library: library(calls))
    }
    return status
  }

  private static func begin(_ scratch: Scratch) throws {
    _ = try WorkflowRun.create(id: "r-1", directory: scratch.path, model: model, inputs: ["a": 1], clock: clock)
  }

  @Test func runsLoopsAndWaitsForAPerson() throws {
    let scratch = Scratch()
    try Self.begin(scratch)
    let run = try WorkflowRun.open(directory: scratch.path, clock: Self.clock)
    let status = try run.advance(library: Self.library())
    guard case .waiting(let node, .approval(let role, _)) = status else {
      Issue.record("\(status)")
      return
    }
    #expect(node.id == "n4" && role == "owner")
    try run.answer(node: "n4", Answer(by: "Ada"))
    guard case .finished(let end) = try run.advance(library: Self.library()) else {
      Issue.record("not finished")
      return
    }
    #expect(end.label == "End")
  }

  @Test("cut at every byte, the journal goes on to the same bytes, and no recorded step runs again")
  func everyOffset() throws {
    let whole = Scratch()
    try Self.begin(whole)
    _ = try Self.finish(whole.path)
    let bytes = try whole.bytes()
    let first = try #require(bytes.firstIndex(of: 0x0A))
    for cut in first + 1...bytes.count {
      let scratch = Scratch()
      try Self.begin(scratch)
      try scratch.write(bytes[..<cut])
      let recorded = bytes[..<cut].split(separator: 0x0A).count { line in
        String(decoding: line, as: UTF8.self).contains("\"event\":\"completed\"") && line.endIndex < cut
      }
      let calls = Calls()
      guard case .finished = try Self.finish(scratch.path, calls) else {
        Issue.record("cut at \(cut)")
        continue
      }
      #expect(try scratch.bytes() == bytes, "cut at \(cut)")
      #expect(Set(calls.all).count == calls.all.count, "a step ran twice after a cut at \(cut)")
      #expect(calls.all.count <= 6 - min(6, max(0, recorded - 1)) + 1)
    }
  }

  @Test("a changed byte before the last line is refused, never accepted")
  func everyDamage() throws {
    let whole = Scratch()
    try Self.begin(whole)
    _ = try Self.finish(whole.path)
    let bytes = try whole.bytes()
    let lastLine = try #require(bytes.dropLast().lastIndex(of: 0x0A))
    for place in stride(from: 0, to: lastLine, by: 7) {
      var damaged = bytes
      damaged[place] ^= 0x01
      try whole.write(damaged)
      #expect(throws: RunFault.self, "byte \(place)") { try WorkflowRun.open(directory: whole.path) }
    }
  }

  @Test func aChangedModelIsRefused() throws {
    let scratch = Scratch()
    try Self.begin(scratch)
    let changed = Self.model.replacingOccurrences(of: "Count", with: "Recount")
    try Data(changed.utf8).write(to: URL(filePath: scratch.path + "/model.flow"))
    do {
      _ = try WorkflowRun.open(directory: scratch.path)
      Issue.record("opened")
    } catch { #expect(error.sentence.hasPrefix("the model is not the one that the run was begun with")) }
  }

  @Test func aSecondOwnerIsRefused() throws {
    let scratch = Scratch()
    try Self.begin(scratch)
    let first = try WorkflowRun.open(directory: scratch.path)
    #expect(throws: RunFault.inUse(directory: scratch.path)) { try WorkflowRun.open(directory: scratch.path) }
    _ = first.id
  }

  @Test func aStepThatFailsIsTriedAgain() throws {
    struct Broken: Error {}
    let scratch = Scratch()
    try Self.begin(scratch)
    var broken = Self.library()
    broken.register("count") { _ in throw Broken() }
    let run = try WorkflowRun.open(directory: scratch.path)
    guard case .failed(let node, _) = try run.advance(library: broken) else {
      Issue.record("did not fail")
      return
    }
    #expect(node.id == "n2")
    guard case .waiting = try run.advance(library: Self.library()) else {
      Issue.record("did not go on")
      return
    }
  }

  @Test func anEndlessLoopIsStopped() throws {
    let scratch = Scratch()
    try Self.begin(scratch)
    var endless = Self.library()
    endless.register("enough") { _ in .completed(.null, choice: "No") }
    let run = try WorkflowRun.open(directory: scratch.path)
    #expect(throws: RunFault.tooManySteps(limit: 50)) { try run.advance(library: endless, stepLimit: 50) }
  }

  @Test func anUnknownStepNamesTheNearest() throws {
    let scratch = Scratch()
    let text = Self.model.replacingOccurrences(of: "step=count", with: "step=cuont")
    let run = try WorkflowRun.create(id: "r-1", directory: scratch.path, model: text)
    do {
      _ = try run.advance(library: Self.library())
      Issue.record("advanced")
    } catch { #expect(error.sentence == "node 'n2' names the step 'cuont', which is not known. Did you mean 'count'?") }
  }

  @Test func anUnsoundModelIsNotRun() throws {
    let scratch = Scratch()
    let oauth = try #require(BuiltInModels.text(named: "oauth"))
    #expect(throws: RunFault.self) { try WorkflowRun.create(id: "r-1", directory: scratch.path, model: oauth) }
    #expect(!FileManager.default.fileExists(atPath: scratch.journal))
  }
}
