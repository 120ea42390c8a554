import Foundation

/// Independent pieces of work that any thread may take on.
package struct SharedWork: Sendable {
  package let count: Int
  package let run: @Sendable (Int) -> Void

  package init(count: Int, run: @escaping @Sendable (Int) -> Void) { (self.count, self.run) = (count, run) }
}

/// Threads that stay ready between pieces of work, since it takes longer to wake one than to scan some thousand rows.
///
/// Whoever waits for work does pieces of it, or of other work, meanwhile. Without helpers all is done by those who wait.
package final class WorkTeam: Sendable {
  private let desk = WorkDesk()
  private let helpers: Int
  /// With those that wait, one at a time.
  package var workers: Int { helpers + 1 }

  /// - Parameter helpers: threads beside those that wait; they start when there is work for them.
  package init(helpers: Int) { self.helpers = helpers }

  deinit { desk.close() }

  /// Pieces are begun in their order, those of urgent work before others.
  package func begin(_ work: SharedWork, isUrgent: Bool = false) -> BegunWork {
    let begun = BegunWork(work)
    for _ in 0..<desk.add(begun, isUrgent: isUrgent, helpers: helpers) {
      Thread { [desk] in desk.help() }.start()
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
  private let count: Int
  // Under the desk's lock.
  fileprivate private(set) var next = 0
  fileprivate private(set) var unfinished: Int
  /// Nil when all is done, so that nothing that the work uses is held longer.
  private var work: SharedWork?

  fileprivate init(_ work: SharedWork) {
    (count, unfinished) = (work.count, work.count)
    self.work = work.count > 0 ? work : nil
  }

  fileprivate var isBegun: Bool { next == count }

  fileprivate func take() -> Int {
    defer { next += 1 }
    return next
  }

  fileprivate func leaveRest() {
    unfinished -= count - next
    next = count
  }

  fileprivate func endPiece() { unfinished -= 1 }

  // Without the lock: what the work holds may be the last that holds the team, which takes the lock when it goes.

  /// Leaves no copy of the closure behind.
  fileprivate func run(_ piece: Int) { work?.run(piece) }

  /// When no piece is left but the caller's.
  fileprivate func letGo() { work = nil }
}

/// Where the work of a team lies.
///
/// A lock of the system's, which tools that look for races know.
private final class WorkDesk: @unchecked Sendable {
  private let condition = NSCondition()
  private var waiting: [BegunWork] = []
  private var threads = 0
  private var isClosed = false

  /// - Returns: how many more threads are to help.
  func add(_ begun: BegunWork, isUrgent: Bool, helpers: Int) -> Int {
    guard begun.unfinished > 0 else { return 0 }
    condition.lock()
    defer { condition.unlock() }
    waiting.insert(begun, at: isUrgent ? 0 : waiting.count)
    let pieces = waiting.reduce(0) { $0 + $1.unfinished }
    let more = max(0, min(helpers, pieces - 1) - threads)
    threads += more
    condition.broadcast()
    return more
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
    while begun.unfinished > 0 { doPieceOrWait() }
    condition.unlock()
  }

  func help() {
    condition.lock()
    while !isClosed { doPieceOrWait() }
    condition.unlock()
  }

  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }

  /// The lock is held before and after.
  private func doPieceOrWait() {
    guard let begun = waiting.first else { return condition.wait() }
    let piece = begun.take()
    if begun.isBegun { waiting.removeFirst() }
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
