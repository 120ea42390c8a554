import Experiments
import Statistics

/// The words and rows that the views of a design share.
struct DesignView {
  let result: DesignResult
  let format: NumberFormat

  init(_ result: DesignResult, unicode: Bool = true) {
    self.result = result
    format = NumberFormat(unicode: unicode)
  }

  // MARK: - Sentences

  var headline: String {
    let units = result.units.map { "\(format.count($0.total)) units" } ?? ""
    let power = "with power \(format.percent(result.power))"
    switch result.solved {
    case "units": return "\(units) \(aim) \(power)."
    case "power": return "\(units) \(aim) \(power)."
    case "effect": return "\(units) \(aim) or more \(power)."
    case "clusterSize":
      let size = format.count(Int(min(result.clusters?.size.rounded(.up) ?? 0, 9e15)))
      return "Clusters of \(size) units, \(units) in all, \(aim) \(power)."
    default: return "What \(result.metric.name) shows by the day \(power)."
    }
  }

  /// What the units do.
  private var aim: String {
    let name = result.metric.name
    let margin = format.number(result.hypothesis.margin)
    switch result.hypothesis.name {
    case "non-inferior": return "show that \(name) is not worse by \(margin) if the true effect is \(effect)"
    case "equivalent": return "show that \(name) stays within ±\(margin) if the true effect is \(effect)"
    case "superior" where result.hypothesis.margin ?? 0 > 0:
      return "show that \(name) is better by more than \(margin) if the true effect is \(effect)"
    default: return "find a change of \(name) of \(effect)"
    }
  }

  /// `+10% (+0.01)`, or in the metric's unit alone.
  private var effect: String { effect(result.effect, lift: result.lift) }

  private func effect(_ effect: Double?, lift: Double?) -> String {
    let absolute = format.number(effect, signed: true)
    return effect == 0 || lift == nil ? absolute : "\(format.percent(lift, signed: true)) (\(absolute))"
  }

  // MARK: - Rows

  /// What goes in and what comes out, by name.
  var facts: [(name: String, value: String)] {
    let metric = result.metric
    var facts: [(String, String)] = []
    if let baseline = metric.baseline {
      facts.append(("baseline", metric.kind == "proportion" ? format.percent(baseline) : format.number(baseline)))
    }
    facts.append(("standard deviation per unit", format.number(metric.standardDeviation)))
    if metric.varianceExplained > 0 {
      facts.append(("variance explained by covariates", format.percent(metric.varianceExplained)))
    }
    if let clusters = result.clusters {
      facts.append(("units of a cluster", format.number(clusters.size)))
      facts.append(("intraclass correlation", format.number(clusters.intraclassCorrelation)))
      facts.append(("design effect", format.number(clusters.designEffect)))
    }
    facts.append(("hypothesis", hypothesis))
    facts.append(
      ("alpha", "\(format.setting(result.alpha)), \(result.hypothesis.sides == 2 ? "two-sided" : "one-sided")"))
    facts.append(("test", test))
    if let looks = result.looks {
      facts.append(("looks", "\(looks.criticalValues.count), \(looks.bounds)"))
      facts.append(("stops at z of", looks.criticalValues.map { format.number($0) }.joined(separator: ", ")))
      facts.append(("expected share of the units", format.percent(looks.expectedShare)))
    }
    if result.effect != nil { facts.append(("effect", effect)) }
    facts.append(("power", format.percent(result.power, digits: 4)))
    for arm in result.units?.arms ?? [] {
      let clusters = arm.clusters.map { " in \(format.count($0)) clusters" } ?? ""
      facts.append(("units in \(arm.name)", format.count(arm.units) + clusters))
    }
    if let units = result.units { facts.append(("units in all", format.count(units.total))) }
    if let days = result.days {
      facts.append(("days", days < 1e6 ? format.count(Int(days.rounded(.up))) : "over a million"))
    }
    return facts
  }

  private var hypothesis: String {
    let margin = result.hypothesis.margin.map { $0 > 0 ? " by \(format.number($0))" : "" } ?? ""
    return result.hypothesis.name + margin
  }

  private var test: String {
    let isProportion = result.metric.kind == "proportion"
    let name =
      switch result.test {
      case "welch": "Welch t"
      case "pooled": isProportion ? "z, pooled under the null hypothesis" : "pooled t"
      case "arcsine": "arcsine z"
      default: "z"
      }
    let correction = result.correction == "none" ? "" : ", \(result.correction)"
    return name + correction + (result.method == "fixed" ? "" : ", \(result.method)")
  }

  var scheduleColumns: [(title: String, numeric: Bool)] {
    [("days", true), ("units", true), ("detectable effect", true), ("as lift", true)]
  }

  var scheduleRows: [[String]] {
    result.schedule.map { day in
      [
        "\(day.days)", format.count(Int(min(day.units, 9e15))), format.number(day.effect, signed: true),
        format.percent(day.lift, signed: true),
      ]
    }
  }

  var provenance: [(String, String)] {
    (result.input?.files ?? []).map { ("past data", "\($0.name), \(format.bytes($0.bytes)), \($0.fingerprint)") }
      + [("version", result.provenance.version)]
  }
}
