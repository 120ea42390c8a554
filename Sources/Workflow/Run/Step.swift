import Basics
import Hashing

/// What a step knows when it is run.
public struct StepContext: Sendable {
  public let runID: String
  /// What the run was begun with.
  public let inputs: JSONValue
  public let node: Node
  /// How many times the run has come to this node, this time included; the first is 1.
  public let visit: Int
  /// The same for every attempt at this visit of this node of this run, and for no other: give it to systems that must not
  /// do a thing twice.
  public let idempotencyKey: String
  /// The latest recorded result by step name and by node id.
  public let results: [String: JSONValue]
  /// What a person answered for this visit, if one was asked.
  public let answer: Answer?
  /// The labels of a diamond's branches, in the order in which they are written.
  public let labels: [String]

  static func key(run: String, node: String, visit: Int) -> String {
    let parts = [run, node, String(visit)].map { "\($0.utf8.count):\($0)" }.joined()
    return String(SHA256.hex(of: Array(parts.utf8)).prefix(32))
  }
}

/// What a step comes to.
public enum StepOutcome: Sendable {
  /// Done, with a result that is recorded. `choice` is the label of a diamond's branch, or the label's leading word if only one
  /// branch begins with it: "No" chooses "No - Harm".
  case completed(JSONValue, choice: String? = nil)
  /// Not yet: the run stops, and the step is called again when it is resumed.
  case waiting(Wait)
}

/// What a run waits for.
public enum Wait: Sendable, Hashable, Codable {
  case data(String)
  /// `until`: seconds since 1970-01-01 00:00 UTC.
  case time(until: Int64, String)
  case approval(role: String, question: String)
}

/// A person's answer to a node that waits for approval.
public struct Answer: Sendable, Hashable, Codable {
  /// The label of a diamond's branch, or its leading word; nil where there is nothing to choose.
  public var choice: String?
  public var by: String
  public var comment: String?
  /// Of a `SignedAnswer`, 64 hexadecimal digits.
  public var signature: String?

  public init(choice: String? = nil, by: String, comment: String? = nil) {
    (self.choice, self.by, self.comment) = (choice, by, comment)
  }
}

/// The steps that a model's nodes name by `step=`.
public struct StepLibrary: Sendable {
  public typealias Body = @Sendable (StepContext) throws -> StepOutcome
  private var bodies: [String: Body] = [:]

  public init() {}
  public mutating func register(_ name: String, _ body: @escaping Body) { bodies[name] = body }
  /// A step that is a shell command; see `ShellStep`.
  public mutating func register(_ name: String, shell command: String) {
    bodies[name] = { context in try ShellStep.run(command, context) }
  }
  public var names: [String] { bodies.keys.sorted() }
  subscript(name: String) -> Body? { bodies[name] }

  /// Whether a name is known here or is a shell command.
  func has(_ name: String) -> Bool { bodies[name] != nil || ShellStep.command(of: name) != nil }

  /// Runs a step that `has` knows.
  func run(_ name: String, _ context: StepContext) throws -> StepOutcome {
    if let body = bodies[name] { return try body(context) }
    guard let command = ShellStep.command(of: name) else { return .completed(.null) }
    return try ShellStep.run(command, context)
  }
}
