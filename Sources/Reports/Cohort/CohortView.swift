import Cohorts

/// What the drawn forms of a cohort report have in common. No number is made here.
struct CohortView {
  let report: CohortReport
  let format: NumberFormat

  init(_ report: CohortReport, unicode: Bool = true) {
    self.report = report
    format = NumberFormat(unicode: unicode)
  }

  var level: String { format.percent(report.settings.level, digits: 4) }
  var period: String { report.settings.period }

  var headline: String {
    let count = report.retention.cohorts.count
    let rhythm = ["day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly"][period] ?? period
    return
      "\(format.count(report.input.units, "unit")) in \(format.count(count)) \(rhythm) \(count == 1 ? "cohort" : "cohorts")"
  }

  /// The definitions under which the numbers hold, in a sentence.
  var definition: String {
    let settings = report.settings
    let rule =
      switch settings.retention {
      case "on": "Retained: active \(preposition) that \(period)"
      case "on-or-after": "Retained: active \(preposition) that \(period) or later"
      case "bracket": "Retained: active at least once within the bracket of \(period)s"
      default: "Retained: \(settings.retention)"
      }
    let window =
      settings.window == "calendar" ? "calendar periods" : "windows of \(settings.window) since each unit's start"
    let weeks = period == "week" ? ", weeks from \(settings.weekStart.capitalized)" : ""
    return "\(rule); \(window), \(settings.timeZone)\(weeks), observed until \(settings.asOf)."
  }

  private var preposition: String { period == "day" ? "on" : "in" }

  func rate(_ rate: Double?) -> String {
    guard let rate, rate.isFinite else { return format.missing }
    return format.percent(rate, decimals: 1)
  }

  func interval(_ lower: Double?, _ upper: Double?) -> String { format.interval(lower, upper) { rate($0) } }

  /// "12.3 [11.0, 13.9]"
  func estimate(_ value: CohortEstimate?, digits: Int = 4) -> String {
    guard let value else { return format.missing }
    let interval = format.interval(value.lower, value.upper) { format.number($0, digits: digits) }
    let number = format.number(value.estimate, digits: digits)
    return interval == format.missing ? number : "\(number) \(interval)"
  }

  /// All units, then the segments.
  var tables: [(title: String, table: RetentionTable)] {
    [("All units", report.retention)]
      + report.segments.map { ("\($0.column) = \($0.value), \(format.count($0.units)) units", $0.retention) }
  }

  var curves: [(title: String, curve: SurvivalCurve)] {
    let whole = report.survival.map { [("All units", $0)] } ?? []
    return whole
      + report.segments.compactMap { segment in segment.survival.map { ("\(segment.column) = \(segment.value)", $0) } }
  }

  func ageLabel(_ age: Int, _ table: RetentionTable) -> String {
    table.ages.first { $0.from == age }?.label ?? "\(age)"
  }

  func survivalSummary(_ curve: SurvivalCurve) -> String {
    var text = "\(format.count(curve.units)) units, \(format.count(curve.events)) churned; median "
    text += curve.median.map { "\(format.number($0)) \(curve.timeUnit)s" } ?? "not reached"
    if curve.medianLower != nil || curve.medianUpper != nil {
      text +=
        " " + format.interval(curve.medianLower ?? -.infinity, curve.medianUpper ?? .infinity) { format.number($0) }
    }
    if let mean = curve.restrictedMean, let end = curve.restrictedTo {
      text += "; mean within \(format.number(end)) \(curve.timeUnit)s: \(estimate(mean))"
    }
    return text
  }

  /// Sentences about the fit: model, parameters, check on held-out data, why a projection is withheld.
  var lifetimeSentences: [String] {
    guard let lifetime = report.lifetimeValue else { return [] }
    var lines: [String] = []
    if let withheld = lifetime.withheld { lines.append("No projection: \(withheld)") }
    if let model = lifetime.model { lines.append("Model: \(model)") }
    if let fit = lifetime.purchases { lines.append("Purchases: \(sentence(fit))") }
    if let spend = lifetime.spend {
      lines.append("Spend (Gamma-Gamma): \(sentence(spend.fit))")
      if spend.populationMean != nil { lines.append("Expected value of an order: \(estimate(spend.populationMean))") }
      if spend.frequencyCorrelation != nil {
        lines.append(
          "Correlation of repeat orders and value (the model assumes 0): \(estimate(spend.frequencyCorrelation, digits: 3))"
        )
      }
    }
    if let alive = lifetime.probabilityAlive {
      lines.append(
        "P(alive): mean \(rate(alive.mean)), quartiles \(rate(alive.lowerQuartile)), \(rate(alive.median)), \(rate(alive.upperQuartile))"
      )
    }
    if let holdout = lifetime.holdout {
      lines.append(
        "Held-out data \(holdout.passed ? "passed" : "failed"): expected \(estimate(holdout.expectedPurchases)) purchases after "
          + "\(holdout.calibrationEnd), observed \(format.count(holdout.observedPurchases)). \(holdout.detail)")
    }
    if let projection = lifetime.projection {
      lines.append(
        "Discounted at \(format.percent(projection.discountRate)) a period. Intervals: \(projection.intervalCovers)")
    }
    return lines
  }

  func sentence(_ fit: LifetimeValue.Fit) -> String {
    let parameters = fit.parameters.map { parameter in
      let error = parameter.standardError.map { " ± \(format.number($0, digits: 2))" } ?? ""
      return "\(parameter.name) = \(format.number(parameter.estimate))\(error)"
    }
    let loose = fit.parameters.filter { ($0.standardError ?? 0) > 3 * abs($0.estimate) }.map(\.name)
    let state =
      (fit.converged ? "" : ", NOT converged")
      + (loose.isEmpty ? "" : "; these data do not determine \(loose.joined(separator: " and "))")
    let unit = fit.timeUnit == "none" ? "" : " per \(fit.timeUnit)"
    return
      "\(parameters.joined(separator: ", "))\(unit); log-likelihood \(format.number(fit.logLikelihood, digits: 6)), "
      + "\(format.count(fit.customers)) customers\(state)"
  }

  /// The projection by cohort: purchases and value until the horizon.
  var projectionColumns: [(title: String, numeric: Bool)] {
    [
      ("cohort", false), ("customers", true), ("purchases so far", true), ("purchases to come", true),
      ("value so far", true), ("value to come", true),
    ]
  }

  var projectionRows: [[String]] {
    (report.lifetimeValue?.projection?.cohorts ?? []).map { cohort in
      [
        cohort.cohort, format.count(cohort.size), format.count(cohort.observedPurchases),
        estimate(cohort.points.last?.purchases), format.number(cohort.observedValue),
        estimate(cohort.points.last?.value),
      ]
    }
  }

  var provenance: [(String, String)] {
    var lines: [(String, String)] = report.input.files.map {
      ("Input", "\($0.name) · \(format.bytes($0.bytes)) · \($0.fingerprint)")
    }
    let input = report.input
    lines.append(("Events", "\(format.count(input.events, "event")), \(format.count(input.units, "unit"))"))
    let leftOut = [
      (input.unreadableRows, "unreadable row", ""), (input.eventsAfterAsOf, "event", " after the end of observation"),
      (input.eventsBeforeStart, "event", " before the unit's start"),
      (input.unitsWithoutStart, "unit", " without a start"),
    ].filter { $0.0 > 0 }.map { format.count($0.0, $0.1) + $0.2 }
    if !leftOut.isEmpty { lines.append(("Left out", leftOut.joined(separator: ", "))) }
    let settings = report.settings
    lines.append(("Time", "\(settings.timeZone), until \(settings.asOf)"))
    lines.append(("Verdict", "version \(report.provenance.version), schema \(report.schema)"))
    return lines
  }
}
