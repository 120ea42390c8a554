import Basics
import Experiments

extension Report {
  /// `verdict.analysis/1`: the contract's keys in the contract's order, then the others; full precision.
  ///
  /// An undefined number is null, its reason in `notes`. `segment`, `varianceReduction`, `posterior`,
  /// `ranking`, `heterogeneity` and `groupSequential` are absent where they do not apply.
  public static func json(_ analysis: Analysis) -> String {
    guard let value = try? JSONValue(encoding: analysis) else { return "null\n" }
    return contractOrder(value).text(pretty: true)
  }

  private static func contractOrder(_ analysis: JSONValue) -> JSONValue {
    let top = ["schema", "input", "control", "variants", "checks", "metrics", "decision", "provenance"]
    return analysis.ordered(top).without(["groupSequential"], where: \.isNull).mapping("metrics") { metrics in
      metrics.mappingElements { metric in
        metric.ordered(["name", "kind", "role", "comparisons"]).without(["ranking", "heterogeneity"], where: \.isNull)
          .mapping(
            "comparisons"
          ) { comparisons in
            comparisons.mappingElements(comparison)
          }
      }
    }
  }

  private static func comparison(_ comparison: JSONValue) -> JSONValue {
    let order = [
      "variant", "segment", "control", "treatment", "difference", "lift", "test", "statistic", "degreesOfFreedom",
      "pValue", "adjustedPValue", "varianceReduction",
    ]
    return comparison.ordered(order).without(["segment", "varianceReduction", "posterior"], where: \.isNull)
      .mapping("control") { $0.ordered(["value", "standardError", "units"]) }
      .mapping("treatment") { $0.ordered(["value", "standardError", "units"]) }
  }
}

extension JSONValue {
  /// The object with these members first, in this order.
  fileprivate func ordered(_ keys: [String]) -> JSONValue {
    guard let object else { return self }
    let first = keys.compactMap { key in object[key].map { (key, $0) } }
    return .object(JSONObject(first + object.members.filter { !keys.contains($0.key) }.map { ($0.key, $0.value) }))
  }

  fileprivate func without(_ keys: [String], where isLeftOut: (JSONValue) -> Bool) -> JSONValue {
    guard let object else { return self }
    let members = object.members.filter { !(keys.contains($0.key) && isLeftOut($0.value)) }
    return .object(JSONObject(members.map { ($0.key, $0.value) }))
  }

  fileprivate func mapping(_ key: String, _ change: (JSONValue) -> JSONValue) -> JSONValue {
    guard var object, let value = object[key] else { return self }
    object[key] = change(value)
    return .object(object)
  }

  fileprivate func mappingElements(_ change: (JSONValue) -> JSONValue) -> JSONValue {
    array.map { .array($0.map(change)) } ?? self
  }
}
