import Basics

/// A recorded history run again on today's steps: does each still come to what was recorded?
///
/// Steps get the same context as then, idempotency key included, and nothing is written; so a step that reads a clock or a random
/// number shows here. Run it in tests, with steps whose effects can be repeated.
public struct ReplayCheck: Sendable {
  public struct Divergence: Sendable, Hashable {
    public let node: String
    public let visit: Int
    public let recorded: String
    public let found: String
    public var sentence: String { "\(node), visit \(visit): recorded \(recorded), now \(found)" }
  }
  public let steps: Int
  public let divergences: [Divergence]

  /// - Throws: `RunFault.unknownStep` if the library does not have a step of the model.
  public init(_ run: WorkflowRun, library: StepLibrary) throws(RunFault) {
    let graph = ModelGraph(run.model)
    var results: [String: JSONValue] = [:]
    var answers: [String: Answer] = [:]
    var (steps, divergences): (Int, [Divergence]) = (0, [])
    for record in run.history {
      if case .answered(let node, let visit, let answer) = record.event { answers["\(node) \(visit)"] = answer }
      guard case .completed(let id, let visit, let step, let result, let choice, _) = record.event else { continue }
      if let step, let index = graph.index(of: id) {
        guard library.has(step) else {
          throw .unknownStep(name: step, node: id, nearest: nearestName(to: step, among: library.names))
        }
        let branching = Branching(graph: graph, node: index)
        let context = StepContext(
          runID: run.id, inputs: run.inputs, node: graph.nodes[index], visit: visit,
          idempotencyKey: StepContext.key(run: run.id, node: id, visit: visit), results: results,
          answer: answers["\(id) \(visit)"], labels: choice == nil ? [] : branching.labels)
        let found = Self.outcome(library, step, context, branching)
        let recorded = Self.text(result, choice)
        if found != recorded {
          divergences.append(Divergence(node: id, visit: visit, recorded: recorded, found: found))
        }
        steps += 1
        results[step] = result
      }
      results[id] = result
    }
    (self.steps, self.divergences) = (steps, divergences)
  }

  private static func outcome(
    _ library: StepLibrary, _ step: String, _ context: StepContext, _ branching: Branching
  ) -> String {
    do {
      switch try library.run(step, context) {
      case .waiting: return "a wait"
      case .completed(let result, let choice):
        let edge = try branching.edge(choice: choice, result: result)
        let label = context.node.shape == .diamond ? edge.flatMap { branching.graph.edges[$0].label } : nil
        // As it would read back from the journal.
        return text((try? JSONValue(parsing: result.text())) ?? result, label)
      }
    } catch {
      return "a failure: " + ((error as? any InputFault)?.description ?? String(describing: error))
    }
  }

  private static func text(_ result: JSONValue, _ choice: String?) -> String {
    result.text() + (choice.map { " and the branch '\($0)'" } ?? "")
  }
}
