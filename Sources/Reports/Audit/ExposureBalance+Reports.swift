import Basics
import Experiments

extension Report {
  /// The balance of exposures in the form asked for; text ends with a newline.
  public static func render(
    _ value: ExposureBalance, as format: ReportFormat, options: ReportOptions = ReportOptions()
  ) -> String {
    switch format {
    case .table:
      BalanceView(value, unicode: options.unicode).page.table(
        width: options.width, ink: Ink(color: options.color, unicode: options.unicode))
    case .json: json(value)
    case .csv: csv(value)
    case .markdown: BalanceView(value).page.markdown
    case .html: BalanceView(value).page.html()
    }
  }

  /// `verdict.balance/1`: full precision.
  public static func json(_ balance: ExposureBalance) -> String {
    guard let value = try? JSONValue(encoding: balance), case .object(var object) = value else { return "null\n" }
    object["passed"] = .bool(balance.passed)
    return JSONValue.object(object).text(pretty: true)
  }

  /// One row an arm of a segment or day; the first rows, with an empty group, are of all units.
  public static func csv(_ balance: ExposureBalance) -> String {
    var csv = CSVText(header: ["group", "value", "variant", "units", "p", "p_adjusted"])
    let ratio = balance.handling == .first ? balance.sampleRatio.first : balance.sampleRatio.excluded
    for arm in balance.arms { csv.add(["", "", arm.name, CSVText.number(arm.units), CSVText.number(ratio), ""]) }
    for group in balance.groups {
      for line in group.lines {
        for (arm, count) in zip(balance.arms, line.counts) {
          csv.add([
            group.name, line.value, arm.name, CSVText.number(count), CSVText.number(line.pValue),
            CSVText.number(line.adjustedPValue),
          ])
        }
      }
    }
    return csv.text
  }
}

/// What every form of a balance report shows, in words and rows.
private struct BalanceView {
  private let balance: ExposureBalance
  private let format: NumberFormat

  init(_ balance: ExposureBalance, unicode: Bool = true) {
    self.balance = balance
    format = NumberFormat(unicode: unicode)
  }

  var page: FindingsView {
    let count = balance.findings.count
    return FindingsView(
      badge: "Balance of exposures", schema: balance.schema,
      headline: balance.passed
        ? "The arms are balanced" : "\(count) \(count == 1 ? "finding" : "findings") in the exposures",
      summary: summary, findings: balance.findings, sections: [arms] + balance.groups.map(section))
  }

  private var summary: String {
    let several = balance.unitsInSeveralArms
    var text = "\(format.count(balance.exposures)) exposures of \(format.count(balance.units)) units"
    if several > 0 {
      text += ", \(format.count(several)) of them in several arms, which "
      text += balance.handling == .first ? "count in the first" : "are left out"
    }
    return text + "; alpha \(format.setting(balance.alpha)), by Holm within each group."
  }

  private var arms: FindingsView.Section {
    let total = Double(balance.arms.reduce(0) { $0 + $1.units })
    let planned = balance.arms.reduce(0) { $0 + $1.weight }
    return FindingsView.Section(
      title: "Arms", columns: [("arm", false), ("units", true), ("share", true), ("planned", true)],
      rows: balance.arms.map { arm in
        [
          arm.name, format.count(arm.units), format.percent(total > 0 ? Double(arm.units) / total : 0),
          format.percent(planned > 0 ? arm.weight / planned : 0),
        ]
      },
      note: "p of the shares: \(format.pValue(balance.sampleRatio.first)) with each unit in the first arm it saw, "
        + "\(format.pValue(balance.sampleRatio.excluded)) without units in several arms.")
  }

  private func section(_ group: ExposureBalance.Group) -> FindingsView.Section {
    FindingsView.Section(
      title: "By \(group.name)",
      columns: [(group.name, false)] + balance.arms.map { ($0.name, true) } + [("p", true), ("p by Holm", true)],
      rows: group.lines.map { line in
        [line.value.isEmpty ? "(empty)" : line.value] + line.counts.map(format.count)
          + [format.pValue(line.pValue), format.pValue(line.adjustedPValue)]
      }, note: "Units by arm; the shares are tested where every arm expects at least five.")
  }
}
