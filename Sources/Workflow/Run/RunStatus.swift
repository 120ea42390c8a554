import Basics

/// Where a run stands.
public enum RunStatus: Sendable, Hashable {
  /// The token is at a node that is not done yet: `advance` goes on.
  case running(Node)
  case finished(end: Node)
  case waiting(node: Node, Wait)
  /// The last attempt at a step failed; `advance` tries it again.
  case failed(Node, message: String)
}

/// What happens while a run advances, for progress displays; the journal has the same and is what counts.
public enum RunEvent: Sendable {
  case entered(Node, visit: Int)
  case completed(Node, visit: Int, result: JSONValue, choice: String?)
  case waiting(Node, Wait)
  case failed(Node, message: String)
  case finished(end: Node)
}
