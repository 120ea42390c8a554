import Allocation
import Basics

/// Unleash client features, as SDKs fetch them.
///
/// - Source: Unleash/client-specification, specifications/16-strategy-variants.json.
enum Unleash: FlagTarget {
  static let limits = commonLimits

  fileprivate static let commonLimits = [
    "Unleash ramps in whole percent.", "Its safeguards are thresholds, not tests; they are watched here.",
    "Users outside the share get the flag disabled: the code's default must be the control's value.",
  ]

  static func document(_ state: RolloutState) throws(DeploymentFault) -> JSONValue {
    let feature: JSONValue = [
      "name": .string(state.flag), "type": "release", "enabled": .bool(state.winner != nil),
      "strategies": [.object(try strategy(state))],
    ]
    return ["version": 2, "features": [feature]]
  }

  static func split(_ state: RolloutState, winner: RolloutState.Served) throws -> AllocationPlan {
    try state.plan(
      .unleashRollout, salt: state.salt, winner: winner, weight: percent(state), of: 100, winnerFirst: false)
  }

  /// Everyone in the share gets the one variant of the strategy.
  fileprivate static func strategy(_ state: RolloutState) throws(DeploymentFault) -> JSONObject {
    let served = state.winner ?? state.control
    return [
      "name": "flexibleRollout",
      "parameters": [
        "rollout": .string(String(try percent(state))), "stickiness": "userId", "groupId": .string(state.salt),
      ], "constraints": [],
      "variants": [
        [
          "name": .string(served.name), "weight": 1000, "weightType": "variable", "stickiness": "userId",
          "payload": payload(served.value),
        ]
      ],
    ]
  }

  /// Unleash's payloads are text of a declared type; it has no booleans.
  private static func payload(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): ["type": "string", "value": .string(text)]
    case .integer, .number: ["type": "number", "value": .string(value.text())]
    case .array, .object: ["type": "json", "value": .string(value.text())]
    case .null, .bool: ["type": "string", "value": .string(value.text())]
    }
  }

  private static func percent(_ state: RolloutState) throws(DeploymentFault) -> Int {
    let percent = state.share * 100
    guard abs(percent - percent.rounded()) < 1e-9 else {
      throw DeploymentFault(.wholePercentOnly(target: "Unleash", share: state.share))
    }
    return Int(percent.rounded())
  }
}

/// Unleash's export, which its admin interface imports into a project.
///
/// - Source: Unleash/unleash, src/lib/openapi/spec/export-result-schema.ts and the schemas that it names.
enum UnleashExport: FlagTarget {
  static let limits =
    Unleash.commonLimits + [
      "The export's environment is called 'production'; the import asks for the one to write to.",
      "The decision and the spec's hash are in the flag's description.",
    ]

  static func document(_ state: RolloutState) throws(DeploymentFault) -> JSONValue {
    var strategy = try Unleash.strategy(state)
    strategy["featureName"] = .string(state.flag)
    strategy["title"] = .string("stage \(state.stage) of \(state.experiment)")
    strategy["segments"] = []
    let feature: JSONValue = [
      "name": .string(state.flag), "type": "release",
      "description": .string("\(state.experiment): \(state.decision), \(state.specHash)"), "project": "default",
      "stale": false, "impressionData": false, "archived": false,
    ]
    let environment: JSONValue = [
      "name": .string(state.flag), "featureName": .string(state.flag), "environment": "production",
      "enabled": .bool(state.winner != nil), "variants": [],
    ]
    return [
      "features": [feature], "featureStrategies": [.object(strategy)], "featureEnvironments": [environment],
      "contextFields": [], "featureTags": [], "segments": [], "tagTypes": [], "dependencies": [],
    ]
  }

  static func split(_ state: RolloutState, winner: RolloutState.Served) throws -> AllocationPlan {
    try Unleash.split(state, winner: winner)
  }
}
