import Basics

/// Where a model's parts stand in the text, index by index.
package struct ModelSources: Sendable {
  package var lanes: [Range<Int>] = []
  package var nodes: [Range<Int>] = []
  package var edges: [Range<Int>] = []
}

/// Lines -> models: names are resolved, since declarations may follow their use.
struct ModelBuilder {
  private(set) var document: Document
  private(set) var models: [(model: Model, sources: ModelSources)] = []

  private var model = Model()
  private var sources = ModelSources()
  private var edgeLanes: [String] = []
  private var edgeSyntax: [EdgeSyntax] = []
  private var loops: [(lane: String, syntax: LoopSyntax)] = []
  private var laneOf: [String: String] = [:]
  private var laneNames: Set<String> = []
  private var lane: String?
  private var laneHasNodes = false
  private var isExplicit = false
  private var isIdOrderReported = false
  private var lastProse: String?
  /// Looking for the nearest name costs time in proportion to the model; after some, errors come without.
  private var suggestionsLeft = 20

  /// The fewest characters that FlowZap refuses, minus one.
  private static let labelLimit = 50

  init(_ document: Document) {
    self.document = document
    for line in document.lines { take(line) }
    close()
    if models.count > 1, document.mode == .model {
      let first = document.lines.first { if case .directive = $0.statement { true } else { false } }
      self.document.report(.severalModels(models.count), first?.range ?? 0..<0)
    }
    if models.isEmpty, document.mode == .model { self.document.report(.noModel, 0..<0) }
  }

  // MARK: - First pass: declarations

  private mutating func take(_ line: Line) {
    let source = document.source
    switch line.statement {
    case .blank, .unreadable(declaring: nil): break
    case .unreadable(declaring: let id?): if let lane { laneOf[id] = laneOf[id] ?? lane }
    case .prose:
      let text = source.text(source.trimmed(line.range))
      if !text.hasPrefix("#"), model.lanes.isEmpty { lastProse = text }
    case .comment:
      if !laneHasNodes, let last = model.lanes.indices.last, model.lanes[last].displayName == nil, lane != nil {
        model.lanes[last].displayName = displayName(line.comment)
      }
    case .directive(let name, let attributes): takeDirective(name, attributes)
    case .laneOpen(let name, _): openLane(name.value, displayName(line.comment), name.range)
    case .misnamedLane(let name, let displayName): openLane(name, displayName, line.range)
    case .laneClose(let tail):
      lane = nil
      if !source.isBlank(tail), model.lanes.isEmpty { lastProse = source.text(source.trimmed(tail)) }
    case .node(let node): takeNode(node)
    case .edge(let edge):
      guard let lane else { break }
      edgeSyntax.append(edge)
      edgeLanes.append(lane)
    case .loop(let loop): if let lane { loops.append((lane, loop)) }
    }
  }

  private mutating func takeDirective(_ name: Spelled, _ attributes: [AttributeSyntax]) {
    if name.value == "workflow" {
      if isExplicit || !model.lanes.isEmpty {
        if !isExplicit { document.report(.lateWorkflow, name.range) }
        close()
      }
      isExplicit = true
    }
    model.directives.append(Directive(name: name.value, attributes: Attributes(attributes)))
  }

  private mutating func openLane(_ name: String, _ displayName: String?, _ range: Range<Int>) {
    if !laneNames.insert(name).inserted { document.report(.duplicateLane(name), range) }
    model.lanes.append(Lane(name: name, displayName: displayName))
    sources.lanes.append(range)
    (lane, laneHasNodes) = (name, false)
  }

  private mutating func takeNode(_ syntax: NodeSyntax) {
    guard let lane else { return }
    laneHasNodes = true
    let id = syntax.id.value
    guard laneOf[id] == nil else { return document.report(.duplicateNode(id), syntax.id.range) }
    laneOf[id] = lane
    let label = syntax.pairs.first { $0.name.value == "label" }
    if let label {
      let length = label.value.value.count
      if length > Self.labelLimit { document.report(.longLabel(length: length), label.value.range) }
    } else {
      document.report(.missingLabel(id), syntax.id.range)
    }
    let expected = "n\(model.nodes.count + 1)"
    if id != expected, !isIdOrderReported {
      document.report(.idOrder(found: id, expected: expected), syntax.id.range)
      isIdOrderReported = true
    }
    checkNames(syntax.pairs, known: Self.properties, place: "a node")
    checkNames(syntax.attributes, known: Self.nodeAttributes, place: "a node")
    model.nodes.append(
      Node(
        id: id, shape: syntax.shape, label: label?.value.value ?? id, lane: lane,
        properties: Attributes(syntax.pairs.filter { $0.name.value != "label" }),
        attributes: Attributes(syntax.attributes)))
    sources.nodes.append(syntax.id.range)
  }

  // MARK: - Second pass: uses

  private mutating func close() {
    for (syntax, lane) in zip(edgeSyntax, edgeLanes) { resolve(syntax, in: lane) }
    for (lane, syntax) in loops {
      for node in syntax.nodes where laneOf[node.value] == nil { reportUnknown(node) }
      model.loops.append(Loop(lane: lane, condition: syntax.condition.value, nodes: syntax.nodes.map(\.value)))
    }
    model.description = lastProse
    if !model.lanes.isEmpty { models.append((model, sources)) }
    (model, sources, edgeSyntax, edgeLanes, loops) = (Model(), ModelSources(), [], [], [])
    (laneOf, laneNames, lane, isExplicit, isIdOrderReported, lastProse) = ([:], [], nil, false, false, nil)
  }

  private mutating func resolve(_ syntax: EdgeSyntax, in lane: String) {
    let knowsSource = check(syntax.source)
    let knowsTarget = check(syntax.target)
    guard knowsSource, knowsTarget else { return }
    let (source, target) = (syntax.source.node, syntax.target.node)
    if let actual = laneOf[source.value], actual != lane {
      document.report(.foreignEdge(node: source.value, lane: actual), source.range)
    }
    if syntax.target.lane == nil, let actual = laneOf[target.value], actual != lane {
      document.report(
        .missingLanePrefix(node: target.value, lane: actual), target.range,
        fixIt: .init(range: target.range.lowerBound..<target.range.lowerBound, replacement: "\(actual)."))
    }
    let label = syntax.attributes.first { $0.name.value == "label" }?.value
    if let label, label.value.count > Self.labelLimit {
      document.report(.longLabel(length: label.value.count), label.range)
    }
    checkNames(syntax.attributes, known: Self.edgeAttributes, place: "an edge")
    model.edges.append(
      Edge(
        from: .init(source.value, syntax.source.side), to: .init(target.value, syntax.target.side),
        label: label?.value, attributes: Attributes(syntax.attributes.filter { $0.name.value != "label" })))
    sources.edges.append(source.range.lowerBound..<target.range.upperBound)
  }

  private mutating func check(_ reference: ReferenceSyntax) -> Bool {
    let node = reference.node
    guard let actual = laneOf[node.value] else {
      reportUnknown(node)
      return false
    }
    guard let lane = reference.lane, lane.value != actual else { return true }
    let fixIt = Diagnostic.FixIt(range: lane.range, replacement: actual)
    if laneNames.contains(lane.value) {
      document.report(.wrongLane(node: node.value, written: lane.value, actual: actual), lane.range, fixIt: fixIt)
    } else {
      document.report(
        .unknownLane(lane.value, nearest: nearest(lane.value) { $0.lanes.map(\.name) }), lane.range,
        fixIt: fixIt)
    }
    return true
  }

  private mutating func reportUnknown(_ node: Spelled) {
    document.report(.unknownNode(node.value, nearest: nearest(node.value) { $0.nodes.map(\.id) }), node.range)
  }

  private mutating func checkNames(_ list: [AttributeSyntax], known: [String], place: String) {
    for attribute in list where !known.contains(attribute.name.value) {
      let name = attribute.name
      document.report(
        .unknownAttribute(name.value, place: place, nearest: nearest(name.value) { _ in known }), name.range)
    }
  }

  private mutating func nearest(_ name: String, among candidates: (Model) -> [String]) -> String? {
    guard suggestionsLeft > 0 else { return nil }
    suggestionsLeft -= 1
    return nearestName(to: name, among: candidates(model))
  }

  private func displayName(_ comment: Range<Int>?) -> String? {
    guard let comment else { return nil }
    let text = document.source.text(document.source.trimmed(comment.lowerBound + 1..<comment.upperBound))
    return text.isEmpty ? nil : text
  }

  // MARK: - The known names

  private static let properties = ["label", "owner", "description", "system"]
  private static let shared = ["event", "metric", "role", "dir", "margin"]
  private static let nodeAttributes =
    shared + [
      "step", "human", "wait", "timeout", "retry", "idempotent", "undo", "split", "duration", "resources", "cost",
    ]
  private static let edgeAttributes = shared + ["label", "p", "when"]
}

extension Attributes {
  init(_ syntax: [AttributeSyntax]) {
    self.init(syntax.map { Attribute(name: $0.name.value, value: $0.value.value) })
  }
}
