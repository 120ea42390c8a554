import Basics
import Hashing

extension ExperimentSpec {
  /// The plan with every default filled in, keys in a fixed order: two specs that mean the same give the same JSON.
  ///
  /// What arrives while the experiment runs is no part of it: `data.files`, `data.exposures`, `data.attributes`, `data.as_of`,
  /// `data.final`; nor are the spec's folder and the descriptions of variants.
  public var canonicalJSON: JSONValue {
    [
      "version": 1, "kind": "experiment", "name": .string(name), "hypothesis": .optional(hypothesis?.text),
      "variants": .array(
        variants.map { ["name": .string($0.name), "value": $0.value ?? .string($0.name)] }),
      "control": .string(control), "allocation": allocation.canonicalJSON, "data": data.canonicalJSON,
      "metrics": .array(metrics.map { .string($0.text) }), "method": method.canonicalJSON,
      "decision": decision.canonicalJSON, "rollout": rollout?.canonicalJSON ?? .null, "model": .optional(model),
    ]
  }

  /// `sha256:` and 64 hexadecimal digits, of the compact text of `canonicalJSON`. It changes exactly when the plan does.
  public var specHash: String { SpecHash.of(canonicalJSON) }
}

enum SpecHash {
  static func of(_ json: JSONValue) -> String { "sha256:" + SHA256.hex(of: Array(json.text().utf8)) }
}

extension JSONValue {
  static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
  static func optional(_ number: Double?) -> JSONValue { number.map { .number($0) } ?? .null }
  static func optional(_ number: Int?) -> JSONValue { number.map { .integer($0) } ?? .null }
}

extension ExperimentSpec.Allocation {
  fileprivate var canonicalJSON: JSONValue {
    let sorted = weights.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let plan: [(String, JSONValue)] = [
      ("scheme", .string(scheme)), ("salt", .string(salt)),
      ("weights", .object(JSONObject(sorted.map { ($0.key, .number($0.value)) }))), ("coverage", .number(coverage)),
    ]
    return .object(JSONObject(plan + structureJSON))
  }
}

extension ExperimentSpec.DataSource {
  fileprivate var canonicalJSON: JSONValue {
    var members: JSONObject = [
      "variant": .string(variantColumn), "unit": .optional(unitColumn), "cluster": .optional(clusterColumn),
      "segments": .array(segmentColumns.map { .string($0) }), "time": .optional(timeColumn),
      "allowed_bad_rows": .number(allowedBadRows),
    ]
    if let exposureUnitColumn { members["exposure_unit"] = .string(exposureUnitColumn) }
    if let exposureTimeColumn { members["exposure_time"] = .string(exposureTimeColumn) }
    if let eventColumn { members["event"] = .string(eventColumn) }
    if timeZone != "UTC" { members["time_zone"] = .string(timeZone) }
    if includesImmature { members["include_immature"] = true }
    if !nullWords.isEmpty { members["null_words"] = .array(nullWords.map { .string($0) }) }
    return .object(members)
  }
}

extension ExperimentSpec.Method {
  fileprivate var canonicalJSON: JSONValue {
    var members: JSONObject = [
      "name": .string(name.rawValue), "alpha": .number(alpha), "correction": .string(correction.rawValue),
      "planned_units": .optional(plannedUnits),
    ]
    if let gatekeeping { members["gatekeeping"] = .string(gatekeeping.rawValue) }
    if !prior.isFlat {
      members["prior"] = ["mean": .number(prior.mean), "sd": .number(prior.standardDeviation)]
    }
    if let negligibleLift { members["negligible"] = .number(negligibleLift) }
    if let plan = groupSequential {
      members["spending"] = .string(plan.spending.rawValue)
      members["parameter"] = .optional(plan.parameter ?? plan.spending.defaultParameter)
      members["looks"] = .array(plan.looks.map { .number($0) })
    }
    return .object(members)
  }
}

extension ExperimentSpec.DecisionRule {
  fileprivate var canonicalJSON: JSONValue {
    [
      "minimum_units_per_variant": .integer(minimumUnitsPerVariant), "minimum_runtime": .optional(minimumRuntime),
      "require_guardrails": .bool(requiresGuardrails),
    ]
  }
}

extension ExperimentSpec.Rollout {
  fileprivate var canonicalJSON: JSONValue {
    [
      "flag": .string(flag), "target": .string(target.rawValue),
      "stages": .array(
        stages.map {
          ["share": .number($0.share), "hold": .number($0.hold), "approval": .bool($0.requiresApproval)]
        }), "requires_approval": .bool(requiresApproval),
    ]
  }
}
