import Cohorts
import TestSupport
import Testing

@Suite struct SequenceTests {
  /// Every subsequence of a row, once.
  private func subsequences(_ row: [Int32], longest: Int) -> Set<[Int32]> {
    var found: Set<[Int32]> = [[]]
    for item in row { for one in found where one.count < longest { found.insert(one + [item]) } }
    return found.subtracting([[]])
  }

  @Test("equals counting all subsequences of random rows", arguments: 0..<20)
  func againstBruteForce(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let rows = (0..<30).map { _ in
      (0..<Int.random(in: 1...8, using: &generator)).map { _ in Int32.random(in: 0..<4, using: &generator) }
    }
    var counts: [[Int32]: Int] = [:]
    for row in rows { for one in subsequences(row, longest: 3) { counts[one, default: 0] += 1 } }
    let expected = counts.filter { $0.value >= 6 }
    let found = PrefixSpan(rows, items: 4, minimum: 6, longest: 3).frequent
    #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.items, $0.support) }) == expected)
  }

  /// A pattern says nothing new where a longer one is found in as many rows; by hand, over all pairs of patterns.
  @Test("equals comparing every pair of patterns", arguments: 0..<10)
  func closedPatterns(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(100 + seed))
    let rows = (0..<30).map { _ in
      [0, 1] + (0..<Int.random(in: 1...6, using: &generator)).map { _ in Int32.random(in: 0..<4, using: &generator) }
    }
    let mined = PrefixSpan(rows, items: 4, minimum: 4, longest: 4)
    let expected = mined.frequent.filter { one in
      !mined.frequent.contains { other in
        other.items.count > one.items.count && other.support == one.support
          && subsequences(other.items, longest: one.items.count).contains(one.items)
      }
    }
    #expect(mined.closed == expected)
    #expect(mined.closed.count < mined.frequent.count)
  }

  private func settings(_ change: (inout BehaviourSettings) -> Void) -> CohortSettings {
    var settings = CohortSettings(period: .day)
    change(&settings.behaviour)
    return settings
  }

  /// Units 0-2: a a b c; units 3, 4: a c. Consecutive events of one name count once.
  private var log: EventLog {
    var log = EventLog(unitCount: 5, units: [], times: [], steps: [], stepNames: ["a", "b", "c"])
    for unit in 0..<5 {
      let steps: [Int32] = unit < 3 ? [0, 0, 1, 2] : [0, 2]
      for (place, step) in steps.enumerated() {
        log.units.append(Int32(unit))
        log.times.append(Int64(place * 60))
        log.steps?.append(step)
      }
    }
    return log
  }

  @Test func pathsAndTransitions() throws {
    let report = try Cohorts.analyze(log: log, settings: settings { $0.pathLength = 3 })
    let paths = try #require(report.behaviour?.paths)
    #expect(paths.paths.map(\.steps) == [["a", "b", "c"], ["a", "c"]])
    #expect(paths.paths.map(\.units) == [3, 2])
    let edges = paths.transitions.map { "\($0.place) \($0.from)-\($0.to ?? "end") \($0.units)" }
    #expect(edges == ["1 a-b 3", "1 a-c 2", "2 b-c 3", "2 c-end 2"])
    #expect(paths.transitions.map(\.share.estimate) == [0.6, 0.4, 1, 1])
  }

  @Test func frequentSequences() throws {
    let report = try Cohorts.analyze(log: log, settings: settings { $0.sequences = SequenceSettings() })
    let found = try #require(report.behaviour?.sequences)
    #expect(found.sequences.map { "\($0.steps.joined()) \($0.units)" } == ["ac 5", "abc 3"])
    #expect(found.found == 2)
  }

  @Test func stepsAreAskedForBeforeAnythingIsRead() {
    var log = log
    log.steps = nil
    #expect(throws: CohortFault.self) { try Cohorts.analyze(log: log, settings: settings { $0.pathLength = 3 }) }
    #expect(throws: CohortFault.self) { try Cohorts.analyze(log: self.log, settings: settings { $0.pathLength = 0 }) }
  }
}
