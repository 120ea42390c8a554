import Allocation
import Foundation

/// What every form of an audit shows, in words and rows.
struct AuditView {
  let audit: AllocationAudit
  let format: NumberFormat

  init(_ audit: AllocationAudit, unicode: Bool = true) {
    self.audit = audit
    format = NumberFormat(unicode: unicode)
  }

  var page: FindingsView {
    FindingsView(
      badge: "Allocation audit", schema: audit.schema, headline: headline, summary: summary, findings: audit.findings,
      sections: sections)
  }

  private var headline: String {
    let count = audit.findings.count
    return audit.passed
      ? "The allocation passes its audit" : "\(count) \(count == 1 ? "finding" : "findings") in the allocation"
  }

  private var summary: String {
    var parts = [format.count(audit.ids, "id"), format.count(audit.experiments.count, "experiment")]
    if audit.duplicates > 0 { parts.append("\(format.count(audit.duplicates, "repeated id")) left out") }
    if audit.emptyIDs > 0 { parts.append("\(format.count(audit.emptyIDs, "row")) without an id left out") }
    if audit.nonASCII > 0 { parts.append("\(format.count(audit.nonASCII, "id")) outside ASCII") }
    return parts.joined(separator: ", ")
      + "; alpha \(format.setting(audit.alpha)), by Holm over experiments and over pairs."
  }

  private var sections: [FindingsView.Section] { [experiments, pairs, schemes] + audit.transitions.map(transition) }

  private var experiments: FindingsView.Section {
    FindingsView.Section(
      title: "Experiments",
      columns: [
        ("experiment", false), ("scheme", false), ("salt", false), ("units", true), ("arms p", true),
        ("at edges", true), ("other SDKs", true),
      ],
      rows: audit.experiments.map { one in
        [
          one.name, one.scheme, one.salt, format.count(one.arms.reduce(0) { $0 + $1.units }),
          format.pValue(one.sampleRatioPValue), format.count(one.atBoundaries),
          format.count(one.families.map(\.different).max() ?? 0),
        ]
      },
      note:
        "At edges: ids that SDKs place by < or <=. Other SDKs: ids to which SDKs of the same platform give another arm."
    )
  }

  private var schemes: FindingsView.Section {
    FindingsView.Section(
      title: "Schemes",
      columns: [
        ("scheme", false), ("salts", true), ("ids", true), ("uniform p", true), ("bit flips", true),
        ("last byte", true),
      ],
      rows: audit.schemes.map { one in
        [
          one.scheme, format.count(one.uniformity?.salts ?? 0), format.count(one.uniformity?.units ?? 0),
          format.pValue(one.uniformity?.pValue), span(one.avalanche.lowest, one.avalanche.highest),
          span(one.avalanche.lowestOfLastByte, one.avalanche.highestOfLastByte),
        ]
      },
      note:
        "Uniform p: are the chi-squared p-values of the salts uniform? It takes \(Uniformity.leastUnits) ids. Bit flips: how often a bit of the hash flips "
        + "with one bit of the id, lowest to highest, and of its last byte; 0.5 is ideal.")
  }

  private func span(_ low: Double, _ high: Double) -> String {
    String(format: "%.2f", low) + "-" + String(format: "%.2f", high)
  }

  /// The dependent pairs, strongest first; without any, the strongest.
  private var pairs: FindingsView.Section {
    let dependent = audit.pairs.filter { $0.adjustedPValue < audit.alpha }
    let ordered = (dependent.isEmpty ? audit.pairs : dependent).sorted { abs($0.phi) > abs($1.phi) }
    let shown = ordered.prefix(dependent.isEmpty ? 3 : 20)
    let rest = ordered.count - shown.count
    let more = dependent.isEmpty || rest == 0 ? "" : " \(rest) more \(rest == 1 ? "is" : "are") in JSON and CSV."
    return FindingsView.Section(
      title: dependent.isEmpty ? "Pairs: none dependent" : "Dependent pairs",
      columns: [
        ("first", false), ("second", false), ("units", true), ("phi", true), ("p", true), ("p by Holm", true),
      ],
      rows: shown.map { pair in
        [
          pair.first, pair.second, format.count(pair.units), format.number(pair.phi, digits: 3, signed: true),
          format.pValue(pair.pValue), format.pValue(pair.adjustedPValue),
        ]
      }, note: "\(dependent.count) of \(audit.pairs.count) pairs are dependent.\(more)")
  }

  private func transition(_ matrix: TransitionMatrix) -> FindingsView.Section {
    func named(_ name: String) -> String { name.isEmpty ? "(not enrolled)" : name }
    let share = matrix.exposed > 0 ? Double(matrix.moved) / Double(matrix.exposed) : 0
    return FindingsView.Section(
      title: "From \(matrix.from) to \(matrix.to)",
      columns: [("old arm", false)] + matrix.columns.map { (named($0), true) },
      rows: zip(matrix.rows, matrix.counts).map { name, row in [named(name)] + row.map(format.count) },
      note: "\(format.count(matrix.moved)) of \(format.count(matrix.exposed)) exposed units move "
        + "(\(format.percent(share))); \(format.count(matrix.added)) are added.")
  }
}
