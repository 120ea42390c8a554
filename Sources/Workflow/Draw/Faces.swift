/// What a node looks like before it has a place: its kind, its lines of text and its least size.
package struct Face: Sendable, Hashable {
  package enum Kind: String, Sendable { case start, end, task, decision, human }
  package let kind: Kind
  package let lines: [String]
  /// Smaller lines under the label: who answers, and what an overlay says.
  package let details: [String]
  package var width: Double
  package var height: Double

  /// The room that the lines take.
  package var textSize: (width: Double, height: Double) { Faces.textSize(lines, details) }
}

/// The label of an edge: its own lines, then those of an overlay.
package struct EdgeText: Sendable, Hashable {
  package let lines: [String]
  package let details: [String]
  package let width: Double
  package let height: Double
}

/// The sizes of type, and what follows from them.
enum Type {
  static let label = 13.0
  static let detail = 11.0
  static let edge = 11.5
  static let lane = 13.0
  static let lineHeight = 17.0
  static let detailHeight = 14.0

  static let taskWidth = 156.0
  static let taskHeight = 56.0
  static let edgeWidth = 78.0
}

struct Faces {
  let nodes: [Face]
  let edges: [EdgeText?]

  init(_ graph: ModelGraph, overlay: Overlay, indexInModel: [Int]) {
    nodes = graph.nodes.indices.map { Self.face(graph, $0, overlay.nodes[graph.nodes[$0].id]) }
    edges = graph.edges.indices.map { Self.text(graph.edges[$0], overlay.edges[indexInModel[$0]]) }
  }

  private static func face(_ graph: ModelGraph, _ index: Int, _ mark: Overlay.Mark?) -> Face {
    let node = graph.nodes[index]
    let kind = kind(graph, index)
    let role = node.attributes["human"].map { ["☐ \($0)"] } ?? []
    let details = (kind == .human || kind == .decision ? role : []) + (mark?.lines ?? [])
    let room = kind == .decision ? 106 : Type.taskWidth - 24
    let lines = TextMetrics.balanced(node.label, width: room, size: Type.label, limit: kind == .decision ? 4 : 5)
    let small = details.flatMap { TextMetrics.wrap($0, width: max(room, 132), size: Type.detail, limit: 2) }
    let text = textSize(lines, small)
    var face = Face(kind: kind, lines: lines, details: small, width: Type.taskWidth, height: Type.taskHeight)
    switch kind {
    case .start, .end:
      face.height = max(36, text.height + 16)
      face.width = max(84, text.width + face.height * 0.7 + 10)
    case .task, .human:
      face.height = max(Type.taskHeight, text.height + 20)
    case .decision:
      // A box of w x h fits into a diamond of W x H where w/W + h/H <= 1.
      face.width = max(156, text.width * 1.75 + 8)
      face.height = max(72, text.height / (1 - text.width / face.width) + 6)
    }
    return face
  }

  private static func kind(_ graph: ModelGraph, _ index: Int) -> Face.Kind {
    let node = graph.nodes[index]
    return switch node.shape {
    case .circle: graph.incoming(index).isEmpty ? .start : graph.outgoing(index).isEmpty ? .end : .task
    case .diamond: .decision
    case .rectangle, .taskbox: node.attributes["human"] == nil ? .task : .human
    }
  }

  private static func text(_ edge: Edge, _ mark: Overlay.Mark?) -> EdgeText? {
    let label = edge.label ?? ""
    let lines = TextMetrics.balanced(label, width: Type.edgeWidth, size: Type.edge, limit: 4)
    let details = mark?.lines ?? []
    guard !(lines.isEmpty && details.isEmpty) else { return nil }
    let size = (
      (lines.map { TextMetrics.width($0, size: Type.edge) } + details.map { TextMetrics.width($0, size: Type.detail) })
        .max() ?? 0, Double(lines.count + details.count) * Type.detailHeight
    )
    return EdgeText(lines: lines, details: details, width: size.0.rounded(.up) + 2, height: size.1)
  }

  static func textSize(_ lines: [String], _ details: [String]) -> (width: Double, height: Double) {
    let widths =
      lines.map { TextMetrics.width($0, size: Type.label) } + details.map { TextMetrics.width($0, size: Type.detail) }
    return (widths.max() ?? 0, Double(lines.count) * Type.lineHeight + Double(details.count) * Type.detailHeight)
  }
}

extension Face {
  /// How far the outline is from the centre, across, at a distance `offset` from the middle of a side.
  func reach(_ side: Side, at offset: Double) -> Double {
    let (across, along) = side == .left || side == .right ? (width / 2, height / 2) : (height / 2, width / 2)
    let distance = min(abs(offset), along)
    switch kind {
    case .task, .human: return across
    case .decision: return across * (1 - distance / along)
    case .start, .end:
      let radius = height / 2
      if across == radius {  // Top and bottom: flat between the two half circles.
        let over = max(0, distance - (along - radius))
        return (radius * radius - over * over).squareRoot()
      }
      return across - radius + max(0, radius * radius - distance * distance).squareRoot()
    }
  }
}
