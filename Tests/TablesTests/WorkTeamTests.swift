import Foundation
import Synchronization
import Tables
import Testing

/// Counts how often each piece was done.
private final class Tally: Sendable {
  /// An atomic cannot lie in an array.
  private final class Box: Sendable { let value = Atomic(0) }
  private let boxes: [Box]

  init(_ count: Int) { boxes = (0..<count).map { _ in Box() } }
  func add(_ piece: Int) { boxes[piece].value.wrappingAdd(1, ordering: .relaxed) }
  var all: [Int] { boxes.map { $0.value.load(ordering: .relaxed) } }
}

@Suite struct WorkTeamTests {
  @Test(arguments: [0, 1, 3])
  func eachPieceIsDoneOnce(helpers: Int) {
    let team = WorkTeam(helpers: helpers)
    for count in [0, 1, 2, 7, 500] {
      let tallies = (0..<3).map { _ in Tally(count) }
      let begun = tallies.map { tally in team.begin(SharedWork(count: count) { tally.add($0) }) }
      team.run(count) { tallies[2].add($0) }
      for work in begun.reversed() { team.finish(work) }
      #expect(tallies.map(\.all) == [1, 1, 2].map { Array(repeating: $0, count: count) })
    }
  }

  /// Without helpers all is done by whoever waits, in an order that is known.
  @Test func urgentWorkGoesFirst() {
    let team = WorkTeam(helpers: 0)
    let order = Order()
    let first = team.begin(SharedWork(count: 2) { order.add("first \($0)") })
    let second = team.begin(SharedWork(count: 2) { order.add("second \($0)") })
    let urgent = team.begin(SharedWork(count: 1) { order.add("urgent \($0)") }, isUrgent: true)
    team.finish(first)
    #expect(order.all == ["urgent 0", "first 0", "first 1"])
    team.finish(second)
    team.finish(urgent)
    #expect(order.all == ["urgent 0", "first 0", "first 1", "second 0", "second 1"])
  }

  /// A thread keeps to its memory as long as there is work on it. Two pieces at a time are being done: each waits for its partner.
  @Test func memoryStaysWithItsThread() {
    let team = WorkTeam(helpers: 1)
    let pairs = (0..<200).map { _ in (0..<2).map { _ in DispatchSemaphore(value: 0) } }
    let threads = Slots<Thread?>(2 * pairs.count, nil)
    for memory in [0, 5] {
      let work = SharedWork(count: 2 * pairs.count, memory: { memory + $0 % 2 }) { piece in
        threads[piece] = Thread.current
        pairs[piece / 2][1 - piece % 2].signal()
        #expect(pairs[piece / 2][piece % 2].wait(timeout: .now() + 20) == .success)
      }
      team.finish(team.begin(work))
      for first in [0, 1] {
        let isHere = (memory + first) % 2 == 0
        for piece in stride(from: first, to: threads.count, by: 2) {
          #expect((threads[piece] === Thread.current) == isHere)
          #expect(threads[piece] === threads[first])
        }
      }
    }
  }

  /// Two pieces of the helper's memory, each of which waits for the other: whoever waits for them does one.
  @Test func othersPiecesAreDoneBeforeWaiting() {
    let team = WorkTeam(helpers: 1)
    let begun = (0..<2).map { _ in DispatchSemaphore(value: 0) }
    let work = SharedWork(count: 2, memory: { _ in 1 }) { piece in
      begun[1 - piece].signal()
      #expect(begun[piece].wait(timeout: .now() + 20) == .success)
    }
    team.finish(team.begin(work))
  }

  /// A piece may share work itself: whoever waits for it does other pieces meanwhile.
  @Test(arguments: [0, 1, 3])
  func piecesMayShareWork(helpers: Int) {
    let team = WorkTeam(helpers: helpers)
    let tally = Tally(64)
    team.run(8) { outer in team.run(8) { tally.add(8 * outer + $0) } }
    #expect(tally.all.allSatisfy { $0 == 1 })
  }

  @Test(arguments: [0, 1, 3])
  func withdrawnWorkIsLeft(helpers: Int) {
    let team = WorkTeam(helpers: helpers)
    let tally = Tally(1000)
    let begun = team.begin(SharedWork(count: 1000) { tally.add($0) })
    team.withdraw(begun)
    let done = tally.all
    if helpers == 0 { #expect(done.allSatisfy { $0 == 0 }) }
    // None is begun later, though others are.
    team.run(100) { _ in }
    team.finish(begun)
    team.withdraw(begun)
    #expect(tally.all == done)
  }

  /// What the work holds is let go with it: a consumer's memory can be used again.
  @Test(arguments: [0, 2])
  func nothingIsHeldBehindTheEnd(helpers: Int) {
    let team = WorkTeam(helpers: helpers)
    weak var held: Tally?
    let begun: BegunWork
    do {
      let tally = Tally(50)
      held = tally
      begun = team.begin(SharedWork(count: 50) { tally.add($0) })
      team.finish(begun)
    }
    #expect(held == nil)
    team.finish(begun)
  }

  /// A team may go with the work that it does last, on a thread of its own.
  @Test func theLastWorkMayHoldTheTeam() {
    final class Holder: Sendable {
      let team: WorkTeam
      let gone: Gone
      init(_ team: WorkTeam, _ gone: Gone) { (self.team, self.gone) = (team, gone) }
    }
    final class Gone: Sendable {
      let semaphore: DispatchSemaphore
      init(_ semaphore: DispatchSemaphore) { self.semaphore = semaphore }
      deinit { semaphore.signal() }
    }
    let semaphore = DispatchSemaphore(value: 0)
    do {
      let holder = Holder(WorkTeam(helpers: 2), Gone(semaphore))
      _ = holder.team.begin(SharedWork(count: 4) { [holder] _ in _ = holder.team.workers })
    }
    #expect(semaphore.wait(timeout: .now() + 20) == .success)
  }

  private final class Order: Sendable {
    private let lock = NSLock()
    nonisolated(unsafe) private var words: [String] = []
    func add(_ word: String) { lock.withLock { words.append(word) } }
    var all: [String] { lock.withLock { words } }
  }
}
