import Basics

/// flagd flag definitions, `fractional` of generation 2: (murmur3(salt ‖ targetingKey) · Σ weight) >> 32.
///
/// The winner stands first and the weights always sum to 10,000, so a larger share only adds users.
/// - Source: open-feature/flagd, docs/reference/flag-definitions.md and schema v0.
enum Flagd: FlagTarget {
  static let limits = ["flagd has no guardrails: they are watched here, between stages."]

  static func document(_ state: RolloutState) throws(DeploymentFault) -> JSONValue {
    var variants = JSONObject()
    variants[state.control.name] = state.control.value
    if let winner = state.winner { variants[winner.name] = winner.value }
    guard Set(variants.members.map { typeName($0.value) }).count <= 1 else {
      throw DeploymentFault(.mixedValues(flag: state.flag))
    }
    var flag: JSONObject = [
      "state": "ENABLED", "variants": .object(variants),
      "defaultVariant": .string(state.isFull ? state.winner?.name ?? state.control.name : state.control.name),
    ]
    if let winner = state.winner, !state.isFull {
      let weight = try state.weight(of: 10_000, target: "flagd")
      flag["targeting"] = [
        "fractional": [
          ["cat": [.string(state.salt), ["var": "targetingKey"]]],
          [.string(winner.name), .integer(weight)],
          [.string(state.control.name), .integer(10_000 - weight)],
        ]
      ]
    }
    flag["metadata"] = metadata(state)
    return [
      "$schema": "https://flagd.dev/schema/v0/flags.json", "flags": .object(JSONObject([(state.flag, .object(flag))])),
    ]
  }

  /// flagd's metadata are text, numbers and booleans.
  private static func metadata(_ state: RolloutState) -> JSONValue {
    [
      "experiment": .string(state.experiment), "decision": .string(state.decision), "stage": .integer(state.stage),
      "share": .number(state.share), "specHash": .string(state.specHash), "fractionalGeneration": 2,
    ]
  }

  private static func typeName(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "boolean"
    case .integer, .number: "number"
    case .string: "string"
    case .array, .object: "object"
    }
  }
}
