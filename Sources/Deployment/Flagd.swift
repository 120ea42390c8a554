import Allocation
import Basics

/// flagd flag definitions, `fractional` of generation 2: (murmur3(salt ‖ targetingKey) · Σ weight) >> 32.
///
/// The winner stands first and the weights always sum to 10,000, so a larger share only adds users.
/// - Source: open-feature/flagd, docs/reference/flag-definitions.md and schema v0.
enum Flagd2: FlagTarget {
  static let limits = [
    "flagd has no guardrails, stages or approvals: they are watched here.",
    "The file is for evaluators of generation 2; those of generation 3, which hash CBOR, give other users the winner: "
      + "--target flagd-3.",
  ]

  static func document(_ state: RolloutState) throws(DeploymentFault) -> JSONValue {
    try Flagd.document(state, generation: 2)
  }

  static func split(_ state: RolloutState, winner: RolloutState.Served) throws -> AllocationPlan {
    try Flagd.split(state, winner: winner, scheme: .flagd2)
  }
}

/// The same definitions for evaluators of generation 3, which hash the deterministic CBOR of salt ‖ targetingKey.
///
/// - Source: open-feature/flagd, docs/architecture-decisions/fractional-non-string-rand-units.md.
enum Flagd3: FlagTarget {
  static let limits = [
    "flagd has no guardrails, stages or approvals: they are watched here.",
    "The file is for evaluators of generation 3; those of generation 2 give other users the winner: --target flagd.",
  ]

  static func document(_ state: RolloutState) throws(DeploymentFault) -> JSONValue {
    try Flagd.document(state, generation: 3)
  }

  static func split(_ state: RolloutState, winner: RolloutState.Served) throws -> AllocationPlan {
    try Flagd.split(state, winner: winner, scheme: .flagd3)
  }
}

private enum Flagd {
  private static let total = 10_000

  static func split(
    _ state: RolloutState, winner: RolloutState.Served, scheme: SchemeName
  ) throws -> AllocationPlan {
    try state.plan(
      scheme, salt: state.salt, winner: winner, weight: state.weight(of: total, target: "flagd"), of: total)
  }

  static func document(_ state: RolloutState, generation: Int) throws(DeploymentFault) -> JSONValue {
    var variants = JSONObject()
    variants[state.control.name] = state.control.value
    if let winner = state.winner { variants[winner.name] = winner.value }
    guard Set(variants.members.map { $0.value.flagType }).count <= 1 else {
      throw DeploymentFault(.mixedValues(flag: state.flag))
    }
    var flag: JSONObject = [
      "state": "ENABLED", "variants": .object(variants),
      "defaultVariant": .string(state.isFull ? state.winner?.name ?? state.control.name : state.control.name),
    ]
    if let winner = state.winner, !state.isFull {
      let weight = try state.weight(of: total, target: "flagd")
      flag["targeting"] = [
        "fractional": [
          ["cat": [.string(state.salt), ["var": "targetingKey"]]],
          [.string(winner.name), .integer(weight)],
          [.string(state.control.name), .integer(total - weight)],
        ]
      ]
    }
    flag["metadata"] = metadata(state, generation)
    return [
      "$schema": "https://flagd.dev/schema/v0/flags.json", "flags": .object(JSONObject([(state.flag, .object(flag))])),
    ]
  }

  /// flagd's metadata are text, numbers and booleans.
  private static func metadata(_ state: RolloutState, _ generation: Int) -> JSONValue {
    [
      "experiment": .string(state.experiment), "decision": .string(state.decision), "stage": .integer(state.stage),
      "share": .number(state.share), "specHash": .string(state.specHash), "fractionalGeneration": .integer(generation),
    ]
  }
}

extension JSONValue {
  /// The type of a flag that serves this value.
  var flagType: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .integer, .number: "number"
    case .string: "string"
    case .array, .object: "object"
    }
  }
}
