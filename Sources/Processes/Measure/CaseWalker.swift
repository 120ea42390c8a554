import Statistics

/// Walks the cases of some units and counts.
struct CaseWalker {
  /// What all walkers of a log share.
  struct Setting: Sendable {
    let log: EventLog
    let table: StepTable
    /// By name of the log: the stations that it can be.
    let stations: [[Int]]
    /// By arc: its place among the arcs of stations with a choice.
    let branchOf: [Int?]
    let branches: Int
    /// Milliseconds.
    let asOf: Int64
    let window: Int64?
    /// By cohort and variant; see `group`.
    let groups: Int
    let metrics: MetricTargets
    let unitValues: UnitValues
    let keepsSpent: Bool
  }
  struct Outcome: Sendable {
    var counts: [FlowCounts?]
    var deviations = DeviationCounts()
    var fitting = 0
    var explained = 0
    var duplicates = 0
    /// Units whose cases are in several variants; they count nowhere.
    var mixedUnits = 0
  }

  let setting: Setting
  private(set) var outcome: Outcome
  private var aligner: Aligner
  private var recorder: MetricRecorder
  private var net: ProcessNet { setting.table.net }
  // Of the unit.
  private var unitPasses: [Int32]
  private var unitVisits: [Int32]
  private var unitArcs: [Int] = []
  private var unitStations: [Int] = []
  // Of the case.
  private var caseVisits: [Int32]
  private var casePasses: [Int32]
  private var caseStations: [Int] = []
  private var caseArcs: [Int] = []
  private var moves: [(row: Int, move: Aligner.Move)] = []

  init(_ setting: Setting) {
    self.setting = setting
    outcome = Outcome(counts: [FlowCounts?](repeating: nil, count: setting.groups))
    aligner = Aligner(setting.table)
    recorder = MetricRecorder(setting.metrics)
    let net = setting.table.net
    unitPasses = [Int32](repeating: 0, count: net.arcs.count)
    unitVisits = [Int32](repeating: 0, count: net.places.count)
    caseVisits = unitVisits
    casePasses = unitPasses
  }

  /// All cases of one unit.
  mutating func walk(unit: Int, _ cases: some Sequence<Int>) {
    let log = setting.log
    var group: Int?
    var isMixed = false
    for number in cases {
      let own = self.group(of: number)
      // A unit belongs to one variant; its first case names the cohort.
      if let group, log.variants.count > 1, own % (log.variants.count + 1) != group % (log.variants.count + 1) {
        isMixed = true
      }
      group = group ?? own
    }
    guard let group else { return }
    if isMixed { outcome.mixedUnits += 1 }
    if outcome.counts[group] == nil { outcome.counts[group] = FlowCounts(net, branches: setting.branches) }
    guard var counts = outcome.counts[group].take() else { return }
    if !isMixed {
      recorder.begin()
      for number in cases { walk(case: number, &counts) }
      counts.units += 1
      setting.unitValues.take(recorder.finish(asOf: setting.asOf, window: setting.window), unit: unit, group: group)
      closeUnit(&counts)
    }
    outcome.counts[group] = consume counts
  }

  /// Cohort (0: none) · (variants + 1) + variant (0: none).
  private func group(of number: Int) -> Int {
    (Int(setting.log.cohort[number]) + 1) * (setting.log.variants.count + 1) + Int(setting.log.variant[number]) + 1
  }

  // MARK: - A case

  private mutating func walk(case number: Int, _ counts: inout FlowCounts) {
    let log = setting.log
    let rows = log.starts[number]..<log.starts[number + 1]
    moves.removeAll(keepingCapacity: true)
    aligner.begin()
    counts.cases += 1
    var unknown = false
    var begun: (station: Int, time: Int64)?
    var previous = (event: Int32(-1), time: Int64.min)
    for row in rows {
      let event = log.events[row]
      let stations = setting.stations[Int(event)]
      if !log.steps.isEmpty, log.steps[row] == .start {
        if let station = stations.first { begun = (station, log.times[row]) }
        continue
      }
      if event == previous.event, log.times[row] == previous.time, !mayRepeat(stations) {
        outcome.duplicates += 1
        continue
      }
      previous = (event, log.times[row])
      guard !stations.isEmpty else {
        outcome.deviations.add(.unknownEvent, Int(event), case: number)
        unknown = true
        continue
      }
      if let start = begun, start.station == stations[0] {
        counts.work[start.station].append(
          KaplanMeierQuantiles.key(milliseconds: log.times[row] - start.time, censored: false))
        begun = nil
      }
      aligner.take(row, stations) { moves.append(($0, $1)) }
    }
    if let begun {
      counts.work[begun.station].append(
        KaplanMeierQuantiles.key(milliseconds: setting.asOf - begun.time, censored: true))
    }
    let end = aligner.finish { moves.append(($0, $1)) }
    if end.cost == 0, !unknown { outcome.fitting += 1 }
    replay(number, end.position, &counts)
    closeCase(&counts)
  }

  private func mayRepeat(_ stations: [Int]) -> Bool {
    stations.contains { station in
      setting.table.way(from: station, to: station).map { setting.table.ways[$0].cost == 0 } ?? false
    }
  }

  /// The certain walk: what was entered, passed and left, and when.
  private mutating func replay(_ number: Int, _ position: Int, _ counts: inout FlowCounts) {
    let log = setting.log
    var last: (station: Int, time: Int64)?
    var first: Int64?
    for (row, move) in moves {
      let time = log.times[row]
      let target: Int
      var isDirect = false
      switch move {
      case .insertion(let station):
        let stations = setting.stations[Int(log.events[row])]
        outcome.deviations.add(.wrongOrder, stations.first ?? station, case: number)
        continue
      case .jump(let from, let to):
        outcome.deviations.add(.forbiddenJump, from, to, case: number)
        if from != setting.table.origin { counts.jumpedFrom[from] += 1 }
        counts.jumpedTo[to] += 1
        leave(from)
        enter(to, time, &counts)
        target = to
      case .way(let index):
        let way = setting.table.ways[index]
        if let skipped = way.skipped { outcome.deviations.add(.skip, skipped, case: number) }
        pass(way, time, &counts)
        outcome.explained += 1
        isDirect = way.skipped == nil
        target = way.stations[way.stations.count - 1]
      }
      if let last {
        counts.dwell[last.station].append(
          KaplanMeierQuantiles.key(milliseconds: time - last.time, censored: false))
        if setting.keepsSpent, isDirect {
          counts.spent[target].append(KaplanMeierQuantiles.key(milliseconds: time - last.time, censored: false))
        }
      }
      first = first ?? time
      last = (target, time)
    }
    finish(position, first, last, &counts)
  }

  private mutating func pass(_ way: StepTable.Way, _ time: Int64, _ counts: inout FlowCounts) {
    for station in way.stations { enter(station, time, &counts) }
    for arc in way.arcs {
      counts.passes[arc] &+= 1
      if casePasses[arc] == 0 { caseArcs.append(arc) }
      casePasses[arc] &+= 1
      recorder.pass(arc, time)
      leave(net.arcs[arc].source)
    }
  }

  private mutating func enter(_ station: Int, _ time: Int64, _ counts: inout FlowCounts) {
    counts.visits[station] &+= 1
    if caseVisits[station] == 0 { caseStations.append(station) }
    caseVisits[station] &+= 1
    recorder.enter(station, time)
  }

  /// The visit's next step is known.
  private mutating func leave(_ station: Int) {
    guard station != setting.table.origin else { return }
    if unitVisits[station] == 0 { unitStations.append(station) }
    unitVisits[station] &+= 1
  }

  /// Where the case stands at the end of observation.
  private mutating func finish(
    _ position: Int, _ first: Int64?, _ last: (station: Int, time: Int64)?, _ counts: inout FlowCounts
  ) {
    guard let first, let last else { return }
    let hasEnded: Bool
    if let way = setting.table.settled[position] {
      pass(way, last.time, &counts)
      counts.ended[way.stations[way.stations.count - 1]] += 1
      hasEnded = true
    } else if setting.table.isFinal(position) {
      counts.ended[position] += 1
      hasEnded = true
    } else {
      hasEnded = false
      let idle = setting.asOf - last.time
      let key = KaplanMeierQuantiles.key(milliseconds: idle, censored: true)
      counts.dwell[position].append(key)
      if setting.keepsSpent, let next = setting.table.onlyNext[position] { counts.spent[next].append(key) }
      if let window = setting.window, setting.asOf - first > window {
        counts.dropped[position] += 1
        leave(position)
      } else {
        counts.open[position] += 1
      }
    }
    counts.cycle.append(
      KaplanMeierQuantiles.key(milliseconds: (hasEnded ? last.time : setting.asOf) - first, censored: !hasEnded))
  }

  private mutating func closeCase(_ counts: inout FlowCounts) {
    for station in caseStations {
      counts.visitedCases[station] &+= 1
      if caseVisits[station] > 1 { counts.reworkedCases[station] &+= 1 }
      caseVisits[station] = 0
    }
    for arc in caseArcs {
      counts.passedCases[arc] &+= 1
      if unitPasses[arc] == 0 { unitArcs.append(arc) }
      unitPasses[arc] &+= casePasses[arc]
      casePasses[arc] = 0
    }
    caseStations.removeAll(keepingCapacity: true)
    caseArcs.removeAll(keepingCapacity: true)
  }

  /// Sums of squares and products over units, from which variances come.
  private mutating func closeUnit(_ counts: inout FlowCounts) {
    for arc in unitArcs {
      let passes = Double(unitPasses[arc])
      counts.passesSquared[arc] += passes * passes
      counts.passesTimesVisits[arc] += passes * Double(unitVisits[net.arcs[arc].source])
      guard let row = setting.branchOf[arc] else { continue }
      for other in unitArcs {
        guard let column = setting.branchOf[other], column >= row else { continue }
        counts.products[row &* setting.branches &+ column] += passes * Double(unitPasses[other])
      }
    }
    for station in unitStations {
      counts.visitsSquared[station] += Double(unitVisits[station]) * Double(unitVisits[station])
      unitVisits[station] = 0
    }
    for arc in unitArcs { unitPasses[arc] = 0 }
    unitArcs.removeAll(keepingCapacity: true)
    unitStations.removeAll(keepingCapacity: true)
  }
}
