import Workflow

/// The diagram of a BPMN file: our own picture's boxes and corners, so that modellers need no layout of theirs.
///
/// - Source: OMG, "Business Process Model and Notation", version 2.0.2 (2013), chapter 12.
struct BPMNDiagram {
  private let picture: Picture
  private let flowOfEdge: [Int: Int]

  init(_ model: Model, _ graph: ModelGraph) {
    picture = model.picture()
    // The graph leaves out edges to nodes that are not declared; the picture counts by the model.
    var flowOfEdge: [Int: Int] = [:]
    var next = 0
    for (index, edge) in model.edges.enumerated() where next < graph.edges.count && graph.edges[next] == edge {
      flowOfEdge[index] = next
      next += 1
    }
    self.flowOfEdge = flowOfEdge
  }

  func write(_ xml: inout XMLWriter) {
    xml.element("bpmndi:BPMNDiagram", ["id": "diagram"]) { xml in
      xml.element("bpmndi:BPMNPlane", ["id": "plane", "bpmnElement": "collaboration"]) { xml in
        shape("participant", pool, horizontal: true, &xml)
        for band in picture.lanes {
          let id = BPMNExport.laneID(band.lane)
          let box = Box(
            x: band.box.x + Self.poolHeader, y: band.box.y, width: band.box.width - Self.poolHeader,
            height: band.box.height)
          shape(id, box, horizontal: true, &xml)
        }
        for placed in picture.nodes { shape(placed.node.id, placed.box, label: true, &xml) }
        for edge in picture.edges { write(edge, &xml) }
      }
    }
  }

  /// A modeller writes a pool's name into the first 30 pixels.
  private static let poolHeader = 30.0

  private var pool: Box {
    let boxes = picture.lanes.map(\.box)
    let (left, top) = (boxes.map(\.x).min() ?? 0, boxes.map(\.y).min() ?? 0)
    return Box(
      x: left, y: top, width: (boxes.map(\.right).max() ?? 0) - left, height: (boxes.map(\.bottom).max() ?? 0) - top)
  }

  private func shape(
    _ element: String, _ box: Box, horizontal: Bool = false, label: Bool = false, _ xml: inout XMLWriter
  ) {
    xml.element(
      "bpmndi:BPMNShape",
      ["id": "\(element)_shape", "bpmnElement": element, "isHorizontal": horizontal ? "true" : nil]
    ) { xml in
      bounds(box, &xml)
      if label { xml.element("bpmndi:BPMNLabel") { xml in bounds(box, &xml) } }
    }
  }

  private func write(_ edge: Picture.PlacedEdge, _ xml: inout XMLWriter) {
    guard let flow = flowOfEdge[edge.index] else { return }
    let id = BPMNExport.flowID(flow)
    xml.element("bpmndi:BPMNEdge", ["id": "\(id)_edge", "bpmnElement": id]) { xml in
      for point in edge.points { xml.empty("di:waypoint", ["x": number(point.x), "y": number(point.y)]) }
      if let box = edge.labelBox { xml.element("bpmndi:BPMNLabel") { xml in bounds(box, &xml) } }
    }
  }

  private func bounds(_ box: Box, _ xml: inout XMLWriter) {
    xml.empty(
      "dc:Bounds",
      ["x": number(box.x), "y": number(box.y), "width": number(box.width), "height": number(box.height)])
  }

  /// With at most one decimal.
  private func number(_ value: Double) -> String {
    let tenths = (value * 10).rounded() / 10
    return tenths.rounded() == tenths && abs(tenths) < 1e15 ? String(Int(tenths)) : "\(tenths)"
  }
}
