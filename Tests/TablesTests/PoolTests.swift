import Foundation
import Tables
import Testing

@Suite struct PoolTests {
  private final class Thing: Sendable {}

  @Test func aThreadGetsWhatItGaveBack() {
    let pool = Pool { Thing() }
    let (mine, other) = (pool.take(), pool.take())
    pool.giveBack(mine)
    let done = DispatchSemaphore(value: 0)
    Thread {
      pool.giveBack(other)
      done.signal()
    }.start()
    #expect(done.wait(timeout: .now() + 20) == .success)
    #expect(mine !== other)
    #expect(pool.take() === mine)
    // Others' rather than a new one.
    #expect(pool.take() === other)
    #expect(pool.take() !== other)
  }
}
