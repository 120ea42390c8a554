import Basics

/// Why a run took a branch, from what was recorded.
public struct BranchReason: Sendable, Hashable {
  public let node: String
  public let label: String
  public let visit: Int
  public let branch: String
  public let why: String

  public var sentence: String { "\(node) “\(label)”" + (visit > 1 ? ", visit \(visit)" : "") + ": \(branch). \(why)" }
}

extension WorkflowRun {
  /// The reason of every branch taken, in order.
  public func explanation() -> [BranchReason] {
    let graph = ModelGraph(model)
    var answers: [String: Answer] = [:]
    var latest: JSONValue = .null
    var reasons: [BranchReason] = []
    for record in history {
      switch record.event {
      case .answered(let node, let visit, let answer): answers["\(node) \(visit)"] = answer
      case .completed(let node, let visit, let step, let result, let choice, _):
        if let choice {
          let index = graph.index(of: node)
          reasons.append(
            BranchReason(
              node: node, label: index.map { graph.nodes[$0].label } ?? "", visit: visit, branch: choice,
              why: Self.why(
                choice, graph, index, answer: answers["\(node) \(visit)"], step: step,
                result: step == nil ? latest : result, own: result)))
        }
        if choice == nil || step != nil { latest = result }
      default: continue
      }
    }
    return reasons
  }

  private static func why(
    _ choice: String, _ graph: ModelGraph, _ node: Int?, answer: Answer?, step: String?, result: JSONValue,
    own: JSONValue
  ) -> String {
    if let answer {
      let comment = answer.comment.map { ": \($0)" } ?? ""
      return "\(answer.by) answered\(answer.signature == nil ? "" : ", signed,")"
        + (answer.choice.map { " '\($0)'" } ?? "") + "\(comment)."
    }
    if own["timedOut"]?.bool == true { return "Nobody answered within timeout=." }
    let source = step.map { "the step '\($0)'" } ?? "the result that came"
    let conditions = node.map { graph.outgoing($0).compactMap { edge in condition(graph.edges[edge], result) } } ?? []
    guard !conditions.isEmpty else { return "By \(source): \(shown(result))" }
    return "By \(source): \(conditions.joined(separator: "; ")). The result was \(shown(result))"
  }

  /// `share >= 0.5 holds`
  private static func condition(_ edge: Edge, _ result: JSONValue) -> String? {
    guard let text = edge.attributes["when"], let condition = try? Condition(parsing: text) else { return nil }
    if condition.isElse { return "else is '\(edge.label ?? "")'" }
    return "\(text) \(condition.holds(for: result) ? "holds" : "does not hold")"
  }

  private static func shown(_ result: JSONValue) -> String {
    let text = result.text()
    return text.count > 200 ? String(text.prefix(200)) + "…" : text
  }
}
