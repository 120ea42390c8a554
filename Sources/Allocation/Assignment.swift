/// What a scheme says of one unit.
public struct Assignment: Sendable, Hashable {
  /// Place of the arm in the plan; nil: not enrolled.
  public let arm: Int?
  /// The number that decided on the arm, as the platform counts it.
  public let bucket: Int
  /// The number that decided on enrolment, where that is a draw of its own; nil: `bucket` decided, or everyone is enrolled.
  public let enrolmentBucket: Int?
  public let scheme: SchemeName
}
