/// Writes a picture as SVG 1.1 with classes, so that one style sheet holds both themes.
struct SVGWriter {
  private let picture: Picture
  private let model: Model
  private let options: DrawingOptions
  private let prefix: String
  private let leaving: [String: [(label: String?, target: String)]]
  private var out: [String] = []

  init(_ picture: Picture, model: Model, options: DrawingOptions) {
    (self.picture, self.model, self.options) = (picture, model, options)
    prefix = "flow"
    leaving = Self.leaving(picture)
  }

  func text() -> String {
    var writer = self
    writer.write()
    return writer.out.joined(separator: "\n") + "\n"
  }

  private mutating func write() {
    let (width, height) = (number(picture.width), number(picture.height))
    out.append(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(width) \(height)\" role=\"graphics-document document\" "
        + "aria-labelledby=\"\(prefix)-title \(prefix)-desc\" class=\"flow\">")
    out.append("<title id=\"\(prefix)-title\">\(escaped(name))</title>")
    out.append("<desc id=\"\(prefix)-desc\">\(escaped(description))</desc>")
    out.append(StyleSheet(theme: options.theme).text)
    out.append("<rect class=\"page\" width=\"\(width)\" height=\"\(height)\"/>")
    writeTitle()
    writeLanes()
    for edge in picture.edges { writeEdge(edge) }
    for node in picture.nodes { writeNode(node) }
    for edge in picture.edges { writeLabel(edge) }
    out.append("</svg>")
  }

  private var name: String { model.title ?? model.id ?? "Workflow" }

  private var description: String {
    let lanes = picture.lanes.map { $0.lane.displayName ?? $0.lane.name }.joined(separator: ", ")
    let decisions = picture.nodes.count { $0.face.kind == .decision }
    return
      "\(model.description.map { "\($0) " } ?? "")A workflow of \(picture.nodes.count) nodes (\(decisions) decisions) "
      + "and \(picture.edges.count) edges in the lanes \(lanes), from left to right."
      + (picture.caption.map { " \($0)" } ?? "")
  }

  // MARK: - Frame

  private mutating func writeTitle() {
    if let title = picture.title {
      out.append("<text class=\"title\" x=\"20\" y=\"38\">\(escaped(title))</text>")
    }
    if let caption = picture.caption {
      out.append("<text class=\"caption\" x=\"20\" y=\"\(number(picture.height - 18))\">\(escaped(caption))</text>")
    }
  }

  private mutating func writeLanes() {
    guard let first = picture.lanes.first, let last = picture.lanes.last else { return }
    let frame = Box(
      x: first.box.x, y: first.box.y, width: first.box.width, height: last.box.bottom - first.box.y)
    out.append("<g class=\"lanes\">")
    out.append("<rect class=\"lane\" \(attributes(frame)) rx=\"10\"/>")
    let (left, right) = (frame.x, frame.x + picture.headerWidth)
    out.append(
      "<path class=\"header\" d=\"M\(number(right)) \(number(frame.y))H\(number(left + 10))"
        + "a10 10 0 0 0 -10 10V\(number(frame.bottom - 10))a10 10 0 0 0 10 10H\(number(right))Z\"/>")
    for lane in picture.lanes {
      if lane.box.y > frame.y {
        out.append("<path class=\"rule\" d=\"M\(number(left)) \(number(lane.box.y))H\(number(frame.right))\"/>")
      }
      out.append(
        "<g role=\"graphics-object group\"><title>\(escaped("Lane " + (lane.lane.displayName ?? lane.lane.name)))</title>"
      )
      let middle = Point(x: left + picture.headerWidth / 2, y: lane.box.middle.y)
      writeLines(lane.lines, [], at: middle, "laneName", size: Type.lane)
      out.append("</g>")
    }
    out.append("<rect class=\"frame\" \(attributes(frame)) rx=\"10\"/>")
    out.append("</g>")
  }

  // MARK: - Nodes

  private mutating func writeNode(_ placed: Picture.PlacedNode) {
    let (box, face) = (placed.box, placed.face)
    let mark = options.overlay.nodes[placed.node.id]
    let tone = mark.map { $0.tone == .plain ? "" : " \($0.tone.rawValue)" } ?? ""
    out.append("<g class=\"node \(face.kind.rawValue)\(tone)\" role=\"graphics-symbol img\">")
    out.append("<title>\(escaped(placed.node.label))</title>")
    out.append("<desc>\(escaped(summary(placed)))</desc>")
    let shape = shape(face.kind, box)
    out.append("<\(shape) class=\"shape\"/>")
    if let weight = mark?.weight, face.kind != .end {
      out.append("<\(shape) class=\"heat\" fill-opacity=\"\(number(0.04 + 0.4 * min(max(weight, 0), 1)))\"/>")
    }
    if face.kind == .human { writePerson(at: Point(x: box.x + 13, y: box.y + 13)) }
    writeLines(face.lines, face.details, at: box.middle, "label", size: Type.label)
    out.append("</g>")
  }

  private func shape(_ kind: Face.Kind, _ box: Box) -> String {
    switch kind {
    case .task, .human: return "rect \(attributes(box)) rx=\"8\""
    case .start, .end: return "rect \(attributes(box)) rx=\"\(number(box.height / 2))\""
    case .decision:
      let middle = box.middle
      let corners = [
        Point(x: middle.x, y: box.y), Point(x: box.right, y: middle.y), Point(x: middle.x, y: box.bottom),
        Point(x: box.x, y: middle.y),
      ]
      return "path d=\"\(PathText.closed(corners, radius: 5))\""
    }
  }

  /// The mark of a step that a person answers.
  private mutating func writePerson(at point: Point) {
    out.append(
      "<path class=\"person\" d=\"M\(number(point.x - 5)) \(number(point.y + 6))a5 5 0 0 1 10 0Z"
        + "M\(number(point.x - 2.8)) \(number(point.y - 2.8))a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0 -5.6 0Z\"/>")
  }

  private func summary(_ placed: Picture.PlacedNode) -> String {
    let kind =
      switch placed.face.kind {
      case .start: "Start"
      case .end: "End"
      case .task: "Task"
      case .decision: "Decision"
      case .human: "Task for a person"
      }
    let lane = picture.lanes.first { $0.lane.name == placed.node.lane }.flatMap { $0.lane.displayName }
    let ways = (leaving[placed.node.id] ?? []).map { way in
      (way.label.map { $0.isEmpty ? "" : "\($0): " } ?? "") + way.target
    }
    let goesTo = ways.isEmpty ? "" : " Leads to \(ways.joined(separator: "; "))."
    let details = options.overlay.nodes[placed.node.id]?.lines.joined(separator: ", ") ?? ""
    return "\(kind) \(placed.node.id), \(lane ?? placed.node.lane).\(goesTo)" + (details.isEmpty ? "" : " \(details).")
  }

  /// For each node what its edges say and where they lead.
  private static func leaving(_ picture: Picture) -> [String: [(label: String?, target: String)]] {
    let labels = Dictionary(picture.nodes.map { ($0.node.id, $0.node.label) }, uniquingKeysWith: { first, _ in first })
    return Dictionary(grouping: picture.edges, by: \.edge.source.node).mapValues { edges in
      edges.map { ($0.edge.label, labels[$0.edge.target.node] ?? $0.edge.target.node) }
    }
  }

  // MARK: - Edges

  private mutating func writeEdge(_ placed: Picture.PlacedEdge) {
    guard placed.points.count > 1 else { return }
    let mark = options.overlay.edges[placed.index]
    let tone = mark.map { $0.tone == .plain ? "" : " \($0.tone.rawValue)" } ?? ""
    let width = mark?.weight.map { " style=\"stroke-width:\(number(1 + 4 * min(max($0, 0), 1)))\"" } ?? ""
    out.append("<g class=\"edge\(placed.isBack ? " back" : "")\(tone)\">")
    let path = PathText.open(placed.points, radius: 8, shortenedBy: 6)
    out.append("<path class=\"line\" d=\"\(path)\"\(width)/>")
    out.append("<path class=\"tip\" d=\"\(PathText.arrow(placed.points))\"/>")
    out.append("</g>")
  }

  private mutating func writeLabel(_ placed: Picture.PlacedEdge) {
    guard let text = placed.text, let box = placed.labelBox else { return }
    let mark = options.overlay.edges[placed.index]
    let tone = mark.map { $0.tone == .plain ? "" : " \($0.tone.rawValue)" } ?? ""
    let anchor =
      switch placed.edge.source.side {
      case .left: ("end", box.right)
      case .right: ("start", box.x)
      case .top, .bottom:
        box.x < (placed.points.first?.x ?? 0) ? ("end", box.right) : ("start", box.x)
      }
    out.append("<g class=\"edgeText\(tone)\" text-anchor=\"\(anchor.0)\">")
    for (index, line) in (text.lines + text.details).enumerated() {
      let y = box.y + Double(index) * Type.detailHeight + 10.5
      let name = index < text.lines.count ? "edgeLabel" : "detail"
      out.append(
        "<text class=\"\(name)\" x=\"\(number(anchor.1))\" y=\"\(number(y))\">\(escaped(line))</text>")
    }
    out.append("</g>")
  }

  // MARK: - Text

  /// Lines centred on a point, small ones under them.
  private mutating func writeLines(
    _ lines: [String], _ details: [String], at middle: Point, _ name: String, size: Double
  ) {
    let height = Double(lines.count) * Type.lineHeight + Double(details.count) * Type.detailHeight
    var y = middle.y - height / 2
    for line in lines {
      y += Type.lineHeight
      out.append(
        "<text class=\"\(name)\" x=\"\(number(middle.x))\" y=\"\(number(y - 4))\">\(escaped(line))</text>")
    }
    for line in details {
      y += Type.detailHeight
      out.append("<text class=\"detail\" x=\"\(number(middle.x))\" y=\"\(number(y - 3))\">\(escaped(line))</text>")
    }
  }

  private func attributes(_ box: Box) -> String {
    "x=\"\(number(box.x))\" y=\"\(number(box.y))\" width=\"\(number(box.width))\" height=\"\(number(box.height))\""
  }

  private func number(_ value: Double) -> String { PathText.number(value) }

  /// Text as XML: markup escaped, characters that XML 1.0 does not allow left out.
  private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t": result += " "
      default:
        if scalar.value >= 0x20, scalar.value != 0xFFFE, scalar.value != 0xFFFF { result.unicodeScalars.append(scalar) }
      }
    }
    return result
  }
}
