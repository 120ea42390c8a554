import Basics

extension CohortSpec {
  /// The plan with every default filled in, keys in a fixed order; without the files' names and the spec's folder.
  public var canonicalJSON: JSONValue {
    [
      "version": 1, "kind": "cohort", "name": .string(name), "data": data.canonicalJSON,
      "cohorts": cohorts.canonicalJSON, "behaviour": behaviour.canonicalJSON,
      "ltv": ltv?.canonicalJSON ?? .null, "model": .optional(model),
    ]
  }

  /// `sha256:` and 64 hexadecimal digits, of the compact text of `canonicalJSON`. It changes exactly when the plan does.
  public var specHash: String { SpecHash.of(canonicalJSON) }
}

extension CohortSpec.Events {
  fileprivate var canonicalJSON: JSONValue {
    var members: JSONObject = [
      "unit": .string(unitColumn), "time": .string(timeColumn), "amount": .optional(amountColumn),
      "event": .optional(eventColumn), "start_event": .optional(startEvent), "return_event": .optional(returnEvent),
      "start_column": .optional(startColumn),
      "starts": starts.map { ["time": .string($0.timeColumn)] } ?? .null, "allowed_bad_rows": .number(allowedBadRows),
    ]
    if !nullWords.isEmpty { members["null_words"] = .array(nullWords.map { .string($0) }) }
    return .object(members)
  }
}

extension CohortSpec.Cohorts {
  fileprivate var canonicalJSON: JSONValue {
    [
      "period": .string(period.rawValue), "retention": .string(retention.rawValue),
      "brackets": .array(brackets.map { [.integer($0.lowerBound), .integer($0.upperBound)] }),
      "window": .string(window.rawValue), "timezone": .string(timezone), "week_start": .string(weekStart.rawValue),
      "recurring": .bool(isRecurring), "split": split?.canonicalJSON ?? .null, "control": .optional(control),
      "inactivity_days": .optional(inactivityDays),
      "as_of": .optional(asOf), "maximum_age": .optional(maximumAge), "alpha": .number(alpha),
    ]
  }
}

extension CohortSpec.Split {
  fileprivate var canonicalJSON: JSONValue {
    switch self {
    case .column(let column): ["by": .string(column)]
    case .arms(let column): ["arm": .string(column)]
    case .early(let event, let days): ["event": .string(event), "days": .integer(days)]
    }
  }
}

extension CohortSpec.Behaviour {
  fileprivate var canonicalJSON: JSONValue {
    [
      "early_days": .optional(earlyDays), "habits": .bool(habits),
      "funnel": funnel.map { ["steps": .array($0.steps.map { .string($0) }), "window": .optional($0.window)] } ?? .null,
      "rfm": rfm?.canonicalJSON ?? .null, "paths": .optional(pathLength), "sequences": .optional(sequenceShare),
      "cluster_days": .optional(clusterDays),
    ]
  }
}

extension CohortSpec.RFM {
  fileprivate var canonicalJSON: JSONValue {
    func cuts(_ given: [Double]?) -> JSONValue { given.map { .array($0.map { .number($0) }) } ?? .null }
    return [
      "levels": .integer(levels), "recency": cuts(recencyCuts), "frequency": cuts(frequencyCuts),
      "monetary": cuts(monetaryCuts),
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
