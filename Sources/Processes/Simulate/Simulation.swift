import Allocation
import Foundation
import Statistics
import Tables
import Workflow

/// Cases sent through a model.
///
/// Every random number is named by (seed, case, step): the same plan gives the same log, byte for byte, for any number of
/// threads. Models without servers are walked case by case; with servers (`resources=`) cases queue, first come, first served.
public struct Simulation: Sendable {
  /// The most stations that a case may pass.
  package static let stepLimit = 1_000_000
  /// Cases that are walked and summed together; fixed, so that sums do not depend on threads.
  private static let chunk = 8_192

  let arms: ArmTables
  public let plan: SimulationPlan

  /// - Parameters:
  ///   - overrides: branch probabilities that replace the model's.
  ///   - folder: where files of `empirical(…)` are looked for.
  /// - Throws: `ProcessFault` if the model or the plan cannot be simulated, `AllocationFault` for wrong arms.
  public init(
    _ model: Model, _ plan: SimulationPlan, overrides: [BranchOverride] = [], folder: String = "."
  ) throws {
    try plan.validate()
    arms = try ArmTables(model, plan, overrides: overrides, folder: folder)
    self.plan = plan
  }

  /// Simulates.
  ///
  /// - Parameter log: gets the event log as CSV in pieces, in order; nil: no log is made, which is several times faster.
  /// - Throws: `ProcessFault.endlessCase`, and what `log` throws.
  public func run(log: ((UnsafeRawBufferPointer) throws -> Void)? = nil) throws -> SimulationResult {
    let texts = EventLogWriter.Texts(arms, plan)
    if let log { try texts.header.withUnsafeBytes(log) }
    if !arms.base.pools.isEmpty { return try QueueSimulation(self).run(texts, log: log) }
    return try walkAll(log == nil ? nil : texts, log)
  }

  // MARK: - Case by case

  private func walkAll(
    _ texts: EventLogWriter.Texts?, _ log: ((UnsafeRawBufferPointer) throws -> Void)?
  ) throws -> SimulationResult {
    let arrivals = texts == nil ? [] : self.arrivals(replication: 0)
    let chunks = (plan.cases + Self.chunk - 1) / Self.chunk
    let threads = plan.threads ?? ProcessInfo.processInfo.activeProcessorCount
    var totals = [WalkTotals](repeating: WalkTotals(arms.base.net), count: max(1, arms.names.count))
    // Without a log all at once; with one in waves, so that its memory is bounded.
    let wave = texts == nil ? chunks : threads * 4
    for first in stride(from: 0, to: chunks, by: max(wave, 1)) {
      let count = min(wave, chunks - first)
      let done = Slots<Chunk?>(count, nil)
      Parallel.run(count, threads: threads) { index in
        let start = (first + index) * Self.chunk
        done[index] = self.walk(start..<min(start + Self.chunk, plan.cases), arrivals, texts)
      }
      for index in 0..<count {
        guard let chunk = done[index] else { continue }
        if let fault = chunk.fault { throw fault }
        for (group, own) in chunk.totals.enumerated() { totals[group].add(own) }
        try chunk.log.withUnsafeBytes { bytes in try log?(bytes) }
      }
    }
    return result(totals, pools: [])
  }

  func result(_ totals: [WalkTotals], pools: [SimulationResult.Pool]) -> SimulationResult {
    let net = arms.base.net
    let groups = totals.enumerated().map { $1.group(arms.names.isEmpty ? nil : arms.names[$0], net) }
    return SimulationResult(
      seed: plan.seed, replications: arms.base.pools.isEmpty ? 1 : plan.replications, groups: groups, pools: pools)
  }

  /// Seconds after the start at which each case begins.
  func arrivals(replication: Int) -> [Double] {
    let generator = Philox4x32(seed: plan.seed)
    var time = 0.0
    return (0..<plan.cases).map { number in
      switch plan.arrivals {
      case .every(let gap): return Double(number) * gap
      case .random(let mean):
        let block = generator.block(counter(number, step: UInt32(replication), .arrival))
        time -= mean * log(Philox4x32.openUniform(block.x, block.y))
        return time
      }
    }
  }

  @inline(__always)
  func counter(_ number: Int, step: UInt32, _ stream: DrawStream) -> SIMD4<UInt32> {
    let bits = UInt64(truncatingIfNeeded: number)
    return SIMD4(
      UInt32(truncatingIfNeeded: bits), UInt32(truncatingIfNeeded: bits >> 32), step, stream.rawValue)
  }

  private struct Chunk {
    var totals: [WalkTotals]
    var log: [UInt8] = []
    var fault: ProcessFault?
  }

  private func walk(_ cases: Range<Int>, _ arrivals: [Double], _ texts: EventLogWriter.Texts?) -> Chunk {
    var chunk = Chunk(totals: [WalkTotals](repeating: WalkTotals(arms.base.net), count: max(1, arms.names.count)))
    var writer = texts.map(EventLogWriter.init)
    for group in chunk.totals.indices { chunk.totals[group].times.reserveCapacity(cases.count / chunk.totals.count) }
    arms.baseTable.withView { base in
      for number in cases {
        let unit = number / plan.casesPerUnit
        let arm = arms.arm(ofUnit: unit)
        writer?.begin(case: number, unit: unit, arm: arm)
        let begun = arrivals.isEmpty ? 0 : arrivals[number]
        let finished: Bool
        if let arm {
          finished = arms.tables[arm].withView { own in
            walk(number, begun, base, own, arms.forced[arm], &chunk.totals[arm], &writer)
          }
        } else {
          finished = walk(number, begun, base, base, [], &chunk.totals[0], &writer)
        }
        guard finished else {
          chunk.fault = .endlessCase(limit: Self.stepLimit)
          return
        }
      }
    }
    chunk.log = writer?.bytes ?? []
    return chunk
  }

  /// One case from the start to an end. False if it does not end.
  @inline(__always)
  private func walk(
    _ number: Int, _ begun: Double, _ base: WalkTable.View, _ own: WalkTable.View, _ forced: [Int32?],
    _ totals: inout WalkTotals, _ writer: inout EventLogWriter?
  ) -> Bool {
    let generator = Philox4x32(seed: plan.seed)
    var view = arms.hasSplit ? base : own
    var (station, time, cost) = (arms.base.net.start, begun, 0.0)
    for step in 0..<UInt32(Self.stepLimit) {
      let here = view.stations[station]
      let block = here.draws ? generator.block(counter(number, step: step, .walk)) : .zero
      let start = time
      time += view.time(here, block)
      cost += here.cost
      totals.visits[station] &+= 1
      writer?.visit(station, from: start, to: time)
      if here.arcCount == 0 {
        totals.ends[station] &+= 1
        totals.cases &+= 1
        totals.cost += cost
        totals.times.append(time - begun)
        return true
      }
      var arc = view.arc(here, block)
      if here.isSplit {
        view = own
        arc = view.arc(here, block)
        if !forced.isEmpty, let branch = forced[station] { arc = view.arcs[Int(here.firstArc + branch)] }
      }
      totals.arcs[Int(arc.index)] &+= 1
      station = Int(arc.target)
    }
    return false
  }
}

/// Work on several cores.
enum Parallel {
  static func run(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
    guard threads > 1, count > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    let workers = min(threads, count)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for index in stride(from: worker, to: count, by: workers) { body(index) }
    }
  }
}
