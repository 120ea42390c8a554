/// One thing that the check of a model found.
public struct Finding: Sendable, Hashable {
  public enum Severity: String, Sendable, Hashable, Comparable {
    /// The model cannot be run or measured as it is.
    case error
    /// It can, but it probably does not say what was meant.
    case warning
    public static func < (a: Severity, b: Severity) -> Bool { a == .error && b == .warning }
  }

  public enum Code: String, Sendable, Hashable, CaseIterable {
    case noStart = "no-start", severalStarts = "several-starts", noEnd = "no-end"
    case secondSource = "second-source", deadEnd = "dead-end", fork
    case fewBranches = "few-branches", unlabelledBranch = "unlabelled-branch", equalBranches = "equal-branches"
    case unreachable, endUnreachable = "end-unreachable", trap
    case badAttribute = "bad-attribute", badProbability = "bad-probability"
    case sharedHandle = "shared-handle", equalLabels = "equal-labels"
  }

  public let code: Code
  /// The ids of the nodes in question; for a trap, the closed set in the order of a walk through it.
  public let nodes: [String]
  /// A path that shows it: the ids of the nodes on the way there, if there is one.
  public let witness: [String]
  public let sentence: String

  public var severity: Severity {
    switch code {
    case .sharedHandle, .equalLabels: .warning
    default: .error
    }
  }
}

/// One edge led to another node makes the model sound.
public struct Repair: Sendable, Hashable {
  /// The edge as it is.
  public let edge: Edge
  /// The id of the node to which it should lead.
  public let newTarget: String

  public var sentence: String {
    "lead \(edge.source.node) -> \(edge.target.node) to \(newTarget) instead: \(edge.source.node) -> \(newTarget)"
  }
}

/// What the check of a model found, worst first.
public struct ModelReport: Sendable, Hashable {
  public struct Size: Sendable, Hashable {
    public let lanes, nodes, edges, crossLaneEdges, diamonds, ends: Int
  }
  public let size: Size
  public let findings: [Finding]
  /// Whether every case that starts can end, ends once, and every node can be part of a case: with one token this is so
  /// exactly if every node is reached from the one start and an end is reached from every node.
  public let sound: Bool
  /// Every change of one edge's target that makes the model sound; found only if asked for.
  public let repairs: [Repair]
  /// Nil if repairs were searched exhaustively or not needed; else why they were not.
  public let repairNote: String?

  public var hasErrors: Bool { findings.contains { $0.severity == .error } }
}

// MARK: - Views

extension ModelReport {
  /// For a terminal: size, findings, verdict, repairs.
  public var text: String {
    var lines = [
      "\(size.lanes) lanes, \(size.nodes) nodes, \(size.edges) edges (\(size.crossLaneEdges) across lanes), "
        + "\(size.diamonds) diamonds, \(size.ends) \(size.ends == 1 ? "end" : "ends")"
    ]
    for finding in findings {
      lines.append("\(finding.severity.rawValue): \(finding.sentence) [\(finding.code.rawValue)]")
      if finding.witness.count > 1 { lines.append("  path: \(finding.witness.joined(separator: " -> "))") }
    }
    for repair in repairs { lines.append("repair: \(repair.sentence)") }
    if let repairNote { lines.append("repair: \(repairNote)") }
    lines.append(sound ? "sound: every case can end, and every node can be part of one" : "not sound")
    return lines.joined(separator: "\n") + "\n"
  }
}
