extension Overlay {
  /// Where a run stands: the nodes it has been to and how often, the edges it took, and where the token is now.
  ///
  /// - Parameters:
  ///   - history: the records of the run's journal, in order.
  ///   - status: `WorkflowRun.status`.
  public init(run history: [JournalRecord], status: RunStatus, of model: Model) {
    self.init()
    let graph = ModelGraph(model)
    let indexOfEdge = Self.indices(of: graph.edges, in: model.edges)
    var visits: [String: Int] = [:]
    var passes: [Int: Int] = [:]
    for record in history {
      guard case .completed(let node, let visit, _, _, let choice, let next) = record.event else { continue }
      visits[node] = visit
      guard let next, let source = graph.index(of: node) else { continue }
      let taken = graph.outgoing(source).first {
        graph.edges[$0].target.node == next && (choice == nil || graph.edges[$0].label == choice)
      }
      if let taken, let index = indexOfEdge[taken] { passes[index, default: 0] += 1 }
    }
    for (node, count) in visits { nodes[node] = Mark(count > 1 ? ["\(count) visits"] : [], tone: .visited) }
    for (edge, count) in passes { edges[edge] = Mark(count > 1 ? ["× \(count)"] : [], tone: .visited) }
    mark(status)
  }

  private mutating func mark(_ status: RunStatus) {
    switch status {
    case .running(let node):
      nodes[node.id] = Mark(["is next"], tone: .current)
      caption = "Running: \(node.label) is next."
    case .waiting(let node, let wait):
      nodes[node.id] = Mark([Self.short(wait)], tone: .waiting)
      caption = "Waiting at \(node.label) \(Self.short(wait))."
    case .failed(let node, _):
      nodes[node.id] = Mark(["failed"], tone: .failed)
      caption = "The last attempt at \(node.label) failed."
    case .finished(let end):
      nodes[end.id] = Mark(["ended here"], tone: .current)
      caption = "Finished at \(end.label)."
    }
  }

  private static func short(_ wait: Wait) -> String {
    switch wait {
    case .data: "for data"
    case .time: "for its time"
    case .approval(let role, _): "for \(role)"
    }
  }

  /// The place in the model of each edge that the graph kept, in order.
  private static func indices(of kept: [Edge], in all: [Edge]) -> [Int: Int] {
    var map: [Int: Int] = [:]
    var next = 0
    for (index, edge) in all.enumerated() where next < kept.count && kept[next] == edge {
      map[next] = index
      next += 1
    }
    return map
  }
}
