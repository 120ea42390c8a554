import Basics

/// What is wrong with the rows of an experiment as a whole.
public struct EngineFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case unitInTwoArms(column: String, firstLine: Int, firstFile: String, arms: [String])
    case unitTwice(column: String, firstLine: Int, firstFile: String)
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
    }
  }
}
