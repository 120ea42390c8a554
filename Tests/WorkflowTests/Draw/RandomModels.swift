import TestSupport
import Workflow

/// Models that nobody would draw: any shape, any side, any number of edges, long words, loops to oneself.
struct RandomModels {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private static let words = [
    "Check", "order", "and", "ship", "Approve", "a", "refund", "Donaudampfschifffahrtsgesellschaft", "Ärger", "検証する",
    "to", "customer", "x", "WWWW", "iii", "reviewing", "everything", "again?",
  ]

  /// - Parameters: `nodes` and `edges`: how many; `isOrderly`: sides and targets as an author would choose them.
  mutating func model(lanes: Int, nodes: Int, edges: Int, isOrderly: Bool) -> Model {
    let names = (1...lanes).map { Lane(name: "L\($0)", displayName: text(1...3)) }
    var model = Model(lanes: names)
    for index in 0..<nodes {
      model.nodes.append(
        Node(
          id: "n\(index + 1)", shape: Shape.allCases[pick(4)], label: text(1...6),
          lane: "L\(isOrderly ? min(lanes, 1 + (index * lanes / max(nodes, 1) + pick(2)) % lanes) : 1 + pick(lanes))",
          attributes: pick(6) == 0 ? ["human": "legal"] : []))
    }
    for index in 0..<edges {
      let source = isOrderly ? index % nodes : pick(nodes)
      let target = isOrderly && pick(5) > 0 ? min(nodes - 1, source + 1 + pick(2)) : pick(nodes)
      let sides = isOrderly && target > source ? orderlySides(model, source, target) : (side(), side())
      model.edges.append(
        Edge(
          from: .init("n\(source + 1)", sides.0), to: .init("n\(target + 1)", sides.1),
          label: pick(2) == 0 ? text(1...4) : nil))
    }
    return model
  }

  private mutating func orderlySides(_ model: Model, _ source: Int, _ target: Int) -> (Side, Side) {
    let (a, b) = (model.nodes[source].lane, model.nodes[target].lane)
    return a == b ? (.right, .left) : a < b ? (.bottom, .top) : (.top, .bottom)
  }

  private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }
  private mutating func side() -> Side { Side.allCases[pick(4)] }
  private mutating func text(_ count: ClosedRange<Int>) -> String {
    (0..<(count.lowerBound + pick(count.count))).map { _ in Self.words[pick(Self.words.count)] }.joined(separator: " ")
  }
}
