/// The rules that look at one node and its edges.
struct StructureRules {
  let graph: ModelGraph

  func findings() -> [Finding] {
    startsAndEnds() + graph.nodes.indices.flatMap { nodeRules($0) } + sharedHandles() + equalLabels()
  }

  private func startsAndEnds() -> [Finding] {
    let starts = graph.nodes.indices.filter(graph.isStart).map { graph.nodes[$0].id }
    var findings: [Finding] = []
    if starts.isEmpty {
      findings.append(
        finding(.noStart, [], "no start: expected one circle without an incoming edge, found none."))
    }
    if starts.count > 1 {
      findings.append(
        finding(.severalStarts, starts, "\(starts.count) starts: \(names(starts)); one case begins at one circle."))
    }
    if !graph.nodes.indices.contains(where: graph.isEnd) {
      findings.append(finding(.noEnd, [], "no end: expected a circle without an outgoing edge, found none."))
    }
    return findings
  }

  private func nodeRules(_ index: Int) -> [Finding] {
    let node = graph.nodes[index]
    let (id, name) = (node.id, "\(node.id) \"\(node.label)\"")
    let outgoing = graph.outgoing(index)
    var findings: [Finding] = []
    if node.shape != .circle, graph.incoming(index).isEmpty {
      findings.append(
        finding(.secondSource, [id], "\(name) has no incoming edge: a second source beside the start."))
    }
    if node.shape == .diamond {
      findings += branchRules(index, name)
    } else if outgoing.count > 1 {
      findings.append(
        finding(.fork, [id], "\(name) has \(outgoing.count) outgoing edges; only a diamond has more than one."))
    } else if outgoing.isEmpty, node.shape != .circle {
      findings.append(finding(.deadEnd, [id], "\(name) has no outgoing edge; only a circle ends a case."))
    }
    return findings
  }

  private func branchRules(_ index: Int, _ name: String) -> [Finding] {
    let id = graph.nodes[index].id
    let labels = graph.outgoing(index).map { graph.edges[$0].label }
    var findings: [Finding] = []
    if labels.count < 2 {
      findings.append(
        finding(.fewBranches, [id], "\(name) has \(labels.count) outgoing edges; a diamond has at least two."))
    }
    let written = labels.compactMap { $0 }.filter { !$0.isEmpty }
    if written.count < labels.count {
      findings.append(
        finding(.unlabelledBranch, [id], "\(name) has a branch without a label; add [label=\"…\"] to each."))
    }
    if Set(written).count < written.count {
      findings.append(finding(.equalBranches, [id], "\(name) has two branches of the same label."))
    }
    return findings
  }

  /// An arrow in and an arrow out at the same side of a node lie on each other in the picture.
  private func sharedHandles() -> [Finding] {
    graph.nodes.indices.compactMap { index in
      let leaving = Set(graph.outgoing(index).map { graph.edges[$0].source.side })
      let entering = Set(graph.incoming(index).map { graph.edges[$0].target.side })
      let shared = Side.allCases.filter { leaving.contains($0) && entering.contains($0) }
      guard !shared.isEmpty else { return nil }
      let id = graph.nodes[index].id
      let sides = shared.map { "\(id).\($0.rawValue)" }.joined(separator: ", ")
      return finding(.sharedHandle, [id], "\(sides) is used by an incoming and an outgoing edge; their arrows overlap.")
    }
  }

  /// Events in a log are named by labels, so nodes of the same label cannot be told apart there.
  private func equalLabels() -> [Finding] {
    let silent = graph.nodes.filter { $0.shape != .diamond && $0.attributes["event"] == nil }
    return Dictionary(grouping: silent, by: \.label).values.filter { $0.count > 1 }
      .map { group in
        finding(
          .equalLabels, group.map(\.id),
          "\(names(group.map(\.id))) have the same label \"\(group[0].label)\"; give each an event= to tell them apart."
        )
      }
      .sorted { $0.nodes[0] < $1.nodes[0] }
  }

  private func finding(_ code: Finding.Code, _ nodes: [String], _ sentence: String) -> Finding {
    Finding(code: code, nodes: nodes, witness: [], sentence: sentence)
  }
}

/// At most `limit` names, then how many more.
func names(_ ids: [String], limit: Int = 12) -> String {
  let shown = ids.prefix(limit).joined(separator: ", ")
  return ids.count > limit ? "\(shown) and \(ids.count - limit) more" : shown
}
