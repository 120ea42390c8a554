import Basics
import Interchange
import TestSupport
import Testing
import Workflow

/// A state machine, read as Step Functions reads it, as far as our exports use the language.
struct StateMachine {
  let document: JSONValue

  init(_ model: Model) throws { document = try JSONValue(parsing: try model.exported(as: .asl).text) }

  var states: [(key: String, value: JSONValue)] { document["States"]?.object?.members ?? [] }
  var start: String { document["StartAt"]?.string ?? "" }

  /// Every state that a state names.
  static func targets(_ state: JSONValue) -> [String] {
    let rules = (state["Choices"]?.array ?? []) + (state["Catch"]?.array ?? [])
    return ([state["Next"], state["Default"]] + rules.map { $0["Next"] }).compactMap { $0?.string }
  }

  /// The state after a choice, by the specification's rules.
  static func choose(_ state: JSONValue, _ data: JSONValue) -> String? {
    let rule = (state["Choices"]?.array ?? []).first { holds($0, data) }
    return (rule?["Next"] ?? state["Default"])?.string
  }

  private static func holds(_ rule: JSONValue, _ data: JSONValue) -> Bool {
    if let rules = rule["And"]?.array { return rules.allSatisfy { holds($0, data) } }
    if let rules = rule["Or"]?.array { return rules.contains { holds($0, data) } }
    if let inner = rule["Not"] { return !holds(inner, data) }
    let path = rule["Variable"]?.string?.split(separator: ".").dropFirst().map(String.init) ?? []
    let value = path.reduce(data as JSONValue?) { $0?[$1] }
    for (name, wanted) in rule.object?.members ?? [] where name != "Variable" && name != "Next" {
      switch name {
      case "IsPresent": if (value != nil) != wanted.bool { return false }
      case "IsNull": if (value == .null) != wanted.bool { return false }
      case "BooleanEquals": if value?.bool == nil || value?.bool != wanted.bool { return false }
      case _ where name.hasPrefix("String"):
        guard let a = value?.string, let b = wanted.string else { return false }
        if !ordered(a, b, name.dropFirst(6)) { return false }
      case _ where name.hasPrefix("Numeric"):
        guard let a = value?.double, let b = wanted.double else { return false }
        if !ordered(a, b, name.dropFirst(7)) { return false }
      default: return false
      }
    }
    return true
  }

  private static func ordered<Value: Comparable>(_ a: Value, _ b: Value, _ test: Substring) -> Bool {
    switch test {
    case "Equals": a == b
    case "LessThan": a < b
    case "LessThanEquals": a <= b
    case "GreaterThan": a > b
    case "GreaterThanEquals": a >= b
    default: false
    }
  }
}

@Suite struct ASLTests {
  private static let sound = BuiltInModels.names.filter { $0 != "oauth" }

  @Test("every state is named, reached and leads on", arguments: sound)
  func builtIn(name: String) throws {
    let machine = try StateMachine(try #require(BuiltInModels.model(named: name)))
    let states = Dictionary(uniqueKeysWithValues: machine.states.map { ($0.key, $0.value) })
    var reached: Set<String> = []
    var queue = [machine.start]
    while let next = queue.popLast() {
      let state = try #require(states[next], "\(next) is not declared")
      if reached.insert(next).inserted { queue += StateMachine.targets(state) }
    }
    #expect(reached == Set(states.keys))
    for (key, state) in states {
      #expect(key.count <= 80)
      let type = try #require(state["Type"]?.string)
      #expect((state["Next"] != nil) == ["Pass", "Task", "Wait"].contains(type), "\(key)")
      #expect((state["Choices"]?.array?.isEmpty == false) == (type == "Choice"), "\(key)")
    }
  }

  /// Each decision takes its branches in turn; the run of the model and the machine go through the same nodes.
  @Test("the machine goes where a run goes", arguments: sound)
  func sameWay(name: String) throws {
    let model = try #require(BuiltInModels.model(named: name))
    let machine = try StateMachine(model)
    let states = Dictionary(uniqueKeysWithValues: machine.states.map { ($0.key, $0.value) })
    let graph = ModelGraph(model)
    var node = try #require(graph.nodes.indices.first(where: graph.isStart))
    var state = machine.start
    var visits: [Int: Int] = [:]
    var (expected, found): ([String], [String]) = ([], [])
    for _ in 0..<1_000 {
      expected.append(graph.nodes[node].id)
      // The states of one node: its wait, its work, its choice.
      while let body = states[state], state.split(separator: " ").first.map(String.init) == graph.nodes[node].id {
        if found.count < expected.count { found.append(graph.nodes[node].id) }
        guard body["Type"]?.string != "Succeed" else { break }
        let labels = graph.outgoing(node).map { graph.edges[$0].label ?? "" }
        let label = labels[visits[node, default: 0] % labels.count]
        let data: JSONValue = ["latest": ["result": ["choice": .string(label)]]]
        state = try #require(body["Next"]?.string ?? StateMachine.choose(body, data))
      }
      let edges = Array(graph.outgoing(node))
      guard !edges.isEmpty else { break }
      let edge = edges[visits[node, default: 0] % edges.count]
      visits[node, default: 0] += 1
      node = graph.targets[edge]
    }
    #expect(found == expected)
    #expect(states[state]?["Type"]?.string == "Succeed")
  }

  @Test func everyKindOfWork() throws {
    let machine = try StateMachine(EverythingModel.model())
    func state(_ name: String) throws -> JSONValue { try #require(machine.states.first { $0.key == name }?.value) }
    let build = try state("n2 Build")
    #expect(build["Resource"]?.string == "arn:aws:states:::lambda:invoke")
    #expect(build["Parameters"]?["FunctionName"]?.string == "${run_n2}")
    #expect(build["TimeoutSeconds"]?.int == 3600)
    #expect(
      build["Retry"]?.text()
        == #"[{"ErrorEquals":["States.ALL"],"MaxAttempts":3,"IntervalSeconds":2,"BackoffRate":2.0,"MaxDelaySeconds":60}]"#
    )
    let review = try state("n4 Review")
    #expect(review["Resource"]?.string == "arn:aws:states:::lambda:invoke.waitForTaskToken")
    #expect(review["Parameters"]?["Payload"]?["taskToken.$"]?.string == "$$.Task.Token")
    #expect(try state("n5 Cool down wait")["Seconds"]?.int == 129_600)
    #expect(try state("n3 Large & risky? ?")["Default"]?.string == "n5 Cool down wait")
    #expect(
      try EverythingModel.model().exported(as: .asl).losses == [
        "lanes are kept in comments, handles are left out", "left out: undo=, duration=, p=",
      ])
  }

  /// 5,000 random conditions over random results: the choice rule holds exactly where the condition does.
  @Test func conditionsMeanTheSame() throws {
    var generator = SeededGenerator(seed: 17)
    func pick(_ texts: [String]) -> String { texts[Int.random(in: 0..<texts.count, using: &generator)] }
    func term(_ depth: Int) -> String {
      switch depth > 0 ? Int.random(in: 0..<6, using: &generator) : 0 {
      case 1: "not \(term(0))"
      case 2: "(\(term(depth - 1)) and \(term(depth - 1)))"
      case 3: "(\(term(depth - 1)) or \(term(depth - 1)))"
      case 4: "not (\(term(depth - 1)))"
      default:
        pick(["a", "b", "c.d"])
          + pick([
            "", " == 1", " != 1", " >= 0.5", " < 2", " > 1", " <= 1", " == 'x'", " < 'y'", " == true", " == null",
            " != null",
          ])
      }
    }
    let values: [JSONValue] = [.null, true, false, 0, 1, 2.5, "x", "y"]
    for _ in 0..<5_000 {
      let text = term(2)
      let condition = try Condition(parsing: text)
      var result = JSONObject()
      for key in ["a", "b"] where Bool.random(using: &generator) {
        result[key] = values[Int.random(in: 0..<values.count, using: &generator)]
      }
      if Bool.random(using: &generator) {
        result["c"] = ["d": values[Int.random(in: 0..<values.count, using: &generator)]]
      }
      let model = Model(
        lanes: [Lane(name: "L")],
        nodes: [
          Node(id: "s", shape: .circle, label: "", lane: "L"), Node(id: "q", shape: .diamond, label: "", lane: "L"),
          Node(id: "y", shape: .circle, label: "", lane: "L"), Node(id: "z", shape: .circle, label: "", lane: "L"),
        ],
        edges: [
          Edge(from: .init("s", .right), to: .init("q", .left)),
          Edge(from: .init("q", .right), to: .init("y", .left), label: "Y", attributes: ["when": text]),
          Edge(from: .init("q", .bottom), to: .init("z", .left), label: "Z", attributes: ["when": "else"]),
        ])
      let choice = try #require(try StateMachine(model).states.first { $0.value["Type"]?.string == "Choice" }?.value)
      let chosen = StateMachine.choose(choice, ["latest": ["result": .object(result)]])
      #expect(chosen?.hasPrefix("y") == condition.holds(for: .object(result)), "\(text) on \(result)")
    }
  }

  @Test func aMachineNeedsOneStart() throws {
    #expect(throws: ExportFault.noStart(format: "a state machine", starts: 0)) { try Model().exported(as: .asl) }
    #expect(
      ExportFault.noStart(format: "a state machine", starts: 2).sentence
        == "a state machine begins at one state, the model has 2 starts; see 'verdict flow check MODEL'.")
  }
}
