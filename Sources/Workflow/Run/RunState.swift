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
  /// When `timeout=` ends the current visit's wait for a person.
  private(set) var deadline: Int64?
  private(set) var abort: (by: String, reason: String)?
  /// Completed visits of nodes with `undo=`, in the order of their completion.
  private(set) var undoable: [(node: Int, visit: Int)] = []

  /// What a wait record says that is no wait of its own but the end of another.
  static let deadlineMark = "timeout="

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
    if let abort {
      let rest = undoable.isEmpty ? "what can be undone is undone" : "\(undoable.count) to be undone"
      return .failed(node, message: "aborted by \(abort.by): \(abort.reason); \(rest)")
    }
    if let failure { return .failed(node, message: failure) }
    if let wait { return .waiting(node: node, wait) }
    return .running(node)
  }

  /// Takes a record over, or says why it does not fit the model and the records before it.
  mutating func apply(_ event: JournalRecord.Event) -> String? {
    switch event {
    case .began: return "a run begins only once"
    case .migrated: return "a model that is not kept"
    case .aborted(let by, let reason):
      guard finishedAt == nil, abort == nil else { return "a run that has ended cannot be aborted" }
      abort = (by, reason)
    case .undone(let id, let number, _, _):
      guard abort != nil, let last = undoable.last, graph.nodes[last.node].id == id, last.visit == number else {
        return "visit \(number) of node '\(id)' is not the next to be undone"
      }
      undoable.removeLast()
    case .completed(let id, let number, let step, let result, let choice, let next):
      return misfit(id, number) ?? complete(step, result, choice, next)
    case .waiting(let id, let number, let wait):
      if let misfit = misfit(id, number) { return misfit }
      if case .time(let until, let what) = wait, what.hasPrefix(Self.deadlineMark) {
        deadline = until
        return nil
      }
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
    guard abort == nil else { return "a record follows the abort" }
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
    if node.attributes["undo"] != nil { undoable.append((current, visit)) }
    (wait, timer, answer, attempts, failure, deadline) = (nil, nil, nil, 0, nil, nil)
    if let edge {
      current = graph.targets[edge]
      visits[current] += 1
    } else {
      finishedAt = current
    }
    return nil
  }

  /// The same standing in another model; nil if the token's node is not there.
  func migrated(to graph: ModelGraph, _ map: [String: String]) -> RunState? {
    func place(_ node: Int) -> Int? {
      let id = self.graph.nodes[node].id
      return graph.index(of: map[id] ?? id)
    }
    guard finishedAt == nil, abort == nil, let current = place(current) else { return nil }
    var next = RunState(graph: graph, start: current)
    next.visits[current] = 0
    for node in visits.indices {
      if let place = place(node) { next.visits[place] += visits[node] }
    }
    for (name, result) in results {
      next.results[self.graph.index(of: name) == nil ? name : map[name] ?? name] = result
    }
    next.undoable = undoable.compactMap { visit in place(visit.node).map { ($0, visit.visit) } }
    (next.steps, next.latest) = (steps, latest)
    return next
  }
}
