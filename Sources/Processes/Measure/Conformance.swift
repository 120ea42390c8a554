/// Where a log leaves its model.
public struct Conformance: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// An event that the model does not have.
    case unknownEvent = "unknown-event"
    /// A station of the log that left no event although the case went past it.
    case skip
    /// An event of the model where the model does not allow it.
    case wrongOrder = "wrong-order"
    /// Two events after each other between which the model has no way.
    case forbiddenJump = "forbidden-jump"
  }
  public struct Deviation: Sendable, Hashable {
    public let kind: Kind
    /// The event; for a jump `from -> to`.
    public let what: String
    /// Ids of the nodes in question: of a jump from and to (`start` is not a node: then only to).
    public let nodes: [String]
    public let count: Int
    public let cases: Int
    /// The id of the first case with it.
    public let example: String
  }

  public let cases: Int
  public let fittingCases: Int
  public let events: Int
  /// Events that are steps of the walk, directly or past a skipped station.
  public let explainedEvents: Int
  /// Rows equal to the row before in case, event and time, where the model has no such repetition; they were left out.
  public let duplicates: Int
  /// Most frequent first.
  public let deviations: [Deviation]
  /// Steps of which the log cannot say by which silent branches they went: `from -> to`.
  public let ambiguities: [String]
}

/// Counts of deviations while cases are walked.
struct DeviationCounts: Sendable {
  struct Key: Sendable, Hashable {
    let kind: Conformance.Kind
    /// Index of the log's name for unknown events; else stations, -1 if there is none.
    let first: Int
    let second: Int
  }
  private struct Count: Sendable {
    var count = 0
    var cases = 0
    var example: Int
    var last: Int
  }
  private var counts: [Key: Count] = [:]

  mutating func add(_ kind: Conformance.Kind, _ first: Int, _ second: Int = -1, case number: Int) {
    let key = Key(kind: kind, first: first, second: second)
    var count = counts[key] ?? Count(example: number, last: -1)
    count.count += 1
    if count.last != number { count.cases += 1 }
    count.last = number
    counts[key] = count
  }

  /// Of other cases, none in common.
  mutating func merge(_ other: DeviationCounts) {
    for (key, theirs) in other.counts {
      var own = counts[key] ?? Count(example: theirs.example, last: theirs.last)
      own.count += theirs.count
      own.cases += theirs.cases
      own.example = min(own.example, theirs.example)
      counts[key] = own
    }
  }

  func deviations(_ table: StepTable, _ log: EventLog) -> [Conformance.Deviation] {
    let net = table.net
    func event(_ station: Int) -> String { net.events[station] ?? net.name(of: station) }
    return counts.map { key, count in
      let example = log.caseNames.string(of: count.example)
      func deviation(_ what: String, _ nodes: [String]) -> Conformance.Deviation {
        .init(kind: key.kind, what: what, nodes: nodes, count: count.count, cases: count.cases, example: example)
      }
      switch key.kind {
      case .unknownEvent: return deviation(log.names[key.first].text, [])
      case .skip, .wrongOrder: return deviation(event(key.first), [net.name(of: key.first)])
      case .forbiddenJump:
        let from = key.first == table.origin ? "(beginning)" : event(key.first)
        let nodes = (key.first == table.origin ? [] : [net.name(of: key.first)]) + [net.name(of: key.second)]
        return deviation("\(from) -> \(event(key.second))", nodes)
      }
    }.sorted { ($1.count, $0.kind.rawValue, $0.what) < ($0.count, $1.kind.rawValue, $1.what) }
  }
}
