extension Model {
  /// Checks structure, soundness and the values of attributes.
  ///
  /// - Parameter suggestingRepairs: also search all changes of one edge's target that make the model sound. The search is
  ///   exhaustive up to `edges · (nodes + edges)` = 20 million (about 3,000 edges); above, the report says that it was not done.
  public func check(suggestingRepairs: Bool = false) -> ModelReport {
    let graph = ModelGraph(self)
    let soundness = Soundness(graph)
    let findings =
      StructureRules(graph: graph).findings() + soundness.findings() + AttributeRules(graph: graph).findings()
    var (repairs, note): ([Repair], String?) = ([], nil)
    if suggestingRepairs, !soundness.isSound { (repairs, note) = self.repairs(graph, findings) }
    let laneOf = graph.nodes.map(\.lane)
    return ModelReport(
      size: .init(
        lanes: lanes.count, nodes: nodes.count, edges: edges.count,
        crossLaneEdges: graph.edges.indices.count { laneOf[graph.sources[$0]] != laneOf[graph.targets[$0]] },
        diamonds: nodes.count { $0.shape == .diamond }, ends: graph.nodes.indices.count(where: graph.isEnd)),
      findings: findings.filter { $0.severity == .error } + findings.filter { $0.severity == .warning },
      sound: soundness.isSound && !StructureRules.blocks(findings), repairs: repairs, repairNote: note)
  }

  private func repairs(_ graph: ModelGraph, _ findings: [Finding]) -> ([Repair], String?) {
    guard !StructureRules.blocks(findings) else {
      return ([], "no change of one edge's target mends the rules named above; mend those first.")
    }
    let search = Repairs(graph)
    guard search.isAffordable else { return ([], "not searched, the model is too large for an exhaustive search.") }
    let found = search.all()
    return (found, found.isEmpty ? "no change of one edge's target makes the model sound." : nil)
  }
}

extension StructureRules {
  /// Whether a node breaks a rule that does not depend on where edges lead.
  static func blocks(_ findings: [Finding]) -> Bool {
    let codes: Set<Finding.Code> = [.fork, .deadEnd, .fewBranches, .unlabelledBranch, .equalBranches]
    return findings.contains { codes.contains($0.code) }
  }
}
