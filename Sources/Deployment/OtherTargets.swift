import Basics

/// GrowthBook SDK payload. The share is a `range`, half-open in every SDK, and not a `coverage`, whose edge they treat
/// differently.
///
/// - Source: growthbook/growthbook, docs/lib/build-your-own.mdx.
enum GrowthBook: FlagTarget {
  static let limits = ["The payload has no guardrails: they are watched here, between stages."]

  static func document(_ state: RolloutState) throws(DeploymentFault) -> JSONValue {
    var feature: JSONObject = ["defaultValue": state.isFull ? state.winner?.value ?? .null : state.control.value]
    if let winner = state.winner, !state.isFull {
      feature["rules"] = [
        [
          "id": .string("\(state.experiment)-stage-\(state.stage)"), "force": winner.value,
          "range": [0, .number(state.share)], "seed": .string(state.salt), "hashAttribute": "id", "hashVersion": 2,
        ]
      ]
    }
    return ["status": 200, "features": .object(JSONObject([(state.flag, .object(feature))]))]
  }
}

/// Unleash client features.
///
/// - Source: Unleash/client-specification, specifications/16-strategy-variants.json.
enum Unleash: FlagTarget {
  static let limits = [
    "Unleash ramps in whole percent.", "Its safeguards are thresholds, not tests; they are watched here.",
  ]

  static func document(_ state: RolloutState) throws(DeploymentFault) -> JSONValue {
    let percent = state.share * 100
    guard abs(percent - percent.rounded()) < 1e-9 else {
      throw DeploymentFault(.wholePercentOnly(target: "Unleash", share: state.share))
    }
    let winner = state.winner ?? state.control
    let payload: JSONValue = ["type": "string", "value": .string(winner.value.string ?? winner.value.text())]
    let strategy: JSONValue = [
      "name": "flexibleRollout",
      "parameters": [
        "rollout": .string(String(Int(percent.rounded()))), "stickiness": "userId", "groupId": .string(state.salt),
      ], "constraints": [],
      "variants": [
        [
          "name": .string(winner.name), "weight": 1000, "weightType": "variable", "stickiness": "userId",
          "payload": payload,
        ]
      ],
    ]
    let feature: JSONValue = [
      "name": .string(state.flag), "type": "release", "enabled": .bool(state.winner != nil), "strategies": [strategy],
    ]
    return ["version": 2, "features": [feature]]
  }
}

/// LaunchDarkly file data source.
///
/// - Source: launchdarkly/python-server-sdk, ldclient/integrations/__init__.py (`Files`); weights sum to 100,000.
enum LaunchDarkly: FlagTarget {
  static let limits = ["A file data source has no guardrails: they are watched here, between stages."]

  static func document(_ state: RolloutState) throws(DeploymentFault) -> JSONValue {
    let winner = state.winner
    let weight = try state.weight(of: 100_000, target: "LaunchDarkly")
    let variations: [JSONValue] = [state.control.value] + (winner.map { [$0.value] } ?? [])
    let rest: JSONValue =
      winner == nil
      ? ["variation": 0]
      : [
        "rollout": [
          "contextKind": "user",
          "variations": [
            ["variation": 1, "weight": .integer(weight)], ["variation": 0, "weight": .integer(100_000 - weight)],
          ],
        ]
      ]
    let flag: JSONValue = [
      "key": .string(state.flag), "on": true, "version": .integer(state.stage + 1), "salt": .string(state.salt),
      "variations": .array(variations), "offVariation": 0, "fallthrough": rest,
    ]
    return ["flags": .object(JSONObject([(state.flag, flag)]))]
  }
}
