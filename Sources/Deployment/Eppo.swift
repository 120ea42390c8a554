import Allocation
import Basics

/// Eppo's universal flag configuration, as its server SDKs fetch it.
///
/// The winner's allocation holds the shards from 0 to its share; whoever is outside falls through to the control's. A larger
/// share only adds users.
/// - Source: Eppo-exp/sdk-test-data, ufc/flags-v1.json.
enum Eppo: FlagTarget {
  static let limits = [
    "Eppo's configuration has no guardrails, stages or approvals: they are watched here.",
    "Eppo's own service writes this configuration itself; the file is for SDKs that are given one.",
  ]

  private static let shards = 10_000

  static func document(_ state: RolloutState) throws(DeploymentFault) -> JSONValue {
    let served = [state.control] + (state.winner.map { [$0] } ?? [])
    guard Set(served.map(\.value.flagType)).count == 1 else { throw DeploymentFault(.mixedValues(flag: state.flag)) }
    let type = variationType(served)
    var allocations: [JSONValue] = []
    if let winner = state.winner {
      let end = try state.weight(of: shards, target: "Eppo")
      let range: JSONValue = ["start": 0, "end": .integer(end)]
      allocations.append(
        allocation(
          "\(state.experiment)-stage-\(state.stage)", winner.name, [["salt": .string(state.salt), "ranges": [range]]]))
    }
    allocations.append(allocation("\(state.experiment)-control", state.control.name, []))
    let flag: JSONValue = [
      "key": .string(state.flag), "enabled": true, "variationType": .string(type),
      "variations": .object(
        JSONObject(
          served.map {
            // JSON values are written as text.
            let value: JSONValue = type == "JSON" ? .string($0.value.text()) : $0.value
            return ($0.name, ["key": .string($0.name), "value": value])
          })), "allocations": .array(allocations), "totalShards": .integer(shards),
    ]
    return [
      "createdAt": "1970-01-01T00:00:00.000Z", "format": "SERVER", "environment": ["name": "production"],
      "flags": .object(JSONObject([(state.flag, flag)])),
    ]
  }

  static func split(_ state: RolloutState, winner: RolloutState.Served) throws -> AllocationPlan {
    try state.plan(
      .eppo, salt: state.salt, winner: winner, weight: state.weight(of: shards, target: "Eppo"), of: shards)
  }

  private static func allocation(_ key: String, _ variation: String, _ shards: [JSONValue]) -> JSONValue {
    [
      "key": .string(key), "rules": [], "doLog": true,
      "splits": [["variationKey": .string(variation), "shards": .array(shards)]],
    ]
  }

  private static func variationType(_ served: [RolloutState.Served]) -> String {
    switch served[0].value {
    case .string: "STRING"
    case .bool: "BOOLEAN"
    case .integer, .number:
      served.allSatisfy { $0.value.int != nil } ? "INTEGER" : "NUMERIC"
    case .array, .object, .null: "JSON"
    }
  }
}
