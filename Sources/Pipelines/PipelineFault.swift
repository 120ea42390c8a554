import Basics

/// What is wrong with a run as a pipeline.
public struct PipelineFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case unreadable(reason: String)
    case damagedOutput(reason: String)
    case noResult(step: String)
    case notWaiting(run: String, status: String)
    case noDecision(run: String)
    case notAnExperiment(run: String)
    case unknownNode(String, nearest: String?)
    case noFlowMetric
    case badMargin(metric: String, found: String)
    case noVariants(found: [String])
    case noExposure
  }
  public let kind: Kind
  public let position: SourcePosition?

  init(_ kind: Kind, file: String? = nil) {
    self.kind = kind
    position = file.map { SourcePosition(file: $0) }
  }

  public var sentence: String {
    switch kind {
    case .unreadable(let reason): "cannot be read: \(reason)."
    case .damagedOutput(let reason): "is not what the run wrote (\(reason)). Restore it from a copy."
    case .noResult(let step): "the model reaches a step that needs the result of '\(step)' before that step has run."
    case .notWaiting(let run, let status): "the run '\(run)' does not wait for a person: it is \(status)."
    case .noDecision(let run): "the run '\(run)' has not decided yet. 'verdict status \(run)' says where it stands."
    case .notAnExperiment(let run): "the run '\(run)' is no experiment, so there is nothing to deploy."
    case .unknownNode(let name, let nearest):
      "the model has no node '\(name)'." + (nearest.map { " Did you mean '\($0)'?" } ?? "")
    case .noFlowMetric:
      "the model declares no metric. Write one on a node or an edge, such as [metric=completed role=primary]."
    case .badMargin(let metric, let found):
      "the metric '\(metric)' expects margin= as a number or a percentage such as 2%, found '\(found)'."
    case .noVariants(let found):
      "an experiment needs two variants in the log's column 'variant', found \(found.count). Name the column: --variant COLUMN"
    case .noExposure: "no unit came to the node with split=, so nobody was exposed."
    }
  }
}
