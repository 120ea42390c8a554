import Basics

/// Why a diamond's branch could not be chosen.
struct BranchFault: Error {
  let sentence: String
}

/// Which way the token leaves a node.
struct Branching {
  let graph: ModelGraph
  let node: Int

  var labels: [String] { graph.outgoing(node).map { graph.edges[$0].label ?? "" } }
  var hasConditions: Bool { graph.outgoing(node).contains { graph.edges[$0].attributes["when"] != nil } }

  /// The edge to take, nil at an end.
  ///
  /// A diamond's branch is the one that `choice` names; without a choice the one whose `when=` holds for the result; without
  /// conditions the one that the result names: a text, or true for "Yes" and false for "No".
  func edge(choice: String?, result: JSONValue) throws(BranchFault) -> Int? {
    guard graph.nodes[node].shape == .diamond else { return graph.outgoing(node).first }
    if let choice { return try edge(named: choice) }
    if hasConditions { return try edge(meeting: result) }
    if let text = result.string { return try edge(named: text) }
    if let bool = result.bool { return try edge(named: bool ? "Yes" : "No") }
    throw BranchFault(sentence: "the result chooses no branch; expected one of \(quotedLabels)")
  }

  /// The edge of a label, or of the label that alone begins with these words.
  func edge(named choice: String) throws(BranchFault) -> Int {
    let edges = Array(graph.outgoing(node))
    let labels = labels
    if let exact = labels.firstIndex(of: choice) { return edges[exact] }
    let begun = labels.indices.filter { index in
      labels[index].hasPrefix(choice) && !choice.isEmpty
        && !(labels[index].dropFirst(choice.count).first.map { $0.isLetter || $0.isNumber } ?? false)
    }
    guard begun.count == 1 else {
      let reason = begun.isEmpty ? "names no branch" : "fits several branches"
      throw BranchFault(sentence: "the choice '\(choice)' \(reason); expected one of \(quotedLabels)")
    }
    return edges[begun[0]]
  }

  private func edge(meeting result: JSONValue) throws(BranchFault) -> Int {
    var (met, otherwise): ([Int], Int?) = ([], nil)
    for edge in graph.outgoing(node) {
      guard let text = graph.edges[edge].attributes["when"], let condition = try? Condition(parsing: text) else {
        continue
      }
      if condition.isElse { otherwise = edge } else if condition.holds(for: result) { met.append(edge) }
    }
    if met.count > 1 {
      let both = met.map { "'\(graph.edges[$0].label ?? "")'" }.joined(separator: " and ")
      throw BranchFault(sentence: "the conditions of \(both) hold at once; make them exclude each other")
    }
    guard let edge = met.first ?? otherwise else {
      throw BranchFault(sentence: "no when= of \(quotedLabels) holds; add when=\"else\" to one branch")
    }
    return edge
  }

  private var quotedLabels: String { labels.map { "'\($0)'" }.joined(separator: ", ") }
}
