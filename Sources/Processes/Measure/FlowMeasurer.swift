import Basics
import Foundation
import Statistics
import Tables
import Workflow

/// Measures an event log against a model: one pass over the cases, all groups at once, on all cores.
public struct FlowMeasurer: Sendable {
  public let model: Model
  public let plan: MeasurePlan
  private static let groupLimit = 2_000

  public init(_ model: Model, _ plan: MeasurePlan = MeasurePlan()) { (self.model, self.plan) = (model, plan) }

  /// - Throws: `TableFault` if the log cannot be read, `ProcessFault` if the model cannot be measured against.
  public func measure(_ paths: [String], options: TableOptions = TableOptions()) throws -> FlowMeasurement {
    try outcome(EventLogReader(plan, options: options).read(paths)).measurement
  }

  package struct Outcome: Sendable {
    package let measurement: FlowMeasurement
    package let units: UnitTable
    /// For fitting: all counts, and the table by which they were made.
    package let counts: FlowTotals
  }

  /// - Parameter keepsTimes: also keep how long each station took, for fitting.
  package func outcome(_ log: EventLog, keepsTimes: Bool = false) throws -> Outcome {
    let net = try ProcessNet(unchecked: model)
    let table = try StepTable(net, logged: logged(net, log))
    let branchArcs = net.places.indices.filter { net.outgoing[$0].count > 1 }.flatMap { net.outgoing[$0] }
    var branchOf = [Int?](repeating: nil, count: net.arcs.count)
    for (place, arc) in branchArcs.enumerated() { branchOf[arc] = place }
    let metrics = try FlowMetric.all(in: net)
    let groups = (log.cohorts.count + 1) * (log.variants.count + 1)
    guard groups <= Self.groupLimit else {
      throw ProcessFault.badSetting(
        name: "groups", expected: "at most \(Self.groupLimit) of variant and cohort together", found: "\(groups)")
    }
    let units = log.unit == nil ? log.cases : log.units
    let values = UnitValues(units: units, isNeeded: !metrics.isEmpty)
    let asOf = plan.asOf.map { Int64($0 * 1000) } ?? log.times.max() ?? 0
    let setting = CaseWalker.Setting(
      log: log, table: table, stations: stations(log, table), branchOf: branchOf, branches: branchArcs.count,
      asOf: asOf, window: plan.window.map { Int64($0 * 1000) }, groups: groups,
      metrics: MetricTargets(net, metrics, experiment: plan.experiment), unitValues: values,
      keepsSpent: keepsTimes)
    let order = UnitOrder(log)
    let total = walk(setting, order)
    let comparison = try compare(total, log, net, branchArcs)
    let measurement = FlowMeasurement(
      model: model.title ?? model.id ?? "", quality: log.quality, files: log.files, cases: log.cases, units: units,
      isClustered: units < log.cases, mixedUnits: total.mixedUnits, asOf: Double(asOf) / 1000, window: plan.window,
      level: plan.level.level, groups: summaries(total, log, table), conformance: conformance(total, log, table),
      comparison: comparison, notices: notices(net, table, log, total))
    let all = sum(total, total.counts.indices, net, branchArcs.count) ?? FlowCounts(net, branches: branchArcs.count)
    return Outcome(
      measurement: measurement, units: UnitTable(values, log, order, metrics),
      counts: FlowTotals(counts: all, table: table))
  }

  // MARK: - Events and stations

  /// A start or an end whose event is never in the log is taken as silent; a node whose id is in the log is not silent.
  private func logged(_ net: ProcessNet, _ log: EventLog) -> [Bool] {
    let nodes = Set(log.names.filter(\.isNode).map(\.text))
    let events = Set(log.names.filter { !$0.isNode }.map(\.text))
    return net.places.indices.map { station in
      if nodes.contains(net.name(of: station)) { return true }
      guard let event = net.events[station] else { return false }
      let isTerminal = station == net.start || net.isEnd(station)
      return !isTerminal || events.contains(event)
    }
  }

  private func stations(_ log: EventLog, _ table: StepTable) -> [[Int]] {
    var (byEvent, byNode): ([String: [Int]], [String: [Int]]) = ([:], [:])
    for station in table.net.places.indices where table.isLogged[station] {
      byNode[table.net.name(of: station), default: []].append(station)
      if let event = table.net.events[station] { byEvent[event, default: []].append(station) }
    }
    return log.names.map { name in (name.isNode ? byNode : byEvent)[name.text] ?? [] }
  }

  // MARK: - The pass

  private func walk(_ setting: CaseWalker.Setting, _ order: UnitOrder) -> CaseWalker.Outcome {
    let parts = order.parts(cases: 16_384)
    let outcomes = Slots<CaseWalker.Outcome?>(parts.count, nil)
    let threads = plan.threads ?? ProcessInfo.processInfo.activeProcessorCount
    Parallel.run(parts.count, threads: threads) { index in
      var walker = CaseWalker(setting)
      for unit in parts[index] { walker.walk(unit: unit, order.cases(of: unit)) }
      outcomes[index] = walker.outcome
    }
    var total = CaseWalker.Outcome(counts: [FlowCounts?](repeating: nil, count: setting.groups))
    for index in parts.indices {
      guard let part = outcomes[index] else { continue }
      for (group, counts) in part.counts.enumerated() {
        guard let counts else { continue }
        guard var sum = total.counts[group].take() else {
          total.counts[group] = counts
          continue
        }
        sum.add(counts)
        total.counts[group] = consume sum
      }
      total.deviations.merge(part.deviations)
      total.fitting += part.fitting
      total.explained += part.explained
      total.duplicates += part.duplicates
      total.mixedUnits += part.mixedUnits
      outcomes[index] = nil
    }
    return total
  }

  // MARK: - Views of the counts

  private func sum(_ total: CaseWalker.Outcome, _ indices: some Sequence<Int>, _ net: ProcessNet, _ branches: Int)
    -> FlowCounts?
  {
    var sum: FlowCounts?
    for index in indices {
      guard let counts = total.counts[index] else { continue }
      guard var own = sum.take() else {
        sum = counts
        continue
      }
      own.add(counts)
      sum = consume own
    }
    return sum
  }

  private func summaries(_ total: CaseWalker.Outcome, _ log: EventLog, _ table: StepTable) -> [FlowMeasurement.Group] {
    let (variants, cohorts) = (log.variants.count + 1, log.cohorts.count + 1)
    var wanted: [(variant: String?, cohort: String?, indices: [Int])] = [(nil, nil, Array(total.counts.indices))]
    for variant in sortedVariants(log) {
      wanted.append((log.variants[variant], nil, (0..<cohorts).map { $0 * variants + variant + 1 }))
    }
    for cohort in log.cohorts.indices {
      wanted.append((nil, log.cohorts[cohort], (0..<variants).map { (cohort + 1) * variants + $0 }))
    }
    if !log.variants.isEmpty {
      for cohort in log.cohorts.indices {
        for variant in sortedVariants(log) {
          wanted.append((log.variants[variant], log.cohorts[cohort], [(cohort + 1) * variants + variant + 1]))
        }
      }
    }
    let groups = wanted
    let found = Slots<FlowMeasurement.Group?>(groups.count, nil)
    let branches = table.net.places.indices.reduce(0) {
      $0 + (table.net.outgoing[$1].count > 1 ? table.net.outgoing[$1].count : 0)
    }
    Parallel.run(groups.count, threads: plan.threads ?? ProcessInfo.processInfo.activeProcessorCount) { index in
      let group = groups[index]
      guard let counts = sum(total, group.indices, table.net, branches) else { return }
      found[index] = counts.group(group.variant, group.cohort, table, level: plan.level)
    }
    return groups.indices.compactMap { found[$0] }
  }

  private func sortedVariants(_ log: EventLog) -> [Int] {
    log.variants.indices.sorted { a, b in
      if log.variants[a] == plan.control { return true }
      return log.variants[b] != plan.control && log.variants[a] < log.variants[b]
    }
  }

  private func compare(
    _ total: CaseWalker.Outcome, _ log: EventLog, _ net: ProcessNet, _ branchArcs: [Int]
  ) throws(ProcessFault) -> VariantComparison? {
    if let control = plan.control, !log.variants.contains(control) {
      throw .badSetting(
        name: "control", expected: "one of \(log.variants.sorted().joined(separator: ", "))", found: "'\(control)'")
    }
    guard log.variants.count > 1 else { return nil }
    let variants = log.variants.count + 1
    let arms = sortedVariants(log).compactMap { variant -> VariantComparison.Arm? in
      let indices = (0...log.cohorts.count).map { $0 * variants + variant + 1 }
      return sum(total, indices, net, branchArcs.count).map { .init(name: log.variants[variant], counts: $0) }
    }
    guard arms.count > 1 else { return nil }
    let control = arms.first { $0.name == plan.control } ?? arms.first { $0.name == "control" } ?? arms[0]
    return VariantComparison(
      control, arms.filter { $0.name != control.name }, net, branchArcs: branchArcs, level: plan.level)
  }

  private func conformance(_ total: CaseWalker.Outcome, _ log: EventLog, _ table: StepTable) -> Conformance {
    let names = table.ambiguities.map { pair in
      (pair.source == table.origin ? "(beginning)" : table.net.name(of: pair.source)) + " -> "
        + table.net.name(of: pair.target)
    }
    return Conformance(
      cases: log.cases, fittingCases: total.fitting, events: log.events.count, explainedEvents: total.explained,
      duplicates: total.duplicates, deviations: total.deviations.deviations(table, log), ambiguities: names)
  }

  private func notices(_ net: ProcessNet, _ table: StepTable, _ log: EventLog, _ total: CaseWalker.Outcome) -> [String]
  {
    var notices: [String] = []
    let silent = net.places.indices.filter { net.events[$0] != nil && !table.isLogged[$0] }
    if !silent.isEmpty {
      notices.append("no event of \(silent.map(net.name(of:)).joined(separator: ", ")) is in the log; taken as silent.")
    }
    if log.quality.outOfOrder > 0 {
      notices.append("\(log.quality.outOfOrder) rows were earlier than the row before in their case; put in order.")
    }
    if total.duplicates > 0 {
      notices.append("\(total.duplicates) rows repeated the row before in case, event and time; left out.")
    }
    if log.quality.otherLifecycle > 0 {
      notices.append("\(log.quality.otherLifecycle) rows of another lifecycle than start and complete; passed over.")
    }
    if log.quality.mixedVariants > 0 {
      notices.append("\(log.quality.mixedVariants) rows name another variant than their case's first.")
    }
    if total.mixedUnits > 0 { notices.append("\(total.mixedUnits) units have cases in several variants; left out.") }
    return notices
  }
}

/// The cases of each unit.
struct UnitOrder: Sendable {
  private let starts: [Int]
  private let order: [Int32]
  private let count: Int

  init(_ log: EventLog) {
    guard let unit = log.unit else {
      (starts, order, count) = ([], [], log.cases)
      return
    }
    var free = [Int](repeating: 0, count: log.units + 1)
    for unit in unit { free[Int(unit) + 1] += 1 }
    for index in 0..<log.units { free[index + 1] += free[index] }
    starts = free
    var order = [Int32](repeating: 0, count: unit.count)
    for (number, unit) in unit.enumerated() {
      order[free[Int(unit)]] = Int32(number)
      free[Int(unit)] += 1
    }
    (self.order, count) = (order, log.units)
  }

  var units: Int { count }

  func cases(of unit: Int) -> [Int] {
    starts.isEmpty ? [unit] : order[starts[unit]..<starts[unit + 1]].map(Int.init)
  }

  /// Ranges of units with about so many cases.
  func parts(cases: Int) -> [Range<Int>] {
    guard !starts.isEmpty else {
      return stride(from: 0, to: count, by: cases).map { $0..<min($0 + cases, count) }
    }
    var parts: [Range<Int>] = []
    var first = 0
    for unit in 0..<count where starts[unit + 1] - starts[first] >= cases || unit == count - 1 {
      parts.append(first..<unit + 1)
      first = unit + 1
    }
    return parts
  }
}
