/// Where the edges lie that leave from nodes or pass between them: offsets from the middle of their row or column.
///
/// An edge that is alone at its side of a node leaves from the side's middle. Edges that would lie on each other get different
/// offsets, unless the one can turn off before the other turns in: that is then a rule for the order of the tracks.
struct SlotAssignment {
  /// For each wire in a row or column its offset from the middle.
  private(set) var offsets: [Double]
  /// The order that tracks must keep.
  private(set) var precedence = Precedence()
  /// On which side of a vertical stub its label stands: 1 right, -1 left. Labels of horizontal stubs stand above.
  private(set) var labelSides: [Double]

  static let step = 6.0
  static let gap = 12.0

  private let grid: RoutingGrid
  private let wiring: Wiring
  private let texts: [EdgeText?]
  private var preferred: [Double?]
  /// For each wire its place at the sides of its nodes.
  private var neighbours: [[Int]]

  init(_ graph: ModelGraph, grid: RoutingGrid, wiring: Wiring, ports: PortOrder, texts: [EdgeText?]) {
    (self.grid, self.wiring, self.texts) = (grid, wiring, texts)
    let count = wiring.wires.count
    offsets = [Double](repeating: 0, count: count)
    preferred = [Double?](repeating: nil, count: count)
    neighbours = [[Int]](repeating: [], count: count)
    labelSides = [Double](repeating: 1, count: graph.edges.count)
    let sides = ports.sides.sorted { ($0.key.node, $0.key.side.rawValue) < ($1.key.node, $1.key.side.rawValue) }
    for (_, side) in sides where side.count > 1 {
      if side[0].isBegin { labelSides[wiring.wires[side[0].wire].edge] = -1 }
    }
    for (_, side) in sides { prefer(side) }
    assign(.horizontal, bands: grid.horizontalCount)
    assign(.vertical, bands: grid.verticalCount)
  }

  /// Spreads the edges of one side about the straight one, or about the middle.
  private mutating func prefer(_ side: [PortOrder.Port]) {
    let wires = side.map(\.wire)
    var places = [0.0]
    for (a, b) in zip(wires, wires.dropFirst()) { places.append(places[places.count - 1] + separation(a, b)) }
    let straight = wires.indices.filter { wiring.wires[wires[$0]].beginsAtNode && wiring.wires[wires[$0]].endsAtNode }
    let middle = straight.isEmpty ? (places[0] + places[places.count - 1]) / 2 : places[straight[straight.count / 2]]
    for (index, wire) in wires.enumerated() {
      let place = ((places[index] - middle) / Self.step).rounded() * Self.step
      if let other = preferred[wire], abs(other) > abs(place) { continue }
      preferred[wire] = place
    }
    for (index, wire) in wires.enumerated() {
      neighbours[wire] += wires[..<index].map { -$0 - 1 } + wires[(index + 1)...]
    }
  }

  // MARK: - Bands

  private mutating func assign(_ axis: Axis, bands: Int) {
    for (band, wires) in wiring.inBands(axis, count: bands).enumerated()
    where !wires.isEmpty && grid.holdsNodes(axis, band) {
      let order = wires.sorted { (priority($0), $0) < (priority($1), $1) }
      var taken: [Int: [Int]] = [:]
      var placed: Set<Int> = []
      for wire in order {
        offsets[wire] = place(wire, among: taken, placed)
        placed.insert(wire)
        for across in wiring.wires[wire].reach { taken[across, default: []].append(wire) }
      }
    }
  }

  /// Straight edges first, then those at nodes by how near to the middle they want to be, then those that pass.
  private func priority(_ wire: Int) -> Double {
    let piece = wiring.wires[wire]
    guard piece.beginsAtNode || piece.endsAtNode else { return 1e6 }
    return abs(preferred[wire] ?? 0) + (piece.beginsAtNode && piece.endsAtNode ? 0 : 1000)
  }

  private mutating func place(_ wire: Int, among taken: [Int: [Int]], _ placed: Set<Int>) -> Double {
    var seen: Set<Int> = []
    let others = wiring.wires[wire].reach.flatMap { taken[$0] ?? [] }.filter { seen.insert($0).inserted }
    let wish = preferred[wire] ?? 0
    // From the wish outwards, some at a time: those of the least cost first.
    let last = 12 * others.count + 8
    for start in stride(from: 0, through: last, by: 48) {
      var candidates: [(cost: Double, offset: Double)] = (start..<start + 48).map { index in
        let distance = Double((index + 1) / 2) * Self.step
        let offset = wish + (index.isMultiple(of: 2) ? distance : -distance)
        return (distance + 9 * Double(inversions(wire, offset, placed)), offset)
      }
      candidates.sort { ($0.cost, abs($0.offset), $0.offset) < ($1.cost, abs($1.offset), $1.offset) }
      for candidate in candidates where fits(wire, candidate.offset, others) { return candidate.offset }
    }
    // Beyond all others there is always room.
    return (others.map { offsets[$0] }.max() ?? 0) + 240
  }

  /// How many of the same side of a node would lie on the wrong side of this one.
  private func inversions(_ wire: Int, _ offset: Double, _ placed: Set<Int>) -> Int {
    neighbours[wire].count { code in
      let other = code < 0 ? -code - 1 : code
      return placed.contains(other) && (code < 0 ? offsets[other] > offset : offsets[other] < offset)
    }
  }

  private mutating func fits(_ wire: Int, _ offset: Double, _ others: [Int]) -> Bool {
    var rules: [(Int, Int)] = []
    for other in others {
      let needed = offset < offsets[other] ? separation(wire, other) : separation(other, wire)
      guard abs(offsets[other] - offset) < needed else { continue }
      guard let rule = turnOff(wire, other) ?? turnOff(other, wire) else { return false }
      rules.append(rule)
    }
    return precedence.add(rules)
  }

  /// The rule by which two wires on one line do not meet: the piece by which `a`, which comes from before, turns off lies before
  /// the one by which `b` turns in; nil if they share more than one channel.
  private func turnOff(_ a: Int, _ b: Int) -> (Int, Int)? {
    let (first, second) = (wiring.wires[a], wiring.wires[b])
    let meeting = max(first.from, first.to)
    guard meeting == min(second.from, second.to), min(first.from, first.to) < max(second.from, second.to),
      !grid.holdsNodes(first.axis == .horizontal ? .vertical : .horizontal, meeting),
      let off = first.to == meeting ? wiring.after(a) : wiring.before(a),
      let on = second.from == meeting ? wiring.before(b) : wiring.after(b), off != on,
      wiring.wires[off].band == meeting, wiring.wires[on].band == meeting
    else { return nil }
    return (off, on)
  }

  /// How far `b` must lie behind `a` where they run side by side, with room for their labels.
  private func separation(_ a: Int, _ b: Int) -> Double {
    let (first, second) = (wiring.wires[a], wiring.wires[b])
    if first.axis == .horizontal {
      guard let text = label(b), first.reach.contains(labelBand(second)) else { return Self.gap }
      return text.height + LabelPlace.above + 4
    }
    var room = Self.gap
    if let text = label(a), labelSides[first.edge] > 0, second.reach.contains(labelBand(first)) {
      room = text.width + LabelPlace.beside + 5
    }
    if let text = label(b), labelSides[second.edge] < 0, first.reach.contains(labelBand(second)) {
      room += text.width + LabelPlace.beside + 5 - (room > Self.gap ? 0 : Self.gap)
    }
    return max(room, Self.gap)
  }

  /// The label that stands beside a wire, if it is the first of its edge.
  private func label(_ wire: Int) -> EdgeText? {
    wiring.wires[wire].beginsAtNode ? texts[wiring.wires[wire].edge] : nil
  }

  private func labelBand(_ wire: Wire) -> Int { wire.from + (wire.to - wire.from).signum() }
}

/// How far labels stand from their edges.
enum LabelPlace {
  static let above = 3.0
  static let beside = 5.0
  /// Between a node and the label of an edge that leaves it.
  static let start = 6.0
}

/// Which pieces must lie before which in their channel; never a circle.
struct Precedence {
  private(set) var followers: [Int: [Int]] = [:]

  /// Adds all rules, or none if they and those before make a circle.
  mutating func add(_ rules: [(Int, Int)]) -> Bool {
    var added: [Int] = []
    for (first, second) in rules where !(followers[first] ?? []).contains(second) {
      guard !leads(from: second, to: first) else {
        for first in added.reversed() { followers[first]?.removeLast() }
        return false
      }
      followers[first, default: []].append(second)
      added.append(first)
    }
    return true
  }

  private func leads(from start: Int, to goal: Int) -> Bool {
    var stack = [start]
    var seen: Set<Int> = [start]
    while let item = stack.popLast() {
      if item == goal { return true }
      for next in followers[item] ?? [] where seen.insert(next).inserted { stack.append(next) }
    }
    return false
  }
}
