import Workflow

/// What a picture must never show, found by looking at all pairs of things in it.
struct GeometryRules {
  enum Issue: String, Hashable, CaseIterable {
    case nodeOverlap, edgeThroughNode, slantedEdge, edgeOffItsSide, stubAgainstItsSide
    case labelOverNode, labelOverForeignEdge, labelOverLabel
    case sharedDeparture, coincidentSegments, outside, textTooWide, textOutOfDecision, nodeOutOfItsLane, missingEdge
    case labelFarFromItsEdge
  }

  struct Report: Hashable {
    let issue: Issue
    let what: String
  }

  private struct Segment {
    let edge: Int
    let a, b: Point
    var isHorizontal: Bool { a.y == b.y }
    var low: Point { Point(x: min(a.x, b.x), y: min(a.y, b.y)) }
    var high: Point { Point(x: max(a.x, b.x), y: max(a.y, b.y)) }
  }

  let picture: Picture
  private let segments: [Segment]

  init(_ picture: Picture) {
    self.picture = picture
    segments = picture.edges.enumerated().flatMap { index, edge in
      zip(edge.points, edge.points.dropFirst()).map { Segment(edge: index, a: $0, b: $1) }
    }
  }

  func reports() -> [Report] {
    nodes() + edges() + labels() + pairs() + frame()
  }

  // MARK: - Nodes

  private func nodes() -> [Report] {
    var found: [Report] = []
    for (i, a) in picture.nodes.enumerated() {
      for b in picture.nodes[(i + 1)...] where overlap(a.box, b.box, margin: 8) {
        found.append(Report(issue: .nodeOverlap, what: "\(a.node.id) \(b.node.id)"))
      }
      let text = a.face.textSize
      if text.width > a.box.width - 16 || text.height > a.box.height - 8 {
        found.append(Report(issue: .textTooWide, what: a.node.id))
      }
      if a.face.kind == .decision, text.width / a.box.width + (text.height - 6) / a.box.height > 1 {
        found.append(Report(issue: .textOutOfDecision, what: a.node.id))
      }
      let lane = picture.lanes.first { $0.lane.name == a.node.lane }
      if let lane,
        a.box.y < lane.box.y + 4 || a.box.bottom > lane.box.bottom - 4 || a.box.right > lane.box.right - 4
          || a.box.x < lane.box.x + picture.headerWidth + 4
      {
        found.append(Report(issue: .nodeOutOfItsLane, what: a.node.id))
      }
    }
    return found
  }

  // MARK: - Edges

  private func edges() -> [Report] {
    var found: [Report] = []
    let boxes = Dictionary(picture.nodes.map { ($0.node.id, $0.box) }, uniquingKeysWith: { a, _ in a })
    for edge in picture.edges {
      let name = "\(edge.edge.source.node) -> \(edge.edge.target.node)"
      guard let first = edge.points.first, let last = edge.points.last, edge.points.count > 1 else {
        found.append(Report(issue: .missingEdge, what: name))
        continue
      }
      if let a = boxes[edge.edge.source.node], !touches(first, a, edge.edge.source.side) {
        found.append(Report(issue: .edgeOffItsSide, what: "\(name) source"))
      }
      if let b = boxes[edge.edge.target.node], !touches(last, b, edge.edge.target.side) {
        found.append(Report(issue: .edgeOffItsSide, what: "\(name) target"))
      }
      if !leaves(first, edge.points[1], edge.edge.source.side)
        || !leaves(last, edge.points[edge.points.count - 2], edge.edge.target.side)
      {
        found.append(Report(issue: .stubAgainstItsSide, what: name))
      }
    }
    for segment in segments {
      let name = describe(segment)
      if segment.a.x != segment.b.x, segment.a.y != segment.b.y {
        found.append(Report(issue: .slantedEdge, what: name))
      }
      for node in picture.nodes {
        let isOwn = [picture.edges[segment.edge].edge.source.node, picture.edges[segment.edge].edge.target.node]
          .contains(node.node.id)
        // Of its own nodes an edge touches the outline; at a decision the box is wider than the outline.
        let inner = isOwn ? inset(node.box, node.face.kind == .decision ? 0.25 : 0.02) : node.box
        if isOwn ? crosses(segment, inner, margin: 0) && !isStub(segment, node) : crosses(segment, inner, margin: 3) {
          found.append(Report(issue: .edgeThroughNode, what: "\(name) \(node.node.id)"))
        }
      }
    }
    return found
  }

  /// The first or last piece of an edge, which ends on its node's outline.
  private func isStub(_ segment: Segment, _ node: Picture.PlacedNode) -> Bool {
    let edge = picture.edges[segment.edge]
    let ends = [edge.points.first, edge.points.last]
    return ends.contains(segment.a) || ends.contains(segment.b)
  }

  /// On the side's line or, at round and slanted outlines, between it and the middle.
  private func touches(_ point: Point, _ box: Box, _ side: Side) -> Bool {
    let middle = box.middle
    return switch side {
    case .left: point.x >= box.x - 0.01 && point.x < middle.x && point.y > box.y && point.y < box.bottom
    case .right: point.x <= box.right + 0.01 && point.x > middle.x && point.y > box.y && point.y < box.bottom
    case .top: point.y >= box.y - 0.01 && point.y < middle.y && point.x > box.x && point.x < box.right
    case .bottom: point.y <= box.bottom + 0.01 && point.y > middle.y && point.x > box.x && point.x < box.right
    }
  }

  /// Steps straight away from the side, far enough for an arrowhead.
  private func leaves(_ point: Point, _ next: Point, _ side: Side) -> Bool {
    switch side {
    case .left: next.x < point.x - 9
    case .right: next.x > point.x + 9
    case .top: next.y < point.y - 9
    case .bottom: next.y > point.y + 9
    }
  }

  // MARK: - Labels

  private func labels() -> [Report] {
    var found: [Report] = []
    for (index, edge) in picture.edges.enumerated() {
      guard let box = edge.labelBox else { continue }
      let name = "\(edge.edge.source.node) -> \(edge.edge.target.node)"
      for node in picture.nodes where labelTouches(box, node) {
        found.append(Report(issue: .labelOverNode, what: "\(name) \(node.node.id)"))
      }
      for segment in segments where crosses(segment, box, margin: 0.5) {
        found.append(Report(issue: .labelOverForeignEdge, what: "\(name): \(describe(segment))"))
      }
      for other in picture.edges[(index + 1)...] {
        if let second = other.labelBox, overlap(box, second, margin: 1) {
          found.append(Report(issue: .labelOverLabel, what: "\(name), \(other.edge.source.node)"))
        }
      }
      if !segments.contains(where: { $0.edge == index && crosses($0, box, margin: 6) }) {
        found.append(Report(issue: .labelFarFromItsEdge, what: name))
      }
    }
    return found
  }

  /// A decision's outline is a diamond: the box of a label meets it if a corner is inside, or a corner of it in the label.
  private func labelTouches(_ box: Box, _ node: Picture.PlacedNode) -> Bool {
    guard overlap(box, node.box, margin: 0) else { return false }
    guard node.face.kind == .decision else { return true }
    let middle = node.box.middle
    let nearest = Point(x: min(max(middle.x, box.x), box.right), y: min(max(middle.y, box.y), box.bottom))
    return abs(nearest.x - middle.x) / (node.box.width / 2) + abs(nearest.y - middle.y) / (node.box.height / 2) < 1
      || corners(box).contains {
        abs($0.x - middle.x) / (node.box.width / 2) + abs($0.y - middle.y) / (node.box.height / 2) < 1
      }
  }

  // MARK: - Pairs of edges

  /// Sorted by their line, so that only neighbours are compared.
  private func pairs() -> [Report] {
    var found: [Report] = []
    for isHorizontal in [true, false] {
      let lines = segments.filter { $0.isHorizontal == isHorizontal && ($0.a.x != $0.b.x || $0.a.y != $0.b.y) }
      func across(_ s: Segment) -> Double { isHorizontal ? s.a.y : s.a.x }
      func range(_ s: Segment) -> (Double, Double) { isHorizontal ? (s.low.x, s.high.x) : (s.low.y, s.high.y) }
      let sorted = lines.sorted { across($0) < across($1) }
      for (i, a) in sorted.enumerated() {
        for b in sorted[(i + 1)...] {
          guard across(b) - across(a) < 3 else { break }
          let (p, q) = (range(a), range(b))
          let isJoint = a.edge == b.edge && (a.b == b.a || b.b == a.a)
          if min(p.1, q.1) - max(p.0, q.0) > -2, !isJoint {
            found.append(Report(issue: .coincidentSegments, what: "\(describe(a)) and \(describe(b))"))
          }
        }
      }
    }
    var departures: Set<Point> = []
    for edge in picture.edges {
      for point in [edge.points.first, edge.points.last].compactMap({ $0 })
      where !departures.insert(Point(x: point.x.rounded(), y: point.y.rounded())).inserted {
        found.append(Report(issue: .sharedDeparture, what: "\(edge.edge.source.node) -> \(edge.edge.target.node)"))
      }
    }
    return found
  }

  // MARK: - Frame

  private func frame() -> [Report] {
    var found: [Report] = []
    func check(_ box: Box, _ what: String) {
      guard let lane = picture.lanes.first, let last = picture.lanes.last else { return }
      let left = lane.box.x + picture.headerWidth
      if box.x < left + 1 || box.right > lane.box.right - 1 || box.y < lane.box.y + 1
        || box.bottom > last.box.bottom - 1
        || lane.box.right > picture.width || last.box.bottom > picture.height
      {
        found.append(Report(issue: .outside, what: what))
      }
    }
    for node in picture.nodes { check(node.box, node.node.id) }
    for edge in picture.edges {
      if let box = edge.labelBox { check(box, "label of \(edge.edge.source.node)") }
      for point in edge.points {
        check(Box(x: point.x, y: point.y, width: 0, height: 0), "\(edge.edge.source.node) -> \(edge.edge.target.node)")
      }
    }
    return found
  }

  // MARK: - Boxes

  private func describe(_ s: Segment) -> String {
    let edge = picture.edges[s.edge].edge
    return "\(edge.source.node) -> \(edge.target.node) (\(s.a.x),\(s.a.y))-(\(s.b.x),\(s.b.y))"
  }

  private func overlap(_ a: Box, _ b: Box, margin: Double) -> Bool {
    a.x < b.right + margin && b.x < a.right + margin && a.y < b.bottom + margin && b.y < a.bottom + margin
  }

  private func crosses(_ s: Segment, _ box: Box, margin: Double) -> Bool {
    s.low.x < box.right + margin && s.high.x > box.x - margin && s.low.y < box.bottom + margin
      && s.high.y > box.y - margin
  }

  private func inset(_ box: Box, _ share: Double) -> Box {
    Box(
      x: box.x + box.width * share, y: box.y + box.height * share, width: box.width * (1 - 2 * share),
      height: box.height * (1 - 2 * share))
  }

  private func corners(_ box: Box) -> [Point] {
    [
      Point(x: box.x, y: box.y), Point(x: box.right, y: box.y), Point(x: box.x, y: box.bottom),
      Point(x: box.right, y: box.bottom),
    ]
  }
}
