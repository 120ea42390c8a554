import Basics

/// Counts of events and censorings at whole times, such as days: one pass in parts on all processors, without sorting.
///
/// The same groups as of `SurvivalData.grouped`, which is the definition.
enum WholeTimes {
  /// Times from here on are sorted: the counts of a part must stay in a processor's cache.
  private static let limit = 1 << 15
  /// Fewer are sorted, which is as quick.
  private static let fewest = 1 << 14

  /// Nil if a time is not a whole number below the limit.
  static func counted(_ time: [Double], _ event: [Bool]) -> SurvivalData.Groups? {
    guard time.count >= fewest, isCountable(time[0]) else { return nil }
    let parts = 8
    // Of part p, time t: censorings at 2 (p · limit + t), events in the next place.
    var counts = [Int](repeating: 0, count: 2 * limit * parts)
    var isWhole = [Bool](repeating: true, count: parts)
    counts.withUnsafeMutableBufferPointer { counts in
      isWhole.withUnsafeMutableBufferPointer { isWhole in
        nonisolated(unsafe) let (counts, isWhole) = (counts, isWhole)
        inParallel(parts, threads: nil) { part in
          let rows = time.count * part / parts..<time.count * (part + 1) / parts
          let own = UnsafeMutableBufferPointer(rebasing: counts[2 * limit * part..<2 * limit * (part + 1)])
          isWhole[part] = count(time, event, rows, into: own)
        }
      }
    }
    guard !isWhole.contains(false) else { return nil }
    return groups(counts, parts: parts)
  }

  private static func isCountable(_ time: Double) -> Bool {
    time >= 0 && time < Double(limit) && time == time.rounded(.down)
  }

  private static func count(
    _ time: [Double], _ event: [Bool], _ rows: Range<Int>, into counts: UnsafeMutableBufferPointer<Int>
  ) -> Bool {
    for row in rows {
      guard isCountable(time[row]) else { return false }
      counts[2 * Int(time[row]) + (event[row] ? 1 : 0)] += 1
    }
    return true
  }

  private static func groups(_ counts: [Int], parts: Int) -> SurvivalData.Groups {
    var groups: SurvivalData.Groups = ([], [], [])
    for time in 0..<limit {
      var (censored, events) = (0, 0)
      for part in 0..<parts {
        censored += counts[2 * (part * limit + time)]
        events += counts[2 * (part * limit + time) + 1]
      }
      guard censored + events > 0 else { continue }
      groups.times.append(Double(time))
      groups.events.append(Double(events))
      groups.leaving.append(Double(censored + events))
    }
    return groups
  }
}
