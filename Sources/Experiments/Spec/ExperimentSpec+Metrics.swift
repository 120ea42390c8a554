import Basics
import Tables

extension ExperimentSpec {
  /// Metrics as texts in the notation of the command line, or as mappings.
  static func readMetrics(_ root: SpecReader, haveExposures: Bool) -> [Metric] {
    root.require("metrics", "at least one, such as 'conversion = proportion(converted)'")
    guard let nodes = root.elements("metrics", "a list of metrics") else { return [] }
    var metrics: [Metric] = []
    for (index, node) in nodes.enumerated() {
      guard let metric = readMetric(node, "metrics[\(index)]", root) else { continue }
      if !haveExposures { refuseEventOptions(metric, node, root.faults) }
      if metrics.contains(where: { $0.name == metric.name }) {
        root.faults.add(.nameTwice("metrics", found: metric.name), node.position)
      }
      metrics.append(metric)
    }
    return metrics
  }

  /// At the option itself, where the metric is a mapping.
  private static func refuseEventOptions(_ metric: Metric, _ node: SpecNode, _ faults: SpecFaults) {
    do throws(MetricSpecFault) { try metric.requireNoEventOptions() } catch {
      var place = node.position
      if case .mapping(let members) = node.content, let option = metric.eventOptions.first {
        place = members.first { $0.key == option }?.position ?? place
      }
      faults.add(.badMetric(sentence: error.sentence, column: nil), place)
    }
  }

  private static func readMetric(_ node: SpecNode, _ path: String, _ root: SpecReader) -> Metric? {
    if case .mapping = node.content { return readMapping(node, path, root.faults) }
    guard let text = root.text(node, path) else { return nil }
    do throws(MetricSpecFault) { return try Metric(parsing: text) } catch {
      root.faults.add(.badMetric(sentence: error.sentence, column: error.position?.column), node.position)
      return nil
    }
  }

  private static func readMapping(_ node: SpecNode, _ path: String, _ faults: SpecFaults) -> Metric? {
    guard let reader = SpecReader(node, path: path, faults: faults) else { return nil }
    reader.require("name", "what the metric is called")
    reader.require("kind", "proportion, mean, ratio or quantile")
    let name = reader.text("name") ?? ""
    let kind: MetricKindName? = reader.choice("kind")
    let metricKind = kind.flatMap { readKind($0, reader) }
    let options = readOptions(reader, kind)
    if kind != nil { reader.finish() }  // The keys depend on the kind.
    return metricKind.map { Metric(name, $0, options: options) }
  }

  private enum MetricKindName: String, CaseIterable { case proportion, mean, ratio, quantile }

  private static func readKind(_ kind: MetricKindName, _ reader: SpecReader) -> Metric.Kind? {
    func column(_ key: String) -> String? {
      reader.require(key, "the name of a column")
      return reader.text(key)
    }
    switch kind {
    case .proportion: return column("column").map { .proportion($0) }
    case .mean:
      let covariates = reader.texts("covariates") ?? []
      return column("column").map { .mean($0, covariates: covariates) }
    case .ratio:
      let covariates = reader.texts("covariates") ?? []
      let (numerator, denominator) = (column("numerator"), column("denominator"))
      guard let numerator, let denominator else { return nil }
      return .ratio(numerator: numerator, denominator: denominator, covariates: covariates)
    case .quantile:
      reader.require("probability", "a number in (0, 1)")
      let probability = reader.number("probability", "a number in (0, 1)") { $0 > 0 && $0 < 1 }
      let name = column("column")
      guard let name, let probability else { return nil }
      return .quantile(name, probability: probability)
    }
  }

  private static func readOptions(_ reader: SpecReader, _ kind: MetricKindName?) -> Metric.Options {
    var options = Metric.Options()
    options.role = reader.choice("role") ?? options.role
    options.direction = reader.choice("direction") ?? options.direction
    if let node = reader.node("margin") {
      if let value = Shares.fraction(node), value >= 0 {
        options.margin = node.number == nil ? .relative(value) : .absolute(value)
      } else {
        reader.faults.add(
          .badValue(reader.full("margin"), expected: "a number, or a percentage such as 2%", found: node.found),
          node.position)
      }
    }
    if kind != .proportion {
      options.cap = readCut("cap", "p99.9", reader)
      options.floor = readCut("floor", "p0.1", reader)
    }
    options.missing = reader.choice("missing") ?? options.missing
    options.windowSeconds = reader.duration("window")
    options.event = reader.text("event")
    options.filter = readCondition(reader)
    options.aggregation = reader.choice("aggregate")
    if kind == .proportion { options.threshold = reader.number("threshold", "a number") { $0.isFinite } }
    options.delaySeconds = reader.duration("delay")
    options.lookbackSeconds = reader.duration("lookback")
    if let node = reader.node("lookback"), kind != nil, reader.node("covariates") == nil {
      let fault = MetricSpecFault(kind: .lookbackAlone, position: nil)
      reader.faults.add(.badMetric(sentence: fault.sentence, column: nil), node.position)
    }
    return options
  }

  private static func readCondition(_ reader: SpecReader) -> String? {
    guard let text = reader.text("where"), let node = reader.node("where") else { return nil }
    do throws(RowFilterFault) { _ = try RowFilter(text) } catch {
      reader.faults.add(.badMetric(sentence: error.sentence, column: error.position?.column), node.position)
    }
    return text
  }

  private static func readCut(_ key: String, _ example: String, _ reader: SpecReader) -> Metric.Cap? {
    guard let node = reader.node(key) else { return nil }
    let cut = cut(node)
    if cut == nil {
      reader.faults.add(
        .badValue(reader.full(key), expected: "a number, or a percentile such as \(example)", found: node.found),
        node.position)
    }
    return cut
  }

  private static func cut(_ node: SpecNode) -> Metric.Cap? {
    if let number = node.number { return .absolute(number) }
    guard let text = node.text, text.hasPrefix("p"), let percentile = FieldParsing.decimal(String(text.dropFirst())),
      percentile > 0, percentile < 100
    else { return nil }
    return .percentile(percentile)
  }
}
