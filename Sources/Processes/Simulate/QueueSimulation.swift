import Foundation
import Statistics
import Tables

/// Cases that share servers: events in the order of time, queues first come, first served.
///
/// A replication is one world and runs on one core; several run side by side. A job holds its server from the moment it is
/// taken; in closed hours work rests.
struct QueueSimulation {
  let simulation: Simulation
  private var plan: SimulationPlan { simulation.plan }
  private var model: ProcessModel { simulation.arms.base }

  init(_ simulation: Simulation) { self.simulation = simulation }

  func run(
    _ texts: EventLogWriter.Texts, log: ((UnsafeRawBufferPointer) throws -> Void)?
  ) throws -> SimulationResult {
    let threads = plan.threads ?? ProcessInfo.processInfo.activeProcessorCount
    let worlds = Slots<World?>(plan.replications, nil)
    let needsLog = log != nil
    Parallel.run(plan.replications, threads: threads) { replication in
      var world = World(simulation, replication: replication, recording: needsLog && replication == 0)
      world.run()
      worlds[replication] = world
    }
    var totals = [WalkTotals](repeating: WalkTotals(model.net), count: max(1, simulation.arms.names.count))
    var pools = model.pools.map { _ in PoolTotals() }
    for replication in 0..<plan.replications {
      guard let world = worlds[replication] else { continue }
      if let fault = world.fault { throw fault }
      for (group, own) in world.totals.enumerated() { totals[group].add(own) }
      for index in pools.indices { pools[index].add(world.pools[index].totals) }
      if replication == 0, let log { try write(world, texts, log) }
    }
    return simulation.result(totals, pools: zip(pools, model.pools).map { $0.summary($1) })
  }

  /// The log case by case, as models without servers have it.
  private func write(_ world: World, _ texts: EventLogWriter.Texts, _ log: (UnsafeRawBufferPointer) throws -> Void)
    throws
  {
    var starts = [Int](repeating: 0, count: plan.cases + 1)
    for row in world.rows { starts[row.number + 1] += 1 }
    for number in 0..<plan.cases { starts[number + 1] += starts[number] }
    var order = [Int32](repeating: 0, count: world.rows.count)
    var free = starts
    for (index, row) in world.rows.enumerated() {
      order[free[row.number]] = Int32(index)
      free[row.number] += 1
    }
    for first in stride(from: 0, to: plan.cases, by: 8_192) {
      var writer = EventLogWriter(texts)
      for number in first..<min(first + 8_192, plan.cases) {
        let unit = number / plan.casesPerUnit
        writer.begin(case: number, unit: unit, arm: simulation.arms.arm(ofUnit: unit))
        for index in order[starts[number]..<starts[number + 1]] {
          let row = world.rows[Int(index)]
          writer.visit(row.station, from: row.start, to: row.end)
        }
      }
      try writer.bytes.withUnsafeBytes(log)
    }
  }

  // MARK: - Pools

  struct PoolTotals: Sendable {
    var waits: [Double] = []
    var worked = 0.0
    var open = 0.0
    var longest = 0

    mutating func add(_ other: PoolTotals) {
      waits += other.waits
      worked += other.worked
      open += other.open
      longest = max(longest, other.longest)
    }

    func summary(_ pool: ProcessModel.Pool) -> SimulationResult.Pool {
      let sorted = SortedTimes.ascending(waits)
      let p95 = sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int((0.95 * Double(sorted.count)).rounded(.up)) - 1)]
      return .init(
        name: pool.name, servers: pool.servers, jobs: waits.count,
        meanWait: waits.isEmpty ? 0 : waits.reduce(0, +) / Double(waits.count), p95Wait: p95,
        utilisation: open > 0 ? worked / (open * Double(pool.servers)) : 0, longestQueue: longest)
    }
  }

  struct Pool: Sendable {
    var idle: Int
    let calendar: WorkCalendar?
    /// Waiting cases, the next one at `head`.
    var queue: [(number: Int, since: Double)] = []
    var head = 0
    var totals = PoolTotals()
  }

  // MARK: - One replication

  struct World: Sendable {
    struct Row: Sendable {
      let number: Int
      let station: Int
      let start: Double
      let end: Double
    }
    private struct Case: Sendable {
      var station: Int
      var step: UInt32 = 0
      var arm: Int?
      var isExposed: Bool
      var begun: Double
      var workStart = 0.0
      var cost = 0.0
    }

    let simulation: Simulation
    let replication: Int
    let isRecording: Bool
    var totals: [WalkTotals]
    var pools: [Pool]
    var rows: [Row] = []
    var fault: ProcessFault?
    private var cases: [Case] = []
    private var agenda = Agenda()
    private let generator: Philox4x32

    init(_ simulation: Simulation, replication: Int, recording: Bool) {
      let (model, plan) = (simulation.arms.base, simulation.plan)
      self.simulation = simulation
      self.replication = replication
      isRecording = recording
      totals = [WalkTotals](repeating: WalkTotals(model.net), count: max(1, simulation.arms.names.count))
      pools = model.pools.map { Pool(idle: $0.servers, calendar: WorkCalendar($0.hours, start: plan.start)) }
      generator = Philox4x32(seed: plan.seed)
      let arrivals = simulation.arrivals(replication: replication)
      cases = arrivals.enumerated().map { number, begun in
        Case(
          station: model.net.start, arm: simulation.arms.arm(ofUnit: number / plan.casesPerUnit),
          isExposed: !simulation.arms.hasSplit, begun: begun)
      }
      for (number, begun) in arrivals.enumerated() { agenda.add(begun, number, .enters) }
    }

    mutating func run() {
      var last = 0.0
      while fault == nil, let next = agenda.next() {
        last = next.time
        switch next.kind {
        case .enters: enter(next.number, next.time)
        case .finishes: finish(next.number, next.time)
        }
      }
      for index in pools.indices { pools[index].totals.open = pools[index].calendar?.openTime(until: last) ?? last }
    }

    /// A case comes to its station: it works at once, or waits for a server.
    private mutating func enter(_ number: Int, _ time: Double) {
      guard let pool = simulation.arms.base.pool[cases[number].station] else { return begin(number, time) }
      if pools[pool].idle > 0 {
        pools[pool].idle -= 1
        pools[pool].totals.waits.append(0)
        begin(number, time)
      } else {
        pools[pool].queue.append((number, time))
        pools[pool].totals.longest = max(pools[pool].totals.longest, pools[pool].queue.count - pools[pool].head)
      }
    }

    private mutating func begin(_ number: Int, _ time: Double) {
      let station = cases[number].station
      cases[number].workStart = time
      let work = table(number).withView { view in view.time(view.stations[station], block(number)) }
      guard let pool = simulation.arms.base.pool[station] else { return agenda.add(time + work, number, .finishes) }
      pools[pool].totals.worked += work
      agenda.add(pools[pool].calendar?.finish(work, from: time) ?? time + work, number, .finishes)
    }

    /// Work at a station is done: the server takes the next in the queue, the case goes on.
    private mutating func finish(_ number: Int, _ time: Double) {
      let station = cases[number].station
      let group = cases[number].arm ?? 0
      totals[group].visits[station] += 1
      cases[number].cost += simulation.arms.base.costs[station]
      if isRecording {
        rows.append(Row(number: number, station: station, start: cases[number].workStart, end: time))
      }
      if let pool = simulation.arms.base.pool[station] { release(pool, time) }
      guard let arc = leave(number) else {
        totals[group].ends[station] += 1
        totals[group].cases += 1
        totals[group].cost += cases[number].cost
        totals[group].times.append(time - cases[number].begun)
        return
      }
      totals[group].arcs[Int(arc.index)] += 1
      cases[number].station = Int(arc.target)
      cases[number].step += 1
      guard cases[number].step < Simulation.stepLimit else {
        fault = .endlessCase(limit: Simulation.stepLimit)
        return
      }
      enter(number, time)
    }

    private mutating func release(_ pool: Int, _ time: Double) {
      guard pools[pool].head < pools[pool].queue.count else {
        pools[pool].idle += 1
        return
      }
      let next = pools[pool].queue[pools[pool].head]
      pools[pool].head += 1
      if pools[pool].head > 1024, pools[pool].head * 2 > pools[pool].queue.count {
        pools[pool].queue.removeFirst(pools[pool].head)
        pools[pool].head = 0
      }
      pools[pool].totals.waits.append(time - next.since)
      begin(next.number, time)
    }

    /// The arc that a case takes from its station, nil at an end.
    private mutating func leave(_ number: Int) -> WalkTable.Arc? {
      let station = cases[number].station
      if simulation.arms.base.splits[station] != nil { cases[number].isExposed = true }
      let forced = cases[number].arm.flatMap { simulation.arms.forced[$0][station] }
      let block = block(number)
      return table(number).withView { view in
        let here = view.stations[station]
        guard here.arcCount > 0 else { return nil }
        if let forced { return view.arcs[Int(here.firstArc + forced)] }
        return view.arc(here, block)
      }
    }

    private func table(_ number: Int) -> WalkTable {
      guard let arm = cases[number].arm, cases[number].isExposed else { return simulation.arms.baseTable }
      return simulation.arms.tables[arm]
    }

    private func block(_ number: Int) -> SIMD4<UInt32> {
      let global = number + replication * simulation.plan.cases
      return generator.block(simulation.counter(global, step: cases[number].step, .walk))
    }
  }

  /// What happens next: a binary heap by time, then by the order in which things were put down.
  private struct Agenda: Sendable {
    enum Kind: Sendable { case enters, finishes }
    struct Entry: Sendable {
      let time: Double
      let order: Int
      let number: Int
      let kind: Kind
      func isBefore(_ other: Entry) -> Bool { time < other.time || (time == other.time && order < other.order) }
    }
    private var heap: [Entry] = []
    private var count = 0

    mutating func add(_ time: Double, _ number: Int, _ kind: Kind) {
      heap.append(Entry(time: time, order: count, number: number, kind: kind))
      count += 1
      var child = heap.count - 1
      while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
        heap.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
    }

    mutating func next() -> Entry? {
      guard let first = heap.first, let last = heap.popLast() else { return nil }
      guard !heap.isEmpty else { return first }
      heap[0] = last
      var parent = 0
      while true {
        var least = parent
        for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
          least = child
        }
        guard least != parent else { return first }
        heap.swapAt(parent, least)
        parent = least
      }
    }
  }
}
