import Foundation
import Synchronization
import Testing
import Workflow

/// A clock that is set back: waits get longer, nothing runs twice, and what is recorded still fits.
@Suite struct ClockTests {
  private static let text = """
    L { # L
    n1: circle label:"Start"
    n2: rectangle label:"Call" [step=call]
    n3: rectangle label:"Pause" [wait=1h step=call]
    n4: circle label:"End"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left)
    n3.handle(right) -> n4.handle(left)
    }
    """

  @Test func setBackByADay() throws {
    let (folder, clock) = (RunFolder(), TestClock())
    let keys = Mutex<[String]>([])
    var library = StepLibrary()
    library.register("call") { context in
      keys.withLock { $0.append(context.idempotencyKey) }
      return .completed(.null)
    }
    _ = try WorkflowRun.create(id: "r", directory: folder.path, model: Self.text, clock: clock.now)
    func advanced() throws -> RunStatus {
      try WorkflowRun.open(directory: folder.path, clock: clock.now).advance(library: library)
    }
    guard case .waiting(_, .time(let until, _)) = try advanced() else {
      Issue.record("does not wait")
      return
    }
    clock.advance(by: -86_400)
    // The end of the wait is the one that was recorded, now a day and an hour away.
    for _ in 0..<3 {
      guard case .waiting(_, .time(until, _)) = try advanced() else {
        Issue.record("does not wait any more")
        return
      }
    }
    clock.advance(by: 86_400 + 3_599)
    guard case .waiting = try advanced() else {
      Issue.record("ended too early")
      return
    }
    clock.advance(by: 1)
    guard case .finished = try advanced() else {
      Issue.record("not finished")
      return
    }
    #expect(keys.withLock { $0.count } == 2)
    #expect(Set(keys.withLock { $0 }).count == 2)
    // Times in the journal go backwards; nothing is decided by them.
    let times = try WorkflowRun.open(directory: folder.path, clock: clock.now).history.map(\.time)
    #expect(times.count == 6)
  }
}
