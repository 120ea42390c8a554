import Basics

/// Why a decomposition or product could not be made.
public struct LinearAlgebraError: InputFault, Hashable {
  /// What does not fit.
  public enum Kind: Sendable, Hashable {
    case shapes(operation: String, left: [Int], right: [Int])
    case notPositiveDefinite(minor: Int)
    case singular(pivot: Int)
    case notFinite
    case noConvergence(operation: String)
  }
  /// What does not fit.
  public let kind: Kind
  init(_ kind: Kind) { self.kind = kind }

  public var position: SourcePosition? { nil }
  public var sentence: String {
    switch kind {
    case .shapes(let operation, let left, let right):
      "\(operation): the shapes \(Self.shape(left)) and \(Self.shape(right)) do not fit."
    case .notPositiveDefinite(let minor): "the matrix is not positive definite (leading minor \(minor))."
    case .singular(let pivot): "the matrix is singular (pivot \(pivot) is 0)."
    case .notFinite: "the matrix holds a value that is not finite."
    case .noConvergence(let operation): "\(operation) did not converge."
    }
  }
  private static func shape(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: " x ") }
}
