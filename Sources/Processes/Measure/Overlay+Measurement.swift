import Workflow

extension Overlay {
  /// What of a measurement is shown on the picture.
  public enum Numbers: String, Sendable, CaseIterable {
    /// Visits of nodes, passes of edges and their share.
    case counts
    /// Medians and 95 % quantiles from each event to the next, open cases censored.
    case times
    /// Branches of the control and the first other variant, with the interval of their difference.
    case variants
  }

  /// A measured log on its model.
  ///
  /// An edge whose corrected p-value is below the measurement's alpha is marked as better or worse where the model has a metric
  /// on it; elsewhere the difference is shown without judgement.
  public init(_ measurement: FlowMeasurement, of model: Model, showing numbers: Numbers = .counts) {
    self.init()
    guard let all = measurement.groups.first else { return }
    switch numbers {
    case .counts: showCounts(all, model)
    case .times: showTimes(all)
    case .variants: showVariants(measurement, model)
    }
  }

  private mutating func showCounts(_ group: FlowMeasurement.Group, _ model: Model) {
    let most = Double(max(group.nodes.map(\.visits).max() ?? 0, 1))
    for node in group.nodes {
      let open = node.open > 0 ? [Self.grouped(node.open) + " open"] : []
      nodes[node.node] = Mark(
        [Self.grouped(node.visits) + (node.reworked > 0 ? " · \(Self.grouped(node.reworked)) again" : "")] + open,
        weight: Double(node.visits) / most)
    }
    for edge in group.edges {
      guard let index = Self.index(of: edge.source, edge.target, edge.label, in: model) else { continue }
      edges[index] = .count(edge.passes, of: edge.entered - edge.open)
    }
    caption =
      "\(Self.grouped(group.cases)) cases, \(Self.grouped(group.open)) of them open. "
      + "Nodes: visits, cases that came again. Edges: passes, share of the visits that went on."
  }

  private mutating func showTimes(_ group: FlowMeasurement.Group) {
    let medians = group.nodes.compactMap { $0.dwell?.median.estimate }
    let longest = max(medians.max() ?? 0, 1e-9)
    for node in group.nodes {
      guard let dwell = node.dwell, let median = dwell.median.estimate else { continue }
      let upper = dwell.quantiles.first { $0.probability == 0.95 }?.estimate
      var mark = Mark.time(median: median, upper: upper)
      mark.weight = median / longest
      nodes[node.node] = mark
    }
    caption =
      "Median and 95 % quantile of the time to the next event, open cases censored; "
      + "\(Self.grouped(group.cases)) cases."
  }

  private mutating func showVariants(_ measurement: FlowMeasurement, _ model: Model) {
    guard let comparison = measurement.comparison, let first = comparison.edges.first else { return }
    let metrics = (try? FlowMetric.all(in: model)) ?? []
    for edge in comparison.edges where edge.variant == first.variant {
      guard let index = Self.index(of: edge.source, edge.target, edge.label, in: model) else { continue }
      let name = model.edges[index].attributes["metric"]
      let metric = metrics.first { $0.name == name }
      let isClear = edge.adjustedPValue < 1 - measurement.level
      edges[index] = .rates(
        edge.controlRate, edge.rate, difference: edge.difference, lower: edge.interval.lower,
        upper: edge.interval.upper, names: (comparison.control, edge.variant),
        increaseIsBetter: isClear ? metric?.increaseIsBetter : nil)
    }
    caption =
      "\(comparison.control) and \(first.variant): share of each branch, difference with its interval; "
      + "all branches together p \(Self.pValue(comparison.pValue))."
  }

  private static func pValue(_ value: Double) -> String {
    value < 0.001 ? "< 0.001" : "= \((value * 1000).rounded() / 1000)"
  }

  private static func index(of source: String, _ target: String, _ label: String?, in model: Model) -> Int? {
    model.edges.firstIndex { $0.source.node == source && $0.target.node == target && $0.label == label }
  }
}
