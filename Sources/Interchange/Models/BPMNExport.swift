import Basics
import Workflow

/// A model as BPMN 2.0 XML: one process with a lane set, executable by Zeebe (Camunda 8), with our picture's coordinates.
///
/// Circles are events, diamonds exclusive gateways; a task with `human=` is a user task, one with `step=` a service task whose
/// job type is the step, one with only `wait=` a timer. Joins stay implicit: with one token they mean the same in BPMN.
/// Whatever BPMN has no word for is kept in extension elements, which engines pass over.
///
/// - Source: OMG, "Business Process Model and Notation", version 2.0.2 (2013), chapters 10 and 12; Zeebe's extension elements.
struct BPMNExport {
  static let namespace = "urn:verdict:flow:1"
  let model: Model
  let graph: ModelGraph
  private let name: String

  init(_ model: Model) {
    self.model = model
    graph = ModelGraph(model)
    name = model.title ?? model.id ?? "Workflow"
  }

  func export() -> ModelExport {
    var xml = XMLWriter()
    xml.element(
      "bpmn:definitions",
      [
        "xmlns:bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
        "xmlns:bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
        "xmlns:dc": "http://www.omg.org/spec/DD/20100524/DC", "xmlns:di": "http://www.omg.org/spec/DD/20100524/DI",
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "xmlns:zeebe": "http://camunda.org/schema/zeebe/1.0", "xmlns:verdict": Self.namespace, "id": "definitions",
        "targetNamespace": Self.namespace, "exporter": "verdict", "exporterVersion": ToolVersion.current,
      ]
    ) { xml in
      xml.element("bpmn:collaboration", ["id": "collaboration"]) { xml in
        xml.empty("bpmn:participant", ["id": "participant", "name": name, "processRef": "process"])
      }
      xml.element("bpmn:process", ["id": "process", "name": name, "isExecutable": "true"]) { xml in
        if let description = model.description { xml.element("bpmn:documentation", text: description) }
        writeLanes(&xml)
        for node in graph.nodes.indices { write(node, &xml) }
        for edge in graph.edges.indices { writeFlow(edge, &xml) }
      }
      BPMNDiagram(model, graph).write(&xml)
    }
    return ModelExport(text: xml.text, losses: losses)
  }

  static func flowID(_ edge: Int) -> String { "flow_\(edge + 1)" }
  static func laneID(_ lane: Lane) -> String { "lane_\(lane.name)" }
  /// The variable in which the task before a gateway says which branch is taken.
  static func branchVariable(_ node: Node) -> String { "\(node.id)_branch" }

  // MARK: - Kinds

  enum Kind: String {
    case start = "bpmn:startEvent", end = "bpmn:endEvent", event = "bpmn:intermediateThrowEvent"
    case timer = "bpmn:intermediateCatchEvent", gateway = "bpmn:exclusiveGateway"
    case user = "bpmn:userTask", service = "bpmn:serviceTask", task = "bpmn:task"
  }

  func kind(_ node: Int) -> Kind {
    let attributes = graph.nodes[node].attributes
    switch graph.nodes[node].shape {
    case .circle: return graph.isStart(node) ? .start : graph.isEnd(node) ? .end : .event
    case .diamond: return .gateway
    case .rectangle, .taskbox:
      if attributes["human"] != nil { return .user }
      if attributes["step"] != nil { return .service }
      return attributes["wait"] != nil ? .timer : .task
    }
  }

  // MARK: - Process

  private func writeLanes(_ xml: inout XMLWriter) {
    xml.element("bpmn:laneSet", ["id": "lanes"]) { xml in
      for lane in model.lanes {
        xml.element("bpmn:lane", ["id": Self.laneID(lane), "name": lane.displayName ?? lane.name]) { xml in
          for node in graph.nodes where node.lane == lane.name { xml.element("bpmn:flowNodeRef", text: node.id) }
        }
      }
    }
  }

  private func write(_ index: Int, _ xml: inout XMLWriter) {
    let (node, kind) = (graph.nodes[index], kind(index))
    let otherwise = graph.outgoing(index).first { graph.edges[$0].attributes["when"] == "else" }
    xml.element(
      kind.rawValue,
      ["id": node.id, "name": node.label, "default": kind == .gateway ? otherwise.map(Self.flowID) : nil]
    ) { xml in
      if let text = node.properties["description"] { xml.element("bpmn:documentation", text: text) }
      writeExtensions(node, kind, &xml)
      for edge in graph.incoming(index) { xml.element("bpmn:incoming", text: Self.flowID(edge)) }
      for edge in graph.outgoing(index) { xml.element("bpmn:outgoing", text: Self.flowID(edge)) }
      if kind == .timer { writeTimer(node, &xml) }
    }
  }

  private func writeExtensions(_ node: Node, _ kind: Kind, _ xml: inout XMLWriter) {
    let properties = node.properties.list.filter { $0.name != "description" }
    guard kind == .user || kind == .service || !node.attributes.isEmpty || !properties.isEmpty else { return }
    xml.element("bpmn:extensionElements") { xml in
      if kind == .user {
        xml.empty("zeebe:userTask")
        xml.empty("zeebe:assignmentDefinition", ["candidateGroups": node.attributes["human"]])
      }
      if kind == .service, let step = node.attributes["step"] { writeJob(step, node, &xml) }
      if !properties.isEmpty { xml.empty("verdict:properties", named: properties.map { ($0.name, $0.value) }) }
      writeAttributes(node.attributes, &xml)
    }
  }

  private func writeJob(_ step: String, _ node: Node, _ xml: inout XMLWriter) {
    let retries = node.attributes["retry"].flatMap { try? RetryPolicy(parsing: $0) }?.retries ?? 0
    let command = ShellStep.command(of: step)
    xml.empty("zeebe:taskDefinition", ["type": command == nil ? step : "shell", "retries": "\(retries + 1)"])
    guard let command else { return }
    xml.element("zeebe:taskHeaders") { xml in xml.empty("zeebe:header", ["key": "command", "value": command]) }
  }

  private func writeAttributes(_ attributes: Attributes, _ xml: inout XMLWriter) {
    guard !attributes.isEmpty else { return }
    xml.empty("verdict:attributes", named: attributes.list.map { ($0.name, $0.value) })
  }

  private func writeTimer(_ node: Node, _ xml: inout XMLWriter) {
    guard let seconds = node.attributes["wait"].flatMap({ TimeSpan.seconds(parsing: $0) }) else { return }
    xml.element("bpmn:timerEventDefinition", ["id": "\(node.id)_timer"]) { xml in
      xml.element("bpmn:timeDuration", ["xsi:type": "bpmn:tFormalExpression"], text: ISODuration.text(seconds))
    }
  }

  private func writeFlow(_ index: Int, _ xml: inout XMLWriter) {
    let edge = graph.edges[index]
    let condition = condition(index)
    xml.element(
      "bpmn:sequenceFlow",
      [
        "id": Self.flowID(index), "name": edge.label, "sourceRef": edge.source.node, "targetRef": edge.target.node,
      ]
    ) { xml in
      if !edge.attributes.isEmpty {
        xml.element("bpmn:extensionElements") { xml in writeAttributes(edge.attributes, &xml) }
      }
      if let condition {
        xml.element("bpmn:conditionExpression", ["xsi:type": "bpmn:tFormalExpression"], text: condition)
      }
    }
  }

  /// FEEL; nil where the flow is taken anyway.
  private func condition(_ edge: Int) -> String? {
    let node = graph.nodes[graph.sources[edge]]
    guard node.shape == .diamond else { return nil }
    guard let text = graph.edges[edge].attributes["when"] else {
      return "= \(Self.branchVariable(node)) = \(FEEL.string(graph.edges[edge].label ?? ""))"
    }
    guard let condition = try? Condition(parsing: text), !condition.isElse else { return nil }
    return "= \(FEEL.text(condition))"
  }

  // MARK: - Losses

  private var losses: [String] {
    var losses = Losses()
    for index in graph.nodes.indices {
      let (node, kind) = (graph.nodes[index], kind(index))
      if kind == .gateway, node.attributes["step"] != nil || node.attributes["human"] != nil {
        losses.add(
          "a gateway does no work: let the task before it set the variable NODE_branch to a label", at: node.id)
      }
      if node.attributes["wait"] != nil, kind != .timer {
        losses.add("wait= beside step= or human= is not executed: a timer is an event of its own", at: node.id)
      }
    }
    let executed: Set<String> = ["step", "human", "wait", "retry", "when"]
    losses.attributes(of: model, carried: executed, fate: "kept as extension elements, which engines pass over")
    if !model.loops.isEmpty { losses.add("loop hints are left out") }
    return losses.sentences
  }
}
