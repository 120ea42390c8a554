import Allocation
import Basics

/// LaunchDarkly file data source.
///
/// - Source: launchdarkly/python-server-sdk, ldclient/integrations/__init__.py (`Files`); weights sum to 100,000.
enum LaunchDarkly: FlagTarget {
  static let limits = [
    "A file data source has no guardrails, stages or approvals: they are watched here.",
    "LaunchDarkly's own service takes no such file: there the salt is its own, and other users get the winner.",
  ]

  private static let total = 100_000

  static func document(_ state: RolloutState) throws(DeploymentFault) -> JSONValue {
    let winner = state.winner
    let weight = try state.weight(of: total, target: "LaunchDarkly")
    let variations: [JSONValue] = [state.control.value] + (winner.map { [$0.value] } ?? [])
    let rest: JSONValue =
      winner == nil
      ? ["variation": 0]
      : [
        "rollout": [
          "contextKind": "user",
          "variations": [
            ["variation": 1, "weight": .integer(weight)], ["variation": 0, "weight": .integer(total - weight)],
          ],
        ]
      ]
    let flag: JSONValue = [
      "key": .string(state.flag), "on": true, "version": .integer(state.stage + 1), "salt": .string(state.salt),
      "variations": .array(variations), "offVariation": 0, "fallthrough": rest,
    ]
    return ["flags": .object(JSONObject([(state.flag, flag)]))]
  }

  static func split(_ state: RolloutState, winner: RolloutState.Served) throws -> AllocationPlan {
    try state.plan(
      .launchdarkly, salt: "\(state.flag).\(state.salt)", winner: winner,
      weight: state.weight(of: total, target: "LaunchDarkly"), of: total)
  }
}
