import Basics

extension WorkflowRun {
  /// Gives the run up: `advance` then runs the `undo=` steps of the completed visits, the latest first, each once.
  ///
  /// - Throws: `RunFault` if the run has ended or was aborted before.
  public func abort(by person: String, reason: String) throws(RunFault) {
    guard state.finishedAt == nil else { throw .cannotAbort(status: "finished") }
    guard state.abort == nil else { throw .cannotAbort(status: "aborted already") }
    try record(.aborted(by: person, reason: reason))
  }

  /// Undoes what is left to undo; stops at a step that throws, which the next `advance` tries again.
  func undo(_ library: StepLibrary, _ observer: ((RunEvent) -> Void)?) throws(RunFault) -> RunStatus {
    while let last = state.undoable.last {
      let node = state.graph.nodes[last.node]
      guard let name = node.attributes["undo"] else { throw .notWaiting(node: node.id) }
      let context = StepContext(
        runID: id, inputs: inputs, node: node, visit: last.visit,
        idempotencyKey: StepContext.key(run: id, node: "undo " + node.id, visit: last.visit), results: state.results,
        answer: nil, labels: [])
      let result: JSONValue
      do {
        guard case .completed(let value, _) = try library.run(name, context) else {
          return .failed(
            node, message: "the undo step '\(name)' waits, which it cannot; run it again when it can be done")
        }
        result = value
      } catch {
        let message = "undo failed: " + ((error as? any InputFault)?.description ?? String(describing: error))
        observer?(.failed(node, message: message))
        return .failed(node, message: message)
      }
      try record(.undone(node: node.id, visit: last.visit, step: name, result: result))
      observer?(.completed(node, visit: last.visit, result: result, choice: nil))
    }
    return state.status
  }
}
