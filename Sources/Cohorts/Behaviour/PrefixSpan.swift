import Statistics

/// How frequent sequences are sought.
public struct SequenceSettings: Sendable, Hashable {
  /// Least share of units, in (0, 1].
  public var minimumSupport = 0.05
  /// Longest sequence.
  public var maximumLength = 4
  public init() {}

  func validate() throws(CohortFault) {
    guard minimumSupport > 0, minimumSupport <= 1 else { throw CohortFault(.badSupport(minimumSupport)) }
    guard (2...10).contains(maximumLength) else { throw CohortFault(.badSequenceLength(maximumLength)) }
  }
}

/// Steps that many units take in the same order, other steps in between allowed.
public struct SequenceReport: Sendable, Codable, Equatable {
  public var minimumSupport: Double
  public var units: Int
  /// Closed, of at least two steps, the most frequent first; at most 30 are listed.
  public var sequences: [Sequence]
  /// All closed ones of at least two steps that have the support: none lies within a longer one of as many units.
  public var found: Int

  public struct Sequence: Sendable, Codable, Equatable {
    public var steps: [String]
    public var units: Int
    public var share: CohortEstimate
  }

  init(log: EventLog, timelines: UnitTimelines, settings: SequenceSettings, level: ConfidenceLevel) {
    let database = (0..<timelines.units).map { log.sequence(timelines[$0], atMost: 1_000) }.filter { !$0.isEmpty }
    let total = database.count
    let least = max(1, Int((settings.minimumSupport * Double(total)).rounded(.up)))
    let found = PrefixSpan(database, items: log.stepNames.count, minimum: least, longest: settings.maximumLength)
      .closed.filter { $0.items.count > 1 }
    minimumSupport = settings.minimumSupport
    units = total
    self.found = found.count
    let ordered = found.sorted {
      $0.support != $1.support ? $0.support > $1.support : $0.items.lexicographicallyPrecedes($1.items)
    }
    sequences = ordered.prefix(30).compactMap { one in
      CohortEstimate(share: one.support, of: total, level: level).map {
        Sequence(steps: one.items.map { log.stepNames[Int($0)] }, units: one.support, share: $0)
      }
    }
  }
}

/// All sequences contained in at least so many of a list of sequences, as subsequences.
///
/// - Source: Pei, J. et al. (2001), "PrefixSpan: mining sequential patterns efficiently by prefix-projected pattern growth",
///   ICDE, 215-224; by pseudo-projection: a projected database is a list of (sequence, place behind the prefix).
package struct PrefixSpan {
  package struct Pattern: Equatable {
    package var items: [Int32]
    package var support: Int
  }
  package private(set) var frequent: [Pattern] = []
  /// Those that lie in no longer one of the same support: the others say nothing that these do not.
  package var closed: [Pattern] {
    var within: Set<[Int32]> = []
    let support = Dictionary(uniqueKeysWithValues: frequent.map { ($0.items, $0.support) })
    for pattern in frequent {
      for place in pattern.items.indices {
        var part = pattern.items
        part.remove(at: place)
        // A part has the support at least; between the two nothing can differ, so one step at a time is enough.
        if support[part] == pattern.support { within.insert(part) }
      }
    }
    return frequent.filter { !within.contains($0.items) }
  }

  private let database: [[Int32]]
  private let items: Int
  private let minimum: Int
  private let longest: Int

  private struct Suffix {
    var row: Int32
    var start: Int32
  }

  package init(_ database: [[Int32]], items: Int, minimum: Int, longest: Int) {
    self.database = database
    self.items = items
    self.minimum = minimum
    self.longest = longest
    grow([], database.indices.map { Suffix(row: Int32(truncatingIfNeeded: $0), start: 0) })
  }

  private mutating func grow(_ prefix: [Int32], _ projected: [Suffix]) {
    guard prefix.count < longest, projected.count >= minimum else { return }
    var support = [Int](repeating: 0, count: items)
    var seenIn = [Int32](repeating: -1, count: items)
    for suffix in projected {
      let row = database[Int(suffix.row)]
      for item in row[Int(suffix.start)...] where seenIn[Int(item)] != suffix.row {
        seenIn[Int(item)] = suffix.row
        support[Int(item)] += 1
      }
    }
    for item in 0..<items where support[item] >= minimum {
      let pattern = prefix + [Int32(item)]
      frequent.append(Pattern(items: pattern, support: support[item]))
      let next = projected.compactMap { suffix -> Suffix? in
        let row = database[Int(suffix.row)]
        guard let place = row[Int(suffix.start)...].firstIndex(of: Int32(item)) else { return nil }
        return Suffix(row: suffix.row, start: Int32(truncatingIfNeeded: place + 1))
      }
      grow(pattern, next)
    }
  }
}
