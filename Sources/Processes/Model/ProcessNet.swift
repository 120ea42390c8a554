import Basics
import Workflow

/// A model as what a case goes through: stations joined by arcs.
///
/// A station is a node, or an edge that has `event=` and so is seen in the log. An edge with an event is two arcs.
package struct ProcessNet: Sendable {
  package enum Place: Sendable, Hashable {
    case node(Int), edge(Int)
  }
  package struct Arc: Sendable, Hashable {
    package let source: Int
    package let target: Int
    /// The model's edge that is passed here; nil behind a station that is an edge itself.
    package let edge: Int?
  }

  package let graph: ModelGraph
  /// The nodes by their index in the model, then the logged edges.
  package let places: [Place]
  package let arcs: [Arc]
  /// Indices of the arcs that leave a station, in the order in which the edges are written.
  package let outgoing: [[Int]]
  /// What a station is called in a log; nil if it is silent.
  package let events: [String?]
  package let start: Int

  /// - Throws: `ProcessFault.notSound` unless one start reaches every node and every node reaches an end.
  package init(_ model: Model) throws(ProcessFault) {
    let report = model.check()
    guard report.sound else { throw .notSound(reasons: report.findings.prefix(3).map(\.sentence)) }
    try self.init(unchecked: model)
  }

  /// Also for models with defects, which logs are measured against; only a start is needed.
  package init(unchecked model: Model) throws(ProcessFault) {
    let graph = ModelGraph(model)
    let starts = graph.nodes.indices.filter(graph.isStart)
    guard let start = starts.first, starts.count == 1 else {
      throw .notSound(reasons: ["it has \(starts.count) starts, one is needed."])
    }
    var places = graph.nodes.indices.map(Place.node)
    var events = graph.nodes.map(Self.event(of:))
    var arcs: [Arc] = []
    for edge in graph.edges.indices {
      let (source, target) = (graph.sources[edge], graph.targets[edge])
      guard let name = graph.edges[edge].attributes["event"], name != "none" else {
        arcs.append(Arc(source: source, target: target, edge: edge))
        continue
      }
      arcs.append(Arc(source: source, target: places.count, edge: edge))
      arcs.append(Arc(source: places.count, target: target, edge: nil))
      places.append(.edge(edge))
      events.append(name)
    }
    var outgoing = [[Int]](repeating: [], count: places.count)
    for (index, arc) in arcs.enumerated() { outgoing[arc.source].append(index) }
    (self.graph, self.places, self.arcs, self.outgoing) = (graph, places, arcs, outgoing)
    (self.events, self.start) = (events, start)
  }

  package var nodeCount: Int { graph.nodes.count }
  package func isEnd(_ station: Int) -> Bool { outgoing[station].isEmpty }
  package var ends: [Int] { places.indices.filter(isEnd) }

  /// A node's id, or `n3->n12` for an edge.
  package func name(of station: Int) -> String {
    switch places[station] {
    case .node(let node): graph.nodes[node].id
    case .edge(let edge): name(ofEdge: edge)
    }
  }

  package func name(ofEdge edge: Int) -> String {
    "\(graph.nodes[graph.sources[edge]].id)->\(graph.nodes[graph.targets[edge]].id)"
  }

  /// A node's label, or `label of the source: label of the edge`.
  package func label(ofEdge edge: Int) -> String { graph.edges[edge].label ?? "" }

  /// - Throws: `ProcessFault.unknownNode` with the nearest id.
  package func node(_ id: String) throws(ProcessFault) -> Int {
    guard let node = graph.index(of: id) else {
      throw .unknownNode(id, nearest: nearestName(to: id, among: graph.nodes.map(\.id)))
    }
    return node
  }

  // MARK: - Events

  package static func event(of node: Node) -> String? {
    if let name = node.attributes["event"] { return name == "none" ? nil : name }
    return node.shape == .diamond ? nil : slug(node.label)
  }

  /// "Set MDE, guardrails and run length" -> `set_mde_guardrails_and_run_length`; a label without letters or digits is kept.
  package static func slug(_ label: String) -> String {
    let words = label.lowercased().split { !$0.isLetter && !$0.isNumber }
    return words.isEmpty ? label : words.joined(separator: "_")
  }
}
