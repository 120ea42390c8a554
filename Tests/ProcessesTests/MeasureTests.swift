import Foundation
import Processes
import Statistics
import Tables
import TestSupport
import Testing
import Workflow

/// A log as text, measured.
func measured(_ csv: String, _ model: Model, _ plan: MeasurePlan = MeasurePlan()) throws -> FlowMeasurement {
  let source = try TableSource(files: [TableFile(name: "log.csv", bytes: Array(csv.utf8))])
  return try FlowMeasurer(model, plan).outcome(EventLogReader(plan).read(source)).measurement
}

func simulated(_ model: Model, _ plan: SimulationPlan) throws -> EventLog {
  var bytes: [UInt8] = []
  _ = try Simulation(model, plan).run { bytes += $0 }
  return try EventLogReader(MeasurePlan()).read(TableSource(files: [TableFile(name: "log.csv", bytes: bytes)]))
}

@Suite struct MeasureTests {
  /// a -> b -> c? -> d, and back from c to b; c is silent.
  static let model = lane(
    """
    n1: circle label:"a"
    n2: rectangle label:"b"
    n3: diamond label:"c?"
    n4: circle label:"d"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left)
    n3.handle(right) -> n4.handle(left) [label="Yes"]
    n3.handle(top) -> n2.handle(top) [label="No"]
    """)

  private func log(_ rows: [String]) -> String {
    "case_id,event,timestamp\n"
      + rows.map { row in
        let parts = row.split(separator: " ")
        return "\(parts[0]),\(parts[1]),2026-01-05T00:00:\(parts[2])Z\n"
      }.joined()
  }

  /// Three cases: one goes straight, one goes round twice, one stands at b. Of the visits of c? two left by Yes, two by No, and
  /// none stands there, for the open case is counted at b.
  @Test func countsByHand() throws {
    let found = try measured(
      log(["1 a 00", "1 b 02", "1 d 05", "2 a 00", "2 b 01", "2 b 02", "2 b 03", "2 d 10", "3 a 00", "3 b 20"]),
      Self.model)
    let all = try #require(found.groups.first)
    #expect(all.cases == 3 && all.open == 1 && all.ends.map(\.cases) == [2])
    #expect(all.nodes.map(\.visits) == [3, 5, 4, 2])
    #expect(all.nodes.map(\.reworked) == [0, 1, 1, 0])
    #expect(all.edges.map(\.passes) == [3, 4, 2, 2])
    #expect(all.edges.map(\.rate) == [1, 1, 0.5, 0.5])
    #expect(all.edges[1].open == 1)
    // Case 2 has visits 3, passes by Yes 1; case 1 has 1 and 1: sum (x - n/2)² = 1/4 + 1/4; two cases and the open one, so
    // 3/2 · 0.5 / (4 · 1/4) = 0.75, which is no less than 1.
    #expect(all.edges[2].designEffect == 1)
    #expect(all.edges[2].interval == SingleProportion.wilson(2, of: 4))
    #expect(found.conformance.fittingCases == 3 && found.conformance.deviations.isEmpty)
    // Cycle times 5 s and 10 s, and 20 s censored: at 5 s one of three, at 10 s one of two: S = 1/3.
    #expect(all.cycle.median.estimate == 10 && all.cycle.censored == 1)
    // After b: 3, 1, 1, 7 s, and 0 s censored.
    #expect(all.nodes[1].dwell?.events == 4 && all.nodes[1].dwell?.censored == 1)
  }

  @Test func eachDeviationWithCountAndExample() throws {
    let found = try measured(
      log([
        "1 a 00", "1 x 01", "1 b 02", "1 d 03",  // x is unknown
        "2 a 00", "2 d 03",  // b was skipped
        "3 a 00", "3 b 01", "3 d 02", "3 b 03",  // b behind the end
        "4 a 00", "4 a 01", "4 b 02", "4 d 03",  // a again
        "5 a 00", "5 b 01", "5 d 02", "5 x 03", "5 x 04",
      ]), Self.model)
    let deviations = found.conformance.deviations
    #expect(
      deviations.map { "\($0.kind.rawValue) \($0.what) \($0.count) \($0.cases) \($0.example)" }
        == [
          "unknown-event x 3 2 1", "wrong-order a 1 1 4", "wrong-order b 1 1 3", "skip b 1 1 2",
        ].sorted {
          ($0.hasPrefix("unknown") ? 0 : 1, $0.hasPrefix("skip") ? 0 : 1, $0) < (
            $1.hasPrefix("unknown") ? 0 : 1, $1.hasPrefix("skip") ? 0 : 1, $1
          )
        })
    #expect(found.conformance.fittingCases == 0)
    #expect(found.groups[0].ends[0].cases == 5)
  }

  @Test("a healthy login finds the defect of the seed's model, and nothing else")
  func theDefectFromData() throws {
    let healthy = try #require(BuiltInModels.model(named: "oauth_fixed"))
    var plan = SimulationPlan()
    plan.cases = 2_000
    let log = try simulated(healthy, plan)
    let seed = try #require(BuiltInModels.model(named: "oauth"))
    let found = try FlowMeasurer(seed, MeasurePlan()).outcome(log).measurement.conformance
    #expect(found.deviations.allSatisfy { $0.kind == .forbiddenJump })
    // n3 -> n14 is seen by what follows the silent n14: a code (n15) or an error (n16).
    #expect(Set(found.deviations.map { $0.nodes.joined(separator: " ") }) == ["n8 n12", "n3 n15", "n3 n16"])
    #expect(found.fittingCases == 0)
    #expect(try FlowMeasurer(healthy, MeasurePlan()).outcome(log).measurement.conformance.fittingCases == 2_000)
  }

  @Test("what was simulated is measured", arguments: ModelGolden.all)
  func roundTrip(_ golden: ModelGolden) throws {
    let model = try golden.model()
    var plan = SimulationPlan()
    plan.cases = 20_000
    let log = try simulated(model, plan)
    let found = try FlowMeasurer(model, MeasurePlan()).outcome(log).measurement
    let result = try #require(try Simulation(model, plan).run().groups.first)
    #expect(found.conformance.fittingCases == plan.cases && found.conformance.ambiguities.isEmpty)
    let all = try #require(found.groups.first)
    #expect(all.nodes.map(\.visits) == result.nodes.map(\.visits))
    #expect(all.edges.map(\.passes) == result.edges.map(\.passes))
    #expect(all.ends.map(\.cases) == result.ends.map(\.cases))
    // Without censoring the product-limit median is the sample's; times are logged to the millisecond.
    expectClose(try #require(all.cycle.median.estimate), result.time.p50, relative: 1e-3, absolute: 0.002)
  }

  @Test func theSameForAnyNumberOfThreadsAndChunks() throws {
    let model = try #require(BuiltInModels.model(named: "billing_dispute"))
    var plan = SimulationPlan()
    plan.cases = 40_000
    plan.casesPerUnit = 3
    plan.observed = 30 * 86_400
    plan.arms = [.init("control"), .init("treatment")]
    var bytes: [UInt8] = []
    _ = try Simulation(model, plan).run { bytes += $0 }
    func measure(_ threads: Int, _ chunk: Int) throws -> FlowMeasurement {
      var options = TableOptions()
      options.chunkBytes = chunk
      options.threads = threads
      var measure = MeasurePlan()
      measure.threads = threads
      measure.cohort = .start(.week)
      let source = try TableSource(files: [TableFile(name: "log.csv", bytes: bytes)], options: options)
      return try FlowMeasurer(model, measure).outcome(EventLogReader(measure, options: options).read(source))
        .measurement
    }
    let one = try measure(1, 1 << 30)
    let two = try measure(2, 70_000)
    #expect(one.groups == two.groups && one.comparison == two.comparison && one.conformance == two.conformance)
    #expect(one.isClustered && one.groups.count > 6 && one.groups[0].open > 0)
    // Groups add up.
    let byVariant = one.groups.filter { $0.variant != nil && $0.cohort == nil }
    #expect(byVariant.reduce(0) { $0 + $1.cases } == one.groups[0].cases)
  }

  @Test func rowsInAnyOrder() throws {
    let ordered = log(["1 a 00", "1 b 02", "1 d 05", "2 a 01", "2 b 03", "2 d 04"])
    let mixed = log(["2 d 04", "1 d 05", "2 a 01", "1 b 02", "1 a 00", "2 b 03"])
    let (one, two) = (try measured(ordered, Self.model), try measured(mixed, Self.model))
    #expect(one.groups == two.groups)
    #expect(two.quality.outOfOrder == 3)
    #expect(two.notices == ["3 rows were earlier than the row before in their case; put in order."])
  }

  @Test func repeatedRows() throws {
    let found = try measured(log(["1 a 00", "1 a 00", "1 b 02", "1 b 02", "1 d 05", "1 d 05"]), Self.model)
    // b may follow b, so its repetition stays.
    #expect(found.conformance.duplicates == 2 && found.conformance.fittingCases == 1)
    #expect(found.groups[0].nodes.map(\.visits) == [1, 2, 2, 1])
  }

  @Test func aStartThatIsNeverLoggedIsSilent() throws {
    let found = try measured(log(["1 b 02", "1 d 05", "2 b 02"]), Self.model)
    #expect(found.conformance.fittingCases == 2)
    #expect(found.groups[0].nodes.map(\.visits) == [2, 2, 1, 1])
    #expect(found.notices == ["no event of n1 is in the log; taken as silent."])
  }

  @Test func lifecycleGivesWorkingTimes() throws {
    let csv = """
      case_id,event,timestamp,lifecycle
      1,a,2026-01-05T00:00:00Z,complete
      1,b,2026-01-05T00:00:10Z,start
      1,b,2026-01-05T00:00:14.500Z,complete
      1,b,2026-01-05T00:00:20Z,suspend
      1,d,2026-01-05T00:01:00Z,
      2,a,2026-01-05T00:00:00Z,complete
      2,b,2026-01-05T00:00:50Z,start

      """
    let found = try measured(csv, Self.model)
    let work = try #require(found.groups[0].nodes[1].work)
    #expect(work.events == 1 && work.censored == 1 && work.median.estimate == 7.25)
    #expect(found.quality.otherLifecycle == 1 && found.groups[0].open == 1)
  }

  @Test func droppedAfterTheWindow() throws {
    var plan = MeasurePlan()
    plan.window = 10
    let found = try measured(
      log(["1 a 00", "1 b 02", "2 a 30", "2 b 35", "3 a 20", "3 b 25", "3 d 26"]), Self.model, plan)
    let all = found.groups[0]
    #expect(all.dropped == 1 && all.open == 1 && all.ends[0].cases == 1)
    #expect(all.ends[0].share == 0.5)
    // Of the visits of b one went on, one was dropped, one still stands.
    #expect(all.edges[1].rate == 0.5)
  }

  // MARK: - Bad input

  private func sentence(_ csv: String, _ plan: MeasurePlan = MeasurePlan()) -> String {
    do {
      _ = try measured(csv, Self.model, plan)
      return "none"
    } catch { return "\(error)" }
  }

  @Test func badLogs() {
    #expect(
      sentence("case,event,timestamp\n1,a,2026-01-05\n")
        == "log.csv:1:1: no column 'case_id'. The columns are 'case', 'event', 'timestamp'.")
    #expect(
      sentence("case_id,event,timestamp\n1,a,yesterday\n")
        == "log.csv:2:5: column 'timestamp' expects a date or time such as 2026-11-23 or 2026-11-23T14:05:00Z, found 'yesterday'."
    )
    #expect(
      sentence("case_id,event,timestamp\n,a,2026-01-05\n")
        == "log.csv:2:1: column 'case_id' is empty here; it needs a value in every row.")
    #expect(
      sentence("case_id,event,timestamp\n1,,2026-01-05\n")
        == "log.csv:2:3: column 'event' is empty here; it needs a value in every row.")
    #expect(sentence("case_id,event,timestamp\n") == "log.csv:1:1: there is a header but no row. Is the export whole?")
    var plan = MeasurePlan()
    plan.timeZone = "Mars"
    #expect(
      sentence("case_id,event,timestamp\n1,a,2026-01-05\n", plan)
        == "time zone: expected an IANA name such as Europe/Berlin, found Mars.")
    plan = MeasurePlan()
    plan.control = "A"
    #expect(
      sentence("case_id,event,timestamp,variant\n1,a,2026-01-05,B\n2,a,2026-01-05,C\n", plan)
        == "control: expected one of B, C, found 'A'.")
  }

  /// Random bytes in the place of rows: a sentence or a measurement, never a trap.
  @Test func damagedLogsNeverTrap() throws {
    var generator = SeededGenerator(seed: 3)
    let whole = Array(log((0..<40).map { "\($0 / 4) \(["a", "b", "b", "d"][$0 % 4]) \(10 + $0 % 40)" }).utf8)
    for _ in 0..<3_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: at)
        default: bytes.insert(UInt8.random(in: 0...127, using: &generator), at: at)
        }
      }
      var plan = MeasurePlan()
      plan.allowedBadRows = 1
      plan.cohort = .start(.month)
      let source = try? TableSource(files: [TableFile(name: "log.csv", bytes: bytes)])
      guard let source, let log = try? EventLogReader(plan).read(source) else { continue }
      _ = try FlowMeasurer(Self.model, plan).outcome(log)
    }
  }
}

@Suite struct KaplanMeierQuantilesTests {
  /// The room's own product-limit estimate, itself held to R, on random times with ties and censoring.
  @Test func theMedianAgreesWithKaplanMeier() throws {
    var generator = SeededGenerator(seed: 5)
    for size in [1, 2, 3, 4, 8, 50, 400, 5_000] {
      for _ in 0..<40 {
        let times = (0..<size).map { _ in Int64(generator.exponential() * (size > 20 ? 20_000 : 5)) * 1000 }
        let events = times.map { _ in generator.uniform() < 0.7 }
        let curve = KaplanMeier(try SurvivalData(time: times.map { Double($0) / 1000 }, event: events))
        let keys = zip(times, events).map { KaplanMeierQuantiles.key(milliseconds: $0, censored: !$1) }
        let found = KaplanMeierQuantiles(keys: keys, level: .ninetyFive)
        #expect(found.median.estimate == curve.median)
        #expect(found.median.lower == curve.medianLower && found.median.upper == curve.medianUpper)
        #expect(found.events == events.count { $0 })
      }
    }
  }
}
