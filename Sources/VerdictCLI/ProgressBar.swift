import Foundation

/// How far the reading is, on standard error: a bar, the rate and the time left, for anything over two seconds.
final class ProgressBar: @unchecked Sendable {
  private let lock = NSLock()
  private var start = ContinuousClock.now
  private var shown = ContinuousClock.now
  private var before = 0
  private var isVisible = false

  func show(_ done: Int, of total: Int) {
    lock.lock()
    defer { lock.unlock() }
    let now = ContinuousClock.now
    // Fewer bytes than before: another pass.
    if done < before { start = now }
    before = done
    if done >= total { return hide() }
    guard start.duration(to: now) > .seconds(2), shown.duration(to: now) > .milliseconds(200) else { return }
    shown = now
    isVisible = true
    write("\r" + Self.line(done, total, seconds: start.duration(to: now) / .seconds(1)) + "\u{1B}[K")
  }

  static func line(_ done: Int, _ total: Int, seconds: Double) -> String {
    let share = Double(done) / Double(max(total, 1))
    let filled = min(30, Int(share * 30))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    let left = share > 0 ? seconds / share * (1 - share) : 0
    return String(
      format: "%@ %3.0f %%  %.2f GB/s  %.0f s left", bar, share * 100, Double(done) / max(seconds, 0.001) / 1e9, left)
  }

  private func hide() {
    if isVisible { write("\r\u{1B}[K") }
    isVisible = false
  }

  private func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
