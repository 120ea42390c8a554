/// Something wrong with what the user gave us: a file, an option, a model, a spec.
///
/// A conforming error is data (an enum of kinds with what was expected and found). Its `sentence` is made in one place per
/// module and pinned by tests. The command line prints `position: sentence` and exits with 2.
public protocol InputFault: Error, Sendable, CustomStringConvertible {
  /// Where in the input, if there is a where.
  var position: SourcePosition? { get }
  /// What was expected, what was found, and the next thing to do. No personal values, no trailing newline.
  var sentence: String { get }
}

extension InputFault {
  public var description: String {
    guard let position else { return sentence }
    return "\(position): \(sentence)"
  }
}

/// Several faults of one input, reported together.
public struct InputFaults: InputFault {
  public let faults: [any InputFault]

  /// - Parameter faults: at least one.
  public init(_ faults: [any InputFault]) { self.faults = faults }

  public var position: SourcePosition? { nil }
  public var sentence: String { faults.map { "\($0)" }.joined(separator: "\n") }
}
