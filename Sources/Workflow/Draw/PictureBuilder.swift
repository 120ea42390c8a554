/// From a model to a picture: columns, rows, routes, offsets, tracks, and with them all coordinates.
struct PictureBuilder {
  private let model: Model
  private let graph: ModelGraph
  private let indexInModel: [Int]
  private let lanes: [Lane]
  private let isBack: [Bool]
  private let grid: RoutingGrid
  private let wiring: Wiring
  private let ports: PortOrder
  private let slots: SlotAssignment
  private let texts: [EdgeText?]
  private var faces: [Face]
  private var tracks: [Int]
  private var columns: Bands
  private var rows: Bands
  private let caption: String?

  private enum Room {
    static let margin = 20.0
    static let title = 34.0
    static let caption = 26.0
    static let outerChannel = 22.0
    static let channel = 22.0
    static let betweenRows = 15.0
    static let laneEdge = 12.0
    static let toNode = 18.0
  }

  init(_ model: Model, overlay: Overlay) {
    self.model = model
    graph = ModelGraph(model)
    caption = overlay.caption
    indexInModel = Self.indices(of: graph, in: model)
    let faces = Faces(graph, overlay: overlay, indexInModel: indexInModel)
    (self.faces, texts) = (faces.nodes, faces.edges)
    let (lanes, laneOfNode) = Self.lanes(model)
    self.lanes = lanes
    let layering = Layering(graph, lanes: laneOfNode)
    isBack = layering.isBack
    let rows = Rows(graph, columns: layering.columns, lanes: laneOfNode, laneCount: lanes.count)
    grid = RoutingGrid(columns: layering.columns, rows: rows.rows, rowCounts: rows.counts)
    wiring = Router(graph, grid: grid).wiring
    ports = PortOrder(graph, wiring)
    slots = SlotAssignment(graph, grid: grid, wiring: wiring, ports: ports, texts: texts)
    tracks = [Int](repeating: 0, count: wiring.wires.count)
    columns = Bands(count: grid.verticalCount)
    self.rows = Bands(count: grid.horizontalCount)
    growNodes()
    for _ in 0..<2 {
      sizeColumns()
      sizeRows()
      assignTracks(.vertical)
      sizeColumns()
      assignTracks(.horizontal)
      sizeRows()
    }
  }

  /// The lanes, and the lane of each node; a node of an unknown lane gets one of that name.
  private static func lanes(_ model: Model) -> ([Lane], [Int]) {
    var lanes: [Lane] = []
    var indices: [String: Int] = [:]
    func index(_ lane: Lane) -> Int {
      if let known = indices[lane.name] { return known }
      indices[lane.name] = lanes.count
      lanes.append(lane)
      return lanes.count - 1
    }
    for lane in model.lanes { _ = index(lane) }
    let ofNode = model.nodes.map { index(Lane(name: $0.lane)) }
    return (lanes, ofNode)
  }

  private static func indices(of graph: ModelGraph, in model: Model) -> [Int] {
    model.edges.indices.filter {
      graph.index(of: model.edges[$0].source.node) != nil && graph.index(of: model.edges[$0].target.node) != nil
    }
  }

  // MARK: - Sizes

  /// Makes nodes long enough for the edges at their sides.
  private mutating func growNodes() {
    for (key, side) in ports.sides {
      let farthest = side.map { abs(slots.offsets[$0.wire]) }.max() ?? 0
      let face = faces[key.node]
      let corner = face.kind == .decision ? 14.0 : face.kind == .start || face.kind == .end ? 8 : 12
      if key.side == .left || key.side == .right {
        if farthest > 0 { faces[key.node].height = max(face.height, 2 * (farthest + corner)) }
      } else {
        faces[key.node].width = max(face.width, 2 * (farthest + corner))
      }
    }
  }

  private mutating func sizeColumns() {
    for band in columns.core.indices {
      let isOuter = band == 0 || band == columns.core.count - 1
      if grid.isColumn(band) {
        columns.core[band] = 24
      } else {
        (columns.lead[band], columns.trail[band]) = isOuter ? (Room.outerChannel / 2, Room.outerChannel / 2) : (22, 22)
        columns.core[band] = 0
      }
    }
    for (index, place) in grid.nodes.enumerated() {
      columns.core[place.v] = max(columns.core[place.v], faces[index].width / 2)
    }
    for (index, wire) in wiring.wires.enumerated() where wire.axis == .vertical {
      if grid.isColumn(wire.band) {
        columns.core[wire.band] = max(columns.core[wire.band], abs(slots.offsets[index]) + 10)
        guard wire.beginsAtNode, let text = texts[wire.edge] else { continue }
        let reach = slots.labelSides[wire.edge] * slots.offsets[index] + LabelPlace.beside + text.width + 6
        columns.core[wire.band] = max(columns.core[wire.band], reach)
      } else {
        columns.core[wire.band] = max(columns.core[wire.band], Double(tracks[index]) * Bands.trackGap)
      }
    }
    for (edge, route) in wiring.routes.enumerated() {
      guard let first = route.first, wiring.wires[first].axis == .horizontal, let text = texts[edge] else { continue }
      let node = graph.sources[edge]
      let half = columns.core[grid.nodes[node].v]
      let side = graph.edges[edge].source.side
      let needed = labelDistance(edge, first, text) + text.width + 8 - half
      let channel = grid.step(from: node, side).v
      if side == .right {
        columns.lead[channel] = max(columns.lead[channel], needed)
      } else {
        columns.trail[channel] = max(columns.trail[channel], needed)
      }
    }
    columns.place(from: Room.margin + headerWidth) { grid.isColumn($0) }
  }

  private mutating func sizeRows() {
    for band in rows.core.indices {
      if grid.isRow[band] {
        rows.core[band] = 28
      } else {
        let isFirst = band == 0 || grid.laneOfBand[band - 1] != grid.laneOfBand[band]
        let isLast = band == rows.core.count - 1 || grid.laneOfBand[band + 1] != grid.laneOfBand[band]
        rows.lead[band] = isFirst ? Room.laneEdge : Room.betweenRows
        rows.trail[band] = isLast ? Room.laneEdge : Room.betweenRows
        rows.core[band] = 0
      }
    }
    for (index, place) in grid.nodes.enumerated() {
      rows.core[place.h] = max(rows.core[place.h], faces[index].height / 2)
    }
    for (index, wire) in wiring.wires.enumerated() where wire.axis == .horizontal {
      if grid.isRow[wire.band] {
        rows.core[wire.band] = max(rows.core[wire.band], abs(slots.offsets[index]) + 10)
        guard wire.beginsAtNode, let text = texts[wire.edge] else { continue }
        let above = text.height + LabelPlace.above + 4 - slots.offsets[index]
        rows.core[wire.band] = max(rows.core[wire.band], above)
      } else {
        rows.core[wire.band] = max(rows.core[wire.band], Double(tracks[index]) * Bands.trackGap)
        // Room for arrowheads at the nodes' side.
        if grid.isRowAbove(wire.band) { rows.lead[wire.band] = max(rows.lead[wire.band], Room.toNode) }
        if grid.isRowBelow(wire.band) { rows.trail[wire.band] = max(rows.trail[wire.band], Room.toNode) }
      }
    }
    for (edge, route) in wiring.routes.enumerated() {
      guard let first = route.first, wiring.wires[first].axis == .vertical, let text = texts[edge] else { continue }
      let node = graph.sources[edge]
      let side = graph.edges[edge].source.side
      let needed = labelDistance(edge, first, text) + text.height + 8 - rows.core[grid.nodes[node].h]
      let channel = grid.step(from: node, side).h
      if side == .bottom {
        rows.lead[channel] = max(rows.lead[channel], needed)
      } else {
        rows.trail[channel] = max(rows.trail[channel], needed)
      }
    }
    padLanes()
    rows.place(from: Room.margin + (model.title == nil ? 0 : Room.title)) { grid.isRow[$0] }
  }

  /// A lane is at least as high as its name.
  private mutating func padLanes() {
    var heights = [Double](repeating: 0, count: lanes.count)
    for band in rows.core.indices {
      heights[grid.laneOfBand[band]] +=
        grid.isRow[band] ? 2 * rows.core[band] : rows.lead[band] + rows.core[band] + rows.trail[band]
    }
    for (lane, height) in heights.enumerated() {
      let missing = Double(laneLines[lane].count) * Type.lineHeight + 20 - height
      guard missing > 0, let first = grid.laneOfBand.firstIndex(of: lane),
        let last = grid.laneOfBand.lastIndex(of: lane)
      else { continue }
      rows.lead[first] += missing / 2
      rows.trail[last] += missing / 2
    }
  }

  private var laneLines: [[String]] {
    lanes.map { TextMetrics.balanced($0.displayName ?? $0.name, width: 104, size: Type.lane, limit: 4) }
  }

  private var headerWidth: Double {
    let widest = laneLines.joined().map { TextMetrics.width($0, size: Type.lane, bold: true) }.max() ?? 0
    return (widest + 36).rounded(.up)
  }

  // MARK: - Tracks

  private mutating func assignTracks(_ axis: Axis) {
    let count = axis == .vertical ? grid.verticalCount : grid.horizontalCount
    for (band, wires) in wiring.inBands(axis, count: count).enumerated()
    where !wires.isEmpty && !grid.holdsNodes(axis, band) {
      let assignment = TrackAssignment(wires.map { piece($0, axis) }, slots.precedence)
      for (index, wire) in wires.enumerated() { tracks[wire] = assignment.tracks[index] }
    }
  }

  private func piece(_ index: Int, _ axis: Axis) -> TrackAssignment.Piece {
    let wire = wiring.wires[index]
    // A piece in a channel never touches a node, so it has an edge's piece before and behind.
    let neighbours = [wiring.before(index), wiring.after(index)].compactMap { $0 }
    let ends = neighbours.map { neighbour in
      let other = wiring.wires[neighbour]
      let comesFrom = neighbour < index ? other.from : other.to
      return (place: position(neighbour), side: (comesFrom - wire.band).signum())
    }
    let places = ends.map(\.place)
    let span = (places.min() ?? 0)...(places.max() ?? 0)
    // Columns are fixed before rows, so vertical pieces keep apart wherever they share a band.
    let reach =
      axis == .vertical
      ? Double(wire.reach.lowerBound)...Double(wire.reach.upperBound) : span.lowerBound - 7...span.upperBound + 7
    return TrackAssignment.Piece(wire: index, reach: reach, span: span, ends: ends)
  }

  /// The coordinate of a wire across its direction.
  private func position(_ index: Int) -> Double {
    let wire = wiring.wires[index]
    let bands = wire.axis == .horizontal ? rows : columns
    guard grid.holdsNodes(wire.axis, wire.band) else { return bands.track(tracks[index], of: wire.band) }
    return bands.middle(wire.band) + slots.offsets[index]
  }

  // MARK: - The picture

  func picture() -> Picture {
    let nodes = graph.nodes.indices.map(placedNode)
    let top = Room.margin + (model.title == nil ? 0 : Room.title)
    return Picture(
      width: (columns.end + Room.margin).rounded(.up),
      height: (max(rows.end, top) + Room.margin + (caption == nil ? 0 : Room.caption)).rounded(.up),
      headerWidth: headerWidth, title: model.title, caption: caption, lanes: laneBands(), nodes: nodes,
      edges: graph.edges.indices.map { placedEdge($0, nodes) })
  }

  private func placedNode(_ index: Int) -> Picture.PlacedNode {
    let (place, face) = (grid.nodes[index], faces[index])
    let box = Box(
      x: columns.middle(place.v) - face.width / 2, y: rows.middle(place.h) - face.height / 2, width: face.width,
      height: face.height)
    return Picture.PlacedNode(node: graph.nodes[index], face: face, box: box)
  }

  private func laneBands() -> [Picture.LaneBand] {
    let names = laneLines
    return lanes.indices.compactMap { lane in
      guard let first = grid.laneOfBand.firstIndex(of: lane), let last = grid.laneOfBand.lastIndex(of: lane) else {
        return nil
      }
      let end = last + 1 < rows.starts.count ? rows.starts[last + 1] : rows.end
      let box = Box(
        x: Room.margin, y: rows.starts[first], width: columns.end - Room.margin, height: end - rows.starts[first])
      return Picture.LaneBand(lane: lanes[lane], box: box, lines: names[lane])
    }
  }

  private func placedEdge(_ edge: Int, _ nodes: [Picture.PlacedNode]) -> Picture.PlacedEdge {
    let route = wiring.routes[edge]
    var points: [Point] = []
    if let first = route.first, let last = route.last {
      points.append(outline(nodes[graph.sources[edge]], graph.edges[edge].source.side, first))
      for (a, b) in zip(route, route.dropFirst()) {
        let isHorizontal = wiring.wires[a].axis == .horizontal
        points.append(
          isHorizontal ? Point(x: position(b), y: position(a)) : Point(x: position(a), y: position(b)))
      }
      points.append(outline(nodes[graph.targets[edge]], graph.edges[edge].target.side, last))
    }
    return Picture.PlacedEdge(
      edge: graph.edges[edge], index: indexInModel[edge], points: points, text: texts[edge],
      labelBox: texts[edge].flatMap { text in route.first.map { labelBox(edge, text, $0, nodes) } },
      isBack: isBack[edge])
  }

  /// Where an edge meets the outline of a node.
  private func outline(_ placed: Picture.PlacedNode, _ side: Side, _ wire: Int) -> Point {
    let middle = placed.box.middle
    let reach = placed.face.reach(side, at: slots.offsets[wire])
    return switch side {
    case .left: Point(x: middle.x - reach, y: position(wire))
    case .right: Point(x: middle.x + reach, y: position(wire))
    case .top: Point(x: position(wire), y: middle.y - reach)
    case .bottom: Point(x: position(wire), y: middle.y + reach)
    }
  }

  private func labelBox(_ edge: Int, _ text: EdgeText, _ first: Int, _ nodes: [Picture.PlacedNode]) -> Box {
    let middle = nodes[graph.sources[edge]].box.middle
    var box = labelBox(edge, text, at: labelDistance(edge, first, text), offset: slots.offsets[first])
    (box.x, box.y) = (box.x + middle.x, box.y + middle.y)
    return box
  }

  /// The place of a label relative to the middle of its node.
  private func labelBox(_ edge: Int, _ text: EdgeText, at distance: Double, offset: Double) -> Box {
    let beside = slots.labelSides[edge] > 0 ? offset + LabelPlace.beside : offset - LabelPlace.beside - text.width
    let above = offset - LabelPlace.above - text.height
    let origin =
      switch graph.edges[edge].source.side {
      case .right: Point(x: distance, y: above)
      case .left: Point(x: -distance - text.width, y: above)
      case .top: Point(x: beside, y: -distance - text.height)
      case .bottom: Point(x: beside, y: distance)
      }
    return Box(x: origin.x, y: origin.y, width: text.width, height: text.height)
  }

  /// How far from the middle of its node the label of an edge begins: outside of the outline all along the label, and beside
  /// the labels of edges that leave the node upwards or downwards.
  private func labelDistance(_ edge: Int, _ first: Int, _ text: EdgeText) -> Double {
    let node = graph.sources[edge]
    let (side, offset) = (graph.edges[edge].source.side, slots.offsets[first])
    let distance = outlineDistance(edge, offset, text)
    guard side == .left || side == .right else { return distance }
    let box = labelBox(edge, text, at: distance, offset: offset)
    let meetsAnother = [Side.top, .bottom].flatMap { ports.sides[.init(node: node, side: $0)] ?? [] }.contains { port in
      let other = wiring.wires[port.wire].edge
      guard port.isBegin, let text = texts[other] else { return false }
      let offset = slots.offsets[port.wire]
      return labelBox(other, text, at: outlineDistance(other, offset, text), offset: offset).isNear(box, 3)
    }
    return meetsAnother ? max(distance, columns.core[grid.nodes[node].v] + LabelPlace.start) : distance
  }

  private func outlineDistance(_ edge: Int, _ offset: Double, _ text: EdgeText) -> Double {
    let (face, side) = (faces[graph.sources[edge]], graph.edges[edge].source.side)
    guard face.kind == .decision else { return face.reach(side, at: 0) + LabelPlace.start }
    let span: ClosedRange<Double>
    if side == .left || side == .right {
      span = offset - LabelPlace.above - text.height...offset
    } else if slots.labelSides[edge] > 0 {
      span = offset...offset + LabelPlace.beside + text.width
    } else {
      span = offset - LabelPlace.beside - text.width...offset
    }
    return face.reach(side, at: min(max(0, span.lowerBound), span.upperBound)) + LabelPlace.start
  }
}

extension Box {
  func isNear(_ other: Box, _ margin: Double) -> Bool {
    x < other.right + margin && other.x < right + margin && y < other.bottom + margin && other.y < bottom + margin
  }
}

extension RoutingGrid {
  func isRowAbove(_ band: Int) -> Bool { band > 0 && isRow[band - 1] }
  func isRowBelow(_ band: Int) -> Bool { band + 1 < isRow.count && isRow[band + 1] }
}
