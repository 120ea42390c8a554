import Interchange
import Testing
import Workflow

/// One of everything: a person, a command, a timer, conditions, an else, a retry, and labels that are markup.
enum EverythingModel {
  static let text = """
    A deployment, with "quotes" & <tags>.
    @workflow id=deploy title="Deploy <it> & go"
    Team { # The team
    n1: circle label:"Start"
    n2: rectangle label:"Build" [step="sh: make all" retry="3 exp(2s,2,1m)" timeout=1h]
    n3: diamond label:"Large & risky?" [step=risk.score]
    n4: rectangle label:"Review" [human=lead timeout=2d]
    n5: rectangle label:"Cool down" [wait=36h]
    n6: rectangle label:"Ship" [step=ship undo=unship duration=exp(2h)]
    n7: circle label:"Done"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left)
    n3.handle(right) -> n4.handle(left) [label="High"] [when="score >= 0.5 and not (hotfix or kind == \\"docs\\")" p=0.3]
    n3.handle(bottom) -> n5.handle(left) [label="Low"] [when=else p=0.7]
    n4.handle(bottom) -> n5.handle(top)
    n5.handle(right) -> n6.handle(left)
    n6.handle(right) -> n7.handle(left)
    }
    """

  static func model() throws -> Model { try #require(Notation.extract(text).models.first) }
}

@Suite struct BPMNTests {
  private func elements(_ model: Model) throws -> XMLElements {
    try #require(XMLElements(try model.exported(as: .bpmn).text), "not well-formed")
  }

  private static let nodeKinds = [
    "bpmn:startEvent", "bpmn:endEvent", "bpmn:intermediateThrowEvent", "bpmn:intermediateCatchEvent",
    "bpmn:exclusiveGateway", "bpmn:userTask", "bpmn:serviceTask", "bpmn:task",
  ]

  @Test("every reference is met, and everything has its place in the diagram", arguments: BuiltInModels.names)
  func builtIn(name: String) throws {
    let model = try #require(BuiltInModels.model(named: name))
    let xml = try elements(model)
    let nodes = Self.nodeKinds.flatMap { xml.named($0) }.compactMap { $0.attributes["id"] }
    #expect(nodes.sorted() == model.nodes.map(\.id).sorted())
    let flows = xml.named("bpmn:sequenceFlow")
    #expect(flows.count == model.edges.count)
    for (flow, edge) in zip(flows, model.edges) {
      let id = try #require(flow.attributes["id"])
      #expect(flow.attributes["sourceRef"] == edge.source.node && flow.attributes["targetRef"] == edge.target.node)
      #expect(xml.texts("bpmn:outgoing", of: edge.source.node).contains(id))
      #expect(xml.texts("bpmn:incoming", of: edge.target.node).contains(id))
    }
    #expect(xml.named("bpmn:flowNodeRef").map(\.text).sorted() == nodes.sorted())
    let shapes = xml.named("bpmndi:BPMNShape").compactMap { $0.attributes["bpmnElement"] }
    #expect(shapes.sorted() == (nodes + model.lanes.map { "lane_\($0.name)" } + ["participant"]).sorted())
    let edges = xml.named("bpmndi:BPMNEdge").compactMap { $0.attributes["bpmnElement"] }
    #expect(edges.sorted() == flows.compactMap { $0.attributes["id"] }.sorted())
    // Ids are unique in the whole document.
    let ids = xml.list.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
  }

  @Test func shapesLieInThePool() throws {
    let xml = try elements(try #require(BuiltInModels.model(named: "ab-test")))
    func box(_ index: Int) throws -> (Double, Double, Double, Double) {
      let bounds = try #require(xml.list.first { $0.name == "dc:Bounds" && $0.parent == index }).attributes
      func value(_ key: String) throws -> Double { try #require(bounds[key].flatMap(Double.init)) }
      return try (value("x"), value("y"), value("width"), value("height"))
    }
    let shapes = xml.list.indices.filter { xml.list[$0].name == "bpmndi:BPMNShape" }
    let pool = try box(#require(shapes.first { xml.list[$0].attributes["bpmnElement"] == "participant" }))
    for shape in shapes {
      let (x, y, width, height) = try box(shape)
      #expect(x >= pool.0 && y >= pool.1 && x + width <= pool.0 + pool.2 && y + height <= pool.1 + pool.3)
    }
  }

  @Test func everyKindOfWork() throws {
    let xml = try elements(EverythingModel.model())
    #expect(xml.named("bpmn:process").first?.attributes["name"] == "Deploy <it> & go")
    #expect(
      xml.named("zeebe:taskDefinition").map(\.attributes) == [
        ["type": "shell", "retries": "4"], ["type": "ship", "retries": "1"],
      ])
    #expect(xml.named("zeebe:header").first?.attributes == ["key": "command", "value": "make all"])
    #expect(xml.named("zeebe:assignmentDefinition").first?.attributes == ["candidateGroups": "lead"])
    #expect(xml.named("bpmn:timeDuration").map(\.text) == ["PT36H"])
    #expect(xml.named("bpmn:exclusiveGateway").first?.attributes["default"] == "flow_4")
    #expect(
      xml.named("bpmn:conditionExpression").map(\.text)
        == ["= score &gt;= 0.5 and not(hotfix = true or kind = &quot;docs&quot;)"])
  }

  @Test func whatIsLostIsSaid() throws {
    #expect(
      try EverythingModel.model().exported(as: .bpmn).losses == [
        "a gateway does no work: let the task before it set the variable NODE_branch to a label (n3)",
        "kept as extension elements, which engines pass over: timeout=, undo=, duration=, p=",
      ])
  }

  @Test func aModelWithoutLanesIsStillADocument() throws { _ = try elements(Model()) }
}
