import Workflow

/// A model in the DOT language of Graphviz: a cluster a lane, from left to right.
struct DOTExport {
  let model: Model

  init(_ model: Model) { self.model = model }

  func export() -> ModelExport {
    var lines = [
      "digraph \(quoted(model.title ?? model.id ?? "workflow")) {", "  rankdir=LR;", "  node [fontsize=11];",
    ]
    for (index, lane) in model.lanes.enumerated() {
      lines.append("  subgraph cluster_\(index) {")
      lines.append("    label=\(quoted(lane.displayName ?? lane.name));")
      for node in model.nodes where node.lane == lane.name {
        lines.append("    \(quoted(node.id)) [shape=\(shape(node)), label=\(quoted(node.label))];")
      }
      lines.append("  }")
    }
    for edge in model.edges {
      let label = edge.label.map { ", label=\(quoted($0))" } ?? ""
      lines.append(
        "  \(quoted(edge.source.node)) -> \(quoted(edge.target.node)) "
          + "[tailport=\(port(edge.source.side)), headport=\(port(edge.target.side))\(label)];")
    }
    lines.append("}")
    var losses = Losses()
    losses.attributes(of: model, carried: [])
    return ModelExport(text: lines.joined(separator: "\n") + "\n", losses: losses.sentences)
  }

  private func shape(_ node: Node) -> String {
    switch node.shape {
    case .circle: "circle"
    case .diamond: "diamond"
    case .rectangle, .taskbox: "box"
    }
  }

  private func port(_ side: Side) -> String {
    switch side {
    case .left: "w"
    case .right: "e"
    case .top: "n"
    case .bottom: "s"
    }
  }

  /// In a quoted string only the quote is special, and a backslash because labels know `\n`, `\l`, `\r` and `\N`.
  private func quoted(_ text: String) -> String {
    var out = "\""
    for character in text {
      switch character {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      default: out.append(character)
      }
    }
    return out + "\""
  }
}
