import Allocation
import Basics

/// GrowthBook SDK payload. The share is a `range`, half-open in every SDK, and not a `coverage`, whose edge they treat
/// differently.
///
/// - Source: growthbook/growthbook, docs/lib/build-your-own.mdx.
enum GrowthBook: FlagTarget {
  static let limits = [
    "The payload has no guardrails, stages or approvals: they are watched here.",
    "The attribute 'id' is hashed. SDKs that hash UTF-8 instead of UTF-16 (Swift, for example) give some of the users whose "
      + "ids are not ASCII another variant.",
  ]

  static func document(_ state: RolloutState) throws(DeploymentFault) -> JSONValue {
    var feature: JSONObject = ["defaultValue": state.isFull ? state.winner?.value ?? .null : state.control.value]
    if let winner = state.winner, !state.isFull {
      _ = try state.weight(of: buckets, target: "GrowthBook")
      feature["rules"] = [
        [
          "id": .string("\(state.experiment)-stage-\(state.stage)"), "force": winner.value,
          "range": [0, .number(state.share)], "seed": .string(state.salt), "hashAttribute": "id", "hashVersion": 2,
        ]
      ]
    }
    return ["status": 200, "features": .object(JSONObject([(state.flag, .object(feature))]))]
  }

  static func split(_ state: RolloutState, winner: RolloutState.Served) throws -> AllocationPlan {
    try state.plan(
      .growthbook2UTF16, salt: state.salt, winner: winner, weight: state.weight(of: buckets, target: "GrowthBook"),
      of: buckets)
  }

  /// Version 2 of the hash draws one of so many.
  private static let buckets = 10_000
}
