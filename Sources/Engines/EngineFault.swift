import Basics

/// What is wrong with the rows of an experiment as a whole.
public struct EngineFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case unitInTwoArms(column: String, firstLine: Int, firstFile: String, arms: [String])
    case unitTwice(column: String, firstLine: Int, firstFile: String)
    /// A percentile is the least (or greatest) of all values, so that the cut leaves no other.
    case cutTakesAll(metric: String, percentile: Double, value: Double)
    /// A file of rows has the bytes of another.
    case fileTwice(first: String)
  }
  public let kind: Kind
  public let position: SourcePosition?

  public var sentence: String {
    switch kind {
    case .unitInTwoArms(let column, let line, let file, let arms):
      "this \(column) is in the arm '\(arms[1])' here and in '\(arms[0])' at \(file):\(line). A unit belongs to one arm; "
        + "find out why, and leave such units out."
    case .unitTwice(let column, let line, let file):
      "this \(column) stands at \(file):\(line) already. One row a unit is expected: add up a unit's rows first, or pass "
        + "--cluster \(column) to analyse rows with the unit as their cluster."
    case .cutTakesAll(let metric, let percentile, let value):
      "metric '\(metric)' is cut at percentile \(percentile), which is \(value), the value that nearly all units have: nothing "
        + "else would be left. Cut further out, or at a number such as cap: 500."
    case .fileTwice(let first):
      "has the same bytes as \(first): its rows would count twice. Name it once."
    }
  }
}
