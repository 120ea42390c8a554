import Basics

extension CohortSpec {
  /// The plan with every default filled in, keys in a fixed order; without `data.files` and the spec's folder.
  public var canonicalJSON: JSONValue {
    [
      "version": 1, "kind": "cohort", "name": .string(name), "data": data.canonicalJSON,
      "cohorts": cohorts.canonicalJSON, "early_days": earlyDays.map { .integer($0) } ?? .null,
      "ltv": ltv?.canonicalJSON ?? .null, "model": .optional(model),
    ]
  }

  /// `sha256:` and 64 hexadecimal digits, of the compact text of `canonicalJSON`. It changes exactly when the plan does.
  public var specHash: String { SpecHash.of(canonicalJSON) }
}

extension CohortSpec.Events {
  fileprivate var canonicalJSON: JSONValue {
    [
      "unit": .string(unitColumn), "time": .string(timeColumn), "amount": .optional(amountColumn),
      "event": .optional(eventColumn), "start_event": .optional(startEvent), "return_event": .optional(returnEvent),
      "allowed_bad_rows": .number(allowedBadRows),
    ]
  }
}

extension CohortSpec.Cohorts {
  fileprivate var canonicalJSON: JSONValue {
    [
      "period": .string(period.rawValue), "retention": .string(retention.rawValue),
      "brackets": .array(brackets.map { [.integer($0.lowerBound), .integer($0.upperBound)] }),
      "timezone": .string(timezone), "week_start": .string(weekStart.rawValue), "by": .optional(segmentColumn),
      "as_of": .optional(asOf), "maximum_age": maximumAge.map { .integer($0) } ?? .null, "alpha": .number(alpha),
    ]
  }
}

extension CohortSpec.LifetimeValue {
  fileprivate var canonicalJSON: JSONValue {
    [
      "model": .string(model.rawValue), "holdout": .optional(holdout), "horizon": .number(horizon),
      "discount": .number(discount),
    ]
  }
}
