import Statistics

/// The first steps of units from their start, and which step follows which. Consecutive events of one name count once.
public struct PathReport: Sendable, Codable, Equatable {
  /// Steps of a path.
  public var length: Int
  public var units: Int
  /// The most frequent, at most 12; a shorter path ended there.
  public var paths: [Path]
  /// Within the first `length` steps; the most frequent, at most 40.
  public var transitions: [Transition]

  public struct Path: Sendable, Codable, Equatable {
    public var steps: [String]
    public var units: Int
    public var share: CohortEstimate
  }

  public struct Transition: Sendable, Codable, Equatable {
    /// Place in the path of the first of the two steps, from 1.
    public var place: Int
    public var from: String
    /// Nil: nothing followed.
    public var to: String?
    public var units: Int
    /// Of the units that were at `from` at that place.
    public var share: CohortEstimate
  }

  private struct Edge: Hashable {
    var place: Int
    var from: Int32
    var to: Int32
  }

  init(log: EventLog, timelines: UnitTimelines, length: Int, level: ConfidenceLevel) {
    self.length = length
    var counts: [[Int32]: Int] = [:]
    var edges: [Edge: Int] = [:]
    var total = 0
    for unit in 0..<timelines.units where !timelines[unit].isEmpty {
      let path = log.sequence(timelines[unit], atMost: length)
      counts[path, default: 0] += 1
      total += 1
      for (place, from) in path.enumerated() where place + 1 < length {
        edges[Edge(place: place, from: from, to: place + 1 < path.count ? path[place + 1] : -1), default: 0] += 1
      }
    }
    units = total
    paths = counts.sorted {
      ($1.value, $0.key.map { log.stepNames[Int($0)] }) < ($0.value, $1.key.map { log.stepNames[Int($0)] })
    }
    .prefix(12).compactMap { path, count in
      CohortEstimate(share: count, of: total, level: level).map {
        Path(steps: path.map { log.stepNames[Int($0)] }, units: count, share: $0)
      }
    }
    transitions = Self.transitions(edges, log.stepNames, level)
  }

  private static func transitions(
    _ edges: [Edge: Int], _ names: [String], _ level: ConfidenceLevel
  ) -> [Transition] {
    var totals: [Edge: Int] = [:]
    for (edge, count) in edges { totals[Edge(place: edge.place, from: edge.from, to: -2), default: 0] += count }
    let ordered = edges.sorted {
      ($0.key.place, -$0.value, $0.key.from, $0.key.to) < ($1.key.place, -$1.value, $1.key.from, $1.key.to)
    }
    let kept = Set(
      edges.sorted {
        ($1.value, $0.key.place, $0.key.from, $0.key.to) < ($0.value, $1.key.place, $1.key.from, $1.key.to)
      }
      .prefix(40).map(\.key))
    return ordered.filter { kept.contains($0.key) }.compactMap { edge, count in
      let total = totals[Edge(place: edge.place, from: edge.from, to: -2)] ?? count
      return CohortEstimate(share: count, of: total, level: level).map {
        Transition(
          place: edge.place + 1, from: names[Int(edge.from)], to: edge.to < 0 ? nil : names[Int(edge.to)], units: count,
          share: $0)
      }
    }
  }
}

/// Lists in the order of their elements.
private func < (a: (Int, [String]), b: (Int, [String])) -> Bool {
  a.0 != b.0 ? a.0 < b.0 : a.1.lexicographicallyPrecedes(b.1)
}

extension EventLog {
  /// The steps of some events, consecutive equal ones once.
  func sequence(_ events: ArraySlice<Int32>, atMost limit: Int) -> [Int32] {
    guard let steps else { return [] }
    var path: [Int32] = []
    for event in events {
      let step = steps[Int(event)]
      if path.last == step { continue }
      if path.count == limit { break }
      path.append(step)
    }
    return path
  }
}
