/// A coverage probability in (0, 1), for example 0.95.
///
/// It is kept as the tail `alpha = 1 - level`, so that very high levels lose no digits.
public struct ConfidenceLevel: Sendable, Hashable {
  /// 1 - level: the error probability that is left, both sides together.
  public let alpha: Double
  /// 1 - alpha, in (0, 1).
  public var level: Double { 1 - alpha }

  /// - Throws: `DomainError` unless 0 < alpha < 1.
  public init(alpha: Double) throws(DomainError) {
    guard alpha > 0, alpha < 1 else { throw DomainError("alpha", alpha, "must be in (0, 1)") }
    self.alpha = alpha
  }

  /// - Throws: `DomainError` unless 0 < level < 1.
  public init(_ level: Double) throws(DomainError) {
    guard level > 0, level < 1 else { throw DomainError("confidence level", level, "must be in (0, 1)") }
    self.alpha = 1 - level
  }

  private init(unchecked alpha: Double) { self.alpha = alpha }
  /// 95 %.
  public static let ninetyFive = ConfidenceLevel(unchecked: 0.05)
}
