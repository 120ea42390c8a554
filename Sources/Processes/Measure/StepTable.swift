import Workflow

/// What it costs that two events follow each other: the silent way between their stations, one station passed over, or a jump.
///
/// - A direct step passes only silent stations and costs nothing.
/// - A skip passes one station of the log that left no event, and costs 2.
/// - A jump costs 3: the model has no way from the one to the other, or only one past two or more stations of the log. No jump
///   leads out of an end.
/// - An event that is left out of the walk (an insertion) costs 3 too.
package struct StepTable: Sendable {
  package static let skipCost = 2
  package static let jumpCost = 3
  package static let insertionCost = 3

  /// The way between two stations of the log.
  package struct Way: Sendable, Hashable {
    package let cost: Int
    /// Arcs that are passed, in order.
    package let arcs: [Int]
    /// Stations that are entered, in order; the last is the one that the event names.
    package let stations: [Int]
    /// The station that left no event.
    package let skipped: Int?
  }
  /// Two silent ways between the same stations, of which the log cannot tell the one that was taken.
  package struct Ambiguity: Sendable, Hashable {
    package let source: Int
    package let target: Int
  }

  package let net: ProcessNet
  /// Whether a station leaves an event in this log.
  package let isLogged: [Bool]
  /// The position before the start is one more than the last station.
  package var origin: Int { net.places.count }
  package let ways: [Way]
  package private(set) var ambiguities: [Ambiguity] = []
  /// By position: the end to which a case comes from there without an event, if that is certain, and the way.
  package private(set) var settled: [Way?]
  /// By position: the only station whose event can be next, if there is only one.
  package private(set) var onlyNext: [Int?]
  private var index: WayIndex

  /// The work of all silent closures together that is still done.
  private static let workLimit = 20_000_000

  /// - Parameter logged: by station, whether it leaves an event; nil: as the model says.
  /// - Throws: `ProcessFault.tooLarge` if silent stations make the table quadratic.
  package init(_ net: ProcessNet, logged: [Bool]? = nil) throws(ProcessFault) {
    self.net = net
    let isLogged = logged ?? net.events.map { $0 != nil }
    self.isLogged = isLogged
    index = WayIndex(positions: net.places.count + 1)
    settled = [Way?](repeating: nil, count: net.places.count + 1)
    onlyNext = [Int?](repeating: nil, count: net.places.count + 1)
    var ways: [Way] = []
    var direct = [[Int]](repeating: [], count: net.places.count + 1)
    var work = 0
    for position in 0...net.places.count where position == net.places.count || isLogged[position] {
      let closure = Closure(net, isLogged, from: position, origin: net.places.count)
      work += closure.size
      guard work <= Self.workLimit else { throw .tooLarge(stations: net.places.count, limit: Self.workLimit) }
      for target in closure.logged {
        let way = closure.way(to: target)
        direct[position].append(ways.count)
        index[position, target] = ways.count
        ways.append(way)
      }
      ambiguities += closure.repeated.map { Ambiguity(source: position, target: $0) }
      onlyNext[position] = closure.onlyNext
      settled[position] = closure.onlyEnd.map { closure.way(to: $0) }
    }
    Self.addSkips(direct, &ways, &index, isLogged)
    self.ways = ways
  }

  private static func addSkips(_ direct: [[Int]], _ ways: inout [Way], _ index: inout WayIndex, _ isLogged: [Bool]) {
    let direct = direct.map { $0.map { ways[$0] } }
    for (position, first) in direct.enumerated() {
      for through in first {
        guard let skipped = through.stations.last else { continue }
        for onward in direct[skipped] {
          guard let target = onward.stations.last, index[position, target] == nil else { continue }
          index[position, target] = ways.count
          ways.append(
            Way(
              cost: skipCost, arcs: through.arcs + onward.arcs, stations: through.stations + onward.stations,
              skipped: skipped))
        }
      }
    }
  }

  /// The index of the way, nil if only a jump leads there.
  @inline(__always)
  package func way(from position: Int, to station: Int) -> Int? { index[position, station] }

  package func isFinal(_ position: Int) -> Bool { position != origin && net.isEnd(position) }
}

/// Which way leads from a position to a station: a matrix for models of usual size.
private struct WayIndex: Sendable {
  private let positions: Int
  private var matrix: [Int32]
  private var sparse: [UInt64: Int32] = [:]

  init(positions: Int) {
    self.positions = positions
    matrix = positions <= 1024 ? [Int32](repeating: -1, count: positions * positions) : []
  }

  subscript(position: Int, station: Int) -> Int? {
    @inline(__always) get {
      let found: Int32
      if matrix.isEmpty {
        found = sparse[UInt64(position) << 32 | UInt64(station)] ?? -1
      } else {
        found = matrix[position &* positions &+ station]
      }
      return found < 0 ? nil : Int(found)
    }
    set {
      let value = Int32(newValue ?? -1)
      if matrix.isEmpty {
        sparse[UInt64(position) << 32 | UInt64(station)] = value
      } else {
        matrix[position * positions + station] = value
      }
    }
  }
}

/// All stations that a case can come to from a position without an event on the way, by breadth-first search.
private struct Closure {
  private let net: ProcessNet
  private let position: Int
  private let startIsOrigin: Bool
  /// By reached station: the arc by which; -1 for the start of the model.
  private var cameBy: [Int: Int] = [:]
  private(set) var logged: [Int] = []
  /// Stations that are reached in two ways.
  private(set) var repeated: [Int] = []
  private var silentEnds: [Int] = []
  private(set) var size = 0

  init(_ net: ProcessNet, _ isLogged: [Bool], from position: Int, origin: Int) {
    (self.net, self.position, startIsOrigin) = (net, position, position == origin)
    var queue: [Int] = []
    if startIsOrigin { reach(net.start, by: -1, isLogged, &queue) } else { queue = [position] }
    var next = 0
    while next < queue.count {
      let station = queue[next]
      next += 1
      for arc in net.outgoing[station] { reach(net.arcs[arc].target, by: arc, isLogged, &queue) }
    }
  }

  private mutating func reach(_ station: Int, by arc: Int, _ isLogged: [Bool], _ queue: inout [Int]) {
    size += 1
    guard cameBy[station] == nil else {
      if repeated.last != station { repeated.append(station) }
      return
    }
    cameBy[station] = arc
    if isLogged[station] {
      logged.append(station)
    } else if net.isEnd(station) {
      silentEnds.append(station)
    } else if station != position {
      queue.append(station)
    }
  }

  /// The silent end to which every way leads.
  var onlyEnd: Int? { logged.isEmpty && silentEnds.count == 1 ? silentEnds[0] : nil }

  /// The station of the log to which every way leads.
  var onlyNext: Int? { logged.count == 1 && silentEnds.isEmpty ? logged[0] : nil }

  func way(to target: Int) -> StepTable.Way {
    var (arcs, stations): ([Int], [Int]) = ([], [target])
    var station = target
    while let arc = cameBy[station], arc >= 0 {
      arcs.append(arc)
      station = net.arcs[arc].source
      if station == position, !startIsOrigin { break }
      stations.append(station)
    }
    return StepTable.Way(cost: 0, arcs: arcs.reversed(), stations: stations.reversed(), skipped: nil)
  }
}
