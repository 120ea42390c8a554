import Basics

/// A quantity outside the domain of a formula: an argument, or data that the formula cannot be applied to.
///
/// A function that cannot give a valid number throws this instead of returning NaN.
public struct DomainError: InputFault, Hashable {
  /// What was out of its domain, as a user would call it: "confidence level", "units in arm 'B'".
  public let quantity: String
  /// The value found; NaN if there is none to show.
  public let value: Double
  /// The domain in words: "must be in (0, 1)", "> 0".
  public let requirement: String

  /// A sentence of three parts: `confidence level = 1.2, must be in (0, 1)`.
  public init(_ quantity: String, _ value: Double, _ requirement: String) {
    self.quantity = quantity
    self.value = value
    self.requirement = requirement
  }

  public var position: SourcePosition? { nil }
  public var sentence: String {
    value.isNaN ? "\(quantity): \(requirement)." : "\(quantity) = \(shown), \(requirement)."
  }

  private var shown: String { value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)" }
}
