import Basics
import Workflow

/// A model in the Amazon States Language, for AWS Step Functions (Standard workflows).
///
/// `step=` becomes a Lambda invocation, `human=` one that waits for its task token, `wait=` a Wait state, a diamond a Choice over
/// what the latest step returned, an end Succeed. Function names are left to substitution: `${ramp_advance}`.
///
/// A function gets `run`, `node`, `key` (the same for every retry of a visit), `input` and `latest`; it returns
/// `{"choice": LABEL, …}` where a diamond decides by it.
///
/// - Source: Amazon States Language specification, states-language.net/spec.html.
struct ASLExport {
  private let model: Model
  private let graph: ModelGraph
  private let start: Int
  private let names: [String]

  /// The longest name of a state.
  private static let nameLimit = 80
  private static let longestWait = 99_999_999.0

  /// - Throws: `ExportFault.noStart` unless there is exactly one start.
  init(_ model: Model) throws(ExportFault) {
    let graph = ModelGraph(model)
    let starts = graph.nodes.indices.filter(graph.isStart)
    guard let start = starts.first, starts.count == 1 else {
      throw .noStart(format: "a state machine", starts: starts.count)
    }
    (self.model, self.graph, self.start) = (model, graph, start)
    var taken: Set<String> = []
    names = graph.nodes.enumerated().map { index, node in
      var name = String("\(node.id) \(node.label)".prefix(Self.nameLimit - 7))
      if !taken.insert(name).inserted {
        name = String("\(index) \(name)".prefix(Self.nameLimit - 7))
        taken.insert(name)
      }
      return name
    }
  }

  func export() -> ModelExport {
    let states = graph.nodes.indices.flatMap { node in
      self.states(node).map { (key: $0.name, value: JSONValue.object($0.body)) }
    }
    let machine: JSONValue = [
      "Comment": .string(model.description ?? model.title ?? "A workflow model"),
      "StartAt": .string(entry(start)), "States": .object(JSONObject(states)),
    ]
    return ModelExport(text: machine.text(pretty: true), losses: losses)
  }

  // MARK: - States of a node

  private struct State {
    let name: String
    var body: JSONObject
  }

  private func isTask(_ node: Int) -> Bool {
    graph.nodes[node].attributes["step"] != nil || graph.nodes[node].attributes["human"] != nil
  }

  private func waits(_ node: Int) -> Double? {
    graph.nodes[node].attributes["wait"].flatMap { TimeSpan.seconds(parsing: $0) }
  }

  /// The state in which a case comes to a node.
  private func entry(_ node: Int) -> String { waits(node) == nil ? work(node) : "\(names[node]) wait" }
  private func work(_ node: Int) -> String {
    graph.nodes[node].shape == .diamond && !isTask(node) ? choice(node) : names[node]
  }
  private func choice(_ node: Int) -> String { "\(names[node]) ?" }

  private func states(_ node: Int) -> [State] {
    var states: [State] = []
    if let seconds = waits(node) {
      states.append(
        State(
          name: entry(node),
          body: [
            "Type": "Wait", "Seconds": .integer(Int(min(seconds.rounded(.up), Self.longestWait))),
            "Next": .string(work(node)),
          ]))
    }
    if graph.isEnd(node) {
      states.append(State(name: names[node], body: comment(node, ["Type": "Succeed"])))
      return states
    }
    let next = graph.nodes[node].shape == .diamond ? choice(node) : graph.outgoing(node).first.map(target)
    if isTask(node) {
      states.append(State(name: names[node], body: leading(to: next, task(node))))
    } else if graph.nodes[node].shape != .diamond {
      states.append(State(name: names[node], body: leading(to: next, pass(node))))
    }
    if graph.nodes[node].shape == .diamond { states.append(State(name: choice(node), body: choices(node))) }
    return states
  }

  private func target(of edge: Int) -> String { entry(graph.targets[edge]) }

  private func leading(to next: String?, _ state: JSONObject) -> JSONObject {
    var state = state
    if let next { state["Next"] = .string(next) } else { state["End"] = true }
    return state
  }

  /// The lane, which states have no place for, goes into the comment.
  private func comment(_ node: Int, _ state: JSONObject) -> JSONObject {
    var state = state
    state["Comment"] = .string("\(graph.nodes[node].lane): \(graph.nodes[node].label)")
    return state
  }

  private func pass(_ node: Int) -> JSONObject {
    guard node == start else { return comment(node, ["Type": "Pass"]) }
    // Choices look into $.latest, so that it is there from the beginning.
    return comment(node, ["Type": "Pass", "Result": .object([:]), "ResultPath": "$.latest"])
  }

  // MARK: - Work

  private func task(_ index: Int) -> JSONObject {
    let node = graph.nodes[index]
    let isHuman = node.attributes["human"] != nil
    var payload: JSONObject = [
      "run.$": "$$.Execution.Id", "node": .string(node.id),
      "key.$": "States.Format('{}/{}/{}', $$.Execution.Id, $$.State.Name, $$.State.EnteredTime)",
      "input.$": "$$.Execution.Input", "latest.$": "$.latest",
    ]
    if isHuman {
      payload["taskToken.$"] = "$$.Task.Token"
      payload["role"] = .string(node.attributes["human"] ?? "")
    }
    var state: JSONObject = comment(
      index,
      [
        "Type": "Task",
        "Resource": .string("arn:aws:states:::lambda:invoke\(isHuman ? ".waitForTaskToken" : "")"),
        "Parameters": [
          "FunctionName": .string("${\(function(node))}"), "Payload": .object(payload),
        ],
        "ResultSelector": ["result.$": .string(isHuman ? "$" : "$.Payload")], "ResultPath": "$.latest",
      ])
    if let deadline = node.attributes["timeout"].flatMap({ try? Deadline(parsing: $0) }) {
      state["TimeoutSeconds"] = .integer(Int(min(Double(deadline.seconds), Self.longestWait)))
      if let branch = late(index, deadline) { state["Catch"] = [branch] }
    }
    if let retry = retry(node) { state["Retry"] = [retry] }
    return state
  }

  /// The name under which a deployment substitutes the function.
  private func function(_ node: Node) -> String {
    let step = node.attributes["step"] ?? "ask_\(node.id)"
    let name = ShellStep.command(of: step) == nil ? step : "run_\(node.id)"
    return String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  /// `timeout=2d No` on a decision: the branch that is taken when nobody answers.
  private func late(_ node: Int, _ deadline: Deadline) -> JSONValue? {
    guard let branch = deadline.branch,
      let edge = graph.outgoing(node).first(where: { graph.edges[$0].label?.hasPrefix(branch) ?? false })
    else { return nil }
    return ["ErrorEquals": ["States.Timeout"], "ResultPath": "$.timeout", "Next": .string(target(of: edge))]
  }

  private func retry(_ node: Node) -> JSONValue? {
    guard let policy = node.attributes["retry"].flatMap({ try? RetryPolicy(parsing: $0) }) else { return nil }
    var rule: JSONObject = [
      "ErrorEquals": ["States.ALL"], "MaxAttempts": .integer(min(policy.retries, 99_999_999)),
      "IntervalSeconds": .integer(max(1, Int(policy.first.rounded(.up)))), "BackoffRate": .number(policy.factor),
    ]
    if policy.factor > 1 {
      rule["MaxDelaySeconds"] = .integer(min(max(1, Int(policy.longest.rounded(.up))), 31_622_399))
    }
    return .object(rule)
  }

  // MARK: - Choices

  private func choices(_ node: Int) -> JSONObject {
    var rules: [JSONValue] = []
    var otherwise: String?
    for edge in graph.outgoing(node) {
      let next = JSONValue.string(target(of: edge))
      if let text = graph.edges[edge].attributes["when"], let condition = try? Condition(parsing: text) {
        if condition.isElse {
          otherwise = target(of: edge)
        } else {
          rules.append(.object(ASLRule.rule(condition, leadingTo: next)))
        }
        continue
      }
      let label = graph.edges[edge].label ?? ""
      rules.append(.object(ASLRule.equals("choice", label, leadingTo: next)))
    }
    var state = comment(node, ["Type": "Choice", "Choices": .array(rules)])
    if let otherwise { state["Default"] = .string(otherwise) }
    return state
  }

  private var losses: [String] {
    var losses = Losses()
    losses.add("lanes are kept in comments, handles are left out")
    for node in graph.nodes where node.attributes["step"] != nil && node.attributes["human"] != nil {
      losses.add("a step that a person answers first is one function that waits for its token", at: node.id)
    }
    losses.attributes(of: model, carried: ["step", "human", "wait", "timeout", "retry", "when"])
    return losses.sentences
  }
}
