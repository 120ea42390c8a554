import Basics

/// Where a run stands: nothing but what its records say.
struct RunState {
  let graph: ModelGraph
  private(set) var current: Int
  private(set) var visits: [Int]
  private(set) var steps = 0
  private(set) var results: [String: JSONValue] = [:]
  /// The result with which the token came to the current node.
  private(set) var latest: JSONValue = .null
  /// Of the current visit: what it waits for, the timer of `wait=`, the answer, the failures.
  private(set) var wait: Wait?
  private(set) var timer: Int64?
  private(set) var answer: Answer?
  private(set) var attempts = 0
  private(set) var failure: String?
  private(set) var finishedAt: Int?

  init(graph: ModelGraph, start: Int) {
    self.graph = graph
    current = start
    visits = [Int](repeating: 0, count: graph.nodes.count)
    visits[start] = 1
  }

  var node: Node { graph.nodes[current] }
  var visit: Int { visits[current] }

  var status: RunStatus {
    if let finishedAt { return .finished(end: graph.nodes[finishedAt]) }
    if let failure { return .failed(node, message: failure) }
    if let wait { return .waiting(node: node, wait) }
    return .running(node)
  }

  /// Takes a record over, or says why it does not fit the model and the records before it.
  mutating func apply(_ event: JournalRecord.Event) -> String? {
    switch event {
    case .began: return "a run begins only once"
    case .completed(let id, let number, let step, let result, let choice, let next):
      return misfit(id, number) ?? complete(step, result, choice, next)
    case .waiting(let id, let number, let wait):
      if let misfit = misfit(id, number) { return misfit }
      if case .time(let until, _) = wait, node.attributes["wait"] != nil, timer == nil { timer = until }
      if case .approval = wait { answer = nil }
      (self.wait, failure) = (wait, nil)
    case .answered(let id, let number, let answer):
      if let misfit = misfit(id, number) { return misfit }
      (self.answer, wait) = (answer, nil)
    case .failed(let id, let number, let attempt, let message):
      if let misfit = misfit(id, number) { return misfit }
      (attempts, failure, wait) = (attempt, message, nil)
    }
    return nil
  }

  private func misfit(_ id: String, _ number: Int) -> String? {
    guard finishedAt == nil else { return "a record follows the end" }
    guard id == node.id, number == visit else {
      return "expected visit \(visit) of node '\(node.id)', found visit \(number) of '\(id)'"
    }
    return nil
  }

  private mutating func complete(_ step: String?, _ result: JSONValue, _ choice: String?, _ next: String?) -> String? {
    guard step == node.attributes["step"] else { return "node '\(node.id)' does not name the recorded step" }
    let edge = graph.outgoing(current).first {
      next == graph.nodes[graph.targets[$0]].id && (choice == nil || choice == graph.edges[$0].label)
    }
    guard (edge == nil) == graph.isEnd(current), edge != nil || next == nil else {
      return "no edge leads from '\(node.id)' to '\(next ?? "an end")'"
    }
    results[node.id] = result
    if let step { results[step] = result }
    if node.shape != .diamond || step != nil { latest = result }
    steps += 1
    (wait, timer, answer, attempts, failure) = (nil, nil, nil, 0, nil)
    if let edge {
      current = graph.targets[edge]
      visits[current] += 1
    } else {
      finishedAt = current
    }
    return nil
  }
}
