/// In which order the edges at one side of a node leave and arrive, so that they need not cross right there.
struct PortOrder {
  struct Port {
    let wire: Int
    let isBegin: Bool
  }
  /// For each node and side, from left to right or from top to bottom; only sides in use.
  private(set) var sides: [Key: [Port]] = [:]

  struct Key: Hashable {
    let node: Int
    let side: Side
  }

  init(_ graph: ModelGraph, _ wiring: Wiring) {
    for (edge, route) in wiring.routes.enumerated() where !route.isEmpty {
      let source = Key(node: graph.sources[edge], side: graph.edges[edge].source.side)
      let target = Key(node: graph.targets[edge], side: graph.edges[edge].target.side)
      sides[source, default: []].append(Port(wire: route.lowerBound, isBegin: true))
      sides[target, default: []].append(Port(wire: route.upperBound - 1, isBegin: false))
    }
    for (key, ports) in sides where ports.count > 1 {
      let outward = key.side == .right || key.side == .bottom ? 1 : -1
      let ranked = ports.map { (rank: Self.rank($0, wiring, outward), port: $0) }
      sides[key] = ranked.sorted { $0.rank.lexicographicallyPrecedes($1.rank) }.map(\.port)
    }
  }

  /// Of edges that turn the same way, the one that turns first lies outermost; then those that come back lie outside those that
  /// go on, the far ones around the near ones.
  private static func rank(_ port: Port, _ wiring: Wiring, _ outward: Int) -> [Int] {
    let wires = wiring.wires
    let wire = wires[port.wire]
    let next = port.isBegin ? wiring.after(port.wire) : wiring.before(port.wire)
    let tie = [wire.edge, port.isBegin ? 0 : 1]
    guard let next else { return [0] + tie }
    func move(_ index: Int) -> Int {
      port.isBegin ? wires[index].to - wires[index].from : wires[index].from - wires[index].to
    }
    let along = move(next)
    let turn = along == 0 ? (port.isBegin ? -1 : 1) : along.signum()
    let length = abs(wire.to - wire.from)
    let third = port.isBegin ? wiring.after(next) : wiring.before(next)
    let goesOn = third.map { move($0) * outward >= 0 } ?? true
    let nested = [length, goesOn ? 1 : 0, goesOn ? -abs(along) : abs(along)]
    return [turn] + nested.map { -turn * $0 } + tie
  }
}
