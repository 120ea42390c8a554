import Foundation
import Statistics
import Tables
import Workflow

/// Probabilities and durations learnt from a log and written into the model's text.
public struct FlowFit: Sendable {
  public struct Branch: Sendable, Hashable {
    public let source: String
    public let target: String
    public let label: String?
    public let passes: Int
    /// Visits of the source that took any branch.
    public let visits: Int
    /// As it is written: six decimals that sum to 1 over the branches.
    public let probability: Double
    public let interval: Interval
  }
  public struct Time: Sendable, Hashable {
    public let node: String
    public let label: String
    public let law: DurationLaw
    public let times: Int
    public let censored: Int
  }

  public let branches: [Branch]
  public let times: [Time]
  /// Diamonds that no case came to, branches that none took, nodes with too few times.
  public let notices: [String]
  /// The model's text with what was learnt.
  public let text: [UInt8]
  public let conformance: Conformance

  /// - Parameter text: the model; comments, layout and other attributes stay byte for byte.
  /// - Throws: `InputFaults` if the model has errors, `TableFault` if the log cannot be read, `ProcessFault`.
  public init(
    text: [UInt8], file: String, log paths: [String], plan: MeasurePlan = MeasurePlan(),
    options: TableOptions = TableOptions()
  ) throws {
    try self.init(text: text, file: file, log: EventLogReader(plan, options: options).read(paths), plan: plan)
  }

  package init(text: [UInt8], file: String, log: EventLog, plan: MeasurePlan = MeasurePlan()) throws {
    let parsed = Notation.parse(text, file: file)
    let model = try parsed.validated()
    let outcome = try FlowMeasurer(model, plan).outcome(log, keepsTimes: true)
    var edit = ModelTextEdit(parsed)
    var notices: [String] = []
    branches = Self.branches(outcome.counts, plan.level, &edit, &notices)
    times = Self.times(outcome.counts, &edit, &notices)
    self.notices = outcome.measurement.notices + notices
    self.text = edit.bytes
    conformance = outcome.measurement.conformance
  }

  private static func branches(
    _ totals: FlowTotals, _ level: ConfidenceLevel, _ edit: inout ModelTextEdit, _ notices: inout [String]
  ) -> [Branch] {
    let (net, counts) = (totals.table.net, totals.counts)
    var branches: [Branch] = []
    for station in net.places.indices where net.outgoing[station].count > 1 {
      let arcs = net.outgoing[station]
      let visits = arcs.reduce(0) { $0 + counts.passes[$1] }
      guard visits > 0 else {
        notices.append("no case came to \(net.name(of: station)); its p= are left as they are.")
        continue
      }
      let shares = millionths(arcs.map { counts.passes[$0] }, of: visits)
      for (arc, share) in zip(arcs, shares) {
        guard let edge = net.arcs[arc].edge else { continue }
        if counts.passes[arc] == 0 {
          notices.append("no case went from \(net.name(of: station)) by '\(net.label(ofEdge: edge))'; it gets p=0.")
        }
        edit.set(edge: edge, [("p", TimeSpan.trimmed(String(format: "%.6f", Double(share) / 1e6)))])
        branches.append(
          Branch(
            source: net.name(of: station), target: net.graph.nodes[net.graph.targets[edge]].id,
            label: net.graph.edges[edge].label, passes: counts.passes[arc], visits: visits,
            probability: Double(share) / 1e6,
            interval: SingleProportion.wilson(counts.passes[arc], of: visits, level: level)))
      }
    }
    return branches
  }

  /// Millionths that sum to a million: the largest remainders are rounded up.
  static func millionths(_ counts: [Int], of total: Int) -> [Int] {
    let exact = counts.map { Double($0) / Double(total) * 1e6 }
    var shares = exact.map { Int($0) }
    let missing = 1_000_000 - shares.reduce(0, +)
    let order = exact.indices.sorted { a, b in
      let (left, right) = (exact[a] - Double(shares[a]), exact[b] - Double(shares[b]))
      return left != right ? left > right : a < b
    }
    for index in order.prefix(max(0, missing)) { shares[index] += 1 }
    return shares
  }

  private static func times(_ totals: FlowTotals, _ edit: inout ModelTextEdit, _ notices: inout [String]) -> [Time] {
    let net = totals.table.net
    var times: [Time] = []
    var unknown: [String] = []
    for station in 0..<net.nodeCount where totals.table.isLogged[station] && station != net.start {
      let node = net.graph.nodes[station]
      let keys = totals.times(of: station)
      guard let fit = DurationFit(keys: keys) else {
        if totals.counts.visits[station] > 0 { unknown.append(node.id) }
        continue
      }
      // A wait is part of the time that was seen; an end takes none.
      if fit.law == .constant(0) || node.attributes["wait"] != nil { continue }
      edit.set(node: node.id, [("duration", fit.law.text)])
      times.append(Time(node: node.id, label: node.label, law: fit.law, times: fit.events, censored: fit.censored))
    }
    if !unknown.isEmpty {
      notices.append("too few times to fit \(unknown.joined(separator: ", ")); their duration= is left as it is.")
    }
    return times
  }
}
