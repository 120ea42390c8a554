import Basics
import Experiments

/// What the drawn forms of an analysis have in common: families, words, and marks. No number is made here.
struct AnalysisView {
  let analysis: Analysis
  let format: NumberFormat

  init(_ analysis: Analysis, unicode: Bool = true) {
    self.analysis = analysis
    format = NumberFormat(unicode: unicode)
  }

  /// Metrics of one role, drawn on one axis.
  struct Family {
    let title: String
    let metrics: [Analysis.MetricResult]
    let axis: Axis?
  }

  var families: [Family] {
    let titles: [(Metric.Role, String)] = [
      (.goal, "Goal metrics"), (.secondary, "Secondary metrics"), (.guardrail, "Guardrails"),
    ]
    return titles.compactMap { role, title in
      let metrics = analysis.metrics.filter { $0.role == role }
      return metrics.isEmpty ? nil : Family(title: title, metrics: metrics, axis: Self.axis(metrics))
    }
  }

  /// Zero, all estimates of lift over all units with their intervals, and of the segments as much as does not squeeze these.
  private static func axis(_ metrics: [Analysis.MetricResult]) -> Axis? {
    let comparisons = metrics.flatMap(\.comparisons)
    func values(_ comparison: Analysis.Comparison) -> [Double] {
      [comparison.lift.lower, comparison.lift.estimate, comparison.lift.upper].compactMap { $0 }.filter(\.isFinite)
    }
    let whole = comparisons.filter { $0.segment == nil }.flatMap(values)
    let parts = comparisons.filter { $0.segment != nil }.flatMap(values)
    let base = whole.isEmpty ? parts : whole
    guard !base.isEmpty, let low = (base + [0]).min(), let high = (base + [0]).max() else { return nil }
    let reach = (high - low) * 0.75
    return Axis(covering: base + [0] + parts.map { min(max($0, low - reach), high + reach) }, ticks: 4)
  }

  // MARK: The decision

  var headline: String {
    let variant = analysis.decision.variant.map { " " + $0 } ?? ""
    return switch analysis.decision.outcome {
    case .ship: "Ship\(variant)"
    case .keep: "Keep\(variant)"
    case .extend: "Extend the experiment"
    case .rollback: "Roll back to\(variant.isEmpty ? " control" : variant)"
    case .invalid: "Invalid: no verdict"
    }
  }

  var summary: String {
    let arms = analysis.variants.map { "\($0.name) \(format.count($0.units))" }.joined(separator: ", ")
    return "\(format.count(analysis.input.units)) units: \(arms)"
  }

  /// "95% confidence interval", by the method's own name.
  var intervalName: String {
    let kind =
      switch analysis.method {
      case "sequential": "confidence sequence"
      case "group-sequential": "repeated confidence interval"
      case "bayesian": "credible interval"
      default: "confidence interval"
      }
    return "\(level) \(kind)"
  }

  var level: String { format.percent(1 - analysis.alpha, digits: 4) }

  var correctionName: String? {
    let names = [
      "holm": "Holm", "hochberg": "Hochberg", "hommel": "Hommel", "bonferroni": "Bonferroni",
      "bh": "Benjamini-Hochberg", "by": "Benjamini-Yekutieli",
      "gatekeeping-all": "Holm, secondary metrics after all goals",
      "gatekeeping-any": "Holm, secondary metrics by the goals' share",
    ]
    return analysis.correction == "none" ? nil : names[analysis.correction] ?? analysis.correction
  }

  // MARK: A comparison in words

  /// Whether the difference is told from zero at alpha, by the adjusted p-value where there is one, and if it is good.
  enum Mark { case better, worse, none }

  func mark(_ comparison: Analysis.Comparison, _ metric: Analysis.MetricResult) -> Mark {
    guard let p = comparison.adjustedPValue ?? comparison.pValue, p < analysis.alpha,
      let difference = comparison.difference.estimate, difference.isFinite, difference != 0
    else { return .none }
    return (difference > 0) == (metric.direction == .up) ? .better : .worse
  }

  func value(_ value: Double?, _ metric: Analysis.MetricResult, signed: Bool = false) -> String {
    metric.kind == "proportion"
      ? format.percent(value, digits: 4, signed: signed) : format.number(value, digits: 4, signed: signed)
  }

  func standardError(_ value: Double?, _ metric: Analysis.MetricResult) -> String {
    metric.kind == "proportion" ? format.percent(value, digits: 2) : format.number(value, digits: 2)
  }

  /// In the metric's unit; percentage points for proportions.
  func difference(_ value: Double?, _ metric: Analysis.MetricResult) -> String {
    metric.kind == "proportion" ? format.points(value) : format.number(value, digits: 3, signed: true)
  }

  func differenceInterval(_ comparison: Analysis.Comparison, _ metric: Analysis.MetricResult) -> String {
    let (lower, upper) = (comparison.difference.lower, comparison.difference.upper)
    guard metric.kind != "proportion" else { return format.pointsInterval(lower, upper) }
    return format.interval(lower, upper) { format.number($0, digits: 3, signed: true) }
  }

  func lift(_ comparison: Analysis.Comparison) -> String {
    format.percent(comparison.lift.estimate, digits: 3, signed: true)
  }

  func liftInterval(_ comparison: Analysis.Comparison) -> String {
    let lift = comparison.lift
    let low = lift.lower ?? (isUnbounded(comparison) ? -.infinity : nil)
    let high = lift.upper ?? (isUnbounded(comparison) ? .infinity : nil)
    let decimals = Self.decimals(lift)
    return format.interval(low, high) { format.percent($0, decimals: decimals, signed: true) }
  }

  func isUnbounded(_ comparison: Analysis.Comparison) -> Bool { comparison.lift.method.contains("unbounded") }

  /// Decimals of percent that show an interval's width in two or three digits.
  private static func decimals(_ lift: Analysis.Lift) -> Int {
    guard let low = lift.lower, let high = lift.upper, low.isFinite, high.isFinite, high > low else { return 2 }
    switch (high - low) * 100 {
    case 30...: return 0
    case 3...: return 1
    case 0.3...: return 2
    case 0.03...: return 3
    default: return 5
    }
  }

  /// "proportion · better down · Welch two-sample t-test"
  func subtitle(_ metric: Analysis.MetricResult) -> [String] {
    var parts = [metric.kind]
    if metric.direction == .down { parts.append("lower is better") }
    var tests: [String] = []
    for comparison in metric.comparisons where !tests.contains(comparison.test) && !comparison.test.isEmpty {
      tests.append(comparison.test)
    }
    parts += tests
    return parts
  }

  func name(_ comparison: Analysis.Comparison) -> String {
    guard let segment = comparison.segment else { return comparison.variant }
    let isSingle = analysis.variants.count <= 2
    return isSingle ? segment.label : "\(segment.label) · \(comparison.variant)"
  }

  /// Comparisons over all units, then those of each segment column in order of appearance.
  func groups(_ metric: Analysis.MetricResult) -> [(column: String?, comparisons: [Analysis.Comparison])] {
    var groups: [(column: String?, comparisons: [Analysis.Comparison])] = []
    for comparison in metric.comparisons {
      if let index = groups.firstIndex(where: { $0.column == comparison.segment?.column }) {
        groups[index].comparisons.append(comparison)
      } else {
        groups.append((comparison.segment?.column, [comparison]))
      }
    }
    return groups.filter { $0.column == nil } + groups.filter { $0.column != nil }
  }

  /// "by country (equal effects: p = 0.31)".
  func title(_ column: String, _ metric: Analysis.MetricResult) -> String {
    let tests = interactions(column, metric).joined(separator: "; ")
    return "by \(column)" + (tests.isEmpty ? "" : " (\(tests))")
  }

  /// The tests of equal effects in the segments of a column, one a treatment.
  func interactions(_ column: String, _ metric: Analysis.MetricResult) -> [String] {
    let isSingle = analysis.variants.count <= 2
    return (metric.heterogeneity ?? []).filter { $0.column == column }.map { test in
      let value = format.pValue(test.pValue)
      let p = value.first?.isNumber == true ? "p = \(value)" : "p \(value)"
      return "equal effects\(isSingle ? "" : " of \(test.variant)"): \(p)"
    }
  }

  /// What a row cannot show: the guardrail's outcome, variance removed, and the reasons of what is undefined.
  func remarks(_ comparison: Analysis.Comparison, _ metric: Analysis.MetricResult) -> [String] {
    var remarks: [String] = []
    if let guardrail = comparison.guardrail {
      let margin =
        metric.kind == "proportion"
        ? format.number(guardrail.margin * 100, digits: 3) + " pp" : format.number(guardrail.margin, digits: 3)
      remarks.append("guardrail \(guardrail.outcome.rawValue): margin \(margin)")
    }
    if let removed = comparison.varianceReduction {
      remarks.append("covariates removed \(format.percent(removed)) of the variance")
    }
    let lift = comparison.lift
    let isWhole = [lift.estimate, lift.lower, lift.upper].allSatisfy { $0?.isFinite == true }
    if !isWhole, comparison.difference.estimate != nil {
      remarks.append(
        "difference \(difference(comparison.difference.estimate, metric)) \(differenceInterval(comparison, metric))")
    }
    // What was said of an arm is not said again of the next one, or of each segment.
    let before = metric.comparisons.prefix { $0.variant != comparison.variant || $0.segment != comparison.segment }
    let said = Set(before.flatMap(\.notes))
    return remarks + comparison.notes.filter { !said.contains($0) }
  }

  /// "Look 2 at 50% of the planned 20,000 units; |z| >= 2.963 rejects; 0.31% of alpha …".
  private func words(for look: Analysis.GroupSequential) -> String {
    var parts = [
      "\(look.look), at \(format.percent(look.informationFractions.last, digits: 3)) of the planned "
        + "\(format.count(look.plannedUnits)) units",
      "spending \(look.spending)" + (look.parameter.map { " (\(format.setting($0)))" } ?? ""),
      look.bound.map { "rejects at |z| of \(format.number($0, digits: 4)) and more" } ?? "cannot reject",
      "alpha spent so far \(format.number(look.alphaSpent, digits: 3))",
    ]
    if let next = look.nextUnits { parts.append("next look at \(format.count(next)) units") }
    if look.isFinal { parts.append("the last look") }
    return parts.joined(separator: "; ")
  }

  var hasAdjusted: Bool { analysis.metrics.contains { $0.comparisons.contains { $0.adjustedPValue != nil } } }

  /// Files, version, plan: where the numbers come from.
  var provenance: [(String, String)] {
    var lines: [(String, String)] = analysis.input.files.map { file in
      let separator = file.separator.map { " · separated by \(InputFile.name(ofSeparator: $0))" } ?? ""
      return ("Input", "\(file.name) · \(format.bytes(file.bytes)) · \(file.fingerprint)\(separator)")
    }
    var rows = "\(format.count(analysis.input.rows)) rows, \(format.count(analysis.input.units)) units"
    if analysis.input.unreadableRows > 0 { rows += ", \(format.count(analysis.input.unreadableRows)) unreadable" }
    lines.append(("Rows", rows))
    let correction = correctionName.map { "p-values adjusted by \($0)" } ?? "p-values not adjusted"
    lines.append(("Method", "\(analysis.method), alpha \(format.setting(analysis.alpha)), \(correction)"))
    if let look = analysis.groupSequential { lines.append(("Look", words(for: look))) }
    if let hash = analysis.provenance.specHash { lines.append(("Plan", hash)) }
    if let seed = analysis.provenance.seed { lines.append(("Seed", "\(seed)")) }
    lines.append(("Verdict", "version \(analysis.provenance.version), schema \(analysis.schema)"))
    return lines
  }
}
