import Processes
import TestSupport
import Testing
import Workflow

/// The cost of a case by the definition alone: Dijkstra's search over all pairs of a station and a number of events taken.
private struct BruteForce {
  let net: ProcessNet
  let stations: [[Int]]

  func cost(_ trace: [Int]) -> Int {
    let (origin, rows) = (net.places.count, trace.count + 1)
    var best = [Int](repeating: .max, count: (origin + 1) * rows)
    var isDone = [Bool](repeating: false, count: best.count)
    best[origin * rows] = 0
    while let state = best.indices.filter({ !isDone[$0] && best[$0] < .max }).min(by: { best[$0] < best[$1] }) {
      isDone[state] = true
      let (position, taken, cost) = (state / rows, state % rows, best[state])
      func reach(_ position: Int, _ taken: Int, _ cost: Int) {
        best[position * rows + taken] = min(best[position * rows + taken], cost)
      }
      let targets = position == origin ? [net.start] : net.outgoing[position].map { net.arcs[$0].target }
      // On by an arc without taking an event: a silent station is free, another one is skipped.
      for target in targets { reach(target, taken, cost + (net.events[target] == nil ? 0 : StepTable.skipCost)) }
      guard taken < trace.count else { continue }
      let named = stations[trace[taken]]
      for target in targets where named.contains(target) { reach(target, taken + 1, cost) }
      reach(position, taken + 1, cost + StepTable.insertionCost)
      let isEnd = position != origin && net.isEnd(position)
      if !isEnd { for target in named { reach(target, taken + 1, cost + StepTable.jumpCost) } }
    }
    return (0...origin).map { best[$0 * rows + trace.count] }.min() ?? .max
  }
}

@Suite struct AlignmentTests {
  /// A random model: any shape of graph, silent diamonds, names that several nodes share; it need not be sound.
  private static func randomModel(_ generator: inout SeededGenerator) -> Model {
    let count = Int.random(in: 3...8, using: &generator)
    var model = Model(lanes: [Lane(name: "L")])
    for index in 0..<count {
      let isEnd = index == count - 1
      let shape: Shape = index == 0 || isEnd ? .circle : Bool.random(using: &generator) ? .rectangle : .diamond
      let label = ["a", "b", "c", "d", "e"].randomElement(using: &generator) ?? "a"
      model.nodes.append(Node(id: "n\(index)", shape: shape, label: label, lane: "L"))
    }
    for index in 0..<count - 1 {
      for branch in 0..<(model.nodes[index].shape == .diamond ? 2 : 1) {
        let target = Int.random(in: 1..<count, using: &generator)
        model.edges.append(
          Edge(from: .init("n\(index)", .right), to: .init("n\(target)", .left), label: "\(branch)"))
      }
    }
    return model
  }

  @Test("the cost equals that of an exhaustive search, on 10,000 random models and traces")
  func agreesWithBruteForce() throws {
    var generator = SeededGenerator(seed: 11)
    var (compared, imperfect) = (0, 0)
    while compared < 10_000 {
      let model = Self.randomModel(&generator)
      guard let net = try? ProcessNet(unchecked: model) else { continue }
      let names = ["a", "b", "c", "d", "e"]
      let stations = names.map { name in net.places.indices.filter { net.events[$0] == name } }
      let brute = BruteForce(net: net, stations: stations)
      var aligner = Aligner(try StepTable(net))
      for _ in 0..<4 {
        let trace = (0..<Int.random(in: 0...7, using: &generator)).map { _ in
          Int.random(in: 0..<names.count, using: &generator)
        }.filter { !stations[$0].isEmpty }
        var moves: [(Int, Aligner.Move)] = []
        aligner.begin()
        for (row, event) in trace.enumerated() { aligner.take(row, stations[event]) { moves.append(($0, $1)) } }
        let found = aligner.finish { moves.append(($0, $1)) }
        let expected = brute.cost(trace)
        #expect(found.cost == expected, "\(trace) on \(model.edges)")
        // The moves come in the order of the rows, one a row, and cost what the walk costs.
        #expect(moves.map(\.0) == Array(trace.indices))
        #expect(moves.reduce(0) { $0 + Self.cost($1.1, aligner.table) } == expected)
        compared += 1
        if expected > 0 { imperfect += 1 }
      }
    }
    #expect(imperfect > 1_000 && imperfect < 9_900)
  }

  private static func cost(_ move: Aligner.Move, _ table: StepTable) -> Int {
    switch move {
    case .way(let way): table.ways[way].cost
    case .jump: StepTable.jumpCost
    case .insertion: StepTable.insertionCost
    }
  }
}
