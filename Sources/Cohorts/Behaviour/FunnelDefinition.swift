/// The steps of a funnel in order, and how long it may take.
public struct FunnelDefinition: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, Codable {
    /// Must be passed to go on.
    case required
    /// Counted when it happens between the required steps around it, never asked for.
    case optional
    /// A unit with this event between the required steps around it leaves the funnel.
    case excluded
  }
  public struct Step: Sendable, Hashable {
    public var name: String
    public var kind: Kind
    public init(_ name: String, _ kind: Kind = .required) {
      self.name = name
      self.kind = kind
    }

    /// `cart?` is optional, `!refund` excluded.
    public init(text: String) {
      let name = text.trimmingBlanks
      if name.hasPrefix("!") {
        self.init(String(name.dropFirst()), .excluded)
      } else {
        self.init(name.hasSuffix("?") ? String(name.dropLast()) : name, name.hasSuffix("?") ? .optional : .required)
      }
    }
  }
  public var steps: [Step]
  /// From the first step, itself included; nil for no limit.
  public var windowSeconds: Int64?

  public init(steps: [Step], windowSeconds: Int64? = nil) {
    self.steps = steps
    self.windowSeconds = windowSeconds
  }

  /// `view,cart?,!refund,purchase`: a name with `?` is optional, with `!` excluded.
  public init(_ text: String, windowSeconds: Int64? = nil) {
    steps = text.split(separator: ",").map { Step(text: String($0)) }
    self.windowSeconds = windowSeconds
  }

  /// - Throws: `CohortFault` unless the first and the last step are required and there are at least two.
  public func validate() throws(CohortFault) {
    guard steps.count >= 2, steps.first?.kind == .required, steps.last?.kind == .required,
      !steps.contains(where: \.name.isEmpty)
    else { throw CohortFault(.badFunnel) }
    if let windowSeconds, windowSeconds < 1 { throw CohortFault(.badWindow(seconds: windowSeconds)) }
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    var text = self[...]
    while text.first == " " { text = text.dropFirst() }
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }
}
