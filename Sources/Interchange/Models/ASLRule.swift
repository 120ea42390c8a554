import Basics
import Workflow

/// Conditions as choice rules of the Amazon States Language. A member that is not there compares as in `Condition`: equal to
/// nothing, so that every test of it asks first whether it is present.
enum ASLRule {
  static let root = "$.latest.result"

  static func rule(_ condition: Condition, leadingTo next: JSONValue) -> JSONObject {
    var rule = rule(condition.term)
    rule["Next"] = next
    return rule
  }

  static func equals(_ member: String, _ text: String, leadingTo next: JSONValue) -> JSONObject {
    var rule = present([member], "StringEquals", .string(text))
    rule["Next"] = next
    return rule
  }

  private static func rule(_ term: Condition.Term) -> JSONObject {
    switch term {
    case .otherwise: ["Variable": .string(root), "IsPresent": true]
    case .holds(let path): present(path, "BooleanEquals", true)
    case .compare(let path, .unequal, let value): ["Not": .object(compare(path, .equal, value))]
    case .compare(let path, let comparison, let value): compare(path, comparison, value)
    case .not(let term): ["Not": .object(rule(term))]
    case .and(let a, let b): ["And": [.object(rule(a)), .object(rule(b))]]
    case .or(let a, let b): ["Or": [.object(rule(a)), .object(rule(b))]]
    }
  }

  private static func compare(
    _ path: [String], _ comparison: Condition.Comparison, _ value: JSONValue
  ) -> JSONObject {
    let ending = endings[comparison] ?? "Equals"
    if value.isNull {
      return ["Or": [["Not": .object(test(path, "IsPresent", true))], .object(present(path, "IsNull", true))]]
    }
    if value.string != nil { return present(path, "String\(ending)", value) }
    if value.double != nil { return present(path, "Numeric\(ending)", value) }
    return present(path, "BooleanEquals", value)
  }

  private static let endings: [Condition.Comparison: String] = [
    .equal: "Equals", .less: "LessThan", .atMost: "LessThanEquals", .greater: "GreaterThan",
    .atLeast: "GreaterThanEquals",
  ]

  private static func present(_ path: [String], _ operation: String, _ value: JSONValue) -> JSONObject {
    ["And": [.object(test(path, "IsPresent", true)), .object(test(path, operation, value))]]
  }

  private static func test(_ path: [String], _ operation: String, _ value: JSONValue) -> JSONObject {
    ["Variable": .string(([root] + path).joined(separator: ".")), operation: value]
  }
}
