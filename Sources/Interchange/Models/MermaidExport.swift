import Workflow

/// A model as a Mermaid flowchart: a subgraph a lane.
struct MermaidExport {
  let model: Model

  init(_ model: Model) { self.model = model }

  func export() -> ModelExport {
    var lines: [String] = []
    if let title = model.title { lines += ["---", "title: \(quoted(title))", "---"] }
    lines.append("flowchart LR")
    for (index, lane) in model.lanes.enumerated() {
      lines.append("  subgraph lane\(index + 1)[\(quoted(lane.displayName ?? lane.name))]")
      lines += model.nodes.filter { $0.lane == lane.name }.map { "    \(id($0.id))\(shape($0))" }
      lines.append("  end")
    }
    for edge in model.edges {
      let label = edge.label.flatMap { $0.isEmpty ? nil : "|\(quoted($0))|" } ?? ""
      lines.append("  \(id(edge.source.node)) -->\(label) \(id(edge.target.node))")
    }
    var losses = Losses()
    losses.add("handles are left out: the flowchart chooses where edges dock")
    losses.attributes(of: model, carried: [])
    return ModelExport(text: lines.joined(separator: "\n") + "\n", losses: losses.sentences)
  }

  private func shape(_ node: Node) -> String {
    switch node.shape {
    case .circle: "([\(quoted(node.label))])"
    case .diamond: "{\(quoted(node.label))}"
    case .rectangle, .taskbox: "[\(quoted(node.label))]"
    }
  }

  /// Mermaid reads some words as its own, and `o` and `x` at the start of a target as the end of an arrow.
  private func id(_ id: String) -> String {
    let lower = id.lowercased()
    let isReserved =
      [
        "end", "default", "subgraph", "graph", "flowchart", "style", "class", "click", "call", "href", "interpolate",
        "direction", "linkstyle", "classdef",
      ].contains(lower)
      || lower.hasPrefix("o") || lower.hasPrefix("x") || lower.hasPrefix("lane")
    return isReserved ? "node_\(id)" : id
  }

  /// Quotes and what could be markup become entity codes, as Mermaid writes them.
  private func quoted(_ text: String) -> String {
    var out = "\""
    for character in text {
      switch character {
      case "\"": out += "#quot;"
      case "#": out += "#35;"
      case "<": out += "#lt;"
      case ">": out += "#gt;"
      case "&": out += "#amp;"
      case "`": out += "#96;"
      case "\n": out += "<br/>"
      default: out.append(character)
      }
    }
    return out + "\""
  }
}
