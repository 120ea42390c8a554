import Tables
import Workflow

/// A metric that a model declares on a node or an edge by `metric=`.
///
/// `metric=NAME` is the share of units that come there, `metric="count(NAME)"` how often a unit comes there, `metric="time(NAME)"`
/// the seconds from exposure until it first comes there, cut at the window. All count from the unit's exposure, the first time
/// that it enters the node with `split=`; without one from its first event.
public struct FlowMetric: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable { case rate, count, time }
  public enum Role: String, Sendable, Hashable, CaseIterable { case primary, guardrail, info }

  public let name: String
  public let kind: Kind
  public let role: Role
  /// Whether more is better; of times less is, unless `dir=` says otherwise.
  public let increaseIsBetter: Bool
  /// A node's id, or `n3->n12` for an edge.
  public let place: String
  let target: Target

  enum Target: Sendable, Hashable { case station(Int), arc(Int) }

  /// The metrics of a model, in the order of its nodes and then edges.
  ///
  /// - Throws: `ProcessFault.badAttribute` for a role, a direction or a form that is none, or a name that stands twice.
  public static func all(in model: Model) throws(ProcessFault) -> [FlowMetric] {
    try all(in: ProcessNet(unchecked: model))
  }

  package static func all(in net: ProcessNet) throws(ProcessFault) -> [FlowMetric] {
    var metrics: [FlowMetric] = []
    func add(_ attributes: Attributes, _ place: String, _ target: Target) throws(ProcessFault) {
      guard let text = attributes["metric"] else { return }
      let metric = try FlowMetric(text, attributes, place, target)
      guard !metrics.contains(where: { $0.name == metric.name }) else {
        throw .badAttribute(node: place, name: "metric", reason: "the name '\(metric.name)' stands twice.")
      }
      metrics.append(metric)
    }
    for (index, node) in net.graph.nodes.enumerated() { try add(node.attributes, node.id, .station(index)) }
    for (index, arc) in net.arcs.enumerated() {
      guard let edge = arc.edge else { continue }
      try add(net.graph.edges[edge].attributes, net.name(ofEdge: edge), .arc(index))
    }
    return metrics
  }

  private init(_ text: String, _ attributes: Attributes, _ place: String, _ target: Target) throws(ProcessFault) {
    func fault(_ name: String, _ expected: String, _ found: String) -> ProcessFault {
      .badAttribute(node: place, name: name, reason: "expects \(expected), found '\(found)'.")
    }
    let forms = Kind.allCases.first { text.hasPrefix($0.rawValue + "(") && text.hasSuffix(")") }
    let name = forms.map { String(text.dropFirst($0.rawValue.count + 1).dropLast()) } ?? text
    guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: ",") })
    else {
      throw fault("metric", "a name, count(NAME) or time(NAME)", text)
    }
    let kind = forms ?? .rate
    let roleText = attributes["role"] ?? "info"
    guard let role = Role(rawValue: roleText) else { throw fault("role", "primary, guardrail or info", roleText) }
    let direction = attributes["dir"] ?? (kind == .time ? "down" : "up")
    guard direction == "up" || direction == "down" else { throw fault("dir", "up or down", direction) }
    (self.name, self.kind, self.role, self.place, self.target) = (name, kind, role, place, target)
    increaseIsBetter = direction == "up"
  }
}

/// Where metrics and the exposure lie in a net.
struct MetricTargets: Sendable {
  let metrics: [FlowMetric]
  /// By station and by arc: the metric, or -1.
  let ofStation: [Int32]
  let ofArc: [Int32]
  /// Stations whose first visit exposes the unit; none: the first event does.
  let isSplit: [Bool]
  let hasSplit: Bool

  init(_ net: ProcessNet, _ metrics: [FlowMetric], experiment: String?) {
    var (stations, arcs) = (
      [Int32](repeating: -1, count: net.places.count), [Int32](repeating: -1, count: net.arcs.count)
    )
    for (index, metric) in metrics.enumerated() {
      switch metric.target {
      case .station(let station): stations[station] = Int32(index)
      case .arc(let arc): arcs[arc] = Int32(index)
      }
    }
    let splits = net.graph.nodes.map { $0.attributes["split"] }
    let id = experiment ?? splits.compactMap { $0 }.first
    isSplit = net.places.indices.map { $0 < splits.count && id != nil && splits[$0] == id }
    hasSplit = isSplit.contains(true)
    (self.metrics, ofStation, ofArc) = (metrics, stations, arcs)
  }
}

/// What happens to one unit, across its cases.
struct MetricRecorder: Sendable {
  private let targets: MetricTargets
  private var exposed: Int64?
  private var hits: [(metric: Int32, time: Int64)] = []

  init(_ targets: MetricTargets) { self.targets = targets }

  mutating func begin() {
    exposed = nil
    hits.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  mutating func enter(_ station: Int, _ time: Int64) {
    if targets.isSplit[station] || !targets.hasSplit { exposed = min(exposed ?? time, time) }
    let metric = targets.ofStation[station]
    if metric >= 0 { hits.append((metric, time)) }
  }

  @inline(__always)
  mutating func pass(_ arc: Int, _ time: Int64) {
    let metric = targets.ofArc[arc]
    if metric >= 0 { hits.append((metric, time)) }
  }

  /// The unit's values; nil if it was never exposed.
  func finish(asOf: Int64, window: Int64?) -> UnitValues.Values? {
    guard let exposed else { return nil }
    let limit = window.map { exposed + $0 } ?? .max
    var counts = [Int](repeating: 0, count: targets.metrics.count)
    var first = [Int64?](repeating: nil, count: targets.metrics.count)
    for hit in hits where hit.time >= exposed && hit.time <= limit {
      counts[Int(hit.metric)] += 1
      first[Int(hit.metric)] = min(first[Int(hit.metric)] ?? hit.time, hit.time)
    }
    let values = targets.metrics.enumerated().map { index, metric -> Double? in
      switch metric.kind {
      case .rate: return counts[index] > 0 ? 1 : 0
      case .count: return Double(counts[index])
      case .time: return first[index].map { Double($0 - exposed) / 1000 } ?? window.map { Double($0) / 1000 }
      }
    }
    return UnitValues.Values(exposed: exposed, isMature: limit <= asOf || window == nil, values: values)
  }
}

/// The metrics of every unit; each place is filled by the one thread that has the unit.
struct UnitValues: Sendable {
  struct Values: Sendable {
    let exposed: Int64
    /// Whether the window lies within the observation.
    let isMature: Bool
    let values: [Double?]
  }
  private let list: Slots<(values: Values, group: Int)?>
  let count: Int

  init(units: Int, isNeeded: Bool) {
    count = isNeeded ? units : 0
    list = Slots(count, nil)
  }

  func take(_ values: Values?, unit: Int, group: Int) {
    guard count > 0, let values else { return }
    list[unit] = (values, group)
  }

  subscript(unit: Int) -> (values: Values, group: Int)? { list[unit] }
}
