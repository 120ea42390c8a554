import Basics

/// Why a model cannot be simulated, computed or measured.
public enum ProcessFault: InputFault, Hashable {
  case notSound(reasons: [String])
  case noProbabilities(nodes: [String])
  case badProbability(node: String, reason: String)
  case trap(nodes: [String])
  case badAttribute(node: String, name: String, reason: String)
  case poolSizes(pool: String)
  case unreadable(file: String, reason: String)
  case badLength(file: String, line: Int, found: String)
  case unknownNode(String, nearest: String?)
  case unknownBranch(node: String, label: String, labels: [String])
  case tooLarge(stations: Int, limit: Int)
  case endlessCase(limit: Int)
  case badSetting(name: String, expected: String, found: String)
  case singular

  public var position: SourcePosition? {
    switch self {
    case .unreadable(let file, _): SourcePosition(file: file)
    case .badLength(let file, let line, _): SourcePosition(file: file, line: line, column: 1)
    default: nil
    }
  }

  public var sentence: String {
    switch self {
    case .notSound(let reasons):
      "the model is not sound, so its cases may never end: " + reasons.joined(separator: " ")
        + " 'verdict flow check MODEL --suggest' lists repairs."
    case .noProbabilities(let nodes):
      "\(nodes.count == 1 ? "the diamond" : "the diamonds") \(nodes.joined(separator: ", ")) "
        + "\(nodes.count == 1 ? "has" : "have") no p= on \(nodes.count == 1 ? "its" : "their") branches. "
        + "Write them, such as [label=\"Yes\"] [p=0.8], or learn them from a log: verdict flow fit MODEL LOG.csv"
    case .badProbability(let node, let reason): "node '\(node)': \(reason)"
    case .trap(let nodes):
      "with these p= a case at \(nodes.joined(separator: ", ")) can never end: a branch that leads out has p=0."
    case .badAttribute(let node, let name, let reason): "node '\(node)': \(name)= \(reason)"
    case .poolSizes(let pool):
      "the pool '\(pool)' needs its number of servers at exactly one node or the same at each: resources=\"\(pool):3\"."
    case .unreadable(_, let reason): "cannot be read: \(reason)."
    case .badLength(_, _, let found):
      "a length of time such as 90s, 2h or a number of seconds is expected, found '\(found)'."
    case .unknownNode(let id, let nearest):
      "the model has no node '\(id)'." + (nearest.map { " Did you mean '\($0)'?" } ?? "")
    case .unknownBranch(let node, let label, let labels):
      "node '\(node)' has no branch '\(label)'; its branches are \(labels.map { "'\($0)'" }.joined(separator: ", "))."
    case .tooLarge(let stations, let limit):
      "the closed form is computed for at most \(limit) nodes, the model has \(stations). Simulate it instead."
    case .endlessCase(let limit):
      "a case went through \(limit) nodes without coming to an end; are the p= that lead out of a loop almost 0?"
    case .badSetting(let name, let expected, let found): "\(name): expected \(expected), found \(found)."
    case .singular: "the model's equations have no unique solution; are the p= that lead out of a loop almost 0?"
    }
  }
}
