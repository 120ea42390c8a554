import Basics

/// A value of a segment column, country = "DE", or what is left of a column beyond its largest values. Values are compared
/// by their bytes.
public struct Segment: Sendable, Codable, Hashable {
  public var column: String
  /// Of a rest `restName`, which a real value may be too.
  public var value: String
  /// Set: this is no value of the column but the rest of them, so many put together.
  public var rest: Int?

  public static let restName = "(other)"

  public init(column: String, value: String) {
    self.column = column
    self.value = value
  }

  /// What is left beyond the largest values.
  public init(restOf column: String, values: Int) {
    self.init(column: column, value: Self.restName)
    rest = values
  }

  public static func == (a: Segment, b: Segment) -> Bool {
    a.value.isExactly(b.value) && a.column.isExactly(b.column) && a.rest == b.rest
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ExactText(column))
    hasher.combine(ExactText(value))
    hasher.combine(rest)
  }

  /// The value as reports show it; one that looks like a name given here is quoted.
  public var label: String {
    if let rest { return "(other: \(rest.grouped) values)" }
    if value.isEmpty { return "(empty)" }
    return value == "(empty)" || value.hasPrefix("(other") ? "'\(value)'" : value
  }

  private enum CodingKeys: CodingKey { case column, value, rest }

  /// Without `rest` where it is none.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(column, forKey: .column)
    try container.encode(value, forKey: .value)
    if let rest { try container.encode(rest, forKey: .rest) }
  }
}
