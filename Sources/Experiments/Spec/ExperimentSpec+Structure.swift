import Allocation
import Basics
import Foundation

/// A spec's layer, holdout and overrides, as they are written; the allocation room checks them.
///
/// ```yaml
/// allocation:
///   layer: { name: checkout, from: 0, to: 50% }
///   holdout: { salt: "2026", share: 5% }
///   overrides: { treatment: [qa-1, qa-2] }
/// ```
enum AllocationStructure {
  /// `layer: { name, from, to }`; all of the layer without bounds.
  static func readLayer(_ reader: SpecReader) -> ExperimentSpec.LayerRange? {
    guard let layer = reader.mapping("layer") else { return nil }
    layer.require("name", "the layer's name; experiments of one layer never share a unit")
    let name = layer.text("name")
    let from = layer.share("from", "a share from 0 to 1") { $0 >= 0 && $0 < 1 } ?? 0
    let to = layer.share("to", "a share above 'from' and at most 1") { $0 > from && $0 <= 1 } ?? 1
    layer.finish()
    return name.map { ExperimentSpec.LayerRange(name: $0, from: from, to: to) }
  }

  /// `holdout: { salt, share }`.
  static func readHoldout(_ reader: SpecReader) -> ExperimentSpec.HoldoutShare? {
    guard let holdout = reader.mapping("holdout") else { return nil }
    holdout.require("salt", "the holdout's name, the same in all experiments that respect it")
    holdout.require("share", "the share of all units that no experiment may touch, such as 5%")
    let salt = holdout.text("salt")
    let share = holdout.share("share", "a share above 0 and below 1") { $0 > 0 && $0 < 1 }
    holdout.finish()
    guard let salt, let share else { return nil }
    return ExperimentSpec.HoldoutShare(salt: salt, share: share)
  }

  /// `overrides: { variant: [unit, …] }`; a unit has one arm.
  static func readOverrides(
    _ reader: SpecReader, _ variants: [ExperimentSpec.Variant]
  ) -> [ExperimentSpec.Override] {
    guard let arms = reader.mapping("overrides") else { return [] }
    var overrides: [ExperimentSpec.Override] = []
    var seen: Set<[UInt8]> = []
    for variant in variants {
      for unit in arms.texts(variant.name) ?? [] {
        if !seen.insert(Array(unit.utf8)).inserted {
          arms.faults.add(
            .badValue(arms.full(variant.name), expected: "each unit under one variant", found: "one of them twice"),
            arms.node(variant.name)?.position ?? arms.position)
        }
        overrides.append(ExperimentSpec.Override(unit: unit, variant: variant.name))
      }
    }
    arms.finish()
    return overrides
  }

  /// A layer's range and a holdout put around a plan.
  static func surround(
    _ policy: inout AllocationPolicy, experiment: String, layer: ExperimentSpec.LayerRange?,
    holdout: ExperimentSpec.HoldoutShare?
  ) throws(AllocationFault) {
    if let layer {
      var whole = try Layer(layer.name)
      try whole.add(experiment, from: decimal(layer.from), to: decimal(layer.to))
      policy.layer = whole.slice(of: experiment)
    }
    if let holdout { policy.holdout = try Holdout(holdout.salt, share: decimal(holdout.share)) }
  }

  /// A double as a plain decimal with at most 6 places; the numbers of a spec are short.
  static func decimal(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e12 ? String(Int(value)) : String(format: "%.6f", value)
  }
}

extension ExperimentSpec {
  /// The range of a layer that the experiment's units come from.
  public struct LayerRange: Sendable, Hashable {
    public var name: String
    public var from: Double
    public var to: Double
  }

  public struct HoldoutShare: Sendable, Hashable {
    public var salt: String
    public var share: Double
  }

  public struct Override: Sendable, Hashable {
    public var unit: String
    public var variant: String
  }

  /// Who is enrolled and who gets which variant.
  ///
  /// - Throws: `AllocationFault` if the scheme's platform cannot express the weights or the coverage.
  public func allocationPlan() throws(AllocationFault) -> AllocationPlan {
    var arms: [Arm] = []
    for variant in variants {
      let weight = allocation.weights[variant.name] ?? 0
      arms.append(try Arm(variant.name, weight: AllocationStructure.decimal(weight)))
    }
    return try AllocationPlan(
      scheme: SchemeName(parsing: allocation.scheme), salt: allocation.salt, arms: arms,
      coverage: AllocationStructure.decimal(allocation.coverage))
  }

  /// The plan with the spec's layer, holdout and overrides around it.
  ///
  /// - Throws: `AllocationFault` as `allocationPlan`.
  public func allocationPolicy() throws(AllocationFault) -> AllocationPolicy {
    var policy = AllocationPolicy(try allocationPlan())
    try AllocationStructure.surround(&policy, experiment: name, layer: allocation.layer, holdout: allocation.holdout)
    for override in allocation.overrides {
      try policy.overrides.add(override.unit, arm: override.variant, of: policy.plan)
    }
    return policy
  }
}

extension ExperimentSpec.Allocation {
  /// What stands around the plan; absent keys are left out, so that a plain plan's JSON is what it always was.
  var structureJSON: [(String, JSONValue)] {
    var members: [(String, JSONValue)] = []
    if let layer {
      members.append(("layer", ["name": .string(layer.name), "from": .number(layer.from), "to": .number(layer.to)]))
    }
    if let holdout { members.append(("holdout", ["salt": .string(holdout.salt), "share": .number(holdout.share)])) }
    if !overrides.isEmpty {
      members.append(
        ("overrides", .array(overrides.map { ["unit": .string($0.unit), "variant": .string($0.variant)] })))
    }
    return members
  }
}
