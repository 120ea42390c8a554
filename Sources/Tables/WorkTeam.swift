import Foundation

/// Independent pieces of work that any thread may take on.
package struct SharedWork: Sendable {
  package let count: Int
  /// Pieces that use the same memory have the same number from 0 on, also in different works: one thread does them, unless another
  /// would be idle. Nil for pieces that are as near to any.
  package let memory: (@Sendable (Int) -> Int?)?
  package let run: @Sendable (Int) -> Void

  package init(
    count: Int, memory: (@Sendable (Int) -> Int?)? = nil, run: @escaping @Sendable (Int) -> Void
  ) {
    (self.count, self.memory, self.run) = (count, memory, run)
  }
}

/// Threads that stay ready between pieces of work, since it takes longer to wake one than to scan some thousand rows.
///
/// Whoever waits for work does pieces of it, or of other work, meanwhile. Without helpers all is done by those who wait.
///
/// Memory is far from a core that did not use it last: where two cores share no cache, rows are written to it at less than half the
/// speed. So a thread does the pieces of its own memory and no one's first, and others' only before it would wait.
package final class WorkTeam: Sendable {
  private let desk = WorkDesk()
  private let helpers: Int
  /// With those that wait, one at a time.
  package var workers: Int { helpers + 1 }

  /// - Parameter helpers: threads beside those that wait; they start when there is work for them.
  package init(helpers: Int) { self.helpers = helpers }

  deinit { desk.close() }

  /// A thread begins pieces in their order, those of urgent work before others.
  package func begin(_ work: SharedWork, isUrgent: Bool = false) -> BegunWork {
    let begun = BegunWork(work, workers: workers)
    for worker in desk.add(begun, isUrgent: isUrgent, helpers: helpers) {
      Thread { [desk] in desk.help(worker) }.start()
    }
    return begun
  }

  /// Returns when all pieces are done.
  package func finish(_ begun: BegunWork) { desk.finish(begun) }

  /// Returns when no piece is being done; none is begun any more.
  package func withdraw(_ begun: BegunWork) {
    desk.withdraw(begun)
    desk.finish(begun)
  }

  package func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
    if helpers == 0 || count < 2 {
      for piece in 0..<count { body(piece) }
      return
    }
    withoutActuallyEscaping(body) { body in finish(begin(SharedWork(count: count, run: body), isUrgent: true)) }
  }
}

/// Work that a team was given.
package final class BegunWork: @unchecked Sendable {
  // Under the desk's lock.
  /// By worker.
  private var pieces: [PieceQueue]
  private var noOnes = PieceQueue()
  private var notBegun: Int
  fileprivate private(set) var unfinished: Int
  /// Nil when all is done, so that nothing that the work uses is held longer.
  private var work: SharedWork?

  fileprivate init(_ work: SharedWork, workers: Int) {
    pieces = [PieceQueue](repeating: PieceQueue(), count: workers)
    (notBegun, unfinished) = (work.count, work.count)
    self.work = work.count > 0 ? work : nil
    for piece in 0..<work.count {
      if let memory = work.memory?(piece) {
        pieces[memory % workers].append(piece)
      } else {
        noOnes.append(piece)
      }
    }
  }

  fileprivate var isBegun: Bool { notBegun == 0 }

  /// A piece of the worker's, or else one that is no one's.
  fileprivate func take(for worker: Int) -> Int? { begun(pieces[worker].popFirst() ?? noOnes.popFirst()) }

  /// A piece of the worker that has most left.
  fileprivate func takeOthers() -> Int? {
    let worker = pieces.indices.max { pieces[$0].left < pieces[$1].left }
    return begun(worker.flatMap { pieces[$0].popFirst() })
  }

  private func begun(_ piece: Int?) -> Int? {
    if piece != nil { notBegun -= 1 }
    return piece
  }

  /// The desk asks for none of the rest.
  fileprivate func leaveRest() {
    unfinished -= notBegun
    notBegun = 0
  }

  fileprivate func endPiece() { unfinished -= 1 }

  // Without the lock: what the work holds may be the last that holds the team, which takes the lock when it goes.

  /// Leaves no copy of the closure behind.
  fileprivate func run(_ piece: Int) { work?.run(piece) }

  /// When no piece is left but the caller's.
  fileprivate func letGo() { work = nil }
}

/// Pieces of work in their order.
private struct PieceQueue {
  private var pieces: [Int] = []
  private var next = 0

  var left: Int { pieces.count - next }

  mutating func append(_ piece: Int) { pieces.append(piece) }

  mutating func popFirst() -> Int? {
    guard next < pieces.count else { return nil }
    defer { next += 1 }
    return pieces[next]
  }
}

/// Where the work of a team lies.
///
/// A lock of the system's, which tools that look for races know.
private final class WorkDesk: @unchecked Sendable {
  private let condition = NSCondition()
  private var waiting: [BegunWork] = []
  private var threads = 0
  private var isClosed = false

  /// - Returns: the numbers of more workers that are to help. Those who wait are worker 0.
  func add(_ begun: BegunWork, isUrgent: Bool, helpers: Int) -> Range<Int> {
    guard begun.unfinished > 0 else { return 0..<0 }
    condition.lock()
    defer { condition.unlock() }
    waiting.insert(begun, at: isUrgent ? 0 : waiting.count)
    let pieces = waiting.reduce(0) { $0 + $1.unfinished }
    let more = max(0, min(helpers, pieces - 1) - threads)
    threads += more
    condition.broadcast()
    return threads - more + 1..<threads + 1
  }

  func withdraw(_ begun: BegunWork) {
    condition.lock()
    waiting.removeAll { $0 === begun }
    begun.leaveRest()
    let isDone = begun.unfinished == 0
    condition.unlock()
    if isDone { begun.letGo() }
  }

  func finish(_ begun: BegunWork) {
    condition.lock()
    while begun.unfinished > 0 { doPieceOrWait(0) }
    condition.unlock()
  }

  func help(_ worker: Int) {
    condition.lock()
    while !isClosed { doPieceOrWait(worker) }
    condition.unlock()
  }

  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }

  private func takePiece(_ worker: Int) -> (BegunWork, Int)? {
    for begun in waiting { if let piece = begun.take(for: worker) { return (begun, piece) } }
    for begun in waiting { if let piece = begun.takeOthers() { return (begun, piece) } }
    return nil
  }

  /// The lock is held before and after.
  private func doPieceOrWait(_ worker: Int) {
    guard let (begun, piece) = takePiece(worker) else { return condition.wait() }
    if begun.isBegun { waiting.removeAll { $0 === begun } }
    condition.unlock()
    begun.run(piece)
    condition.lock()
    if begun.unfinished == 1 {
      condition.unlock()
      begun.letGo()
      condition.lock()
    }
    begun.endPiece()
    if begun.unfinished == 0 { condition.broadcast() }
  }
}
