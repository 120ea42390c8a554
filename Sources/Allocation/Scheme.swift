import Basics

/// The published schemes by identifier. An identifier's mapping never changes; a new mapping is a new identifier.
public enum SchemeName: String, Sendable, Hashable, CaseIterable {
  case verdict1 = "verdict/1"
  case growthbook2 = "growthbook/2"
  case growthbook1 = "growthbook/1"
  case growthbook2UTF16 = "growthbook/2-utf16"
  case growthbook1UTF16 = "growthbook/1-utf16"

  /// - Throws: `AllocationFault` with the nearest name.
  public init(parsing text: String) throws(AllocationFault) {
    guard let name = SchemeName(rawValue: text) else {
      let known = SchemeName.allCases.map(\.rawValue)
      throw AllocationFault(.unknownScheme(text, nearest: nearestName(to: text, among: known)))
    }
    self = name
  }
}

/// What a scheme says of one unit.
public struct Assignment: Sendable, Hashable {
  /// Place of the arm in the plan; nil: not enrolled.
  public let arm: Int?
  /// The number that decided, in 0..<buckets; for `verdict/1` that of the arm.
  public let bucket: Int
  /// For `verdict/1` the number that decided on enrolment; elsewhere the same as `bucket`.
  public let enrolmentBucket: Int
  public let scheme: SchemeName
}
